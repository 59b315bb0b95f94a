// SPDX-License-Identifier: GPL-2.0
/* Who has which MAC address, the lag and its ports: always the same, unless
 * fail_over_mac says that it depends on the active port.
 *
 * Which port is active is decided in the engine.
 */
#include "address.h"
#include "lag.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

u8 lag_address_policy(const struct lag_config *config)
{
	return config->lacp.mode == LAG_MODE_ACTIVE_BACKUP ?
	       config->fail_over_mac : LAG_FAIL_OVER_MAC_NONE;
}

static struct lag_port *lag_address_active(struct lag *lag)
{
	struct lag_port *active;

	ASSERT_RTNL();

	/* It may be another one soon, but no port goes away under RTNL. */
	spin_lock_bh(&lag->lock);
	active = lag_port_active(lag);
	spin_unlock_bh(&lag->lock);

	return active;
}

/* What a port has to have.  With policy follow no address is on two ports,
 * which is what that policy is for.
 */
static const u8 *lag_address_of(const struct lag_port *port, u8 policy,
				const struct lag_port *active)
{
	const u8 *shared = port->lag->dev->dev_addr;

	switch (policy) {
	case LAG_FAIL_OVER_MAC_NONE:
		return shared;
	case LAG_FAIL_OVER_MAC_FOLLOW:
		if (port == active)
			return shared;
		if (active && ether_addr_equal(port->saved_addr, shared))
			return active->saved_addr;
		return port->saved_addr;
	default:
		return port->saved_addr;
	}
}

bool lag_address_is_bound(struct lag *lag, const u8 *addr)
{
	const struct lag_port *active = lag_address_active(lag);

	return lag_address_policy(&lag->config) == LAG_FAIL_OVER_MAC_ACTIVE &&
	       active && !ether_addr_equal(active->dev->dev_addr, addr);
}

int lag_address_give(struct lag_port *port, const u8 *addr,
		     struct netlink_ext_ack *extack)
{
	struct sockaddr new = { .sa_family = port->dev->type };
	struct lag *lag = port->lag;
	int err;

	ASSERT_RTNL();

	/* A device that cannot be given another may still have the right one. */
	if (ether_addr_equal(port->dev->dev_addr, addr))
		return 0;

	ether_addr_copy(new.sa_data, addr);
	lag->readdressing = true;
	err = dev_set_mac_address(port->dev, &new, extack);
	lag->readdressing = false;
	return err;
}

int lag_address_give_first(struct lag_port *port,
			   struct netlink_ext_ack *extack)
{
	struct lag *lag = port->lag;
	const u8 *addr;

	addr = lag_address_of(port, lag_address_policy(&lag->config),
			      lag_address_active(lag));
	return lag_address_give(port, addr, extack);
}

static int lag_address_try(struct lag_port *port, u8 policy,
			   const struct lag_port *active)
{
	const u8 *addr = lag_address_of(port, policy, active);
	int err = lag_address_give(port, addr, NULL);

	if (err && net_ratelimit())
		netdev_warn(port->lag->dev,
			    "port %s cannot take the address %pM (%d)\n",
			    port->dev->name, addr, err);
	return err;
}

int lag_address_apply(struct lag *lag, u8 policy)
{
	struct lag_port *active = lag_address_active(lag);
	struct lag_port *port;
	int first = 0;
	int err;

	/* The others do not carry traffic that waits for it. */
	if (active)
		first = lag_address_try(active, policy, active);
	list_for_each_entry(port, &lag->ports, list) {
		err = lag_address_try(port, policy, active);
		first = first ?: err;
	}

	return first;
}

static void lag_address_take(struct lag *lag, const struct lag_port *active)
{
	struct net_device *dev = lag->dev;
	struct sockaddr new = { .sa_family = dev->type };
	int err;

	if (ether_addr_equal(dev->dev_addr, active->dev->dev_addr))
		return;

	ether_addr_copy(new.sa_data, active->dev->dev_addr);
	err = dev_set_mac_address(dev, &new, NULL);
	if (!err)
		dev->addr_assign_type = NET_ADDR_STOLEN;
	else if (net_ratelimit())
		netdev_warn(dev, "cannot take the address of port %s (%d)\n",
			    active->dev->name, err);
}

void lag_address_update(struct lag *lag)
{
	u8 policy = lag_address_policy(&lag->config);
	const struct lag_port *active;

	if (policy == LAG_FAIL_OVER_MAC_NONE ||
	    lag->dev->reg_state != NETREG_REGISTERED)
		return;

	/* While there is none, the last one keeps what it will need again. */
	active = lag_address_active(lag);
	if (!active)
		return;

	if (policy == LAG_FAIL_OVER_MAC_ACTIVE)
		lag_address_take(lag, active);
	else
		lag_address_apply(lag, policy);
}
