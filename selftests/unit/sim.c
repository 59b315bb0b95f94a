// SPDX-License-Identifier: GPL-2.0
/* Systems, cables and time for the engine; see sim.h.
 *
 * Nothing of LACP is here: ports do what the engine says, partners what the
 * script says.
 */
#include "sim.h"
#include "engine/machines.h"
#include "engine/names.h"

/* So much in one millisecond is no protocol any more. */
#define SIM_MAX_ROUNDS	10000

struct sim_trace sim_trace;

void lacp_trace(const struct lacp_port *port, const char *machine,
		const char *from, const char *to)
{
	sim_trace.step[sim_trace.count++ % SIM_MAX_STEPS] = (struct sim_step) {
		.port = port,
		.machine = machine,
		.from = from,
		.to = to,
	};
}

unsigned int sim_entered(const struct lacp_port *port, const char *machine,
			 const char *to)
{
	size_t i = sim_trace.count > SIM_MAX_STEPS ?
		   sim_trace.count - SIM_MAX_STEPS : 0;
	const struct sim_step *step;
	unsigned int entered = 0;

	for (; i < sim_trace.count; i++) {
		step = &sim_trace.step[i % SIM_MAX_STEPS];
		entered += step->port == port &&
			   !strcmp(step->machine, machine) &&
			   !strcmp(step->to, to);
	}
	return entered;
}

/* Ends the program with the newest transitions. */
static void sim_fail(const struct sim *sim, const char *what)
{
	size_t i = sim_trace.count > 30 ? sim_trace.count - 30 : 0;
	const struct sim_step *step;

	for (; i < sim_trace.count; i++) {
		step = &sim_trace.step[i % SIM_MAX_STEPS];
		fprintf(stderr, "sim: port %u: %s: %s -> %s\n",
			step->port->index, step->machine, step->from,
			step->to);
	}
	fprintf(stderr, "sim: at %llu ms: %s\n", (unsigned long long)sim->now,
		what);
	abort();
}

static void sim_record(struct sim_log *log, u64 now, const struct lacp_pdu *pdu,
		       bool goodbye)
{
	if (log->count == log->room) {
		log->room = log->room ? 2 * log->room : 64;
		log->record = realloc(log->record,
				      log->room * sizeof(*log->record));
		if (!log->record)
			abort();
	}
	log->record[log->count++] = (struct sim_record) {
		.when = now,
		.pdu = *pdu,
		.goodbye = goodbye,
	};
}

const struct lacp_pdu *sim_last(const struct sim_log *log)
{
	if (!log->count)
		abort();
	return &log->record[log->count - 1].pdu;
}

unsigned int sim_count(const struct sim_log *log, u64 from, u64 to)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < log->count; i++)
		count += log->record[i].when >= from &&
			 log->record[i].when < to;
	return count;
}

const struct sim_record *sim_find(const struct sim_log *log, u64 from, u8 mask,
				  u8 bits)
{
	size_t i;

	for (i = 0; i < log->count; i++)
		if (log->record[i].when >= from &&
		    (log->record[i].pdu.actor.state & mask) == bits)
			return &log->record[i];
	return NULL;
}

static void sim_send(struct sim *sim, const struct sim_end *to,
		     const struct lacp_pdu *pdu, bool goodbye)
{
	struct sim_frame *frame = &sim->frame[sim->num_frames];

	if (!to->system && !to->partner)
		return;
	if (sim->num_frames == SIM_MAX_FRAMES)
		sim_fail(sim, "a storm");
	frame->when = sim->now + sim->delay;
	frame->to = *to;
	frame->goodbye = goodbye;
	lacp_pdu_build(frame->data, pdu);
	if (!sim->lose || !sim->lose(sim, to, frame->data))
		sim->num_frames++;
}

static void sim_fail_port(const struct sim *sim, const struct lacp_port *p,
			  const char *what)
{
	fprintf(stderr,
		"sim: port %u: rx %s, %s, mux %s, actor %#x, partner %#x\n",
		p->index, lacp_rx_name(p->rx), lacp_selected_name(p->selected),
		lacp_mux_name(p->mux), p->actor.state, p->partner.state);
	sim_fail(sim, what);
}

