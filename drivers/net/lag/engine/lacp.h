/* SPDX-License-Identifier: GPL-2.0 */
/* The engine's whole interface: LACP (IEEE 802.1AX clause 6) as a value.
 *
 * The engine knows no netdevice, lock, clock or allocation.  The caller tells
 * what happened and when, reads the effects, and acts on them.
 */
#ifndef _LAG_ENGINE_LACP_H
#define _LAG_ENGINE_LACP_H

#include "env.h"

#include <linux/if_lag.h>

/** deadline of a timer that does not run */
#define LACP_NEVER		U64_MAX

/* 802.1AX 6.4.4, all in ms */
#define LACP_FAST_PERIODIC_MS	1000
#define LACP_SLOW_PERIODIC_MS	30000
#define LACP_SHORT_TIMEOUT_MS	3000
#define LACP_LONG_TIMEOUT_MS	90000
#define LACP_CHURN_MS		60000

/* 802.1AX 6.4.16: no more LACPDUs than this in any Fast_Periodic_Time */
#define LACP_TX_LIMIT		3

/* 802.3 Annex 57A: no more slow-protocol frames of a kind in any second */
#define LACP_MARKER_LIMIT	10

/* How long a drained port accepts frames from a partner that goes on sending */
#define LACP_DRAIN_MS		1000

/* When a LACPDU that could not be allocated is tried again */
#define LACP_RETRY_MS		100

/**
 * struct lacp_info - what a LACPDU says of one end of a link
 * @system_priority: lower is better
 * @system: system identifier, a MAC address
 * @key: ports with equal keys may aggregate
 * @port_priority: lower is better
 * @port: port number, unique in the system
 * @state: LACP_STATE_* bits
 */
struct lacp_info {
	u16	system_priority;
	u8	system[ETH_ALEN];
	u16	key;
	u16	port_priority;
	u16	port;
	u8	state;
};

/**
 * struct lacp_pdu - a LACPDU without its wire form
 * @actor: the sender
 * @partner: the receiver as the sender knows it
 */
struct lacp_pdu {
	struct lacp_info	actor;
	struct lacp_info	partner;
};

/**
 * struct lacp_link - what the shell knows of a port's link
 * @running: the port is administratively up
 * @carrier: the link is up
 * @full_duplex: false only if the link is known to be half duplex
 * @speed: Mb/s, 0 if unknown
 */
struct lacp_link {
	bool	running;
	bool	carrier;
	bool	full_duplex;
	u32	speed;
};

/**
 * struct lacp_admin - administrative values of a group
 * @mode: &enum lag_mode
 * @active: Activity of the actor
 * @fast: short timeout asked of the partner
 * @coupled: coupled control in the Mux
 * @revertive: a better port displaces one that carries traffic
 * @goodbye: a last LACPDU, out of sync, before a port falls silent
 * @ad_select: &enum lag_ad_select
 * @fallback: &enum lag_fallback
 * @reselect: &enum lag_primary_reselect
 * @system_priority: 1..65535
 * @system: system identifier, individual
 * @user_key: 0..1023
 * @min_links: distributing ports that carrier takes; 0 means 1
 * @max_links: most ports selected, 0: all
 * @fallback_timeout: ms
 * @wait_while: Aggregate_Wait_Time in ms
 * @updelay: ms for which a port stays unselected after its link rose
 * @downdelay: ms for which the protocol does not see a lost link
 */
struct lacp_admin {
	u8	mode;
	bool	active;
	bool	fast;
	bool	coupled;
	bool	revertive;
	bool	goodbye;
	u8	ad_select;
	u8	fallback;
	u8	reselect;
	u16	system_priority;
	u8	system[ETH_ALEN];
	u16	user_key;
	u32	min_links;
	u32	max_links;
	u32	fallback_timeout;
	u32	wait_while;
	u32	updelay;
	u32	downdelay;
};

