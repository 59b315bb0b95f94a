/* SPDX-License-Identifier: GPL-2.0 */
/* What ethtool may ask of a lag. */
#ifndef _LAG_ETHTOOL_H
#define _LAG_ETHTOOL_H

#include <linux/ethtool.h>

extern const struct ethtool_ops lag_ethtool_ops;

#endif /* _LAG_ETHTOOL_H */
