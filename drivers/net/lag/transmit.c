// SPDX-License-Identifier: GPL-2.0
/* Transmit path: choose the port for each packet.
 *
 * Who may carry traffic is decided in control.c; this file only reads the
 * slots.
 *
 * Every packet pays for each register that is saved, so what is rare is not
 * in line but a call at the very end of its caller.  For the same reason a lag
 * has one transmit queue unless told otherwise: then the kernel asks nobody,
 * and the port chooses its own by XPS or by the hash that the socket or the
 * receiving NIC gave.
 */
#include "transmit.h"
#include "control.h"
#include "dissect.h"
#include "lag.h"
#include "netpoll.h"
#include "txmap.h"

#include "engine/hash.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/skbuff.h>

#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>

static_assert(LAG_SLOTS == 256);	/* lag_hash_slot() */

/* Where in a packet the words are, from its begin and from that of IP */
#define LAG_XMIT_TYPE		offsetof(struct ethhdr, h_proto)
#define LAG_XMIT_IPV4(field)	offsetof(struct iphdr, field)
#define LAG_XMIT_IPV6(field)	offsetof(struct ipv6hdr, field)

/* Octets from the begin of IP to the end of the ports */
#define LAG_XMIT_IPV4_LEN	(sizeof(struct iphdr) + 4)
#define LAG_XMIT_IPV6_LEN	(sizeof(struct ipv6hdr) + 4)

/* IPsec through NAT, RFC 3948 */
#define LAG_XMIT_PORT_ESP	4500

/* Octets in which the link layer and all VLAN tags are looked for */
#define LAG_XMIT_LINK_LEN	64

/* The headers are within these first octets, and these in one piece.  Signed,
 * for a packet may be shorter.
 */
static __always_inline bool lag_xmit_has(const struct sk_buff *skb,
					 unsigned int len)
{
	return (int)(skb->len - len) >= (int)skb->data_len;
}

/* netif_carrier_ok(), but for its volatile read: compilers load such a word
 * before they test a bit of it, one instruction more for each packet.
 */
static __always_inline bool lag_xmit_has_carrier(const struct lag_port *port)
{
	/* It is one bit, read once: there is nothing to be torn. */
	return !(data_race(port->dev->state) & BIT(__LINK_STATE_NOCARRIER));
}

/* Its device is the port's already. */
static __always_inline netdev_tx_t lag_xmit_queue(struct sk_buff *skb,
						  const struct lag_port *port)
{
	if (lag_netpoll_sends())
		return lag_netpoll_xmit(skb, port);
	return (netdev_tx_t)dev_queue_xmit(skb);
}

/* Hand the packet to the port.  What becomes of it there is in the port's own
 * counters, and told to the sender.
 */
static __always_inline netdev_tx_t lag_xmit_port(struct sk_buff *skb,
						 struct net_device *dev,
						 const struct lag_port *port)
{
	skb->dev = port->dev;
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	return lag_xmit_queue(skb, port);
}

/* Not by netpoll, which may come from within the code of timers */
static void lag_xmit_kick(struct lag *lag)
{
	if (!irqs_disabled())
		lag_control_kick(lag);
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
		if (port && lag_xmit_has_carrier(port))
			return port;
		live &= ~BIT_ULL(index);
	}

	return NULL;
}

