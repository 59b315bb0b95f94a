// SPDX-License-Identifier: GPL-2.0
/* Systems, cables and time for the engine; see world.h.
 *
 * Nothing of LACP is here, and no invariants: those are in invariant.c.
 */
#include "world.h"
#include "engine/machines.h"

#include <stdarg.h>

/* No two systems of a sane world do as much in one millisecond. */
#define WORLD_STORM	5000

void (*world_log)(const char *line);
void (*world_on_break)(struct world *w);

/* Whose engine is being run; lacp_trace() is told a port only */
static const struct world *world_running;

static void world_put(const struct world *w, const char *format, va_list args)
{
	char line[200];
	int length;

	length = snprintf(line, sizeof(line), "%8llu ",
			  (unsigned long long)w->now);
	vsnprintf(line + length, sizeof(line) - length, format, args);
	world_log(line);
}

void world_say(const struct world *w, const char *format, ...)
{
	va_list args;

	if (!world_log)
		return;
	va_start(args, format);
	world_put(w, format, args);
	va_end(args);
}

void world_break(struct world *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->broken, sizeof(w->broken), format, args);
	va_end(args);
	world_say(w, "BROKEN %s", w->broken);
	world_on_break(w);
	abort();
}

void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to)
{
	if (world_log && world_running)
		world_say(world_running, "s%u.%u %s: %s -> %s",
			  port->actor.system[ETH_ALEN - 1], port->index,
			  machine, from, to);
}

/* splitmix64 */
u32 world_random(struct world *w, u32 n)
{
	u64 x = w->random += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	x ^= x >> 31;
	return (x >> 32) * n >> 32;
}

struct lacp_admin world_admin(unsigned int s)
{
	return (struct lacp_admin) {
		.mode = LAG_MODE_LACP,
		.active = true,
		.goodbye = true,
		.ad_select = LAG_AD_SELECT_STABLE,
		.fallback = LAG_FALLBACK_NONE,
		.system_priority = 65535,
		.system = { 0x02, 0, 0, 0, 0, s },
		.min_links = 1,
		.fallback_timeout = 15000,
		.wait_while = 2000,
	};
}

void world_init(struct world *w, unsigned int systems, u64 seed, u64 now)
{
	struct lacp_admin admin;
	struct world_port *port;
	unsigned int s, i;

	memset(w, 0, sizeof(*w));
	w->now = now;
	w->random = seed;
	w->num_systems = systems;
	for (s = 0; s < systems; s++) {
		for (i = 0; i < WORLD_PORTS; i++) {
			port = &w->system[s].port[i];
			port->peer_system = WORLD_NOWHERE;
			port->admin.priority = 255;
			port->link.running = true;
			port->link.full_duplex = true;
			port->link.speed = 1000;
		}
		admin = world_admin(s);
		world_start(w, s, &admin);
	}
}

void world_copy(struct world *to, const struct world *from)
{
	struct lacp_group *g;
	unsigned int s, i;

	memcpy(to, from, sizeof(*to));
	for (s = 0; s < to->num_systems; s++) {
		g = &to->system[s].group;
		for (i = 0; i < WORLD_PORTS; i++)
			if (g->port[i])
				g->port[i] = &to->system[s].port[i].lacp;
		if (g->backup_active)
			g->backup_active = g->port[g->backup_active->index];
		if (g->backup_manual)
			g->backup_manual = g->port[g->backup_manual->index];
	}
}

/* Into the queue, by time of arrival; those of one time in the order sent */
static void world_queue(struct world *w, struct world_port *port,
			const struct world_frame *frame)
{
	unsigned int i = port->num_frames;

	if (i == WORLD_FRAMES)
		world_break(w, "a storm of frames");
	for (; i && port->frame[i - 1].when > frame->when; i--)
		port->frame[i] = port->frame[i - 1];
	port->frame[i] = *frame;
	port->num_frames++;
}

