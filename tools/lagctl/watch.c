// SPDX-License-Identifier: GPL-2.0
/* lagctl watch: lags and ports live on a terminal, with rates, and what has
 * changed of late.
 *
 * What a lag looks like is in screen.c.
 */
#include "lagctl.h"
#include "model.h"
#include "screen.h"

#include "../../drivers/net/lag/engine/names.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#define EVENTS		64
#define EVENTS_SHOWN	5	/* room that they have at least */
#define BUFFER_SIZE	(64 * 1024)

const char help_watch[] =
	"Usage: lagctl watch [ LAG ] [ -i SECONDS ]\n"
	"\n"
	"Shows all lags, or the one that is named, as \"lagctl status\" does, and what\n"
	"each port receives and sends per second. Changes of state are shown as they\n"
	"happen, with their time, newest first. q or Ctrl-C ends it.\n"
	"\n"
	"  -i, --interval SECONDS  between two rates (default 1)\n";

/* Rates: octets of a device at the last tick, and what they grew by */

struct meter {
	int			index;
	unsigned long long	rx_bytes;
	unsigned long long	tx_bytes;
	struct rate		rate;
};

static struct meter *meters;
static unsigned int num_meters;
static double last_tick;

/* Events */

static char *events[EVENTS];
static unsigned int num_events;	/* that there ever were */

static struct mnl_socket *notifications;
static const char *only;
static struct model *shown;
static double interval = 1;

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static struct meter *find_meter(const struct link *link)
{
	unsigned int i;

	for (i = 0; i < num_meters; i++)
		if (meters[i].index == link->index)
			return &meters[i];

	meters = realloc(meters, (num_meters + 1) * sizeof(*meters));
	if (!meters)
		die(EXIT_KERNEL, "Out of memory.");
	meters[num_meters] = (struct meter) {
		.index = link->index,
		.rx_bytes = link->stats.rx_bytes,
		.tx_bytes = link->stats.tx_bytes,
	};
	return &meters[num_meters++];
}

/* A counter that fell is another device's, or was reset. */
static double growth(unsigned long long now, unsigned long long then,
		     double seconds)
{
	return now > then ? (now - then) * 8 / seconds : 0;
}

static void measure(const struct link *link, double seconds)
{
	struct meter *m = find_meter(link);

	m->rate.rx_bits = growth(link->stats.rx_bytes, m->rx_bytes, seconds);
	m->rate.tx_bits = growth(link->stats.tx_bytes, m->tx_bytes, seconds);
	m->rx_bytes = link->stats.rx_bytes;
	m->tx_bytes = link->stats.tx_bytes;
}

static void tick(void)
{
	double now = now_seconds();
	const struct lag *lag;
	unsigned int i, j;

	for (i = 0; i < shown->num_lags; i++) {
		lag = &shown->lags[i];
		measure(&lag->link, now - last_tick);
		for (j = 0; j < lag->num_ports; j++)
			measure(&lag->ports[j].link, now - last_tick);
	}
	last_tick = now;
}

/* Events */

__printf(1, 2) static void event(const char *format, ...)
{
	char **place = &events[num_events++ % EVENTS];
	time_t now = time(NULL);
	va_list args;
	char clock[16];
	char *text;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	va_start(args, format);
	text = format_text_args(format, args);
	va_end(args);
	free(*place);
	*place = format_text("%s  %s", clock, text);
	free(text);
}

static struct port *port_by_ifindex(struct model *m, int index)
{
	unsigned int i, j;

	for (i = 0; i < m->num_lags; i++)
		for (j = 0; j < m->lags[i].num_ports; j++)
			if (m->lags[i].ports[j].link.index == index)
				return &m->lags[i].ports[j];

	return NULL;
}

static struct lag *lag_by_ifindex(struct model *m, int index)
{
	unsigned int i;

	for (i = 0; i < m->num_lags; i++)
		if (m->lags[i].link.index == index)
			return &m->lags[i];

	return NULL;
}

static bool is_wanted(const struct lag *lag)
{
	return !only || !strcmp(lag->link.name, only);
}

static void compare_lags(const struct lag *old, const struct lag *new)
{
	const struct value *was = old->state, *is = new->state;
	unsigned int why = is[IFLA_LAG_STATE_CARRIER_REASON].number;
	char mac[MAC_TEXT];

	if (was[IFLA_LAG_STATE_CARRIER_REASON].number != why) {
		if (why == LAG_WHY_NONE)
			event("%s  has carrier", new->link.name);
		else
			event("%s  has no carrier: %s", new->link.name,
			      lag_why_name(why));
	}
	if (memcmp(was[IFLA_LAG_STATE_PARTNER_SYSTEM].bytes,
		   is[IFLA_LAG_STATE_PARTNER_SYSTEM].bytes, ETH_ALEN))
		event("%s  partner is %s", new->link.name,
		      mac_text(mac, is[IFLA_LAG_STATE_PARTNER_SYSTEM].bytes));
	if (was[IFLA_LAG_STATE_FALLBACK_ACTIVE].number !=
	    is[IFLA_LAG_STATE_FALLBACK_ACTIVE].number)
		event("%s  fallback %s", new->link.name,
		      is[IFLA_LAG_STATE_FALLBACK_ACTIVE].number ?
		      "begins" : "ends");
}

