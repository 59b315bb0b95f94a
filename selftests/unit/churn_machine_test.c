// SPDX-License-Identifier: GPL-2.0
/* Churn Detection machines, 802.1AX 6.4.17: they report what does not settle.
 *
 * That nothing depends on them is seen in all other suites.
 */
#include "unit.h"

#include "sim.h"

static void wb_10_actor_churn_is_reported_after_60_s(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct lacp_port *p = &s->port[0];

	sim_carrier(s, 0, true);
	assert_int_equal(p->actor_churn, LACP_CHURN_MONITOR);
	sim_run(sim, 59999);
	assert_int_equal(p->actor_churn, LACP_CHURN_MONITOR);
	assert_int_equal(p->counters.actor_churn, 0);
	sim_run(sim, 1);
	assert_int_equal(p->actor_churn, LACP_CHURN_CHURN);
	assert_int_equal(p->counters.actor_churn, 1);
	sim_run(sim, 200000);
	assert_int_equal(p->counters.actor_churn, 1);

	sim_swap_partner(s, 0, sim_add_partner(sim, 9, 1));
	assert_true(sim_until(s, 0, LACP_STATE_SYNC, LACP_STATE_SYNC, 5000) <=
		    5000);
	assert_int_equal(p->actor_churn, LACP_CHURN_NO_CHURN);
	assert_int_equal(p->counters.actor_churn, 1);
}

static void wb_11_partner_churn_is_reported_after_60_s(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port *p = &s->port[0];
	u64 dropped;

	assert_int_equal(p->partner_churn, LACP_CHURN_NO_CHURN);
	sim->partner[0]->self.state &= ~SIM_CD;
	sim_say(sim->partner[0]);
	dropped = sim->now;
	assert_int_equal(p->partner_churn, LACP_CHURN_MONITOR);
	sim_run(sim, dropped + 59999 - sim->now);
	assert_int_equal(p->partner_churn, LACP_CHURN_MONITOR);
	sim_run(sim, 1);
	assert_int_equal(p->partner_churn, LACP_CHURN_CHURN);
	assert_int_equal(p->counters.partner_churn, 1);
	assert_int_equal(p->actor_churn, LACP_CHURN_NO_CHURN);
	assert_int_equal(p->counters.actor_churn, 0);

	sim->partner[0]->self.state |= SIM_CD;
	sim_say(sim->partner[0]);
	assert_int_equal(p->partner_churn, LACP_CHURN_NO_CHURN);
}

static void sync_that_returns_in_time_is_no_churn(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port *p = &s->port[0];
	unsigned int i;

	for (i = 0; i < 5; i++) {
		sim->partner[0]->self.state &= ~SIM_CD;
		sim_say(sim->partner[0]);
		sim_run(sim, 59000);
		assert_int_equal(p->partner_churn, LACP_CHURN_MONITOR);
		sim->partner[0]->self.state |= SIM_CD;
		sim_say(sim->partner[0]);
		assert_int_equal(p->partner_churn, LACP_CHURN_NO_CHURN);
	}
	assert_int_equal(p->counters.partner_churn, 0);
}

static void wb_12_a_flap_restarts_both_monitors(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct lacp_port *p = &s->port[0];

	sim_carrier(s, 0, true);
	sim_run(sim, 59000);
	sim_carrier(s, 0, false);
	assert_int_equal(p->actor_churn, LACP_CHURN_MONITOR);
	sim_run(sim, 100000);
	assert_int_equal(p->actor_churn, LACP_CHURN_MONITOR);
	sim_carrier(s, 0, true);
	sim_run(sim, 59999);
	assert_int_equal(p->actor_churn, LACP_CHURN_MONITOR);
	assert_int_equal(p->partner_churn, LACP_CHURN_MONITOR);
	sim_run(sim, 1);
	assert_int_equal(p->actor_churn, LACP_CHURN_CHURN);
	assert_int_equal(p->partner_churn, LACP_CHURN_CHURN);

	sim_carrier(s, 0, false);
	assert_int_equal(p->actor_churn, LACP_CHURN_MONITOR);
	assert_int_equal(p->partner_churn, LACP_CHURN_MONITOR);
	assert_int_equal(p->counters.actor_churn, 1);
	assert_int_equal(p->counters.partner_churn, 1);
}

static void a_standby_port_churns(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	admin.max_links = 1;
	admin.system_priority = 1;
	s = sim_add_system(sim, &admin, 2);
	for (i = 0; i < 2; i++)
		sim_cable_partner(s, i, sim_add_partner(sim, 9, i + 1));
	sim_run(sim, 70000);
	assert_int_equal(s->port[0].actor_churn, LACP_CHURN_NO_CHURN);
	assert_int_equal(s->port[1].selected, LACP_STANDBY);
	assert_int_equal(s->port[1].actor_churn, LACP_CHURN_CHURN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(wb_10_actor_churn_is_reported_after_60_s),
		unit_case(wb_11_partner_churn_is_reported_after_60_s),
		unit_case(sync_that_returns_in_time_is_no_churn),
		unit_case(wb_12_a_flap_restarts_both_monitors),
		unit_case(a_standby_port_churns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
