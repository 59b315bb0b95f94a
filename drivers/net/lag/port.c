// SPDX-License-Identifier: GPL-2.0
/* A port's life: join, leave, link change.
 *
 * Whether a port carries traffic is not decided here; see control.c.
 */
#include "port.h"
#include "receive.h"
#include "control.h"
#include "address.h"
#include "inherit.h"
#include "lag.h"
#include "netpoll.h"

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include <net/addrconf.h>

static const struct lacp_port_admin lag_port_default = {
	.priority	= 255,
	.admin		= LAG_PORT_ENABLED,
};

/* What is on the lag's own list is on those of its ports. */
int lag_port_listen(struct lag *lag, bool listen)
{
	int err = 0;

	ASSERT_RTNL();

	if (listen == lag->listening)
		return 0;

	if (listen)
		err = dev_mc_add(lag->dev, lag_control_slow_address);
	else
		dev_mc_del(lag->dev, lag_control_slow_address);
	if (!err)
		lag->listening = listen;

	return err;
}

struct lag_port *lag_port_from_dev(const struct net_device *dev)
{
	if (rtnl_dereference(dev->rx_handler) != lag_handle_frame)
		return NULL;

	return lag_port_get_rtnl(dev);
}

void lag_port_link_changed(struct lag_port *port)
{
	struct ethtool_link_ksettings cmd;
	struct lacp_link link = {
		.running	= netif_running(port->dev),
		.carrier	= lag_control_port_sends(port),
		.full_duplex	= true,
	};

	ASSERT_RTNL();

	/* Without a link drivers answer with anything. */
	if (link.running && link.carrier &&
	    !__ethtool_get_link_ksettings(port->dev, &cmd)) {
		link.full_duplex = cmd.base.duplex != DUPLEX_HALF;
		if (cmd.base.speed != SPEED_UNKNOWN)
			link.speed = cmd.base.speed;
	}

	lag_control_link(port, &link);
}

/* Joining, phase 1: what can be refused without touching anything */

static bool lag_port_is_above(struct net_device *lag_dev,
			      struct net_device *dev)
{
	bool above;

	rcu_read_lock();
	above = netdev_has_upper_dev_all_rcu(lag_dev, dev);
	rcu_read_unlock();
	return above;
}

/* Asked before the device is closed for the change, for that takes its routes */
static bool lag_port_allows_mtu(const struct net_device *dev, unsigned int mtu)
{
	return mtu == dev->mtu ||
	       (mtu >= dev->min_mtu && (!dev->max_mtu || mtu <= dev->max_mtu));
}

static int lag_port_check(struct lag *lag, struct net_device *dev,
			  struct netlink_ext_ack *extack)
{
	struct net_device *lag_dev = lag->dev;

