// SPDX-License-Identifier: GPL-2.0
/* Reads all lags and ports of this network namespace from the kernel.
 *
 * What that means for a user is not here; see the verbs.
 */
#include "lagctl.h"
#include "model.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

/* A lag with all its state takes about 2 KB. */
#define BUFFER_SIZE	(64 * 1024)
#define DUMP_TRIES	10

/* Everything of a message of RTM_NEWLINK that is needed */
struct message {
	struct link		link;
	const struct nlattr	*data;		/* IFLA_INFO_DATA */
	const struct nlattr	*slave_data;	/* IFLA_INFO_SLAVE_DATA */
};

/* Attributes */

static void *more_room(void *list, unsigned int num, size_t size)
{
	/* Powers of two, beginning with 8 */
	if (num >= 8 ? num & (num - 1) : num)
		return list;

	list = realloc(list, (num ? num * 2 : 8) * size);
	if (!list)
		die(EXIT_KERNEL, "Out of memory.");
	return list;
}

static void take_value(struct value *v, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	v->there = true;
	memcpy(v->bytes, mnl_attr_get_payload(attr),
	       min(len, sizeof(v->bytes)));
	switch (len) {
	case sizeof(u8):
		v->number = mnl_attr_get_u8(attr);
		break;
	case sizeof(u16):
		v->number = mnl_attr_get_u16(attr);
		break;
	case sizeof(u32):
		v->number = mnl_attr_get_u32(attr);
		break;
	case sizeof(u64):
		v->number = mnl_attr_get_u64(attr);
		break;
	}
}

/* Returns how many attributes there are beyond @max. */
static unsigned int take_nest(struct value *values, unsigned int max,
			      const struct nlattr *nest)
{
	const struct nlattr *attr;
	unsigned int unknown = 0;

	if (!nest)
		return 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) <= max)
			take_value(&values[mnl_attr_get_type(attr)], attr);
		else
			unknown++;
	}

	return unknown;
}

static const struct nlattr *find_nested(const struct nlattr *nest,
					unsigned int type)
{
	const struct nlattr *attr;

	if (nest)
		mnl_attr_for_each_nested(attr, nest)
			if (mnl_attr_get_type(attr) == type)
				return attr;

	return NULL;
}

static void take_bytes(void *to, size_t size, const struct nlattr *attr)
{
	if (attr)
		memcpy(to, mnl_attr_get_payload(attr),
		       min(size, (size_t)mnl_attr_get_payload_len(attr)));
}

static void take_string(char *to, size_t size, const struct nlattr *attr)
{
	take_bytes(to, size - 1, attr);
}

/* Messages */

static void parse_link(const struct nlmsghdr *nlh, struct message *m)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct link *link = &m->link;
	const struct nlattr *attr;

	memset(m, 0, sizeof(*m));
	link->index = info->ifi_index;
	link->flags = info->ifi_flags;
	mnl_attr_for_each(attr, nlh, sizeof(*info)) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			take_string(link->name, sizeof(link->name), attr);
			break;
		case IFLA_MASTER:
			link->master = mnl_attr_get_u32(attr);
			break;
		case IFLA_MTU:
			link->mtu = mnl_attr_get_u32(attr);
			break;
		case IFLA_ADDRESS:
			take_bytes(link->mac, sizeof(link->mac), attr);
			break;
		case IFLA_PERM_ADDRESS:
			take_bytes(link->perm_mac, sizeof(link->perm_mac),
				   attr);
			break;
		case IFLA_PROTO_DOWN:
			link->protodown = mnl_attr_get_u8(attr);
			break;
		case IFLA_STATS64:
			take_bytes(&link->stats, sizeof(link->stats), attr);
			break;
		case IFLA_LINKINFO:
			take_string(link->kind, sizeof(link->kind),
				    find_nested(attr, IFLA_INFO_KIND));
			take_string(link->slave_kind, sizeof(link->slave_kind),
				    find_nested(attr, IFLA_INFO_SLAVE_KIND));
			m->data = find_nested(attr, IFLA_INFO_DATA);
			m->slave_data = find_nested(attr,
						    IFLA_INFO_SLAVE_DATA);
			break;
		}
	}
}

static void fill_lag(struct lag *lag, const struct message *m)
{
	const struct nlattr *state = find_nested(m->data, IFLA_LAG_STATE);

	memset(lag, 0, sizeof(*lag));
	lag->link = m->link;
	lag->unknown = take_nest(lag->option, IFLA_LAG_MAX, m->data);
	lag->unknown += take_nest(lag->state, IFLA_LAG_STATE_MAX, state);
	memset(lag->slots, LAG_SLOT_NONE, sizeof(lag->slots));
	take_bytes(lag->slots, sizeof(lag->slots),
		   find_nested(state, IFLA_LAG_STATE_SLOTS));
	take_bytes(lag->home, sizeof(lag->home),
		   find_nested(state, IFLA_LAG_STATE_HOME));
}

