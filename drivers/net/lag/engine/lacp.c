// SPDX-License-Identifier: GPL-2.0
/* The engine's verbs: set variables, run the machines until none moves, leave
 * the effects.
 *
 * What each machine does is in its own file.
 */
#include "machines.h"
#include "names.h"

/* Operational key: user key, speed class and duplex, as bonding has them.  No
 * class is 0, so no key is: an unknown speed is a class of its own.
 */
static u16 lacp_speed_class(u32 speed)
{
	static const u32 known[] = {
		1, 10, 100, 1000, 2500, 5000, 10000, 14000, 20000, 25000,
		40000, 50000, 56000, 100000, 200000, 400000, 800000, 1600000,
	};
	unsigned int i;

	if (!speed)
		return 31;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (speed == known[i])
			return i + 1;
	/* Odd speeds, of virtual devices, by magnitude */
	for (i = ARRAY_SIZE(known) + 1; i < 30 && speed > 10; i++)
		speed /= 4;
	return i;
}

static u16 lacp_key(const struct lacp_group *g, const struct lacp_port *p)
{
	if (p->admin.key)
		return p->admin.key;
	return g->admin.user_key << 6 | lacp_speed_class(p->link.speed) << 1 |
	       p->link.full_duplex;
}

struct lacp_port *lacp_port_find(const struct lacp_group *g, u16 number)
{
	struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left)
		if (p->actor.port == number)
			return p;
	return NULL;
}

static u16 lacp_free_number(const struct lacp_group *g,
			    const struct lacp_port *port)
{
	struct lacp_port *p;
	u16 number = 1;

	while ((p = lacp_port_find(g, number)) && p != port)
		number++;
	return number;
}

static bool lacp_info_equal(const struct lacp_info *a,
			    const struct lacp_info *b)
{
	return lacp_system_id(a) == lacp_system_id(b) && a->key == b->key &&
	       lacp_port_id(a) == lacp_port_id(b) && a->state == b->state;
}

/* The partner agreed to another actor than there is now: it has to see us out
 * of sync and agree anew.  What it said before, Synchronization, is void.
 */
static void lacp_disagree(struct lacp_port *p)
{
	p->selected = LACP_UNSELECTED;
	p->matched = false;
	p->partner.state &= ~LACP_STATE_SYNC;
	p->ntt = true;
}

/* The actor's parameters from the administrative values */
static void lacp_update_actor(const struct lacp_group *g, struct lacp_port *p,
			      u64 now)
{
	const u8 own = LACP_STATE_ACTIVITY | LACP_STATE_TIMEOUT |
		       LACP_STATE_AGGREGATION;
	struct lacp_info old = p->actor, *actor = &p->actor;
	u8 state = actor->state & ~own;

	actor->system_priority = g->admin.system_priority;
	ether_addr_copy(actor->system, g->admin.system);
	actor->key = lacp_key(g, p);
	actor->port_priority = p->admin.priority;
	if (g->admin.active)
		state |= LACP_STATE_ACTIVITY;
	if (g->admin.fast)
		state |= LACP_STATE_TIMEOUT;
	if (p->link.full_duplex)
		state |= LACP_STATE_AGGREGATION;
	if (!lacp_info_equal(&old, actor) ||
	    ((old.state ^ state) & LACP_STATE_AGGREGATION))
		lacp_disagree(p);
	if (old.state != state)
		p->ntt = true;

	/* Deviation: the partner may slow down as soon as it is told, so the
	 * timeout that runs must be the long one by then.
	 */
	if (old.state & ~state & LACP_STATE_TIMEOUT && p->rx == LACP_RX_CURRENT)
		p->current_while = now + LACP_LONG_TIMEOUT_MS;
	actor->state = state;
}

/* Deadlines that are nobody's state */
static bool lacp_expire_delays(struct lacp_port *p, u64 now)
{
	bool moved = false;

	if (now >= p->updelay) {
		p->updelay = LACP_NEVER;
		moved = true;
	}
	if (now >= p->downdelay) {
		p->downdelay = LACP_NEVER;
		p->link_up = false;
		moved = true;
	}
	if (now >= p->loopback) {
		p->loopback = LACP_NEVER;
		moved = true;
	}
	if (now >= p->retry)
		p->retry = LACP_NEVER;
	return moved;
}

