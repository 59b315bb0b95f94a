/* SPDX-License-Identifier: GPL-2.0 */
/* What a lag takes from its ports: features, limits, headroom. */
#ifndef _LAG_INHERIT_H
#define _LAG_INHERIT_H

#include <linux/netdev_features.h>

struct lag;
struct net_device;

/* Features of a lag without ports */
void lag_inherit_setup(struct net_device *dev);

/* Everything anew: the ports or something of them changed.  RTNL. */
void lag_inherit_update(struct lag *lag);

/* For ndo_fix_features: @features as the ports allow them.  RTNL. */
netdev_features_t lag_inherit_features(struct lag *lag,
				       netdev_features_t features);

#endif /* _LAG_INHERIT_H */
