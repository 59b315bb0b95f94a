// SPDX-License-Identifier: GPL-2.0
/* Ports that carry traffic without a partner's word: fallback, and all modes
 * but lacp and active-backup.
 *
 * Which port of active-backup carries is in backup_test.c.
 */
#include "unit.h"

#include "sim.h"

/* Two ports with links that hear nobody; the second has the better port id */
static struct sim_system *alone(struct sim *sim, u8 fallback, u32 timeout)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;

	admin.fallback = fallback;
	admin.fallback_timeout = timeout;
	s = sim_add_system(sim, &admin, 2);
	sim_port_priority(s, 1, 100);
	sim_carrier(s, 0, true);
	sim_carrier(s, 1, true);
	return s;
}

static void dat_11_without_fallback_nothing_carries(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_NONE, 0);

	sim_run(sim, 400000);
	assert_int_equal(s->group.distributing | s->group.collecting, 0);
	assert_false(s->group.fallback);
}

static void single_lets_the_best_port_carry_after_the_timeout(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_SINGLE, 15000);

	/* The timeout counts from when all are given up. */
	sim_run(sim, 17999);
	assert_int_equal(s->group.distributing, 0);
	assert_false(s->group.fallback);
	sim_run(sim, 1);
	assert_true(s->group.fallback);
	assert_int_equal(s->group.distributing, 2);
	assert_int_equal(s->group.collecting, 2);
	assert_true(lacp_group_carrier(&s->group));
	/* It says what is true. */
	sim_run(sim, 31000);
	assert_int_equal(sim_last(&s->sent[1])->actor.state &
			 (SIM_CD | LACP_STATE_DEFAULTED | LACP_STATE_EXPIRED),
			 SIM_CD | LACP_STATE_DEFAULTED);
	assert_int_equal(sim_last(&s->sent[0])->actor.state & SIM_CD, 0);
}

static void single_goes_to_the_next_port_with_a_link(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_SINGLE, 1000);

	sim_run(sim, 5000);
	assert_int_equal(s->group.distributing, 2);
	sim_carrier(s, 1, false);
	assert_int_equal(s->group.distributing, 1);
	/* A link that comes up, still silent, changes nothing at once. */
	sim_carrier(s, 1, true);
	assert_int_equal(s->group.distributing, 1);
	assert_true(s->group.fallback);
	sim_run(sim, 3000);
	assert_int_equal(hweight64(s->group.distributing), 1);
}

static void static_lets_all_ports_carry(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_STATIC, 0);

	sim_run(sim, 2999);
	assert_int_equal(s->group.distributing, 0);
	sim_run(sim, 1);
	assert_int_equal(s->group.distributing, 3);
	assert_int_equal(s->group.collecting, 3);
	sim_port_admin(s, 0, LAG_PORT_DISABLED);
	assert_int_equal(s->group.distributing, 2);
}

static void it_ends_the_moment_a_partner_speaks(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_STATIC, 1000);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);

	sim_run(sim, 10000);
	assert_int_equal(s->group.distributing, 3);
	partner->self.state &= ~SIM_CD;
	sim_swap_partner(s, 0, partner);
	sim_run(sim, 0);
	assert_false(s->group.fallback);
	assert_int_equal(s->group.distributing, 0);

	partner->self.state |= SIM_CD;
	assert_true(sim_until_cd(s, 0, 8000) <= 8000);
	assert_int_equal(s->group.distributing, 1);

	/* When it is gone the timeout counts anew. */
	sim_say(partner);
	partner->next = LACP_NEVER;
	sim_run(sim, 6999);
	assert_int_equal(s->group.distributing, 0);
	sim_run(sim, 1);
	assert_int_equal(s->group.distributing, 3);
}

static void own_lacpdus_that_come_back_neither_end_nor_enter_it(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_STATIC, 1000);

	s->peer[0] = (struct sim_end) { .system = s, .port = 0 };
	sim_run(sim, 40000);
	assert_true(s->group.fallback);
	assert_int_equal(s->group.distributing, 2);
}

static void a_port_without_a_link_does_not_hold_it_up(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_SINGLE, 1000);
	const struct lacp_port_admin port = { .priority = 1 };

	sim_join(s, 2, &port);
	sim_run(sim, 4000);
	assert_int_equal(s->group.distributing, 2);
}

static void a_shorter_timeout_counts_at_once_and_none_ends_it(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = alone(sim, LAG_FALLBACK_STATIC, 300000);
	struct lacp_admin admin = s->group.admin;

	sim_run(sim, 10000);
	admin.fallback_timeout = 0;
	sim_configure(s, &admin);
	assert_int_equal(s->group.distributing, 3);
	admin.fallback = LAG_FALLBACK_SINGLE;
	sim_configure(s, &admin);
	assert_int_equal(s->group.distributing, 2);
	admin.fallback = LAG_FALLBACK_NONE;
	sim_configure(s, &admin);
	assert_int_equal(s->group.distributing, 0);
	assert_false(s->group.fallback);
}

