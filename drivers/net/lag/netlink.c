// SPDX-License-Identifier: GPL-2.0
/* The rtnetlink kind "lag": attributes to options, options and state to
 * attributes.
 *
 * Which options go together is not here; see config.c.
 */
#include "netlink.h"
#include "device.h"
#include "config.h"
#include "port.h"
#include "control.h"
#include "lag.h"

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_lag.h>
#include <net/rtnetlink.h>

/* bonding's defaults of what there is nothing like here */
#define LAG_ALL_SLAVES_ACTIVE	0
#define LAG_LP_INTERVAL		1
#define LAG_TLB_DYNAMIC_LB	1

/* Say why, and -EINVAL */
#define lag_refuse(extack, attr, sentence)				\
	({								\
		NL_SET_ERR_MSG_ATTR(extack, attr, sentence);		\
		-EINVAL;						\
	})

/* rtnetlink skips attributes beyond our last one without a word.  A user who
 * set an option that this module does not have must hear of it.
 */
static int lag_check_known(struct nlattr *tb[], int nest, int max,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *data, *attr;
	int rem;

	if (!tb[IFLA_LINKINFO])
		return 0;

	data = nla_find_nested(tb[IFLA_LINKINFO], nest);
	if (!data)
		return 0;

	nla_for_each_nested(attr, data, rem)
		if (nla_type(attr) > max)
			return lag_refuse(extack, attr,
					  "option is unknown to this lag module; load the module that came with this tool");

	return 0;
}

static int lag_parse_bool(bool *value, const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	if (nla_get_u8(attr) > 1)
		return lag_refuse(extack, attr,
				  "an option that is on or off must be 1 or 0");

	*value = nla_get_u8(attr);
	return 0;
}

static int lag_parse_mode(u8 *mode, const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	switch (nla_get_u8(attr)) {
	case LAG_MODE_BALANCE_RR:
	case LAG_MODE_ACTIVE_BACKUP:
	case LAG_MODE_STATIC:
	case LAG_MODE_BROADCAST:
	case LAG_MODE_LACP:
		*mode = nla_get_u8(attr);
		return 0;
	case 5:
		return lag_refuse(extack, attr,
				  "mode balance-tlb is not available; use mode active-backup, or lacp or static with the switch set up for it");
	case 6:
		return lag_refuse(extack, attr,
				  "mode balance-alb is not available; use mode active-backup, or lacp or static with the switch set up for it");
	default:
		return lag_refuse(extack, attr,
				  "mode is unknown; use 0 (balance-rr), 1 (active-backup), 2 (static), 3 (broadcast) or 4 (lacp)");
	}
}

static int lag_parse_primary(char primary[IFNAMSIZ], const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	char name[IFNAMSIZ];

	if (nla_strscpy(name, attr, sizeof(name)) < 0 ||
	    (name[0] && !dev_valid_name(name)))
		return lag_refuse(extack, attr,
				  "primary must be the name of a device; an empty one stands for none");

	memcpy(primary, name, sizeof(name));
	return 0;
}

/* Options of a lag: policy, parse, size and fill, in the order of enum
 * ifla_lag
 */

static const struct nla_policy lag_policy[IFLA_LAG_MAX + 1] = {
	[IFLA_LAG_UNSPEC]	= { .strict_start_type = IFLA_LAG_MODE },
	[IFLA_LAG_MODE]			= { .type = NLA_U8 },
	[IFLA_LAG_LACP_ACTIVE]		= { .type = NLA_U8 },
	[IFLA_LAG_LACP_RATE]		= { .type = NLA_U8 },
	[IFLA_LAG_XMIT_HASH_POLICY]	= { .type = NLA_U8 },
	[IFLA_LAG_MIN_LINKS]		= { .type = NLA_U32 },
	[IFLA_LAG_MAX_LINKS]		= { .type = NLA_U32 },
	[IFLA_LAG_REVERTIVE]		= { .type = NLA_U8 },
	[IFLA_LAG_FALLBACK]		= { .type = NLA_U8 },
	[IFLA_LAG_FALLBACK_TIMEOUT]	= { .type = NLA_U32 },
	[IFLA_LAG_WAIT_WHILE]		= { .type = NLA_U32 },
	[IFLA_LAG_GOODBYE]		= { .type = NLA_U8 },
	[IFLA_LAG_AD_SELECT]		= { .type = NLA_U8 },
	[IFLA_LAG_AD_ACTOR_SYS_PRIO]	= { .type = NLA_U16 },
	[IFLA_LAG_AD_ACTOR_SYSTEM]	= NLA_POLICY_ETH_ADDR,
	[IFLA_LAG_AD_USER_PORT_KEY]	= { .type = NLA_U16 },
	[IFLA_LAG_COUPLED_CONTROL]	= { .type = NLA_U8 },
	[IFLA_LAG_UPDELAY]		= { .type = NLA_U32 },
	[IFLA_LAG_DOWNDELAY]		= { .type = NLA_U32 },
	[IFLA_LAG_HASH_SEED]		= { .type = NLA_U32 },
	[IFLA_LAG_HASH_SYMMETRIC]	= { .type = NLA_U8 },
	[IFLA_LAG_PRIMARY]		= { .type = NLA_STRING },
	[IFLA_LAG_PRIMARY_RESELECT]	= { .type = NLA_U8 },
	[IFLA_LAG_ACTIVE_SLAVE]		= { .type = NLA_U32 },
	[IFLA_LAG_FAIL_OVER_MAC]	= { .type = NLA_U8 },
	[IFLA_LAG_NUM_PEER_NOTIF]	= { .type = NLA_U8 },
	[IFLA_LAG_PEER_NOTIFY_DELAY]	= { .type = NLA_U32 },
	[IFLA_LAG_RESEND_IGMP]		= { .type = NLA_U32 },
	[IFLA_LAG_PACKETS_PER_SLAVE]	= { .type = NLA_U32 },
	[IFLA_LAG_MIIMON]		= { .type = NLA_U32 },
	[IFLA_LAG_USE_CARRIER]		= { .type = NLA_U8 },
	[IFLA_LAG_LACP_STRICT]		= { .type = NLA_U8 },
	[IFLA_LAG_ALL_SLAVES_ACTIVE]	= { .type = NLA_U8 },
	[IFLA_LAG_LP_INTERVAL]		= { .type = NLA_U32 },
	[IFLA_LAG_TLB_DYNAMIC_LB]	= { .type = NLA_U8 },
	[IFLA_LAG_STATE]		= {
		.type		= NLA_REJECT,
		.reject_message	= "the state of a lag is read only; leave it out",
	},
};

