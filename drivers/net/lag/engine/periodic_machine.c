// SPDX-License-Identifier: GPL-2.0
/* Periodic Transmission machine, 802.1AX 6.4.13.
 *
 * It only sets NTT; what leaves and when is for tx_machine.c.
 */
#include "machines.h"
#include "names.h"

static bool periodic_partner_short(const struct lacp_port *p)
{
	return p->partner.state & LACP_STATE_TIMEOUT;
}

static enum lacp_periodic_state periodic_next(const struct lacp_group *g,
					      const struct lacp_port *p,
					      u64 now)
{
	if (g->admin.mode != LAG_MODE_LACP || !p->link.full_duplex ||
	    !lacp_port_enabled(g, p) ||
	    !((p->actor.state | p->partner.state) & LACP_STATE_ACTIVITY))
		return LACP_PERIODIC_NO_PERIODIC;

	switch (p->periodic) {
	case LACP_PERIODIC_NO_PERIODIC:
		return LACP_PERIODIC_FAST_PERIODIC;
	case LACP_PERIODIC_FAST_PERIODIC:
		if (now >= p->periodic_timer)
			return LACP_PERIODIC_PERIODIC_TX;
		if (!periodic_partner_short(p))
			return LACP_PERIODIC_SLOW_PERIODIC;
		return p->periodic;
	case LACP_PERIODIC_SLOW_PERIODIC:
		if (now >= p->periodic_timer || periodic_partner_short(p))
			return LACP_PERIODIC_PERIODIC_TX;
		return p->periodic;
	default:
		return periodic_partner_short(p) ?
		       LACP_PERIODIC_FAST_PERIODIC :
		       LACP_PERIODIC_SLOW_PERIODIC;
	}
}

/* Periods follow each other without drift: the next one counts from the end
 * of the last unless that is too long ago.
 */
static u64 periodic_deadline(const struct lacp_port *p, u64 period, u64 now)
{
	if (p->periodic_timer <= now && now - p->periodic_timer < period)
		return p->periodic_timer + period;
	return now + period;
}

static void periodic_enter(struct lacp_port *p, enum lacp_periodic_state state,
			   u64 now)
{
	p->periodic = state;
	switch (state) {
	case LACP_PERIODIC_NO_PERIODIC:
		p->periodic_timer = LACP_NEVER;
		break;
	case LACP_PERIODIC_FAST_PERIODIC:
		p->periodic_timer = periodic_deadline(p, LACP_FAST_PERIODIC_MS,
						      now);
		break;
	case LACP_PERIODIC_SLOW_PERIODIC:
		p->periodic_timer = periodic_deadline(p, LACP_SLOW_PERIODIC_MS,
						      now);
		break;
	/* NTT = TRUE */
	default:
		p->ntt = true;
		break;
	}
}

bool lacp_periodic_run(const struct lacp_group *g, struct lacp_port *p,
		       u64 now)
{
	enum lacp_periodic_state state = periodic_next(g, p, now);

	if (state == p->periodic)
		return false;
	lacp_trace(p, "periodic", lacp_periodic_name(p->periodic),
		   lacp_periodic_name(state));
	periodic_enter(p, state, now);
	return true;
}
