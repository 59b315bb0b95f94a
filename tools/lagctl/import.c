// SPDX-License-Identifier: GPL-2.0
/* lagctl import: turns bonding set-ups into lag configuration.
 *
 * What becomes of an option is not here but in import_rules.c, where each kind
 * of source is read and written again in a file of its own.
 */
#include "lagctl.h"
#include "import.h"

#include <errno.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

const char help_import[] =
	"Usage: lagctl import [ OPTIONS ] [ SOURCE ... ]\n"
	"\n"
	"Turns bonding set-ups into lag configuration, and names what has no\n"
	"equivalent.  A SOURCE is a bond that is there, /etc/network/interfaces, the\n"
	".netdev and .network files of systemd-networkd or their directory, or YAML\n"
	"of netplan; without one, all bonds that are there.\n"
	"\n"
	"  -f, --format FORMAT  ip          commands of ip, as a script (default)\n"
	"                       conf        /etc/lag/NAME.conf, see lag.conf(5)\n"
	"                       interfaces, networkd, netplan\n"
	"                                   the same kind of files as the source\n"
	"  -b, --bond NAME      only this one\n"
	"  -n, --name NAME      of the lag; otherwise that of the bond\n"
	"  -o, --output PATH    write there, to a file or into a directory\n"
	"\n"
	"Nothing is changed but what -o names.\n";

struct import_block {
	struct import_block	*next;
	void			*data;
};

static struct import_block *import_blocks;

enum import_format {
	IMPORT_IP,
	IMPORT_CONF,
	IMPORT_INTERFACES,
	IMPORT_NETWORKD,
	IMPORT_NETPLAN,
	IMPORT_LIVE,
};

static const char *const import_formats[] = {
	[IMPORT_IP]		= "ip",
	[IMPORT_CONF]		= "conf",
	[IMPORT_INTERFACES]	= "interfaces",
	[IMPORT_NETWORKD]	= "networkd",
	[IMPORT_NETPLAN]	= "netplan",
};

/* Memory */

static void *import_keep(void *data)
{
	struct import_block *block = malloc(sizeof(*block));

	if (!block || !data)
		die(EXIT_KERNEL, "Out of memory.");
	*block = (struct import_block) { import_blocks, data };
	import_blocks = block;
	return data;
}

void *import_alloc(size_t size)
{
	return import_keep(calloc(1, size));
}

char *import_copy(const char *text, size_t len)
{
	return memcpy(import_alloc(len + 1), text, len);
}

char *import_print(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = import_keep(format_text_args(format, args));
	va_end(args);
	return text;
}

void import_note(struct import_lag *lag, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	import_text(&lag->notes, import_keep(format_text_args(format, args)));
	va_end(args);
}

void import_free(void)
{
	struct import_block *block;

	while ((block = import_blocks)) {
		import_blocks = block->next;
		free(block->data);
		free(block);
	}
}

/* "1min 500ms" */
const char *import_span(const char *text, double alone, double unit,
			const char *where)
{
	static const struct {
		const char	*name;
		double		ms;
	} units[] = {
		{ "s", 1000 }, { "sec", 1000 }, { "second", 1000 },
		{ "seconds", 1000 }, { "ms", 1 }, { "msec", 1 },
		{ "us", 0.001 }, { "usec", 0.001 }, { "m", 60000 },
		{ "min", 60000 }, { "minute", 60000 }, { "minutes", 60000 },
		{ "h", 3600000 },
	};
	const char *from = text, *end;
	double ms = 0, number;
	unsigned int i;
	size_t len;

	do {
		number = strtod(from, (char **)&end);
		end += strspn(end, " ");
		len = strspn(end, "abcdefghijklmnopqrstuvwxyz");
		for (i = 0; i < ARRAY_SIZE(units); i++)
			if (strlen(units[i].name) == len &&
			    !strncmp(end, units[i].name, len))
				break;
		if (end == from || !(number >= 0 && number < 1e7) ||
		    (len && i == ARRAY_SIZE(units)))
			die(EXIT_USAGE, "Error: %s: \"%s\" is no time.", where,
			    text);
		ms += number * (len ? units[i].ms : alone);
		from = end + len;
		from += strspn(from, " ");
	} while (*from);
	return import_print("%.0f", ms / unit);
}

/* Lists */

struct import_lag *import_lag(struct import *im, const char *name,
			      const char *source)
{
	struct import_lag **lag;

	for (lag = &im->lags; *lag; lag = &(*lag)->next)
		if (!strcmp((*lag)->name, name))
			return *lag;

	*lag = import_alloc(sizeof(**lag));
	(*lag)->name = name;
	(*lag)->new_name = name;
	(*lag)->source = source;
	return *lag;
}

