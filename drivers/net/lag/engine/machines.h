/* SPDX-License-Identifier: GPL-2.0 */
/* Private to the engine: the machines as lacp.c runs them.
 *
 * A machine reads and writes the variables of struct lacp_port and calls no
 * other machine.
 */
#ifndef _LAG_ENGINE_MACHINES_H
#define _LAG_ENGINE_MACHINES_H

#include "lacp.h"

#define lacp_for_each_port(g, p, i)					\
	for ((i) = 0; (i) < LAG_MAX_PORTS; (i)++)			\
		if (!((g)->members >> (i) & 1) || !((p) = (g)->port[i])) { \
		} else

/* Each runs one machine of one port; true if it moved. */
bool lacp_rx_run(const struct lacp_group *g, struct lacp_port *p, u64 now);
bool lacp_mux_run(const struct lacp_group *g, struct lacp_port *p, u64 now);
bool lacp_periodic_run(const struct lacp_group *g, struct lacp_port *p,
		       u64 now);
bool lacp_churn_run(const struct lacp_group *g, struct lacp_port *p, u64 now);

/* Fallback: which ports carry without a partner; true if that changed */
bool lacp_fallback_run(struct lacp_group *g, u64 now);

/* Selection Logic over all ports; true if a Selected variable changed */
bool lacp_selection_run(struct lacp_group *g, u64 now);

/* Transmit machine: whether a LACPDU may leave now, and when if not */
bool lacp_tx_due(const struct lacp_group *g, const struct lacp_port *p,
		 u64 now);
u64 lacp_tx_deadline(const struct lacp_group *g, const struct lacp_port *p,
		     u64 now);

#endif /* _LAG_ENGINE_MACHINES_H */
