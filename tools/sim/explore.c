// SPDX-License-Identifier: GPL-2.0
/* All that can happen to two systems with two links, in every order: each
 * LACPDU under way is delivered or lost, timers of one moment fire in either
 * order, links fail and return, systems restart; or without faults: ports are
 * drained, leave and join under traffic.
 *
 * States that differ only in the time of day or in counters are one.  What
 * holds in each is in invariant.c; here is what follows when it is left alone.
 */
#include "world.h"
#include "engine/machines.h"

#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <signal.h>

#define SYSTEMS		2
#define LINKS		2

/* The longest that a frame is under way while time passes, ms */
#define MAX_AGE		500

/* From any state that is left alone to agreement, ms: a stale partner lives
 * for a long timeout and expires, the next LACPDU comes with the slow period,
 * links wait for each other.
 */
#define CONVERGE_MS	(LACP_LONG_TIMEOUT_MS + LACP_SHORT_TIMEOUT_MS + \
			 LACP_SLOW_PERIODIC_MS + 5000)

/* So long it must then stay, ms */
#define STAY_MS		35000

/* Steps that may be taken, each with a system or a link in the low bits */
enum action {
	DELIVER	= 0x10,		/* the first frame of port (s, i) */
	TIMER	= 0x20,		/* of system s */
	UP	= 0x30,		/* link i */
	/* Faults */
	LOSE	= 0x40,
	DOWN	= 0x50,
	RESTART	= 0x60,
	ONE_END	= 0x70,		/* port (s, i) sees no carrier and it returns */
	/* Planned changes: port (s, i) */
	DRAIN	= 0x80,		/* is drained, or no more */
	LEAVE	= 0x90,		/* says goodbye, leaves, or joins */
	END	= 0xa0,
};

/* A state is where it came from and what was done there; @faults: or changes */
struct node {
	u32	parent;
	u8	action;
	u8	depth;
	u8	faults;
};

/* Hashes of states; @time: until agreement, if left alone */
struct table {
	u64	*hash;
	u32	*time;
	u64	mask;
	u64	count;
};

/* @carrying links come to carry traffic; if @planned nothing goes wrong but
 * changes are made, under traffic that must not be lost; the second link has
 * key @other_key
 */
struct scenario {
	const char	*name;
	void		(*prepare)(struct lacp_admin *admin);
	unsigned int	carrying;
	bool		planned;
	u16		other_key;
};

static u32 max_states = 200000;
static unsigned int max_depth = 60;
static unsigned int max_faults = 1;

static struct node *nodes;
static u32 num_nodes;
static struct table seen, agreed;
static struct world root, here, next;
static const struct scenario *scenario;
static u64 slowest;
static bool left_alone;

static bool table_put(struct table *table, u64 hash, u32 time)
{
	u64 i = hash & table->mask;

	for (; table->hash[i]; i = (i + 1) & table->mask)
		if (table->hash[i] == hash)
			return false;
	if (table->count > table->mask / 4 * 3)
		return false;
	table->hash[i] = hash;
	table->time[i] = time;
	table->count++;
	return true;
}

static const u32 *table_get(const struct table *table, u64 hash)
{
	u64 i = hash & table->mask;

	for (; table->hash[i]; i = (i + 1) & table->mask)
		if (table->hash[i] == hash)
			return &table->time[i];
	return NULL;
}

static void table_new(struct table *table, u64 states)
{
	u64 size = 1;

	while (size < 2 * states)
		size *= 2;
	free(table->hash);
	free(table->time);
	table->hash = calloc(size, sizeof(*table->hash));
	table->time = calloc(size, sizeof(*table->time));
	if (!table->hash || !table->time)
		abort();
	table->mask = size - 1;
	table->count = 0;
}

static void add(u64 *hash, u64 value)
{
	*hash = (*hash ^ value) * 0xbf58476d1ce4e5b9ULL;
	*hash ^= *hash >> 29;
}