/**
 * struct lacp_port_admin - administrative values of a port
 * @priority: port priority
 * @key: operational key, 0: made of user key, speed and duplex
 * @number: port number, 0: the lowest free one
 * @admin: &enum lag_port_admin
 * @primary: mode active-backup: to be preferred to all others
 * @prio: mode active-backup: the higher the better
 */
struct lacp_port_admin {
	u16	priority;
	u16	key;
	u16	number;
	u8	admin;
	bool	primary;
	s32	prio;
};

/**
 * struct lacp_counters - what happened to a port since it joined
 * @lacpdu_rx: LACPDUs given to lacp_port_receive()
 * @lacpdu_tx: LACPDUs taken with lacp_port_transmit()
 * @loopback_rx: LACPDUs of our own system heard
 * @expired: partner fell silent
 * @defaulted: partner given up
 * @carrier_changes: link rose or fell
 * @link_failures: link fell
 * @actor_churn: actor churn detected
 * @partner_churn: partner churn detected
 */
struct lacp_counters {
	u64	lacpdu_rx;
	u64	lacpdu_tx;
	u64	loopback_rx;
	u64	expired;
	u64	defaulted;
	u64	carrier_changes;
	u64	link_failures;
	u64	actor_churn;
	u64	partner_churn;
};

/**
 * struct lacp_port - one Aggregation Port
 *
 * The shell allocates it and reads it; only the engine writes it.
 *
 * @index: place in &lacp_group.port, set by the shell before it joins
 * @admin: administrative values
 * @link: last told by lacp_port_link()
 * @link_up: the link as the protocol sees it, @link after downdelay
 * @updelay: deadline: the port may be selected; LACP_NEVER: it may now
 * @downdelay: deadline: @link_up follows the lost carrier
 * @leaving: a goodbye was asked for; the machines rest
 * @actor: operational values of this end
 * @partner: operational values of the other end
 * @selected: Selected
 * @ntt: NTT, a LACPDU is due
 * @goodbye: a LACPDU out of sync is due, whatever the limit
 * @rx: Receive machine
 * @received: the PDU the Receive machine has to take
 * @current_while: deadline
 * @port_moved: port_moved
 * @heard: a partner was heard since the link came up
 * @matched: the last PDU showed this end as it is
 * @last: last PDU
 * @changed: when the partner became another, in ms
 * @unsettled: it had done so not long before, with the link up
 * @loopback: deadline: own PDUs were heard not long ago
 * @periodic: Periodic Transmission machine
 * @periodic_timer: deadline
 * @mux: Mux machine
 * @wait_while: deadline
 * @ready_n: Ready_N
 * @sync0_sent: a LACPDU without Synchronization left since DETACHED
 * @sync1_sent: a LACPDU with Synchronization left since ATTACHED
 * @sync1_seen: the partner has shown since that it had one
 * @lone: carries traffic without a partner's word: not mode lacp, or fallback
 * @drain_while: deadline: the drained port stops collecting
 * @drain_told: a LACPDU without Distributing left since draining began
 * @aggregator: identifier of the port's aggregator, 0: none
 * @tx_time: when the last LACP_TX_LIMIT LACPDUs left, a ring
 * @tx_count: LACPDUs that count for the limit, for the ring's position
 * @retry: deadline: an unsent LACPDU is tried again
 * @marker_time: when the last LACP_MARKER_LIMIT markers were answered, a ring
 * @marker_count: markers answered, for the ring's position
 * @actor_churn: Actor Churn Detection machine
 * @partner_churn: Partner Churn Detection machine
 * @actor_churn_timer: deadline
 * @partner_churn_timer: deadline
 * @counters: what happened
 */
struct lacp_port {
	u8			index;
	struct lacp_port_admin	admin;

	/* Link */
	struct lacp_link	link;
	bool			link_up;
	u64			updelay;
	u64			downdelay;
	bool			leaving;

	/* Shared between the machines */
	struct lacp_info	actor;
	struct lacp_info	partner;
	enum lacp_selected	selected;
	bool			ntt;
	bool			goodbye;

