/* SPDX-License-Identifier: GPL-2.0 */
/* The two objects of the shell, struct lag and struct lag_port, and who may
 * touch what of them.  Prototypes live with their files.
 */
#ifndef _LAG_H
#define _LAG_H

#include "engine/lacp.h"
#include "engine/spread.h"

#include <lag_compat.h>

#include <linux/hrtimer.h>
#include <linux/if_lag.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/**
 * DOC: Locking
 *
 * =========================================== ============== ================
 * what                                        written under  read under
 * =========================================== ============== ================
 * membership, &lag.config, flags, features    RTNL           RTNL or RCU
 * engine structs, slots, live mask, carrier,  &lag.lock      &lag.lock; slots
 * arming of the timer, &lag.sending                          and live: RCU
 * net_device.rx_handler_data of a port        RTNL           RCU
 * counters                                    per CPU        any
 * =========================================== ============== ================
 *
 * Order: RTNL, then &lag.lock (_bh in process context).  Under &lag.lock no
 * transmit, no notification, no sleeping, and no allocation but the PDU skb.
 */

#define LAG_DRV_NAME	"lag"

/* &lag_config.activate: leave the active port as it is */
#define LAG_ACTIVATE_NOTHING	(-1)

/**
 * struct lag_config - the options of a lag, as a value
 * @lacp: what the engine has to know
 * @xmit_hash_policy: &enum lag_hash_policy
 * @hash_seed: seed of the hash
 * @hash_symmetric: both directions of a flow hash alike
 * @actor_system: explicit system identifier, zero: the lag's address, which
 *	is then what @lacp.system holds
 * @primary: name of the device that is to be preferred, or empty
 * @activate: what to do once when this is put in force: ifindex of the port
 *	that becomes active, 0: that which the rules say, or
 *	LAG_ACTIVATE_NOTHING
 * @fail_over_mac: &enum lag_fail_over_mac
 * @num_peer_notif: how often peers are notified
 * @peer_notify_delay: ms between that, 0: a default
 * @resend_igmp: how often multicast groups are joined anew
 * @packets_per_slave: mode balance-rr: packets before the next port
 * @miimon: kept for who reads it back, like the following
 * @use_carrier: kept
 * @lacp_strict: kept
 */
struct lag_config {
	struct lacp_admin	lacp;
	u8			xmit_hash_policy;
	u32			hash_seed;
	bool			hash_symmetric;
	u8			actor_system[ETH_ALEN] __aligned(2);
	char			primary[IFNAMSIZ];
	int			activate;
	u8			fail_over_mac;
	u8			num_peer_notif;
	u32			peer_notify_delay;
	u32			resend_igmp;
	u32			packets_per_slave;
	u32			miimon;
	bool			use_carrier;
	bool			lacp_strict;
};

/**
 * enum lag_pick - how transmit chooses the port, the one thing of mode and
 * options that it has to ask for every packet
 * @LAG_PICK_LAYER34: by hash, policy layer3+4
 * @LAG_PICK_LAYER34_SYMMETRIC: by hash, policy layer3+4, hash_symmetric
 * @LAG_PICK_LAYER23: by hash, policy layer2+3
 * @LAG_PICK_LAYER2: by hash, policy layer2
 * @LAG_PICK_ENCAP34: by hash, policy encap3+4
 * @LAG_PICK_ENCAP23: by hash, policy encap2+3
 * @LAG_PICK_VLAN_SRCMAC: by hash, policy vlan+srcmac
 * @LAG_PICK_FLOW: by hash, policy flow
 * @LAG_PICK_HASH: by hash, any policy
 * @LAG_PICK_ACTIVE: all slots name the same port
 * @LAG_PICK_ROBIN: one live port after the other, a packet each
 * @LAG_PICK_ROBIN_SEVERAL: several packets each, or a port at random
 * @LAG_PICK_BROADCAST: all live ports
 */
enum lag_pick {
	LAG_PICK_LAYER34,
	LAG_PICK_LAYER34_SYMMETRIC,
	LAG_PICK_LAYER23,
	LAG_PICK_LAYER2,
	LAG_PICK_ENCAP34,
	LAG_PICK_ENCAP23,
	LAG_PICK_VLAN_SRCMAC,
	LAG_PICK_FLOW,
	LAG_PICK_HASH,
	LAG_PICK_ACTIVE,
	LAG_PICK_ROBIN,
	LAG_PICK_ROBIN_SEVERAL,
	LAG_PICK_BROADCAST,
};

