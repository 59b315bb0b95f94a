// SPDX-License-Identifier: GPL-2.0
/* The engine's verbs: links, options, ports that join and leave, effects and
 * deadlines.
 *
 * The machines that they run have suites of their own.
 */
#include "unit.h"

#include "sim.h"

static void fmt_02_to_05_a_port_says_who_it_is(void **state)
{
	const u8 known = LACP_STATE_ACTIVITY | LACP_STATE_TIMEOUT |
			 LACP_STATE_AGGREGATION;
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 3);
	const struct lacp_info *actor, *first;
	struct lacp_admin admin = sim_admin(1);
	unsigned int i, j;

	first = &sim_last(&s->sent[0])->actor;
	for (i = 0; i < 3; i++) {
		actor = &sim_last(&s->sent[i])->actor;
		assert_true(is_valid_ether_addr(actor->system));
		assert_memory_equal(actor->system, admin.system, ETH_ALEN);
		assert_int_equal(actor->system_priority, 65535);
		assert_int_equal(actor->key, first->key);
		assert_int_not_equal(actor->key, 0);
		assert_int_not_equal(actor->port, 0);
		assert_int_equal(actor->port_priority, 255);
		assert_int_equal(actor->state & known, known);
		for (j = 0; j < i; j++)
			assert_int_not_equal(actor->port,
					     s->port[j].actor.port);
	}
	admin.fast = false;
	sim_configure(s, &admin);
	assert_false(sim_last(&s->sent[0])->actor.state & LACP_STATE_TIMEOUT);
}

static void a_new_port_takes_the_lowest_free_number(void **state)
{
	struct lacp_port_admin port = { .priority = 255 };
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 3);

	assert_int_equal(s->port[0].actor.port, 1);
	assert_int_equal(s->port[2].actor.port, 3);
	/* A link of which nothing is known yet is taken for a good one. */
	assert_true(s->port[0].actor.state & LACP_STATE_AGGREGATION);
	sim_leave(s, 1);
	port.number = 4;
	sim_join(s, 10, &port);
	assert_int_equal(s->port[10].actor.port, 4);
	port.number = 0;
	sim_join(s, 20, &port);
	assert_int_equal(s->port[20].actor.port, 2);
	sim_join(s, 30, &port);
	assert_int_equal(s->port[30].actor.port, 5);
	assert_ptr_equal(lacp_port_find(&s->group, 4), &s->port[10]);
	assert_null(lacp_port_find(&s->group, 6));
}

static void a_new_number_is_a_new_port_to_the_partner(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port_admin port = s->port[0].admin;
	u64 change = sim->now;

	port.number = 77;
	lacp_port_configure(&s->group, &s->port[0], &port, sim->now);
	sim_settle(s);
	sim_run(sim, 0);
	assert_int_equal(sim_last(&s->sent[0])->actor.port, 77);
	assert_non_null(sim_find(&s->sent[0], change, SIM_CD, 0));
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
	port.number = 0;
	lacp_port_configure(&s->group, &s->port[0], &port, sim->now);
	assert_int_equal(s->port[0].actor.port, 1);
	sim_settle(s);
}

static void a_number_that_stays_disturbs_nothing(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_port_admin port = s->port[0].admin;
	u64 begin = sim->now;

	for (port.number = 2; port.number-- > 0; ) {
		lacp_port_configure(&s->group, &s->port[0], &port, sim->now);
		sim_settle(s);
		assert_int_equal(s->port[0].actor.port, 1);
	}
	sim_run(sim, 5000);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
}

static u16 key_of(struct sim_system *s, u32 speed)
{
	const struct lacp_link link = {
		.running = true, .carrier = true, .full_duplex = true,
		.speed = speed,
	};

	sim_link(s, 0, &link);
	return s->port[0].actor.key;
}

