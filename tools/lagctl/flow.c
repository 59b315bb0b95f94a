// SPDX-License-Identifier: GPL-2.0
/* lagctl flow: which port a flow takes, now and after each single failure.
 *
 * Hash and slots are the module's own code, engine/hash.h and spread.c; the
 * tables are read from the kernel, so the answer is exact.  How the headers of
 * a frame become a flow is not here; see packet.c.
 */
#include "lagctl.h"
#include "model.h"
#include "packet.h"
#include "route.h"

#include "../../drivers/net/lag/engine/spread.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <jansson.h>
#include <linux/if_ether.h>

#define FLOW_WORDS	24	/* of a line */

/* Beside the indexes of ports: it cannot be told which of those of another
 * aggregator
 */
#define FLOW_OTHERS	0xfe

const char help_flow[] =
	"Usage: lagctl flow [ OPTIONS ] SRC DST [ PROTO [ SPORT DPORT ] ]\n"
	"       lagctl flow [ OPTIONS ] SRC-MAC DST-MAC ETHERTYPE\n"
	"       lagctl flow [ OPTIONS ] --batch FILE\n"
	"\n"
	"Which port packets of this flow leave by, now and after the failure of\n"
	"any one port.  SRC and DST are IPv4 or IPv6 addresses, PROTO is tcp, udp,\n"
	"sctp, icmp, ... or a number.  What is not told is asked of the routing and\n"
	"neighbour tables.\n"
	"\n"
	"  -l, --lag LAG     not that of the route, or the only one\n"
	"  --vlan ID         outermost VLAN tag\n"
	"  --smac MAC        of the frames, where another host's are bridged\n"
	"  --dmac MAC        of the next hop\n"
	"  --fragment        packets that are fragments\n"
	"  --batch FILE      flows with their options, one a line; -: stdin\n";

enum { FLOW_VLAN = 256, FLOW_SMAC, FLOW_DMAC, FLOW_FRAGMENT, FLOW_BATCH };

/* What was asked */
struct flow_query {
	const char	*lag;
	const char	*batch;
	const char	*operand[5];
	unsigned int	num_operands;
	bool		has_vlan;
	bool		has_src_mac;
	bool		has_dst_mac;
	bool		fragment;
	u16		vlan;
	u8		src_mac[ETH_ALEN];
	u8		dst_mac[ETH_ALEN];
};

/* The same, understood */
struct flow_packet {
	bool		ip;
	struct address	src;
	struct address	dst;
	u8		protocol;
	bool		has_ports;	/* the protocol has */
	bool		told_ports;
	u16		src_port;
	u16		dst_port;
	u16		type;
};

/* Index of the port of each slot, now and after each failure; besides:
 * LAG_SLOT_NONE or FLOW_OTHERS
 */
struct flow_tables {
	const struct lag	*lag;
	u64			live;
	u8			now[LAG_SLOTS];
	u8			after[LAG_MAX_PORTS][LAG_SLOTS];
};

/* What became of it */
struct flow_answer {
	struct lag		*lag;
	struct lag_flow		flow;
	bool			hashed;
	u32			hash;
	u8			slot;		/* if foretold */
	bool			foretold;
	const struct flow_tables *tables;
	const char		*all;		/* why it takes no single port */
};

static const struct {
	const char	*name;
	u8		number;
} flow_protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP }, { "icmp", IPPROTO_ICMP },
	{ "icmpv6", IPPROTO_ICMPV6 }, { "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "igmp", IPPROTO_IGMP }, { "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH }, { "gre", IPPROTO_GRE },
	{ "ipip", IPPROTO_IPIP }, { "ipv6", IPPROTO_IPV6 },
	{ "ospf", 89 }, { "vrrp", 112 },
};

