/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel knows of lags and their ports, read over rtnetlink.
 *
 * Nothing is interpreted here: values are found under their attribute of
 * if_lag.h, e.g. lag->option[IFLA_LAG_MODE].number.
 */
#ifndef _LAGCTL_MODEL_H
#define _LAGCTL_MODEL_H

#include "../user/options.h"

#include <linux/if_link.h>
#include <net/if.h>

struct mnl_socket;
struct nlmsghdr;

/**
 * struct value - one attribute
 * @there: the kernel sent it
 * @number: if it is one, 0 otherwise and if it is not there
 * @bytes: as sent, the rest 0: a MAC address or a name
 */
struct value {
	bool		there;
	u64		number;
	char		bytes[IFNAMSIZ];
};

/**
 * struct link - what every device has
 * @index: ifindex
 * @master: ifindex of the device above, or 0
 * @name: of the device
 * @kind: IFLA_INFO_KIND, or ""
 * @slave_kind: IFLA_INFO_SLAVE_KIND, or ""
 * @flags: IFF_*; kernel's IFF_LOWER_UP is LINK_CARRIER here
 * @mtu: in octets
 * @mac: current address
 * @perm_mac: IFLA_PERM_ADDRESS, the burnt-in address; zero if there is none
 * @protodown: IFLA_PROTO_DOWN
 * @stats: IFLA_STATS64
 */
struct link {
	int				index;
	int				master;
	char				name[IFNAMSIZ];
	char				kind[16];
	char				slave_kind[16];
	unsigned int			flags;
	u32				mtu;
	u8				mac[ETH_ALEN];
	u8				perm_mac[ETH_ALEN];
	bool				protodown;
	struct rtnl_link_stats64	stats;
};

/* IFF_LOWER_UP, which glibc's <net/if.h> does not have */
#define LINK_CARRIER	0x10000

/**
 * struct port - a port of a lag
 * @link: the device
 * @option: &enum ifla_lag_port
 * @state: &enum ifla_lag_port_state
 * @actor: &enum ifla_lag_lacp_info
 * @partner: &enum ifla_lag_lacp_info
 * @counter: &enum ifla_lag_counter
 */
struct port {
	struct link	link;
	struct value	option[IFLA_LAG_PORT_MAX + 1];
	struct value	state[IFLA_LAG_PORT_STATE_MAX + 1];
	struct value	actor[IFLA_LAG_LACP_INFO_MAX + 1];
	struct value	partner[IFLA_LAG_LACP_INFO_MAX + 1];
	struct value	counter[IFLA_LAG_COUNTER_MAX + 1];
};

/**
 * struct lag - a lag and its ports
 * @link: the device
 * @option: &enum ifla_lag
 * @state: &enum ifla_lag_state
 * @slots: index of the port that serves each slot, or %LAG_SLOT_NONE
 * @home: port number that each slot returns to, or 0
 * @unknown: attributes that this program is too old for
 * @num_ports: of them
 * @ports: by port number
 */
struct lag {
	struct link	link;
	struct value	option[IFLA_LAG_MAX + 1];
	struct value	state[IFLA_LAG_STATE_MAX + 1];
	u8		slots[LAG_SLOTS];
	u16		home[LAG_SLOTS];
	unsigned int	unknown;
	unsigned int	num_ports;
	struct port	*ports;
};

/**
 * struct model - all lags of this network namespace
 * @num_lags: of them
 * @lags: by ifindex
 * @num_others: of them
 * @others: the devices that are neither a lag nor a port of one
 */
struct model {
	unsigned int	num_lags;
	struct lag	*lags;
	unsigned int	num_others;
	struct link	*others;
};

/* What could not be read ends the program, as does a module that is not
 * loaded.
 */
struct model *model_read(void);
void model_free(struct model *m);

/* What a message of RTM_NEWLINK is about */
enum message_kind {
	MESSAGE_OTHER,
	MESSAGE_LAG,
	MESSAGE_PORT,
};

/**
 * model_read_message() - one notification
 * @nlh: of a socket of RTMGRP_LINK
 * @lag: filled in if it is about a lag; without its ports
 * @port: filled in if it is about a port; a lag can be both, and counts as a
 *	lag then
 */
enum message_kind model_read_message(const struct nlmsghdr *nlh,
				     struct lag *lag, struct port *port);

/* NULL if there is none of that name; model_need_*() end the program then,
 * saying what the device is instead.
 */
struct lag *model_find_lag(struct model *m, const char *name);
struct port *model_find_port(struct model *m, const char *name,
			     struct lag **lag);
struct lag *model_need_lag(struct model *m, const char *name);
struct port *model_need_port(struct model *m, const char *name,
			     struct lag **lag);

/* The port with this IFLA_LAG_PORT_STATE_INDEX, or NULL */
struct port *lag_port_by_index(const struct lag *lag, unsigned int index);

/* "52:54:00:00:01:0a", in a buffer of the caller */
#define MAC_TEXT	18
const char *mac_text(char text[MAC_TEXT], const void *mac);

/* The name of a lag's or port's option value as `ip` prints it; the buffer
 * is for what is a number.
 */
#define VALUE_TEXT	24
const char *option_text(const struct lag_option *options, int attr,
			const struct value *v, char text[VALUE_TEXT]);

/**
 * rtnl_open() - a socket for rtnetlink
 * @groups: RTMGRP_* to hear, 0: none
 */
struct mnl_socket *rtnl_open(unsigned int groups);

/**
 * rtnl_request() - asks the kernel to change something and waits for it
 * @request: RTM_*, with NLM_F_ACK
 * @sentence: buffer for what the kernel says if it refuses
 * @size: of the buffer
 *
 * Return: 0 or a negative error.
 */
int rtnl_request(struct nlmsghdr *request, char *sentence, size_t size);

#endif /* _LAGCTL_MODEL_H */
