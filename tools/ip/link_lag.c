// SPDX-License-Identifier: GPL-2.0
/* Teaches iproute2's `ip` the options and state of `type lag` and of its
 * ports, `type lag_slave`.
 *
 * What an option does and which values go together is not here; the kernel
 * module says.
 */
#define _GNU_SOURCE	/* RTLD_DEFAULT */

#include "../user/env.h"

#include "../../drivers/net/lag/engine/names.c"
#include "../user/options.h"
#include "iproute2.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <linux/if.h>
#include <linux/if_lag.h>

/* Room that iplink gives for its request */
#define LAG_REQUEST_LEN		1024

static void lag_explain(FILE *f)
{
	fputs("Usage: ... lag	[ mode { lacp | static | active-backup | balance-rr |\n"
	      "			 broadcast } ]\n"
	      "		[ lacp_active { on | off } ]\n"
	      "		[ lacp_rate { slow | fast } ]\n"
	      "		[ xmit_hash_policy { layer2 | layer2+3 | layer3+4 |\n"
	      "				     encap2+3 | encap3+4 |\n"
	      "				     vlan+srcmac | flow } ]\n"
	      "		[ min_links COUNT ]\n"
	      "		[ max_links COUNT ] [ revertive { on | off } ]\n"
	      "		[ fallback { none | single | static } ]\n"
	      "		[ fallback_timeout MS ]\n"
	      "		[ wait_while MS ]\n"
	      "		[ goodbye { on | off } ]\n"
	      "		[ ad_select { stable | bandwidth | count |\n"
	      "			      actor_port_prio } ]\n"
	      "		[ ad_actor_sys_prio PRIORITY ]\n"
	      "		[ ad_actor_system LLADDR ]\n"
	      "		[ ad_user_port_key KEY ]\n"
	      "		[ coupled_control { on | off } ]\n"
	      "		[ updelay MS ] [ downdelay MS ]\n"
	      "		[ hash_seed NUMBER ] [ hash_symmetric { on | off } ]\n"
	      "		[ primary { DEV | none } ]\n"
	      "		[ primary_reselect { always | better | failure } ]\n"
	      "		[ active_slave { DEV | none } | clear_active_slave ]\n"
	      "		[ fail_over_mac { none | active | follow } ]\n"
	      "		[ { num_grat_arp | num_unsol_na } TIMES ]\n"
	      "		[ peer_notify_delay MS ] [ resend_igmp TIMES ]\n"
	      "		[ packets_per_slave PACKETS ]\n"
	      "\n"
	      "lacp may be spelled 802.3ad or 4, static balance-xor or 2.  miimon,\n"
	      "use_carrier and lacp_strict are taken and change nothing,\n"
	      "all_slaves_active, lp_interval and tlb_dynamic_lb at bonding's default.\n"
	      "\n"
	      "COUNT := 0..64			MS := milliseconds\n"
	      "PRIORITY := 1..65535		KEY := 0..1023\n"
	      "TIMES := 0..255			PACKETS := 0..65535\n",
	      f);
}

static void lag_port_explain(FILE *f)
{
	fputs("Usage: ... lag_slave [ actor_port_prio PRIORITY ]\n"
	      "		     [ admin { enabled | draining | disabled } ]\n"
	      "		     [ port_key KEY ]\n"
	      "		     [ port_number NUMBER ]\n"
	      "		     [ prio PREFERENCE ]\n"
	      "\n"
	      "PRIORITY := 0..65535, lower is better\n"
	      "KEY := 0..65535, 0: made of ad_user_port_key, speed and duplex\n"
	      "NUMBER := 0..65535, 0: the lowest free one\n"
	      "PREFERENCE := -2147483648..2147483647, higher is better\n",
	      f);
}

/* Options in */

static void lag_invalid(const struct link_util *lu, const char *name,
			const char *arg)
{
	char msg[80];

	snprintf(msg, sizeof(msg), "invalid %s, see \"ip link help %s\"",
		 name, lu->id);
	invarg(msg, arg);
}

/* A value's word, or its number */
static bool lag_parse_word(const struct lag_word *w, const char *arg,
			   u8 *value)
{
	char number[4];

	for (; w->word; w++) {
		snprintf(number, sizeof(number), "%u", w->value);
		if (!strcmp(arg, w->word) || !strcmp(arg, number)) {
			*value = w->value;
			return true;
		}
	}

	return false;
}

