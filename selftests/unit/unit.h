/* SPDX-License-Identifier: GPL-2.0 */
/* What the suites share: cmocka, a world per test, a lag that carries. */
#ifndef _LAG_UNIT_H
#define _LAG_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct sim;
struct sim_system;

/* A test that gets a new struct sim as *state */
#define unit_case(f) \
	cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)

int unit_begin(void **state);
int unit_end(void **state);

/* System 1 of sim_admin() with @links ports to partners that are ports 1 and
 * so on of system 9, all carrying traffic; they are sim->partner[0] and so on.
 */
struct sim_system *unit_lag(struct sim *sim, unsigned int links);

#endif /* _LAG_UNIT_H */
