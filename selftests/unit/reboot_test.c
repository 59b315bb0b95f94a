// SPDX-License-Identifier: GPL-2.0
/* The system ends: who talks LACP says goodbye, who does not goes on.
 *
 * That the kernel says so when it reboots is the module's matter.
 */
#include "unit.h"

#include "sim.h"

static void every_port_that_talks_says_goodbye_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u64 end = sim->now;
	unsigned int i;

	lacp_group_goodbye(&s->group, sim->now);
	assert_int_equal(s->group.effects.send, 3);
	assert_int_equal(s->group.distributing, 0);
	/* What is in flight is still ours. */
	assert_int_equal(s->group.collecting, 3);
	sim_settle(s);
	for (i = 0; i < 2; i++) {
		assert_true(s->sent[i].record[s->sent[i].count - 1].goodbye);
		assert_int_equal(sim_count(&s->sent[i], end, end + 1), 1);
	}
	/* Twice is once. */
	lacp_group_goodbye(&s->group, sim->now);
	assert_int_equal(s->group.effects.send, 0);
	sim_run(sim, 120000);
	assert_int_equal(sim_count(&s->sent[0], end + 1, sim->now), 0);
}

static void a_port_that_never_talked_goes_on(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;

	admin.mode = LAG_MODE_STATIC;
	sim_configure(s, &admin);
	lacp_group_goodbye(&s->group, sim->now);
	assert_int_equal(s->group.effects.send, 0);
	assert_int_equal(s->group.distributing, 3);
	assert_true(lacp_group_carrier(&s->group));
}

static void without_goodbye_the_ports_go_on(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;

	admin.goodbye = false;
	sim_configure(s, &admin);
	lacp_group_goodbye(&s->group, sim->now);
	assert_int_equal(s->group.distributing, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(every_port_that_talks_says_goodbye_once),
		unit_case(a_port_that_never_talked_goes_on),
		unit_case(without_goodbye_the_ports_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
