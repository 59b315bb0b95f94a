/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The user contract of the lag netdevice: everything that can be set or read.
 *
 * How it is stored and acted on is not here; see drivers/net/lag.
 *
 * IFLA_LINKINFO of a lag, as RTM_NEWLINK takes and gives it:
 *
 *   IFLA_INFO_KIND  "lag"
 *   IFLA_INFO_DATA
 *     IFLA_LAG_MODE ... IFLA_LAG_TLB_DYNAMIC_LB     options, read and write
 *     IFLA_LAG_STATE                                read only
 *       IFLA_LAG_STATE_*
 *
 * and of each port of a lag:
 *
 *   IFLA_INFO_SLAVE_KIND  "lag"
 *   IFLA_INFO_SLAVE_DATA
 *     IFLA_LAG_PORT_ACTOR_PORT_PRIO ... _PRIO       options, read and write
 *     IFLA_LAG_PORT_STATE                           read only
 *       IFLA_LAG_PORT_STATE_*
 *         IFLA_LAG_PORT_STATE_ACTOR, _PARTNER
 *           IFLA_LAG_LACP_INFO_*
 *         IFLA_LAG_PORT_STATE_COUNTERS
 *           IFLA_LAG_COUNTER_*
 *
 * RTM_GETSTATS gives the counters also as IFLA_STATS_LINK_XSTATS of a lag, the
 * sums of its ports, and as IFLA_STATS_LINK_XSTATS_SLAVE of a port:
 *
 *   LINK_XSTATS_TYPE_LAG
 *     IFLA_LAG_COUNTER_*
 *
 * One IFLA_INFO_DATA is one transaction: it takes effect whole or, with an
 * extended-ack sentence, not at all.  Every option may change at any time.
 */
#ifndef _UAPI_LINUX_IF_LAG_H
#define _UAPI_LINUX_IF_LAG_H

#include <linux/types.h>

/** most ports of one lag */
#define LAG_MAX_PORTS	64

/** entries of the table from hash to port */
#define LAG_SLOTS	256

/** a slot that no port serves */
#define LAG_SLOT_NONE	0xff

/**
 * enum lag_mode - how the ports are used (%IFLA_LAG_MODE)
 * @LAG_MODE_BALANCE_RR: one port after the other
 * @LAG_MODE_ACTIVE_BACKUP: one port, the others stand by
 * @LAG_MODE_STATIC: every port with a link, no protocol; bonding's balance-xor
 * @LAG_MODE_BROADCAST: every packet on all ports
 * @LAG_MODE_LACP: the ports that LACP (802.1AX) has agreed on with the partner
 *
 * The numbers are bonding's.
 */
enum lag_mode {
	LAG_MODE_BALANCE_RR	= 0,
	LAG_MODE_ACTIVE_BACKUP	= 1,
	LAG_MODE_STATIC		= 2,
	LAG_MODE_BROADCAST	= 3,
	LAG_MODE_LACP		= 4,
};

/**
 * enum lag_rate - the timeout asked of the partner (%IFLA_LAG_LACP_RATE)
 * @LAG_RATE_SLOW: a LACPDU every 30 s, timeout 90 s
 * @LAG_RATE_FAST: a LACPDU every second, timeout 3 s
 */
enum lag_rate {
	LAG_RATE_SLOW,
	LAG_RATE_FAST,
};

/**
 * enum lag_hash_policy - what the transmit hash reads
 * (%IFLA_LAG_XMIT_HASH_POLICY)
 * @LAG_HASH_LAYER2: MAC addresses and EtherType
 * @LAG_HASH_LAYER34: IP addresses and TCP, UDP or SCTP ports
 * @LAG_HASH_LAYER23: MAC and IP addresses
 * @LAG_HASH_ENCAP23: as LAYER23, of the innermost packet of a tunnel
 * @LAG_HASH_ENCAP34: as LAYER34, of the innermost packet of a tunnel
 * @LAG_HASH_VLAN_SRCMAC: VLAN id and source MAC address
 * @LAG_HASH_FLOW: the hash that the socket or the receiving NIC gave the
 *	packet, else LAYER34
 *
 * Fragments and protocols without ports count by their addresses, packets
 * that are not IP by their MAC addresses.  The numbers are bonding's but for
 * @LAG_HASH_FLOW.
 */
