// SPDX-License-Identifier: GPL-2.0
/* lagctl plan: what each hash policy would do with traffic that was captured.
 *
 * How frames are read is not here but in packet.c, how the chart is drawn in
 * chart.c.
 */
#include "chart.h"
#include "json.h"
#include "lagctl.h"
#include "model.h"
#include "packet.h"

#include "../../drivers/net/lag/engine/spread.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

#define PLAN_PROGRESS	65536	/* packets between two signs of life */

const char help_plan[] =
	"Usage: lagctl plan [ OPTIONS ] FILE.pcap\n"
	"\n"
	"Which share of captured traffic each port of a lag would get, by each\n"
	"xmit_hash_policy.  Capture what one host sends, all of it or as much as is\n"
	"typical: tcpdump -i lag0 -Q out -s 128 -w FILE.pcap\n"
	"\n"
	"  -n, --ports N       ports of the lag, 1..64, default 2\n"
	"  -l, --lag LAG       ports, seed and slots of a lag that is there\n"
	"  --seed SEED         hash_seed, default 0\n"
	"  --symmetric         hash_symmetric\n"
	"  --filter EXPRESSION only these packets, see pcap-filter(7)\n"
	"  --svg FILE          draw a chart, too\n";

enum { PLAN_SEED = 256, PLAN_SYMMETRIC, PLAN_FILTER, PLAN_SVG };

/* libpcap brings a dozen other libraries along: only who plans needs them. */
static struct {
	pcap_t *(*open_offline)(const char *name, char *error);
	int (*next_ex)(pcap_t *p, struct pcap_pkthdr **header, const u8 **data);
	int (*datalink)(pcap_t *p);
	const char *(*datalink_val_to_name)(int link);
	int (*compile)(pcap_t *p, struct bpf_program *program,
		       const char *text, int optimize, bpf_u_int32 netmask);
	int (*setfilter)(pcap_t *p, struct bpf_program *program);
	void (*freecode)(struct bpf_program *program);
	char *(*geterr)(pcap_t *p);
	FILE *(*file)(pcap_t *p);
	void (*close)(pcap_t *p);
} pcap;

static const struct {
	const char	*name;
	void		**function;
} plan_functions[] = {
	{ "pcap_open_offline", (void **)&pcap.open_offline },
	{ "pcap_next_ex", (void **)&pcap.next_ex },
	{ "pcap_datalink", (void **)&pcap.datalink },
	{ "pcap_datalink_val_to_name", (void **)&pcap.datalink_val_to_name },
	{ "pcap_compile", (void **)&pcap.compile },
	{ "pcap_setfilter", (void **)&pcap.setfilter },
	{ "pcap_freecode", (void **)&pcap.freecode },
	{ "pcap_geterr", (void **)&pcap.geterr },
	{ "pcap_file", (void **)&pcap.file },
	{ "pcap_close", (void **)&pcap.close },
};

static const u8 plan_policies[] = {
	LAG_HASH_LAYER2, LAG_HASH_LAYER23, LAG_HASH_LAYER34,
	LAG_HASH_ENCAP23, LAG_HASH_ENCAP34, LAG_HASH_VLAN_SRCMAC,
};

/* All that any policy reads; no padding, for it is compared as it lies */
struct plan_key {
	u64	src_mac, dst_mac;
	u64	src_net, dst_net, src, dst;
	u64	inner_src_net, inner_dst_net, inner_src, inner_dst;
	u32	ports, inner_ports;
	u16	type, vlan;
	u16	ip, inner_ip;
};

static_assert(sizeof(struct plan_key) == 96);

struct plan_flow {
	struct plan_key	key;
	u64		packets;	/* 0: nothing is here */
	u64		bytes;
};

struct plan {
	const char		*file;
	const char		*svg;
	const char		*filter;
	unsigned int		num_ports;
	u32			seed;
	bool			symmetric;

	struct plan_flow	*flows;		/* a hash table */
	size_t			room;		/* a power of two */
	size_t			num_flows;
	u64			packets;
	u64			bytes;
	u64			cut;