/* "none" is no device. */
static bool lag_parse_device(const char *arg, u32 *ifindex)
{
	if (!strcmp(arg, "none")) {
		*ifindex = 0;
		return true;
	}
	*ifindex = ll_name_to_index(arg);
	return *ifindex;
}

/* Of a device that is there any of its names will do, but only the one that it
 * goes by can be remembered.
 */
static const char *lag_parse_name(const char *arg)
{
	unsigned int ifindex;

	if (!strcmp(arg, "none"))
		return "";
	if (!*arg)
		return arg;

	ifindex = ll_name_to_index(arg);
	return ifindex ? ll_index_to_name(ifindex) : arg;
}

static const struct lag_word lag_on_off[] = {
	{ "off",	0 },
	{ "on",		1 },
	{}
};

static void lag_parse_value(const struct link_util *lu,
			    const struct lag_option *o, const char *arg,
			    struct nlmsghdr *n)
{
	char mac[ETH_ALEN];
	bool valid = false;
	__u16 v16;
	__u32 v32;
	__s32 s32;
	u8 v8;

	switch (o->type) {
	case LAG_ON_OFF:
	case LAG_WORD:
		valid = lag_parse_word(o->words ? o->words : lag_on_off, arg,
				       &v8);
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, &v8,
				  sizeof(v8));
		break;
	case LAG_U8:
		valid = !get_u8(&v8, arg, 0);
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, &v8,
				  sizeof(v8));
		break;
	case LAG_U16:
		valid = !get_u16(&v16, arg, 0);
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, &v16,
				  sizeof(v16));
		break;
	case LAG_U32:
	case LAG_DEV:
		valid = o->type == LAG_DEV ? lag_parse_device(arg, &v32) :
					     !get_u32(&v32, arg, 0);
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, &v32,
				  sizeof(v32));
		break;
	case LAG_S32:
		valid = !get_s32(&s32, arg, 0);
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, &s32,
				  sizeof(s32));
		break;
	case LAG_MAC:
		valid = ll_addr_a2n(mac, sizeof(mac), arg) == sizeof(mac);
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, mac,
				  sizeof(mac));
		break;
	case LAG_NAME:
		arg = lag_parse_name(arg);
		valid = strlen(arg) < IFNAMSIZ;
		if (valid)
			addattr_l(n, LAG_REQUEST_LEN, o->attr, arg,
				  strlen(arg) + 1);
		break;
	}

	if (!valid)
		lag_invalid(lu, o->name, arg);
}

static const struct lag_option *lag_find_option(const struct lag_option *o,
						const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lag_aliases); i++)
		if (!strcmp(name, lag_aliases[i].alias))
			name = lag_aliases[i].name;

	for (; o->name; o++)
		if (!strcmp(name, o->name))
			return o;

	return NULL;
}