static const struct {
	const char	*name;
	u16		number;
} flow_types[] = {
	{ "arp", ETH_P_ARP }, { "lldp", ETH_P_LLDP }, { "mpls", ETH_P_MPLS_UC },
	{ "pppoe", ETH_P_PPP_SES }, { "ptp", ETH_P_1588 },
	{ "fcoe", ETH_P_FCOE }, { "aoe", ETH_P_AOE },
};

/* Reading the question */

static unsigned long flow_number(const char *text, const char *what,
				 unsigned long max)
{
	unsigned long n;
	char *end;

	n = strtoul(text, &end, 0);
	if (!*text || *text == '-' || *end || n > max)
		usage_error("%s is a number up to %lu, not \"%s\"", what, max,
			    text);
	return n;
}

static bool flow_parse_mac(const char *text, u8 *mac)
{
	unsigned int o[ETH_ALEN];
	char beyond;
	int i;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &o[0], &o[1], &o[2],
		   &o[3], &o[4], &o[5], &beyond) != ETH_ALEN)
		return false;
	for (i = 0; i < ETH_ALEN; i++)
		mac[i] = o[i];
	return true;
}

static void flow_need_mac(const char *text, const char *what, u8 *mac)
{
	if (!flow_parse_mac(text, mac))
		usage_error("%s is a MAC address, not \"%s\"", what, text);
}

static bool flow_parse_address(const char *text, struct address *a)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, a->octets) == 1) {
		a->family = AF_INET;
		a->len = 4;
		return true;
	}
	a->family = AF_INET6;
	a->len = 16;
	return inet_pton(AF_INET6, text, a->octets) == 1;
}

static u8 flow_parse_protocol(const char *text)
{
	struct protoent *known;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flow_protocols); i++)
		if (!strcasecmp(text, flow_protocols[i].name))
			return flow_protocols[i].number;
	known = getprotobyname(text);
	if (known)
		return known->p_proto;
	return flow_number(text, "PROTO is a name like tcp, or", 255);
}

static u16 flow_parse_type(const char *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flow_types); i++)
		if (!strcasecmp(text, flow_types[i].name))
			return flow_types[i].number;
	return flow_number(text, "ETHERTYPE is a name like arp, or", 0xffff);
}

static void flow_parse_options(int argc, char **argv, struct flow_query *q)
{
	static const struct option options[] = {
		{ "lag",	required_argument,	NULL, 'l' },
		{ "vlan",	required_argument,	NULL, FLOW_VLAN },
		{ "smac",	required_argument,	NULL, FLOW_SMAC },
		{ "dmac",	required_argument,	NULL, FLOW_DMAC },
		{ "fragment",	no_argument,		NULL, FLOW_FRAGMENT },
		{ "batch",	required_argument,	NULL, FLOW_BATCH },
		{}
	};
	int c;

	while ((c = lagctl_getopt(argc, argv, "l:", options)) >= 0) {
		switch (c) {
		case 'l':
			q->lag = optarg;
			break;
		case FLOW_VLAN:
			q->vlan = flow_number(optarg, "vlan", 4094);
			q->has_vlan = true;
			break;
		case FLOW_SMAC:
			flow_need_mac(optarg, "smac", q->src_mac);
			q->has_src_mac = true;
			break;
		case FLOW_DMAC:
			flow_need_mac(optarg, "dmac", q->dst_mac);
			q->has_dst_mac = true;
			break;
		case FLOW_FRAGMENT:
			q->fragment = true;
			break;
		case FLOW_BATCH:
			q->batch = optarg;
			break;
		}
	}

	q->num_operands = argc - optind;
	if (q->num_operands > ARRAY_SIZE(q->operand))
		usage_error("too many arguments");
	memcpy(q->operand, argv + optind,
	       q->num_operands * sizeof(*q->operand));
}

static void flow_parse_frame(struct flow_query *q, struct flow_packet *p)
{
	if (q->num_operands > 3)
		usage_error("between MAC addresses there are no ports");
	if (q->num_operands < 3)
		usage_error("between MAC addresses the ETHERTYPE is needed");
	flow_need_mac(q->operand[1], "DST-MAC", q->dst_mac);
	q->has_src_mac = true;
	q->has_dst_mac = true;
	p->type = flow_parse_type(q->operand[2]);
}

