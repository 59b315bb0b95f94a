// SPDX-License-Identifier: GPL-2.0
/* Receive machine, 802.1AX 6.4.12, and the functions of 6.4.9 that it calls.
 *
 * Parsing is in pdu.c; own PDUs that come back are sorted out in lacp.c.
 */
#include "machines.h"
#include "names.h"

/* What update_Selected and the like call the parameters of one end */
static bool rx_same_identity(const struct lacp_info *a,
			     const struct lacp_info *b)
{
	return a->port == b->port && a->port_priority == b->port_priority &&
	       ether_addr_equal(a->system, b->system) &&
	       a->system_priority == b->system_priority && a->key == b->key;
}

static bool rx_same_lag_id(const struct lacp_info *a, const struct lacp_info *b)
{
	return rx_same_identity(a, b) &&
	       !((a->state ^ b->state) & LACP_STATE_AGGREGATION);
}

/* Partner_Oper = Partner_Admin, which is all zero: passive, long timeout,
 * individual, out of sync; Actor.Defaulted = TRUE
 */
static void rx_record_default(struct lacp_port *p)
{
	memset(&p->partner, 0, sizeof(p->partner));
	p->actor.state |= LACP_STATE_DEFAULTED;
}

/* If Partner_Admin differs from Partner_Oper: Selected = UNSELECTED */
static void rx_update_default_selected(struct lacp_port *p)
{
	static const struct lacp_info admin;

	if (!rx_same_lag_id(&admin, &p->partner))
		p->selected = LACP_UNSELECTED;
}

/* If the PDU's actor differs from Partner_Oper: Selected = UNSELECTED.  Who
 * comes after another that came not long before may be one of two that speak
 * on the same wire.
 */
static void rx_update_selected(struct lacp_port *p, const struct lacp_pdu *pdu,
			       u64 now)
{
	if (!rx_same_lag_id(&pdu->actor, &p->partner))
		p->selected = LACP_UNSELECTED;
	if (rx_same_identity(&pdu->actor, &p->partner))
		return;
	p->unsettled = p->heard && now - p->changed < LACP_SHORT_TIMEOUT_MS;
	p->changed = now;
}

/* If the PDU's partner differs from Actor_Oper: NTT = TRUE.  Collecting and
 * the bits after it do not count: two systems would never stop answering.
 */
static void rx_update_ntt(struct lacp_port *p, const struct lacp_pdu *pdu)
{
	const u8 bits = LACP_STATE_ACTIVITY | LACP_STATE_TIMEOUT |
			LACP_STATE_SYNC | LACP_STATE_AGGREGATION;

	if (!rx_same_identity(&pdu->partner, &p->actor) ||
	    ((pdu->partner.state ^ p->actor.state) & bits))
		p->ntt = true;
}

/* Partner_Oper = the PDU's actor; Actor.Defaulted = FALSE.  The partner is in
 * sync if it says so, if LACP will go on to be heard (one end is active), and
 * if it knows us as we are or takes the link for individual.
 */
static void rx_record_pdu(struct lacp_port *p, const struct lacp_pdu *pdu)
{
	bool maintained = pdu->actor.state & LACP_STATE_ACTIVITY ||
			  (p->actor.state & LACP_STATE_ACTIVITY &&
			   pdu->partner.state & LACP_STATE_ACTIVITY);

	p->matched = rx_same_lag_id(&pdu->partner, &p->actor);
	p->partner = pdu->actor;
	if (!maintained ||
	    !(p->matched || !(pdu->actor.state & LACP_STATE_AGGREGATION)))
		p->partner.state &= ~LACP_STATE_SYNC;
	p->actor.state &= ~LACP_STATE_DEFAULTED;
}

/* LACP_Enabled: half duplex links do not take part */
static bool rx_lacp_enabled(const struct lacp_group *g,
			    const struct lacp_port *p)
{
	return g->admin.mode == LAG_MODE_LACP && p->link.full_duplex;
}