static_assert(IFLA_LAG_MAX == IFLA_LAG_STATE);

static int lag_parse_option(struct lag_config *config,
			    const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	struct lacp_admin *lacp = &config->lacp;

	switch (nla_type(attr)) {
	case IFLA_LAG_MODE:
		return lag_parse_mode(&lacp->mode, attr, extack);
	case IFLA_LAG_LACP_ACTIVE:
		return lag_parse_bool(&lacp->active, attr, extack);
	case IFLA_LAG_LACP_RATE:
		if (nla_get_u8(attr) > LAG_RATE_FAST)
			return lag_refuse(extack, attr,
					  "lacp_rate must be 0 (slow) or 1 (fast)");
		lacp->fast = nla_get_u8(attr) == LAG_RATE_FAST;
		return 0;
	case IFLA_LAG_XMIT_HASH_POLICY:
		if (nla_get_u8(attr) > LAG_HASH_FLOW)
			return lag_refuse(extack, attr,
					  "xmit_hash_policy must be 0 (layer2), 1 (layer3+4), 2 (layer2+3), 3 (encap2+3), 4 (encap3+4), 5 (vlan+srcmac) or 6 (flow)");
		config->xmit_hash_policy = nla_get_u8(attr);
		return 0;
	case IFLA_LAG_MIN_LINKS:
		if (nla_get_u32(attr) > LAG_MAX_PORTS)
			return lag_refuse(extack, attr,
					  "min_links must be 0..64");
		lacp->min_links = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_MAX_LINKS:
		if (nla_get_u32(attr) > LAG_MAX_PORTS)
			return lag_refuse(extack, attr,
					  "max_links must be 0..64, 0 for no limit");
		lacp->max_links = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_REVERTIVE:
		return lag_parse_bool(&lacp->revertive, attr, extack);
	case IFLA_LAG_FALLBACK:
		if (nla_get_u8(attr) > LAG_FALLBACK_STATIC)
			return lag_refuse(extack, attr,
					  "fallback must be 0 (none), 1 (single) or 2 (static)");
		lacp->fallback = nla_get_u8(attr);
		return 0;
	case IFLA_LAG_FALLBACK_TIMEOUT:
		if (nla_get_u32(attr) > 300000)
			return lag_refuse(extack, attr,
					  "fallback_timeout must be 0..300000 ms");
		lacp->fallback_timeout = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_WAIT_WHILE:
		if (nla_get_u32(attr) > 10000)
			return lag_refuse(extack, attr,
					  "wait_while must be 0..10000 ms");
		lacp->wait_while = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_GOODBYE:
		return lag_parse_bool(&lacp->goodbye, attr, extack);
	case IFLA_LAG_AD_SELECT:
		if (nla_get_u8(attr) > LAG_AD_SELECT_PORT_PRIO)
			return lag_refuse(extack, attr,
					  "ad_select must be 0 (stable), 1 (bandwidth), 2 (count) or 3 (actor_port_prio)");
		lacp->ad_select = nla_get_u8(attr);
		return 0;
	case IFLA_LAG_AD_ACTOR_SYS_PRIO:
		if (!nla_get_u16(attr))
			return lag_refuse(extack, attr,
					  "ad_actor_sys_prio must be 1..65535");
		lacp->system_priority = nla_get_u16(attr);
		return 0;
	case IFLA_LAG_AD_ACTOR_SYSTEM:
		if (is_multicast_ether_addr(nla_data(attr)))
			return lag_refuse(extack, attr,
					  "ad_actor_system must not be a multicast address; zero stands for the address of the lag");
		ether_addr_copy(config->actor_system, nla_data(attr));
		return 0;
	case IFLA_LAG_AD_USER_PORT_KEY:
		if (nla_get_u16(attr) > 1023)
			return lag_refuse(extack, attr,
					  "ad_user_port_key must be 0..1023");
		lacp->user_key = nla_get_u16(attr);
		return 0;
	case IFLA_LAG_COUPLED_CONTROL:
		return lag_parse_bool(&lacp->coupled, attr, extack);
	case IFLA_LAG_UPDELAY:
		if (nla_get_u32(attr) > 720000)
			return lag_refuse(extack, attr,
					  "updelay must be 0..720000 ms");
		lacp->updelay = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_DOWNDELAY:
		if (nla_get_u32(attr) > 720000)
			return lag_refuse(extack, attr,
					  "downdelay must be 0..720000 ms");
		lacp->downdelay = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_HASH_SEED:
		config->hash_seed = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_HASH_SYMMETRIC:
		return lag_parse_bool(&config->hash_symmetric, attr, extack);
	case IFLA_LAG_PRIMARY:
		return lag_parse_primary(config->primary, attr, extack);
	case IFLA_LAG_PRIMARY_RESELECT:
		if (nla_get_u8(attr) > LAG_RESELECT_FAILURE)
			return lag_refuse(extack, attr,
					  "primary_reselect must be 0 (always), 1 (better) or 2 (failure)");
		lacp->reselect = nla_get_u8(attr);
		return 0;
	case IFLA_LAG_ACTIVE_SLAVE:
		if (nla_get_u32(attr) > INT_MAX)
			return lag_refuse(extack, attr,
					  "active_slave must be the ifindex of a port, or 0 to let the rules decide");
		config->activate = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_FAIL_OVER_MAC:
		if (nla_get_u8(attr) > LAG_FAIL_OVER_MAC_FOLLOW)
			return lag_refuse(extack, attr,
					  "fail_over_mac must be 0 (none), 1 (active) or 2 (follow)");
		config->fail_over_mac = nla_get_u8(attr);
		return 0;
	case IFLA_LAG_NUM_PEER_NOTIF:
		config->num_peer_notif = nla_get_u8(attr);
		return 0;
	case IFLA_LAG_PEER_NOTIFY_DELAY:
		if (nla_get_u32(attr) > 300000)
			return lag_refuse(extack, attr,
					  "peer_notify_delay must be 0..300000 ms");
		config->peer_notify_delay = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_RESEND_IGMP:
		if (nla_get_u32(attr) > 255)
			return lag_refuse(extack, attr,
					  "resend_igmp must be 0..255");
		config->resend_igmp = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_PACKETS_PER_SLAVE:
		if (nla_get_u32(attr) > 65535)
			return lag_refuse(extack, attr,
					  "packets_per_slave must be 0..65535, 0 for a port at random");
		config->packets_per_slave = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_MIIMON:
		config->miimon = nla_get_u32(attr);
		return 0;
	case IFLA_LAG_USE_CARRIER:
		return lag_parse_bool(&config->use_carrier, attr, extack);
	case IFLA_LAG_LACP_STRICT:
		return lag_parse_bool(&config->lacp_strict, attr, extack);
	case IFLA_LAG_ALL_SLAVES_ACTIVE:
		if (nla_get_u8(attr) == LAG_ALL_SLAVES_ACTIVE)
			return 0;
		return lag_refuse(extack, attr,
				  "all_slaves_active is not available; to receive on all ports use mode static or broadcast");
	case IFLA_LAG_LP_INTERVAL:
		if (nla_get_u32(attr) == LAG_LP_INTERVAL)
			return 0;
		return lag_refuse(extack, attr,
				  "lp_interval belongs to balance-tlb and balance-alb; to tell switches of a failover use num_grat_arp");
	case IFLA_LAG_TLB_DYNAMIC_LB:
		if (nla_get_u8(attr) == LAG_TLB_DYNAMIC_LB)
			return 0;
		return lag_refuse(extack, attr,
				  "tlb_dynamic_lb belongs to balance-tlb; use mode lacp or static with an xmit_hash_policy");
	}

	return 0;
}

