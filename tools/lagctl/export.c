// SPDX-License-Identifier: GPL-2.0
/* lagctl export: all lags as metrics in Prometheus' text format, for the
 * textfile directory of node_exporter.
 *
 * Octets and frames are not here: node_exporter has them of every device.
 */
#include "lagctl.h"
#include "model.h"
#include "screen.h"

#include "../../drivers/net/lag/engine/names.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char help_export[] =
	"Usage: lagctl export [ LAG ] [ -o FILE ]\n"
	"\n"
	"Prints state and counters of all lags, or of the one that is named, and of\n"
	"their ports in the text format of Prometheus.\n"
	"\n"
	"  -o, --output FILE  into this file, which is replaced when all is written:\n"
	"                     for instance, each minute,\n"
	"                     /var/lib/prometheus/node-exporter/lag.prom\n";

static FILE *out;

/* Backslash, quote and newline are the format's */
static void label(const char *name, const char *value, char before)
{
	fprintf(out, "%c%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '\\' || *value == '"')
			fprintf(out, "\\%c", *value);
		else
			fputc(*value, out);
	}
	fputc('"', out);
}

static void labels(const char *metric, const struct lag *lag,
		   const struct port *p)
{
	fputs(metric, out);
	label("lag", lag->link.name, '{');
	if (p)
		label("port", p->link.name, ',');
}

static void number(double value)
{
	fprintf(out, "} %.15g\n", value);
}

static void family(const char *metric, const char *type, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", metric, help, metric,
		type);
}

/* Values of a lag */

static double of_carrier(const struct lag *lag)
{
	return !!(lag->link.flags & LINK_CARRIER);
}

static double of_ports(const struct lag *lag)
{
	return lag->num_ports;
}

static double of_distributing(const struct lag *lag)
{
	return lag->state[IFLA_LAG_STATE_NUM_DISTRIBUTING].number;
}

static double of_selected(const struct lag *lag)
{
	return lag->state[IFLA_LAG_STATE_NUM_SELECTED].number;
}

static double of_standby(const struct lag *lag)
{
	return lag->state[IFLA_LAG_STATE_NUM_STANDBY].number;
}

static double of_min_links(const struct lag *lag)
{
	return max(lag->option[IFLA_LAG_MIN_LINKS].number, (u64)1);
}

static double of_speed(const struct lag *lag)
{
	return lag->state[IFLA_LAG_STATE_SPEED].number * 1e6 / 8;
}

static double of_fallback(const struct lag *lag)
{
	return lag->state[IFLA_LAG_STATE_FALLBACK_ACTIVE].number;
}

static double of_generation(const struct lag *lag)
{
	return lag->state[IFLA_LAG_STATE_GENERATION].number;
}

/* The kernel tells it by the clock that begins at boot; 0 stays never */
static double of_failover(const struct lag *lag)
{
	u64 ns = lag->state[IFLA_LAG_STATE_LAST_FAILOVER].number;
	struct timespec real, mono;

	if (!ns)
		return 0;
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	return real.tv_sec - mono.tv_sec + ns / 1000000000;
}

static const struct {
	const char	*metric;
	const char	*type;
	const char	*help;
	double		(*value)(const struct lag *lag);
} lag_metrics[] = {
	{ "lag_carrier", "gauge",
	  "1 if the lag has carrier.", of_carrier },
	{ "lag_ports", "gauge",
	  "Ports of the lag.", of_ports },
	{ "lag_ports_distributing", "gauge",
	  "Ports that carry traffic.", of_distributing },
	{ "lag_ports_selected", "gauge",
	  "Ports that LACP has selected.", of_selected },
	{ "lag_ports_standby", "gauge",
	  "Ports kept in reserve by max_links.", of_standby },
	{ "lag_min_links", "gauge",
	  "Ports that must carry traffic for carrier.", of_min_links },
	{ "lag_speed_bytes", "gauge",
	  "Speed of the ports that carry traffic, bytes per second.",
	  of_speed },
	{ "lag_fallback_active", "gauge",
	  "1 if traffic goes without LACP because no partner speaks.",
	  of_fallback },
	{ "lag_slot_table_changes_total", "counter",
	  "How often traffic was dealt anew to the ports.", of_generation },
	{ "lag_last_failover_timestamp_seconds", "gauge",
	  "When a port last stopped carrying traffic, 0: never.",
	  of_failover },
};

/* Values of a port */

static double of_carries(const struct lag *lag, const struct port *p)
{
	(void)lag;
	return p->state[IFLA_LAG_PORT_STATE_WHY].number == LAG_WHY_NONE;
}

static double of_link(const struct lag *lag, const struct port *p)
{
	(void)lag;
	return p->state[IFLA_LAG_PORT_STATE_LINK].number;
}

static double of_port_speed(const struct lag *lag, const struct port *p)
{
	(void)lag;
	return p->state[IFLA_LAG_PORT_STATE_SPEED].number * 1e6 / 8;
}

static double of_share(const struct lag *lag, const struct port *p)
{
	return port_share(lag, p) / 100;
}

static double of_failures(const struct lag *lag, const struct port *p)
{
	(void)lag;
	return p->state[IFLA_LAG_PORT_STATE_LINK_FAILURES].number;
}

static const struct {
	const char	*metric;
	const char	*type;
	const char	*help;
	double		(*value)(const struct lag *lag, const struct port *p);
} port_metrics[] = {
	{ "lag_port_distributing", "gauge",
	  "1 if the port carries traffic.", of_carries },
	{ "lag_port_link", "gauge",
	  "1 if the port has a link.", of_link },
	{ "lag_port_speed_bytes", "gauge",
	  "Speed of the port, bytes per second, 0: unknown.", of_port_speed },
	{ "lag_port_share_ratio", "gauge",
	  "Part of the flows that the port is given.", of_share },
	{ "lag_port_link_failures_total", "counter",
	  "How often the port's link was lost.", of_failures },
};

