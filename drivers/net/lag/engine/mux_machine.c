// SPDX-License-Identifier: GPL-2.0
/* Mux machine, 802.1AX 6.4.15, with coupled or independent control.
 *
 * Which ports are selected is decided in selection.c; here is what follows.
 */
#include "machines.h"
#include "names.h"

/* A port that carries traffic without a partner's word (mode static,
 * fallback) goes through the same states as if a partner agreed to all.
 */
static bool mux_partner_sync(const struct lacp_port *p)
{
	return p->lone || p->partner.state & LACP_STATE_SYNC;
}

static bool mux_partner_collecting(const struct lacp_port *p)
{
	return p->lone || p->partner.state & LACP_STATE_COLLECTING;
}

/* Once a draining port is out of sync there is no way back but through
 * DETACHED, even if it is to be used again: the partner may still be sending.
 */
static bool mux_draining(const struct lacp_port *p)
{
	return p->admin.admin == LAG_PORT_DRAINING ||
	       (p->mux == LACP_MUX_COLLECTING &&
		!(p->actor.state & LACP_STATE_SYNC));
}

/* Ready: every port that is WAITING and SELECTED has Ready_N */
static bool mux_ready(const struct lacp_group *g)
{
	const struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left)
		if (p->mux == LACP_MUX_WAITING && !p->leaving &&
		    p->selected == LACP_SELECTED && !p->ready_n)
			return false;
	return true;
}

/* The partner knows that the port is out of sync.  Where it had not shown yet
 * that it knew of the sync before, its word may be an old one.
 */
static bool mux_partner_unsynced(const struct lacp_port *p)
{
	if (!p->sync1_sent)
		return true;
	return p->sync1_seen && !(p->last.partner.state & LACP_STATE_SYNC);
}

/* Deviation: wait_while is cut short when waiting cannot change the result.
 * It gives links that come up together time to be chosen together; where
 * every port in the aggregator is taken, or all have been heard or given up,
 * there is nothing left to choose.
 *
 * It also gives the partner time to hear that the port was out of sync, or
 * what it said of itself before would be taken for its answer: so it must have
 * said that it heard.  And to another partner time to speak, where one has
 * just taken the place of another.
 */
static bool mux_nothing_to_wait_for(const struct lacp_group *g,
				    const struct lacp_port *port)
{
	const struct lacp_port *p;
	u64 left;

	if (port->lone)
		return true;
	if (port->unsettled || !mux_partner_unsynced(port))
		return false;
	if (g->admin.ad_select == LAG_AD_SELECT_STABLE && !g->admin.max_links)
		return true;
	lacp_for_each_port(g, p, left) {
		if (p->leaving || !lacp_port_enabled(g, p) ||
		    p->rx == LACP_RX_DEFAULTED ||
		    p->rx == LACP_RX_LACP_DISABLED)
			continue;
		if (p->rx != LACP_RX_CURRENT || !p->matched)
			return false;
	}
	return true;
}

/* The steps of a port that are no transitions.  Deviation: a draining port
 * whose partner has been told that we do not distribute any more drops
 * Synchronization but goes on collecting until the partner has stopped.
 */
static bool mux_wait(const struct lacp_group *g, struct lacp_port *p, u64 now)
{
	if (p->mux == LACP_MUX_WAITING && !p->ready_n &&
	    (now >= p->wait_while || mux_nothing_to_wait_for(g, p))) {
		p->ready_n = true;
		p->wait_while = LACP_NEVER;
		return true;
	}
	if (p->mux == LACP_MUX_COLLECTING && mux_draining(p) &&
	    p->drain_told && p->actor.state & LACP_STATE_SYNC) {
		p->selected = LACP_UNSELECTED;
		p->actor.state &= ~LACP_STATE_SYNC;
		p->sync0_sent = false;
		p->ntt = true;
		return true;
	}
	return false;
}

/* The partner has heard that a draining port is out of sync, and does not
 * distribute.  That it did not before says nothing: it may have begun since.
 */
static bool mux_partner_stopped(const struct lacp_port *p)
{
	const u8 bits = LACP_STATE_COLLECTING | LACP_STATE_DISTRIBUTING;

	return mux_partner_unsynced(p) &&
	       (p->last.partner.state & bits) == LACP_STATE_COLLECTING &&
	       !(p->last.actor.state & LACP_STATE_DISTRIBUTING);
}

/* COLLECTING of a draining port: until the partner has stopped sending */
static enum lacp_mux_state mux_next_draining(const struct lacp_port *p,
					     u64 now)
{
	if (!mux_partner_sync(p))
		return LACP_MUX_ATTACHED;
	/* Still in sync, and yet not selected: the partner is another. */
	if (p->actor.state & LACP_STATE_SYNC && p->selected != LACP_SELECTED)
		return LACP_MUX_ATTACHED;
	if (p->drain_while != LACP_NEVER &&
	    (now >= p->drain_while || mux_partner_stopped(p)))
		return LACP_MUX_ATTACHED;
	return p->mux;
}