static bool lacp_run_rx(struct lacp_group *g, struct lacp_port *p, u64 now)
{
	struct lacp_info partner = p->partner;
	enum lacp_selected selected = p->selected;
	enum lacp_rx_state rx = p->rx;
	bool matched = p->matched;
	bool moved = lacp_rx_run(g, p, now);

	if (rx != p->rx || selected != p->selected ||
	    !lacp_info_equal(&partner, &p->partner))
		g->effects.status |= BIT_ULL(p->index);
	else if (moved && matched == p->matched)
		return false;
	return moved;
}

static bool lacp_run_all_mux(struct lacp_group *g, u64 now)
{
	struct lacp_port *p;
	bool moved = false;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (p->leaving || !lacp_mux_run(g, p, now))
			continue;
		g->effects.status |= BIT_ULL(p->index);
		moved = true;
	}
	return moved;
}

static bool lacp_run_machines(struct lacp_group *g, u64 now)
{
	struct lacp_port *p;
	bool moved = false;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (p->leaving)
			continue;
		if (lacp_expire_delays(p, now)) {
			g->effects.status |= BIT_ULL(p->index);
			moved = true;
		}
		moved |= lacp_run_rx(g, p, now);
	}
	moved |= lacp_fallback_run(g, now);
	moved |= lacp_backup_run(g);

	/* The Mux must see UNSELECTED before Selection may select again. */
	moved |= lacp_run_all_mux(g, now);
	moved |= lacp_selection_run(g);
	moved |= lacp_run_all_mux(g, now);

	lacp_for_each_port(g, p, left) {
		if (p->leaving)
			continue;
		moved |= lacp_periodic_run(g, p, now);
		if (lacp_churn_run(g, p, now)) {
			g->effects.status |= BIT_ULL(p->index);
			moved = true;
		}
	}
	return moved;
}

static void lacp_find_effects(struct lacp_group *g, u64 now)
{
	u64 distributing = 0, collecting = 0, left;
	struct lacp_port *p;

	g->effects.send = 0;
	lacp_for_each_port(g, p, left) {
		u64 bit = BIT_ULL(p->index);

		/* NTT does not outlive the reason to talk. */
		if (!lacp_tx_talks(g, p))
			p->ntt = false;
		if (lacp_tx_due(g, p, now))
			g->effects.send |= bit;
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
	if (distributing == g->distributing && collecting == g->collecting)
		return;
	g->effects.distribution = true;
	g->effects.group_status = true;
	g->distributing = distributing;
	g->collecting = collecting;
}

/* Rounds until no machine moves: a port's longest way is from DISTRIBUTING to
 * DETACHED and back, and ports may have to wait for each other.
 */
static void lacp_settle(struct lacp_group *g, u64 now)
{
	unsigned int rounds = 16 * (1 + hweight64(g->members));

	while (lacp_run_machines(g, now))
		if (WARN_ON_ONCE(!--rounds))
			break;
	lacp_find_effects(g, now);
}

static void lacp_owe_goodbye(const struct lacp_group *g, struct lacp_port *p)
{
	if (g->admin.goodbye && !p->leaving && lacp_tx_talks(g, p))
		p->goodbye = true;
}

void lacp_group_init(struct lacp_group *g, const struct lacp_admin *admin)
{
	memset(g, 0, sizeof(*g));
	g->admin = *admin;
	g->fallback_timer = LACP_NEVER;
}

void lacp_group_configure(struct lacp_group *g, const struct lacp_admin *admin,
			  u64 now)
{
	bool mode_changed = admin->mode != g->admin.mode;
	struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (mode_changed) {
			lacp_owe_goodbye(g, p);
			p->selected = LACP_UNSELECTED;
		}
	}
	g->admin = *admin;
	lacp_for_each_port(g, p, left) {
		lacp_update_actor(g, p, now);
		if (p->updelay != LACP_NEVER)
			p->updelay = min(p->updelay, now + admin->updelay);
		if (p->downdelay != LACP_NEVER)
			p->downdelay = min(p->downdelay,
					   now + admin->downdelay);
	}
	if (g->fallback_timer != LACP_NEVER)
		g->fallback_timer = min(g->fallback_timer,
					now + admin->fallback_timeout);
	g->effects.status |= g->members;
	g->effects.group_status = true;
	lacp_settle(g, now);
}