struct import_port *import_port(struct import_lag *lag, const char *name)
{
	struct import_port **port;

	for (port = &lag->ports; *port; port = &(*port)->next)
		if (!strcmp((*port)->name, name))
			return *port;

	*port = import_alloc(sizeof(**port));
	(*port)->name = name;
	return *port;
}

void import_text(struct import_text **list, const char *text)
{
	struct import_text *t = import_alloc(sizeof(*t));

	t->text = text;
	while (*list)
		list = &(*list)->next;
	*list = t;
}

/* Files that are made */

FILE *import_begin_file(struct import *im, const char *name)
{
	struct import_file **file = &im->files;
	FILE *f;

	while (*file)
		file = &(*file)->next;
	*file = import_alloc(sizeof(**file));
	(*file)->name = name;
	f = open_memstream(&(*file)->text, &(*file)->len);
	if (!f)
		die(EXIT_KERNEL, "Out of memory.");
	return f;
}

void import_end_file(FILE *f)
{
	fclose(f);
}

static void import_write_option_notes(FILE *f, const char *name,
				      const struct import_option *o)
{
	for (; o; o = o->next)
		if (o->note)
			fprintf(f, "# %s: %s\n", name, o->note);
}

void import_write_notes(FILE *f, const struct import_lag *lag)
{
	const struct import_port *port;
	const struct import_text *t;

	import_write_option_notes(f, lag->new_name, lag->options);
	for (port = lag->ports; port; port = port->next)
		import_write_option_notes(f, port->name, port->options);
	for (t = lag->notes; t; t = t->next)
		fprintf(f, "# %s: %s\n", lag->new_name, t->text);
}

/* Format conf */

static void import_write_port_options(FILE *f, const struct import_port *port,
				      const char *head)
{
	const struct import_option *o;
	bool any = false;

	for (o = port->options; o; o = o->next) {
		if (!o->lag_name)
			continue;
		if (!any)
			fputs(head, f);
		fprintf(f, " %s %s", o->lag_name, o->lag_value);
		any = true;
	}
	if (any)
		fputc('\n', f);
}

/* @ stands for the lag */
static void import_write_command(FILE *f, const struct import_lag *lag,
				 const char *command, const char *head)
{
	size_t len = strcspn(command, "@");

	fprintf(f, "%sip %.*s", head, (int)len, command);
	if (command[len])
		fprintf(f, "%s%s", lag->new_name, command + len + 1);
	fputc('\n', f);
}

static void import_write_conf(struct import *im, const struct import_lag *lag)
{
	FILE *f = import_begin_file(im, import_print("/etc/lag/%s.conf",
						     lag->new_name));
	const struct import_option *o;
	const struct import_port *port;
	const struct import_text *t;

	fprintf(f, "# /etc/lag/%s.conf, see lag.conf(5); made by lagctl import from\n",
		lag->new_name);
	fprintf(f, "# %s.  systemctl enable lag@%s\n", lag->source,
		lag->new_name);
	import_write_notes(f, lag);
	fputs("\nports", f);
	for (port = lag->ports; port; port = port->next)
		fprintf(f, " %s", port->name);
	fprintf(f, "%s\n", lag->ports ? "" : " none");
	for (o = lag->options; o; o = o->next)
		if (o->lag_name)
			fprintf(f, "%s %s\n", o->lag_name, o->lag_value);
	for (port = lag->ports; port; port = port->next)
		import_write_port_options(f, port,
					  import_print("port %s", port->name));
	if (lag->mac)
		fprintf(f, "lladdr %s\n", lag->mac);
	if (lag->mtu)
		fprintf(f, "mtu %s\n", lag->mtu);
	for (t = lag->addresses; t; t = t->next)
		fprintf(f, "address %s\n", t->text);
	for (t = lag->gateways; t; t = t->next)
		fprintf(f, "gateway %s\n", t->text);
	for (t = lag->routes; t; t = t->next)
		fprintf(f, "# no place here for a route: %s\n", t->text);
	for (t = lag->commands; t; t = t->next)
		import_write_command(f, lag, t->text,
				     "# no place here for what is made on it: ");
	import_end_file(f);
}

/* Format ip */

