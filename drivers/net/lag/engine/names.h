/* SPDX-License-Identifier: GPL-2.0 */
/* Words for the numbers of if_lag.h: trace, `ip` and the tools say the same.
 */
#ifndef _LAG_ENGINE_NAMES_H
#define _LAG_ENGINE_NAMES_H

#include "env.h"

#include <linux/if_lag.h>

/* Each returns "unknown" for a number it does not know. */
const char *lacp_rx_name(unsigned int state);
const char *lacp_periodic_name(unsigned int state);
const char *lacp_mux_name(unsigned int state);
const char *lacp_churn_name(unsigned int state);
const char *lacp_selected_name(unsigned int selected);
const char *lag_usage_name(unsigned int usage);
const char *lag_why_name(unsigned int why);

/* One sentence for a person: what is wrong and what mends it */
const char *lag_why_text(unsigned int why);

#endif /* _LAG_ENGINE_NAMES_H */
