// SPDX-License-Identifier: GPL-2.0
/* Partners that reboot, move, lie, lose LACPDUs or run this engine too.
 *
 * Partners of other make are met by the module, not here.
 */
#include "unit.h"

#include "sim.h"

/* Two systems with straight cables */
static void two_systems(struct sim *sim, const struct lacp_admin *a,
			const struct lacp_admin *b, unsigned int cables,
			struct sim_system **x, struct sim_system **y)
{
	unsigned int i;

	*x = sim_add_system(sim, a, cables);
	*y = sim_add_system(sim, b, cables);
	for (i = 0; i < cables; i++)
		sim_cable(*x, i, *y, i);
}

static void int_01_a_partner_that_reboots_is_left_and_taken_again(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];
	u8 state = partner->self.state;

	partner->follow = false;
	memset(&partner->view, 0, sizeof(partner->view));
	partner->self.state = LACP_STATE_ACTIVITY | LACP_STATE_TIMEOUT |
			      LACP_STATE_AGGREGATION | LACP_STATE_DEFAULTED;
	sim_say(partner);
	assert_true(sim_is(s, 0, LACP_STATE_COLLECTING |
			   LACP_STATE_DISTRIBUTING, 0));
	assert_int_equal(s->group.distributing, 0);
	sim_run(sim, 5000);
	partner->follow = true;
	partner->self.state = state;
	assert_true(sim_until_cd(s, 0, 8000) <= 8000);
}

static void int_02_a_cable_moved_to_another_switch_leaves_the_lag(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 2);
	u64 begin = sim->now;

	sim_swap_partner(s, 1, sim_add_partner(sim, 8, 2));
	sim_run(sim, 20000);
	assert_int_equal(s->group.distributing, 1);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
	assert_int_equal(sim_last(&s->sent[1])->actor.state & SIM_CD, 0);
}

static void int_03_swapped_cables_form_again(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct sim_partner *first = sim->partner[0], *second = sim->partner[1];

	sim_swap_partner(s, 0, NULL);
	sim_swap_partner(s, 1, NULL);
	sim_swap_partner(s, 0, second);
	sim_swap_partner(s, 1, first);
	sim_run(sim, 15000);
	assert_int_equal(s->group.distributing, 3);
	assert_int_equal(s->port[0].partner.port, 2);
	assert_int_equal(s->port[1].partner.port, 1);
}

static void int_05_each_end_speaks_as_fast_as_the_other_asks(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	u64 begin;

	a.fast = false;
	two_systems(sim, &a, &b, 1, &x, &y);
	sim_run(sim, 40000);
	begin = sim->now;
	sim_run(sim, 90000);
	assert_in_range(sim_count(&x->sent[0], begin, sim->now), 89, 91);
	assert_in_range(sim_count(&y->sent[0], begin, sim->now), 2, 4);
	assert_true(sim_is_cd(x, 0) && sim_is_cd(y, 0));
}

static void int_06_two_lost_lacpdus_of_three_do_not_matter(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 begin = sim->now;

	sim->partner[0]->period = 2800;
	sim_run(sim, 30000);
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_EXPIRED,
			     LACP_STATE_EXPIRED));
	assert_int_equal(s->port[0].counters.expired, 0);
	assert_true(sim_is_cd(s, 0));
}

static void int_07_a_partner_that_takes_us_for_out_of_sync_is_told(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_pdu pdu = s->port[0].last;
	size_t sent;

	sim_run(sim, 1000);
	sent = s->sent[0].count;
	pdu.partner.state &= ~LACP_STATE_SYNC;
	sim_hear(s, 0, &pdu);
	assert_int_equal(s->sent[0].count, sent + 1);
	assert_int_equal(s->sent[0].record[sent].pdu.actor.state & SIM_CD,
			 SIM_CD);
	sim_run(sim, 5000);
	assert_true(sim_is_cd(s, 0));
}

