// SPDX-License-Identifier: GPL-2.0
/* Selection Logic, 802.1AX 6.4.14: which ports form the active aggregator.
 *
 * A lag has one: ports whose LAG ID differs from that of the active aggregator
 * stay unselected.  When a selected port may carry is in mux_machine.c.
 */
#include "machines.h"
#include "names.h"

/* What the aggregators are compared by */
struct selection_lag {
	const struct lacp_port	*first;
	bool			aggregatable;
	bool			active;
	bool			heard;
	bool			agreed;
	bool			refused;
	unsigned int		num_ports;
	u64			bandwidth;
	u32			priorities;
	u32			best_port_id;
};

static bool selection_aggregatable(const struct lacp_info *actor,
				   const struct lacp_info *partner)
{
	return actor->state & partner->state & LACP_STATE_AGGREGATION;
}

/* Whether two links have one LAG ID, 802.1AX 6.3.6: it holds the ports only
 * if an end is individual, and so makes that link one of its own.
 */
static bool selection_same_lag(const struct lacp_info *actor_a,
			       const struct lacp_info *partner_a,
			       const struct lacp_info *actor_b,
			       const struct lacp_info *partner_b)
{
	if (actor_a->key != actor_b->key || partner_a->key != partner_b->key ||
	    lacp_system_id(partner_a) != lacp_system_id(partner_b))
		return false;
	if (selection_aggregatable(actor_a, partner_a) &&
	    selection_aggregatable(actor_b, partner_b))
		return true;
	return actor_a->port == actor_b->port &&
	       lacp_port_id(partner_a) == lacp_port_id(partner_b);
}

static bool selection_is_active(const struct lacp_group *g,
				const struct lacp_port *p)
{
	return g->aggregator &&
	       selection_same_lag(&p->actor, &p->partner, &g->active.actor,
				  &g->active.partner);
}

/* On its way to DETACHED; with what was a draining port it takes a while. */
static bool selection_on_its_way_out(const struct lacp_port *p)
{
	return p->selected == LACP_UNSELECTED && p->mux != LACP_MUX_DETACHED;
}

/* A draining port has its place until it is out of sync: it may be wanted
 * again before.
 */
static bool selection_admitted(const struct lacp_port *p)
{
	return p->admin.admin == LAG_PORT_ENABLED ||
	       (p->admin.admin == LAG_PORT_DRAINING &&
		p->mux >= LACP_MUX_COLLECTING);
}

/* A port that may be selected.  One in EXPIRED only keeps what it has. */
static bool selection_candidate(const struct lacp_group *g,
				const struct lacp_port *p)
{
	return !p->leaving && lacp_port_enabled(g, p) && !p->lone &&
	       selection_admitted(p) && p->updelay == LACP_NEVER &&
	       !selection_on_its_way_out(p) &&
	       is_valid_ether_addr(p->partner.system) &&
	       (p->rx == LACP_RX_CURRENT ||
		(p->rx == LACP_RX_EXPIRED && p->selected != LACP_UNSELECTED));
}

/* Describe the aggregator of port @first; false if another port before it
 * belongs to the same, which then has been described already.
 */
static bool selection_describe(const struct lacp_group *g,
			       const struct lacp_port *first,
			       struct selection_lag *lag)
{
	const struct lacp_port *p;
	u64 left;

	*lag = (struct selection_lag) {
		.first = first,
		.aggregatable = selection_aggregatable(&first->actor,
						       &first->partner),
		.active = selection_is_active(g, first),
		.refused = true,
		.best_port_id = U32_MAX,
	};
	lacp_for_each_port(g, p, left) {
		if (!selection_candidate(g, p) ||
		    !selection_same_lag(&p->actor, &p->partner, &first->actor,
					&first->partner))
			continue;
		if (p->index < first->index)
			return false;
		lag->heard |= p->rx == LACP_RX_CURRENT;
		lag->agreed |= p->partner.state & LACP_STATE_SYNC;
		lag->refused &= p->partner_churn == LACP_CHURN_CHURN;
		lag->num_ports++;
		lag->bandwidth += p->link.speed;
		lag->priorities += p->actor.port_priority;
		lag->best_port_id = min(lag->best_port_id,
					lacp_port_id(&p->actor));
	}
	return true;
}

