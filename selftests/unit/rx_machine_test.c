// SPDX-License-Identifier: GPL-2.0
/* Receive machine, 802.1AX 6.4.12, and what it records, 6.4.9.
 *
 * How octets become a struct lacp_pdu is in pdu_test.c.
 */
#include "unit.h"

#include "sim.h"
#include "engine/machines.h"

#define KNOWN	(LACP_STATE_ACTIVITY | LACP_STATE_TIMEOUT | \
		 LACP_STATE_AGGREGATION)

/* A system with one port that has a link and hears nothing */
static struct sim_system *alone(struct sim *sim, bool fast)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;

	admin.fast = fast;
	s = sim_add_system(sim, &admin, 1);
	sim_carrier(s, 0, true);
	return s;
}

static void assert_same_end(const struct lacp_info *a,
			    const struct lacp_info *b)
{
	assert_int_equal(a->system_priority, b->system_priority);
	assert_memory_equal(a->system, b->system, ETH_ALEN);
	assert_int_equal(a->key, b->key);
	assert_int_equal(a->port_priority, b->port_priority);
	assert_int_equal(a->port, b->port);
}

/* One state, one input, what 6.4.12 says comes next; the same if nothing */
static enum lacp_rx_state expected(enum lacp_rx_state rx, bool enabled,
				   bool lacp, bool moved, bool pdu, bool timer)
{
	if (!enabled && !moved)
		return LACP_RX_PORT_DISABLED;
	switch (rx) {
	case LACP_RX_INITIALIZE:
		return LACP_RX_PORT_DISABLED;
	case LACP_RX_PORT_DISABLED:
		if (moved)
			return LACP_RX_INITIALIZE;
		return lacp ? LACP_RX_EXPIRED : LACP_RX_LACP_DISABLED;
	case LACP_RX_LACP_DISABLED:
		return lacp ? LACP_RX_PORT_DISABLED : rx;
	case LACP_RX_EXPIRED:
		if (!lacp)
			return LACP_RX_PORT_DISABLED;
		return pdu ? LACP_RX_CURRENT : timer ? LACP_RX_DEFAULTED : rx;
	case LACP_RX_DEFAULTED:
		if (!lacp)
			return LACP_RX_PORT_DISABLED;
		return pdu ? LACP_RX_CURRENT : rx;
	default:
		if (!lacp)
			return LACP_RX_PORT_DISABLED;
		return pdu ? LACP_RX_CURRENT : timer ? LACP_RX_EXPIRED : rx;
	}
}

/* Everything that entry to @p->rx has to have done */
static void assert_entered(const struct lacp_port *p,
			   const struct lacp_port *before,
			   const struct lacp_pdu *pdu, u64 now)
{
	static const struct lacp_info none;

	switch (p->rx) {
	case LACP_RX_INITIALIZE:
		assert_int_equal(p->selected, LACP_UNSELECTED);
		assert_same_end(&p->partner, &none);
		assert_int_equal(p->partner.state, 0);
		assert_true(p->actor.state & LACP_STATE_DEFAULTED);
		assert_false(p->actor.state & LACP_STATE_EXPIRED);
		assert_false(p->port_moved);
		break;
	case LACP_RX_PORT_DISABLED:
		assert_same_end(&p->partner, &before->partner);
		assert_int_equal(p->partner.state,
				 before->partner.state & ~LACP_STATE_SYNC);
		assert_int_equal(p->selected, before->selected);
		assert_true(p->current_while == LACP_NEVER);
		break;
	case LACP_RX_EXPIRED:
		assert_same_end(&p->partner, &before->partner);
		assert_int_equal(p->partner.state,
				 (before->partner.state & ~LACP_STATE_SYNC) |
				 LACP_STATE_TIMEOUT);
		assert_int_equal(p->selected, before->selected);
		assert_true(p->current_while == now + 3000);
		assert_true(p->actor.state & LACP_STATE_EXPIRED);
		break;
	case LACP_RX_LACP_DISABLED:
		assert_int_equal(p->selected, LACP_UNSELECTED);
		assert_same_end(&p->partner, &none);
		assert_false(p->partner.state & LACP_STATE_AGGREGATION);
		assert_true(p->actor.state & LACP_STATE_DEFAULTED);
		assert_false(p->actor.state & LACP_STATE_EXPIRED);
		break;
	case LACP_RX_DEFAULTED:
		assert_int_equal(p->selected, LACP_UNSELECTED);
		assert_same_end(&p->partner, &none);
		assert_int_equal(p->partner.state, 0);
		assert_true(p->actor.state & LACP_STATE_DEFAULTED);
		assert_false(p->actor.state & LACP_STATE_EXPIRED);
		assert_true(p->current_while == LACP_NEVER);
		break;
	default:
		assert_same_end(&p->partner, &pdu->actor);
		assert_false(p->actor.state & LACP_STATE_DEFAULTED);
		assert_false(p->actor.state & LACP_STATE_EXPIRED);
		assert_true(p->current_while == now + 3000);
		break;
	}
}