	if (dev == lag_dev) {
		NL_SET_ERR_MSG(extack,
			       "a lag cannot be a port of itself; name another device");
		return -EINVAL;
	}
	if (dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack,
			       "a loopback device leads nowhere; use an Ethernet device");
		return -EINVAL;
	}
	if (dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG(extack,
			       "only Ethernet devices can be ports; use one");
		return -EINVAL;
	}
	if (!net_eq(dev_net(dev), dev_net(lag_dev))) {
		NL_SET_ERR_MSG(extack,
			       "the device is in another network namespace; move it to that of the lag first");
		return -EINVAL;
	}
	if (lag_port_from_dev(dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device is a port of a lag already; release it first");
		return -EBUSY;
	}
	if (lag_port_is_above(lag_dev, dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device is itself above the lag; use one that is not");
		return -EBUSY;
	}
	if (netdev_has_any_upper_dev(dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device is in use by another device above it; delete that or move it onto the lag");
		return -EBUSY;
	}
	if (dev->priv_flags & IFF_NO_RX_HANDLER) {
		NL_SET_ERR_MSG(extack,
			       "the device gives nobody what it receives, as ipvlan; use the device below it");
		return -EINVAL;
	}
	if (netdev_is_rx_handler_busy(dev)) {
		NL_SET_ERR_MSG(extack,
			       "what the device receives is taken by another driver; release it there first");
		return -EBUSY;
	}
	if (lag->num_ports == LAG_MAX_PORTS) {
		NL_SET_ERR_MSG(extack,
			       "the lag has 64 ports, the most there can be; release one first");
		return -ENOSPC;
	}
	if (lag->config.lacp.mode == LAG_MODE_LACP &&
	    (dev->netdev_ops == lag_dev->netdev_ops ||
	     netif_is_lag_master(dev))) {
		NL_SET_ERR_MSG(extack,
			       "mode lacp cannot have a port that is itself an aggregate; use mode static or add its ports here");
		return -EOPNOTSUPP;
	}
	if (dev->features & NETIF_F_VLAN_CHALLENGED && vlan_uses_dev(lag_dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device cannot carry the VLANs of the lag; delete them or use another device");
		return -EOPNOTSUPP;
	}
	if (!lag_port_allows_mtu(dev, lag_dev->mtu)) {
		NL_SET_ERR_MSG(extack,
			       "the device cannot take the MTU of the lag; change that first");
		return -EINVAL;
	}

	return 0;
}

/* Joining, phase 2: take the device and make it alike to the other ports */

/* Addresses stop working when all that comes in belongs to the lag; those of
 * IPv6 and the routes are gone as soon as the device is closed.
 */
static void lag_port_log_addresses(const struct lag *lag,
				   const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	bool lost = in_dev && in_dev->ifa_list;
#if IS_ENABLED(CONFIG_IPV6)
	struct inet6_dev *in6_dev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;

	if (in6_dev) {
		read_lock_bh(&in6_dev->lock);
		list_for_each_entry(ifa, &in6_dev->addr_list, if_list)
			if (!(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL))
				lost = true;
		read_unlock_bh(&in6_dev->lock);
	}
#endif

	if (lost && net_ratelimit())
		netdev_info(lag->dev,
			    "port %s has IP addresses: they are lost, give them to the lag\n",
			    dev->name);
}

static struct lag_port *lag_port_alloc(struct lag *lag, struct net_device *dev)
{
	struct lag_port *port;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return NULL;

	port->not_collecting_rx = alloc_percpu(u64);
	if (!port->not_collecting_rx) {
		kfree(port);
		return NULL;
	}

	port->dev = dev;
	port->lag = lag;
	ether_addr_copy(port->saved_addr, dev->dev_addr);
	port->saved_assign_type = dev->addr_assign_type;
	port->saved_mtu = dev->mtu;
	port->saved_up = dev->flags & IFF_UP;
	/* What is under way to the device comes before it has joined. */
	spin_lock_init(&port->flood.lock);
	netdev_hold(dev, &port->dev_tracker, GFP_KERNEL);
	return port;
}

/* Nobody finds the port any more. */
static void lag_port_free(struct lag_port *port)
{
	netdev_put(port->dev, &port->dev_tracker);
	free_percpu(port->not_collecting_rx);
	kfree(port);
}

static void lag_port_restore_address(struct lag_port *port)
{
	int err;

	err = lag_address_give(port, port->saved_addr, NULL);
	if (err)
		netdev_warn(port->lag->dev,
			    "port %s cannot take its own address back (%d)\n",
			    port->dev->name, err);
	else
		port->dev->addr_assign_type = port->saved_assign_type;
}

/* A device that is @gone is about to be deleted or to go elsewhere. */
static void lag_port_give_back(struct lag_port *port, bool gone)
{
	struct net_device *dev = port->dev;
	int err;

	dev_close(dev);
	lag_compat_set_no_addrconf(dev, false);

	/* A device that is being deleted needs nothing any more. */
	if (dev->reg_state != NETREG_REGISTERED)
		return;

	lag_port_restore_address(port);
	if (gone) {
		/* Told of another MTU, IP would take up the device that it
		 * has just let go.
		 */
		__dev_set_mtu(dev, port->saved_mtu);
		return;
	}

	dev_set_mtu(dev, port->saved_mtu);
	if (!port->saved_up)
		return;

	err = dev_open(dev, NULL);
	if (err)
		netdev_warn(port->lag->dev, "%s cannot be opened again (%d)\n",
			    dev->name, err);
}

/* The first port's address is the lag's, if nobody has chosen one: it is
 * unique, and the same after the next boot.
 */
static bool lag_port_is_namesake(const struct lag_port *port)
{
	const struct lag *lag = port->lag;

	return !lag->num_ports && is_valid_ether_addr(port->dev->dev_addr) &&
	       lag->dev->addr_assign_type == NET_ADDR_RANDOM;
}

static int lag_port_take(struct lag_port *port, struct netlink_ext_ack *extack)
{
	struct net_device *lag_dev = port->lag->dev;
	struct net_device *dev = port->dev;
	int err;

	lag_port_log_addresses(port->lag, dev);
	dev_close(dev);
	lag_compat_set_no_addrconf(dev, true);

	err = dev_set_mtu(dev, lag_dev->mtu);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the device cannot take the MTU of the lag; change that first");
		goto undo;
	}

	if (lag_port_is_namesake(port))
		return 0;

	err = lag_address_give_first(port, extack);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the device cannot take the address of the lag; give the lag that of the device first");
		goto undo;
	}

	return 0;

undo:
	lag_port_give_back(port, false);
	return err;
}

/* Joining, phase 3: tie it to the lag */

static enum netdev_lag_tx_type lag_port_tx_type(const struct lag *lag)
{
	switch (lag->config.lacp.mode) {
	case LAG_MODE_BALANCE_RR:
		return NETDEV_LAG_TX_TYPE_ROUNDROBIN;
	case LAG_MODE_ACTIVE_BACKUP:
		return NETDEV_LAG_TX_TYPE_ACTIVEBACKUP;
	case LAG_MODE_BROADCAST:
		return NETDEV_LAG_TX_TYPE_BROADCAST;
	default:
		return NETDEV_LAG_TX_TYPE_HASH;
	}
}

static enum netdev_lag_hash lag_port_hash_type(const struct lag *lag)
{
	switch (lag->config.xmit_hash_policy) {
	case LAG_HASH_LAYER2:
		return NETDEV_LAG_HASH_L2;
	case LAG_HASH_LAYER34:
		return NETDEV_LAG_HASH_L34;
	case LAG_HASH_LAYER23:
		return NETDEV_LAG_HASH_L23;
	case LAG_HASH_ENCAP23:
		return NETDEV_LAG_HASH_E23;
	case LAG_HASH_ENCAP34:
		return NETDEV_LAG_HASH_E34;
	case LAG_HASH_VLAN_SRCMAC:
		return NETDEV_LAG_HASH_VLAN_SRCMAC;
	default:
		return NETDEV_LAG_HASH_UNKNOWN;
	}
}

/* Who is told of it here, such as the driver of a switch, is not told when mode
 * or policy change later: the kernel has no event for that but the unlinking
 * of every port, and a daemon that sees one takes the port for released.
 */
static int lag_port_link_upper(struct lag_port *port,
			       struct netlink_ext_ack *extack)
{
	struct netdev_lag_upper_info info = {
		.tx_type	= lag_port_tx_type(port->lag),
		.hash_type	= NETDEV_LAG_HASH_NONE,
	};

	if (info.tx_type == NETDEV_LAG_TX_TYPE_HASH)
		info.hash_type = lag_port_hash_type(port->lag);

	return netdev_master_upper_dev_link(port->dev, port->lag->dev, port,
					    &info, extack);
}

/* As ndo_change_rx_flags has done for the others */
static int lag_port_follow_flags(struct lag_port *port)
{
	const struct net_device *lag_dev = port->lag->dev;
	int err;

	if (lag_dev->flags & IFF_PROMISC) {
		err = dev_set_promiscuity(port->dev, 1);
		if (err)
			return err;
	}
	if (lag_dev->flags & IFF_ALLMULTI) {
		err = dev_set_allmulti(port->dev, 1);
		if (err)
			goto undo_promisc;
	}

	return 0;

undo_promisc:
	if (lag_dev->flags & IFF_PROMISC)
		dev_set_promiscuity(port->dev, -1);
	return err;
}

static void lag_port_unfollow_flags(struct lag_port *port)
{
	const struct net_device *lag_dev = port->lag->dev;

	if (lag_dev->flags & IFF_ALLMULTI)
		dev_set_allmulti(port->dev, -1);
	if (lag_dev->flags & IFF_PROMISC)
		dev_set_promiscuity(port->dev, -1);
}

static int lag_port_attach(struct lag_port *port,
			   struct netlink_ext_ack *extack)
{
	struct net_device *lag_dev = port->lag->dev;
	struct net_device *dev = port->dev;
	int err;

	err = vlan_vids_add_by_dev(dev, lag_dev);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the device cannot filter the VLANs of the lag; delete some or use another device");
		return err;
	}

	err = lag_port_follow_flags(port);
	if (err)
		goto undo_vlans;

	err = lag_netpoll_join(port, extack);
	if (err)
		goto undo_flags;

	err = netdev_rx_handler_register(dev, lag_handle_frame, port);
	if (err)
		goto undo_netpoll;

	err = lag_port_link_upper(port, extack);
	if (err)
		goto undo_handler;

	return 0;

undo_handler:
	netdev_rx_handler_unregister(dev);
undo_netpoll:
	lag_netpoll_leave(port);
undo_flags:
	lag_port_unfollow_flags(port);
undo_vlans:
	vlan_vids_del_by_dev(dev, lag_dev);
	return err;
}

