// SPDX-License-Identifier: GPL-2.0
/* Reads the headers of a frame: what the module's transmit.c and dissect.c and
 * the kernel's flow dissector find in it, found without a kernel.
 *
 * What becomes of it is not here; see engine/hash.h.
 */
#include "packet.h"

#include <netinet/in.h>

#include <linux/if_ether.h>

/* Limits of the module, and of the flow dissector */
#define PACKET_LINK_LEN		64
#define PACKET_UDP_TUNNELS	4
#define PACKET_GTPU_HEADERS	4
#define PACKET_HEADERS		15

#define PACKET_PORT_VXLAN	4789
#define PACKET_PORT_VXLAN_LINUX	8472
#define PACKET_PORT_GENEVE	6081
#define PACKET_PORT_GTPU	2152

#define PACKET_GRE_CSUM		0x8000
#define PACKET_GRE_ROUTING	0x4000
#define PACKET_GRE_KEY		0x2000
#define PACKET_GRE_SEQ		0x1000
#define PACKET_GRE_ACK		0x0080
#define PACKET_GRE_VERSION	0x0007
#define PACKET_GRE_PPP		0x880b

struct packet {
	const u8	*data;
	unsigned int	len;
	bool		cut;	/* less was there than was looked for */
};

/* Where the reading has got to */
struct packet_place {
	unsigned int	offset;
	u16		type;		/* EtherType of what is there */
	u8		protocol;	/* of the last IP header */
	bool		fragment;
	unsigned int	headers;
	const u8	*addresses;	/* both, of the last IP header */
	bool		ipv6;
};

enum packet_next { PACKET_TYPE, PACKET_PROTOCOL, PACKET_END };

static const u8 *packet_at(struct packet *p, unsigned int offset,
			   unsigned int len)
{
	if (offset <= p->len && len <= p->len - offset)
		return p->data + offset;

	p->cut = true;
	return NULL;
}

/* 0 if the packet ends before: no tunnel header begins so. */
static u8 packet_octet(struct packet *p, unsigned int offset)
{
	const u8 *octet = packet_at(p, offset, 1);

	return octet ? *octet : 0;
}

static u16 packet_word(struct packet *p, unsigned int offset)
{
	return packet_octet(p, offset) << 8 | packet_octet(p, offset + 1);
}

