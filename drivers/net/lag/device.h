/* SPDX-License-Identifier: GPL-2.0 */
/* The lag netdevice: setup and net_device_ops. */
#ifndef _LAG_DEVICE_H
#define _LAG_DEVICE_H

#include <linux/types.h>

struct net_device;

/* rtnl_link_ops.setup */
void lag_device_setup(struct net_device *dev);

/* Whether @dev is a lag */
bool lag_device_is(const struct net_device *dev);

#endif /* _LAG_DEVICE_H */