static noinline netdev_tx_t lag_xmit_without_carrier(struct sk_buff *skb,
						     struct net_device *dev,
						     u32 hash)
{
	struct lag *lag = netdev_priv(dev);
	const struct lag_port *port;

	/* There it was no hash that chose the port. */
	if (READ_ONCE(lag->mode) == LAG_MODE_BALANCE_RR)
		hash = get_random_u32();

	if (lag_txmap_port(&lag->txmap, hash) != &lag_txmap_nobody)
		lag_xmit_kick(lag);

	port = lag_xmit_substitute(lag, hash);
	if (port)
		return lag_xmit_port(skb, dev, port);

	dev_core_stats_tx_dropped_inc(dev);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static __always_inline netdev_tx_t lag_xmit_hash(struct sk_buff *skb,
						 struct net_device *dev,
						 u32 hash)
{
	const struct lag *lag = netdev_priv(dev);
	const struct lag_port *port = lag_txmap_port(&lag->txmap, hash);

	if (likely(lag_xmit_has_carrier(port)))
		return lag_xmit_port(skb, dev, port);

	return lag_xmit_without_carrier(skb, dev, hash);
}

static __always_inline bool lag_xmit_is_encap(u8 policy)
{
	return policy == LAG_HASH_ENCAP23 || policy == LAG_HASH_ENCAP34;
}

static __always_inline __be16 lag_xmit_type(const u8 *data)
{
	return get_unaligned((__be16 *)data);
}

/* Version and header length of IPv4 without options */
static __always_inline bool lag_xmit_is_plain_ipv4(const u8 *ip)
{
	return ip[0] == 0x45;
}

/* The protocol, something else for a fragment: fragment flag and offset, time
 * to live and protocol are one word.
 */
static __always_inline __be32 lag_xmit_ipv4_protocol(const u8 *ip)
{
	const __be32 *word = (__be32 *)(ip + LAG_XMIT_IPV4(frag_off));

	return get_unaligned(word) & htonl((IP_MF | IP_OFFSET) << 16 | 0xff);
}

static __always_inline bool lag_xmit_is_tcp(const u8 *ip)
{
	return lag_xmit_ipv4_protocol(ip) == htonl(IPPROTO_TCP);
}

static __always_inline bool lag_xmit_is_udp(const u8 *ip)
{
	return lag_xmit_ipv4_protocol(ip) == htonl(IPPROTO_UDP);
}

static __always_inline bool lag_xmit_has_ports(const u8 *ip)
{
	return lag_xmit_is_tcp(ip) || lag_xmit_is_udp(ip);
}

static __always_inline bool lag_xmit_is_ipv4(const u8 *data)
{
	return lag_xmit_type(data + LAG_XMIT_TYPE) == htons(ETH_P_IP);
}

/* IPv4 without options, by the EtherType that is before it */
static __always_inline bool lag_xmit_is_plain(const u8 *ip)
{
	return lag_xmit_is_ipv4(ip - ETH_HLEN) && lag_xmit_is_plain_ipv4(ip);
}

/* IPv4, in one piece up to where the ports are if it has no options */
static __always_inline bool lag_xmit_has_ipv4(const struct sk_buff *skb)
{
	return likely(lag_xmit_has(skb, ETH_HLEN + LAG_XMIT_IPV4_LEN)) &&
	       lag_xmit_is_ipv4(skb->data);
}

/* What lag_hash() makes of such a packet, from words as they lie in it */
static __always_inline u64 lag_xmit_ips(const u8 *ip, u32 seed)
{
	return lag_hash_first(seed,
			      get_unaligned_le64(ip + LAG_XMIT_IPV4(saddr)));
}

static __always_inline u32 lag_xmit_ports(const u8 *ip)
{
	return get_unaligned_le32(ip + sizeof(struct iphdr));
}

static __always_inline u32 lag_xmit_plain_layer34(const u8 *ip, u32 seed)
{
	return lag_hash_last(lag_xmit_ips(ip, seed), lag_xmit_ports(ip));
}

static __always_inline bool lag_xmit_is_tunnel(const u8 *ip)
{
	const u8 *dst = ip + sizeof(struct iphdr) + sizeof(__be16);

	return lag_dissect_is_tunnel_port(get_unaligned((__be16 *)dst));
}

/* Reads up to the EtherType that is no VLAN's.  Returns the offset of what
 * follows it, 0 if the data ends before.
 */
static __always_inline unsigned int
lag_xmit_read_link(const u8 *data, unsigned int len, struct lag_flow *flow)
{
	unsigned int offset = ETH_HLEN;
	__be16 type;

	if (unlikely(len < ETH_HLEN))
		return 0;

	flow->dst_mac = lag_flow_octets6(data);
	flow->src_mac = lag_flow_octets6(data + ETH_ALEN);
	type = lag_xmit_type(data + LAG_XMIT_TYPE);
	while (unlikely(eth_type_vlan(type))) {
		if (len < offset + VLAN_HLEN)
			return 0;
		if (offset == ETH_HLEN)
			flow->vlan = ntohs(lag_xmit_type(data + offset)) &
				     VLAN_VID_MASK;
		type = lag_xmit_type(data + offset + 2);
		offset += VLAN_HLEN;
	}

	flow->type = ntohs(type);
	return offset;
}

/* Each returns false if the ports have to be searched for. */
static __always_inline bool lag_xmit_read_ipv4(const u8 *ip, unsigned int len,
					       struct lag_flow *flow)
{
	__be32 protocol;

	if (len < LAG_XMIT_IPV4_LEN || !lag_xmit_is_plain_ipv4(ip))
		return false;

	lag_flow_set_ipv4(flow, ip + LAG_XMIT_IPV4(saddr),
			  ip + LAG_XMIT_IPV4(daddr));
	protocol = lag_xmit_ipv4_protocol(ip);
	if (protocol == htonl(IPPROTO_TCP) || protocol == htonl(IPPROTO_UDP) ||
	    protocol == htonl(IPPROTO_SCTP))
		flow->ports = get_unaligned_le32(ip + sizeof(struct iphdr));
	return true;
}

static __always_inline bool lag_xmit_read_ipv6(const u8 *ip, unsigned int len,
					       struct lag_flow *flow)
{
	u8 protocol;

	if (len < LAG_XMIT_IPV6_LEN || ip[0] >> 4 != 6)
		return false;

	protocol = ip[LAG_XMIT_IPV6(nexthdr)];
	if (lag_dissect_has_ports(protocol))
		flow->ports = get_unaligned_le32(ip + sizeof(struct ipv6hdr));
	else if (protocol != IPPROTO_ICMPV6)
		return false;

	lag_flow_set_ipv6(flow, ip + LAG_XMIT_IPV6(saddr),
			  ip + LAG_XMIT_IPV6(daddr));
	return true;
}

/* Any packet, any policy: options, extension headers, headers in pieces,
 * tunnels
 */
static u32 lag_xmit_read_hash(const struct sk_buff *skb, const struct lag *lag)
{
	u8 policy = READ_ONCE(lag->xmit_hash_policy);
	bool encap = lag_xmit_is_encap(policy);
	unsigned int len = min_t(unsigned int, skb->len, LAG_XMIT_LINK_LEN);
	u8 link[LAG_XMIT_LINK_LEN];
	struct lag_flow flow = {};
	unsigned int offset;

	if (!skb_copy_bits(skb, 0, link, len)) {
		offset = lag_xmit_read_link(link, len, &flow);
		if (flow.type == ETH_P_IP || flow.type == ETH_P_IPV6 ||
		    flow.type == ETH_P_PPP_SES || encap)
			lag_dissect(skb, offset, encap, &flow);
	}
	if (skb_vlan_tag_present(skb))
		flow.vlan = skb_vlan_tag_get_id(skb);

	return lag_hash(&flow, policy, READ_ONCE(lag->hash_symmetric),
			READ_ONCE(lag->hash_seed));
}

static noinline netdev_tx_t lag_xmit_dissect(struct sk_buff *skb,
					     struct net_device *dev)
{
	return lag_xmit_hash(skb, dev, lag_xmit_read_hash(skb, netdev_priv(dev)));
}

/* The common packets; @policy is a constant, so that no more is read than it
 * takes.
 */
static __always_inline netdev_tx_t
lag_xmit_flow(struct sk_buff *skb, struct net_device *dev, u8 policy,
	      bool symmetric)
{
	const struct lag *lag = netdev_priv(dev);
	unsigned int len = skb_headlen(skb);
	const u8 *data = skb->data;
	struct lag_flow flow = {};
	unsigned int offset;
	u32 hash;

	offset = lag_xmit_read_link(data, len, &flow);
	if (unlikely(!offset))
		return lag_xmit_dissect(skb, dev);

	if (policy == LAG_HASH_VLAN_SRCMAC) {
		if (skb_vlan_tag_present(skb))
			flow.vlan = skb_vlan_tag_get_id(skb);
	} else if (policy != LAG_HASH_LAYER2) {
		data += offset;
		len -= offset;
		if ((flow.type == ETH_P_IP &&
		     !lag_xmit_read_ipv4(data, len, &flow)) ||
		    (flow.type == ETH_P_IPV6 &&
		     !lag_xmit_read_ipv6(data, len, &flow)) ||
		    flow.type == ETH_P_PPP_SES)
			return lag_xmit_dissect(skb, dev);
		/* Whatever has no ports may carry another packet. */
		if (lag_xmit_is_encap(policy) &&
		    (!flow.ports || lag_dissect_is_tunnel(&flow)))
			return lag_xmit_dissect(skb, dev);
	}

	hash = lag_hash(&flow, policy, symmetric, READ_ONCE(lag->hash_seed));
	return lag_xmit_hash(skb, dev, hash);
}

static noinline netdev_tx_t lag_xmit_layer34(struct sk_buff *skb,
					     struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_LAYER34, false);
}