enum lag_hash_policy {
	LAG_HASH_LAYER2		= 0,
	LAG_HASH_LAYER34	= 1,
	LAG_HASH_LAYER23	= 2,
	LAG_HASH_ENCAP23	= 3,
	LAG_HASH_ENCAP34	= 4,
	LAG_HASH_VLAN_SRCMAC	= 5,
	LAG_HASH_FLOW		= 6,
};

/**
 * enum lag_fallback - what carries traffic while no port hears a LACP partner
 * (%IFLA_LAG_FALLBACK)
 * @LAG_FALLBACK_NONE: nothing
 * @LAG_FALLBACK_SINGLE: the port with the best port priority
 * @LAG_FALLBACK_STATIC: every port with a link
 */
enum lag_fallback {
	LAG_FALLBACK_NONE,
	LAG_FALLBACK_SINGLE,
	LAG_FALLBACK_STATIC,
};

/**
 * enum lag_ad_select - which aggregator is the active one
 * (%IFLA_LAG_AD_SELECT)
 * @LAG_AD_SELECT_STABLE: the one in use as long as it has a partner
 * @LAG_AD_SELECT_BANDWIDTH: the one with the most bandwidth
 * @LAG_AD_SELECT_COUNT: the one with the most ports
 * @LAG_AD_SELECT_PORT_PRIO: the one with the highest sum of actor_port_prio
 */
enum lag_ad_select {
	LAG_AD_SELECT_STABLE,
	LAG_AD_SELECT_BANDWIDTH,
	LAG_AD_SELECT_COUNT,
	LAG_AD_SELECT_PORT_PRIO,
};

/**
 * enum lag_primary_reselect - mode active-backup: when a better port takes over
 * from one that works (%IFLA_LAG_PRIMARY_RESELECT)
 * @LAG_RESELECT_ALWAYS: at once
 * @LAG_RESELECT_BETTER: if it is faster, or as fast and full duplex instead of
 *	half
 * @LAG_RESELECT_FAILURE: not before that one fails
 *
 * Better are the primary and a port with a higher prio.
 */
enum lag_primary_reselect {
	LAG_RESELECT_ALWAYS,
	LAG_RESELECT_BETTER,
	LAG_RESELECT_FAILURE,
};

/**
 * enum lag_fail_over_mac - mode active-backup: who has which MAC address
 * (%IFLA_LAG_FAIL_OVER_MAC)
 * @LAG_FAIL_OVER_MAC_NONE: all ports have that of the lag
 * @LAG_FAIL_OVER_MAC_ACTIVE: the ports keep theirs, the lag takes that of the
 *	active port
 * @LAG_FAIL_OVER_MAC_FOLLOW: the ports keep theirs but the active one, which
 *	has that of the lag; if that is the own one of another port, they swap
 */
enum lag_fail_over_mac {
	LAG_FAIL_OVER_MAC_NONE,
	LAG_FAIL_OVER_MAC_ACTIVE,
	LAG_FAIL_OVER_MAC_FOLLOW,
};

/**
 * enum lag_port_admin - administrative state of a port
 * (%IFLA_LAG_PORT_ADMIN)
 * @LAG_PORT_ENABLED: may carry traffic
 * @LAG_PORT_DRAINING: hands its traffic over without losing a frame, then
 *	tells the partner and carries nothing; LACP goes on
 * @LAG_PORT_DISABLED: carries nothing, LACP is silent
 */
enum lag_port_admin {
	LAG_PORT_ENABLED,
	LAG_PORT_DRAINING,
	LAG_PORT_DISABLED,
};

/**
 * enum lag_port_usage - what a port does, in one word
 * (%IFLA_LAG_PORT_STATE_USAGE)
 * @LAG_USAGE_DOWN: no link, or the port or the lag is down
 * @LAG_USAGE_DETACHED: not selected
 * @LAG_USAGE_WAITING: selected, wait_while runs
 * @LAG_USAGE_STANDBY: kept in reserve by max_links
 * @LAG_USAGE_ATTACHED: in sync at this end
 * @LAG_USAGE_COLLECTING: receives
 * @LAG_USAGE_DISTRIBUTING: receives and sends
 * @LAG_USAGE_ACTIVE: mode active-backup: receives and sends
 * @LAG_USAGE_BACKUP: mode active-backup: in reserve
 */
