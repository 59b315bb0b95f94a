/* SPDX-License-Identifier: GPL-2.0 */
/* Private to the engine: the machines as lacp.c runs them.
 *
 * A machine reads and writes the variables of struct lacp_port and calls no
 * other machine.
 */
#ifndef _LAG_ENGINE_MACHINES_H
#define _LAG_ENGINE_MACHINES_H

#include "lacp.h"

/* All ports of a group by index; @left is a u64 for the macro's use */
#define lacp_for_each_port(g, p, left)					\
	for ((left) = (g)->members;					\
	     (left) && ((p) = (g)->port[__ffs64(left)], true);		\
	     (left) &= (left) - 1)

/* port_enabled, 802.1AX 6.4.7 */
static inline bool lacp_port_enabled(const struct lacp_group *g,
				     const struct lacp_port *p)
{
	return g->enabled && p->link_up && p->admin.admin != LAG_PORT_DISABLED;
}

/* Identifiers as numbers: the lower one is the better, 802.1AX 6.3.2, 6.3.4 */
static inline u64 lacp_system_id(const struct lacp_info *info)
{
	u64 id = info->system_priority;
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		id = id << 8 | info->system[i];
	return id;
}

static inline u32 lacp_port_id(const struct lacp_info *info)
{
	return (u32)info->port_priority << 16 | info->port;
}

/* LACPDUs that may leave now without exceeding the limit */
static inline unsigned int lacp_tx_credit(const struct lacp_port *p, u64 now)
{
	unsigned int i, credit = LACP_TX_LIMIT;

	for (i = 0; i < LACP_TX_LIMIT && i < p->tx_count; i++)
		if (now - p->tx_time[i] < LACP_FAST_PERIODIC_MS)
			credit--;
	return credit;
}

/* Each runs one machine of one port; true if it moved. */
bool lacp_rx_run(const struct lacp_group *g, struct lacp_port *p, u64 now);
bool lacp_mux_run(const struct lacp_group *g, struct lacp_port *p, u64 now);
bool lacp_periodic_run(const struct lacp_group *g, struct lacp_port *p,
		       u64 now);
bool lacp_churn_run(const struct lacp_group *g, struct lacp_port *p, u64 now);

/* Fallback: which ports carry without a partner; true if that changed */
bool lacp_fallback_run(struct lacp_group *g, u64 now);

/* Active-backup: which port is active; true if that changed */
bool lacp_backup_run(struct lacp_group *g);

/* Selection Logic over all ports; true if a Selected variable changed */
bool lacp_selection_run(struct lacp_group *g);

/* Transmit machine: whether the port talks LACP at all, whether a LACPDU may
 * leave now, and when if not yet
 */
bool lacp_tx_talks(const struct lacp_group *g, const struct lacp_port *p);
bool lacp_tx_due(const struct lacp_group *g, const struct lacp_port *p,
		 u64 now);
u64 lacp_tx_deadline(const struct lacp_group *g, const struct lacp_port *p,
		     u64 now);

#endif /* _LAG_ENGINE_MACHINES_H */