static void a_key_is_of_user_key_speed_and_duplex_and_never_0(void **state)
{
	static const u32 speeds[] = {
		0, 10, 100, 1000, 2500, 5000, 10000, 14000, 20000, 25000,
		40000, 50000, 56000, 100000, 200000, 400000, 800000,
	};
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	u16 keys[ARRAY_SIZE(speeds)];
	struct lacp_port_admin port;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(speeds); i++) {
		keys[i] = key_of(s, speeds[i]);
		assert_true(keys[i] & 1);
		assert_true(keys[i] > 1 && keys[i] < 64);
		for (j = 0; j < i; j++)
			assert_int_not_equal(keys[i], keys[j]);
	}
	/* Odd speeds, of virtual links, by their magnitude */
	for (i = 7; i < 4000000; i *= 9)
		assert_in_range(key_of(s, i), 2, 63);
	assert_int_not_equal(key_of(s, 123), key_of(s, 12345));
	assert_int_equal(key_of(s, 12345), key_of(s, 12346));

	admin.user_key = 1023;
	sim_configure(s, &admin);
	assert_int_equal(s->port[0].actor.key >> 6, 1023);
	port = s->port[0].admin;
	port.key = 0xbeef;
	lacp_port_configure(&s->group, &s->port[0], &port, sim->now);
	assert_int_equal(s->port[0].actor.key, 0xbeef);
}

static void lnk_02_a_flap_keeps_the_key_and_the_partner(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u16 key = s->port[0].actor.key;

	sim_carrier(s, 0, false);
	assert_int_equal(s->port[0].actor.key, key);
	sim_run(sim, 500);
	sim_carrier(s, 0, true);
	assert_int_equal(s->port[0].actor.key, key);
	assert_int_equal(s->port[0].partner.port, 1);
	/* The first LACPDU restores all, no wait_while. */
	assert_true(sim_until_cd(s, 0, 1000) <= 1000);
	assert_int_equal(sim_entered(&s->port[0], "mux", "detached"), 0);
}

static void lnk_01_a_lost_link_leaves_the_other_alone(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u64 begin = sim->now;

	sim_uncable(s, 0);
	assert_int_equal(s->group.distributing, 2);
	assert_true(lacp_group_carrier(&s->group));
	sim_run(sim, 10000);
	assert_true(lacp_group_carrier(&s->group));
	assert_null(sim_find(&s->sent[1], begin, SIM_CD, 0));
	assert_int_equal(s->port[0].counters.link_failures, 1);
	assert_int_equal(s->port[0].counters.carrier_changes, 2);
	assert_int_equal(s->port[1].counters.link_failures, 0);
}

static void lnk_03_a_port_that_leaves_says_goodbye_and_collects_on(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	size_t heard = sim->partner[0]->heard.count;
	u64 begin = sim->now;
	struct lacp_pdu pdu;

	lacp_port_goodbye(&s->group, &s->port[0], sim->now);
	assert_int_equal(s->group.distributing, 2);
	assert_int_equal(s->group.collecting, 3);
	assert_int_equal(s->group.effects.send, 1);
	assert_true(s->group.effects.distribution);
	sim_settle(s);
	sim_run(sim, 0);
	assert_int_equal(sim->partner[0]->heard.count, heard + 1);
	pdu = *sim_last(&sim->partner[0]->heard);
	assert_false(pdu.actor.state & (SIM_CD | LACP_STATE_AGGREGATION));

	/* What the partner still says changes nothing. */
	sim_run(sim, 5000);
	assert_int_equal(s->group.collecting, 3);
	assert_int_equal(sim->partner[0]->heard.count, heard + 1);
	lacp_port_leave(&s->group, &s->port[0], sim->now);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->group.members, 2);
	sim_run(sim, 5000);
	assert_null(sim_find(&s->sent[1], begin, SIM_CD, 0));
}

static void lnk_04_a_port_that_joins_leaves_the_others_alone(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_port_admin port = { .priority = 255 };
	u64 begin = sim->now;

	sim_join(s, 1, &port);
	sim_run(sim, 1234);
	sim_cable_partner(s, 1, sim_add_partner(sim, 9, 2));
	assert_true(sim_until_cd(s, 1, 10000) <= 10000);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
}

