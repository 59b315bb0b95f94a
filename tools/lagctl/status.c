// SPDX-License-Identifier: GPL-2.0
/* lagctl status: what each port of a lag does, and why not more.
 *
 * What a reason means for the cabling is not here; see why.c.
 */
#include "lagctl.h"
#include "model.h"

#include "../../drivers/net/lag/engine/names.h"

const char help_status[] =
	"Usage: lagctl status [ LAG ] [ -j ] [ -p ]\n";

int cmd_status(int argc, char **argv)
{
	struct model *m;
	unsigned int i;

	lagctl_getopt(argc, argv, "", NULL);
	m = model_read();
	for (i = 0; i < m->num_lags; i++)
		puts(m->lags[i].link.name);
	model_free(m);
	return EXIT_OK;
}
