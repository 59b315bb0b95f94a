// SPDX-License-Identifier: GPL-2.0
/* Transmit machine, 802.1AX 6.4.16: when a LACPDU may leave.
 *
 * What it says is put together in lacp.c at the moment it leaves.
 */
#include "machines.h"

bool lacp_tx_talks(const struct lacp_group *g, const struct lacp_port *p)
{
	return g->admin.mode == LAG_MODE_LACP && p->link.full_duplex &&
	       lacp_port_enabled(g, p) && !p->leaving &&
	       p->periodic != LACP_PERIODIC_NO_PERIODIC;
}

/* Deviation: a goodbye leaves even when the limit is reached.  It is one
 * PDU, the last of its port, and spares the partner a timeout.
 */
bool lacp_tx_due(const struct lacp_group *g, const struct lacp_port *p,
		 u64 now)
{
	if (p->goodbye)
		return true;
	return p->ntt && p->retry == LACP_NEVER && lacp_tx_talks(g, p) &&
	       lacp_tx_credit(p, now);
}

u64 lacp_tx_deadline(const struct lacp_group *g, const struct lacp_port *p,
		     u64 now)
{
	u64 deadline = now;

	if (!p->ntt || !lacp_tx_talks(g, p))
		return LACP_NEVER;
	if (!lacp_tx_credit(p, now))
		deadline = p->tx_time[p->tx_count % LACP_TX_LIMIT] +
			   LACP_FAST_PERIODIC_MS;
	return p->retry == LACP_NEVER ? deadline : max(deadline, p->retry);
}

bool lacp_port_marker(struct lacp_port *p, u64 now)
{
	u64 *oldest = &p->marker_time[p->marker_count % LACP_MARKER_LIMIT];

	if (p->marker_count >= LACP_MARKER_LIMIT &&
	    now - *oldest < LACP_FAST_PERIODIC_MS)
		return false;
	*oldest = now;
	p->marker_count++;
	return true;
}
