// SPDX-License-Identifier: GPL-2.0
/* Selection Logic, 802.1AX 6.4.14: which ports form the one lag, and which of
 * them have a seat.
 *
 * What a selected port then does is in mux_machine_test.c.
 */
#include "unit.h"

#include "sim.h"
#include "engine/machines.h"

/* Cable port @i to port @port of partner @system. */
static struct sim_partner *partner_at(struct sim_system *s, unsigned int i,
				      u8 system, u16 port)
{
	struct sim_partner *partner = sim_add_partner(s->sim, system, port);

	sim_cable_partner(s, i, partner);
	return partner;
}

static u64 carrying(const struct sim_system *s)
{
	u64 mask = 0;
	unsigned int i;

	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (s->group.members >> i & 1 && sim_is_cd(s, i))
			mask |= BIT_ULL(i);
	assert_true(mask == s->group.distributing);
	return mask;
}

/* The LACPDUs of a port that lost say so. */
static void assert_out(const struct sim_system *s, unsigned int i)
{
	assert_int_equal(s->port[i].selected, LACP_UNSELECTED);
	assert_int_equal(s->port[i].mux, LACP_MUX_DETACHED);
	assert_int_equal(sim_last(&s->sent[i])->actor.state & SIM_CD, 0);
}

static void sel_01_sel_13_links_to_one_partner_all_carry(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	unsigned int links, i;
	struct sim_system *s;

	for (links = 1; links <= 8; links++) {
		s = sim_add_system(sim, &admin, links);
		for (i = 0; i < links; i++)
			partner_at(s, i, 9, i + 1);
		sim_run(sim, 5000);
		assert_true(carrying(s) == BIT_ULL(links) - 1);
		assert_true(lacp_group_carrier(&s->group));
		for (i = 0; i < links; i++)
			sim_uncable(s, i);
		assert_false(lacp_group_carrier(&s->group));
	}
}

static void sixty_four_links_carry(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, LAG_MAX_PORTS);

	assert_true(s->group.distributing == U64_MAX);
	assert_true(s->group.collecting == U64_MAX);
	sim_run(sim, 5000);
	sim_uncable(s, 63);
	assert_true(s->group.distributing == U64_MAX >> 1);
}

/* Two links that differ in one thing: one carries, the other says it is out. */
static void two_different(struct sim *sim, void (*change)(struct sim_partner *))
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s = sim_add_system(sim, &admin, 2);
	struct sim_partner *partner;
	u64 mask;

	partner_at(s, 0, 9, 1);
	partner = sim_add_partner(sim, 9, 2);
	change(partner);
	sim_cable_partner(s, 1, partner);
	sim_run(sim, 20000);
	mask = carrying(s);
	assert_int_equal(hweight64(mask), 1);
	assert_out(s, mask == 1);
}

static void other_system(struct sim_partner *partner)
{
	partner->self.system[5]++;
}

static void other_key(struct sim_partner *partner)
{
	partner->self.key++;
}

static void other_priority(struct sim_partner *partner)
{
	partner->self.system_priority++;
}

static void individual(struct sim_partner *partner)
{
	partner->self.state &= ~LACP_STATE_AGGREGATION;
}

static void sel_02_of_two_partner_systems_one_carries(void **state)
{
	two_different(*state, other_system);
}

static void sel_03_of_two_partner_keys_one_carries(void **state)
{
	two_different(*state, other_key);
}

static void sel_04_of_two_partner_system_priorities_one_carries(void **state)
{
	two_different(*state, other_priority);
}

static void sel_05_of_two_individual_links_one_carries(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);
	unsigned int i;
	u64 mask;

	for (i = 0; i < 2; i++)
		individual(partner_at(s, i, 9, i + 1));
	sim_run(sim, 20000);
	mask = carrying(s);
	assert_int_equal(hweight64(mask), 1);
	assert_out(s, mask == 1);
}

