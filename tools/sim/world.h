/* SPDX-License-Identifier: GPL-2.0 */
/* Systems that run the engine, cables between their ports, and time.
 *
 * What happens and when is not here: lagsim.c decides it at random, explore.c
 * tries all there is, the fuzzer reads it from its input.
 *
 * A world is a value: no allocation, no pointer but into itself, so that it
 * can be copied, compared and gone back to.
 */
#ifndef _LAG_SIM_WORLD_H
#define _LAG_SIM_WORLD_H

#include "engine/lacp.h"
#include "engine/pdu.h"
#include "engine/spread.h"

#ifndef WORLD_SYSTEMS
#define WORLD_SYSTEMS	4
#endif
#ifndef WORLD_PORTS
#define WORLD_PORTS	8
#endif
#ifndef WORLD_FRAMES
#define WORLD_FRAMES	64
#endif

#define WORLD_NOWHERE	0xff

/**
 * struct world_frame - what is under way
 * @when: it arrives
 * @sent: it left
 * @data: no LACPDU but a frame of the users'
 * @pdu: the LACPDU
 */
struct world_frame {
	u64		when;
	u64		sent;
	bool		data;
	struct lacp_pdu	pdu;
};

/**
 * struct world_port - a port, its cable, and what is known of it
 * @lacp: the engine's part
 * @joined: it is one of the group's
 * @admin: administrative values it joins with
 * @link: what lacp_port_link() is told
 * @peer_system: where the cable goes, or WORLD_NOWHERE
 * @peer_port: likewise
 * @mute: the cable swallows what the port sends
 * @delay: ms from this port to its peer
 * @frame: what is under way to the peer, by time of arrival
 * @num_frames: length of @frame
 * @heard: the last LACPDU of another system that was delivered
 * @has_heard: there is one
 * @sent: when the last LACPDUs left that are no goodbyes, a ring
 * @num_sent: for the ring's position
 * @seen: what the user was last told of
 */
struct world_port {
	struct lacp_port	lacp;
	bool			joined;
	struct lacp_port_admin	admin;
	struct lacp_link	link;
	u8			peer_system;
	u8			peer_port;
	bool			mute;
	u32			delay;
	struct world_frame	frame[WORLD_FRAMES];
	unsigned int		num_frames;
	struct lacp_pdu		heard;
	bool			has_heard;
	u64			sent[LACP_TX_LIMIT];
	u64			num_sent;
	struct world_seen {
		u8		rx;
		u8		mux;
		u8		selected;
		u16		aggregator;
		struct lacp_info partner;
	}			seen;
};

/**
 * struct world_system - a system with one lag
 * @group: the engine's part
 * @port: its ports, joined or not
 * @distributing: ports that the packet path may send on
 * @collecting: ports that the packet path may receive on
 * @spread: slots as the packet path has them
 * @changed: when @distributing or @collecting last changed
 */
struct world_system {
	struct lacp_group	group;
	struct world_port	port[WORLD_PORTS];
	u64			distributing;
	u64			collecting;
	struct lag_spread	spread;
	u64			changed;
};

/**
 * struct world_net - how bad the cables are; all zero: perfect
 * @lose: of 1000 frames
 * @repeat: of 1000 frames, once more
 * @overtake: of 1000 frames, not kept in order
 * @jitter: most ms beyond a cable's delay
 * @no_memory: of 1000 LACPDUs, cannot be allocated
 */
struct world_net {
	u32	lose;
	u32	repeat;
	u32	overtake;
	u32	jitter;
	u32	no_memory;
};

/**
 * struct world_count - what happened
 * @events: verbs of the engine
 * @lacpdus: LACPDUs sent
 * @frames: data frames sent
 * @delivered: data frames taken by a collecting port
 * @lost: data frames that came to a port that does not collect
 */
struct world_count {
	u64	events;
	u64	lacpdus;
	u64	frames;
	u64	delivered;
	u64	lost;
};

/**
 * struct world - all there is
 * @now: ms
 * @random: state of world_random()
 * @num_systems: length of @system
 * @traffic: each distributing port sends data frames at all moments that
 *	matter
 * @lossless: a data frame that is lost breaks an invariant
 * @net: the cables
 * @count: what happened
 * @broken: the invariant that was broken
 */
struct world {
	u64			now;
	u64			random;
	unsigned int		num_systems;
	bool			traffic;
	bool			lossless;
	struct world_net	net;
	struct world_count	count;
	char			broken[160];
	struct world_system	system[WORLD_SYSTEMS];
};

/* Where what happens is told, line by line; NULL: nowhere */
extern void (*world_log)(const char *line);

void world_init(struct world *w, unsigned int systems, u64 seed, u64 now);
void world_copy(struct world *to, const struct world *from);

/* A number below @n, the same ones for the same seed */
u32 world_random(struct world *w, u32 n);

void __printf(2, 3) world_say(const struct world *w, const char *format, ...);

/* An invariant is broken: calls world_on_break(), which must not return. */
void __printf(2, 3) __noreturn world_break(struct world *w,
					   const char *format, ...);
extern void (*world_on_break)(struct world *w);

/* options.md's defaults; @s numbers the system identifier */
struct lacp_admin world_admin(unsigned int s);

/* (Re)start a system: whatever it knew is gone, all its ports join that were
 * members; no goodbye.
 */
void world_start(struct world *w, unsigned int s,
		 const struct lacp_admin *admin);

/* The verbs of the engine, with what the kernel module does after each */
void world_configure(struct world *w, unsigned int s,
		     const struct lacp_admin *admin);
void world_enable(struct world *w, unsigned int s, bool enabled);
void world_expire(struct world *w, unsigned int s);
void world_join(struct world *w, unsigned int s, unsigned int i);
void world_goodbye(struct world *w, unsigned int s, unsigned int i);
void world_leave(struct world *w, unsigned int s, unsigned int i);
void world_port_configure(struct world *w, unsigned int s, unsigned int i,
			  const struct lacp_port_admin *admin);
void world_link(struct world *w, unsigned int s, unsigned int i,
		const struct lacp_link *link);
void world_receive(struct world *w, unsigned int s, unsigned int i,
		   const struct lacp_pdu *pdu);

/* Only the carrier, as a cable does it */
void world_carrier(struct world *w, unsigned int s, unsigned int i,
		   bool carrier);

/* Rewire without a change of carrier; what was under way is lost */
void world_uncable(struct world *w, unsigned int s, unsigned int i);
void world_cable(struct world *w, unsigned int s, unsigned int i,
		 unsigned int t, unsigned int j);

/* What is first in the queue from port @i of @s arrives, or is lost. */
void world_deliver(struct world *w, unsigned int s, unsigned int i);
void world_drop(struct world *w, unsigned int s, unsigned int i);

/* When something will happen by itself, LACP_NEVER if nothing will */
u64 world_next(const struct world *w);

/* Let the first of it happen. */
void world_step(struct world *w);

/* Let time pass until @end. */
void world_run(struct world *w, u64 end);

/* Invariants of one system, whenever its engine is left and nothing is due to
 * be sent; of its timers as well; see invariant.c.
 */
void world_check(struct world *w, unsigned int s);

#endif /* _LAG_SIM_WORLD_H */
