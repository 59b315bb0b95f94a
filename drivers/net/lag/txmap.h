/* SPDX-License-Identifier: GPL-2.0 */
/* From hash to port: written by control under &lag.lock, read by transmit
 * under RCU.
 */
#ifndef _LAG_TXMAP_H
#define _LAG_TXMAP_H

#include "engine/hash.h"
#include "lag.h"

/* Serves what no port serves.  It never has carrier, so that transmit need not
 * ask whether there is a port.
 */
extern struct lag_port lag_txmap_nobody;

/* The port that serves a hash, or &lag_txmap_nobody.  BH is off. */
static inline struct lag_port *lag_txmap_port(const struct lag_txmap *map,
					      u32 hash)
{
	return rcu_dereference_bh(map->slot[lag_hash_slot(hash)]);
}

void lag_txmap_init(struct lag_txmap *map);

/* A port gets its index, which until now named none, or gives it back. */
void lag_txmap_add(struct lag *lag, struct lag_port *port);
void lag_txmap_remove(struct lag *lag, struct lag_port *port);

/**
 * lag_txmap_update() - serve the slots with these ports
 * @lag: the lag
 * @live: mask of the ports that may be sent to
 * @number: port number of each of them
 *
 * Return: how many slots changed.
 */
unsigned int lag_txmap_update(struct lag *lag, u64 live,
			      const u16 number[LAG_MAX_PORTS]);

#endif /* _LAG_TXMAP_H */
