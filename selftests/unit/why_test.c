// SPDX-License-Identifier: GPL-2.0
/* Why a port does not carry traffic, for each reason a case that has it, and
 * what it does instead.
 *
 * The words are in names_test.c.
 */
#include "unit.h"

#include "sim.h"

static enum lag_why why(const struct sim_system *s, unsigned int i, u32 *left)
{
	return lacp_port_why(&s->group, &s->port[i], s->sim->now, left);
}

/* A port's reason, nothing left of it, and its usage */
static void assert_why(const struct sim_system *s, unsigned int i,
		       enum lag_why expected, enum lag_port_usage usage)
{
	u32 left = 1;

	assert_int_equal(why(s, i, &left), expected);
	assert_int_equal(left, 0);
	assert_int_equal(lacp_port_usage(&s->group, &s->port[i]), usage);
}

static void a_port_that_carries_has_no_reason_not_to(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	assert_why(s, 0, LAG_WHY_NONE, LAG_USAGE_DISTRIBUTING);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_NONE);
}

static void administrative_reasons_come_first(void **state)
{
	const struct lacp_link down = { .full_duplex = true };
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);

	sim_port_admin(s, 0, LAG_PORT_DRAINING);
	sim_run(sim, 5000);
	assert_why(s, 0, LAG_WHY_DRAINING, LAG_USAGE_DETACHED);
	sim_uncable(s, 0);
	assert_why(s, 0, LAG_WHY_NO_CARRIER, LAG_USAGE_DOWN);
	sim_link(s, 0, &down);
	assert_why(s, 0, LAG_WHY_PORT_DOWN, LAG_USAGE_DOWN);
	sim_port_admin(s, 0, LAG_PORT_DISABLED);
	assert_why(s, 0, LAG_WHY_DISABLED, LAG_USAGE_DOWN);
	sim_enable(s, false);
	assert_why(s, 0, LAG_WHY_LAG_DOWN, LAG_USAGE_DOWN);
}

static void no_lacpdu_and_expired_tell_never_heard_from_not_any_more(void **st)
{
	struct sim *sim = *st;
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);

	sim_carrier(s, 0, true);
	assert_why(s, 0, LAG_WHY_NO_LACPDU, LAG_USAGE_DETACHED);
	sim_run(sim, 10000);
	assert_why(s, 0, LAG_WHY_NO_LACPDU, LAG_USAGE_DETACHED);
	sim_swap_partner(s, 0, partner);
	sim_run(sim, 5000);
	assert_why(s, 0, LAG_WHY_NONE, LAG_USAGE_DISTRIBUTING);
	partner->next = LACP_NEVER;
	sim_run(sim, 4000);
	assert_why(s, 0, LAG_WHY_EXPIRED, LAG_USAGE_ATTACHED);
	sim_run(sim, 10000);
	assert_why(s, 0, LAG_WHY_EXPIRED, LAG_USAGE_DETACHED);
	/* A new link has a new history. */
	sim_carrier(s, 0, false);
	sim_carrier(s, 0, true);
	assert_why(s, 0, LAG_WHY_NO_LACPDU, LAG_USAGE_DETACHED);
}

static void both_passive(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_partner *partner;
	struct sim *sim = *state;
	struct sim_system *s;

	admin.active = false;
	s = sim_add_system(sim, &admin, 1);
	sim_carrier(s, 0, true);
	sim_run(sim, 5000);
	assert_why(s, 0, LAG_WHY_BOTH_PASSIVE, LAG_USAGE_DETACHED);
	/* One that is passive but speaks is not in sync for us. */
	partner = sim_add_partner(sim, 9, 1);
	partner->self.state &= ~LACP_STATE_ACTIVITY;
	sim_swap_partner(s, 0, partner);
	sim_run(sim, 5000);
	assert_int_equal(why(s, 0, &(u32){ 0 }), LAG_WHY_BOTH_PASSIVE);
	partner->self.state |= LACP_STATE_ACTIVITY;
	sim_run(sim, 5000);
	assert_why(s, 0, LAG_WHY_NONE, LAG_USAGE_DISTRIBUTING);
	/* What is left to say of one that is active is another thing. */
	partner->self.state &= ~LACP_STATE_SYNC;
	sim_run(sim, 5000);
	assert_int_equal(why(s, 0, &(u32){ 0 }), LAG_WHY_PARTNER_OUT_OF_SYNC);
}

static void half_duplex_and_loopback(void **state)
{
	const struct lacp_link half = { .running = true, .carrier = true };
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);

	sim_link(s, 0, &half);
	assert_why(s, 0, LAG_WHY_HALF_DUPLEX, LAG_USAGE_DETACHED);
	s->peer[1] = (struct sim_end) { .system = s, .port = 1 };
	sim_carrier(s, 1, true);
	sim_run(sim, 30000);
	assert_why(s, 1, LAG_WHY_LOOPBACK, LAG_USAGE_DETACHED);
	/* It is forgotten some time after the loop is opened. */
	sim_swap_partner(s, 1, NULL);
	sim_run(sim, 100000);
	assert_why(s, 1, LAG_WHY_NO_LACPDU, LAG_USAGE_DETACHED);
}

