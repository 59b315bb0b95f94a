/* SPDX-License-Identifier: GPL-2.0 */
/* How a packet would leave this host: by which device, with which addresses.
 */
#ifndef _LAGCTL_ROUTE_H
#define _LAGCTL_ROUTE_H

#include "../user/env.h"

/**
 * struct address - IPv4 or IPv6
 * @family: AF_INET or AF_INET6
 * @len: in octets
 * @octets: as on the wire
 */
struct address {
	u8	family;
	u8	len;
	u8	octets[16];
};

/**
 * struct route - the way of a packet
 * @device: ifindex of what it is routed to; 0 if nowhere
 * @base: ifindex below all its VLANs
 * @vlan: the outermost tag, 0: none
 * @local: the destination is this host
 * @src_mac: source MAC address, where there is a device
 * @dst_mac: of the next hop
 * @has_dst_mac: it is known
 */
struct route {
	int	device;
	int	base;
	u16	vlan;
	bool	local;
	u8	src_mac[6];
	u8	dst_mac[6];
	bool	has_dst_mac;
};

/**
 * route_find() - ask the kernel's tables
 * @src: source address; if it is not this host's the destination decides alone
 * @dst: destination address
 * @device: ifindex that it must leave by, 0: as the tables say
 * @route: the answer
 */
void route_find(const struct address *src, const struct address *dst,
		int device, struct route *route);

#endif /* _LAGCTL_ROUTE_H */