static void int_08_two_partner_ports_of_one_number_are_tolerated(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);
	u64 begin;

	sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
	sim_cable_partner(s, 1, sim_add_partner(sim, 9, 1));
	sim_run(sim, 10000);
	begin = sim->now;
	assert_int_equal(s->group.distributing, 3);
	sim_run(sim, 20000);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
	assert_null(sim_find(&s->sent[1], begin, SIM_CD, 0));
}

static void int_10_a_partner_with_our_address_is_taken_for_ourselves(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_port_admin port = { .priority = 255 };
	struct sim_partner *twin = sim_add_partner(sim, 9, 2);
	u64 begin = sim->now;

	ether_addr_copy(twin->self.system, s->group.admin.system);
	sim_join(s, 1, &port);
	sim_cable_partner(s, 1, twin);
	sim_run(sim, 20000);
	assert_int_equal(s->group.distributing, 1);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
	assert_null(sim_find(&s->sent[1], begin, LACP_STATE_SYNC,
			     LACP_STATE_SYNC));
}

static void int_12_a_partner_that_rekeys_all_links_gets_them_all(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 3);
	u64 begin = sim->now;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		sim->partner[i]->self.key = 99;
		sim_say(sim->partner[i]);
	}
	sim_run(sim, 18000);
	assert_int_equal(s->group.distributing, 7);
	assert_int_equal(s->group.active.partner.key, 99);
	for (i = 0; i < 3; i++)
		assert_non_null(sim_find(&s->sent[i], begin, SIM_CD, 0));
}

static void rob_01_whatever_comes_on_one_link_harms_no_other(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u8 octets[LACP_PDU_LEN], *field;
	u64 begin = sim->now;
	struct lacp_pdu pdu;
	unsigned int i, n;

	srandom(1);
	for (n = 0; n < 3000; n++) {
		lacp_pdu_build(octets, &s->port[0].last);
		/* All random, or one field of a good one */
		for (i = 4; n % 3 == 0 && i < 40; i++)
			octets[i] = random();
		field = &octets[4 + random() % 36];
		*field = random() % 2 ? random() : *field ^ 1 << random() % 8;
		octets[23] = 20;
		if (lacp_pdu_parse(&pdu, octets, sizeof(octets)))
			sim_hear(s, 0, &pdu);
		sim_run(sim, random() % 20);
	}
	assert_null(sim_find(&s->sent[1], begin, SIM_CD, 0));
	assert_true(sim_is_cd(s, 1));
	assert_true(sim_until_cd(s, 0, 30000) <= 30000);
}

static void rob_04_two_speakers_on_one_wire_never_carry(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *a = sim_add_partner(sim, 8, 1);
	struct sim_partner *b = sim_add_partner(sim, 9, 1);
	struct lacp_pdu pdu;
	unsigned int i;
	u64 begin;

	sim_carrier(s, 0, true);
	begin = sim->now;
	for (i = 0; i < 40; i++) {
		sim_run(sim, 500);
		pdu.actor = i % 2 ? a->self : b->self;
		/* Neither knows us: what it hears is meant for the other. */
		pdu.partner = i % 2 ? b->self : a->self;
		sim_hear(s, 0, &pdu);
	}
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_COLLECTING,
			     LACP_STATE_COLLECTING));
}

/* Both know us, and take what the other hears for an answer to them: it is one
 * of them until the second speaks, none from then on, until one goes.
 */
static void rob_04_two_speakers_that_know_us_do_not_take_turns(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *speaker[] = {
		sim_add_partner(sim, 8, 1), sim_add_partner(sim, 9, 1),
	};
	struct lacp_pdu pdu;
	unsigned int i;
	u64 begin;

	sim_carrier(s, 0, true);
	sim_run(sim, 500);
	begin = sim->now;
	for (i = 0; i < 40; i++) {
		pdu.actor = speaker[i % 2]->self;
		pdu.partner = sim_last(&s->sent[0])->actor;
		sim_hear(s, 0, &pdu);
		sim_run(sim, 500);
	}
	assert_null(sim_find(&s->sent[0], begin + 1000, LACP_STATE_COLLECTING,
			     LACP_STATE_COLLECTING));

	sim_swap_partner(s, 0, speaker[0]);
	assert_in_range(sim_until_cd(s, 0, 5000), 1000, 4000);
	/* What comes later is believed at once. */
	sim_run(sim, 5000);
	sim_swap_partner(s, 0, speaker[1]);
	sim_say(speaker[1]);
	assert_in_range(sim_until_cd(s, 0, 5000), 0, 1000);
}