enum lag_port_usage {
	LAG_USAGE_DOWN,
	LAG_USAGE_DETACHED,
	LAG_USAGE_WAITING,
	LAG_USAGE_STANDBY,
	LAG_USAGE_ATTACHED,
	LAG_USAGE_COLLECTING,
	LAG_USAGE_DISTRIBUTING,
	LAG_USAGE_ACTIVE,
	LAG_USAGE_BACKUP,
};

/**
 * enum lag_why - what keeps a port from carrying traffic
 * (%IFLA_LAG_PORT_STATE_WHY), or a lag from having carrier
 * (%IFLA_LAG_STATE_CARRIER_REASON)
 * @LAG_WHY_NONE: nothing does
 * @LAG_WHY_LAG_DOWN: the lag is administratively down
 * @LAG_WHY_PORT_DOWN: the port is administratively down
 * @LAG_WHY_NO_CARRIER: the port has no link; for a lag: none of its ports has
 * @LAG_WHY_DISABLED: port option admin is disabled
 * @LAG_WHY_DRAINING: port option admin is draining
 * @LAG_WHY_UPDELAY: the link is up for less than updelay;
 *	%IFLA_LAG_PORT_STATE_WHY_MS tells what is left
 * @LAG_WHY_HALF_DUPLEX: LACP does not aggregate half duplex links
 * @LAG_WHY_LOOPBACK: this system hears its own LACPDUs on the port
 * @LAG_WHY_NO_LACPDU: nothing was heard since the link came up
 * @LAG_WHY_BOTH_PASSIVE: neither end is active
 * @LAG_WHY_EXPIRED: a partner was heard and is silent now
 * @LAG_WHY_PARTNER_INDIVIDUAL: the partner does not aggregate the link
 * @LAG_WHY_PARTNER_DIFFERS: the link goes to another system or key than the
 *	links in use
 * @LAG_WHY_SPEED_DIFFERS: speed, duplex or port_key differ from the ports in
 *	use
 * @LAG_WHY_STANDBY: max_links others are better
 * @LAG_WHY_WAITING: wait_while runs; %IFLA_LAG_PORT_STATE_WHY_MS tells what
 *	is left
 * @LAG_WHY_PARTNER_OUT_OF_SYNC: the partner has not put the link in sync
 * @LAG_WHY_PARTNER_NOT_COLLECTING: the partner is in sync but does not
 *	collect
 * @LAG_WHY_BACKUP: mode active-backup: another port is active
 * @LAG_WHY_MIN_LINKS: a lag: fewer than min_links ports distribute
 * @LAG_WHY_PROTODOWN: a lag: protodown is on
 * @LAG_WHY_NO_PORT: a lag: it has no ports
 * @LAG_WHY_NO_PARTNER: a lag: no port has agreed with a partner
 */
enum lag_why {
	LAG_WHY_NONE,
	LAG_WHY_LAG_DOWN,
	LAG_WHY_PORT_DOWN,
	LAG_WHY_NO_CARRIER,
	LAG_WHY_DISABLED,
	LAG_WHY_DRAINING,
	LAG_WHY_UPDELAY,
	LAG_WHY_HALF_DUPLEX,
	LAG_WHY_LOOPBACK,
	LAG_WHY_NO_LACPDU,
	LAG_WHY_BOTH_PASSIVE,
	LAG_WHY_EXPIRED,
	LAG_WHY_PARTNER_INDIVIDUAL,
	LAG_WHY_PARTNER_DIFFERS,
	LAG_WHY_SPEED_DIFFERS,
	LAG_WHY_STANDBY,
	LAG_WHY_WAITING,
	LAG_WHY_PARTNER_OUT_OF_SYNC,
	LAG_WHY_PARTNER_NOT_COLLECTING,
	LAG_WHY_BACKUP,
	LAG_WHY_MIN_LINKS,
	LAG_WHY_PROTODOWN,
	LAG_WHY_NO_PORT,
	LAG_WHY_NO_PARTNER,
	__LAG_WHY_MAX
};

/* The state octet of a LACPDU, 802.1AX 6.4.2.3 */
#define LACP_STATE_ACTIVITY		0x1
#define LACP_STATE_TIMEOUT		0x2
#define LACP_STATE_AGGREGATION		0x4
#define LACP_STATE_SYNC			0x8
#define LACP_STATE_COLLECTING		0x10
#define LACP_STATE_DISTRIBUTING		0x20
#define LACP_STATE_DEFAULTED		0x40
#define LACP_STATE_EXPIRED		0x80

