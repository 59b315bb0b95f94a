// SPDX-License-Identifier: GPL-2.0
/* Ethernet devices, kind "refuse", whose driver refuses a step on order, and a
 * notifier that does so for every device.
 *
 * Which steps an operation has, and what must be true after one was refused, is
 * not here; see refused.py.
 *
 *	echo N >/sys/module/refuse/parameters/step	the Nth from now on fails
 *	cat /sys/module/refuse/parameters/step		how many are left; which
 *							one has failed, for whom
 *	cat /sys/module/refuse/parameters/vids		VLAN ids of each device
 *	echo DEVICE N >/sys/module/refuse/parameters/promiscuity
 *	echo DEVICE N >/sys/module/refuse/parameters/allmulti
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>

#include <net/rtnetlink.h>

struct refuse_priv {
	unsigned int vids;
};

/* All under RTNL */
static unsigned int refuse_left;
static const char *refuse_what = "";
static char refuse_whom[IFNAMSIZ];

static bool refuse_step(const char *what, const struct net_device *dev)
{
	ASSERT_RTNL();

	if (!refuse_left || --refuse_left)
		return false;

	refuse_what = what;
	strscpy(refuse_whom, dev->name, sizeof(refuse_whom));
	return true;
}

/* Devices */

static int refuse_open(struct net_device *dev)
{
	return refuse_step("open", dev) ? -EIO : 0;
}

static int refuse_stop(struct net_device *dev)
{
	return 0;
}

static netdev_tx_t refuse_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static int refuse_set_mac_address(struct net_device *dev, void *addr)
{
	return refuse_step("mac", dev) ? -EIO : eth_mac_addr(dev, addr);
}

static int refuse_change_mtu(struct net_device *dev, int mtu)
{
	if (refuse_step("mtu", dev))
		return -EIO;

	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static int refuse_add_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct refuse_priv *priv = netdev_priv(dev);

	/* Without asking whether it has worked the kernel adds this one. */
	if (!vid)
		return 0;
	if (refuse_step("vlan", dev))
		return -EIO;

	priv->vids++;
	return 0;
}

static int refuse_kill_vid(struct net_device *dev, __be16 proto, u16 vid)
{
	struct refuse_priv *priv = netdev_priv(dev);

	WARN_ON(vid && !priv->vids--);
	return 0;
}

/* What others have taken they must have given back by now. */
static void refuse_uninit(struct net_device *dev)
{
	struct refuse_priv *priv = netdev_priv(dev);

	WARN_ON(priv->vids);
}

static const struct net_device_ops refuse_netdev_ops = {
	.ndo_uninit		= refuse_uninit,
	.ndo_open		= refuse_open,
	.ndo_stop		= refuse_stop,
	.ndo_start_xmit		= refuse_xmit,
	.ndo_set_mac_address	= refuse_set_mac_address,
	.ndo_change_mtu		= refuse_change_mtu,
	.ndo_vlan_rx_add_vid	= refuse_add_vid,
	.ndo_vlan_rx_kill_vid	= refuse_kill_vid,
};

static void refuse_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &refuse_netdev_ops;
	dev->needs_free_netdev = true;
	dev->features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	dev->max_mtu = ETH_MAX_MTU;
	eth_hw_addr_random(dev);
}

static struct rtnl_link_ops refuse_link_ops __read_mostly = {
	.kind		= "refuse",
	.priv_size	= sizeof(struct refuse_priv),
	.setup		= refuse_setup,
};

/* The events at which who is told may refuse */
static const char *refuse_event_name(unsigned long event, void *ptr)
{
	const struct netdev_notifier_changeupper_info *info = ptr;

	switch (event) {
	case NETDEV_POST_INIT:
		return "POST_INIT";
	case NETDEV_REGISTER:
		return "REGISTER";
	case NETDEV_PRE_UP:
		return "PRE_UP";
	case NETDEV_PRECHANGEMTU:
		return "PRECHANGEMTU";
	case NETDEV_CHANGEMTU:
		return "CHANGEMTU";
	case NETDEV_PRE_CHANGEADDR:
		return "PRE_CHANGEADDR";
	case NETDEV_PRECHANGEUPPER:
		return info->linking ? "PRECHANGEUPPER" : NULL;
	case NETDEV_CHANGEUPPER:
		return info->linking ? "CHANGEUPPER" : NULL;
	default:
		return NULL;
	}
}