static void every_transition_is_that_of_the_standard(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_port good = s->port[0];
	const struct lacp_pdu pdu = good.last;
	unsigned int rx, bits;
	struct lacp_port p;
	bool moved;

	for (rx = 0; rx < __LACP_RX_MAX; rx++) {
		for (bits = 0; bits < 64; bits++) {
			/* port_moved is only set in PORT_DISABLED. */
			if (bits & 4 && rx != LACP_RX_PORT_DISABLED)
				continue;
			p = good;
			p.rx = rx;
			p.link_up = bits & 1;
			p.link.full_duplex = bits & 2;
			p.port_moved = bits & 4;
			p.received = bits & 8 ? &pdu : NULL;
			p.current_while = bits & 16 ? sim->now :
						      sim->now + 1;
			if (bits & 32)
				p.actor.state |= LACP_STATE_DEFAULTED |
						 LACP_STATE_EXPIRED;
			if (rx == LACP_RX_DEFAULTED)
				p.current_while = LACP_NEVER;
			moved = lacp_rx_run(&s->group, &p, sim->now);
			assert_int_equal(p.rx, expected(rx, bits & 1, bits & 2,
							bits & 4, bits & 8,
							bits & 16));
			assert_int_equal(moved, p.rx != rx ||
					 (rx == LACP_RX_CURRENT && bits & 8 &&
					  bits & 2 && bits & 1));
			if (moved)
				assert_entered(&p, &good, &pdu, sim->now);
		}
	}
}

static void rx_01_without_a_partner_a_link_expires_then_defaults(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, true);
	u64 up = sim->now;

	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	assert_true(s->sent[0].record[0].when == up);
	assert_true(s->sent[0].record[0].pdu.actor.state & LACP_STATE_EXPIRED);
	sim_run(sim, 2999);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	sim_run(sim, 1);
	assert_int_equal(s->port[0].rx, LACP_RX_DEFAULTED);
	sim_run(sim, 60000);
	assert_null(sim_find(&s->sent[0], up + 3001, LACP_STATE_EXPIRED,
			     LACP_STATE_EXPIRED));
	assert_non_null(sim_find(&s->sent[0], up + 3001, LACP_STATE_DEFAULTED,
				 LACP_STATE_DEFAULTED));
	assert_int_equal(s->port[0].counters.defaulted, 1);
	assert_int_equal(s->port[0].counters.expired, 0);
}

static void rx_02_a_link_that_comes_up_speaks_fast(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, false);
	u64 up = sim->now;

	sim_run(sim, 3400);
	assert_in_range(sim_count(&s->sent[0], up, up + 3400), 3, 6);
}

static void rx_03_the_first_lacpdu_of_a_partner_is_echoed(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, true);
	struct sim_partner *partner = sim_add_partner(sim, 9, 0x1234);
	const struct lacp_pdu *pdu;
	u64 first;

	sim_run(sim, 5000);
	partner->self.system_priority = 0x5678;
	partner->self.key = 0x9abc;
	partner->self.port_priority = 0xdef0;
	first = sim->now;
	sim_swap_partner(s, 0, partner);
	sim_run(sim, 0);
	pdu = sim_last(&s->sent[0]);
	assert_true(s->sent[0].record[s->sent[0].count - 1].when == first);
	assert_false(pdu->actor.state &
		     (LACP_STATE_DEFAULTED | LACP_STATE_EXPIRED));
	assert_same_end(&pdu->partner, &partner->self);
	assert_int_equal(pdu->partner.state & KNOWN,
			 partner->self.state & KNOWN);
}