static void sel_06_a_lag_wins_over_an_individual_link(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int order;

	/* Whoever comes first */
	for (order = 0; order < 2; order++) {
		s = sim_add_system(sim, &admin, 3);
		if (order) {
			individual(partner_at(s, 0, 9, 1));
			sim_run(sim, 5000);
			assert_true(carrying(s) == 1);
		}
		partner_at(s, 1, 9, 2);
		partner_at(s, 2, 9, 3);
		if (!order)
			individual(partner_at(s, 0, 9, 1));
		sim_run(sim, 10000);
		assert_true(carrying(s) == 6);
		assert_out(s, 0);
	}
}

static void a_link_that_becomes_individual_leaves_its_lag(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 3);

	individual(sim->partner[0]);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 6);
	assert_out(s, 0);
	individual(sim->partner[1]);
	individual(sim->partner[2]);
	sim_run(sim, 10000);
	assert_int_equal(hweight64(carrying(s)), 1);
}

static void sel_07_the_other_lag_takes_over_from_one_without_links(void **s)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *s;
	struct sim_system *lag = sim_add_system(sim, &admin, 4);
	unsigned int i;

	for (i = 0; i < 4; i++)
		partner_at(lag, i, 8 + i / 2, i % 2 + 1);
	sim_run(sim, 10000);
	assert_true(carrying(lag) == 3);
	sim_uncable(lag, 0);
	sim_run(sim, 5000);
	assert_true(carrying(lag) == 2);
	sim_uncable(lag, 1);
	assert_true(sim_until_cd(lag, 2, 12000) <= 12000);
	assert_true(carrying(lag) == 12);
}

static void sel_08_a_silent_partner_loses_when_it_is_given_up(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);

	partner_at(s, 0, 8, 1);
	partner_at(s, 1, 9, 1);
	sim_run(sim, 10500);
	assert_true(carrying(s) == 1);
	sim->partner[0]->next = LACP_NEVER;
	assert_true(sim_until_cd(s, 1, 6500) <= 6500);
	/* And does not come back at the cost of who took over. */
	sim->partner[0]->next = sim->now + 1000;
	sim_run(sim, 20000);
	assert_true(carrying(s) == 2);
}

static void who_decides(struct sim *sim, struct sim_system *s)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		sim_port_priority(s, i, 10 * (i + 1));
		sim_carrier(s, i, true);
	}
	for (i = 0; i < 3; i++) {
		struct sim_partner *partner = sim_add_partner(sim, 9, i + 1);

		partner->self.port_priority = 100 - i;
		sim_swap_partner(s, i, partner);
	}
	sim_run(sim, 10000);
}

static void sel_09_with_the_better_system_id_our_port_ids_decide(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.system_priority = 100;
	admin.max_links = 2;
	s = sim_add_system(sim, &admin, 3);
	who_decides(sim, s);
	assert_true(carrying(s) == 3);
	assert_int_equal(s->port[2].selected, LACP_STANDBY);
	assert_int_equal(s->port[2].mux, LACP_MUX_WAITING);
	assert_false(sim_last(&s->sent[2])->actor.state & LACP_STATE_SYNC);
}

static void sel_10_with_the_worse_system_id_the_partners_decide(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.max_links = 2;
	s = sim_add_system(sim, &admin, 3);
	who_decides(sim, s);
	assert_true(carrying(s) == 6);
	assert_int_equal(s->port[0].selected, LACP_STANDBY);
	assert_false(sim_last(&s->sent[0])->actor.state & LACP_STATE_SYNC);
}

static void ports_that_the_partner_calls_alike_count_by_our_number(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	admin.max_links = 1;
	admin.revertive = true;
	s = sim_add_system(sim, &admin, 2);
	/* The second comes first. */
	for (i = 2; i--;) {
		sim_carrier(s, i, true);
		sim_swap_partner(s, i, sim_add_partner(sim, 9, 1));
		sim_run(sim, 3000);
	}
	sim_run(sim, 5000);
	assert_true(carrying(s) == 1);
	assert_int_equal(s->port[1].selected, LACP_STANDBY);
}