static void lnk_05_a_lag_that_is_down_is_silent(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u64 down = sim->now;
	unsigned int i;

	sim_enable(s, false);
	assert_false(lacp_group_carrier(&s->group));
	assert_int_equal(s->group.distributing | s->group.collecting, 0);
	for (i = 0; i < 2; i++) {
		/* lnk_09: a goodbye on each */
		assert_true(s->sent[i].record[s->sent[i].count - 1].goodbye);
		assert_int_equal(sim_count(&s->sent[i], down, down + 1), 1);
	}
	sim_run(sim, 7000);
	for (i = 0; i < 2; i++)
		assert_int_equal(sim_count(&s->sent[i], down + 1, sim->now),
				 0);
	assert_true(lacp_group_deadline(&s->group, sim->now) == LACP_NEVER);
	sim_enable(s, true);
	for (i = 0; i < 2; i++)
		assert_true(sim_until_cd(s, i, 8000) <= 8000);
}

static void lnk_06_carrier_follows_the_partner(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);

	sim_carrier(s, 0, true);
	sim_run(sim, 60000);
	assert_false(lacp_group_carrier(&s->group));
	sim_swap_partner(s, 0, partner);
	sim_run(sim, 8000);
	assert_true(lacp_group_carrier(&s->group));
	partner->next = LACP_NEVER;
	sim_run(sim, 8000);
	assert_false(lacp_group_carrier(&s->group));
}

static void a_goodbye_not_yet_said_is_taken_back_with_its_reason(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_port_admin port = s->port[1].admin;

	/* Port 0 leaves for ever, port 1 changes its mind. */
	lacp_port_goodbye(&s->group, &s->port[0], sim->now);
	lacp_group_enable(&s->group, false, sim->now);
	assert_int_equal(s->group.effects.send, 3);
	lacp_group_enable(&s->group, true, sim->now);
	assert_true(s->port[0].goodbye);
	assert_false(s->port[1].goodbye);

	port.admin = LAG_PORT_DISABLED;
	lacp_port_configure(&s->group, &s->port[1], &port, sim->now);
	assert_true(s->port[1].goodbye);
	port.admin = LAG_PORT_ENABLED;
	lacp_port_configure(&s->group, &s->port[1], &port, sim->now);
	assert_false(s->port[1].goodbye);
	sim_settle(s);
	assert_true(sim_until_cd(s, 1, 8000) <= 8000);
}

static void goodbyes_can_be_switched_off(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;
	u64 begin;

	admin.goodbye = false;
	sim_configure(s, &admin);
	sim_run(sim, 1000);
	begin = sim->now + 1;
	sim_run(sim, 100);
	sim_leave(s, 0);
	sim_enable(s, false);
	assert_int_equal(sim_count(&s->sent[0], begin, sim->now + 1), 0);
	assert_int_equal(sim_count(&s->sent[1], begin, sim->now + 1), 0);
}

static void who_never_talked_says_no_goodbye(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.active = false;
	s = sim_add_system(sim, &admin, 2);
	sim_carrier(s, 0, true);
	sim_run(sim, 5000);
	sim_leave(s, 0);
	sim_leave(s, 1);
	assert_int_equal(s->sent[0].count + s->sent[1].count, 0);
}

static void a_disabled_port_says_goodbye_and_is_silent(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	u64 begin = sim->now;

	sim_port_admin(s, 0, LAG_PORT_DISABLED);
	assert_true(s->sent[0].record[s->sent[0].count - 1].goodbye);
	assert_int_equal(s->group.distributing, 2);
	assert_int_equal(s->group.collecting, 2);
	assert_int_equal(s->port[0].selected, LACP_UNSELECTED);
	assert_int_equal(s->port[0].mux, LACP_MUX_DETACHED);
	sim_run(sim, 100000);
	assert_int_equal(sim_count(&s->sent[0], begin, sim->now), 1);
	assert_true(sim_is_cd(s, 1));
	sim_port_admin(s, 0, LAG_PORT_ENABLED);
	assert_true(sim_until_cd(s, 0, 8000) <= 8000);
}

static void cfg_01_a_faster_rate_is_announced_and_counts_from_then(void **st)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_partner *partner;
	struct sim *sim = *st;
	struct sim_system *s;
	u64 deadline;

	admin.fast = false;
	s = sim_add_system(sim, &admin, 1);
	partner = sim_add_partner(sim, 9, 1);
	sim_cable_partner(s, 0, partner);
	sim_run(sim, 10500);
	deadline = s->port[0].current_while;
	assert_true(deadline > sim->now + 80000);

	admin.fast = true;
	sim_configure(s, &admin);
	assert_true(sim_last(&s->sent[0])->actor.state & LACP_STATE_TIMEOUT);
	/* The running timer is not touched. */
	assert_true(s->port[0].current_while == deadline);
	sim_say(partner);
	partner->next = LACP_NEVER;
	assert_true(s->port[0].current_while == sim->now + 3000);
	sim_run(sim, 3000);
	assert_int_equal(s->port[0].rx, LACP_RX_EXPIRED);
}