/** enum lacp_rx_state - Receive machine, 802.1AX 6.4.12 */
enum lacp_rx_state {
	LACP_RX_INITIALIZE,
	LACP_RX_PORT_DISABLED,
	LACP_RX_EXPIRED,
	LACP_RX_LACP_DISABLED,
	LACP_RX_DEFAULTED,
	LACP_RX_CURRENT,
	__LACP_RX_MAX
};

/** enum lacp_periodic_state - Periodic Transmission machine, 802.1AX 6.4.13 */
enum lacp_periodic_state {
	LACP_PERIODIC_NO_PERIODIC,
	LACP_PERIODIC_FAST_PERIODIC,
	LACP_PERIODIC_SLOW_PERIODIC,
	LACP_PERIODIC_PERIODIC_TX,
	__LACP_PERIODIC_MAX
};

/** enum lacp_mux_state - Mux machine, 802.1AX 6.4.15 */
enum lacp_mux_state {
	LACP_MUX_DETACHED,
	LACP_MUX_WAITING,
	LACP_MUX_ATTACHED,
	LACP_MUX_COLLECTING,
	LACP_MUX_DISTRIBUTING,
	LACP_MUX_COLLECTING_DISTRIBUTING,
	__LACP_MUX_MAX
};

/** enum lacp_churn_state - Churn Detection machines, 802.1AX 6.4.17 */
enum lacp_churn_state {
	LACP_CHURN_MONITOR,
	LACP_CHURN_NO_CHURN,
	LACP_CHURN_CHURN,
	__LACP_CHURN_MAX
};

/** enum lacp_selected - the Selected variable, 802.1AX 6.4.8 */
enum lacp_selected {
	LACP_UNSELECTED,
	LACP_STANDBY,
	LACP_SELECTED,
	__LACP_SELECTED_MAX
};

/**
 * enum ifla_lag - attributes of a lag, nested in IFLA_INFO_DATA
 * @IFLA_LAG_MODE: u8, &enum lag_mode, default lacp
 * @IFLA_LAG_LACP_ACTIVE: u8, 0 passive or 1 active, default 1
 * @IFLA_LAG_LACP_RATE: u8, &enum lag_rate, default slow
 * @IFLA_LAG_XMIT_HASH_POLICY: u8, &enum lag_hash_policy, default layer3+4
 * @IFLA_LAG_MIN_LINKS: u32, 0..64, default 1; carrier needs so many
 *	distributing ports, 0 means 1
 * @IFLA_LAG_MAX_LINKS: u32, 0..64, default 0 (all); at most so many ports
 *	are selected
 * @IFLA_LAG_REVERTIVE: u8, 0 or 1, default 0; with max_links: a better port
 *	that comes back displaces one that carries traffic
 * @IFLA_LAG_FALLBACK: u8, &enum lag_fallback, default none
 * @IFLA_LAG_FALLBACK_TIMEOUT: u32, ms, 0..300000, default 15000
 * @IFLA_LAG_WAIT_WHILE: u32, ms, 0..10000, default 2000
 * @IFLA_LAG_GOODBYE: u8, 0 or 1, default 1; a last LACPDU out of sync when
 *	the lag or a port goes away
 * @IFLA_LAG_AD_SELECT: u8, &enum lag_ad_select, default stable
 * @IFLA_LAG_AD_ACTOR_SYS_PRIO: u16, 1..65535, default 65535
 * @IFLA_LAG_AD_ACTOR_SYSTEM: 6 octets, individual MAC address, default zero:
 *	the lag's own address, followed when it changes
 * @IFLA_LAG_AD_USER_PORT_KEY: u16, 0..1023, default 0
 * @IFLA_LAG_COUPLED_CONTROL: u8, 0 or 1, default 0
 * @IFLA_LAG_UPDELAY: u32, ms, 0..720000, default 0
 * @IFLA_LAG_DOWNDELAY: u32, ms, 0..720000, default 0
 * @IFLA_LAG_HASH_SEED: u32, default random
 * @IFLA_LAG_HASH_SYMMETRIC: u8, 0 or 1, default 0; both directions of a flow
 *	hash alike
 * @IFLA_LAG_PRIMARY: string, name of the device, shorter than %IFNAMSIZ, that
 *	is to be the active port whenever it can; it need not be a port yet;
 *	default empty: none
 * @IFLA_LAG_PRIMARY_RESELECT: u8, &enum lag_primary_reselect, default always
 * @IFLA_LAG_ACTIVE_SLAVE: u32, ifindex of the active port, left out if there is
 *	none; when set, that port becomes it now and is until it fails, 0: the
 *	rules decide again
 * @IFLA_LAG_FAIL_OVER_MAC: u8, &enum lag_fail_over_mac, default none
 * @IFLA_LAG_NUM_PEER_NOTIF: u8, default 1; how often peers are told of our
 *	addresses when the way to us has changed
 * @IFLA_LAG_PEER_NOTIFY_DELAY: u32, ms, 0..300000, default 0; how far apart,
 *	0 stands for 100
 * @IFLA_LAG_RESEND_IGMP: u32, 0..255, default 1; how often multicast groups are
 *	joined anew then, 200 ms apart
 * @IFLA_LAG_PACKETS_PER_SLAVE: u32, 0..65535, default 1; mode balance-rr: so
 *	many packets before the next port, 0: a port at random for each
 * @IFLA_LAG_MIIMON: u32, default 0; kept but without effect, like
 *	%IFLA_LAG_USE_CARRIER and %IFLA_LAG_LACP_STRICT: carrier is acted on at
 *	once, and there is none without a partner
 * @IFLA_LAG_USE_CARRIER: u8, 0 or 1, default 1
 * @IFLA_LAG_LACP_STRICT: u8, 0 or 1, default 1
 * @IFLA_LAG_ALL_SLAVES_ACTIVE: u8, 0, like the following for commands that name
 *	the default
 * @IFLA_LAG_LP_INTERVAL: u32, 1
 * @IFLA_LAG_TLB_DYNAMIC_LB: u8, 1
 * @IFLA_LAG_STATE: read only, nest of &enum ifla_lag_state
 */
