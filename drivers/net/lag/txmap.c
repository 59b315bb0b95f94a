// SPDX-License-Identifier: GPL-2.0
/* Slot table of the transmit path, written in place.
 *
 * Which port serves which slot is decided in engine/spread.c, which ports are
 * live in control.c.
 */
#include "txmap.h"

void lag_txmap_add(struct lag *lag, struct lag_port *port)
{
	lockdep_assert_held(&lag->lock);

	rcu_assign_pointer(lag->txmap.port[port->lacp.index], port);
}

void lag_txmap_remove(struct lag *lag, struct lag_port *port)
{
	lockdep_assert_held(&lag->lock);

	RCU_INIT_POINTER(lag->txmap.port[port->lacp.index], NULL);
}

static struct lag_port *lag_txmap_by_index(struct lag *lag, u8 index)
{
	if (index == LAG_SLOT_NONE)
		return NULL;

	return rcu_dereference_protected(lag->txmap.port[index],
					 lockdep_is_held(&lag->lock));
}

unsigned int lag_txmap_update(struct lag *lag, u64 live,
			      const u16 number[LAG_MAX_PORTS])
{
	unsigned int changed;
	unsigned int i;

	lockdep_assert_held(&lag->lock);

	changed = lag_spread_update(&lag->spread, live, number);
	WRITE_ONCE(lag->txmap.live, live);

	/* A slot that stays is not written: its line is in every cache. */
	for (i = 0; i < LAG_SLOTS; i++) {
		struct lag_port *port;

		port = lag_txmap_by_index(lag, lag->spread.slot[i]);
		if (rcu_access_pointer(lag->txmap.slot[i]) != port)
			rcu_assign_pointer(lag->txmap.slot[i], port);
	}

	return changed;
}