static void cfg_02_a_lag_that_turns_passive_stays(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;
	u64 begin = sim->now;

	admin.active = false;
	sim_configure(s, &admin);
	assert_false(sim_last(&s->sent[0])->actor.state & LACP_STATE_ACTIVITY);
	sim_run(sim, 20000);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
	assert_true(sim_is_cd(s, 0));
}

static void cfg_03_cfg_04_a_new_identity_is_agreed_on_anew(void **state)
{
	struct sim *sim = *state;
	struct lacp_admin admin;
	const struct lacp_info *actor;
	struct sim_system *s;
	unsigned int kind;
	u64 change;

	for (kind = 0; kind < 4; kind++) {
		s = unit_lag(sim, 1);
		admin = s->group.admin;
		change = sim->now;
		switch (kind) {
		case 0:
			admin.system_priority = 4321;
			break;
		case 1:
			admin.system[3] = 0x77;
			break;
		case 2:
			admin.user_key = 55;
			break;
		default:
			sim_port_priority(s, 0, 1234);
			break;
		}
		sim_configure(s, &admin);
		sim_run(sim, 2000);
		actor = &sim_last(&s->sent[0])->actor;
		assert_int_equal(actor->system_priority,
				 kind == 0 ? 4321 : 65535);
		assert_int_equal(actor->system[3], kind == 1 ? 0x77 : 0);
		assert_int_equal(actor->key >> 6, kind == 2 ? 55 : 0);
		assert_int_equal(actor->port_priority, kind == 3 ? 1234 : 255);
		assert_non_null(sim_find(&s->sent[0], change, SIM_CD, 0));
		assert_true(sim_is_cd(s, 0));
		sim_uncable(s, 0);
	}
}

static void options_that_do_not_concern_lacp_disturb_nothing(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;
	size_t sent = s->sent[0].count;

	sim_configure(s, &admin);
	admin.min_links = 2;
	admin.wait_while = 5000;
	admin.updelay = 1000;
	admin.downdelay = 1000;
	admin.fallback = LAG_FALLBACK_STATIC;
	admin.fallback_timeout = 1;
	admin.ad_select = LAG_AD_SELECT_COUNT;
	admin.max_links = 2;
	admin.revertive = true;
	admin.goodbye = false;
	sim_configure(s, &admin);
	assert_int_equal(s->sent[0].count, sent);
	sim_run(sim, 10000);
	assert_int_equal(s->group.distributing, 3);
	assert_int_equal(sim_entered(&s->port[0], "mux", "attached"), 0);
}

static void with_updelay_a_link_carries_only_after_it(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.updelay = 7000;
	s = sim_add_system(sim, &admin, 1);
	sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
	sim_run(sim, 6999);
	/* It speaks, but is not selected. */
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	assert_int_equal(s->port[0].selected, LACP_UNSELECTED);
	assert_null(sim_find(&s->sent[0], 0, LACP_STATE_SYNC,
			     LACP_STATE_SYNC));
	assert_true(sim_until_cd(s, 0, 1000) <= 100);

	/* A flap starts it anew. */
	sim_carrier(s, 0, false);
	assert_int_equal(s->group.distributing, 0);
	sim_carrier(s, 0, true);
	sim_run(sim, 6999);
	assert_false(sim_is_cd(s, 0));
	sim_run(sim, 1000);
	assert_true(sim_is_cd(s, 0));
}

static void a_shorter_updelay_counts_for_links_that_wait(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.updelay = 700000;
	s = sim_add_system(sim, &admin, 1);
	sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
	sim_run(sim, 5000);
	assert_false(sim_is_cd(s, 0));
	admin.updelay = 0;
	sim_configure(s, &admin);
	sim_run(sim, 100);
	assert_true(sim_is_cd(s, 0));
}