static void flow_parse_ip(const struct flow_query *q, struct flow_packet *p)
{
	if (!flow_parse_address(q->operand[0], &p->src))
		usage_error("SRC is an address, not \"%s\"", q->operand[0]);
	if (!flow_parse_address(q->operand[1], &p->dst))
		usage_error("DST is an address, not \"%s\"", q->operand[1]);
	if (p->src.family != p->dst.family)
		usage_error("SRC and DST are both IPv4 or both IPv6");

	p->ip = true;
	p->type = p->src.family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
	if (q->num_operands > 2)
		p->protocol = flow_parse_protocol(q->operand[2]);
	p->has_ports = p->protocol == IPPROTO_TCP ||
		       p->protocol == IPPROTO_UDP ||
		       p->protocol == IPPROTO_SCTP;
	if (q->num_operands == 4)
		usage_error("SPORT and DPORT are both needed");
	if (q->num_operands < 5)
		return;
	if (!p->has_ports)
		usage_error("only tcp, udp and sctp have ports");
	p->told_ports = true;
	p->src_port = flow_number(q->operand[3], "SPORT", 0xffff);
	p->dst_port = flow_number(q->operand[4], "DPORT", 0xffff);
}

static void flow_parse(int argc, char **argv, struct flow_query *q,
		       struct flow_packet *p)
{
	memset(q, 0, sizeof(*q));
	memset(p, 0, sizeof(*p));
	flow_parse_options(argc, argv, q);
	if (q->batch)
		return;
	if (q->num_operands < 2)
		usage_error("SRC and DST are needed");
	if (flow_parse_mac(q->operand[0], q->src_mac))
		flow_parse_frame(q, p);
	else
		flow_parse_ip(q, p);
}

/* From the question to a flow */

static u64 flow_option(const struct lag *lag, int attr)
{
	return lag->option[attr].number;
}

static bool flow_is_encap(u8 policy)
{
	return policy == LAG_HASH_ENCAP23 || policy == LAG_HASH_ENCAP34;
}

static bool flow_reads_ip(u8 policy)
{
	return policy != LAG_HASH_LAYER2 && policy != LAG_HASH_VLAN_SRCMAC;
}

static bool flow_hides_another(const struct flow_query *q,
			       const struct flow_packet *p, u8 policy)
{
	bool encap = flow_is_encap(policy);

	if (p->ip)
		return encap && !q->fragment &&
		       packet_is_tunnel(p->protocol, p->dst_port);

	return flow_reads_ip(policy) && packet_hides_ip(p->type, encap);
}

static bool flow_mode_hashes(const struct lag *lag)
{
	return flow_option(lag, IFLA_LAG_MODE) == LAG_MODE_LACP ||
	       flow_option(lag, IFLA_LAG_MODE) == LAG_MODE_STATIC;
}

/* The lag itself, or a bridge that it is a port of */
static bool flow_leads_to(const struct route *route, const struct lag *lag)
{
	return route->base && (route->base == lag->link.index ||
			       route->base == lag->link.master);
}

/* NULL if it is none or one of several */
static struct lag *flow_lag_of_route(struct model *m,
				     const struct route *route)
{
	struct lag *lag = NULL;
	unsigned int i;

	for (i = 0; i < m->num_lags; i++) {
		if (!flow_leads_to(route, &m->lags[i]))
			continue;
		if (lag)
			return NULL;
		lag = &m->lags[i];
	}

	return lag;
}

static struct lag *flow_find_lag(struct model *m, const struct flow_query *q,
				 const struct flow_packet *p,
				 struct route *route)
{
	struct lag *lag = NULL;

