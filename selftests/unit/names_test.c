// SPDX-License-Identifier: GPL-2.0
/* The words of options.md and of the standard.
 *
 * When which of them applies is tested in why_test.c.
 */
#include "unit.h"

#include "engine/lacp.h"
#include "engine/names.h"

static const char *const why_words[] = {
	"none", "lag-down", "port-down", "no-carrier", "disabled", "draining",
	"updelay", "half-duplex", "loopback", "no-lacpdu", "both-passive",
	"expired", "partner-individual", "partner-differs", "speed-differs",
	"standby", "waiting", "partner-out-of-sync", "partner-not-collecting",
	"backup", "min-links", "protodown", "no-port", "no-partner",
};

static void every_why_has_its_word(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(ARRAY_SIZE(why_words), __LAG_WHY_MAX);
	for (i = 0; i < ARRAY_SIZE(why_words); i++)
		assert_string_equal(lag_why_name(i), why_words[i]);
}

static void every_why_has_one_sentence(void **state)
{
	const char *text;
	unsigned int i;

	(void)state;
	for (i = 0; i < __LAG_WHY_MAX; i++) {
		text = lag_why_text(i);
		assert_in_range(strlen(text), 20, 119);
		assert_null(strchr(text, '\n'));
		assert_true(text[0] >= 'a' && text[0] <= 'z');
		assert_true(text[strlen(text) - 1] != '.');
	}
}

static void states_have_the_standards_names(void **state)
{
	(void)state;
	assert_string_equal(lacp_rx_name(LACP_RX_INITIALIZE), "initialize");
	assert_string_equal(lacp_rx_name(LACP_RX_PORT_DISABLED),
			    "port_disabled");
	assert_string_equal(lacp_rx_name(LACP_RX_EXPIRED), "expired");
	assert_string_equal(lacp_rx_name(LACP_RX_LACP_DISABLED),
			    "lacp_disabled");
	assert_string_equal(lacp_rx_name(LACP_RX_DEFAULTED), "defaulted");
	assert_string_equal(lacp_rx_name(LACP_RX_CURRENT), "current");

	assert_string_equal(lacp_mux_name(LACP_MUX_DETACHED), "detached");
	assert_string_equal(lacp_mux_name(LACP_MUX_WAITING), "waiting");
	assert_string_equal(lacp_mux_name(LACP_MUX_ATTACHED), "attached");
	assert_string_equal(lacp_mux_name(LACP_MUX_COLLECTING), "collecting");
	assert_string_equal(lacp_mux_name(LACP_MUX_DISTRIBUTING),
			    "distributing");
	assert_string_equal(lacp_mux_name(LACP_MUX_COLLECTING_DISTRIBUTING),
			    "collecting_distributing");

	assert_string_equal(lacp_periodic_name(LACP_PERIODIC_NO_PERIODIC),
			    "no_periodic");
	assert_string_equal(lacp_periodic_name(LACP_PERIODIC_FAST_PERIODIC),
			    "fast_periodic");
	assert_string_equal(lacp_periodic_name(LACP_PERIODIC_SLOW_PERIODIC),
			    "slow_periodic");
	assert_string_equal(lacp_periodic_name(LACP_PERIODIC_PERIODIC_TX),
			    "periodic_tx");

	assert_string_equal(lacp_churn_name(LACP_CHURN_MONITOR), "monitor");
	assert_string_equal(lacp_churn_name(LACP_CHURN_NO_CHURN), "no_churn");
	assert_string_equal(lacp_churn_name(LACP_CHURN_CHURN), "churn");

	assert_string_equal(lacp_selected_name(LACP_UNSELECTED), "unselected");
	assert_string_equal(lacp_selected_name(LACP_STANDBY), "standby");
	assert_string_equal(lacp_selected_name(LACP_SELECTED), "selected");
}

static void usages_have_the_words_of_the_json_state(void **state)
{
	static const char *const words[] = {
		"down", "detached", "waiting", "standby", "attached",
		"collecting", "distributing", "active", "backup",
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		assert_string_equal(lag_usage_name(i), words[i]);
}

static void numbers_without_a_name_are_unknown(void **state)
{
	(void)state;
	assert_string_equal(lacp_rx_name(__LACP_RX_MAX), "unknown");
	assert_string_equal(lacp_periodic_name(__LACP_PERIODIC_MAX), "unknown");
	assert_string_equal(lacp_mux_name(__LACP_MUX_MAX), "unknown");
	assert_string_equal(lacp_churn_name(__LACP_CHURN_MAX), "unknown");
	assert_string_equal(lacp_selected_name(__LACP_SELECTED_MAX), "unknown");
	assert_string_equal(lag_usage_name(LAG_USAGE_BACKUP + 1), "unknown");
	assert_string_equal(lag_why_name(__LAG_WHY_MAX), "unknown");
	assert_string_equal(lag_why_text(U32_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_why_has_its_word),
		cmocka_unit_test(every_why_has_one_sentence),
		cmocka_unit_test(states_have_the_standards_names),
		cmocka_unit_test(usages_have_the_words_of_the_json_state),
		cmocka_unit_test(numbers_without_a_name_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
