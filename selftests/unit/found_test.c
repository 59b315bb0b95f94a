// SPDX-License-Identifier: GPL-2.0
/* What the simulation of tools/sim found, each as small as it gets.
 *
 * Other cases of the same machines are in the suites of their own.
 */
#include "unit.h"

#include "sim.h"

static void from_fast_to_slow_nothing_expires(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_admin admin = s->group.admin;

	admin.fast = false;
	sim_configure(s, &admin);
	sim->partner[0]->period = 30000;
	sim->partner[0]->next = sim->now + 30000;
	sim_run(sim, 29000);
	assert_int_equal(sim_entered(&s->port[0], "rx", "expired"), 0);
	assert_true(sim_is_cd(s, 0));
}

static void what_was_said_of_an_old_identity_is_void(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);

	/* The partner says nothing for longer than wait_while. */
	sim->partner[0]->next = sim->now + 2900;
	sim_port_priority(s, 0, 7);
	assert_int_equal(s->group.collecting, 0);
	sim_run(sim, 2100);
	assert_int_equal(s->group.collecting, 0);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
}

static void a_partner_may_distribute_before_it_says_so(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim->partner[0]->self.state &= ~LACP_STATE_DISTRIBUTING;
	sim_say(sim->partner[0]);
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_int_equal(s->group.collecting, 3);
	/* Its answer to being told */
	sim_say(sim->partner[0]);
	assert_int_equal(s->group.collecting, 2);
}

static void the_second_of_a_drain_counts_from_when_the_partner_is_told(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 2);
	const struct sim_record *told;
	u64 begin = sim->now;
	struct lacp_pdu pdu;
	unsigned int i;

	/* Nothing may leave for a while. */
	pdu = s->port[0].last;
	for (i = 0; i < 4; i++) {
		pdu.partner.state ^= LACP_STATE_ACTIVITY;
		sim_hear(s, 0, &pdu);
	}
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD,
			     LACP_STATE_COLLECTING));
	while (!(told = sim_find(&s->sent[0], begin, SIM_CD,
				 LACP_STATE_COLLECTING)))
		sim_run(sim, 1);
	assert_true(told->when > begin);
	sim_run(sim, 990);
	assert_int_equal(s->group.collecting, 3);
	sim_run(sim, 10);
	assert_int_equal(s->group.collecting, 2);
}

static void undrained_half_way_a_port_goes_on_to_collect(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 100);
	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	assert_int_equal(s->group.collecting, 3);
	assert_int_equal(s->group.distributing, 2);
	sim->partner[0]->self.state &= ~LACP_STATE_DISTRIBUTING;
	sim_say(sim->partner[0]);
	assert_int_equal(sim_entered(&s->port[0], "mux", "detached"), 1);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
}

static void drained_again_a_port_does_not_trust_the_last_time(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct sim_partner *partner = sim->partner[0];

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	partner->self.state &= ~LACP_STATE_DISTRIBUTING;
	partner->follow = false;
	sim_say(partner);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);

	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_say(partner);
	sim_run(sim, 900);
	assert_int_equal(s->group.collecting, 3);
}

static void a_port_waits_until_the_partner_knows_it_was_out_of_sync(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];

	partner->follow = false;
	partner->self.key++;
	sim_say(partner);
	sim_say(partner);
	assert_int_equal(s->port[0].mux, LACP_MUX_WAITING);
	partner->follow = true;
	partner->view = s->port[0].actor;
	sim_say(partner);
	assert_true(s->port[0].mux >= LACP_MUX_ATTACHED);

	/* A view from before it could know that the port was in sync */
	partner->follow = false;
	partner->view.state &= ~LACP_STATE_SYNC;
	partner->self.key++;
	sim_say(partner);
	sim_say(partner);
	assert_int_equal(s->port[0].mux, LACP_MUX_WAITING);
	sim_run(sim, 2000);
	assert_true(s->port[0].mux >= LACP_MUX_ATTACHED);
}

static void an_aggregator_that_the_partner_refuses_gives_way(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	/* Also if this end has the say */
	for (i = 0; i < 2; i++) {
		struct sim_partner *bad = sim_add_partner(sim, 9, 1);
		struct sim_partner *good = sim_add_partner(sim, 9, 2);

		admin.system_priority = i ? 1 : 65535;
		s = sim_add_system(sim, &admin, 2);
		bad->self.state &= ~SIM_CD;
		good->self.key++;
		sim_cable_partner(s, 0, bad);
		sim_run(sim, 5000);
		assert_int_equal(s->port[0].mux, LACP_MUX_ATTACHED);
		sim_cable_partner(s, 1, good);
		assert_true(sim_until_cd(s, 1, i ? 65000 : 5000) !=
			    LACP_NEVER);
		sim_run(sim, 200000);
		assert_true(sim_is_cd(s, 1));
	}
}