static void rx_04_a_partner_that_falls_silent_expires_after_3_s(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 last;

	sim_say(sim->partner[0]);
	sim->partner[0]->next = LACP_NEVER;
	last = sim->now;
	sim_run(sim, 2999);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	sim_run(sim, 1);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	assert_int_equal(s->port[0].counters.expired, 1);
	assert_true(sim_find(&s->sent[0], last, LACP_STATE_EXPIRED,
			     LACP_STATE_EXPIRED)->when == last + 3000);
}

static void rx_05_in_expired_it_stops_and_asks_for_fast_lacpdus(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_pdu *pdu;

	sim->partner[0]->self.state &= ~LACP_STATE_TIMEOUT;
	sim_say(sim->partner[0]);
	sim->partner[0]->next = LACP_NEVER;
	sim_run(sim, 3000);
	pdu = sim_last(&s->sent[0]);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	assert_false(pdu->actor.state & (LACP_STATE_COLLECTING |
					 LACP_STATE_DISTRIBUTING));
	assert_false(pdu->partner.state & LACP_STATE_SYNC);
	assert_true(pdu->partner.state & LACP_STATE_TIMEOUT);
	assert_same_end(&pdu->partner, &sim->partner[0]->self);
	assert_int_equal(s->group.distributing, 0);
	assert_int_equal(s->group.collecting, 0);
}

static void rx_06_after_3_s_in_expired_the_partner_is_given_up(void **state)
{
	static const struct lacp_info none;
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);

	sim_say(sim->partner[0]);
	sim->partner[0]->next = LACP_NEVER;
	sim_run(sim, 5999);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	sim_run(sim, 1);
	assert_int_equal(s->port[0].rx, LACP_RX_DEFAULTED);
	assert_int_equal(s->port[0].selected, LACP_UNSELECTED);
	assert_true(s->port[0].actor.state & LACP_STATE_DEFAULTED);
	assert_false(s->port[0].actor.state & LACP_STATE_EXPIRED);
	sim_run(sim, 31000);
	assert_same_end(&sim_last(&s->sent[0])->partner, &none);
	assert_int_equal(sim_last(&s->sent[0])->partner.state, 0);
}

static void rx_07_rx_08_slow_expires_after_90_s_and_defaults_3_s_later(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = alone(sim, false);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);

	sim_swap_partner(s, 0, partner);
	sim_run(sim, 10000);
	sim_say(partner);
	partner->next = LACP_NEVER;
	sim_run(sim, 89999);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	assert_true(sim_is_cd(s, 0));
	sim_run(sim, 1);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	sim_run(sim, 2999);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
	sim_run(sim, 1);
	assert_int_equal(s->port[0].rx, LACP_RX_DEFAULTED);
}

static void rx_09_a_lacpdu_in_expired_restores_all_and_sync_never_drops(void **s)
{
	struct sim *sim = *s;
	struct sim_system *lag = unit_lag(sim, 1);
	u64 silent = sim->now;

	sim_say(sim->partner[0]);
	sim->partner[0]->next = sim->now + 4500;
	sim_run(sim, 4499);
	assert_int_equal(lag->port[0].rx, LACP_RX_EXPIRED);
	assert_int_equal(lag->port[0].selected, LACP_SELECTED);
	sim_run(sim, 1);
	assert_true(sim_until_cd(lag, 0, 1600) <= 1600);
	assert_null(sim_find(&lag->sent[0], silent, LACP_STATE_SYNC, 0));
	assert_int_equal(sim_entered(&lag->port[0], "mux", "detached"), 0);
}

static void rx_10_a_partner_after_defaulted_is_taken(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);

	sim->partner[0]->next = sim->now + 20000;
	sim_run(sim, 19999);
	assert_int_equal(s->port[0].rx, LACP_RX_DEFAULTED);
	assert_true(sim_until_cd(s, 0, 8000) <= 8000);
}

/* Damages what crosses the cable as sim->data says. */
static bool damage(struct sim *sim, const struct sim_end *to, u8 *octets)
{
	static const u8 types[] = { 0x11, 0x22, 0x33, 0x44 };
	unsigned int kind = *(unsigned int *)sim->data;

	if (!to->system)
		return false;
	switch (kind) {
	case 0:
		octets[1] = 2;
		break;
	case 1:
		octets[1] = 255;
		break;
	case 2:
		memset(octets + 19, 0xa5, 3);
		memset(octets + 39, 0xa5, 3);
		memset(octets + 44, 0xa5, 14);
		memset(octets + 60, 0xa5, 50);
		break;
	default:
		octets[2] = types[0];
		octets[22] = types[1];
		octets[42] = types[2];
		octets[58] = types[3];
		break;
	}
	return false;
}

