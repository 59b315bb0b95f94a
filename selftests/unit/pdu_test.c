// SPDX-License-Identifier: GPL-2.0
/* LACPDU and Marker PDU on the wire, octet by octet.
 *
 * What a PDU does to a port is in rx_machine_test.c.
 */
#include "unit.h"

#include "engine/pdu.h"

static const struct lacp_pdu sample = {
	.actor = {
		.system_priority = 0x0102,
		.system = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 },
		.key = 0x0304,
		.port_priority = 0x0506,
		.port = 0x0708,
		.state = 0x3d,
	},
	.partner = {
		.system_priority = 0x1112,
		.system = { 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee },
		.key = 0x1314,
		.port_priority = 0x1516,
		.port = 0x1718,
		.state = 0x47,
	},
};

/* 802.1AX 6.4.2.3, written down by hand */
static const u8 sample_wire[LACP_PDU_LEN] = {
	1, 1,
	1, 20, 0x01, 0x02, 0x02, 0x11, 0x22, 0x33, 0x44, 0x55, 0x03, 0x04,
	0x05, 0x06, 0x07, 0x08, 0x3d, 0, 0, 0,
	2, 20, 0x11, 0x12, 0x02, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0x13, 0x14,
	0x15, 0x16, 0x17, 0x18, 0x47, 0, 0, 0,
	3, 16, 0, 0,
};

static bool info_equal(const struct lacp_info *a, const struct lacp_info *b)
{
	return a->system_priority == b->system_priority &&
	       ether_addr_equal(a->system, b->system) && a->key == b->key &&
	       a->port_priority == b->port_priority && a->port == b->port &&
	       a->state == b->state;
}

static void assert_parses_as_sample(const u8 *data, size_t len)
{
	struct lacp_pdu pdu;

	memset(&pdu, 0x5a, sizeof(pdu));
	assert_true(lacp_pdu_parse(&pdu, data, len));
	assert_true(info_equal(&pdu.actor, &sample.actor));
	assert_true(info_equal(&pdu.partner, &sample.partner));
}

/* Copies into a block of exactly @len octets: one too many is seen. */
static bool parses(const u8 *data, size_t len)
{
	u8 *copy = malloc(len ? len : 1);
	struct lacp_pdu pdu;
	bool ok;

	assert_non_null(copy);
	memcpy(copy, data, len);
	ok = lacp_pdu_parse(&pdu, copy, len);
	free(copy);
	return ok;
}

static void fmt_01_a_lacpdu_is_110_octets_as_the_standard_draws_them(void **s)
{
	u8 data[LACP_PDU_LEN + 1];

	(void)s;
	memset(data, 0xa5, sizeof(data));
	lacp_pdu_build(data, &sample);
	assert_memory_equal(data, sample_wire, LACP_PDU_LEN);
	assert_int_equal(data[LACP_PDU_LEN], 0xa5);
}

static void what_is_built_parses_back(void **s)
{
	u8 data[LACP_PDU_LEN];

	(void)s;
	lacp_pdu_build(data, &sample);
	assert_parses_as_sample(data, sizeof(data));
}

static void rx_11_any_version_is_read_at_the_fixed_offsets(void **s)
{
	u8 data[LACP_PDU_LEN];
	unsigned int version;

	(void)s;
	memcpy(data, sample_wire, sizeof(data));
	for (version = 0; version < 256; version++) {
		data[1] = version;
		assert_parses_as_sample(data, sizeof(data));
	}
}

static void rx_12_reserved_octets_are_not_looked_at(void **s)
{
	u8 data[LACP_PDU_LEN];

	(void)s;
	memcpy(data, sample_wire, sizeof(data));
	memset(data + 19, 0xa5, 3);
	memset(data + 39, 0xa5, 3);
	memset(data + 44, 0xa5, 14);
	memset(data + 58, 0xa5, 52);
	assert_parses_as_sample(data, sizeof(data));
}

static void rx_13_tlv_types_are_not_looked_at(void **s)
{
	u8 data[LACP_PDU_LEN];

	(void)s;
	memcpy(data, sample_wire, sizeof(data));
	data[2] = 0x11;
	data[22] = 0x22;
	data[42] = 0x33;
	data[58] = 0x44;
	assert_parses_as_sample(data, sizeof(data));
}

static void wrong_lengths_of_the_first_three_tlvs_are_refused(void **s)
{
	static const unsigned int at[] = { 3, 23, 43 };
	u8 data[LACP_PDU_LEN];
	unsigned int i, len;

	(void)s;
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (len = 0; len < 256; len++) {
			memcpy(data, sample_wire, sizeof(data));
			data[at[i]] = len;
			assert_int_equal(parses(data, sizeof(data)),
					 len == sample_wire[at[i]]);
		}
	}
}

static void rx_15_short_bodies_are_refused_without_reading_past_them(void **s)
{
	size_t len;

	(void)s;
	for (len = 0; len < LACP_PDU_LEN; len++)
		assert_false(parses(sample_wire, len));
	assert_true(parses(sample_wire, LACP_PDU_LEN));
}

