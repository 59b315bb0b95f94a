/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells of ports, and of lags themselves. */
#ifndef _LAG_NOTIFIER_H
#define _LAG_NOTIFIER_H

int lag_notifier_init(void);
void lag_notifier_exit(void);

#endif /* _LAG_NOTIFIER_H */