/* The next most common: IPv6, and IPv4 behind a VLAN tag in the frame.  The
 * EtherType is there.
 */
static noinline netdev_tx_t lag_xmit_layer34_rarer(struct sk_buff *skb,
						   struct net_device *dev)
{
	const unsigned int tagged = ETH_HLEN + VLAN_HLEN;
	const struct lag *lag = netdev_priv(dev);
	const u8 *data = skb->data;
	struct lag_flow flow = {};
	__be16 type;
	u32 hash;

	type = lag_xmit_type(data + LAG_XMIT_TYPE);
	if (type == htons(ETH_P_IPV6)) {
		if (!lag_xmit_has(skb, ETH_HLEN + LAG_XMIT_IPV6_LEN) ||
		    !lag_xmit_read_ipv6(data + ETH_HLEN, LAG_XMIT_IPV6_LEN,
					&flow))
			return lag_xmit_layer34(skb, dev);
		hash = lag_hash(&flow, LAG_HASH_LAYER34, false,
				READ_ONCE(lag->hash_seed));
		return lag_xmit_hash(skb, dev, hash);
	}

	if (!eth_type_vlan(type) ||
	    !lag_xmit_has(skb, tagged + LAG_XMIT_IPV4_LEN) ||
	    !lag_xmit_is_plain(data + tagged) ||
	    !lag_xmit_has_ports(data + tagged))
		return lag_xmit_layer34(skb, dev);

