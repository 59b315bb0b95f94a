/* SPDX-License-Identifier: GPL-2.0 */
/* From what a packet says of its flow to a number, by policy.
 *
 * How the headers are found in a packet is not here; see transmit.c.  All of
 * it is inline, so that transmit reads no more than the policy takes.
 *
 * The same flow gives the same number on every machine: whatever is longer
 * than an octet is taken in the order of the wire, the first octet as the
 * least significant one.
 */
#ifndef _LAG_ENGINE_HASH_H
#define _LAG_ENGINE_HASH_H

#include "env.h"

#include <linux/if_lag.h>

/* Odd, of irregular bits */
#define LAG_HASH_MUL		0xff51afd7ed558ccdULL
#define LAG_HASH_MUL_GIVEN	0x9e3779b1U

/**
 * enum lag_flow_ip - of which version the addresses of a flow are
 * @LAG_FLOW_NO_IP: there are none
 * @LAG_FLOW_IPV4: IPv4
 * @LAG_FLOW_IPV6: IPv6
 */
enum lag_flow_ip {
	LAG_FLOW_NO_IP,
	LAG_FLOW_IPV4,
	LAG_FLOW_IPV6,
};

/**
 * struct lag_flow - what the policies can read of a packet
 * @src_mac: source MAC address, 6 octets
 * @dst_mac: destination MAC address, 6 octets
 * @type: EtherType behind all VLAN tags, as a number
 * @vlan: VLAN id of the outermost tag, 0: none
 * @ip: &enum lag_flow_ip; the following are set with it only
 * @src_net: source address, IPv6: its first 8 octets, else 0
 * @dst_net: destination address likewise
 * @src: source address, IPv4: 4 octets, IPv6: its last 8
 * @dst: destination address likewise
 * @ports: TCP, UDP or SCTP: source port, destination port, 4 octets; 0 for
 *	other protocols and for every fragment
 *
 * With policies encap2+3 and encap3+4 all from @ip on is of the innermost
 * packet.
 */
struct lag_flow {
	u64	src_mac;
	u64	dst_mac;
	u16	type;
	u16	vlan;
	u8	ip;
	u64	src_net;
	u64	dst_net;
	u64	src;
	u64	dst;
	u32	ports;
};

static inline u32 lag_flow_octets4(const u8 *o)
{
	return o[0] | (u32)o[1] << 8 | (u32)o[2] << 16 | (u32)o[3] << 24;
}

static inline u64 lag_flow_octets6(const u8 *o)
{
	return lag_flow_octets4(o) | (u64)(o[4] | (u32)o[5] << 8) << 32;
}

static inline u64 lag_flow_octets8(const u8 *o)
{
	return lag_flow_octets4(o) | (u64)lag_flow_octets4(o + 4) << 32;
}

/* Addresses as they lie on the wire */
static __always_inline void lag_flow_set_ipv4(struct lag_flow *flow,
					      const u8 *src, const u8 *dst)
{
	flow->ip = LAG_FLOW_IPV4;
	flow->src_net = 0;
	flow->dst_net = 0;
	flow->src = lag_flow_octets4(src);
	flow->dst = lag_flow_octets4(dst);
}

static __always_inline void lag_flow_set_ipv6(struct lag_flow *flow,
					      const u8 *src, const u8 *dst)
{
	flow->ip = LAG_FLOW_IPV6;
	flow->src_net = lag_flow_octets8(src);
	flow->dst_net = lag_flow_octets8(dst);
	flow->src = lag_flow_octets8(src + 8);
	flow->dst = lag_flow_octets8(dst + 8);
}

/* With hash_symmetric: the destination takes the place of the source. */
static inline bool lag_flow_turns(const struct lag_flow *flow)
{
	u16 src_port = flow->ports;
	u16 dst_port = flow->ports >> 16;

	if (flow->src_net != flow->dst_net)
		return flow->src_net > flow->dst_net;
	if (flow->src != flow->dst)
		return flow->src > flow->dst;
	/* Between two ports of one host only the ports tell the direction. */
	return src_port > dst_port;
}

/* Words go into a hash one after the other, and the seed before all of them.
 * None is put together with another before: they could cancel out.
 */

/**
 * lag_hash_first() - the first word, of those packets that shall cost least
 * @seed: %IFLA_LAG_HASH_SEED
 * @word: up to 8 octets
 *
 * Return: the hash so far.
 */
static inline u64 lag_hash_first(u32 seed, u64 word)
{
	u64 x = (word ^ seed) * LAG_HASH_MUL;

	return x ^ x >> 32;
}

/**
 * lag_hash_next() - a word that others follow
 * @hash: so far, or the seed
 * @word: up to 8 octets
 *
 * Multiplication carries to higher bits only: so the highest octet, which
 * depends on all of them, becomes the lowest.
 *
 * Return: the hash so far.
 */
static inline u64 lag_hash_next(u64 hash, u64 word)
{
	return swab64((hash ^ word) * LAG_HASH_MUL);
}

/**
 * lag_hash_last() - the last word
 * @hash: so far
 * @word: up to 8 octets
 *
 * After one multiplication, words that count up would take the slots of two
 * lags in step, whatever their seeds.
 *
 * Return: the hash.
 */