/**
 * struct lag_turn - mode balance-rr: whose turn it is, for each CPU
 * @next: whose it is, in &lag_txmap.turn
 * @left: packets that the one before it may still take
 */
struct lag_turn {
	unsigned int		next;
	unsigned int		left;
};

/**
 * struct lag_txmap - from hash to port, read for every packet
 * @live: mask of the indexes in @port that may be sent to
 * @slot: the port that serves each slot, or &lag_txmap_nobody
 * @port: the ports at their fixed indexes, or NULL
 * @turns: number of ports in @turn
 * @turn: those of @live, without gaps, behind them &lag_txmap_nobody
 *
 * Written in place under &lag.lock, read under RCU.  A snapshot of @live is
 * one READ_ONCE(): lag is for 64-bit kernels.
 */
struct lag_txmap {
	u64			live;
	struct lag_port __rcu	*slot[LAG_SLOTS];
	struct lag_port __rcu	*port[LAG_MAX_PORTS];
	unsigned int		turns;
	struct lag_port __rcu	*turn[LAG_MAX_PORTS];
};

/**
 * struct lag_flood - LACPDUs of a port in the present second
 * @lock: protects the others; taken before or without &lag.lock
 * @since: ms, begin of the second
 * @count: LACPDUs in it
 * @dropped: of them surplus, not yet in &lag_port.rate_limited
 * @kept: @last waits for the second to end
 * @last: last surplus LACPDU
 */
struct lag_flood {
	spinlock_t		lock;	/* of all that follows */
	u64			since;
	unsigned int		count;
	unsigned int		dropped;
	bool			kept;
	struct lacp_pdu		last;
};

/**
 * struct lag_repeat - something that is told several times
 * @count: how often
 * @interval: ms between
 * @left: how often still, without what is owed
 * @due: ms at which it is owed the next time, or LACP_NEVER
 * @owed: a time that has come and &lag.announce still has to tell
 */
struct lag_repeat {
	unsigned int		count;
	unsigned int		interval;
	unsigned int		left;
	u64			due;
	bool			owed;
};

/**
 * struct lag_told - what was announced or logged last, to tell differences
 * @carrier: of the lag
 * @why: &enum lag_why, what keeps the lag from having it
 * @fallback: fallback is in force
 * @partner: of the active aggregator, zero: none
 * @active: ifindex of the active port of mode active-backup, 0: none
 */
struct lag_told {
	bool			carrier;
	u8			why;
	bool			fallback;
	struct lacp_info	partner;
	int			active;
};

/**
 * struct lag_port - a port, from joining to the grace period after leaving
 * @dev: the lower device
 * @lag: its lag
 * @collecting: data frames are taken for the lag; written under &lag.lock
 * @joined: the engine knows it; &lag.lock
 * @lacp: the engine's part; &lag.lock
 * @illegal_rx: counter; &lag.lock, like the following
 * @marker_rx: counter
 * @marker_tx: counter
 * @marker_response_rx: counter
 * @unknown_rx: counter
 * @rate_limited: counter
 * @flood: limit of LACPDUs, has its own lock
 * @not_collecting_rx: counter, per CPU
 * @netpoll: of @dev while the lag has one
 * @told: what other devices were told of the port; RTNL, like the following
 * @told_loopback: own LACPDUs heard when that was last logged
 * @list: in &lag.ports
 * @dev_tracker: reference to @dev
 * @saved_addr: address to give back
 * @saved_assign_type: where that came from
 * @saved_mtu: MTU to give back
 * @saved_up: open @dev when it leaves
 */
struct lag_port {
	/* Read for every packet */
	struct net_device	*dev;
	struct lag		*lag;
	bool			collecting;

	/* lock */
	bool			joined;
	struct lacp_port	lacp;
	u64			illegal_rx;
	u64			marker_rx;
	u64			marker_tx;
	u64			marker_response_rx;
	u64			unknown_rx;
	u64			rate_limited;

	struct lag_flood	flood;