	hash = lag_xmit_plain_layer34(data + tagged, READ_ONCE(lag->hash_seed));
	return lag_xmit_hash(skb, dev, hash);
}

static noinline netdev_tx_t lag_xmit_layer34_symmetric(struct sk_buff *skb,
						       struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_LAYER34, true);
}

static noinline netdev_tx_t lag_xmit_layer23(struct sk_buff *skb,
					     struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_LAYER23, false);
}

static noinline netdev_tx_t lag_xmit_layer2(struct sk_buff *skb,
					    struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_LAYER2, false);
}

/* Mode balance-rr: IGMP has to stay where the switch has heard it before.  A
 * VLAN tag in the frame hides it, as it does from most switches.
 */
static bool lag_xmit_is_igmp(const struct sk_buff *skb)
{
	const unsigned int len = LAG_XMIT_IPV4(check);
	u8 buffer[sizeof(__be16) + sizeof(struct iphdr)];
	const u8 *data;

	data = skb_header_pointer(skb, LAG_XMIT_TYPE, sizeof(__be16) + len,
				  buffer);
	return data && lag_xmit_type(data) == htons(ETH_P_IP) &&
	       data[sizeof(__be16) + LAG_XMIT_IPV4(protocol)] == IPPROTO_IGMP;
}

