// SPDX-License-Identifier: GPL-2.0
/* The words for the engine's numbers, the same in trace, `ip` and tools.
 *
 * Which number applies is decided elsewhere; see why.c for the whys.
 */
#include "names.h"

static const char *names_look_up(const char *const *table, size_t size,
				 unsigned int number)
{
	return number < size && table[number] ? table[number] : "unknown";
}

static const char *const names_rx[] = {
	[LACP_RX_INITIALIZE]	= "initialize",
	[LACP_RX_PORT_DISABLED]	= "port_disabled",
	[LACP_RX_EXPIRED]	= "expired",
	[LACP_RX_LACP_DISABLED]	= "lacp_disabled",
	[LACP_RX_DEFAULTED]	= "defaulted",
	[LACP_RX_CURRENT]	= "current",
};

static_assert(ARRAY_SIZE(names_rx) == __LACP_RX_MAX);

const char *lacp_rx_name(unsigned int state)
{
	return names_look_up(names_rx, ARRAY_SIZE(names_rx), state);
}

static const char *const names_periodic[] = {
	[LACP_PERIODIC_NO_PERIODIC]	= "no_periodic",
	[LACP_PERIODIC_FAST_PERIODIC]	= "fast_periodic",
	[LACP_PERIODIC_SLOW_PERIODIC]	= "slow_periodic",
	[LACP_PERIODIC_PERIODIC_TX]	= "periodic_tx",
};

static_assert(ARRAY_SIZE(names_periodic) == __LACP_PERIODIC_MAX);

const char *lacp_periodic_name(unsigned int state)
{
	return names_look_up(names_periodic, ARRAY_SIZE(names_periodic),
			     state);
}

static const char *const names_mux[] = {
	[LACP_MUX_DETACHED]			= "detached",
	[LACP_MUX_WAITING]			= "waiting",
	[LACP_MUX_ATTACHED]			= "attached",
	[LACP_MUX_COLLECTING]			= "collecting",
	[LACP_MUX_DISTRIBUTING]			= "distributing",
	[LACP_MUX_COLLECTING_DISTRIBUTING]	= "collecting_distributing",
};

static_assert(ARRAY_SIZE(names_mux) == __LACP_MUX_MAX);

const char *lacp_mux_name(unsigned int state)
{
	return names_look_up(names_mux, ARRAY_SIZE(names_mux), state);
}

static const char *const names_churn[] = {
	[LACP_CHURN_MONITOR]	= "monitor",
	[LACP_CHURN_NO_CHURN]	= "no_churn",
	[LACP_CHURN_CHURN]	= "churn",
};

static_assert(ARRAY_SIZE(names_churn) == __LACP_CHURN_MAX);

const char *lacp_churn_name(unsigned int state)
{
	return names_look_up(names_churn, ARRAY_SIZE(names_churn), state);
}

static const char *const names_selected[] = {
	[LACP_UNSELECTED]	= "unselected",
	[LACP_STANDBY]		= "standby",
	[LACP_SELECTED]		= "selected",
};

static_assert(ARRAY_SIZE(names_selected) == __LACP_SELECTED_MAX);

const char *lacp_selected_name(unsigned int selected)
{
	return names_look_up(names_selected, ARRAY_SIZE(names_selected),
			     selected);
}

static const char *const names_usage[] = {
	[LAG_USAGE_DOWN]		= "down",
	[LAG_USAGE_DETACHED]		= "detached",
	[LAG_USAGE_WAITING]		= "waiting",
	[LAG_USAGE_STANDBY]		= "standby",
	[LAG_USAGE_ATTACHED]		= "attached",
	[LAG_USAGE_COLLECTING]		= "collecting",
	[LAG_USAGE_DISTRIBUTING]	= "distributing",
	[LAG_USAGE_ACTIVE]		= "active",
	[LAG_USAGE_BACKUP]		= "backup",
};

static_assert(ARRAY_SIZE(names_usage) == LAG_USAGE_BACKUP + 1);

const char *lag_usage_name(unsigned int usage)
{
	return names_look_up(names_usage, ARRAY_SIZE(names_usage), usage);
}

