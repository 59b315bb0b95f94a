/* SPDX-License-Identifier: GPL-2.0 */
/* Transmit path: choose the port for each packet. */
#ifndef _LAG_TRANSMIT_H
#define _LAG_TRANSMIT_H

#include <linux/netdevice.h>

/* net_device_ops.ndo_start_xmit; dev->tstats must exist */
netdev_tx_t lag_start_xmit(struct sk_buff *skb, struct net_device *dev);

#endif /* _LAG_TRANSMIT_H */
