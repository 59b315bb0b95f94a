/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses and ports of any IP packet, and of what tunnels carry. */
#ifndef _LAG_DISSECT_H
#define _LAG_DISSECT_H

#include "engine/hash.h"

#include <linux/in.h>
#include <linux/skbuff.h>
#include <linux/swab.h>

/* Ports that tell what is in UDP */
#define LAG_PORT_VXLAN		4789
#define LAG_PORT_VXLAN_LINUX	8472	/* unless dstport is given */
#define LAG_PORT_GENEVE		6081
#define LAG_PORT_GTPU		2152

static inline bool lag_dissect_has_ports(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

/* As a number */
static inline u16 lag_dissect_dst_port(const struct lag_flow *flow)
{
	return swab16(flow->ports >> 16);
}

static inline bool lag_dissect_is_tunnel_port(__be16 port)
{
	return port == htons(LAG_PORT_VXLAN) ||
	       port == htons(LAG_PORT_VXLAN_LINUX) ||
	       port == htons(LAG_PORT_GENEVE) || port == htons(LAG_PORT_GTPU);
}

static inline bool lag_dissect_is_tunnel(const struct lag_flow *flow)
{
	return lag_dissect_is_tunnel_port(htons(lag_dissect_dst_port(flow)));
}

/**
 * lag_dissect() - read a packet, wherever its headers are
 * @skb: the packet
 * @offset: from its begin to what follows the EtherType in @flow
 * @encap: of a tunnel, the innermost packet
 * @flow: gets addresses and ports, if it is IP
 *
 * Context: RCU.
 */
void lag_dissect(const struct sk_buff *skb, int offset, bool encap,
		 struct lag_flow *flow);

#endif /* _LAG_DISSECT_H */
