// SPDX-License-Identifier: GPL-2.0
/* Random worlds: storms of everything that can go wrong, rests in which all
 * must come to agree, and planned changes that must not cost a frame.
 *
 * What holds at every moment is in invariant.c; here is what holds after a
 * rest.
 */
#include "world.h"
#include "engine/machines.h"
#include "engine/names.h"

#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>

#define TAIL_LINES	80

/* How long a rest shows that nothing moves any more, ms */
#define STILL_MS	40000

/* More than any frame is under way and back on a perfect cable, ms */
#define MAX_DELAY	40
#define ROUND_TRIP	(2 * MAX_DELAY + 20)

/* What the command line asks for; 0: the seed decides */
static struct options {
	unsigned int	systems;
	unsigned int	ports;
	unsigned int	steps;
	unsigned int	tail;
	bool		verbose;
} options = { .tail = TAIL_LINES };

/* What all worlds of this run did */
static struct totals {
	u64	worlds;
	u64	rests;
	u64	links;
	u64	changes;
	u64	slowest;
	u64	slowest_anew;
	struct world_count count;
} totals;

static struct world world;
static unsigned int num_ports;

/* The newest lines of a log that nobody may ever want */
static char tail[TAIL_LINES * 8][200];
static u64 tail_lines;

static void keep_line(const char *line)
{
	snprintf(tail[tail_lines++ % ARRAY_SIZE(tail)], sizeof(tail[0]), "%s",
		 line);
}

static void print_line(const char *line)
{
	printf("# %s\n", line);
}

static void print_tail(void)
{
	u64 n = min(tail_lines, options.tail), i;

	n = min(n, ARRAY_SIZE(tail));
	for (i = tail_lines - n; i < tail_lines; i++)
		print_line(tail[i % ARRAY_SIZE(tail)]);
}

static bool one_in(struct world *w, u32 n)
{
	return !world_random(w, n);
}

static unsigned int some_system(struct world *w)
{
	return world_random(w, w->num_systems);
}

static unsigned int some_port(struct world *w)
{
	return world_random(w, num_ports);
}

static void random_option(struct world *w, struct lacp_admin *admin)
{
	switch (world_random(w, 19)) {
	case 0:
		admin->mode = world_random(w, 3) ? LAG_MODE_LACP :
			      world_random(w, LAG_MODE_LACP);
		break;
	case 1:
		admin->active = world_random(w, 4);
		break;
	case 2:
		admin->fast = world_random(w, 2);
		break;
	case 3:
		admin->coupled = one_in(w, 4);
		break;
	case 4:
		admin->revertive = one_in(w, 3);
		break;
	case 5:
		admin->goodbye = world_random(w, 6);
		break;
	case 6:
		admin->ad_select = world_random(w, 2) ?
				   LAG_AD_SELECT_STABLE : world_random(w, 4);
		break;
	case 7:
		admin->fallback = world_random(w, 2) ?
				  LAG_FALLBACK_NONE : world_random(w, 3);
		break;
	case 8:
		admin->fallback_timeout = world_random(w, 20000);
		break;
	case 9:
		admin->system_priority = world_random(w, 2) ?
					 65535 : 1 + world_random(w, 3);
		break;
	case 10:
		admin->user_key = world_random(w, 3);
		break;
	case 11:
		admin->min_links = world_random(w, 4);
		break;
	case 12:
	case 13:
		admin->max_links = world_random(w, 2) ?
				   world_random(w, num_ports + 1) : 0;
		break;
	case 14:
	case 15:
		admin->wait_while = world_random(w, 2) ?
				    2000 : world_random(w, 10001);
		break;
	case 16:
		admin->updelay = world_random(w, 2) ? 0 :
				 world_random(w, 5000);
		break;
	case 17:
		admin->downdelay = world_random(w, 2) ? 0 :
				   world_random(w, 5000);
		break;
	default:
		/* Another system's name */
		if (one_in(w, 8))
			admin->system[ETH_ALEN - 1] = some_system(w);
		break;
	}
}