static void rx_11_12_13_versions_types_and_reserved_do_not_matter(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	static unsigned int kind;
	u64 begin;

	sim->lose = damage;
	sim->data = &kind;
	for (kind = 0; kind < 4; kind++) {
		begin = sim->now;
		sim_run(sim, 12000);
		assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
		assert_int_equal(s->port[0].counters.expired, 0);
		assert_true(sim_is_cd(s, 0));
	}
}

static void rx_18_own_lacpdus_that_come_back_are_nobodys(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, true);
	u64 begin = sim->now;

	s->peer[0] = (struct sim_end) { .system = s, .port = 0 };
	sim_run(sim, 16000);
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_COLLECTING,
			     LACP_STATE_COLLECTING));
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_SYNC,
			     LACP_STATE_SYNC));
	assert_int_equal(s->port[0].rx, LACP_RX_DEFAULTED);
	assert_in_range(s->port[0].counters.loopback_rx, 3, 16 * 3 + 6);
}

static void rx_19_two_ports_cabled_together_never_carry(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);
	unsigned int i;

	sim_cable(s, 0, s, 1);
	sim_run(sim, 20000);
	for (i = 0; i < 2; i++) {
		assert_null(sim_find(&s->sent[i], 0, LACP_STATE_SYNC,
				     LACP_STATE_SYNC));
		assert_true(s->port[i].counters.loopback_rx > 0);
	}
	assert_false(lacp_group_carrier(&s->group));
}

/* The ways in which a LACPDU's picture of a port can be wrong */
static void spoil(struct lacp_info *info, unsigned int kind)
{
	static const u8 bits[] = {
		LACP_STATE_ACTIVITY, LACP_STATE_TIMEOUT,
		LACP_STATE_AGGREGATION, LACP_STATE_SYNC,
		LACP_STATE_COLLECTING, LACP_STATE_DISTRIBUTING,
		LACP_STATE_DEFAULTED, LACP_STATE_EXPIRED,
	};

	switch (kind) {
	case 0:
		info->port ^= 0x100;
		break;
	case 1:
		info->port_priority ^= 1;
		break;
	case 2:
		info->system[5] ^= 0x40;
		break;
	case 3:
		info->system_priority ^= 0x8000;
		break;
	case 4:
		info->key ^= 0x40;
		break;
	default:
		info->state ^= bits[kind - 5];
		break;
	}
}

static void rx_20_a_wrong_picture_of_us_is_answered_at_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];
	unsigned int kind, before;
	struct lacp_pdu pdu;

	partner->self.state &= ~LACP_STATE_TIMEOUT;
	for (kind = 0; kind < 13; kind++) {
		sim_run(sim, 3500);
		pdu.actor = partner->self;
		pdu.partner = s->port[0].actor;
		spoil(&pdu.partner, kind);
		before = s->sent[0].count;
		sim_hear(s, 0, &pdu);
		/* Collecting and what follows it need no answer: else two
		 * systems would never stop.
		 */
		assert_int_equal(s->sent[0].count > before, kind < 9);
		if (kind < 9)
			assert_memory_equal(&sim_last(&s->sent[0])->actor,
					    &s->port[0].actor,
					    sizeof(struct lacp_info));
	}
}

static void rx_21_what_agrees_is_not_answered(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 begin;

	sim->partner[0]->self.state &= ~LACP_STATE_TIMEOUT;
	sim_run(sim, 2500);
	begin = sim->now;
	sim_run(sim, 20000);
	assert_in_range(sim_count(&s->sent[0], begin, sim->now), 0, 1);
}

