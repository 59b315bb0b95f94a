// SPDX-License-Identifier: GPL-2.0
/* The model as JSON: the plug-in of ip says the same in the same words.
 *
 * Text for people is not here; see screen.c.
 */
#include "lagctl.h"
#include "json.h"
#include "screen.h"

#include "../../drivers/net/lag/engine/names.h"

static void set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value))
		die(EXIT_KERNEL, "Out of memory.");
}

static void set_number(json_t *object, const char *name, u64 number)
{
	set(object, name, json_integer(number));
}

/* Devices may have names that are no UTF-8, which JSON has to be. */
static void set_word(json_t *object, const char *name, const char *word)
{
	json_t *string = json_string(word);
	char text[64], *p;

	if (!string) {
		snprintf(text, sizeof(text), "%s", word);
		for (p = text; *p; p++)
			if (*p & 0x80)
				*p = '?';
		string = json_string(text);
	}
	set(object, name, string);
}

static void set_mac(json_t *object, const char *name, const struct value *v)
{
	char text[MAC_TEXT];

	if (v->there)
		set_word(object, name, mac_text(text, v->bytes));
}

static void set_options(json_t *object, const struct lag_option *o,
			const struct value *values)
{
	const struct value *v;
	char text[VALUE_TEXT];

	for (; o->name; o++) {
		v = &values[o->attr];
		if (!v->there)
			continue;

		switch (o->type) {
		case LAG_ON_OFF:
			set(object, o->name, json_boolean(v->number));
			break;
		case LAG_U8:
		case LAG_U16:
		case LAG_U32:
			/* By both names, as ip does */
			set_number(object, o->name, v->number);
			set_number(object, lag_json_name(o->name), v->number);
			break;
		case LAG_S32:
			set(object, o->name, json_integer((s32)v->number));
			break;
		case LAG_NAME:
			if (!*v->bytes)
				break;
			fallthrough;
		default:
			set_word(object, o->name,
				 option_text(o, o->attr, v, text));
		}
	}
}

static void set_why(json_t *object, const char *name, const char *name_text,
		    unsigned int why)
{
	set_word(object, name, lag_why_name(why));
	set_word(object, name_text, lag_why_text(why));
}

static void set_tables(json_t *object, const struct lag *lag)
{
	json_t *slots = json_array(), *home = json_array();
	unsigned int i;

	for (i = 0; i < LAG_SLOTS; i++) {
		json_array_append_new(slots, json_integer(lag->slots[i]));
		json_array_append_new(home, json_integer(lag->home[i]));
	}
	set(object, "slot_table", slots);
	set(object, "home_table", home);
}

static json_t *json_ad_info(const struct value *st)
{
	json_t *object = json_object();

	set_number(object, "aggregator",
		   st[IFLA_LAG_STATE_AGGREGATOR].number);
	set_number(object, "num_ports", st[IFLA_LAG_STATE_NUM_PORTS].number);
	set_number(object, "actor_key", st[IFLA_LAG_STATE_ACTOR_KEY].number);
	set_number(object, "partner_key",
		   st[IFLA_LAG_STATE_PARTNER_KEY].number);
	set_number(object, "partner_sys_prio",
		   st[IFLA_LAG_STATE_PARTNER_SYS_PRIO].number);
	set_mac(object, "partner_mac", &st[IFLA_LAG_STATE_PARTNER_SYSTEM]);
	return object;
}

static json_t *json_info_data(const struct lag *lag)
{
	const struct value *st = lag->state;
	json_t *object = json_object();

	set_options(object, lag_options, lag->option);
	set_why(object, "carrier_reason", "carrier_reason_text",
		st[IFLA_LAG_STATE_CARRIER_REASON].number);
	set_number(object, "num_distributing",
		   st[IFLA_LAG_STATE_NUM_DISTRIBUTING].number);
	set_number(object, "num_selected",
		   st[IFLA_LAG_STATE_NUM_SELECTED].number);
	set_number(object, "num_standby",
		   st[IFLA_LAG_STATE_NUM_STANDBY].number);
	set_number(object, "speed", st[IFLA_LAG_STATE_SPEED].number);
	set(object, "fallback_active",
	    json_boolean(st[IFLA_LAG_STATE_FALLBACK_ACTIVE].number));
	set_number(object, "generation",
		   st[IFLA_LAG_STATE_GENERATION].number);
	set_number(object, "last_failover",
		   st[IFLA_LAG_STATE_LAST_FAILOVER].number);
	set(object, "ad_info", json_ad_info(st));
	set_tables(object, lag);
	return object;
}

static void set_lacp_state(json_t *object, const char *name,
			   const char *name_str, u8 state)
{
	json_t *words = json_array();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lag_state_bits); i++)
		if (state >> i & 1)
			json_array_append_new(words,
					      json_string(lag_state_bits[i]));
	set_number(object, name, state);
	set(object, name_str, words);
}

static json_t *json_lacp_info(const struct value *info)
{
	json_t *object = json_object();

	set_number(object, "system_priority",
		   info[IFLA_LAG_LACP_INFO_SYSTEM_PRIORITY].number);
	set_mac(object, "system", &info[IFLA_LAG_LACP_INFO_SYSTEM]);
	set_number(object, "key", info[IFLA_LAG_LACP_INFO_KEY].number);
	set_number(object, "port_priority",
		   info[IFLA_LAG_LACP_INFO_PORT_PRIORITY].number);
	set_number(object, "port", info[IFLA_LAG_LACP_INFO_PORT].number);
	return object;
}