	memset(route, 0, sizeof(*route));
	if (q->lag)
		lag = model_need_lag(m, q->lag);
	if (p->ip)
		route_find(&p->src, &p->dst, 0, route);
	if (lag && flow_leads_to(route, lag))
		return lag;
	if (lag) {
		if (p->ip)
			route_find(&p->src, &p->dst, lag->link.index, route);
		return lag;
	}

	lag = flow_lag_of_route(m, route);
	if (lag)
		return lag;
	if (route->local)
		die(EXIT_USAGE, "Error: %s is an address of this host.",
		    q->operand[1]);
	if (!m->num_lags)
		die(EXIT_USAGE, "Error: there is no lag.");
	if (m->num_lags > 1)
		die(EXIT_USAGE,
		    "Error: there are several lags and no route says which, name one with --lag.");
	lag = &m->lags[0];
	if (p->ip)
		route_find(&p->src, &p->dst, lag->link.index, route);
	return lag;
}

static void flow_need_macs(const struct flow_query *q,
			   const struct flow_packet *p, u8 policy,
			   const struct route *route)
{
	bool reads_dst = policy == LAG_HASH_LAYER2 ||
			 policy == LAG_HASH_LAYER23 ||
			 policy == LAG_HASH_ENCAP23;

	if (p->ip && reads_dst && !q->has_dst_mac && !route->has_dst_mac)
		die(EXIT_USAGE,
		    "Error: the policy reads the destination MAC address, and no neighbour is known on the way to %s: ping it, or tell it with --dmac.",
		    q->operand[1]);
}

static void flow_take_ip(const struct flow_query *q,
			 const struct flow_packet *p, struct lag_flow *flow)
{
	const u8 ports[] = { p->src_port >> 8, p->src_port,
			     p->dst_port >> 8, p->dst_port };

	if (p->src.family == AF_INET)
		lag_flow_set_ipv4(flow, p->src.octets, p->dst.octets);
	else
		lag_flow_set_ipv6(flow, p->src.octets, p->dst.octets);
	if (p->has_ports && !q->fragment)
		flow->ports = lag_flow_octets4(ports);
}

static void flow_take(const struct flow_query *q, const struct flow_packet *p,
		      const struct lag *lag, const struct route *route,
		      struct lag_flow *flow)
{
	const u8 *src_mac = route->device ? route->src_mac : lag->link.mac;

	*flow = (struct lag_flow) {
		.src_mac = lag_flow_octets6(q->has_src_mac ? q->src_mac :
							     src_mac),
		.dst_mac = lag_flow_octets6(q->has_dst_mac ? q->dst_mac :
							     route->dst_mac),
		.type = p->type,
		.vlan = q->has_vlan ? q->vlan : route->vlan,
	};
	if (p->ip)
		flow_take_ip(q, p, flow);
}

/* Policy flow trusts the hash of a socket or NIC unless it hides a flow */
static bool flow_has_own_hash(const struct flow_query *q,
			      const struct flow_packet *p)
{
	if (!p->ip || q->fragment)
		return false;
	switch (p->protocol) {
	case IPPROTO_UDP:
		return !p->told_ports ||
		       (p->src_port != 4500 && p->dst_port != 4500);
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_FRAGMENT:
		return false;
	default:
		return true;
	}
}

/* Where the tables say */

static unsigned int flow_index(const struct port *port)
{
	return port->state[IFLA_LAG_PORT_STATE_INDEX].number % LAG_MAX_PORTS;
}

static const char *flow_port_name(const struct lag *lag, unsigned int index)
{
	const struct port *port = lag_port_by_index(lag, index);

	return port ? port->link.name : NULL;
}

static u8 flow_usage(const struct port *port)
{
	return port->state[IFLA_LAG_PORT_STATE_USAGE].number;
}

static bool flow_is_primary(const struct lag *lag, const struct port *port)
{
	return !strncmp(lag->option[IFLA_LAG_PRIMARY].bytes, port->link.name,
			IFNAMSIZ);
}

