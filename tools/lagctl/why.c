// SPDX-License-Identifier: GPL-2.0
/* lagctl why: what is wrong with a lag or a port, and what mends it.
 *
 * The kernel knows which reason it is; here are its circumstances.  What other
 * programs do to ports is in host.c.
 */
#include "finding.h"
#include "json.h"
#include "screen.h"

#include "../../drivers/net/lag/engine/names.h"

#include <unistd.h>

const char help_why[] =
	"Usage: lagctl why [ PORT | LAG ] [ -j | -p ]\n"
	"\n"
	"Says what keeps a port from carrying traffic, what is wrong with a lag\n"
	"and its ports, or with all of them, and the commands that mend it. Besides\n"
	"what the kernel reports it looks for other programs that do harm: udev\n"
	"that gives the lag another MAC address, systemd-networkd without\n"
	"KeepMaster, NetworkManager on a port, and for a module, plug-in of ip and\n"
	"lagctl of different versions.\n"
	"\n"
	"  -j, --json    an array of objects with \"device\", \"reason\", \"problem\",\n"
	"                \"text\" and \"remedies\"; empty if nothing is wrong\n"
	"  -p, --pretty  JSON that is indented\n"
	"\n"
	"Exit status: 0, whatever is found.\n";

static struct finding *findings;
static unsigned int num_findings;

struct finding *find(const char *device, const char *reason, bool problem,
		     const char *format, ...)
{
	struct finding *f;
	va_list args;

	findings = realloc(findings, (num_findings + 1) * sizeof(*f));
	if (!findings)
		die(EXIT_KERNEL, "Out of memory.");
	f = &findings[num_findings++];
	*f = (struct finding) { .device = device, .reason = reason,
				.problem = problem };
	va_start(args, format);
	f->text = format_text_args(format, args);
	va_end(args);
	return f;
}

void mend(struct finding *f, const char *when, const char *format, ...)
{
	va_list args;

	assert(f->remedies < FINDING_REMEDIES);
	f->when[f->remedies] = format_text("%s", when);
	va_start(args, format);
	f->command[f->remedies++] = format_text_args(format, args);
	va_end(args);
}

/* Something to do at the other end: there is no command for it here */
static void mend_there(struct finding *f, const char *how)
{
	mend(f, how, "%s", "");
}

static void mend_lacp_there(struct finding *f)
{
	mend_there(f,
		   "at the other end put the port into a group with LACP: on most switches \"channel-group 1 mode active\", on a Linux host \"ip link set PORT master LAG\"");
}

/* Says it in these words instead */
__printf(2, 3)
static void retell(struct finding *f, const char *format, ...)
{
	va_list args;

	free(f->text);
	va_start(args, format);
	f->text = format_text_args(format, args);
	va_end(args);
}

/* Numbers and names */

static u64 state(const struct port *p, int attr)
{
	return p->state[attr].number;
}

static unsigned int info(const struct value *info, int attr)
{
	return info[attr].number;
}

static unsigned long long count(const struct port *p, int counter)
{
	return p->counter[counter].number;
}

static bool carries(const struct port *p)
{
	return state(p, IFLA_LAG_PORT_STATE_WHY) == LAG_WHY_NONE;
}

/* A port that carries traffic, or NULL */
static const struct port *one_in_use(const struct lag *lag)
{
	unsigned int i;

	for (i = 0; i < lag->num_ports; i++)
		if (carries(&lag->ports[i]))
			return &lag->ports[i];

	return NULL;
}

/* "52:54:00:00:01:0b, key 9, port 3"; to be freed */
static char *partner_text(const struct port *p)
{
	char mac[MAC_TEXT];

	return format_text("%s, key %u, port %u",
			   mac_text(mac, p->partner[IFLA_LAG_LACP_INFO_SYSTEM]
				    .bytes),
			   info(p->partner, IFLA_LAG_LACP_INFO_KEY),
			   info(p->partner, IFLA_LAG_LACP_INFO_PORT));
}

/* Ports.  Each has the reason's name and one line in port_finders[]. */

