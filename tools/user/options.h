/* SPDX-License-Identifier: GPL-2.0 */
/* The options of a lag and of its ports, their words, and names of state: what
 * `ip` and lagctl call them alike.
 *
 * How a program parses and prints them is not here.
 */
#ifndef _LAG_USER_OPTIONS_H
#define _LAG_USER_OPTIONS_H

#include "env.h"

#include <linux/if_lag.h>

struct lag_word {
	const char	*word;
	u8		value;
};

enum lag_type {
	LAG_ON_OFF,
	LAG_WORD,
	LAG_U8,
	LAG_U16,
	LAG_U32,
	LAG_S32,
	LAG_MAC,
	LAG_NAME,	/* of a device, which need not be there */
	LAG_DEV,	/* its ifindex */
};

struct lag_option {
	const char		*name;
	int			attr;
	enum lag_type		type;
	const struct lag_word	*words;
};

/* The first word of a value is the one that is printed. */

static const struct lag_word lag_modes[] = {
	{ "lacp",		LAG_MODE_LACP },
	{ "802.3ad",		LAG_MODE_LACP },
	{ "static",		LAG_MODE_STATIC },
	{ "balance-xor",	LAG_MODE_STATIC },
	{ "active-backup",	LAG_MODE_ACTIVE_BACKUP },
	{ "balance-rr",		LAG_MODE_BALANCE_RR },
	{ "broadcast",		LAG_MODE_BROADCAST },
	/* Known to bonding only; the kernel says what to use instead. */
	{ "balance-tlb",	5 },
	{ "balance-alb",	6 },
	{}
};

static const struct lag_word lag_rates[] = {
	{ "slow",		LAG_RATE_SLOW },
	{ "fast",		LAG_RATE_FAST },
	{}
};

static const struct lag_word lag_policies[] = {
	{ "layer2",		LAG_HASH_LAYER2 },
	{ "layer3+4",		LAG_HASH_LAYER34 },
	{ "layer2+3",		LAG_HASH_LAYER23 },
	{ "encap2+3",		LAG_HASH_ENCAP23 },
	{ "encap3+4",		LAG_HASH_ENCAP34 },
	{ "vlan+srcmac",	LAG_HASH_VLAN_SRCMAC },
	{ "flow",		LAG_HASH_FLOW },
	{}
};

static const struct lag_word lag_fallbacks[] = {
	{ "none",		LAG_FALLBACK_NONE },
	{ "single",		LAG_FALLBACK_SINGLE },
	{ "static",		LAG_FALLBACK_STATIC },
	{}
};

static const struct lag_word lag_reselects[] = {
	{ "always",		LAG_RESELECT_ALWAYS },
	{ "better",		LAG_RESELECT_BETTER },
	{ "failure",		LAG_RESELECT_FAILURE },
	{}
};

static const struct lag_word lag_fail_over_macs[] = {
	{ "none",		LAG_FAIL_OVER_MAC_NONE },
	{ "active",		LAG_FAIL_OVER_MAC_ACTIVE },
	{ "follow",		LAG_FAIL_OVER_MAC_FOLLOW },
	{}
};

static const struct lag_word lag_ad_selects[] = {
	{ "stable",		LAG_AD_SELECT_STABLE },
	{ "bandwidth",		LAG_AD_SELECT_BANDWIDTH },
	{ "count",		LAG_AD_SELECT_COUNT },
	{ "actor_port_prio",	LAG_AD_SELECT_PORT_PRIO },
	{}
};

static const struct lag_word lag_port_admins[] = {
	{ "enabled",		LAG_PORT_ENABLED },
	{ "draining",		LAG_PORT_DRAINING },
	{ "disabled",		LAG_PORT_DISABLED },
	{}
};

