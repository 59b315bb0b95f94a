// SPDX-License-Identifier: GPL-2.0
/* The module: comes and goes.
 *
 * It makes no device and takes no parameters; see netlink.c for both.
 */
#include "netlink.h"
#include "notifier.h"
#include "announce.h"
#include "lag.h"

#include <linux/module.h>
#include <linux/rcupdate.h>

#include <net/rtnetlink.h>

static int __init lag_init(void)
{
	int err;

	err = lag_announce_init();
	if (err)
		return err;

	err = lag_notifier_init();
	if (err)
		goto undo_announce;

	err = lag_netlink_init();
	if (err)
		goto undo_notifier;

	return 0;

undo_notifier:
	lag_notifier_exit();
undo_announce:
	lag_announce_exit();
	return err;
}

static void __exit lag_exit(void)
{
	lag_netlink_exit();
	lag_notifier_exit();
	lag_announce_exit();
	/* Nothing may be left that would return into the module's text. */
	rcu_barrier();
}

module_init(lag_init);
module_exit(lag_exit);

MODULE_ALIAS_RTNL_LINK(LAG_DRV_NAME);
MODULE_DESCRIPTION("Link aggregation with LACP");
MODULE_VERSION("1.2");
MODULE_LICENSE("GPL");