static void add_info(u64 *hash, const struct lacp_info *info)
{
	add(hash, lacp_system_id(info));
	add(hash, (u64)info->key << 40 | (u64)lacp_port_id(info) << 8 |
		  info->state);
}

/* A deadline is as far away as it is. */
static void add_deadline(u64 *hash, u64 deadline, u64 now)
{
	add(hash, deadline == LACP_NEVER ? deadline : deadline - now);
}

static void add_port(u64 *hash, const struct lacp_port *p, u64 now)
{
	unsigned int i;

	add_info(hash, &p->actor);
	add_info(hash, &p->partner);
	add_info(hash, &p->last.actor);
	add_info(hash, &p->last.partner);
	add(hash, p->link.carrier | p->link_up << 1 | p->ntt << 2 |
		  p->goodbye << 3 | p->port_moved << 4 | p->heard << 5 |
		  p->matched << 6 | p->ready_n << 7 | p->sync0_sent << 8 |
		  p->lone << 9 | p->drain_told << 10 | p->sync1_sent << 11 |
		  p->sync1_seen << 12 | p->leaving << 13 |
		  p->admin.admin << 14 | p->unsettled << 16);
	add(hash, p->rx | p->periodic << 4 | p->mux << 8 | p->selected << 12 |
		  (u64)p->aggregator << 16);
	add_deadline(hash, p->current_while, now);
	add_deadline(hash, p->periodic_timer, now);
	add_deadline(hash, p->wait_while, now);
	add_deadline(hash, p->drain_while, now);
	add_deadline(hash, p->loopback, now);
	add(hash, p->heard && now - p->changed < LACP_SHORT_TIMEOUT_MS ?
		  now - p->changed : LACP_NEVER);
	/* Oldest first; those beyond a second are forgotten. */
	for (i = 0; i < LACP_TX_LIMIT; i++) {
		u64 sent = p->tx_time[(p->tx_count + i) % LACP_TX_LIMIT];

		if (p->tx_count + i < LACP_TX_LIMIT ||
		    now - sent >= LACP_FAST_PERIODIC_MS)
			sent = 0;
		add(hash, sent ? now - sent : LACP_NEVER);
	}
}

static u64 hash_world(const struct world *w)
{
	const struct world_port *port;
	const struct lacp_group *g;
	unsigned int s, i, j;
	u64 hash = 1;

	for (s = 0; s < SYSTEMS; s++) {
		g = &w->system[s].group;
		add(&hash, g->aggregator);
		add_info(&hash, &g->active.actor);
		add_info(&hash, &g->active.partner);
		for (i = 0; i < LINKS; i++) {
			port = &w->system[s].port[i];
			add_port(&hash, &port->lacp, w->now);
			for (j = 0; j < port->num_frames; j++) {
				add(&hash, w->now - port->frame[j].sent);
				add(&hash, port->frame[j].data);
				add_info(&hash, &port->frame[j].pdu.actor);
				add_info(&hash, &port->frame[j].pdu.partner);
			}
			add(&hash, port->num_frames | port->joined << 8);
		}
	}
	return hash ?: 1;
}

static void set_link(struct world *w, unsigned int link, bool carrier)
{
	world_carrier(w, 0, link, carrier);
	world_carrier(w, 1, link, carrier);
}

static bool link_up(const struct world *w, unsigned int link)
{
	return w->system[0].port[link].link.carrier;
}

/* When time may pass to: the first timer, unless a frame would get too old */
static u64 next_timer(const struct world *w)
{
	const struct world_port *port;
	u64 timer = LACP_NEVER;
	unsigned int s, i;

	for (s = 0; s < SYSTEMS; s++)
		timer = min(timer, lacp_group_deadline(&w->system[s].group,
						       w->now));
	timer = max(timer, w->now);
	for (s = 0; s < SYSTEMS; s++) {
		for (i = 0; i < LINKS; i++) {
			port = &w->system[s].port[i];
			if (port->num_frames &&
			    timer - port->frame[0].sent > MAX_AGE)
				return LACP_NEVER;
		}
	}
	return timer;
}