static const struct lag_option lag_options[] = {
	{ "mode", IFLA_LAG_MODE, LAG_WORD, lag_modes },
	{ "lacp_active", IFLA_LAG_LACP_ACTIVE, LAG_ON_OFF, NULL },
	{ "lacp_rate", IFLA_LAG_LACP_RATE, LAG_WORD, lag_rates },
	{ "xmit_hash_policy", IFLA_LAG_XMIT_HASH_POLICY, LAG_WORD,
	  lag_policies },
	{ "min_links", IFLA_LAG_MIN_LINKS, LAG_U32, NULL },
	{ "max_links", IFLA_LAG_MAX_LINKS, LAG_U32, NULL },
	{ "revertive", IFLA_LAG_REVERTIVE, LAG_ON_OFF, NULL },
	{ "fallback", IFLA_LAG_FALLBACK, LAG_WORD, lag_fallbacks },
	{ "fallback_timeout", IFLA_LAG_FALLBACK_TIMEOUT, LAG_U32, NULL },
	{ "wait_while", IFLA_LAG_WAIT_WHILE, LAG_U32, NULL },
	{ "goodbye", IFLA_LAG_GOODBYE, LAG_ON_OFF, NULL },
	{ "ad_select", IFLA_LAG_AD_SELECT, LAG_WORD, lag_ad_selects },
	{ "ad_actor_sys_prio", IFLA_LAG_AD_ACTOR_SYS_PRIO, LAG_U16, NULL },
	{ "ad_actor_system", IFLA_LAG_AD_ACTOR_SYSTEM, LAG_MAC, NULL },
	{ "ad_user_port_key", IFLA_LAG_AD_USER_PORT_KEY, LAG_U16, NULL },
	{ "coupled_control", IFLA_LAG_COUPLED_CONTROL, LAG_ON_OFF, NULL },
	{ "updelay", IFLA_LAG_UPDELAY, LAG_U32, NULL },
	{ "downdelay", IFLA_LAG_DOWNDELAY, LAG_U32, NULL },
	{ "hash_seed", IFLA_LAG_HASH_SEED, LAG_U32, NULL },
	{ "hash_symmetric", IFLA_LAG_HASH_SYMMETRIC, LAG_ON_OFF, NULL },
	{ "primary", IFLA_LAG_PRIMARY, LAG_NAME, NULL },
	{ "primary_reselect", IFLA_LAG_PRIMARY_RESELECT, LAG_WORD,
	  lag_reselects },
	{ "active_slave", IFLA_LAG_ACTIVE_SLAVE, LAG_DEV, NULL },
	{ "fail_over_mac", IFLA_LAG_FAIL_OVER_MAC, LAG_WORD,
	  lag_fail_over_macs },
	{ "num_grat_arp", IFLA_LAG_NUM_PEER_NOTIF, LAG_U8, NULL },
	{ "peer_notify_delay", IFLA_LAG_PEER_NOTIFY_DELAY, LAG_U32, NULL },
	{ "resend_igmp", IFLA_LAG_RESEND_IGMP, LAG_U32, NULL },
	{ "packets_per_slave", IFLA_LAG_PACKETS_PER_SLAVE, LAG_U32, NULL },
	{ "miimon", IFLA_LAG_MIIMON, LAG_U32, NULL },
	{ "use_carrier", IFLA_LAG_USE_CARRIER, LAG_ON_OFF, NULL },
	{ "lacp_strict", IFLA_LAG_LACP_STRICT, LAG_ON_OFF, NULL },
	{ "all_slaves_active", IFLA_LAG_ALL_SLAVES_ACTIVE, LAG_ON_OFF, NULL },
	{ "lp_interval", IFLA_LAG_LP_INTERVAL, LAG_U32, NULL },
	{ "tlb_dynamic_lb", IFLA_LAG_TLB_DYNAMIC_LB, LAG_ON_OFF, NULL },
	{}
};

static_assert(ARRAY_SIZE(lag_options) == IFLA_LAG_STATE);

static const struct lag_option lag_port_options[] = {
	{ "actor_port_prio", IFLA_LAG_PORT_ACTOR_PORT_PRIO, LAG_U16, NULL },
	{ "admin", IFLA_LAG_PORT_ADMIN, LAG_WORD, lag_port_admins },
	{ "port_key", IFLA_LAG_PORT_KEY, LAG_U16, NULL },
	{ "port_number", IFLA_LAG_PORT_NUMBER, LAG_U16, NULL },
	{ "prio", IFLA_LAG_PORT_PRIO, LAG_S32, NULL },
	{}
};

static_assert(ARRAY_SIZE(lag_port_options) == IFLA_LAG_PORT_STATE);

/* What bonding has several names for, another one yet in JSON */
static const struct {
	const char	*alias;
	const char	*name;
	bool		json;
} lag_aliases[] = {
	{ "num_unsol_na",	"num_grat_arp",	false },
	{ "num_peer_notif",	"num_grat_arp",	true },
};

/* Bits of the state octet of a LACPDU, in bonding's words */
static const char *const lag_state_bits[] = {
	"active",
	"short_timeout",
	"aggregating",
	"in_sync",
	"collecting",
	"distributing",
	"defaulted",
	"expired",
};

static const char *const lag_counters[] = {
	[IFLA_LAG_COUNTER_LACPDU_RX]		= "lacpdu_rx",
	[IFLA_LAG_COUNTER_LACPDU_TX]		= "lacpdu_tx",
	[IFLA_LAG_COUNTER_MARKER_RX]		= "marker_rx",
	[IFLA_LAG_COUNTER_MARKER_TX]		= "marker_tx",
	[IFLA_LAG_COUNTER_MARKER_RESPONSE_RX]	= "marker_response_rx",
	[IFLA_LAG_COUNTER_ILLEGAL_RX]		= "illegal_rx",
	[IFLA_LAG_COUNTER_UNKNOWN_RX]		= "unknown_rx",
	[IFLA_LAG_COUNTER_LOOPBACK_RX]		= "loopback_rx",
	[IFLA_LAG_COUNTER_RATE_LIMITED]		= "rate_limited",
	[IFLA_LAG_COUNTER_EXPIRED]		= "expired",
	[IFLA_LAG_COUNTER_DEFAULTED]		= "defaulted",
	[IFLA_LAG_COUNTER_CARRIER_CHANGES]	= "carrier_changes",
	[IFLA_LAG_COUNTER_NOT_COLLECTING_RX]	= "not_collecting_rx",
	[IFLA_LAG_COUNTER_ACTOR_CHURN]		= "actor_churn",
	[IFLA_LAG_COUNTER_PARTNER_CHURN]	= "partner_churn",
};

static_assert(ARRAY_SIZE(lag_counters) == IFLA_LAG_COUNTER_PAD);

static inline const char *lag_find_word(const struct lag_word *w, u64 value)
{
	for (; w->word; w++)
		if (w->value == value)
			return w->word;

	return "unknown";
}

static inline const char *lag_json_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lag_aliases); i++)
		if (lag_aliases[i].json && !strcmp(name, lag_aliases[i].name))
			return lag_aliases[i].alias;

	return name;
}

#endif /* _LAG_USER_OPTIONS_H */
