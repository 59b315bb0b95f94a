// SPDX-License-Identifier: GPL-2.0
/* Transmit machine, 802.1AX 6.4.16, and the limit of Markers, 802.3 57A.
 *
 * When NTT is set is tested with the machine that sets it.
 */
#include "unit.h"

#include "sim.h"
#include "engine/machines.h"

static void assert_limit(const struct sim_log *log, size_t first)
{
	size_t i;

	for (i = first; i + LACP_TX_LIMIT < log->count; i++)
		assert_true(log->record[i + LACP_TX_LIMIT].when -
			    log->record[i].when >= 1000);
}

/* Ask for an answer: the partner says that it does not know us. */
static void provoke(struct sim_system *s, unsigned int i)
{
	struct lacp_pdu pdu = s->port[i].last;

	pdu.partner.port ^= 0x100;
	sim_hear(s, i, &pdu);
}

static void tx_01_any_four_lacpdus_span_a_second(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	size_t first = s->sent[0].count;
	unsigned int i;

	for (i = 0; i < 250; i++) {
		provoke(s, 0);
		sim_run(sim, 20);
	}
	assert_limit(&s->sent[0], first);
	assert_in_range(s->sent[0].count - first, 14, 18);
}

static void rob_02_a_storm_is_taken_but_answered_three_times(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	size_t first = s->sent[0].count;
	unsigned int i;

	for (i = 0; i < 2000; i++)
		provoke(s, 0);
	assert_in_range(s->sent[0].count - first, 1, 3);
	sim_run(sim, 1000);
	assert_limit(&s->sent[0], first);
	assert_true(sim_until_cd(s, 0, 3000) <= 3000);
}

static void tx_02_what_waits_for_the_limit_says_what_is_true_then(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];
	unsigned int i;
	size_t sent;

	sim_run(sim, 1000);
	for (i = 0; i < 3; i++)
		provoke(s, 0);
	sent = s->sent[0].count;
	partner->self.state &= ~LACP_STATE_SYNC;
	sim_say(partner);
	sim_run(sim, 100);
	assert_int_equal(s->sent[0].count, sent);
	assert_true(s->port[0].ntt);
	partner->self.state |= LACP_STATE_SYNC;
	sim_say(partner);
	partner->self.state &= ~LACP_STATE_SYNC;
	sim_say(partner);
	sim_run(sim, 1000);
	assert_true(s->sent[0].count > sent);
	assert_int_equal(s->sent[0].record[sent].pdu.actor.state & SIM_CD,
			 LACP_STATE_SYNC);
}

static void a_lacpdu_over_the_limit_leaves_when_the_first_is_a_second_old(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 1);
	const struct sim_log *log = &s->sent[0];
	unsigned int i;
	size_t first;

	/* The last periodic one is long over. */
	sim->partner[0]->next = LACP_NEVER;
	s->port[0].current_while = LACP_NEVER;
	s->port[0].periodic_timer = sim->now + 20000;
	sim_run(sim, 5000);
	first = log->count;
	for (i = 0; i < 4; i++) {
		provoke(s, 0);
		sim_run(sim, 200);
	}
	assert_int_equal(log->count - first, 3);
	assert_true(lacp_group_deadline(&s->group, sim->now) ==
		    log->record[first].when + 1000);
	sim_run(sim, 1000);
	assert_int_equal(log->count - first, 4);
	assert_true(log->record[first + 3].when ==
		    log->record[first].when + 1000);
}

static void a_way_down_is_one_lacpdu_with_the_last_state(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	size_t sent = s->sent[0].count;

	sim->partner[0]->self.key++;
	sim->partner[0]->self.state &= ~SIM_CD;
	sim_say(sim->partner[0]);
	assert_true(s->sent[0].count > sent);
	assert_int_equal(s->sent[0].record[sent].pdu.actor.state & SIM_CD, 0);
}

static void wb_15_what_no_memory_was_for_is_sent_100_ms_later(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	size_t sent = s->sent[0].count;
	u64 failed = sim->now;

	s->no_memory = true;
	provoke(s, 0);
	assert_int_equal(s->sent[0].count, sent);
	assert_true(s->port[0].ntt);
	assert_true(lacp_group_deadline(&s->group, sim->now) == failed + 100);
	sim_run(sim, 250);
	assert_int_equal(s->sent[0].count, sent);
	assert_true(s->port[0].ntt);
	s->no_memory = false;
	sim_run(sim, 49);
	assert_int_equal(s->sent[0].count, sent);
	sim_run(sim, 1);
	assert_int_equal(s->sent[0].count, sent + 1);
	assert_true(s->sent[0].record[sent].when == failed + 300);
	assert_false(s->port[0].ntt);
}

static void wb_16_the_limit_holds_wherever_the_clock_begins(void **state)
{
	static const u64 begins[] = {
		0, U32_MAX, (u64)U32_MAX - 2000, BIT_ULL(63),
		BIT_ULL(63) - 2000,
	};
	struct sim_system *s;
	struct sim *sim;
	unsigned int i, j;
	u64 begin;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(begins); i++) {
		const struct lacp_admin admin = sim_admin(1);

		sim = sim_new(begins[i]);
		s = sim_add_system(sim, &admin, 1);
		sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
		/* No stall: it speaks in the moment of its birth. */
		assert_true(s->sent[0].record[0].when == begins[i]);
		sim_run(sim, 5000);
		begin = sim->now;
		for (j = 0; j < 250; j++) {
			provoke(s, 0);
			sim_run(sim, 20);
		}
		assert_limit(&s->sent[0], 0);
		assert_in_range(sim_count(&s->sent[0], begin, begin + 5000),
				14, 18);
		sim_free(sim);
	}
}

