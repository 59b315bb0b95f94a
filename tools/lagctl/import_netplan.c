// SPDX-License-Identifier: GPL-2.0
/* Bonds in YAML of netplan, which cannot make a lag: lag@.service does, and
 * netplan gives it addresses.
 *
 * What becomes of an option is in import_rules.c.
 */
#include "lagctl.h"
#include "import.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <sys/stat.h>

#include <yaml.h>

#define NETPLAN_DEPTH	64	/* of what is nested */

struct netplan_file {
	struct netplan_file	*next;
	const char		*name;
	yaml_document_t		document;
	bool			has_bond;
};

static struct netplan_file *netplan_files;

/* Parameters whose names are others than bonding's, or that are times */
static const struct {
	const char	*key;
	const char	*name;
	unsigned int	span;		/* ms of one of bonding's units */
	unsigned int	alone;		/* ms of a number without a unit */
} netplan_parameters[] = {
	{ "mode", "mode", 0, 0 },
	{ "lacp-rate", "lacp_rate", 0, 0 },
	{ "mii-monitor-interval", "miimon", 1, 1 },
	{ "min-links", "min_links", 0, 0 },
	{ "transmit-hash-policy", "xmit_hash_policy", 0, 0 },
	{ "ad-select", "ad_select", 0, 0 },
	{ "all-members-active", "all_slaves_active", 0, 0 },
	{ "all-slaves-active", "all_slaves_active", 0, 0 },
	{ "arp-interval", "arp_interval", 1, 1 },
	{ "arp-ip-targets", "arp_ip_target", 0, 0 },
	{ "arp-validate", "arp_validate", 0, 0 },
	{ "arp-all-targets", "arp_all_targets", 0, 0 },
	{ "up-delay", "updelay", 1, 1 },
	{ "down-delay", "downdelay", 1, 1 },
	{ "fail-over-mac-policy", "fail_over_mac", 0, 0 },
	{ "gratuitous-arp", "num_grat_arp", 0, 0 },
	{ "gratuitious-arp", "num_grat_arp", 0, 0 },
	{ "packets-per-member", "packets_per_slave", 0, 0 },
	{ "packets-per-slave", "packets_per_slave", 0, 0 },
	{ "primary-reselect-policy", "primary_reselect", 0, 0 },
	{ "resend-igmp", "resend_igmp", 0, 0 },
	{ "learn-packet-interval", "lp_interval", 1000, 1000 },
	{ "primary", "primary", 0, 0 },
};

/* The document */

static yaml_node_t *netplan_node(const struct netplan_file *file, int index)
{
	return yaml_document_get_node((yaml_document_t *)&file->document,
				      index);
}

static const char *netplan_scalar(const yaml_node_t *node)
{
	if (!node || node->type != YAML_SCALAR_NODE)
		return NULL;
	return (const char *)node->data.scalar.value;
}

static bool netplan_is_map(const yaml_node_t *node)
{
	return node && node->type == YAML_MAPPING_NODE;
}

#define netplan_for_each_pair(pair, map)				\
	for ((pair) = (map)->data.mapping.pairs.start;			\
	     (pair) < (map)->data.mapping.pairs.top; (pair)++)

#define netplan_for_each_item(item, list)				\
	for ((item) = (list)->data.sequence.items.start;		\
	     (item) < (list)->data.sequence.items.top; (item)++)

static yaml_node_t *netplan_get(const struct netplan_file *file,
				const yaml_node_t *map, const char *key)
{
	const yaml_node_pair_t *pair;
	const char *name;

	if (!netplan_is_map(map))
		return NULL;
	netplan_for_each_pair(pair, map) {
		name = netplan_scalar(netplan_node(file, pair->key));
		if (name && !strcmp(name, key))
			return netplan_node(file, pair->value);
	}

	return NULL;
}

static char *netplan_where(const struct netplan_file *file,
			   const yaml_node_t *node)
{
	return import_print("%s:%zu", file->name, node->start_mark.line + 1);
}