enum ifla_lag {
	IFLA_LAG_UNSPEC,
	IFLA_LAG_MODE,
	IFLA_LAG_LACP_ACTIVE,
	IFLA_LAG_LACP_RATE,
	IFLA_LAG_XMIT_HASH_POLICY,
	IFLA_LAG_MIN_LINKS,
	IFLA_LAG_MAX_LINKS,
	IFLA_LAG_REVERTIVE,
	IFLA_LAG_FALLBACK,
	IFLA_LAG_FALLBACK_TIMEOUT,
	IFLA_LAG_WAIT_WHILE,
	IFLA_LAG_GOODBYE,
	IFLA_LAG_AD_SELECT,
	IFLA_LAG_AD_ACTOR_SYS_PRIO,
	IFLA_LAG_AD_ACTOR_SYSTEM,
	IFLA_LAG_AD_USER_PORT_KEY,
	IFLA_LAG_COUPLED_CONTROL,
	IFLA_LAG_UPDELAY,
	IFLA_LAG_DOWNDELAY,
	IFLA_LAG_HASH_SEED,
	IFLA_LAG_HASH_SYMMETRIC,
	IFLA_LAG_PRIMARY,
	IFLA_LAG_PRIMARY_RESELECT,
	IFLA_LAG_ACTIVE_SLAVE,
	IFLA_LAG_FAIL_OVER_MAC,
	IFLA_LAG_NUM_PEER_NOTIF,
	IFLA_LAG_PEER_NOTIFY_DELAY,
	IFLA_LAG_RESEND_IGMP,
	IFLA_LAG_PACKETS_PER_SLAVE,
	IFLA_LAG_MIIMON,
	IFLA_LAG_USE_CARRIER,
	IFLA_LAG_LACP_STRICT,
	IFLA_LAG_ALL_SLAVES_ACTIVE,
	IFLA_LAG_LP_INTERVAL,
	IFLA_LAG_TLB_DYNAMIC_LB,
	IFLA_LAG_STATE,
	__IFLA_LAG_MAX
};

#define IFLA_LAG_MAX (__IFLA_LAG_MAX - 1)

