// SPDX-License-Identifier: GPL-2.0
/* Bonds in /etc/network/interfaces, of ifupdown with ifenslave or ifupdown2.
 *
 * What becomes of an option is in import_rules.c.  Written again, a file keeps
 * all lines that are not about bonding, in their place.
 */
#include "lagctl.h"
#include "import.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTERFACES_DEPTH	8	/* of files that are sourced */

enum interfaces_role {
	INTERFACES_OTHER,	/* stays as it is */
	INTERFACES_HEAD,	/* the lag's ports and the like come after it */
	INTERFACES_PORTS,
	INTERFACES_MASTER,
	INTERFACES_OPTION,
	INTERFACES_MOVED,	/* said of a port, belongs to the lag */
};

struct interfaces_line {
	struct interfaces_line	*next;
	struct interfaces_file	*file;
	const char		*text;
	const char		*key;		/* first word */
	const char		*value;		/* the rest */
	const char		*where;
	enum interfaces_role	role;
	const struct import_lag	*lag;
	const struct import_option *option;
};

struct interfaces_stanza {
	struct interfaces_stanza *next;
	const char		*name;
	const char		*method;
	struct interfaces_line	*head;		/* the line iface */
	struct interfaces_line	*end;		/* the line after it, or NULL */
};

struct interfaces_file {
	struct interfaces_file	*next;
	const char		*name;
	struct interfaces_line	*lines, **tail;
};

static struct interfaces_file *interfaces_files;
static struct interfaces_stanza *interfaces_stanzas;

static void interfaces_read(const char *path, unsigned int depth);

/* Lines and stanzas */

static void interfaces_source(const struct interfaces_line *line,
			      unsigned int depth)
{
	bool dir = !strcmp(line->key, "source-directory");
	const char *pattern = line->value;
	glob_t found;
	size_t i;

	/* Relative to the file that says so */
	if (*pattern != '/') {
		const char *slash = strrchr(line->file->name, '/');

		if (slash)
			pattern = import_print("%.*s/%s",
					       (int)(slash - line->file->name),
					       line->file->name, pattern);
	}
	if (dir)
		pattern = import_print("%s/*", pattern);
	if (!glob(pattern, 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc; i++)
			interfaces_read(found.gl_pathv[i], depth + 1);
	}
	globfree(&found);
}

static void interfaces_split(struct interfaces_line *line, const char *text)
{
	char *words = import_copy(text, strlen(text)), *word;

	line->key = strtok(words, " \t\r") ?: "";
	line->value = "";
	while ((word = strtok(NULL, " \t\r")))
		line->value = import_print("%s%s%s", line->value,
					   *line->value ? " " : "", word);
}

static bool interfaces_ends_stanza(const char *key)
{
	static const char *const words[] = {
		"iface", "auto", "mapping", "source", "source-directory",
		"no-auto-down", "no-scripts", "template", "rename",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(key, words[i]))
			return true;
	return !strncmp(key, "allow-", 6);
}

static struct interfaces_stanza *interfaces_begin(struct interfaces_line *line)
{
	struct interfaces_stanza **stanza = &interfaces_stanzas;
	char *words = import_copy(line->value, strlen(line->value));
	const char *name = strtok(words, " \t");

	if (!name)
		die(EXIT_USAGE, "Error: %s: iface without a name.",
		    line->where);
	while (*stanza)
		stanza = &(*stanza)->next;
	*stanza = import_alloc(sizeof(**stanza));
	(*stanza)->name = name;
	strtok(NULL, " \t");	/* address family */
	(*stanza)->method = strtok(NULL, " \t") ?: "";
	(*stanza)->head = line;
	return *stanza;
}

/* A line that ends in a backslash goes on in the next one; NULL at the end */
static char *interfaces_get(const char *name, FILE *f, unsigned int *number)
{
	char *line = NULL, *text = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, f)) > 0) {
		++*number;
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (strlen(line) != (size_t)len)
			die(EXIT_USAGE, "Error: %s:%u: this is no text.", name,
			    *number);
		text = import_print("%s%s", text ?: "", line);
		len = strlen(text);
		if (!len || text[len - 1] != '\\')
			break;
		text[len - 1] = ' ';
	}
	free(line);
	return text;
}