static int lag_parse_options(struct lag_config *config, struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	int type, err;

	if (!data)
		return 0;

	for (type = 1; type <= IFLA_LAG_MAX; type++) {
		if (!data[type])
			continue;
		err = lag_parse_option(config, data[type], extack);
		if (err)
			return err;
	}

	return 0;
}

static size_t lag_options_size(void)
{
	return nla_total_size(sizeof(u8)) +	/* IFLA_LAG_MODE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_LACP_ACTIVE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_LACP_RATE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_XMIT_HASH_POLICY */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_MIN_LINKS */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_MAX_LINKS */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_REVERTIVE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_FALLBACK */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_FALLBACK_TIMEOUT */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_WAIT_WHILE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_GOODBYE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_AD_SELECT */
	       nla_total_size(sizeof(u16)) +	/* IFLA_LAG_AD_ACTOR_SYS_PRIO */
	       nla_total_size(ETH_ALEN) +	/* IFLA_LAG_AD_ACTOR_SYSTEM */
	       nla_total_size(sizeof(u16)) +	/* IFLA_LAG_AD_USER_PORT_KEY */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_COUPLED_CONTROL */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_UPDELAY */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_DOWNDELAY */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_HASH_SEED */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_HASH_SYMMETRIC */
	       nla_total_size(IFNAMSIZ) +	/* IFLA_LAG_PRIMARY */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_PRIMARY_RESELECT */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_ACTIVE_SLAVE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_FAIL_OVER_MAC */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_NUM_PEER_NOTIF */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_PEER_NOTIFY_DELAY */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_RESEND_IGMP */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_PACKETS_PER_SLAVE */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_MIIMON */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_USE_CARRIER */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_LACP_STRICT */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_ALL_SLAVES_ACTIVE */
	       nla_total_size(sizeof(u32)) +	/* IFLA_LAG_LP_INTERVAL */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_TLB_DYNAMIC_LB */
	       0;
}

