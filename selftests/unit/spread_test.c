// SPDX-License-Identifier: GPL-2.0
/* The slot table: balance, home, fewest moves, in this order, for all small
 * sets of ports and many random large ones.
 *
 * How flows come to slots is tested in hash_test.c.
 */
#include "unit.h"

#include "engine/spread.h"

struct table {
	struct lag_spread	spread;
	u16			number[LAG_MAX_PORTS];
	u64			live;
};

static void table_init(struct table *t)
{
	unsigned int i;

	memset(t, 0, sizeof(*t));
	lag_spread_init(&t->spread);
	for (i = 0; i < LAG_MAX_PORTS; i++)
		t->number[i] = i + 1;
}

static u8 live_index(const struct table *t, u16 number)
{
	unsigned int i;

	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (t->live >> i & 1 && t->number[i] == number)
			return i;
	return LAG_SLOT_NONE;
}

static void assert_balanced(const struct table *t)
{
	unsigned int ports = hweight64(t->live), total = 0, share, i;

	for (i = 0; i < LAG_MAX_PORTS; i++) {
		share = lag_spread_share(&t->spread, i);
		total += share;
		if (!(t->live >> i & 1))
			assert_int_equal(share, 0);
		else
			assert_in_range(share, LAG_SLOTS / ports,
					(LAG_SLOTS + ports - 1) / ports);
	}
	assert_int_equal(total, ports ? LAG_SLOTS : 0);
}

/* That balance and home are not at odds, which spread.c claims, follows from
 * both holding here.
 */
static void assert_at_home(const struct table *t)
{
	unsigned int i;
	u8 home;

	for (i = 0; i < LAG_SLOTS; i++) {
		home = live_index(t, t->spread.home[i]);
		if (home != LAG_SLOT_NONE)
			assert_int_equal(t->spread.slot[i], home);
	}
}

/* The fewest slots that must change from @old on to the homes of @t, if all
 * live homes are served.  Of the other slots a port can keep those it has, up
 * to its share; of the ports that could keep one more, as many do as the
 * division leaves slots over, less those whose homes take them.
 */
static unsigned int fewest_moves(const struct table *t,
				 const struct lag_spread *old)
{
	unsigned int ports = hweight64(t->live), share, odd, i, kept = 0;
	unsigned int homes[LAG_MAX_PORTS] = {}, others[LAG_MAX_PORTS] = {};
	unsigned int more = 0;
	u8 home;

	if (!ports) {
		for (i = 0; i < LAG_SLOTS; i++)
			kept += old->slot[i] == LAG_SLOT_NONE;
		return LAG_SLOTS - kept;
	}
	share = LAG_SLOTS / ports;
	odd = LAG_SLOTS % ports;
	for (i = 0; i < LAG_SLOTS; i++) {
		home = live_index(t, t->spread.home[i]);
		if (home != LAG_SLOT_NONE) {
			homes[home]++;
			kept += old->slot[i] == home;
		} else if (old->slot[i] < LAG_MAX_PORTS) {
			others[old->slot[i]]++;
		}
	}
	for (i = 0; i < LAG_MAX_PORTS; i++) {
		if (!(t->live >> i & 1))
			continue;
		if (homes[i] > share) {
			odd--;
		} else {
			kept += min(others[i], share - homes[i]);
			more += others[i] > share - homes[i];
		}
	}
	return LAG_SLOTS - kept - min(more, odd);
}

static unsigned int update(struct table *t, u64 live)
{
	struct lag_spread old = t->spread;
	unsigned int i, moved, differ = 0;

	t->live = live;
	moved = lag_spread_update(&t->spread, live, t->number);
	for (i = 0; i < LAG_SLOTS; i++)
		differ += t->spread.slot[i] != old.slot[i];
	assert_int_equal(moved, differ);
	assert_balanced(t);
	assert_at_home(t);
	assert_int_equal(moved, fewest_moves(t, &old));
	return moved;
}