static void random_port_option(struct world *w, unsigned int i,
			       struct lacp_port_admin *admin)
{
	switch (world_random(w, 4)) {
	case 0:
		admin->priority = world_random(w, 2) ? 255 :
				  world_random(w, 4);
		break;
	case 1:
		admin->key = one_in(w, 3) ? 1 + world_random(w, 2) : 0;
		break;
	case 2:
		/* Unique among the ports of the system */
		admin->number = world_random(w, 2) ? 0 : 100 + i;
		break;
	default:
		admin->admin = world_random(w, 2) ? LAG_PORT_ENABLED :
			       world_random(w, 3);
		break;
	}
}

/* Each port of one system to some port of the other, the ports of a system
 * that is left over to each other
 */
static void wire_pairs(struct world *w)
{
	unsigned int s, i, j, at, from[WORLD_PORTS];

	for (s = 0; s < w->num_systems; s++)
		for (i = 0; i < num_ports; i++)
			world_uncable(w, s, i);
	for (s = 0; s + 1 < w->num_systems; s += 2) {
		for (i = 0; i < num_ports; i++)
			from[i] = i;
		for (i = 0; i < num_ports; i++) {
			at = i + world_random(w, num_ports - i);
			j = from[at];
			from[at] = from[i];
			world_cable(w, s, i, s + 1, j);
		}
	}
	if (s < w->num_systems)
		for (i = 0; i + 1 < num_ports; i += 2)
			world_cable(w, s, i, s, i + 1);
}

static void random_cable(struct world *w)
{
	unsigned int s = some_system(w), i = some_port(w);
	unsigned int t = some_system(w), j = some_port(w);
	bool seen = world_random(w, 2);

	if (seen) {
		world_carrier(w, s, i, false);
		world_carrier(w, t, j, false);
	}
	world_cable(w, s, i, t, j);
	if (seen) {
		world_carrier(w, s, i, true);
		world_carrier(w, t, j, true);
	}
}

/* Two cables of a pair of systems change places at one end. */
static void swap_cables(struct world *w)
{
	unsigned int s = some_system(w), i = some_port(w), j = some_port(w);
	const struct world_port *a = &w->system[s].port[i];
	const struct world_port *b = &w->system[s].port[j];
	unsigned int t = a->peer_system, k = a->peer_port;
	unsigned int u = b->peer_system, l = b->peer_port;

	if (i == j || t == WORLD_NOWHERE || u == WORLD_NOWHERE || t == s ||
	    u == s)
		return;
	world_cable(w, s, i, u, l);
	world_cable(w, s, j, t, k);
}

static void random_net(struct world *w)
{
	w->net = (struct world_net) {
		.lose = one_in(w, 2) ? world_random(w, 700) : 0,
		.repeat = one_in(w, 3) ? world_random(w, 300) : 0,
		.overtake = one_in(w, 3) ? world_random(w, 500) : 0,
		.jitter = one_in(w, 2) ? world_random(w, 1500) : 0,
		.no_memory = one_in(w, 5) ? world_random(w, 500) : 0,
	};
	world_say(w, "net loses %u repeats %u overtakes %u jitter %u memory %u",
		  w->net.lose, w->net.repeat, w->net.overtake, w->net.jitter,
		  w->net.no_memory);
}

static void leave_or_join(struct world *w, unsigned int s, unsigned int i)
{
	const struct world_port *port = &w->system[s].port[i];

	if (!port->joined)
		world_join(w, s, i);
	else if (port->lacp.leaving || one_in(w, 3))
		world_leave(w, s, i);
	else
		world_goodbye(w, s, i);
}