	struct lag_spread	spread;
	char			names[LAG_MAX_PORTS][IFNAMSIZ];
	struct chart_bar	bars[ARRAY_SIZE(plan_policies)][LAG_MAX_PORTS];
	u64			flows_of[ARRAY_SIZE(plan_policies)][LAG_MAX_PORTS];
	u64			packets_of[ARRAY_SIZE(plan_policies)][LAG_MAX_PORTS];
};

static void plan_load_pcap(void)
{
	void *library = dlopen("libpcap.so.0.8", RTLD_LAZY);
	unsigned int i;

	/* Of other distributions */
	if (!library)
		library = dlopen("libpcap.so.1", RTLD_LAZY);
	for (i = 0; i < ARRAY_SIZE(plan_functions); i++) {
		void *function = library ? dlsym(library,
						 plan_functions[i].name) : NULL;

		if (!function)
			die(EXIT_USAGE,
			    "Error: plan needs libpcap, on Debian: apt-get install libpcap0.8");
		*plan_functions[i].function = function;
	}
}

/* Flows */

static size_t plan_hash(const struct plan_key *key)
{
	const u64 *word = (const u64 *)key;
	u64 hash = 0;
	unsigned int i;

	for (i = 0; i < sizeof(*key) / sizeof(*word); i++)
		hash = lag_hash_next(hash, word[i]);
	return hash;
}

/* Where the flow is, or is to be */
static struct plan_flow *plan_find(const struct plan *p,
				   const struct plan_key *key)
{
	size_t i = plan_hash(key) & (p->room - 1);

	while (p->flows[i].packets &&
	       memcmp(&p->flows[i].key, key, sizeof(*key)))
		i = (i + 1) & (p->room - 1);
	return &p->flows[i];
}

static void plan_grow(struct plan *p)
{
	struct plan_flow *old = p->flows;
	size_t room = p->room, i;

	p->room = room ? room * 2 : 1024;
	p->flows = calloc(p->room, sizeof(*p->flows));
	if (!p->flows)
		die(EXIT_KERNEL, "Out of memory.");
	for (i = 0; i < room; i++)
		if (old[i].packets)
			*plan_find(p, &old[i].key) = old[i];
	free(old);
}

static void plan_add(struct plan *p, const struct pcap_pkthdr *header,
		     const u8 *data)
{
	struct lag_flow outer, inner;
	struct plan_flow *flow;
	struct plan_key key;
	bool whole;

	whole = packet_read(data, header->caplen, false, &outer);
	whole &= packet_read(data, header->caplen, true, &inner);
	/* A packet that was short on the wire has been read as it was. */
	if (!whole && header->caplen < header->len)
		p->cut++;

	key = (struct plan_key) {
		.src_mac = outer.src_mac, .dst_mac = outer.dst_mac,
		.src_net = outer.src_net, .dst_net = outer.dst_net,
		.src = outer.src, .dst = outer.dst,
		.inner_src_net = inner.src_net,
		.inner_dst_net = inner.dst_net,
		.inner_src = inner.src, .inner_dst = inner.dst,
		.ports = outer.ports, .inner_ports = inner.ports,
		.type = outer.type, .vlan = outer.vlan,
		.ip = outer.ip, .inner_ip = inner.ip,
	};
	if (p->num_flows * 4 >= p->room * 3)
		plan_grow(p);
	flow = plan_find(p, &key);
	if (!flow->packets) {
		flow->key = key;
		p->num_flows++;
	}
	flow->packets++;
	flow->bytes += header->len;
	p->packets++;
	p->bytes += header->len;
}

/* The capture */

static void plan_show_progress(pcap_t *capture, u64 packets)
{
	struct stat st;
	off_t at;
	FILE *f;

	if (packets % PLAN_PROGRESS || !isatty(STDERR_FILENO))
		return;
	f = pcap.file(capture);
	at = ftello(f);
	if (at > 0 && !fstat(fileno(f), &st) && st.st_size)
		fprintf(stderr, "\r%3d %%", (int)(at * 100 / st.st_size));
	else
		fprintf(stderr, "\r%llu packets", (unsigned long long)packets);
}

