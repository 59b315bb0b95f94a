// SPDX-License-Identifier: GPL-2.0
/* The hash of a flow: what each policy reads, and how evenly it fills slots
 * and ports for the sets of flows that networks have.
 *
 * How headers are found in a packet is tested on the module.
 */
#include "unit.h"

#include "engine/hash.h"
#include "engine/spread.h"

static const u32 seeds[] = {
	0, 1, 0x12345678, 0x80000000, U32_MAX, 0xdeadbeef, 0x00ff00ff,
	0x5bd1e995,
};

static u64 ipv4(u8 a, u8 b, u8 c, u8 d)
{
	const u8 octets[] = { a, b, c, d };

	return lag_flow_octets4(octets);
}

static void ipv6_address(u8 *octets, u16 subnet, u64 interface)
{
	static const u8 prefix[6] = { 0x20, 0x01, 0x0d, 0xb8 };
	unsigned int i;

	memcpy(octets, prefix, sizeof(prefix));
	put_unaligned_be16(subnet, octets + 6);
	for (i = 0; i < 8; i++)
		octets[15 - i] = interface >> 8 * i;
}

static void ipv6(struct lag_flow *flow, u16 src_subnet, u64 src_interface,
		 u16 dst_subnet, u64 dst_interface)
{
	u8 src[16], dst[16];

	ipv6_address(src, src_subnet, src_interface);
	ipv6_address(dst, dst_subnet, dst_interface);
	lag_flow_set_ipv6(flow, src, dst);
}

static u64 mac(u8 a, u8 b, u8 c, u8 d, u8 e, u8 f)
{
	const u8 octets[] = { a, b, c, d, e, f };

	return lag_flow_octets6(octets);
}

static u32 ports(u16 src, u16 dst)
{
	u8 octets[4];

	put_unaligned_be16(src, octets);
	put_unaligned_be16(dst, octets + 2);
	return lag_flow_octets4(octets);
}

static struct lag_flow sample(void)
{
	return (struct lag_flow) {
		.src_mac = mac(2, 0, 0, 0, 0, 1),
		.dst_mac = mac(2, 0, 0, 0, 0, 0xfe),
		.type = 0x0800,
		.vlan = 42,
		.ip = LAG_FLOW_IPV4,
		.src = ipv4(10, 0, 0, 1),
		.dst = ipv4(10, 0, 0, 2),
		.ports = ports(50000, 443),
	};
}

/* Worked out by another program from the description in hash.h: tools and
 * machines of either byte order have to agree on these.
 */
static void the_same_flow_gives_the_same_number_everywhere(void **state)
{
	const u32 seed = 0x12345678;
	struct lag_flow flow = sample();

	(void)state;
	assert_int_equal(lag_hash(&flow, LAG_HASH_LAYER2, false, seed),
			 0xd4152d94);
	assert_int_equal(lag_hash(&flow, LAG_HASH_LAYER23, false, seed),
			 0x02f7d5e5);
	assert_int_equal(lag_hash(&flow, LAG_HASH_LAYER34, false, seed),
			 0xb38bfc33);
	assert_int_equal(lag_hash(&flow, LAG_HASH_VLAN_SRCMAC, false, seed),
			 0x11faade4);
	ipv6(&flow, 0, 1, 0, 2);
	assert_int_equal(lag_hash(&flow, LAG_HASH_LAYER34, false, seed),
			 0x0f3ec2ae);
	assert_int_equal(lag_hash(&flow, LAG_HASH_LAYER23, false, seed),
			 0xa69ec833);
	assert_int_equal(lag_hash_given(0xdeadbeef, seed), 0x5fca2f67);
	assert_int_equal(lag_hash_slot(0xf5b21557), 0xf5);
}

/* The fields of a flow, one bit each */
enum {
	SRC_MAC = 1, DST_MAC = 2, TYPE = 4, VLAN = 8, SRC = 16, DST = 32,
	PORTS = 64, SRC_NET = 128, DST_NET = 256, FIELDS = 9,
};

