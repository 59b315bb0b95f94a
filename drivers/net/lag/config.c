// SPDX-License-Identifier: GPL-2.0
/* The options of a lag as a value: defaults, what goes together, apply.
 *
 * How they come in and what range each has is not here; see netlink.c.
 */
#include "config.h"
#include "port.h"
#include "control.h"
#include "address.h"
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
			.reselect		= LAG_RESELECT_ALWAYS,
			.system_priority	= 65535,
			.min_links		= 1,
			.fallback_timeout	= 15000,
			.wait_while		= 2000,
		},
		.xmit_hash_policy	= LAG_HASH_LAYER34,
		/* Lags in a row must not all pick by the same bits. */
		.hash_seed		= get_random_u32(),
		.activate		= LAG_ACTIVATE_NOTHING,
		.fail_over_mac		= LAG_FAIL_OVER_MAC_NONE,
		.num_peer_notif		= 1,
		.resend_igmp		= 1,
		.packets_per_slave	= 1,
		.use_carrier		= true,
		.lacp_strict		= true,
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

static struct lag_port *lag_config_find_port(const struct lag *lag, int ifindex)
{
	struct lag_port *port;

	list_for_each_entry(port, &lag->ports, list)
		if (port->dev->ifindex == ifindex)
			return port;

	return NULL;
}

static bool lag_config_can_carry(struct lag_port *port)
{
	const struct lacp_port *p = &port->lacp;
	struct lag *lag = port->lag;
	bool can;

	spin_lock_bh(&lag->lock);
	can = lag->lacp.enabled && p->link.running && p->link.carrier &&
	      p->admin.admin == LAG_PORT_ENABLED;
	spin_unlock_bh(&lag->lock);

	return can;
}

static int lag_config_validate_active(const struct lag *lag,
				      const struct lag_config *config,
				      struct nlattr *data[],
				      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data ? data[IFLA_LAG_ACTIVE_SLAVE] : NULL;
	struct lag_port *port;

	if (config->activate <= 0)
		return 0;

	if (config->lacp.mode != LAG_MODE_ACTIVE_BACKUP) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "active_slave is for mode active-backup; set that mode, or leave it out");
		return -EINVAL;
	}
	port = lag ? lag_config_find_port(lag, config->activate) : NULL;
	if (!port) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "active_slave must be a port of the lag; make it one first, or use primary");
		return -EINVAL;
	}
	if (!lag_config_can_carry(port)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "active_slave cannot carry traffic now; see why of that port, or use primary");
		return -EINVAL;
	}

	return 0;
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

	if (config->xmit_hash_policy == LAG_HASH_FLOW &&
	    config->hash_symmetric) {
		NL_SET_ERR_MSG_ATTR(extack,
				    lag_config_blame(data,
						     IFLA_LAG_XMIT_HASH_POLICY,
						     IFLA_LAG_HASH_SYMMETRIC),
				    "hash_symmetric is not possible with xmit_hash_policy flow, whose hash comes with the packet; use layer3+4");
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

	return lag_config_validate_active(lag, config, data, extack);
}

static bool lag_config_listens(const struct lag *lag,
			       const struct lag_config *config)
{
	return lag->dev->flags & IFF_UP && config->lacp.mode == LAG_MODE_LACP;
}

static int lag_config_prepare_addresses(struct lag *lag,
					const struct lag_config *config,
					struct nlattr *data[],
					struct netlink_ext_ack *extack)
{
	u8 old = lag_address_policy(&lag->config);
	u8 new = lag_address_policy(config);
	int err;

	if (new == old)
		return 0;

	err = lag_address_apply(lag, new);
	if (err) {
		lag_address_apply(lag, old);
		NL_SET_ERR_MSG_ATTR(extack,
				    lag_config_blame(data,
						     IFLA_LAG_FAIL_OVER_MAC,
						     IFLA_LAG_MODE),
				    "a port cannot take the address that fail_over_mac asks for; see the kernel's log for which, and release it");
	}

	return err;
}

int lag_config_prepare(struct lag *lag, const struct lag_config *config,
		       struct nlattr *data[], struct netlink_ext_ack *extack)
{
	int err;

	if (lag_config_listens(lag, config)) {
		err = lag_port_listen(lag, true);
		if (err) {
			NL_SET_ERR_MSG_ATTR(extack,
					    lag_config_blame(data,
							     IFLA_LAG_MODE,
							     IFLA_LAG_MODE),
					    "no memory for the group address of LACP; try again");
			return err;
		}
	}

	err = lag_config_prepare_addresses(lag, config, data, extack);
	if (err)
		lag_port_listen(lag, lag_config_listens(lag, &lag->config));

	return err;
}

void lag_config_commit(struct lag *lag, const struct lag_config *config)
{
	const u8 *system = config->actor_system;

	ASSERT_RTNL();

	if (is_zero_ether_addr(system))
		system = lag->dev->dev_addr;

	lag->config = *config;
	lag->config.activate = LAG_ACTIVATE_NOTHING;
	ether_addr_copy(lag->config.lacp.system, system);
	lag_control_configure(lag);
	if (config->activate != LAG_ACTIVATE_NOTHING)
		lag_control_activate(lag, lag_config_find_port(lag,
							       config->activate));
	lag_address_update(lag);
	/* To stop listening cannot fail; to start has been prepared. */
	lag_port_listen(lag, lag_config_listens(lag, config));
}