/**
 * enum ifla_lag_state - state of a lag, nested in IFLA_LAG_STATE
 * @IFLA_LAG_STATE_CARRIER_REASON: u8, &enum lag_why
 * @IFLA_LAG_STATE_AGGREGATOR: u16, identifier of the active aggregator, 0: none
 * @IFLA_LAG_STATE_ACTOR_KEY: u16, operational key of the active aggregator
 * @IFLA_LAG_STATE_PARTNER_SYS_PRIO: u16
 * @IFLA_LAG_STATE_PARTNER_SYSTEM: 6 octets
 * @IFLA_LAG_STATE_PARTNER_KEY: u16
 * @IFLA_LAG_STATE_NUM_PORTS: u32, ports attached to the active aggregator
 * @IFLA_LAG_STATE_NUM_SELECTED: u32
 * @IFLA_LAG_STATE_NUM_STANDBY: u32
 * @IFLA_LAG_STATE_NUM_DISTRIBUTING: u32
 * @IFLA_LAG_STATE_SPEED: u32, Mb/s, sum of the distributing ports, in mode
 *	broadcast the least of them, 0: unknown
 * @IFLA_LAG_STATE_FALLBACK_ACTIVE: u8, 0 or 1
 * @IFLA_LAG_STATE_GENERATION: u32, how often the slot table was rewritten
 * @IFLA_LAG_STATE_LAST_FAILOVER: u64, ns of CLOCK_MONOTONIC at which a port
 *	last stopped carrying traffic, 0: never
 * @IFLA_LAG_STATE_SLOTS: %LAG_SLOTS octets: IFLA_LAG_PORT_STATE_INDEX of the
 *	port that serves each slot, %LAG_SLOT_NONE: none
 * @IFLA_LAG_STATE_HOME: %LAG_SLOTS u16: port number of the port that each
 *	slot returns to, 0: none
 * @IFLA_LAG_STATE_PAD: alignment
 */
enum ifla_lag_state {
	IFLA_LAG_STATE_UNSPEC,
	IFLA_LAG_STATE_CARRIER_REASON,
	IFLA_LAG_STATE_AGGREGATOR,
	IFLA_LAG_STATE_ACTOR_KEY,
	IFLA_LAG_STATE_PARTNER_SYS_PRIO,
	IFLA_LAG_STATE_PARTNER_SYSTEM,
	IFLA_LAG_STATE_PARTNER_KEY,
	IFLA_LAG_STATE_NUM_PORTS,
	IFLA_LAG_STATE_NUM_SELECTED,
	IFLA_LAG_STATE_NUM_STANDBY,
	IFLA_LAG_STATE_NUM_DISTRIBUTING,
	IFLA_LAG_STATE_SPEED,
	IFLA_LAG_STATE_FALLBACK_ACTIVE,
	IFLA_LAG_STATE_GENERATION,
	IFLA_LAG_STATE_LAST_FAILOVER,
	IFLA_LAG_STATE_SLOTS,
	IFLA_LAG_STATE_HOME,
	IFLA_LAG_STATE_PAD,
	__IFLA_LAG_STATE_MAX
};

#define IFLA_LAG_STATE_MAX (__IFLA_LAG_STATE_MAX - 1)

/**
 * enum ifla_lag_port - attributes of a port, nested in IFLA_INFO_SLAVE_DATA
 * @IFLA_LAG_PORT_ACTOR_PORT_PRIO: u16, default 255; lower is better
 * @IFLA_LAG_PORT_ADMIN: u8, &enum lag_port_admin, default enabled
 * @IFLA_LAG_PORT_KEY: u16, operational key, default 0: made of
 *	ad_user_port_key, speed and duplex
 * @IFLA_LAG_PORT_NUMBER: u16, port number, unique in the lag, default 0: the
 *	lowest free one, which is then reported
 * @IFLA_LAG_PORT_PRIO: s32, default 0; mode active-backup: higher is better
 * @IFLA_LAG_PORT_STATE: read only, nest of &enum ifla_lag_port_state
 */
enum ifla_lag_port {
	IFLA_LAG_PORT_UNSPEC,
	IFLA_LAG_PORT_ACTOR_PORT_PRIO,
	IFLA_LAG_PORT_ADMIN,
	IFLA_LAG_PORT_KEY,
	IFLA_LAG_PORT_NUMBER,
	IFLA_LAG_PORT_PRIO,
	IFLA_LAG_PORT_STATE,
	__IFLA_LAG_PORT_MAX
};

