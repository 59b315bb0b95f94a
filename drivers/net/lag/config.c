// SPDX-License-Identifier: GPL-2.0
/* The options of a lag as a value: defaults, what goes together, apply.
 *
 * How they come in and what range each has is not here; see netlink.c.
 */
#include "config.h"
#include "port.h"
#include "control.h"
#include "lag.h"

#include <linux/etherdevice.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>

void lag_config_default(struct lag_config *config)
{
	*config = (struct lag_config) {
		.lacp = {
			.mode			= LAG_MODE_LACP,
			.active			= true,
			.goodbye		= true,
			.ad_select		= LAG_AD_SELECT_STABLE,
			.fallback		= LAG_FALLBACK_NONE,
			.system_priority	= 65535,
			.min_links		= 1,
			.fallback_timeout	= 15000,
			.wait_while		= 2000,
		},
		.xmit_hash_policy	= LAG_HASH_LAYER34,
		/* Lags in a row must not all pick by the same bits. */
		.hash_seed		= get_random_u32(),
	};
}

/* The first attribute of this message that has to do with the refusal */
static const struct nlattr *lag_config_blame(struct nlattr *data[], int type,
					     int other)
{
	if (!data)
		return NULL;
	return data[type] ?: data[other];
}

/* LACP runs between the ports' own ends of a link: a port that is itself an
 * aggregate would hand the LACPDUs of one link to another.
 */
static bool lag_config_has_aggregate(const struct lag *lag)
{
	const struct lag_port *port;

	list_for_each_entry(port, &lag->ports, list)
		if (port->dev->rtnl_link_ops == lag->dev->rtnl_link_ops ||
		    netif_is_lag_master(port->dev))
			return true;

	return false;
}

int lag_config_validate(const struct lag *lag, const struct lag_config *config,
			struct nlattr *data[], struct netlink_ext_ack *extack)
{
	const struct lacp_admin *lacp = &config->lacp;

	if (lacp->max_links && lacp->min_links > lacp->max_links) {
		NL_SET_ERR_MSG_ATTR(extack,
				    lag_config_blame(data, IFLA_LAG_MIN_LINKS,
						     IFLA_LAG_MAX_LINKS),
				    "min_links must not be more than max_links; set max_links to 0 for no limit");
		return -EINVAL;
	}

	if (lag && lacp->mode == LAG_MODE_LACP &&
	    lag_config_has_aggregate(lag)) {
		NL_SET_ERR_MSG_ATTR(extack,
				    lag_config_blame(data, IFLA_LAG_MODE,
						     IFLA_LAG_MODE),
				    "mode lacp cannot have a port that is itself an aggregate; use mode static or release it");
		return -EINVAL;
	}

	return 0;
}

static bool lag_config_listens(const struct lag *lag,
			       const struct lag_config *config)
{
	return lag->dev->flags & IFF_UP && config->lacp.mode == LAG_MODE_LACP;
}

int lag_config_prepare(struct lag *lag, const struct lag_config *config,
		       struct netlink_ext_ack *extack)
{
	int err = 0;

	if (lag_config_listens(lag, config))
		err = lag_port_listen(lag, true);
	if (err)
		NL_SET_ERR_MSG(extack,
			       "no memory for the group address of LACP; try again");

	return err;
}

void lag_config_commit(struct lag *lag, const struct lag_config *config)
{
	const u8 *system = config->actor_system;

	ASSERT_RTNL();

	if (is_zero_ether_addr(system))
		system = lag->dev->dev_addr;

	lag->config = *config;
	ether_addr_copy(lag->config.lacp.system, system);
	lag_control_configure(lag);
	/* To stop listening cannot fail; to start has been prepared. */
	lag_port_listen(lag, lag_config_listens(lag, config));
}