/* One port after the other */
static void grow(struct table *t, unsigned int ports)
{
	unsigned int i;

	for (i = 0; i < ports; i++)
		update(t, t->live | BIT_ULL(i));
}

static void without_ports_no_slot_is_served(void **state)
{
	struct table t;
	unsigned int i;

	(void)state;
	table_init(&t);
	assert_int_equal(update(&t, 0), 0);
	for (i = 0; i < LAG_SLOTS; i++) {
		assert_int_equal(t.spread.slot[i], LAG_SLOT_NONE);
		assert_int_equal(t.spread.home[i], 0);
	}
	grow(&t, 3);
	assert_int_equal(update(&t, 0), LAG_SLOTS);
	assert_int_equal(update(&t, 0), 0);
}

static void one_port_serves_all(void **state)
{
	struct table t;

	(void)state;
	table_init(&t);
	assert_int_equal(update(&t, BIT_ULL(63)), LAG_SLOTS);
	assert_int_equal(lag_spread_share(&t.spread, 63), LAG_SLOTS);
}

static void a_set_that_stays_moves_nothing(void **state)
{
	unsigned int ports;
	struct table t;

	(void)state;
	for (ports = 1; ports <= LAG_MAX_PORTS; ports++) {
		table_init(&t);
		grow(&t, ports);
		assert_int_equal(update(&t, t.live), 0);
		update(&t, t.live & ~BIT_ULL(ports / 2));
		assert_int_equal(update(&t, t.live), 0);
	}
}

static void a_joining_port_takes_only_its_fair_share(void **state)
{
	unsigned int i, moved;
	struct table t;

	(void)state;
	table_init(&t);
	for (i = 0; i < LAG_MAX_PORTS; i++) {
		moved = update(&t, t.live | BIT_ULL(i));
		assert_int_equal(moved, lag_spread_share(&t.spread, i));
		assert_int_equal(moved, LAG_SLOTS / (i + 1));
	}
}

static void a_lost_port_moves_only_its_own_slots(void **state)
{
	unsigned int ports, lost, share;
	struct table full, t;

	(void)state;
	for (ports = 1; ports <= LAG_MAX_PORTS; ports++) {
		table_init(&full);
		grow(&full, ports);
		for (lost = 0; lost < ports; lost++) {
			t = full;
			share = lag_spread_share(&t.spread, lost);
			assert_int_equal(update(&t, t.live & ~BIT_ULL(lost)),
					 share);
		}
	}
}

static void every_step_between_all_small_sets_is_the_best(void **state)
{
	struct table full, some, t;
	unsigned int ports;
	u64 from, to;

	(void)state;
	for (ports = 1; ports <= 7; ports++) {
		table_init(&full);
		grow(&full, ports);
		for (from = 0; from <= full.live; from++) {
			some = full;
			update(&some, from);
			for (to = 0; to <= full.live; to++) {
				t = some;
				update(&t, to);
				update(&t, full.live);
				assert_memory_equal(&t.spread, &full.spread,
						    sizeof(t.spread));
			}
		}
	}
}

static void eight_ports_come_home_in_whatever_order(void **state)
{
	struct table full, t;
	unsigned int i, n;
	u64 from;

	(void)state;
	table_init(&full);
	grow(&full, 8);
	srandom(8);
	for (from = 0; from <= full.live; from++) {
		t = full;
		for (i = 0; i < 8; i++)
			if (!(from >> i & 1))
				update(&t, t.live & ~BIT_ULL(i));
		for (n = random(); t.live != full.live; n++)
			if (!(t.live >> n % 8 & 1))
				update(&t, t.live | BIT_ULL(n % 8));
		assert_memory_equal(&t.spread, &full.spread,
				    sizeof(t.spread));
	}
}