static bool quiet(const struct world *w, unsigned int link)
{
	return !w->system[0].port[link].num_frames &&
	       !w->system[1].port[link].num_frames;
}

/* Faults, and changes that are not the end of a change */
static unsigned int faults(const struct world *w, u8 action)
{
	const struct world_port *port =
		&w->system[action >> 1 & 1].port[action & 1];

	switch (action & 0xf0) {
	case DELIVER:
	case TIMER:
	case UP:
		return 0;
	case DRAIN:
		return port->admin.admin == LAG_PORT_ENABLED;
	case LEAVE:
		return port->joined && !port->lacp.leaving;
	default:
		return 1;
	}
}

static bool possible(const struct world *w, u8 action)
{
	unsigned int s = action >> 1 & 1, i = action & 1;
	const struct world_port *port = &w->system[s].port[i];
	u8 what = action & 0xf0;
	bool change = what >= DRAIN;

	if (faults(w, action) && scenario->planned != change)
		return false;
	switch (what) {
	case DELIVER:
	case LOSE:
		return port->num_frames;
	case TIMER:
		return !s && next_timer(w) != LACP_NEVER &&
		       lacp_group_deadline(&w->system[i].group, w->now) <=
		       next_timer(w);
	case UP:
		return !s && !link_up(w, i);
	case DOWN:
		return !s && link_up(w, i);
	case RESTART:
		return !s;
	case DRAIN:
		return port->joined && !port->lacp.leaving;
	case LEAVE:
		return !port->joined || !port->lacp.leaving || quiet(w, i);
	default:
		return link_up(w, i);
	}
}

static void drain(struct world *w, unsigned int s, unsigned int i)
{
	struct lacp_port_admin admin = w->system[s].port[i].admin;

	admin.admin = admin.admin == LAG_PORT_ENABLED ? LAG_PORT_DRAINING :
							LAG_PORT_ENABLED;
	world_port_configure(w, s, i, &admin);
}

static void leave(struct world *w, unsigned int s, unsigned int i)
{
	const struct world_port *port = &w->system[s].port[i];

	if (!port->joined)
		world_join(w, s, i);
	else if (port->lacp.leaving)
		world_leave(w, s, i);
	else
		world_goodbye(w, s, i);
}

static void act(struct world *w, u8 action)
{
	unsigned int s = action >> 1 & 1, i = action & 1;
	struct lacp_admin admin;

	switch (action & 0xf0) {
	case DELIVER:
		world_deliver(w, s, i);
		break;
	case LOSE:
		world_drop(w, s, i);
		break;
	case TIMER:
		w->now = next_timer(w);
		world_expire(w, i);
		break;
	case UP:
		set_link(w, i, true);
		break;
	case DOWN:
		set_link(w, i, false);
		break;
	case RESTART:
		admin = w->system[i].group.admin;
		world_start(w, i, &admin);
		break;
	case DRAIN:
		drain(w, s, i);
		break;
	case LEAVE:
		leave(w, s, i);
		break;
	default:
		world_carrier(w, s, i, false);
		world_carrier(w, s, i, true);
		break;
	}
}

/* The world of a node, by doing again what led to it */
static void rebuild(u32 node)
{
	u8 path[256];
	unsigned int length = 0;

	for (; node; node = nodes[node].parent)
		path[length++] = nodes[node].action;
	world_copy(&here, &root);
	while (length)
		act(&here, path[--length]);
}

static bool all_carry(const struct world *w)
{
	return hweight64(w->system[0].distributing) == scenario->carrying &&
	       w->system[0].distributing == w->system[1].distributing;
}

/* All changes are undone, and nobody looks at traffic any more. */
static void undo(struct world *w)
{
	unsigned int s, i;

	w->traffic = false;
	w->lossless = false;
	for (i = 0; i < LINKS; i++) {
		if (!link_up(w, i))
			set_link(w, i, true);
		for (s = 0; s < SYSTEMS; s++) {
			const struct world_port *port = &w->system[s].port[i];

			if (port->joined && port->lacp.leaving)
				world_leave(w, s, i);
			if (!port->joined)
				world_join(w, s, i);
			if (port->admin.admin != LAG_PORT_ENABLED)
				drain(w, s, i);
		}
	}
}