/* What holds of a port whenever the engine is left */
static void sim_check_port(const struct sim_system *s,
			   const struct lacp_port *p)
{
	bool collecting = p->actor.state & LACP_STATE_COLLECTING;
	bool distributing = p->actor.state & LACP_STATE_DISTRIBUTING;
	bool agreed = p->lone || p->partner.state & LACP_STATE_SYNC;
	bool draining = p->mux == LACP_MUX_COLLECTING &&
			!(p->actor.state & LACP_STATE_SYNC);
	bool detached = p->mux < LACP_MUX_ATTACHED;
	const struct sim *sim = s->sim;
	u64 bit = BIT_ULL(p->index);

	if (p->leaving)
		return;
	if (distributing && !collecting)
		sim_fail_port(sim, p, "distributing without collecting");
	if (collecting && !draining && p->selected != LACP_SELECTED)
		sim_fail_port(sim, p, "collecting without being selected");
	if (collecting && !agreed)
		sim_fail_port(sim, p, "collecting without the partner's sync");
	if (collecting && !draining && !(p->actor.state & LACP_STATE_SYNC))
		sim_fail_port(sim, p, "collecting out of sync");
	if (!(s->group.collecting & bit) != !collecting)
		sim_fail_port(sim, p, "collecting mask differs from the port's state");
	if (s->group.distributing & bit && !distributing)
		sim_fail_port(sim, p, "in the distributing mask but not distributing");
	if (draining)
		return;
	if (!(p->actor.state & LACP_STATE_SYNC) != detached)
		sim_fail_port(sim, p, "sync differs from the mux");
}

/* At most three in any second, but for goodbyes */
static void sim_check_limit(const struct sim_system *s, unsigned int i)
{
	const struct sim_log *log = &s->sent[i];
	unsigned int ordinary = 0;
	size_t n = log->count;

	while (n-- > s->begin[i] &&
	       s->sim->now - log->record[n].when < LACP_FAST_PERIODIC_MS)
		ordinary += !log->record[n].goodbye;
	if (ordinary > LACP_TX_LIMIT)
		sim_fail(s->sim, "more than three LACPDUs in a second");
}

/* Who stops distributing or starts collecting has done so when a LACPDU is
 * made that says it; but one that leaves LACP for another mode says goodbye
 * and goes on.
 */
static void sim_check_order(const struct sim_system *s, u64 distributing,
			    u64 collecting, const struct lacp_pdu *pdu)
{
	if (s->group.admin.mode != LAG_MODE_LACP)
		return;
	if (distributing && !(pdu->actor.state & LACP_STATE_DISTRIBUTING))
		sim_fail(s->sim, "told too early that it stopped");
	if (!collecting && pdu->actor.state & LACP_STATE_COLLECTING)
		sim_fail(s->sim, "told too early that it collects");
}

/* As the module does: take and hand down what is due, act on the levels. */
void sim_settle(struct sim_system *s)
{
	struct lacp_group *g = &s->group;
	struct sim *sim = s->sim;
	struct lacp_port *p;
	u64 distributing, collecting, left;
	struct lacp_pdu pdu;
	bool goodbye;

	while (g->effects.send) {
		p = g->port[__ffs64(g->effects.send)];
		distributing = g->distributing & BIT_ULL(p->index);
		collecting = g->collecting & BIT_ULL(p->index);
		if (s->no_memory) {
			lacp_port_unsent(g, p, sim->now);
			continue;
		}
		goodbye = p->goodbye;
		if (!lacp_port_transmit(g, p, &pdu, sim->now))
			continue;
		sim_record(&s->sent[p->index], sim->now, &pdu, goodbye);
		sim_check_limit(s, p->index);
		sim_check_order(s, distributing, collecting, &pdu);
		sim_send(sim, &s->peer[p->index], &pdu, goodbye);
	}
	g->effects.distribution = false;
	g->effects.status = 0;
	g->effects.group_status = false;

	lacp_for_each_port(g, p, left)
		sim_check_port(s, p);
}

static void sim_partner_send(struct sim_partner *partner)
{
	const struct lacp_pdu pdu = {
		.actor = partner->self,
		.partner = partner->view,
	};

	sim_send(partner->sim, &partner->peer, &pdu, false);
}

void sim_say(struct sim_partner *partner)
{
	sim_partner_send(partner);
	sim_run(partner->sim, 0);
}

static void sim_deliver(struct sim *sim, const struct sim_frame *frame)
{
	struct sim_partner *partner = frame->to.partner;
	struct sim_system *s = frame->to.system;
	struct lacp_pdu pdu;

	if (!lacp_pdu_parse(&pdu, frame->data, sizeof(frame->data)))
		return;
	if (partner) {
		sim_record(&partner->heard, sim->now, &pdu, frame->goodbye);
		if (partner->follow)
			partner->view = pdu.actor;
	} else if (s->group.members >> frame->to.port & 1) {
		lacp_port_receive(&s->group, &s->port[frame->to.port], &pdu,
				  sim->now);
		sim_settle(s);
	}
}