static int lag_fill_options(struct sk_buff *skb,
			    const struct lag_config *config, int active)
{
	const struct lacp_admin *lacp = &config->lacp;

	if (nla_put_u8(skb, IFLA_LAG_MODE, lacp->mode) ||
	    nla_put_u8(skb, IFLA_LAG_LACP_ACTIVE, lacp->active) ||
	    nla_put_u8(skb, IFLA_LAG_LACP_RATE,
		       lacp->fast ? LAG_RATE_FAST : LAG_RATE_SLOW) ||
	    nla_put_u8(skb, IFLA_LAG_XMIT_HASH_POLICY,
		       config->xmit_hash_policy) ||
	    nla_put_u32(skb, IFLA_LAG_MIN_LINKS, lacp->min_links) ||
	    nla_put_u32(skb, IFLA_LAG_MAX_LINKS, lacp->max_links) ||
	    nla_put_u8(skb, IFLA_LAG_REVERTIVE, lacp->revertive) ||
	    nla_put_u8(skb, IFLA_LAG_FALLBACK, lacp->fallback) ||
	    nla_put_u32(skb, IFLA_LAG_FALLBACK_TIMEOUT,
			lacp->fallback_timeout) ||
	    nla_put_u32(skb, IFLA_LAG_WAIT_WHILE, lacp->wait_while) ||
	    nla_put_u8(skb, IFLA_LAG_GOODBYE, lacp->goodbye) ||
	    nla_put_u8(skb, IFLA_LAG_AD_SELECT, lacp->ad_select) ||
	    nla_put_u16(skb, IFLA_LAG_AD_ACTOR_SYS_PRIO,
			lacp->system_priority) ||
	    nla_put(skb, IFLA_LAG_AD_ACTOR_SYSTEM, ETH_ALEN,
		    config->actor_system) ||
	    nla_put_u16(skb, IFLA_LAG_AD_USER_PORT_KEY, lacp->user_key) ||
	    nla_put_u8(skb, IFLA_LAG_COUPLED_CONTROL, lacp->coupled) ||
	    nla_put_u32(skb, IFLA_LAG_UPDELAY, lacp->updelay) ||
	    nla_put_u32(skb, IFLA_LAG_DOWNDELAY, lacp->downdelay) ||
	    nla_put_u32(skb, IFLA_LAG_HASH_SEED, config->hash_seed) ||
	    nla_put_u8(skb, IFLA_LAG_HASH_SYMMETRIC, config->hash_symmetric) ||
	    nla_put_string(skb, IFLA_LAG_PRIMARY, config->primary) ||
	    nla_put_u8(skb, IFLA_LAG_PRIMARY_RESELECT, lacp->reselect) ||
	    (active && nla_put_u32(skb, IFLA_LAG_ACTIVE_SLAVE, active)) ||
	    nla_put_u8(skb, IFLA_LAG_FAIL_OVER_MAC, config->fail_over_mac) ||
	    nla_put_u8(skb, IFLA_LAG_NUM_PEER_NOTIF, config->num_peer_notif) ||
	    nla_put_u32(skb, IFLA_LAG_PEER_NOTIFY_DELAY,
			config->peer_notify_delay) ||
	    nla_put_u32(skb, IFLA_LAG_RESEND_IGMP, config->resend_igmp) ||
	    nla_put_u32(skb, IFLA_LAG_PACKETS_PER_SLAVE,
			config->packets_per_slave) ||
	    nla_put_u32(skb, IFLA_LAG_MIIMON, config->miimon) ||
	    nla_put_u8(skb, IFLA_LAG_USE_CARRIER, config->use_carrier) ||
	    nla_put_u8(skb, IFLA_LAG_LACP_STRICT, config->lacp_strict) ||
	    nla_put_u8(skb, IFLA_LAG_ALL_SLAVES_ACTIVE,
		       LAG_ALL_SLAVES_ACTIVE) ||
	    nla_put_u32(skb, IFLA_LAG_LP_INTERVAL, LAG_LP_INTERVAL) ||
	    nla_put_u8(skb, IFLA_LAG_TLB_DYNAMIC_LB, LAG_TLB_DYNAMIC_LB) ||
	    0)
		return -EMSGSIZE;

	return 0;
}

/* State of a lag: size and fill, in the order of enum ifla_lag_state */

static size_t lag_state_size(void)
{
	return nla_total_size(0) +		/* IFLA_LAG_STATE */
	       nla_total_size(sizeof(u8)) +	/* ..._CARRIER_REASON */
	       nla_total_size(sizeof(u16)) +	/* ..._AGGREGATOR */
	       nla_total_size(sizeof(u16)) +	/* ..._ACTOR_KEY */
	       nla_total_size(sizeof(u16)) +	/* ..._PARTNER_SYS_PRIO */
	       nla_total_size(ETH_ALEN) +	/* ..._PARTNER_SYSTEM */
	       nla_total_size(sizeof(u16)) +	/* ..._PARTNER_KEY */
	       nla_total_size(sizeof(u32)) +	/* ..._NUM_PORTS */
	       nla_total_size(sizeof(u32)) +	/* ..._NUM_SELECTED */
	       nla_total_size(sizeof(u32)) +	/* ..._NUM_STANDBY */
	       nla_total_size(sizeof(u32)) +	/* ..._NUM_DISTRIBUTING */
	       nla_total_size(sizeof(u32)) +	/* ..._SPEED */
	       nla_total_size(sizeof(u8)) +	/* ..._FALLBACK_ACTIVE */
	       nla_total_size(sizeof(u32)) +	/* ..._GENERATION */
	       nla_total_size_64bit(sizeof(u64)) + /* ..._LAST_FAILOVER */
	       nla_total_size(sizeof_field(struct lag, spread.slot)) +
	       nla_total_size(sizeof_field(struct lag, spread.home)) +
	       0;
}

static_assert(IFLA_LAG_STATE_MAX == IFLA_LAG_STATE_PAD);

struct lag_sums {
	u32	ports;
	u32	selected;
	u32	standby;
};

static struct lag_sums lag_sum_ports(const struct lacp_group *g)
{
	struct lag_sums sums = {};
	unsigned int i;

	for (i = 0; i < LAG_MAX_PORTS; i++) {
		const struct lacp_port *p = g->port[i];

		if (!(g->members & BIT_ULL(i)))
			continue;
		if (p->aggregator && p->aggregator == g->aggregator)
			sums.ports++;
		if (p->selected == LACP_SELECTED)
			sums.selected++;
		if (p->selected == LACP_STANDBY)
			sums.standby++;
	}