static void int_04_lacp_that_starts_late_forms_the_lag(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int fallback;

	for (fallback = 0; fallback <= LAG_FALLBACK_STATIC; fallback++) {
		s = alone(sim, fallback, 15000);
		sim_run(sim, 30000);
		sim_swap_partner(s, 0, sim_add_partner(sim, 9, 1));
		sim_swap_partner(s, 1, sim_add_partner(sim, 9, 2));
		assert_true(sim_until_cd(s, 0, 12000) <= 12000);
		assert_true(sim_until_cd(s, 1, 12000) <= 12000);
		assert_false(s->group.fallback);
		assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
		assert_int_equal(s->port[1].rx, LACP_RX_CURRENT);
		sim_uncable(s, 0);
		sim_uncable(s, 1);
	}
}

/* Modes without a protocol: a port carries as soon as it has a link. */
static void other_modes_need_a_link_and_nothing_else(void **state)
{
	static const u8 modes[] = {
		LAG_MODE_STATIC, LAG_MODE_BALANCE_RR, LAG_MODE_BROADCAST,
	};
	const struct lacp_link half = {
		.running = true, .carrier = true, .speed = 100,
	};
	struct sim *sim = *state;
	struct lacp_admin admin;
	struct sim_system *s;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		admin = sim_admin(1);
		admin.mode = modes[i];
		s = sim_add_system(sim, &admin, 4);
		assert_int_equal(s->group.distributing, 0);
		sim_carrier(s, 0, true);
		assert_int_equal(s->group.distributing, 1);
		sim_carrier(s, 1, true);
		sim_link(s, 2, &half);
		assert_int_equal(s->group.distributing, 7);
		assert_int_equal(s->group.collecting, 7);
		sim_port_admin(s, 1, LAG_PORT_DRAINING);
		assert_int_equal(s->group.distributing, 5);
		assert_int_equal(s->group.collecting, 7);
		sim_port_admin(s, 1, LAG_PORT_DISABLED);
		assert_int_equal(s->group.collecting, 5);
		sim_port_admin(s, 1, LAG_PORT_ENABLED);
		assert_int_equal(s->group.distributing, 7);
		sim_carrier(s, 0, false);
		assert_int_equal(s->group.distributing, 6);
		sim_enable(s, false);
		assert_int_equal(s->group.distributing |
				 s->group.collecting, 0);
		sim_enable(s, true);
		assert_int_equal(s->group.distributing, 6);
		sim_leave(s, 1);
		assert_int_equal(s->group.distributing, 4);
		sim_run(sim, 100000);
		for (j = 0; j < 4; j++)
			assert_int_equal(s->sent[j].count, 0);
		assert_true(lacp_group_deadline(&s->group, sim->now) ==
			    LACP_NEVER);
	}
}

static void other_modes_take_no_lacpdus(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.mode = LAG_MODE_STATIC;
	s = sim_add_system(sim, &admin, 1);
	sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
	sim_run(sim, 10000);
	assert_int_not_equal(s->port[0].rx, LACP_RX_CURRENT);
	assert_int_equal(s->group.distributing, 1);
	assert_int_equal(s->sent[0].count, 0);
}

static void updelay_and_downdelay_hold_in_other_modes_too(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.mode = LAG_MODE_STATIC;
	admin.updelay = 500;
	admin.downdelay = 500;
	s = sim_add_system(sim, &admin, 1);
	sim_carrier(s, 0, true);
	sim_run(sim, 499);
	assert_int_equal(s->group.distributing, 0);
	sim_run(sim, 1);
	assert_int_equal(s->group.distributing, 1);
	/* The state holds, the traffic does not. */
	sim_carrier(s, 0, false);
	assert_int_equal(s->group.distributing, 0);
	assert_int_equal(s->group.collecting, 1);
	sim_run(sim, 499);
	sim_carrier(s, 0, true);
	assert_int_equal(s->group.distributing, 1);
	sim_carrier(s, 0, false);
	sim_run(sim, 500);
	assert_int_equal(s->group.collecting, 0);
}

static void min_links_counts_in_other_modes_too(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.mode = LAG_MODE_BALANCE_RR;
	admin.min_links = 2;
	s = sim_add_system(sim, &admin, 2);
	sim_carrier(s, 0, true);
	assert_false(lacp_group_carrier(&s->group));
	sim_carrier(s, 1, true);
	assert_true(lacp_group_carrier(&s->group));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(dat_11_without_fallback_nothing_carries),
		unit_case(single_lets_the_best_port_carry_after_the_timeout),
		unit_case(single_goes_to_the_next_port_with_a_link),
		unit_case(static_lets_all_ports_carry),
		unit_case(it_ends_the_moment_a_partner_speaks),
		unit_case(own_lacpdus_that_come_back_neither_end_nor_enter_it),
		unit_case(a_port_without_a_link_does_not_hold_it_up),
		unit_case(a_shorter_timeout_counts_at_once_and_none_ends_it),
		unit_case(int_04_lacp_that_starts_late_forms_the_lag),
		unit_case(other_modes_need_a_link_and_nothing_else),
		unit_case(other_modes_take_no_lacpdus),
		unit_case(updelay_and_downdelay_hold_in_other_modes_too),
		unit_case(min_links_counts_in_other_modes_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