/* Whose turn it is, and the next one's from now on */
static __always_inline struct lag_port *lag_xmit_turn(const struct lag *lag,
						      struct lag_turn *turn)
{
	unsigned int next = turn->next;

	if (next >= READ_ONCE(lag->txmap.turns))
		next = 0;
	turn->next = next + 1;
	return rcu_dereference_bh(lag->txmap.turn[next]);
}

/* IGMP; several packets each; a port at random */
static noinline netdev_tx_t lag_xmit_robin(struct sk_buff *skb,
					   struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_turn *turn = this_cpu_ptr(lag->turn);
	u32 packets = READ_ONCE(lag->packets_per_slave);
	const struct lag_port *port;
	unsigned int left;

	if (lag_xmit_is_igmp(skb))
		return lag_xmit_hash(skb, dev, 0);
	if (!packets)
		return lag_xmit_hash(skb, dev, get_random_u32());

	left = min(turn->left, packets - 1);
	if (left)
		turn->next--;
	turn->left = (left ?: packets) - 1;

	port = lag_xmit_turn(lag, turn);
	if (likely(lag_xmit_has_carrier(port)))
		return lag_xmit_port(skb, dev, port);

	return lag_xmit_without_carrier(skb, dev, 0);
}

static void lag_xmit_copy(struct sk_buff *skb, const struct lag_port *port)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (unlikely(!copy)) {
		dev_core_stats_tx_dropped_inc(skb->dev);
		return;
	}
	copy->dev = port->dev;
	lag_xmit_queue(copy, port);
}

/* Mode broadcast: a copy to each live port, the packet itself to the last */
static noinline netdev_tx_t lag_xmit_broadcast(struct sk_buff *skb,
					       struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	u64 live = READ_ONCE(lag->txmap.live);
	const struct lag_port *last = NULL;

	for (; live; live &= live - 1) {
		const struct lag_port *port;

		port = rcu_dereference_bh(lag->txmap.port[__ffs64(live)]);
		if (unlikely(!port || !lag_xmit_has_carrier(port))) {
			lag_xmit_kick(lag);
			continue;
		}
		if (last)
			lag_xmit_copy(skb, last);
		last = port;
	}
	if (likely(last))
		return lag_xmit_port(skb, dev, last);

	return lag_xmit_without_carrier(skb, dev, 0);
}

static noinline netdev_tx_t lag_xmit_encap34(struct sk_buff *skb,
					     struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_ENCAP34, false);
}

static noinline netdev_tx_t lag_xmit_encap23(struct sk_buff *skb,
					     struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_ENCAP23, false);
}

static noinline netdev_tx_t lag_xmit_vlan_srcmac(struct sk_buff *skb,
						 struct net_device *dev)
{
	return lag_xmit_flow(skb, dev, LAG_HASH_VLAN_SRCMAC, false);
}

/* The packets of a security association keep their order, although each may
 * have the hash of the flow that it hides: ESP, also in UDP, AH, and what may
 * come before them in IPv6.  No fragment tells.
 */
static __always_inline bool lag_xmit_hides_flow(u32 protocol, const u8 *ports)
{
	const __be16 *port = (__be16 *)ports;

	switch (protocol) {
	case IPPROTO_TCP:
		return false;
	case IPPROTO_UDP:
		return get_unaligned(port) == htons(LAG_XMIT_PORT_ESP) ||
		       get_unaligned(port + 1) == htons(LAG_XMIT_PORT_ESP);
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_FRAGMENT:
		return true;
	default:
		return protocol > 0xff;
	}
}