static void interfaces_read_lines(struct interfaces_file *file, FILE *f,
				  unsigned int depth)
{
	struct interfaces_stanza *stanza = NULL;
	struct interfaces_line *line;
	unsigned int number = 0, first;
	char *text;

	for (;;) {
		first = number + 1;
		text = interfaces_get(file->name, f, &number);
		if (!text)
			return;
		line = import_alloc(sizeof(*line));
		line->file = file;
		line->text = text;
		line->where = import_print("%s:%u", file->name, first);
		*file->tail = line;
		file->tail = &line->next;
		interfaces_split(line, text);
		if (!*line->key || *line->key == '#')
			continue;
		if (interfaces_ends_stanza(line->key)) {
			if (stanza)
				stanza->end = line;
			stanza = NULL;
		}
		if (!strcmp(line->key, "iface"))
			stanza = interfaces_begin(line);
		else if (!strncmp(line->key, "source", 6))
			interfaces_source(line, depth);
	}
}

static void interfaces_read(const char *path, unsigned int depth)
{
	struct interfaces_file **file = &interfaces_files;
	struct stat st;
	FILE *f;

	if (depth > INTERFACES_DEPTH)
		die(EXIT_USAGE, "Error: %s: files source each other.", path);
	for (; *file; file = &(*file)->next)
		if (!strcmp((*file)->name, path))
			return;

	f = fopen(path, "r");
	if (!f)
		die(EXIT_USAGE, "Error: %s: %s", path, strerror(errno));
	/* A folder among what is sourced */
	if (!fstat(fileno(f), &st) && S_ISREG(st.st_mode)) {
		*file = import_alloc(sizeof(**file));
		(*file)->name = import_copy(path, strlen(path));
		(*file)->tail = &(*file)->lines;
		interfaces_read_lines(*file, f, depth);
	}
	fclose(f);
}

/* What they say */

/* bond-lacp-rate or bond_lacp_rate: lacp_rate; NULL if it is none */
static char *interfaces_option(const char *key)
{
	char *name, *c;

	if (strncmp(key, "bond-", 5) && strncmp(key, "bond_", 5))
		return NULL;
	name = import_copy(key + 5, strlen(key + 5));
	for (c = name; *c; c++)
		*c = *c == '-' ? '_' : tolower((unsigned char)*c);
	return name;
}

static bool interfaces_is_ports(const char *key)
{
	const char *name = interfaces_option(key);

	return !strcmp(key, "slaves") || (name && (!strcmp(name, "slaves") ||
						   !strcmp(name, "ports")));
}

static const char *interfaces_value(const struct interfaces_stanza *stanza,
				    const char *name)
{
	const struct interfaces_line *line;
	const char *option;

	for (line = stanza->head; line != stanza->end; line = line->next) {
		option = interfaces_option(line->key);
		if (option && !strcmp(option, name))
			return line->value;
	}

	return NULL;
}

/* A bond has ports or a mode; what only names its bond is a port. */
static bool interfaces_is_bond(const struct interfaces_stanza *stanza)
{
	const struct interfaces_line *line;
	const char *name;
	bool any = false;

	for (line = stanza->head; line != stanza->end; line = line->next) {
		if (interfaces_is_ports(line->key))
			return true;
		name = interfaces_option(line->key);
		any |= name && !strcmp(name, "mode");
	}

	return any && !interfaces_value(stanza, "master");
}

static void interfaces_take_ports(struct import_lag *lag,
				  struct interfaces_line *line)
{
	char *words = import_copy(line->value, strlen(line->value));
	char *word;

	line->role = INTERFACES_PORTS;
	line->lag = lag;
	for (word = strtok(words, " \t"); word; word = strtok(NULL, " \t")) {
		if (!strcmp(word, "none"))
			continue;
		/* Patterns, as of ifupdown2, say what cannot be known here */
		if (!strcmp(word, "glob") || !strcmp(word, "regex") ||
		    !strcmp(word, "all") || strpbrk(word, "*?[(/")) {
			import_note(lag,
				    "%s: ports \"%s\": a lag has to be told each by its name",
				    line->where, line->value);
			lag->ports = NULL;
			return;
		}
		import_port(lag, word);
	}
}

static const char *interfaces_prefix(const char *address, const char *netmask)
{
	unsigned char octets[4];
	unsigned int i, len = 0;

	if (!netmask)
		return address;
	if (inet_pton(AF_INET, netmask, octets) != 1)
		return import_print("%s/%s", address, netmask);
	for (i = 0; i < 32 && octets[i / 8] & 0x80 >> i % 8; i++)
		len++;
	return import_print("%s/%u", address, len);
}