/* A scalar, or a list with commas */
static const char *netplan_value(const struct netplan_file *file,
				 const yaml_node_t *node)
{
	const yaml_node_item_t *item;
	const char *all = "", *one;

	one = netplan_scalar(node);
	if (one)
		return import_copy(one, strlen(one));
	if (!node || node->type != YAML_SEQUENCE_NODE)
		die(EXIT_USAGE, "Error: %s: a value is missing.",
		    node ? netplan_where(file, node) : file->name);
	netplan_for_each_item(item, node) {
		one = netplan_scalar(netplan_node(file, *item));
		if (one)
			all = import_print("%s%s%s", all, *all ? "," : "", one);
	}
	return all;
}

/* What it says */

static void netplan_take_parameters(const struct netplan_file *file,
				    struct import_lag *lag,
				    const yaml_node_t *map)
{
	const yaml_node_pair_t *pair;
	const char *key, *value;
	char *where;
	unsigned int i;

	netplan_for_each_pair(pair, map) {
		where = netplan_where(file, netplan_node(file, pair->key));
		key = netplan_scalar(netplan_node(file, pair->key));
		if (!key)
			die(EXIT_USAGE, "Error: %s: this is no parameter.",
			    where);
		value = netplan_value(file, netplan_node(file, pair->value));
		for (i = 0; i < ARRAY_SIZE(netplan_parameters); i++)
			if (!strcmp(key, netplan_parameters[i].key))
				break;
		if (i == ARRAY_SIZE(netplan_parameters)) {
			import_option(&lag->options,
				      import_copy(key, strlen(key)), value,
				      where);
			continue;
		}
		if (netplan_parameters[i].span)
			value = import_span(value, netplan_parameters[i].alone,
					    netplan_parameters[i].span, where);
		import_option(&lag->options, netplan_parameters[i].name, value,
			      where);
	}
}

/* From the name of a definition to that of a device */
static const char *netplan_device(const struct netplan_file *file,
				  const char *id, struct import_lag *lag)
{
	const yaml_node_t *network, *definition, *match;
	const char *name;

	/* The first node is the root. */
	network = netplan_get(file, netplan_node(file, 1), "network");
	definition = netplan_get(file, netplan_get(file, network, "ethernets"),
				 id);
	name = netplan_scalar(netplan_get(file, definition, "set-name"));
	if (name)
		return name;
	match = netplan_get(file, definition, "match");
	if (!match)
		return id;
	name = netplan_scalar(netplan_get(file, match, "name"));
	if (name && !strpbrk(name, "*?["))
		return name;
	if (lag)
		import_note(lag,
			    "%s: %s is matched by something else than a name: put the device's name in its place",
			    netplan_where(file, match), id);
	return id;
}

static void netplan_take_bond(struct import *im, struct netplan_file *file,
			      const char *name, const yaml_node_t *map)
{
	struct import_lag *lag = import_lag(im, name, file->name);
	const yaml_node_t *node;
	const yaml_node_item_t *item;
	const char *value;

	if (!netplan_is_map(map))
		die(EXIT_USAGE, "Error: %s: %s has no definition.",
		    file->name, name);
	file->has_bond = true;
	node = netplan_get(file, map, "interfaces");
	if (node && node->type != YAML_SEQUENCE_NODE)
		die(EXIT_USAGE, "Error: %s: interfaces is a list.",
		    netplan_where(file, node));
	if (node) {
		netplan_for_each_item(item, node) {
			value = netplan_scalar(netplan_node(file, *item));
			if (value)
				import_port(lag, netplan_device(file, value,
								lag));
		}
	}
	node = netplan_get(file, map, "parameters");
	if (node && !netplan_is_map(node))
		die(EXIT_USAGE, "Error: %s: parameters are a mapping.",
		    netplan_where(file, node));
	if (node)
		netplan_take_parameters(file, lag, node);
	value = netplan_scalar(netplan_get(file, map, "macaddress"));
	if (value)
		lag->mac = value;
	value = netplan_scalar(netplan_get(file, map, "mtu"));
	if (value)
		lag->mtu = value;
	import_note(lag,
		    "its addresses stay with netplan, see format netplan; the device is made by lag@.service");
}

