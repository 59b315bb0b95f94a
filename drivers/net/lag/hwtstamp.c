// SPDX-License-Identifier: GPL-2.0
/* Timestamps of NICs, through the lag: those of the active port.
 *
 * Only mode active-backup has one port that all packets pass.  In the others
 * nothing is said here but whether the ports stamp in software.
 */
#include "hwtstamp.h"
#include "lag.h"

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>
#include <linux/sockios.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

/* A port's device, with a reference: its driver may sleep when it is asked. */
static struct net_device *lag_hwtstamp_hold(struct lag *lag,
					    const struct lag_port *port,
					    netdevice_tracker *tracker)
{
	lockdep_assert_held(&lag->lock);

	if (!port)
		return NULL;

	netdev_hold(port->dev, tracker, GFP_ATOMIC);
	return port->dev;
}

static struct net_device *lag_hwtstamp_active(struct lag *lag,
					      netdevice_tracker *tracker)
{
	struct net_device *dev;

	spin_lock_bh(&lag->lock);
	dev = lag_hwtstamp_hold(lag, lag_port_active(lag), tracker);
	spin_unlock_bh(&lag->lock);
	return dev;
}

static struct net_device *lag_hwtstamp_member(struct lag *lag,
					      unsigned int index,
					      netdevice_tracker *tracker)
{
	struct lag_port *port = NULL;
	struct net_device *dev;

	spin_lock_bh(&lag->lock);
	if (lag->lacp.members >> index & 1)
		port = container_of(lag->lacp.port[index], struct lag_port,
				    lacp);
	dev = lag_hwtstamp_hold(lag, port, tracker);
	spin_unlock_bh(&lag->lock);
	return dev;
}

static bool lag_hwtstamp_software(struct lag *lag)
{
	unsigned int count = 0;
	unsigned int index;

	for (index = 0; index < LAG_MAX_PORTS; index++) {
		struct kernel_ethtool_ts_info info;
		netdevice_tracker tracker;
		struct net_device *dev;
		int err;

		dev = lag_hwtstamp_member(lag, index, &tracker);
		if (!dev)
			continue;

		err = ethtool_get_ts_info_by_layer(dev, &info);
		netdev_put(dev, &tracker);
		if (err || !(info.so_timestamping &
			     SOF_TIMESTAMPING_TX_SOFTWARE))
			return false;
		count++;
	}

	return count > 0;
}

/* Also without RTNL, by a socket that wants a clock */
int lag_get_ts_info(struct net_device *dev, struct kernel_ethtool_ts_info *info)
{
	struct lag *lag = netdev_priv(dev);
	netdevice_tracker tracker;
	struct net_device *active;
	int err;

	active = lag_hwtstamp_active(lag, &tracker);
	if (active) {
		err = ethtool_get_ts_info_by_layer(active, info);
		netdev_put(active, &tracker);
		return err;
	}

	info->phc_index = -1;
	info->so_timestamping = SOF_TIMESTAMPING_RX_SOFTWARE |
				SOF_TIMESTAMPING_SOFTWARE;
	if (lag_hwtstamp_software(lag))
		info->so_timestamping |= SOF_TIMESTAMPING_TX_SOFTWARE;
	return 0;
}

/* Userspace has to know that the clock may become another one. */
static int lag_hwtstamp_mark(struct kernel_hwtstamp_config *config)
{
	struct hwtstamp_config said;

	if (!config->copied_to_user) {
		config->flags |= HWTSTAMP_FLAG_BONDED_PHC_INDEX;
		return 0;
	}

	/* A driver of the old way has written its answer there itself. */
	if (copy_from_user(&said, config->ifr->ifr_data, sizeof(said)))
		return -EFAULT;
	said.flags |= HWTSTAMP_FLAG_BONDED_PHC_INDEX;
	if (copy_to_user(config->ifr->ifr_data, &said, sizeof(said)))
		return -EFAULT;
	return 0;
}

int lag_hwtstamp_get(struct net_device *dev,
		     struct kernel_hwtstamp_config *config)
{
	netdevice_tracker tracker;
	struct net_device *active;
	int err;

	active = lag_hwtstamp_active(netdev_priv(dev), &tracker);
	if (!active)
		return -EOPNOTSUPP;

	err = generic_hwtstamp_get_lower(active, config);
	netdev_put(active, &tracker);
	return err ?: lag_hwtstamp_mark(config);
}

int lag_hwtstamp_set(struct net_device *dev,
		     struct kernel_hwtstamp_config *config,
		     struct netlink_ext_ack *extack)
{
	netdevice_tracker tracker;
	struct net_device *active;
	int err;

	/* Who does not know that the clock may change must not rely on it. */
	if (!(config->flags & HWTSTAMP_FLAG_BONDED_PHC_INDEX))
		return -EOPNOTSUPP;

	active = lag_hwtstamp_active(netdev_priv(dev), &tracker);
	if (!active)
		return -EOPNOTSUPP;

	err = generic_hwtstamp_set_lower(active, config, extack);
	netdev_put(active, &tracker);
	return err ?: lag_hwtstamp_mark(config);
}

#ifdef LAG_COMPAT_HWTSTAMP_IOCTL
int lag_hwtstamp_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd)
{
	struct kernel_hwtstamp_config config = { .ifr = ifr };
	struct hwtstamp_config user;

	if (cmd == SIOCGHWTSTAMP)
		return lag_hwtstamp_get(dev, &config);
	if (cmd != SIOCSHWTSTAMP)
		return -EOPNOTSUPP;

	if (copy_from_user(&user, ifr->ifr_data, sizeof(user)))
		return -EFAULT;
	config.flags = user.flags;
	return lag_hwtstamp_set(dev, &config, NULL);
}
#endif