static void why_lag_down(const struct lag *lag, struct finding *f)
{
	mend(f, "", "ip link set %s up", lag->link.name);
}

static void port_down(const struct lag *lag, const struct port *p,
		      struct finding *f)
{
	(void)lag;
	mend(f, "", "ip link set %s up", p->link.name);
}

static void port_lag_down(const struct lag *lag, const struct port *p,
			  struct finding *f)
{
	(void)p;
	why_lag_down(lag, f);
}

static void port_no_carrier(const struct lag *lag, const struct port *p,
			    struct finding *f)
{
	(void)lag;
	mend_there(f,
		   "check the cable, the transceiver, and that the port at the other end is not shut down");
	mend(f, "to see what the link layer says:", "ethtool %s",
	     p->link.name);
}

static void port_disabled(const struct lag *lag, const struct port *p,
			  struct finding *f)
{
	(void)lag;
	mend(f, "", "ip link set %s type lag_slave admin enabled",
	     p->link.name);
}

static void port_draining(const struct lag *lag, const struct port *p,
			  struct finding *f)
{
	(void)lag;
	mend(f, "to use it again:", "lagctl undrain %s", p->link.name);
}

static void port_updelay(const struct lag *lag, const struct port *p,
			 struct finding *f)
{
	(void)p;
	mend(f, "wait, or:", "ip link set %s type lag updelay 0",
	     lag->link.name);
}

static void port_half_duplex(const struct lag *lag, const struct port *p,
			     struct finding *f)
{
	(void)lag;
	mend(f, "here, and the same at the other end:",
	     "ethtool -s %s autoneg on", p->link.name);
}

static void port_loopback(const struct lag *lag, const struct port *p,
			  struct finding *f)
{
	u8 own[ETH_ALEN - 1];

	(void)p;
	mend_there(f,
		   "if the cable leads back to this host, or the switch mirrors the port to itself, plug it where it belongs");
	if (getentropy(own, sizeof(own)))
		return;
	mend(f,
	     "if two hosts have the same MAC address, a copied virtual machine for instance:",
	     "ip link set %s type lag ad_actor_system 02:%02x:%02x:%02x:%02x:%02x",
	     lag->link.name, own[0], own[1], own[2], own[3], own[4]);
}

static void port_no_lacpdu(const struct lag *lag, const struct port *p,
			   struct finding *f)
{
	const char *frames = "nor any other frame";

	if (p->link.stats.rx_packets)
		frames = "but other frames: the cable works";
	retell(f,
	       "The partner does not speak LACP: %llu LACPDUs were sent on %s, and none was heard since the link came up, %s.",
	       count(p, IFLA_LAG_COUNTER_LACPDU_TX), p->link.name, frames);
	mend_lacp_there(f);
	mend(f, "if it can do no LACP but groups its ports:",
	     "ip link set %s type lag mode static", lag->link.name);
	if (lag->option[IFLA_LAG_FALLBACK].number == LAG_FALLBACK_NONE)
		mend(f,
		     "to have traffic on one port while nobody speaks LACP, when it boots for instance:",
		     "ip link set %s type lag fallback single",
		     lag->link.name);
	mend(f, "to listen yourself:", "tcpdump -e -n -i %s ether proto 0x8809",
	     p->link.name);
}

static void port_both_passive(const struct lag *lag, const struct port *p,
			      struct finding *f)
{
	(void)p;
	mend(f, "here:", "ip link set %s type lag lacp_active on",
	     lag->link.name);
	mend_there(f,
		   "or at the other end: \"mode active\" instead of \"passive\", \"lacp_active on\" on Linux");
}

static void port_expired(const struct lag *lag, const struct port *p,
			 struct finding *f)
{
	char *partner = partner_text(p);

