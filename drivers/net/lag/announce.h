/* SPDX-License-Identifier: GPL-2.0 */
/* What needs RTNL, later: lower-state, information and peer notifications. */
#ifndef _LAG_ANNOUNCE_H
#define _LAG_ANNOUNCE_H

struct lag;

int lag_announce_init(void);	/* module */
void lag_announce_exit(void);
void lag_announce_setup(struct lag *lag);

/* Tell what lag->status, group_status, peers and igmp say.  Holds lag->lock. */
void lag_announce_queue(struct lag *lag);

#endif /* _LAG_ANNOUNCE_H */