/* What bonding has and a lag has not: what to do instead */
static const char *lag_instead(const char *name)
{
	static const struct {
		const char	*name;
		const char	*instead;
	} table[] = {
		{ "arp_interval", "use mode lacp, which watches the link" },
		{ "arp_ip_target", "use mode lacp, which watches the link" },
		{ "arp_validate", "use mode lacp, which watches the link" },
		{ "arp_all_targets", "use mode lacp, which watches the link" },
		{ "ns_ip6_target", "use mode lacp, which watches the link" },
		{ "missed_max", "use mode lacp, which watches the link" },
		{ "broadcast_neighbor", "use mode broadcast for all packets" },
		{ "queue_id", "use xmit_hash_policy to choose ports" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(name, table[i].name))
			return table[i].instead;

	return NULL;
}

/* Two words, but for one of bonding's */
static int lag_next_option(int argc, char **argv, const char **name,
			   const char **value)
{
	*name = argv[0];
	if (!strcmp(*name, "clear_active_slave")) {
		*name = "active_slave";
		*value = "none";
		return 1;
	}

	*value = argc > 1 ? argv[1] : NULL;
	return 2;
}

static int lag_parse_options(const struct link_util *lu,
			     const struct lag_option *options,
			     void (*explain)(FILE *f), int argc, char **argv,
			     struct nlmsghdr *n)
{
	const struct lag_option *o;
	const char *name, *value;
	int words;

	for (; argc > 0; argc -= words, argv += words) {
		words = lag_next_option(argc, argv, &name, &value);
		if (!strcmp(name, "help")) {
			explain(stderr);
			return -1;
		}

		o = lag_find_option(options, name);
		if (!o && lag_instead(name)) {
			fprintf(stderr, "%s: there is no %s; %s.\n", lu->id,
				name, lag_instead(name));
			return -1;
		}
		if (!o) {
			fprintf(stderr, "%s: unknown option \"%s\"?\n",
				lu->id, name);
			explain(stderr);
			return -1;
		}

		if (!value)
			incomplete_command();
		lag_parse_value(lu, o, value, n);
	}

	return 0;
}

/* Options and state out: "name value " in text, "name": value in JSON */

static void lag_print_label(const char *name)
{
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", name);
}

static void lag_print_word(const char *name, const char *value)
{
	lag_print_label(name);
	print_color_string(PRINT_ANY, COLOR_NONE, name, "%s ", value);
}

static void lag_print_number(const char *name, u64 value)
{
	lag_print_label(name);
	print_color_u64(PRINT_ANY, COLOR_NONE, name, "%llu ", value);
}

static void lag_print_bool(const char *name, bool value)
{
	lag_print_label(name);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
			   value ? "on" : "off");
	print_color_bool(PRINT_JSON, COLOR_NONE, name, NULL, value);
}

static void lag_print_mac(const char *name, const struct rtattr *attr)
{
	const u8 *a = RTA_DATA(attr);
	char text[18];

	if (RTA_PAYLOAD(attr) < ETH_ALEN)
		return;

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
		 a[0], a[1], a[2], a[3], a[4], a[5]);
	lag_print_word(name, text);
}

/* An unsigned number of whatever size, 0 if it is not there */
static u64 lag_number(const struct rtattr *attr)
{
	u64 v64;
	u32 v32;
	u16 v16;

	if (!attr)
		return 0;

	switch (RTA_PAYLOAD(attr)) {
	case sizeof(u8):
		return *(const u8 *)RTA_DATA(attr);
	case sizeof(v16):
		memcpy(&v16, RTA_DATA(attr), sizeof(v16));
		return v16;
	case sizeof(v32):
		memcpy(&v32, RTA_DATA(attr), sizeof(v32));
		return v32;
	case sizeof(v64):
		memcpy(&v64, RTA_DATA(attr), sizeof(v64));
		return v64;
	}

	return 0;
}

static void lag_parse_attrs(struct rtattr *tb[], int max,
			    struct rtattr *attr, int len)
{
	memset(tb, 0, sizeof(*tb) * (max + 1));
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		int type = attr->rta_type & NLA_TYPE_MASK;

		if (type <= max)
			tb[type] = attr;
	}
}

static void lag_parse_nest(struct rtattr *tb[], int max,
			   const struct rtattr *nest)
{
	lag_parse_attrs(tb, max, nest ? RTA_DATA(nest) : NULL,
			nest ? RTA_PAYLOAD(nest) : 0);
}

static void lag_print_options(const struct lag_option *o, struct rtattr *tb[])
{
	for (; o->name; o++) {
		const struct rtattr *attr = tb[o->attr];

		if (!attr)
			continue;

		switch (o->type) {
		case LAG_ON_OFF:
			lag_print_bool(o->name, lag_number(attr));
			break;
		case LAG_WORD:
			lag_print_word(o->name, lag_find_word(o->words,
							      lag_number(attr)));
			break;
		case LAG_U8:
		case LAG_U16:
		case LAG_U32:
			lag_print_label(o->name);
			print_color_u64(PRINT_ANY, COLOR_NONE, o->name,
					"%llu ", lag_number(attr));
			/* Where bonding has another name in JSON, by both */
			if (lag_json_name(o->name) != o->name)
				print_color_u64(PRINT_JSON, COLOR_NONE,
						lag_json_name(o->name), NULL,
						lag_number(attr));
			break;
		case LAG_S32:
			lag_print_label(o->name);
			print_color_int(PRINT_ANY, COLOR_NONE, o->name, "%d ",
					(int)lag_number(attr));
			break;
		case LAG_MAC:
			lag_print_mac(o->name, attr);
			break;
		case LAG_NAME:
			if (*(const char *)RTA_DATA(attr))
				lag_print_word(o->name, RTA_DATA(attr));
			break;
		case LAG_DEV:
			lag_print_word(o->name,
				       ll_index_to_name(lag_number(attr)));
			break;
		}
	}
}