static void change(struct lag_flow *flow, unsigned int field)
{
	switch (field) {
	case SRC_MAC:
		flow->src_mac ^= 1ULL << 40;
		break;
	case DST_MAC:
		flow->dst_mac ^= 1ULL << 40;
		break;
	case TYPE:
		flow->type ^= 1;
		break;
	case VLAN:
		flow->vlan ^= 1;
		break;
	case SRC:
		flow->src ^= 1ULL << 24;
		break;
	case DST:
		flow->dst ^= 1ULL << 24;
		break;
	case SRC_NET:
		flow->src_net ^= 1ULL << 56;
		break;
	case DST_NET:
		flow->dst_net ^= 1ULL << 56;
		break;
	default:
		flow->ports ^= 1U << 24;
		break;
	}
}

static void assert_reads(u8 policy, u8 ip, unsigned int fields)
{
	struct lag_flow flow, other;
	unsigned int i, symmetric;
	u32 hash, changed;

	for (symmetric = 0; symmetric < 2; symmetric++) {
		flow = sample();
		if (ip == LAG_FLOW_IPV6)
			ipv6(&flow, 1, 1, 2, 2);
		flow.ip = ip;
		hash = lag_hash(&flow, policy, symmetric, 7);
		for (i = 0; i < FIELDS; i++) {
			if (ip != LAG_FLOW_IPV6 &&
			    1U << i & (SRC_NET | DST_NET))
				continue;
			other = flow;
			change(&other, 1U << i);
			changed = lag_hash(&other, policy, symmetric, 7);
			assert_int_equal(changed != hash, fields >> i & 1);
		}
		assert_int_not_equal(lag_hash(&flow, policy, symmetric, 8),
				     hash);
	}
}

static void each_policy_reads_what_its_name_says(void **state)
{
	unsigned int ips = SRC | DST;
	u8 ip;

	(void)state;
	for (ip = LAG_FLOW_IPV4; ip <= LAG_FLOW_IPV6; ip++) {
		assert_reads(LAG_HASH_LAYER2, ip, SRC_MAC | DST_MAC | TYPE);
		assert_reads(LAG_HASH_LAYER23, ip, SRC_MAC | DST_MAC | ips);
		assert_reads(LAG_HASH_ENCAP23, ip, SRC_MAC | DST_MAC | ips);
		assert_reads(LAG_HASH_LAYER34, ip, ips | PORTS);
		assert_reads(LAG_HASH_ENCAP34, ip, ips | PORTS);
		assert_reads(LAG_HASH_FLOW, ip, ips | PORTS);
		assert_reads(LAG_HASH_VLAN_SRCMAC, ip, SRC_MAC | VLAN);
		ips |= SRC_NET | DST_NET;
	}
}

static void what_is_not_ip_counts_by_its_frame(void **state)
{
	u8 policy;

	(void)state;
	for (policy = LAG_HASH_LAYER2; policy <= LAG_HASH_FLOW; policy++)
		assert_reads(policy, LAG_FLOW_NO_IP,
			     policy == LAG_HASH_VLAN_SRCMAC ?
			     SRC_MAC | VLAN : SRC_MAC | DST_MAC | TYPE);
}

/* A fragment has no ports, and neither has the first: they stay together. */
static void fragments_count_by_addresses_alone(void **state)
{
	struct lag_flow first = sample(), last = sample();

	(void)state;
	first.ports = 0;
	last.ports = 0;
	last.src_mac = mac(2, 0, 0, 0, 0, 9);
	last.vlan = 7;
	assert_int_equal(lag_hash(&first, LAG_HASH_LAYER34, false, 5),
			 lag_hash(&last, LAG_HASH_LAYER34, false, 5));
}

static struct lag_flow backward(const struct lag_flow *flow)
{
	struct lag_flow back = *flow;

	back.src_mac = flow->dst_mac;
	back.dst_mac = flow->src_mac;
	back.src_net = flow->dst_net;
	back.dst_net = flow->src_net;
	back.src = flow->dst;
	back.dst = flow->src;
	back.ports = flow->ports << 16 | flow->ports >> 16;
	return back;
}

