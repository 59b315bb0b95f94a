/* SPDX-License-Identifier: GPL-2.0 */
/* From the set of distributing ports to the slot table, moving as few slots
 * as possible.
 */
#ifndef _LAG_ENGINE_SPREAD_H
#define _LAG_ENGINE_SPREAD_H

#include "env.h"

#include <linux/if_lag.h>

/**
 * struct lag_spread - which port serves which slot
 * @slot: index of the port, LAG_SLOT_NONE if no port is live
 * @home: port number of the port that the slot belongs to, 0: none yet
 */
struct lag_spread {
	u8	slot[LAG_SLOTS];
	u16	home[LAG_SLOTS];
};

void lag_spread_init(struct lag_spread *s);

/**
 * lag_spread_update() - serve all slots with the live ports
 * @s: the table
 * @live: mask of port indexes
 * @number: port number of each live index, unique, not 0
 *
 * In this order: no live port serves more than one slot more than another;
 * as many slots as possible are served by their home; as few as possible
 * change.
 *
 * Return: how many slots changed.
 */
unsigned int lag_spread_update(struct lag_spread *s, u64 live,
			       const u16 number[LAG_MAX_PORTS]);

/**
 * lag_spread_share() - how many slots a port serves
 * @s: the table
 * @index: the port
 */
unsigned int lag_spread_share(const struct lag_spread *s, u8 index);

#endif /* _LAG_ENGINE_SPREAD_H */
