// SPDX-License-Identifier: GPL-2.0
/* lagctl drain and undrain: take a port out of service and put it back.
 *
 * How traffic moves away without loss is the kernel's matter; this asks for
 * it and tells when it is done.
 */
#include "lagctl.h"
#include "json.h"
#include "screen.h"

#include "../../drivers/net/lag/engine/names.h"

#include <errno.h>
#include <math.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#define POLL_NS		20000000
#define PROGRESS_AFTER	1.0
#define TIMEOUT		"30"

const char help_drain[] =
	"Usage: lagctl drain PORT [ -f ] [ -t SECONDS ] [ -j ]\n"
	"\n"
	"Hands the port's traffic over to the other ports of its lag without\n"
	"losing a frame, tells the partner to send none, waits for it, and reports\n"
	"how long it took and how many frames the port carried meanwhile. Then the\n"
	"cable can be pulled. A partner without LACP cannot be told: first see to it\n"
	"there that it sends nothing to the port.\n"
	"\n"
	"  -f, --force            also if the lag loses its carrier by that\n"
	"  -t, --timeout SECONDS  wait no longer (default " TIMEOUT ")\n"
	"  -j, --json             the report as JSON\n"
	"\n"
	"Exit status: 2 if it is not drained in time; it goes on draining.\n";

const char help_undrain[] =
	"Usage: lagctl undrain PORT [ -t SECONDS ] [ -j ]\n"
	"\n"
	"Puts a drained port back into service, waits until it carries traffic, and\n"
	"reports how long it took.\n"
	"\n"
	"  -t, --timeout SECONDS  wait no longer (default " TIMEOUT ")\n"
	"  -j, --json             the report as JSON\n"
	"\n"
	"Exit status: 2 if it carries none by then; \"lagctl why\" tells more.\n";

/**
 * struct watched - the port that is waited for
 * @name: of it
 * @lag: name of its lag
 * @lacp: whether that has LACP
 * @before: as it was first
 * @now: as it is
 * @started: when @before was read, seconds
 */
struct watched {
	const char	*name;
	char		lag[IFNAMSIZ];
	bool		lacp;
	struct port	before;
	struct port	now;
	double		started;
};

struct options {
	bool	force;
	double	timeout;
};

static const char *parse(int argc, char **argv, const char *own,
			 struct options *o)
{
	static const struct option long_own[] = {
		{ "force",	no_argument,		NULL, 'f' },
		{ "timeout",	required_argument,	NULL, 't' },
		{}
	};
	const char *timeout = TIMEOUT;
	char *end;
	int c;

	while ((c = lagctl_getopt(argc, argv, own,
				  long_own + (*own != 'f'))) >= 0) {
		if (c == 'f')
			o->force = true;
		else
			timeout = optarg;
	}
	o->timeout = strtod(timeout, &end);
	if (end == timeout || *end || !isfinite(o->timeout) || o->timeout < 0)
		usage_error("\"%s\" is no number of seconds", timeout);
	if (optind == argc)
		usage_error("a PORT is needed");
	if (argc - optind > 1)
		usage_error("\"%s\" is too much", argv[optind + 1]);
	return argv[optind];
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static unsigned int why(const struct port *p)
{
	return p->state[IFLA_LAG_PORT_STATE_WHY].number;
}

static u64 admin(const struct port *p)
{
	return p->option[IFLA_LAG_PORT_ADMIN].number;
}

static void set_admin(const struct port *p, u8 value)
{
	struct nlattr *linkinfo, *data;
	char buffer[256], sentence[256];
	struct ifinfomsg *info;
	struct nlmsghdr *nlh;
	int err;

	nlh = mnl_nlmsg_put_header(buffer);
	nlh->nlmsg_type = RTM_NEWLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = p->link.index;
	linkinfo = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_str(nlh, IFLA_INFO_SLAVE_KIND, "lag");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_SLAVE_DATA);
	mnl_attr_put_u8(nlh, IFLA_LAG_PORT_ADMIN, value);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, linkinfo);

	err = rtnl_request(nlh, sentence, sizeof(sentence));
	if (err && *sentence)
		die(EXIT_KERNEL, "Error: %s.", sentence);
	if (err)
		die(EXIT_KERNEL, "RTNETLINK answers: %s", strerror(-err));
}

static void look(struct watched *w)
{
	struct model *m = model_read();

	w->now = *model_need_port(m, w->name, NULL);
	model_free(m);
}

static void start(struct watched *w, const char *name)
{
	struct model *m = model_read();
	struct lag *lag;

	w->name = name;
	w->before = *model_need_port(m, name, &lag);
	snprintf(w->lag, sizeof(w->lag), "%s", lag->link.name);
	w->lacp = lag->option[IFLA_LAG_MODE].number == LAG_MODE_LACP;
	model_free(m);
	w->now = w->before;
	w->started = now_seconds();
}

static unsigned long long frames_sent(const struct watched *w)
{
	return w->now.link.stats.tx_packets - w->before.link.stats.tx_packets;
}

static unsigned long long frames_received(const struct watched *w)
{
	return w->now.link.stats.rx_packets - w->before.link.stats.rx_packets;
}

/* On the terminal, gone when it is over */
static void progress(const struct watched *w, double seconds)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr,
			"\r%s: %.0f s, %s, %llu frames sent and %llu received\033[K",
			w->name, seconds, lag_usage_name(w->now.state
			[IFLA_LAG_PORT_STATE_USAGE].number), frames_sent(w),
			frames_received(w));
}