	(void)lag;
	retell(f,
	       "The partner has fallen silent: it was system %s, and %llu LACPDUs were heard, but none in time (%llu times). Either LACP was turned off there, its control plane hangs or restarts, or the cable works in one direction only.",
	       partner, count(p, IFLA_LAG_COUNTER_LACPDU_RX),
	       count(p, IFLA_LAG_COUNTER_EXPIRED));
	free(partner);
	mend_lacp_there(f);
	mend(f, "errors of a cable or transceiver show in:", "ethtool -S %s",
	     p->link.name);
	mend(f, "to listen yourself:", "tcpdump -e -n -i %s ether proto 0x8809",
	     p->link.name);
}

static void port_partner_individual(const struct lag *lag,
				    const struct port *p, struct finding *f)
{
	char *partner = partner_text(p);

	(void)lag;
	retell(f,
	       "The partner (%s) speaks LACP but does not aggregate this link: its port is in no group, or in one that takes no more.",
	       partner);
	free(partner);
	mend_lacp_there(f);
}

/* A port that carries traffic, at another speed than this one; or NULL */
static const struct port *other_speed(const struct lag *lag,
				      const struct port *p)
{
	const struct port *used = one_in_use(lag);

	if (used && state(used, IFLA_LAG_PORT_STATE_SPEED) ==
	    state(p, IFLA_LAG_PORT_STATE_SPEED))
		return NULL;
	return used;
}

/* Of a port, in a buffer of the caller */
static const char *speed_text(char text[RATE_TEXT], const struct port *p)
{
	u64 speed = state(p, IFLA_LAG_PORT_STATE_SPEED);

	if (!speed)
		return "an unknown speed";
	return rate_text(text, speed * 1e6);
}

static void port_speed_differs(const struct lag *lag, const struct port *p,
			       struct finding *f)
{
	const struct port *used = one_in_use(lag);
	char mine[RATE_TEXT], theirs[RATE_TEXT];

	if (!used)
		return;

	if (!other_speed(lag, p)) {
		retell(f,
		       "%s has another key, %u, than %s, which carries traffic, %u: LACP aggregates only links with equal keys.",
		       p->link.name, info(p->actor, IFLA_LAG_LACP_INFO_KEY),
		       used->link.name,
		       info(used->actor, IFLA_LAG_LACP_INFO_KEY));
		mend(f, "", "ip link set %s type lag_slave port_key %llu",
		     p->link.name, (unsigned long long)
		     used->option[IFLA_LAG_PORT_KEY].number);
		return;
	}

	retell(f,
	       "Speed mismatch: %s runs at %s, %s, which carries traffic, at %s. LACP aggregates only links of one speed.",
	       p->link.name, speed_text(mine, p), used->link.name,
	       speed_text(theirs, used));
	mend(f, "if the port can do it, here and at the other end:",
	     "ethtool -s %s speed %llu duplex full autoneg on", p->link.name,
	     (unsigned long long)state(used, IFLA_LAG_PORT_STATE_SPEED));
	mend(f, "to use the faster or the more ports of the two kinds:",
	     "ip link set %s type lag ad_select bandwidth", lag->link.name);
	mend(f, "or take it out:", "ip link set %s nomaster", p->link.name);
}

static void port_partner_differs(const struct lag *lag, const struct port *p,
				 struct finding *f)
{
	const struct value *system = &lag->state[IFLA_LAG_STATE_PARTNER_SYSTEM];
	unsigned int key = lag->state[IFLA_LAG_STATE_PARTNER_KEY].number;
	char *partner;
	char mac[MAC_TEXT];
	bool same;

	if (!partner_known(p->partner))
		return;

	same = !memcmp(system->bytes,
		       p->partner[IFLA_LAG_LACP_INFO_SYSTEM].bytes, ETH_ALEN);
	/* Partners give links of another speed another key */
	if (same && other_speed(lag, p)) {
		f->reason = lag_why_name(LAG_WHY_SPEED_DIFFERS);
		port_speed_differs(lag, p, f);
		return;
	}