static void active_and_passive_ends_form_a_lag_unless_both_are_passive(void **st)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *st;
	struct sim_system *x, *y;
	unsigned int i;

	sim->delay = 1;
	for (i = 0; i < 4; i++) {
		a.active = i & 1;
		b.active = i & 2;
		two_systems(sim, &a, &b, 2, &x, &y);
		sim_run(sim, 10000);
		assert_int_equal(x->group.distributing, i ? 3 : 0);
		assert_int_equal(y->group.distributing, i ? 3 : 0);
		assert_int_equal(x->sent[0].count > 0, i > 0);
		/* And it stays. */
		sim_run(sim, 200000);
		assert_int_equal(x->group.distributing, i ? 3 : 0);
		if (i)
			assert_int_equal(x->port[0].counters.expired, 0);
		sim_uncable(x, 0);
		sim_uncable(x, 1);
	}
}

static void whatever_the_delay_two_systems_form_and_stay(void **state)
{
	static const u64 delays[] = { 0, 1, 100, 700, 1500 };
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	unsigned int i;
	u64 begin;

	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		sim->delay = delays[i];
		two_systems(sim, &a, &b, 2, &x, &y);
		sim_run(sim, 15000);
		begin = sim->now;
		assert_int_equal(x->group.distributing, 3);
		assert_int_equal(y->group.distributing, 3);
		sim_run(sim, 100000);
		assert_null(sim_find(&x->sent[0], begin, SIM_CD, 0));
		/* No ping-pong: a LACPDU a second and end */
		assert_in_range(sim_count(&x->sent[0], begin, sim->now),
				99, 101);
		sim_uncable(x, 0);
		sim_uncable(x, 1);
		sim_run(sim, 5000);
	}
}

/* Loses what goes to the port that sim->data points to. */
static bool lose_to_port(struct sim *sim, const struct sim_end *to, u8 *octets)
{
	(void)octets;
	return to->system && &to->system->port[to->port] == sim->data;
}

static void a_link_dead_in_one_direction_is_left_by_both_ends(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;

	sim->delay = 1;
	two_systems(sim, &a, &b, 2, &x, &y);
	sim_run(sim, 10000);
	sim->lose = lose_to_port;
	sim->data = &x->port[0];
	/* x hears nothing for 3 s and says so; y stops at once then. */
	sim_run(sim, 3100);
	assert_int_equal(x->group.distributing, 2);
	assert_int_equal(y->group.distributing, 2);
	sim_run(sim, 20000);
	assert_int_equal(x->group.distributing, 2);
	assert_int_equal(y->group.distributing, 2);
	sim->lose = NULL;
	/* Who has given up asks each 30 s only. */
	sim_run(sim, 35000);
	assert_int_equal(x->group.distributing, 3);
	assert_int_equal(y->group.distributing, 3);
}

/* Loses sim->data in a hundred. */
static bool lose_some(struct sim *sim, const struct sim_end *to, u8 *octets)
{
	(void)to;
	(void)octets;
	return random() % 100 < *(unsigned int *)sim->data;
}

static void a_lossy_link_forms_all_the_same(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	static unsigned int percent;

	sim->lose = lose_some;
	sim->data = &percent;
	sim->delay = 2;
	srandom(2);
	for (percent = 10; percent <= 50; percent += 20) {
		two_systems(sim, &a, &b, 4, &x, &y);
		sim_run(sim, 60000);
		assert_true(hweight64(x->group.distributing &
				      y->group.distributing) >= 2);
		sim_uncable(x, 0);
		sim_uncable(x, 1);
		sim_uncable(x, 2);
		sim_uncable(x, 3);
	}
}