static void rx_16_longer_pdus_are_read_like_short_ones(void **s)
{
	u8 data[1100];

	(void)s;
	/* Version 2 with Port Algorithm and then an unknown TLV */
	memset(data, 200, sizeof(data));
	memcpy(data, sample_wire, 58);
	data[1] = 2;
	data[58] = 4;
	data[59] = 6;
	assert_parses_as_sample(data, sizeof(data));
}

static void any_octets_parse_or_do_not_but_build_back_the_same(void **s)
{
	u8 data[LACP_PDU_LEN], again[LACP_PDU_LEN];
	struct lacp_pdu pdu;
	unsigned int i, n;

	(void)s;
	srandom(1);
	for (n = 0; n < 2000; n++) {
		for (i = 0; i < sizeof(data); i++)
			data[i] = random();
		data[3] = 20;
		data[23] = 20;
		data[43] = 16;
		assert_true(lacp_pdu_parse(&pdu, data, sizeof(data)));
		lacp_pdu_build(again, &pdu);
		assert_memory_equal(again + 4, data + 4, 15);
		assert_memory_equal(again + 24, data + 24, 15);
	}
}

static const u8 marker_wire[LACP_PDU_LEN] = {
	2, 1, 1, 16,
	0x12, 0x34,
	0x02, 0x00, 0x5e, 0x00, 0x53, 0x01,
	0xde, 0xad, 0xbe, 0xef,
};

static enum lacp_marker_kind marker_kind(const u8 *data, size_t len)
{
	u8 *copy = malloc(len ? len : 1);
	enum lacp_marker_kind kind;

	assert_non_null(copy);
	memcpy(copy, data, len);
	kind = lacp_marker_parse(copy, len);
	free(copy);
	return kind;
}

static void mrk_01_the_response_copies_the_requester_and_nothing_else(void **s)
{
	u8 marker[LACP_PDU_LEN], response[LACP_PDU_LEN];
	u8 expected[LACP_PDU_LEN];

	(void)s;
	memcpy(marker, marker_wire, sizeof(marker));
	memset(marker + 16, 0xa5, sizeof(marker) - 16);
	marker[1] = 9;
	assert_int_equal(marker_kind(marker, sizeof(marker)),
			 LACP_MARKER_INFORMATION);

	memcpy(expected, marker_wire, sizeof(expected));
	expected[2] = 2;
	memset(response, 0x5a, sizeof(response));
	lacp_marker_respond(response, marker);
	assert_memory_equal(response, expected, sizeof(response));
	assert_int_equal(marker_kind(response, sizeof(response)),
			 LACP_MARKER_RESPONSE);
}

static void mrk_03_other_tlvs_are_no_markers(void **s)
{
	u8 marker[LACP_PDU_LEN];
	unsigned int type;

	(void)s;
	memcpy(marker, marker_wire, sizeof(marker));
	for (type = 0; type < 256; type++) {
		marker[2] = type;
		assert_int_equal(marker_kind(marker, sizeof(marker)),
				 type == 1 ? LACP_MARKER_INFORMATION :
				 type == 2 ? LACP_MARKER_RESPONSE :
					     LACP_MARKER_UNKNOWN);
	}
}

static void mrk_04_short_or_malformed_markers_are_illegal(void **s)
{
	u8 marker[LACP_PDU_LEN];
	unsigned int type;
	size_t len;

	(void)s;
	for (len = 0; len < LACP_PDU_LEN; len++)
		assert_int_equal(marker_kind(marker_wire, len),
				 LACP_MARKER_ILLEGAL);

	memcpy(marker, marker_wire, sizeof(marker));
	for (type = 1; type <= 2; type++) {
		marker[2] = type;
		for (len = 0; len < 256; len++) {
			marker[3] = len;
			assert_int_equal(marker_kind(marker, sizeof(marker)) ==
					 LACP_MARKER_ILLEGAL, len != 16);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fmt_01_a_lacpdu_is_110_octets_as_the_standard_draws_them),
		cmocka_unit_test(what_is_built_parses_back),
		cmocka_unit_test(rx_11_any_version_is_read_at_the_fixed_offsets),
		cmocka_unit_test(rx_12_reserved_octets_are_not_looked_at),
		cmocka_unit_test(rx_13_tlv_types_are_not_looked_at),
		cmocka_unit_test(wrong_lengths_of_the_first_three_tlvs_are_refused),
		cmocka_unit_test(rx_15_short_bodies_are_refused_without_reading_past_them),
		cmocka_unit_test(rx_16_longer_pdus_are_read_like_short_ones),
		cmocka_unit_test(any_octets_parse_or_do_not_but_build_back_the_same),
		cmocka_unit_test(mrk_01_the_response_copies_the_requester_and_nothing_else),
		cmocka_unit_test(mrk_03_other_tlvs_are_no_markers),
		cmocka_unit_test(mrk_04_short_or_malformed_markers_are_illegal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
