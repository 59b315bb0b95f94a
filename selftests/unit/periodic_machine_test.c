// SPDX-License-Identifier: GPL-2.0
/* Periodic Transmission machine, 802.1AX 6.4.13: how often a port speaks.
 *
 * The limit of three a second is in tx_machine_test.c.
 */
#include "unit.h"

#include "sim.h"
#include "engine/machines.h"

static struct sim_system *passive(struct sim *sim)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim_system *s;

	admin.active = false;
	s = sim_add_system(sim, &admin, 1);
	sim_carrier(s, 0, true);
	return s;
}

/* One state, one input, what 6.4.13 says comes next */
static enum lacp_periodic_state expected(enum lacp_periodic_state periodic,
					 bool off, bool fast, bool timer)
{
	if (off)
		return LACP_PERIODIC_NO_PERIODIC;
	switch (periodic) {
	case LACP_PERIODIC_NO_PERIODIC:
		return LACP_PERIODIC_FAST_PERIODIC;
	case LACP_PERIODIC_FAST_PERIODIC:
		if (timer)
			return LACP_PERIODIC_PERIODIC_TX;
		return fast ? periodic : LACP_PERIODIC_SLOW_PERIODIC;
	case LACP_PERIODIC_SLOW_PERIODIC:
		return timer || fast ? LACP_PERIODIC_PERIODIC_TX : periodic;
	default:
		return fast ? LACP_PERIODIC_FAST_PERIODIC :
			      LACP_PERIODIC_SLOW_PERIODIC;
	}
}

static void wb_06_every_transition_is_that_of_the_standard(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct lacp_port good = s->port[0];
	unsigned int periodic, bits;
	bool off, ntt, moved;
	struct lacp_port p;

	for (periodic = 0; periodic < __LACP_PERIODIC_MAX; periodic++) {
		for (bits = 0; bits < 64; bits++) {
			p = good;
			p.periodic = periodic;
			p.link_up = bits & 1;
			p.link.full_duplex = bits & 2;
			p.actor.state = bits & 4 ? LACP_STATE_ACTIVITY : 0;
			p.partner.state = bits & 8 ? LACP_STATE_ACTIVITY : 0;
			if (bits & 16)
				p.partner.state |= LACP_STATE_TIMEOUT;
			p.periodic_timer = bits & 32 ? sim->now : sim->now + 1;
			p.ntt = false;
			off = !(bits & 1) || !(bits & 2) || !(bits & 12);
			moved = lacp_periodic_run(&s->group, &p, sim->now);
			assert_int_equal(p.periodic,
					 expected(periodic, off, bits & 16,
						  bits & 32));
			assert_int_equal(moved, p.periodic != periodic);
			ntt = moved && p.periodic == LACP_PERIODIC_PERIODIC_TX;
			assert_int_equal(p.ntt, ntt);
			if (moved && off)
				assert_true(p.periodic_timer == LACP_NEVER);
		}
	}
}

static void per_01_a_fast_partner_hears_us_each_second(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct sim_log *log = &s->sent[0];
	size_t first = log->count, i;

	sim_run(sim, 15000);
	assert_int_equal(log->count - first, 15);
	for (i = first + 1; i < log->count; i++)
		assert_int_equal(log->record[i].when - log->record[i - 1].when,
				 1000);
}

static void per_02_per_12_a_slow_partner_hears_us_each_30_s(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	const struct sim_log *log = &s->sent[0];
	size_t first, i;

	sim->partner[0]->self.state &= ~LACP_STATE_TIMEOUT;
	sim_run(sim, 31000);
	first = log->count;
	sim_run(sim, 95000);
	assert_in_range(log->count - first, 3, 4);
	for (i = first + 1; i < log->count; i++)
		assert_int_equal(log->record[i].when - log->record[i - 1].when,
				 30000);
}

static void per_03_a_partner_that_turns_fast_hears_us_at_once(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	u64 turned;

	sim->partner[0]->self.state &= ~LACP_STATE_TIMEOUT;
	sim_run(sim, 5000);
	sim->partner[0]->self.state |= LACP_STATE_TIMEOUT;
	turned = sim->now;
	sim_say(sim->partner[0]);
	assert_int_equal(sim_count(&s->sent[0], turned, turned + 1), 1);
	sim_run(sim, 6000);
	assert_in_range(sim_count(&s->sent[0], turned, turned + 6000), 5, 8);
}

static void per_04_a_partner_that_turns_slow_hears_us_rarely(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);

	sim->partner[0]->self.state &= ~LACP_STATE_TIMEOUT;
	sim_run(sim, 2500);
	sim_run(sim, 25000);
	assert_in_range(sim_count(&s->sent[0], sim->now - 25000, sim->now),
			0, 1);
}

static void per_05_passive_and_alone_it_is_silent(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = passive(sim);

	sim_run(sim, 40000);
	assert_int_equal(s->sent[0].count, 0);
	assert_false(s->port[0].ntt);
}