static pcap_t *plan_open(const struct plan *p)
{
	char error[PCAP_ERRBUF_SIZE];
	struct bpf_program program;
	pcap_t *capture;
	int link;

	capture = pcap.open_offline(p->file, error);
	if (!capture)
		die(EXIT_USAGE, "Error: %s", error);
	link = pcap.datalink(capture);
	if (link != DLT_EN10MB)
		die(EXIT_USAGE,
		    "Error: %s has no Ethernet headers but %s: capture on the device itself, not on \"any\".",
		    p->file, pcap.datalink_val_to_name(link) ?: "others");
	if (p->filter && pcap.compile(capture, &program, p->filter, 1,
				      PCAP_NETMASK_UNKNOWN))
		die(EXIT_USAGE, "Error: filter: %s", pcap.geterr(capture));
	if (p->filter) {
		pcap.setfilter(capture, &program);
		pcap.freecode(&program);
	}
	return capture;
}

static void plan_read(struct plan *p)
{
	struct pcap_pkthdr *header;
	pcap_t *capture;
	const u8 *data;
	int ret;

	plan_load_pcap();
	capture = plan_open(p);
	plan_grow(p);
	while ((ret = pcap.next_ex(capture, &header, &data)) == 1) {
		plan_add(p, header, data);
		plan_show_progress(capture, p->packets);
	}
	if (p->packets >= PLAN_PROGRESS && isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	/* What could be read counts: captures are often cut off. */
	if (ret == PCAP_ERROR)
		fprintf(stderr, "Warning: %s ends early: %s\n", p->file,
			pcap.geterr(capture));
	pcap.close(capture);
	if (!p->bytes)
		die(EXIT_USAGE, "Error: there are no packets in %s.", p->file);
}

/* The plan */

static void plan_make_ports(struct plan *p)
{
	u16 number[LAG_MAX_PORTS];
	unsigned int i;
	u64 live;

	for (i = 0; i < LAG_MAX_PORTS; i++) {
		number[i] = i + 1;
		snprintf(p->names[i], sizeof(p->names[i]), "%u", i + 1);
	}
	live = p->num_ports == 64 ? U64_MAX : BIT_ULL(p->num_ports) - 1;
	lag_spread_init(&p->spread);
	lag_spread_update(&p->spread, live, number);
}

/* Those that carry traffic now, in the order of their numbers */
static void plan_take_ports(struct plan *p, const struct lag *lag)
{
	unsigned int i, slot, index;
	bool used;

	p->num_ports = 0;
	p->seed = lag->option[IFLA_LAG_HASH_SEED].number;
	p->symmetric = lag->option[IFLA_LAG_HASH_SYMMETRIC].number;
	for (i = 0; i < lag->num_ports; i++) {
		index = lag->ports[i].state[IFLA_LAG_PORT_STATE_INDEX].number;
		used = false;
		for (slot = 0; slot < LAG_SLOTS; slot++) {
			if (lag->slots[slot] != index)
				continue;
			p->spread.slot[slot] = p->num_ports;
			used = true;
		}
		if (used)
			snprintf(p->names[p->num_ports++], IFNAMSIZ, "%s",
				 lag->ports[i].link.name);
	}
	if (!p->num_ports)
		die(EXIT_USAGE, "Error: no port of %s carries traffic.",
		    lag->link.name);
}

static u32 plan_hash_flow(const struct plan *p, const struct plan_key *key,
			  u8 policy)
{
	bool encap = policy == LAG_HASH_ENCAP23 || policy == LAG_HASH_ENCAP34;
	struct lag_flow flow = {
		.src_mac = key->src_mac, .dst_mac = key->dst_mac,
		.type = key->type, .vlan = key->vlan,
		.ip = encap ? key->inner_ip : key->ip,
		.src_net = encap ? key->inner_src_net : key->src_net,
		.dst_net = encap ? key->inner_dst_net : key->dst_net,
		.src = encap ? key->inner_src : key->src,
		.dst = encap ? key->inner_dst : key->dst,
		.ports = encap ? key->inner_ports : key->ports,
	};

	return lag_hash(&flow, policy, p->symmetric, p->seed);
}

static void plan_deal(struct plan *p)
{
	unsigned int i, port;
	size_t n;
	u32 hash;

	for (n = 0; n < p->room; n++) {
		const struct plan_flow *flow = &p->flows[n];

		for (i = 0; flow->packets && i < ARRAY_SIZE(plan_policies);
		     i++) {
			hash = plan_hash_flow(p, &flow->key, plan_policies[i]);
			port = p->spread.slot[lag_hash_slot(hash)];
			p->bars[i][port].bytes += flow->bytes;
			p->packets_of[i][port] += flow->packets;
			p->flows_of[i][port]++;
		}
	}
}

/* How much busier the busiest port is than it had to be */
static double plan_max_to_mean(const struct plan *p, unsigned int policy)
{
	u64 most = 0;
	unsigned int i;

	for (i = 0; i < p->num_ports; i++)
		most = max(most, p->bars[policy][i].bytes);
	return (double)most * p->num_ports / p->bytes;
}

/* Telling it */

static const char *plan_policy_name(unsigned int policy)
{
	return lag_find_word(lag_policies, plan_policies[policy]);
}

static unsigned int plan_best(const struct plan *p)
{
	unsigned int i, best = 0;

	for (i = 1; i < ARRAY_SIZE(plan_policies); i++)
		if (plan_max_to_mean(p, i) < plan_max_to_mean(p, best))
			best = i;
	return best;
}

static void plan_print(const struct plan *p)
{
	unsigned int i, port;

	printf("%s: %llu packets, %llu bytes, %zu flows; hash_seed %u%s\n",
	       p->file, (unsigned long long)p->packets,
	       (unsigned long long)p->bytes, p->num_flows, p->seed,
	       p->symmetric ? ", hash_symmetric" : "");
	if (p->cut)
		printf("%llu of them were captured too short to be read: a lag may see more\n",
		       (unsigned long long)p->cut);
	printf("\n%s%-13s%-16s%12s%16s%8s%10s%s\n", colour(COLOUR_BOLD),
	       "policy", "port", "packets", "bytes", "share", "flows",
	       colour(COLOUR_OFF));
	for (i = 0; i < ARRAY_SIZE(plan_policies); i++) {
		for (port = 0; port < p->num_ports; port++) {
			u64 bytes = p->bars[i][port].bytes;

			printf("%-13s%-16s%12llu%16llu%7.1f%%%10llu\n",
			       port ? "" : plan_policy_name(i), p->names[port],
			       (unsigned long long)p->packets_of[i][port],
			       (unsigned long long)bytes,
			       100.0 * bytes / p->bytes,
			       (unsigned long long)p->flows_of[i][port]);
		}
		printf("%-13s%sbusiest/mean %.2f: as good as %.2f of %u links%s\n",
		       "", colour(COLOUR_DIM), plan_max_to_mean(p, i),
		       p->num_ports / plan_max_to_mean(p, i), p->num_ports,
		       colour(COLOUR_OFF));
	}
	printf("%-13sas layer3+4, but by the hash of the socket or NIC: not to be foretold\n",
	       "flow");
	i = plan_best(p);
	printf("\nmost even: %s%s%s, busiest/mean %.2f\n",
	       colour(COLOUR_GOOD), plan_policy_name(i), colour(COLOUR_OFF),
	       plan_max_to_mean(p, i));
}

static json_t *plan_json_policy(const struct plan *p, unsigned int policy)
{
	json_t *ports = json_array(), *one;
	unsigned int port;

	for (port = 0; port < p->num_ports; port++) {
		json_int_t packets = p->packets_of[policy][port];
		json_int_t bytes = p->bars[policy][port].bytes;
		json_int_t flows = p->flows_of[policy][port];

		one = json_pack("{s:s,s:I,s:I,s:I}", "port", p->names[port],
				"packets", packets, "bytes", bytes,
				"flows", flows);
		json_array_append_new(ports, one);
	}
	return json_pack("{s:s,s:f,s:o}", "policy", plan_policy_name(policy),
			 "max_to_mean", plan_max_to_mean(p, policy),
			 "ports", ports);
}

static void plan_print_json(const struct plan *p)
{
	json_t *policies = json_array();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plan_policies); i++)
		json_array_append_new(policies, plan_json_policy(p, i));
	json_print(json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:b,s:s,s:o}",
			     "file", p->file,
			     "packets", (json_int_t)p->packets,
			     "bytes", (json_int_t)p->bytes,
			     "flows", (json_int_t)p->num_flows,
			     "too_short", (json_int_t)p->cut,
			     "hash_seed", (json_int_t)p->seed,
			     "hash_symmetric", (int)p->symmetric,
			     "best", plan_policy_name(plan_best(p)),
			     "policies", policies));
}

