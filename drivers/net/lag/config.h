/* SPDX-License-Identifier: GPL-2.0 */
/* The options of a lag as a value: defaults, what goes together, apply.
 *
 * Netlink is not here; see netlink.c.
 */
#ifndef _LAG_CONFIG_H
#define _LAG_CONFIG_H

struct lag;
struct lag_config;
struct netlink_ext_ack;
struct nlattr;

/* What `ip link add type lag` with nothing else gives; a fresh random seed. */
void lag_config_default(struct lag_config *config);

/**
 * lag_config_validate() - whether the options go together
 * @lag: the lag they are for, NULL while it is being created
 * @config: the whole of them
 * @data: the attributes of this message by type, for the extended ack
 * @extack: gets a sentence and the attribute on refusal
 *
 * Return: 0, or -EINVAL and nothing changed.
 */
int lag_config_validate(const struct lag *lag, const struct lag_config *config,
			struct nlattr *data[], struct netlink_ext_ack *extack);

/**
 * lag_config_prepare() - do what may fail of putting options in force
 * @lag: the lag
 * @config: validated options
 * @data: the attributes of this message by type, for the extended ack
 * @extack: gets a sentence and the attribute on failure
 *
 * Context: RTNL; lag_config_commit() has to follow.
 * Return: 0, or -errno and nothing changed.
 */
int lag_config_prepare(struct lag *lag, const struct lag_config *config,
		       struct nlattr *data[], struct netlink_ext_ack *extack);

/* Put prepared options in force; cannot fail.  RTNL.  A lag that is down, such
 * as a new one, needs no preparation.
 */
void lag_config_commit(struct lag *lag, const struct lag_config *config);

#endif /* _LAG_CONFIG_H */