static void world_send(struct world *w, struct world_port *port, bool data,
		       const struct lacp_pdu *pdu)
{
	const struct world_net *net = &w->net;
	struct world_frame frame = {
		.when = w->now + port->delay,
		.sent = w->now,
		.data = data,
	};
	const struct world_frame *last = port->num_frames ?
		&port->frame[port->num_frames - 1] : NULL;

	if (port->peer_system == WORLD_NOWHERE || port->mute ||
	    (net->lose && world_random(w, 1000) < net->lose))
		return;
	if (net->jitter)
		frame.when += world_random(w, net->jitter + 1);
	if (last && frame.when < last->when &&
	    (!net->overtake || world_random(w, 1000) >= net->overtake))
		frame.when = last->when;
	/* Another one at the same moment has the same fate. */
	if (data && last && last->data && last->when == frame.when)
		return;
	if (pdu)
		frame.pdu = *pdu;
	world_queue(w, port, &frame);
	if (net->repeat && world_random(w, 1000) < net->repeat)
		world_queue(w, port, &frame);
	if (data)
		w->count.frames++;
}

/* Traffic on every port that the packet path may use now */
static void world_send_data(struct world *w, unsigned int s)
{
	u64 left = w->system[s].distributing;

	if (!w->traffic)
		return;
	for (; left; left &= left - 1)
		world_send(w, &w->system[s].port[__ffs64(left)], true, NULL);
}

/* What the packet path takes over after each verb, before a LACPDU leaves */
static void world_act(struct world *w, unsigned int s)
{
	struct world_system *system = &w->system[s];
	struct lacp_group *g = &system->group;
	u16 number[LAG_MAX_PORTS] = {};
	unsigned int i;

	w->count.events++;
	if (g->distributing != system->distributing ||
	    g->collecting != system->collecting) {
		if (!g->effects.distribution)
			world_break(w, "s%u: masks changed, effects do not say",
				    s);
		world_say(w, "s%u distributes %llx -> %llx collects %llx -> %llx",
			  s, (unsigned long long)system->distributing,
			  (unsigned long long)g->distributing,
			  (unsigned long long)system->collecting,
			  (unsigned long long)g->collecting);
		system->distributing = g->distributing;
		system->collecting = g->collecting;
		system->changed = w->now;
		for (i = 0; i < WORLD_PORTS; i++)
			number[i] = system->port[i].lacp.actor.port;
		lag_spread_update(&system->spread, system->distributing,
				  number);
	}
	g->effects.distribution = false;
	world_send_data(w, s);
}

/* A LACPDU crosses the cable in its wire form. */
static void world_send_lacpdu(struct world *w, unsigned int s, unsigned int i,
			      const struct lacp_pdu *pdu, bool goodbye)
{
	struct world_port *port = &w->system[s].port[i];
	struct lacp_pdu parsed = {};
	u8 data[LACP_PDU_LEN];
	u64 *oldest;

	world_say(w, "s%u.%u sends %02x, knows s%u.%u %02x%s", s, i,
		  pdu->actor.state, pdu->partner.system[ETH_ALEN - 1],
		  pdu->partner.port, pdu->partner.state,
		  goodbye ? " goodbye" : "");
	lacp_pdu_build(data, pdu);
	if (!lacp_pdu_parse(&parsed, data, sizeof(data)) ||
	    memcmp(&parsed.actor.system, &pdu->actor.system, ETH_ALEN) ||
	    parsed.actor.state != pdu->actor.state)
		world_break(w, "s%u.%u: wire form differs", s, i);

	w->count.lacpdus++;
	if (!goodbye) {
		oldest = &port->sent[port->num_sent++ % LACP_TX_LIMIT];
		if (port->num_sent > LACP_TX_LIMIT &&
		    w->now - *oldest < LACP_FAST_PERIODIC_MS)
			world_break(w, "s%u.%u: more than %u LACPDUs in 1 s",
				    s, i, LACP_TX_LIMIT);
		*oldest = w->now;
	}
	world_send(w, port, false, &parsed);
}

/* What the kernel module does after each verb */
static void world_settle(struct world *w, unsigned int s)
{
	struct lacp_group *g = &w->system[s].group;
	unsigned int i, storm = 0;
	struct lacp_pdu pdu;
	bool goodbye;

	world_act(w, s);
	while (g->effects.send) {
		i = __ffs64(g->effects.send);
		if (++storm > WORLD_STORM || !g->port[i])
			world_break(w, "s%u: sends without end", s);
		if (w->net.no_memory &&
		    world_random(w, 1000) < w->net.no_memory) {
			lacp_port_unsent(g, g->port[i], w->now);
			world_act(w, s);
			continue;
		}
		goodbye = g->port[i]->goodbye;
		if (lacp_port_transmit(g, g->port[i], &pdu, w->now)) {
			world_act(w, s);
			world_send_lacpdu(w, s, i, &pdu, goodbye);
		}
		world_send_data(w, s);
	}
	world_check(w, s);
}