static void interfaces_take_addresses(struct import_lag *lag,
				      const struct interfaces_stanza *stanza)
{
	const char *address = NULL, *netmask = NULL;
	const struct interfaces_line *line;

	for (line = stanza->head; line != stanza->end; line = line->next) {
		/* ifupdown2 takes several in a stanza. */
		if (!strcmp(line->key, "address") && strchr(line->value, '/'))
			import_text(&lag->addresses, line->value);
		else if (!strcmp(line->key, "address"))
			address = line->value;
		else if (!strcmp(line->key, "netmask"))
			netmask = line->value;
		else if (!strcmp(line->key, "gateway"))
			import_text(&lag->gateways, line->value);
		else if (!strcmp(line->key, "mtu"))
			lag->mtu = line->value;
		else if (!strcmp(line->key, "hwaddress"))
			lag->mac = !strncmp(line->value, "ether ", 6) ?
				   line->value + 6 : line->value;
		else if (strstr(line->text, "ifenslave") ||
			 strstr(line->text, "/bonding/"))
			import_note(lag,
				    "%s: left as it is, look at it: %s",
				    line->where,
				    line->text + strspn(line->text, " \t"));
	}
	if (address)
		import_text(&lag->addresses,
			    interfaces_prefix(address, netmask));
	if (!strcmp(stanza->method, "dhcp") || !strcmp(stanza->method, "auto"))
		import_note(lag,
			    "%s: method %s: nothing but ifupdown gives it its address",
			    stanza->head->where, stanza->method);
}

static void interfaces_take_bond(struct import *im,
				 const struct interfaces_stanza *stanza)
{
	struct import_lag *lag = import_lag(im, stanza->name,
					    stanza->head->file->name);
	struct interfaces_line *line;
	bool has_ports = false;
	const char *name;

	for (line = stanza->head; line != stanza->end; line = line->next) {
		name = interfaces_option(line->key);
		if (interfaces_is_ports(line->key)) {
			interfaces_take_ports(lag, line);
			has_ports = true;
		} else if (name) {
			line->role = INTERFACES_OPTION;
			line->lag = lag;
			line->option = import_option(&lag->options, name,
						     line->value, line->where);
		}
	}
	if (has_ports)
		return;
	/* They all come by bond-master. */
	stanza->head->role = INTERFACES_HEAD;
	stanza->head->lag = lag;
}

static void interfaces_take_port(struct import *im,
				 const struct interfaces_stanza *stanza,
				 const char *master)
{
	struct import_lag *lag = import_lag(im, master,
					    stanza->head->file->name);
	struct import_port *port = import_port(lag, stanza->name);
	struct interfaces_line *line;
	const char *name;

	for (line = stanza->head; line != stanza->end; line = line->next) {
		name = interfaces_option(line->key);
		if (!name)
			continue;
		line->lag = lag;
		if (!strcmp(name, "master")) {
			line->role = INTERFACES_MASTER;
		} else if (!strcmp(name, "prio") || !strcmp(name, "queue_id") ||
			   !strcmp(name, "actor_port_prio")) {
			line->role = INTERFACES_OPTION;
			line->option = import_option(&port->options, name,
						     line->value, line->where);
		} else {
			line->role = INTERFACES_MOVED;
			line->option = import_option(&lag->options, name,
						     line->value, line->where);
		}
	}
}

void import_interfaces(struct import *im, const char *path)
{
	const struct interfaces_stanza *stanza;
	struct import_lag *lag;
	const char *master;

	interfaces_read(path, 0);
	for (stanza = interfaces_stanzas; stanza; stanza = stanza->next)
		if (interfaces_is_bond(stanza))
			interfaces_take_bond(im, stanza);
	for (stanza = interfaces_stanzas; stanza; stanza = stanza->next) {
		master = interfaces_value(stanza, "master");
		if (master && *master)
			interfaces_take_port(im, stanza, master);
	}
	for (lag = im->lags; lag; lag = lag->next)
		for (stanza = interfaces_stanzas; stanza; stanza = stanza->next)
			if (!strcmp(stanza->name, lag->name))
				interfaces_take_addresses(lag, stanza);
}

/* Written again */

static bool interfaces_in_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* The bond's new name wherever its old one stands, also in bond0.7 */
static void interfaces_put(FILE *f, const struct import *im, const char *text)
{
	const struct import_lag *lag;
	size_t len;
	const char *c;

	for (c = text; *c; c++) {
		for (lag = im->lags; lag; lag = lag->next) {
			len = strlen(lag->name);
			if (!strncmp(c, lag->name, len) &&
			    (c == text || !interfaces_in_name(c[-1])) &&
			    !interfaces_in_name(c[len]))
				break;
		}
		if (lag) {
			fputs(lag->new_name, f);
			c += len - 1;
		} else {
			fputc(*c, f);
		}
	}
	fputc('\n', f);
}

