#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest that counts instructions: how lag, bonding and teamd behave.

    lacp.py [FIGURE...]         (default: all)

Each figure is a function that measures one kind; one table comes out.  How
systems and cables are made is in selftests/lab.py.
"""
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../selftests"))

from lab import (EXPIRED, KINDS, MS, S, SYNC, TIMEOUT, Failed, Nobody,
                 Partner, World, ip, lose, now, run, set_up)

FIGURES = []
BACK = [("la", "lb"), ("lb", "la")]


def figure(text, unit, target, met):
    def register(function):
        FIGURES.append((function.__name__, text, unit, target, met, function))
        return function
    return register


def sides(ports):
    return [[f"{side}{i}" for i in range(1, ports + 1)] for side in "ab"]


def formed(world, seconds=15):
    """Until all ports carry what is sent both ways, and then some."""
    world.traffic(200, *BACK)
    if not world.run(seconds, lambda: world.carried >= set(world.ports)):
        raise Failed("no LAG was formed")
    world.run(1)
    world.traffic(0)
    world.run(2)


def pair(kind, ports=4, rate="fast", panel=False):
    a, b = sides(ports)
    world = World(a, b, panel=panel)
    world.add(KINDS[kind], "la", a, rate=rate)
    world.add(KINDS[kind], "lb", b, rate=rate)
    if not panel:
        formed(world)
    return world


def by_hand(kind, ports=1, rate="slow", clear=TIMEOUT, period=30 * S):
    """One end only, whose partner speaks by hand, at once and slowly."""
    a, b = sides(ports)
    world = World(a, b)
    set_up(True, *b)
    partners = [Partner(port, i, period=period)
                for i, port in enumerate(b, 1)]
    for partner in partners:
        partner.info[5] &= ~clear
    world.talkers += partners
    world.add(KINDS[kind], "la", a, rate=rate)
    world.systems["lb"] = Nobody()
    world.traffic(200, BACK[0])
    if not world.run(15, lambda: world.carried >= set(a)):
        raise Failed("the partner by hand is not taken")
    world.traffic(0)
    world.run(5)
    return world, partners


@figure("link up to all 4 ports carrying both ways", "s", "< 0.05",
        lambda v, all: v < 0.05)
def up(kind):
    world = pair(kind, panel=True)
    world.wire(*zip(*sides(4)))
    world.run(3)
    world.traffic(2000, *BACK)
    world.run(0.1)
    world.forget()
    start = world.plug(True, *world.ports)
    if not world.run(15, lambda: world.carried >= set(world.ports)):
        raise Failed("no LAG was formed")
    last = max(world.data(port, start)[0] for port in world.ports)
    return (last - start) / S


@figure("frames lost when a port comes back, 2,000 a second", "", "0",
        lambda v, all: v == 0)
def back(kind):
    world = pair(kind)
    set_up(False, "b2")
    world.run(8)
    world.forget()
    world.traffic(2000, *BACK)
    world.run(0.5)
    set_up(True, "b2")
    if not world.run(8, lambda: world.carried >= set(world.ports)):
        raise Failed("the port did not come back")
    world.run(1.5)
    world.traffic(0)
    world.run(0.2)
    return max(len(world.lost(*way)) for way in BACK)


def faulty(kind, *ports):
    """Frames into the ports vanish just after a LACPDU left a2."""
    world = pair(kind)
    world.traffic(500, *BACK)
    since = now()
    world.run(2, lambda: world.pdus("a2", since))
    lose(*ports)
    start = now()
    world.run(10)
    return world, start


def last_pdu(world, port, before):
    return max(when for when, _ in world.pdus(port) if when < before)


@figure("one-way loss, fast: last LACPDU that came through to last frame",
        "s", "< 3.3", lambda v, all: v < 3.3)
def one_way(kind):
    world, start = faulty(kind, "b2")
    return (max(world.data("a2", start)) - last_pdu(world, "a2", start)) / S


@figure("black hole, fast: last LACPDU heard to last frame", "s",
        "3.00..3.05", lambda v, all: 2.99 < v < 3.05)
def hole(kind):
    world, start = faulty(kind, "a2", "b2")
    waits = [max(world.data(to, start)) - last_pdu(world, of, start)
             for to, of in (("a2", "b2"), ("b2", "a2"))]
    return max(waits) / S


@figure("period of 30 s: greatest deviation", "ms", "< 20",
        lambda v, all: v < 20)
def period(kind):
    world, _ = by_hand(kind)
    world.run(35)
    world.forget()
    world.run(200)
    times = [when for when, _ in world.pdus("a1")]
    return max(abs(b - a - 30 * S) for a, b in zip(times, times[1:])) / MS


@figure("timeout of 90 s: deviation", "ms", "< 20", lambda v, all: v < 20)
def timeout(kind):
    world, (partner,) = by_hand(kind)
    world.run(35)
    partner.stop()
    world.forget()
    world.run(110, lambda: any(frame[32] & EXPIRED
                               for _, frame in world.pdus("a1")))
    expired = min(when for when, frame in world.pdus("a1")
                  if frame[32] & EXPIRED)
    return abs(expired - partner.sent - 90 * S) / MS


@figure("answer to a LACPDU that needs one, slowest of 8", "ms", "< 1",
        lambda v, all: v < 1)
def answer(kind):
    world, (partner,) = by_hand(kind)
    slowest = 0
    for i in range(8):
        world.run(1.5 + 0.137 * i)
        stale = bytearray(partner.heard)
        stale[14] ^= TIMEOUT
        asked = partner.say(view=bytes(stale))
        world.run(1, lambda: world.pdus("a1", asked))
        slowest = max(slowest, world.pdus("a1", asked)[0][0] - asked)
    return slowest / MS


@figure("partner clears Sync to last frame to that port", "ms", "0",
        lambda v, all: v == 0)
def unsync(kind):
    world, partners = by_hand(kind, 2)
    world.traffic(4000, BACK[0])
    world.run(0.5)
    partners[1].info[5] &= ~SYNC
    cleared = partners[1].say()
    done = now()
    world.run(2)
    return max([0] + [when - cleared
                      for when in world.data("a2", done)]) / MS


@figure("link set down to partner's last frame, fast", "s", "< 0.05",
        lambda v, all: v < 0.05)
def down(kind):
    world = pair(kind)
    world.traffic(1000, BACK[1])
    world.run(1)
    start = now()
    set_up(False, "la")
    world.run(12)
    last = max([start] + [when for port in sides(4)[1]
                          for when in world.data(port, start)])
    return (last - start) / S if world.ended - last > S // 2 else "> 12 s"


@figure("lacp_rate fast while up, 2,000 a second: frames lost", "", "0",
        lambda v, all: v == 0)
def rate(kind):
    change = dict(
        lag=["ip", "link", "set", "la", "type", "lag", "lacp_rate", "fast"],
        bonding=["ip", "link", "set", "la", "type", "bond", "lacp_rate",
                 "fast"],
        teamd=["teamdctl", "la", "state", "item", "set", "runner.fast_rate",
               "true"])
    world = pair(kind, rate="slow")
    world.traffic(2000, *BACK)
    world.run(0.5)
    changed = subprocess.run(change[kind], capture_output=True)
    world.run(2)
    world.traffic(0)
    world.run(0.2)
    if changed.returncode:
        return "refused"
    return max(len(world.lost(*way)) for way in BACK)


# --- Idle --------------------------------------------------------------------

def busy(seconds):
    """Instructions a second: one takes one ns, and no more is not idle."""
    def idle():
        with open("/proc/timer_list") as file:
            return sum(map(int, re.findall(r"idle_sleeptime\s*: (\d+)",
                                           file.read())))

    # To read that takes long, but does not idle
    before, start = idle(), time.monotonic_ns()
    time.sleep(seconds)
    end, after = time.monotonic_ns(), idle()
    return (end - start - (after - before)) / seconds


def threads():
    """Of the kernel, but for those that serve all who queue work"""
    count = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat") as file:
                name, rest = file.read().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue            # it has just ended
        parent = rest.split()[1]
        count += parent == "2" and not re.match(r"kworker/[\du]", name)
    return count


def make_idle(kind, pairs):
    """So many pairs of systems, of two ports each."""
    words = dict(lag="lag", bonding="bond mode 802.3ad miimon 100")
    ends = [(f"l{side}{n}", [f"{side}{n}.1", f"{side}{n}.2"])
            for n in range(pairs) for side in "ab"]
    ip(*(f"link add a{n}.{i} type veth peer name b{n}.{i}"
         for n in range(pairs) for i in (1, 2)))
    if kind == "teamd":
        return [start(KINDS[kind](name, ports, rate="slow"))
                for name, ports in ends]
    ip(*(line for name, ports in ends for line in [
        f"link add {name} type {words[kind]}",
        *(f"link set {port} master {name}" for port in ports),
        *(f"link set {port} up" for port in ports),
        f"link set {name} up"]))
    return [KINDS[kind](name, ports) for name, ports in ends]


def start(system):
    system.add()
    return system


def make_fast(kind, systems):
    names = [system.name for system in systems]
    if kind == "lag":
        ip(*(f"link set {name} type lag lacp_rate fast" for name in names))
    elif kind == "bonding":
        ip(*(line for name in names for line in [
            f"link set {name} down",
            f"link set {name} type bond lacp_rate fast",
            f"link set {name} up"]))
    else:
        for system in systems:
            system.remove()
        for system in systems:
            system.rate = "fast"
            system.add()


def all_formed(systems):
    for system in systems:
        with open(f"/sys/class/net/{system.name}/carrier") as file:
            if file.read().strip() != "1":
                raise Failed(f"{system.name} was not formed")


def idle_here(kind, count, settle, seconds):
    """In this namespace: what each system takes, at either rate."""
    for name in "all", "default":       # or each device looks for routers
        with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w") as file:
            file.write("1")
    time.sleep(30)
    tick, before = busy(60), threads()
    systems = make_idle(kind, count // 2)
    time.sleep(settle)
    all_formed(systems)
    slow = busy(seconds)
    make_fast(kind, systems)
    time.sleep(settle)
    all_formed(systems)
    fast = busy(seconds)
    more = threads() - before
    if kind == "teamd":
        for system in systems:
            system.remove()
    print(json.dumps([(slow - tick) / len(systems),
                      (fast - tick) / len(systems), more / len(systems)]))


# How many, and seconds to wait and to measure: whole periods of 30 s
IDLE = dict(lag=(500, 70, 60), bonding=(500, 40, 30), teamd=(10, 40, 30))
idle_cost = {}


def idle(kind):
    """Once for both rates, in a namespace that is easy to get rid of"""
    if kind not in idle_cost:
        ip("netns add idle")
        said = run("ip", "netns", "exec", "idle", sys.executable, __file__,
                   "idle_here", kind, *map(str, IDLE[kind]))
        ip("netns del idle")
        time.sleep(30)
        idle_cost[kind] = json.loads(said)
    return idle_cost[kind]


@figure("idle system of 2 ports, slow: instructions a second", "", "< 1500",
        lambda v, all: v < 1500)
def idle_slow(kind):
    return idle(kind)[0]


@figure("the same, fast", "", "< bonding / 2",
        lambda v, all: v < all["bonding"] / 2)
def idle_fast(kind):
    return idle(kind)[1]


@figure("the same: kernel threads each", "", "0", lambda v, all: v == 0)
def idle_threads(kind):
    return idle(kind)[2]


# --- The table ---------------------------------------------------------------

def shown(value, unit):
    if isinstance(value, str):
        return value
    if unit == "s":
        return f"{value:.3f} s"
    if unit == "ms":
        return f"{value:.2f} ms"
    return f"{value:,.0f}"


def measure(function, kind):
    try:
        return function(kind)
    except (Failed, IndexError, ValueError) as error:
        print(f"# {function.__name__} {kind}: {error!r}", file=sys.stderr)
        return "failed"
    finally:
        while World.all:
            World.all.pop().close()


def main(wanted):
    kinds = ["lag", "bonding", "teamd"]
    missed = []
    form = "{:<57} {:>12} {:>12} {:>12}  {:<13} {}"
    print(form.format("figure", *kinds, "target", "").rstrip())
    for name, text, unit, target, met, function in FIGURES:
        if wanted and name not in wanted:
            continue
        values = {kind: measure(function, kind) for kind in kinds}
        ok = not isinstance(values["lag"], str) and met(values["lag"], values)
        if not ok:
            missed.append(name)
        print(form.format(text, *(shown(values[kind], unit)
                                  for kind in kinds), target,
                          "" if ok else "MISSED").rstrip(), flush=True)
    print("missed: " + ", ".join(missed) if missed else "all targets are met")
    return bool(missed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["idle_here"]:
        sys.exit(idle_here(sys.argv[2], *map(int, sys.argv[3:])))
    sys.exit(main(sys.argv[1:]))