static void lag_print_name(const char *name, const struct rtattr *attr,
			   const char *(*word)(unsigned int number))
{
	lag_print_word(name, word(lag_number(attr)));
}

/* Why something does not carry traffic; in text with the sentence only if
 * there is something to mend
 */
static void lag_print_why(const char *name, const char *name_text,
			  unsigned int why)
{
	lag_print_word(name, lag_why_name(why));
	if (why != LAG_WHY_NONE)
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "(%s) ",
				   lag_why_text(why));
	print_color_string(PRINT_JSON, COLOR_NONE, name_text, NULL,
			   lag_why_text(why));
}

static void lag_print_slots(struct rtattr *st[])
{
	const struct rtattr *attr;
	unsigned int i;
	u16 home;

	attr = st[IFLA_LAG_STATE_SLOTS];
	if (attr) {
		open_json_array(PRINT_JSON, "slot_table");
		for (i = 0; i < RTA_PAYLOAD(attr); i++)
			print_color_u64(PRINT_JSON, COLOR_NONE, NULL, NULL,
					((const u8 *)RTA_DATA(attr))[i]);
		close_json_array(PRINT_JSON, NULL);
	}

	attr = st[IFLA_LAG_STATE_HOME];
	if (attr) {
		open_json_array(PRINT_JSON, "home_table");
		for (i = 0; i < RTA_PAYLOAD(attr) / sizeof(home); i++) {
			memcpy(&home, (const char *)RTA_DATA(attr) +
			       i * sizeof(home), sizeof(home));
			print_color_u64(PRINT_JSON, COLOR_NONE, NULL, NULL,
					home);
		}
		close_json_array(PRINT_JSON, NULL);
	}
}

/* The active aggregator with bonding's names: "ad_..." in text, an object of
 * its own in JSON
 */
static void lag_print_ad_info(struct rtattr *st[])
{
	static const struct {
		const char	*name;
		int		attr;
	} numbers[] = {
		{ "ad_aggregator",	IFLA_LAG_STATE_AGGREGATOR },
		{ "ad_num_ports",	IFLA_LAG_STATE_NUM_PORTS },
		{ "ad_actor_key",	IFLA_LAG_STATE_ACTOR_KEY },
		{ "ad_partner_key",	IFLA_LAG_STATE_PARTNER_KEY },
		{ "ad_partner_sys_prio", IFLA_LAG_STATE_PARTNER_SYS_PRIO },
	};
	const char *const prefix = "ad_";
	unsigned int i;

	open_json_object("ad_info");
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s", prefix);
		lag_print_number(numbers[i].name + strlen(prefix),
				 lag_number(st[numbers[i].attr]));
	}
	if (st[IFLA_LAG_STATE_PARTNER_SYSTEM]) {
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s", prefix);
		lag_print_mac("partner_mac", st[IFLA_LAG_STATE_PARTNER_SYSTEM]);
	}
	close_json_object();
}

static void lag_print(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	struct rtattr *st[IFLA_LAG_STATE_MAX + 1];

	(void)lu;
	(void)f;

	if (!tb)
		return;

	lag_print_options(lag_options, tb);
	if (!tb[IFLA_LAG_STATE])
		return;

	lag_parse_nest(st, IFLA_LAG_STATE_MAX, tb[IFLA_LAG_STATE]);
	lag_print_why("carrier_reason", "carrier_reason_text",
		      lag_number(st[IFLA_LAG_STATE_CARRIER_REASON]));
	lag_print_number("num_distributing",
			 lag_number(st[IFLA_LAG_STATE_NUM_DISTRIBUTING]));
	lag_print_number("num_selected",
			 lag_number(st[IFLA_LAG_STATE_NUM_SELECTED]));
	lag_print_number("num_standby",
			 lag_number(st[IFLA_LAG_STATE_NUM_STANDBY]));
	lag_print_number("speed", lag_number(st[IFLA_LAG_STATE_SPEED]));
	lag_print_bool("fallback_active",
		       lag_number(st[IFLA_LAG_STATE_FALLBACK_ACTIVE]));
	lag_print_number("generation",
			 lag_number(st[IFLA_LAG_STATE_GENERATION]));
	lag_print_number("last_failover",
			 lag_number(st[IFLA_LAG_STATE_LAST_FAILOVER]));
	lag_print_ad_info(st);
	lag_print_slots(st);
}