static void wb_13_system_ids_compare_as_unsigned_big_endian_numbers(void **s)
{
	struct lacp_info a = { .system_priority = 5 }, b = a;

	(void)s;
	/* Same priority: the first octet counts more than the last. */
	a.system[0] = 0x02;
	a.system[5] = 0xff;
	b.system[0] = 0x82;
	b.system[5] = 0x01;
	assert_true(lacp_system_id(&a) < lacp_system_id(&b));
	b.system[0] = 0x02;
	assert_true(lacp_system_id(&b) < lacp_system_id(&a));
	/* The priority counts more than all octets, and is unsigned too. */
	memset(a.system, 0xff, ETH_ALEN);
	b.system_priority = 0x8000;
	assert_true(lacp_system_id(&a) < lacp_system_id(&b));
}

static void wb_13_the_better_mac_decides_if_priorities_are_equal(void **state)
{
	/* Partner: priority 32768, 02:ff:00:00:00:09 */
	static const struct {
		u8	system[ETH_ALEN];
		u64	expected;
	} cases[] = {
		{ { 0x02, 0xff, 0, 0, 0, 0x08 }, 3 },
		{ { 0x02, 0xff, 0, 0, 0, 0x0a }, 6 },
		{ { 0x00, 0xff, 0, 0, 0, 0xff }, 3 },
		{ { 0x82, 0, 0, 0, 0, 0x01 }, 6 },
	};
	struct sim *sim = *state;
	struct lacp_admin admin;
	struct sim_system *s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		admin = sim_admin(1);
		admin.system_priority = 32768;
		admin.max_links = 2;
		ether_addr_copy(admin.system, cases[i].system);
		s = sim_add_system(sim, &admin, 3);
		who_decides(sim, s);
		assert_true(carrying(s) == cases[i].expected);
	}
}

static void wb_14_of_equal_port_priorities_the_lower_number_wins(void **state)
{
	static const u16 numbers[] = { 300, 5, 6 };
	struct lacp_admin admin = sim_admin(1);
	struct lacp_port_admin port = { .priority = 7 };
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	admin.system_priority = 1;
	admin.max_links = 2;
	s = sim_add_system(sim, &admin, 0);
	for (i = 0; i < 3; i++) {
		port.number = numbers[i];
		sim_join(s, i, &port);
		sim_carrier(s, i, true);
	}
	for (i = 0; i < 3; i++)
		sim_swap_partner(s, i, sim_add_partner(sim, 9, i + 1));
	sim_run(sim, 10000);
	assert_true(carrying(s) == 6);
}

static void the_order_of_joining_decides_nothing(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct lacp_port_admin port;
	struct sim_system *s;
	unsigned int order, i, j;

	admin.system_priority = 1;
	admin.max_links = 2;
	for (order = 0; order < 4; order++) {
		s = sim_add_system(sim, &admin, 0);
		for (j = 0; j < 4; j++) {
			i = (j + order) % 4;
			port = (struct lacp_port_admin) {
				.priority = i < 2 ? 200 : 100,
				.number = i + 1,
			};
			sim_join(s, i, &port);
			sim_carrier(s, i, true);
		}
		for (j = 0; j < 4; j++) {
			i = (j + order) % 4;
			sim_swap_partner(s, i, sim_add_partner(sim, 9, i + 1));
		}
		sim_run(sim, 10000);
		assert_true(carrying(s) == 12);
	}
}

/* Three links with two seats, port 2 stands by */
static struct sim_system *two_seats(struct sim *sim, bool revertive)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;
	unsigned int i;

	admin.system_priority = 1;
	admin.max_links = 2;
	admin.revertive = revertive;
	s = sim_add_system(sim, &admin, 3);
	for (i = 0; i < 3; i++)
		partner_at(s, i, 9, i + 1);
	sim_run(sim, 10500);
	assert_true(carrying(s) == 3);
	return s;
}