	return sums;
}

static int lag_fill_state(struct sk_buff *skb, const struct lag *lag)
{
	const struct lacp_group *g = &lag->lacp;
	const struct lag_sums sums = lag_sum_ports(g);
	const struct lacp_pdu none = {};
	const struct lacp_pdu *active;
	struct nlattr *nest;

	lockdep_assert_held(&lag->lock);

	active = g->aggregator ? &g->active : &none;

	nest = nla_nest_start_noflag(skb, IFLA_LAG_STATE);
	if (!nest)
		return -EMSGSIZE;

	if (nla_put_u8(skb, IFLA_LAG_STATE_CARRIER_REASON, lag->why) ||
	    nla_put_u16(skb, IFLA_LAG_STATE_AGGREGATOR, g->aggregator) ||
	    nla_put_u16(skb, IFLA_LAG_STATE_ACTOR_KEY, active->actor.key) ||
	    nla_put_u16(skb, IFLA_LAG_STATE_PARTNER_SYS_PRIO,
			active->partner.system_priority) ||
	    nla_put(skb, IFLA_LAG_STATE_PARTNER_SYSTEM, ETH_ALEN,
		    active->partner.system) ||
	    nla_put_u16(skb, IFLA_LAG_STATE_PARTNER_KEY, active->partner.key) ||
	    nla_put_u32(skb, IFLA_LAG_STATE_NUM_PORTS, sums.ports) ||
	    nla_put_u32(skb, IFLA_LAG_STATE_NUM_SELECTED, sums.selected) ||
	    nla_put_u32(skb, IFLA_LAG_STATE_NUM_STANDBY, sums.standby) ||
	    nla_put_u32(skb, IFLA_LAG_STATE_NUM_DISTRIBUTING,
			hweight64(g->distributing)) ||
	    nla_put_u32(skb, IFLA_LAG_STATE_SPEED,
			lag_control_speed(lag)) ||
	    nla_put_u8(skb, IFLA_LAG_STATE_FALLBACK_ACTIVE, g->fallback) ||
	    nla_put_u32(skb, IFLA_LAG_STATE_GENERATION, lag->generation) ||
	    nla_put_u64_64bit(skb, IFLA_LAG_STATE_LAST_FAILOVER,
			      lag->last_failover, IFLA_LAG_STATE_PAD) ||
	    nla_put(skb, IFLA_LAG_STATE_SLOTS, sizeof(lag->spread.slot),
		    lag->spread.slot) ||
	    nla_put(skb, IFLA_LAG_STATE_HOME, sizeof(lag->spread.home),
		    lag->spread.home) ||
	    0)
		return -EMSGSIZE;

	nla_nest_end(skb, nest);
	return 0;
}

/* Options of a port: policy, parse, size and fill, in the order of enum
 * ifla_lag_port
 */

static const struct nla_policy lag_port_policy[IFLA_LAG_PORT_MAX + 1] = {
	[IFLA_LAG_PORT_UNSPEC]		= {
		.strict_start_type = IFLA_LAG_PORT_ACTOR_PORT_PRIO,
	},
	[IFLA_LAG_PORT_ACTOR_PORT_PRIO]	= { .type = NLA_U16 },
	[IFLA_LAG_PORT_ADMIN]		= { .type = NLA_U8 },
	[IFLA_LAG_PORT_KEY]		= { .type = NLA_U16 },
	[IFLA_LAG_PORT_NUMBER]		= { .type = NLA_U16 },
	[IFLA_LAG_PORT_PRIO]		= { .type = NLA_S32 },
	[IFLA_LAG_PORT_STATE]		= {
		.type		= NLA_REJECT,
		.reject_message	= "the state of a port is read only; leave it out",
	},
};

static_assert(IFLA_LAG_PORT_MAX == IFLA_LAG_PORT_STATE);

static int lag_parse_port(struct lacp_port_admin *admin, struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;

	attr = data[IFLA_LAG_PORT_ACTOR_PORT_PRIO];
	if (attr)
		admin->priority = nla_get_u16(attr);

	attr = data[IFLA_LAG_PORT_ADMIN];
	if (attr) {
		if (nla_get_u8(attr) > LAG_PORT_DISABLED)
			return lag_refuse(extack, attr,
					  "admin must be 0 (enabled), 1 (draining) or 2 (disabled)");
		admin->admin = nla_get_u8(attr);
	}

	attr = data[IFLA_LAG_PORT_KEY];
	if (attr)
		admin->key = nla_get_u16(attr);

	attr = data[IFLA_LAG_PORT_NUMBER];
	if (attr)
		admin->number = nla_get_u16(attr);

	attr = data[IFLA_LAG_PORT_PRIO];
	if (attr)
		admin->prio = nla_get_s32(attr);

	return 0;
}

static size_t lag_port_options_size(void)
{
	return nla_total_size(sizeof(u16)) +	/* IFLA_LAG_PORT_ACTOR_PORT_PRIO */
	       nla_total_size(sizeof(u8)) +	/* IFLA_LAG_PORT_ADMIN */
	       nla_total_size(sizeof(u16)) +	/* IFLA_LAG_PORT_KEY */
	       nla_total_size(sizeof(u16)) +	/* IFLA_LAG_PORT_NUMBER */
	       nla_total_size(sizeof(s32)) +	/* IFLA_LAG_PORT_PRIO */
	       0;
}