/* bonding's words for the state octet, as a number and one by one */
static void lag_print_lacp_state(const char *name, const char *name_str,
				 u8 state)
{
	const char *format = "<%s";
	unsigned int i;

	lag_print_number(name, state);
	lag_print_label(name_str);
	open_json_array(PRINT_JSON, name_str);
	for (i = 0; i < ARRAY_SIZE(lag_state_bits); i++) {
		if (!(state >> i & 1))
			continue;
		print_color_string(PRINT_ANY, COLOR_NONE, NULL, format,
				   lag_state_bits[i]);
		format = ",%s";
	}
	close_json_array(PRINT_JSON, NULL);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
			   state ? ">" : "<>");
}

static void lag_print_lacp_info(const char *name, struct rtattr *info[])
{
	lag_print_label(name);
	open_json_object(name);
	lag_print_number("system_priority",
			 lag_number(info[IFLA_LAG_LACP_INFO_SYSTEM_PRIORITY]));
	if (info[IFLA_LAG_LACP_INFO_SYSTEM])
		lag_print_mac("system", info[IFLA_LAG_LACP_INFO_SYSTEM]);
	lag_print_number("key", lag_number(info[IFLA_LAG_LACP_INFO_KEY]));
	lag_print_number("port_priority",
			 lag_number(info[IFLA_LAG_LACP_INFO_PORT_PRIORITY]));
	lag_print_number("port", lag_number(info[IFLA_LAG_LACP_INFO_PORT]));
	close_json_object();
}

/* In JSON always, in text if @text */
static void lag_print_counters(const struct rtattr *nest, bool text)
{
	struct rtattr *tb[IFLA_LAG_COUNTER_MAX + 1];
	unsigned int i;

	lag_parse_nest(tb, IFLA_LAG_COUNTER_MAX, nest);
	for (i = 1; i < ARRAY_SIZE(lag_counters); i++) {
		if (text)
			lag_print_number(lag_counters[i], lag_number(tb[i]));
		else
			print_color_u64(PRINT_JSON, COLOR_NONE, lag_counters[i],
					NULL, lag_number(tb[i]));
	}
}

static const char *lag_duplex_name(unsigned int duplex)
{
	switch (duplex) {
	case 0:
		return "half";
	case 1:
		return "full";
	}

	return "unknown";
}

/* What the port does, and what keeps it from doing more */
static void lag_print_port_usage(struct rtattr *st[])
{
	unsigned int why = lag_number(st[IFLA_LAG_PORT_STATE_WHY]);
	u64 left = lag_number(st[IFLA_LAG_PORT_STATE_WHY_MS]);
	const char *mii = "DOWN";

	if (lag_number(st[IFLA_LAG_PORT_STATE_LINK]))
		mii = why == LAG_WHY_UPDELAY ? "GOING_BACK" : "UP";

	lag_print_name("state", st[IFLA_LAG_PORT_STATE_USAGE],
		       lag_usage_name);
	lag_print_why("why", "why_text", why);
	if (left)
		lag_print_number("why_ms", left);
	lag_print_word("mii_status", mii);
	lag_print_number("speed",
			 lag_number(st[IFLA_LAG_PORT_STATE_SPEED]));
	lag_print_name("duplex", st[IFLA_LAG_PORT_STATE_DUPLEX],
		       lag_duplex_name);
	lag_print_number("link_failure_count",
			 lag_number(st[IFLA_LAG_PORT_STATE_LINK_FAILURES]));
	if (st[IFLA_LAG_PORT_STATE_PERM_HWADDR])
		lag_print_mac("perm_hwaddr",
			      st[IFLA_LAG_PORT_STATE_PERM_HWADDR]);
	lag_print_number("index",
			 lag_number(st[IFLA_LAG_PORT_STATE_INDEX]));
	lag_print_number("slots",
			 lag_number(st[IFLA_LAG_PORT_STATE_SLOTS]));
}

