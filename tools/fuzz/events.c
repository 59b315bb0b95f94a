// SPDX-License-Identifier: GPL-2.0
/* Fuzzer: any sequence of events leaves the invariants of tools/sim whole.
 *
 * Two systems with a few links between them; the input says what happens to
 * them, and what strangers say on their cables.
 */
#include "world.h"

#define SYSTEMS	2

/* What is read of the input; beyond its end all is zero */
struct input {
	const u8	*data;
	size_t		left;
};

static u8 take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static u16 take16(struct input *in)
{
	u16 high = take(in);

	return high << 8 | take(in);
}

static void take_info(struct input *in, struct lacp_info *info)
{
	unsigned int i;

	info->system_priority = take16(in);
	for (i = 0; i < ETH_ALEN; i++)
		info->system[i] = take(in);
	info->key = take16(in);
	info->port_priority = take16(in);
	info->port = take16(in);
	info->state = take(in);
}

/* As config.c lets through */
static void take_option(struct input *in, struct lacp_admin *admin)
{
	u8 what = take(in), value = take(in);

	switch (what % 16) {
	case 0:
		admin->mode = value % (LAG_MODE_LACP + 1);
		break;
	case 1:
		admin->active = value & 1;
		break;
	case 2:
		admin->fast = value & 1;
		break;
	case 3:
		admin->coupled = value & 1;
		break;
	case 4:
		admin->revertive = value & 1;
		break;
	case 5:
		admin->goodbye = value & 1;
		break;
	case 6:
		admin->ad_select = value % (LAG_AD_SELECT_PORT_PRIO + 1);
		break;
	case 7:
		admin->fallback = value % (LAG_FALLBACK_STATIC + 1);
		break;
	case 8:
		admin->system_priority = 1 + value;
		break;
	case 9:
		admin->system[ETH_ALEN - 1] = value & 3;
		break;
	case 10:
		admin->user_key = value << 2;
		break;
	case 11:
		admin->max_links = value % (LAG_MAX_PORTS + 1);
		break;
	case 12:
		admin->fallback_timeout = value * 1000;
		break;
	case 13:
		admin->wait_while = value * 39;
		break;
	case 14:
		admin->updelay = value * 2800;
		break;
	default:
		admin->downdelay = value * 2800;
		break;
	}
}

static void take_port_option(struct input *in, unsigned int i,
			     struct lacp_port_admin *admin)
{
	u8 what = take(in), value = take(in);

	switch (what % 6) {
	case 0:
		admin->priority = value;
		break;
	case 1:
		admin->key = value;
		break;
	case 2:
		/* Unique among the ports of a system */
		admin->number = value & 1 ? 100 + i : 0;
		break;
	case 3:
		admin->primary = value & 1;
		break;
	case 4:
		admin->prio = value;
		break;
	default:
		admin->admin = value % (LAG_PORT_DISABLED + 1);
		break;
	}
}

/* What a stranger says: anything, or almost what the port's peer would */
static void take_lacpdu(struct input *in, struct world *w, unsigned int s,
			unsigned int i)
{
	struct lacp_pdu pdu = w->system[s].port[i].heard;
	u8 what = take(in);

	switch (what % 4) {
	case 0:
		take_info(in, &pdu.actor);
		take_info(in, &pdu.partner);
		break;
	case 1:
		pdu.actor.state = take(in);
		break;
	case 2:
		pdu.partner = w->system[s].port[i].lacp.actor;
		pdu.actor.state = take(in);
		break;
	default:
		take_info(in, &pdu.actor);
		pdu.partner = w->system[s].port[i].lacp.actor;
		break;
	}
	world_receive(w, s, i, &pdu);
}

static void take_event(struct input *in, struct world *w)
{
	u8 where = take(in), what = take(in);
	unsigned int s = where % SYSTEMS, i = where / SYSTEMS % WORLD_PORTS;
	struct world_port *port = &w->system[s].port[i];
	struct lacp_port_admin port_admin = port->admin;
	struct lacp_admin admin = w->system[s].group.admin;
	struct lacp_link link = port->link;

	switch (what % 14) {
	case 0:
		world_run(w, w->now + take(in));
		break;
	case 1:
		world_run(w, w->now + take16(in) * 2);
		break;
	case 2:
		world_carrier(w, s, i, !link.carrier);
		break;
	case 3:
		where = take(in);
		link.running = where & 1;
		link.full_duplex = where & 2;
		link.speed = where >> 2;
		world_link(w, s, i, &link);
		break;
	case 4:
		take_option(in, &admin);
		world_configure(w, s, &admin);
		break;
	case 5:
		take_port_option(in, i, &port_admin);
		world_port_configure(w, s, i, &port_admin);
		break;
	case 6:
		if (port->joined)
			world_leave(w, s, i);
		else
			world_join(w, s, i);
		break;
	case 7:
		if (port->joined && !port->lacp.leaving)
			world_goodbye(w, s, i);
		break;
	case 8:
		world_enable(w, s, !w->system[s].group.enabled);
		break;
	case 9:
		world_start(w, s, &admin);
		break;
	case 10:
		where = take(in);
		world_cable(w, s, i, where % SYSTEMS,
			    where / SYSTEMS % WORLD_PORTS);
		break;
	case 11:
		w->net.lose = take(in) * 2;
		w->net.no_memory = take(in);
		break;
	case 12:
		if (port->joined && !port->lacp.leaving)
			lacp_group_activate(&w->system[s].group, &port->lacp,
					    w->now);
		world_expire(w, s);
		break;
	default:
		take_lacpdu(in, w, s, i);
		break;
	}
}

/* The input may ask for any number of frames in one moment; what is under way
 * arrives before a cable is full of it.
 */
static void make_room(struct world *w)
{
	unsigned int s, i;

	for (s = 0; s < SYSTEMS; s++)
		for (i = 0; i < WORLD_PORTS; i++)
			if (w->system[s].port[i].num_frames > WORLD_FRAMES / 2)
				world_run(w, w->now);
}

static void on_break(struct world *w)
{
	fprintf(stderr, "events: at %llu: %s\n", (unsigned long long)w->now,
		w->broken);
	abort();
}

static void print_line(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	static struct world w;
	unsigned int s, i;

	world_on_break = on_break;
	world_log = getenv("FUZZ_LOG") ? print_line : NULL;
	world_init(&w, SYSTEMS, 1, take(&in) & 1 ? U64_MAX / 2 : 0);
	for (i = 0; i < WORLD_PORTS; i++) {
		for (s = 0; s < SYSTEMS; s++)
			world_join(&w, s, i);
		world_cable(&w, 0, i, 1, i);
		world_carrier(&w, 0, i, true);
		world_carrier(&w, 1, i, true);
	}
	w.traffic = true;
	while (in.left) {
		make_room(&w);
		take_event(&in, &w);
	}
	world_run(&w, w.now + 5 * LACP_SHORT_TIMEOUT_MS);
	return 0;
}