/* Metrics whose value is 1 and whose labels are words */

static void lag_words(const struct lag *lag)
{
	const struct value *o = lag->option, *st = lag->state;
	char mac[MAC_TEXT];

	labels("lag_info", lag, NULL);
	label("mode", lag_find_word(lag_modes, o[IFLA_LAG_MODE].number), ',');
	label("reason", lag_why_name(st[IFLA_LAG_STATE_CARRIER_REASON].number),
	      ',');
	label("partner", mac_text(mac,
				  st[IFLA_LAG_STATE_PARTNER_SYSTEM].bytes),
	      ',');
	number(1);
}

static void port_words(const struct lag *lag, const struct port *p)
{
	const struct value *st = p->state;
	char mac[MAC_TEXT];

	labels("lag_port_info", lag, p);
	label("state",
	      lag_usage_name(st[IFLA_LAG_PORT_STATE_USAGE].number), ',');
	label("why", lag_why_name(st[IFLA_LAG_PORT_STATE_WHY].number), ',');
	label("admin", lag_find_word(lag_port_admins,
				     p->option[IFLA_LAG_PORT_ADMIN].number),
	      ',');
	label("partner", mac_text(mac, p->partner[IFLA_LAG_LACP_INFO_SYSTEM]
				  .bytes), ',');
	number(1);
}

/* All */

#define for_each_lag(lag, m, only)					\
	for ((lag) = (only) ? (only) : (m)->lags;			\
	     (lag) < ((only) ? (only) + 1 : (m)->lags + (m)->num_lags);	\
	     (lag)++)

#define for_each_port(p, lag)						\
	for ((p) = (lag)->ports; (p) < (lag)->ports + (lag)->num_ports; (p)++)

static void export_lags(const struct model *m, const struct lag *only)
{
	const struct lag *lag;
	unsigned int i;

	family("lag_info", "gauge",
	       "Mode, reason for no carrier and partner's system.");
	for_each_lag(lag, m, only)
		lag_words(lag);
	for (i = 0; i < ARRAY_SIZE(lag_metrics); i++) {
		family(lag_metrics[i].metric, lag_metrics[i].type,
		       lag_metrics[i].help);
		for_each_lag(lag, m, only) {
			labels(lag_metrics[i].metric, lag, NULL);
			number(lag_metrics[i].value(lag));
		}
	}
}

static void export_ports(const struct model *m, const struct lag *only)
{
	const struct lag *lag;
	const struct port *p;
	unsigned int i;

	family("lag_port_info", "gauge",
	       "State, what keeps the port from carrying traffic, and partner.");
	for_each_lag(lag, m, only)
		for_each_port(p, lag)
			port_words(lag, p);
	for (i = 0; i < ARRAY_SIZE(port_metrics); i++) {
		family(port_metrics[i].metric, port_metrics[i].type,
		       port_metrics[i].help);
		for_each_lag(lag, m, only) {
			for_each_port(p, lag) {
				labels(port_metrics[i].metric, lag, p);
				number(port_metrics[i].value(lag, p));
			}
		}
	}
}

/* The counters of LACP, under their names */
static void export_counters(const struct model *m, const struct lag *only)
{
	const struct lag *lag;
	const struct port *p;
	char metric[64];
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(lag_counters); i++) {
		snprintf(metric, sizeof(metric), "lag_port_%s_total",
			 lag_counters[i]);
		family(metric, "counter",
		       "Counter of the port, see lag(4).");
		for_each_lag(lag, m, only) {
			for_each_port(p, lag) {
				labels(metric, lag, p);
				number(p->counter[i].number);
			}
		}
	}
}

/* Beside the file, so that whoever reads it sees the old one or the new one */
static void open_output(char **name, const char *file)
{
	int fd;

	*name = format_text("%s.XXXXXX", file);
	fd = mkstemp(*name);
	if (fd >= 0 && !fchmod(fd, 0644))
		out = fdopen(fd, "w");
	if (!out)
		die(EXIT_KERNEL, "Cannot write %s: %s", *name,
		    strerror(errno));
}

static void close_output(char *name, const char *file)
{
	bool failed = ferror(out);

	failed |= fclose(out);
	if (!failed && name)
		failed = rename(name, file);
	if (failed) {
		fprintf(stderr, "Cannot write %s: %s\n", file ?: "output",
			strerror(errno));
		if (name)
			unlink(name);
		exit(EXIT_KERNEL);
	}
	free(name);
}

int cmd_export(int argc, char **argv)
{
	static const struct option long_own[] = {
		{ "output", required_argument, NULL, 'o' },
		{}
	};
	const struct lag *only = NULL;
	const char *file = NULL;
	char *name = NULL;
	struct model *m;

	while (lagctl_getopt(argc, argv, "o:", long_own) >= 0)
		file = optarg;
	if (argc - optind > 1)
		usage_error("\"%s\" is too much", argv[optind + 1]);
	if (opt_json)
		usage_error("export has no JSON; there is \"lagctl status -j\"");

	m = model_read();
	if (optind < argc)
		only = model_need_lag(m, argv[optind]);

	out = stdout;
	if (file) {
		out = NULL;
		open_output(&name, file);
	}
	export_lags(m, only);
	export_ports(m, only);
	export_counters(m, only);
	close_output(name, file);
	model_free(m);
	return EXIT_OK;
}
