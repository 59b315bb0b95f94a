// SPDX-License-Identifier: GPL-2.0
/* What holds of a system whenever its engine is left and nothing is due.
 *
 * What holds between two systems, and only after a while, is in lagsim.c and
 * explore.c.
 */
#include "world.h"
#include "engine/machines.h"

#define STATE_SCD	(LACP_STATE_SYNC | LACP_STATE_COLLECTING | \
			 LACP_STATE_DISTRIBUTING)

/* If no timer runs nothing may happen for so long, ms */
#define LONG_REST	1000000

static bool same_identity(const struct lacp_info *a, const struct lacp_info *b)
{
	return lacp_system_id(a) == lacp_system_id(b) && a->key == b->key &&
	       lacp_port_id(a) == lacp_port_id(b);
}

static bool individual(const struct lacp_port *p)
{
	return !(p->actor.state & p->partner.state & LACP_STATE_AGGREGATION);
}

/* A port that LACP, not a mode or the fallback, lets carry traffic: what the
 * partner last said is asked of the world, not of the engine.
 */
static void check_agreed(struct world *w, unsigned int s,
			 const struct lacp_port *p)
{
	const struct world_port *port = &w->system[s].port[p->index];
	const struct lacp_group *g = &w->system[s].group;
	const struct lacp_info *heard = &port->heard.actor;
	unsigned int i = p->index;

	if (p->rx != LACP_RX_CURRENT || !port->has_heard)
		world_break(w, "s%u.%u: distributes, hears nobody", s, i);
	if (!(heard->state & LACP_STATE_SYNC))
		world_break(w, "s%u.%u: distributes, partner out of sync", s,
			    i);
	if (!g->admin.coupled && !(heard->state & LACP_STATE_COLLECTING))
		world_break(w, "s%u.%u: distributes, partner does not collect",
			    s, i);
	if (heard->state & LACP_STATE_AGGREGATION &&
	    !same_identity(&port->heard.partner, &p->actor))
		world_break(w, "s%u.%u: distributes, partner means another",
			    s, i);
	if (!same_identity(heard, &p->partner))
		world_break(w, "s%u.%u: partner is another than was heard", s,
			    i);
	if (ether_addr_equal(heard->system, p->actor.system))
		world_break(w, "s%u.%u: distributes to itself", s, i);
}

static void check_distributing(struct world *w, unsigned int s,
			       const struct lacp_port *p)
{
	const struct lacp_group *g = &w->system[s].group;

	/* The only port of an active-backup does not wait for updelay. */
	if (!lacp_port_enabled(g, p) ||
	    (p->updelay != LACP_NEVER &&
	     g->admin.mode != LAG_MODE_ACTIVE_BACKUP) ||
	    p->admin.admin != LAG_PORT_ENABLED)
		world_break(w, "s%u.%u: distributes, not enabled", s,
			    p->index);
	if (p->selected != LACP_SELECTED)
		world_break(w, "s%u.%u: distributes, not selected", s,
			    p->index);
	if (!p->lone)
		check_agreed(w, s, p);
}

/* The state octet says what the Mux does; only a port that is being drained,
 * or was and is not yet done, collects out of sync.
 */
static void check_mux(struct world *w, unsigned int s,
		      const struct lacp_port *p)
{
	bool draining = p->admin.admin == LAG_PORT_DRAINING ||
			!(p->actor.state & LACP_STATE_SYNC);
	u8 state = p->actor.state & STATE_SCD, want = 0;

	switch (p->mux) {
	case LACP_MUX_DETACHED:
	case LACP_MUX_WAITING:
		break;
	case LACP_MUX_ATTACHED:
		want = LACP_STATE_SYNC;
		break;
	case LACP_MUX_COLLECTING:
		want = LACP_STATE_SYNC | LACP_STATE_COLLECTING;
		if (draining && p->selected == LACP_UNSELECTED)
			state |= LACP_STATE_SYNC;
		break;
	default:
		want = STATE_SCD;
		break;
	}
	if (state != want)
		world_break(w, "s%u.%u: state %02x in mux %u", s, p->index,
			    p->actor.state, p->mux);
	if (p->mux >= LACP_MUX_ATTACHED && p->selected != LACP_SELECTED &&
	    !(p->mux == LACP_MUX_COLLECTING && draining))
		world_break(w, "s%u.%u: attached, not selected", s, p->index);
	if (want & LACP_STATE_COLLECTING && !p->lone &&
	    !(p->partner.state & LACP_STATE_SYNC))
		world_break(w, "s%u.%u: collects, partner out of sync", s,
			    p->index);
	if (want & LACP_STATE_DISTRIBUTING)
		check_distributing(w, s, p);
}

