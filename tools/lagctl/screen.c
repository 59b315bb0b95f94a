// SPDX-License-Identifier: GPL-2.0
/* A lag and its ports as text: a head, then a line per port and below it what
 * keeps it from carrying traffic.
 *
 * When it is shown is decided in status.c and watch.c.
 */
#include "lagctl.h"
#include "screen.h"

#include "../../drivers/net/lag/engine/names.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_WIDTH	10
/* For a table with rates and partners */
#define WIDE_COLUMNS	104

/* Words */

double port_share(const struct lag *lag, const struct port *p)
{
	u64 slots = p->state[IFLA_LAG_PORT_STATE_SLOTS].number;

	if (lag->option[IFLA_LAG_MODE].number == LAG_MODE_BROADCAST)
		return slots ? 100 : 0;
	return slots * 100.0 / LAG_SLOTS;
}

const char *port_mii_name(const struct port *p)
{
	if (!p->state[IFLA_LAG_PORT_STATE_LINK].number)
		return "DOWN";
	if (p->state[IFLA_LAG_PORT_STATE_WHY].number == LAG_WHY_UPDELAY)
		return "GOING_BACK";
	return "UP";
}

const char *port_duplex_name(const struct port *p)
{
	switch (p->state[IFLA_LAG_PORT_STATE_DUPLEX].number) {
	case 0:
		return "half";
	case 1:
		return "full";
	}

	return "unknown";
}

bool partner_known(const struct value *partner)
{
	return !is_zero_ether_addr((const u8 *)
				   partner[IFLA_LAG_LACP_INFO_SYSTEM].bytes);
}

const char *rate_text(char text[RATE_TEXT], double bits)
{
	static const char units[][5] = { "b/s", "kb/s", "Mb/s", "Gb/s",
					 "Tb/s" };
	unsigned int i = 0;

	while (bits >= 1000 && i < ARRAY_SIZE(units) - 1) {
		bits /= 1000;
		i++;
	}
	snprintf(text, RATE_TEXT, bits < 10 && bits != (int)bits ?
		 "%.1f %s" : "%.0f %s", bits, units[i]);
	return text;
}

static bool carries(const struct port *p)
{
	return p->state[IFLA_LAG_PORT_STATE_WHY].number == LAG_WHY_NONE;
}

static enum colour usage_colour(const struct port *p)
{
	if (carries(p))
		return COLOUR_GOOD;

	switch (p->state[IFLA_LAG_PORT_STATE_WHY].number) {
	case LAG_WHY_DRAINING:
	case LAG_WHY_UPDELAY:
	case LAG_WHY_STANDBY:
	case LAG_WHY_WAITING:
	case LAG_WHY_BACKUP:
		return COLOUR_WARN;
	}

	return COLOUR_BAD;
}

/* Parts */

void screen_bar(FILE *f, double part, unsigned int width)
{
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	unsigned int i, full = part * width + 0.5;

	fputs(colour(COLOUR_GOOD), f);
	for (i = 0; i < width; i++) {
		if (i == full)
			fprintf(f, "%s%s", colour(COLOUR_OFF),
				colour(COLOUR_DIM));
		if (i < full)
			fputs(utf8 ? "█" : "#", f);
		else
			fputs(utf8 ? "░" : ".", f);
	}
	fputs(colour(COLOUR_OFF), f);
}

unsigned int screen_columns(void)
{
	struct winsize size = {};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_col;
}

void screen_sentence(FILE *f, unsigned int indent, enum colour c,
		     const char *head, const char *text)
{
	unsigned int width = screen_columns(), column;

	column = fprintf(f, "%*s", indent, "");
	if (head) {
		fprintf(f, "%s%s%s:", colour(c), head, colour(COLOUR_OFF));
		column += strlen(head) + 1;
	}
	while (*text) {
		unsigned int word = strcspn(text, " ");

		if (width && column > indent && column + 1 + word > width) {
			fprintf(f, "\n%*s", indent, "");
			column = indent;
		}
		if (column > indent)
			column += fprintf(f, " ");
		column += fprintf(f, "%.*s", word, text);
		text += word + strspn(text + word, " ");
	}
	fputc('\n', f);
}

