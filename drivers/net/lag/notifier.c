// SPDX-License-Identifier: GPL-2.0
/* What the kernel tells of ports, and of lags themselves: who has to know.
 *
 * What is done about it is not here; see port.c, inherit.c and control.c.
 */
#include "notifier.h"
#include "device.h"
#include "port.h"
#include "control.h"
#include "address.h"
#include "inherit.h"
#include "lag.h"

#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/reboot.h>

/* The MTU of a port is the lag's, which sets its own before its ports': when
 * they are equal the change is not the lag's doing.
 */
static int lag_port_changes_mtu(const struct lag_port *port)
{
	const struct net_device *lag_dev = port->lag->dev;

	if (port->dev->mtu != lag_dev->mtu)
		return NOTIFY_DONE;

	/* This event brings no extack. */
	if (net_ratelimit())
		netdev_info(lag_dev,
			    "port %s keeps the MTU of the lag: set that\n",
			    port->dev->name);
	return notifier_from_errno(-EBUSY);
}

static int lag_port_changes_address(const struct lag_port *port,
				    const void *ptr)
{
	const struct netdev_notifier_pre_changeaddr_info *info = ptr;

	if (port->lag->readdressing ||
	    ether_addr_equal(info->dev_addr, port->dev->dev_addr))
		return NOTIFY_DONE;

	NL_SET_ERR_MSG(info->info.extack,
		       "a port has the address of its lag; set that of the lag");
	return notifier_from_errno(-EBUSY);
}

static int lag_changes_address(struct lag *lag, const void *ptr)
{
	const struct netdev_notifier_pre_changeaddr_info *info = ptr;

	if (!lag_address_is_bound(lag, info->dev_addr))
		return NOTIFY_DONE;

	NL_SET_ERR_MSG(info->info.extack,
		       "with fail_over_mac active the lag has the address of its active port; set fail_over_mac none first");
	return notifier_from_errno(-EBUSY);
}

static int lag_port_event(struct lag_port *port, unsigned long event, void *ptr)
{
	struct lag *lag = port->lag;

	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		lag_port_link_changed(port);
		break;
	case NETDEV_CHANGEINFODATA:
		/* The speed of a lag changes without its carrier. */
		if (lag_device_is(port->dev))
			lag_port_link_changed(port);
		break;
	case NETDEV_GOING_DOWN:
		lag_control_goodbye(port);
		break;
	case NETDEV_UNREGISTER:
		lag_port_lose(port);
		break;
	case NETDEV_FEAT_CHANGE:
		lag_inherit_update(lag);
		break;
	case NETDEV_CHANGENAME:
		/* The primary is known by name. */
		lag_control_configure(lag);
		break;
	case NETDEV_PRECHANGEMTU:
		return lag_port_changes_mtu(port);
	case NETDEV_PRE_CHANGEADDR:
		return lag_port_changes_address(port, ptr);
	case NETDEV_PRE_TYPE_CHANGE:
		return notifier_from_errno(-EBUSY);
	case NETDEV_NOTIFY_PEERS:
	case NETDEV_RESEND_IGMP:
		/* The addresses to tell of are the lag's. */
		call_netdevice_notifiers(event, lag->dev);
		break;
	}

	return NOTIFY_DONE;
}

static int lag_netdev_event(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct lag_port *port;
	int ret = NOTIFY_DONE;

	/* Whoever ends protodown turns the carrier on, whatever LACP says. */
	if (event == NETDEV_CHANGE && lag_device_is(dev))
		lag_control_carrier(netdev_priv(dev));
	if (event == NETDEV_PRE_CHANGEADDR && lag_device_is(dev))
		ret = lag_changes_address(netdev_priv(dev), ptr);

	port = lag_port_from_dev(dev);
	if (port && ret == NOTIFY_DONE)
		ret = lag_port_event(port, event, ptr);

	return ret;
}

static struct notifier_block lag_notifier = {
	.notifier_call = lag_netdev_event,
};

static int lag_reboot_event(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	lag_control_reboot();
	return NOTIFY_DONE;
}

/* Last of all: the others may still need the network. */
static struct notifier_block lag_reboot_notifier = {
	.notifier_call	= lag_reboot_event,
	.priority	= INT_MIN,
};

int lag_notifier_init(void)
{
	int err;

	err = register_netdevice_notifier(&lag_notifier);
	if (err)
		return err;

	err = register_reboot_notifier(&lag_reboot_notifier);
	if (err)
		unregister_netdevice_notifier(&lag_notifier);
	return err;
}

void lag_notifier_exit(void)
{
	unregister_reboot_notifier(&lag_reboot_notifier);
	unregister_netdevice_notifier(&lag_notifier);
}