static void sel_11_a_standby_takes_the_seat_of_a_lost_link_at_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = two_seats(sim, false);

	sim_uncable(s, 0);
	/* Its partner says already that it collects. */
	assert_true(carrying(s) == 6);
}

static void wb_27_a_seat_once_lost_is_not_taken_back(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = two_seats(sim, false);
	u64 begin;

	sim_uncable(s, 0);
	assert_int_not_equal(s->port[0].selected, LACP_SELECTED);
	sim_run(sim, 5000);
	assert_true(carrying(s) == 6);
	begin = sim->now;
	sim_cable_partner(s, 0, sim->partner[0]);
	sim_run(sim, 20000);
	assert_true(carrying(s) == 6);
	assert_int_equal(s->port[0].selected, LACP_STANDBY);
	assert_null(sim_find(&s->sent[2], begin, SIM_CD, 0));
	assert_null(sim_find(&s->sent[1], begin, SIM_CD, 0));
}

static void wb_27_revertive_a_better_port_takes_its_seat_back(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = two_seats(sim, true);

	sim_uncable(s, 0);
	sim_run(sim, 5000);
	assert_true(carrying(s) == 6);
	sim_cable_partner(s, 0, sim->partner[0]);
	sim_run(sim, 20000);
	assert_true(carrying(s) == 3);
	assert_int_equal(s->port[2].selected, LACP_STANDBY);
}

static void a_change_of_max_links_takes_and_gives_seats(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = two_seats(sim, false);
	struct lacp_admin admin = s->group.admin;

	admin.max_links = 1;
	sim_configure(s, &admin);
	sim_run(sim, 5000);
	assert_true(carrying(s) == 1);
	admin.max_links = 0;
	sim_configure(s, &admin);
	sim_run(sim, 5000);
	assert_true(carrying(s) == 7);
}

/* Two ends with seats for fewer links than there are agree on which. */
static void two_systems_with_max_links_agree(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	unsigned int which, i;

	sim->delay = 1;
	for (which = 0; which < 3; which++) {
		a.max_links = which == 1 ? 0 : 2;
		b.max_links = which == 0 ? 0 : 2;
		x = sim_add_system(sim, &a, 4);
		y = sim_add_system(sim, &b, 4);
		for (i = 0; i < 4; i++) {
			sim_port_priority(x, i, 10 + i);
			sim_port_priority(y, i, 10 - i);
		}
		for (i = 0; i < 4; i++)
			sim_cable(x, i, y, i);
		sim_run(sim, 30000);
		assert_int_equal(hweight64(x->group.distributing), 2);
		assert_true(x->group.distributing == y->group.distributing);
		/* x has the lower system identifier: unless it does not care,
		 * its priorities count.
		 */
		if (a.max_links)
			assert_true(x->group.distributing == 3);
		for (i = 0; i < 4; i++)
			sim_uncable(x, i);
	}
}

static void sel_12_min_links_counts_who_distributes(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.min_links = 2;
	s = sim_add_system(sim, &admin, 2);
	partner_at(s, 0, 9, 1);
	sim_carrier(s, 1, true);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 1);
	assert_false(lacp_group_carrier(&s->group));
	sim_swap_partner(s, 1, sim_add_partner(sim, 9, 2));
	sim_run(sim, 5000);
	assert_true(carrying(s) == 3);
	assert_true(lacp_group_carrier(&s->group));
	sim->partner[1]->self.state &= ~LACP_STATE_COLLECTING;
	sim_run(sim, 2000);
	assert_false(lacp_group_carrier(&s->group));
}

static void min_links_0_means_1(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.min_links = 0;
	s = sim_add_system(sim, &admin, 1);
	sim_run(sim, 1000);
	assert_false(lacp_group_carrier(&s->group));
	partner_at(s, 0, 9, 1);
	sim_run(sim, 5000);
	assert_true(lacp_group_carrier(&s->group));
}