static int lag_fill_port_options(struct sk_buff *skb,
				 const struct lacp_port *p)
{
	if (nla_put_u16(skb, IFLA_LAG_PORT_ACTOR_PORT_PRIO,
			p->admin.priority) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_ADMIN, p->admin.admin) ||
	    nla_put_u16(skb, IFLA_LAG_PORT_KEY, p->admin.key) ||
	    nla_put_u16(skb, IFLA_LAG_PORT_NUMBER, p->actor.port) ||
	    nla_put_s32(skb, IFLA_LAG_PORT_PRIO, p->admin.prio) ||
	    0)
		return -EMSGSIZE;

	return 0;
}

/* One end of a link: size and fill, in the order of enum ifla_lag_lacp_info */

static size_t lag_lacp_info_size(void)
{
	return nla_total_size(0) +
	       nla_total_size(sizeof(u16)) +	/* ..._SYSTEM_PRIORITY */
	       nla_total_size(ETH_ALEN) +	/* ..._SYSTEM */
	       nla_total_size(sizeof(u16)) +	/* ..._KEY */
	       nla_total_size(sizeof(u16)) +	/* ..._PORT_PRIORITY */
	       nla_total_size(sizeof(u16)) +	/* ..._PORT */
	       nla_total_size(sizeof(u8)) +	/* ..._STATE */
	       0;
}

static_assert(IFLA_LAG_LACP_INFO_MAX == IFLA_LAG_LACP_INFO_STATE);

static int lag_fill_lacp_info(struct sk_buff *skb, int type,
			      const struct lacp_info *info)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, type);

	if (!nest)
		return -EMSGSIZE;

	if (nla_put_u16(skb, IFLA_LAG_LACP_INFO_SYSTEM_PRIORITY,
			info->system_priority) ||
	    nla_put(skb, IFLA_LAG_LACP_INFO_SYSTEM, ETH_ALEN, info->system) ||
	    nla_put_u16(skb, IFLA_LAG_LACP_INFO_KEY, info->key) ||
	    nla_put_u16(skb, IFLA_LAG_LACP_INFO_PORT_PRIORITY,
			info->port_priority) ||
	    nla_put_u16(skb, IFLA_LAG_LACP_INFO_PORT, info->port) ||
	    nla_put_u8(skb, IFLA_LAG_LACP_INFO_STATE, info->state) ||
	    0)
		return -EMSGSIZE;

	nla_nest_end(skb, nest);
	return 0;
}

/* Counters of a port: size, sum and fill, in the order of enum
 * ifla_lag_counter
 */

static size_t lag_counters_size(void)
{
	return nla_total_size(0) +	/* IFLA_LAG_PORT_STATE_COUNTERS */
	       (IFLA_LAG_COUNTER_PAD - 1) * nla_total_size_64bit(sizeof(u64));
}

static_assert(IFLA_LAG_COUNTER_MAX == IFLA_LAG_COUNTER_PAD);

static u64 lag_sum_not_collecting(const struct lag_port *port)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(port->not_collecting_rx, cpu));

	return sum;
}

static void lag_add_counters(u64 sum[IFLA_LAG_COUNTER_PAD],
			     const struct lag_port *port)
{
	const struct lacp_counters *c = &port->lacp.counters;

	lockdep_assert_held(&port->lag->lock);

	sum[IFLA_LAG_COUNTER_LACPDU_RX] += c->lacpdu_rx;
	sum[IFLA_LAG_COUNTER_LACPDU_TX] += c->lacpdu_tx;
	sum[IFLA_LAG_COUNTER_MARKER_RX] += port->marker_rx;
	sum[IFLA_LAG_COUNTER_MARKER_TX] += port->marker_tx;
	sum[IFLA_LAG_COUNTER_MARKER_RESPONSE_RX] += port->marker_response_rx;
	sum[IFLA_LAG_COUNTER_ILLEGAL_RX] += port->illegal_rx;
	sum[IFLA_LAG_COUNTER_UNKNOWN_RX] += port->unknown_rx;
	sum[IFLA_LAG_COUNTER_LOOPBACK_RX] += c->loopback_rx;
	sum[IFLA_LAG_COUNTER_RATE_LIMITED] += port->rate_limited;
	sum[IFLA_LAG_COUNTER_EXPIRED] += c->expired;
	sum[IFLA_LAG_COUNTER_DEFAULTED] += c->defaulted;
	sum[IFLA_LAG_COUNTER_CARRIER_CHANGES] += c->carrier_changes;
	sum[IFLA_LAG_COUNTER_NOT_COLLECTING_RX] += lag_sum_not_collecting(port);
	sum[IFLA_LAG_COUNTER_ACTOR_CHURN] += c->actor_churn;
	sum[IFLA_LAG_COUNTER_PARTNER_CHURN] += c->partner_churn;
}

static int lag_fill_counters(struct sk_buff *skb, int nest_type,
			     const u64 sum[IFLA_LAG_COUNTER_PAD])
{
	struct nlattr *nest;
	int type;

	nest = nla_nest_start_noflag(skb, nest_type);
	if (!nest)
		return -EMSGSIZE;

	for (type = 1; type < IFLA_LAG_COUNTER_PAD; type++)
		if (nla_put_u64_64bit(skb, type, sum[type],
				      IFLA_LAG_COUNTER_PAD))
			return -EMSGSIZE;

	nla_nest_end(skb, nest);
	return 0;
}

/* State of a port: size and fill, in the order of enum ifla_lag_port_state */

