// SPDX-License-Identifier: GPL-2.0
/* Slot table: every slot goes to its home, the homeless ones are dealt out.
 *
 * Which ports are live is decided in lacp.c, who reads the slots is txmap.c.
 *
 * Homes are balanced within one over all port numbers in the table, live or
 * gone.  So a live port never has more homes than its share of the slots, and
 * serving all homes never stands against balance.
 */
#include "spread.h"

void lag_spread_init(struct lag_spread *s)
{
	memset(s->slot, LAG_SLOT_NONE, sizeof(s->slot));
	memset(s->home, 0, sizeof(s->home));
}

unsigned int lag_spread_share(const struct lag_spread *s, u8 index)
{
	unsigned int i, share = 0;

	for (i = 0; i < LAG_SLOTS; i++)
		share += s->slot[i] == index;
	return share;
}

static bool spread_live(u64 live, unsigned int index)
{
	return index < LAG_MAX_PORTS && (live >> index & 1);
}

/* The live port numbered @number, LAG_SLOT_NONE if it is gone */
static u8 spread_find(u64 live, const u16 *numbers, u16 number)
{
	for (; live; live &= live - 1)
		if (numbers[__ffs64(live)] == number)
			return __ffs64(live);
	return LAG_SLOT_NONE;
}

static u8 spread_richest(u64 live, const u16 *homes)
{
	u8 i, richest = __ffs64(live);

	for (i = richest; i < LAG_MAX_PORTS; i++)
		if (spread_live(live, i) && homes[i] > homes[richest])
			richest = i;
	return richest;
}

/* Give homes to @to, a port new to the table.
 *
 * It takes over from a port that is gone: else those who left for ever would
 * keep theirs, and each newcomer would find less.  (At first all slots are the
 * homes of number 0, which is nobody.)  If nobody is gone it takes its fair
 * share from those who have most.
 */
static void spread_adopt(struct lag_spread *s, u64 live, u8 *port, u16 *homes,
			 u8 to, u16 number)
{
	unsigned int i, fair, known = 1;
	u16 gone;
	u8 from;

	for (i = 0; i < LAG_SLOTS; i++)
		if (port[i] == LAG_SLOT_NONE)
			break;
	if (i < LAG_SLOTS) {
		for (gone = s->home[i]; i < LAG_SLOTS; i++) {
			if (s->home[i] != gone)
				continue;
			s->home[i] = number;
			port[i] = to;
			homes[to]++;
		}
		return;
	}

	for (i = 0; i < LAG_MAX_PORTS; i++)
		known += homes[i] > 0;
	for (fair = LAG_SLOTS / known; homes[to] < fair; homes[to]++) {
		from = spread_richest(live, homes);
		for (i = 0; port[i] != from; i++)
			;
		homes[from]--;
		s->home[i] = number;
		port[i] = to;
	}
}

/* Turn the number of each port's homes into what it serves besides.
 *
 * Of the slots that cannot be divided, one goes to each port that has it in
 * homes, then to ports that serve it now, then in order.
 */
static void spread_allot(const struct lag_spread *s, u64 live, u16 *homes)
{
	unsigned int ports = hweight64(live);
	unsigned int share = LAG_SLOTS / ports;
	unsigned int odd = LAG_SLOTS % ports;
	u64 more = 0;
	u8 i;

	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (homes[i] > share)
			more |= BIT_ULL(i);
	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (spread_live(live, i) && hweight64(more) < odd &&
		    lag_spread_share(s, i) > share)
			more |= BIT_ULL(i);
	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (spread_live(live, i) && hweight64(more) < odd)
			more |= BIT_ULL(i);

	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (spread_live(live, i))
			homes[i] = share + (more >> i & 1) - homes[i];
}

/* Deal the homeless slots to the ports in turn, as far as each has room.
 *
 * Ports need not get what they are dealt.  It says which of several tables
 * that cost as little is wanted, always the same for the same ports, so that a
 * port that returns finds these slots too.
 */
static void spread_deal(u64 live, u8 *port, u16 *room)
{
	unsigned int i;
	u8 to = 0;

	for (i = 0; i < LAG_SLOTS; i++) {
		if (port[i] != LAG_SLOT_NONE)
			continue;
		do {
			to = (to + 1) % LAG_MAX_PORTS;
		} while (!spread_live(live, to) || !room[to]);
		port[i] = to;
		room[to]--;
	}
}

/* Move slots to the ports they were dealt to, or leave them with the port
 * that serves them, as long as it has room in place of what it was dealt.
 */
static unsigned int spread_move(struct lag_spread *s, u64 live, u8 *port,
				u16 *room)
{
	unsigned int i, moved = 0;
	u8 to;

	for (i = 0; i < LAG_SLOTS; i++)
		if (s->slot[i] != port[i])
			room[port[i]]++;

	for (i = 0; i < LAG_SLOTS; i++) {
		to = s->slot[i];
		if (to == port[i] || !spread_live(live, to) || !room[to])
			continue;
		port[i] = to;
		room[to]--;
	}

	for (i = 0; i < LAG_SLOTS; i++) {
		if (s->slot[i] == port[i])
			continue;
		for (to = port[i]; !room[to]; )
			to = (to + 1) % LAG_MAX_PORTS;
		s->slot[i] = to;
		room[to]--;
		moved++;
	}
	return moved;
}

unsigned int lag_spread_update(struct lag_spread *s, u64 live,
			       const u16 number[LAG_MAX_PORTS])
{
	u16 room[LAG_MAX_PORTS] = {};
	u8 port[LAG_SLOTS];
	unsigned int i, moved = 0;

	if (!live) {
		for (i = 0; i < LAG_SLOTS; i++) {
			moved += s->slot[i] != LAG_SLOT_NONE;
			s->slot[i] = LAG_SLOT_NONE;
		}
		return moved;
	}

	for (i = 0; i < LAG_SLOTS; i++) {
		port[i] = spread_find(live, number, s->home[i]);
		if (port[i] != LAG_SLOT_NONE)
			room[port[i]]++;
	}
	for (i = 0; i < LAG_MAX_PORTS; i++)
		if (spread_live(live, i) && !room[i])
			spread_adopt(s, live, port, room, i, number[i]);

	for (i = 0; i < LAG_SLOTS; i++) {
		if (port[i] == LAG_SLOT_NONE || s->slot[i] == port[i])
			continue;
		s->slot[i] = port[i];
		moved++;
	}
	spread_allot(s, live, room);
	spread_deal(live, port, room);
	return moved + spread_move(s, live, port, room);
}