void sim_hear(struct sim_system *s, unsigned int i, const struct lacp_pdu *pdu)
{
	struct lacp_pdu copy = *pdu;

	lacp_port_receive(&s->group, &s->port[i], &copy, s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}

static u64 sim_next_event(const struct sim *sim)
{
	u64 next = LACP_NEVER;
	unsigned int i;

	for (i = 0; i < sim->num_frames; i++)
		next = min(next, sim->frame[i].when);
	for (i = 0; i < sim->num_systems; i++)
		next = min(next, lacp_group_deadline(&sim->system[i]->group,
						     sim->now));
	for (i = 0; i < sim->num_partners; i++)
		next = min(next, sim->partner[i]->next);
	return next;
}

static void sim_deliver_due(struct sim *sim)
{
	struct sim_frame frame;
	unsigned int i = 0;

	while (i < sim->num_frames) {
		if (sim->frame[i].when > sim->now) {
			i++;
			continue;
		}
		frame = sim->frame[i];
		sim->num_frames--;
		memmove(&sim->frame[i], &sim->frame[i + 1],
			(sim->num_frames - i) * sizeof(frame));
		sim_deliver(sim, &frame);
	}
}

static void sim_step(struct sim *sim)
{
	struct sim_partner *partner;
	struct sim_system *s;
	unsigned int i;

	sim_deliver_due(sim);
	for (i = 0; i < sim->num_systems; i++) {
		s = sim->system[i];
		if (lacp_group_deadline(&s->group, sim->now) > sim->now)
			continue;
		lacp_group_expire(&s->group, sim->now);
		sim_settle(s);
	}
	for (i = 0; i < sim->num_partners; i++) {
		partner = sim->partner[i];
		if (partner->next > sim->now)
			continue;
		sim_partner_send(partner);
		partner->next = partner->period ?
				sim->now + partner->period : LACP_NEVER;
	}
}

void sim_run(struct sim *sim, u64 ms)
{
	u64 end = sim->now + ms, next;
	unsigned int rounds = 0;

	while ((next = sim_next_event(sim)) <= end) {
		if (next > sim->now) {
			sim->now = next;
			rounds = 0;
		}
		if (++rounds > SIM_MAX_ROUNDS)
			sim_fail(sim, "no rest");
		sim_step(sim);
	}
	sim->now = end;
}

bool sim_is(const struct sim_system *s, unsigned int i, u8 mask, u8 bits)
{
	return (s->port[i].actor.state & mask) == bits;
}

bool sim_is_cd(const struct sim_system *s, unsigned int i)
{
	return sim_is(s, i, SIM_CD, SIM_CD);
}

u64 sim_until(struct sim_system *s, unsigned int i, u8 mask, u8 bits, u64 ms)
{
	struct sim *sim = s->sim;
	u64 begin = sim->now, next;

	sim_run(sim, 0);
	while (!sim_is(s, i, mask, bits)) {
		next = sim_next_event(sim);
		if (next > begin + ms) {
			sim_run(sim, begin + ms - sim->now);
			return LACP_NEVER;
		}
		sim_run(sim, next - sim->now);
	}
	return sim->now - begin;
}

u64 sim_until_cd(struct sim_system *s, unsigned int i, u64 ms)
{
	return sim_until(s, i, SIM_CD, SIM_CD, ms);
}

static void *sim_alloc(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		abort();
	return memory;
}

struct sim *sim_new(u64 now)
{
	struct sim *sim = sim_alloc(sizeof(*sim));

	sim->now = now;
	memset(&sim_trace, 0, sizeof(sim_trace));
	return sim;
}

void sim_free(struct sim *sim)
{
	unsigned int i, j;

	for (i = 0; i < sim->num_systems; i++) {
		for (j = 0; j < LAG_MAX_PORTS; j++)
			free(sim->system[i]->sent[j].record);
		free(sim->system[i]);
	}
	for (i = 0; i < sim->num_partners; i++) {
		free(sim->partner[i]->heard.record);
		free(sim->partner[i]);
	}
	free(sim);
}

struct lacp_admin sim_admin(u8 system)
{
	return (struct lacp_admin) {
		.mode = LAG_MODE_LACP,
		.active = true,
		.fast = true,
		.goodbye = true,
		.ad_select = LAG_AD_SELECT_STABLE,
		.fallback = LAG_FALLBACK_NONE,
		.system_priority = 65535,
		.system = { 0x02, 0, 0, 0, 0, system },
		.min_links = 1,
		.fallback_timeout = 15000,
		.wait_while = 2000,
	};
}

struct sim_system *sim_add_system(struct sim *sim,
				  const struct lacp_admin *admin,
				  unsigned int ports)
{
	const struct lacp_port_admin port = { .priority = 255 };
	struct sim_system *s = sim_alloc(sizeof(*s));
	unsigned int i;

	if (sim->num_systems == SIM_MAX_SYSTEMS)
		abort();
	s->sim = sim;
	sim->system[sim->num_systems++] = s;
	lacp_group_init(&s->group, admin);
	sim_enable(s, true);
	for (i = 0; i < ports; i++)
		sim_join(s, i, &port);
	return s;
}

struct sim_partner *sim_add_partner(struct sim *sim, u8 system, u16 port)
{
	struct sim_partner *partner = sim_alloc(sizeof(*partner));

	if (sim->num_partners == SIM_MAX_PARTNERS)
		abort();
	*partner = (struct sim_partner) {
		.sim = sim,
		.self = {
			.system_priority = 32768,
			.system = { 0x02, 0xff, 0, 0, 0, system },
			.key = 7,
			.port_priority = 128,
			.port = port,
			.state = LACP_STATE_ACTIVITY | LACP_STATE_TIMEOUT |
				 LACP_STATE_AGGREGATION | SIM_CD,
		},
		.follow = true,
		.period = 1000,
		.next = LACP_NEVER,
	};
	sim->partner[sim->num_partners++] = partner;
	return partner;
}

void sim_link(struct sim_system *s, unsigned int i,
	      const struct lacp_link *link)
{
	lacp_port_link(&s->group, &s->port[i], link, s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}

void sim_carrier(struct sim_system *s, unsigned int i, bool carrier)
{
	const struct lacp_link link = {
		.running = true,
		.carrier = carrier,
		.full_duplex = carrier,
		.speed = carrier ? 10000 : 0,
	};

	sim_link(s, i, &link);
}

void sim_cable(struct sim_system *a, unsigned int i,
	       struct sim_system *b, unsigned int j)
{
	a->peer[i] = (struct sim_end) { .system = b, .port = j };
	b->peer[j] = (struct sim_end) { .system = a, .port = i };
	sim_carrier(a, i, true);
	sim_carrier(b, j, true);
}

void sim_swap_partner(struct sim_system *a, unsigned int i,
		      struct sim_partner *partner)
{
	if (a->peer[i].partner) {
		memset(&a->peer[i].partner->peer, 0, sizeof(struct sim_end));
		a->peer[i].partner->next = LACP_NEVER;
	}
	a->peer[i] = (struct sim_end) { .partner = partner };
	if (!partner)
		return;
	partner->peer = (struct sim_end) { .system = a, .port = i };
	partner->next = partner->period ? a->sim->now : LACP_NEVER;
}

void sim_cable_partner(struct sim_system *a, unsigned int i,
		       struct sim_partner *partner)
{
	sim_swap_partner(a, i, partner);
	sim_carrier(a, i, true);
}

void sim_uncable(struct sim_system *a, unsigned int i)
{
	struct sim_end peer = a->peer[i];

	memset(&a->peer[i], 0, sizeof(a->peer[i]));
	if (peer.partner) {
		memset(&peer.partner->peer, 0, sizeof(peer.partner->peer));
		peer.partner->next = LACP_NEVER;
	}
	sim_carrier(a, i, false);
	if (peer.system) {
		memset(&peer.system->peer[peer.port], 0, sizeof(peer));
		sim_carrier(peer.system, peer.port, false);
	}
}

void sim_join(struct sim_system *s, unsigned int i,
	      const struct lacp_port_admin *admin)
{
	memset(&s->port[i], 0, sizeof(s->port[i]));
	s->port[i].index = i;
	s->begin[i] = s->sent[i].count;
	lacp_port_join(&s->group, &s->port[i], admin, s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}

void sim_leave(struct sim_system *s, unsigned int i)
{
	lacp_port_goodbye(&s->group, &s->port[i], s->sim->now);
	sim_settle(s);
	lacp_port_leave(&s->group, &s->port[i], s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}

static void sim_port_configure(struct sim_system *s, unsigned int i,
			       const struct lacp_port_admin *admin)
{
	lacp_port_configure(&s->group, &s->port[i], admin, s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}

void sim_port_admin(struct sim_system *s, unsigned int i, u8 admin)
{
	struct lacp_port_admin new = s->port[i].admin;

	new.admin = admin;
	sim_port_configure(s, i, &new);
}

void sim_port_priority(struct sim_system *s, unsigned int i, u16 priority)
{
	struct lacp_port_admin new = s->port[i].admin;

	new.priority = priority;
	sim_port_configure(s, i, &new);
}

void sim_configure(struct sim_system *s, const struct lacp_admin *admin)
{
	lacp_group_configure(&s->group, admin, s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}

void sim_enable(struct sim_system *s, bool enabled)
{
	lacp_group_enable(&s->group, enabled, s->sim->now);
	sim_settle(s);
	sim_run(s->sim, 0);
}