	/* per CPU */
	u64 __percpu		*not_collecting_rx;

	/* Written under RTNL, read under RCU */
	struct netpoll __rcu	*netpoll;

	/* RTNL */
	struct netdev_lag_lower_state_info told;
	u64			told_loopback;
	struct list_head	list;
	netdevice_tracker	dev_tracker;
	u8			saved_addr[MAX_ADDR_LEN];
	unsigned char		saved_assign_type;
	unsigned int		saved_mtu;
	bool			saved_up;
};

/**
 * struct lag - private data of a lag netdevice
 * @txmap: from hash to port
 * @pick: &enum lag_pick; READ_ONCE(), like the following
 * @mode: &lag_config.lacp.mode for the packet path
 * @xmit_hash_policy: &lag_config.xmit_hash_policy for the packet path
 * @hash_symmetric: &lag_config.hash_symmetric for the packet path
 * @hash_seed: &lag_config.hash_seed for the packet path
 * @packets_per_slave: &lag_config.packets_per_slave for the packet path
 * @dev: the netdevice itself
 * @turn: mode balance-rr, per CPU
 * @rx_multicast: multicasts received, per CPU; net_device.tstats counts none
 * @lock: see DOC: Locking
 * @lacp: the engine
 * @spread: slots and homes by number, what @txmap holds by pointer
 * @why: &enum lag_why, what keeps the lag from having carrier
 * @flooded: mask of ports of which &lag_flood.last waits
 * @untold: mask of ports whose loss of carrier the notifier has not told yet
 * @generation: how often the slots were rewritten
 * @last_failover: ns of CLOCK_MONOTONIC
 * @sending: somebody is in lag_control_send()
 * @dead: @timer is not armed any more
 * @kicked: bit 0: transmit met a port without carrier
 * @timer: calls the engine at its deadline
 * @armed: ms, when @timer expires, unless it was kicked or is not queued
 * @status: mask of ports whose change @announce still has to tell
 * @group_status: the same of the lag
 * @path: what the lag is reached through, to tell when that changes
 * @peers: notification of peers
 * @igmp: joining of multicast groups
 * @announce: what needs RTNL, later
 * @told: what @announce has told
 * @ports: the ports in the order of joining; RTNL, readable under RCU
 * @num_ports: length of @ports; RTNL
 * @config: options; RTNL
 * @listening: the ports hear the group address of LACP; RTNL
 * @readdressing: a port is being given another address, by us; RTNL
 * @list: in the list of all lags
 */
struct lag {
	/* Read for every packet */
	struct lag_txmap	txmap;
	u8			pick;
	u8			mode;
	u8			xmit_hash_policy;
	bool			hash_symmetric;
	u32			hash_seed;
	u32			packets_per_slave;
	struct net_device	*dev;
	struct lag_turn __percpu *turn;
	u64 __percpu		*rx_multicast;

	/* lock */
	spinlock_t		lock;
	struct lacp_group	lacp;
	struct lag_spread	spread;
	u8			why;
	u64			flooded;
	u64			untold;
	u32			generation;
	u64			last_failover;
	bool			sending;
	bool			dead;
	unsigned long		kicked;
	struct hrtimer		timer;
	u64			armed;
	u64			status;
	bool			group_status;
	u64			path;
	struct lag_repeat	peers;
	struct lag_repeat	igmp;

	/* RTNL */
	struct work_struct	announce;
	struct lag_told		told;
	struct list_head	ports;
	unsigned int		num_ports;
	struct lag_config	config;
	bool			listening;
	bool			readdressing;

	/* lock of the list */
	struct list_head	list;
};

static inline struct lag_port *lag_port_get_rcu(const struct net_device *dev)
{
	return rcu_dereference(dev->rx_handler_data);
}

static inline struct lag_port *lag_port_get_rtnl(const struct net_device *dev)
{
	return rtnl_dereference(dev->rx_handler_data);
}

/* Mode active-backup: the active port, or NULL.  &lag.lock. */
static inline struct lag_port *lag_port_active(const struct lag *lag)
{
	const struct lacp_port *active = lag->lacp.backup_active;

	return active ? container_of(lag->lacp.port[active->index],
				     struct lag_port, lacp) : NULL;
}

#endif /* _LAG_H */
