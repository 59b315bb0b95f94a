// SPDX-License-Identifier: GPL-2.0
/* Mux machine, 802.1AX 6.4.15: from selected to carrying traffic and back.
 *
 * Which ports are selected is in selection_test.c, draining in drain_test.c.
 */
#include "unit.h"

#include "sim.h"
#include "engine/machines.h"

static const u8 bits_of[__LACP_MUX_MAX] = {
	[LACP_MUX_ATTACHED] = LACP_STATE_SYNC,
	[LACP_MUX_COLLECTING] = LACP_STATE_SYNC | LACP_STATE_COLLECTING,
	[LACP_MUX_DISTRIBUTING] = SIM_CD,
	[LACP_MUX_COLLECTING_DISTRIBUTING] = SIM_CD,
};

/* One state, one input, what 6.4.15 says comes next */
static enum lacp_mux_state expected(enum lacp_mux_state mux, bool coupled,
				    enum lacp_selected selected, bool ready,
				    bool sync, bool collecting)
{
	bool good = selected == LACP_SELECTED && sync;

	switch (mux) {
	case LACP_MUX_DETACHED:
		return selected == LACP_UNSELECTED ? mux : LACP_MUX_WAITING;
	case LACP_MUX_WAITING:
		if (selected == LACP_UNSELECTED)
			return LACP_MUX_DETACHED;
		return selected == LACP_SELECTED && ready ?
		       LACP_MUX_ATTACHED : mux;
	case LACP_MUX_ATTACHED:
		if (selected != LACP_SELECTED)
			return LACP_MUX_DETACHED;
		if (!sync)
			return mux;
		return coupled ? LACP_MUX_COLLECTING_DISTRIBUTING :
				 LACP_MUX_COLLECTING;
	case LACP_MUX_COLLECTING:
		if (!good)
			return LACP_MUX_ATTACHED;
		return collecting ? LACP_MUX_DISTRIBUTING : mux;
	case LACP_MUX_DISTRIBUTING:
		return good && collecting ? mux : LACP_MUX_COLLECTING;
	default:
		return good ? mux : LACP_MUX_ATTACHED;
	}
}

static void wb_07_every_transition_is_that_of_the_standard(void **state)
{
	static const struct {
		enum lacp_mux_state	mux;
		bool			coupled;
	} start[] = {
		{ LACP_MUX_DETACHED, false }, { LACP_MUX_DETACHED, true },
		{ LACP_MUX_WAITING, false }, { LACP_MUX_WAITING, true },
		{ LACP_MUX_ATTACHED, false }, { LACP_MUX_ATTACHED, true },
		{ LACP_MUX_COLLECTING, false },
		{ LACP_MUX_DISTRIBUTING, false },
		{ LACP_MUX_COLLECTING_DISTRIBUTING, true },
	};
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port good = s->port[0], *p = &s->port[0];
	unsigned int i, selected, bits;
	bool moved;

	/* Nothing shall cut wait_while short. */
	s->group.admin.ad_select = LAG_AD_SELECT_COUNT;
	good.rx = LACP_RX_EXPIRED;
	good.actor.state &= ~SIM_CD;
	good.ntt = false;
	good.sync0_sent = true;

	for (i = 0; i < ARRAY_SIZE(start); i++) {
		s->group.admin.coupled = start[i].coupled;
		for (selected = 0; selected < __LACP_SELECTED_MAX; selected++) {
			for (bits = 0; bits < 8; bits++) {
				*p = good;
				p->mux = start[i].mux;
				p->actor.state |= bits_of[p->mux];
				p->selected = selected;
				p->ready_n = bits & 1;
				p->wait_while = sim->now + 1;
				p->partner.state = (bits & 2 ?
						    LACP_STATE_SYNC : 0) |
						   (bits & 4 ?
						    LACP_STATE_COLLECTING : 0);
				moved = lacp_mux_run(&s->group, p, sim->now);
				assert_int_equal(p->mux,
						 expected(start[i].mux,
							  start[i].coupled,
							  selected, bits & 1,
							  bits & 2, bits & 4));
				assert_int_equal(moved,
						 p->mux != start[i].mux);
				assert_int_equal(p->actor.state & SIM_CD,
						 bits_of[p->mux]);
				if (moved && p->mux != LACP_MUX_WAITING)
					assert_true(p->ntt);
				if (moved && p->mux == LACP_MUX_WAITING)
					assert_true(p->wait_while ==
						    sim->now + 2000);
			}
		}
	}
	*p = good;
}