static size_t lag_port_state_size(void)
{
	return nla_total_size(0) +		/* IFLA_LAG_PORT_STATE */
	       nla_total_size(sizeof(u8)) +	/* ..._USAGE */
	       nla_total_size(sizeof(u8)) +	/* ..._WHY */
	       nla_total_size(sizeof(u32)) +	/* ..._WHY_MS */
	       nla_total_size(sizeof(u8)) +	/* ..._LINK */
	       nla_total_size(sizeof(u32)) +	/* ..._SPEED */
	       nla_total_size(sizeof(u8)) +	/* ..._DUPLEX */
	       nla_total_size(sizeof(u32)) +	/* ..._LINK_FAILURES */
	       nla_total_size(ETH_ALEN) +	/* ..._PERM_HWADDR */
	       nla_total_size(sizeof(u8)) +	/* ..._INDEX */
	       nla_total_size(sizeof(u32)) +	/* ..._SLOTS */
	       nla_total_size(sizeof(u16)) +	/* ..._AGGREGATOR */
	       nla_total_size(sizeof(u8)) +	/* ..._SELECTED */
	       nla_total_size(sizeof(u8)) +	/* ..._RX_MACHINE */
	       nla_total_size(sizeof(u8)) +	/* ..._PERIODIC_MACHINE */
	       nla_total_size(sizeof(u8)) +	/* ..._MUX_MACHINE */
	       nla_total_size(sizeof(u8)) +	/* ..._ACTOR_CHURN */
	       nla_total_size(sizeof(u8)) +	/* ..._PARTNER_CHURN */
	       lag_lacp_info_size() +		/* ..._ACTOR */
	       lag_lacp_info_size() +		/* ..._PARTNER */
	       lag_counters_size() +		/* ..._COUNTERS */
	       0;
}

static_assert(IFLA_LAG_PORT_STATE_MAX == IFLA_LAG_PORT_STATE_COUNTERS);

/* A driver that does not know the speed does not know the duplex either; the
 * engine keeps only what matters to LACP, that it is not half.
 */
static u8 lag_duplex(const struct lacp_link *link)
{
	if (!link->full_duplex)
		return DUPLEX_HALF;

	return link->speed ? DUPLEX_FULL : DUPLEX_UNKNOWN;
}

static int lag_fill_port_state(struct sk_buff *skb, const struct lag *lag,
			       const struct lag_port *port)
{
	const struct lacp_port *p = &port->lacp;
	u64 sum[IFLA_LAG_COUNTER_PAD] = {};
	enum lag_why why;
	struct nlattr *nest;
	u32 left;

	lockdep_assert_held(&lag->lock);

	lag_add_counters(sum, port);
	why = lacp_port_why(&lag->lacp, p, lag_control_now(), &left);
	/* Protodown is a way to be down that the engine does not know. */
	if (why == LAG_WHY_LAG_DOWN)
		why = lag->why;

	nest = nla_nest_start_noflag(skb, IFLA_LAG_PORT_STATE);
	if (!nest)
		return -EMSGSIZE;

	if (nla_put_u8(skb, IFLA_LAG_PORT_STATE_USAGE,
		       lacp_port_usage(&lag->lacp, p)) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_WHY, why) ||
	    nla_put_u32(skb, IFLA_LAG_PORT_STATE_WHY_MS, left) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_LINK,
		       p->link.running && p->link.carrier) ||
	    nla_put_u32(skb, IFLA_LAG_PORT_STATE_SPEED, p->link.speed) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_DUPLEX,
		       lag_duplex(&p->link)) ||
	    nla_put_u32(skb, IFLA_LAG_PORT_STATE_LINK_FAILURES,
			p->counters.link_failures) ||
	    nla_put(skb, IFLA_LAG_PORT_STATE_PERM_HWADDR, ETH_ALEN,
		    port->saved_addr) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_INDEX, p->index) ||
	    nla_put_u32(skb, IFLA_LAG_PORT_STATE_SLOTS,
			lag_spread_share(&lag->spread, p->index)) ||
	    nla_put_u16(skb, IFLA_LAG_PORT_STATE_AGGREGATOR, p->aggregator) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_SELECTED, p->selected) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_RX_MACHINE, p->rx) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_PERIODIC_MACHINE,
		       p->periodic) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_MUX_MACHINE, p->mux) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_ACTOR_CHURN,
		       p->actor_churn) ||
	    nla_put_u8(skb, IFLA_LAG_PORT_STATE_PARTNER_CHURN,
		       p->partner_churn) ||
	    lag_fill_lacp_info(skb, IFLA_LAG_PORT_STATE_ACTOR, &p->actor) ||
	    lag_fill_lacp_info(skb, IFLA_LAG_PORT_STATE_PARTNER,
			       &p->partner) ||
	    lag_fill_counters(skb, IFLA_LAG_PORT_STATE_COUNTERS, sum) ||
	    0)
		return -EMSGSIZE;

	nla_nest_end(skb, nest);
	return 0;
}

/* Entry points */

static int lag_validate(struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	const struct nlattr *address = tb[IFLA_ADDRESS];

	if (address && (nla_len(address) != ETH_ALEN ||
			!is_valid_ether_addr(nla_data(address)))) {
		NL_SET_ERR_MSG_ATTR(extack, address,
				    "address of a lag must be an individual Ethernet address, not zero");
		return -EADDRNOTAVAIL;
	}

	return lag_check_known(tb, IFLA_INFO_DATA, IFLA_LAG_MAX, extack);
}

static int lag_newlink(struct net *src_net, struct net_device *dev,
		       struct nlattr *tb[], struct nlattr *data[],
		       struct netlink_ext_ack *extack)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_config config;
	int err;

	lag_config_default(&config);
	err = lag_parse_options(&config, data, extack);
	if (err)
		return err;

	err = lag_config_validate(NULL, &config, data, extack);
	if (err)
		return err;

	/* Registering already looks at the options; nobody else sees them. */
	lag->config = config;
	err = register_netdevice(dev);
	if (err)
		return err;

	lag_config_commit(lag, &config);
	return 0;
}

