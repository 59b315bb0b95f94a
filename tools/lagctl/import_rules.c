// SPDX-License-Identifier: GPL-2.0
/* What becomes of each option of bonding, one line for each.
 *
 * Where options are found and how a lag is written down is not here; see
 * import.c.
 */
#include "lagctl.h"
#include "import.h"

#include <errno.h>

enum rule_kind {
	RULE_WORD,
	RULE_ON_OFF,
	RULE_NUMBER,
	RULE_TEXT,
	RULE_NEEDLESS,		/* a lag does without */
	RULE_NONE,		/* a lag cannot */
};

/* Modes by their numbers, as bits */
#define RR	BIT_ULL(0)
#define BACKUP	(BIT_ULL(1) | BIT_ULL(5) | BIT_ULL(6))
#define XOR	BIT_ULL(2)
#define LACP	BIT_ULL(4)
#define ANY	U64_MAX

#define LAST_MODE	6

static const char *const modes[] = {
	"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad",
	"balance-tlb", "balance-alb", NULL
};

static const char *const lag_modes_of[] = {
	"balance-rr", "active-backup", "static", "broadcast", "lacp",
	"active-backup", "active-backup",
};

static const char *const rates[] = { "slow", "fast", NULL };

static const char *const selects[] = {
	"stable", "bandwidth", "count", "actor_port_prio", NULL
};

static const char *const reselects[] = { "always", "better", "failure", NULL };

static const char *const fail_over_macs[] = {
	"none", "active", "follow", NULL
};

static const char *const policies[] = {
	"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4",
	"vlan+srcmac", NULL
};

#define NO_ARP "a lag watches the links only, not the way beyond them; LACP with lacp_rate fast does, where the switch speaks it"
#define MODE_NOTE "mode %s: no equivalent: active-backup works with any switch; lacp and static use all ports, with a switch set up for them"
#define TLB_ONLY "it belongs to balance-tlb and balance-alb"
#define CARRIER "a lag acts on a link that fails at once, nothing is polled"

static const struct rule {
	const char		*name;
	enum rule_kind		kind;
	u64			modes;	/* where bonding minds it */
	const char		*usual;	/* bonding's default, goes without saying */
	const char *const	*words;
	const char		*why;
} rules[] = {
	{ "lacp_rate", RULE_WORD, LACP, "slow", rates, NULL },
	{ "lacp_active", RULE_ON_OFF, LACP, "on", NULL, NULL },
	{ "xmit_hash_policy", RULE_WORD, LACP | XOR, NULL, policies, NULL },
	{ "min_links", RULE_NUMBER, LACP, "0", NULL, NULL },
	{ "ad_select", RULE_WORD, LACP, "stable", selects, NULL },
	{ "ad_actor_sys_prio", RULE_NUMBER, LACP, "65535", NULL, NULL },
	{ "ad_actor_system", RULE_TEXT, LACP, "00:00:00:00:00:00", NULL, NULL },
	{ "ad_user_port_key", RULE_NUMBER, LACP, "0", NULL, NULL },
	{ "coupled_control", RULE_ON_OFF, LACP, "on", NULL, NULL },
	{ "updelay", RULE_NUMBER, ANY, "0", NULL, NULL },
	{ "downdelay", RULE_NUMBER, ANY, "0", NULL, NULL },
	{ "primary", RULE_TEXT, BACKUP, "none", NULL, NULL },
	{ "primary_reselect", RULE_WORD, BACKUP, "always", reselects, NULL },
	{ "fail_over_mac", RULE_WORD, BACKUP, "none", fail_over_macs, NULL },
	{ "num_grat_arp", RULE_NUMBER, BACKUP, "1", NULL, NULL },
	{ "peer_notify_delay", RULE_NUMBER, BACKUP, "0", NULL, NULL },
	{ "resend_igmp", RULE_NUMBER, BACKUP, "1", NULL, NULL },
	{ "packets_per_slave", RULE_NUMBER, RR, "1", NULL, NULL },

	{ "miimon", RULE_NEEDLESS, ANY, "0", NULL, CARRIER },
	{ "use_carrier", RULE_NEEDLESS, ANY, "1", NULL, CARRIER },
	{ "lacp_strict", RULE_NEEDLESS, LACP, "off", NULL,
	  "a lag always is" },
	{ "give_a_chance", RULE_NEEDLESS, ANY, NULL, NULL,
	  "lag-setup waits for ports by itself" },

	{ "active_slave", RULE_NONE, BACKUP, "none", NULL,
	  "it is a state, not a setting; use primary, or set it when the lag is up" },
	{ "arp_interval", RULE_NONE, ANY, "0", NULL, NO_ARP },
	{ "arp_ip_target", RULE_NONE, ANY, "", NULL, NO_ARP },
	{ "ns_ip6_target", RULE_NONE, ANY, "", NULL, NO_ARP },
	{ "arp_validate", RULE_NONE, ANY, "none", NULL, NO_ARP },
	{ "arp_all_targets", RULE_NONE, ANY, "any", NULL, NO_ARP },
	{ "missed_max", RULE_NONE, ANY, "2", NULL, NO_ARP },
	{ "all_slaves_active", RULE_NONE, ANY, "0", NULL,
	  "what comes in by a port that is not in use would be received twice; a lag drops it" },
	{ "lp_interval", RULE_NONE, ANY, "1", NULL, TLB_ONLY },
	{ "tlb_dynamic_lb", RULE_NONE, ANY, "1", NULL, TLB_ONLY },
	{ "broadcast_neighbor", RULE_NONE, LACP, "off", NULL,
	  "a lag sends no packet twice but in mode broadcast" },
	{ "tx_queues", RULE_NONE, ANY, "16", NULL,
	  "give numtxqueues to ip link add if it is needed: a lag needs no queues of its own" },
};

