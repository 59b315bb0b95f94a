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

/* Odd, of irregular bits.  The second one also has to deal consecutive and
 * even port numbers to the slots without runs.
 */
#define LAG_HASH_MUL_1		0xff51afd7ed558ccdULL
#define LAG_HASH_MUL_2		0xee69c35ba61fd481ULL
#define LAG_HASH_MUL_IPV6	0x9e3779b97f4a7c15ULL
#define LAG_HASH_MUL_GIVEN	0x9e3779b1U

/**
 * struct lag_flow - what the policies can read of a packet
 * @src_mac: source MAC address, 6 octets
 * @dst_mac: destination MAC address, 6 octets
 * @type: EtherType behind all VLAN tags, as a number
 * @vlan: VLAN id of the outermost tag, 0: none
 * @ip: IPv4 or IPv6; only then are the following set
 * @src: source address; IPv4: 4 octets, IPv6: lag_flow_ipv6_address()
 * @dst: destination address likewise
 * @ports: TCP, UDP or SCTP: source port, destination port, 4 octets; 0 for
 *	other protocols and for every fragment
 *
 * With policies encap2+3 and encap3+4 @src, @dst and @ports are those of the
 * innermost packet.
 */
struct lag_flow {
	u64	src_mac;
	u64	dst_mac;
	u16	type;
	u16	vlan;
	bool	ip;
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

static inline u64 lag_hash_rotate(u64 x)
{
	return x << 32 | x >> 32;
}

/**
 * lag_flow_ipv6_address() - 16 octets in the place of an IPv4 address
 * @address: as on the wire
 *
 * The subnet must not cancel out with the interface identifier, nor the
 * source with the destination: hence the rotation and the product.
 *
 * Return: what &lag_flow.src or &lag_flow.dst takes.
 */
static inline u64 lag_flow_ipv6_address(const u8 *address)
{
	return (lag_hash_rotate(lag_flow_octets8(address)) ^
		lag_flow_octets8(address + 8)) * LAG_HASH_MUL_IPV6;
}

/**
 * lag_hash_pair() - source and destination in one word
 * @src: source
 * @dst: destination
 *
 * Return: the word; for IPv4 the 8 octets as they lie in the header.
 */
static inline u64 lag_hash_pair(u64 src, u64 dst)
{
	return src ^ lag_hash_rotate(dst);
}

static inline u64 lag_hash_order(u64 src, u64 dst, bool symmetric)
{
	if (symmetric && src > dst)
		return lag_hash_pair(dst, src);

	return lag_hash_pair(src, dst);
}

/**
 * lag_hash_macs() - two MAC addresses in one word
 * @src: source, 6 octets
 * @dst: destination, 6 octets
 *
 * Return: octets 0 to 7 of the Ethernet header, and 4 to 11 XORed to them: all
 * 12, and no octet of an address falls on the same one of the other.  Pairs
 * that differ in one place only never have the same word; those that differ in
 * three places alike may.
 */
static inline u64 lag_hash_macs(u64 src, u64 dst)
{
	return (dst | src << 48) ^ (dst >> 32 | src << 16);
}

static inline u64 lag_hash_order_macs(u64 src, u64 dst, bool symmetric)
{
	if (symmetric && src > dst)
		return lag_hash_macs(dst, src);

	return lag_hash_macs(src, dst);
}

/**
 * lag_hash_type() - the EtherType's 2 octets
 * @type: as a number
 *
 * Return: as they lie in the header.
 */
static inline u16 lag_hash_type(u16 type)
{
	return (type << 8 | type >> 8) & 0xffff;
}

static inline u32 lag_hash_ports(const struct lag_flow *flow, bool symmetric)
{
	u16 dst = flow->ports >> 16;
	u16 src = flow->ports;

	/* Between two ports of one host only the ports tell the direction. */
	if (symmetric && (flow->src > flow->dst ||
			  (flow->src == flow->dst && src > dst)))
		return (u32)src << 16 | dst;

	return flow->ports;
}

/**
 * lag_hash_mix() - what every policy ends in
 * @a: first word
 * @b: second word
 * @seed: %IFLA_LAG_HASH_SEED
 *
 * Return: the hash.
 */
static inline u32 lag_hash_mix(u64 a, u64 b, u32 seed)
{
	u64 x = (a ^ seed) * LAG_HASH_MUL_1;

	x ^= x >> 32;
	x = (x ^ b) * LAG_HASH_MUL_2;
	return x >> 32;
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

/**
 * lag_hash() - the hash of a flow
 * @flow: what the packet says
 * @policy: &enum lag_hash_policy; %LAG_HASH_FLOW as %LAG_HASH_LAYER34
 * @symmetric: %IFLA_LAG_HASH_SYMMETRIC
 * @seed: %IFLA_LAG_HASH_SEED
 *
 * What goes into lag_hash_mix():
 *
 * ===================== ============================= ====================
 * policy                first word                    second word
 * ===================== ============================= ====================
 * layer2                pair of MAC addresses         EtherType
 * layer2+3, encap2+3    pair of IP addresses          pair of MAC addresses
 * layer3+4, encap3+4    pair of IP addresses          ports
 * vlan+srcmac           source MAC address            VLAN id
 * ===================== ============================= ====================
 *
 * A flow that is not IP counts as with layer2, but for vlan+srcmac.  With
 * @symmetric the lower number of a pair comes first, of the addresses and of
 * the MAC addresses each; the ports follow the addresses.
 *
 * Return: the hash; lag_hash_slot() tells the slot.
 */
static __always_inline u32 lag_hash(const struct lag_flow *flow, u8 policy,
				    bool symmetric, u32 seed)
{
	u64 macs;

	if (policy == LAG_HASH_VLAN_SRCMAC)
		return lag_hash_mix(flow->src_mac, flow->vlan, seed);

	macs = lag_hash_order_macs(flow->src_mac, flow->dst_mac, symmetric);
	if (!flow->ip || policy == LAG_HASH_LAYER2)
		return lag_hash_mix(macs, lag_hash_type(flow->type), seed);

	if (policy == LAG_HASH_LAYER23 || policy == LAG_HASH_ENCAP23)
		return lag_hash_mix(lag_hash_order(flow->src, flow->dst,
						   symmetric), macs, seed);

	return lag_hash_mix(lag_hash_order(flow->src, flow->dst, symmetric),
			    lag_hash_ports(flow, symmetric), seed);
}

#endif /* _LAG_ENGINE_HASH_H */