/* Both ends stop within a second of one going down, by its goodbye. */
static void an_end_that_goes_down_takes_the_other_along(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;

	a.fast = false;
	b.fast = false;
	sim->delay = 1;
	two_systems(sim, &a, &b, 2, &x, &y);
	sim_run(sim, 10000);
	assert_int_equal(y->group.distributing, 3);
	sim_leave(x, 0);
	sim_run(sim, 2);
	assert_int_equal(y->group.distributing, 2);
	sim_enable(x, false);
	sim_run(sim, 2);
	assert_int_equal(y->group.distributing, 0);
	sim_enable(x, true);
	sim_run(sim, 10000);
	assert_int_equal(x->group.distributing, 2);
	assert_int_equal(y->group.distributing, 2);
}

/* Two kinds of links between two systems, each end of which may prefer
 * another kind: they meet.
 */
static void two_systems_that_prefer_different_links_meet(void **state)
{
	static const u32 speeds[] = { 1000, 1000, 1000, 25000 };
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	unsigned int x_first, policies, i, port;
	struct lacp_link link = {
		.running = true, .carrier = true, .full_duplex = true,
	};
	struct sim_system *x, *y;
	struct sim *sim;

	(void)state;
	for (policies = 0; policies < 16; policies++) {
		for (x_first = 0; x_first < 2; x_first++) {
			sim = sim_new(0);
			sim->delay = 1;
			a.ad_select = policies & 3;
			b.ad_select = policies >> 2;
			x = sim_add_system(sim, &a, 4);
			y = sim_add_system(sim, &b, 4);
			for (i = 0; i < 4; i++) {
				x->peer[i] = (struct sim_end) {
					.system = y, .port = i,
				};
				y->peer[i] = (struct sim_end) {
					.system = x, .port = i,
				};
			}
			/* Each end sees its links come in another order. */
			for (i = 0; i < 4; i++) {
				port = x_first ? i : 3 - i;
				link.speed = speeds[port];
				sim_link(x, port, &link);
				link.speed = speeds[3 - port];
				sim_link(y, 3 - port, &link);
			}
			sim_run(sim, 200000);
			assert_true(x->group.distributing);
			assert_true(x->group.distributing ==
				    y->group.distributing);
			sim_free(sim);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(int_01_a_partner_that_reboots_is_left_and_taken_again),
		unit_case(int_02_a_cable_moved_to_another_switch_leaves_the_lag),
		unit_case(int_03_swapped_cables_form_again),
		unit_case(int_05_each_end_speaks_as_fast_as_the_other_asks),
		unit_case(int_06_two_lost_lacpdus_of_three_do_not_matter),
		unit_case(int_07_a_partner_that_takes_us_for_out_of_sync_is_told),
		unit_case(int_08_two_partner_ports_of_one_number_are_tolerated),
		unit_case(int_10_a_partner_with_our_address_is_taken_for_ourselves),
		unit_case(int_12_a_partner_that_rekeys_all_links_gets_them_all),
		unit_case(rob_01_whatever_comes_on_one_link_harms_no_other),
		unit_case(rob_04_two_speakers_on_one_wire_never_carry),
		unit_case(rob_04_two_speakers_that_know_us_do_not_take_turns),
		unit_case(active_and_passive_ends_form_a_lag_unless_both_are_passive),
		unit_case(whatever_the_delay_two_systems_form_and_stay),
		unit_case(a_link_dead_in_one_direction_is_left_by_both_ends),
		unit_case(a_lossy_link_forms_all_the_same),
		unit_case(an_end_that_goes_down_takes_the_other_along),
		cmocka_unit_test(two_systems_that_prefer_different_links_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