	partner = partner_text(p);
	mac_text(mac, system->bytes);
	if (same) {
		retell(f,
		       "The cable goes to the right switch but to a port of another group: the links in use end at system %s, key %u, that of %s at system %s.",
		       mac, key, p->link.name, partner);
		mend_there(f,
			   "on the switch put the port into the same group as the others");
	} else {
		retell(f,
		       "The cable goes to another switch: the links in use end at system %s, key %u, that of %s at system %s.",
		       mac, key, p->link.name, partner);
		mend_there(f, "plug the cable into the switch of the others");
		mend_there(f,
			   "if the two are to be one to their hosts (MLAG, stack), give both the same LACP system and key");
	}
	free(partner);
	mend(f, "or make it a lag of its own, with the name of that:",
	     "ip link add lag1 type lag && ip link set %s master lag1",
	     p->link.name);
	mend(f, "or take it out:", "ip link set %s nomaster", p->link.name);
}

static void port_standby(const struct lag *lag, const struct port *p,
			 struct finding *f)
{
	u64 max_links = lag->option[IFLA_LAG_MAX_LINKS].number;

	mend(f, "to use it, too:", "ip link set %s type lag max_links %llu",
	     lag->link.name, (unsigned long long)max_links + 1);
	mend(f, "to prefer it, if this system decides and revertive is on:",
	     "ip link set %s type lag_slave actor_port_prio 1", p->link.name);
}

static void port_waiting(const struct lag *lag, const struct port *p,
			 struct finding *f)
{
	(void)p;
	mend(f, "wait, or have lags of this kind wait less:",
	     "ip link set %s type lag wait_while 0", lag->link.name);
}

static void port_out_of_sync(const struct lag *lag, const struct port *p,
			     struct finding *f)
{
	char *partner = partner_text(p);

	(void)lag;
	retell(f,
	       "The partner (%s) hears us but has not put this link in sync: there the port waits, is drained, is held in reserve by a limit of links, or is assigned to another group than those in use.",
	       partner);
	free(partner);
	mend_there(f,
		   "look at the port's state there: \"show lacp neighbor\" or the like, \"lagctl why PORT\" on Linux");
	mend(f, "to listen yourself:", "tcpdump -v -e -n -i %s ether proto 0x8809",
	     p->link.name);
}

static void port_not_collecting(const struct lag *lag, const struct port *p,
				struct finding *f)
{
	(void)p;
	if (!lag->option[IFLA_LAG_COUPLED_CONTROL].number)
		mend(f, "if it never does:",
		     "ip link set %s type lag coupled_control on",
		     lag->link.name);
	mend_there(f,
		   "look at the port's state at the other end: it may be blocked there, by spanning tree for instance");
}

static void port_backup(const struct lag *lag, const struct port *p,
			struct finding *f)
{
	mend(f, "to use it instead:", "ip link set %s type lag active_slave %s",
	     lag->link.name, p->link.name);
}

static const struct {
	void	(*find)(const struct lag *lag, const struct port *p,
			struct finding *f);
	bool	intended;	/* all is as it was set up, or will soon be */
} port_finders[__LAG_WHY_MAX] = {
	[LAG_WHY_LAG_DOWN]		= { port_lag_down, false },
	[LAG_WHY_PORT_DOWN]		= { port_down, false },
	[LAG_WHY_NO_CARRIER]		= { port_no_carrier, false },
	[LAG_WHY_DISABLED]		= { port_disabled, true },
	[LAG_WHY_DRAINING]		= { port_draining, true },
	[LAG_WHY_UPDELAY]		= { port_updelay, true },
	[LAG_WHY_HALF_DUPLEX]		= { port_half_duplex, false },
	[LAG_WHY_LOOPBACK]		= { port_loopback, false },
	[LAG_WHY_NO_LACPDU]		= { port_no_lacpdu, false },
	[LAG_WHY_BOTH_PASSIVE]		= { port_both_passive, false },
	[LAG_WHY_EXPIRED]		= { port_expired, false },
	[LAG_WHY_PARTNER_INDIVIDUAL]	= { port_partner_individual, false },
	[LAG_WHY_PARTNER_DIFFERS]	= { port_partner_differs, false },
	[LAG_WHY_SPEED_DIFFERS]		= { port_speed_differs, false },
	[LAG_WHY_STANDBY]		= { port_standby, true },
	[LAG_WHY_WAITING]		= { port_waiting, true },
	[LAG_WHY_PARTNER_OUT_OF_SYNC]	= { port_out_of_sync, false },
	[LAG_WHY_PARTNER_NOT_COLLECTING] = { port_not_collecting, false },
	[LAG_WHY_BACKUP]		= { port_backup, true },
};