/* Mode active-backup, as engine/backup.c: whether @a comes before @b */
static bool flow_backup_before(const struct lag *lag, const struct port *a,
			       const struct port *b)
{
	bool waits_a = a->state[IFLA_LAG_PORT_STATE_WHY].number ==
		       LAG_WHY_UPDELAY;
	bool waits_b = b->state[IFLA_LAG_PORT_STATE_WHY].number ==
		       LAG_WHY_UPDELAY;
	s32 prio_a = a->option[IFLA_LAG_PORT_PRIO].number;
	s32 prio_b = b->option[IFLA_LAG_PORT_PRIO].number;

	if (waits_a != waits_b)
		return waits_b;
	if (flow_is_primary(lag, a) != flow_is_primary(lag, b))
		return flow_is_primary(lag, a);
	return prio_a > prio_b;
}

static u64 flow_system_id(const struct value *end)
{
	const u8 *o = (const u8 *)end[IFLA_LAG_LACP_INFO_SYSTEM].bytes;
	u64 id = end[IFLA_LAG_LACP_INFO_SYSTEM_PRIORITY].number;
	unsigned int i;

	for (i = 0; i < ETH_ALEN; i++)
		id = id << 8 | o[i];
	return id;
}

static u32 flow_port_id(const struct value *end)
{
	return end[IFLA_LAG_LACP_INFO_PORT_PRIORITY].number << 16 |
	       end[IFLA_LAG_LACP_INFO_PORT].number;
}

/* max_links, as engine/selection.c: the better system decides */
static bool flow_standby_before(const struct port *a, const struct port *b)
{
	bool ours = flow_system_id(a->actor) < flow_system_id(a->partner);

	if (ours)
		return flow_port_id(a->actor) < flow_port_id(b->actor);
	return flow_port_id(a->partner) < flow_port_id(b->partner);
}

/* fallback single, as engine/fallback.c */
static bool flow_waits_for_fallback(const struct lag *lag,
				    const struct port *port)
{
	return lag->state[IFLA_LAG_STATE_FALLBACK_ACTIVE].number &&
	       flow_option(lag, IFLA_LAG_FALLBACK) == LAG_FALLBACK_SINGLE &&
	       port->state[IFLA_LAG_PORT_STATE_RX_MACHINE].number ==
	       LACP_RX_DEFAULTED &&
	       port->state[IFLA_LAG_PORT_STATE_LINK].number &&
	       port->option[IFLA_LAG_PORT_ADMIN].number == LAG_PORT_ENABLED;
}

/* The port that takes the place of one that fails, or NULL */
static const struct port *flow_substitute(const struct lag *lag,
					  unsigned int failed)
{
	const struct port *best = NULL, *port;
	bool better;
	unsigned int i;

	for (i = 0; i < lag->num_ports; i++) {
		port = &lag->ports[i];
		if (flow_index(port) == failed)
			continue;
		if (flow_usage(port) == LAG_USAGE_BACKUP)
			better = !best || flow_backup_before(lag, port, best);
		else if (flow_usage(port) == LAG_USAGE_STANDBY)
			better = !best || flow_standby_before(port, best);
		else if (flow_waits_for_fallback(lag, port))
			better = !best || flow_port_id(port->actor) <
					  flow_port_id(best->actor);
		else
			continue;
		if (better)
			best = port;
	}

	return best;
}

static unsigned int flow_min_links(const struct lag *lag)
{
	return max(flow_option(lag, IFLA_LAG_MIN_LINKS), (u64)1);
}

/* Ports that agreed with another partner, or at another speed, wait for their
 * turn: what it takes for that is decided with the partner.
 */
