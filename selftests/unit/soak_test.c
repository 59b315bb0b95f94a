// SPDX-License-Identifier: GPL-2.0
/* Two systems to which anything happens at random, and which, left alone at
 * last, carry on all links.  What must hold meanwhile is asserted in sim.c.
 *
 * A seed that fails is named and fails again.
 */
#include "unit.h"

#include "sim.h"

#define PORTS	4
#define SEEDS	150
#define EVENTS	120

static bool lose_some(struct sim *sim, const struct sim_end *to, u8 *octets)
{
	unsigned int kind = random() % 100;

	(void)to;
	if (kind < *(unsigned int *)sim->data)
		return true;
	/* Now and then one arrives damaged, as if from somebody else. */
	if (kind == 99)
		octets[2 + random() % 56] ^= 1 << random() % 8;
	return false;
}

static void change_options(struct sim_system *s)
{
	struct lacp_admin admin = s->group.admin;

	switch (random() % 14) {
	case 0:
		admin.coupled = !admin.coupled;
		break;
	case 1:
		admin.fast = !admin.fast;
		break;
	case 2:
		admin.active = !admin.active;
		break;
	case 3:
		admin.max_links = random() % (PORTS + 1);
		break;
	case 4:
		admin.revertive = !admin.revertive;
		break;
	case 5:
		admin.ad_select = random() % (LAG_AD_SELECT_PORT_PRIO + 1);
		break;
	case 6:
		admin.fallback = random() % (LAG_FALLBACK_STATIC + 1);
		break;
	case 7:
		admin.fallback_timeout = random() % 5000;
		break;
	case 8:
		admin.wait_while = random() % 3000;
		break;
	case 9:
		admin.updelay = random() % 2 * (random() % 3000);
		break;
	case 10:
		admin.downdelay = random() % 2 * (random() % 3000);
		break;
	case 11:
		admin.system[4] = random() % 2;
		break;
	case 12:
		admin.user_key = random() % 3;
		break;
	default:
		admin.mode = random() % 2 ? LAG_MODE_LACP :
					    random() % (LAG_MODE_LACP + 1);
		break;
	}
	sim_configure(s, &admin);
}

static void change_port(struct sim_system *s, unsigned int i)
{
	struct lacp_link link = s->port[i].link;
	const struct lacp_port_admin port = {
		.priority = random() % 3,
	};

	switch (random() % 6) {
	case 0:
		sim_port_admin(s, i, random() % (LAG_PORT_DISABLED + 1));
		break;
	case 1:
		sim_port_priority(s, i, random() % 3);
		break;
	case 2:
		sim_leave(s, i);
		sim_run(s->sim, random() % 2000);
		sim_join(s, i, &port);
		sim_link(s, i, &link);
		break;
	case 3:
		link.full_duplex = random() % 4;
		link.speed = random() % 4 ? 10000 : 1000;
		sim_link(s, i, &link);
		break;
	case 4:
		lacp_port_goodbye(&s->group, &s->port[i], s->sim->now);
		sim_settle(s);
		sim_run(s->sim, random() % 100);
		lacp_port_leave(&s->group, &s->port[i], s->sim->now);
		sim_settle(s);
		sim_join(s, i, &port);
		sim_link(s, i, &link);
		break;
	default:
		sim_carrier(s, i, false);
		sim_run(s->sim, random() % 2 * (random() % 4000));
		sim_carrier(s, i, true);
		break;
	}
}

static void anything(struct sim *sim, unsigned int *loss)
{
	struct sim_system *s = sim->system[random() % 2];
	struct sim_system *other = sim->system[s == sim->system[0]];
	unsigned int i = random() % PORTS;

	switch (random() % 8) {
	case 0:
		change_options(s);
		break;
	case 1:
		sim_uncable(s, i);
		break;
	case 2:
		sim_uncable(s, i);
		sim_uncable(other, i);
		sim_cable(s, i, other, i);
		break;
	case 3:
		/* Into a wrong socket, perhaps one of our own */
		sim_uncable(s, i);
		if (random() % 4) {
			sim_uncable(other, (i + 1) % PORTS);
			sim_cable(s, i, other, (i + 1) % PORTS);
		} else {
			sim_uncable(s, (i + 1) % PORTS);
			sim_cable(s, i, s, (i + 1) % PORTS);
		}
		break;
	case 4:
		*loss = random() % 3 ? 0 : random() % 60;
		sim->delay = random() % 3 ? 1 : random() % 300;
		break;
	case 5:
		sim_enable(s, !s->group.enabled);
		break;
	case 6:
		s->no_memory = random() % 4 == 0;
		break;
	default:
		change_port(s, i);
		break;
	}
	sim_run(sim, random() % 8 ? random() % 1500 : random() % 40000);
}

static void heal(struct sim *sim, unsigned int *loss)
{
	struct lacp_admin admin;
	unsigned int k, i;

	*loss = 0;
	sim->lose = NULL;
	sim->delay = 1;
	for (k = 0; k < 2; k++) {
		for (i = 0; i < PORTS; i++) {
			sim_uncable(sim->system[k], i);
			sim_port_admin(sim->system[k], i, LAG_PORT_ENABLED);
		}
	}
	for (k = 0; k < 2; k++) {
		admin = sim_admin(k + 1);
		sim->system[k]->no_memory = false;
		sim_configure(sim->system[k], &admin);
		sim_enable(sim->system[k], true);
	}
	for (i = 0; i < PORTS; i++)
		sim_cable(sim->system[0], i, sim->system[1], i);
}

static void whatever_happened_two_systems_left_alone_carry_on_all_links(void **s)
{
	const u64 all = BIT_ULL(PORTS) - 1;
	struct lacp_admin admin;
	unsigned int seed, loss, i;
	struct sim *sim;
	u64 begin;

	(void)s;
	for (seed = 1; seed <= SEEDS; seed++) {
		srandom(seed);
		sim = sim_new((u64)random() << 20);
		loss = 0;
		sim->lose = lose_some;
		sim->data = &loss;
		sim->delay = 1;
		for (i = 0; i < 2; i++) {
			admin = sim_admin(i + 1);
			sim_add_system(sim, &admin, PORTS);
		}
		for (i = 0; i < PORTS; i++)
			sim_cable(sim->system[0], i, sim->system[1], i);
		for (i = 0; i < EVENTS; i++)
			anything(sim, &loss);
		heal(sim, &loss);
		sim_run(sim, 15000);
		if (sim->system[0]->group.distributing != all ||
		    sim->system[1]->group.distributing != all)
			fail_msg("seed %u", seed);

		/* And now they are at rest. */
		begin = sim->now;
		sim_trace.count = 0;
		sim_run(sim, 60000);
		assert_int_equal(sim_entered(&sim->system[0]->port[0], "mux",
					     "attached"), 0);
		assert_in_range(sim_count(&sim->system[0]->sent[0], begin,
					  sim->now), 59, 61);
		sim_free(sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_happened_two_systems_left_alone_carry_on_all_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
