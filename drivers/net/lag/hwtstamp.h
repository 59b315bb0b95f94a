/* SPDX-License-Identifier: GPL-2.0 */
/* Hardware timestamps of mode active-backup. */
#ifndef _LAG_HWTSTAMP_H
#define _LAG_HWTSTAMP_H

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>

#include <lag_compat.h>

/* ethtool_ops.get_ts_info */
int lag_get_ts_info(struct net_device *dev,
		    struct kernel_ethtool_ts_info *info);

/* net_device_ops.ndo_hwtstamp_get, ndo_hwtstamp_set, or both as ioctls */
int lag_hwtstamp_get(struct net_device *dev,
		     struct kernel_hwtstamp_config *config);
int lag_hwtstamp_set(struct net_device *dev,
		     struct kernel_hwtstamp_config *config,
		     struct netlink_ext_ack *extack);
int lag_hwtstamp_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd);

#endif /* _LAG_HWTSTAMP_H */
