/* SPDX-License-Identifier: GPL-2.0 */
/* Receive path: what comes in on a port. */
#ifndef _LAG_RECEIVE_H
#define _LAG_RECEIVE_H

#include <linux/netdevice.h>

/* The rx_handler of a port; rx_handler_data is its struct lag_port. */
rx_handler_result_t lag_handle_frame(struct sk_buff **pskb);

#endif /* _LAG_RECEIVE_H */