static void lag_print_port_lacp(struct rtattr *st[])
{
	struct rtattr *partner[IFLA_LAG_LACP_INFO_MAX + 1];
	struct rtattr *actor[IFLA_LAG_LACP_INFO_MAX + 1];

	lag_parse_nest(actor, IFLA_LAG_LACP_INFO_MAX,
		       st[IFLA_LAG_PORT_STATE_ACTOR]);
	lag_parse_nest(partner, IFLA_LAG_LACP_INFO_MAX,
		       st[IFLA_LAG_PORT_STATE_PARTNER]);

	lag_print_number("ad_aggregator_id",
			 lag_number(st[IFLA_LAG_PORT_STATE_AGGREGATOR]));
	lag_print_lacp_state("ad_actor_oper_port_state",
			     "ad_actor_oper_port_state_str",
			     lag_number(actor[IFLA_LAG_LACP_INFO_STATE]));
	lag_print_lacp_state("ad_partner_oper_port_state",
			     "ad_partner_oper_port_state_str",
			     lag_number(partner[IFLA_LAG_LACP_INFO_STATE]));
	lag_print_name("selected", st[IFLA_LAG_PORT_STATE_SELECTED],
		       lacp_selected_name);
	lag_print_name("rx_machine", st[IFLA_LAG_PORT_STATE_RX_MACHINE],
		       lacp_rx_name);
	lag_print_name("mux_machine", st[IFLA_LAG_PORT_STATE_MUX_MACHINE],
		       lacp_mux_name);
	lag_print_name("periodic_machine", st[IFLA_LAG_PORT_STATE_PERIODIC_MACHINE],
		       lacp_periodic_name);
	lag_print_label("churn");
	open_json_object("churn");
	lag_print_name("actor", st[IFLA_LAG_PORT_STATE_ACTOR_CHURN],
		       lacp_churn_name);
	lag_print_name("partner", st[IFLA_LAG_PORT_STATE_PARTNER_CHURN],
		       lacp_churn_name);
	close_json_object();
	lag_print_lacp_info("actor", actor);
	lag_print_lacp_info("partner", partner);
}

static void lag_print_port(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	/* A variable of ip; to miss one would keep us from loading. */
	const int *show_stats = dlsym(RTLD_DEFAULT, "show_stats");
	struct rtattr *st[IFLA_LAG_PORT_STATE_MAX + 1];

	(void)lu;
	(void)f;

	if (!tb)
		return;

	lag_print_options(lag_port_options, tb);
	if (!tb[IFLA_LAG_PORT_STATE])
		return;

	lag_parse_nest(st, IFLA_LAG_PORT_STATE_MAX, tb[IFLA_LAG_PORT_STATE]);
	lag_print_port_usage(st);
	lag_print_port_lacp(st);
	open_json_object("counters");
	lag_print_counters(st[IFLA_LAG_PORT_STATE_COUNTERS],
			   show_stats && *show_stats);
	close_json_object();
}

/* "ip link xstats type lag" and "... type lag_slave": of every device there
 * is, or of the one that "dev" names
 */
static unsigned int lag_xstats_index;

static int lag_parse_xstats(struct link_util *lu, int argc, char **argv)
{
	if (!argc)
		return 0;

	if (argc != 2 || strcmp(argv[0], "dev")) {
		fprintf(stderr, "Usage: ... %s [ dev DEVICE ]\n", lu->id);
		return -1;
	}

	lag_xstats_index = ll_name_to_index(argv[1]);
	if (!lag_xstats_index)
		fprintf(stderr, "Cannot find device \"%s\"\n", argv[1]);
	return lag_xstats_index ? 0 : -1;
}

