// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: what the LACPDU and Marker codec takes, it gives back.
 *
 * The input is what follows the EtherType.
 */
#include "engine/pdu.h"
#include "engine/machines.h"

/* The engine is linked whole but does not run here. */
void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to)
{
	(void)port;
	(void)machine;
	(void)from;
	(void)to;
}

static void want(bool condition)
{
	if (!condition)
		abort();
}

static void want_same(const struct lacp_info *a, const struct lacp_info *b)
{
	want(lacp_system_id(a) == lacp_system_id(b));
	want(lacp_port_id(a) == lacp_port_id(b));
	want(a->key == b->key && a->state == b->state);
}

static void check_lacpdu(const u8 *data, size_t size)
{
	struct lacp_pdu pdu, again;
	u8 built[LACP_PDU_LEN];
	unsigned int i;

	if (!lacp_pdu_parse(&pdu, data, size))
		return;
	want(size >= LACP_PDU_LEN);
	memset(built, 0xa5, sizeof(built));
	lacp_pdu_build(built, &pdu);
	want(lacp_pdu_parse(&again, built, sizeof(built)));
	want_same(&pdu.actor, &again.actor);
	want_same(&pdu.partner, &again.partner);
	/* The fields are where they were, all else is zero. */
	want(!memcmp(built + 4, data + 4, 15));
	want(!memcmp(built + 24, data + 24, 15));
	for (i = 0; i < LACP_PDU_LEN; i++)
		if ((i >= 19 && i < 22) || (i >= 39 && i < 42) || i >= 46)
			want(!built[i]);
}

static void check_marker(const u8 *data, size_t size)
{
	u8 answer[LACP_PDU_LEN];
	unsigned int i;

	if (lacp_marker_parse(data, size) != LACP_MARKER_INFORMATION)
		return;
	memset(answer, 0xa5, sizeof(answer));
	lacp_marker_respond(answer, data);
	want(lacp_marker_parse(answer, sizeof(answer)) ==
	     LACP_MARKER_RESPONSE);
	want(!memcmp(answer + 4, data + 4, 12));
	for (i = 16; i < LACP_PDU_LEN; i++)
		want(!answer[i]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	check_lacpdu(data, size);
	check_marker(data, size);
	return 0;
}