static void compare_ports(const struct port *old, const struct port *new)
{
	unsigned int was = old->state[IFLA_LAG_PORT_STATE_USAGE].number;
	unsigned int is = new->state[IFLA_LAG_PORT_STATE_USAGE].number;
	unsigned int why = new->state[IFLA_LAG_PORT_STATE_WHY].number;
	u64 flaps = new->state[IFLA_LAG_PORT_STATE_LINK_FAILURES].number -
		    old->state[IFLA_LAG_PORT_STATE_LINK_FAILURES].number;

	if (was == is && why == old->state[IFLA_LAG_PORT_STATE_WHY].number &&
	    !flaps)
		return;
	event("%s  %s -> %s%s%s%s", new->link.name, lag_usage_name(was),
	      lag_usage_name(is), why == LAG_WHY_NONE ? "" : ": ",
	      why == LAG_WHY_NONE ? "" : lag_why_name(why),
	      flaps ? " (link lost)" : "");
}

/* What has come, gone or changed between two readings */
static void compare(struct model *old, struct model *new)
{
	struct lag *lag, *other;
	struct port *p, *q;
	unsigned int i, j;

	for (i = 0; i < new->num_lags; i++) {
		lag = &new->lags[i];
		if (!is_wanted(lag))
			continue;
		other = lag_by_ifindex(old, lag->link.index);
		if (other)
			compare_lags(other, lag);
		else
			event("%s  is new", lag->link.name);
		for (j = 0; j < lag->num_ports; j++) {
			p = &lag->ports[j];
			q = port_by_ifindex(old, p->link.index);
			if (q && q->link.master == p->link.master)
				compare_ports(q, p);
			else
				event("%s  has joined %s", p->link.name,
				      lag->link.name);
		}
	}
	for (i = 0; i < old->num_lags; i++) {
		lag = &old->lags[i];
		if (!is_wanted(lag))
			continue;
		for (j = 0; j < lag->num_ports; j++) {
			p = &lag->ports[j];
			q = port_by_ifindex(new, p->link.index);
			if (!q || q->link.master != p->link.master)
				event("%s  has left %s", p->link.name,
				      lag->link.name);
		}
		if (!lag_by_ifindex(new, lag->link.index))
			event("%s  is gone", lag->link.name);
	}
}

/* A notification tells of states that are over when all is read anew. */
static int take_notification(const struct nlmsghdr *nlh, void *data)
{
	struct port *p, new_port;
	struct lag *lag, new_lag;

	(void)data;
	switch (model_read_message(nlh, &new_lag, &new_port)) {
	case MESSAGE_LAG:
		lag = lag_by_ifindex(shown, new_lag.link.index);
		if (!lag || !is_wanted(lag))
			break;
		compare_lags(lag, &new_lag);
		new_lag.num_ports = lag->num_ports;
		new_lag.ports = lag->ports;
		*lag = new_lag;
		break;
	case MESSAGE_PORT:
		p = port_by_ifindex(shown, new_port.link.index);
		lag = lag_by_ifindex(shown, new_port.link.master);
		if (!p || p->link.master != new_port.link.master ||
		    !is_wanted(lag))
			break;
		compare_ports(p, &new_port);
		*p = new_port;
		break;
	default:
		break;
	}

	return MNL_CB_OK;
}

static void take_notifications(void)
{
	static char buffer[BUFFER_SIZE];
	ssize_t len;

	for (;;) {
		len = recv(mnl_socket_get_fd(notifications), buffer,
			   sizeof(buffer), MSG_DONTWAIT);
		/* Some were lost: reading anew tells what has changed */
		if (len < 0 && errno == ENOBUFS)
			continue;
		if (len <= 0)
			return;
		mnl_cb_run(buffer, len, 0, 0, take_notification, NULL);
	}
}

static void read_anew(void)
{
	struct model *new = model_read();

	compare(shown, new);
	model_free(shown);
	shown = new;
}

/* The terminal */

static volatile sig_atomic_t ended, stopped;
static struct termios saved;
static bool has_keys;		/* stdin is a terminal */
static bool entered;

