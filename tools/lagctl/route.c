// SPDX-License-Identifier: GPL-2.0
/* Asks the routing and neighbour tables what the kernel would ask them.
 *
 * Which port of a lag comes after that is not here; see flow.c.
 */
#include "lagctl.h"
#include "model.h"
#include "route.h"

#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#define ROUTE_BUFFER	(32 * 1024)

/* What there is to know of a device */
struct route_device {
	int	link;		/* ifindex of what it is made on */
	u16	vlan;
	bool	is_vlan;
	u8	mac[ETH_ALEN];
};

/* One request, one answer; returns 0 or a negative error. */
static int route_ask(struct nlmsghdr *request, mnl_cb_t take, void *data)
{
	struct mnl_socket *nl = rtnl_open(0);
	static char buffer[ROUTE_BUFFER];
	ssize_t len;
	int ret = 0;

	request->nlmsg_flags = NLM_F_REQUEST;
	request->nlmsg_seq = 1;
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		die(EXIT_KERNEL, "Cannot talk to rtnetlink: %s",
		    strerror(errno));
	len = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));
	if (len < 0 || mnl_cb_run(buffer, len, 1, mnl_socket_get_portid(nl),
				  take, data) < 0)
		ret = -errno;
	mnl_socket_close(nl);
	return ret;
}

static int route_take_device(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *info, *kind = NULL, *more = NULL;
	struct route_device *device = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_LINK:
			device->link = mnl_attr_get_u32(attr);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(attr) == ETH_ALEN)
				memcpy(device->mac, mnl_attr_get_payload(attr),
				       ETH_ALEN);
			break;
		case IFLA_LINKINFO:
			mnl_attr_for_each_nested(info, attr) {
				if (mnl_attr_get_type(info) == IFLA_INFO_KIND)
					kind = info;
				if (mnl_attr_get_type(info) == IFLA_INFO_DATA)
					more = info;
			}
			break;
		}
	}
	if (!kind || strcmp(mnl_attr_get_str(kind), "vlan") || !more)
		return MNL_CB_OK;

	device->is_vlan = true;
	mnl_attr_for_each_nested(attr, more)
		if (mnl_attr_get_type(attr) == IFLA_VLAN_ID)
			device->vlan = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static bool route_device(int index, struct route_device *device)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info;

	memset(device, 0, sizeof(*device));
	nlh->nlmsg_type = RTM_GETLINK;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_index = index;
	return !route_ask(nlh, route_take_device, device);
}

/* What RTM_GETROUTE tells */
struct route_hop {
	int		device;
	u8		type;
	struct address	next;
};

static void route_take_address(struct address *address, const void *octets,
			       unsigned int len)
{
	if (len != 4 && len != 16)
		return;
	address->family = len == 4 ? AF_INET : AF_INET6;
	address->len = len;
	memcpy(address->octets, octets, len);
}

static int route_take_hop(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route_hop *hop = data;
	const struct nlattr *attr;
	const struct rtvia *via;
	unsigned int len;

	hop->type = rtm->rtm_type;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		len = mnl_attr_get_payload_len(attr);
		switch (mnl_attr_get_type(attr)) {
		case RTA_OIF:
			hop->device = mnl_attr_get_u32(attr);
			break;
		case RTA_GATEWAY:
			route_take_address(&hop->next,
					   mnl_attr_get_payload(attr), len);
			break;
		case RTA_VIA:
			via = mnl_attr_get_payload(attr);
			if (len > sizeof(*via))
				route_take_address(&hop->next, via->rtvia_addr,
						   len - sizeof(*via));
			break;
		}
	}

	return MNL_CB_OK;
}

static bool route_hop(const struct address *src, const struct address *dst,
		      int device, struct route_hop *hop)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct rtmsg *rtm;

	memset(hop, 0, sizeof(*hop));
	hop->next = *dst;
	nlh->nlmsg_type = RTM_GETROUTE;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = dst->family;
	rtm->rtm_dst_len = dst->len * 8;
	mnl_attr_put(nlh, RTA_DST, dst->len, dst->octets);
	if (src) {
		rtm->rtm_src_len = src->len * 8;
		mnl_attr_put(nlh, RTA_SRC, src->len, src->octets);
	}
	if (device)
		mnl_attr_put_u32(nlh, RTA_OIF, device);
	return !route_ask(nlh, route_take_hop, hop) && hop->device;
}

static int route_take_neighbour(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct route *route = data;

	if (ndm->ndm_state & (NUD_INCOMPLETE | NUD_FAILED))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		if (mnl_attr_get_type(attr) != NDA_LLADDR ||
		    mnl_attr_get_payload_len(attr) != ETH_ALEN)
			continue;
		memcpy(route->dst_mac, mnl_attr_get_payload(attr), ETH_ALEN);
		route->has_dst_mac = true;
	}

	return MNL_CB_OK;
}

static void route_neighbour(const struct address *next, struct route *route)
{
	char buffer[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ndmsg *ndm;

	nlh->nlmsg_type = RTM_GETNEIGH;
	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = next->family;
	ndm->ndm_ifindex = route->device;
	mnl_attr_put(nlh, NDA_DST, next->len, next->octets);
	route_ask(nlh, route_take_neighbour, route);
}

/* RFC 1112, section 6.4, and RFC 2464, section 7 */
static bool route_multicast(const struct address *dst, u8 *mac)
{
	const u8 *o = dst->octets;

	if (dst->family == AF_INET && (o[0] & 0xf0) == 0xe0) {
		memcpy(mac, "\x01\x00\x5e", 3);
		mac[3] = o[1] & 0x7f;
		memcpy(mac + 4, o + 2, 2);
		return true;
	}
	if (dst->family == AF_INET6 && o[0] == 0xff) {
		memcpy(mac, "\x33\x33", 2);
		memcpy(mac + 2, o + 12, 4);
		return true;
	}
	return false;
}

void route_find(const struct address *src, const struct address *dst,
		int device, struct route *route)
{
	struct route_device d;
	struct route_hop hop;
	int index;

	memset(route, 0, sizeof(*route));
	if (!route_hop(src, dst, device, &hop) &&
	    !route_hop(NULL, dst, device, &hop))
		return;

	route->local = hop.type == RTN_LOCAL;
	route->device = hop.device;
	if (hop.type == RTN_BROADCAST) {
		memset(route->dst_mac, 0xff, sizeof(route->dst_mac));
		route->has_dst_mac = true;
	} else if (route_multicast(dst, route->dst_mac)) {
		route->has_dst_mac = true;
	} else {
		route_neighbour(&hop.next, route);
	}

	for (index = route->device; route_device(index, &d); index = d.link) {
		if (index == route->device)
			memcpy(route->src_mac, d.mac, sizeof(d.mac));
		route->base = index;
		if (!d.is_vlan)
			break;
		route->vlan = d.vlan;
	}
}
