// SPDX-License-Identifier: GPL-2.0
/* Holds RTNL for as long as it is told, and does to the carrier of a device
 * what the driver of a NIC does without RTNL.
 *
 * What a lag has to do meanwhile is not here; see rtnl_held.py.
 *
 *	echo MS >/sys/module/rtnl_hold/parameters/hold
 *	echo DEVICE 0|1 >/sys/module/rtnl_hold/parameters/carrier
 *	cat /sys/module/rtnl_hold/parameters/name_offset
 */

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

static unsigned int rtnl_hold_ms;
static DECLARE_COMPLETION(rtnl_hold_begun);

static void rtnl_hold_work(struct work_struct *work)
{
	rtnl_lock();
	complete(&rtnl_hold_begun);
	msleep(rtnl_hold_ms);
	rtnl_unlock();
}

static DECLARE_WORK(rtnl_hold, rtnl_hold_work);

/* Comes back as soon as it is held */
static int rtnl_hold_set(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int err;

	err = kstrtouint(value, 0, &ms);
	if (err)
		return err;
	if (work_busy(&rtnl_hold))
		return -EBUSY;

	rtnl_hold_ms = ms;
	reinit_completion(&rtnl_hold_begun);
	queue_work(system_unbound_wq, &rtnl_hold);
	wait_for_completion(&rtnl_hold_begun);
	return 0;
}

static int rtnl_hold_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n", !!work_busy(&rtnl_hold));
}

static const struct kernel_param_ops rtnl_hold_ops = {
	.set	= rtnl_hold_set,
	.get	= rtnl_hold_get,
};

module_param_cb(hold, &rtnl_hold_ops, NULL, 0600);
MODULE_PARM_DESC(hold, "hold RTNL so many ms; read: whether it is held");

static int rtnl_hold_carrier_set(const char *value,
				 const struct kernel_param *param)
{
	struct net_device *dev;
	char name[IFNAMSIZ];
	unsigned int on;

	if (sscanf(value, "%15s %u", name, &on) != 2)
		return -EINVAL;

	dev = dev_get_by_name(current->nsproxy->net_ns, name);
	if (!dev)
		return -ENODEV;

	if (on)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
	dev_put(dev);
	return 0;
}

static const struct kernel_param_ops rtnl_hold_carrier_ops = {
	.set	= rtnl_hold_carrier_set,
};

module_param_cb(carrier, &rtnl_hold_carrier_ops, NULL, 0200);
MODULE_PARM_DESC(carrier, "DEVICE 0 or DEVICE 1: its carrier falls, or rises");

/* For kprobes: where a device has its name differs between kernels. */
static int rtnl_hold_name_offset = offsetof(struct net_device, name);

module_param_named(name_offset, rtnl_hold_name_offset, int, 0400);
MODULE_PARM_DESC(name_offset, "of a struct net_device");

static int __init rtnl_hold_init(void)
{
	return 0;
}

static void __exit rtnl_hold_exit(void)
{
	flush_work(&rtnl_hold);
}

module_init(rtnl_hold_init);
module_exit(rtnl_hold_exit);
MODULE_DESCRIPTION("Test helper: RTNL is held, carrier falls");
MODULE_LICENSE("GPL");
