// SPDX-License-Identifier: GPL-2.0
/* What ethtool may ask of a lag: driver, link, speed, duplex and timestamps.
 *
 * Nothing can be set here; options come through netlink.c.
 */
#include "ethtool.h"
#include "control.h"
#include "hwtstamp.h"
#include "lag.h"

#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>
#include <linux/string.h>

/* udev's rules and link files know a lag by this name. */
static void lag_get_drvinfo(struct net_device *dev,
			    struct ethtool_drvinfo *info)
{
	strscpy(info->driver, LAG_DRV_NAME, sizeof(info->driver));
}

/* Of the ports that may be sent to now */
static int lag_get_link_ksettings(struct net_device *dev,
				  struct ethtool_link_ksettings *cmd)
{
	struct lag *lag = netdev_priv(dev);
	const struct lag_port *port;
	bool full_duplex = true;
	u32 speed;

	ASSERT_RTNL();

	spin_lock_bh(&lag->lock);
	speed = lag_control_speed(lag);
	list_for_each_entry(port, &lag->ports, list) {
		const struct lacp_port *lacp = &port->lacp;

		if (!port->joined ||
		    !(lag->lacp.distributing & BIT_ULL(lacp->index)))
			continue;

		full_duplex &= lacp->link.full_duplex;
	}
	spin_unlock_bh(&lag->lock);

	cmd->base.port = PORT_OTHER;
	cmd->base.autoneg = AUTONEG_DISABLE;
	cmd->base.speed = speed ?: SPEED_UNKNOWN;
	if (speed)
		cmd->base.duplex = full_duplex ? DUPLEX_FULL : DUPLEX_HALF;
	else
		cmd->base.duplex = DUPLEX_UNKNOWN;

	return 0;
}

const struct ethtool_ops lag_ethtool_ops = {
	.get_drvinfo		= lag_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= lag_get_link_ksettings,
	.get_ts_info		= lag_get_ts_info,
};