static void fill_port(struct port *p, const struct message *m)
{
	const struct nlattr *state = find_nested(m->slave_data,
						 IFLA_LAG_PORT_STATE);

	memset(p, 0, sizeof(*p));
	p->link = m->link;
	take_nest(p->option, IFLA_LAG_PORT_MAX, m->slave_data);
	take_nest(p->state, IFLA_LAG_PORT_STATE_MAX, state);
	take_nest(p->actor, IFLA_LAG_LACP_INFO_MAX,
		  find_nested(state, IFLA_LAG_PORT_STATE_ACTOR));
	take_nest(p->partner, IFLA_LAG_LACP_INFO_MAX,
		  find_nested(state, IFLA_LAG_PORT_STATE_PARTNER));
	take_nest(p->counter, IFLA_LAG_COUNTER_MAX,
		  find_nested(state, IFLA_LAG_PORT_STATE_COUNTERS));
}

enum message_kind model_read_message(const struct nlmsghdr *nlh,
				     struct lag *lag, struct port *port)
{
	struct message m;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MESSAGE_OTHER;

	parse_link(nlh, &m);
	if (!strcmp(m.link.kind, "lag") && m.data) {
		fill_lag(lag, &m);
		return MESSAGE_LAG;
	}
	if (!strcmp(m.link.slave_kind, "lag") && m.slave_data) {
		fill_port(port, &m);
		return MESSAGE_PORT;
	}

	return MESSAGE_OTHER;
}

/* Ports wait in one list until all lags are known. */
struct dump {
	struct model	*model;
	unsigned int	num_ports;
	struct port	*ports;
};

static int take_link(const struct nlmsghdr *nlh, void *data)
{
	struct dump *d = data;
	struct model *model = d->model;
	struct message m;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;

	parse_link(nlh, &m);
	if (!strcmp(m.link.slave_kind, "lag")) {
		d->ports = more_room(d->ports, d->num_ports,
				     sizeof(*d->ports));
		fill_port(&d->ports[d->num_ports++], &m);
	}
	if (!strcmp(m.link.kind, "lag")) {
		model->lags = more_room(model->lags, model->num_lags,
					sizeof(*model->lags));
		fill_lag(&model->lags[model->num_lags++], &m);
	} else if (strcmp(m.link.slave_kind, "lag")) {
		model->others = more_room(model->others, model->num_others,
					  sizeof(m.link));
		model->others[model->num_others++] = m.link;
	}

	return MNL_CB_OK;
}

static int by_number(const void *a, const void *b)
{
	const struct port *p = a, *q = b;

	return (int)p->option[IFLA_LAG_PORT_NUMBER].number -
	       (int)q->option[IFLA_LAG_PORT_NUMBER].number;
}

/* The ports to their lags */
static void deal_ports(struct dump *d)
{
	struct model *model = d->model;
	unsigned int i, j;
	struct lag *lag;

	for (i = 0; i < model->num_lags; i++) {
		lag = &model->lags[i];
		for (j = 0; j < d->num_ports; j++) {
			if (d->ports[j].link.master != lag->link.index)
				continue;
			lag->ports = more_room(lag->ports, lag->num_ports,
					       sizeof(*lag->ports));
			lag->ports[lag->num_ports++] = d->ports[j];
		}
		if (lag->num_ports)
			qsort(lag->ports, lag->num_ports, sizeof(*lag->ports),
			      by_number);
	}
	free(d->ports);
}

/* The socket */

struct mnl_socket *rtnl_open(unsigned int groups)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int yes = 1;

	if (!nl || mnl_socket_bind(nl, groups, MNL_SOCKET_AUTOPID) < 0)
		die(EXIT_KERNEL, "Cannot open netlink socket: %s",
		    strerror(errno));
	/* Sentences that say why something is refused */
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &yes, sizeof(yes));
	return nl;
}

/* -1 and errno EINTR if the devices have changed meanwhile */
static int dump_links(struct mnl_socket *nl, char *buffer, struct dump *d)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info;
	unsigned int seq;
	ssize_t len;
	int ret = MNL_CB_OK;

	seq = time(NULL);
	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -1;

	while (ret == MNL_CB_OK) {
		len = mnl_socket_recvfrom(nl, buffer, BUFFER_SIZE);
		if (len < 0)
			return -1;
		ret = mnl_cb_run(buffer, len, seq, mnl_socket_get_portid(nl),
				 take_link, d);
	}

	return ret;
}

struct model *model_read(void)
{
	struct dump d = {};
	struct mnl_socket *nl;
	unsigned int tries;
	char *buffer;
	int ret = -1;

	buffer = malloc(BUFFER_SIZE);
	if (!buffer)
		die(EXIT_KERNEL, "Out of memory.");

	for (tries = 0; ret < 0 && tries < DUMP_TRIES; tries++) {
		if (d.model) {
			model_free(d.model);
			free(d.ports);
		}
		memset(&d, 0, sizeof(d));
		d.model = calloc(1, sizeof(*d.model));
		if (!d.model)
			die(EXIT_KERNEL, "Out of memory.");
		/* What is left of a dump that was disturbed goes with it */
		nl = rtnl_open(0);
		ret = dump_links(nl, buffer, &d);
		mnl_socket_close(nl);
		if (ret < 0 && errno != EINTR)
			break;
	}
	free(buffer);
	if (ret < 0)
		die(EXIT_KERNEL, "Cannot read the devices: %s",
		    strerror(errno));