static void lag_port_detach(struct lag_port *port)
{
	struct net_device *lag_dev = port->lag->dev;
	struct net_device *dev = port->dev;

	netdev_upper_dev_unlink(dev, lag_dev);
	/* Waits until no CPU receives or sends through the port. */
	netdev_rx_handler_unregister(dev);
	lag_netpoll_leave(port);
	lag_port_unfollow_flags(port);
	vlan_vids_del_by_dev(dev, lag_dev);
}

/* Joining, phase 4: make it work */

static int lag_port_sync_lists(struct lag_port *port)
{
	struct net_device *lag_dev = port->lag->dev;
	int err;

	/* ndo_stop has taken them from the others. */
	if (!(lag_dev->flags & IFF_UP))
		return 0;

	netif_addr_lock_bh(lag_dev);
	err = dev_uc_sync_multiple(port->dev, lag_dev);
	if (!err)
		err = dev_mc_sync_multiple(port->dev, lag_dev);
	netif_addr_unlock_bh(lag_dev);
	return err;
}

static void lag_port_unsync_lists(struct lag_port *port)
{
	dev_uc_unsync(port->dev, port->lag->dev);
	dev_mc_unsync(port->dev, port->lag->dev);
}

static int lag_port_lend_address(struct lag_port *port,
				 struct netlink_ext_ack *extack)
{
	struct net_device *lag_dev = port->lag->dev;
	struct sockaddr addr = { .sa_family = lag_dev->type };
	int err;