/* The packet has a hash, and of the flow that it belongs to. */
static __always_inline bool lag_xmit_has_hash(const struct sk_buff *skb)
{
	unsigned int len = skb_headlen(skb);
	struct lag_flow flow = {};
	unsigned int offset;
	const u8 *ip;

	if (!skb->l4_hash)
		return false;

	offset = lag_xmit_read_link(skb->data, len, &flow);
	ip = skb->data + offset;
	len -= offset;
	if (flow.type == ETH_P_IP)
		return len >= LAG_XMIT_IPV4_LEN && lag_xmit_is_plain_ipv4(ip) &&
		       !lag_xmit_hides_flow(ntohl(lag_xmit_ipv4_protocol(ip)),
					    ip + sizeof(struct iphdr));
	return flow.type == ETH_P_IPV6 && len >= LAG_XMIT_IPV6_LEN &&
	       !lag_xmit_hides_flow(ip[LAG_XMIT_IPV6(nexthdr)],
				    ip + sizeof(struct ipv6hdr));
}

static noinline netdev_tx_t lag_xmit_by_flow_hash(struct sk_buff *skb,
						  struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	u32 hash;

	if (!lag_xmit_has_hash(skb))
		return lag_xmit_layer34(skb, dev);

	hash = lag_hash_given(skb->hash, READ_ONCE(lag->hash_seed));
	return lag_xmit_hash(skb, dev, hash);
}

/* Mode and policy, for what lag_start_xmit() does not do in line.  What has
 * become one that it does since it looked is among the rest.
 */
static noinline netdev_tx_t lag_xmit_by_pick(struct sk_buff *skb,
					     struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);

	switch (READ_ONCE(lag->pick)) {
	case LAG_PICK_LAYER34_SYMMETRIC:
		return lag_xmit_layer34_symmetric(skb, dev);
	case LAG_PICK_ENCAP23:
		return lag_xmit_encap23(skb, dev);
	case LAG_PICK_VLAN_SRCMAC:
		return lag_xmit_vlan_srcmac(skb, dev);
	case LAG_PICK_ROBIN:
	case LAG_PICK_ROBIN_SEVERAL:
		return lag_xmit_robin(skb, dev);
	case LAG_PICK_BROADCAST:
		return lag_xmit_broadcast(skb, dev);
	default:
		return lag_xmit_dissect(skb, dev);
	}
}

/* What most packets are is read in line: IPv4 without VLAN tag and options */

static __always_inline netdev_tx_t
lag_xmit_flow_inline(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const u8 *ip = skb->data + ETH_HLEN;

	if (!skb->l4_hash || !lag_xmit_has_ipv4(skb))
		return lag_xmit_by_flow_hash(skb, dev);
	/* UDP first, for it takes most */
	if (lag_xmit_is_udp(ip)) {
		if (!lag_xmit_is_plain_ipv4(ip) ||
		    lag_xmit_hides_flow(IPPROTO_UDP, ip + sizeof(struct iphdr)))
			return lag_xmit_by_flow_hash(skb, dev);
	/* TCP hides no flow, with options and in fragments neither. */
	} else if (ip[LAG_XMIT_IPV4(protocol)] != IPPROTO_TCP) {
		return lag_xmit_by_flow_hash(skb, dev);
	}

	return lag_xmit_hash(skb, dev,
			     lag_hash_given(skb->hash,
					    READ_ONCE(lag->hash_seed)));
}

static __always_inline netdev_tx_t
lag_xmit_layer34_inline(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const u8 *ip = skb->data + ETH_HLEN;

	if (!lag_xmit_has(skb, ETH_HLEN + LAG_XMIT_IPV4_LEN))
		return lag_xmit_layer34(skb, dev);
	if (!lag_xmit_is_plain(ip) || !lag_xmit_has_ports(ip))
		return lag_xmit_layer34_rarer(skb, dev);

	return lag_xmit_hash(skb, dev,
			     lag_xmit_plain_layer34(ip,
						    READ_ONCE(lag->hash_seed)));
}

static __always_inline netdev_tx_t
lag_xmit_encap34_inline(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const u8 *ip = skb->data + ETH_HLEN;

	if (!lag_xmit_has_ipv4(skb) || !lag_xmit_is_plain_ipv4(ip) ||
	    !lag_xmit_has_ports(ip) || lag_xmit_is_tunnel(ip))
		return lag_xmit_encap34(skb, dev);

	return lag_xmit_hash(skb, dev,
			     lag_xmit_plain_layer34(ip,
						    READ_ONCE(lag->hash_seed)));
}