static void waiting_ends_with_wait_while_and_starts_it_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port *p = &s->port[0];
	u64 deadline;

	s->group.admin.ad_select = LAG_AD_SELECT_COUNT;
	p->rx = LACP_RX_EXPIRED;
	p->mux = LACP_MUX_DETACHED;
	p->actor.state &= ~SIM_CD;
	p->sync0_sent = true;
	p->ready_n = false;
	assert_true(lacp_mux_run(&s->group, p, sim->now));
	deadline = p->wait_while;
	assert_true(deadline == sim->now + 2000);
	p->selected = LACP_STANDBY;
	assert_false(lacp_mux_run(&s->group, p, sim->now + 1000));
	p->selected = LACP_SELECTED;
	assert_false(lacp_mux_run(&s->group, p, sim->now + 1999));
	assert_true(p->wait_while == deadline);
	assert_true(lacp_mux_run(&s->group, p, sim->now + 2000));
	assert_int_equal(p->mux, LACP_MUX_ATTACHED);
}

static void mux_01_a_partner_that_appears_late_sees_sync_in_time(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);
	u64 first;

	sim_carrier(s, 0, true);
	sim_run(sim, 10000);
	partner->self.state &= ~SIM_CD;
	sim_swap_partner(s, 0, partner);
	first = sim->now;
	assert_true(sim_until(s, 0, LACP_STATE_SYNC, LACP_STATE_SYNC, 4000) <=
		    4000);
	/* At once, as waiting changes nothing here */
	assert_true(sim->now == first);
}

static void mux_03_it_stops_when_the_partner_drops_sync(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 dropped = sim->now;

	sim->partner[0]->self.state &= ~LACP_STATE_SYNC;
	sim_say(sim->partner[0]);
	assert_true(sim_is(s, 0, SIM_CD, LACP_STATE_SYNC));
	assert_int_equal(s->group.distributing | s->group.collecting, 0);
	sim_run(sim, 5000);
	assert_null(sim_find(&s->sent[0], dropped, LACP_STATE_SYNC, 0));
	assert_true(sim_find(&s->sent[0], dropped, SIM_CD,
			     LACP_STATE_SYNC)->when == dropped);
}

static void mux_04_coupled_it_does_not_ask_whether_the_partner_collects(void **s)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_partner *partner;
	struct sim_system *lag;
	struct sim *sim = *s;

	admin.coupled = true;
	lag = sim_add_system(sim, &admin, 1);
	partner = sim_add_partner(sim, 9, 1);
	partner->self.state &= ~(LACP_STATE_COLLECTING |
				 LACP_STATE_DISTRIBUTING);
	sim_cable_partner(lag, 0, partner);
	assert_true(sim_until_cd(lag, 0, 5000) <= 5000);
	assert_int_equal(lag->port[0].mux, LACP_MUX_COLLECTING_DISTRIBUTING);
	assert_int_equal(lag->group.distributing, 1);
}

static void mux_05_independent_it_sends_only_to_who_collects(void **state)
{
	const u8 data = LACP_STATE_COLLECTING | LACP_STATE_DISTRIBUTING;
	struct sim *sim = *state;
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s = sim_add_system(sim, &admin, 1);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);

	partner->self.state &= ~data;
	sim_cable_partner(s, 0, partner);
	sim_run(sim, 10000);
	assert_true(sim_is(s, 0, SIM_CD,
			   LACP_STATE_SYNC | LACP_STATE_COLLECTING));
	assert_int_equal(s->group.distributing, 0);
	assert_int_equal(s->group.collecting, 1);
	assert_false(lacp_group_carrier(&s->group));

	partner->self.state |= LACP_STATE_COLLECTING;
	sim_say(partner);
	assert_true(sim_is_cd(s, 0));
	assert_true(lacp_group_carrier(&s->group));
	assert_true(sim_last(&s->sent[0])->actor.state &
		    LACP_STATE_DISTRIBUTING);

	partner->self.state &= ~LACP_STATE_COLLECTING;
	sim_say(partner);
	assert_true(sim_is(s, 0, SIM_CD,
			   LACP_STATE_SYNC | LACP_STATE_COLLECTING));
	assert_int_equal(s->group.distributing, 0);
	assert_int_equal(s->group.collecting, 1);
}

static void mux_06_it_follows_a_partners_sync_without_dropping_its_own(void **s)
{
	struct sim *sim = *s;
	struct sim_system *lag = unit_lag(sim, 1);
	struct sim_partner *partner = sim->partner[0];
	u64 begin = sim->now;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		partner->self.state ^= LACP_STATE_SYNC;
		sim_say(partner);
		sim_run(sim, 2200);
		assert_int_equal(sim_is_cd(lag, 0), i % 2);
	}
	assert_null(sim_find(&lag->sent[0], begin, LACP_STATE_SYNC, 0));
}

