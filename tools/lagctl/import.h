/* SPDX-License-Identifier: GPL-2.0 */
/* Bonding set-ups, wherever they were found, and the lags that they become. */
#ifndef _LAGCTL_IMPORT_H
#define _LAGCTL_IMPORT_H

#include "../user/env.h"

/**
 * struct import_option - an option of bonding and its counterpart
 * @next: in the order of the source
 * @name: as ip calls it, e.g. lacp_rate
 * @value: as the source has it
 * @where: file and line, for messages
 * @lag_name: option of the lag, or NULL
 * @lag_value: its value
 * @note: why there is no counterpart, or what differs; or NULL
 */
struct import_option {
	struct import_option	*next;
	const char		*name;
	const char		*value;
	const char		*where;
	const char		*lag_name;
	const char		*lag_value;
	const char		*note;
};

struct import_text {
	struct import_text	*next;
	const char		*text;
};

struct import_port {
	struct import_port	*next;
	const char		*name;
	struct import_option	*options;
};

/**
 * struct import_lag - a bond
 * @next: another one
 * @name: of it
 * @new_name: of the lag
 * @source: where it was found, for a comment
 * @options: of it; what the source does not say comes last
 * @ports: of it
 * @addresses: with length of prefix
 * @gateways: of default routes
 * @routes: other routes, as arguments of ip route add
 * @commands: of ip, for what is made on it
 * @notes: for the user, beside those of options
 * @mac: address that it was given, or NULL
 * @mtu: likewise
 * @exists: the device is there now
 */
struct import_lag {
	struct import_lag	*next;
	const char		*name;
	const char		*new_name;
	const char		*source;
	struct import_option	*options;
	struct import_port	*ports;
	struct import_text	*addresses;
	struct import_text	*gateways;
	struct import_text	*routes;
	struct import_text	*commands;
	struct import_text	*notes;
	const char		*mac;
	const char		*mtu;
	bool			exists;
};

/* A file that was made; main.c of it decides where it goes. */
struct import_file {
	struct import_file	*next;
	const char		*name;
	char			*text;
	size_t			len;
};

struct import {
	struct import_lag	*lags;
	struct import_file	*files;
};

/* Memory that lasts until import_free() */
void *import_alloc(size_t size);
__printf(1, 2) char *import_print(const char *format, ...);
char *import_copy(const char *text, size_t len);
void import_free(void);

/* Found or made */
struct import_lag *import_lag(struct import *im, const char *name,
			      const char *source);
struct import_port *import_port(struct import_lag *lag, const char *name);

struct import_option *import_option(struct import_option **list,
				    const char *name, const char *value,
				    const char *where);

void import_text(struct import_text **list, const char *text);
__printf(2, 3) void import_note(struct import_lag *lag, const char *format,
				...);

/**
 * import_span() - a time like "1min 500ms"
 * @text: the time
 * @alone: ms that a number alone stands for
 * @unit: ms of the unit that is wanted
 * @where: it is said, if it is none
 */
const char *import_span(const char *text, double alone, double unit,
			const char *where);

/* From bonding's options to the lag's */
void import_translate(struct import_lag *lag);

/* Sources; whatever is no bonding is passed over, what is malformed ends the
 * program.
 */
void import_live(struct import *im, const char *name);
void import_interfaces(struct import *im, const char *path);
void import_networkd(struct import *im, const char *path);
void import_netplan(struct import *im, const char *path);

/* What was read of YAML, whose words are pointed to until the end */
void import_netplan_free(void);

/* The same kind of file again */
void import_write_interfaces(struct import *im);
void import_write_networkd(struct import *im);
void import_write_netplan(struct import *im);

/* Of a new file, which import_end_file() makes known as @name */
FILE *import_begin_file(struct import *im, const char *name);
void import_end_file(FILE *f);

/* "# NAME: NOTE" for all there is to say about a lag */
void import_write_notes(FILE *f, const struct import_lag *lag);

#endif /* _LAGCTL_IMPORT_H */