static int lag_changelink(struct net_device *dev, struct nlattr *tb[],
			  struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct lag *lag = netdev_priv(dev);
	struct lag_config config = lag->config;
	int err;

	err = lag_parse_options(&config, data, extack);
	if (err)
		return err;

	err = lag_config_validate(lag, &config, data, extack);
	if (err)
		return err;

	err = lag_config_prepare(lag, &config, data, extack);
	if (err)
		return err;

	lag_config_commit(lag, &config);
	/* rtnetlink tells of changes to a device that is up only. */
	call_netdevice_notifiers(NETDEV_CHANGEINFODATA, dev);
	return 0;
}

static size_t lag_get_size(const struct net_device *dev)
{
	return lag_options_size() + lag_state_size();
}

static int lag_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	struct lag *lag = netdev_priv(dev);
	const struct lag_port *active;
	int err;

	ASSERT_RTNL();

	spin_lock_bh(&lag->lock);
	active = lag_port_active(lag);
	err = lag_fill_options(skb, &lag->config,
			       active ? active->dev->ifindex : 0);
	if (!err)
		err = lag_fill_state(skb, lag);
	spin_unlock_bh(&lag->lock);

	return err;
}

static int lag_slave_changelink(struct net_device *dev,
				struct net_device *slave_dev,
				struct nlattr *tb[], struct nlattr *data[],
				struct netlink_ext_ack *extack)
{
	struct lag_port *port = lag_port_from_dev(slave_dev);
	struct lag *lag = netdev_priv(dev);
	struct lacp_port_admin admin;
	const struct lacp_port *other;
	int err;

	err = lag_check_known(tb, IFLA_INFO_SLAVE_DATA, IFLA_LAG_PORT_MAX,
			      extack);
	if (err)
		return err;

	spin_lock_bh(&lag->lock);
	admin = port->lacp.admin;
	spin_unlock_bh(&lag->lock);

	err = lag_parse_port(&admin, data, extack);
	if (err)
		return err;

	if (data[IFLA_LAG_PORT_NUMBER] && admin.number) {
		spin_lock_bh(&lag->lock);
		other = lacp_port_find(&lag->lacp, admin.number);
		spin_unlock_bh(&lag->lock);
		if (other && other != &port->lacp)
			return lag_refuse(extack, data[IFLA_LAG_PORT_NUMBER],
					  "port_number belongs to another port of the lag; use 0 for the lowest free one");
	}

	lag_control_port_configure(port, &admin);
	call_netdevice_notifiers(NETDEV_CHANGEINFODATA, slave_dev);
	return 0;
}

static size_t lag_get_slave_size(const struct net_device *dev,
				 const struct net_device *slave_dev)
{
	return lag_port_options_size() + lag_port_state_size();
}

static int lag_fill_slave_info(struct sk_buff *skb,
			       const struct net_device *dev,
			       const struct net_device *slave_dev)
{
	const struct lag_port *port = lag_port_from_dev(slave_dev);
	struct lag *lag = netdev_priv(dev);
	int err = 0;

	/* Linking and unlinking are announced when the port is not a whole one
	 * yet or any more.
	 */
	if (!port)
		return 0;

	spin_lock_bh(&lag->lock);
	if (port->joined) {
		err = lag_fill_port_options(skb, &port->lacp);
		if (!err)
			err = lag_fill_port_state(skb, lag, port);
	}
	spin_unlock_bh(&lag->lock);

	return err;
}

static size_t lag_get_linkxstats_size(const struct net_device *dev, int attr)
{
	return lag_counters_size();
}

static int lag_fill_linkxstats(struct sk_buff *skb,
			       const struct net_device *dev, int *prividx,
			       int attr)
{
	bool slave = attr == IFLA_STATS_LINK_XSTATS_SLAVE;
	u64 sum[IFLA_LAG_COUNTER_PAD] = {};
	const struct lag_port *port;
	struct lag *lag;

	ASSERT_RTNL();

	if (slave) {
		port = lag_port_from_dev(dev);
		if (!port)
			return 0;
		lag = port->lag;
	} else {
		lag = netdev_priv(dev);
	}

	spin_lock_bh(&lag->lock);
	list_for_each_entry(port, &lag->ports, list)
		if (!slave || port->dev == dev)
			lag_add_counters(sum, port);
	spin_unlock_bh(&lag->lock);

	return lag_fill_counters(skb, LINK_XSTATS_TYPE_LAG, sum);
}

static struct rtnl_link_ops lag_link_ops __read_mostly = {
	.kind			= LAG_DRV_NAME,
	.priv_size		= sizeof(struct lag),
	.setup			= lag_device_setup,
	.maxtype		= IFLA_LAG_MAX,
	.policy			= lag_policy,
	.validate		= lag_validate,
	.newlink		= lag_newlink,
	.changelink		= lag_changelink,
	.get_size		= lag_get_size,
	.fill_info		= lag_fill_info,
	.slave_maxtype		= IFLA_LAG_PORT_MAX,
	.slave_policy		= lag_port_policy,
	.slave_changelink	= lag_slave_changelink,
	.get_slave_size		= lag_get_slave_size,
	.fill_slave_info	= lag_fill_slave_info,
	.get_linkxstats_size	= lag_get_linkxstats_size,
	.fill_linkxstats	= lag_fill_linkxstats,
};

int lag_netlink_init(void)
{
	return rtnl_link_register(&lag_link_ops);
}

void lag_netlink_exit(void)
{
	rtnl_link_unregister(&lag_link_ops);
}
