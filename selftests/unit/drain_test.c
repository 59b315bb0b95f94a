// SPDX-License-Identifier: GPL-2.0
/* Draining: a port hands its traffic over without losing a frame, as far as
 * that is LACP's matter.
 *
 * That slots move before the partner knows is asserted in sim.c, with frames
 * it is tested on the module.
 */
#include "unit.h"

#include "sim.h"

static void wb_28_a_draining_port_collects_until_the_partner_stops(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 2);
	struct sim_partner *partner = sim->partner[0];
	const struct sim_record *first, *second;
	u64 begin = sim->now;

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_int_equal(s->group.distributing, 2);
	assert_int_equal(s->group.collecting, 3);
	/* First that it does not distribute any more, then out of sync */
	first = sim_find(&s->sent[0], begin, SIM_CD,
			 LACP_STATE_SYNC | LACP_STATE_COLLECTING);
	second = sim_find(&s->sent[0], begin, SIM_CD, LACP_STATE_COLLECTING);
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);

	sim_run(sim, 400);
	assert_int_equal(s->group.collecting, 3);
	partner->self.state &= ~LACP_STATE_DISTRIBUTING;
	sim_say(partner);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	assert_true(sim_is_cd(s, 1));

	/* LACP goes on. */
	sim_run(sim, 10000);
	assert_int_equal(sim_last(&s->sent[0])->actor.state & SIM_CD, 0);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	assert_int_equal(s->port[0].selected, LACP_UNSELECTED);
	assert_true(sim_count(&s->sent[0], sim->now - 5000, sim->now) >= 5);
}

static void a_partner_that_drops_sync_has_stopped(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 100);
	assert_int_equal(s->group.collecting, 3);
	sim->partner[0]->self.state &= ~LACP_STATE_SYNC;
	sim_say(sim->partner[0]);
	assert_int_equal(s->group.collecting, 2);
}

static void a_partner_that_never_stops_is_heard_for_a_second(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 999);
	assert_int_equal(s->group.collecting, 3);
	sim_run(sim, 1);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	sim_run(sim, 20000);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
}

static void a_coupled_lag_drains_too(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;

	admin.coupled = true;
	sim_configure(s, &admin);
	assert_int_equal(s->port[0].mux, LACP_MUX_COLLECTING_DISTRIBUTING);
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_int_equal(s->group.distributing, 2);
	assert_int_equal(s->group.collecting, 3);
	/* LACPDUs have to wait for each other here. */
	sim_run(sim, 2000);
	assert_int_equal(s->group.collecting, 2);
}

static void an_undrained_port_joins_as_a_new_one(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u64 begin;

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 5000);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	begin = sim->now;
	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	assert_true(sim_until_cd(s, 0, 8000) <= 8000);
	assert_null(sim_find(&s->sent[1], begin, SIM_CD, 0));

	/* At whatever moment */
	for (begin = 0; begin < 1200; begin += 100) {
		sim_port_admin(s, 0, LAG_PORT_DRAINING);
		sim_run(sim, begin);
		sim_port_admin(s, 0, LAG_PORT_ENABLED);
		assert_true(sim_until_cd(s, 0, 8000) <= 8000);
		sim_run(sim, 3000);
	}
}

static void a_draining_port_that_loses_its_link_is_just_down(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_uncable(s, 0);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	sim_cable_partner(s, 0, sim->partner[0]);
	sim_run(sim, 10000);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
}

static void a_port_that_does_not_carry_is_drained_at_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim->partner[0]->self.state &= ~SIM_CD;
	sim_run(sim, 3000);
	assert_int_equal(s->port[0].mux, LACP_MUX_ATTACHED);
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
}

static void a_draining_port_whose_partner_changes_lets_go_at_once(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 2);

	/* The partner could not be told yet. */
	s->no_memory = true;
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 500);
	assert_int_equal(s->group.collecting, 3);
	sim->partner[0]->self.key++;
	sim_say(sim->partner[0]);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
}

static void two_systems_hand_over_and_take_back(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	unsigned int i;
	u64 begin;

	sim->delay = 3;
	x = sim_add_system(sim, &a, 2);
	y = sim_add_system(sim, &b, 2);
	for (i = 0; i < 2; i++)
		sim_cable(x, i, y, i);
	sim_run(sim, 10000);
	assert_int_equal(x->group.distributing & y->group.distributing, 3);

	begin = sim->now;
	sim_port_admin(x, 0, LAG_PORT_DRAINING);
	/* x collects as long as y distributes. */
	while (y->group.distributing & 1) {
		assert_int_equal(x->group.collecting & 1, 1);
		sim_run(sim, 1);
	}
	assert_true(sim->now - begin <= 20);
	sim_run(sim, 20);
	assert_int_equal(x->group.collecting & 1, 0);
	assert_int_equal(x->group.distributing & y->group.distributing, 2);

	sim_port_admin(x, 0, LAG_PORT_ENABLED);
	sim_run(sim, 5000);
	assert_int_equal(x->group.distributing & y->group.distributing, 3);
	assert_null(sim_find(&x->sent[1], begin, SIM_CD, 0));
	assert_null(sim_find(&y->sent[1], begin, SIM_CD, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(wb_28_a_draining_port_collects_until_the_partner_stops),
		unit_case(a_partner_that_drops_sync_has_stopped),
		unit_case(a_partner_that_never_stops_is_heard_for_a_second),
		unit_case(a_coupled_lag_drains_too),
		unit_case(an_undrained_port_joins_as_a_new_one),
		unit_case(a_draining_port_that_loses_its_link_is_just_down),
		unit_case(a_port_that_does_not_carry_is_drained_at_once),
		unit_case(a_draining_port_whose_partner_changes_lets_go_at_once),
		unit_case(two_systems_hand_over_and_take_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