/* Seconds that it took until done(), or how long it was waited */
static double wait_until(struct watched *w, double timeout,
			 bool (*done)(const struct watched *w))
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	bool told = false;
	double seconds;

	for (;;) {
		look(w);
		seconds = now_seconds() - w->started;
		if (done(w) || seconds >= timeout)
			break;
		if (seconds >= PROGRESS_AFTER) {
			progress(w, seconds);
			told = true;
		}
		nanosleep(&pause, NULL);
	}
	if (told && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return seconds;
}

/* @key is the name in JSON of what @what says to people */
static int report(const struct watched *w, const char *key, const char *what,
		  bool done, double seconds)
{
	if (opt_json) {
		json_print(json_pack("{s:s, s:s, s:b, s:f, s:I, s:I, s:s, s:s}",
				     "port", w->name, "lag", w->lag,
				     key, done, "seconds", seconds,
				     "frames_sent", (json_int_t)frames_sent(w),
				     "frames_received",
				     (json_int_t)frames_received(w),
				     "why", lag_why_name(why(&w->now)),
				     "why_text", lag_why_text(why(&w->now))));
	} else if (done) {
		printf("%s of %s is %s after %.3f s: ", w->name, w->lag, what,
		       seconds);
		printf("%llu frames sent and %llu received meanwhile.\n",
		       frames_sent(w), frames_received(w));
	}

	if (done)
		return EXIT_OK;
	fprintf(stderr,
		"Error: %s of %s is not %s after %.3f s: %s: %s.\n", w->name,
		w->lag, what, seconds, lag_why_name(why(&w->now)),
		lag_why_text(why(&w->now)));
	return EXIT_KERNEL;
}

/* drain */

/* Without LACP nobody can tell the partner to send nothing. */
static bool is_told(const struct watched *w)
{
	return w->lacp && w->now.state[IFLA_LAG_PORT_STATE_RX_MACHINE].number ==
			  LACP_RX_CURRENT;
}

static bool is_drained(const struct watched *w)
{
	switch (w->now.state[IFLA_LAG_PORT_STATE_USAGE].number) {
	case LAG_USAGE_DOWN:
	case LAG_USAGE_DETACHED:
	case LAG_USAGE_BACKUP:
		return why(&w->now) != LAG_WHY_NONE;
	case LAG_USAGE_COLLECTING:
		return why(&w->now) == LAG_WHY_DRAINING && !is_told(w);
	}

	return false;
}

/* Whether the lag has carrier only thanks to the port */
static void refuse_last(const char *name)
{
	struct model *m = model_read();
	const struct port *p;
	unsigned int ports;
	struct lag *lag;
	u64 least;

	p = model_need_port(m, name, &lag);
	least = max(lag->option[IFLA_LAG_MIN_LINKS].number, (u64)1);
	ports = lag->state[IFLA_LAG_STATE_NUM_DISTRIBUTING].number;
	if (lag->option[IFLA_LAG_MODE].number == LAG_MODE_ACTIVE_BACKUP) {
		unsigned int i;

		for (i = 0; i < lag->num_ports; i++)
			ports += why(&lag->ports[i]) == LAG_WHY_BACKUP;
	}
	if (why(p) == LAG_WHY_NONE && ports <= least)
		die(EXIT_USAGE,
		    "Error: without %s %s would lose its carrier: %u port%s can carry traffic, min_links is %u. -f does it nevertheless.",
		    name, lag->link.name, ports, ports == 1 ? "" : "s",
		    (unsigned int)least);
	model_free(m);
}

int cmd_drain(int argc, char **argv)
{
	struct watched w = {};
	struct options o = {};
	const char *name;
	double seconds;
	int status;

	name = parse(argc, argv, "ft:", &o);
	start(&w, name);
	if (!o.force)
		refuse_last(name);
	if (admin(&w.before) == LAG_PORT_DISABLED)
		die(EXIT_USAGE, "Error: %s is disabled: it carries nothing.",
		    name);
	set_admin(&w.before, LAG_PORT_DRAINING);
	seconds = wait_until(&w, o.timeout, is_drained);
	status = report(&w, "drained", "drained", is_drained(&w), seconds);
	if (status == EXIT_OK && !opt_json &&
	    w.now.state[IFLA_LAG_PORT_STATE_USAGE].number ==
	    LAG_USAGE_COLLECTING)
		puts("Its partner does not speak LACP and may go on sending to it.");
	return status;
}

/* undrain */

static bool is_back(const struct watched *w)
{
	switch (why(&w->now)) {
	case LAG_WHY_NONE:
	case LAG_WHY_BACKUP:
	case LAG_WHY_STANDBY:
		return true;
	}

	return false;
}

/* Back, or for a reason that no waiting mends */
static bool is_settled(const struct watched *w)
{
	switch (why(&w->now)) {
	case LAG_WHY_LAG_DOWN:
	case LAG_WHY_PORT_DOWN:
	case LAG_WHY_NO_CARRIER:
		return true;
	}

	return is_back(w);
}

int cmd_undrain(int argc, char **argv)
{
	struct watched w = {};
	struct options o = {};
	const char *name;
	double seconds;

	name = parse(argc, argv, "t:", &o);
	start(&w, name);
	if (admin(&w.before) != LAG_PORT_DRAINING)
		die(EXIT_USAGE, "Error: %s is not drained: its admin is %s.",
		    name, lag_find_word(lag_port_admins, admin(&w.before)));
	set_admin(&w.before, LAG_PORT_ENABLED);
	seconds = wait_until(&w, o.timeout, is_settled);
	return report(&w, "in_service", "back in service", is_back(&w),
		      seconds);
}
