// SPDX-License-Identifier: GPL-2.0
/* The only caller of LACP: whatever happens is told to the engine under the
 * lock, and what the engine then wants is done.
 *
 * What LACP decides is in engine/; what has to wait for RTNL is in announce.c.
 *
 * Every entry is begin, a verb, end.  End is always the same: settle (slots,
 * carrier, what to announce: from present levels), send, arm the timer.
 */
#include "control.h"
#include "announce.h"
#include "lag.h"
#include "trace.h"
#include "txmap.h"

#include "engine/pdu.h"

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pkt_sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/sch_generic.h>

/* LACPDUs of one port that are looked at in a second */
#define LAG_CONTROL_FLOOD	100
#define LAG_CONTROL_FLOOD_MS	1000

/* A deadline further away than this may be met so much later. */
#define LAG_CONTROL_FAR_MS	1000
#define LAG_CONTROL_SLACK_MS	10

/* How often to look whether a lost carrier is back, until the notifier tells */
#define LAG_CONTROL_LOOK_MS	100

#define LAG_CONTROL_KICKED	0	/* bit of &lag.kicked */

/* Between notifications of peers where nothing else is asked for, and between
 * reports of multicast groups
 */
#define LAG_CONTROL_PEERS_MS	100
#define LAG_CONTROL_IGMP_MS	200

/* All lags; no RTNL at reboot, which may happen while somebody holds it */
static DEFINE_MUTEX(lag_control_lags_lock);
static LIST_HEAD(lag_control_lags);

const u8 lag_control_slow_address[ETH_ALEN] __aligned(2) = {
	0x01, 0x80, 0xc2, 0x00, 0x00, 0x02
};

static struct lag_port *lag_control_port(struct lag *lag, unsigned int index)
{
	return container_of(lag->lacp.port[index], struct lag_port, lacp);
}

/* Rounded down: who is woken at a deadline finds that it has come. */
u64 lag_control_now(void)
{
	return div_u64(ktime_get_ns(), NSEC_PER_MSEC);
}

bool lag_control_port_sends(const struct lag_port *port)
{
	return netif_carrier_ok(port->dev) && !qdisc_tx_is_noop(port->dev);
}

/* What is sent on all ports is no faster than the slowest. */
u32 lag_control_speed(const struct lag *lag)
{
	const struct lacp_group *g = &lag->lacp;
	u32 sum = 0, least = 0;
	u64 left;

	lockdep_assert_held(&lag->lock);

	for (left = g->distributing & g->members; left; left &= left - 1) {
		u32 speed = g->port[__ffs64(left)]->link.speed;

		sum += speed;
		least = min_not_zero(least, speed);
	}

	return g->admin.mode == LAG_MODE_BROADCAST ? least : sum;
}

/* Levels: what the engine's present state means for the kernel */

static u64 lag_control_flood_deadline(struct lag *lag)
{
	u64 deadline = LACP_NEVER;
	u64 left;

	for (left = lag->flooded; left; left &= left - 1) {
		struct lag_port *port = lag_control_port(lag, __ffs64(left));

		deadline = min(deadline, READ_ONCE(port->flood.since) +
					 LAG_CONTROL_FLOOD_MS);
	}

	return deadline;
}

static void lag_control_arm(struct lag *lag, u64 now)
{
	u64 slack = 0;
	u64 deadline;

	lockdep_assert_held(&lag->lock);

	if (lag->dead)
		return;

	deadline = min(lacp_group_deadline(&lag->lacp, now),
		       lag_control_flood_deadline(lag));
	deadline = min3(deadline, lag->peers.due, lag->igmp.due);
	if (lag->untold)
		deadline = min(deadline, now + LAG_CONTROL_LOOK_MS);
	/* What is due by now has just been done. */
	deadline = max(deadline, now + 1);
	if (deadline == lag->armed && hrtimer_is_queued(&lag->timer))
		return;

	lag->armed = deadline;
	if (deadline == LACP_NEVER) {
		hrtimer_try_to_cancel(&lag->timer);
	} else {
		if (deadline > now + LAG_CONTROL_FAR_MS)
			slack = LAG_CONTROL_SLACK_MS * NSEC_PER_MSEC;
		hrtimer_start_range_ns(&lag->timer, ms_to_ktime(deadline),
				       slack, HRTIMER_MODE_ABS_SOFT);
	}

	/* A kick may have armed the timer just before: that must stay. */
	if (test_bit(LAG_CONTROL_KICKED, &lag->kicked))
		hrtimer_start(&lag->timer, 0, HRTIMER_MODE_ABS_SOFT);
}