static enum lacp_rx_state rx_next(const struct lacp_group *g,
				  const struct lacp_port *p, u64 now)
{
	bool enabled = lacp_port_enabled(g, p);

	if (!enabled && !p->port_moved)
		return LACP_RX_PORT_DISABLED;

	switch (p->rx) {
	case LACP_RX_INITIALIZE:
		return LACP_RX_PORT_DISABLED;
	case LACP_RX_PORT_DISABLED:
		if (p->port_moved)
			return LACP_RX_INITIALIZE;
		return rx_lacp_enabled(g, p) ? LACP_RX_EXPIRED :
					       LACP_RX_LACP_DISABLED;
	case LACP_RX_LACP_DISABLED:
		if (rx_lacp_enabled(g, p))
			return LACP_RX_PORT_DISABLED;
		return p->rx;
	default:
		break;
	}

	/* LACP_Enabled fell with the link up: as if the link had */
	if (!rx_lacp_enabled(g, p))
		return LACP_RX_PORT_DISABLED;
	if (p->received)
		return LACP_RX_CURRENT;
	if (now < p->current_while)
		return p->rx;
	return p->rx == LACP_RX_CURRENT ? LACP_RX_EXPIRED : LACP_RX_DEFAULTED;
}

static void rx_enter(struct lacp_port *p, enum lacp_rx_state state, u64 now)
{
	enum lacp_rx_state from = p->rx;

	p->rx = state;
	switch (state) {
	/* Selected = UNSELECTED; recordDefault; Actor.Expired = FALSE;
	 * port_moved = FALSE
	 */
	case LACP_RX_INITIALIZE:
		p->selected = LACP_UNSELECTED;
		rx_record_default(p);
		p->actor.state &= ~LACP_STATE_EXPIRED;
		p->port_moved = false;
		break;

	/* Partner.Sync = FALSE.  With the link went all that was under way:
	 * the partner's next word is a new one.
	 */
	case LACP_RX_PORT_DISABLED:
		p->partner.state &= ~LACP_STATE_SYNC;
		p->current_while = LACP_NEVER;
		p->heard = false;
		p->loopback = LACP_NEVER;
		p->sync1_seen = true;
		break;

	/* Partner.Sync = FALSE; Partner.Timeout = Short; current_while = Short;
	 * Actor.Expired = TRUE.
	 *
	 * Deviation: NTT is set as well, so that a link that comes up speaks
	 * at once and a partner learns at once that it is not heard.
	 */
	case LACP_RX_EXPIRED:
		p->partner.state &= ~LACP_STATE_SYNC;
		p->partner.state |= LACP_STATE_TIMEOUT;
		p->current_while = now + LACP_SHORT_TIMEOUT_MS;
		p->actor.state |= LACP_STATE_EXPIRED;
		p->ntt = true;
		if (from == LACP_RX_CURRENT)
			p->counters.expired++;
		break;

	/* Selected = UNSELECTED; recordDefault; Partner.Aggregation = FALSE;
	 * Actor.Expired = FALSE
	 */
	case LACP_RX_LACP_DISABLED:
		p->selected = LACP_UNSELECTED;
		rx_record_default(p);
		p->actor.state &= ~LACP_STATE_EXPIRED;
		break;

	/* update_Default_Selected; recordDefault; Actor.Expired = FALSE */
	case LACP_RX_DEFAULTED:
		rx_update_default_selected(p);
		rx_record_default(p);
		p->actor.state &= ~LACP_STATE_EXPIRED;
		p->current_while = LACP_NEVER;
		p->counters.defaulted++;
		break;

	/* update_Selected; update_NTT; recordPDU; current_while;
	 * Actor.Expired = FALSE
	 */
	case LACP_RX_CURRENT:
		rx_update_selected(p, p->received, now);
		rx_update_ntt(p, p->received);
		rx_record_pdu(p, p->received);
		p->received = NULL;
		p->current_while = now + (p->actor.state & LACP_STATE_TIMEOUT ?
					  LACP_SHORT_TIMEOUT_MS :
					  LACP_LONG_TIMEOUT_MS);
		p->actor.state &= ~LACP_STATE_EXPIRED;
		p->heard = true;
		p->loopback = LACP_NEVER;
		break;

	default:
		break;
	}
}

bool lacp_rx_run(const struct lacp_group *g, struct lacp_port *p, u64 now)
{
	enum lacp_rx_state state = rx_next(g, p, now);

	if (state == p->rx && !(state == LACP_RX_CURRENT && p->received))
		return false;
	if (state != p->rx)
		lacp_trace(p, "rx", lacp_rx_name(p->rx), lacp_rx_name(state));
	rx_enter(p, state, now);
	return true;
}