/* "Nothing was heard." from the kernel's sentence */
static struct finding *find_why(const char *device, unsigned int why,
				bool problem)
{
	struct finding *f;

	f = find(device, lag_why_name(why), problem, "%s.", lag_why_text(why));
	if (*f->text >= 'a' && *f->text <= 'z')
		*f->text += 'A' - 'a';
	return f;
}

/* @alone: nothing is said of its lag */
static void find_port(const struct lag *lag, const struct port *p, bool alone)
{
	unsigned int why = state(p, IFLA_LAG_PORT_STATE_WHY);
	struct finding *f;

	if (why != LAG_WHY_NONE && (why != LAG_WHY_LAG_DOWN || alone)) {
		bool known = why < ARRAY_SIZE(port_finders);

		f = find_why(p->link.name, why,
			     !known || !port_finders[why].intended);
		if (known && port_finders[why].find)
			port_finders[why].find(lag, p, f);
	}
	host_check_port(lag, p);
}

/* Lags */

static void lag_min_links(const struct lag *lag, struct finding *f)
{
	unsigned int now = lag->state[IFLA_LAG_STATE_NUM_DISTRIBUTING].number;

	retell(f,
	       "min_links is unmet: %u of %u ports could carry traffic, %llu are asked for.",
	       now, lag->num_ports,
	       (unsigned long long)lag->option[IFLA_LAG_MIN_LINKS].number);
	mend_there(f, "mend the other ports, see below");
	mend(f, "or ask for less:", "ip link set %s type lag min_links %u",
	     lag->link.name, now);
}

/* A device that could be a port: no master, none of its own kind */
static const char *candidate(const struct model *m)
{
	unsigned int i;

	for (i = 0; i < m->num_others; i++)
		if (!m->others[i].master && !*m->others[i].kind &&
		    !(m->others[i].flags & IFF_LOOPBACK))
			return m->others[i].name;

	return "eth0";
}

static void find_lag(const struct model *m, const struct lag *lag)
{
	unsigned int why = lag->state[IFLA_LAG_STATE_CARRIER_REASON].number;
	const char *name = lag->link.name;
	struct finding *f;

	if (why != LAG_WHY_NONE) {
		f = find_why(name, why, true);
		switch (why) {
		case LAG_WHY_LAG_DOWN:
			why_lag_down(lag, f);
			break;
		case LAG_WHY_MIN_LINKS:
			lag_min_links(lag, f);
			break;
		case LAG_WHY_PROTODOWN:
			mend(f, "", "ip link set %s protodown off", name);
			break;
		case LAG_WHY_NO_PORT:
			mend(f, "", "ip link set %s master %s", candidate(m),
			     name);
			break;
		default:
			mend_there(f, "mend a port, see below");
		}
	}
	if (lag->state[IFLA_LAG_STATE_FALLBACK_ACTIVE].number) {
		f = find(name, "fallback", true,
			 "Traffic goes without LACP: no partner was heard for fallback_timeout, and fallback is %s.",
			 lag_find_word(lag_fallbacks,
				       lag->option[IFLA_LAG_FALLBACK].number));
		mend_lacp_there(f);
	}
	host_check_lag(lag);
}

static void find_all(const struct model *m, const struct lag *lag)
{
	unsigned int i;

	find_lag(m, lag);
	for (i = 0; i < lag->num_ports; i++)
		find_port(lag, &lag->ports[i], false);
}

/* Out */

