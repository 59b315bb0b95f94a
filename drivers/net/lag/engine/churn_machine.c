// SPDX-License-Identifier: GPL-2.0
/* Actor and Partner Churn Detection machines, 802.1AX 6.4.17.
 *
 * They report; that selection takes what they say for a refusal is its doing.
 */
#include "machines.h"
#include "names.h"

struct churn {
	enum lacp_churn_state	*state;
	u64			*timer;
	u64			*count;
	bool			sync;
	const char		*name;
};

static bool churn_run(const struct lacp_port *p, const struct churn *churn,
		      bool enabled, u64 now)
{
	enum lacp_churn_state next = *churn->state;

	if (!enabled) {
		next = LACP_CHURN_MONITOR;
		*churn->timer = LACP_NEVER;
	} else if (churn->sync) {
		next = LACP_CHURN_NO_CHURN;
		*churn->timer = LACP_NEVER;
	} else if (*churn->state == LACP_CHURN_NO_CHURN) {
		next = LACP_CHURN_MONITOR;
		*churn->timer = now + LACP_CHURN_MS;
	} else if (*churn->state == LACP_CHURN_MONITOR) {
		if (*churn->timer == LACP_NEVER)
			*churn->timer = now + LACP_CHURN_MS;
		if (now >= *churn->timer) {
			next = LACP_CHURN_CHURN;
			*churn->timer = LACP_NEVER;
			(*churn->count)++;
		}
	}

	if (next == *churn->state)
		return false;
	lacp_trace(p, churn->name, lacp_churn_name(*churn->state),
		   lacp_churn_name(next));
	*churn->state = next;
	return true;
}

bool lacp_churn_run(const struct lacp_group *g, struct lacp_port *p, u64 now)
{
	const struct churn actor = {
		.state = &p->actor_churn,
		.timer = &p->actor_churn_timer,
		.count = &p->counters.actor_churn,
		.sync = p->actor.state & LACP_STATE_SYNC,
		.name = "actor_churn",
	};
	const struct churn partner = {
		.state = &p->partner_churn,
		.timer = &p->partner_churn_timer,
		.count = &p->counters.partner_churn,
		.sync = p->partner.state & LACP_STATE_SYNC,
		.name = "partner_churn",
	};
	bool enabled = g->admin.mode == LAG_MODE_LACP &&
		       lacp_port_enabled(g, p);
	bool moved;

	moved = churn_run(p, &actor, enabled, now);
	moved |= churn_run(p, &partner, enabled, now);
	return moved;
}
