#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Many lags, or one with many ports, whose links rise and fall for a time.

    soak.py lags=N ports=N seconds=N [seed=N]

In an empty network namespace; each lag's partner is there as well.  Every lag
must be whole before and after, and the memory of the kernel the same.  What
else could break is not here; see stress.py.
"""
import glob
import random
import struct
import sys
import time

from faults import (ACK, CREATE, DELLINK, EXCL, GETLINK, IFF_UP, IFNAME,
                    INFO_DATA, LINKINFO, MASTER, NEWLINK, attributes, done,
                    index, info, number, request, text)
from netlink_fuzz import STATE, messages
from rtnl import attribute

NUM_DISTRIBUTING = 10           # IFLA_LAG_STATE_...
VETH_INFO_PEER = 1
PATIENCE = 60                   # s, for all lags to be whole
PAUSE = 0.05                    # s, on average, between two changes
GROWTH_KB = 1024                # what the rest of the kernel may have taken
PERIODS = 3                     # what leaks grows in each, the rest does not


def must(what):
    if error := done():
        sys.exit("# %s: error %d" % (what, error))


def make(name, kind, data=b"", up=0):
    request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, name) +
            info(kind, data), up=up, change=up)
    must("create " + name)


def cable(one, other):
    peer = bytes(16) + text(IFNAME, other)
    make(one, "veth", attribute(VETH_INFO_PEER, peer))


def set_link(name, up):
    up = IFF_UP if up else 0
    request(NEWLINK, ACK, name, up=up, change=IFF_UP)
    must(name)


def build(args):
    """The ports at one end, those that will rise and fall"""
    ports = []
    for lag in range(args["lags"]):
        for side in "ab":
            make("l%s%d" % (side, lag), "lag", up=IFF_UP)
        for port in range(args["ports"]):
            names = ["%s%dx%d" % (side, lag, port) for side in "ab"]
            cable(*names)
            for name in names:
                request(NEWLINK, ACK, name, number(MASTER, index(
                    "l%s%d" % (name[0], lag))))
                must("join " + name)
            ports.append(names[1])
    return ports


def distributing():
    """So many ports of each lag do."""
    found = {}
    for message in messages(GETLINK, struct.pack("BxHiII", 0, 0, 0, 0, 0))[0]:
        attrs = attributes(message[16:])
        nest = attributes(attributes(attributes(
            attrs.get(LINKINFO, b"")).get(INFO_DATA, b"")).get(STATE, b""))
        name = attrs[IFNAME].rstrip(b"\0").decode()
        if name[0] == "l" and NUM_DISTRIBUTING in nest:
            found[name] = struct.unpack("I", nest[NUM_DISTRIBUTING])[0]
    return found


def whole(args):
    """How long it took until all ports of all lags do; 0: at once"""
    begin = time.monotonic()
    while True:
        found = distributing()
        missing = {name: count for name, count in found.items()
                   if count != args["ports"]}
        if len(found) != 2 * args["lags"]:
            sys.exit("# %d lags are there" % len(found))
        if not missing:
            return time.monotonic() - begin
        if time.monotonic() > begin + PATIENCE:
            sys.exit("# of %s only so many ports distribute" % missing)
        time.sleep(0.2)


def memory():
    """In kB, what is in use and is no cache of files"""
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
        f.write("3")
    # What waits for RCU
    time.sleep(2)
    # What KASAN keeps back of what is free, which is more with each change
    for path in glob.glob("/sys/kernel/slab/*/shrink"):
        with open(path, "w", encoding="ascii") as f:
            f.write("1")
    with open("/proc/meminfo", encoding="ascii") as f:
        values = {line.split(":")[0]: int(line.split()[1]) for line in f}
    return values["MemTotal"] - sum(values[name] for name in (
        "MemFree", "Buffers", "Cached"))


def flap(ports, seconds):
    """Links fall and rise; how often"""
    down = set()
    count = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        port = random.choice(ports)
        set_link(port, port in down)
        down ^= {port}
        count += 1
        time.sleep(2 * PAUSE * random.random())
    for port in down:
        set_link(port, True)
    return count


def main():
    args = dict(lags=1, ports=2, seconds=20, seed=1)
    for word in sys.argv[1:]:
        name, _, value = word.partition("=")
        args[name] = int(value)
    random.seed(args["seed"])
    empty = memory()
    ports = build(args)
    first = whole(args)
    # All that is allocated on first use has been
    flap(ports, args["seconds"] / 4)
    whole(args)
    for _ in range(PERIODS):
        before = memory()
        count = flap(ports, args["seconds"])
        again = whole(args)
        growth = memory() - before
        print("# %d lags of %d ports: whole after %.1f s, %d changes, whole "
              "after %.1f s; %d kB, grown by %d kB" % (
                  2 * args["lags"], args["ports"], first, count, again,
                  before - empty, growth))
        if growth <= GROWTH_KB:
            break
    else:
        sys.exit("# the kernel's memory has grown")
    for lag in range(args["lags"]):
        for name in ["la%d" % lag, "lb%d" % lag] + [
                "a%dx%d" % (lag, port) for port in range(args["ports"])]:
            request(DELLINK, ACK, name)
            must("delete " + name)


if __name__ == "__main__":
    main()
