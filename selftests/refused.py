#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Steps of an operation are refused, one each time it is done.

    refused.py OPERATION

With refuse.ko, in an empty network namespace.  A step is what the driver of a
port does, or what the kernel asks others about before it is done.  What is
refused must leave all as it was; only what takes a port out of the lag is done
nevertheless, but for what was refused.
"""
import errno
import itertools
import os
import struct
import sys

import faults
from faults import (ACK, ADDRESS, CREATE, DELLINK, EXCL, IFNAME, LAG_MODE,
                    LINK, MASTER, MTU, NEWLINK, done, info, request, text)
from rtnl import attribute

PARAMETERS = "/sys/module/refuse/parameters/"
LAG_HASH_SEED, LAG_FAIL_OVER_MAC = 19, 24
PERM_ADDRESS = 54
IFF_UP, IFF_ALLMULTI = 1, 0x200
FULL = (1 << 32) - 1
PORTS = {"a1": bytes.fromhex("020000000001"),
         "a2": bytes.fromhex("020000000002")}
# What is not as it was when a step of a release is refused
EXCUSED = {
    "mac": (str(ADDRESS), "assigned"),
    "PRE_CHANGEADDR": (str(ADDRESS), "assigned"),
    "mtu": (str(MTU),), "PRECHANGEMTU": (str(MTU),), "CHANGEMTU": (str(MTU),),
    "open": ("flags", "heard"), "PRE_UP": ("flags", "heard"),
}


def parameter(name, value=None):
    with open(PARAMETERS + name, "r" if value is None else "w",
              encoding="ascii") as f:
        return f.read() if value is None else f.write(value)


def everything():
    """Without what is another number each time."""
    found = faults.whole(("a1", "a2", "lag0", "vlan0"))
    for state in filter(None, found.values()):
        for index in (MASTER, LINK):
            if state.get(str(index)):
                state[str(index)] = True
        state["options"].pop(LAG_HASH_SEED, None)
    for name in ("lag0", "vlan0"):
        if found[name]:
            found[name].pop(str(PERM_ADDRESS), None)
    if found["vlan0"]:
        found["vlan0"].pop(str(ADDRESS))
    for line in parameter("vids").splitlines():
        name, vids = line.split()
        found[name]["vids"] = vids
    return found


def make_ports():
    for name, address in PORTS.items():
        request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, name) +
                attribute(ADDRESS, address) + info("refuse"))
        must("create " + name)


def must(what):
    if error := done():
        sys.exit("%s: %s" % (what, os.strerror(error)))


def clear(*names):
    for name in names:
        if faults.state(name):
            request(DELLINK, ACK, name)
            must("delete " + name)


# Operations beside those of faults.py

def port_up():
    request(NEWLINK, ACK, "a1", up=IFF_UP, change=IFF_UP)


def port_down():
    request(NEWLINK, ACK, "a1", up=0, change=IFF_UP)


def lag_mtu():
    request(NEWLINK, ACK, "lag0", faults.number(MTU, 1400))


def backup():
    """Ports with addresses of their own."""
    request(NEWLINK, ACK, "lag0", info("lag", attribute(
        LAG_MODE, b"\x01") + attribute(LAG_FAIL_OVER_MAC, b"\x01")))


def shared():
    """And back to that of the lag."""
    request(NEWLINK, ACK, "lag0", info("lag", attribute(
        LAG_FAIL_OVER_MAC, b"\0")))


def allmulti():
    request(NEWLINK, ACK, "lag0", up=IFF_ALLMULTI, change=IFF_ALLMULTI)


BOTH = faults.BUSY + (faults.join_second,)
OPERATIONS = dict(
    create=((), faults.create),
    delete=(BOTH + (lag_mtu,), faults.delete),
    join=(faults.MADE, faults.join),
    join_up=((faults.create, lag_mtu, port_up), faults.join),
    join_busy=(faults.BUSY + (lag_mtu,), faults.join_second),
    leave=(BOTH + (lag_mtu,), faults.leave),
    leave_up=((port_up,) + BOTH + (lag_mtu,), faults.leave),
    configure=(BOTH, backup),
    configure_back=(BOTH + (backup,), shared),
    set_mtu=(faults.JOINED + (faults.join_second,), lag_mtu),
    set_address=(BOTH, faults.set_address),
    set_up=((faults.create, faults.join), faults.set_up),
    add_vlan=(faults.JOINED + (faults.join_second,), faults.add_vlan),
    delete_vlan=(BOTH, faults.delete_vlan),
)
RELEASES = ("delete", "leave", "leave_up")


def attempt(start, operation, nth):
    """Error, state before and after, and what was refused to whom."""
    make_ports()
    for step in start:
        step()
        must(step.__name__)
    before = everything()
    parameter("step", str(nth))
    operation()
    error = done()
    left, *met = parameter("step").split()
    parameter("step", "0")
    return error, before, everything(), int(left), met


def differences(found, expected, met=()):
    """But for what was refused, if that is excused"""
    what, whom = met or ("", "")
    found, expected = dict(found), dict(expected)
    if what in EXCUSED and found[whom] and expected[whom]:
        for states in (found, expected):
            states[whom] = {kind: value for kind, value in
                            states[whom].items() if kind not in EXCUSED[what]}
    return faults.differences(found, expected)


def judge(name, error, before, after, met, success):
    """What is wrong with it, if anything"""
    if name in RELEASES:
        return (error and os.strerror(error) or
                differences(after, success, met))
    if not error:
        return "nobody was told"
    return differences(after, before)


def operation(name):
    start, perform = OPERATIONS[name]
    make_ports()
    nothing = everything()
    clear(*PORTS)
    error, _, success, _, _ = attempt(start, perform, 0)
    if error:
        sys.exit("%s: %s" % (name, os.strerror(error)))
    clear("vlan0", "lag0", *PORTS)
    refused = []
    for nth in itertools.count(1):
        error, before, after, left, met = attempt(start, perform, nth)
        if not left:
            refused.append(" ".join(met))
            wrong = judge(name, error, before, after, met, success)
            if wrong:
                sys.exit("# %s, %s refused: %s" % (name, " ".join(met), wrong))
        clear("vlan0", "lag0")
        port_down()
        must("a1 down")
        excuse = met if name in RELEASES else ()
        wrong = differences(everything(), nothing, excuse)
        if wrong:
            sys.exit("# %s, %s refused: left %s" % (name, " ".join(met),
                                                    wrong))
        clear(*PORTS)
        if left:
            break
    print("# %s: %s" % (name, ", ".join(refused) or "asks nobody"))


def full(count, flags):
    """A port that cannot hear more than it does cannot join one that must."""
    make_ports()
    faults.create()
    must("create lag0")
    flags()
    must(flags.__name__)
    parameter(count, "a1 %d" % FULL)
    before = everything()
    faults.join()
    error = done()
    if error != errno.EOVERFLOW:
        sys.exit("# %s: %s" % (count, os.strerror(error or 0)))
    wrong = differences(everything(), before)
    if wrong:
        sys.exit("# %s refused: %s" % (count, wrong))
    parameter(count, "a1 0")
    clear("lag0", *PORTS)


FULL_COUNTS = dict(promiscuity=faults.promisc, allmulti=allmulti)


def main():
    name = sys.argv[1]
    if name in FULL_COUNTS:
        full(name, FULL_COUNTS[name])
    else:
        operation(name)


if __name__ == "__main__":
    main()