static void netplan_take(struct import *im, struct netplan_file *file)
{
	const yaml_node_t *root, *network, *bonds;
	const yaml_node_pair_t *pair;
	const char *name;

	root = yaml_document_get_root_node(&file->document);
	network = netplan_get(file, root, "network");
	if (root && !network)
		die(EXIT_USAGE, "Error: %s: there is no \"network:\".",
		    file->name);
	bonds = netplan_get(file, network, "bonds");
	if (!netplan_is_map(bonds))
		return;
	netplan_for_each_pair(pair, bonds) {
		name = netplan_scalar(netplan_node(file, pair->key));
		if (name)
			netplan_take_bond(im, file, name,
					  netplan_node(file, pair->value));
	}
}

static void netplan_read(struct import *im, const char *path)
{
	struct netplan_file **file = &netplan_files;
	yaml_parser_t parser;
	FILE *f;

	while (*file)
		file = &(*file)->next;
	*file = import_alloc(sizeof(**file));
	(*file)->name = import_copy(path, strlen(path));
	f = fopen(path, "r");
	if (!f)
		die(EXIT_USAGE, "Error: %s: %s", path, strerror(errno));
	if (!yaml_parser_initialize(&parser))
		die(EXIT_KERNEL, "Out of memory.");
	yaml_parser_set_input_file(&parser, f);
	if (!yaml_parser_load(&parser, &(*file)->document))
		die(EXIT_USAGE, "Error: %s:%zu: %s.", path,
		    parser.problem_mark.line + 1,
		    parser.problem ?: "this is no YAML");
	yaml_parser_delete(&parser);
	fclose(f);
	netplan_take(im, *file);
}

void import_netplan(struct import *im, const char *path)
{
	struct stat st;
	glob_t found;
	size_t i;

	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		netplan_read(im, path);
		return;
	}
	if (!glob(import_print("%s/*.yaml", path), 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc; i++)
			netplan_read(im, found.gl_pathv[i]);
	}
	globfree(&found);
}

/* Written again: bonds become ethernets that are there already */

struct netplan_copy {
	const struct import	*im;
	struct netplan_file	*file;
	yaml_document_t		*to;
};

static int netplan_put(const struct netplan_copy *c, const char *text)
{
	int node = yaml_document_add_scalar(c->to, NULL, (yaml_char_t *)text,
					    -1, YAML_ANY_SCALAR_STYLE);

	if (!node)
		die(EXIT_KERNEL, "Out of memory.");
	return node;
}

static void netplan_put_pair(const struct netplan_copy *c, int map,
			     const char *key, int value)
{
	if (!yaml_document_append_mapping_pair(c->to, map, netplan_put(c, key),
					       value))
		die(EXIT_KERNEL, "Out of memory.");
}

static int netplan_put_map(const struct netplan_copy *c)
{
	return yaml_document_add_mapping(c->to, NULL,
					 YAML_BLOCK_MAPPING_STYLE);
}

static const struct import_lag *netplan_chosen(const struct netplan_copy *c,
					       const char *name)
{
	const struct import_lag *lag;

	for (lag = c->im->lags; lag; lag = lag->next)
		if (!strcmp(lag->name, name))
			return lag;

	return NULL;
}

/* By the name of its definition */
static bool netplan_is_port(const struct netplan_copy *c, const char *id)
{
	const struct import_port *port;
	const struct import_lag *lag;
	const char *name;

	name = netplan_device(c->file, id, NULL);
	for (lag = c->im->lags; lag; lag = lag->next)
		for (port = lag->ports; port; port = port->next)
			if (!strcmp(port->name, name))
				return true;

	return false;
}

static int netplan_copy(const struct netplan_copy *c, int index,
			unsigned int depth);