static void disturb(struct world *w)
{
	unsigned int s = some_system(w), i = some_port(w);
	struct world_port *port = &w->system[s].port[i];
	struct lacp_port_admin port_admin = port->admin;
	struct lacp_admin admin = w->system[s].group.admin;
	struct lacp_link link = port->link;

	switch (world_random(w, 16)) {
	case 0:
	case 1:
		world_carrier(w, s, i, !link.carrier);
		break;
	case 2:
		world_carrier(w, s, i, false);
		world_carrier(w, s, i, true);
		break;
	case 3:
		random_cable(w);
		break;
	case 4:
		swap_cables(w);
		break;
	case 5:
		world_start(w, s, &admin);
		break;
	case 6:
	case 7:
	case 8:
		random_option(w, &admin);
		world_say(w, "s%u option", s);
		world_configure(w, s, &admin);
		break;
	case 9:
	case 10:
		random_port_option(w, i, &port_admin);
		world_port_configure(w, s, i, &port_admin);
		break;
	case 11:
		leave_or_join(w, s, i);
		break;
	case 12:
		port->mute = !port->mute;
		world_say(w, "s%u.%u mute %u", s, i, port->mute);
		break;
	case 13:
		random_net(w);
		break;
	case 14:
		world_enable(w, s, !w->system[s].group.enabled);
		break;
	default:
		link.speed = one_in(w, 3) ? 10000 : 1000;
		link.full_duplex = world_random(w, 4);
		link.running = world_random(w, 4);
		world_link(w, s, i, &link);
		break;
	}
}

/* A pause like those between events of one moment, of one exchange, of one
 * timeout
 */
static u64 random_pause(struct world *w)
{
	static const u32 most[] = { 1, 50, 1500, 5000, 100000 };

	return world_random(w, most[world_random(w, ARRAY_SIZE(most))]);
}

static void storm(struct world *w, unsigned int steps)
{
	while (steps--) {
		disturb(w);
		world_run(w, w->now + random_pause(w));
	}
}

/* Whether all that LACP asks of both ends of a port's cable is there */
static bool usable(const struct world *w, unsigned int s, unsigned int i)
{
	const struct world_port *port = &w->system[s].port[i];
	const struct lacp_group *g = &w->system[s].group;

	return port->joined && port->peer_system != WORLD_NOWHERE &&
	       g->enabled && g->admin.mode == LAG_MODE_LACP &&
	       port->link.running && port->link.carrier &&
	       port->link.full_duplex &&
	       port->admin.admin == LAG_PORT_ENABLED;
}

static bool usable_link(const struct world *w, unsigned int s, unsigned int i)
{
	const struct world_port *port = &w->system[s].port[i];
	const struct lacp_admin *a = &w->system[s].group.admin, *b;

	if (!usable(w, s, i) ||
	    !usable(w, port->peer_system, port->peer_port))
		return false;
	b = &w->system[port->peer_system].group.admin;
	return (a->active || b->active) &&
	       !ether_addr_equal(a->system, b->system);
}

static unsigned int seats(unsigned int links, const struct lacp_admin *admin)
{
	return admin->max_links ? min(links, admin->max_links) : links;
}

/* Ports that LACP lets carry traffic */
static unsigned int carrying(const struct world *w, unsigned int s)
{
	const struct lacp_group *g = &w->system[s].group;
	unsigned int count = 0;
	u64 left;

	for (left = g->distributing; left; left &= left - 1)
		count += !g->port[__ffs64(left)]->lone;
	return count;
}

/* Between @s and the only other system that it is cabled to: if all links
 * have the same keys all must carry, as far as there are seats; else at least
 * one.
 */
static void check_progress(struct world *w, unsigned int s)
{
	const struct world_port *port, *peer, *first = NULL;
	unsigned int i, links = 0, t = WORLD_NOWHERE, want;
	bool one_key = true;

	for (i = 0; i < num_ports; i++) {
		port = &w->system[s].port[i];
		if (!usable_link(w, s, i))
			continue;
		if (t != WORLD_NOWHERE && t != port->peer_system)
			return;
		t = port->peer_system;
		peer = &w->system[t].port[port->peer_port];
		if (!first)
			first = port;
		one_key &= port->lacp.actor.key == first->lacp.actor.key &&
			   peer->lacp.actor.key ==
			   w->system[t].port[first->peer_port].lacp.actor.key;
		links++;
	}
	if (!links)
		return;
	for (i = 0; i < num_ports; i++)
		if (usable_link(w, t, i) &&
		    w->system[t].port[i].peer_system != s)
			return;

	want = seats(seats(links, &w->system[s].group.admin),
		     &w->system[t].group.admin);
	if (one_key ? carrying(w, s) != want : !carrying(w, s))
		world_break(w, "s%u: after a rest %u of %u links carry", s,
			    carrying(w, s), want);
	totals.links += carrying(w, s);
}