static int refuse_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	const char *what = refuse_event_name(event, ptr);

	if (!what || !refuse_step(what, netdev_notifier_info_to_dev(ptr)))
		return NOTIFY_DONE;

	return notifier_from_errno(-EIO);
}

static struct notifier_block refuse_notifier = {
	.notifier_call = refuse_event,
};

/* Parameters */

static int refuse_step_set(const char *value, const struct kernel_param *param)
{
	unsigned int left;
	int err;

	err = kstrtouint(value, 0, &left);
	if (err)
		return err;

	rtnl_lock();
	refuse_left = left;
	refuse_what = "";
	refuse_whom[0] = '\0';
	rtnl_unlock();
	return 0;
}

static int refuse_step_get(char *buffer, const struct kernel_param *param)
{
	int len;

	rtnl_lock();
	len = sysfs_emit(buffer, "%u %s %s\n", refuse_left, refuse_what,
			 refuse_whom);
	rtnl_unlock();
	return len;
}

static const struct kernel_param_ops refuse_step_ops = {
	.set	= refuse_step_set,
	.get	= refuse_step_get,
};

module_param_cb(step, &refuse_step_ops, NULL, 0600);
MODULE_PARM_DESC(step, "the Nth from now on fails; read: left, what, whom");

static int refuse_vids_get(char *buffer, const struct kernel_param *param)
{
	const struct refuse_priv *priv;
	struct net_device *dev;
	int len = 0;

	rtnl_lock();
	for_each_netdev(current->nsproxy->net_ns, dev) {
		if (dev->netdev_ops != &refuse_netdev_ops)
			continue;
		priv = netdev_priv(dev);
		len += sysfs_emit_at(buffer, len, "%s %u\n", dev->name,
				     priv->vids);
	}
	rtnl_unlock();
	return len;
}

static const struct kernel_param_ops refuse_vids_ops = {
	.get	= refuse_vids_get,
};

module_param_cb(vids, &refuse_vids_ops, NULL, 0400);
MODULE_PARM_DESC(vids, "VLAN ids of each device");

/* At the greatest number one more is refused by the kernel. */
static int refuse_count_set(const char *value, bool allmulti)
{
	struct net_device *dev;
	char name[IFNAMSIZ];
	unsigned int count;

	if (sscanf(value, "%15s %u", name, &count) != 2)
		return -EINVAL;

	rtnl_lock();
	dev = __dev_get_by_name(current->nsproxy->net_ns, name);
	if (dev && allmulti)
		dev->allmulti = count;
	else if (dev)
		dev->promiscuity = count;
	rtnl_unlock();
	return dev ? 0 : -ENODEV;
}

static int refuse_promiscuity_set(const char *value,
				  const struct kernel_param *param)
{
	return refuse_count_set(value, false);
}

static int refuse_allmulti_set(const char *value,
			       const struct kernel_param *param)
{
	return refuse_count_set(value, true);
}

static const struct kernel_param_ops refuse_promiscuity_ops = {
	.set	= refuse_promiscuity_set,
};

static const struct kernel_param_ops refuse_allmulti_ops = {
	.set	= refuse_allmulti_set,
};

module_param_cb(promiscuity, &refuse_promiscuity_ops, NULL, 0200);
MODULE_PARM_DESC(promiscuity, "DEVICE N");
module_param_cb(allmulti, &refuse_allmulti_ops, NULL, 0200);
MODULE_PARM_DESC(allmulti, "DEVICE N");

static int __init refuse_init(void)
{
	int err;

	err = rtnl_link_register(&refuse_link_ops);
	if (err)
		return err;

	err = register_netdevice_notifier(&refuse_notifier);
	if (err)
		rtnl_link_unregister(&refuse_link_ops);
	return err;
}

static void __exit refuse_exit(void)
{
	unregister_netdevice_notifier(&refuse_notifier);
	rtnl_link_unregister(&refuse_link_ops);
}

module_init(refuse_init);
module_exit(refuse_exit);
MODULE_DESCRIPTION("Test helper: steps are refused");
MODULE_LICENSE("GPL");
