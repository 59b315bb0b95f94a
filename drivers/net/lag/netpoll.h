/* SPDX-License-Identifier: GPL-2.0 */
/* Netpoll, which is netconsole, over a lag. */
#ifndef _LAG_NETPOLL_H
#define _LAG_NETPOLL_H

#include <linux/jump_label.h>
#include <linux/netdevice.h>

struct lag_port;
struct netlink_ext_ack;

#ifdef CONFIG_NET_POLL_CONTROLLER
DECLARE_STATIC_KEY_FALSE(lag_netpoll_used);

/* Whether it is netpoll that sends: nobody else does so with interrupts off. */
static __always_inline bool lag_netpoll_sends(void)
{
	return static_branch_unlikely(&lag_netpoll_used) &&
	       unlikely(irqs_disabled());
}

/* The packet is consumed; its device is the port's already. */
netdev_tx_t lag_netpoll_xmit(struct sk_buff *skb, const struct lag_port *port);

/* A port that joins a lag with netpoll has it too, until it leaves. */
int lag_netpoll_join(struct lag_port *port, struct netlink_ext_ack *extack);
void lag_netpoll_leave(struct lag_port *port);

/* net_device_ops.ndo_poll_controller, ndo_netpoll_setup, ndo_netpoll_cleanup */
void lag_netpoll_poll(struct net_device *dev);
int lag_netpoll_setup(struct net_device *dev, struct netpoll_info *info);
void lag_netpoll_cleanup(struct net_device *dev);
#else
static inline bool lag_netpoll_sends(void)
{
	return false;
}

static inline netdev_tx_t lag_netpoll_xmit(struct sk_buff *skb,
					   const struct lag_port *port)
{
	return NETDEV_TX_OK;
}

static inline int lag_netpoll_join(struct lag_port *port,
				   struct netlink_ext_ack *extack)
{
	return 0;
}

static inline void lag_netpoll_leave(struct lag_port *port)
{
}
#endif

#endif /* _LAG_NETPOLL_H */
