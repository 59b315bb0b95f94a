// SPDX-License-Identifier: GPL-2.0
/* Bonds in .netdev and .network files of systemd-networkd, which cannot make a
 * lag: lag@.service does.
 *
 * What becomes of an option is in import_rules.c.  Written again, the .network
 * files of the ports keep all but what is about bonding.
 */
#include "lagctl.h"
#include "import.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <sys/stat.h>

struct networkd_line {
	struct networkd_line	*next;
	const char		*text;
	const char		*section;
	const char		*key;		/* "" for what is no setting */
	const char		*value;
	const char		*where;
};

struct networkd_file {
	struct networkd_file	*next;
	const char		*name;
	struct networkd_line	*lines;
	const struct import_lag	*lag;	/* of a port's .network */
};

static struct networkd_file *networkd_files;

/* Settings of [Bond] */
static const struct {
	const char	*key;
	const char	*name;
	unsigned int	span;		/* ms of one of bonding's units */
} networkd_settings[] = {
	{ "Mode", "mode", 0 },
	{ "TransmitHashPolicy", "xmit_hash_policy", 0 },
	{ "LACPTransmitRate", "lacp_rate", 0 },
	{ "MIIMonitorSec", "miimon", 1 },
	{ "PeerNotifyDelaySec", "peer_notify_delay", 1 },
	{ "UpDelaySec", "updelay", 1 },
	{ "DownDelaySec", "downdelay", 1 },
	{ "LearnPacketIntervalSec", "lp_interval", 1000 },
	{ "AdSelect", "ad_select", 0 },
	{ "AdActorSystemPriority", "ad_actor_sys_prio", 0 },
	{ "AdUserPortKey", "ad_user_port_key", 0 },
	{ "AdActorSystem", "ad_actor_system", 0 },
	{ "FailOverMACPolicy", "fail_over_mac", 0 },
	{ "ARPValidate", "arp_validate", 0 },
	{ "ARPIntervalSec", "arp_interval", 1 },
	{ "ARPIPTargets", "arp_ip_target", 0 },
	{ "ARPAllTargets", "arp_all_targets", 0 },
	{ "ARPMissedMax", "missed_max", 0 },
	{ "PrimaryReselectPolicy", "primary_reselect", 0 },
	{ "ResendIGMP", "resend_igmp", 0 },
	{ "PacketsPerSlave", "packets_per_slave", 0 },
	{ "GratuitousARP", "num_grat_arp", 0 },
	{ "AllSlavesActive", "all_slaves_active", 0 },
	{ "DynamicTransmitLoadBalancing", "tlb_dynamic_lb", 0 },
	{ "MinLinks", "min_links", 0 },
};

static char *networkd_trim(const char *text, size_t len)
{
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return import_copy(text, len);
}

static void networkd_parse(struct networkd_line *line, const char **section)
{
	const char *text = line->text + strspn(line->text, " \t");
	const char *sign;

	line->section = *section;
	line->key = "";
	line->value = "";
	if (!*text || *text == '#' || *text == ';')
		return;
	if (*text == '[') {
		sign = strchr(text, ']');
		if (!sign)
			die(EXIT_USAGE, "Error: %s: \"]\" is missing.",
			    line->where);
		*section = import_copy(text + 1, sign - text - 1);
		line->section = *section;
		return;
	}
	sign = strchr(text, '=');
	if (!sign)
		die(EXIT_USAGE, "Error: %s: neither a section nor KEY=VALUE.",
		    line->where);
	line->key = networkd_trim(text, sign - text);
	line->value = networkd_trim(sign + 1, strlen(sign + 1));
}

static struct networkd_file *networkd_read_file(const char *path)
{
	struct networkd_file **file = &networkd_files;
	struct networkd_line **tail;
	const char *section = "";
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *f;

	while (*file)
		file = &(*file)->next;
	f = fopen(path, "r");
	if (!f)
		die(EXIT_USAGE, "Error: %s: %s", path, strerror(errno));
	*file = import_alloc(sizeof(**file));
	(*file)->name = import_copy(path, strlen(path));
	tail = &(*file)->lines;
	while ((len = getline(&line, &size, f)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		*tail = import_alloc(sizeof(**tail));
		(*tail)->where = import_print("%s:%u", path, ++number);
		(*tail)->text = import_copy(line, len);
		networkd_parse(*tail, &section);
		tail = &(*tail)->next;
	}
	free(line);
	fclose(f);
	return *file;
}

/* The last one counts, as for networkd. */
static const struct networkd_line *networkd_get(const struct networkd_file *file,
						const char *section,
						const char *key)
{
	const struct networkd_line *line, *found = NULL;

	for (line = file->lines; line; line = line->next)
		if (!strcmp(line->section, section) && !strcmp(line->key, key))
			found = line;

	return found;
}

static void networkd_take_setting(struct import_lag *lag,
				  const struct networkd_line *line)
{
	const char *value = line->value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(networkd_settings); i++)
		if (!strcmp(line->key, networkd_settings[i].key))
			break;
	if (i == ARRAY_SIZE(networkd_settings)) {
		import_option(&lag->options, line->key, value, line->where);
		return;
	}
	if (networkd_settings[i].span)
		value = import_span(value, 1000, networkd_settings[i].span,
				    line->where);
	import_option(&lag->options, networkd_settings[i].name, value,
		      line->where);
}

