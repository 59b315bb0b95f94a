/* SPDX-License-Identifier: GPL-2.0 */
/* Transmit path: choose the port for each packet. */
#ifndef _LAG_TRANSMIT_H
#define _LAG_TRANSMIT_H

#include <linux/netdevice.h>

/* net_device_ops.ndo_start_xmit; dev->tstats must exist */
netdev_tx_t lag_start_xmit(struct sk_buff *skb, struct net_device *dev);

/* net_device_ops.ndo_select_queue: 0, which says nothing, for a mapping that
 * is beyond the lag's queues.  Asked only if it has several.
 */
u16 lag_select_queue(struct net_device *dev, struct sk_buff *skb,
		     struct net_device *sb_dev);

/* net_device_ops.ndo_get_xmit_slave: the port that the packet would leave by,
 * where that is no matter of turns; NULL if no port carries traffic.  RCU.
 */
struct net_device *lag_get_xmit_slave(struct net_device *dev,
				      struct sk_buff *skb, bool all_slaves);

/* net_device_ops.ndo_sk_get_lower_dev: the port that the packets of a connected
 * TCP socket leave by; NULL if the socket alone does not tell it, or if it is
 * one that would encrypt for kTLS.
 */
struct net_device *lag_sk_get_lower_dev(struct net_device *dev,
					struct sock *sk);

#endif /* _LAG_TRANSMIT_H */