static void downdelay_hides_a_short_flap_from_lacp_but_not_from_traffic(void **st)
{
	struct sim *sim = *st;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;
	u64 begin;

	admin.downdelay = 1000;
	sim_configure(s, &admin);
	begin = sim->now;
	sim_carrier(s, 0, false);
	assert_int_equal(s->group.distributing, 2);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	sim_run(sim, 999);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	sim_carrier(s, 0, true);
	assert_int_equal(s->group.distributing, 3);
	sim_run(sim, 5000);
	assert_int_equal(sim_entered(&s->port[0], "rx", "port_disabled"), 0);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));

	sim_carrier(s, 0, false);
	sim_run(sim, 1000);
	assert_int_equal(s->port[0].rx, LACP_RX_PORT_DISABLED);
	sim_carrier(s, 0, true);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
}

static void a_port_taken_down_does_not_wait_for_downdelay(void **state)
{
	const struct lacp_link down = { .full_duplex = true };
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_admin admin = s->group.admin;

	admin.downdelay = 10000;
	sim_configure(s, &admin);
	sim_link(s, 0, &down);
	assert_int_equal(s->port[0].rx, LACP_RX_PORT_DISABLED);

	sim_cable_partner(s, 0, sim->partner[0]);
	assert_true(sim_until_cd(s, 0, 5000) <= 5000);
	/* Nor one that goes down while it waits */
	sim_carrier(s, 0, false);
	sim_run(sim, 100);
	assert_int_equal(s->port[0].rx, LACP_RX_CURRENT);
	sim_link(s, 0, &down);
	assert_int_equal(s->port[0].rx, LACP_RX_PORT_DISABLED);
	assert_true(lacp_group_deadline(&s->group, sim->now) == LACP_NEVER);
}

/* Everything that has a timer, told relative to the begin */
static size_t diary(u64 begin, struct sim_record *page, size_t room)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_partner *partner;
	struct sim_system *s;
	size_t count, i;
	struct sim *sim;

	sim = sim_new(begin);
	admin.ad_select = LAG_AD_SELECT_COUNT;
	admin.updelay = 250;
	admin.downdelay = 250;
	admin.fallback = LAG_FALLBACK_SINGLE;
	s = sim_add_system(sim, &admin, 2);
	partner = sim_add_partner(sim, 9, 1);
	sim_carrier(s, 1, true);
	sim_cable_partner(s, 0, partner);
	sim_run(sim, 5000);
	partner->self.state &= ~SIM_CD;
	sim_run(sim, 70000);
	partner->self.state &= ~LACP_STATE_TIMEOUT;
	sim_run(sim, 70000);
	partner->next = LACP_NEVER;
	sim_run(sim, 40000);
	sim_carrier(s, 0, false);
	sim_run(sim, 1000);
	partner->next = sim->now;
	sim_carrier(s, 0, true);
	sim_run(sim, 10000);
	sim_leave(s, 0);

	count = s->sent[0].count;
	assert_true(count > 80 && count < room);
	for (i = 0; i < count; i++) {
		page[i] = s->sent[0].record[i];
		page[i].when -= begin;
	}
	assert_int_equal(s->port[0].counters.partner_churn, 1);
	assert_int_equal(s->port[0].counters.defaulted, 1);
	sim_free(sim);
	return count;
}

static void wb_17_all_timers_run_alike_wherever_the_clock_begins(void **state)
{
	static const u64 begins[] = {
		1, U32_MAX, (u64)U32_MAX - 75000, BIT_ULL(63),
		BIT_ULL(63) - 75000,
	};
	static struct sim_record first[1000], page[1000];
	size_t count, i, j;

	(void)state;
	count = diary(0, first, ARRAY_SIZE(first));
	for (i = 0; i < ARRAY_SIZE(begins); i++) {
		assert_int_equal(diary(begins[i], page, ARRAY_SIZE(page)),
				 count);
		for (j = 0; j < count; j++) {
			assert_true(page[j].when == first[j].when);
			assert_int_equal(page[j].pdu.actor.state,
					 first[j].pdu.actor.state);
			assert_int_equal(page[j].pdu.partner.state,
					 first[j].pdu.partner.state);
		}
	}
}