static __always_inline netdev_tx_t
lag_xmit_layer23_inline(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const u8 *data = skb->data;
	u32 hash;
	u64 ips;

	if (!lag_xmit_has_ipv4(skb) || !lag_xmit_is_plain_ipv4(data + ETH_HLEN))
		return lag_xmit_layer23(skb, dev);

	ips = lag_xmit_ips(data + ETH_HLEN, READ_ONCE(lag->hash_seed));
	hash = lag_hash_layer23(ips, get_unaligned_le64(data + 4),
				get_unaligned_le64(data));
	return lag_xmit_hash(skb, dev, hash);
}

static __always_inline netdev_tx_t
lag_xmit_layer2_inline(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const u8 *data = skb->data;
	u32 hash;

	if (!lag_xmit_has_ipv4(skb))
		return lag_xmit_layer2(skb, dev);

	hash = lag_hash_layer2(READ_ONCE(lag->hash_seed),
			       get_unaligned_le64(data + ETH_ALEN),
			       get_unaligned_le64(data));
	return lag_xmit_hash(skb, dev, hash);
}

static __always_inline netdev_tx_t
lag_xmit_robin_inline(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	const u8 *ip = skb->data + ETH_HLEN;
	const struct lag_port *port;

	/* Whatever is not IPv4 has something else there, seldom this. */
	if (unlikely(!lag_xmit_has(skb, ETH_HLEN + LAG_XMIT_IPV4_LEN) ||
		     ip[LAG_XMIT_IPV4(protocol)] == IPPROTO_IGMP))
		return lag_xmit_robin(skb, dev);

	port = lag_xmit_turn(lag, this_cpu_ptr(lag->turn));
	if (likely(lag_xmit_has_carrier(port)))
		return lag_xmit_port(skb, dev, port);

	return lag_xmit_without_carrier(skb, dev, 0);
}

/* A chain and no switch: who has most to do stands in front, and no comparison
 * is made for the sake of what is rare.
 */
netdev_tx_t lag_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	const struct lag *lag = netdev_priv(dev);
	u8 pick = READ_ONCE(lag->pick);

	if (pick == LAG_PICK_FLOW)
		return lag_xmit_flow_inline(skb, dev);
	if (pick == LAG_PICK_LAYER34)
		return lag_xmit_layer34_inline(skb, dev);
	if (pick == LAG_PICK_ROBIN)
		return lag_xmit_robin_inline(skb, dev);
	if (pick == LAG_PICK_ENCAP34)
		return lag_xmit_encap34_inline(skb, dev);
	if (pick == LAG_PICK_LAYER2)
		return lag_xmit_layer2_inline(skb, dev);
	if (pick == LAG_PICK_LAYER23)
		return lag_xmit_layer23_inline(skb, dev);
	if (pick == LAG_PICK_ACTIVE)
		return lag_xmit_hash(skb, dev, 0);

	return lag_xmit_by_pick(skb, dev);
}

/* The mapping goes through unchanged, so that the port sees what was recorded
 * where the packet was received, or what a filter has set.  To save and restore
 * it instead would cost those too who have one queue.
 */
u16 lag_select_queue(struct net_device *dev, struct sk_buff *skb,
		     struct net_device *sb_dev)
{
	u16 queue = skb_get_queue_mapping(skb);

	return likely(queue < dev->real_num_tx_queues) ? queue : 0;
}

static u32 lag_xmit_hash_of(const struct sk_buff *skb, const struct lag *lag)
{
	switch (READ_ONCE(lag->pick)) {
	case LAG_PICK_ACTIVE:
	case LAG_PICK_ROBIN:
	case LAG_PICK_ROBIN_SEVERAL:
	case LAG_PICK_BROADCAST:
		return 0;
	case LAG_PICK_FLOW:
		if (lag_xmit_has_hash(skb))
			return lag_hash_given(skb->hash,
					      READ_ONCE(lag->hash_seed));
		break;
	}

	return lag_xmit_read_hash(skb, lag);
}

