/* SPDX-License-Identifier: GPL-2.0 */
/* Systems that run the engine, cables between their ports, and a clock that
 * jumps from one event to the next.
 *
 * A system does with the engine's effects what the kernel module does; every
 * LACPDU crosses a cable in its wire form.  What must hold at any moment is
 * asserted at each step.
 */
#ifndef _LAG_SIM_H
#define _LAG_SIM_H

#include "engine/lacp.h"
#include "engine/pdu.h"

#define SIM_MAX_SYSTEMS		16
#define SIM_MAX_PARTNERS	72
#define SIM_MAX_FRAMES		1024
#define SIM_MAX_STEPS		1024

struct sim;
struct sim_system;
struct sim_partner;

/**
 * struct sim_end - where a cable ends
 * @system: the port's system, NULL: a partner or nowhere
 * @port: the port's index
 * @partner: the partner, NULL: nowhere
 */
struct sim_end {
	struct sim_system	*system;
	unsigned int		port;
	struct sim_partner	*partner;
};

/**
 * struct sim_record - a LACPDU that was sent or heard
 * @when: ms
 * @pdu: what it said
 * @goodbye: it was a goodbye
 */
struct sim_record {
	u64		when;
	struct lacp_pdu	pdu;
	bool		goodbye;
};

/**
 * struct sim_log - LACPDUs in the order of time
 * @record: the LACPDUs
 * @count: how many
 * @room: how many @record has room for
 */
struct sim_log {
	struct sim_record	*record;
	size_t			count;
	size_t			room;
};

/**
 * struct sim_system - a lag
 * @sim: where it lives
 * @group: the engine
 * @port: its ports; those of @group.members have joined
 * @peer: the other end of each port's cable
 * @sent: what left each port
 * @begin: where in @sent a port's life began that joined last
 * @no_memory: no LACPDU can be allocated
 */
struct sim_system {
	struct sim		*sim;
	struct lacp_group	group;
	struct lacp_port	port[LAG_MAX_PORTS];
	struct sim_end		peer[LAG_MAX_PORTS];
	struct sim_log		sent[LAG_MAX_PORTS];
	size_t			begin[LAG_MAX_PORTS];
	bool			no_memory;
};

/**
 * struct sim_partner - the far end of a cable by script
 * @sim: where it lives
 * @peer: the other end of its cable
 * @self: what it says of itself
 * @view: what it says of the other end
 * @follow: @view becomes whatever it hears
 * @period: ms between its LACPDUs, 0: silent
 * @next: deadline of the next one
 * @heard: what it heard
 */
struct sim_partner {
	struct sim		*sim;
	struct sim_end		peer;
	struct lacp_info	self;
	struct lacp_info	view;
	bool			follow;
	u64			period;
	u64			next;
	struct sim_log		heard;
};

/**
 * struct sim_frame - a LACPDU on a cable
 * @when: it arrives
 * @to: where
 * @goodbye: it is a goodbye
 * @data: from the subtype octet on
 */
struct sim_frame {
	u64		when;
	struct sim_end	to;
	bool		goodbye;
	u8		data[LACP_PDU_LEN];
};

/**
 * struct sim - the world
 * @now: ms
 * @delay: ms that a LACPDU takes from end to end
 * @lose: whether a frame gets lost; may change its octets; NULL: none does
 * @data: for @lose
 * @system: the systems
 * @num_systems: how many
 * @partner: the scripted partners
 * @num_partners: how many
 * @frame: what is under way, first sent first
 * @num_frames: how many
 */
struct sim {
	u64			now;
	u64			delay;
	bool			(*lose)(struct sim *sim,
					const struct sim_end *to, u8 *octets);
	void			*data;
	struct sim_system	*system[SIM_MAX_SYSTEMS];
	unsigned int		num_systems;
	struct sim_partner	*partner[SIM_MAX_PARTNERS];
	unsigned int		num_partners;
	struct sim_frame	frame[SIM_MAX_FRAMES];
	unsigned int		num_frames;
};