void lacp_group_enable(struct lacp_group *g, bool enabled, u64 now)
{
	struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (!enabled)
			lacp_owe_goodbye(g, p);
		else
			p->goodbye = p->goodbye && p->leaving;
	}
	if (g->enabled != enabled)
		g->effects.group_status = true;
	g->enabled = enabled;
	lacp_settle(g, now);
}

/* What the machines of a port wait for, but for the end of its period */
static u64 lacp_port_deadline(const struct lacp_port *p)
{
	u64 deadline = p->updelay;

	deadline = min(deadline, p->downdelay);
	deadline = min(deadline, p->loopback);
	deadline = min(deadline, p->current_while);
	deadline = min(deadline, p->wait_while);
	deadline = min(deadline, p->drain_while);
	deadline = min(deadline, p->actor_churn_timer);
	return min(deadline, p->partner_churn_timer);
}

static bool lacp_only_periods_end(const struct lacp_group *g, u64 now)
{
	const struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left)
		if (now >= p->retry ||
		    (!p->leaving && now >= lacp_port_deadline(p)))
			return false;
	return now < g->fallback_timer;
}

/* Most of the time a period ends and nothing else: that sets NTT, which no
 * machine looks at, so that the others, who are at rest, may go on resting.
 */
void lacp_group_expire(struct lacp_group *g, u64 now)
{
	struct lacp_port *p;
	u64 left;

	if (!lacp_only_periods_end(g, now)) {
		lacp_settle(g, now);
		return;
	}

	lacp_for_each_port(g, p, left)
		while (!p->leaving && lacp_periodic_run(g, p, now))
			;
	lacp_find_effects(g, now);
}

void lacp_group_goodbye(struct lacp_group *g, u64 now)
{
	struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		lacp_owe_goodbye(g, p);
		p->leaving |= p->goodbye;
	}
	lacp_settle(g, now);
}

bool lacp_group_activate(struct lacp_group *g, const struct lacp_port *p,
			 u64 now)
{
	const struct lacp_port *old = g->backup_manual;

	if (g->admin.mode != LAG_MODE_ACTIVE_BACKUP)
		return false;
	g->backup_manual = p;
	lacp_settle(g, now);
	if (g->backup_manual == p)
		return true;
	g->backup_manual = old;
	lacp_settle(g, now);
	return false;
}

u64 lacp_group_deadline(const struct lacp_group *g, u64 now)
{
	u64 deadline = g->fallback_timer;
	const struct lacp_port *p;
	u64 left;

	lacp_for_each_port(g, p, left) {
		deadline = min(deadline, lacp_tx_deadline(g, p, now));
		if (p->leaving)
			continue;
		deadline = min(deadline, p->periodic_timer);
		deadline = min(deadline, lacp_port_deadline(p));
	}
	return deadline;
}

bool lacp_group_carrier(const struct lacp_group *g)
{
	return hweight64(g->distributing) >= max(g->admin.min_links, 1U);
}