static void ports_that_come_at_once_are_as_good_as_one_by_one(void **state)
{
	unsigned int ports, share;
	struct table t;
	u64 all;

	(void)state;
	for (ports = 1; ports <= LAG_MAX_PORTS; ports++) {
		all = U64_MAX >> (LAG_MAX_PORTS - ports);
		table_init(&t);
		assert_int_equal(update(&t, all), LAG_SLOTS);
		share = lag_spread_share(&t.spread, 0);
		assert_int_equal(update(&t, BIT_ULL(0)), LAG_SLOTS - share);
	}
}

/* The ports of a random walk come and go; some leave for ever and their index
 * is taken by one with another number.
 */
static void random_steps_of_64_ports_are_the_best(void **state)
{
	unsigned int seed, step, i, count;
	struct table t;
	u64 live;
	u16 next;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		srandom(seed);
		table_init(&t);
		next = LAG_MAX_PORTS + 1;
		for (step = 0; step < 250; step++) {
			live = t.live;
			count = 1 + (random() % 4 ? 0 : random() % 64);
			while (count--)
				live ^= BIT_ULL(random() % LAG_MAX_PORTS);
			i = random() % LAG_MAX_PORTS;
			if (!((live | t.live) >> i & 1) && random() % 2)
				t.number[i] = next++;
			update(&t, live);
		}
	}
}

/* Where nearly all of many ports are live, those with the one home more have
 * to get it before those that happen to serve as many.
 */
static void random_steps_of_nearly_all_ports_are_the_best(void **state)
{
	unsigned int ports, step;
	struct table full, t;
	u64 gone;

	(void)state;
	srandom(5);
	for (ports = 33; ports <= LAG_MAX_PORTS; ports++) {
		table_init(&full);
		grow(&full, ports);
		t = full;
		for (step = 0; step < 60; step++) {
			gone = random() % 2 ? BIT_ULL(random() % ports) : 0;
			gone |= random() % 2 ? BIT_ULL(random() % ports) : 0;
			gone |= BIT_ULL(random() % ports);
			update(&t, full.live & ~gone);
		}
	}
}

static void whoever_left_comes_home_as_long_as_nobody_new_came(void **state)
{
	unsigned int seed, step;
	struct table full, t;

	(void)state;
	for (seed = 1; seed <= 64; seed++) {
		srandom(seed);
		table_init(&full);
		grow(&full, seed);
		t = full;
		for (step = 0; step < 20; step++)
			update(&t, full.live & ((u64)random() << 32 ^
						(u64)random() << 8 ^ random()));
		update(&t, full.live);
		assert_memory_equal(&t.spread, &full.spread,
				    sizeof(t.spread));
	}
}

static void a_port_keeps_its_homes_under_another_index(void **state)
{
	struct table full, t;
	unsigned int i;

	(void)state;
	table_init(&full);
	grow(&full, 5);
	t = full;
	update(&t, t.live & ~BIT_ULL(2));
	t.number[40] = 3;
	update(&t, t.live | BIT_ULL(40));
	for (i = 0; i < LAG_SLOTS; i++)
		assert_int_equal(t.spread.slot[i], full.spread.slot[i] == 2 ?
				 40 : full.spread.slot[i]);
}

static void a_newcomer_takes_over_from_a_port_that_is_gone(void **state)
{
	unsigned int i, homes = 0;
	struct table full, t;

	(void)state;
	table_init(&full);
	grow(&full, 4);
	t = full;
	update(&t, t.live & ~BIT_ULL(1));
	assert_int_equal(update(&t, t.live | BIT_ULL(9)), 64);
	for (i = 0; i < LAG_SLOTS; i++) {
		homes += t.spread.home[i] == 10;
		assert_int_equal(t.spread.slot[i], full.spread.slot[i] == 1 ?
				 9 : full.spread.slot[i]);
	}
	assert_int_equal(homes, 64);
}

/* Ten thousand numbers never wear the table out: every newcomer gets a share
 * of homes, and all who are there are at home.
 */