/* What the engine is told next is about @s.  Traffic of the moment before it
 * is under way already.
 */
static struct lacp_group *world_begin(struct world *w, unsigned int s)
{
	world_running = w;
	world_send_data(w, s);
	return &w->system[s].group;
}

void world_configure(struct world *w, unsigned int s,
		     const struct lacp_admin *admin)
{
	lacp_group_configure(world_begin(w, s), admin, w->now);
	world_settle(w, s);
}

void world_enable(struct world *w, unsigned int s, bool enabled)
{
	world_say(w, "s%u %s", s, enabled ? "up" : "down");
	lacp_group_enable(world_begin(w, s), enabled, w->now);
	world_settle(w, s);
}

void world_expire(struct world *w, unsigned int s)
{
	lacp_group_expire(world_begin(w, s), w->now);
	world_settle(w, s);
}

void world_join(struct world *w, unsigned int s, unsigned int i)
{
	struct world_port *port = &w->system[s].port[i];

	world_say(w, "s%u.%u joins", s, i);
	memset(&port->lacp, 0, sizeof(port->lacp));
	memset(&port->seen, 0, sizeof(port->seen));
	port->lacp.index = i;
	port->joined = true;
	port->has_heard = false;
	port->num_sent = 0;
	lacp_port_join(world_begin(w, s), &port->lacp, &port->admin, w->now);
	world_settle(w, s);
	lacp_port_link(&w->system[s].group, &port->lacp, &port->link, w->now);
	world_settle(w, s);
}

void world_goodbye(struct world *w, unsigned int s, unsigned int i)
{
	world_say(w, "s%u.%u says goodbye", s, i);
	lacp_port_goodbye(world_begin(w, s), &w->system[s].port[i].lacp,
			  w->now);
	world_settle(w, s);
}

void world_leave(struct world *w, unsigned int s, unsigned int i)
{
	world_say(w, "s%u.%u leaves", s, i);
	w->system[s].port[i].joined = false;
	lacp_port_leave(world_begin(w, s), &w->system[s].port[i].lacp, w->now);
	world_settle(w, s);
}

void world_port_configure(struct world *w, unsigned int s, unsigned int i,
			  const struct lacp_port_admin *admin)
{
	struct world_port *port = &w->system[s].port[i];

	world_say(w, "s%u.%u admin %u priority %u key %u", s, i, admin->admin,
		  admin->priority, admin->key);
	port->admin = *admin;
	if (!port->joined || port->lacp.leaving)
		return;
	lacp_port_configure(world_begin(w, s), &port->lacp, admin, w->now);
	world_settle(w, s);
}

void world_link(struct world *w, unsigned int s, unsigned int i,
		const struct lacp_link *link)
{
	struct world_port *port = &w->system[s].port[i];

	world_say(w, "s%u.%u %s %s %u %s", s, i,
		  link->running ? "running" : "stopped",
		  link->carrier ? "carrier" : "no-carrier", link->speed,
		  link->full_duplex ? "full" : "half");
	port->link = *link;
	if (!link->carrier || !link->running)
		port->num_frames = 0;
	if (!port->joined)
		return;
	lacp_port_link(world_begin(w, s), &port->lacp, link, w->now);
	world_settle(w, s);
}

void world_carrier(struct world *w, unsigned int s, unsigned int i,
		   bool carrier)
{
	struct lacp_link link = w->system[s].port[i].link;

	link.carrier = carrier;
	world_link(w, s, i, &link);
}

void world_receive(struct world *w, unsigned int s, unsigned int i,
		   const struct lacp_pdu *pdu)
{
	struct world_port *port = &w->system[s].port[i];

	if (!port->joined || !port->link.carrier || !port->link.running)
		return;
	world_say(w, "s%u.%u hears s%u.%u %02x, knows s%u.%u %02x", s, i,
		  pdu->actor.system[ETH_ALEN - 1], pdu->actor.port,
		  pdu->actor.state, pdu->partner.system[ETH_ALEN - 1],
		  pdu->partner.port, pdu->partner.state);
	if (!ether_addr_equal(pdu->actor.system,
			      w->system[s].group.admin.system)) {
		port->heard = *pdu;
		port->has_heard = true;
	}
	lacp_port_receive(world_begin(w, s), &port->lacp, pdu, w->now);
	world_settle(w, s);
}