	ether_addr_copy(addr.sa_data, port->dev->dev_addr);
	err = dev_set_mac_address(lag_dev, &addr, extack);
	if (!err)
		lag_dev->addr_assign_type = NET_ADDR_STOLEN;

	return err;
}

static void lag_port_return_address(struct lag_port *port, const u8 *old)
{
	struct net_device *lag_dev = port->lag->dev;
	struct sockaddr addr = { .sa_family = lag_dev->type };

	ether_addr_copy(addr.sa_data, old);
	if (!dev_set_mac_address(lag_dev, &addr, NULL))
		lag_dev->addr_assign_type = NET_ADDR_RANDOM;
}

static void lag_port_enlist(struct lag_port *port)
{
	struct lag *lag = port->lag;

	list_add_tail_rcu(&port->list, &lag->ports);
	lag->num_ports++;
	lag_inherit_update(lag);
	lag_control_join(port, &lag_port_default);
}

static void lag_port_delist(struct lag_port *port)
{
	struct lag *lag = port->lag;

	lag_control_leave(port);
	list_del_rcu(&port->list);
	lag->num_ports--;
	lag_inherit_update(lag);
	lag_port_unsync_lists(port);
}

static int lag_port_start(struct lag_port *port, struct netlink_ext_ack *extack)
{
	bool namesake = lag_port_is_namesake(port);
	u8 old[ETH_ALEN];
	int err;

	ether_addr_copy(old, port->lag->dev->dev_addr);
	if (namesake) {
		err = lag_port_lend_address(port, extack);
		if (err)
			return err;
	}

	lag_port_enlist(port);
	err = lag_port_sync_lists(port);
	if (err)
		goto undo;

	/* The notifier tells control of the link from now on. */
	err = dev_open(port->dev, extack);
	if (err) {
		if (extack && !extack->_msg)
			NL_SET_ERR_MSG(extack,
				       "the device cannot be opened; see whether it can be set up by itself");
		goto undo;
	}

	return 0;

undo:
	lag_port_delist(port);
	if (namesake)
		lag_port_return_address(port, old);
	return err;
}

