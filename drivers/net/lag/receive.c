// SPDX-License-Identifier: GPL-2.0
/* Receive path: slow-protocol frames to control, the rest to the lag.
 *
 * What LACP makes of a frame, and which ports collect, is decided in control.c.
 */
#include "receive.h"
#include "control.h"
#include "lag.h"

#include "engine/pdu.h"

#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

static __always_inline rx_handler_result_t
lag_receive_count(struct sk_buff *skb, struct net_device *dev)
{
	dev_sw_netstats_rx_add(dev, skb->len + ETH_HLEN);
	skb->dev = dev;
	return RX_HANDLER_ANOTHER;
}

/* To others than the port, or to many */
static noinline rx_handler_result_t
lag_receive_not_host(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);

	/* The port's driver judged by the port's address, which is not the
	 * lag's while that is being changed.
	 */
	if (skb->pkt_type == PACKET_OTHERHOST &&
	    ether_addr_equal(eth_hdr(skb)->h_dest, dev->dev_addr))
		skb->pkt_type = PACKET_HOST;
	else if (skb->pkt_type == PACKET_MULTICAST)
		this_cpu_inc(*lag->rx_multicast);

	return lag_receive_count(skb, dev);
}

/* As the lag's; @skb is ours alone. */
static __always_inline rx_handler_result_t
lag_receive_own(struct sk_buff *skb, struct net_device *dev)
{
	if (unlikely(skb->pkt_type != PACKET_HOST))
		return lag_receive_not_host(skb, dev);

	return lag_receive_count(skb, dev);
}

/* skb_share_check(), of a packet that is known to be shared, in the order that
 * has least to be kept from one call to the next
 */
static noinline rx_handler_result_t lag_receive_shared(struct sk_buff **pskb,
						       struct net_device *dev)
{
	struct sk_buff *own = skb_clone(*pskb, GFP_ATOMIC);
	struct sk_buff *skb = *pskb;

	*pskb = own;
	if (unlikely(!own)) {
		kfree_skb(skb);
		return RX_HANDLER_CONSUMED;
	}

	lag_receive_own(own, dev);
	consume_skb(skb);
	return RX_HANDLER_ANOTHER;
}

static __always_inline rx_handler_result_t
lag_receive_data(struct sk_buff **pskb, struct net_device *dev)
{
	struct sk_buff *skb = *pskb;

	/* In line no register has to be saved. */
	if (unlikely(skb_shared(skb)))
		return lag_receive_shared(pskb, dev);

	return lag_receive_own(skb, dev);
}

/* 802.3 Annex 57A: to the slow protocols address, without a VLAN */
static bool lag_receive_is_slow(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_SLOW) &&
	       ether_addr_equal(eth_hdr(skb)->h_dest,
				lag_control_slow_address) &&
	       !(skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb));
}

static noinline rx_handler_result_t
lag_receive_special(struct sk_buff **pskb, struct lag_port *port)
{
	struct lag *lag = port->lag;
	struct sk_buff *skb = *pskb;

	/* Looped back for sockets of the port itself */
	if (skb->pkt_type == PACKET_LOOPBACK)
		return RX_HANDLER_PASS;

	if (lag_receive_is_slow(skb)) {
		const u8 *subtype;
		u8 buffer;

		subtype = skb_header_pointer(skb, 0, sizeof(buffer), &buffer);
		if (!subtype || (*subtype != LACP_SUBTYPE_LACP &&
				 *subtype != LACP_SUBTYPE_MARKER))
			return RX_HANDLER_PASS;

		if (READ_ONCE(lag->mode) == LAG_MODE_LACP) {
			lag_control_receive(port, skb);
			consume_skb(skb);
			return RX_HANDLER_CONSUMED;
		}
	}

	if (READ_ONCE(port->collecting))
		return lag_receive_data(pskb, lag->dev);

	/* LLDP and its like are about the link, whatever LACP says of it. */
	if (is_link_local_ether_addr(eth_hdr(skb)->h_dest))
		return RX_HANDLER_PASS;

	this_cpu_inc(*port->not_collecting_rx);
	return RX_HANDLER_EXACT;
}

rx_handler_result_t lag_handle_frame(struct sk_buff **pskb)
{
	const struct sk_buff *skb = *pskb;
	struct lag_port *port;

	port = lag_port_get_rcu(skb->dev);
	if (likely(READ_ONCE(port->collecting) &&
		   skb->protocol != htons(ETH_P_SLOW) &&
		   skb->pkt_type != PACKET_LOOPBACK))
		return lag_receive_data(pskb, port->lag->dev);

	return lag_receive_special(pskb, port);
}