static void import_write_ip(FILE *f, const struct import_lag *lag)
{
	const char *name = lag->new_name;
	const struct import_option *o;
	const struct import_port *port;
	const struct import_text *t;
	const char *head;

	fprintf(f, "\n# %s, from %s\n", lag->name, lag->source);
	import_write_notes(f, lag);
	if (lag->exists)
		fprintf(f, "ip link del dev %s\n", lag->name);
	fprintf(f, "ip link add %s%s%s%s%s type lag", name,
		lag->mac ? " address " : "", lag->mac ?: "",
		lag->mtu ? " mtu " : "", lag->mtu ?: "");
	for (o = lag->options; o; o = o->next)
		if (o->lag_name)
			fprintf(f, " %s %s", o->lag_name, o->lag_value);
	fputc('\n', f);
	for (port = lag->ports; port; port = port->next) {
		fprintf(f, "ip link set dev %s master %s\n", port->name, name);
		head = import_print("ip link set dev %s type lag_slave",
				    port->name);
		import_write_port_options(f, port, head);
		fprintf(f, "ip link set dev %s up\n", port->name);
	}
	fprintf(f, "ip link set dev %s up\n", name);
	for (t = lag->addresses; t; t = t->next)
		fprintf(f, "ip addr add %s dev %s\n", t->text, name);
	for (t = lag->gateways; t; t = t->next)
		fprintf(f, "ip %sroute add default via %s dev %s\n",
			strchr(t->text, ':') ? "-6 " : "", t->text, name);
	for (t = lag->routes; t; t = t->next)
		fprintf(f, "ip %sroute add %s dev %s\n",
			strchr(t->text, ':') ? "-6 " : "", t->text, name);
	for (t = lag->commands; t; t = t->next)
		import_write_command(f, lag, t->text, "");
}

static void import_write_script(struct import *im)
{
	FILE *f = import_begin_file(im, "lag.sh");
	const struct import_lag *lag;

	fputs("#!/bin/sh -e\n# Made by lagctl import: lags instead of bonds.\n",
	      f);
	for (lag = im->lags; lag; lag = lag->next)
		import_write_ip(f, lag);
	import_end_file(f);
}

/* Sources */

static bool import_ends(const char *path, const char *end)
{
	size_t len = strlen(path), n = strlen(end);

	return len >= n && !strcmp(path + len - n, end);
}

static bool import_has(const char *dir, const char *pattern)
{
	const char *path = import_print("%s/%s", dir, pattern);
	glob_t found;
	bool any;

	any = !glob(path, 0, NULL, &found);
	globfree(&found);
	return any;
}

static enum import_format import_kind(const char *source)
{
	bool dir, file;
	struct stat st;

	file = !stat(source, &st);
	dir = file && S_ISDIR(st.st_mode);
	if (!file && !strchr(source, '/') && !strchr(source, '.'))
		return IMPORT_LIVE;
	if (!file)
		die(EXIT_USAGE, "Error: %s: %s", source, strerror(errno));
	if (import_ends(source, ".yaml") || import_ends(source, ".yml") ||
	    (dir && import_has(source, "*.yaml")))
		return IMPORT_NETPLAN;
	if (import_ends(source, ".netdev") || import_ends(source, ".network") ||
	    (dir && import_has(source, "*.net*")))
		return IMPORT_NETWORKD;
	if (dir)
		die(EXIT_USAGE,
		    "Error: %s: a directory without .netdev, .network or .yaml files.",
		    source);
	return IMPORT_INTERFACES;
}

static void import_read(struct import *im, enum import_format kind,
			const char *source)
{
	switch (kind) {
	case IMPORT_INTERFACES:
		import_interfaces(im, source);
		break;
	case IMPORT_NETWORKD:
		import_networkd(im, source);
		break;
	case IMPORT_NETPLAN:
		import_netplan(im, source);
		break;
	default:
		import_live(im, source);
	}
}

/* Returns of what kind they are, the last of them */
static enum import_format import_read_all(struct import *im, int num,
					  char **sources)
{
	enum import_format kind = IMPORT_LIVE, first = IMPORT_LIVE;
	int i;

	if (!num)
		import_live(im, NULL);
	for (i = 0; i < num; i++) {
		kind = import_kind(sources[i]);
		if (i && kind != first)
			usage_error("sources of one kind at a time");
		first = kind;
		import_read(im, kind, sources[i]);
	}
	return kind;
}

/* What comes of it */

static void import_to_stdout(const struct import *im)
{
	const struct import_file *file;
	bool several = im->files && im->files->next;

	for (file = im->files; file; file = file->next) {
		if (several)
			printf("%s# --- %s\n", file == im->files ? "" : "\n",
			       file->name);
		fwrite(file->text, 1, file->len, stdout);
	}
}

static void import_to_file(const char *path, const struct import_file *file)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(file->text, 1, file->len, f) != file->len ||
	    fclose(f))
		die(EXIT_USAGE, "Cannot write \"%s\": %s", path,
		    strerror(errno));
	fprintf(stderr, "wrote %s\n", path);
}