/* Left alone, with its links, the world must come to agree and stay so. */
static void check_convergence(const struct world *from)
{
	static u64 path[4096], when[4096];
	unsigned int length = 0, i;
	u64 begin = from->now, time;
	const u32 *known = NULL;
	static struct world w;

	left_alone = true;
	world_copy(&w, from);
	undo(&w);
	for (;;) {
		u64 hash = hash_world(&w);

		known = table_get(&agreed, hash);
		if (known || all_carry(&w))
			break;
		if (length < ARRAY_SIZE(path)) {
			path[length] = hash;
			when[length++] = w.now;
		}
		if (world_next(&w) - begin > CONVERGE_MS)
			break;
		world_step(&w);
	}
	if (!known && !all_carry(&w)) {
		if (scenario->carrying)
			world_break(&w, "does not converge in %u ms",
				    CONVERGE_MS);
		for (i = 0; i < length; i++)
			table_put(&agreed, path[i], 0);
		return;
	}
	if (!known) {
		u64 moment = w.now;

		table_put(&agreed, hash_world(&w), 0);
		if (!scenario->carrying)
			moment = begin;
		time = moment - begin;
		world_run(&w, moment + STAY_MS);
		if (!all_carry(&w))
			world_break(&w, "agreed, but does not stay so");
	} else {
		time = w.now - begin + *known;
	}
	for (i = 0; i < length; i++)
		table_put(&agreed, path[i], begin + time - when[i]);
	slowest = max(slowest, time);
	if (time > CONVERGE_MS)
		world_break(&w, "converges only after %llu ms",
			    (unsigned long long)time);
}

/* Append what @action leads to from node @parent, unless it is known. */
static void discover(u32 parent, u8 action)
{
	const struct node *from = &nodes[parent];
	struct node *node = &nodes[num_nodes];
	u64 hash;

	*node = (struct node) {
		.parent = parent,
		.action = action,
		.depth = from->depth + 1,
		.faults = from->faults + faults(&here, action),
	};
	left_alone = false;
	world_copy(&next, &here);
	act(&next, action);
	hash = hash_world(&next);
	add(&hash, node->faults);
	if (!table_put(&seen, hash ?: 1, 0))
		return;
	num_nodes++;
	if (!scenario->carrying && next.count.lacpdus)
		world_break(&next, "passive beside passive, talks");
	check_convergence(&next);
}

static void print_line(const char *line)
{
	printf("# %s\n", line);
}

static sigjmp_buf broken;
static char message[sizeof(root.broken)];

static void on_break(struct world *w)
{
	memcpy(message, w->broken, sizeof(message));
	siglongjmp(broken, 1);
}

static void on_abort(int sig)
{
	(void)sig;
	world_break(&next, "the engine aborted");
}

/* Go again, and say it, the way to what is broken. */
static void explain(void)
{
	printf("not ok - explore %s: %s\n", scenario->name, message);
	world_log = print_line;
	if (!sigsetjmp(broken, 1)) {
		rebuild(left_alone ? num_nodes - 1 : num_nodes);
		check_convergence(&here);
	}
	world_log = NULL;
}

static void prepare(void)
{
	struct lacp_admin admin;
	unsigned int s, i;

	world_init(&root, SYSTEMS, 0, 1000000);
	for (s = 0; s < SYSTEMS; s++) {
		admin = world_admin(s);
		admin.fast = true;
		if (scenario->prepare)
			scenario->prepare(&admin);
		world_start(&root, s, &admin);
		root.system[s].port[LINKS - 1].admin.key = scenario->other_key;
		for (i = 0; i < LINKS; i++)
			world_join(&root, s, i);
	}
	for (i = 0; i < LINKS; i++) {
		world_cable(&root, 0, i, 1, i);
		set_link(&root, i, true);
	}
	if (!scenario->planned)
		return;
	world_run(&root, root.now + CONVERGE_MS);
	root.traffic = true;
	root.lossless = true;
}