/* Both ends of a cable carry, or none; none if nobody may begin to talk. */
static void check_ends(struct world *w, unsigned int s, unsigned int i)
{
	const struct world_port *port = &w->system[s].port[i], *peer;
	bool here, there;

	if (port->peer_system == WORLD_NOWHERE || port->lacp.lone)
		return;
	peer = &w->system[port->peer_system].port[port->peer_port];
	here = w->system[s].distributing >> i & 1;
	there = w->system[port->peer_system].distributing >> port->peer_port &
		1;
	if (here && (!there || peer->lacp.lone))
		world_break(w, "s%u.%u: carries after a rest, s%u.%u does not",
			    s, i, port->peer_system, port->peer_port);
	if (here && !usable_link(w, s, i))
		world_break(w, "s%u.%u: carries after a rest, must not", s, i);
	if (port->joined && !w->system[s].group.admin.active &&
	    !w->system[port->peer_system].group.admin.active &&
	    port->num_sent &&
	    w->now - port->sent[(port->num_sent - 1) % LACP_TX_LIMIT] <
	    STILL_MS)
		world_break(w, "s%u.%u: passive beside passive, talks", s, i);
}

/* What the options may add to any bound, ms */
static u64 delays(const struct world *w)
{
	u64 most = 0;
	unsigned int s;

	for (s = 0; s < w->num_systems; s++) {
		const struct lacp_admin *admin = &w->system[s].group.admin;
		u64 delay = (u64)admin->wait_while + admin->updelay +
			    admin->downdelay;

		if (admin->fallback != LAG_FALLBACK_NONE)
			delay += admin->fallback_timeout;
		most = max(most, delay);
	}
	return most;
}

/* From when nothing changes any more until all have come to agree: a stale
 * partner may live for a long timeout and expire, the next LACPDU of one that
 * forgot us comes with the slow period, and then links wait as told, twice.
 */
static u64 bound(const struct world *w)
{
	return LACP_LONG_TIMEOUT_MS + LACP_SHORT_TIMEOUT_MS +
	       LACP_SLOW_PERIODIC_MS + 2 * delays(w) + 5000;
}

static void calm_net(struct world *w)
{
	unsigned int s, i;

	memset(&w->net, 0, sizeof(w->net));
	for (s = 0; s < w->num_systems; s++)
		for (i = 0; i < num_ports; i++)
			w->system[s].port[i].mute = false;
}

static void set_carriers(struct world *w, bool on)
{
	const struct world_port *port;
	unsigned int s, i;

	for (s = 0; s < w->num_systems; s++) {
		for (i = 0; i < num_ports; i++) {
			port = &w->system[s].port[i];
			if (port->lacp.leaving && port->joined)
				world_leave(w, s, i);
			world_carrier(w, s, i, on &&
				      port->peer_system != WORLD_NOWHERE);
		}
	}
}

/* The cables are perfect, and each end sees a carrier that has one.  If all
 * were pulled first there is nothing stale that had to time out.
 */
static void let_rest(struct world *w, bool pull)
{
	u64 begin, end, *slowest = pull ? &totals.slowest_anew :
					  &totals.slowest;
	unsigned int s, i;

	calm_net(w);
	if (pull) {
		set_carriers(w, false);
		world_run(w, w->now + delays(w) + 1000);
	}
	set_carriers(w, true);

	begin = w->now;
	end = begin + (pull ? 2 * delays(w) + 5000 : bound(w));
	world_say(w, "rest until %llu", (unsigned long long)end);
	world_run(w, end);
	world_run(w, end + STILL_MS);
	for (s = 0; s < w->num_systems; s++) {
		if (w->system[s].changed > end)
			world_break(w, "s%u: finds no rest", s);
		if (w->system[s].changed > begin)
			*slowest = max(*slowest,
				       w->system[s].changed - begin);
		for (i = 0; i < num_ports; i++)
			check_ends(w, s, i);
		check_progress(w, s);
	}
	totals.rests++;
}

