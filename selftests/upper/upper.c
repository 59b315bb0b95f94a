// SPDX-License-Identifier: GPL-2.0
/* Hears what the driver of a switch or of a NIC with several ports hears of the
 * lag that these are ports of.
 *
 *	cat /sys/module/upper/parameters/heard		and forgets it
 *
 * A line for each event: "link PORT LAG HOW HASH" (struct netdev_lag_upper_info),
 * "unlink PORT LAG", "state PORT link 0|1 tx 0|1".
 */

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>

static const char * const upper_tx_types[] = {
	[NETDEV_LAG_TX_TYPE_UNKNOWN]		= "unknown",
	[NETDEV_LAG_TX_TYPE_RANDOM]		= "random",
	[NETDEV_LAG_TX_TYPE_BROADCAST]		= "broadcast",
	[NETDEV_LAG_TX_TYPE_ROUNDROBIN]		= "roundrobin",
	[NETDEV_LAG_TX_TYPE_ACTIVEBACKUP]	= "activebackup",
	[NETDEV_LAG_TX_TYPE_HASH]		= "hash",
};

static const char * const upper_hash_types[] = {
	[NETDEV_LAG_HASH_NONE]		= "none",
	[NETDEV_LAG_HASH_L2]		= "l2",
	[NETDEV_LAG_HASH_L34]		= "l34",
	[NETDEV_LAG_HASH_L23]		= "l23",
	[NETDEV_LAG_HASH_E23]		= "e23",
	[NETDEV_LAG_HASH_E34]		= "e34",
	[NETDEV_LAG_HASH_VLAN_SRCMAC]	= "vlan+srcmac",
	[NETDEV_LAG_HASH_UNKNOWN]	= "unknown",
};

/* Under RTNL */
static char upper_text[2048];
static size_t upper_len;

#define upper_note(format, ...)						\
	(upper_len += scnprintf(upper_text + upper_len,			\
				sizeof(upper_text) - upper_len,		\
				format "\n", ##__VA_ARGS__))

static void upper_linked(const struct net_device *dev,
			 const struct netdev_notifier_changeupper_info *info)
{
	const struct netdev_lag_upper_info *lag = info->upper_info;

	if (!info->master)
		return;
	if (!info->linking)
		upper_note("unlink %s %s", dev->name, info->upper_dev->name);
	else if (lag)
		upper_note("link %s %s %s %s", dev->name, info->upper_dev->name,
			   upper_tx_types[lag->tx_type],
			   upper_hash_types[lag->hash_type]);
}

static void upper_changed(const struct net_device *dev,
			  const struct netdev_notifier_changelowerstate_info *i)
{
	const struct netdev_lag_lower_state_info *state = i->lower_state_info;

	upper_note("state %s link %u tx %u", dev->name, state->link_up,
		   state->tx_enabled);
}

static int upper_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_CHANGEUPPER)
		upper_linked(dev, ptr);
	else if (event == NETDEV_CHANGELOWERSTATE)
		upper_changed(dev, ptr);
	return NOTIFY_DONE;
}

static struct notifier_block upper_notifier = {
	.notifier_call = upper_event,
};

static int upper_heard_get(char *buffer, const struct kernel_param *param)
{
	int len;

	rtnl_lock();
	len = sysfs_emit(buffer, "%.*s", (int)upper_len, upper_text);
	upper_len = 0;
	rtnl_unlock();
	return len;
}

static const struct kernel_param_ops upper_heard_ops = {
	.get	= upper_heard_get,
};

module_param_cb(heard, &upper_heard_ops, NULL, 0400);
MODULE_PARM_DESC(heard, "what was heard since this was read");

static int __init upper_init(void)
{
	return register_netdevice_notifier(&upper_notifier);
}

static void __exit upper_exit(void)
{
	unregister_netdevice_notifier(&upper_notifier);
}

module_init(upper_init);
module_exit(upper_exit);
MODULE_DESCRIPTION("Test helper: what drivers are told of a lag");
MODULE_LICENSE("GPL");