static void option(FILE *f, const struct lag *lag, const char *name)
{
	const struct lag_option *o = lag_options;
	char text[VALUE_TEXT];

	while (strcmp(o->name, name))
		o++;
	fprintf(f, "  %s %s", name,
		option_text(o, o->attr, &lag->option[o->attr], text));
}

/* What was set otherwise than a lag is made; the rest `ip -d` shows */
static void head_options(FILE *f, const struct lag *lag)
{
	u64 mode = lag->option[IFLA_LAG_MODE].number;

	option(f, lag, "mode");
	if (mode == LAG_MODE_LACP) {
		option(f, lag, "lacp_rate");
		if (!lag->option[IFLA_LAG_LACP_ACTIVE].number)
			option(f, lag, "lacp_active");
	}
	if (mode == LAG_MODE_LACP || mode == LAG_MODE_STATIC)
		option(f, lag, "xmit_hash_policy");
	if (lag->option[IFLA_LAG_MIN_LINKS].number > 1)
		option(f, lag, "min_links");
	if (lag->option[IFLA_LAG_MAX_LINKS].number)
		option(f, lag, "max_links");
	if (lag->option[IFLA_LAG_FALLBACK].number)
		option(f, lag, "fallback");
	fputc('\n', f);
}

static void head_partner(FILE *f, const struct lag *lag)
{
	const struct value *st = lag->state;
	char mac[MAC_TEXT];

	if (lag->option[IFLA_LAG_MODE].number != LAG_MODE_LACP)
		return;

	if (st[IFLA_LAG_STATE_FALLBACK_ACTIVE].number)
		fprintf(f, "  %sfallback: no partner speaks LACP%s\n",
			colour(COLOUR_WARN), colour(COLOUR_OFF));
	else if (st[IFLA_LAG_STATE_AGGREGATOR].number)
		fprintf(f, "  partner %s  priority %u  key %u\n",
			mac_text(mac, st[IFLA_LAG_STATE_PARTNER_SYSTEM].bytes),
			(unsigned int)st[IFLA_LAG_STATE_PARTNER_SYS_PRIO]
				.number,
			(unsigned int)st[IFLA_LAG_STATE_PARTNER_KEY].number);
}

static void head(FILE *f, const struct lag *lag, const struct rate *rate)
{
	unsigned int why = lag->state[IFLA_LAG_STATE_CARRIER_REASON].number;
	u64 speed = lag->state[IFLA_LAG_STATE_SPEED].number;
	bool good = why == LAG_WHY_NONE;
	unsigned int i, used = 0;
	char text[RATE_TEXT];

	for (i = 0; i < lag->num_ports; i++)
		used += carries(&lag->ports[i]);

	fprintf(f, "%s%s%s  %s%s%s", colour(COLOUR_BOLD), lag->link.name,
		colour(COLOUR_OFF),
		colour(good ? COLOUR_GOOD : COLOUR_BAD),
		good ? "up" : why == LAG_WHY_LAG_DOWN ? "down" : "no carrier",
		colour(COLOUR_OFF));
	if (lag->num_ports)
		fprintf(f, "  %u of %u port%s", used, lag->num_ports,
			lag->num_ports == 1 ? "" : "s");
	if (speed)
		fprintf(f, "  %s", rate_text(text, speed * 1e6));
	if (rate) {
		fprintf(f, "  rx %s", rate_text(text, rate->rx_bits));
		fprintf(f, "  tx %s", rate_text(text, rate->tx_bits));
	}
	fputc('\n', f);
	head_options(f, lag);
	head_partner(f, lag);
	if (!good)
		screen_sentence(f, 2, COLOUR_BAD, lag_why_name(why),
				lag_why_text(why));
}

/* The columns of which it depends what is shown and how */
struct table {
	int	port_width;
	bool	rates;
	bool	partner;
};