static void lag_control_learn(struct lag *lag, struct lag_port *port,
			      bool carrier, u64 now)
{
	struct lacp_link link = port->lacp.link;

	link.carrier = carrier;
	lacp_port_link(&lag->lacp, &port->lacp, &link, now);
}

/* Down may be learned anywhere.  Up, too, as long as the notifier has not told
 * of the loss: what tells it also takes the qdisc away, and from then on it
 * takes RTNL to make the port send again.
 */
static void lag_control_learn_carrier(struct lag *lag, u64 now)
{
	u64 left;

	for (left = lag->lacp.members; left; left &= left - 1) {
		struct lag_port *port = lag_control_port(lag, __ffs64(left));

		if (!port->lacp.link.carrier || netif_carrier_ok(port->dev))
			continue;
		lag->untold |= BIT_ULL(port->lacp.index);
		lag_control_learn(lag, port, false, now);
	}

	for (left = lag->untold; left; left &= left - 1) {
		struct lag_port *port = lag_control_port(lag, __ffs64(left));

		if (!lag_control_port_sends(port))
			continue;
		lag->untold &= ~BIT_ULL(port->lacp.index);
		lag_control_learn(lag, port, true, now);
	}
}

static void lag_control_collect(struct lag *lag)
{
	u64 left;

	for (left = lag->lacp.members; left; left &= left - 1) {
		struct lag_port *port = lag_control_port(lag, __ffs64(left));
		bool collecting;

		collecting = lag->lacp.collecting >> port->lacp.index & 1;
		if (port->collecting != collecting)
			WRITE_ONCE(port->collecting, collecting);
	}
}

static void lag_control_distribute(struct lag *lag)
{
	u16 number[LAG_MAX_PORTS] = {};
	unsigned int changed;
	u64 live = 0;
	u64 left;

	for (left = lag->lacp.distributing; left; left &= left - 1) {
		const struct lacp_port *p = lag->lacp.port[__ffs64(left)];

		/* With downdelay the engine keeps a port without carrier. */
		if (!p->link.running || !p->link.carrier)
			continue;
		live |= BIT_ULL(p->index);
		number[p->index] = p->actor.port;
	}

	/* Port numbers do not change without a change of status. */
	if (live == lag->txmap.live && !lag->lacp.effects.status)
		return;

	if (lag->txmap.live & ~live)
		lag->last_failover = ktime_get_ns();
	changed = lag_txmap_update(lag, live, number);
	if (!changed)
		return;

	lag->generation++;
	lag->group_status = true;
	trace_lag_slots(lag->dev, lag->generation, live, changed);
}

static void lag_control_set_carrier(struct lag *lag)
{
	struct net_device *dev = lag->dev;
	enum lag_why why;
	bool carrier;

	why = lacp_group_why(&lag->lacp);
	if (dev->proto_down)
		why = LAG_WHY_PROTODOWN;
	if (lag->why != why) {
		WRITE_ONCE(lag->why, why);
		lag->group_status = true;
	}

	carrier = lag->lacp.enabled && !dev->proto_down &&
		  lacp_group_carrier(&lag->lacp);
	if (carrier == netif_carrier_ok(dev))
		return;

	lag->group_status = true;
	if (carrier)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
}

/* What the lag is reached through: 0 nothing, 1 its ports, or one of them, or
 * the partner that they lead to
 */
