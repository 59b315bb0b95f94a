// SPDX-License-Identifier: GPL-2.0
/* The lag netdevice: setup and net_device_ops.
 *
 * What becomes of a port when it joins or leaves is not here; see port.c.
 */
#include "device.h"
#include "ethtool.h"
#include "port.h"
#include "transmit.h"
#include "control.h"
#include "address.h"
#include "hwtstamp.h"
#include "inherit.h"
#include "lag.h"
#include "netpoll.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

/* The system identifier is the address unless it was chosen. */
static void lag_follow_address(struct lag *lag)
{
	if (is_zero_ether_addr(lag->config.actor_system))
		ether_addr_copy(lag->config.lacp.system, lag->dev->dev_addr);
}

static int lag_dev_init(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);

	netdev_lockdep_set_classes(dev);

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	lag->turn = alloc_percpu(struct lag_turn);
	lag->rx_multicast = alloc_percpu(u64);
	if (!lag->turn || !lag->rx_multicast) {
		free_percpu(lag->rx_multicast);
		free_percpu(lag->turn);
		free_percpu(dev->tstats);
		return -ENOMEM;
	}

	lag_follow_address(lag);
	lag_control_init(lag);
	return 0;
}

static void lag_dev_uninit(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_port *port, *next;

	list_for_each_entry_safe(port, next, &lag->ports, list)
		lag_port_leave(port);

	lag_control_exit(lag);
}

/* After the last reader of the counters */
static void lag_dev_destruct(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);

	free_percpu(lag->rx_multicast);
	free_percpu(lag->turn);
	free_percpu(dev->tstats);
}

static int lag_dev_open(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	int err;

	err = lag_port_listen(lag, lag->config.lacp.mode == LAG_MODE_LACP);
	if (err)
		return err;

	lag_control_open(lag);
	return 0;
}

static int lag_dev_stop(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_port *port;

	lag_control_close(lag);
	lag_port_listen(lag, false);

	/* Now: when the lag is deleted its lists are flushed before
	 * ndo_uninit, and the ports would keep what they got of them.
	 */
	list_for_each_entry(port, &lag->ports, list) {
		dev_uc_unsync(port->dev, dev);
		dev_mc_unsync(port->dev, dev);
	}

	return 0;
}

static void lag_dev_get_stats64(struct net_device *dev,
				struct rtnl_link_stats64 *stats)
{
	const struct lag *lag = netdev_priv(dev);
	int cpu;

	dev_get_tstats64(dev, stats);
	for_each_possible_cpu(cpu)
		stats->multicast += READ_ONCE(*per_cpu_ptr(lag->rx_multicast,
							   cpu));
}

/* All ports in every mode, so that failover needs no RTNL */
static void lag_dev_set_rx_mode(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_port *port;

	rcu_read_lock();
	list_for_each_entry_rcu(port, &lag->ports, list) {
		dev_uc_sync_multiple(port->dev, dev);
		dev_mc_sync_multiple(port->dev, dev);
	}
	rcu_read_unlock();
}

static void lag_dev_change_rx_flags(struct net_device *dev, int change)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_port *port;

	list_for_each_entry(port, &lag->ports, list) {
		if (change & IFF_PROMISC)
			dev_set_promiscuity(port->dev,
					    dev->flags & IFF_PROMISC ? 1 : -1);
		if (change & IFF_ALLMULTI)
			dev_set_allmulti(port->dev,
					 dev->flags & IFF_ALLMULTI ? 1 : -1);
	}
}

static int lag_dev_set_mac_address(struct net_device *dev, void *addr)
{
	struct lag *lag = netdev_priv(dev);
	u8 policy = lag_address_policy(&lag->config);
	const struct sockaddr *new = addr;
	u8 old[ETH_ALEN];
	int err;

	if (!is_valid_ether_addr(new->sa_data))
		return -EADDRNOTAVAIL;

	ether_addr_copy(old, dev->dev_addr);
	eth_hw_addr_set(dev, new->sa_data);
	err = lag_address_apply(lag, policy);
	if (err) {
		eth_hw_addr_set(dev, old);
		lag_address_apply(lag, policy);
		return err;
	}

	lag_follow_address(lag);
	lag_control_configure(lag);
	return 0;
}

/* The lag's own MTU is set before its ports': the notifier tells by that whose
 * doing a change is.
 */
static int lag_dev_change_mtu(struct net_device *dev, int mtu)
{
	struct lag *lag = netdev_priv(dev);
	unsigned int old = dev->mtu;
	struct lag_port *port;
	int err;

	WRITE_ONCE(dev->mtu, mtu);
	list_for_each_entry(port, &lag->ports, list) {
		err = dev_set_mtu(port->dev, mtu);
		if (err)
			goto undo;
	}

	return 0;

undo:
	netdev_warn(dev, "port %s cannot take MTU %d (%d)\n",
		    port->dev->name, mtu, err);
	WRITE_ONCE(dev->mtu, old);
	list_for_each_entry_continue_reverse(port, &lag->ports, list)
		dev_set_mtu(port->dev, old);
	return err;
}