static void a_seat_that_the_partner_refuses_goes_to_another(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	admin.system_priority = 1;
	admin.max_links = 1;
	s = sim_add_system(sim, &admin, 2);
	for (i = 0; i < 2; i++)
		sim_cable_partner(s, i, sim_add_partner(sim, 9, i + 1));
	sim->partner[0]->self.state &= ~SIM_CD;
	sim_run(sim, 10000);
	assert_int_equal(s->port[0].selected, LACP_SELECTED);
	assert_int_equal(s->port[1].selected, LACP_STANDBY);
	assert_true(sim_until_cd(s, 1, 60000) <= 60000);
}

static void who_is_undrained_does_not_displace_its_successor(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	admin.system_priority = 1;
	admin.max_links = 1;
	s = sim_add_system(sim, &admin, 2);
	for (i = 0; i < 2; i++)
		sim_cable_partner(s, i, sim_add_partner(sim, 9, i + 1));
	sim_run(sim, 10000);
	assert_int_equal(s->group.distributing, 1);

	/* Wanted again before the partner was told: it kept its seat. */
	s->no_memory = true;
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_int_equal(s->group.distributing, 0);
	assert_int_equal(s->port[1].selected, LACP_STANDBY);
	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	assert_int_equal(s->group.distributing, 1);
	s->no_memory = false;
	sim_run(sim, 5000);

	/* Later: it did not. */
	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 900);
	assert_int_equal(s->group.collecting, 3);
	assert_int_equal(s->group.distributing, 2);
	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	assert_int_equal(s->group.distributing, 2);
	sim_run(sim, 10000);
	assert_int_equal(s->group.distributing, 2);
}

static void what_becomes_individual_keeps_no_company(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	/* Without a link it keeps its place in the aggregator. */
	sim_carrier(s, 1, false);
	assert_int_equal(s->port[1].selected, LACP_SELECTED);
	sim->partner[0]->self.state &= ~LACP_STATE_AGGREGATION;
	sim_say(sim->partner[0]);
	sim_run(sim, 5000);
	assert_true(sim_is_cd(s, 0));
	assert_int_equal(s->port[1].selected, LACP_UNSELECTED);
	assert_int_equal(s->port[1].mux, LACP_MUX_DETACHED);
}

static void a_loop_ends_with_its_link(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_pdu own = {
		.actor = s->port[0].actor,
		.partner = s->port[0].partner,
	};

	sim_hear(s, 0, &own);
	assert_true(s->port[0].loopback != LACP_NEVER);
	sim_carrier(s, 0, false);
	assert_true(s->port[0].loopback == LACP_NEVER);
}

static void a_change_of_mode_is_a_change_of_every_port(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;

	admin.mode = LAG_MODE_STATIC;
	sim_configure(s, &admin);
	/* Machines of a port that is leaving rest. */
	lacp_port_goodbye(&s->group, &s->port[1], sim->now);
	sim_settle(s);
	admin.mode = LAG_MODE_BALANCE_RR;
	lacp_group_configure(&s->group, &admin, sim->now);
	assert_int_equal(s->group.effects.status, 3);
	sim_settle(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(from_fast_to_slow_nothing_expires),
		unit_case(what_was_said_of_an_old_identity_is_void),
		unit_case(a_partner_may_distribute_before_it_says_so),
		unit_case(the_second_of_a_drain_counts_from_when_the_partner_is_told),
		unit_case(undrained_half_way_a_port_goes_on_to_collect),
		unit_case(drained_again_a_port_does_not_trust_the_last_time),
		unit_case(a_port_waits_until_the_partner_knows_it_was_out_of_sync),
		unit_case(an_aggregator_that_the_partner_refuses_gives_way),
		unit_case(a_seat_that_the_partner_refuses_goes_to_another),
		unit_case(who_is_undrained_does_not_displace_its_successor),
		unit_case(what_becomes_individual_keeps_no_company),
		unit_case(a_loop_ends_with_its_link),
		unit_case(a_change_of_mode_is_a_change_of_every_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
