// SPDX-License-Identifier: GPL-2.0
/* lagctl: shows, explains and operates link aggregation groups of kind lag.
 *
 * What a verb does is in the file of its name, what the kernel knows in
 * model.c.
 */
#include "lagctl.h"

#include <locale.h>
#include <unistd.h>

#define VERB(name, summary)	{ #name, summary, help_##name, cmd_##name }

/* In the order in which --help shows them */
static const struct verb {
	const char	*name;
	const char	*summary;
	const char	*help;
	int		(*run)(int argc, char **argv);
} verbs[] = {
	VERB(status, "what each port does, and why not more"),
	VERB(watch, "the same, live, with rates and what changes"),
	VERB(why, "what is wrong, and the command that mends it"),
	VERB(drain, "take a port out of service without losing a frame"),
	VERB(undrain, "put it back into service"),
	VERB(export, "metrics for Prometheus"),
	VERB(flow, "which port a flow takes, now and after a failure"),
	VERB(plan, "what each hash policy would do with captured traffic"),
	VERB(import, "lag configuration out of bonding set-ups"),
};

static const struct verb *verb;
static bool colours;

bool opt_json;
bool opt_pretty;
void (*before_die)(void);

static void explain(FILE *f)
{
	unsigned int i;

	fputs("Usage: lagctl [ OPTIONS ] VERB [ ARGUMENTS ]\n"
	      "       lagctl VERB --help\n\n", f);
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(f, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\n"
	      "OPTIONS, before the verb or after it:\n"
	      "  -j, --json           JSON; not of watch, export and import\n"
	      "  -p, --pretty         JSON that is indented\n"
	      "  -c, --color[=WHEN]   always, never or auto: on a terminal, if\n"
	      "                       NO_COLOR is not set\n"
	      "  -h, --help           this, or help on the verb\n"
	      "  -V, --version\n"
	      "\n"
	      "Exit status: 0; 1: wrong arguments or no such device; 2: the\n"
	      "kernel refused, or the module lag is not loaded.\n", f);
}

void die(int status, const char *format, ...)
{
	va_list args;

	if (before_die)
		before_die();
	fflush(stdout);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

void usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "Error: ");
	vfprintf(stderr, format, args);
	va_end(args);
	die(EXIT_USAGE, ", see \"lagctl %s%s--help\".",
	    verb ? verb->name : "", verb ? " " : "");
}

char *format_text_args(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		die(EXIT_KERNEL, "Out of memory.");
	return text;
}

char *format_text(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text_args(format, args);
	va_end(args);
	return text;
}

const char *colour(enum colour c)
{
	static const char *const codes[] = {
		[COLOUR_OFF]	= "\033[0m",
		[COLOUR_GOOD]	= "\033[32m",
		[COLOUR_WARN]	= "\033[33m",
		[COLOUR_BAD]	= "\033[31m",
		[COLOUR_DIM]	= "\033[2m",
		[COLOUR_BOLD]	= "\033[1m",
	};

	return colours ? codes[c] : "";
}

static void set_colours(const char *when)
{
	const char *no = getenv("NO_COLOR");

	if (!strcmp(when, "auto"))
		colours = isatty(STDOUT_FILENO) && !(no && *no);
	else if (!strcmp(when, "always") || !strcmp(when, "never"))
		colours = *when == 'a';
	else
		usage_error("--color is always, never or auto, not \"%s\"",
			    when);
}

static void show_help(void)
{
	if (verb)
		fputs(verb->help, stdout);
	else
		explain(stdout);
	exit(EXIT_OK);
}

int lagctl_getopt(int argc, char **argv, const char *own,
		  const struct option *long_own)
{
	static const struct option common[] = {
		{ "json",	no_argument,		NULL, 'j' },
		{ "pretty",	no_argument,		NULL, 'p' },
		{ "color",	optional_argument,	NULL, 'c' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
	};
	struct option options[ARRAY_SIZE(common) + 16] = {};
	char letters[64];
	unsigned int i;
	int c;

	memcpy(options, common, sizeof(common));
	for (i = 0; long_own && long_own[i].name; i++) {
		assert(ARRAY_SIZE(common) + i + 1 < ARRAY_SIZE(options));
		options[ARRAY_SIZE(common) + i] = long_own[i];
	}
	/* Options of lagctl itself end at the verb */
	snprintf(letters, sizeof(letters), "%sjpc::hV%s", verb ? "" : "+",
		 own);

	for (;;) {
		c = getopt_long(argc, argv, letters, options, NULL);
		switch (c) {
		case 'j':
			opt_json = true;
			break;
		case 'p':
			opt_json = true;
			opt_pretty = true;
			break;
		case 'c':
			set_colours(optarg ?: "always");
			break;
		case 'h':
			show_help();
			break;
		case 'V':
			puts("lagctl " LAG_VERSION);
			exit(EXIT_OK);
		case '?':
			die(EXIT_USAGE, "Try \"lagctl %s%s--help\".",
			    verb ? verb->name : "", verb ? " " : "");
		default:
			return c;
		}
	}
}

int main(int argc, char **argv)
{
	unsigned int i;
	const char *name;

	setlocale(LC_CTYPE, "");
	set_colours("auto");
	lagctl_getopt(argc, argv, "", NULL);
	if (optind == argc) {
		explain(stderr);
		return EXIT_USAGE;
	}

	name = argv[optind];
	if (!strcmp(name, "help")) {
		name = argv[optind + 1];
		if (!name)
			show_help();
	}
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(name, verbs[i].name))
			verb = &verbs[i];
	if (!verb)
		die(EXIT_USAGE, "Verb \"%s\" is unknown, try \"lagctl --help\".",
		    name);
	if (name != argv[optind])
		show_help();

	argc -= optind;
	argv += optind;
	/* getopt_long() says it before what is wrong */
	argv[0] = format_text("lagctl %s", verb->name);
	optind = 0;	/* glibc: begin anew */
	return verb->run(argc, argv);
}