static void a_call_before_the_deadline_changes_nothing(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_port before[2];
	u64 deadline;

	sim_run(sim, 100);
	memcpy(before, s->port, sizeof(before));
	deadline = lacp_group_deadline(&s->group, sim->now);
	assert_true(deadline > sim->now);
	lacp_group_expire(&s->group, sim->now);
	lacp_group_expire(&s->group, deadline - 1);
	assert_memory_equal(s->port, before, sizeof(before));
	assert_true(lacp_group_deadline(&s->group, sim->now) == deadline);
	assert_int_equal(s->group.effects.send, 0);
	assert_int_equal(s->group.effects.status, 0);
}

static void every_timer_counts_for_the_deadline(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_port *p = &s->port[1];
	u64 *timers[] = {
		&p->updelay, &p->downdelay, &p->current_while, &p->loopback,
		&p->periodic_timer, &p->wait_while, &p->drain_while,
		&p->actor_churn_timer, &p->partner_churn_timer,
		&s->group.fallback_timer,
	};
	unsigned int i;
	u64 kept;

	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		kept = *timers[i];
		*timers[i] = sim->now + 5;
		assert_true(lacp_group_deadline(&s->group, sim->now) ==
			    sim->now + 5);
		*timers[i] = kept;
	}
	/* But for a port that leaves; only a goodbye is still owed. */
	lacp_port_goodbye(&s->group, p, sim->now);
	for (i = 0; i < ARRAY_SIZE(timers) - 1; i++)
		*timers[i] = sim->now + 5;
	assert_true(lacp_group_deadline(&s->group, sim->now) > sim->now + 5);
}

static void an_empty_or_unlinked_lag_has_no_deadline(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 0);

	assert_true(lacp_group_deadline(&s->group, 0) == LACP_NEVER);
	s = sim_add_system(sim, &admin, 5);
	assert_true(lacp_group_deadline(&s->group, sim->now) == LACP_NEVER);
	assert_int_equal(s->sent[0].count, 0);
}

static void effects_tell_what_changed_until_they_are_cleared(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	const struct lacp_link down = { .running = true };
	struct lacp_effects *effects = &s->group.effects;
	struct lacp_link up = s->port[0].link;

	assert_false(effects->distribution);
	assert_false(effects->group_status);
	assert_int_equal(effects->status, 0);

	lacp_port_link(&s->group, &s->port[1], &down, sim->now);
	assert_true(effects->distribution);
	assert_true(effects->group_status);
	assert_int_equal(effects->status, 2);
	/* The shell has not looked yet: nothing gets lost. */
	lacp_port_link(&s->group, &s->port[1], &up, sim->now);
	assert_true(effects->distribution);
	assert_int_equal(effects->status, 2);
	assert_int_equal(effects->send, 2);

	lacp_port_leave(&s->group, &s->port[1], sim->now);
	assert_int_equal(effects->status, 0);
	assert_int_equal(effects->send, 0);
}

static void what_a_user_can_see_is_told(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	struct lacp_pdu pdu;

	admin.fallback = LAG_FALLBACK_STATIC;
	s = sim_add_system(sim, &admin, 1);
	sim_carrier(s, 0, true);
	sim_run(sim, 17999);
	sim->now++;
	lacp_group_expire(&s->group, sim->now);
	assert_true(s->group.fallback);
	assert_true(s->group.effects.group_status);
	sim_settle(s);

	/* Churn of a port whose partner does not come into sync */
	s = unit_lag(sim, 1);
	s->peer[0].partner->self.state &= ~SIM_CD;
	sim_say(s->peer[0].partner);
	sim_run(sim, 59000);
	s->port[0].ntt = false;
	while (s->port[0].partner_churn != LACP_CHURN_CHURN) {
		assert_int_equal(s->group.effects.status, 0);
		sim_settle(s);
		sim->now++;
		lacp_group_expire(&s->group, sim->now);
	}
	assert_int_equal(s->group.effects.status, 1);
	sim_settle(s);

	/* One bit of what the partner says */
	pdu = s->port[0].last;
	pdu.actor.state |= LACP_STATE_EXPIRED;
	lacp_port_receive(&s->group, &s->port[0], &pdu, sim->now);
	assert_int_equal(s->group.effects.status, 1);
	sim_settle(s);
}