static enum lacp_mux_state mux_next(const struct lacp_group *g,
				    const struct lacp_port *p, u64 now)
{
	bool selected = p->selected == LACP_SELECTED;
	bool agreed = selected && mux_partner_sync(p);
	bool coupled = g->admin.coupled && !mux_draining(p);

	switch (p->mux) {
	case LACP_MUX_DETACHED:
		if (p->selected != LACP_UNSELECTED)
			return LACP_MUX_WAITING;
		return p->mux;

	/* Selected again only after the partner could see us out of sync */
	case LACP_MUX_WAITING:
		if (p->selected == LACP_UNSELECTED)
			return LACP_MUX_DETACHED;
		if (selected && mux_ready(g) && (p->sync0_sent || p->lone))
			return LACP_MUX_ATTACHED;
		return p->mux;

	case LACP_MUX_ATTACHED:
		if (!selected)
			return LACP_MUX_DETACHED;
		if (!agreed || mux_draining(p))
			return p->mux;
		return coupled ? LACP_MUX_COLLECTING_DISTRIBUTING :
				 LACP_MUX_COLLECTING;

	case LACP_MUX_COLLECTING:
		if (mux_draining(p))
			return mux_next_draining(p, now);
		if (!agreed)
			return LACP_MUX_ATTACHED;
		if (coupled)
			return LACP_MUX_COLLECTING_DISTRIBUTING;
		if (mux_partner_collecting(p))
			return LACP_MUX_DISTRIBUTING;
		return p->mux;

	case LACP_MUX_DISTRIBUTING:
		if (!agreed || !mux_partner_collecting(p) || mux_draining(p))
			return LACP_MUX_COLLECTING;
		if (coupled)
			return LACP_MUX_COLLECTING_DISTRIBUTING;
		return p->mux;

	default:
		if (!agreed)
			return LACP_MUX_ATTACHED;
		if (!coupled)
			return LACP_MUX_COLLECTING;
		return p->mux;
	}
}

static void mux_enter(const struct lacp_group *g, struct lacp_port *p,
		      enum lacp_mux_state state, u64 now)
{
	const u8 all = LACP_STATE_SYNC | LACP_STATE_COLLECTING |
		       LACP_STATE_DISTRIBUTING;
	enum lacp_mux_state from = p->mux;

	p->mux = state;
	switch (state) {
	/* Detach_Mux_From_Aggregator; Actor.Sync = FALSE;
	 * Disable_Distributing; Actor.Distributing = FALSE;
	 * Actor.Collecting = FALSE; Disable_Collecting; NTT = TRUE
	 */
	case LACP_MUX_DETACHED:
		p->actor.state &= ~all;
		p->ntt = true;
		p->ready_n = false;
		p->sync0_sent = false;
		p->wait_while = LACP_NEVER;
		p->drain_while = LACP_NEVER;
		break;

	/* Start wait_while_timer */
	case LACP_MUX_WAITING:
		p->wait_while = now + g->admin.wait_while;
		break;

	/* Attach_Mux_To_Aggregator; Actor.Sync = TRUE;
	 * Actor.Collecting = FALSE; Disable_Collecting; NTT = TRUE
	 */
	case LACP_MUX_ATTACHED:
		p->actor.state &= ~all;
		p->actor.state |= LACP_STATE_SYNC;
		p->ntt = true;
		if (from < LACP_MUX_ATTACHED) {
			p->sync1_sent = false;
			p->sync1_seen = false;
			p->unsettled = false;
		}
		break;

	/* Enable_Collecting; Actor.Collecting = TRUE; Disable_Distributing;
	 * Actor.Distributing = FALSE; NTT = TRUE
	 */
	case LACP_MUX_COLLECTING:
		p->actor.state |= LACP_STATE_COLLECTING;
		p->actor.state &= ~LACP_STATE_DISTRIBUTING;
		p->ntt = true;
		break;

	/* Actor.Distributing = TRUE; Enable_Distributing.
	 *
	 * Deviation: NTT = TRUE, so that a slow partner need not learn it 30 s
	 * later; but only if another LACPDU may follow within the second, as
	 * this one is the least urgent of all.
	 */
	case LACP_MUX_DISTRIBUTING:
		p->actor.state |= LACP_STATE_DISTRIBUTING;
		if (lacp_tx_credit(p, now) > 1)
			p->ntt = true;
		break;

	/* Actor.Distributing = TRUE; Enable_Distributing;
	 * Actor.Collecting = TRUE; Enable_Collecting; NTT = TRUE
	 */
	default:
		p->actor.state |= LACP_STATE_COLLECTING |
				  LACP_STATE_DISTRIBUTING;
		p->ntt = true;
		break;
	}
}

bool lacp_mux_run(const struct lacp_group *g, struct lacp_port *p, u64 now)
{
	bool waited = mux_wait(g, p, now);
	enum lacp_mux_state state = mux_next(g, p, now);

	if (state == p->mux)
		return waited;
	lacp_trace(p, "mux", lacp_mux_name(p->mux), lacp_mux_name(state));
	mux_enter(g, p, state, now);
	return true;
}