	/* Receive machine */
	enum lacp_rx_state	rx;
	const struct lacp_pdu	*received;
	u64			current_while;
	bool			port_moved;
	bool			heard;
	bool			matched;
	struct lacp_pdu		last;
	u64			changed;
	bool			unsettled;
	u64			loopback;

	/* Periodic Transmission machine */
	enum lacp_periodic_state periodic;
	u64			periodic_timer;

	/* Mux machine */
	enum lacp_mux_state	mux;
	u64			wait_while;
	bool			ready_n;
	bool			sync0_sent;
	bool			sync1_sent;
	bool			sync1_seen;
	bool			lone;
	u64			drain_while;
	bool			drain_told;

	/* Selection */
	u16			aggregator;

	/* Transmit machine */
	u64			tx_time[LACP_TX_LIMIT];
	u64			tx_count;
	u64			retry;

	/* Marker responder */
	u64			marker_time[LACP_MARKER_LIMIT];
	u64			marker_count;

	/* Churn Detection machines */
	enum lacp_churn_state	actor_churn;
	enum lacp_churn_state	partner_churn;
	u64			actor_churn_timer;
	u64			partner_churn_timer;

	struct lacp_counters	counters;
};

/**
 * struct lacp_effects - what the shell must now do
 * @send: mask of ports with a LACPDU to take with lacp_port_transmit()
 * @distribution: the ports that collect or distribute changed
 * @status: mask of ports of which something that a user can see changed
 * @group_status: the same of the group
 *
 * @send is a level, valid after every verb.  The others are set by the engine
 * and cleared by the shell, so that nothing is lost between two looks.
 */
struct lacp_effects {
	u64	send;
	bool	distribution;
	u64	status;
	bool	group_status;
};

/**
 * struct lacp_group - one System with one active Aggregator: a lag
 * @port: the ports at their fixed indexes
 * @members: mask of the indexes in use
 * @admin: administrative values
 * @enabled: the lag is administratively up
 * @active: LAG ID of the active aggregator, seen from its ports: @active.actor
 *	key and, if individual, port; @active.partner likewise
 * @aggregator: identifier of the active aggregator, 0: none
 * @fallback: fallback is in force
 * @fallback_timer: deadline
 * @backup_active: mode active-backup: the active port, or NULL
 * @backup_manual: mode active-backup: the port that somebody chose, until it
 *	fails, or NULL
 * @distributing: mask of ports that may be sent to
 * @collecting: mask of ports that may be received from
 * @effects: what the shell must now do
 */
struct lacp_group {
	struct lacp_port	*port[LAG_MAX_PORTS];
	u64			members;
	struct lacp_admin	admin;
	bool			enabled;
	struct lacp_pdu		active;
	u16			aggregator;
	bool			fallback;
	u64			fallback_timer;
	const struct lacp_port	*backup_active;
	const struct lacp_port	*backup_manual;
	u64			distributing;
	u64			collecting;
	struct lacp_effects	effects;
};

/**
 * DOC: Verbs
 *
 * Callers serialise per group.  @now is in ms of a clock that never goes
 * back.  Every verb runs the machines to quiescence and leaves what follows in
 * &lacp_group.effects.  Nothing is kept by reference but the ports between
 * lacp_port_join() and lacp_port_leave().
 */

void lacp_group_init(struct lacp_group *g, const struct lacp_admin *admin);
void lacp_group_configure(struct lacp_group *g, const struct lacp_admin *admin,
			  u64 now);
void lacp_group_enable(struct lacp_group *g, bool enabled, u64 now);
void lacp_group_expire(struct lacp_group *g, u64 now);

/**
 * lacp_group_goodbye() - the system ends
 * @g: the group
 * @now: ms
 *
 * As lacp_port_goodbye() on every port that talks LACP.  The others go on: who
 * sends through them is not at the end yet.
 */
void lacp_group_goodbye(struct lacp_group *g, u64 now);

