// SPDX-License-Identifier: GPL-2.0
/* Bonds that are there now, as ip tells of them.
 *
 * What becomes of an option is in import_rules.c.
 */
#include "lagctl.h"
#include "import.h"

#include <sys/wait.h>

#include <jansson.h>

/* All links, all addresses, all routes: one question each */
struct live {
	json_t	*links;
	json_t	*addresses;
	json_t	*routes;
	json_t	*routes6;
};

static json_t *live_ask(const char *command)
{
	FILE *f = popen(command, "r");
	json_error_t error;
	json_t *answer;

	if (!f)
		die(EXIT_KERNEL, "Cannot run ip: %m");
	answer = json_loadf(f, 0, &error);
	if (pclose(f) || !json_is_array(answer))
		die(EXIT_KERNEL, "Error: \"%s\" has no JSON for an answer.",
		    command);
	return answer;
}

static const char *live_string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? import_copy(text, strlen(text)) : "";
}

static long long live_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* A value of any type as on the command line; NULL for what is none */
static const char *live_value(const json_t *value)
{
	const char *all = "", *one;
	const json_t *item;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_STRING:
		one = json_string_value(value);
		return import_copy(one, strlen(one));
	case JSON_INTEGER:
		return import_print("%lld",
				    (long long)json_integer_value(value));
	case JSON_TRUE:
		return "on";
	case JSON_FALSE:
		return "off";
	case JSON_ARRAY:
		json_array_foreach(value, i, item) {
			one = live_value(item);
			if (one)
				all = import_print("%s%s%s", all,
						   *all ? "," : "", one);
		}
		return all;
	default:
		return NULL;
	}
}

static void live_take_options(struct import_option **list, json_t *data,
			      const char *where)
{
	const char *key, *text;
	json_t *value;

	json_object_foreach(data, key, value) {
		text = live_value(value);
		/* Numbers of the devices above are no options. */
		if (text)
			import_option(list, import_copy(key, strlen(key)),
				      text, where);
	}
}

/* State, which ip tells among the options of a port */
static void live_drop_state(json_t *data)
{
	static const char *const state[] = {
		"state", "mii_status", "link_failure_count", "perm_hwaddr",
		"ad_aggregator_id", "ad_actor_oper_port_state",
		"ad_actor_oper_port_state_str", "ad_partner_oper_port_state",
		"ad_partner_oper_port_state_str", "ad_churn_actor_state",
		"ad_churn_partner_state", "active_slave", "ad_info",
		"ad_actor_churn_state", "ad_partner_churn_state",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(state); i++)
		json_object_del(data, state[i]);
}

static void live_take_ports(struct import_lag *lag, const struct live *live)
{
	const char *first_mac = NULL, *where;
	struct import_port *port;
	json_t *link, *data;
	size_t i;

	json_array_foreach(live->links, i, link) {
		if (strcmp(live_string(link, "master"), lag->name))
			continue;
		port = import_port(lag, live_string(link, "ifname"));
		data = json_object_get(json_object_get(link, "linkinfo"),
				       "info_slave_data");
		if (!first_mac)
			first_mac = live_string(data, "perm_hwaddr");
		live_drop_state(data);
		where = import_print("%s, a port of %s", port->name,
				     lag->name);
		live_take_options(&port->options, data, where);
	}
	/* A lag, too, has the address of its first port. */
	if (first_mac && lag->mac && !strcasecmp(first_mac, lag->mac))
		lag->mac = NULL;
}

/* Addresses of a device as arguments of ip address add */
static void live_take_addresses(struct import_text **list, const char *device,
				const struct live *live, const char *format)
{
	json_t *link, *address;
	const char *text;
	size_t i, j;

	json_array_foreach(live->addresses, i, link) {
		if (strcmp(live_string(link, "ifname"), device))
			continue;
		json_array_foreach(json_object_get(link, "addr_info"), j,
				   address) {
			if (!strcmp(live_string(address, "scope"), "link") ||
			    json_is_true(json_object_get(address, "dynamic")))
				continue;
			text = import_print("%s/%lld",
					    live_string(address, "local"),
					    live_number(address, "prefixlen"));
			import_text(list, *format ?
				    import_print("addr add %s dev %s", text,
						 format) : text);
		}
	}
}

