/* SPDX-License-Identifier: GPL-2.0 */
/* What the verbs of lagctl share: statuses, options, errors, colours.
 *
 * What the kernel knows of lags and ports is in model.h.
 */
#ifndef _LAGCTL_H
#define _LAGCTL_H

#include <getopt.h>
#include <stdarg.h>

#include "../user/env.h"

/* Statuses are those of `ip`. */
#define EXIT_OK		0
#define EXIT_USAGE	1	/* wrong arguments, or no such device */
#define EXIT_KERNEL	2	/* the kernel refused, or there is no module */

/* Each verb is a file with these two, and a line in the table of lagctl.c;
 * lagctl_getopt() shows the help.
 */
#define DECLARE_VERB(name)						\
	int cmd_##name(int argc, char **argv);				\
	extern const char help_##name[]

DECLARE_VERB(status);
DECLARE_VERB(watch);
DECLARE_VERB(why);
DECLARE_VERB(drain);
DECLARE_VERB(undrain);
DECLARE_VERB(export);
DECLARE_VERB(flow);
DECLARE_VERB(plan);
DECLARE_VERB(import);

/* Options that every verb has, before it or after */
extern bool opt_json;		/* -j */
extern bool opt_pretty;		/* -p */

/**
 * lagctl_getopt() - getopt_long() that takes care of the common options
 * @argc: of the verb
 * @argv: of the verb; argv[0] is its name
 * @own: short options of the verb, as for getopt(); may be ""
 * @long_own: long options of the verb, or NULL
 *
 * Wrong options and --help end the program.  Afterwards the operands are
 * argv[optind] and following.
 *
 * Return: an option of the verb, -1 at the end.
 */
int lagctl_getopt(int argc, char **argv, const char *own,
		  const struct option *long_own);

/* Says it as `ip` does, on stderr, and ends the program with the status;
 * before_die() is called first if it is set.
 */
extern void (*before_die)(void);
__printf(2, 3) __noreturn void die(int status, const char *format, ...);

/* Wrong arguments: die() that names --help of the verb */
__printf(1, 2) __noreturn void usage_error(const char *format, ...);

/* Like asprintf() and vasprintf(), but the text is returned, to be freed; out
 * of memory ends the program
 */
__printf(1, 2) char *format_text(const char *format, ...);
__printf(1, 0) char *format_text_args(const char *format, va_list args);

/* Colours, all empty if they are not wanted */
enum colour {
	COLOUR_OFF,
	COLOUR_GOOD,
	COLOUR_WARN,
	COLOUR_BAD,
	COLOUR_DIM,
	COLOUR_BOLD,
};

const char *colour(enum colour c);

#endif /* _LAGCTL_H */