static struct table make_table(const struct lag *lag, bool rates)
{
	bool lacp = lag->option[IFLA_LAG_MODE].number == LAG_MODE_LACP;
	struct table t = { .port_width = 4, .rates = rates };
	unsigned int i, columns = screen_columns();

	for (i = 0; i < lag->num_ports; i++)
		t.port_width = max(t.port_width,
				   (int)strlen(lag->ports[i].link.name));
	t.partner = lacp && !(rates && columns && columns < WIDE_COLUMNS);
	return t;
}

static void titles(FILE *f, const struct table *t)
{
	fprintf(f, "\n  %s%-*s  %-9s  %-12s  %-*s", colour(COLOUR_DIM),
		t->port_width, "port", "speed", "state", BAR_WIDTH + 5, "share");
	if (t->rates)
		fprintf(f, "  %9s  %9s", "rx", "tx");
	if (t->partner)
		fprintf(f, "  %-17s %5s", "partner", "port");
	fprintf(f, "  %5s%s\n", "flaps", colour(COLOUR_OFF));
}

static void port_partner(FILE *f, const struct port *p)
{
	char mac[MAC_TEXT] = "-", number[8] = "";

	if (partner_known(p->partner)) {
		mac_text(mac, p->partner[IFLA_LAG_LACP_INFO_SYSTEM].bytes);
		snprintf(number, sizeof(number), "%u", (u16)
			 p->partner[IFLA_LAG_LACP_INFO_PORT].number);
	}
	fprintf(f, "  %-17s %5s", mac, number);
}

static void port_line(FILE *f, const struct lag *lag, const struct port *p,
		      const struct table *t, const struct rate *rate)
{
	u64 speed = p->state[IFLA_LAG_PORT_STATE_SPEED].number;
	double share = port_share(lag, p);
	char text[RATE_TEXT] = "?";

	if (!p->state[IFLA_LAG_PORT_STATE_LINK].number)
		snprintf(text, sizeof(text), "no link");
	else if (speed)
		rate_text(text, speed * 1e6);
	fprintf(f, "  %-*s  %-9s  %s%-12s%s  %3.0f%% ", t->port_width,
		p->link.name, text, colour(usage_colour(p)),
		lag_usage_name(p->state[IFLA_LAG_PORT_STATE_USAGE].number),
		colour(COLOUR_OFF), share);
	screen_bar(f, share / 100, BAR_WIDTH);
	if (rate) {
		fprintf(f, "  %9s", rate_text(text, rate->rx_bits));
		fprintf(f, "  %9s", rate_text(text, rate->tx_bits));
	}
	if (t->partner)
		port_partner(f, p);
	fprintf(f, "  %5llu\n", (unsigned long long)
		p->state[IFLA_LAG_PORT_STATE_LINK_FAILURES].number);
}

static void port_why(FILE *f, const struct port *p)
{
	unsigned int why = p->state[IFLA_LAG_PORT_STATE_WHY].number;
	u64 left = p->state[IFLA_LAG_PORT_STATE_WHY_MS].number;
	char text[256];

	if (why == LAG_WHY_NONE)
		return;
	snprintf(text, sizeof(text), "%s", lag_why_text(why));
	if (left)
		snprintf(text, sizeof(text), "%s (%.1f s left)",
			 lag_why_text(why), left / 1000.0);
	screen_sentence(f, 8, usage_colour(p), lag_why_name(why), text);
}

void screen_lag(FILE *f, const struct lag *lag, const struct rate *rates)
{
	struct table t = make_table(lag, rates);
	const struct port *p;
	unsigned int i;

	head(f, lag, rates ? &rates[lag->num_ports] : NULL);
	if (!lag->num_ports)
		return;

	titles(f, &t);
	for (i = 0; i < lag->num_ports; i++) {
		p = &lag->ports[i];
		port_line(f, lag, p, &t, rates ? &rates[i] : NULL);
		port_why(f, p);
	}
}