void lacp_port_join(struct lacp_group *g, struct lacp_port *p,
		    const struct lacp_port_admin *admin, u64 now)
{
	p->admin = *admin;
	p->link.full_duplex = true;
	p->updelay = LACP_NEVER;
	p->downdelay = LACP_NEVER;
	p->loopback = LACP_NEVER;
	p->retry = LACP_NEVER;
	p->current_while = LACP_NEVER;
	p->periodic_timer = LACP_NEVER;
	p->wait_while = LACP_NEVER;
	p->drain_while = LACP_NEVER;
	p->actor_churn_timer = LACP_NEVER;
	p->partner_churn_timer = LACP_NEVER;

	/* BEGIN: as INITIALIZE enters, and each other machine its first */
	p->actor.state = LACP_STATE_DEFAULTED;
	p->actor.port = admin->number ?: lacp_free_number(g, p);
	g->port[p->index] = p;
	g->members |= BIT_ULL(p->index);
	lacp_update_actor(g, p, now);
	g->effects.group_status = true;
	g->effects.status |= BIT_ULL(p->index);
	lacp_settle(g, now);
}

void lacp_port_leave(struct lacp_group *g, struct lacp_port *p, u64 now)
{
	g->members &= ~BIT_ULL(p->index);
	g->port[p->index] = NULL;
	if (g->backup_active == p)
		g->backup_active = NULL;
	if (g->backup_manual == p)
		g->backup_manual = NULL;
	g->effects.status &= ~BIT_ULL(p->index);
	g->effects.group_status = true;
	lacp_settle(g, now);
}

void lacp_port_goodbye(struct lacp_group *g, struct lacp_port *p, u64 now)
{
	lacp_owe_goodbye(g, p);
	p->leaving = true;
	lacp_settle(g, now);
}

void lacp_port_configure(struct lacp_group *g, struct lacp_port *p,
			 const struct lacp_port_admin *admin, u64 now)
{
	u16 number = p->actor.port;

	if (admin->admin == LAG_PORT_DISABLED)
		lacp_owe_goodbye(g, p);
	else
		p->goodbye = p->goodbye && p->leaving;
	if (admin->admin != p->admin.admin)
		p->drain_told = false;
	if (admin->number)
		p->actor.port = admin->number;
	else if (p->admin.number)
		p->actor.port = lacp_free_number(g, p);
	p->admin = *admin;
	if (p->actor.port != number)
		lacp_disagree(p);
	lacp_update_actor(g, p, now);
	g->effects.status |= BIT_ULL(p->index);
	lacp_settle(g, now);
}

/* The speed and duplex of a lost link say nothing: the last ones are kept,
 * so that the key survives a flap.
 */
void lacp_port_link(struct lacp_group *g, struct lacp_port *p,
		    const struct lacp_link *link, u64 now)
{
	bool was = p->link.running && p->link.carrier;
	bool up = link->running && link->carrier;

	if (p->link.carrier != link->carrier)
		p->counters.carrier_changes++;
	if (was && !up)
		p->counters.link_failures++;
	if (p->link.running != link->running || was != up)
		g->effects.status |= BIT_ULL(p->index);
	p->link.running = link->running;
	p->link.carrier = link->carrier;

	if (up && (p->link.speed != link->speed ||
		   p->link.full_duplex != link->full_duplex)) {
		p->link.speed = link->speed;
		p->link.full_duplex = link->full_duplex;
		lacp_update_actor(g, p, now);
		g->effects.status |= BIT_ULL(p->index);
	}

	if (up && !p->link_up) {
		p->link_up = true;
		if (g->admin.updelay)
			p->updelay = now + g->admin.updelay;
	}
	if (up)
		p->downdelay = LACP_NEVER;
	if (was && !up) {
		p->updelay = LACP_NEVER;
		if (link->running && g->admin.downdelay)
			p->downdelay = now + g->admin.downdelay;
		else
			p->link_up = false;
	}
	if (!link->running) {
		p->downdelay = LACP_NEVER;
		p->link_up = false;
		/* It was no farewell for ever: it may come up again. */
		p->leaving = false;
	}
	lacp_settle(g, now);
}

/* port_moved: a port without a link whose partner is heard on another port
 * has nothing to come back to, 802.1AX 6.4.12.
 */