static void wb_29_a_goodbye_leaves_whatever_the_limit(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_pdu *pdu;
	unsigned int i;
	size_t sent;

	sim_run(sim, 1000);
	for (i = 0; i < 4; i++)
		provoke(s, 0);
	sent = s->sent[0].count;
	assert_true(s->port[0].ntt);
	sim_leave(s, 0);
	assert_int_equal(s->sent[0].count, sent + 1);
	assert_true(s->sent[0].record[sent].goodbye);
	pdu = sim_last(&s->sent[0]);
	assert_false(pdu->actor.state & (SIM_CD | LACP_STATE_AGGREGATION));
}

static void a_goodbye_that_no_memory_is_for_is_given_up(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	size_t sent = s->sent[0].count;

	s->no_memory = true;
	lacp_port_goodbye(&s->group, &s->port[0], sim->now);
	assert_int_equal(s->group.effects.send, 1);
	lacp_port_unsent(&s->group, &s->port[0], sim->now);
	assert_int_equal(s->group.effects.send, 0);
	lacp_port_leave(&s->group, &s->port[0], sim->now);
	sim_run(sim, 1000);
	assert_int_equal(s->sent[0].count, sent);
}

static void who_owes_nothing_gives_nothing(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port before = s->port[0];
	struct lacp_pdu pdu;

	assert_int_equal(s->group.effects.send, 0);
	assert_false(lacp_port_transmit(&s->group, &s->port[0], &pdu,
					sim->now));
	assert_memory_equal(&s->port[0], &before, sizeof(before));
}

static void ntt_ends_where_nothing_may_be_said(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	unsigned int i;
	size_t sent;

	/* Spend the limit, then turn passive with a passive partner. */
	sim->partner[0]->next = LACP_NEVER;
	for (i = 0; i < 4; i++)
		provoke(s, 0);
	assert_true(s->port[0].ntt);
	sent = s->sent[0].count;
	s->port[0].partner.state &= ~LACP_STATE_ACTIVITY;
	admin.active = false;
	sim_configure(s, &admin);
	assert_int_equal(s->port[0].periodic, LACP_PERIODIC_NO_PERIODIC);
	assert_false(s->port[0].ntt);
	sim_run(sim, 20000);
	assert_int_equal(s->sent[0].count, sent);
}

/* The least urgent LACPDU must not take the last place of its second. */
static void telling_that_it_distributes_takes_nobodys_place(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];
	struct lacp_pdu pdu;
	size_t sent;

	partner->self.state &= ~LACP_STATE_COLLECTING;
	sim_run(sim, 6000);
	assert_int_equal(s->port[0].mux, LACP_MUX_COLLECTING);
	pdu = s->port[0].last;
	pdu.partner.state ^= LACP_STATE_ACTIVITY;
	sim_hear(s, 0, &pdu);
	sent = s->sent[0].count;
	assert_int_equal(lacp_tx_credit(&s->port[0], sim->now), 1);
	partner->self.state |= LACP_STATE_COLLECTING;
	sim_say(partner);
	assert_int_equal(s->port[0].mux, LACP_MUX_DISTRIBUTING);
	assert_int_equal(s->sent[0].count, sent);
	partner->self.state &= ~LACP_STATE_SYNC;
	sim_say(partner);
	assert_int_equal(s->sent[0].count, sent + 1);
}

static void tx_03_ten_markers_are_answered_in_any_second(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 answered[400];
	unsigned int i, count = 0;

	for (i = 0; i < 400; i++, sim->now += 10)
		if (lacp_port_marker(&s->port[0], sim->now))
			answered[count++] = sim->now;
	assert_in_range(count, 40, 50);
	for (i = 0; i + LACP_MARKER_LIMIT < count; i++)
		assert_true(answered[i + LACP_MARKER_LIMIT] - answered[i] >=
			    1000);
	/* The first ten at once, and later one as soon as it may be */
	assert_true(answered[9] - answered[0] == 90);
	assert_true(answered[10] - answered[0] == 1000);
}

static void markers_are_limited_wherever_the_clock_begins(void **state)
{
	static const u64 begins[] = { 0, U32_MAX, BIT_ULL(63) };
	struct lacp_port p;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(begins); i++) {
		memset(&p, 0, sizeof(p));
		for (j = 0; j < 10; j++)
			assert_true(lacp_port_marker(&p, begins[i]));
		assert_false(lacp_port_marker(&p, begins[i]));
		assert_false(lacp_port_marker(&p, begins[i] + 999));
		assert_true(lacp_port_marker(&p, begins[i] + 1000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(tx_01_any_four_lacpdus_span_a_second),
		unit_case(rob_02_a_storm_is_taken_but_answered_three_times),
		unit_case(tx_02_what_waits_for_the_limit_says_what_is_true_then),
		unit_case(a_lacpdu_over_the_limit_leaves_when_the_first_is_a_second_old),
		unit_case(a_way_down_is_one_lacpdu_with_the_last_state),
		unit_case(wb_15_what_no_memory_was_for_is_sent_100_ms_later),
		cmocka_unit_test(wb_16_the_limit_holds_wherever_the_clock_begins),
		unit_case(wb_29_a_goodbye_leaves_whatever_the_limit),
		unit_case(a_goodbye_that_no_memory_is_for_is_given_up),
		unit_case(who_owes_nothing_gives_nothing),
		unit_case(ntt_ends_where_nothing_may_be_said),
		unit_case(telling_that_it_distributes_takes_nobodys_place),
		unit_case(tx_03_ten_markers_are_answered_in_any_second),
		cmocka_unit_test(markers_are_limited_wherever_the_clock_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
