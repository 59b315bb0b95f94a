/* SPDX-License-Identifier: GPL-2.0 */
/* The rtnetlink kind "lag": options in, options and state out. */
#ifndef _LAG_NETLINK_H
#define _LAG_NETLINK_H

int lag_netlink_init(void);
void lag_netlink_exit(void);

#endif /* _LAG_NETLINK_H */