static void rx_23_rx_24_a_partner_that_means_another_is_not_in_sync(void **s)
{
	struct sim *sim = *s;
	struct lacp_admin admin = sim_admin(1);
	struct sim_partner *partner;
	struct sim_system *lag;
	unsigned int kind, i;

	/* port, port priority, system, system priority, key, Aggregation */
	for (kind = 0; kind < 6; kind++) {
		lag = sim_add_system(sim, &admin, 1);
		partner = sim_add_partner(sim, 9, 1);
		sim_carrier(lag, 0, true);
		partner->follow = false;
		partner->view = lag->port[0].actor;
		spoil(&partner->view, kind < 5 ? kind : 7);
		sim_swap_partner(lag, 0, partner);
		sim_run(sim, 18000);
		assert_int_equal(lag->port[0].rx, LACP_RX_CURRENT);
		for (i = 0; i < lag->sent[0].count; i++) {
			assert_false(lag->sent[0].record[i].pdu.actor.state &
				     (LACP_STATE_COLLECTING |
				      LACP_STATE_DISTRIBUTING));
			assert_false(lag->sent[0].record[i].pdu.partner.state &
				     LACP_STATE_SYNC);
		}
		sim_uncable(lag, 0);
	}
}

static void an_individual_partner_need_not_know_us_to_be_in_sync(void **state)
{
	struct sim *sim = *state;
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);

	partner->self.state &= ~LACP_STATE_AGGREGATION;
	partner->follow = false;
	sim_cable_partner(s, 0, partner);
	sim_run(sim, 5000);
	assert_true(s->port[0].partner.state & LACP_STATE_SYNC);
	assert_true(sim_is_cd(s, 0));
}

static void rx_25_to_29_a_partner_that_changed_sees_sync_drop(void **state)
{
	struct sim *sim = *state;
	const struct sim_record *without, *with;
	struct sim_partner *partner;
	struct sim_system *s;
	unsigned int kind;
	u64 change;

	/* port, port priority, system, system priority, key; then port and
	 * system priority; then Aggregation
	 */
	for (kind = 0; kind < 7; kind++) {
		s = unit_lag(sim, 1);
		partner = s->peer[0].partner;
		if (kind == 5)
			spoil(&partner->self, 3);
		spoil(&partner->self, kind < 5 ? kind : kind == 5 ? 0 : 7);
		change = sim->now;
		sim_say(partner);
		sim_run(sim, 15000);
		without = sim_find(&s->sent[0], change, SIM_CD, 0);
		assert_non_null(without);
		with = sim_find(&s->sent[0], without->when, SIM_CD, SIM_CD);
		assert_non_null(with);
		assert_true(without < with);
		assert_true(sim_is_cd(s, 0));
		assert_int_equal(sim_entered(&s->port[0], "mux", "detached"),
				 1);
		sim_uncable(s, 0);
		sim_enable(s, false);
	}
}

static void rx_30_a_passive_partner_must_know_that_we_are_active(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];
	u64 begin;

	partner->self.state &= ~LACP_STATE_ACTIVITY;
	sim_run(sim, 5000);
	assert_true(sim_is_cd(s, 0));

	partner->follow = false;
	partner->view.state &= ~LACP_STATE_ACTIVITY;
	sim_run(sim, 1000);
	begin = sim->now;
	assert_false(s->port[0].partner.state & LACP_STATE_SYNC);
	sim_run(sim, 10000);
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_DISTRIBUTING,
			     LACP_STATE_DISTRIBUTING));
}

static void the_partners_defaulted_and_expired_decide_nothing(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 begin = sim->now;

	sim->partner[0]->self.state |= LACP_STATE_DEFAULTED |
				       LACP_STATE_EXPIRED;
	sim_run(sim, 10000);
	assert_true(sim_is_cd(s, 0));
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
}

static void wb_01_a_lacpdu_without_a_link_is_counted_and_ignored(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port before;
	struct lacp_pdu pdu;

	pdu = s->port[0].last;
	sim_uncable(s, 0);
	before = s->port[0];
	sim_hear(s, 0, &pdu);
	before.counters.lacpdu_rx++;
	assert_memory_equal(&s->port[0], &before, sizeof(before));
	assert_int_equal(s->port[0].rx, LACP_RX_PORT_DISABLED);
}

static void wb_02_a_partner_that_moved_frees_its_old_port(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct sim_partner *partner = sim->partner[0];

	sim_uncable(s, 0);
	assert_int_equal(s->port[0].selected, LACP_SELECTED);
	assert_int_equal(s->port[0].partner.port, 1);
	sim_run(sim, 100);

	sim_swap_partner(s, 1, partner);
	sim_run(sim, 0);
	assert_int_equal(sim_entered(&s->port[0], "rx", "initialize"), 1);
	assert_int_equal(s->port[0].rx, LACP_RX_PORT_DISABLED);
	assert_int_equal(s->port[0].selected, LACP_UNSELECTED);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	assert_int_equal(s->port[0].partner.port, 0);
	assert_true(s->port[0].actor.state & LACP_STATE_DEFAULTED);
	assert_true(sim_until_cd(s, 1, 15000) <= 15000);
}