static void ports_that_left_for_ever_leave_homes_that_are_reused(void **state)
{
	unsigned int i, homes, ports = 4;
	struct table t;
	u16 n;

	(void)state;
	table_init(&t);
	grow(&t, ports);
	for (n = 100; n < 10100; n++) {
		i = n % ports;
		if (n % 97 < 3)
			continue;
		t.live &= ~BIT_ULL(i);
		lag_spread_update(&t.spread, t.live, t.number);
		t.number[i] = n;
		t.live |= BIT_ULL(i);
		lag_spread_update(&t.spread, t.live, t.number);
		for (homes = 0, i = 0; i < LAG_SLOTS; i++)
			homes += t.spread.home[i] == n;
		assert_int_equal(homes, LAG_SLOTS / ports);
	}
	assert_balanced(&t);
	assert_at_home(&t);
}

/* A lag that shrank for good: the slots of the port that left are nobody's
 * home, yet a port that flaps gets back what it had of them, but for the one
 * slot that no equal division places.
 */
static void what_a_flapping_port_held_for_another_it_gets_back_too(void **s)
{
	unsigned int ports, gone, flaps, i, differ;
	struct table t, small;

	(void)s;
	for (ports = 3; ports <= 16; ports++) {
		for (gone = 0; gone < ports; gone++) {
			table_init(&small);
			grow(&small, ports);
			update(&small, small.live & ~BIT_ULL(gone));
			for (flaps = 0; flaps < ports; flaps++) {
				if (flaps == gone)
					continue;
				t = small;
				update(&t, t.live & ~BIT_ULL(flaps));
				update(&t, t.live | BIT_ULL(flaps));
				for (differ = 0, i = 0; i < LAG_SLOTS; i++)
					differ += t.spread.slot[i] !=
						  small.spread.slot[i];
				assert_in_range(differ, 0, 5);
			}
		}
	}
}

/* A tool with a copy of slots and homes foretells what a failure does. */
static void a_copy_of_the_table_foretells_the_next(void **state)
{
	struct table t, copy;
	unsigned int step;

	(void)state;
	srandom(3);
	table_init(&t);
	for (step = 0; step < 200; step++) {
		memset(&copy, 0xa5, sizeof(copy));
		memcpy(copy.spread.slot, t.spread.slot, LAG_SLOTS);
		memcpy(copy.spread.home, t.spread.home,
		       LAG_SLOTS * sizeof(u16));
		memcpy(copy.number, t.number, sizeof(copy.number));
		t.live ^= BIT_ULL(random() % 12);
		lag_spread_update(&t.spread, t.live, t.number);
		lag_spread_update(&copy.spread, t.live, copy.number);
		assert_memory_equal(&copy.spread, &t.spread,
				    sizeof(t.spread));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_ports_no_slot_is_served),
		cmocka_unit_test(one_port_serves_all),
		cmocka_unit_test(a_set_that_stays_moves_nothing),
		cmocka_unit_test(a_joining_port_takes_only_its_fair_share),
		cmocka_unit_test(a_lost_port_moves_only_its_own_slots),
		cmocka_unit_test(every_step_between_all_small_sets_is_the_best),
		cmocka_unit_test(eight_ports_come_home_in_whatever_order),
		cmocka_unit_test(ports_that_come_at_once_are_as_good_as_one_by_one),
		cmocka_unit_test(random_steps_of_64_ports_are_the_best),
		cmocka_unit_test(random_steps_of_nearly_all_ports_are_the_best),
		cmocka_unit_test(whoever_left_comes_home_as_long_as_nobody_new_came),
		cmocka_unit_test(a_port_keeps_its_homes_under_another_index),
		cmocka_unit_test(a_newcomer_takes_over_from_a_port_that_is_gone),
		cmocka_unit_test(ports_that_left_for_ever_leave_homes_that_are_reused),
		cmocka_unit_test(what_a_flapping_port_held_for_another_it_gets_back_too),
		cmocka_unit_test(a_copy_of_the_table_foretells_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