static void plan_draw(struct plan *p)
{
	struct chart_group groups[ARRAY_SIZE(plan_policies)];
	const char *name = strrchr(p->file, '/');
	unsigned int i, port;
	char subtitle[160];
	FILE *f;

	for (i = 0; i < ARRAY_SIZE(plan_policies); i++) {
		for (port = 0; port < p->num_ports; port++)
			p->bars[i][port].name = p->names[port];
		groups[i].name = plan_policy_name(i);
		groups[i].bars = p->bars[i];
		groups[i].max_to_mean = plan_max_to_mean(p, i);
	}
	snprintf(subtitle, sizeof(subtitle),
		 "%llu packets, %zu flows, %u ports; hash_seed %u%s",
		 (unsigned long long)p->packets, p->num_flows, p->num_ports,
		 p->seed, p->symmetric ? ", hash_symmetric" : "");

	f = fopen(p->svg, "w");
	if (!f)
		die(EXIT_USAGE, "Cannot open file \"%s\" for writing: %s",
		    p->svg, strerror(errno));
	chart_draw(f, name ? name + 1 : p->file, subtitle, groups, ARRAY_SIZE(groups),
		   p->num_ports, p->bytes);
	if (fclose(f))
		die(EXIT_USAGE, "Cannot write \"%s\": %s", p->svg,
		    strerror(errno));
}

