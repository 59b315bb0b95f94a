/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that can happen to LACP, and what it then does to the kernel. */
#ifndef _LAG_CONTROL_H
#define _LAG_CONTROL_H

#include <linux/if_ether.h>
#include <linux/types.h>

struct lacp_admin;
struct lacp_link;
struct lacp_port_admin;
struct lag;
struct lag_port;
struct sk_buff;

/* Slow Protocols Multicast address, 802.3 Annex 57A */
extern const u8 lag_control_slow_address[ETH_ALEN];

/* Life of the control part of a lag; init cannot fail.  RTNL.
 * Between them open, close and the port verbs.
 */
void lag_control_init(struct lag *lag);
/* No timer runs and none will be armed once this returns. */
void lag_control_exit(struct lag *lag);

/* The system ends: goodbyes on all ports of all lags.  Sleeps; needs no RTNL. */
void lag_control_reboot(void);

/* The lag goes up or down; down sends goodbyes before it returns.  RTNL. */
void lag_control_open(struct lag *lag);
void lag_control_close(struct lag *lag);

/* Hand lag->config on; the name of a port may have changed instead.  RTNL. */
void lag_control_configure(struct lag *lag);

/**
 * lag_control_join() - begin LACP on a port
 * @port: @port->lacp zeroed; gets its index here
 * @admin: administrative values but for primary
 *
 * Context: RTNL; at most LAG_MAX_PORTS - 1 others have joined.
 */
void lag_control_join(struct lag_port *port,
		      const struct lacp_port_admin *admin);

/**
 * lag_control_goodbye() - take a port out of service, tell its partner
 * @port: the port
 *
 * When it returns no slot names the port and the last LACPDU has been handed
 * down; the port still collects.
 * Context: RTNL, before lag_control_leave() or while the port is taken down.
 */
void lag_control_goodbye(struct lag_port *port);

/* No part of control knows the port any more.  RTNL. */
void lag_control_leave(struct lag_port *port);

/* Administrative values of a port changed.  RTNL. */
void lag_control_port_configure(struct lag_port *port,
				const struct lacp_port_admin *admin);

/* Mode active-backup: make a port the active one, or NULL: that which the rules
 * say.  Nothing happens if it cannot carry traffic.  RTNL.
 */
void lag_control_activate(struct lag *lag, const struct lag_port *port);

/* The link of a port changed.  RTNL. */
void lag_control_link(struct lag_port *port, const struct lacp_link *link);

/**
 * lag_control_port_sends() - whether a port that is up sends what it is given
 * @port: the port
 *
 * Without carrier it does not; nor later, until RTNL was free for linkwatch.
 * Context: any.
 */
bool lag_control_port_sends(const struct lag_port *port);

/* Carrier of the lag anew: proto_down may have changed.  RTNL. */
void lag_control_carrier(struct lag *lag);

/**
 * lag_control_receive() - a LACPDU or Marker PDU came in
 * @port: where
 * @skb: the frame with skb->data at the subtype octet; not consumed and not
 *	changed
 *
 * Context: softirq, RCU.
 */
void lag_control_receive(struct lag_port *port, const struct sk_buff *skb);

/**
 * lag_control_kick() - transmit met a port without carrier
 * @lag: the lag
 *
 * The slots are rewritten in softirq soon.
 * Context: any; takes no lock.
 */
void lag_control_kick(struct lag *lag);

/* Mb/s that the lag carries now, 0: unknown.  &lag.lock. */
u32 lag_control_speed(const struct lag *lag);

/* Milliseconds on the clock that the engine is given */
u64 lag_control_now(void);

#endif /* _LAG_CONTROL_H */
