/* SPDX-License-Identifier: GPL-2.0 */
/* A port's life: join, leave, link change. */
#ifndef _LAG_PORT_H
#define _LAG_PORT_H

#include <linux/types.h>

struct lag;
struct lag_port;
struct net_device;
struct netlink_ext_ack;

/**
 * lag_port_join() - make a device a port
 * @lag: the lag
 * @dev: up or down; it is closed and opened again
 * @extack: gets a sentence on refusal
 *
 * Context: RTNL, may sleep.
 * Return: 0, or -errno and everything is as it was; but a device that was up
 * has lost its routes if its driver refused what could not be foreseen.
 */
int lag_port_join(struct lag *lag, struct net_device *dev,
		  struct netlink_ext_ack *extack);

/* Make a port the device it was before; frees @port.  RTNL, may sleep. */
void lag_port_leave(struct lag_port *port);

/* The same for a device that goes away or elsewhere: it stays closed. */
void lag_port_lose(struct lag_port *port);

/* Ask the driver for speed and duplex and tell control.  RTNL, may sleep. */
void lag_port_link_changed(struct lag_port *port);

/* Whether the ports, present and future, hear what is sent to the group
 * address of LACP.  Only true can fail, and only if it was false.  RTNL.
 */
int lag_port_listen(struct lag *lag, bool listen);

/* The port that @dev is, or NULL.  RTNL. */
struct lag_port *lag_port_from_dev(const struct net_device *dev);

#endif /* _LAG_PORT_H */