#define IFLA_LAG_PORT_MAX (__IFLA_LAG_PORT_MAX - 1)

/**
 * enum ifla_lag_port_state - state of a port, nested in IFLA_LAG_PORT_STATE
 * @IFLA_LAG_PORT_STATE_USAGE: u8, &enum lag_port_usage
 * @IFLA_LAG_PORT_STATE_WHY: u8, &enum lag_why
 * @IFLA_LAG_PORT_STATE_WHY_MS: u32, ms that are left of it, where it is a wait
 * @IFLA_LAG_PORT_STATE_LINK: u8, 0 or 1
 * @IFLA_LAG_PORT_STATE_SPEED: u32, Mb/s, 0: unknown
 * @IFLA_LAG_PORT_STATE_DUPLEX: u8, 0 half, 1 full, 255 unknown
 * @IFLA_LAG_PORT_STATE_LINK_FAILURES: u32, how often the link was lost
 * @IFLA_LAG_PORT_STATE_PERM_HWADDR: 6 octets, the address given back on release
 * @IFLA_LAG_PORT_STATE_INDEX: u8, the port's place in IFLA_LAG_STATE_SLOTS
 * @IFLA_LAG_PORT_STATE_SLOTS: u32, how many slots it serves
 * @IFLA_LAG_PORT_STATE_AGGREGATOR: u16, 0: none
 * @IFLA_LAG_PORT_STATE_SELECTED: u8, &enum lacp_selected
 * @IFLA_LAG_PORT_STATE_RX_MACHINE: u8, &enum lacp_rx_state
 * @IFLA_LAG_PORT_STATE_PERIODIC_MACHINE: u8, &enum lacp_periodic_state
 * @IFLA_LAG_PORT_STATE_MUX_MACHINE: u8, &enum lacp_mux_state
 * @IFLA_LAG_PORT_STATE_ACTOR_CHURN: u8, &enum lacp_churn_state
 * @IFLA_LAG_PORT_STATE_PARTNER_CHURN: u8, &enum lacp_churn_state
 * @IFLA_LAG_PORT_STATE_ACTOR: nest of &enum ifla_lag_lacp_info
 * @IFLA_LAG_PORT_STATE_PARTNER: nest of &enum ifla_lag_lacp_info
 * @IFLA_LAG_PORT_STATE_COUNTERS: nest of &enum ifla_lag_counter
 */
enum ifla_lag_port_state {
	IFLA_LAG_PORT_STATE_UNSPEC,
	IFLA_LAG_PORT_STATE_USAGE,
	IFLA_LAG_PORT_STATE_WHY,
	IFLA_LAG_PORT_STATE_WHY_MS,
	IFLA_LAG_PORT_STATE_LINK,
	IFLA_LAG_PORT_STATE_SPEED,
	IFLA_LAG_PORT_STATE_DUPLEX,
	IFLA_LAG_PORT_STATE_LINK_FAILURES,
	IFLA_LAG_PORT_STATE_PERM_HWADDR,
	IFLA_LAG_PORT_STATE_INDEX,
	IFLA_LAG_PORT_STATE_SLOTS,
	IFLA_LAG_PORT_STATE_AGGREGATOR,
	IFLA_LAG_PORT_STATE_SELECTED,
	IFLA_LAG_PORT_STATE_RX_MACHINE,
	IFLA_LAG_PORT_STATE_PERIODIC_MACHINE,
	IFLA_LAG_PORT_STATE_MUX_MACHINE,
	IFLA_LAG_PORT_STATE_ACTOR_CHURN,
	IFLA_LAG_PORT_STATE_PARTNER_CHURN,
	IFLA_LAG_PORT_STATE_ACTOR,
	IFLA_LAG_PORT_STATE_PARTNER,
	IFLA_LAG_PORT_STATE_COUNTERS,
	__IFLA_LAG_PORT_STATE_MAX
};

#define IFLA_LAG_PORT_STATE_MAX (__IFLA_LAG_PORT_STATE_MAX - 1)