/* As somebody would do who is called because of the storm */
static void tidy(struct world *w)
{
	struct lacp_port_admin port_admin = { .priority = 255 };
	struct lacp_admin admin;
	struct lacp_link link;
	unsigned int s, i;

	world_say(w, "tidy");
	wire_pairs(w);
	for (s = 0; s < w->num_systems; s++) {
		admin = w->system[s].group.admin;
		admin.system[ETH_ALEN - 1] = s;
		if (world_random(w, 4))
			admin.mode = LAG_MODE_LACP;
		world_configure(w, s, &admin);
		if (!w->system[s].group.enabled)
			world_enable(w, s, true);
		for (i = 0; i < num_ports; i++) {
			struct world_port *port = &w->system[s].port[i];

			link = (struct lacp_link) {
				.running = true,
				.full_duplex = true,
				.carrier = port->link.carrier &&
					   world_random(w, 2),
				.speed = 1000,
			};
			if (port->joined && port->lacp.leaving)
				world_leave(w, s, i);
			port_admin.priority = port->admin.priority;
			port_admin.number = port->admin.number;
			world_port_configure(w, s, i, &port_admin);
			world_link(w, s, i, &link);
			if (!port->joined)
				world_join(w, s, i);
		}
	}
}

/* What an administrator does to a lag in service, each of which has an order
 * that costs no frame
 */
static void plan(struct world *w)
{
	unsigned int s = some_system(w), i = some_port(w);
	struct world_port *port = &w->system[s].port[i];
	struct lacp_port_admin port_admin = port->admin;
	struct lacp_admin admin = w->system[s].group.admin;

	totals.changes++;
	if (one_in(w, 3)) {
		admin.fast = world_random(w, 2);
		admin.wait_while = 1000 + world_random(w, 3000);
		admin.min_links = world_random(w, 3);
		world_say(w, "s%u option", s);
		world_configure(w, s, &admin);
	} else if (!port->joined) {
		world_join(w, s, i);
	} else if (port->lacp.leaving) {
		world_run(w, w->now + ROUND_TRIP);
		world_leave(w, s, i);
	} else if (one_in(w, 3)) {
		world_goodbye(w, s, i);
	} else {
		port_admin.admin = port->admin.admin == LAG_PORT_ENABLED ?
				   LAG_PORT_DRAINING : LAG_PORT_ENABLED;
		world_port_configure(w, s, i, &port_admin);
	}
}

static void planned_changes(struct world *w, unsigned int steps)
{
	struct lacp_admin admin;
	unsigned int s;

	/* Coupled control has no order that costs nothing; nor has it the
	 * better port that displaces another.
	 */
	for (s = 0; s < w->num_systems; s++) {
		admin = w->system[s].group.admin;
		admin.mode = LAG_MODE_LACP;
		admin.coupled = false;
		admin.revertive = false;
		admin.goodbye = true;
		admin.fallback = LAG_FALLBACK_NONE;
		world_configure(w, s, &admin);
	}
	let_rest(w, one_in(w, 2));
	world_say(w, "planned changes");
	w->traffic = true;
	w->lossless = true;
	while (steps--) {
		plan(w);
		world_run(w, w->now + random_pause(w));
	}
	w->traffic = false;
	world_run(w, w->now + ROUND_TRIP);
	w->lossless = false;
	if (w->count.frames != w->count.delivered)
		world_break(w, "%llu data frames sent, %llu delivered",
			    (unsigned long long)w->count.frames,
			    (unsigned long long)w->count.delivered);
}

