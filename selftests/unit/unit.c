// SPDX-License-Identifier: GPL-2.0
/* What the suites share; see unit.h.  The world itself is in sim.c. */
#include "unit.h"

#include "sim.h"

int unit_begin(void **state)
{
	*state = sim_new(1000);
	return 0;
}

int unit_end(void **state)
{
	sim_free(*state);
	return 0;
}

struct sim_system *unit_lag(struct sim *sim, unsigned int links)
{
	const struct lacp_admin admin = sim_admin(1);
	struct sim_system *s = sim_add_system(sim, &admin, links);
	unsigned int i;

	for (i = 0; i < links; i++)
		sim_cable_partner(s, i, sim_add_partner(sim, 9, i + 1));
	/* Longer than anything takes, and nothing of the start counts. */
	sim_run(sim, 10500);
	for (i = 0; i < links; i++) {
		assert_true(sim_is_cd(s, i));
		assert_int_equal(s->port[i].rx, LACP_RX_CURRENT);
	}
	sim_trace.count = 0;
	return s;
}
