// SPDX-License-Identifier: GPL-2.0
/* Hash policies: which words of a flow go into the mix.
 *
 * The mix itself is in the header, because transmit.c takes a shorter way to
 * it for the commonest packets; both must end at the same number.
 */
#include "hash.h"

static u64 hash_pair(u64 src, u64 dst, bool symmetric)
{
	if (symmetric && src > dst)
		return lag_hash_pair(dst, src);

	return lag_hash_pair(src, dst);
}

static u32 hash_ports(const struct lag_flow *flow, bool symmetric)
{
	u16 dst = flow->ports >> 16;
	u16 src = flow->ports;

	/* Between two ports of one host only the ports tell the direction. */
	if (symmetric && (flow->src > flow->dst ||
			  (flow->src == flow->dst && src > dst)))
		return (u32)src << 16 | dst;

	return flow->ports;
}

u32 lag_hash(const struct lag_flow *flow, u8 policy, bool symmetric, u32 seed)
{
	u64 macs;

	if (policy == LAG_HASH_VLAN_SRCMAC)
		return lag_hash_mix(flow->src_mac, flow->vlan, seed);

	macs = hash_pair(flow->src_mac, flow->dst_mac, symmetric);
	if (!flow->ip || policy == LAG_HASH_LAYER2)
		return lag_hash_mix(macs, flow->type, seed);

	switch (policy) {
	case LAG_HASH_LAYER23:
	case LAG_HASH_ENCAP23:
		return lag_hash_mix(hash_pair(flow->src, flow->dst, symmetric),
				    macs, seed);
	default:
		return lag_hash_mix(hash_pair(flow->src, flow->dst, symmetric),
				    hash_ports(flow, symmetric), seed);
	}
}