static void netplan_copy_pair(const struct netplan_copy *c, int to,
			      const yaml_node_pair_t *pair, unsigned int depth)
{
	int key = netplan_copy(c, pair->key, depth);
	int value = netplan_copy(c, pair->value, depth);

	if (!yaml_document_append_mapping_pair(c->to, to, key, value))
		die(EXIT_KERNEL, "Out of memory.");
}

static int netplan_copy(const struct netplan_copy *c, int index,
			unsigned int depth)
{
	const yaml_node_t *node = netplan_node(c->file, index);
	const struct import_lag *lag;
	const yaml_node_pair_t *pair;
	const yaml_node_item_t *item;
	int copy, one;

	if (depth > NETPLAN_DEPTH)
		die(EXIT_USAGE, "Error: %s is nested too deeply.",
		    c->file->name);
	switch (node->type) {
	case YAML_SCALAR_NODE:
		lag = netplan_chosen(c, netplan_scalar(node));
		if (lag)
			return netplan_put(c, lag->new_name);
		return yaml_document_add_scalar(c->to, node->tag,
						node->data.scalar.value,
						node->data.scalar.length,
						node->data.scalar.style);
	case YAML_SEQUENCE_NODE:
		copy = yaml_document_add_sequence(c->to, NULL,
						  node->data.sequence.style);
		netplan_for_each_item(item, node) {
			one = netplan_copy(c, *item, depth + 1);
			if (!yaml_document_append_sequence_item(c->to, copy,
								one))
				die(EXIT_KERNEL, "Out of memory.");
		}
		return copy;
	case YAML_MAPPING_NODE:
		copy = yaml_document_add_mapping(c->to, NULL,
						 node->data.mapping.style);
		netplan_for_each_pair(pair, node)
			netplan_copy_pair(c, copy, pair, depth + 1);
		return copy;
	default:
		return netplan_put(c, "");
	}
}

/* All of a mapping but some keys */
static void netplan_copy_rest(const struct netplan_copy *c, int to,
			      const yaml_node_t *map, const char *const *but)
{
	const yaml_node_pair_t *pair;
	const char *const *b;
	const char *key;

	netplan_for_each_pair(pair, map) {
		key = netplan_scalar(netplan_node(c->file, pair->key));
		for (b = but; *b && (!key || strcmp(key, *b)); b++)
			;
		if (!*b)
			netplan_copy_pair(c, to, pair, 0);
	}
}

/* Nothing waits for a port, and it has no address of its own. */
static void netplan_put_port(const struct netplan_copy *c, int ethernets,
			     const char *name, const yaml_node_t *map)
{
	static const char *const but[] = {
		"optional", "link-local", "dhcp4", "dhcp6", NULL
	};
	int port = netplan_put_map(c);

	if (netplan_is_map(map))
		netplan_copy_rest(c, port, map, but);
	netplan_put_pair(c, port, "optional", netplan_put(c, "true"));
	netplan_put_pair(c, port, "link-local",
			 yaml_document_add_sequence(c->to, NULL,
						    YAML_FLOW_SEQUENCE_STYLE));
	netplan_put_pair(c, ethernets, name, port);
}

static void netplan_put_lag(const struct netplan_copy *c, int ethernets,
			    const struct import_lag *lag,
			    const yaml_node_t *map)
{
	static const char *const but[] = {
		"interfaces", "parameters", "macaddress", NULL
	};
	int device = netplan_put_map(c), match = netplan_put_map(c);

	netplan_put_pair(c, match, "name", netplan_put(c, lag->new_name));
	netplan_put_pair(c, device, "match", match);
	netplan_copy_rest(c, device, map, but);
	netplan_put_pair(c, ethernets, lag->new_name, device);
}