static void a_port_whose_partner_stays_away_is_not_moved(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	/* Another port of the same system and the same port of another one */
	sim_uncable(s, 0);
	sim_swap_partner(s, 1, sim_add_partner(sim, 9, 7));
	sim_run(sim, 2000);
	sim_swap_partner(s, 1, sim_add_partner(sim, 8, 1));
	sim_run(sim, 2000);
	assert_int_equal(sim_entered(&s->port[0], "rx", "initialize"), 0);
	assert_int_equal(s->port[0].partner.port, 1);
}

static void wb_03_half_duplex_takes_the_link_out_of_lacp(void **state)
{
	struct lacp_link link = {
		.running = true, .carrier = true, .speed = 10000,
	};
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	size_t sent;

	sim_link(s, 0, &link);
	assert_int_equal(s->port[0].rx, LACP_RX_LACP_DISABLED);
	assert_int_equal(s->port[0].selected, LACP_UNSELECTED);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	assert_false(s->port[0].actor.state & LACP_STATE_AGGREGATION);
	assert_int_equal(s->group.distributing, 0);
	assert_int_equal(s->group.collecting, 0);
	sent = s->sent[0].count;
	sim_run(sim, 10000);
	assert_int_equal(s->sent[0].count, sent);
	assert_int_equal(s->port[0].rx, LACP_RX_LACP_DISABLED);

	sim_trace.count = 0;
	link.full_duplex = true;
	sim_link(s, 0, &link);
	assert_int_equal(sim_entered(&s->port[0], "rx", "port_disabled"), 1);
	assert_int_equal(sim_entered(&s->port[0], "rx", "expired"), 1);
	assert_true(s->port[0].actor.state & LACP_STATE_AGGREGATION);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
}

static void wb_03_duplex_counts_even_if_the_key_is_set_by_hand(void **state)
{
	struct lacp_link link = {
		.running = true, .carrier = true, .speed = 10000,
	};
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port_admin port = s->port[0].admin;

	port.key = 500;
	lacp_port_configure(&s->group, &s->port[0], &port, sim->now);
	sim_settle(s);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
	sim_link(s, 0, &link);
	assert_int_equal(s->port[0].rx, LACP_RX_LACP_DISABLED);
	assert_int_equal(s->port[0].actor.key, 500);
	assert_int_equal(s->group.distributing, 0);
}

static void wb_04_a_lost_link_keeps_partner_and_selection(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_info partner = s->port[0].partner;

	sim_uncable(s, 0);
	assert_int_equal(s->port[0].rx, LACP_RX_PORT_DISABLED);
	assert_int_equal(s->port[0].selected, LACP_SELECTED);
	partner.state &= ~LACP_STATE_SYNC;
	assert_memory_equal(&s->port[0].partner, &partner, sizeof(partner));
	assert_int_equal(s->group.distributing | s->group.collecting, 0);
	assert_true(lacp_group_deadline(&s->group, sim->now) == LACP_NEVER);
}

static void wb_05_the_functions_see_what_was_before_the_lacpdu(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_pdu pdu = s->port[0].last;
	struct lacp_port p = s->port[0];

	/* A new key alone: update_Selected sees the old one. */
	pdu.actor.key++;
	p.received = &pdu;
	assert_true(lacp_rx_run(&s->group, &p, sim->now));
	assert_int_equal(p.selected, LACP_UNSELECTED);
	assert_false(p.ntt);
	assert_int_equal(p.partner.key, pdu.actor.key);

	/* A wrong view of us: update_NTT sees what we are. */
	p = s->port[0];
	pdu = p.last;
	pdu.partner.port_priority++;
	p.received = &pdu;
	assert_true(lacp_rx_run(&s->group, &p, sim->now));
	assert_int_equal(p.selected, LACP_SELECTED);
	assert_true(p.ntt);
	assert_false(p.partner.state & LACP_STATE_SYNC);

	/* The PDU's partner is compared with us, not with our partner: one
	 * that says of us what it says of itself is wrong.
	 */
	p = s->port[0];
	pdu = p.last;
	pdu.partner = pdu.actor;
	p.received = &pdu;
	assert_true(lacp_rx_run(&s->group, &p, sim->now));
	assert_true(p.ntt);
	assert_false(p.matched);
}