static void who_is_elsewhere_differs(void **state)
{
	const struct lacp_link slow = {
		.running = true, .carrier = true, .full_duplex = true,
		.speed = 100,
	};
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 3);
	struct sim_partner *partner = sim->partner[2];

	partner->self.key++;
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_PARTNER_DIFFERS, LAG_USAGE_DETACHED);
	partner->self.key--;
	partner->self.system[4]++;
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_PARTNER_DIFFERS, LAG_USAGE_DETACHED);
	partner->self.system[4]--;
	partner->self.state &= ~LACP_STATE_AGGREGATION;
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_PARTNER_INDIVIDUAL, LAG_USAGE_DETACHED);
	partner->self.state |= LACP_STATE_AGGREGATION;
	partner->self.system[0] |= 1;
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_PARTNER_DIFFERS, LAG_USAGE_DETACHED);
	partner->self.system[0] &= ~1;
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_NONE, LAG_USAGE_DISTRIBUTING);
	sim_link(s, 2, &slow);
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_SPEED_DIFFERS, LAG_USAGE_DETACHED);
	/* As partners whose keys follow the speed have it */
	partner->self.key++;
	sim_run(sim, 3000);
	assert_why(s, 2, LAG_WHY_SPEED_DIFFERS, LAG_USAGE_DETACHED);
}

static void standby_and_backup(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;

	admin.max_links = 1;
	sim_configure(s, &admin);
	sim_run(sim, 5000);
	assert_int_equal(hweight64(s->group.distributing), 1);
	assert_why(s, __ffs64(3 & ~s->group.distributing), LAG_WHY_STANDBY,
		   LAG_USAGE_STANDBY);
	admin.mode = LAG_MODE_ACTIVE_BACKUP;
	sim_configure(s, &admin);
	assert_why(s, 0, LAG_WHY_NONE, LAG_USAGE_ACTIVE);
	assert_why(s, 1, LAG_WHY_BACKUP, LAG_USAGE_BACKUP);
}

static void waits_tell_what_is_left(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	u32 left;

	admin.updelay = 1000;
	admin.ad_select = LAG_AD_SELECT_COUNT;
	s = sim_add_system(sim, &admin, 2);
	sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
	sim_run(sim, 300);
	assert_int_equal(why(s, 0, &left), LAG_WHY_UPDELAY);
	assert_int_equal(left, 700);

	/* Another port that has not been heard makes it wait_while. */
	sim_run(sim, 600);
	sim_carrier(s, 1, true);
	sim_run(sim, 600);
	assert_int_equal(why(s, 0, &left), LAG_WHY_WAITING);
	assert_int_equal(left, 1500);
	assert_int_equal(lacp_port_usage(&s->group, &s->port[0]),
			 LAG_USAGE_WAITING);
	sim_run(sim, 1500);
	assert_why(s, 0, LAG_WHY_NONE, LAG_USAGE_DISTRIBUTING);
}

static void what_the_partner_does_not_do(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);

	sim->partner[0]->self.state &= ~LACP_STATE_COLLECTING;
	sim_run(sim, 1000);
	assert_why(s, 0, LAG_WHY_PARTNER_NOT_COLLECTING, LAG_USAGE_COLLECTING);
	sim->partner[0]->self.state &= ~LACP_STATE_SYNC;
	sim_run(sim, 1000);
	assert_why(s, 0, LAG_WHY_PARTNER_OUT_OF_SYNC, LAG_USAGE_ATTACHED);
}

static void why_a_lag_has_no_carrier(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	const struct lacp_port_admin port = { .priority = 255 };

	admin.min_links = 2;
	s = sim_add_system(sim, &admin, 0);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_NO_PORT);
	sim_join(s, 0, &port);
	sim_join(s, 1, &port);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_NO_CARRIER);
	sim_carrier(s, 0, true);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_NO_PARTNER);
	sim_swap_partner(s, 0, sim_add_partner(sim, 9, 1));
	sim_run(sim, 5000);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_MIN_LINKS);
	sim_cable_partner(s, 1, sim_add_partner(sim, 9, 2));
	sim_run(sim, 5000);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_NONE);
	sim_enable(s, false);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_LAG_DOWN);

	admin.mode = LAG_MODE_STATIC;
	s = sim_add_system(sim, &admin, 2);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_NO_CARRIER);
	sim_carrier(s, 0, true);
	assert_int_equal(lacp_group_why(&s->group), LAG_WHY_MIN_LINKS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(a_port_that_carries_has_no_reason_not_to),
		unit_case(administrative_reasons_come_first),
		unit_case(no_lacpdu_and_expired_tell_never_heard_from_not_any_more),
		unit_case(both_passive),
		unit_case(half_duplex_and_loopback),
		unit_case(who_is_elsewhere_differs),
		unit_case(standby_and_backup),
		unit_case(waits_tell_what_is_left),
		unit_case(what_the_partner_does_not_do),
		unit_case(why_a_lag_has_no_carrier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