static void live_take_routes(struct import_lag *lag, json_t *routes)
{
	const char *to, *via;
	json_t *route;
	size_t i;

	json_array_foreach(routes, i, route) {
		if (strcmp(live_string(route, "dev"), lag->name) ||
		    !strcmp(live_string(route, "protocol"), "kernel") ||
		    !strcmp(live_string(route, "protocol"), "ra") ||
		    !strcmp(live_string(route, "protocol"), "dhcp"))
			continue;
		to = live_string(route, "dst");
		via = live_string(route, "gateway");
		if (!strcmp(to, "default") && *via)
			import_text(&lag->gateways, via);
		else if (*to)
			import_text(&lag->routes, *via ?
				    import_print("%s via %s", to, via) : to);
	}
}

/* What is made on the bond goes with it: VLANs are made anew, others named. */
static void live_take_uppers(struct import_lag *lag, const struct live *live)
{
	const char *name, *kind, *master;
	json_t *link, *info, *data;
	size_t i;

	json_array_foreach(live->links, i, link) {
		name = live_string(link, "ifname");
		master = live_string(link, "master");
		if (!strcmp(name, lag->name) && *master)
			import_text(&lag->commands,
				    import_print("link set dev @ master %s",
						 master));
		if (strcmp(live_string(link, "link"), lag->name))
			continue;
		info = json_object_get(link, "linkinfo");
		kind = live_string(info, "info_kind");
		data = json_object_get(info, "info_data");
		if (strcmp(kind, "vlan")) {
			import_note(lag,
				    "%s, %s %s, is made on it and has to be made anew",
				    name, *kind == 'i' ? "an" : "a",
				    *kind ? kind : "device");
			continue;
		}
		import_text(&lag->commands,
			    import_print("link add link @ name %s type vlan proto %s id %lld",
					 name,
					 live_string(data, "protocol"),
					 live_number(data, "id")));
		if (*master)
			import_text(&lag->commands,
				    import_print("link set dev %s master %s",
						 name, master));
		import_text(&lag->commands,
			    import_print("link set dev %s up", name));
		live_take_addresses(&lag->commands, name, live, name);
	}
}

static void live_take_bond(struct import *im, const struct live *live,
			   json_t *link, json_t *data)
{
	const char *name = live_string(link, "ifname");
	struct import_lag *lag = import_lag(im, name, "the device");
	long long mtu = live_number(link, "mtu");

	lag->exists = true;
	lag->mac = live_string(link, "address");
	if (mtu != 1500)
		lag->mtu = import_print("%lld", mtu);
	live_drop_state(data);
	live_take_options(&lag->options, data,
			  import_print("the device %s", name));
	live_take_ports(lag, live);
	live_take_addresses(&lag->addresses, name, live, "");
	live_take_routes(lag, live->routes);
	live_take_routes(lag, live->routes6);
	live_take_uppers(lag, live);
}

void import_live(struct import *im, const char *name)
{
	struct live live = {
		.links = live_ask("ip -j -d link show"),
		.addresses = live_ask("ip -j addr show"),
		.routes = live_ask("ip -j route show"),
		.routes6 = live_ask("ip -j -6 route show"),
	};
	const char *ifname, *kind;
	json_t *link, *info;
	bool found = false;
	size_t i;

	json_array_foreach(live.links, i, link) {
		ifname = live_string(link, "ifname");
		info = json_object_get(link, "linkinfo");
		kind = live_string(info, "info_kind");
		if (name && strcmp(ifname, name))
			continue;
		found = true;
		if (!strcmp(kind, "bond"))
			live_take_bond(im, &live, link,
				       json_object_get(info, "info_data"));
		else if (name)
			die(EXIT_USAGE, "Error: %s is no bond%s%s.", name,
			    *kind ? ", but of type " : "", kind);
	}
	if (name && !found)
		die(EXIT_USAGE, "Cannot find device \"%s\"", name);
	json_decref(live.links);
	json_decref(live.addresses);
	json_decref(live.routes);
	json_decref(live.routes6);
}