static void netplan_put_ethernets(const struct netplan_copy *c, int network,
				  const yaml_node_t *ethernets,
				  const yaml_node_t *bonds)
{
	const struct import_lag *lag;
	const yaml_node_pair_t *pair;
	int to = netplan_put_map(c);
	const char *name;

	if (netplan_is_map(ethernets)) {
		netplan_for_each_pair(pair, ethernets) {
			name = netplan_scalar(netplan_node(c->file, pair->key));
			if (name && netplan_is_port(c, name))
				netplan_put_port(c, to, name,
						 netplan_node(c->file,
							      pair->value));
			else
				netplan_copy_pair(c, to, pair, 0);
		}
	}
	netplan_for_each_pair(pair, bonds) {
		name = netplan_scalar(netplan_node(c->file, pair->key));
		lag = name ? netplan_chosen(c, name) : NULL;
		if (lag)
			netplan_put_lag(c, to, lag,
					netplan_node(c->file, pair->value));
	}
	netplan_put_pair(c, network, "ethernets", to);
}

/* Bonds that were not chosen stay. */
static void netplan_put_bonds(const struct netplan_copy *c, int network,
			      const yaml_node_t *bonds)
{
	const yaml_node_pair_t *pair;
	const char *name;
	int to = 0;

	netplan_for_each_pair(pair, bonds) {
		name = netplan_scalar(netplan_node(c->file, pair->key));
		if (name && netplan_chosen(c, name))
			continue;
		if (!to) {
			to = netplan_put_map(c);
			netplan_put_pair(c, network, "bonds", to);
		}
		netplan_copy_pair(c, to, pair, 0);
	}
}

static void netplan_emit(FILE *f, yaml_document_t *document)
{
	yaml_emitter_t emitter;

	if (!yaml_emitter_initialize(&emitter))
		die(EXIT_KERNEL, "Out of memory.");
	yaml_emitter_set_output_file(&emitter, f);
	yaml_emitter_set_unicode(&emitter, 1);
	if (!yaml_emitter_open(&emitter) ||
	    !yaml_emitter_dump(&emitter, document) ||
	    !yaml_emitter_close(&emitter))
		die(EXIT_KERNEL, "Error: cannot write YAML: %s.",
		    emitter.problem ?: "out of memory");
	yaml_emitter_delete(&emitter);
}

static void netplan_write_file(struct import *im, struct netplan_file *file)
{
	static const char *const but[] = { "ethernets", "bonds", NULL };
	const yaml_node_t *root, *from;
	struct netplan_copy c = { .im = im, .file = file };
	yaml_document_t document;
	int top, network;
	FILE *f;

	if (!yaml_document_initialize(&document, NULL, NULL, NULL, 1, 1))
		die(EXIT_KERNEL, "Out of memory.");
	c.to = &document;
	root = yaml_document_get_root_node(&file->document);
	from = netplan_get(file, root, "network");
	top = netplan_put_map(&c);
	network = netplan_put_map(&c);
	netplan_copy_rest(&c, network, from, but);
	netplan_put_ethernets(&c, network, netplan_get(file, from, "ethernets"),
			      netplan_get(file, from, "bonds"));
	netplan_put_bonds(&c, network, netplan_get(file, from, "bonds"));
	netplan_put_pair(&c, top, "network", network);

	f = import_begin_file(im, file->name);
	netplan_emit(f, &document);
	import_end_file(f);
}

/* Netplan has no word for it. */
static void netplan_write_dropin(struct import *im, const char *port)
{
	const char *name;
	FILE *f;

	name = import_print("/etc/systemd/network/10-netplan-%s.network.d/lag.conf",
			    port);
	f = import_begin_file(im, name);
	fputs("[Network]\nKeepMaster=yes\n", f);
	import_end_file(f);
}

void import_write_netplan(struct import *im)
{
	const struct import_port *port;
	const struct import_lag *lag;
	struct netplan_file *file;

	for (file = netplan_files; file; file = file->next)
		if (file->has_bond)
			netplan_write_file(im, file);
	for (lag = im->lags; lag; lag = lag->next)
		for (port = lag->ports; port; port = port->next)
			netplan_write_dropin(im, port->name);
}

void import_netplan_free(void)
{
	struct netplan_file *file;

	for (file = netplan_files; file; file = file->next)
		yaml_document_delete(&file->document);
}
