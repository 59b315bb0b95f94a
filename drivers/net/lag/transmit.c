// SPDX-License-Identifier: GPL-2.0
/* Transmit path: choose the port for each packet.
 *
 * Who may carry traffic is decided in control.c; this file only reads the
 * slots.
 *
 * Every packet pays for each register that is saved, so what is rare is not
 * in line but a call at the very end of its caller.  For the same reason a lag
 * has one transmit queue unless told otherwise: then nothing has to be chosen
 * here, and the port chooses its own by XPS or by the hash that the socket or
 * the receiving NIC gave.
 */
#include "transmit.h"
#include "control.h"
#include "lag.h"
#include "txmap.h"

#include "engine/hash.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include <net/flow_dissector.h>
#include <net/ip.h>

static_assert(LAG_SLOTS == 256);	/* lag_hash_slot() */

/* Octets of a packet that the short way for layer3+4 has to find in one piece,
 * and where in it the words are.
 */
#define LAG_XMIT_IPV4_LEN	(ETH_HLEN + sizeof(struct iphdr) + 4)
#define LAG_XMIT_IPV6_LEN	(ETH_HLEN + sizeof(struct ipv6hdr) + 4)
#define LAG_XMIT_TYPE		offsetof(struct ethhdr, h_proto)
#define LAG_XMIT_IPV4(field)	(ETH_HLEN + offsetof(struct iphdr, field))
#define LAG_XMIT_IPV6(field)	(ETH_HLEN + offsetof(struct ipv6hdr, field))

/* VLAN tags that are looked through */
#define LAG_XMIT_VLAN_DEPTH	8

/* Hand the packet to the port.  What becomes of it there is in the port's own
 * counters, and told to the sender.
 */
static __always_inline netdev_tx_t lag_xmit_port(struct sk_buff *skb,
						 const struct lag_port *port)
{
	dev_sw_netstats_tx_add(skb->dev, 1, skb->len);
	skb->dev = port->dev;
	return (netdev_tx_t)dev_queue_xmit(skb);
}

/* The live port that serves a slot whose own has just gone */
static struct lag_port *lag_xmit_substitute(const struct lag *lag, u32 hash)
{
	u64 live = READ_ONCE(lag->txmap.live);

	while (live) {
		struct lag_port *port;
		unsigned int index;
		unsigned int n;
		u64 rest = live;

		/* All packets of a slot have its bits of the hash in common. */
		n = reciprocal_scale(hash << 8, hweight64(live));
		while (n--)
			rest &= rest - 1;
		index = __ffs64(rest);

		port = rcu_dereference_bh(lag->txmap.port[index]);
		if (port && netif_carrier_ok(port->dev))
			return port;
		live &= ~BIT_ULL(index);
	}

	return NULL;
}

static noinline netdev_tx_t lag_xmit_without_port(struct sk_buff *skb,
						  struct lag *lag, u32 hash)
{
	const struct lag_port *port = lag_txmap_port(&lag->txmap, hash);

	if (port)
		lag_control_kick(lag);

	port = lag_xmit_substitute(lag, hash);
	if (port)
		return lag_xmit_port(skb, port);

	dev_core_stats_tx_dropped_inc(skb->dev);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static __always_inline netdev_tx_t lag_xmit_hash(struct sk_buff *skb,
						 struct lag *lag, u32 hash)
{
	const struct lag_port *port = lag_txmap_port(&lag->txmap, hash);

	if (likely(port && netif_carrier_ok(port->dev)))
		return lag_xmit_port(skb, port);

	return lag_xmit_without_port(skb, lag, hash);
}

static bool lag_xmit_has_ports(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

/* The ports of IP packets with options, extension headers or fragments */
static noinline u32 lag_xmit_dissect_ports(const struct sk_buff *skb,
					   __be16 type, int offset)
{
	struct flow_keys keys = {};

	if (!__skb_flow_dissect(dev_net(skb->dev), skb, &flow_keys_dissector,
				&keys, skb->data, type, offset,
				skb_headlen(skb),
				FLOW_DISSECTOR_F_STOP_AT_ENCAP) ||
	    !lag_xmit_has_ports(keys.basic.ip_proto) ||
	    keys.control.flags & FLOW_DIS_IS_FRAGMENT)
		return 0;

	return lag_flow_octets4((const u8 *)&keys.ports.ports);
}

static u32 lag_xmit_read_ports(const struct sk_buff *skb, int offset)
{
	const u8 *ports;
	u8 buffer[4];

	ports = skb_header_pointer(skb, offset, sizeof(buffer), buffer);
	return ports ? lag_flow_octets4(ports) : 0;
}

static void lag_xmit_read_ipv4(const struct sk_buff *skb, int offset,
			       struct lag_flow *flow)
{
	const struct iphdr *ip;
	struct iphdr buffer;

	ip = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	if (!ip || ip->version != 4 || ip->ihl < 5)
		return;

	flow->ip = true;
	flow->src = lag_flow_octets4((const u8 *)&ip->saddr);
	flow->dst = lag_flow_octets4((const u8 *)&ip->daddr);
	if (ip_is_fragment(ip) || !lag_xmit_has_ports(ip->protocol))
		return;
	flow->ports = lag_xmit_read_ports(skb, offset + ip->ihl * 4);
}

static void lag_xmit_read_ipv6(const struct sk_buff *skb, int offset,
			       struct lag_flow *flow)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buffer;

	ip = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	if (!ip || ip->version != 6)
		return;

	flow->ip = true;
	flow->src = lag_flow_ipv6_address((const u8 *)&ip->saddr);
	flow->dst = lag_flow_ipv6_address((const u8 *)&ip->daddr);
	if (lag_xmit_has_ports(ip->nexthdr))
		flow->ports = lag_xmit_read_ports(skb, offset + sizeof(*ip));
	else
		flow->ports = lag_xmit_dissect_ports(skb, htons(ETH_P_IPV6),
						     offset);
}

/* What the frame itself says: skb->protocol is the sender's word for it. */
static void lag_xmit_read_flow(const struct sk_buff *skb,
			       struct lag_flow *flow)
{
	const struct ethhdr *eth;
	int offset = ETH_HLEN;
	struct ethhdr buffer;
	unsigned int i;
	__be16 type;

