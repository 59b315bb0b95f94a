// SPDX-License-Identifier: GPL-2.0
/* Mode active-backup: one port carries, the others stand by.
 *
 * Addresses and peer notification are the module's matter.
 */
#include "unit.h"

#include "sim.h"

static struct sim_system *ports_with_links(struct sim *sim, u8 reselect,
					   unsigned int ports)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;
	unsigned int i;

	admin.mode = LAG_MODE_ACTIVE_BACKUP;
	admin.reselect = reselect;
	s = sim_add_system(sim, &admin, ports);
	for (i = 0; i < ports; i++)
		sim_carrier(s, i, true);
	return s;
}

static void prefer(struct sim_system *s, unsigned int i, bool primary,
		   s32 prio)
{
	struct lacp_port_admin admin = s->port[i].admin;

	admin.primary = primary;
	admin.prio = prio;
	lacp_port_configure(&s->group, &s->port[i], &admin, s->sim->now);
	sim_settle(s);
}

static void assert_active(const struct sim_system *s, unsigned int i)
{
	assert_true(s->group.distributing == BIT_ULL(i));
	assert_true(s->group.collecting == BIT_ULL(i));
	assert_ptr_equal(s->group.backup_active, &s->port[i]);
	assert_true(lacp_group_carrier(&s->group));
}

static void one_port_carries_and_the_next_takes_over_at_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 3);

	assert_active(s, 0);
	assert_int_equal(s->port[1].selected, LACP_STANDBY);
	sim_carrier(s, 0, false);
	assert_active(s, 1);
	/* No better one: it stays. */
	sim_carrier(s, 0, true);
	assert_active(s, 1);
	sim_carrier(s, 1, false);
	assert_active(s, 0);
	sim_carrier(s, 0, false);
	assert_active(s, 2);
	sim_carrier(s, 2, false);
	assert_int_equal(s->group.distributing, 0);
	assert_false(lacp_group_carrier(&s->group));
	sim_carrier(s, 1, true);
	assert_active(s, 1);
	assert_int_equal(s->sent[0].count + s->sent[1].count, 0);
}

static void the_primary_takes_over_as_primary_reselect_says(void **state)
{
	const struct lacp_link fast = {
		.running = true, .carrier = true, .full_duplex = true,
		.speed = 100000,
	};
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int reselect;

	for (reselect = 0; reselect <= LAG_RESELECT_FAILURE; reselect++) {
		s = ports_with_links(sim, reselect, 3);
		prefer(s, 2, true, 0);
		assert_active(s, reselect == LAG_RESELECT_ALWAYS ? 2 : 0);
		sim_link(s, 2, &fast);
		assert_active(s, reselect == LAG_RESELECT_FAILURE ? 0 : 2);
		sim_carrier(s, 0, false);
		assert_active(s, 2);
		sim_carrier(s, 0, true);
		assert_active(s, 2);
		sim_carrier(s, 2, false);
		assert_active(s, 0);
	}
}

static void a_higher_prio_is_better_but_not_than_the_primary(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 3);

	prefer(s, 1, false, 10);
	assert_active(s, 1);
	prefer(s, 2, true, -10);
	assert_active(s, 2);
	sim_carrier(s, 2, false);
	assert_active(s, 1);
	prefer(s, 0, false, 20);
	assert_active(s, 0);
	sim_carrier(s, 2, true);
	assert_active(s, 2);
	prefer(s, 2, false, -10);
	assert_active(s, 0);
}

static void a_port_can_be_chosen_by_hand_until_it_fails(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 3);
	struct lacp_group *g = &s->group;

	prefer(s, 0, true, 0);
	assert_true(lacp_group_activate(g, &s->port[2], sim->now));
	sim_settle(s);
	assert_active(s, 2);
	sim_run(sim, 100000);
	assert_active(s, 2);
	sim_carrier(s, 2, false);
	assert_active(s, 0);
	sim_carrier(s, 2, true);
	assert_active(s, 0);

	/* One that cannot carry is refused and nothing changes. */
	sim_carrier(s, 1, false);
	assert_false(lacp_group_activate(g, &s->port[1], sim->now));
	assert_active(s, 0);
	assert_true(lacp_group_activate(g, &s->port[2], sim->now));
	assert_false(lacp_group_activate(g, &s->port[1], sim->now));
	sim_settle(s);
	assert_active(s, 2);
	assert_true(lacp_group_activate(g, NULL, sim->now));
	sim_settle(s);
	assert_active(s, 0);
}