static int lag_dev_vlan_rx_add_vid(struct net_device *dev, __be16 proto,
				   u16 vid)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_port *port;
	int err;

	list_for_each_entry(port, &lag->ports, list) {
		err = vlan_vid_add(port->dev, proto, vid);
		if (err)
			goto undo;
	}

	return 0;

undo:
	list_for_each_entry_continue_reverse(port, &lag->ports, list)
		vlan_vid_del(port->dev, proto, vid);
	return err;
}

static int lag_dev_vlan_rx_kill_vid(struct net_device *dev, __be16 proto,
				    u16 vid)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_port *port;

	list_for_each_entry(port, &lag->ports, list)
		vlan_vid_del(port->dev, proto, vid);

	return 0;
}

static int lag_dev_add_slave(struct net_device *dev,
			     struct net_device *slave_dev,
			     struct netlink_ext_ack *extack)
{
	return lag_port_join(netdev_priv(dev), slave_dev, extack);
}

static int lag_dev_del_slave(struct net_device *dev,
			     struct net_device *slave_dev)
{
	struct lag_port *port = lag_port_from_dev(slave_dev);

	if (!port || port->lag->dev != dev)
		return -EINVAL;

	lag_port_leave(port);
	return 0;
}

static netdev_features_t lag_dev_fix_features(struct net_device *dev,
					      netdev_features_t features)
{
	return lag_inherit_features(netdev_priv(dev), features);
}

static const struct net_device_ops lag_netdev_ops = {
	.ndo_init		= lag_dev_init,
	.ndo_uninit		= lag_dev_uninit,
	.ndo_open		= lag_dev_open,
	.ndo_stop		= lag_dev_stop,
	.ndo_start_xmit		= lag_start_xmit,
	.ndo_select_queue	= lag_select_queue,
	.ndo_get_xmit_slave	= lag_get_xmit_slave,
	.ndo_sk_get_lower_dev	= lag_sk_get_lower_dev,
	.ndo_features_check	= passthru_features_check,
	.ndo_get_stats64	= lag_dev_get_stats64,
	.ndo_set_rx_mode	= lag_dev_set_rx_mode,
	.ndo_change_rx_flags	= lag_dev_change_rx_flags,
	.ndo_set_mac_address	= lag_dev_set_mac_address,
	.ndo_change_mtu		= lag_dev_change_mtu,
	.ndo_vlan_rx_add_vid	= lag_dev_vlan_rx_add_vid,
	.ndo_vlan_rx_kill_vid	= lag_dev_vlan_rx_kill_vid,
	.ndo_add_slave		= lag_dev_add_slave,
	.ndo_del_slave		= lag_dev_del_slave,
	.ndo_fix_features	= lag_dev_fix_features,
#ifdef CONFIG_NET_POLL_CONTROLLER
	.ndo_poll_controller	= lag_netpoll_poll,
	.ndo_netpoll_setup	= lag_netpoll_setup,
	.ndo_netpoll_cleanup	= lag_netpoll_cleanup,
#endif
	.ndo_validate_addr	= eth_validate_addr,
#ifdef LAG_COMPAT_HWTSTAMP_IOCTL
	.ndo_eth_ioctl		= lag_hwtstamp_ioctl,
#else
	.ndo_hwtstamp_get	= lag_hwtstamp_get,
	.ndo_hwtstamp_set	= lag_hwtstamp_set,
#endif
};

static const struct device_type lag_device_type = {
	.name = LAG_DRV_NAME,
};

/* Neither IFF_BONDING nor IFF_TEAM: who sees them takes the private data of a
 * port for bonding's or team's.  Nor IFF_MASTER, of which the kernel makes no
 * use but that bonding then refuses the lag as its port.
 */
void lag_device_setup(struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);

	ether_setup(dev);
	dev->netdev_ops = &lag_netdev_ops;
	dev->ethtool_ops = &lag_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = lag_dev_destruct;
	SET_NETDEV_DEVTYPE(dev, &lag_device_type);

	/* Ports have queues of their own and may hold on to what they send. */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_UNICAST_FLT;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	lag_compat_set_lltx(dev);
	lag_compat_set_netns_immutable(dev);
	lag_compat_set_change_proto_down(dev);
	lag_inherit_setup(dev);

	/* Until the first port brings a better one */
	eth_hw_addr_random(dev);
	netif_carrier_off(dev);

	lag->dev = dev;
	INIT_LIST_HEAD(&lag->ports);
}

bool lag_device_is(const struct net_device *dev)
{
	return dev->netdev_ops == &lag_netdev_ops;
}
