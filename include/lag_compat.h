/* SPDX-License-Identifier: GPL-2.0 */
/* The only file that knows which kernel this is: gives 6.1 the 6.12 spelling.
 *
 * Dropping 6.1 means deleting this file and its include lines.
 */
#ifndef _LAG_COMPAT_H
#define _LAG_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "lag needs Linux 6.1 or newer"
#endif

/* v6.12 moved the header, commit 5f60d5f6bbc1 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

#endif /* _LAG_COMPAT_H */