static const char *const names_why[] = {
	[LAG_WHY_NONE]			= "none",
	[LAG_WHY_LAG_DOWN]		= "lag-down",
	[LAG_WHY_PORT_DOWN]		= "port-down",
	[LAG_WHY_NO_CARRIER]		= "no-carrier",
	[LAG_WHY_DISABLED]		= "disabled",
	[LAG_WHY_DRAINING]		= "draining",
	[LAG_WHY_UPDELAY]		= "updelay",
	[LAG_WHY_HALF_DUPLEX]		= "half-duplex",
	[LAG_WHY_LOOPBACK]		= "loopback",
	[LAG_WHY_NO_LACPDU]		= "no-lacpdu",
	[LAG_WHY_BOTH_PASSIVE]		= "both-passive",
	[LAG_WHY_EXPIRED]		= "expired",
	[LAG_WHY_PARTNER_INDIVIDUAL]	= "partner-individual",
	[LAG_WHY_PARTNER_DIFFERS]	= "partner-differs",
	[LAG_WHY_SPEED_DIFFERS]		= "speed-differs",
	[LAG_WHY_STANDBY]		= "standby",
	[LAG_WHY_WAITING]		= "waiting",
	[LAG_WHY_PARTNER_OUT_OF_SYNC]	= "partner-out-of-sync",
	[LAG_WHY_PARTNER_NOT_COLLECTING] = "partner-not-collecting",
	[LAG_WHY_BACKUP]		= "backup",
	[LAG_WHY_MIN_LINKS]		= "min-links",
	[LAG_WHY_PROTODOWN]		= "protodown",
	[LAG_WHY_NO_PORT]		= "no-port",
	[LAG_WHY_NO_PARTNER]		= "no-partner",
};

static_assert(ARRAY_SIZE(names_why) == __LAG_WHY_MAX);

const char *lag_why_name(unsigned int why)
{
	return names_look_up(names_why, ARRAY_SIZE(names_why), why);
}

/* One line each although that makes them long: users search for them. */
static const char *const names_why_text[] = {
	[LAG_WHY_NONE] =
		"nothing: it carries traffic",
	[LAG_WHY_LAG_DOWN] =
		"the lag is down: ip link set it up",
	[LAG_WHY_PORT_DOWN] =
		"the port is down: ip link set it up",
	[LAG_WHY_NO_CARRIER] =
		"no link: check the cable and the port at its other end",
	[LAG_WHY_DISABLED] =
		"the port is taken out of service: set its admin to enabled",
	[LAG_WHY_DRAINING] =
		"the port is drained and can be unplugged, or set its admin to enabled",
	[LAG_WHY_UPDELAY] =
		"the link came up not long ago: it is used when updelay is over",
	[LAG_WHY_HALF_DUPLEX] =
		"the link is half duplex, LACP needs full: set both ends to autonegotiate",
	[LAG_WHY_LOOPBACK] =
		"this system hears its own LACPDUs: the cable is looped, or the partner uses our system address",
	[LAG_WHY_NO_LACPDU] =
		"no LACPDU was heard since the link came up: enable LACP on the port at the other end",
	[LAG_WHY_BOTH_PASSIVE] =
		"both ends are passive and none speaks first: set lacp_active on, here or there",
	[LAG_WHY_EXPIRED] =
		"the partner was heard before and is silent now: check LACP there, and for a cable that is broken one way",
	[LAG_WHY_PARTNER_INDIVIDUAL] =
		"the partner keeps this link to itself: make its port a member of an aggregate there",
	[LAG_WHY_PARTNER_DIFFERS] =
		"the cable goes to another system or key than the links in use: move it, or put all ports there into one aggregate",
	[LAG_WHY_SPEED_DIFFERS] =
		"speed, duplex or port_key differ from the ports in use: make them equal",
	[LAG_WHY_STANDBY] =
		"max_links others have a better port priority: it takes over when one of them fails",
	[LAG_WHY_WAITING] =
		"waiting for other links to come up: wait_while is soon over",
	[LAG_WHY_PARTNER_OUT_OF_SYNC] =
		"the partner has not put the link in sync: see which aggregate it assigns its port to, and its limit of links",
	[LAG_WHY_PARTNER_NOT_COLLECTING] =
		"the partner is in sync but does not collect: if it never does, set coupled_control on",
	[LAG_WHY_BACKUP] =
		"another port is active: this one takes over when that fails",
	[LAG_WHY_MIN_LINKS] =
		"fewer than min_links ports distribute: mend links or lower min_links",
	[LAG_WHY_PROTODOWN] =
		"a protocol holds the lag down: ip link set it protodown off",
	[LAG_WHY_NO_PORT] =
		"the lag has no port: ip link set one master to it",
	[LAG_WHY_NO_PARTNER] =
		"no port has agreed with a partner: see why of each port",
};

static_assert(ARRAY_SIZE(names_why_text) == __LAG_WHY_MAX);

const char *lag_why_text(unsigned int why)
{
	return names_look_up(names_why_text, ARRAY_SIZE(names_why_text), why);
}