static void wb_21_counters_are_exact(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct lacp_counters *c = &s->port[0].counters;
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);
	struct lacp_pdu own;

	sim_cable_partner(s, 0, partner);
	sim_run(sim, 9500);
	assert_int_equal(c->lacpdu_rx, 10);
	assert_int_equal(c->lacpdu_tx, s->sent[0].count);
	own = *sim_last(&s->sent[0]);
	sim_hear(s, 0, &own);
	assert_int_equal(c->lacpdu_rx, 11);
	assert_int_equal(c->loopback_rx, 1);
	partner->next = LACP_NEVER;
	sim_run(sim, 20000);
	assert_int_equal(c->expired, 1);
	assert_int_equal(c->defaulted, 1);
	sim_carrier(s, 0, false);
	sim_carrier(s, 0, true);
	sim_carrier(s, 0, true);
	assert_int_equal(c->carrier_changes, 3);
	assert_int_equal(c->link_failures, 1);
	assert_int_equal(c->lacpdu_tx, s->sent[0].count);
	/* Expired after a link came up is no partner that fell silent. */
	sim_run(sim, 5000);
	assert_int_equal(c->expired, 1);
}

static void leaving_mode_lacp_says_goodbye(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = s->group.admin;
	u64 begin = sim->now;
	unsigned int i;

	admin.mode = LAG_MODE_STATIC;
	sim_configure(s, &admin);
	for (i = 0; i < 2; i++) {
		assert_true(s->sent[i].record[s->sent[i].count - 1].goodbye);
		assert_int_equal(sim_count(&s->sent[i], begin, sim->now + 1),
				 1);
	}
	assert_int_equal(s->group.distributing, 3);
	sim_run(sim, 20000);
	assert_int_equal(sim_count(&s->sent[0], begin, sim->now), 1);

	admin.mode = LAG_MODE_LACP;
	sim_configure(s, &admin);
	for (i = 0; i < 2; i++)
		assert_true(sim_until_cd(s, i, 8000) <= 8000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(fmt_02_to_05_a_port_says_who_it_is),
		unit_case(a_new_port_takes_the_lowest_free_number),
		unit_case(a_new_number_is_a_new_port_to_the_partner),
		unit_case(a_number_that_stays_disturbs_nothing),
		unit_case(a_key_is_of_user_key_speed_and_duplex_and_never_0),
		unit_case(lnk_02_a_flap_keeps_the_key_and_the_partner),
		unit_case(lnk_01_a_lost_link_leaves_the_other_alone),
		unit_case(lnk_03_a_port_that_leaves_says_goodbye_and_collects_on),
		unit_case(lnk_04_a_port_that_joins_leaves_the_others_alone),
		unit_case(lnk_05_a_lag_that_is_down_is_silent),
		unit_case(lnk_06_carrier_follows_the_partner),
		unit_case(a_goodbye_not_yet_said_is_taken_back_with_its_reason),
		unit_case(goodbyes_can_be_switched_off),
		unit_case(who_never_talked_says_no_goodbye),
		unit_case(a_disabled_port_says_goodbye_and_is_silent),
		unit_case(cfg_01_a_faster_rate_is_announced_and_counts_from_then),
		unit_case(cfg_02_a_lag_that_turns_passive_stays),
		unit_case(cfg_03_cfg_04_a_new_identity_is_agreed_on_anew),
		unit_case(options_that_do_not_concern_lacp_disturb_nothing),
		unit_case(with_updelay_a_link_carries_only_after_it),
		unit_case(a_shorter_updelay_counts_for_links_that_wait),
		unit_case(downdelay_hides_a_short_flap_from_lacp_but_not_from_traffic),
		unit_case(a_port_taken_down_does_not_wait_for_downdelay),
		cmocka_unit_test(wb_17_all_timers_run_alike_wherever_the_clock_begins),
		unit_case(a_call_before_the_deadline_changes_nothing),
		unit_case(every_timer_counts_for_the_deadline),
		unit_case(an_empty_or_unlinked_lag_has_no_deadline),
		unit_case(effects_tell_what_changed_until_they_are_cleared),
		unit_case(what_a_user_can_see_is_told),
		unit_case(wb_21_counters_are_exact),
		unit_case(leaving_mode_lacp_says_goodbye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
