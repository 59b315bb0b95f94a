#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a lag does while somebody holds RTNL: all that carries traffic.

    rtnl_held.py [CASE...]      (default: all)

The partner of a1 to a4 speaks by hand.  What is looked at takes no RTNL
itself: frames on the cables, and tracepoints.  The carrier of a port falls as
by the driver of a NIC; the far end of a veth goes on hearing what is sent.
"""
import os
import re
import subprocess
import sys
import time

from lab import (EXPIRED, KINDS, MS, S, Failed, Nobody, Partner, World, now,
                 set_up)

HOLD = "/sys/module/rtnl_hold/parameters/hold"
CARRIER = "/sys/module/rtnl_hold/parameters/carrier"
TRACE = "/sys/kernel/tracing/"
A, B = ["a1", "a2", "a3", "a4"], ["b1", "b2", "b3", "b4"]


def check(claim, *said):
    if not claim:
        raise Failed(" ".join(map(str, said)))


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class Held:
    """A lag that carries on four ports, and RTNL is taken."""

    def __init__(self, seconds=6, before=None):
        write(TRACE + "events/lag/lag_slots/enable", "1")
        self.world = w = World(A, B)
        set_up(True, *B)
        self.partners = [Partner(port, i) for i, port in enumerate(B, 1)]
        w.talkers += self.partners
        w.add(KINDS["lag"], "la", A, rate="fast")
        w.systems["lb"] = Nobody()
        w.traffic(400, ("la", "lb"))
        check(w.run(10, lambda: w.carried >= set(A)), "no LAG was formed")
        w.run(1)
        if before:
            before(self)
        write(TRACE + "trace", "")
        w.forget()
        write(HOLD, str(seconds * 1000))
        self.since = now()
        self.end = self.since + seconds * S

    def close(self):
        self.world.run(max(0, self.end + S - now()) / S)
        self.world.close()

    def held(self):
        with open(HOLD) as file:
            return file.read().strip() == "1"

    def carrier(self, port, on):
        write(CARRIER, f"{port} {on:d}")
        return now()

    def slots(self):
        """(seconds, ports that have some) of each rewriting of the table."""
        with open(TRACE + "trace") as file:
            return [(float(when), {f"a{i + 1}" for i in range(4)
                                   if int(live, 16) >> i & 1})
                    for when, live in re.findall(
                        r" ([\d.]+): lag_slots: .* live=(\w+)", file.read())]

    def gaps(self, since):
        """Of the time since then, how much the whole lag sent nothing, ms"""
        times = sorted(when for port in A
                       for when in self.world.data(port, since))
        times = [since] + times + [self.world.ended]
        return max(b - a for a, b in zip(times, times[1:])) / MS

    def unused(self, port, since):
        sent = self.world.data(port, since)
        check(not sent, len(sent), "frames to", port,
              f"the last after {(sent[-1] - since) / MS if sent else 0} ms")


def lacpdus_go_on(h):
    h.world.run(9)
    check(h.held(), "RTNL was not held")
    for port in A:
        times = [when for when, _ in h.world.pdus(port, h.since)]
        check(len(times) >= 8 and max(b - a for a, b in zip(
            times, times[1:])) < 1.2 * S, port, times)


def silent_partner_times_out(h):
    h.partners[3].stop()
    h.world.run(8)
    check(h.held(), "RTNL was not held")
    last = h.partners[3].sent
    expired = [when for when, frame in h.world.pdus("a4", h.since)
               if frame[32] & EXPIRED]
    check(expired and 2.99 * S < expired[0] - last < 3.1 * S, "expired",
          [(when - last) / S for when in expired])
    h.unused("a4", last + 3050 * MS)
    check(h.slots()[-1][1] == {"a1", "a2", "a3"}, h.slots())
    check(h.gaps(h.since) < 50, "sent nothing for", h.gaps(h.since), "ms")


def first_and_second_failure(h):
    w = h.world
    w.run(1)
    first = h.carrier("a1", False)
    w.run(0.7)
    second = h.carrier("a3", False)
    w.run(3)
    check(h.held(), "RTNL was not held")
    h.unused("a1", first)
    h.unused("a3", second)
    check(h.gaps(h.since) < 50, "sent nothing for", h.gaps(h.since), "ms")
    check(w.data("a2", second) and w.data("a4", second), "a2 and a4 idle")
    (one, after), (two, at_last) = h.slots()[0], h.slots()[-1]
    check(after == {"a2", "a3", "a4"} and at_last == {"a2", "a4"}, h.slots())
    # Each when a packet met it: in the worst case all 64 flows come by before
    check(len(h.slots()) == 2 and 0.5 < two - one < 0.9, h.slots())


def dead_port_leaves_the_table_unused(h):
    """No packet meets the dead port: the next LACPDU or timer does."""
    h.world.traffic(0)
    h.carrier("a2", False)
    h.world.run(2)
    check(h.held(), "RTNL was not held")
    check(h.slots() and h.slots()[-1][1] == {"a1", "a3", "a4"}, h.slots())


def port_returns(h):
    w = h.world
    fell = h.carrier("a2", False)
    w.run(2)
    h.unused("a2", fell)
    back = h.carrier("a2", True)
    w.run(3)
    check(h.held(), "RTNL was not held")
    check(w.data("a2", back), "not used again while RTNL is held")
    check(w.data("a2", back)[0] - back < S, "only after",
          (w.data("a2", back)[0] - back) / S, "s")
    check(h.gaps(h.since) < 50, "sent nothing for", h.gaps(h.since), "ms")
    w.run((h.end - now()) / S + 1)
    check(not h.held(), "RTNL is still held")
    check(w.data("a2", now() - S // 4), "not used after the release")


def returns_again_and_again(h):
    for _ in range(3):
        fell = h.carrier("a2", False)
        h.world.run(0.5)
        h.unused("a2", fell)
        back = h.carrier("a2", True)
        h.world.run(0.6)
        check(h.world.data("a2", back), "not used again")
    check(h.held(), "RTNL was not held")


def port_joins_after_the_release(h):
    w = h.world
    w.run(1)
    back = h.carrier("a4", True)
    w.run(4)
    check(h.held(), "RTNL was not held")
    # Its qdisc takes nothing until RTNL is free: what is given to it is lost
    h.unused("a4", back)
    check(h.gaps(h.since) < 50, "sent nothing for", h.gaps(h.since), "ms")
    sent = len(w.sent)
    left = sum(len(w.data(port)) for port in A)
    check(sent - left <= 1, sent, "were sent,", left, "left")
    w.run((h.end - now()) / S + 1)
    check(not h.held(), "RTNL is still held")
    check(w.data("a4", h.end), "not used after the release")


def without_carrier(h):
    h.carrier("a4", False)
    h.world.run(2)


CASES = [
    (lacpdus_go_on, dict(seconds=10)),
    (silent_partner_times_out, dict(seconds=10)),
    (first_and_second_failure, {}),
    (dead_port_leaves_the_table_unused, {}),
    (port_returns, {}),
    (returns_again_and_again, {}),
    (port_joins_after_the_release, dict(before=without_carrier)),
]


def run_case(function, options):
    held = Held(**options)
    try:
        function(held)
    except Failed as failed:
        return str(failed)
    finally:
        held.close()
    return None


def main(wanted):
    if not os.path.exists(TRACE + "events"):
        subprocess.run(["mount", "-t", "tracefs", "tracefs", TRACE])
    write(TRACE + "trace_clock", "mono")
    cases = [c for c in CASES if not wanted or c[0].__name__ in wanted]
    print(f"TAP version 13\n1..{len(cases)}")
    bad = 0
    for number, (function, options) in enumerate(cases, 1):
        why = run_case(function, options)
        bad += why is not None
        print(f"{'not ' if why else ''}ok {number} - {function.__name__}",
              flush=True)
        if why:
            print(f"# {why}", flush=True)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
