// SPDX-License-Identifier: GPL-2.0
/* Netpoll, which is netconsole, over a lag: every port has its own.
 *
 * Which port a packet takes is not decided here; see transmit.c.
 */
#include "netpoll.h"
#include "lag.h"

#include <linux/netpoll.h>
#include <linux/rculist.h>
#include <linux/slab.h>

/* Once on it stays: packets that netpoll has kept back may come after
 * ndo_netpoll_cleanup.
 */
DEFINE_STATIC_KEY_FALSE(lag_netpoll_used);

noinline netdev_tx_t lag_netpoll_xmit(struct sk_buff *skb,
				      const struct lag_port *port)
{
	/* Drops it if there is none any more. */
	return netpoll_send_skb(rcu_dereference_bh(port->netpoll), skb);
}

static int lag_netpoll_start(struct lag_port *port)
{
	struct netpoll *netpoll;
	int err;

	netpoll = kzalloc(sizeof(*netpoll), GFP_KERNEL);
	if (!netpoll)
		return -ENOMEM;

	err = __netpoll_setup(netpoll, port->dev);
	if (err) {
		kfree(netpoll);
		return err;
	}

	rcu_assign_pointer(port->netpoll, netpoll);
	return 0;
}

int lag_netpoll_join(struct lag_port *port, struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();

	if (!rcu_access_pointer(port->lag->dev->npinfo))
		return 0;

	err = lag_netpoll_start(port);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "the device has no netpoll, which runs over the lag; end that (netconsole) or use another device");
	return err;
}

void lag_netpoll_leave(struct lag_port *port)
{
	struct netpoll *netpoll = rtnl_dereference(port->netpoll);

	if (!netpoll)
		return;

	RCU_INIT_POINTER(port->netpoll, NULL);
	/* Waits for who still sends by it. */
	__netpoll_free(netpoll);
}

/* Netpoll is short of packets and wants back those that were sent. */
void lag_netpoll_poll(struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const struct lag_port *port;

	rcu_read_lock();
	list_for_each_entry_rcu(port, &lag->ports, list)
		netpoll_poll_dev(port->dev);
	rcu_read_unlock();
}

void lag_netpoll_cleanup(struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	struct lag_port *port;

	list_for_each_entry(port, &lag->ports, list)
		lag_netpoll_leave(port);
}

int lag_netpoll_setup(struct net_device *dev, struct netpoll_info *info)
{
	const struct lag *lag = netdev_priv(dev);
	struct lag_port *port;
	int err;

	static_branch_enable(&lag_netpoll_used);
	list_for_each_entry(port, &lag->ports, list) {
		err = lag_netpoll_start(port);
		if (err) {
			netdev_warn(dev, "port %s has no netpoll (%d)\n",
				    port->dev->name, err);
			lag_netpoll_cleanup(dev);
			return err;
		}
	}

	return 0;
}
