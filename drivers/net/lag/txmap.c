// SPDX-License-Identifier: GPL-2.0
/* Slot table of the transmit path, written in place.
 *
 * Which port serves which slot is decided in engine/spread.c, which ports are
 * live in control.c.
 */
#include "txmap.h"

static struct net_device lag_txmap_nowhere = {
	.state = BIT(__LINK_STATE_NOCARRIER),
};

struct lag_port lag_txmap_nobody = {
	.dev = &lag_txmap_nowhere,
};

void lag_txmap_init(struct lag_txmap *map)
{
	unsigned int i;

	for (i = 0; i < LAG_SLOTS; i++)
		RCU_INIT_POINTER(map->slot[i], &lag_txmap_nobody);
	for (i = 0; i < LAG_MAX_PORTS; i++)
		RCU_INIT_POINTER(map->turn[i], &lag_txmap_nobody);
}

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
		return &lag_txmap_nobody;

	return rcu_dereference_protected(lag->txmap.port[index],
					 lockdep_is_held(&lag->lock));
}

/* Who reads an old number finds a port or nobody all the same. */
static void lag_txmap_take_turns(struct lag_txmap *map, u64 live)
{
	unsigned int turns = 0;
	unsigned int i;

	for (i = 0; i < LAG_MAX_PORTS; i++) {
		if (live & BIT_ULL(i))
			rcu_assign_pointer(map->turn[turns++],
					   rcu_access_pointer(map->port[i]));
	}
	WRITE_ONCE(map->turns, turns);
	for (i = turns; i < LAG_MAX_PORTS; i++)
		RCU_INIT_POINTER(map->turn[i], &lag_txmap_nobody);
}

unsigned int lag_txmap_update(struct lag *lag, u64 live,
			      const u16 number[LAG_MAX_PORTS])
{
	unsigned int changed;
	unsigned int i;

	lockdep_assert_held(&lag->lock);

	changed = lag_spread_update(&lag->spread, live, number);
	WRITE_ONCE(lag->txmap.live, live);
	lag_txmap_take_turns(&lag->txmap, live);

	/* A slot that stays is not written: its line is in every cache. */
	for (i = 0; i < LAG_SLOTS; i++) {
		struct lag_port *port;

		port = lag_txmap_by_index(lag, lag->spread.slot[i]);
		if (rcu_access_pointer(lag->txmap.slot[i]) != port)
			rcu_assign_pointer(lag->txmap.slot[i], port);
	}

	return changed;
}