static void explore_all(void)
{
	u32 node = 0;
	u8 action;

	slowest = 0;
	num_nodes = 0;
	table_new(&seen, max_states);
	table_new(&agreed, 4ULL * max_states);
	prepare();
	nodes[num_nodes++] = (struct node) {};
	table_put(&seen, hash_world(&root), 0);

	while (node < num_nodes && nodes[node].depth < max_depth &&
	       num_nodes < max_states) {
		rebuild(node);
		for (action = DELIVER; action < END; action++)
			if (!(action & 0xc) && num_nodes < max_states &&
			    possible(&here, action) &&
			    nodes[node].faults + faults(&here, action) <=
			    max_faults)
				discover(node, action);
		node++;
	}
	printf("ok - explore %s: %u states, depth %u%s, ", scenario->name,
	       num_nodes, nodes[num_nodes - 1].depth,
	       node == num_nodes ? " (all there are)" : "");
	printf("%u %s at most, agreement after %llu ms at most\n",
	       max_faults, scenario->planned ? "changes" : "faults",
	       (unsigned long long)slowest);
}

static void one_passive(struct lacp_admin *admin)
{
	admin->active = !admin->system[ETH_ALEN - 1];
}

static void both_passive(struct lacp_admin *admin)
{
	admin->active = false;
}

static void one_slow(struct lacp_admin *admin)
{
	admin->fast = !admin->system[ETH_ALEN - 1];
}

static void both_slow(struct lacp_admin *admin)
{
	admin->fast = false;
}

static void one_coupled(struct lacp_admin *admin)
{
	admin->coupled = !admin->system[ETH_ALEN - 1];
}

static void one_seat(struct lacp_admin *admin)
{
	admin->max_links = 1;
}

static u32 parse_number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || *end || end == text || !value || value > 1UL << 28) {
		fprintf(stderr, "explore: %s is no number for this\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "active-active", NULL, LINKS, false, 0 },
		{ "active-passive", one_passive, LINKS, false, 0 },
		{ "passive-passive", both_passive, 0, false, 0 },
		{ "fast-slow", one_slow, LINKS, false, 0 },
		{ "slow-slow", both_slow, LINKS, false, 0 },
		{ "coupled-independent", one_coupled, LINKS, false, 0 },
		{ "max_links 1", one_seat, 1, false, 0 },
		{ "two keys", NULL, 1, false, 7 },
		{ "planned", NULL, LINKS, true, 0 },
		{ "planned slow-slow", both_slow, LINKS, true, 0 },
		{ "planned max_links 1", one_seat, 1, true, 0 },
	};
	static const struct option names[] = {
		{ "states", required_argument, NULL, 's' },
		{ "depth", required_argument, NULL, 'd' },
		{ "faults", required_argument, NULL, 'f' },
		{}
	};
	static int failed;
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 's':
			max_states = parse_number(optarg);
			break;
		case 'd':
			max_depth = min(parse_number(optarg), 250U);
			break;
		case 'f':
			max_faults = parse_number(optarg);
			break;
		default:
			fprintf(stderr, "Usage: explore [--states N] [--depth N] [--faults N]\n");
			return 2;
		}
	}
	nodes = calloc(max_states + 1, sizeof(*nodes));
	if (!nodes)
		abort();
	setvbuf(stdout, NULL, _IOLBF, 0);
	world_on_break = on_break;
	signal(SIGABRT, on_abort);
	for (scenario = scenarios; scenario < scenarios + ARRAY_SIZE(scenarios);
	     scenario++) {
		if (!sigsetjmp(broken, 1)) {
			explore_all();
		} else {
			explain();
			failed = 1;
		}
	}
	return failed;
}
