// SPDX-License-Identifier: GPL-2.0
/* LACPDU and Marker PDU between wire form and struct lacp_pdu.
 *
 * What a PDU means is not here but in the Receive machine.
 */
#include "pdu.h"

/* Offsets of the TLVs and, from a TLV's begin, of an information's fields */
#define PDU_ACTOR		2
#define PDU_PARTNER		22
#define PDU_COLLECTOR		42

#define PDU_TLV_ACTOR		1
#define PDU_TLV_PARTNER		2
#define PDU_TLV_COLLECTOR	3
#define PDU_INFO_LEN		20
#define PDU_COLLECTOR_LEN	16

#define PDU_INFO_SYSTEM_PRIORITY	2
#define PDU_INFO_SYSTEM			4
#define PDU_INFO_KEY			10
#define PDU_INFO_PORT_PRIORITY		12
#define PDU_INFO_PORT			14
#define PDU_INFO_STATE			16

#define PDU_VERSION		1

/* Marker: one TLV, then the Requester's port, system and transaction */
#define PDU_MARKER		2
#define PDU_MARKER_REQUESTER	4
#define PDU_MARKER_REQUESTER_LEN	12
#define PDU_TLV_MARKER		1
#define PDU_TLV_MARKER_RESPONSE	2
#define PDU_MARKER_LEN		16

static void pdu_read_info(struct lacp_info *info, const u8 *tlv)
{
	info->system_priority =
		get_unaligned_be16(tlv + PDU_INFO_SYSTEM_PRIORITY);
	memcpy(info->system, tlv + PDU_INFO_SYSTEM, ETH_ALEN);
	info->key = get_unaligned_be16(tlv + PDU_INFO_KEY);
	info->port_priority = get_unaligned_be16(tlv + PDU_INFO_PORT_PRIORITY);
	info->port = get_unaligned_be16(tlv + PDU_INFO_PORT);
	info->state = tlv[PDU_INFO_STATE];
}

static void pdu_write_info(u8 *tlv, u8 type, const struct lacp_info *info)
{
	tlv[0] = type;
	tlv[1] = PDU_INFO_LEN;
	put_unaligned_be16(info->system_priority,
			   tlv + PDU_INFO_SYSTEM_PRIORITY);
	memcpy(tlv + PDU_INFO_SYSTEM, info->system, ETH_ALEN);
	put_unaligned_be16(info->key, tlv + PDU_INFO_KEY);
	put_unaligned_be16(info->port_priority, tlv + PDU_INFO_PORT_PRIORITY);
	put_unaligned_be16(info->port, tlv + PDU_INFO_PORT);
	tlv[PDU_INFO_STATE] = info->state;
}

bool lacp_pdu_parse(struct lacp_pdu *pdu, const u8 *data, size_t len)
{
	if (len < LACP_PDU_LEN ||
	    data[PDU_ACTOR + 1] != PDU_INFO_LEN ||
	    data[PDU_PARTNER + 1] != PDU_INFO_LEN ||
	    data[PDU_COLLECTOR + 1] != PDU_COLLECTOR_LEN)
		return false;

	pdu_read_info(&pdu->actor, data + PDU_ACTOR);
	pdu_read_info(&pdu->partner, data + PDU_PARTNER);
	return true;
}

void lacp_pdu_build(u8 *data, const struct lacp_pdu *pdu)
{
	/* Also CollectorMaxDelay, the Terminator and all that is reserved */
	memset(data, 0, LACP_PDU_LEN);

	data[0] = LACP_SUBTYPE_LACP;
	data[1] = PDU_VERSION;
	pdu_write_info(data + PDU_ACTOR, PDU_TLV_ACTOR, &pdu->actor);
	pdu_write_info(data + PDU_PARTNER, PDU_TLV_PARTNER, &pdu->partner);
	data[PDU_COLLECTOR] = PDU_TLV_COLLECTOR;
	data[PDU_COLLECTOR + 1] = PDU_COLLECTOR_LEN;
}

enum lacp_marker_kind lacp_marker_parse(const u8 *data, size_t len)
{
	if (len < LACP_PDU_LEN)
		return LACP_MARKER_ILLEGAL;

	switch (data[PDU_MARKER]) {
	case PDU_TLV_MARKER:
	case PDU_TLV_MARKER_RESPONSE:
		break;
	default:
		return LACP_MARKER_UNKNOWN;
	}
	if (data[PDU_MARKER + 1] != PDU_MARKER_LEN)
		return LACP_MARKER_ILLEGAL;
	return data[PDU_MARKER] == PDU_TLV_MARKER ? LACP_MARKER_INFORMATION :
						    LACP_MARKER_RESPONSE;
}

void lacp_marker_respond(u8 *data, const u8 *marker)
{
	/* The rest of a Marker is not echoed: it may be anybody's octets. */
	memset(data, 0, LACP_PDU_LEN);

	data[0] = LACP_SUBTYPE_MARKER;
	data[1] = PDU_VERSION;
	data[PDU_MARKER] = PDU_TLV_MARKER_RESPONSE;
	data[PDU_MARKER + 1] = PDU_MARKER_LEN;
	memcpy(data + PDU_MARKER_REQUESTER, marker + PDU_MARKER_REQUESTER,
	       PDU_MARKER_REQUESTER_LEN);
}
