// SPDX-License-Identifier: GPL-2.0
/* The engine as one object for the tools; static names are unique across it.
 *
 * Not here: env.h, which the Makefiles include before all else.
 */
#include "engine/lacp.c"
#include "engine/rx_machine.c"
#include "engine/periodic_machine.c"
#include "engine/mux_machine.c"
#include "engine/tx_machine.c"
#include "engine/churn_machine.c"
#include "engine/selection.c"
#include "engine/fallback.c"
#include "engine/backup.c"
#include "engine/why.c"
#include "engine/pdu.c"
#include "engine/spread.c"
#include "engine/names.c"
