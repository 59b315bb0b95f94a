// SPDX-License-Identifier: GPL-2.0
/* Ethernet devices with what takes the driver of a real NIC: a clock, limits of
 * segmentation, encryption for kTLS, LRO.  Nothing is sent.
 *
 * Kind "nic" is told of timestamps by the operations that 6.12 has for that,
 * kind "nic_ioctl" by ioctl, as on 6.1 both are.
 *
 *	echo DEVICE SIZE SEGMENTS >/sys/module/nic/parameters/tso
 *	echo DEVICE 0|1 >/sys/module/nic/parameters/encrypts
 *
 * These two do it to any device.
 */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include <net/rtnetlink.h>

struct nic_priv {
	struct hwtstamp_config stamps;
};

static netdev_tx_t nic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static int nic_change_carrier(struct net_device *dev, bool carrier)
{
	if (carrier)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	return 0;
}

static int nic_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd)
{
	struct nic_priv *priv = netdev_priv(dev);

	switch (cmd) {
	case SIOCSHWTSTAMP:
		if (copy_from_user(&priv->stamps, ifr->ifr_data,
				   sizeof(priv->stamps)))
			return -EFAULT;
		/* It has no flags to obey. */
		priv->stamps.flags = 0;
		fallthrough;
	case SIOCGHWTSTAMP:
		return copy_to_user(ifr->ifr_data, &priv->stamps,
				    sizeof(priv->stamps)) ? -EFAULT : 0;
	default:
		return -EOPNOTSUPP;
	}
}

#define NIC_OPS						\
	.ndo_start_xmit		= nic_xmit,		\
	.ndo_set_mac_address	= eth_mac_addr,		\
	.ndo_change_carrier	= nic_change_carrier

static const struct net_device_ops nic_ioctl_netdev_ops = {
	NIC_OPS,
	.ndo_eth_ioctl		= nic_ioctl,
};

#ifdef NIC_IOCTL_ONLY
#define nic_netdev_ops nic_ioctl_netdev_ops
#else
static int nic_hwtstamp_get(struct net_device *dev,
			    struct kernel_hwtstamp_config *config)
{
	struct nic_priv *priv = netdev_priv(dev);

	hwtstamp_config_to_kernel(config, &priv->stamps);
	return 0;
}

static int nic_hwtstamp_set(struct net_device *dev,
			    struct kernel_hwtstamp_config *config,
			    struct netlink_ext_ack *extack)
{
	struct nic_priv *priv = netdev_priv(dev);

	config->flags = 0;
	hwtstamp_config_from_kernel(&priv->stamps, config);
	return 0;
}

static const struct net_device_ops nic_netdev_ops = {
	NIC_OPS,
	.ndo_hwtstamp_get	= nic_hwtstamp_get,
	.ndo_hwtstamp_set	= nic_hwtstamp_set,
};
#endif

/* Nobody opens the clock, so that its number may be any. */
static int nic_get_ts_info(struct net_device *dev,
			   struct kernel_ethtool_ts_info *info)
{
	info->so_timestamping = SOF_TIMESTAMPING_TX_HARDWARE |
				SOF_TIMESTAMPING_RX_HARDWARE |
				SOF_TIMESTAMPING_RAW_HARDWARE;
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	info->rx_filters = BIT(HWTSTAMP_FILTER_NONE);
	info->phc_index = dev->ifindex;
	return 0;
}

static const struct ethtool_ops nic_ethtool_ops = {
	.get_link		= ethtool_op_get_link,
	.get_ts_info		= nic_get_ts_info,
};

static void nic_setup_ioctl(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &nic_ioctl_netdev_ops;
	dev->ethtool_ops = &nic_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	dev->hw_features |= NETIF_F_LRO;
	dev->features |= NETIF_F_HW_CSUM | NETIF_F_SG | NETIF_F_GSO_SOFTWARE |
			 NETIF_F_RXCSUM | NETIF_F_LRO;
	eth_hw_addr_random(dev);
}

static void nic_setup(struct net_device *dev)
{
	nic_setup_ioctl(dev);
	dev->netdev_ops = &nic_netdev_ops;
}

static struct rtnl_link_ops nic_link_ops __read_mostly = {
	.kind		= "nic",
	.priv_size	= sizeof(struct nic_priv),
	.setup		= nic_setup,
};

static struct rtnl_link_ops nic_ioctl_link_ops __read_mostly = {
	.kind		= "nic_ioctl",
	.priv_size	= sizeof(struct nic_priv),
	.setup		= nic_setup_ioctl,
};

/* What is done to a device by its name; ends in telling of it */
static int nic_do(const char *name,
		  void (*act)(struct net_device *dev, unsigned int a,
			      unsigned int b),
		  unsigned int a, unsigned int b)
{
	struct net_device *dev;

	rtnl_lock();
	dev = __dev_get_by_name(current->nsproxy->net_ns, name);
	if (dev) {
		act(dev, a, b);
		netdev_features_change(dev);
	}
	rtnl_unlock();
	return dev ? 0 : -ENODEV;
}

static void nic_tso(struct net_device *dev, unsigned int size,
		    unsigned int segments)
{
	netif_set_tso_max_size(dev, size);
	netif_set_tso_max_segs(dev, segments);
}

static int nic_tso_set(const char *value, const struct kernel_param *param)
{
	unsigned int size, segments;
	char name[IFNAMSIZ];

	if (sscanf(value, "%15s %u %u", name, &size, &segments) != 3)
		return -EINVAL;

	return nic_do(name, nic_tso, size, segments);
}

static const struct kernel_param_ops nic_tso_ops = {
	.set	= nic_tso_set,
};

module_param_cb(tso, &nic_tso_ops, NULL, 0200);
MODULE_PARM_DESC(tso, "DEVICE SIZE SEGMENTS: what it takes at most");

static void nic_encrypts(struct net_device *dev, unsigned int on,
			 unsigned int unused)
{
	if (on)
		dev->features |= NETIF_F_HW_TLS_TX;
	else
		dev->features &= ~NETIF_F_HW_TLS_TX;
}

static int nic_encrypts_set(const char *value, const struct kernel_param *param)
{
	char name[IFNAMSIZ];
	unsigned int on;

	if (sscanf(value, "%15s %u", name, &on) != 2)
		return -EINVAL;

	return nic_do(name, nic_encrypts, on, 0);
}

static const struct kernel_param_ops nic_encrypts_ops = {
	.set	= nic_encrypts_set,
};

module_param_cb(encrypts, &nic_encrypts_ops, NULL, 0200);
MODULE_PARM_DESC(encrypts, "DEVICE 0|1: whether it says so");

static int __init nic_init(void)
{
	int err;

	err = rtnl_link_register(&nic_link_ops);
	if (err)
		return err;

	err = rtnl_link_register(&nic_ioctl_link_ops);
	if (err)
		rtnl_link_unregister(&nic_link_ops);
	return err;
}

static void __exit nic_exit(void)
{
	rtnl_link_unregister(&nic_ioctl_link_ops);
	rtnl_link_unregister(&nic_link_ops);
}

module_init(nic_init);
module_exit(nic_exit);
MODULE_ALIAS_RTNL_LINK("nic");
MODULE_DESCRIPTION("Test helper: devices as NICs are");
MODULE_LICENSE("GPL");