void world_uncable(struct world *w, unsigned int s, unsigned int i)
{
	struct world_port *port = &w->system[s].port[i], *peer;

	if (port->peer_system == WORLD_NOWHERE)
		return;
	peer = &w->system[port->peer_system].port[port->peer_port];
	port->num_frames = 0;
	peer->num_frames = 0;
	port->peer_system = WORLD_NOWHERE;
	peer->peer_system = WORLD_NOWHERE;
}

void world_cable(struct world *w, unsigned int s, unsigned int i,
		 unsigned int t, unsigned int j)
{
	struct world_port *a = &w->system[s].port[i];
	struct world_port *b = &w->system[t].port[j];

	world_uncable(w, s, i);
	world_uncable(w, t, j);
	world_say(w, "cable s%u.%u s%u.%u", s, i, t, j);
	a->peer_system = t;
	a->peer_port = j;
	b->peer_system = s;
	b->peer_port = i;
}

void world_drop(struct world *w, unsigned int s, unsigned int i)
{
	struct world_port *port = &w->system[s].port[i];

	port->num_frames--;
	memmove(&port->frame[0], &port->frame[1],
		port->num_frames * sizeof(port->frame[0]));
}

/* A data frame reaches the lag, or it does not. */
static void world_take_data(struct world *w, unsigned int s, unsigned int i,
			    unsigned int from)
{
	struct world_system *system = &w->system[s];

	if (!system->port[i].joined || !(system->collecting >> i & 1)) {
		w->count.lost++;
		if (w->lossless)
			world_break(w, "s%u.%u: data frame of s%u lost", s, i,
				    from);
		return;
	}
	w->count.delivered++;
	if (w->lossless && s == from)
		world_break(w, "s%u.%u: data frame of its own", s, i);
}

void world_deliver(struct world *w, unsigned int s, unsigned int i)
{
	struct world_port *port = &w->system[s].port[i];
	struct world_frame frame = port->frame[0];

	world_drop(w, s, i);
	if (frame.data)
		world_take_data(w, port->peer_system, port->peer_port, s);
	else
		world_receive(w, port->peer_system, port->peer_port,
			      &frame.pdu);
}

/* The frame that arrives first, by time and then by place */
static struct world_port *world_first_frame(const struct world *w,
					    unsigned int *s, unsigned int *i)
{
	const struct world_port *port, *first = NULL;
	unsigned int t, j;

	for (t = 0; t < w->num_systems; t++) {
		for (j = 0; j < WORLD_PORTS; j++) {
			port = &w->system[t].port[j];
			if (!port->num_frames ||
			    (first && port->frame[0].when >=
				      first->frame[0].when))
				continue;
			first = port;
			*s = t;
			*i = j;
		}
	}
	return (struct world_port *)first;
}

u64 world_next(const struct world *w)
{
	const struct world_port *port;
	u64 next = LACP_NEVER;
	unsigned int s, i;

	port = world_first_frame(w, &s, &i);
	if (port)
		next = port->frame[0].when;
	for (s = 0; s < w->num_systems; s++)
		next = min(next, lacp_group_deadline(&w->system[s].group,
						     w->now));
	return max(next, w->now);
}

void world_step(struct world *w)
{
	const struct world_port *port;
	unsigned int s, i;

	w->now = world_next(w);
	port = world_first_frame(w, &s, &i);
	if (port && port->frame[0].when <= w->now) {
		world_deliver(w, s, i);
		return;
	}
	for (s = 0; s < w->num_systems; s++) {
		if (lacp_group_deadline(&w->system[s].group, w->now) <=
		    w->now) {
			world_expire(w, s);
			return;
		}
	}
}

void world_run(struct world *w, u64 end)
{
	while (world_next(w) <= end)
		world_step(w);
	w->now = end;
}

void world_start(struct world *w, unsigned int s,
		 const struct lacp_admin *admin)
{
	struct world_system *system = &w->system[s];
	unsigned int i;

	world_say(w, "s%u starts", s);
	lacp_group_init(&system->group, admin);
	lag_spread_init(&system->spread);
	system->distributing = 0;
	system->collecting = 0;
	system->changed = w->now;
	world_enable(w, s, true);
	for (i = 0; i < WORLD_PORTS; i++)
		if (system->port[i].joined)
			world_join(w, s, i);
}