/* One link to system 8 is in use, then two slower ones to system 9 come. */
static struct sim_system *choice(struct sim *sim, u8 select)
{
	struct lacp_link link = {
		.running = true, .carrier = true, .full_duplex = true,
		.speed = 1000,
	};
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;
	unsigned int i;

	admin.ad_select = select;
	s = sim_add_system(sim, &admin, 3);
	partner_at(s, 0, 8, 1);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 1);
	for (i = 1; i < 3; i++) {
		sim_swap_partner(s, i, sim_add_partner(sim, 9, i));
		sim_link(s, i, &link);
	}
	sim_run(sim, 10000);
	return s;
}

static void stable_keeps_the_lag_in_use(void **state)
{
	struct sim_system *s = choice(*state, LAG_AD_SELECT_STABLE);

	assert_true(carrying(s) == 1);
	assert_int_equal(s->group.active.partner.system[5], 8);
	assert_int_equal(s->group.aggregator, s->port[0].aggregator);
	assert_int_not_equal(s->port[1].aggregator, s->port[0].aggregator);
	assert_int_equal(s->port[1].aggregator, s->port[2].aggregator);
}

static void bandwidth_prefers_the_faster_lag(void **state)
{
	const struct lacp_link fast = {
		.running = true, .carrier = true, .full_duplex = true,
		.speed = 25000,
	};
	struct sim *sim = *state;
	struct sim_system *s = choice(sim, LAG_AD_SELECT_BANDWIDTH);

	assert_true(carrying(s) == 1);
	sim_link(s, 1, &fast);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 2);
}

static void count_prefers_the_lag_with_more_ports(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = choice(sim, LAG_AD_SELECT_COUNT);

	assert_true(carrying(s) == 6);
	assert_out(s, 0);
	sim_uncable(s, 1);
	sim_uncable(s, 2);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 1);
}

static void actor_port_prio_prefers_the_highest_sum(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = choice(sim, LAG_AD_SELECT_PORT_PRIO);

	assert_true(carrying(s) == 6);
	sim_port_priority(s, 0, 1000);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 1);
}

/* Two partners that become eligible in the same moment, by updelay */
static void of_equal_lags_the_better_partner_wins(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int order;

	admin.updelay = 3000;
	for (order = 0; order < 8; order++) {
		admin.ad_select = order / 2;
		s = sim_add_system(sim, &admin, 2);
		partner_at(s, 0, order % 2 ? 9 : 8, 1);
		partner_at(s, 1, order % 2 ? 8 : 9, 1);
		sim_run(sim, 2999);
		assert_int_equal(s->group.aggregator, 0);
		sim_run(sim, 5000);
		assert_true(carrying(s) == BIT_ULL(order % 2));
	}
}

/* Likewise, a slow link that the partner is in sync on and a fast one: who has
 * the better system identifier has its way, so that both ends choose one.
 */
static void what_the_better_system_chose_the_other_follows(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct lacp_link link = {
		.running = true, .carrier = true, .full_duplex = true,
	};
	struct sim *sim = *state;
	unsigned int better, i;
	struct sim_system *s;

	admin.updelay = 3000;
	for (better = 0; better < 2; better++) {
		admin.system_priority = better ? 1 : 65535;
		s = sim_add_system(sim, &admin, 2);
		for (i = 0; i < 2; i++) {
			sim_swap_partner(s, i, sim_add_partner(sim, 9, i + 1));
			link.speed = i ? 10000 : 1000;
			sim_link(s, i, &link);
		}
		s->peer[1].partner->self.state &= ~SIM_CD;
		sim_run(sim, 8000);
		assert_int_equal(s->port[better].selected, LACP_SELECTED);
		assert_int_equal(s->port[!better].selected, LACP_UNSELECTED);
	}
}

