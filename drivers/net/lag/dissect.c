// SPDX-License-Identifier: GPL-2.0
/* The addresses and ports of any IP packet, and of what tunnels carry: what is
 * too rare or too long for transmit.
 *
 * The common packets are not read here; see transmit.c.
 */
#include "dissect.h"

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/udp.h>

#include <net/flow_dissector.h>

/* UDP tunnels inside of each other; the kernel counts the other kinds. */
#define LAG_DISSECT_DEPTH	4

/* Extension headers of GTP-U */
#define LAG_DISSECT_GTPU_HEADERS	4

/* Returns the offset of a UDP header, 0 if there is none. */
static int lag_dissect_ip(const struct sk_buff *skb, __be16 type, int offset,
			  bool encap, struct lag_flow *flow)
{
	unsigned int flags = encap ? 0 : FLOW_DISSECTOR_F_STOP_AT_ENCAP;
	struct flow_keys keys = {};

	/* A packet that it gives up on has told its addresses before. */
	__skb_flow_dissect(dev_net(skb->dev), skb, &flow_keys_dissector, &keys,
			   skb->data, type, offset, skb_headlen(skb), flags);

	if (keys.control.addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS) {
		const struct flow_dissector_key_ipv4_addrs *v4;

		v4 = &keys.addrs.v4addrs;
		lag_flow_set_ipv4(flow, (const u8 *)&v4->src,
				  (const u8 *)&v4->dst);
	} else if (keys.control.addr_type == FLOW_DISSECTOR_KEY_IPV6_ADDRS) {
		const struct flow_dissector_key_ipv6_addrs *v6;

		v6 = &keys.addrs.v6addrs;
		lag_flow_set_ipv6(flow, (const u8 *)&v6->src,
				  (const u8 *)&v6->dst);
	} else {
		return 0;
	}

	flow->ports = 0;
	if (!lag_dissect_has_ports(keys.basic.ip_proto) ||
	    keys.control.flags & FLOW_DIS_IS_FRAGMENT)
		return 0;

	flow->ports = lag_flow_octets4((const u8 *)&keys.ports.ports);
	return keys.basic.ip_proto == IPPROTO_UDP ? keys.control.thoff : 0;
}

/* 0 if the packet ends before: no tunnel header begins so. */
static u8 lag_dissect_octet(const struct sk_buff *skb, int offset)
{
	const u8 *octet;
	u8 buffer;

	octet = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	return octet ? *octet : 0;
}

static __be16 lag_dissect_type(const struct sk_buff *skb, int offset)
{
	return htons(lag_dissect_octet(skb, offset) << 8 |
		     lag_dissect_octet(skb, offset + 1));
}

/* Each takes the offset of a tunnel's header and returns that of the packet
 * inside, whose type it sets; 0 if it is something else.
 */
static int lag_dissect_ethernet(const struct sk_buff *skb, int offset,
				__be16 *type)
{
	*type = lag_dissect_type(skb, offset + offsetof(struct ethhdr,
							h_proto));
	return offset + ETH_HLEN;
}

/* RFC 7348, section 5 */
static int lag_dissect_vxlan(const struct sk_buff *skb, int offset,
			     __be16 *type)
{
	if (!(lag_dissect_octet(skb, offset) & 0x08))
		return 0;

	return lag_dissect_ethernet(skb, offset + 8, type);
}

/* RFC 8926, section 3.4: version, length of options in words, protocol */
static int lag_dissect_geneve(const struct sk_buff *skb, int offset,
			      __be16 *type)
{
	u8 octet = lag_dissect_octet(skb, offset);

	if (octet >> 6)
		return 0;

	*type = lag_dissect_type(skb, offset + 2);
	offset += 8 + 4 * (octet & 0x3f);
	if (*type == htons(ETH_P_TEB))
		return lag_dissect_ethernet(skb, offset, type);
	return offset;
}

/* 3GPP TS 29.281, section 5: version 1, user data.  Any of three flags adds a
 * word, which ends in the type of the first extension header; each of them
 * begins with its length in words and ends in the type of the next.
 */
static int lag_dissect_gtpu(const struct sk_buff *skb, int offset, __be16 *type)
{
	u8 flags = lag_dissect_octet(skb, offset);
	unsigned int i = 0;

	if ((flags & 0xf0) != 0x30 ||
	    lag_dissect_octet(skb, offset + 1) != 0xff)
		return 0;

	offset += 8;
	if (flags & 0x07)
		offset += 4;
	while (flags & 0x04 && lag_dissect_octet(skb, offset - 1)) {
		u8 words = lag_dissect_octet(skb, offset);

		if (!words || i++ == LAG_DISSECT_GTPU_HEADERS)
			return 0;
		offset += 4 * words;
	}

	switch (lag_dissect_octet(skb, offset) >> 4) {
	case 4:
		*type = htons(ETH_P_IP);
		return offset;
	case 6:
		*type = htons(ETH_P_IPV6);
		return offset;
	default:
		return 0;
	}
}

static int lag_dissect_udp(const struct sk_buff *skb, int offset,
			   const struct lag_flow *flow, __be16 *type)
{
	switch (lag_dissect_dst_port(flow)) {
	case LAG_PORT_VXLAN:
	case LAG_PORT_VXLAN_LINUX:
		return lag_dissect_vxlan(skb, offset, type);
	case LAG_PORT_GENEVE:
		return lag_dissect_geneve(skb, offset, type);
	case LAG_PORT_GTPU:
		return lag_dissect_gtpu(skb, offset, type);
	default:
		return 0;
	}
}

void lag_dissect(const struct sk_buff *skb, int offset, bool encap,
		 struct lag_flow *flow)
{
	__be16 type = htons(flow->type);
	unsigned int i;

	/* The kernel's dissector knows all tunnels but those in UDP. */
	for (i = 0; i < LAG_DISSECT_DEPTH; i++) {
		offset = lag_dissect_ip(skb, type, offset, encap, flow);
		if (!offset || !encap)
			return;
		offset = lag_dissect_udp(skb, offset + sizeof(struct udphdr),
					 flow, &type);
		if (!offset)
			return;
	}
}
