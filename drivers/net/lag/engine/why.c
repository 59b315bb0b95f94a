// SPDX-License-Identifier: GPL-2.0
/* Why a port does not carry traffic, or a lag has no carrier: the first
 * question that everybody asks.
 *
 * The words and sentences are in names.c.
 */
#include "machines.h"

static u32 why_left(u64 deadline, u64 now)
{
	if (deadline == LACP_NEVER || deadline <= now)
		return 0;
	return min(deadline - now, (u64)U32_MAX);
}

/* The partner is heard, but the port is not in the active aggregator. */
static enum lag_why why_unselected(const struct lacp_group *g,
				   const struct lacp_port *p)
{
	const struct lacp_info *active = &g->active.partner;

	if (!is_valid_ether_addr(p->partner.system))
		return LAG_WHY_PARTNER_DIFFERS;
	if (!(p->partner.state & LACP_STATE_AGGREGATION))
		return LAG_WHY_PARTNER_INDIVIDUAL;
	if (!g->aggregator || p->aggregator == g->aggregator)
		return LAG_WHY_WAITING;
	/* That the partner's key differs, too, is mostly the same speed's doing. */
	if (lacp_system_id(&p->partner) == lacp_system_id(active) &&
	    p->actor.key != g->active.actor.key)
		return LAG_WHY_SPEED_DIFFERS;
	return LAG_WHY_PARTNER_DIFFERS;
}

static enum lag_why why_lacp(const struct lacp_group *g,
			     const struct lacp_port *p, u64 now, u32 *left)
{
	bool partner_active = p->heard &&
			      p->last.actor.state & LACP_STATE_ACTIVITY;

	if (!p->link.full_duplex)
		return LAG_WHY_HALF_DUPLEX;
	if (p->loopback != LACP_NEVER)
		return LAG_WHY_LOOPBACK;
	if (!g->admin.active && !partner_active)
		return LAG_WHY_BOTH_PASSIVE;
	if (p->rx != LACP_RX_CURRENT)
		return p->heard ? LAG_WHY_EXPIRED : LAG_WHY_NO_LACPDU;
	if (p->selected == LACP_UNSELECTED)
		return why_unselected(g, p);
	if (p->selected == LACP_STANDBY)
		return LAG_WHY_STANDBY;
	if (p->mux < LACP_MUX_ATTACHED) {
		*left = why_left(p->wait_while, now);
		return LAG_WHY_WAITING;
	}
	return p->mux == LACP_MUX_ATTACHED ? LAG_WHY_PARTNER_OUT_OF_SYNC :
					     LAG_WHY_PARTNER_NOT_COLLECTING;
}

enum lag_why lacp_port_why(const struct lacp_group *g,
			   const struct lacp_port *p, u64 now, u32 *left)
{
	*left = 0;
	if (g->distributing >> p->index & 1)
		return LAG_WHY_NONE;
	if (!g->enabled)
		return LAG_WHY_LAG_DOWN;
	if (p->admin.admin == LAG_PORT_DISABLED)
		return LAG_WHY_DISABLED;
	if (!p->link.running)
		return LAG_WHY_PORT_DOWN;
	if (!p->link.carrier)
		return LAG_WHY_NO_CARRIER;
	if (p->admin.admin == LAG_PORT_DRAINING)
		return LAG_WHY_DRAINING;
	if (p->updelay != LACP_NEVER) {
		*left = why_left(p->updelay, now);
		return LAG_WHY_UPDELAY;
	}
	if (g->admin.mode == LAG_MODE_LACP)
		return why_lacp(g, p, now, left);
	return g->admin.mode == LAG_MODE_ACTIVE_BACKUP ? LAG_WHY_BACKUP :
							 LAG_WHY_WAITING;
}

enum lag_why lacp_group_why(const struct lacp_group *g)
{
	const struct lacp_port *p;
	bool linked = false;
	u64 left;

	if (!g->enabled)
		return LAG_WHY_LAG_DOWN;
	if (lacp_group_carrier(g))
		return LAG_WHY_NONE;
	if (!g->members)
		return LAG_WHY_NO_PORT;
	if (g->distributing)
		return LAG_WHY_MIN_LINKS;
	lacp_for_each_port(g, p, left)
		linked |= lacp_port_enabled(g, p);
	if (!linked || g->admin.mode != LAG_MODE_LACP)
		return LAG_WHY_NO_CARRIER;
	return LAG_WHY_NO_PARTNER;
}

enum lag_port_usage lacp_port_usage(const struct lacp_group *g,
				    const struct lacp_port *p)
{
	if (!lacp_port_enabled(g, p))
		return LAG_USAGE_DOWN;
	if (g->admin.mode == LAG_MODE_ACTIVE_BACKUP)
		return p == g->backup_active ? LAG_USAGE_ACTIVE :
					       LAG_USAGE_BACKUP;
	if (p->selected == LACP_STANDBY)
		return LAG_USAGE_STANDBY;
	switch (p->mux) {
	case LACP_MUX_DETACHED:
		return LAG_USAGE_DETACHED;
	case LACP_MUX_WAITING:
		return LAG_USAGE_WAITING;
	case LACP_MUX_ATTACHED:
		return LAG_USAGE_ATTACHED;
	case LACP_MUX_COLLECTING:
		return LAG_USAGE_COLLECTING;
	default:
		return LAG_USAGE_DISTRIBUTING;
	}
}