/* Likewise, one link to a system better than ours, two to one worse: that the
 * better one is in sync decides only where all else is equal.
 */
static void a_better_partner_does_not_outweigh_a_second_link(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int policy;
	unsigned int i;

	admin.updelay = 3000;
	admin.system_priority = 100;
	for (policy = 0; policy <= LAG_AD_SELECT_PORT_PRIO; policy++) {
		admin.ad_select = policy;
		s = sim_add_system(sim, &admin, 3);
		for (i = 0; i < 3; i++)
			partner_at(s, i, i ? 9 : 8, i + 1)->
				self.system_priority = i ? 200 : 1;
		sim_run(sim, 8000);
		assert_true(carrying(s) == 6);
	}
}

/* Likewise, one link each to two systems better than ours: that one of them is
 * in sync counts before who is the best.
 */
static void of_equal_lags_the_one_that_its_better_partner_chose_wins(void **st)
{
	struct lacp_admin admin = sim_admin(10);
	struct sim *sim = *st;
	struct sim_system *s;
	unsigned int chosen, i;

	admin.updelay = 3000;
	for (chosen = 0; chosen < 2; chosen++) {
		s = sim_add_system(sim, &admin, 2);
		for (i = 0; i < 2; i++)
			partner_at(s, i, 8 + i, 1);
		s->peer[!chosen].partner->self.state &= ~SIM_CD;
		sim_run(sim, 8000);
		assert_int_equal(s->port[chosen].selected, LACP_SELECTED);
		assert_int_equal(s->port[!chosen].selected, LACP_UNSELECTED);
	}
}

/* Likewise, with links whose speed nobody knows */
static void of_lags_of_unknown_speed_the_one_with_more_ports_wins(void **state)
{
	const struct lacp_link link = {
		.running = true, .carrier = true, .full_duplex = true,
	};
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int i;

	admin.updelay = 3000;
	s = sim_add_system(sim, &admin, 3);
	for (i = 0; i < 3; i++) {
		sim_swap_partner(s, i, sim_add_partner(sim, i ? 9 : 8, i + 1));
		sim_link(s, i, &link);
	}
	sim_run(sim, 8000);
	assert_true(carrying(s) == 6);
}

/* Likewise, of one partner that takes each link for individual */
static void of_equal_individual_links_the_better_port_wins(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int best, i;

	admin.updelay = 3000;
	for (best = 0; best < 3; best++) {
		s = sim_add_system(sim, &admin, 3);
		sim_port_priority(s, best, 10);
		for (i = 0; i < 3; i++)
			individual(partner_at(s, i, 9, i + 1));
		sim_run(sim, 8000);
		assert_true(carrying(s) == BIT_ULL(best));
	}
}

static void ports_of_different_speed_do_not_mix(void **state)
{
	const struct lacp_link slow = {
		.running = true, .carrier = true, .full_duplex = true,
		.speed = 1000,
	};
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);

	sim_link(s, 1, &slow);
	sim_run(sim, 10000);
	assert_true(carrying(s) == 1);
	assert_int_not_equal(s->port[0].actor.key, s->port[1].actor.key);
	assert_out(s, 1);
}

static void int_09_odd_partner_identities_harm_nobody(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_port_admin port = { .priority = 255 };
	struct sim_partner *odd;
	unsigned int kind;
	u64 begin;

	sim_join(s, 1, &port);
	for (kind = 0; kind < 4; kind++) {
		begin = sim->now;
		odd = sim_add_partner(sim, 9, 2);
		switch (kind) {
		case 0:
			odd->self.key = 0;
			break;
		case 1:
			odd->self.port = 0;
			break;
		case 2:
			memset(odd->self.system, 0, ETH_ALEN);
			break;
		default:
			odd->self.system[0] |= 1;
			break;
		}
		sim_cable_partner(s, 1, odd);
		sim_run(sim, 10000);
		assert_true(sim_is_cd(s, 0));
		assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
		/* Only the port number 0 may take part beside a good link. */
		assert_int_equal(sim_is_cd(s, 1), kind == 1);
		sim_uncable(s, 1);
	}
}