/**
 * lacp_group_activate() - mode active-backup: choose the active port by hand
 * @g: the group
 * @p: a member; NULL leaves the choice to the rules again
 * @now: ms
 *
 * Return: false, and nothing changed, if the port cannot carry traffic.
 */
bool lacp_group_activate(struct lacp_group *g, const struct lacp_port *p,
			 u64 now);

/**
 * lacp_group_deadline() - when to call lacp_group_expire()
 * @g: the group
 * @now: ms
 *
 * Return: ms, LACP_NEVER if no timer runs.
 */
u64 lacp_group_deadline(const struct lacp_group *g, u64 now);

/**
 * lacp_group_carrier() - whether enough ports distribute
 * @g: the group
 */
bool lacp_group_carrier(const struct lacp_group *g);

/**
 * lacp_group_why() - what keeps the group from having carrier
 * @g: the group
 *
 * Return: LAG_WHY_NONE if it has carrier.
 */
enum lag_why lacp_group_why(const struct lacp_group *g);

/**
 * lacp_port_join() - begin
 * @g: the group
 * @p: a port, zeroed but for @p->index, which no other member has
 * @admin: administrative values; number 0 takes the lowest free one
 * @now: ms
 */
void lacp_port_join(struct lacp_group *g, struct lacp_port *p,
		    const struct lacp_port_admin *admin, u64 now);
void lacp_port_leave(struct lacp_group *g, struct lacp_port *p, u64 now);

/**
 * lacp_port_goodbye() - take a port that will leave out of service
 * @g: the group
 * @p: the port
 * @now: ms
 *
 * It stops distributing and, where LACP talked, owes a last LACPDU out of
 * sync.  It goes on collecting: what is in flight is still ours.  Undone by
 * lacp_port_link() with a port that does not run.
 */
void lacp_port_goodbye(struct lacp_group *g, struct lacp_port *p, u64 now);
void lacp_port_configure(struct lacp_group *g, struct lacp_port *p,
			 const struct lacp_port_admin *admin, u64 now);
void lacp_port_link(struct lacp_group *g, struct lacp_port *p,
		    const struct lacp_link *link, u64 now);
void lacp_port_receive(struct lacp_group *g, struct lacp_port *p,
		       const struct lacp_pdu *pdu, u64 now);

/**
 * lacp_port_transmit() - take the LACPDU that a port of effects.send owes
 * @g: the group
 * @p: the port
 * @pdu: filled with what is true now
 * @now: ms
 *
 * Return: false if the port owes none (any more).
 */
bool lacp_port_transmit(struct lacp_group *g, struct lacp_port *p,
			struct lacp_pdu *pdu, u64 now);

/**
 * lacp_port_unsent() - no memory for what lacp_port_transmit() would give
 * @g: the group
 * @p: the port, called instead of lacp_port_transmit()
 * @now: ms
 *
 * The port owes its LACPDU again LACP_RETRY_MS later.
 */
void lacp_port_unsent(struct lacp_group *g, struct lacp_port *p, u64 now);

/**
 * lacp_port_marker() - whether a Marker may be answered now
 * @p: the port
 * @now: ms
 *
 * Return: true if so; it counts for the limit of 10 in any second.
 */
bool lacp_port_marker(struct lacp_port *p, u64 now);

/**
 * lacp_port_usage() - what a port does, in one word
 * @g: the group
 * @p: the port
 */
enum lag_port_usage lacp_port_usage(const struct lacp_group *g,
				    const struct lacp_port *p);

/**
 * lacp_port_why() - what keeps a port from carrying traffic
 * @g: the group
 * @p: the port
 * @now: ms
 * @left: set to the ms that are left of it where it is a wait, else 0
 *
 * Return: LAG_WHY_NONE if it carries traffic.
 */
enum lag_why lacp_port_why(const struct lacp_group *g,
			   const struct lacp_port *p, u64 now, u32 *left);

/* The port numbered @number, or NULL */
struct lacp_port *lacp_port_find(const struct lacp_group *g, u16 number);

#endif /* _LAG_ENGINE_LACP_H */