static void run_world(u64 seed)
{
	struct world *w = &world;
	unsigned int s, i, rounds;
	struct lacp_admin admin;

	world_init(w, 1, seed, 0);
	num_ports = options.ports ?: 1 + world_random(w, WORLD_PORTS);
	i = options.systems ?: 2U + one_in(w, 3) + one_in(w, 6);
	/* Clocks do not begin at 0 where it matters. */
	world_init(w, i, w->random,
		   one_in(w, 2) ? 0 : one_in(w, 2) ? U32_MAX - 60000ULL :
		   1ULL << 63);

	for (s = 0; s < w->num_systems; s++) {
		admin = world_admin(s);
		for (i = world_random(w, 8); i; i--)
			random_option(w, &admin);
		world_start(w, s, &admin);
		for (i = 0; i < num_ports; i++) {
			w->system[s].port[i].delay =
				world_random(w, MAX_DELAY + 1);
			world_join(w, s, i);
		}
	}
	tidy(w);
	for (rounds = 2; rounds; rounds--) {
		storm(w, options.steps ?: 1 + world_random(w, 60));
		if (one_in(w, 2))
			let_rest(w, false);
		tidy(w);
		let_rest(w, one_in(w, 2));
		planned_changes(w, 1 + world_random(w, 30));
		tidy(w);
		let_rest(w, one_in(w, 2));
	}

	totals.worlds++;
	totals.count.events += w->count.events;
	totals.count.lacpdus += w->count.lacpdus;
	totals.count.frames += w->count.frames;
	totals.count.delivered += w->count.delivered;
	totals.count.lost += w->count.lost;
}

static sigjmp_buf broken;

static void on_break(struct world *w)
{
	(void)w;
	siglongjmp(broken, 1);
}

/* The engine's own WARN_ON_ONCE() */
static void on_abort(int sig)
{
	(void)sig;
	world_break(&world, "the engine aborted");
}

/* What each port came to, for whoever looks into a failure */
static void say_state(const struct world *w)
{
	unsigned int s, i;

	for (s = 0; s < w->num_systems; s++) {
		const struct lacp_group *g = &w->system[s].group;
		const struct lacp_admin *a = &g->admin;

		world_say(w, "s%u mode %u%s%s%s%s aggregator %u", s, a->mode,
			  a->active ? " active" : "", a->fast ? " fast" : "",
			  a->coupled ? " coupled" : "",
			  a->revertive ? " revertive" : "", g->aggregator);
		world_say(w, "s%u max_links %u ad_select %u priority %u", s,
			  a->max_links, a->ad_select, a->system_priority);
		for (i = 0; i < num_ports; i++) {
			const struct world_port *port = &w->system[s].port[i];
			const struct lacp_port *p = &port->lacp;

			if (!port->joined)
				continue;
			world_say(w, "s%u.%u to s%u.%u number %u priority %u key %u aggregator %u",
				  s, i, port->peer_system, port->peer_port,
				  p->actor.port, p->actor.port_priority,
				  p->actor.key, p->aggregator);
			world_say(w, "s%u.%u rx %s mux %s %s %02x partner %02x%s%s",
				  s, i, lacp_rx_name(p->rx),
				  lacp_mux_name(p->mux),
				  lacp_selected_name(p->selected),
				  p->actor.state, p->partner.state,
				  p->lone ? " lone" : "",
				  p->leaving ? " leaving" : "");
		}
	}
}

static bool try_world(u64 seed)
{
	if (sigsetjmp(broken, 1)) {
		say_state(&world);
		return false;
	}
	run_world(seed);
	return true;
}

static bool test_seed(u64 seed)
{
	bool good;

	if (options.verbose)
		world_log = print_line;
	good = try_world(seed);
	if (good)
		return true;
	if (!options.verbose) {
		world_log = keep_line;
		tail_lines = 0;
		try_world(seed);
		world_log = NULL;
	}
	printf("not ok - lagsim --seed %llu: %s\n", (unsigned long long)seed,
	       world.broken);
	print_tail();
	return false;
}

