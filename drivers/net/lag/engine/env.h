/* SPDX-License-Identifier: GPL-2.0 */
/* Every outside name that the engine may use, as the kernel spells it.
 *
 * tools/user/env.h has the same guard and gives the same names in userspace.
 */
#ifndef _LAG_ENGINE_ENV_H
#define _LAG_ENGINE_ENV_H

#include <lag_compat.h>

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/types.h>

struct lacp_port;

/* One line per transition of a machine; a tracepoint in the kernel, a
 * recorder in the tests.
 */
void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to);

#endif /* _LAG_ENGINE_ENV_H */
