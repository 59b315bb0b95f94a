// SPDX-License-Identifier: GPL-2.0
/* Mode active-backup: which port is the active one.
 *
 * Not in the standard.  How it comes to carry traffic is in mux_machine.c.
 */
#include "machines.h"

static bool backup_linked(const struct lacp_port *p)
{
	return !p->leaving && p->lone && p->link.carrier &&
	       p->admin.admin == LAG_PORT_ENABLED;
}

/* Whether @a is to be preferred to @b while neither is active */
static bool backup_before(const struct lacp_port *a, const struct lacp_port *b)
{
	bool delayed_a = a->updelay != LACP_NEVER;
	bool delayed_b = b->updelay != LACP_NEVER;

	/* updelay does not hold while there is no other port. */
	if (delayed_a != delayed_b)
		return delayed_b;
	if (a->admin.primary != b->admin.primary)
		return a->admin.primary;
	if (a->admin.prio != b->admin.prio)
		return a->admin.prio > b->admin.prio;
	return a->actor.port < b->actor.port;
}

static const struct lacp_port *backup_best(const struct lacp_group *g)
{
	const struct lacp_port *best = NULL, *p;
	u64 left;

	lacp_for_each_port(g, p, left)
		if (backup_linked(p) && (!best || backup_before(p, best)))
			best = p;
	return best;
}

/* Whether @best takes over from an active port that works */
static bool backup_reselects(const struct lacp_group *g,
			     const struct lacp_port *best,
			     const struct lacp_port *active)
{
	if (best->updelay != LACP_NEVER)
		return false;
	if (!best->admin.primary && best->admin.prio <= active->admin.prio)
		return false;
	switch (g->admin.reselect) {
	case LAG_RESELECT_ALWAYS:
		return true;
	case LAG_RESELECT_BETTER:
		if (best->link.speed != active->link.speed)
			return best->link.speed > active->link.speed;
		return best->link.full_duplex && !active->link.full_duplex;
	default:
		return false;
	}
}

static const struct lacp_port *backup_choose(struct lacp_group *g)
{
	const struct lacp_port *active = g->backup_active;
	const struct lacp_port *best = backup_best(g);

	if (g->admin.mode == LAG_MODE_ACTIVE_BACKUP && g->backup_manual &&
	    backup_linked(g->backup_manual))
		return g->backup_manual;
	g->backup_manual = NULL;
	if (g->admin.mode != LAG_MODE_ACTIVE_BACKUP)
		return NULL;
	if (!active || !backup_linked(active) || !best)
		return best;
	return backup_reselects(g, best, active) ? best : active;
}

bool lacp_backup_run(struct lacp_group *g)
{
	const struct lacp_port *active = backup_choose(g);

	if (active == g->backup_active)
		return false;
	g->backup_active = active;
	g->effects.group_status = true;
	return true;
}