/* Whether the partner has a say by what it puts in sync: of two systems with
 * several aggregators between them one must follow, and one must not, or they
 * never meet.  Of aggregators with different partners it decides only when
 * they are equal otherwise, for the same reason: three systems in a ring.
 */
static bool selection_partner_chose(const struct selection_lag *lag)
{
	return lag->agreed && lacp_system_id(&lag->first->partner) <
			      lacp_system_id(&lag->first->actor);
}

/* That an aggregator is in use counts much if the partner agrees to it, else
 * little.
 *
 * Deviation: least counts one that the partner refused for a minute.  Two
 * systems that each prefer another aggregator would never meet, and the
 * standard's churn detection only reports it.
 */
static bool selection_better(const struct selection_lag *a,
			     const struct selection_lag *b, u8 policy)
{
	bool in_use_a = a->active && a->heard;
	bool in_use_b = b->active && b->heard;
	bool stable_a = in_use_a && a->agreed;
	bool stable_b = in_use_b && b->agreed;
	bool chose_a = selection_partner_chose(a);
	bool chose_b = selection_partner_chose(b);
	u64 system_a = lacp_system_id(&a->first->partner);
	u64 system_b = lacp_system_id(&b->first->partner);

	if (a->aggregatable != b->aggregatable)
		return a->aggregatable;
	if (policy == LAG_AD_SELECT_STABLE && stable_a != stable_b)
		return stable_a;
	if (a->refused != b->refused)
		return b->refused;
	if (system_a == system_b && chose_a != chose_b)
		return chose_a;
	if (policy == LAG_AD_SELECT_COUNT && a->num_ports != b->num_ports)
		return a->num_ports > b->num_ports;
	if (policy == LAG_AD_SELECT_PORT_PRIO && a->priorities != b->priorities)
		return a->priorities > b->priorities;
	if (a->bandwidth != b->bandwidth)
		return a->bandwidth > b->bandwidth;
	if (a->num_ports != b->num_ports)
		return a->num_ports > b->num_ports;
	if (chose_a != chose_b)
		return chose_a;
	if (in_use_a != in_use_b)
		return in_use_a;
	if (system_a != system_b)
		return system_a < system_b;
	return a->best_port_id < b->best_port_id;
}

static void selection_choose_active(struct lacp_group *g)
{
	struct selection_lag best = { .first = NULL }, lag;
	bool kept = false, same;
	struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (p->selected != LACP_UNSELECTED && selection_is_active(g, p))
			kept = true;
		if (selection_candidate(g, p) &&
		    selection_describe(g, p, &lag) &&
		    (!best.first ||
		     selection_better(&lag, &best, g->admin.ad_select)))
			best = lag;
	}

	if (!best.first) {
		if (kept || !g->aggregator)
			return;
		g->aggregator = 0;
	} else {
		same = best.active && g->aggregator == best.first->actor.port;
		g->aggregator = best.first->actor.port;
		/* Also if it is the same: it may have become individual. */
		g->active.actor = best.first->actor;
		g->active.partner = best.first->partner;
		if (same)
			return;
	}
	g->effects.group_status = true;
}

/* Whether @a takes a seat of max_links before @b does.  The system with the
 * better identifier decides: if that is the partner, it tells by port
 * identifier and Synchronization.
 */
static bool selection_before(const struct lacp_group *g,
			     const struct lacp_port *a,
			     const struct lacp_port *b)
{
	bool ours = lacp_system_id(&a->actor) < lacp_system_id(&a->partner);
	bool carries_a = a->mux >= LACP_MUX_COLLECTING;
	bool carries_b = b->mux >= LACP_MUX_COLLECTING;
	bool refused_a = a->partner_churn == LACP_CHURN_CHURN;
	bool refused_b = b->partner_churn == LACP_CHURN_CHURN;
	u32 id_a = lacp_port_id(ours ? &a->actor : &a->partner);
	u32 id_b = lacp_port_id(ours ? &b->actor : &b->partner);

	if (a->rx != b->rx)
		return a->rx == LACP_RX_CURRENT;
	if (refused_a != refused_b)
		return refused_b;
	if (!ours && (a->partner.state ^ b->partner.state) & LACP_STATE_SYNC)
		return a->partner.state & LACP_STATE_SYNC;
	if (!g->admin.revertive && carries_a != carries_b)
		return carries_a;
	if (id_a != id_b)
		return id_a < id_b;
	return a->actor.port < b->actor.port;
}

