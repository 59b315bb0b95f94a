/* SPDX-License-Identifier: GPL-2.0 */
/* What the policies can read of a frame, as transmit.c and dissect.c read it.
 */
#ifndef _LAGCTL_PACKET_H
#define _LAGCTL_PACKET_H

#include "../user/env.h"

#include "../../drivers/net/lag/engine/hash.h"

/**
 * packet_read() - read a frame, wherever its headers are
 * @data: from the destination address on
 * @len: so much of it there is
 * @encap: of a tunnel, the innermost packet, as encap2+3 and encap3+4 do
 * @flow: what it says
 *
 * Return: false if there was less of it than had to be read.
 */
bool packet_read(const u8 *data, unsigned int len, bool encap,
		 struct lag_flow *flow);

/* Whether what such a protocol or UDP port carries counts with encap */
bool packet_is_tunnel(u8 protocol, u16 dst_port);

/* Whether what such an EtherType, other than IP's, carries counts as IP */
bool packet_hides_ip(u16 type, bool encap);

/* Warns if the module is of another version: it may read and hash otherwise. */
void packet_check_module(void);

#endif /* _LAGCTL_PACKET_H */