static void interfaces_put_option(FILE *f, const char *indent,
				  const struct import_option *o)
{
	const char *c;

	fprintf(f, "%slag-", indent);
	for (c = o->lag_name; *c; c++)
		fputc(*c == '_' ? '-' : *c, f);
	fprintf(f, " %s\n", o->lag_value);
}

/* With ifupdown2 nothing makes the device but a type that is told. */
static bool interfaces_is_ifupdown2(void)
{
	const struct interfaces_file *file;
	const struct interfaces_line *line;

	for (file = interfaces_files; file; file = file->next)
		for (line = file->lines; line; line = line->next)
			if (!strcmp(line->key, "bridge-vlan-aware") ||
			    !strcmp(line->key, "link-type"))
				return true;
	return !access("/usr/share/ifupdown2", F_OK);
}

static bool interfaces_has_line(const struct import_option *o)
{
	const struct interfaces_file *file;
	const struct interfaces_line *line;

	for (file = interfaces_files; file; file = file->next)
		for (line = file->lines; line; line = line->next)
			if (line->option == o &&
			    line->role == INTERFACES_OPTION)
				return true;
	return false;
}

static void interfaces_put_ports(FILE *f, const struct import_lag *lag,
				 const char *indent, const char *ports)
{
	const struct import_option *o;

	if (interfaces_is_ifupdown2())
		fprintf(f, "%slink-type lag\n", indent);
	fprintf(f, "%slag-ports %s\n", indent, ports);
	/* What has no line of its own, or one in the stanza of a port */
	for (o = lag->options; o; o = o->next)
		if (o->lag_name && !interfaces_has_line(o))
			interfaces_put_option(f, indent, o);
}

static void interfaces_put_line(FILE *f, const struct import *im,
				const struct interfaces_line *line)
{
	const char *indent = import_copy(line->text,
					 strspn(line->text, " \t"));
	const struct import_lag *lag;

	for (lag = im->lags; lag && lag != line->lag; lag = lag->next)
		;
	if (line->role == INTERFACES_OTHER || !lag) {
		interfaces_put(f, im, line->text);
		return;
	}

	switch (line->role) {
	case INTERFACES_HEAD:
		interfaces_put(f, im, line->text);
		interfaces_put_ports(f, lag, "\t", "none");
		break;
	case INTERFACES_PORTS:
		interfaces_put_ports(f, lag, indent, line->value);
		break;
	case INTERFACES_MASTER:
		fprintf(f, "%slag-master %s\n", indent, lag->new_name);
		break;
	case INTERFACES_OPTION:
		if (line->option->lag_name)
			interfaces_put_option(f, indent, line->option);
		else
			fprintf(f, "%s# %s %s\n", indent, line->key,
				line->value);
		break;
	default:
		fprintf(f, "%s# %s %s\n", indent, line->key, line->value);
	}
}

static bool interfaces_is_about(const struct import *im,
				const struct interfaces_file *file)
{
	const struct interfaces_line *line;
	const struct import_lag *lag;

	for (line = file->lines; line; line = line->next)
		for (lag = im->lags; lag; lag = lag->next)
			if (line->lag == lag ||
			    (strcmp(lag->name, lag->new_name) &&
			     strstr(line->text, lag->name)))
				return true;
	return false;
}

void import_write_interfaces(struct import *im)
{
	const struct interfaces_file *file;
	const struct interfaces_line *line;
	struct import_lag *lag;
	bool first = true;
	FILE *f;

	for (lag = im->lags; lag; lag = lag->next)
		if (interfaces_is_ifupdown2() &&
		    !strncmp(lag->new_name, "bond", 4))
			import_note(lag,
				    "the web interface of Proxmox VE writes a lag of this name anew as a bond: choose another with --name");
	for (file = interfaces_files; file; file = file->next) {
		if (!interfaces_is_about(im, file))
			continue;
		f = import_begin_file(im, file->name);
		for (lag = im->lags; first && lag; lag = lag->next)
			import_write_notes(f, lag);
		first = false;
		for (line = file->lines; line; line = line->next)
			interfaces_put_line(f, im, line);
		import_end_file(f);
	}
}
