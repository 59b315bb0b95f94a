/* SPDX-License-Identifier: GPL-2.0 */
/* Who has which MAC address: the lag and its ports. */
#ifndef _LAG_ADDRESS_H
#define _LAG_ADDRESS_H

#include <linux/types.h>

struct lag;
struct lag_config;
struct lag_port;
struct netlink_ext_ack;

/* fail_over_mac as far as it is in force */
u8 lag_address_policy(const struct lag_config *config);

/* Whether the lag has to have another address than this one.  RTNL. */
bool lag_address_is_bound(struct lag *lag, const u8 *addr);

/* Give a port an address, if it has another.  RTNL, may sleep. */
int lag_address_give(struct lag_port *port, const u8 *addr,
		     struct netlink_ext_ack *extack);

/* The same with that which it has to have before it carries traffic */
int lag_address_give_first(struct lag_port *port,
			   struct netlink_ext_ack *extack);

/**
 * lag_address_apply() - give all ports the addresses that they have to have
 * @lag: the lag
 * @policy: &enum lag_fail_over_mac
 *
 * Context: RTNL, may sleep.
 * Return: 0, or -errno of the first port that cannot take its own; the others
 * have theirs nevertheless.
 */
int lag_address_apply(struct lag *lag, u8 policy);

/* Another port may be the active one.  RTNL, may sleep. */
void lag_address_update(struct lag *lag);

#endif /* _LAG_ADDRESS_H */