/* The name in a directory; that of a drop-in tells nothing without its own. */
static const char *import_base(const char *name)
{
	static const char networkd[] = "/etc/systemd/network/";
	const char *base = strrchr(name, '/');

	if (!strncmp(name, networkd, sizeof(networkd) - 1) &&
	    strstr(name, ".d/"))
		return name + sizeof(networkd) - 1;
	return base ? base + 1 : name;
}

static void import_to_directory(const char *output,
				const struct import_file *file)
{
	const char *base = import_base(file->name);
	const char *slash = strchr(base, '/');

	if (slash) {
		char *dir = import_print("%s/%.*s", output,
					 (int)(slash - base), base);

		if (mkdir(dir, 0755) && errno != EEXIST)
			die(EXIT_USAGE, "Cannot write \"%s\": %s", dir,
			    strerror(errno));
	}
	import_to_file(import_print("%s/%s", output, base), file);
}

static void import_to_output(const struct import *im, const char *output)
{
	const struct import_file *file;
	struct stat st;

	if (stat(output, &st) || !S_ISDIR(st.st_mode)) {
		if (im->files->next)
			die(EXIT_USAGE,
			    "Error: there are several files to write: -o must be a directory.");
		import_to_file(output, im->files);
		return;
	}
	for (file = im->files; file; file = file->next)
		import_to_directory(output, file);
}

/* Where they cannot be read in what was written */
static void import_repeat_notes(const struct import *im)
{
	const struct import_lag *lag;

	for (lag = im->lags; lag; lag = lag->next)
		import_write_notes(stderr, lag);
}

static void import_write(struct import *im, enum import_format format,
			 enum import_format kind)
{
	const struct import_lag *lag;

	if (format > IMPORT_CONF && format != kind)
		usage_error("format %s is for sources of that kind",
			    import_formats[format]);
	if (format == IMPORT_IP)
		import_write_script(im);
	else if (format == IMPORT_INTERFACES)
		import_write_interfaces(im);
	else
		for (lag = im->lags; lag; lag = lag->next)
			import_write_conf(im, lag);
	if (format == IMPORT_NETWORKD)
		import_write_networkd(im);
	if (format == IMPORT_NETPLAN)
		import_write_netplan(im);
}

static void import_keep_one(struct import *im, const char *bond,
			    const char *name)
{
	struct import_lag **lag = &im->lags;

	while (bond && *lag) {
		if (strcmp((*lag)->name, bond))
			*lag = (*lag)->next;
		else
			lag = &(*lag)->next;
	}
	if (!im->lags && bond)
		die(EXIT_USAGE, "Error: there is no bond %s.", bond);
	if (!im->lags)
		die(EXIT_USAGE, "Error: there is no bond.");
	if (name && im->lags->next)
		usage_error("there are several bonds, --name is for one: choose it with --bond");
	if (name)
		im->lags->new_name = name;
}

static enum import_format import_parse_format(const char *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(import_formats); i++)
		if (!strcmp(text, import_formats[i]))
			return i;

	usage_error("there is no format \"%s\"", text);
}

int cmd_import(int argc, char **argv)
{
	static const struct option options[] = {
		{ "format",	required_argument,	NULL, 'f' },
		{ "bond",	required_argument,	NULL, 'b' },
		{ "name",	required_argument,	NULL, 'n' },
		{ "output",	required_argument,	NULL, 'o' },
		{}
	};
	const char *bond = NULL, *name = NULL, *output = NULL;
	enum import_format format = IMPORT_IP, kind;
	struct import im = { .lags = NULL };
	struct import_file *file;
	struct import_lag *lag;
	int c;

	while ((c = lagctl_getopt(argc, argv, "f:b:n:o:", options)) >= 0) {
		switch (c) {
		case 'f':
			format = import_parse_format(optarg);
			break;
		case 'b':
			bond = optarg;
			break;
		case 'n':
			name = optarg;
			break;
		case 'o':
			output = optarg;
			break;
		}
	}
	if (name && (!*name || strlen(name) >= 16 || strpbrk(name, "/ :")))
		usage_error("\"%s\" is no name for a device", name);

	if (opt_json)
		usage_error("import has no JSON");
	kind = import_read_all(&im, argc - optind, argv + optind);
	import_keep_one(&im, bond, name);
	for (lag = im.lags; lag; lag = lag->next)
		import_translate(lag);
	import_write(&im, format, kind);
	if (output)
		import_to_output(&im, output);
	else
		import_to_stdout(&im);
	if (output || !isatty(STDOUT_FILENO))
		import_repeat_notes(&im);

	for (file = im.files; file; file = file->next)
		free(file->text);
	import_netplan_free();
	import_free();
	return EXIT_OK;
}