static bool flow_others_wait(const struct lag *lag)
{
	u64 aggregator = lag->state[IFLA_LAG_STATE_AGGREGATOR].number;
	const struct port *port;
	unsigned int i;

	for (i = 0; i < lag->num_ports; i++) {
		port = &lag->ports[i];
		if (aggregator &&
		    port->state[IFLA_LAG_PORT_STATE_AGGREGATOR].number &&
		    port->state[IFLA_LAG_PORT_STATE_AGGREGATOR].number !=
		    aggregator)
			return true;
	}

	return false;
}

static void flow_foresee(const struct lag *lag, struct lag_spread spread,
			 const u16 *number, u64 live, unsigned int failed,
			 u8 *after)
{
	const struct port *substitute = flow_substitute(lag, failed);
	u8 whole = LAG_SLOT_NONE;

	live &= ~BIT_ULL(failed);
	if (substitute)
		live |= BIT_ULL(flow_index(substitute));
	if (flow_others_wait(lag) &&
	    (!live || flow_option(lag, IFLA_LAG_AD_SELECT) !=
		      LAG_AD_SELECT_STABLE)) {
		whole = FLOW_OTHERS;
	} else if (hweight64(live) >= flow_min_links(lag)) {
		lag_spread_update(&spread, live, number);
		memcpy(after, spread.slot, sizeof(spread.slot));
		return;
	}
	memset(after, whole, LAG_SLOTS);
}

/* They are the same for all flows of a batch. */
static const struct flow_tables *flow_read_tables(const struct lag *lag)
{
	static struct flow_tables t;
	u16 number[LAG_MAX_PORTS] = {};
	struct lag_spread spread;
	unsigned int i;
	u64 left;

	if (t.lag == lag)
		return &t;

	t.lag = lag;
	t.live = 0;
	memcpy(spread.slot, lag->slots, sizeof(spread.slot));
	memcpy(spread.home, lag->home, sizeof(spread.home));
	for (i = 0; i < LAG_SLOTS; i++)
		if (lag->slots[i] < LAG_MAX_PORTS)
			t.live |= BIT_ULL(lag->slots[i]);
	for (i = 0; i < lag->num_ports; i++)
		number[flow_index(&lag->ports[i])] =
			lag->ports[i].option[IFLA_LAG_PORT_NUMBER].number;

	if (hweight64(t.live) < flow_min_links(lag))
		memset(t.now, LAG_SLOT_NONE, sizeof(t.now));
	else
		memcpy(t.now, spread.slot, sizeof(t.now));
	for (left = t.live; left; left &= left - 1)
		flow_foresee(lag, spread, number, t.live, __ffs64(left),
			     t.after[__ffs64(left)]);
	return &t;
}

/* Whether it needs saying at all, by mode */
static void flow_decide(const struct flow_query *q,
			const struct flow_packet *p, struct flow_answer *a)
{
	u8 policy = flow_option(a->lag, IFLA_LAG_XMIT_HASH_POLICY);

	switch (flow_option(a->lag, IFLA_LAG_MODE)) {
	case LAG_MODE_ACTIVE_BACKUP:
		a->foretold = true;
		return;
	case LAG_MODE_BROADCAST:
		a->all = "mode broadcast sends every packet on all ports";
		return;
	case LAG_MODE_BALANCE_RR:
		/* Slot 0, as long as no VLAN tag hides it */
		a->foretold = p->type == ETH_P_IP && !a->flow.vlan &&
			      p->protocol == IPPROTO_IGMP;
		a->all = "mode balance-rr sends packets by one port after the other";
		return;
	}

	if (policy == LAG_HASH_FLOW && flow_has_own_hash(q, p)) {
		a->all = "policy flow takes the hash of the socket or NIC: it cannot be foretold";
		return;
	}
	if (!p->ip && (p->type == ETH_P_IP || p->type == ETH_P_IPV6) &&
	    flow_reads_ip(policy))
		usage_error("the policy reads IP addresses: SRC and DST are to be such");
	if (flow_hides_another(q, p, policy)) {
		a->all = "with this policy the flow inside the tunnel decides: ask for that one";
		return;
	}
	if (p->has_ports && !p->told_ports && !q->fragment &&
	    (policy == LAG_HASH_LAYER34 || policy == LAG_HASH_ENCAP34 ||
	     policy == LAG_HASH_FLOW))
		usage_error("the policy reads ports: SPORT and DPORT are needed");

	a->foretold = true;
	a->hashed = true;
	a->hash = lag_hash(&a->flow, policy,
			   flow_option(a->lag, IFLA_LAG_HASH_SYMMETRIC),
			   flow_option(a->lag, IFLA_LAG_HASH_SEED));
	a->slot = lag_hash_slot(a->hash);
}

