// SPDX-License-Identifier: GPL-2.0
/* lagctl status: what each port of a lag does, and why not more.
 *
 * What a reason means for cables and switches is not here; see why.c.
 */
#include "lagctl.h"
#include "json.h"
#include "screen.h"

const char help_status[] =
	"Usage: lagctl status [ LAG ] [ -j | -p ]\n"
	"\n"
	"Shows each lag, or the one that is named: whether it has carrier and if\n"
	"not, why; its partner; and of each port the speed, what it does, the\n"
	"share of the traffic it is given, the partner at the other end of its\n"
	"cable, how often its link was lost, and if it carries no traffic, why.\n"
	"\n"
	"  -j, --json    the same and all other state: an array with an object\n"
	"                for each lag. Its \"info_data\" and the \"info_slave_data\" of\n"
	"                its \"ports\" are those of \"ip -j -d link show\".\n"
	"  -p, --pretty  JSON that is indented\n";

static void show(const struct lag *lag, bool first)
{
	if (!first)
		putchar('\n');
	screen_lag(stdout, lag, NULL);
}

int cmd_status(int argc, char **argv)
{
	json_t *array = json_array();
	const struct lag *lag = NULL;
	struct model *m;
	unsigned int i;

	lagctl_getopt(argc, argv, "", NULL);
	if (argc - optind > 1)
		usage_error("\"%s\" is too much", argv[optind + 1]);

	m = model_read();
	if (optind < argc)
		lag = model_need_lag(m, argv[optind]);

	for (i = 0; i < m->num_lags; i++) {
		if (lag && lag != &m->lags[i])
			continue;
		if (opt_json)
			json_array_append_new(array, json_lag(&m->lags[i]));
		else
			show(&m->lags[i], lag || !i);
	}
	if (opt_json)
		json_print(array);
	else if (!m->num_lags)
		puts("There is no lag; \"ip link add lag0 type lag\" makes one.");
	if (!opt_json)
		json_decref(array);
	model_free(m);
	return EXIT_OK;
}