struct sim *sim_new(u64 now);
void sim_free(struct sim *sim);

/* The defaults of the options, but fast; @system is the last octet of the
 * system identifier.
 */
struct lacp_admin sim_admin(u8 system);

/* A system, up, with @ports ports that have joined and have no link yet */
struct sim_system *sim_add_system(struct sim *sim,
				  const struct lacp_admin *admin,
				  unsigned int ports);

/* A partner, port @port of system @system, that follows what it hears and
 * always says, each second, that it is active, fast, in sync, collecting and
 * distributing; silent until cabled
 */
struct sim_partner *sim_add_partner(struct sim *sim, u8 system, u16 port);

/* Both ends of a cable get a link, or lose it. */
void sim_cable(struct sim_system *a, unsigned int i,
	       struct sim_system *b, unsigned int j);
void sim_cable_partner(struct sim_system *a, unsigned int i,
		       struct sim_partner *partner);
void sim_uncable(struct sim_system *a, unsigned int i);

/* Behind a switch: the far end becomes another, the link stays. */
void sim_swap_partner(struct sim_system *a, unsigned int i,
		      struct sim_partner *partner);

void sim_join(struct sim_system *s, unsigned int i,
	      const struct lacp_port_admin *admin);
/* With goodbye, as the module does it */
void sim_leave(struct sim_system *s, unsigned int i);
void sim_port_admin(struct sim_system *s, unsigned int i, u8 admin);
void sim_port_priority(struct sim_system *s, unsigned int i, u16 priority);
void sim_link(struct sim_system *s, unsigned int i,
	      const struct lacp_link *link);
void sim_carrier(struct sim_system *s, unsigned int i, bool carrier);
void sim_configure(struct sim_system *s, const struct lacp_admin *admin);
void sim_enable(struct sim_system *s, bool enabled);

/* The partner says something now, besides its periodic LACPDUs. */
void sim_say(struct sim_partner *partner);

/* A port hears a LACPDU now that nobody at its cable sent. */
void sim_hear(struct sim_system *s, unsigned int i, const struct lacp_pdu *pdu);

/* After a verb of the engine that none of the above calls */
void sim_settle(struct sim_system *s);

/* Let @ms pass; 0: what is due now happens. */
void sim_run(struct sim *sim, u64 ms);

#define SIM_CD	(LACP_STATE_SYNC | LACP_STATE_COLLECTING | \
		 LACP_STATE_DISTRIBUTING)

/* Whether @bits are what the actor has of @mask */
bool sim_is(const struct sim_system *s, unsigned int i, u8 mask, u8 bits);
bool sim_is_cd(const struct sim_system *s, unsigned int i);

/* Let time pass, at most @ms, until sim_is().
 * Return: ms that passed, LACP_NEVER if it did not happen.
 */
u64 sim_until(struct sim_system *s, unsigned int i, u8 mask, u8 bits, u64 ms);
u64 sim_until_cd(struct sim_system *s, unsigned int i, u64 ms);

/* The newest LACPDU of a log; ends the program if there is none. */
const struct lacp_pdu *sim_last(const struct sim_log *log);

/* How many of a log's LACPDUs left from @from on and before @to */
unsigned int sim_count(const struct sim_log *log, u64 from, u64 to);

/* The first LACPDU of a log, from @from on, whose actor has @bits of @mask, or
 * NULL
 */
const struct sim_record *sim_find(const struct sim_log *log, u64 from, u8 mask,
				  u8 bits);

/**
 * struct sim_trace - the newest transitions of all machines, a ring
 * @step: a transition
 * @count: how many there were since this was set to 0
 */
struct sim_trace {
	struct sim_step {
		const struct lacp_port	*port;
		const char		*machine;
		const char		*from;
		const char		*to;
	}	step[SIM_MAX_STEPS];
	size_t	count;
};

extern struct sim_trace sim_trace;

/* How often a port's machine entered a state since @sim_trace.count was 0 */
unsigned int sim_entered(const struct lacp_port *port, const char *machine,
			 const char *to);

#endif /* _LAG_SIM_H */