static void flow_answer(struct model *m, const struct flow_query *q,
			const struct flow_packet *p, struct flow_answer *a)
{
	struct route route;

	memset(a, 0, sizeof(*a));
	a->lag = flow_find_lag(m, q, p, &route);
	if (flow_mode_hashes(a->lag))
		flow_need_macs(q, p,
			       flow_option(a->lag, IFLA_LAG_XMIT_HASH_POLICY),
			       &route);
	flow_take(q, p, a->lag, &route, &a->flow);
	a->tables = flow_read_tables(a->lag);
	flow_decide(q, p, a);
}

/* Telling it */

static const char *flow_word(const struct lag *lag, int attr)
{
	static char text[VALUE_TEXT];

	return option_text(lag_options, attr, &lag->option[attr], text);
}

static json_t *flow_json_name(const char *name)
{
	return name ? json_string(name) : json_null();
}

static json_t *flow_json_after(const struct flow_answer *a,
			       unsigned int failed)
{
	u8 then = a->tables->after[failed][a->slot];
	json_t *after;

	after = json_pack("{s:o,s:o}", "fails",
			  flow_json_name(flow_port_name(a->lag, failed)),
			  "port", flow_json_name(flow_port_name(a->lag,
								then)));
	if (then == FLOW_OTHERS)
		json_object_set_new(after, "foretold", json_false());
	return after;
}

static void flow_print_json(const struct flow_answer *a)
{
	const struct lag *lag = a->lag;
	json_t *root, *ports, *after;
	const char *policy;
	u64 left;
	u8 now;

	policy = flow_word(lag, IFLA_LAG_XMIT_HASH_POLICY);
	root = json_pack("{s:s,s:s}", "lag", lag->link.name,
			 "mode", flow_word(lag, IFLA_LAG_MODE));
	if (flow_mode_hashes(lag))
		json_object_set_new(root, "xmit_hash_policy",
				    json_string(policy));
	if (a->hashed) {
		json_object_set_new(root, "hash", json_integer(a->hash));
		json_object_set_new(root, "slot", json_integer(a->slot));
	}
	now = a->foretold ? a->tables->now[a->slot] : LAG_SLOT_NONE;
	json_object_set_new(root, "foretold", json_boolean(a->foretold));
	json_object_set_new(root, "port",
			    flow_json_name(flow_port_name(lag, now)));
	if (!a->foretold)
		json_object_set_new(root, "reason", json_string(a->all));

	ports = json_array();
	after = json_array();
	for (left = a->tables->live; left; left &= left - 1) {
		unsigned int index = __ffs64(left);
		const char *name = flow_port_name(lag, index);

		json_array_append_new(ports, flow_json_name(name));
		if (a->foretold)
			json_array_append_new(after,
					      flow_json_after(a, index));
	}
	json_object_set_new(root, "ports", ports);
	if (a->foretold)
		json_object_set_new(root, "after", after);
	else
		json_decref(after);
	json_dumpf(root, stdout, opt_pretty ? JSON_INDENT(4) : JSON_COMPACT);
	putchar('\n');
	json_decref(root);
}

static void flow_print_list(const struct flow_answer *a)
{
	const char *before = "";
	u64 left;

	for (left = a->tables->live; left; left &= left - 1) {
		printf("%s%s", before,
		       flow_port_name(a->lag, __ffs64(left)) ?: "?");
		before = ", ";
	}
}

