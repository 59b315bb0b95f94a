/* SPDX-License-Identifier: GPL-2.0 */
/* The only file that knows which kernel this is: gives 6.1 the 6.12 spelling.
 *
 * Dropping 6.1 means deleting this file and its include lines.
 */
#ifndef _LAG_COMPAT_H
#define _LAG_COMPAT_H

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>
#include <linux/phy.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "lag needs Linux 6.1 or newer"
#endif

/* v6.12 moved the header, commit 5f60d5f6bbc1 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* A feature bit until v6.12, commit 00d066a4d4ed */
static inline void lag_compat_set_lltx(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/* A feature bit until v6.12, commit 05c1280a2bcf; a stable 6.12 renamed the
 * member, commit 0c493da86374
 */
static inline void lag_compat_set_netns_immutable(struct net_device *dev)
{
#if defined(NETIF_F_NETNS_LOCAL)
	dev->features |= NETIF_F_NETNS_LOCAL;
#elif defined(HAVE_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#else
	dev->netns_local = true;
#endif
}

/* A private flag until v6.12, commit beb5a9bea823 */
static inline void lag_compat_set_change_proto_down(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	dev->priv_flags |= IFF_CHANGE_PROTO_DOWN;
#else
	dev->change_proto_down = true;
#endif
}

/* IPv6 looks for IFF_SLAVE until v6.2, commit 8a321cf7becc.  That flag alone
 * makes no bonding port: netif_is_bond_slave() wants IFF_BONDING too.
 */
static inline void lag_compat_set_no_addrconf(struct net_device *dev, bool off)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	if (off)
		dev->flags |= IFF_SLAVE;
	else
		dev->flags &= ~IFF_SLAVE;
#else
	if (off)
		dev->priv_flags |= IFF_NO_ADDRCONF;
	else
		dev->priv_flags &= ~IFF_NO_ADDRCONF;
#endif
}

/* IPv4 has a limit of its own since v6.3, commit 9eefedd58ae1. */
static inline void lag_compat_set_gso_max_size(struct net_device *dev,
					       unsigned int size)
{
	WRITE_ONCE(dev->gso_max_size, size);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	WRITE_ONCE(dev->gso_ipv4_max_size, size);
#endif
}

/* Timestamps: a kernel's own structures, functions that ask another device, and
 * operations of their own since v6.6 and v6.11, commits 66f7223039c0 and
 * 2111375b85ad
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define kernel_ethtool_ts_info ethtool_ts_info

struct kernel_hwtstamp_config {
	int		flags;
	struct ifreq	*ifr;
	bool		copied_to_user;
};

static inline int
ethtool_get_ts_info_by_layer(struct net_device *dev,
			     struct kernel_ethtool_ts_info *info)
{
	int err = 0;

	memset(info, 0, sizeof(*info));
	info->cmd = ETHTOOL_GET_TS_INFO;
	info->phc_index = -1;
	if (phy_has_tsinfo(dev->phydev))
		err = phy_ts_info(dev->phydev, info);
	else if (dev->ethtool_ops->get_ts_info)
		err = dev->ethtool_ops->get_ts_info(dev, info);
	info->so_timestamping |= SOF_TIMESTAMPING_RX_SOFTWARE |
				 SOF_TIMESTAMPING_SOFTWARE;
	return err;
}

static inline int lag_compat_hwtstamp_lower(struct net_device *dev, int cmd,
					    struct kernel_hwtstamp_config *c)
{
	if (!netif_device_present(dev))
		return -ENODEV;
	if (!dev->netdev_ops->ndo_eth_ioctl)
		return -EOPNOTSUPP;

	c->copied_to_user = true;
	return dev->netdev_ops->ndo_eth_ioctl(dev, c->ifr, cmd);
}

static inline int generic_hwtstamp_get_lower(struct net_device *dev,
					     struct kernel_hwtstamp_config *c)
{
	return lag_compat_hwtstamp_lower(dev, SIOCGHWTSTAMP, c);
}

static inline int generic_hwtstamp_set_lower(struct net_device *dev,
					     struct kernel_hwtstamp_config *c,
					     struct netlink_ext_ack *extack)
{
	return lag_compat_hwtstamp_lower(dev, SIOCSHWTSTAMP, c);
}

/* No ndo_hwtstamp_get and ndo_hwtstamp_set, but ndo_eth_ioctl */
#define LAG_COMPAT_HWTSTAMP_IOCTL
#endif

#endif /* _LAG_COMPAT_H */