static void a_chosen_port_that_leaves_is_forgotten(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 2);

	assert_true(lacp_group_activate(&s->group, &s->port[1], sim->now));
	sim_settle(s);
	assert_active(s, 1);
	sim_leave(s, 1);
	assert_active(s, 0);
	assert_null(s->group.backup_manual);
	sim_leave(s, 0);
	assert_null(s->group.backup_active);
}

static void a_port_that_vanishes_without_goodbye_is_forgotten_too(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 2);

	assert_true(lacp_group_activate(&s->group, &s->port[1], sim->now));
	sim_settle(s);
	lacp_port_leave(&s->group, &s->port[1], sim->now);
	memset(&s->port[1], 0xa5, sizeof(s->port[1]));
	sim_settle(s);
	assert_active(s, 0);
	assert_null(s->group.backup_manual);
}

static void better_means_faster_or_full_instead_of_half_duplex(void **state)
{
	struct lacp_link link = { .running = true, .carrier = true };
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_BETTER, 2);

	link.speed = 10000;
	sim_link(s, 0, &link);
	link.speed = 1000;
	sim_link(s, 1, &link);
	prefer(s, 1, true, 0);
	assert_active(s, 0);
	link.speed = 10000;
	sim_link(s, 1, &link);
	assert_active(s, 0);
	link.full_duplex = true;
	sim_link(s, 1, &link);
	assert_active(s, 1);
}

static void other_modes_have_no_active_port(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;

	assert_false(lacp_group_activate(&s->group, &s->port[0], sim->now));
	assert_null(s->group.backup_active);
	admin.mode = LAG_MODE_ACTIVE_BACKUP;
	sim_configure(s, &admin);
	assert_active(s, 0);
	admin.mode = LAG_MODE_BALANCE_RR;
	sim_configure(s, &admin);
	assert_null(s->group.backup_active);
	assert_int_equal(s->group.distributing, 3);

	/* Nor do they remember a choice. */
	admin.mode = LAG_MODE_ACTIVE_BACKUP;
	sim_configure(s, &admin);
	assert_true(lacp_group_activate(&s->group, &s->port[1], sim->now));
	sim_settle(s);
	assert_active(s, 1);
	admin.mode = LAG_MODE_STATIC;
	sim_configure(s, &admin);
	admin.mode = LAG_MODE_ACTIVE_BACKUP;
	sim_configure(s, &admin);
	assert_active(s, 0);
}

static void updelay_holds_only_while_another_port_carries(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 2);
	struct lacp_admin admin = s->group.admin;

	admin.updelay = 5000;
	sim_configure(s, &admin);
	prefer(s, 0, true, 0);
	sim_carrier(s, 0, false);
	assert_active(s, 1);
	sim_carrier(s, 0, true);
	sim_run(sim, 4999);
	assert_active(s, 1);
	sim_run(sim, 1);
	assert_active(s, 0);
	/* Nobody else is there: the wait is over. */
	sim_carrier(s, 1, false);
	sim_carrier(s, 1, true);
	sim_carrier(s, 0, false);
	assert_active(s, 1);
}

static void a_drained_or_disabled_port_hands_over(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = ports_with_links(sim, LAG_RESELECT_ALWAYS, 2);

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	assert_true(s->group.distributing == 2);
	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	sim_port_admin(s, 1, LAG_PORT_DISABLED);
	assert_active(s, 0);
	sim_port_admin(s, 0, LAG_PORT_DISABLED);
	assert_int_equal(s->group.distributing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(one_port_carries_and_the_next_takes_over_at_once),
		unit_case(the_primary_takes_over_as_primary_reselect_says),
		unit_case(a_higher_prio_is_better_but_not_than_the_primary),
		unit_case(a_port_can_be_chosen_by_hand_until_it_fails),
		unit_case(a_chosen_port_that_leaves_is_forgotten),
		unit_case(a_port_that_vanishes_without_goodbye_is_forgotten_too),
		unit_case(better_means_faster_or_full_instead_of_half_duplex),
		unit_case(other_modes_have_no_active_port),
		unit_case(updelay_holds_only_while_another_port_carries),
		unit_case(a_drained_or_disabled_port_hands_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
