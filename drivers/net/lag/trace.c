// SPDX-License-Identifier: GPL-2.0
/* Makes the tracepoints, and gives the engine the one that it knows of.
 *
 * What they record is in trace.h.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"

#include "lag.h"

void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to)
{
	trace_lag_transition(container_of(port, struct lag_port, lacp)->dev,
			     machine, from, to);
}