static void symmetric_means_that_both_directions_are_one(void **state)
{
	unsigned int n, same = 0;
	struct lag_flow there, back;
	u8 policy;

	(void)state;
	srandom(4);
	for (n = 0; n < 4000; n++) {
		there = sample();
		there.src_mac = mac(2, 0, 0, 0, random(), random());
		there.src = ipv4(10, random(), random(), random());
		there.dst = ipv4(10, random(), random(), random());
		/* Also between subnets where the hosts have one number, ... */
		if (n & 1)
			ipv6(&there, random(), n & 2 ? 1 : random(),
			     random(), n & 2 ? 1 : random());
		/* ... and between two ports of one host */
		if (n % 16 >= 14) {
			there.dst_net = there.src_net;
			there.dst = there.src;
		}
		if (n % 8 == 0)
			there.ip = LAG_FLOW_NO_IP;
		there.ports = random();
		back = backward(&there);
		for (policy = 0; policy <= LAG_HASH_FLOW; policy++) {
			if (policy == LAG_HASH_VLAN_SRCMAC)
				continue;
			assert_int_equal(lag_hash(&there, policy, true, n),
					 lag_hash(&back, policy, true, n));
			same += lag_hash(&there, policy, false, n) ==
				lag_hash(&back, policy, false, n);
		}
	}
	/* And otherwise they are not. */
	assert_true(same < 5);
}

/* A set of flows: fills in the n-th one */
typedef void flow_set(struct lag_flow *flow, unsigned int n);

static void sequential_ports(struct lag_flow *flow, unsigned int n)
{
	flow->ports = ports(32768 + n, 443);
}

static void even_ports(struct lag_flow *flow, unsigned int n)
{
	flow->ports = ports(32768 + 2 * n, 443);
}

static void server_ports(struct lag_flow *flow, unsigned int n)
{
	flow->ports = ports(443, 32768 + n);
}

static void random_flows(struct lag_flow *flow, unsigned int n)
{
	(void)n;
	flow->src = ipv4(random(), random(), random(), random());
	flow->ports = ports(random(), 443);
}

/* Clients of one /24 after the other to one server */
static void clients(struct lag_flow *flow, unsigned int n)
{
	flow->src = ipv4(10, 0, n / 254, 1 + n % 254);
	flow->ports = ports(40000, 443);
}

/* 10.0.0.i:40000+i: bonding's XOR cancels this to nothing. */
static void address_and_port_in_step(struct lag_flow *flow, unsigned int n)
{
	flow->src = ipv4(10, 0, n / 254, 1 + n % 254);
	flow->ports = ports(40000 + n, 443);
}

static void pairs_of_hosts(struct lag_flow *flow, unsigned int n)
{
	flow->src = ipv4(10, 0, 0, n % 64);
	flow->dst = ipv4(10, 0, 1, n / 64);
	flow->ports = 0;
}

static void hosts_of_ipv6(struct lag_flow *flow, unsigned int n)
{
	ipv6(flow, 0, 1 + n, 1, 1);
}

static void subnets_of_ipv6(struct lag_flow *flow, unsigned int n)
{
	ipv6(flow, n, 1, 0x1000 + n, 1);
}

static void ports_of_ipv6(struct lag_flow *flow, unsigned int n)
{
	ipv6(flow, 0, 1, 0, 2);
	flow->ports = ports(32768 + n, 443);
}

/* MAC addresses made of IP addresses, as containers have them */
static void containers(struct lag_flow *flow, unsigned int n)
{
	flow->src = ipv4(172, 17, n / 254, 1 + n % 254);
	flow->src_mac = mac(0x02, 0x42, 172, 17, n / 254, 1 + n % 254);
	flow->dst = ipv4(172, 17, 255, 1);
	flow->dst_mac = mac(0x02, 0x42, 172, 17, 255, 1);
}

static void macs_of_one_maker(struct lag_flow *flow, unsigned int n)
{
	flow->src_mac = mac(0x00, 0x1b, 0x21, 0, n >> 8, n);
}

static void macs_of_the_other_side(struct lag_flow *flow, unsigned int n)
{
	flow->dst_mac = mac(0x00, 0x1b, 0x21, 0, n >> 8, n);
}

static void pairs_of_macs(struct lag_flow *flow, unsigned int n)
{
	flow->src_mac = mac(2, 0, 0, 0, 0, n % 64);
	flow->dst_mac = mac(2, 0, 0, 0, 1, n / 64);
}

/* The XOR of both is always the same. */
static void macs_in_step(struct lag_flow *flow, unsigned int n)
{
	flow->src_mac = mac(2, 0, 0, 0, n >> 8, n);
	flow->dst_mac = mac(2, 0, 0, 1, n >> 8, n);
}