static void print_totals(void)
{
	const struct world_count *count = &totals.count;

	printf("# %llu worlds, %llu events, %llu LACPDUs, %llu rests, ",
	       (unsigned long long)totals.worlds,
	       (unsigned long long)count->events,
	       (unsigned long long)count->lacpdus,
	       (unsigned long long)totals.rests);
	printf("%llu ends carry after them\n",
	       (unsigned long long)totals.links);
	printf("# agreement after %llu ms at most, %llu ms if cables were pulled\n",
	       (unsigned long long)totals.slowest,
	       (unsigned long long)totals.slowest_anew);
	printf("# %llu planned changes under %llu data frames, ",
	       (unsigned long long)totals.changes,
	       (unsigned long long)count->frames);
	printf("%llu delivered, %llu lost\n",
	       (unsigned long long)count->delivered,
	       (unsigned long long)count->lost);
}

static u64 parse_number(const char *text)
{
	char *end;
	u64 value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text) {
		fprintf(stderr, "lagsim: %s is no number\n", text);
		exit(2);
	}
	return value;
}

/* Seeds of a file: a number begins each line, # a comment. */
static u64 test_list(const char *name)
{
	FILE *file = fopen(name, "r");
	u64 failed = 0, seed;
	char line[200], *end;

	if (!file) {
		perror(name);
		exit(2);
	}
	while (fgets(line, sizeof(line), file)) {
		seed = strtoull(line, &end, 0);
		if (end != line)
			failed += !test_seed(seed);
	}
	fclose(file);
	return failed;
}

static void usage(void)
{
	fprintf(stderr,
		"Usage: lagsim [--seed N] [--runs N | --seconds N | --list FILE]\n"
		"              [--systems 2..%u] [--ports 1..%u] [--steps N]\n"
		"              [--tail N] [-v]\n"
		"Runs worlds of seeds N, N+1, ...; prints TAP.\n",
		WORLD_SYSTEMS, WORLD_PORTS);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "runs", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 't' },
		{ "list", required_argument, NULL, 'f' },
		{ "systems", required_argument, NULL, 'n' },
		{ "ports", required_argument, NULL, 'p' },
		{ "steps", required_argument, NULL, 'k' },
		{ "tail", required_argument, NULL, 'l' },
		{ "verbose", no_argument, NULL, 'v' },
		{}
	};
	u64 seed = 1, runs = 1, failed = 0, i;
	const char *list = NULL;
	time_t end = 0;
	int option;

	while ((option = getopt_long(argc, argv, "v", names, NULL)) != -1) {
		switch (option) {
		case 's':
			seed = parse_number(optarg);
			break;
		case 'r':
			runs = parse_number(optarg);
			break;
		case 't':
			end = time(NULL) + parse_number(optarg);
			break;
		case 'f':
			list = optarg;
			break;
		case 'n':
			options.systems = parse_number(optarg);
			break;
		case 'p':
			options.ports = parse_number(optarg);
			break;
		case 'k':
			options.steps = parse_number(optarg);
			break;
		case 'l':
			options.tail = parse_number(optarg);
			break;
		case 'v':
			options.verbose = true;
			break;
		default:
			usage();
		}
	}
	if (argc > optind || options.ports > WORLD_PORTS ||
	    options.systems > WORLD_SYSTEMS || options.systems == 1)
		usage();

	world_on_break = on_break;
	signal(SIGABRT, on_abort);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (list) {
		failed = test_list(list);
		print_totals();
		if (!failed)
			printf("ok - lagsim: seeds of %s\n",
			       strrchr(list, '/') ? strrchr(list, '/') + 1 :
						    list);
		return failed != 0;
	}
	for (i = 0; (end ? time(NULL) < end : i < runs) && failed < 5; i++)
		failed += !test_seed(seed + i);
	print_totals();
	if (!failed)
		printf("ok - lagsim: seeds %llu to %llu\n",
		       (unsigned long long)seed,
		       (unsigned long long)(seed + i - 1));
	return failed != 0;
}