static void networkd_take_netdev(struct import *im,
				 const struct networkd_file *file)
{
	const struct networkd_line *kind, *name, *more, *line;
	struct import_lag *lag;

	kind = networkd_get(file, "NetDev", "Kind");
	name = networkd_get(file, "NetDev", "Name");
	if (!kind || strcmp(kind->value, "bond"))
		return;
	if (!name || !*name->value)
		die(EXIT_USAGE, "Error: %s: a bond without a name.",
		    file->name);

	lag = import_lag(im, name->value, file->name);
	lag->source = file->name;
	more = networkd_get(file, "NetDev", "MACAddress");
	if (more && strcmp(more->value, "none"))
		lag->mac = more->value;
	more = networkd_get(file, "NetDev", "MTUBytes");
	if (more)
		lag->mtu = more->value;
	for (line = file->lines; line; line = line->next)
		if (!strcmp(line->section, "Bond") && *line->key)
			networkd_take_setting(lag, line);
	import_note(lag,
		    "remove %s: the device is made by lag@.service; its addresses stay with systemd-networkd",
		    file->name);
}

static void networkd_take_network(struct import *im, struct networkd_file *file)
{
	const struct networkd_line *bond, *match, *more;
	struct import_lag *lag;
	char *words, *word;

	bond = networkd_get(file, "Network", "Bond");
	if (!bond || !*bond->value)
		return;
	lag = import_lag(im, bond->value, file->name);
	file->lag = lag;
	match = networkd_get(file, "Match", "Name");
	if (!match || strpbrk(match->value, "*?[!")) {
		import_note(lag,
			    "%s: ports are not told by their names%s%s: a lag has to be told each",
			    file->name, match ? ", but as " : "",
			    match ? match->value : "");
		return;
	}

	words = import_copy(match->value, strlen(match->value));
	for (word = strtok(words, " \t"); word; word = strtok(NULL, " \t")) {
		import_port(lag, word);
		more = networkd_get(file, "Network", "PrimarySlave");
		if (more && strchr("1ytoYTO", *more->value) &&
		    strcasecmp(more->value, "off"))
			import_option(&lag->options, "primary", word,
				      more->where);
		more = networkd_get(file, "Network", "ActiveSlave");
		if (more && strchr("1ytoYTO", *more->value) &&
		    strcasecmp(more->value, "off"))
			import_option(&lag->options, "active_slave", word,
				      more->where);
	}
}

static bool networkd_ends(const char *path, const char *end)
{
	size_t len = strlen(path), n = strlen(end);

	return len >= n && !strcmp(path + len - n, end);
}

static void networkd_take(struct import *im, const char *path)
{
	struct networkd_file *file = networkd_read_file(path);

	if (networkd_ends(path, ".netdev"))
		networkd_take_netdev(im, file);
	else
		networkd_take_network(im, file);
}

void import_networkd(struct import *im, const char *path)
{
	static const char *const patterns[] = { "*.netdev", "*.network" };
	struct stat st;
	unsigned int i;
	glob_t found;
	size_t n;

	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		networkd_take(im, path);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		const char *pattern = import_print("%s/%s", path, patterns[i]);

		if (!glob(pattern, 0, NULL, &found)) {
			for (n = 0; n < found.gl_pathc; n++)
				networkd_take(im, found.gl_pathv[n]);
		}
		globfree(&found);
	}
}

/* Written again */

static bool networkd_is_bonding(const struct networkd_line *line)
{
	return !strcmp(line->section, "Network") &&
	       (!strcmp(line->key, "Bond") ||
		!strcmp(line->key, "PrimarySlave") ||
		!strcmp(line->key, "ActiveSlave") ||
		!strcmp(line->key, "KeepMaster") ||
		!strcmp(line->key, "LinkLocalAddressing"));
}

static void networkd_write_port(struct import *im,
				const struct networkd_file *file)
{
	const struct networkd_line *line;
	bool done = false;
	FILE *f;

	f = import_begin_file(im, file->name);
	for (line = file->lines; line; line = line->next) {
		if (!networkd_is_bonding(line)) {
			fprintf(f, "%s\n", line->text);
			continue;
		}
		/* The lag has taken the port before networkd comes. */
		if (!done)
			fputs("KeepMaster=yes\nLinkLocalAddressing=no\n", f);
		done = true;
	}
	import_end_file(f);
}

/* The lag's own, where it has another name than the bond had */
static void networkd_write_lag(struct import *im,
			       const struct networkd_file *file,
			       const struct import_lag *lag)
{
	const struct networkd_line *line;
	FILE *f;

	f = import_begin_file(im, file->name);
	for (line = file->lines; line; line = line->next) {
		if (!strcmp(line->section, "Match") &&
		    !strcmp(line->key, "Name"))
			fprintf(f, "Name=%s\n", lag->new_name);
		else
			fprintf(f, "%s\n", line->text);
	}
	import_end_file(f);
}

void import_write_networkd(struct import *im)
{
	const struct networkd_file *file;
	const struct networkd_line *name;
	const struct import_lag *lag;

	for (file = networkd_files; file; file = file->next) {
		name = networkd_get(file, "Match", "Name");
		for (lag = im->lags; lag; lag = lag->next) {
			if (file->lag == lag)
				networkd_write_port(im, file);
			else if (name && !strcmp(name->value, lag->name) &&
				 strcmp(lag->name, lag->new_name))
				networkd_write_lag(im, file, lag);
		}
	}
}