/* Alike in three places, four octets apart: so is that of each octet with the
 * fourth after it.
 */
static void macs_in_three_places(struct lag_flow *flow, unsigned int n)
{
	u8 high = n >> 8, low = n;

	flow->dst_mac = mac(0x02, low, high, 0, 0, low);
	flow->src_mac = mac(high, 0, 0, low, high, 1);
}

/* Subnets that the hosts' numbers repeat, and the same on the other side */
static void ipv6_in_step(struct lag_flow *flow, unsigned int n)
{
	u64 interface = (u64)n << 32 | (u64)n << 48 | n;

	ipv6(flow, n, interface, n, interface);
}

static void vlans(struct lag_flow *flow, unsigned int n)
{
	flow->vlan = n;
}

static const struct {
	flow_set	*set;
	u8		policy;
	unsigned int	flows;
} sets[] = {
	{ sequential_ports, LAG_HASH_LAYER34, 4096 },
	{ even_ports, LAG_HASH_LAYER34, 4096 },
	{ server_ports, LAG_HASH_LAYER34, 4096 },
	{ random_flows, LAG_HASH_LAYER34, 4096 },
	{ clients, LAG_HASH_LAYER34, 4096 },
	{ address_and_port_in_step, LAG_HASH_LAYER34, 4096 },
	{ pairs_of_hosts, LAG_HASH_LAYER34, 4096 },
	{ hosts_of_ipv6, LAG_HASH_LAYER34, 4096 },
	{ subnets_of_ipv6, LAG_HASH_LAYER34, 4096 },
	{ ports_of_ipv6, LAG_HASH_LAYER34, 4096 },
	{ containers, LAG_HASH_LAYER23, 4096 },
	{ clients, LAG_HASH_LAYER23, 4096 },
	{ macs_of_one_maker, LAG_HASH_LAYER2, 4096 },
	{ macs_of_the_other_side, LAG_HASH_LAYER2, 4096 },
	{ pairs_of_macs, LAG_HASH_LAYER2, 4096 },
	{ macs_in_step, LAG_HASH_LAYER2, 4096 },
	{ macs_in_three_places, LAG_HASH_LAYER2, 4096 },
	{ macs_of_one_maker, LAG_HASH_LAYER23, 4096 },
	{ macs_of_the_other_side, LAG_HASH_LAYER23, 4096 },
	{ pairs_of_macs, LAG_HASH_LAYER23, 4096 },
	{ macs_in_step, LAG_HASH_LAYER23, 4096 },
	{ macs_in_three_places, LAG_HASH_LAYER23, 4096 },
	{ ipv6_in_step, LAG_HASH_LAYER34, 4096 },
	{ ipv6_in_step, LAG_HASH_LAYER23, 4096 },
	{ macs_of_one_maker, LAG_HASH_VLAN_SRCMAC, 4096 },
	{ vlans, LAG_HASH_VLAN_SRCMAC, 4096 },
};

static void fill(unsigned int *count, unsigned int set, unsigned int flows,
		 bool symmetric, u32 seed)
{
	struct lag_flow flow;
	unsigned int n;

	memset(count, 0, LAG_SLOTS * sizeof(*count));
	srandom(6);
	for (n = 0; n < flows; n++) {
		flow = sample();
		sets[set].set(&flow, n);
		count[lag_hash_slot(lag_hash(&flow, sets[set].policy,
					     symmetric, seed))]++;
	}
}

/* 255 degrees of freedom: chance goes beyond 400 once in 60 million times. */
static void every_set_fills_all_slots_evenly(void **state)
{
	unsigned int set, seed, symmetric, i, count[LAG_SLOTS];
	double mean, chi;

	(void)state;
	for (set = 0; set < ARRAY_SIZE(sets); set++) {
		for (seed = 0; seed < 2 * ARRAY_SIZE(seeds); seed++) {
			symmetric = seed % 2;
			fill(count, set, sets[set].flows, symmetric,
			     seeds[seed / 2]);
			mean = (double)sets[set].flows / LAG_SLOTS;
			for (chi = 0, i = 0; i < LAG_SLOTS; i++)
				chi += (count[i] - mean) * (count[i] - mean) /
				       mean;
			if (chi > 400)
				fail_msg("set %u, seed %#x, symmetric %u: %f",
					 set, seeds[seed / 2], symmetric, chi);
		}
	}
}