static u64 lag_control_path(const struct lag *lag)
{
	const struct lacp_group *g = &lag->lacp;
	const struct lacp_info *partner = &g->active.partner;

	if (!netif_carrier_ok(lag->dev))
		return 0;
	if (g->backup_active)
		return 2 + g->backup_active->index;
	if (g->aggregator)
		return ether_addr_to_u64(partner->system) << 16 | partner->key;
	return 1;
}

static void lag_control_begin_repeat(struct lag_repeat *repeat, bool begin,
				     u64 now)
{
	repeat->left = begin ? repeat->count : 0;
	repeat->due = repeat->left ? now : LACP_NEVER;
	repeat->owed = false;
}

/* The next interval begins when lag->announce has told of the last time: who
 * keeps RTNL for long does not make a burst.
 */
static void lag_control_repeat(struct lag_repeat *repeat, u64 now)
{
	if (repeat->owed || !repeat->left)
		return;

	if (repeat->due == LACP_NEVER)
		repeat->due = now + repeat->interval;
	if (now < repeat->due)
		return;

	repeat->owed = true;
	repeat->left--;
	repeat->due = LACP_NEVER;
}

/* Those who send to us may still do it the old way. */
static void lag_control_notify(struct lag *lag, u64 now)
{
	u64 path = lag_control_path(lag);

	if (lag->path == path)
		return;

	lag->path = path;
	lag_control_begin_repeat(&lag->peers, path, now);
	lag_control_begin_repeat(&lag->igmp, path, now);
}

static void lag_control_tell(struct lag *lag)
{
	struct lacp_effects *effects = &lag->lacp.effects;

	lag->status |= effects->status;
	lag->group_status |= effects->group_status || effects->distribution;
	effects->status = 0;
	effects->group_status = false;
	effects->distribution = false;

	if (lag->status || lag->group_status || lag->peers.owed ||
	    lag->igmp.owed)
		lag_announce_queue(lag);
}

/* If not, the levels are what they were: most LACPDUs come and go so. */
static bool lag_control_changed(const struct lag *lag)
{
	const struct lacp_effects *effects = &lag->lacp.effects;

	return effects->distribution || effects->status ||
	       effects->group_status || lag->group_status;
}

static void lag_control_settle(struct lag *lag, u64 now)
{
	lockdep_assert_held(&lag->lock);

	lag_control_learn_carrier(lag, now);
	if (lag_control_changed(lag)) {
		lag_control_collect(lag);
		lag_control_distribute(lag);
		lag_control_set_carrier(lag);
		lag_control_notify(lag, now);
	}
	lag_control_repeat(&lag->peers, now);
	lag_control_repeat(&lag->igmp, now);
	lag_control_tell(lag);
}

/* Transmission of slow-protocol frames */

static struct sk_buff *lag_control_alloc(const struct lag_port *port)
{
	struct net_device *dev = port->dev;
	/* Once: a bridge at the other end of a veth may change it meanwhile. */
	unsigned int room = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;
	struct ethhdr *eth;