	deal_ports(&d);
	if (!d.model->num_lags && access("/sys/module/lag", F_OK))
		die(EXIT_KERNEL, "Error: no module lag: it is not loaded, try \"modprobe lag\".");
	return d.model;
}

void model_free(struct model *m)
{
	unsigned int i;

	for (i = 0; i < m->num_lags; i++)
		free(m->lags[i].ports);
	free(m->lags);
	free(m->others);
	free(m);
}

static int take_ack(const struct nlmsghdr *nlh, char *sentence, size_t size)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(*err);
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return err->error;

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += mnl_nlmsg_get_payload_len(&err->msg);
	mnl_attr_for_each(attr, nlh, skip)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(sentence, size, "%s",
				 mnl_attr_get_str(attr));
	return err->error;
}

int rtnl_request(struct nlmsghdr *request, char *sentence, size_t size)
{
	struct mnl_socket *nl = rtnl_open(0);
	char buffer[4096];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buffer;
	ssize_t len;
	int err;

	snprintf(sentence, size, "%s", "");
	request->nlmsg_seq = 1;
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		die(EXIT_KERNEL, "Cannot talk to rtnetlink: %s",
		    strerror(errno));
	do {
		len = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));
		if (len < 0 || !mnl_nlmsg_ok(nlh, len))
			die(EXIT_KERNEL, "Cannot talk to rtnetlink: %s",
			    strerror(errno));
	} while (nlh->nlmsg_type != NLMSG_ERROR);
	err = take_ack(nlh, sentence, size);
	mnl_socket_close(nl);
	return err;
}

/* Looking things up */

struct lag *model_find_lag(struct model *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < m->num_lags; i++)
		if (!strcmp(m->lags[i].link.name, name))
			return &m->lags[i];

	return NULL;
}

struct port *model_find_port(struct model *m, const char *name,
			     struct lag **lag)
{
	unsigned int i, j;

	for (i = 0; i < m->num_lags; i++) {
		for (j = 0; j < m->lags[i].num_ports; j++) {
			if (strcmp(m->lags[i].ports[j].link.name, name))
				continue;
			if (lag)
				*lag = &m->lags[i];
			return &m->lags[i].ports[j];
		}
	}

	return NULL;
}

static __noreturn void not_found(struct model *m, const char *name,
				 const char *what)
{
	struct lag *above = NULL;
	unsigned int i;

	if (model_find_port(m, name, &above))
		die(EXIT_USAGE, "Error: \"%s\" is no %s: it is a port of %s.",
		    name, what, above->link.name);
	if (model_find_lag(m, name))
		die(EXIT_USAGE, "Error: \"%s\" is no %s: it is a lag.", name,
		    what);
	for (i = 0; i < m->num_others; i++)
		if (!strcmp(m->others[i].name, name))
			die(EXIT_USAGE, "Error: \"%s\" is no %s%s%s.", name,
			    what, *m->others[i].kind ? ", but of type " : "",
			    m->others[i].kind);
	die(EXIT_USAGE, "Cannot find device \"%s\"", name);
}

struct lag *model_need_lag(struct model *m, const char *name)
{
	struct lag *lag = model_find_lag(m, name);

	if (!lag)
		not_found(m, name, "lag");
	return lag;
}

struct port *model_need_port(struct model *m, const char *name,
			     struct lag **lag)
{
	struct port *p = model_find_port(m, name, lag);

	if (!p)
		not_found(m, name, "port of a lag");
	return p;
}

struct port *lag_port_by_index(const struct lag *lag, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < lag->num_ports; i++)
		if (lag->ports[i].state[IFLA_LAG_PORT_STATE_INDEX].number ==
		    index)
			return &lag->ports[i];

	return NULL;
}

/* Words */

const char *mac_text(char text[MAC_TEXT], const void *mac)
{
	const u8 *a = mac;

	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
		 a[0], a[1], a[2], a[3], a[4], a[5]);
	return text;
}

const char *option_text(const struct lag_option *options, int attr,
			const struct value *v, char text[VALUE_TEXT])
{
	char name[IF_NAMESIZE];

	while (options->attr != attr)
		options++;
	switch (options->type) {
	case LAG_ON_OFF:
		return v->number ? "on" : "off";
	case LAG_WORD:
		return lag_find_word(options->words, v->number);
	case LAG_S32:
		snprintf(text, VALUE_TEXT, "%d", (s32)v->number);
		break;
	case LAG_MAC:
		mac_text(text, v->bytes);
		break;
	case LAG_NAME:
		snprintf(text, VALUE_TEXT, "%.*s", IFNAMSIZ, v->bytes);
		break;
	case LAG_DEV:
		snprintf(text, VALUE_TEXT, "%s",
			 if_indextoname(v->number, name) ?: "");
		break;
	default:
		snprintf(text, VALUE_TEXT, "%llu",
			 (unsigned long long)v->number);
	}

	return text;
}