static inline u32 lag_hash_last(u64 hash, u64 word)
{
	u64 x = (hash ^ word) * LAG_HASH_MUL;

	x ^= x >> 18;
	return x * LAG_HASH_MUL >> 32;
}

/**
 * lag_hash_given() - a hash from the one that the packet came with
 * @hash: of the socket or the NIC; all of its bits are random already
 * @seed: %IFLA_LAG_HASH_SEED
 *
 * The product is there so that the slot does not go by those bits which the
 * NIC and the port choose their queues by.
 *
 * Return: the hash.
 */
static inline u32 lag_hash_given(u32 hash, u32 seed)
{
	return (hash ^ seed) * LAG_HASH_MUL_GIVEN;
}

/* The slot that a hash falls in: its first octet, there are 256. */
static inline unsigned int lag_hash_slot(u32 hash)
{
	return hash >> 24;
}

/* The policies, of words that can be read from a packet as they are.  Octets
 * are counted from the begin of the Ethernet header, as if there were no VLAN
 * tag.
 */

/**
 * lag_hash_layer2() - MAC addresses and EtherType
 * @seed: %IFLA_LAG_HASH_SEED
 * @octets6: octets 6 to 13, source MAC address and EtherType
 * @octets0: octets 0 to 7, destination MAC address and two of the source
 *
 * Return: the hash.
 */
static inline u32 lag_hash_layer2(u32 seed, u64 octets6, u64 octets0)
{
	return lag_hash_last(lag_hash_next(seed, octets6), octets0);
}

/**
 * lag_hash_layer23() - MAC addresses and IP addresses
 * @ips: hash of the IP addresses
 * @octets4: octets 4 to 11, two of the destination MAC address and source
 * @octets0: octets 0 to 7, destination MAC address and two of the source
 *
 * Return: the hash.
 */
static inline u32 lag_hash_layer23(u64 ips, u64 octets4, u64 octets0)
{
	return lag_hash_last(lag_hash_next(ips, octets4), octets0);
}

/* Source and destination, the other way round with hash_symmetric if
 * lag_flow_turns()
 */
static __always_inline u64 lag_hash_ips(const struct lag_flow *flow, bool turn,
					u32 seed)
{
	u64 hash;

	if (flow->ip == LAG_FLOW_IPV4)
		return lag_hash_first(seed, turn ? flow->dst | flow->src << 32 :
						   flow->src | flow->dst << 32);

	hash = lag_hash_next(seed, turn ? flow->dst_net : flow->src_net);
	hash = lag_hash_next(hash, turn ? flow->src_net : flow->dst_net);
	hash = lag_hash_next(hash, turn ? flow->dst : flow->src);
	return lag_hash_next(hash, turn ? flow->src : flow->dst);
}

/**
 * lag_hash() - the hash of a flow
 * @flow: what the packet says
 * @policy: &enum lag_hash_policy; %LAG_HASH_FLOW as %LAG_HASH_LAYER34
 * @symmetric: %IFLA_LAG_HASH_SYMMETRIC
 * @seed: %IFLA_LAG_HASH_SEED
 *
 * The words that go into it, after the seed:
 *
 * ===================== =================================================
 * policy                words
 * ===================== =================================================
 * layer2                lag_hash_layer2()
 * layer2+3, encap2+3    IP addresses, then lag_hash_layer23()
 * layer3+4, encap3+4    IP addresses, ports
 * vlan+srcmac           source MAC address, VLAN id
 * ===================== =================================================
 *
 * IPv4 addresses are one word, the source in the lower half.  Those of IPv6
 * are four: the first half of the source and of the destination, and the
 * second half of each.
 *
 * A flow that is not IP counts as with layer2, but for vlan+srcmac.  With
 * @symmetric the lower MAC address is taken for the source, and so is,
 * together with its port, the lower IP address.
 *
 * Return: the hash; lag_hash_slot() tells the slot.
 */
static __always_inline u32 lag_hash(const struct lag_flow *flow, u8 policy,
				    bool symmetric, u32 seed)
{
	u64 src_mac = flow->src_mac;
	u64 dst_mac = flow->dst_mac;
	u32 ports = flow->ports;
	u64 octets0, type, ips;
	bool turn;

	if (policy == LAG_HASH_VLAN_SRCMAC)
		return lag_hash_last(lag_hash_first(seed, src_mac),
				     flow->vlan);

	if (symmetric && src_mac > dst_mac) {
		src_mac = flow->dst_mac;
		dst_mac = flow->src_mac;
	}
	octets0 = dst_mac | src_mac << 48;
	type = (flow->type << 8 | flow->type >> 8) & 0xffff;
	if (!flow->ip || policy == LAG_HASH_LAYER2)
		return lag_hash_layer2(seed, src_mac | type << 48, octets0);

	turn = symmetric && lag_flow_turns(flow);
	ips = lag_hash_ips(flow, turn, seed);
	if (policy == LAG_HASH_LAYER23 || policy == LAG_HASH_ENCAP23)
		return lag_hash_layer23(ips, dst_mac >> 32 | src_mac << 16,
					octets0);

	return lag_hash_last(ips, turn ? ports << 16 | ports >> 16 : ports);
}

#endif /* _LAG_ENGINE_HASH_H */