/**
 * enum ifla_lag_lacp_info - one end of a link, as LACPDUs carry it
 * @IFLA_LAG_LACP_INFO_SYSTEM_PRIORITY: u16
 * @IFLA_LAG_LACP_INFO_SYSTEM: 6 octets
 * @IFLA_LAG_LACP_INFO_KEY: u16
 * @IFLA_LAG_LACP_INFO_PORT_PRIORITY: u16
 * @IFLA_LAG_LACP_INFO_PORT: u16
 * @IFLA_LAG_LACP_INFO_STATE: u8, LACP_STATE_*
 */
enum ifla_lag_lacp_info {
	IFLA_LAG_LACP_INFO_UNSPEC,
	IFLA_LAG_LACP_INFO_SYSTEM_PRIORITY,
	IFLA_LAG_LACP_INFO_SYSTEM,
	IFLA_LAG_LACP_INFO_KEY,
	IFLA_LAG_LACP_INFO_PORT_PRIORITY,
	IFLA_LAG_LACP_INFO_PORT,
	IFLA_LAG_LACP_INFO_STATE,
	__IFLA_LAG_LACP_INFO_MAX
};

#define IFLA_LAG_LACP_INFO_MAX (__IFLA_LAG_LACP_INFO_MAX - 1)

/**
 * enum ifla_lag_counter - counters of a port since it joined, each u64
 * @IFLA_LAG_COUNTER_LACPDU_RX: well-formed LACPDUs received
 * @IFLA_LAG_COUNTER_LACPDU_TX: LACPDUs sent
 * @IFLA_LAG_COUNTER_MARKER_RX: Marker Information PDUs received
 * @IFLA_LAG_COUNTER_MARKER_TX: Marker Responses sent
 * @IFLA_LAG_COUNTER_MARKER_RESPONSE_RX: Marker Responses received
 * @IFLA_LAG_COUNTER_ILLEGAL_RX: LACP or Marker PDUs too short or with a wrong
 *	TLV length, dropped
 * @IFLA_LAG_COUNTER_UNKNOWN_RX: Marker PDUs with an unknown TLV, dropped
 * @IFLA_LAG_COUNTER_LOOPBACK_RX: own LACPDUs heard, dropped
 * @IFLA_LAG_COUNTER_RATE_LIMITED: PDUs dropped or answers withheld because
 *	of their rate
 * @IFLA_LAG_COUNTER_EXPIRED: how often the partner fell silent
 * @IFLA_LAG_COUNTER_DEFAULTED: how often the partner was given up
 * @IFLA_LAG_COUNTER_CARRIER_CHANGES: how often the link rose or fell
 * @IFLA_LAG_COUNTER_NOT_COLLECTING_RX: data frames not taken for the lag
 *	because the port does not collect
 * @IFLA_LAG_COUNTER_ACTOR_CHURN: how often actor churn was detected
 * @IFLA_LAG_COUNTER_PARTNER_CHURN: how often partner churn was detected
 * @IFLA_LAG_COUNTER_PAD: alignment
 */
enum ifla_lag_counter {
	IFLA_LAG_COUNTER_UNSPEC,
	IFLA_LAG_COUNTER_LACPDU_RX,
	IFLA_LAG_COUNTER_LACPDU_TX,
	IFLA_LAG_COUNTER_MARKER_RX,
	IFLA_LAG_COUNTER_MARKER_TX,
	IFLA_LAG_COUNTER_MARKER_RESPONSE_RX,
	IFLA_LAG_COUNTER_ILLEGAL_RX,
	IFLA_LAG_COUNTER_UNKNOWN_RX,
	IFLA_LAG_COUNTER_LOOPBACK_RX,
	IFLA_LAG_COUNTER_RATE_LIMITED,
	IFLA_LAG_COUNTER_EXPIRED,
	IFLA_LAG_COUNTER_DEFAULTED,
	IFLA_LAG_COUNTER_CARRIER_CHANGES,
	IFLA_LAG_COUNTER_NOT_COLLECTING_RX,
	IFLA_LAG_COUNTER_ACTOR_CHURN,
	IFLA_LAG_COUNTER_PARTNER_CHURN,
	IFLA_LAG_COUNTER_PAD,
	__IFLA_LAG_COUNTER_MAX
};

#define IFLA_LAG_COUNTER_MAX (__IFLA_LAG_COUNTER_MAX - 1)

/** our place among the LINK_XSTATS_TYPE_* of other kinds, far from theirs */
#define LINK_XSTATS_TYPE_LAG	64

#endif /* _UAPI_LINUX_IF_LAG_H */