	eth = skb_header_pointer(skb, 0, sizeof(buffer), &buffer);
	if (!eth)
		return;

	flow->src_mac = lag_flow_octets6(eth->h_source);
	flow->dst_mac = lag_flow_octets6(eth->h_dest);
	type = eth->h_proto;
	if (skb_vlan_tag_present(skb))
		flow->vlan = skb_vlan_tag_get_id(skb);

	for (i = 0; i < LAG_XMIT_VLAN_DEPTH && eth_type_vlan(type); i++) {
		const struct vlan_hdr *vlan;
		struct vlan_hdr tag;

		vlan = skb_header_pointer(skb, offset, sizeof(tag), &tag);
		if (!vlan)
			break;
		if (!i && !skb_vlan_tag_present(skb))
			flow->vlan = ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK;
		type = vlan->h_vlan_encapsulated_proto;
		offset += VLAN_HLEN;
	}

	flow->type = ntohs(type);
	if (type == htons(ETH_P_IP))
		lag_xmit_read_ipv4(skb, offset, flow);
	else if (type == htons(ETH_P_IPV6))
		lag_xmit_read_ipv6(skb, offset, flow);
}

/* Any packet, any policy */
static noinline netdev_tx_t lag_xmit_flow(struct sk_buff *skb,
					  struct lag *lag)
{
	struct lag_flow flow = {};
	u32 hash;

	lag_xmit_read_flow(skb, &flow);
	hash = lag_hash(&flow, READ_ONCE(lag->xmit_hash_policy),
			READ_ONCE(lag->hash_symmetric),
			READ_ONCE(lag->hash_seed));
	return lag_xmit_hash(skb, lag, hash);
}

/* The short way for layer3+4: TCP or UDP in IPv6 without extension headers */
static noinline netdev_tx_t lag_xmit_layer34_ipv6(struct sk_buff *skb,
						  struct lag *lag)
{
	const u8 *data = skb->data;
	u64 pair;
	u32 hash;

	if (unlikely(skb_headlen(skb) < LAG_XMIT_IPV6_LEN) ||
	    get_unaligned((__be16 *)(data + LAG_XMIT_TYPE)) !=
	    htons(ETH_P_IPV6) ||
	    data[ETH_HLEN] >> 4 != 6 ||
	    (data[LAG_XMIT_IPV6(nexthdr)] != IPPROTO_TCP &&
	     data[LAG_XMIT_IPV6(nexthdr)] != IPPROTO_UDP))
		return lag_xmit_flow(skb, lag);

	pair = lag_hash_pair(lag_flow_ipv6_address(data + LAG_XMIT_IPV6(saddr)),
			     lag_flow_ipv6_address(data + LAG_XMIT_IPV6(daddr)));
	hash = lag_hash_mix(pair,
			    get_unaligned_le32(data + LAG_XMIT_IPV6_LEN - 4),
			    READ_ONCE(lag->hash_seed));
	return lag_xmit_hash(skb, lag, hash);
}

/* Policy and mode, asked once */
static noinline netdev_tx_t lag_xmit_by_pick(struct sk_buff *skb,
					     struct lag *lag)
{
	switch (READ_ONCE(lag->pick)) {
	case LAG_PICK_LAYER34:
		return lag_xmit_layer34_ipv6(skb, lag);
	case LAG_PICK_ACTIVE:
		return lag_xmit_hash(skb, lag, 0);
	default:
		return lag_xmit_flow(skb, lag);
	}
}

/* EtherType, version and header length of IPv4 without options */
static __always_inline bool lag_xmit_is_plain_ipv4(const u8 *data)
{
	return (get_unaligned_be32(data + LAG_XMIT_TYPE) & 0xffffff00) ==
	       (ETH_P_IP << 16 | 0x4500);
}

/* The protocol, something else for a fragment: fragment flag and offset, time
 * to live and protocol are one word.
 */
static __always_inline __be32 lag_xmit_ipv4_protocol(const u8 *data)
{
	const __be32 *word = (__be32 *)(data + LAG_XMIT_IPV4(frag_off));

	return get_unaligned(word) & htonl((IP_MF | IP_OFFSET) << 16 | 0xff);
}

netdev_tx_t lag_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	const u8 *data = skb->data;
	__be32 protocol;
	u32 hash;

	if (unlikely(READ_ONCE(lag->pick) != LAG_PICK_LAYER34) ||
	    unlikely(skb_headlen(skb) < LAG_XMIT_IPV4_LEN) ||
	    !lag_xmit_is_plain_ipv4(data))
		return lag_xmit_by_pick(skb, lag);

	protocol = lag_xmit_ipv4_protocol(data);
	if (unlikely(protocol != htonl(IPPROTO_TCP) &&
		     protocol != htonl(IPPROTO_UDP)))
		return lag_xmit_flow(skb, lag);

	hash = lag_hash_mix(get_unaligned_le64(data + LAG_XMIT_IPV4(saddr)),
			    get_unaligned_le32(data + LAG_XMIT_IPV4_LEN - 4),
			    READ_ONCE(lag->hash_seed));
	return lag_xmit_hash(skb, lag, hash);
}
