#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Allocations of an operation fail, one each time it is done.

    faults.py OPERATION MOST

In the network namespace it is run in: a1 and a2 are there, both down, and
nothing else is.  Of all the allocations that the operation makes MOST fail,
evenly spread.  Each time it must succeed or change nothing, and what it has
made must go away.

Needs a kernel with CONFIG_FAULT_INJECTION.  What the kernel's checkers find
is not here; see who runs this.
"""
import errno
import os
import socket
import struct
import sys

from rtnl import attribute

NEWLINK, DELLINK, GETLINK, GETNEIGH = 16, 17, 18, 30
REQUEST, ACK, EXCL, DUMP, CREATE = 1, 4, 0x200, 0x300, 0x400
ADDRESS, IFNAME, MTU, LINK, MASTER, LINKINFO = 1, 3, 4, 5, 10, 18
INFO_KIND, INFO_DATA, INFO_SLAVE_KIND, INFO_SLAVE_DATA = 1, 2, 4, 5
ERROR, DONE = 2, 3
IFF_UP, IFF_PROMISC = 1, 0x100
# Attributes and flags that change by themselves: statistics, the queueing
# discipline (of the first time up), carrier and what follows it, IP's own
CHANGING = {7, 23, 6, 16, 33, 35, 47, 48, 26}
FOLLOWING = 0x40 | 0x10000 | 0x20000
AF_BRIDGE, LLADDR = 7, 2
VLAN_ID = 1
LAG_MODE, LAG_MIN_LINKS, LAG_STATE = 1, 5, 35
PORT_STATE, PERM_HWADDR = 6, 8
MODES = dict(static=2, lacp=4)
NEVER = 1 << 20                 # no operation makes so many allocations
OTHER = bytes.fromhex("020000000099")

sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


def request(kind, flags, name=None, attrs=b"", up=0, change=0):
    index = socket.if_nametoindex(name) if name else 0
    body = struct.pack("BxHiII", 0, 0, index, up, change) + attrs
    sock.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST | flags, 1,
                          0) + body)


def done():
    """The error of a request that asked for an acknowledgement.

    None: there was no memory for that, who knows what it would have said.
    """
    try:
        return -struct.unpack_from("i", sock.recv(65536), 16)[0]
    except OSError as failure:
        if failure.errno != errno.ENOBUFS:
            raise
        return None


def attributes(data):
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("HH", data)
        if length < 4:
            break
        found[kind] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


def state(name):
    """What an operation may change, None: there is no such device."""
    # By name: to ask for an index would have the kernel look for a module
    request(GETLINK, 0, attrs=text(IFNAME, name))
    answer = sock.recv(65536)
    if struct.unpack_from("H", answer, 4)[0] == ERROR:
        return None
    flags = struct.unpack_from("I", answer, 24)[0]
    attrs = attributes(answer[32:])
    info = attributes(attrs.pop(LINKINFO, b""))
    of_port = attributes(info.get(INFO_SLAVE_DATA, b""))
    options = {kind: data for kind, data in
               attributes(info.get(INFO_DATA, b"")).items()
               if kind != LAG_STATE} if info.get(INFO_KIND) == b"lag\0" else {}
    return dict({str(kind): data for kind, data in attrs.items()
                 if kind not in CHANGING}, **{str(MASTER): attrs.get(MASTER)},
                flags=flags & ~FOLLOWING, options=options,
                slave=info.get(INFO_SLAVE_KIND),
                own=attributes(of_port.pop(PORT_STATE, b"")).get(PERM_HWADDR),
                port_options=of_port)


def heard():
    """Addresses that devices listen to; of groups how many want them"""
    found = {}
    with open("/proc/self/net/dev_mcast", encoding="ascii") as f:
        for line in f:
            _, name, *group = line.split()
            found.setdefault(name, []).append(group)
    sock.send(struct.pack("IHHII", 28, GETNEIGH, REQUEST | DUMP, 1, 0) +
              struct.pack("B11x", AF_BRIDGE))
    while True:
        data = sock.recv(65536)
        while data:
            length, kind = struct.unpack_from("IH", data)
            if kind in (ERROR, DONE):
                return {name: sorted(heard) for name, heard in found.items()}
            name = socket.if_indextoname(struct.unpack_from("i", data, 20)[0])
            found.setdefault(name, []).append(
                [attributes(data[28:length])[LLADDR].hex()])
            data = data[(length + 3) & ~3:]


def whole(names):
    """State, addresses that are listened to, and whose the own one is"""
    listens = heard()
    found = {}
    for name in names:
        found[name] = state(name)
        if not found[name]:
            continue
        found[name]["heard"] = listens.get(name)
        with open("/sys/class/net/%s/addr_assign_type" % name,
                  encoding="ascii") as f:
            found[name]["assigned"] = f.read().strip()
    return found


def number(kind, value):
    return attribute(kind, struct.pack("I", value))


def text(kind, value):
    return attribute(kind, value.encode() + b"\0")


def info(kind, data=b""):
    return attribute(LINKINFO, text(INFO_KIND, kind) +
                     attribute(INFO_DATA, data))


def index(name):
    return socket.if_nametoindex(name)


def mode(name):
    return attribute(LAG_MODE, bytes((MODES[name],)))


# Operations: each sends one request

def create():
    request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, "lag0") +
            info("lag", mode("lacp") + number(LAG_MIN_LINKS, 2)))


def delete():
    request(DELLINK, ACK, "lag0")


def join(port="a1"):
    request(NEWLINK, ACK, port, number(MASTER, index("lag0")))


def leave():
    request(NEWLINK, ACK, "a1", number(MASTER, 0))


def configure():
    request(NEWLINK, ACK, "lag0", info("lag", mode("static") +
                                       number(LAG_MIN_LINKS, 3)))


def configure_back():
    request(NEWLINK, ACK, "lag0", info("lag", mode("lacp")))


def set_mtu():
    request(NEWLINK, ACK, "lag0", number(MTU, 1400))


def set_address():
    request(NEWLINK, ACK, "lag0", attribute(ADDRESS, OTHER))


def set_up():
    request(NEWLINK, ACK, "lag0", up=IFF_UP, change=IFF_UP)


def set_down():
    request(NEWLINK, ACK, "lag0", up=0, change=IFF_UP)


def promisc():
    request(NEWLINK, ACK, "lag0", up=IFF_PROMISC, change=IFF_PROMISC)


def add_vlan():
    request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, "vlan0") +
            number(LINK, index("lag0")) +
            info("vlan", attribute(VLAN_ID, struct.pack("H", 7))))


def delete_vlan():
    request(DELLINK, ACK, "vlan0")


def join_second():
    join("a2")


# From nothing to what each operation starts with, and from there to nothing
MADE = (create,)
JOINED = (create, set_up, join)
BUSY = (create, set_up, promisc, add_vlan, join)
OPERATIONS = dict(
    create=((), create),
    create_again=((create, delete), create),
    delete=(JOINED, delete),
    join=(MADE, join),
    join_busy=(BUSY, join_second),
    leave=(BUSY, leave),
    configure=(BUSY, configure),
    configure_back=(BUSY + (configure,), configure_back),
    set_mtu=(BUSY + (join_second,), set_mtu),
    set_address=(BUSY + (join_second,), set_address),
    set_up=((create, join), set_up),
    set_down=(JOINED, set_down),
    promisc=(JOINED + (join_second,), promisc),
    add_vlan=(JOINED + (join_second,), add_vlan),
    delete_vlan=(BUSY, delete_vlan),
)

def everything():
    return whole(("a1", "a2", "lag0", "vlan0"))


def clear():
    for name in ("vlan0", "lag0"):
        if state(name):
            request(DELLINK, ACK, name)
            if done():
                sys.exit("cannot delete " + name)


class Faults:
    """fail-nth of this thread: allocates nothing itself."""

    def __init__(self):
        self.file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def arm(self, nth):
        os.pwrite(self.file, b"%d" % nth, 0)

    def disarm(self):
        """How many allocations were left."""
        left = int(os.pread(self.file, 16, 0).strip(b"\0\n"))
        os.pwrite(self.file, b"0", 0)
        return left


def attempt(faults, operation, nth):
    """Its error, and how many more allocations it could have made."""
    faults.arm(nth)
    try:
        operation()
        sent = True
    except OSError as failure:
        error = failure.errno
        sent = False
    left = faults.disarm()
    return (done() if sent else error), left


def prepare(start):
    for step in start:
        step()
        if error := done():
            sys.exit("%s: %s" % (step.__name__, os.strerror(error)))


def differences(found, expected):
    """Of each device what it has, and should have"""
    differ = []
    for name in expected:
        mine, theirs = found[name] or {}, expected[name] or {}
        differ += ["%s: %s is %s, not %s" % (name, what, mine.get(what),
                                             theirs.get(what))
                   for what in sorted(set(mine) | set(theirs))
                   if mine.get(what) != theirs.get(what)]
    return "; ".join(differ)


def check(name, nth, error, before, after):
    if error and before != after:
        sys.exit("%s, allocation %d: %s, but %s" % (
            name, nth, errno.errorcode.get(error, error),
            differences(after, before)))


def main():
    name, most = sys.argv[1], int(sys.argv[2])
    start, operation = OPERATIONS[name]
    faults = Faults()
    nothing = everything()

    # The first time something may be made that stays
    for _ in range(2):
        prepare(start)
        error, left = attempt(faults, operation, NEVER)
        if error:
            sys.exit("%s fails without a fault: %s" % (name,
                                                       os.strerror(error)))
        clear()
    count = NEVER - left
    most = min(most, count)
    met = refused = 0
    for number_of in range(most):
        nth = 1 + number_of * count // most
        prepare(start)
        before = everything()
        error, left = attempt(faults, operation, nth)
        check(name, nth, error, before, everything())
        met += left == 0
        refused += error != 0
        clear()
        if differ := differences(everything(), nothing):
            sys.exit("%s, allocation %d: left %s" % (name, nth, differ))
    print("# %s: %d of %d allocations failed, %d times refused" % (
        name, met, count, refused))
    if met < most / 2:
        sys.exit("hardly any of %d faults was met" % most)


if __name__ == "__main__":
    main()