static int lag_print_xstats(struct nlmsghdr *n, void *file)
{
	struct rtattr *nest, *xstats[LINK_XSTATS_TYPE_LAG + 1];
	int len = n->nlmsg_len - NLMSG_LENGTH(sizeof(struct if_stats_msg));
	const struct if_stats_msg *msg = NLMSG_DATA(n);
	struct rtattr *tb[IFLA_STATS_MAX + 1];

	(void)file;

	if (n->nlmsg_type != RTM_NEWSTATS || len < 0 ||
	    (lag_xstats_index && lag_xstats_index != msg->ifindex))
		return 0;

	lag_parse_attrs(tb, IFLA_STATS_MAX, (struct rtattr *)(msg + 1), len);
	nest = tb[IFLA_STATS_LINK_XSTATS] ?: tb[IFLA_STATS_LINK_XSTATS_SLAVE];
	lag_parse_nest(xstats, LINK_XSTATS_TYPE_LAG, nest);
	if (!xstats[LINK_XSTATS_TYPE_LAG])
		return 0;

	open_json_object(NULL);
	print_color_string(PRINT_ANY, COLOR_NONE, "ifname", "%s: ",
			   ll_index_to_name(msg->ifindex));
	lag_print_counters(xstats[LINK_XSTATS_TYPE_LAG], true);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s", "\n");
	close_json_object();
	return 0;
}

/* Entry points */

static int lag_parse(struct link_util *lu, int argc, char **argv,
		     struct nlmsghdr *n)
{
	return lag_parse_options(lu, lag_options, lag_explain, argc, argv, n);
}

/* The kernel gives the options of a port to whatever the device is a port of,
 * a bridge for instance, and has no sentence for one that is none.
 */
static bool lag_is_port(int index)
{
	struct {
		struct nlmsghdr		n;
		struct ifinfomsg	i;
	} request = {
		.n.nlmsg_len	= sizeof(request),
		.n.nlmsg_type	= RTM_GETLINK,
		.n.nlmsg_flags	= NLM_F_REQUEST,
		.i.ifi_index	= index,
	};
	struct rtattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1];
	struct rtnl_handle *rth = dlsym(RTLD_DEFAULT, "rth");
	const struct ifinfomsg *link;
	struct nlmsghdr *answer;
	bool is_port;

	/* If it cannot be asked the kernel has the last word. */
	if (!index || !rth || rtnl_talk(rth, &request.n, &answer) < 0)
		return true;

	link = NLMSG_DATA(answer);
	lag_parse_attrs(tb, IFLA_MAX, (struct rtattr *)(link + 1),
			answer->nlmsg_len - NLMSG_LENGTH(sizeof(*link)));
	lag_parse_nest(info, IFLA_INFO_MAX, tb[IFLA_LINKINFO]);
	is_port = info[IFLA_INFO_SLAVE_KIND] &&
		  !strcmp(RTA_DATA(info[IFLA_INFO_SLAVE_KIND]), "lag");
	free(answer);
	return is_port;
}

static int lag_parse_port(struct link_util *lu, int argc, char **argv,
			  struct nlmsghdr *n)
{
	const struct ifinfomsg *link = NLMSG_DATA(n);
	int err;

	err = lag_parse_options(lu, lag_port_options, lag_port_explain, argc,
				argv, n);
	if (!err && !lag_is_port(link->ifi_index)) {
		fprintf(stderr,
			"%s: \"%s\" is no port of a lag; make it one first: ip link set %s master LAG\n",
			lu->id, ll_index_to_name(link->ifi_index),
			ll_index_to_name(link->ifi_index));
		return -1;
	}

	return err;
}

static void lag_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	lag_explain(f);
}

static void lag_port_help(struct link_util *lu, int argc, char **argv, FILE *f)
{
	(void)lu;
	(void)argc;
	(void)argv;
	lag_port_explain(f);
}

/* lagctl compares it with the module's. */
__attribute__((visibility("default")))
const char lag_version[] = LAG_VERSION;

/* ip looks for <kind>_link_util in link_<kind>.so; link_lag_slave.so is a link
 * to link_lag.so.
 */
__attribute__((visibility("default")))
struct link_util lag_link_util = {
	.id		= "lag",
	.maxattr	= IFLA_LAG_MAX,
	.parse_opt	= lag_parse,
	.print_opt	= lag_print,
	.print_help	= lag_help,
	.parse_ifla_xstats = lag_parse_xstats,
	.print_ifla_xstats = lag_print_xstats,
};

__attribute__((visibility("default")))
struct link_util lag_slave_link_util = {
	.id		= "lag_slave",
	.maxattr	= IFLA_LAG_PORT_MAX,
	.parse_opt	= lag_parse_port,
	.print_opt	= lag_print_port,
	.print_help	= lag_port_help,
	.parse_ifla_xstats = lag_parse_xstats,
	.print_ifla_xstats = lag_print_xstats,
};