static void a_partner_key_of_0_is_accepted(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);
	unsigned int i;

	for (i = 0; i < 2; i++)
		partner_at(s, i, 9, i + 1)->self.key = 0;
	sim_run(sim, 5000);
	assert_true(carrying(s) == 3);
}

static void a_partner_without_an_individual_address_never_carries(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 2);

	memset(partner_at(s, 0, 9, 1)->self.system, 0, ETH_ALEN);
	partner_at(s, 1, 9, 2)->self.system[0] |= 1;
	sim_run(sim, 20000);
	assert_true(carrying(s) == 0);
}

static void standby_ports_keep_their_place_when_others_flap(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = two_seats(sim, false);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		sim_uncable(s, 2);
		sim_run(sim, 500);
		assert_true(carrying(s) == 3);
		sim_cable_partner(s, 2, sim->partner[2]);
		sim_run(sim, 5000);
		assert_true(carrying(s) == 3);
		assert_int_equal(s->port[2].selected, LACP_STANDBY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(sel_01_sel_13_links_to_one_partner_all_carry),
		unit_case(sixty_four_links_carry),
		unit_case(sel_02_of_two_partner_systems_one_carries),
		unit_case(sel_03_of_two_partner_keys_one_carries),
		unit_case(sel_04_of_two_partner_system_priorities_one_carries),
		unit_case(sel_05_of_two_individual_links_one_carries),
		unit_case(sel_06_a_lag_wins_over_an_individual_link),
		unit_case(a_link_that_becomes_individual_leaves_its_lag),
		unit_case(sel_07_the_other_lag_takes_over_from_one_without_links),
		unit_case(sel_08_a_silent_partner_loses_when_it_is_given_up),
		unit_case(sel_09_with_the_better_system_id_our_port_ids_decide),
		unit_case(ports_that_the_partner_calls_alike_count_by_our_number),
		unit_case(sel_10_with_the_worse_system_id_the_partners_decide),
		cmocka_unit_test(wb_13_system_ids_compare_as_unsigned_big_endian_numbers),
		unit_case(wb_13_the_better_mac_decides_if_priorities_are_equal),
		unit_case(wb_14_of_equal_port_priorities_the_lower_number_wins),
		unit_case(the_order_of_joining_decides_nothing),
		unit_case(sel_11_a_standby_takes_the_seat_of_a_lost_link_at_once),
		unit_case(wb_27_a_seat_once_lost_is_not_taken_back),
		unit_case(wb_27_revertive_a_better_port_takes_its_seat_back),
		unit_case(a_change_of_max_links_takes_and_gives_seats),
		unit_case(two_systems_with_max_links_agree),
		unit_case(sel_12_min_links_counts_who_distributes),
		unit_case(min_links_0_means_1),
		unit_case(stable_keeps_the_lag_in_use),
		unit_case(bandwidth_prefers_the_faster_lag),
		unit_case(count_prefers_the_lag_with_more_ports),
		unit_case(actor_port_prio_prefers_the_highest_sum),
		unit_case(of_equal_lags_the_better_partner_wins),
		unit_case(what_the_better_system_chose_the_other_follows),
		unit_case(a_better_partner_does_not_outweigh_a_second_link),
		unit_case(of_equal_lags_the_one_that_its_better_partner_chose_wins),
		unit_case(of_lags_of_unknown_speed_the_one_with_more_ports_wins),
		unit_case(of_equal_individual_links_the_better_port_wins),
		unit_case(ports_of_different_speed_do_not_mix),
		unit_case(int_09_odd_partner_identities_harm_nobody),
		unit_case(a_partner_key_of_0_is_accepted),
		unit_case(a_partner_without_an_individual_address_never_carries),
		unit_case(standby_ports_keep_their_place_when_others_flap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