/* The device that packets of a hash leave by now, or NULL */
static struct net_device *lag_xmit_lower(const struct lag *lag, u32 hash)
{
	const struct lag_port *port = lag_txmap_port(&lag->txmap, hash);

	if (!lag_xmit_has_carrier(port))
		port = lag_xmit_substitute(lag, hash);
	return port ? port->dev : NULL;
}

/* Ports that carry no traffic have no part of it, whoever wants them counted:
 * the slots name none.
 */
struct net_device *lag_get_xmit_slave(struct net_device *dev,
				      struct sk_buff *skb, bool all_slaves)
{
	const struct lag *lag = netdev_priv(dev);
	struct net_device *lower;

	rcu_read_lock_bh();
	lower = lag_xmit_lower(lag, lag_xmit_hash_of(skb, lag));
	rcu_read_unlock_bh();

	/* The caller's RCU keeps it. */
	return lower;
}

/* The flow of a connected socket, as its packets will show it up to the ports */
static bool lag_xmit_read_socket(const struct sock *sk, struct lag_flow *flow)
{
	const struct inet_sock *inet = inet_sk(sk);
	__be16 ports[2];

	if (!sk_is_tcp(sk) || !inet->inet_dport)
		return false;

	ports[0] = inet->inet_sport;
	ports[1] = inet->inet_dport;
	flow->ports = lag_flow_octets4((const u8 *)ports);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		lag_flow_set_ipv6(flow, inet6_sk(sk)->saddr.s6_addr,
				  sk->sk_v6_daddr.s6_addr);
		return true;
	}
#endif
	lag_flow_set_ipv4(flow, (const u8 *)&inet->inet_saddr,
			  (const u8 *)&inet->inet_daddr);
	return true;
}

/* Returns false if the socket does not tell what its packets go by. */
static bool lag_xmit_hash_of_socket(const struct sock *sk,
				    const struct lag *lag, u32 *hash)
{
	u32 seed = READ_ONCE(lag->hash_seed);
	struct lag_flow flow = {};
	u32 given;

	switch (READ_ONCE(lag->pick)) {
	case LAG_PICK_ACTIVE:
		*hash = 0;
		return true;
	case LAG_PICK_FLOW:
		given = READ_ONCE(sk->sk_txhash);
		if (given) {
			*hash = lag_hash_given(given, seed);
			return true;
		}
		break;
	case LAG_PICK_ROBIN:
	case LAG_PICK_ROBIN_SEVERAL:
	case LAG_PICK_BROADCAST:
		return false;
	default:
		switch (READ_ONCE(lag->xmit_hash_policy)) {
		case LAG_HASH_LAYER34:
		case LAG_HASH_ENCAP34:
			break;
		default:
			return false;
		}
	}

	if (!lag_xmit_read_socket(sk, &flow))
		return false;

	*hash = lag_hash(&flow, LAG_HASH_LAYER34,
			 READ_ONCE(lag->hash_symmetric), seed);
	return true;
}

struct net_device *lag_sk_get_lower_dev(struct net_device *dev, struct sock *sk)
{
	const struct lag *lag = netdev_priv(dev);
	struct net_device *lower;
	u32 hash;

	if (!lag_xmit_hash_of_socket(sk, lag, &hash))
		return NULL;

	rcu_read_lock_bh();
	lower = lag_xmit_lower(lag, hash);
	/* kTLS, who asks, has its packets encrypted before they get here unless
	 * the device is a bond, and the NIC would do it a second time.  Below
	 * a device of several ports the search would go on.
	 */
	if (lower && (lower->features & NETIF_F_HW_TLS_TX ||
		      lower->netdev_ops->ndo_sk_get_lower_dev))
		lower = NULL;
	rcu_read_unlock_bh();

	return lower;
}
