// SPDX-License-Identifier: GPL-2.0
/* Which ports carry traffic without a partner's word: all outside mode lacp,
 * and in it those of the fallback when no partner speaks.
 *
 * Not in the standard.  How such a port comes to carry is in mux_machine.c.
 */
#include "machines.h"

static bool fallback_eligible(const struct lacp_group *g,
			      const struct lacp_port *p)
{
	return !p->leaving && lacp_port_enabled(g, p) &&
	       p->admin.admin == LAG_PORT_ENABLED &&
	       p->rx == LACP_RX_DEFAULTED && p->loopback == LACP_NEVER &&
	       p->updelay == LACP_NEVER;
}

/* The eligible port with the best port identifier */
static const struct lacp_port *fallback_best(const struct lacp_group *g)
{
	const struct lacp_port *best = NULL, *p;
	u64 left;

	lacp_for_each_port(g, p, left)
		if (fallback_eligible(g, p) &&
		    (!best || lacp_port_id(&p->actor) <
			      lacp_port_id(&best->actor)))
			best = p;
	return best;
}

/* It begins when every port with a link has been without a partner for the
 * timeout and ends when one is heard: a link that comes up, still silent,
 * does not end it.
 */
static bool fallback_decide(struct lacp_group *g, u64 now)
{
	bool silent = false, waiting = false;
	const struct lacp_port *p;
	u64 left;

	if (g->admin.mode != LAG_MODE_LACP || !g->enabled ||
	    g->admin.fallback == LAG_FALLBACK_NONE) {
		g->fallback_timer = LACP_NEVER;
		return false;
	}

	lacp_for_each_port(g, p, left) {
		if (p->leaving || !lacp_port_enabled(g, p))
			continue;
		if (p->rx == LACP_RX_CURRENT) {
			g->fallback_timer = LACP_NEVER;
			return false;
		}
		if (p->rx == LACP_RX_DEFAULTED)
			silent = true;
		else if (p->rx != LACP_RX_LACP_DISABLED)
			waiting = true;
	}
	if (g->fallback)
		return true;
	if (!silent || waiting) {
		g->fallback_timer = LACP_NEVER;
		return false;
	}
	if (g->fallback_timer == LACP_NEVER)
		g->fallback_timer = now + g->admin.fallback_timeout;
	if (now < g->fallback_timer)
		return false;
	g->fallback_timer = LACP_NEVER;
	return true;
}

bool lacp_fallback_run(struct lacp_group *g, u64 now)
{
	bool fallback = fallback_decide(g, now), moved = false, lone;
	const struct lacp_port *best = NULL;
	struct lacp_port *p;
	u64 left;

	if (fallback != g->fallback) {
		g->fallback = fallback;
		g->effects.group_status = true;
		moved = true;
	}
	if (fallback && g->admin.fallback == LAG_FALLBACK_SINGLE)
		best = fallback_best(g);

	lacp_for_each_port(g, p, left) {
		if (p->leaving)
			continue;
		if (g->admin.mode != LAG_MODE_LACP)
			lone = lacp_port_enabled(g, p);
		else if (best)
			lone = p == best;
		else
			lone = fallback && fallback_eligible(g, p);
		if (lone == p->lone)
			continue;
		p->lone = lone;
		moved = true;
	}
	return moved;
}