static bool packet_has_ports(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

static bool packet_is_vlan(u16 type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD;
}

/* Up to the EtherType that is no VLAN's; 0 if the frame ends before */
static unsigned int packet_read_link(struct packet *p, struct lag_flow *flow)
{
	unsigned int offset = ETH_HLEN;
	u16 type;

	if (!packet_at(p, 0, ETH_HLEN))
		return 0;

	flow->dst_mac = lag_flow_octets6(p->data);
	flow->src_mac = lag_flow_octets6(p->data + ETH_ALEN);
	type = packet_word(p, 2 * ETH_ALEN);
	while (packet_is_vlan(type)) {
		if (offset + 4 > PACKET_LINK_LEN || !packet_at(p, offset, 4))
			return 0;
		if (offset == ETH_HLEN)
			flow->vlan = packet_word(p, offset) & 0xfff;
		type = packet_word(p, offset + 2);
		offset += 4;
	}

	flow->type = type;
	return offset;
}

static enum packet_next packet_read_ipv4(struct packet *p,
					 struct packet_place *at)
{
	const u8 *ip = packet_at(p, at->offset, 20);

	if (!ip || (ip[0] & 0xf) < 5)
		return PACKET_END;

	at->addresses = ip + 12;
	at->ipv6 = false;
	at->protocol = ip[9];
	at->offset += (ip[0] & 0xf) * 4;
	at->fragment = get_unaligned_be16(ip + 6) & 0x3fff;
	return at->fragment ? PACKET_END : PACKET_PROTOCOL;
}

static enum packet_next packet_read_ipv6(struct packet *p,
					 struct packet_place *at)
{
	const u8 *ip = packet_at(p, at->offset, 40);

	if (!ip)
		return PACKET_END;

	at->addresses = ip + 8;
	at->ipv6 = true;
	at->protocol = ip[6];
	at->offset += 40;
	return PACKET_PROTOCOL;
}

static enum packet_next packet_read_ppp(struct packet_place *at, u16 protocol)
{
	switch (protocol) {
	case 0x0021:
		at->type = ETH_P_IP;
		return PACKET_TYPE;
	case 0x0057:
		at->type = ETH_P_IPV6;
		return PACKET_TYPE;
	default:
		return PACKET_END;
	}
}

static enum packet_next packet_read_pppoe(struct packet *p,
					  struct packet_place *at)
{
	const u8 *header = packet_at(p, at->offset, 8);

	/* Version and type 1, session data */
	if (!header || header[0] != 0x11 || header[1])
		return PACKET_END;

	at->offset += 8;
	return packet_read_ppp(at, get_unaligned_be16(header + 6));
}

static enum packet_next packet_read_batman(struct packet *p,
					   struct packet_place *at)
{
	const u8 *header = packet_at(p, at->offset, 10 + ETH_HLEN);

	/* A unicast packet of the version that there is */
	if (!header || header[0] != 0x40 || header[1] != 15)
		return PACKET_END;

	at->type = get_unaligned_be16(header + 10 + 2 * ETH_ALEN);
	at->offset += 10 + ETH_HLEN;
	return PACKET_TYPE;
}

static enum packet_next packet_read_type(struct packet *p,
					 struct packet_place *at)
{
	const u8 *header;

	switch (at->type) {
	case ETH_P_IP:
		return packet_read_ipv4(p, at);
	case ETH_P_IPV6:
		return packet_read_ipv6(p, at);
	case ETH_P_8021Q:
	case ETH_P_8021AD:
		header = packet_at(p, at->offset, 4);
		at->offset += 4;
		break;
	case ETH_P_PRP:
	case ETH_P_HSR:
		header = packet_at(p, at->offset, 6);
		at->offset += 6;
		break;
	case ETH_P_PPP_SES:
		return packet_read_pppoe(p, at);
	case ETH_P_BATMAN:
		return packet_read_batman(p, at);
	case ETH_P_TIPC:
		/* It has addresses of its own, which no policy reads. */
		at->addresses = NULL;
		return PACKET_END;
	default:
		return PACKET_END;
	}

	if (!header)
		return PACKET_END;
	at->type = get_unaligned_be16(p->data + at->offset - 2);
	return PACKET_TYPE;
}

/* RFC 2784, 2890; version 1 is that of PPTP, RFC 2637 */
static enum packet_next packet_read_gre(struct packet *p,
					struct packet_place *at)
{
	const u8 *header = packet_at(p, at->offset, 4);
	bool pptp;
	u16 flags;

	if (!header)
		return PACKET_END;
	flags = get_unaligned_be16(header);
	at->type = get_unaligned_be16(header + 2);
	pptp = flags & PACKET_GRE_VERSION;
	if (flags & PACKET_GRE_ROUTING || (flags & PACKET_GRE_VERSION) > 1 ||
	    (pptp && (at->type != PACKET_GRE_PPP || !(flags & PACKET_GRE_KEY))))
		return PACKET_END;

	at->offset += 4;
	if (flags & PACKET_GRE_CSUM)
		at->offset += 4;
	if (flags & PACKET_GRE_KEY)
		at->offset += 4;
	if (flags & PACKET_GRE_SEQ)
		at->offset += 4;
	if (pptp) {
		if (flags & PACKET_GRE_ACK)
			at->offset += 4;
		if (!packet_at(p, at->offset, 4))
			return PACKET_END;
		at->offset += 4;
		return packet_read_ppp(at, packet_word(p, at->offset - 2));
	}
	if (at->type == ETH_P_TEB) {
		if (!packet_at(p, at->offset, ETH_HLEN))
			return PACKET_END;
		at->type = packet_word(p, at->offset + 2 * ETH_ALEN);
		at->offset += ETH_HLEN;
	}
	return PACKET_TYPE;
}

static enum packet_next packet_read_protocol(struct packet *p, bool encap,
					     struct packet_place *at)
{
	const u8 *header;

	switch (at->protocol) {
	case IPPROTO_GRE:
		return encap ? packet_read_gre(p, at) : PACKET_END;
	case IPPROTO_IPIP:
		at->type = ETH_P_IP;
		return encap ? PACKET_TYPE : PACKET_END;
	case IPPROTO_IPV6:
		at->type = ETH_P_IPV6;
		return encap ? PACKET_TYPE : PACKET_END;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		if (at->type != ETH_P_IPV6)
			return PACKET_END;
		header = packet_at(p, at->offset, 2);
		if (!header)
			return PACKET_END;
		at->protocol = header[0];
		at->offset += (header[1] + 1) * 8;
		return PACKET_PROTOCOL;
	case IPPROTO_FRAGMENT:
		at->fragment = at->type == ETH_P_IPV6 &&
			       packet_at(p, at->offset, 8);
		return PACKET_END;
	default:
		return PACKET_END;
	}
}

static void packet_take_addresses(const struct packet_place *at,
				  struct lag_flow *flow)
{
	const u8 *src = at->addresses;

	if (at->ipv6)
		lag_flow_set_ipv6(flow, src, src + 16);
	else
		lag_flow_set_ipv4(flow, src, src + 4);
	flow->ports = 0;
}

/* Returns whether it ends in UDP, whose header is at->offset. */
static bool packet_read_ip(struct packet *p, bool encap,
			   struct packet_place *at, struct lag_flow *flow)
{
	enum packet_next next = PACKET_TYPE;
	const u8 *ports;

	at->addresses = NULL;
	at->protocol = 0;
	at->headers = 0;
	while (next != PACKET_END && at->headers <= PACKET_HEADERS) {
		bool ip = next == PACKET_PROTOCOL;

		next = ip ? packet_read_protocol(p, encap, at) :
			    packet_read_type(p, at);
		/* What an IP header carries is no header more. */
		at->headers += ip || next == PACKET_TYPE;
	}

	if (!at->addresses)
		return false;
	packet_take_addresses(at, flow);
	if (!packet_has_ports(at->protocol) || at->fragment)
		return false;
	ports = packet_at(p, at->offset, 4);
	if (ports)
		flow->ports = lag_flow_octets4(ports);
	return at->protocol == IPPROTO_UDP;
}

/* Each takes the place of a tunnel's header on to the packet inside; false if
 * it is something else.
 */
static bool packet_read_ethernet(struct packet *p, struct packet_place *at)
{
	at->type = packet_word(p, at->offset + 2 * ETH_ALEN);
	at->offset += ETH_HLEN;
	return true;
}

static bool packet_read_vxlan(struct packet *p, struct packet_place *at)
{
	if (!(packet_octet(p, at->offset) & 0x08))
		return false;

	at->offset += 8;
	return packet_read_ethernet(p, at);
}

static bool packet_read_geneve(struct packet *p, struct packet_place *at)
{
	u8 octet = packet_octet(p, at->offset);

	if (octet >> 6)
		return false;

	at->type = packet_word(p, at->offset + 2);
	at->offset += 8 + 4 * (octet & 0x3f);
	return at->type != ETH_P_TEB || packet_read_ethernet(p, at);
}

static bool packet_read_gtpu(struct packet *p, struct packet_place *at)
{
	u8 flags = packet_octet(p, at->offset);
	unsigned int i = 0;

	if ((flags & 0xf0) != 0x30 ||
	    packet_octet(p, at->offset + 1) != 0xff)
		return false;

	at->offset += 8;
	if (flags & 0x07)
		at->offset += 4;
	while (flags & 0x04 && packet_octet(p, at->offset - 1)) {
		u8 words = packet_octet(p, at->offset);

		if (!words || i++ == PACKET_GTPU_HEADERS)
			return false;
		at->offset += 4 * words;
	}

	switch (packet_octet(p, at->offset) >> 4) {
	case 4:
		at->type = ETH_P_IP;
		return true;
	case 6:
		at->type = ETH_P_IPV6;
		return true;
	default:
		return false;
	}
}

static bool packet_read_udp(struct packet *p, u16 dst_port,
			    struct packet_place *at)
{
	at->offset += 8;
	switch (dst_port) {
	case PACKET_PORT_VXLAN:
	case PACKET_PORT_VXLAN_LINUX:
		return packet_read_vxlan(p, at);
	case PACKET_PORT_GENEVE:
		return packet_read_geneve(p, at);
	case PACKET_PORT_GTPU:
		return packet_read_gtpu(p, at);
	default:
		return false;
	}
}

void packet_check_module(void)
{
	FILE *f = fopen("/sys/module/lag/version", "re");
	char version[64] = "";

	if (!f)
		return;
	if (fgets(version, sizeof(version), f)) {
		version[strcspn(version, "\n")] = '\0';
		if (strcmp(version, LAG_VERSION))
			fprintf(stderr,
				"Warning: the module lag is version %s, this lagctl %s: what it foretells may be wrong.\n",
				version, LAG_VERSION);
	}
	fclose(f);
}

static u16 packet_dst_port(const struct lag_flow *flow)
{
	return (flow->ports >> 16 & 0xff) << 8 | flow->ports >> 24;
}

bool packet_is_tunnel(u8 protocol, u16 dst_port)
{
	switch (protocol) {
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
	case IPPROTO_GRE:
		return true;
	case IPPROTO_UDP:
		return dst_port == PACKET_PORT_VXLAN ||
		       dst_port == PACKET_PORT_VXLAN_LINUX ||
		       dst_port == PACKET_PORT_GENEVE ||
		       dst_port == PACKET_PORT_GTPU;
	default:
		return false;
	}
}

bool packet_hides_ip(u16 type, bool encap)
{
	return type == ETH_P_PPP_SES ||
	       (encap && (type == ETH_P_BATMAN || type == ETH_P_HSR ||
			  type == ETH_P_PRP));
}

bool packet_read(const u8 *data, unsigned int len, bool encap,
		 struct lag_flow *flow)
{
	struct packet p = { .data = data, .len = len };
	struct packet_place at = { .fragment = false };
	unsigned int i;

	*flow = (struct lag_flow) { .ip = LAG_FLOW_NO_IP };
	at.offset = packet_read_link(&p, flow);
	at.type = flow->type;
	if (!at.offset ||
	    (at.type != ETH_P_IP && at.type != ETH_P_IPV6 &&
	     at.type != ETH_P_PPP_SES && !encap))
		return !p.cut;

	for (i = 0; i < PACKET_UDP_TUNNELS; i++)
		if (!packet_read_ip(&p, encap, &at, flow) || !encap ||
		    !packet_read_udp(&p, packet_dst_port(flow), &at))
			break;
	return !p.cut;
}