static void mux_07_ready_partners_carry_soon_after_link_up(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;
	unsigned int select;

	for (select = 0; select <= LAG_AD_SELECT_PORT_PRIO; select++) {
		admin.ad_select = select;
		admin.max_links = select % 2 ? 4 : 0;
		s = sim_add_system(sim, &admin, 1);
		sim_cable_partner(s, 0, sim_add_partner(sim, 9, select + 1));
		assert_true(sim_until_cd(s, 0, 5000) <= 2500);
	}
}

static void mux_08_a_second_link_does_not_disturb_the_first(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_port_admin port = { .priority = 255 };
	u64 begin = sim->now;

	sim_join(s, 1, &port);
	sim_cable_partner(s, 1, sim_add_partner(sim, 9, 2));
	assert_true(sim_until_cd(s, 1, 10000) <= 10000);
	sim_run(sim, 10000);
	assert_int_equal(sim_entered(&s->port[0], "mux", "attached"), 0);
	assert_int_equal(sim_entered(&s->port[0], "mux", "collecting"), 0);
	assert_null(sim_find(&s->sent[0], begin, SIM_CD, 0));
}

/* Three links whose partners appear 0.5 s apart, and a fourth that has been
 * up not long enough to be given up, so that waiting could change the result.
 */
static struct sim_system *three_waiting(struct sim *sim)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;
	unsigned int i;

	admin.ad_select = LAG_AD_SELECT_BANDWIDTH;
	admin.wait_while = 1000;
	s = sim_add_system(sim, &admin, 4);
	for (i = 0; i < 4; i++)
		sim_carrier(s, i, true);
	for (i = 0; i < 3; i++) {
		if (i)
			sim_run(sim, 500);
		sim_swap_partner(s, i, sim_add_partner(sim, 9, i + 1));
		sim_run(sim, 0);
		assert_int_equal(s->port[i].mux, LACP_MUX_WAITING);
	}
	return s;
}

static void wb_08_ready_when_the_last_has_waited_then_all_attach(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = three_waiting(sim);
	unsigned int i;

	sim_run(sim, 999);
	assert_true(s->port[0].ready_n);
	assert_true(s->port[1].ready_n);
	assert_false(s->port[2].ready_n);
	for (i = 0; i < 3; i++)
		assert_int_equal(s->port[i].mux, LACP_MUX_WAITING);
	sim->now++;
	lacp_group_expire(&s->group, sim->now);
	for (i = 0; i < 3; i++)
		assert_true(s->port[i].mux >= LACP_MUX_ATTACHED);
	sim_run(sim, 0);
}

static void wb_09_who_is_unselected_holds_nobody_up(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = three_waiting(sim);

	sim_run(sim, 600);
	assert_true(s->port[1].ready_n);
	assert_int_equal(s->port[0].mux, LACP_MUX_WAITING);
	sim->partner[2]->self.key = 99;
	sim_say(sim->partner[2]);
	assert_int_equal(s->port[2].selected, LACP_UNSELECTED);
	assert_true(s->port[0].mux >= LACP_MUX_ATTACHED);
	assert_true(s->port[1].mux >= LACP_MUX_ATTACHED);
	assert_int_equal(s->port[2].mux, LACP_MUX_DETACHED);
}

static void who_is_known_as_it_is_need_not_wait(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_partner *partner;
	struct sim *sim = *state;
	struct sim_system *s;

	admin.max_links = 1;
	s = sim_add_system(sim, &admin, 1);
	partner = sim_add_partner(sim, 9, 1);
	partner->self.state &= ~SIM_CD;
	partner->follow = false;
	sim_cable_partner(s, 0, partner);
	sim_run(sim, 500);
	assert_int_equal(s->port[0].mux, LACP_MUX_WAITING);
	partner->view = s->port[0].actor;
	sim_say(partner);
	assert_int_equal(s->port[0].mux, LACP_MUX_ATTACHED);
}

static void ports_that_cannot_be_selected_hold_nobody_up(void **state)
{
	const struct lacp_link half = { .running = true, .carrier = true };
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s;

	admin.max_links = 2;
	s = sim_add_system(sim, &admin, 4);
	/* Given up, half duplex, without a link */
	sim_carrier(s, 1, true);
	sim_link(s, 2, &half);
	sim_run(sim, 5000);
	sim_cable_partner(s, 0, sim_add_partner(sim, 9, 1));
	assert_true(sim_until_cd(s, 0, 5000) <= 1000);
}

static void who_is_attached_does_not_wait_for_who_is_not(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = three_waiting(sim);
	const struct lacp_port_admin port = { .priority = 255 };

	sim_run(sim, 1000);
	assert_true(sim_is_cd(s, 0));
	sim_join(s, 5, &port);
	sim_cable_partner(s, 5, sim_add_partner(sim, 9, 6));
	assert_int_equal(s->port[5].mux, LACP_MUX_WAITING);
	assert_true(sim_is_cd(s, 0));
	sim->partner[0]->self.state &= ~LACP_STATE_SYNC;
	sim_say(sim->partner[0]);
	sim->partner[0]->self.state |= LACP_STATE_SYNC;
	sim_say(sim->partner[0]);
	assert_int_equal(s->port[5].mux, LACP_MUX_WAITING);
	assert_true(sim_is_cd(s, 0));
}

