/* SPDX-License-Identifier: GPL-2.0 */
/* A port's life: join, leave, link change. */
#ifndef _LAG_PORT_H
#define _LAG_PORT_H

struct lag;
struct lag_port;
struct net_device;
struct netlink_ext_ack;

int lag_port_join(struct lag *lag, struct net_device *dev,
		  struct netlink_ext_ack *extack);
void lag_port_leave(struct lag_port *port);

/* Ask the driver for speed and duplex and tell control.  RTNL, may sleep. */
void lag_port_link_changed(struct lag_port *port);

/* The port that @dev is, or NULL.  RTNL. */
struct lag_port *lag_port_from_dev(const struct net_device *dev);

#endif /* _LAG_PORT_H */