static void enter(void)
{
	struct termios raw;

	has_keys = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &saved);
	if (has_keys) {
		raw = saved;
		raw.c_lflag &= ~(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	/* Another screen, no cursor, lines cut off where it ends */
	fputs("\033[?1049h\033[?25l\033[?7l", stdout);
	fflush(stdout);
	entered = true;
}

static void leave(void)
{
	if (!entered)
		return;
	entered = false;
	fputs("\033[0m\033[?7h\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

static void on_signal(int number)
{
	if (number == SIGTSTP)
		stopped = 1;
	else if (number != SIGWINCH && number != SIGCONT)
		ended = 1;
}

/* They come only while poll() waits, and end that. */
static void catch_signals(sigset_t *during_poll)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
				       SIGTSTP, SIGCONT, SIGWINCH };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t all;
	unsigned int i;

	sigemptyset(&all);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		sigaction(numbers[i], &action, NULL);
		sigaddset(&all, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &all, during_poll);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		sigdelset(during_poll, numbers[i]);
}

static void stop(void)
{
	stopped = 0;
	leave();
	raise(SIGSTOP);
	enter();
}

/* The screen */

static void draw_lag(FILE *f, const struct lag *lag)
{
	struct rate rates[LAG_MAX_PORTS + 1];
	unsigned int i;

	for (i = 0; i < lag->num_ports; i++)
		rates[i] = find_meter(&lag->ports[i].link)->rate;
	rates[i] = find_meter(&lag->link)->rate;
	screen_lag(f, lag, rates);
}

/* At most so many lines of a text, each to the end of the screen's line */
static unsigned int put_lines(const char *text, unsigned int most)
{
	unsigned int lines;

	for (lines = 0; *text && lines < most; lines++) {
		size_t len = strcspn(text, "\n");

		printf("%.*s\033[K\n", (int)len, text);
		text += len + !!text[len];
	}

	return lines;
}

static void draw(void)
{
	unsigned int i, lines, rows, kept;
	struct winsize size = {};
	bool any = false;
	char *text;
	size_t len;
	FILE *f;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	rows = size.ws_row ?: 24;
	f = open_memstream(&text, &len);
	if (!f)
		die(EXIT_KERNEL, "Out of memory.");
	for (i = 0; i < shown->num_lags; i++) {
		if (!is_wanted(&shown->lags[i]))
			continue;
		draw_lag(f, &shown->lags[i]);
		fputc('\n', f);
		any = true;
	}
	if (!any)
		fprintf(f, "There is no %s.\n\n", only ?: "lag");
	fclose(f);

	fputs("\033[H", stdout);
	kept = min(num_events, (unsigned int)EVENTS_SHOWN) + 1;
	lines = put_lines(text, rows > kept ? rows - kept : 1);
	free(text);
	kept = rows > lines + 1 ? rows - lines - 1 : 0;
	printf("%sq quits%s%s%s", colour(COLOUR_DIM),
	       num_events ? ", changes:" : "", colour(COLOUR_OFF), "\033[K");
	for (i = 0; i < kept && i < num_events && i < EVENTS; i++)
		printf("\n%s\033[K", events[(num_events - 1 - i) % EVENTS]);
	fputs("\033[J", stdout);
	fflush(stdout);
}

/* Waits for the next tick, a notification, a key or a signal */
static void wait_for_news(const sigset_t *during_poll)
{
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(notifications), .events = POLLIN },
		{ .fd = has_keys ? STDIN_FILENO : -1, .events = POLLIN },
	};
	double left = last_tick + interval - now_seconds();
	struct timespec timeout = {};
	char key;

	if (left > 0) {
		timeout.tv_sec = left;
		timeout.tv_nsec = (left - timeout.tv_sec) * 1e9;
	}
	if (ppoll(fds, ARRAY_SIZE(fds), &timeout, during_poll) < 0)
		return;

	if (fds[0].revents)
		take_notifications();
	if (fds[1].revents && (read(STDIN_FILENO, &key, 1) < 1 || key == 'q'))
		ended = 1;
}

static void parse(int argc, char **argv)
{
	static const struct option long_own[] = {
		{ "interval", required_argument, NULL, 'i' },
		{}
	};
	char *end;

	while (lagctl_getopt(argc, argv, "i:", long_own) >= 0) {
		interval = strtod(optarg, &end);
		if (end == optarg || *end || !isfinite(interval) ||
		    interval < 0.1)
			usage_error("\"%s\" is no number of seconds from 0.1 on",
				    optarg);
	}
	if (argc - optind > 1)
		usage_error("\"%s\" is too much", argv[optind + 1]);
	only = argv[optind];
	if (opt_json)
		usage_error("watch has no JSON; see \"lagctl status -j\" and \"ip monitor\"");
	if (!isatty(STDOUT_FILENO))
		die(EXIT_USAGE,
		    "Error: watch needs a terminal; see \"lagctl status\" and \"ip monitor\".");
}

int cmd_watch(int argc, char **argv)
{
	sigset_t during_poll;
	unsigned int i;

	parse(argc, argv);
	notifications = rtnl_open(RTMGRP_LINK);
	shown = model_read();
	if (only)
		model_need_lag(shown, only);

	catch_signals(&during_poll);
	before_die = leave;
	enter();
	tick();
	while (!ended) {
		draw();
		wait_for_news(&during_poll);
		if (stopped)
			stop();
		read_anew();
		if (now_seconds() >= last_tick + interval)
			tick();
	}
	leave();

	for (i = 0; i < EVENTS; i++)
		free(events[i]);
	free(meters);
	model_free(shown);
	mnl_socket_close(notifications);
	return EXIT_OK;
}