static void wb_25_sync_0_leaves_before_sync_1(void **state)
{
	struct sim *sim = *state;
	const struct sim_record *out, *in;
	struct sim_partner *partner;
	struct sim_system *s;
	struct lacp_pdu pdu;
	unsigned int i, j;
	u64 change;

	/* With wait_while 0 and with the shortcut; with the limit of LACPDUs
	 * reached, so that Sync=0 has to wait, and not
	 */
	for (i = 0; i < 4; i++) {
		s = unit_lag(sim, 1);
		partner = s->peer[0].partner;
		s->group.admin.wait_while = i & 1 ? 0 : 2000;
		s->group.admin.ad_select = i & 1 ? LAG_AD_SELECT_COUNT :
						   LAG_AD_SELECT_STABLE;
		pdu = s->port[0].last;
		pdu.partner.state ^= LACP_STATE_ACTIVITY;
		for (j = 0; i & 2 && j < 4; j++)
			sim_hear(s, 0, &pdu);
		change = sim->now;
		partner->self.key++;
		sim_say(partner);
		assert_int_equal(s->port[0].ntt, !!(i & 2));
		/* The shortcut waits for the partner's word. */
		assert_int_equal(sim_is(s, 0, LACP_STATE_SYNC, 0), i != 1);
		sim_run(sim, 5000);
		out = sim_find(&s->sent[0], change + !!(i & 2),
			       LACP_STATE_SYNC, 0);
		assert_non_null(out);
		in = sim_find(&s->sent[0], out->when, SIM_CD, SIM_CD);
		assert_non_null(in);
		assert_true(out < in);
		assert_true(out == &s->sent[0].record[0] ||
			    out[-1].when <= change);
		assert_true(sim_is_cd(s, 0));
		sim_uncable(s, 0);
		sim_enable(s, false);
	}
}

static void control_can_change_while_traffic_flows(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 2);
	struct lacp_admin admin = sim_admin(1);
	u64 begin = sim->now;

	admin.coupled = true;
	sim_configure(s, &admin);
	assert_int_equal(s->port[0].mux, LACP_MUX_COLLECTING_DISTRIBUTING);
	assert_int_equal(s->group.distributing, 3);
	sim_run(sim, 5000);
	admin.coupled = false;
	sim_configure(s, &admin);
	assert_int_equal(s->port[0].mux, LACP_MUX_DISTRIBUTING);
	assert_int_equal(s->group.distributing, 3);
	sim_run(sim, 5000);
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_DISTRIBUTING, 0));
	assert_null(sim_find(&s->sent[0], begin, LACP_STATE_COLLECTING, 0));
}

static void coupled_and_independent_systems_understand_each_other(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		a.coupled = i & 1;
		b.coupled = i & 2;
		x = sim_add_system(sim, &a, 1);
		y = sim_add_system(sim, &b, 1);
		sim->delay = 1;
		sim_cable(x, 0, y, 0);
		assert_true(sim_until_cd(x, 0, 5000) <= 5000);
		assert_true(sim_until_cd(y, 0, 5000) <= 5000);
		sim_uncable(x, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(wb_07_every_transition_is_that_of_the_standard),
		unit_case(waiting_ends_with_wait_while_and_starts_it_once),
		unit_case(mux_01_a_partner_that_appears_late_sees_sync_in_time),
		unit_case(mux_03_it_stops_when_the_partner_drops_sync),
		unit_case(mux_04_coupled_it_does_not_ask_whether_the_partner_collects),
		unit_case(mux_05_independent_it_sends_only_to_who_collects),
		unit_case(mux_06_it_follows_a_partners_sync_without_dropping_its_own),
		unit_case(mux_07_ready_partners_carry_soon_after_link_up),
		unit_case(mux_08_a_second_link_does_not_disturb_the_first),
		unit_case(wb_08_ready_when_the_last_has_waited_then_all_attach),
		unit_case(wb_09_who_is_unselected_holds_nobody_up),
		unit_case(who_is_known_as_it_is_need_not_wait),
		unit_case(ports_that_cannot_be_selected_hold_nobody_up),
		unit_case(who_is_attached_does_not_wait_for_who_is_not),
		unit_case(wb_25_sync_0_leaves_before_sync_1),
		unit_case(control_can_change_while_traffic_flows),
		unit_case(coupled_and_independent_systems_understand_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