static void the_same_lacpdu_again_only_restarts_the_timer(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_pdu pdu = s->port[0].last;
	struct lacp_port before;

	sim_run(sim, 300);
	before = s->port[0];
	lacp_port_receive(&s->group, &s->port[0], &pdu, sim->now);
	before.current_while = sim->now + 3000;
	before.counters.lacpdu_rx++;
	assert_memory_equal(&s->port[0], &before, sizeof(before));
	assert_int_equal(s->group.effects.send, 0);
	assert_int_equal(s->group.effects.status, 0);
	assert_false(s->group.effects.distribution);
	assert_false(s->group.effects.group_status);
}

static void a_lacpdu_in_the_last_moment_is_in_time(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_pdu pdu = s->port[0].last;

	sim->partner[0]->next = LACP_NEVER;
	sim_run(sim, s->port[0].current_while - 1 - sim->now);
	sim_hear(s, 0, &pdu);
	sim_run(sim, 2999);
	sim_hear(s, 0, &pdu);
	assert_int_equal(s->port[0].counters.expired, 0);
	assert_true(sim_is_cd(s, 0));
}

static void nothing_is_kept_of_a_lacpdu_by_reference(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_pdu *pdu = malloc(sizeof(*pdu));

	assert_non_null(pdu);
	*pdu = s->port[0].last;
	lacp_port_receive(&s->group, &s->port[0], pdu, sim->now);
	assert_null(s->port[0].received);
	pdu->actor.key++;
	lacp_port_receive(&s->group, &s->port[0], pdu, sim->now);
	assert_null(s->port[0].received);
	free(pdu);
	sim_run(sim, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(every_transition_is_that_of_the_standard),
		unit_case(rx_01_without_a_partner_a_link_expires_then_defaults),
		unit_case(rx_02_a_link_that_comes_up_speaks_fast),
		unit_case(rx_03_the_first_lacpdu_of_a_partner_is_echoed),
		unit_case(rx_04_a_partner_that_falls_silent_expires_after_3_s),
		unit_case(rx_05_in_expired_it_stops_and_asks_for_fast_lacpdus),
		unit_case(rx_06_after_3_s_in_expired_the_partner_is_given_up),
		unit_case(rx_07_rx_08_slow_expires_after_90_s_and_defaults_3_s_later),
		unit_case(rx_09_a_lacpdu_in_expired_restores_all_and_sync_never_drops),
		unit_case(rx_10_a_partner_after_defaulted_is_taken),
		unit_case(rx_11_12_13_versions_types_and_reserved_do_not_matter),
		unit_case(rx_18_own_lacpdus_that_come_back_are_nobodys),
		unit_case(rx_19_two_ports_cabled_together_never_carry),
		unit_case(rx_20_a_wrong_picture_of_us_is_answered_at_once),
		unit_case(rx_21_what_agrees_is_not_answered),
		unit_case(rx_23_rx_24_a_partner_that_means_another_is_not_in_sync),
		unit_case(an_individual_partner_need_not_know_us_to_be_in_sync),
		unit_case(rx_25_to_29_a_partner_that_changed_sees_sync_drop),
		unit_case(rx_30_a_passive_partner_must_know_that_we_are_active),
		unit_case(the_partners_defaulted_and_expired_decide_nothing),
		unit_case(wb_01_a_lacpdu_without_a_link_is_counted_and_ignored),
		unit_case(wb_02_a_partner_that_moved_frees_its_old_port),
		unit_case(a_port_whose_partner_stays_away_is_not_moved),
		unit_case(wb_03_half_duplex_takes_the_link_out_of_lacp),
		unit_case(wb_03_duplex_counts_even_if_the_key_is_set_by_hand),
		unit_case(wb_04_a_lost_link_keeps_partner_and_selection),
		unit_case(wb_05_the_functions_see_what_was_before_the_lacpdu),
		unit_case(the_same_lacpdu_again_only_restarts_the_timer),
		unit_case(a_lacpdu_in_the_last_moment_is_in_time),
		unit_case(nothing_is_kept_of_a_lacpdu_by_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