/* All that is in sync is one aggregator. */
static void check_aggregate(struct world *w, unsigned int s)
{
	const struct lacp_group *g = &w->system[s].group;
	const struct lacp_port *p, *first = NULL;
	unsigned int selected = 0, attached = 0;
	u64 left;

	lacp_for_each_port(g, p, left) {
		/* One that is drained is on its way out. */
		if (p->leaving || p->lone ||
		    p->admin.admin == LAG_PORT_DRAINING)
			continue;
		selected += p->selected == LACP_SELECTED;
		if (!(p->actor.state & LACP_STATE_SYNC))
			continue;
		attached++;
		if (!first)
			first = p;
		if (p->actor.key != first->actor.key ||
		    p->partner.key != first->partner.key ||
		    lacp_system_id(&p->partner) !=
		    lacp_system_id(&first->partner) ||
		    p->aggregator != g->aggregator)
			world_break(w, "s%u: ports %u and %u in one aggregate",
				    s, first->index, p->index);
		if (attached > 1 && (individual(p) || individual(first)))
			world_break(w, "s%u.%u: individual, not alone", s,
				    p->index);
	}
	if (g->admin.max_links && selected > g->admin.max_links)
		world_break(w, "s%u: %u selected of %u", s, selected,
			    g->admin.max_links);
}

static void check_fallback(struct world *w, unsigned int s)
{
	const struct lacp_group *g = &w->system[s].group;
	unsigned int lone = 0, agreed = 0;
	const struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (p->leaving)
			continue;
		lone += p->lone;
		agreed += !p->lone && p->actor.state & LACP_STATE_DISTRIBUTING;
	}
	if (g->admin.mode != LAG_MODE_LACP) {
		if (agreed)
			world_break(w, "s%u: LACP in another mode", s);
		if (g->admin.mode == LAG_MODE_ACTIVE_BACKUP &&
		    hweight64(g->distributing) > 1)
			world_break(w, "s%u: several active ports", s);
		return;
	}
	if (lone && !g->fallback)
		world_break(w, "s%u: carries without a partner", s);
	if (lone && agreed)
		world_break(w, "s%u: fallback beside a partner", s);
	if (lone > 1 && g->admin.fallback == LAG_FALLBACK_SINGLE)
		world_break(w, "s%u: fallback on %u ports", s, lone);
}

/* The masks, the slots and the words for the user say the same. */
static void check_masks(struct world *w, unsigned int s)
{
	const struct world_system *system = &w->system[s];
	const struct lacp_group *g = &system->group;
	unsigned int shares = 0, least = LAG_SLOTS, most = 0, share;
	u64 distributing = 0, collecting = 0, left;
	const struct lacp_port *p;
	enum lag_why why;
	bool carries;
	u32 wait;

	lacp_for_each_port(g, p, left) {
		u64 bit = BIT_ULL(p->index);

		if (p->leaving) {
			collecting |= g->collecting & bit;
			continue;
		}
		if (p->actor.state & LACP_STATE_COLLECTING)
			collecting |= bit;
		if (p->actor.state & LACP_STATE_DISTRIBUTING &&
		    p->link.running && p->link.carrier)
			distributing |= bit;
	}
	if (distributing != g->distributing || collecting != g->collecting)
		world_break(w, "s%u: masks differ from the ports", s);

	lacp_for_each_port(g, p, left) {
		share = lag_spread_share(&system->spread, p->index);
		shares += share;
		why = lacp_port_why(g, p, w->now, &wait);
		carries = distributing >> p->index & 1;
		if (carries == !!why)
			world_break(w, "s%u.%u: why %u", s, p->index, why);
		if (!carries) {
			if (share)
				world_break(w, "s%u.%u: dead, has slots", s,
					    p->index);
			continue;
		}
		least = min(least, share);
		most = max(most, share);
	}
	if (distributing && (shares != LAG_SLOTS || most - least > 1))
		world_break(w, "s%u: %u slots served, %u to %u a port", s,
			    shares, least, most);
	if ((lacp_group_why(g) == LAG_WHY_NONE) != lacp_group_carrier(g))
		world_break(w, "s%u: carrier and its reason differ", s);
}