static void per_06_two_passive_ends_say_nothing_and_form_nothing(void **state)
{
	struct lacp_admin a = sim_admin(1), b = sim_admin(2);
	struct sim *sim = *state;
	struct sim_system *x, *y;
	struct lacp_pdu pdu;

	a.active = false;
	b.active = false;
	x = sim_add_system(sim, &a, 1);
	y = sim_add_system(sim, &b, 1);
	sim_cable(x, 0, y, 0);
	sim_run(sim, 100000);
	assert_int_equal(x->sent[0].count, 0);
	assert_int_equal(y->sent[0].count, 0);

	/* Whatever one says by itself is taken but not answered. */
	pdu.actor = y->port[0].actor;
	pdu.actor.state |= LACP_STATE_SYNC;
	pdu.partner = x->port[0].actor;
	sim_hear(x, 0, &pdu);
	assert_int_equal(x->port[0].rx, LACP_RX_CURRENT);
	assert_false(x->port[0].partner.state & LACP_STATE_SYNC);
	sim_run(sim, 100000);
	assert_int_equal(x->sent[0].count, 0);
	assert_int_equal(x->group.distributing, 0);
}

static void per_07_passive_with_an_active_partner_it_speaks_as_passive(void **s)
{
	struct sim *sim = *s;
	struct sim_system *lag = passive(sim);
	u64 begin;

	sim_run(sim, 5000);
	sim_swap_partner(lag, 0, sim_add_partner(sim, 9, 1));
	assert_true(sim_until_cd(lag, 0, 5000) <= 5000);
	sim_run(sim, 2500);
	begin = sim->now;
	sim_run(sim, 6000);
	assert_in_range(sim_count(&lag->sent[0], begin, sim->now), 5, 8);
	assert_null(sim_find(&lag->sent[0], 0, LACP_STATE_ACTIVITY,
			     LACP_STATE_ACTIVITY));
}

static void per_08_passive_it_falls_silent_after_its_partner(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = passive(sim);
	struct sim_partner *partner = sim_add_partner(sim, 9, 1);
	u64 last;

	sim_swap_partner(s, 0, partner);
	sim_run(sim, 10500);
	sim_say(partner);
	partner->next = LACP_NEVER;
	last = sim->now;
	sim_run(sim, 49500);
	assert_int_equal(sim_count(&s->sent[0], last + 9500, last + 49500), 0);
	assert_int_equal(s->port[0].periodic, LACP_PERIODIC_NO_PERIODIC);
	/* Not one late: nothing more than what EXPIRED and the way down say */
	assert_int_equal(sim_count(&s->sent[0], last + 6001, last + 49500), 0);
}

static void per_10_active_and_alone_it_goes_on_asking(void **state)
{
	struct lacp_admin admin = sim_admin(1);
	struct sim *sim = *state;
	struct sim_system *s = sim_add_system(sim, &admin, 1);

	sim_carrier(s, 0, true);
	sim_run(sim, 10000);
	assert_int_equal(s->port[0].rx, LACP_RX_DEFAULTED);
	assert_int_equal(s->port[0].periodic, LACP_PERIODIC_SLOW_PERIODIC);
	sim_run(sim, 66000);
	assert_in_range(sim_count(&s->sent[0], sim->now - 66000, sim->now),
			2, 3);
}

/* The caller's timer is late, always: the periods do not add that up. */
static void per_12_a_late_timer_does_not_make_periods_longer(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = unit_lag(sim, 1);
	struct lacp_port *p = &s->port[0];
	unsigned int i;
	u64 due;

	p->partner.state &= ~LACP_STATE_TIMEOUT;
	p->last.actor.state &= ~LACP_STATE_TIMEOUT;
	p->current_while = LACP_NEVER;
	sim->partner[0]->next = LACP_NEVER;
	lacp_group_expire(&s->group, sim->now);
	assert_int_equal(p->periodic, LACP_PERIODIC_SLOW_PERIODIC);
	due = p->periodic_timer;
	for (i = 0; i < 100; i++) {
		assert_true(p->periodic_timer == due);
		sim->now = due + 1 + i % 200;
		lacp_group_expire(&s->group, sim->now);
		assert_true(p->ntt);
		p->ntt = false;
		due += 30000;
	}
	/* But what was missed for whole periods is not caught up. */
	sim->now = due + 100000;
	lacp_group_expire(&s->group, sim->now);
	assert_true(p->periodic_timer > sim->now);
}

static void a_silent_lag_has_no_deadline(void **state)
{
	struct sim *sim = *state;
	struct sim_system *s = passive(sim);

	sim_run(sim, 100000);
	assert_true(lacp_group_deadline(&s->group, sim->now) == LACP_NEVER);
	sim_carrier(s, 0, false);
	assert_true(lacp_group_deadline(&s->group, sim->now) == LACP_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit_case(wb_06_every_transition_is_that_of_the_standard),
		unit_case(per_01_a_fast_partner_hears_us_each_second),
		unit_case(per_02_per_12_a_slow_partner_hears_us_each_30_s),
		unit_case(per_03_a_partner_that_turns_fast_hears_us_at_once),
		unit_case(per_04_a_partner_that_turns_slow_hears_us_rarely),
		unit_case(per_05_passive_and_alone_it_is_silent),
		unit_case(per_06_two_passive_ends_say_nothing_and_form_nothing),
		unit_case(per_07_passive_with_an_active_partner_it_speaks_as_passive),
		unit_case(per_08_passive_it_falls_silent_after_its_partner),
		unit_case(per_10_active_and_alone_it_goes_on_asking),
		unit_case(per_12_a_late_timer_does_not_make_periods_longer),
		unit_case(a_silent_lag_has_no_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