/* The fullest of some ports, as a multiple of the mean */
static double fullest(const unsigned int *count, unsigned int num_ports)
{
	unsigned int load[LAG_MAX_PORTS] = {}, total = 0, most = 0, i;
	u16 number[LAG_MAX_PORTS];
	struct lag_spread spread;

	for (i = 0; i < LAG_MAX_PORTS; i++)
		number[i] = i + 1;
	lag_spread_init(&spread);
	for (i = 0; i < num_ports; i++)
		lag_spread_update(&spread, BIT_ULL(i + 1) - 1, number);
	for (i = 0; i < LAG_SLOTS; i++) {
		load[spread.slot[i]] += count[i];
		total += count[i];
	}
	for (i = 0; i < num_ports; i++)
		most = max(most, load[i]);
	return (double)most * num_ports / total;
}

static void no_port_gets_much_more_than_its_share(void **state)
{
	/* Five standard deviations of 4,096 flows, and the odd slot */
	static const struct {
		unsigned int	ports;
		double		limit;
	} limits[] = { { 2, 1.08 }, { 3, 1.12 }, { 4, 1.14 }, { 5, 1.17 },
		       { 8, 1.21 } };
	unsigned int set, seed, i, count[LAG_SLOTS];
	double most;

	(void)state;
	for (set = 0; set < ARRAY_SIZE(sets); set++) {
		for (seed = 0; seed < ARRAY_SIZE(seeds); seed++) {
			fill(count, set, sets[set].flows, false, seeds[seed]);
			for (i = 0; i < ARRAY_SIZE(limits); i++) {
				most = fullest(count, limits[i].ports);
				if (most > limits[i].limit)
					fail_msg("set %u, seed %#x, %u ports: %f",
						 set, seeds[seed],
						 limits[i].ports, most);
			}
		}
	}
}

static void one_subnet_of_clients_uses_all_ports(void **state)
{
	unsigned int set, seed, count[LAG_SLOTS];

	(void)state;
	for (set = 0; set < ARRAY_SIZE(sets); set++) {
		for (seed = 0; seed < ARRAY_SIZE(seeds); seed++) {
			fill(count, set, 254, false, seeds[seed]);
			assert_true(fullest(count, 4) < 1.6);
			assert_true(fullest(count, 8) < 2.2);
		}
	}
}

/* The flows that one lag puts on a port are spread by a next one that has
 * another seed: seven standard deviations of some 4,096 flows.
 */
static void lags_in_a_row_do_not_polarise(void **state)
{
	unsigned int set, n, kept, second[4], i;
	struct lag_flow flow;
	u32 seed;

	(void)state;
	for (set = 0; set < ARRAY_SIZE(sets); set++) {
		for (seed = 1; seed < 30; seed++) {
			memset(second, 0, sizeof(second));
			for (kept = 0, n = 0; n < 16384; n++) {
				flow = sample();
				sets[set].set(&flow, n);
				if (lag_hash(&flow, sets[set].policy, false,
					     0) >> 30)
					continue;
				kept++;
				second[lag_hash(&flow, sets[set].policy, false,
						seed * 0x9e3779b9) >> 30]++;
			}
			for (i = 0; i < ARRAY_SIZE(second); i++)
				if (second[i] < kept / 5 ||
				    second[i] > kept * 3 / 10)
					fail_msg("set %u, seed %u: %u of %u",
						 set, seed, second[i], kept);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_flow_gives_the_same_number_everywhere),
		cmocka_unit_test(each_policy_reads_what_its_name_says),
		cmocka_unit_test(what_is_not_ip_counts_by_its_frame),
		cmocka_unit_test(fragments_count_by_addresses_alone),
		cmocka_unit_test(symmetric_means_that_both_directions_are_one),
		cmocka_unit_test(every_set_fills_all_slots_evenly),
		cmocka_unit_test(no_port_gets_much_more_than_its_share),
		cmocka_unit_test(one_subnet_of_clients_uses_all_ports),
		cmocka_unit_test(lags_in_a_row_do_not_polarise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