static bool lacp_find_moved(struct lacp_group *g, const struct lacp_port *port,
			    const struct lacp_info *partner)
{
	struct lacp_port *p;
	bool found = false;
	u64 left;

	lacp_for_each_port(g, p, left) {
		if (p != port && !p->leaving &&
		    p->rx == LACP_RX_PORT_DISABLED &&
		    p->partner.port == partner->port &&
		    ether_addr_equal(p->partner.system, partner->system)) {
			p->port_moved = true;
			found = true;
		}
	}
	return found;
}

/* A LACPDU with our own system identifier has come back on a loop.  It is no
 * partner's; the port expires as if it heard nothing.
 */
static bool lacp_is_loopback(struct lacp_group *g, struct lacp_port *p,
			     const struct lacp_pdu *pdu, u64 now)
{
	if (!ether_addr_equal(pdu->actor.system, g->admin.system))
		return false;
	p->counters.loopback_rx++;
	if (p->loopback == LACP_NEVER)
		g->effects.status |= BIT_ULL(p->index);
	p->loopback = now + LACP_LONG_TIMEOUT_MS;
	return true;
}

void lacp_port_receive(struct lacp_group *g, struct lacp_port *p,
		       const struct lacp_pdu *pdu, u64 now)
{
	enum lacp_rx_state rx = p->rx;
	bool ntt = p->ntt;
	bool same_view;

	p->counters.lacpdu_rx++;
	if (g->admin.mode != LAG_MODE_LACP || p->leaving ||
	    !lacp_port_enabled(g, p) || !p->link.full_duplex)
		return;
	if (lacp_is_loopback(g, p, pdu, now)) {
		lacp_settle(g, now);
		return;
	}

	same_view = pdu->partner.state == p->last.partner.state;
	if (pdu->partner.state & LACP_STATE_SYNC)
		p->sync1_seen = true;
	p->last = *pdu;
	p->received = pdu;
	/* All that most LACPDUs do is to restart current_while. */
	if (!lacp_find_moved(g, p, &pdu->actor) && rx == LACP_RX_CURRENT &&
	    now < p->current_while && !lacp_run_rx(g, p, now) && same_view &&
	    ntt == p->ntt)
		return;
	lacp_settle(g, now);
	p->received = NULL;
}

/* Remember what the partner is told; true if a machine waited for that */
static bool lacp_note_told(struct lacp_port *p, u8 state, u64 now)
{
	bool draining = p->admin.admin == LAG_PORT_DRAINING &&
			!(state & LACP_STATE_DISTRIBUTING);
	bool *sent = &p->sync1_sent;
	bool news;

	if (!(state & LACP_STATE_SYNC)) {
		sent = &p->sync0_sent;
		if (!*sent && p->mux == LACP_MUX_COLLECTING)
			p->drain_while = now + LACP_DRAIN_MS;
	}
	news = !*sent || (draining && !p->drain_told);
	*sent = true;
	p->drain_told |= draining;
	return news;
}

bool lacp_port_transmit(struct lacp_group *g, struct lacp_port *p,
			struct lacp_pdu *pdu, u64 now)
{
	if (!lacp_tx_due(g, p, now)) {
		lacp_find_effects(g, now);
		return false;
	}

	pdu->actor = p->actor;
	pdu->partner = p->partner;
	p->tx_time[p->tx_count++ % LACP_TX_LIMIT] = now;
	p->counters.lacpdu_tx++;

	if (p->goodbye) {
		p->goodbye = false;
		pdu->actor.state &= ~(LACP_STATE_SYNC | LACP_STATE_COLLECTING |
				      LACP_STATE_DISTRIBUTING |
				      LACP_STATE_AGGREGATION);
	} else {
		p->ntt = false;
	}
	if (lacp_note_told(p, pdu->actor.state, now))
		lacp_settle(g, now);
	else if (!lacp_tx_due(g, p, now))
		g->effects.send &= ~BIT_ULL(p->index);
	return true;
}

void lacp_port_unsent(struct lacp_group *g, struct lacp_port *p, u64 now)
{
	/* There is no later for a goodbye; the partner will time out. */
	p->goodbye = false;
	p->retry = now + LACP_RETRY_MS;
	lacp_find_effects(g, now);
}