int lag_port_join(struct lag *lag, struct net_device *dev,
		  struct netlink_ext_ack *extack)
{
	struct lag_port *port;
	int err;

	ASSERT_RTNL();

	err = lag_port_check(lag, dev, extack);
	if (err)
		return err;

	port = lag_port_alloc(lag, dev);
	if (!port)
		return -ENOMEM;

	err = lag_port_take(port, extack);
	if (err)
		goto undo_alloc;

	err = lag_port_attach(port, extack);
	if (err)
		goto undo_take;

	err = lag_port_start(port, extack);
	if (err)
		goto undo_attach;

	if (net_ratelimit())
		netdev_info(lag->dev, "port %s joined\n", dev->name);
	/* Netconsole stops: it would send past the lag, where none may send. */
	call_netdevice_notifiers(NETDEV_JOIN, dev);
	return 0;

undo_attach:
	lag_port_detach(port);
undo_take:
	lag_port_give_back(port, false);
undo_alloc:
	lag_port_free(port);
	return err;
}

/* A device that is free again and has the address of the lag is trouble when
 * both are connected to the same network.
 */
static void lag_port_warn_address(const struct lag_port *port)
{
	const struct net_device *lag_dev = port->lag->dev;

	if (lag_dev->reg_state == NETREG_REGISTERED &&
	    port->dev->reg_state == NETREG_REGISTERED &&
	    ether_addr_equal(port->saved_addr, lag_dev->dev_addr))
		netdev_warn(lag_dev,
			    "released port %s has the address of the lag, %pM; change one of them\n",
			    port->dev->name, port->saved_addr);
}

static void lag_port_release(struct lag_port *port, bool gone)
{
	struct net_device *lag_dev = port->lag->dev;

	ASSERT_RTNL();

	lag_control_goodbye(port);
	lag_port_delist(port);
	lag_port_detach(port);
	lag_address_update(port->lag);
	lag_port_give_back(port, gone);

	lag_port_warn_address(port);
	if (net_ratelimit())
		netdev_info(lag_dev, "port %s left\n", port->dev->name);
	lag_port_free(port);
}

void lag_port_leave(struct lag_port *port)
{
	lag_port_release(port, false);
}

void lag_port_lose(struct lag_port *port)
{
	lag_port_release(port, true);
}