static json_t *json_finding(const struct finding *f)
{
	json_t *remedies = json_array(), *object;
	unsigned int i;

	for (i = 0; i < f->remedies; i++)
		json_array_append_new(remedies,
				      json_pack("{s:s, s:s?}",
						"when", f->when[i],
						"command", *f->command[i] ?
						f->command[i] : NULL));
	object = json_pack("{s:s, s:s, s:b, s:s, s:o}",
			   "device", f->device, "reason", f->reason,
			   "problem", f->problem, "text", f->text,
			   "remedies", remedies);
	if (!object)
		die(EXIT_KERNEL, "Out of memory.");
	return object;
}

static void print_finding(const struct finding *f)
{
	unsigned int i;

	printf("%s%s%s  %s%s%s\n", colour(COLOUR_BOLD), f->device,
	       colour(COLOUR_OFF),
	       colour(f->problem ? COLOUR_BAD : COLOUR_WARN), f->reason,
	       colour(COLOUR_OFF));
	screen_sentence(stdout, 2, COLOUR_OFF, NULL, f->text);
	for (i = 0; i < f->remedies; i++) {
		if (*f->when[i]) {
			char *when = format_text("- %s", f->when[i]);

			screen_sentence(stdout, 2, COLOUR_OFF, NULL, when);
			free(when);
		}
		/* Never broken: it is to be copied */
		if (*f->command[i])
			printf("      %s%s%s\n", colour(COLOUR_GOOD),
			       f->command[i], colour(COLOUR_OFF));
	}
}

static void print_all(const struct model *m, const struct lag *lag,
		      const struct port *p)
{
	unsigned int i, j, used = 0, ports = 0;

	for (i = 0; i < num_findings; i++) {
		if (i)
			putchar('\n');
		print_finding(&findings[i]);
	}
	if (num_findings)
		return;

	if (p) {
		printf("Nothing is wrong: %s carries traffic.\n",
		       p->link.name);
		return;
	}
	for (i = 0; i < m->num_lags; i++) {
		if (lag && lag != &m->lags[i])
			continue;
		ports += m->lags[i].num_ports;
		for (j = 0; j < m->lags[i].num_ports; j++)
			used += carries(&m->lags[i].ports[j]);
	}
	if (m->num_lags)
		printf("Nothing is wrong: %u of %u ports carry traffic.\n",
		       used, ports);
	else
		puts("There is no lag; \"ip link add lag0 type lag\" makes one.");
}

static void free_findings(void)
{
	unsigned int i, j;

	for (i = 0; i < num_findings; i++) {
		for (j = 0; j < findings[i].remedies; j++) {
			free(findings[i].when[j]);
			free(findings[i].command[j]);
		}
		free(findings[i].text);
	}
	free(findings);
}

/* A device that was perhaps taken out of its lag; false: it is one */
static bool find_outsider(struct model *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < m->num_others; i++)
		if (!strcmp(m->others[i].name, name))
			return host_check_device(&m->others[i]);

	return false;
}

int cmd_why(int argc, char **argv)
{
	const struct port *p = NULL;
	struct lag *lag = NULL;
	const char *name = NULL;
	struct model *m;
	unsigned int i;
	json_t *array;

	lagctl_getopt(argc, argv, "", NULL);
	if (argc - optind > 1)
		usage_error("\"%s\" is too much", argv[optind + 1]);
	if (optind < argc)
		name = argv[optind];

	m = model_read();
	if (name)
		lag = model_find_lag(m, name);
	if (name && !lag && !find_outsider(m, name))
		p = model_need_port(m, name, &lag);

	for (i = 0; i < m->num_lags; i++) {
		if (name && lag != &m->lags[i])
			continue;
		if (p)
			find_port(lag, p, true);
		else
			find_all(m, &m->lags[i]);
	}
	host_check_versions(m);

	if (opt_json) {
		array = json_array();
		for (i = 0; i < num_findings; i++)
			json_array_append_new(array,
					      json_finding(&findings[i]));
		json_print(array);
	} else {
		print_all(m, lag, p);
	}
	free_findings();
	model_free(m);
	return EXIT_OK;
}