/* Who watches effects.status misses nothing. */
static void check_status(struct world *w, unsigned int s)
{
	struct lacp_group *g = &w->system[s].group;
	const struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		struct world_seen *seen = &w->system[s].port[p->index].seen;
		const struct world_seen now = {
			.rx = p->rx,
			.mux = p->mux,
			.selected = p->selected,
			.aggregator = p->aggregator,
			.partner = p->partner,
		};

		if ((seen->rx != now.rx || seen->mux != now.mux ||
		     seen->selected != now.selected ||
		     seen->aggregator != now.aggregator ||
		     seen->partner.state != now.partner.state ||
		     !same_identity(&seen->partner, &now.partner)) &&
		    !(g->effects.status >> p->index & 1))
			world_break(w, "s%u.%u: changed, effects do not say",
				    s, p->index);
		*seen = now;
	}
	g->effects.status = 0;
	g->effects.group_status = false;
}

/* Whether lacp_group_expire() at @when would change anything */
static bool would_change(const struct world_system *system, u64 when)
{
	static struct lacp_port port[WORLD_PORTS];
	struct lacp_group g = system->group;
	bool changed = false;
	unsigned int i;

	for (i = 0; i < WORLD_PORTS; i++) {
		if (!g.port[i])
			continue;
		port[i] = system->port[i].lacp;
		g.port[i] = &port[i];
	}
	if (g.backup_active)
		g.backup_active = &port[g.backup_active->index];
	if (g.backup_manual)
		g.backup_manual = &port[g.backup_manual->index];
	lacp_group_expire(&g, when);
	for (i = 0; i < WORLD_PORTS; i++) {
		if (!g.port[i])
			continue;
		/* Of no meaning but to lacp_group_deadline() */
		port[i].retry = system->port[i].lacp.retry;
		changed |= memcmp(&port[i], &system->port[i].lacp,
				  sizeof(port[i])) != 0;
		g.port[i] = system->group.port[i];
	}
	if (g.backup_active)
		g.backup_active = g.port[g.backup_active->index];
	if (g.backup_manual)
		g.backup_manual = g.port[g.backup_manual->index];
	return changed || memcmp(&g, &system->group, sizeof(g));
}

/* Nothing happens before the deadline, something does then.  It may be now:
 * what most LACPDUs do is done without looking at the timers.
 */
static void check_deadline(struct world *w, unsigned int s)
{
	const struct world_system *system = &w->system[s];
	u64 deadline = lacp_group_deadline(&system->group, w->now);
	void (*log)(const char *line) = world_log;
	bool now = false, before = false, then = true;

	world_log = NULL;
	if (deadline > w->now) {
		now = would_change(system, w->now);
		before = would_change(system, deadline == LACP_NEVER ?
					      w->now + LONG_REST :
					      deadline - 1);
	}
	if (deadline != LACP_NEVER)
		then = would_change(system, max(deadline, w->now));
	world_log = log;

	if (now)
		world_break(w, "s%u: left before it was done", s);
	if (before)
		world_break(w, "s%u: deadline is missing or too late", s);
	if (!then)
		world_break(w, "s%u: deadline for nothing", s);
}

void world_check(struct world *w, unsigned int s)
{
	const struct lacp_group *g = &w->system[s].group;
	const struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left)
		if (!p->leaving)
			check_mux(w, s, p);
	check_aggregate(w, s);
	check_fallback(w, s);
	check_masks(w, s);
	check_status(w, s);
	check_deadline(w, s);
}
