// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: the hash of a flow reads what its policy says and no more, and
 * both directions alike where that was asked for.
 */
#include "engine/hash.h"

/* The engine is linked whole but does not run here. */
void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to)
{
	(void)port;
	(void)machine;
	(void)from;
	(void)to;
}

static void want(bool condition)
{
	if (!condition)
		abort();
}

static u16 port_of(u32 ports, unsigned int at)
{
	return ports >> at;
}

static struct lag_flow reverse(const struct lag_flow *flow)
{
	struct lag_flow back = *flow;

	back.src_mac = flow->dst_mac;
	back.dst_mac = flow->src_mac;
	back.src_net = flow->dst_net;
	back.dst_net = flow->src_net;
	back.src = flow->dst;
	back.dst = flow->src;
	back.ports = (u32)port_of(flow->ports, 0) << 16 |
		     port_of(flow->ports, 16);
	return back;
}

/* @flow with all that @policy must not read taken from @other */
static struct lag_flow disguise(const struct lag_flow *flow,
				const struct lag_flow *other, u8 policy)
{
	struct lag_flow same = *flow;
	bool ip = flow->ip && policy != LAG_HASH_LAYER2;

	if (policy == LAG_HASH_VLAN_SRCMAC) {
		same = *other;
		same.src_mac = flow->src_mac;
		same.vlan = flow->vlan;
		return same;
	}
	same.vlan = other->vlan;
	if (!ip) {
		same.src_net = other->src_net;
		same.dst_net = other->dst_net;
		same.src = other->src;
		same.dst = other->dst;
		same.ports = other->ports;
		return same;
	}
	same.type = other->type;
	if (policy == LAG_HASH_LAYER23 || policy == LAG_HASH_ENCAP23) {
		same.ports = other->ports;
	} else {
		same.src_mac = other->src_mac;
		same.dst_mac = other->dst_mac;
	}
	return same;
}

static const u8 *take_flow(struct lag_flow *flow, const u8 *data)
{
	memset(flow, 0, sizeof(*flow));
	flow->src_mac = lag_flow_octets6(data);
	flow->dst_mac = lag_flow_octets6(data + 6);
	flow->type = lag_flow_octets4(data + 12);
	flow->vlan = lag_flow_octets4(data + 12) >> 16 & 0xfff;
	if (data[16] & 2)
		lag_flow_set_ipv6(flow, data + 17, data + 33);
	else
		lag_flow_set_ipv4(flow, data + 17, data + 33);
	if (!(data[16] & 1))
		flow->ip = LAG_FLOW_NO_IP;
	flow->ports = lag_flow_octets4(data + 49);
	return data + 53;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct lag_flow flow, other, back, same;
	u8 policy;
	u32 seed;

	if (size < 4 + 2 * 53)
		return 0;
	seed = lag_flow_octets4(data);
	data = take_flow(&flow, data + 4);
	take_flow(&other, data);
	back = reverse(&flow);
	for (policy = 0; policy <= LAG_HASH_FLOW; policy++) {
		u32 hash = lag_hash(&flow, policy, false, seed);

		want(lag_hash_slot(hash) < LAG_SLOTS);
		same = disguise(&flow, &other, policy);
		want(lag_hash(&same, policy, false, seed) == hash);
		hash = lag_hash(&flow, policy, true, seed);
		want(lag_hash(&same, policy, true, seed) == hash);
		if (policy != LAG_HASH_VLAN_SRCMAC)
			want(lag_hash(&back, policy, true, seed) == hash);
	}
	return 0;
}