static void set_port_lacp(json_t *object, const struct port *p)
{
	const struct value *st = p->state;
	json_t *churn = json_object();

	set_number(object, "ad_aggregator_id",
		   st[IFLA_LAG_PORT_STATE_AGGREGATOR].number);
	set_lacp_state(object, "ad_actor_oper_port_state",
		       "ad_actor_oper_port_state_str",
		       p->actor[IFLA_LAG_LACP_INFO_STATE].number);
	set_lacp_state(object, "ad_partner_oper_port_state",
		       "ad_partner_oper_port_state_str",
		       p->partner[IFLA_LAG_LACP_INFO_STATE].number);
	set_word(object, "selected",
		 lacp_selected_name(st[IFLA_LAG_PORT_STATE_SELECTED].number));
	set_word(object, "rx_machine",
		 lacp_rx_name(st[IFLA_LAG_PORT_STATE_RX_MACHINE].number));
	set_word(object, "mux_machine",
		 lacp_mux_name(st[IFLA_LAG_PORT_STATE_MUX_MACHINE].number));
	set_word(object, "periodic_machine",
		 lacp_periodic_name(st[IFLA_LAG_PORT_STATE_PERIODIC_MACHINE]
				    .number));
	set_word(churn, "actor",
		 lacp_churn_name(st[IFLA_LAG_PORT_STATE_ACTOR_CHURN].number));
	set_word(churn, "partner",
		 lacp_churn_name(st[IFLA_LAG_PORT_STATE_PARTNER_CHURN]
				 .number));
	set(object, "churn", churn);
	set(object, "actor", json_lacp_info(p->actor));
	set(object, "partner", json_lacp_info(p->partner));
}

static json_t *json_info_slave_data(const struct port *p)
{
	json_t *object = json_object(), *counters = json_object();
	const struct value *st = p->state;
	unsigned int i;

	set_options(object, lag_port_options, p->option);
	set_word(object, "state",
		 lag_usage_name(st[IFLA_LAG_PORT_STATE_USAGE].number));
	set_why(object, "why", "why_text",
		st[IFLA_LAG_PORT_STATE_WHY].number);
	if (st[IFLA_LAG_PORT_STATE_WHY_MS].number)
		set_number(object, "why_ms",
			   st[IFLA_LAG_PORT_STATE_WHY_MS].number);
	set_word(object, "mii_status", port_mii_name(p));
	set_number(object, "speed", st[IFLA_LAG_PORT_STATE_SPEED].number);
	set_word(object, "duplex", port_duplex_name(p));
	set_number(object, "link_failure_count",
		   st[IFLA_LAG_PORT_STATE_LINK_FAILURES].number);
	set_mac(object, "perm_hwaddr", &st[IFLA_LAG_PORT_STATE_PERM_HWADDR]);
	set_number(object, "index", st[IFLA_LAG_PORT_STATE_INDEX].number);
	set_number(object, "slots", st[IFLA_LAG_PORT_STATE_SLOTS].number);
	set_port_lacp(object, p);
	for (i = 1; i < ARRAY_SIZE(lag_counters); i++)
		set_number(counters, lag_counters[i], p->counter[i].number);
	set(object, "counters", counters);
	return object;
}

/* What every device has */
static json_t *json_link(const struct link *link)
{
	json_t *object = json_object(), *stats = json_object();
	const struct rtnl_link_stats64 *s = &link->stats;
	char text[MAC_TEXT];

	set_word(object, "ifname", link->name);
	set_number(object, "ifindex", link->index);
	set_word(object, "address", mac_text(text, link->mac));
	set_number(object, "mtu", link->mtu);
	set(object, "up", json_boolean(link->flags & IFF_UP));
	set(object, "carrier", json_boolean(link->flags & LINK_CARRIER));
	set_number(stats, "rx_packets", s->rx_packets);
	set_number(stats, "rx_bytes", s->rx_bytes);
	set_number(stats, "rx_dropped", s->rx_dropped);
	set_number(stats, "rx_errors", s->rx_errors);
	set_number(stats, "tx_packets", s->tx_packets);
	set_number(stats, "tx_bytes", s->tx_bytes);
	set_number(stats, "tx_dropped", s->tx_dropped);
	set_number(stats, "tx_errors", s->tx_errors);
	set(object, "stats", stats);
	return object;
}

json_t *json_lag(const struct lag *lag)
{
	json_t *object = json_link(&lag->link);
	json_t *ports = json_array(), *port;
	unsigned int i;

	set(object, "info_data", json_info_data(lag));
	for (i = 0; i < lag->num_ports; i++) {
		port = json_link(&lag->ports[i].link);
		set(port, "share",
		    json_real(port_share(lag, &lag->ports[i])));
		set(port, "info_slave_data",
		    json_info_slave_data(&lag->ports[i]));
		json_array_append_new(ports, port);
	}
	set(object, "ports", ports);
	return object;
}

void json_print(json_t *json)
{
	if (json_dumpf(json, stdout, JSON_REAL_PRECISION(6) |
		       (opt_pretty ? JSON_INDENT(4) : JSON_COMPACT)))
		die(EXIT_KERNEL, "Cannot write JSON.");
	putchar('\n');
	json_decref(json);
}
