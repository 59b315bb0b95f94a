#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A lag and other implementations of LACP, in what happens to cables.

    interop.py [--all] [PEER...]        of bonding teamd ovs lag (default: all)

Without --all only what does not have to wait for the slow rate's timers: they
cost minutes of work where each instruction is counted.

Datagrams go both ways all the time.  What is told of each event is when the
last one was lost, in ms after it: from the lag to the peer and back.
"""
import argparse
import sys

from lab import (COLLECTING, DISTRIBUTING, KINDS, MS, S, Failed, OpenVswitch,
                 SilentLag, World, ip, now)

PEERS = ["bonding", "teamd", "ovs", "lag"]
# Name, rate, the lag is active, the peer is
VARIANTS = [
    ("fast", "fast", True, True),
    ("slow", "slow", True, True),
    ("peer passive", "fast", True, False),
    ("lag passive", "fast", False, True),
]
SCENARIOS = []


def scenario(*variants):
    """Of all variants, or only of these"""
    def register(function):
        SCENARIOS.append((function, variants))
        return function
    return register


def check(claim, *said):
    if not claim:
        raise Failed(" ".join(map(str, said)))


class Case:
    """A lag of a1 and a2 whose cables end in b1 and b2, c1 and c2 beside."""

    def __init__(self, peer, rate, lag_active, peer_active):
        self.kind = dict(KINDS, lag=SilentLag)[peer]
        self.options = dict(rate=rate, active=peer_active)
        self.rate = rate
        self.world = w = World(["a1", "a2"], ["b1", "b2"], ["c1", "c2"],
                               panel=True)
        w.wire(("a1", "b1"), ("a2", "b2"))
        w.add(KINDS["lag"], "la", ["a1", "a2"], rate=rate, active=lag_active)
        w.add(self.kind, "lb", ["b1", "b2"], **self.options)
        self.peer = "lb"
        w.traffic(40, ("la", "lb"), ("lb", "la"))

    def close(self):
        self.world.close()
        OpenVswitch.end()

    def lost(self, since):
        """When the last was lost after that, ms, from the lag and back"""
        ways = [("la", self.peer), (self.peer, "la")]
        last = [max(self.world.lost(*way, since, now() - 100 * MS) + [since])
                for way in ways]
        return [(when - since) // MS for when in last]

    def settle(self, since, limit, *ports):
        """Until these ports carry, and nothing was lost for a second."""
        w = self.world
        w.run(0.1)
        w.carried.clear()
        others = {"a1", "a2"} - set(ports)
        while True:
            w.run(0.25)
            lost = self.lost(since)
            quiet = (now() - since) // MS - 1000
            used = [port for port in others if w.data(port, now() - S // 2)]
            if quiet > 0 and max(lost) <= quiet and not used and \
               all(map(self.carries, ports)):
                break
            check(quiet < limit * 1000, "not in order after", limit,
                  "s: lost until", lost, "ms; carry:", *sorted(w.carried),
                  "still:", *used)
        w.forget()
        return lost

    def carries(self, port):
        """Open vSwitch moves flows to a port for their load only, later."""
        both = COLLECTING | DISTRIBUTING
        return port in self.world.carried or (
            self.kind is OpenVswitch and port[0] != "a" and
            self.world.state.get(port, 0) & both == both)

    def all_carry(self, since, limit=12):
        far = "c" if self.peer == "lc" else "b"
        return self.settle(since, limit, "a1", "a2", far + "1", far + "2")


@scenario()
def form(case):
    w = case.world
    w.run(1)
    w.forget()
    return case.all_carry(w.plug(True, *w.ports))


@scenario()
def carrier(case):
    """A cable is pulled and plugged in again."""
    down = case.settle(case.world.plug(False, "a2", "b2"), 5, "a1", "b1")
    check(down[0] <= 100, "lost for", *down, "ms")
    up = case.all_carry(case.world.plug(True, "a2", "b2"))
    # Open vSwitch says at once that it collects again, and on some kernels
    # drops what comes until the next LACPDU
    limit = 1100 if case.kind is OpenVswitch else 50
    check(up[0] <= limit, "when it was back, lost for", *up, "ms")
    return down + up


def silence(case, *lossy):
    limit = dict(fast=10, slow=200)[case.rate]
    for port in lossy:
        case.world.cables[port].loses = True
    if case.rate == "slow":
        case.world.traffic(8, *case.world.ways)
    lost = case.settle(now(), limit, "a1", "b1")
    for port in lossy:
        case.world.cables[port].loses = False
    case.world.traffic(40, *case.world.ways)
    case.all_carry(now(), 40)
    return lost


@scenario("fast", "slow")
def silent(case):
    """Frames vanish both ways, carrier stays."""
    lost = silence(case, "a2", "b2")
    check(lost[0] <= dict(fast=3100, slow=90300)[case.rate], *lost)
    return lost


@scenario("fast")
def unheard(case):
    """Only what the lag sends vanishes: the peer has to say so."""
    return silence(case, "a2")


@scenario("fast")
def deaf(case):
    """Only what the peer sends vanishes: the lag has to say so."""
    lost = silence(case, "b2")
    check(lost[0] <= 3100, *lost)
    return lost


@scenario()
def restart(case):
    """The peer dies and comes back without a memory; carrier stays here."""
    peer = case.world.systems["lb"]
    peer.stop()
    case.world.run(1)
    peer.start()
    return case.all_carry(now(), 20)


@scenario("fast", "slow")
def swap(case):
    """Two cables change places, silently: the next LACPDU tells it."""
    w = case.world
    for pairs in [("a1", "b2"), ("a2", "b1")], [("a1", "b1"), ("a2", "b2")]:
        w.wire(*pairs)
        since = now()
        w.run(dict(fast=2, slow=32)[case.rate])
        lost = case.all_carry(since, 40)
    return lost


@scenario("fast", "slow")
def rate(case):
    """lacp_rate changes while up: nothing is lost, the peer follows."""
    w = case.world
    since = now()
    for want in ("slow", "fast", case.rate):
        ip(f"link set la type lag lacp_rate {want}")
        # Open vSwitch looks at what it was told when its own period is over
        w.run(dict(fast=2.5, slow=32)[case.rate])
        told = now()
        w.run(5.2)
        times = [when for when, _ in w.pdus("b1", told)]
        check(want == case.rate or len(times) >= 4 if want == "fast"
              else len(times) <= 1, want, "but", len(times), "in 5 s")
    lost = case.lost(since)
    check(lost == [0, 0], "lost until", *lost, "ms")
    w.forget()
    return lost


@scenario("fast", "slow")
def move(case):
    """One cable goes to another system, silently, then the other, too."""
    w = case.world
    w.add(case.kind, "lc", ["c1", "c2"], **case.options)
    w.cables["b1"].to = w.cables["b2"].to = None
    w.wire(("a1", "b1"), ("a2", "c2"))
    one = case.settle(now(), dict(fast=10, slow=100)[case.rate], "a1")
    w.cables["b1"].to = None
    w.wire(("a1", "c1"), ("a2", "c2"))
    case.peer = "lc"
    w.traffic(40, ("la", "lc"), ("lc", "la"))
    return one + case.all_carry(now())


def run_case(case, function):
    try:
        return function(case), None
    except Failed as failed:
        return None, str(failed)


def planned(peers, whole):
    """For each peer and variant, the scenarios"""
    for peer in peers:
        for variant, *options in VARIANTS:
            yield peer, variant, options, [
                function for function, only in SCENARIOS
                if not only or variant in only and
                (whole or variant != "slow")]


def main(peers, whole):
    plan = list(planned(peers, whole))
    print(f"TAP version 13\n1..{sum(len(row[-1]) for row in plan)}")
    table, number, bad = {}, 0, 0
    for peer, variant, options, functions in plan:
        row = table[f"{peer}, {variant}"] = {}
        missing = KINDS[peer].missing()
        case = None if missing else Case(peer, *options)
        for function in functions:
            number += 1
            name = f"{number} - {peer}, {variant}: {function.__name__}"
            if missing:
                print(f"ok {name} # SKIP needs {missing}")
                continue
            said, why = run_case(case, function)
            row[function.__name__] = "failed" if why else \
                " ".join(map(str, said))
            print(f"{'not ' if why else ''}ok {name}", flush=True)
            if why:
                print(f"# {why}", flush=True)
                bad += 1
                case.close()
                case = Case(peer, *options)
                run_case(case, form)
        if case:
            case.close()
    print_table(table)
    return bool(bad)


def print_table(table):
    print("# ms until the last frame was lost, from the lag and back;",
          "carrier: down and up; move: one cable and both")
    names = [function.__name__ for function, _ in SCENARIOS]
    form_ = "# {:<23}" + " {:>13}" * len(names)
    print(form_.format("peer", *names))
    for peer, row in table.items():
        if row:
            print(form_.format(peer, *(row.get(n, "-") for n in names)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("peers", nargs="*", choices=[[], *PEERS])
    args = parser.parse_args()
    sys.exit(main(args.peers or PEERS, args.all))