static const struct rule port_rules[] = {
	{ "prio", RULE_NUMBER, BACKUP, "0", NULL, NULL },
	{ "actor_port_prio", RULE_NUMBER, LACP, "255", NULL, NULL },
	{ "queue_id", RULE_NONE, ANY, "0", NULL,
	  "a lag has no queues that belong to a port; use tc with the port's own" },
};

/* What several sources call otherwise */
static const struct {
	const char	*alias;
	const char	*name;
} aliases[] = {
	{ "ad_lacp_rate", "lacp_rate" },
	{ "ad_lacp_active", "lacp_active" },
	{ "ad_sys_priority", "ad_actor_sys_prio" },
	{ "ad_sys_mac_addr", "ad_actor_system" },
	{ "num_peer_notif", "num_grat_arp" },
	{ "num_unsol_na", "num_grat_arp" },
	{ "peer_notif_delay", "peer_notify_delay" },
	{ "arp_missed_max", "missed_max" },
	{ "broadcast_neigh", "broadcast_neighbor" },
	{ "num_tx_queues", "tx_queues" },
};

/* Lists */

struct import_option *import_option(struct import_option **list,
				    const char *name, const char *value,
				    const char *where)
{
	struct import_option *o = import_alloc(sizeof(*o));
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(name, aliases[i].alias))
			name = aliases[i].name;
	o->name = name;
	o->value = value;
	o->where = where;
	while (*list)
		list = &(*list)->next;
	*list = o;
	return o;
}

static struct import_option *rule_find(struct import_option *list,
				       const char *name)
{
	for (; list; list = list->next)
		if (!strcmp(list->name, name))
			return list;

	return NULL;
}

/* What the source does not say */
static void rule_add(struct import_lag *lag, const char *name,
		     const char *value, const char *note)
{
	struct import_option *o = import_option(&lag->options, name, value,
						NULL);

	o->lag_name = name;
	o->lag_value = value;
	o->note = note;
}

/* Values */

static __noreturn void rule_refuse(const struct import_option *o,
				   const char *what)
{
	die(EXIT_USAGE, "Error: %s: %s is %s, not \"%s\".", o->where, o->name,
	    what, o->value);
}

static bool rule_number(const char *text, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	return *text && !*end && !errno;
}

static unsigned int rule_word(const struct import_option *o,
			      const char *const *words)
{
	unsigned int i;
	long number;

	for (i = 0; words[i]; i++)
		if (!strcasecmp(o->value, words[i]) ||
		    (rule_number(o->value, &number) && number == i))
			return i;

	rule_refuse(o, "a word of bonding or its number");
}

static bool rule_on(const struct import_option *o)
{
	static const char *const on[] = { "on", "1", "yes", "true", "y" };
	static const char *const off[] = { "off", "0", "no", "false", "n" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(on); i++) {
		if (!strcasecmp(o->value, on[i]))
			return true;
		if (!strcasecmp(o->value, off[i]))
			return false;
	}

	rule_refuse(o, "on or off");
}

/* The value as a lag takes it */
static const char *rule_value(const struct rule *rule,
			      const struct import_option *o)
{
	long number;

	switch (rule->kind) {
	case RULE_WORD:
		return rule->words[rule_word(o, rule->words)];
	case RULE_ON_OFF:
		return rule_on(o) ? "on" : "off";
	case RULE_NUMBER:
		if (!rule_number(o->value, &number))
			rule_refuse(o, "a number");
		return import_print("%ld", number);
	default:
		/* Of several devices bonding takes the first that is there. */
		if (!*o->value)
			rule_refuse(o, "not empty");
		return import_copy(o->value, strcspn(o->value, " \t"));
	}
}