static bool selection_has_seat(const struct lacp_group *g,
			       const struct lacp_port *port)
{
	unsigned int before = 0;
	const struct lacp_port *p;
	u64 left;

	if (!g->admin.max_links)
		return true;
	lacp_for_each_port(g, p, left)
		if (p != port && selection_candidate(g, p) &&
		    selection_is_active(g, p) && selection_before(g, p, port))
			before++;
	return before < g->admin.max_links;
}

static enum lacp_selected selection_want(const struct lacp_group *g,
					 const struct lacp_port *p)
{
	bool enabled = lacp_port_enabled(g, p);

	if (p->admin.admin == LAG_PORT_DISABLED)
		return LACP_UNSELECTED;
	/* The Mux lets go of a draining port that carried traffic. */
	if (p->admin.admin == LAG_PORT_DRAINING)
		return p->mux >= LACP_MUX_COLLECTING ? p->selected :
						       LACP_UNSELECTED;
	if (g->admin.mode == LAG_MODE_ACTIVE_BACKUP && p->lone)
		return p == g->backup_active ? LACP_SELECTED : LACP_STANDBY;
	if (enabled && p->updelay != LACP_NEVER)
		return LACP_UNSELECTED;
	if (p->lone)
		return LACP_SELECTED;
	if (g->admin.mode != LAG_MODE_LACP)
		return LACP_UNSELECTED;
	if (!selection_is_active(g, p))
		return LACP_UNSELECTED;
	/* A port without a link keeps its place, but no seat of max_links. */
	if (!enabled)
		return g->admin.max_links && p->selected == LACP_SELECTED ?
		       LACP_STANDBY : p->selected;
	if (!selection_candidate(g, p))
		return LACP_UNSELECTED;
	return selection_has_seat(g, p) ? LACP_SELECTED : LACP_STANDBY;
}

/* The identifier of a port's aggregator: the port number of its first port */
static u16 selection_aggregator(const struct lacp_group *g,
				const struct lacp_port *port)
{
	const struct lacp_port *p;
	u64 left;

	if (port->selected != LACP_UNSELECTED && selection_is_active(g, port))
		return g->aggregator;
	if (!port->lone && !selection_candidate(g, port))
		return 0;
	lacp_for_each_port(g, p, left) {
		if (port->lone && p->lone)
			return p->actor.port;
		if (selection_candidate(g, p) &&
		    selection_same_lag(&p->actor, &p->partner, &port->actor,
				       &port->partner))
			return p->actor.port;
	}
	return 0;
}

bool lacp_selection_run(struct lacp_group *g)
{
	enum lacp_selected want;
	struct lacp_port *p;
	bool moved = false;
	u64 left;
	u16 aggregator;

	selection_choose_active(g);
	lacp_for_each_port(g, p, left) {
		if (p->leaving)
			continue;
		want = selection_want(g, p);
		/* The Mux must see UNSELECTED before it may end. */
		if (selection_on_its_way_out(p))
			want = LACP_UNSELECTED;
		if (want != p->selected) {
			lacp_trace(p, "selection",
				   lacp_selected_name(p->selected),
				   lacp_selected_name(want));
			p->selected = want;
			g->effects.status |= BIT_ULL(p->index);
			moved = true;
		}
	}
	lacp_for_each_port(g, p, left) {
		aggregator = selection_aggregator(g, p);
		if (aggregator == p->aggregator)
			continue;
		p->aggregator = aggregator;
		g->effects.status |= BIT_ULL(p->index);
	}
	return moved;
}
