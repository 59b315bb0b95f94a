/* SPDX-License-Identifier: GPL-2.0 */
/* LACPDU and Marker PDU: wire form, 802.1AX 6.4.2 and 6.5.3.
 *
 * Offsets count from the subtype octet, right after the EtherType.
 */
#ifndef _LAG_ENGINE_PDU_H
#define _LAG_ENGINE_PDU_H

#include "lacp.h"

/** octets of a version 1 LACPDU and of a Marker PDU, without Ethernet header */
#define LACP_PDU_LEN		110

#define LACP_SUBTYPE_LACP	1
#define LACP_SUBTYPE_MARKER	2

/**
 * enum lacp_marker_kind - what a Marker PDU is
 * @LACP_MARKER_ILLEGAL: too short or a wrong TLV length
 * @LACP_MARKER_UNKNOWN: unknown TLV
 * @LACP_MARKER_INFORMATION: to be answered
 * @LACP_MARKER_RESPONSE: an answer
 */
enum lacp_marker_kind {
	LACP_MARKER_ILLEGAL,
	LACP_MARKER_UNKNOWN,
	LACP_MARKER_INFORMATION,
	LACP_MARKER_RESPONSE,
};

/**
 * lacp_pdu_parse() - read a LACPDU
 * @pdu: filled on success
 * @data: from the subtype octet on
 * @len: octets of @data
 *
 * Version, TLV types, reserved fields and what follows the Collector TLV are
 * not looked at (802.1AX 6.4.12); Actor, Partner and Collector length are.
 *
 * Return: false if it is too short or a TLV length is wrong.
 */
bool lacp_pdu_parse(struct lacp_pdu *pdu, const u8 *data, size_t len);

/**
 * lacp_pdu_build() - write a LACPDU
 * @data: LACP_PDU_LEN octets, all of them written
 * @pdu: what to say
 */
void lacp_pdu_build(u8 *data, const struct lacp_pdu *pdu);

/**
 * lacp_marker_parse() - tell the kind of a Marker PDU
 * @data: from the subtype octet on
 * @len: octets of @data
 */
enum lacp_marker_kind lacp_marker_parse(const u8 *data, size_t len);

/**
 * lacp_marker_respond() - write the Marker Response to a Marker
 * @data: LACP_PDU_LEN octets, all of them written; pad and reserved are zero
 * @marker: a PDU that lacp_marker_parse() called LACP_MARKER_INFORMATION
 */
void lacp_marker_respond(u8 *data, const u8 *marker);

#endif /* _LAG_ENGINE_PDU_H */