static unsigned long plan_number(const char *text, const char *what,
				 unsigned long least, unsigned long most)
{
	unsigned long n;
	char *end;

	n = strtoul(text, &end, 0);
	if (!*text || *text == '-' || *end || n < least || n > most)
		usage_error("%s is %lu..%lu, not \"%s\"", what, least, most,
			    text);
	return n;
}

static const char *plan_parse(int argc, char **argv, struct plan *p)
{
	static const struct option options[] = {
		{ "ports",	required_argument,	NULL, 'n' },
		{ "lag",	required_argument,	NULL, 'l' },
		{ "seed",	required_argument,	NULL, PLAN_SEED },
		{ "symmetric",	no_argument,		NULL, PLAN_SYMMETRIC },
		{ "filter",	required_argument,	NULL, PLAN_FILTER },
		{ "svg",	required_argument,	NULL, PLAN_SVG },
		{}
	};
	const char *lag = NULL;
	bool own = false;
	int c;

	p->num_ports = 2;
	while ((c = lagctl_getopt(argc, argv, "n:l:", options)) >= 0) {
		own |= c == 'n' || c == PLAN_SEED || c == PLAN_SYMMETRIC;
		switch (c) {
		case 'n':
			p->num_ports = plan_number(optarg, "ports", 1,
						   LAG_MAX_PORTS);
			break;
		case 'l':
			lag = optarg;
			break;
		case PLAN_SEED:
			p->seed = plan_number(optarg, "seed", 0, U32_MAX);
			break;
		case PLAN_SYMMETRIC:
			p->symmetric = true;
			break;
		case PLAN_FILTER:
			p->filter = optarg;
			break;
		case PLAN_SVG:
			p->svg = optarg;
			break;
		}
	}
	if (optind + 1 != argc)
		usage_error("one FILE.pcap is needed");
	if (lag && own)
		usage_error("--lag says it all: no --ports, --seed or --symmetric");
	p->file = argv[optind];
	return lag;
}

int cmd_plan(int argc, char **argv)
{
	static struct plan p;
	const char *lag;

	lag = plan_parse(argc, argv, &p);
	if (lag) {
		struct model *m = model_read();

		packet_check_module();
		plan_take_ports(&p, model_need_lag(m, lag));
		model_free(m);
	} else {
		plan_make_ports(&p);
	}

	plan_read(&p);
	plan_deal(&p);
	if (p.svg)
		plan_draw(&p);
	if (opt_json)
		plan_print_json(&p);
	else
		plan_print(&p);
	free(p.flows);
	return EXIT_OK;
}