	skb = alloc_skb(room + LACP_PDU_LEN + dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return NULL;

	skb_reserve(skb, room);
	skb_reset_network_header(skb);
	eth = skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	ether_addr_copy(eth->h_dest, lag_control_slow_address);
	/* The port's own address, not the lag's that it carries */
	ether_addr_copy(eth->h_source, port->saved_addr);
	eth->h_proto = htons(ETH_P_SLOW);

	skb->dev = dev;
	skb->protocol = htons(ETH_P_SLOW);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

/* The LACPDU that the port owes, saying what is true now */
static struct sk_buff *lag_control_lacpdu(struct lag *lag,
					  struct lag_port *port, u64 now)
{
	struct sk_buff *skb;
	struct lacp_pdu pdu;

	skb = lag_control_alloc(port);
	if (!skb) {
		lacp_port_unsent(&lag->lacp, &port->lacp, now);
		return NULL;
	}
	if (!lacp_port_transmit(&lag->lacp, &port->lacp, &pdu, now)) {
		kfree_skb(skb);
		return NULL;
	}

	lacp_pdu_build(skb_put(skb, LACP_PDU_LEN), &pdu);
	trace_lag_pdu_tx(port->dev, &pdu);
	return skb;
}

/* One sender per lag: who finds another at it leaves its ports to that one.
 * So no two CPUs can put an older LACPDU behind a newer one.
 */
static u64 lag_control_send(struct lag *lag, u64 now)
	__must_hold(&lag->lock)
{
	lockdep_assert_held(&lag->lock);

	if (lag->sending)
		return now;

	lag->sending = true;
	while (lag->lacp.effects.send) {
		unsigned int index = __ffs64(lag->lacp.effects.send);
		struct sk_buff *skb;

		skb = lag_control_lacpdu(lag, lag_control_port(lag, index),
					 now);
		/* What has been said may let the machines go on. */
		lag_control_settle(lag, now);
		if (!skb)
			continue;

		spin_unlock(&lag->lock);
		dev_queue_xmit(skb);
		spin_lock(&lag->lock);
		now = lag_control_now();
	}
	WRITE_ONCE(lag->sending, false);
	return now;
}

/* The frame around every verb */

static u64 lag_control_begin(struct lag *lag)
	__acquires(RCU) __acquires(&lag->lock)
{
	rcu_read_lock();
	spin_lock_bh(&lag->lock);
	return lag_control_now();
}

static void lag_control_end(struct lag *lag, u64 now)
	__releases(&lag->lock) __releases(RCU)
{
	lag_control_settle(lag, now);
	now = lag_control_send(lag, now);
	lag_control_arm(lag, now);
	spin_unlock_bh(&lag->lock);
	rcu_read_unlock();
}

/* End, and wait for what another CPU is handing down for us at this moment */
static void lag_control_end_sent(struct lag *lag, u64 now)
	__releases(&lag->lock) __releases(RCU)
{
	lag_control_end(lag, now);
	while (READ_ONCE(lag->sending))
		usleep_range(20, 50);
}

/* LACPDUs come in */

/* Before lag->lock, so that a port that is flooded keeps it from nobody.
 * Returns true if the LACPDU is to be looked at now; *first is set if it is
 * the first one in this second that has to wait.
 */
static bool lag_control_admit(struct lag_port *port,
			      const struct lacp_pdu *pdu, u64 now, bool *first)
{
	struct lag_flood *flood = &port->flood;
	bool admit;

	spin_lock(&flood->lock);
	if (now >= flood->since + LAG_CONTROL_FLOOD_MS) {
		WRITE_ONCE(flood->since, now);
		flood->count = 0;
		flood->kept = false;
	}
	admit = flood->count < LAG_CONTROL_FLOOD;
	*first = flood->count == LAG_CONTROL_FLOOD;
	flood->count++;
	if (!admit) {
		flood->dropped++;
		flood->last = *pdu;
		flood->kept = true;
	}
	spin_unlock(&flood->lock);

	return admit;
}

/* The second of a flooded port may be over: look at the LACPDU that was kept */
static void lag_control_flood_over(struct lag *lag, struct lag_port *port,
				   u64 now)
{
	struct lag_flood *flood = &port->flood;
	struct lacp_pdu pdu;
	bool kept;

	lockdep_assert_held(&lag->lock);

	spin_lock(&flood->lock);
	kept = flood->kept;
	if (kept && now < flood->since + LAG_CONTROL_FLOOD_MS) {
		spin_unlock(&flood->lock);
		return;
	}
	if (kept)
		pdu = flood->last;
	flood->kept = false;
	/* It came itself out of the number of those that were dropped. */
	port->rate_limited += flood->dropped - kept;
	flood->dropped = 0;
	spin_unlock(&flood->lock);

	lag->flooded &= ~BIT_ULL(port->lacp.index);
	if (kept)
		lacp_port_receive(&lag->lacp, &port->lacp, &pdu, now);
}

static void lag_control_receive_lacpdu(struct lag_port *port,
				       const struct lacp_pdu *pdu)
{
	struct lag *lag = port->lag;
	bool first;
	bool admit;
	u64 now;

	trace_lag_pdu_rx(port->dev, pdu);
	admit = lag_control_admit(port, pdu, lag_control_now(), &first);
	if (!admit && !first)
		return;

	now = lag_control_begin(lag);
	/* The partner may speak before we know that the link is back. */
	if (lag->untold)
		lag_control_learn_carrier(lag, now);
	if (port->joined && admit)
		lacp_port_receive(&lag->lacp, &port->lacp, pdu, now);
	else if (port->joined)
		lag->flooded |= BIT_ULL(port->lacp.index);
	lag_control_end(lag, now);
}

static void lag_control_receive_marker(struct lag_port *port,
				       const u8 *data, size_t len)
{
	enum lacp_marker_kind kind = lacp_marker_parse(data, len);
	struct lag *lag = port->lag;
	struct sk_buff *skb = NULL;

	spin_lock_bh(&lag->lock);
	switch (kind) {
	case LACP_MARKER_ILLEGAL:
		port->illegal_rx++;
		break;
	case LACP_MARKER_UNKNOWN:
		port->unknown_rx++;
		break;
	case LACP_MARKER_RESPONSE:
		port->marker_response_rx++;
		break;
	case LACP_MARKER_INFORMATION:
		port->marker_rx++;
		/* A lag that is down says nothing, its ports neither. */
		if (!port->joined ||
		    lacp_port_usage(&lag->lacp, &port->lacp) == LAG_USAGE_DOWN)
			break;
		if (!lacp_port_marker(&port->lacp, lag_control_now())) {
			port->rate_limited++;
			break;
		}
		skb = lag_control_alloc(port);
		if (!skb)
			break;
		lacp_marker_respond(skb_put(skb, LACP_PDU_LEN), data);
		port->marker_tx++;
		break;
	}
	spin_unlock_bh(&lag->lock);

	if (skb)
		dev_queue_xmit(skb);
}

static void lag_control_receive_illegal(struct lag_port *port)
{
	spin_lock_bh(&port->lag->lock);
	port->illegal_rx++;
	spin_unlock_bh(&port->lag->lock);
}

void lag_control_receive(struct lag_port *port, const struct sk_buff *skb)
{
	u8 buffer[LACP_PDU_LEN];
	struct lacp_pdu pdu;
	const u8 *data;

	data = skb_header_pointer(skb, 0, sizeof(buffer), buffer);
	if (!data)
		lag_control_receive_illegal(port);
	else if (data[0] == LACP_SUBTYPE_MARKER)
		lag_control_receive_marker(port, data, sizeof(buffer));
	else if (lacp_pdu_parse(&pdu, data, sizeof(buffer)))
		lag_control_receive_lacpdu(port, &pdu);
	else
		lag_control_receive_illegal(port);
}

/* Time */

static enum hrtimer_restart lag_control_timer(struct hrtimer *timer)
{
	struct lag *lag = container_of(timer, struct lag, timer);
	u64 left;
	u64 now;

	now = lag_control_begin(lag);
	clear_bit(LAG_CONTROL_KICKED, &lag->kicked);
	/* Before the carrier is looked at: a kick from now on comes again. */
	smp_mb__after_atomic();

	for (left = lag->flooded; left; left &= left - 1)
		lag_control_flood_over(lag, lag_control_port(lag, __ffs64(left)),
				       now);
	lacp_group_expire(&lag->lacp, now);
	lag_control_end(lag, now);

	return HRTIMER_NORESTART;
}

void lag_control_kick(struct lag *lag)
{
	if (READ_ONCE(lag->dead) ||
	    test_and_set_bit(LAG_CONTROL_KICKED, &lag->kicked))
		return;

	hrtimer_start(&lag->timer, 0, HRTIMER_MODE_ABS_SOFT);
}

/* The lag */

static enum lag_pick lag_control_pick(const struct lag_config *config)
{
	bool symmetric = config->hash_symmetric;

	switch (config->lacp.mode) {
	case LAG_MODE_ACTIVE_BACKUP:
		return LAG_PICK_ACTIVE;
	case LAG_MODE_BALANCE_RR:
		return config->packets_per_slave == 1 ? LAG_PICK_ROBIN :
			LAG_PICK_ROBIN_SEVERAL;
	case LAG_MODE_BROADCAST:
		return LAG_PICK_BROADCAST;
	}

	switch (config->xmit_hash_policy) {
	case LAG_HASH_LAYER34:
		return symmetric ? LAG_PICK_LAYER34_SYMMETRIC :
				   LAG_PICK_LAYER34;
	case LAG_HASH_LAYER23:
		return symmetric ? LAG_PICK_HASH : LAG_PICK_LAYER23;
	case LAG_HASH_LAYER2:
		return symmetric ? LAG_PICK_HASH : LAG_PICK_LAYER2;
	case LAG_HASH_ENCAP34:
		return symmetric ? LAG_PICK_HASH : LAG_PICK_ENCAP34;
	case LAG_HASH_ENCAP23:
		return symmetric ? LAG_PICK_HASH : LAG_PICK_ENCAP23;
	case LAG_HASH_VLAN_SRCMAC:
		return LAG_PICK_VLAN_SRCMAC;
	case LAG_HASH_FLOW:
		return LAG_PICK_FLOW;
	default:
		return LAG_PICK_HASH;
	}
}

static void lag_control_tell_packet_path(struct lag *lag)
{
	const struct lag_config *config = &lag->config;

	WRITE_ONCE(lag->mode, config->lacp.mode);
	WRITE_ONCE(lag->xmit_hash_policy, config->xmit_hash_policy);
	WRITE_ONCE(lag->hash_symmetric, config->hash_symmetric);
	WRITE_ONCE(lag->hash_seed, config->hash_seed);
	WRITE_ONCE(lag->packets_per_slave, config->packets_per_slave);
	WRITE_ONCE(lag->pick, lag_control_pick(config));
}

static void lag_control_set_repeats(struct lag *lag)
{
	const struct lag_config *config = &lag->config;

	lag->peers.count = config->num_peer_notif;
	lag->peers.interval = config->peer_notify_delay ?: LAG_CONTROL_PEERS_MS;
	lag->igmp.count = config->resend_igmp;
	lag->igmp.interval = LAG_CONTROL_IGMP_MS;
}

void lag_control_init(struct lag *lag)
{
	spin_lock_init(&lag->lock);
	hrtimer_init(&lag->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	lag->timer.function = lag_control_timer;
	lag_announce_setup(lag);
	lag_spread_init(&lag->spread);
	lag_txmap_init(&lag->txmap);
	lacp_group_init(&lag->lacp, &lag->config.lacp);
	lag_control_tell_packet_path(lag);
	lag_control_set_repeats(lag);
	lag->peers.due = LACP_NEVER;
	lag->igmp.due = LACP_NEVER;
	lag->why = lacp_group_why(&lag->lacp);

	mutex_lock(&lag_control_lags_lock);
	list_add(&lag->list, &lag_control_lags);
	mutex_unlock(&lag_control_lags_lock);
}

void lag_control_exit(struct lag *lag)
{
	mutex_lock(&lag_control_lags_lock);
	list_del(&lag->list);
	mutex_unlock(&lag_control_lags_lock);

	spin_lock_bh(&lag->lock);
	WRITE_ONCE(lag->dead, true);
	spin_unlock_bh(&lag->lock);
	hrtimer_cancel(&lag->timer);
}

static void lag_control_enable(struct lag *lag, bool enabled)
{
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	if (lag->lacp.enabled != enabled)
		lacp_group_enable(&lag->lacp, enabled, now);
	else
		lag_control_set_carrier(lag);	/* who knows who turned it */
	lag_control_end_sent(lag, now);
}

void lag_control_open(struct lag *lag)
{
	lag_control_enable(lag, !lag->dev->proto_down);
}

void lag_control_close(struct lag *lag)
{
	lag_control_enable(lag, false);
}

/* proto_down takes the lag out of service with goodbyes, like closing it. */
void lag_control_carrier(struct lag *lag)
{
	bool running = netif_running(lag->dev);

	lag_control_enable(lag, running && !lag->dev->proto_down);
}

static bool lag_control_is_primary(const struct lag_port *port)
{
	return !strcmp(port->dev->name, port->lag->config.primary);
}

/* One is told after the other; no port may take over before the last is. */
static void lag_control_set_primary(struct lag *lag, u64 now)
{
	struct lacp_admin patient = lag->lacp.admin;
	u64 left;

	patient.reselect = LAG_RESELECT_FAILURE;
	lacp_group_configure(&lag->lacp, &patient, now);

	for (left = lag->lacp.members; left; left &= left - 1) {
		struct lag_port *port = lag_control_port(lag, __ffs64(left));
		struct lacp_port_admin admin = port->lacp.admin;

		admin.primary = lag_control_is_primary(port);
		if (admin.primary != port->lacp.admin.primary)
			lacp_port_configure(&lag->lacp, &port->lacp, &admin,
					    now);
	}
}

void lag_control_configure(struct lag *lag)
{
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	lag_control_tell_packet_path(lag);
	lag_control_set_repeats(lag);
	lag_control_set_primary(lag, now);
	lacp_group_configure(&lag->lacp, &lag->config.lacp, now);
	lag_control_end(lag, now);
}

void lag_control_activate(struct lag *lag, const struct lag_port *port)
{
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	lacp_group_activate(&lag->lacp, port ? &port->lacp : NULL, now);
	lag_control_end(lag, now);
}

void lag_control_reboot(void)
{
	struct lag *lag;
	u64 now;

	mutex_lock(&lag_control_lags_lock);
	list_for_each_entry(lag, &lag_control_lags, list) {
		now = lag_control_begin(lag);
		lacp_group_goodbye(&lag->lacp, now);
		lag_control_end_sent(lag, now);
	}
	mutex_unlock(&lag_control_lags_lock);
}

/* Its ports */

void lag_control_join(struct lag_port *port,
		      const struct lacp_port_admin *admin)
{
	struct lacp_port_admin whole = *admin;
	struct lag *lag = port->lag;
	u64 now;

	ASSERT_RTNL();

	whole.primary = lag_control_is_primary(port);
	now = lag_control_begin(lag);
	port->lacp.index = __ffs64(~lag->lacp.members);
	lacp_port_join(&lag->lacp, &port->lacp, &whole, now);
	port->joined = true;
	lag_txmap_add(lag, port);
	lag_control_end(lag, now);
}

void lag_control_goodbye(struct lag_port *port)
{
	struct lag *lag = port->lag;
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	lacp_port_goodbye(&lag->lacp, &port->lacp, now);
	lag_control_end_sent(lag, now);
}

void lag_control_leave(struct lag_port *port)
{
	struct lag *lag = port->lag;
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	lacp_port_leave(&lag->lacp, &port->lacp, now);
	port->joined = false;
	WRITE_ONCE(port->collecting, false);
	lag->flooded &= ~BIT_ULL(port->lacp.index);
	lag->untold &= ~BIT_ULL(port->lacp.index);
	/* The slots go first: none may name an index that names no port. */
	lag_control_settle(lag, now);
	lag_txmap_remove(lag, port);
	lag_control_end(lag, now);
}

void lag_control_port_configure(struct lag_port *port,
				const struct lacp_port_admin *admin)
{
	struct lag *lag = port->lag;
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	lacp_port_configure(&lag->lacp, &port->lacp, admin, now);
	lag_control_end(lag, now);
}

void lag_control_link(struct lag_port *port, const struct lacp_link *link)
{
	struct lag *lag = port->lag;
	u64 now;

	ASSERT_RTNL();

	now = lag_control_begin(lag);
	lag->untold &= ~BIT_ULL(port->lacp.index);
	lacp_port_link(&lag->lacp, &port->lacp, link, now);
	lag_control_end(lag, now);
}