/* Bonding's default, said aloud, also as a number or a word for no */
static bool rule_is_usual(const struct rule *rule, const char *value)
{
	static const char *const nothing[] = {
		"0", "off", "no", "none", "false", "",
	};
	bool usual = false, is = false;
	unsigned int i;

	if (!rule->usual)
		return false;
	for (i = 0; i < ARRAY_SIZE(nothing); i++) {
		usual |= !strcasecmp(rule->usual, nothing[i]);
		is |= !strcasecmp(value, nothing[i]);
	}
	return !strcasecmp(value, rule->usual) || (usual && is) ||
	       (!strcmp(rule->usual, "1") && (!strcasecmp(value, "on") ||
					      !strcasecmp(value, "yes") ||
					      !strcasecmp(value, "true")));
}

static void rule_apply(const struct rule *rule, struct import_option *o,
		       unsigned int mode)
{
	if (rule->kind == RULE_NEEDLESS || rule->kind == RULE_NONE) {
		/* Without miimon bonding does not watch links at all. */
		if (!rule_is_usual(rule, o->value))
			o->note = import_print("%s %s: %s: %s", o->name,
					       o->value,
					       rule->kind == RULE_NONE ?
					       "no equivalent" : "not needed",
					       rule->why);
		return;
	}

	o->lag_value = rule_value(rule, o);
	if (rule_is_usual(rule, o->lag_value))
		return;
	if (!(rule->modes & BIT_ULL(mode)))
		o->note = import_print("%s %s: left out: bonding does not mind it in mode %s",
				       o->name, o->value, modes[mode]);
	else
		o->lag_name = rule->name;
}

static void rule_apply_all(const struct rule *list, unsigned int num,
			   struct import_option *options, unsigned int mode)
{
	struct import_option *o, *before;
	const struct rule *rule;

	for (o = options; o; o = o->next) {
		if (!strcmp(o->name, "mode") ||
		    !strcmp(o->name, "lacp_bypass_allow"))
			continue;
		for (rule = list; rule < list + num; rule++)
			if (!strcmp(o->name, rule->name))
				break;
		if (rule == list + num) {
			o->note = import_print("%s %s: not known as an option of bonding, left out",
					       o->name, o->value);
			continue;
		}
		rule_apply(rule, o, mode);
		before = rule_find(options, o->name);
		if (before != o && before->lag_name)
			o->lag_name = NULL;	/* said twice, as in two files */
	}
}

/* The whole */

static unsigned int rule_mode(struct import_lag *lag)
{
	struct import_option *o = rule_find(lag->options, "mode");
	unsigned int mode;

	if (!o) {
		rule_add(lag, "mode", "balance-rr",
			 "mode balance-rr: bonding's default, for there is no mode in the source");
		return 0;
	}

	mode = rule_word(o, modes);
	o->lag_name = "mode";
	o->lag_value = lag_modes_of[mode];
	if (mode > 4)
		o->note = import_print(MODE_NOTE, modes[mode]);
	return mode;
}

static bool rule_says(const struct import_lag *lag, const char *name,
		      const char *value)
{
	const struct import_option *o = rule_find(lag->options, name);

	return o && o->lag_value && !strcmp(o->lag_value, value);
}

/* Bonding uses one port of a partner that does not speak LACP, from the first
 * moment on; a lag uses none unless told to.
 */
static void rule_fallback(struct import_lag *lag)
{
	const struct import_option *min = rule_find(lag->options, "min_links");
	struct import_option *strict = rule_find(lag->options, "lacp_strict");
	struct import_option *bypass = rule_find(lag->options,
						 "lacp_bypass_allow");

	if (bypass && rule_on(bypass)) {
		bypass->lag_name = "fallback";
		bypass->lag_value = "static";
		return;
	}
	if (strict && rule_on(strict))
		return;
	if (min && min->lag_value && atol(min->lag_value) > 1)
		return;
	rule_add(lag, "fallback", "single",
		 "fallback single: bonding passes traffic by one port if the partner does not speak LACP; fallback none, the default of a lag, would not");
}

void import_translate(struct import_lag *lag)
{
	unsigned int mode = rule_mode(lag);
	struct import_port *port;

	rule_apply_all(rules, ARRAY_SIZE(rules), lag->options, mode);
	for (port = lag->ports; port; port = port->next)
		rule_apply_all(port_rules, ARRAY_SIZE(port_rules),
			       port->options, mode);

	if ((LACP | XOR) & BIT_ULL(mode)) {
		if (!rule_find(lag->options, "xmit_hash_policy"))
			rule_add(lag, "xmit_hash_policy", "layer2", NULL);
		if (rule_says(lag, "xmit_hash_policy", "layer2"))
			import_note(lag,
				    "xmit_hash_policy layer2 is as bonding had it; layer3+4 spreads better, see lagctl plan");
	}
	if (LACP & BIT_ULL(mode))
		rule_fallback(lag);
	if (!lag->ports)
		import_note(lag,
			    "it has no ports");
}