static void flow_print_head(const struct flow_answer *a)
{
	const struct lag *lag = a->lag;

	printf("%s%s%s: %s", colour(COLOUR_BOLD), lag->link.name,
	       colour(COLOUR_OFF), flow_word(lag, IFLA_LAG_MODE));
	if (flow_mode_hashes(lag))
		printf(", %s", flow_word(lag, IFLA_LAG_XMIT_HASH_POLICY));
	if (a->hashed)
		printf(", slot %u of %u", a->slot, LAG_SLOTS);
	putchar('\n');
}

static void flow_print(const struct flow_answer *a)
{
	const struct lag *lag = a->lag;
	const char *then;
	u64 left;
	u8 index;

	flow_print_head(a);
	index = a->tables->now[a->slot];
	if (index == LAG_SLOT_NONE) {
		printf("  leaves by no port: the lag has no carrier, see \"lagctl why %s\"\n",
		       lag->link.name);
		return;
	}
	if (!a->foretold) {
		printf("  %s\n  ports: ", a->all);
		flow_print_list(a);
		putchar('\n');
		return;
	}

	printf("  leaves by %s%s%s\n", colour(COLOUR_GOOD),
	       flow_port_name(lag, index) ?: "?", colour(COLOUR_OFF));
	for (left = a->tables->live; left; left &= left - 1) {
		index = a->tables->after[__ffs64(left)][a->slot];
		then = flow_port_name(lag, index);
		if (!then)
			then = index == FLOW_OTHERS ?
			       "a port of another aggregator, should it take over" :
			       "no port, the lag loses carrier";
		printf("  if %s fails: %s%s%s\n",
		       flow_port_name(lag, __ffs64(left)) ?: "?",
		       index < LAG_MAX_PORTS ? "" : colour(COLOUR_BAD), then,
		       index < LAG_MAX_PORTS ? "" : colour(COLOUR_OFF));
	}
}

static void flow_tell(struct model *m, const struct flow_query *q,
		      const struct flow_packet *p)
{
	struct flow_answer a;

	flow_answer(m, q, p, &a);
	if (opt_json)
		flow_print_json(&a);
	else
		flow_print(&a);
}

/* One line: the options of the command go before it */
static void flow_run_line(struct model *m, const struct flow_query *common,
			  char *line)
{
	char *words[FLOW_WORDS + 1] = { "lagctl flow" };
	struct flow_query q;
	struct flow_packet p;
	int num = 1;
	char *word;

	for (word = strtok(line, " \t\r\n"); word && *word != '#';
	     word = strtok(NULL, " \t\r\n")) {
		if (num == FLOW_WORDS)
			usage_error("too many words in a line");
		words[num++] = word;
	}
	if (num == 1)
		return;

	optind = 0;
	flow_parse(num, words, &q, &p);
	if (q.batch)
		usage_error("no --batch within a batch");
	if (!q.lag)
		q.lag = common->lag;
	flow_tell(m, &q, &p);
}

static void flow_run_batch(struct model *m, const struct flow_query *q)
{
	FILE *f = strcmp(q->batch, "-") ? fopen(q->batch, "r") : stdin;
	size_t size = 0;
	char *line = NULL;

	if (!f)
		die(EXIT_USAGE, "Cannot open file \"%s\" for reading: %m",
		    q->batch);
	while (getline(&line, &size, f) > 0)
		flow_run_line(m, q, line);
	free(line);
	if (f != stdin)
		fclose(f);
}

int cmd_flow(int argc, char **argv)
{
	struct flow_query q;
	struct flow_packet p;
	struct model *m;

	flow_parse(argc, argv, &q, &p);
	m = model_read();
	packet_check_module();
	if (q.batch)
		flow_run_batch(m, &q);
	else
		flow_tell(m, &q, &p);
	model_free(m);
	return EXIT_OK;
}
