// SPDX-License-Identifier: GPL-2.0
/* What needs RTNL, later: tells other devices, userspace, peers and the log what
 * control did in softirq.
 *
 * Nothing that carries traffic waits for this, but for the addresses of
 * fail_over_mac.
 */
#include "announce.h"
#include "address.h"
#include "lag.h"

#include "engine/names.h"

#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>

static struct workqueue_struct *lag_announce_workqueue;

#define lag_announce_log(dev, format, ...)				\
	do {								\
		if (net_ratelimit())					\
			netdev_info(dev, format, ##__VA_ARGS__);	\
	} while (0)

static void lag_announce_log_partner(struct net_device *dev,
				     const struct lacp_info *was,
				     const struct lacp_info *is)
{
	if (was->system_priority == is->system_priority &&
	    ether_addr_equal_unaligned(was->system, is->system) &&
	    was->key == is->key)
		return;

	if (is_zero_ether_addr(is->system))
		lag_announce_log(dev, "partner lost: %pM\n", was->system);
	else
		lag_announce_log(dev, "partner %s: %pM priority %u key %u\n",
				 is_zero_ether_addr(was->system) ?
				 "found" : "changed",
				 is->system, is->system_priority, is->key);
}

static void lag_announce_log_active(struct lag *lag, int was, int is)
{
	const struct lag_port *port;

	if (was == is)
		return;

	list_for_each_entry(port, &lag->ports, list)
		if (port->dev->ifindex == is)
			lag_announce_log(lag->dev, "port %s is active\n",
					 netdev_name(port->dev));
}

static void lag_announce_lag(struct lag *lag)
{
	struct net_device *dev = lag->dev;
	const struct lag_port *active;
	struct lag_told was = lag->told;
	struct lag_told is = {};

	spin_lock_bh(&lag->lock);
	is.carrier = netif_carrier_ok(dev);
	is.why = lag->why;
	is.fallback = lag->lacp.fallback;
	if (lag->lacp.aggregator)
		is.partner = lag->lacp.active.partner;
	active = lag_port_active(lag);
	if (active)
		is.active = active->dev->ifindex;
	spin_unlock_bh(&lag->lock);
	lag->told = is;

	lag_announce_log_partner(dev, &was.partner, &is.partner);
	lag_announce_log_active(lag, was.active, is.active);
	if (was.fallback != is.fallback)
		lag_announce_log(dev, "fallback %s\n",
				 is.fallback ? "entered" : "left");
	if (is.carrier && !was.carrier)
		lag_announce_log(dev, "carrier on\n");
	if (!is.carrier && (was.carrier || (was.why != is.why &&
					    is.why != LAG_WHY_LAG_DOWN)))
		lag_announce_log(dev, "carrier off: %s\n",
				 lag_why_text(is.why));

	call_netdevice_notifiers(NETDEV_CHANGEINFODATA, dev);
}

static void lag_announce_port(struct lag_port *port)
{
	struct netdev_lag_lower_state_info is = {};
	struct lag *lag = port->lag;
	u64 loopback;

	spin_lock_bh(&lag->lock);
	is.link_up = port->lacp.link_up;
	is.tx_enabled = lag->txmap.live >> port->lacp.index & 1;
	loopback = port->lacp.counters.loopback_rx;
	spin_unlock_bh(&lag->lock);

	if (port->told_loopback != loopback)
		lag_announce_log(lag->dev, "port %s hears its own LACPDUs\n",
				 netdev_name(port->dev));
	port->told_loopback = loopback;

	/* Either makes one RTM_NEWLINK. */
	if (port->told.link_up != is.link_up ||
	    port->told.tx_enabled != is.tx_enabled)
		netdev_lower_state_changed(port->dev, &is);
	else
		call_netdevice_notifiers(NETDEV_CHANGEINFODATA, port->dev);
	port->told = is;
}

static bool lag_announce_take(struct lag_repeat *repeat)
{
	bool owed = repeat->owed;

	repeat->owed = false;
	return owed;
}

/* Until linkwatch has seen the carrier, what is sent now would be lost; its
 * NETDEV_CHANGE brings us here again.
 */
static void lag_announce_peers(struct lag *lag)
{
	struct net_device *dev = lag->dev;
	bool peers, igmp;

	if (!netif_running(dev) ||
	    test_bit(__LINK_STATE_LINKWATCH_PENDING, &dev->state))
		return;

	spin_lock_bh(&lag->lock);
	peers = lag_announce_take(&lag->peers);
	igmp = lag_announce_take(&lag->igmp);
	/* Control counts the next interval from now. */
	if (peers || igmp)
		hrtimer_start(&lag->timer, 0, HRTIMER_MODE_ABS_SOFT);
	spin_unlock_bh(&lag->lock);

	if (peers)
		call_netdevice_notifiers(NETDEV_NOTIFY_PEERS, dev);
	if (igmp)
		call_netdevice_notifiers(NETDEV_RESEND_IGMP, dev);
}

static void lag_announce(struct lag *lag)
{
	struct lag_port *port;
	bool group_status;
	u64 status;

	spin_lock_bh(&lag->lock);
	status = lag->status;
	group_status = lag->group_status;
	lag->status = 0;
	lag->group_status = false;
	spin_unlock_bh(&lag->lock);

	/* First: peers are told of addresses. */
	if (group_status)
		lag_address_update(lag);
	list_for_each_entry(port, &lag->ports, list)
		if (status >> port->lacp.index & 1)
			lag_announce_port(port);
	if (group_status)
		lag_announce_lag(lag);
	lag_announce_peers(lag);
}

static void lag_announce_work(struct work_struct *work)
{
	struct lag *lag = container_of(work, struct lag, announce);
	struct net_device *dev = lag->dev;

	rtnl_lock();
	if (dev->reg_state == NETREG_REGISTERED)
		lag_announce(lag);
	rtnl_unlock();
	dev_put(dev);
}

void lag_announce_queue(struct lag *lag)
{
	lockdep_assert_held(&lag->lock);

	/* Before and after, the reference would keep nothing alive. */
	if (READ_ONCE(lag->dev->reg_state) != NETREG_REGISTERED)
		return;

	dev_hold(lag->dev);
	if (!queue_work(lag_announce_workqueue, &lag->announce))
		dev_put(lag->dev);
}

void lag_announce_setup(struct lag *lag)
{
	INIT_WORK(&lag->announce, lag_announce_work);
}

int lag_announce_init(void)
{
	lag_announce_workqueue = alloc_workqueue("lag", WQ_UNBOUND, 0);

	return lag_announce_workqueue ? 0 : -ENOMEM;
}

void lag_announce_exit(void)
{
	destroy_workqueue(lag_announce_workqueue);
}
