#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Requests that no tool sends: each is done whole, or refused without a trace.

    netlink_fuzz.py CASE [NAME=VALUE...]

In an empty network namespace.  The same seed gives the same requests.  What
the sentences of a refusal say is not here; see refusals.sh.
"""
import errno
import os
import random
import select
import signal
import socket
import struct
import sys
import types

import faults
from faults import (ACK, CREATE, DELLINK, ERROR, EXCL, GETLINK, IFF_UP, IFNAME,
                    INFO_DATA, INFO_KIND, INFO_SLAVE_KIND, LINKINFO, MASTER,
                    NEWLINK, attributes, done, index, info, number,
                    request, state, text)
from rtnl import attribute

GETSTATS = 94
DUMP = 0x300
DUMP_INTR = 0x10
DONE = 3
INFO_SLAVE_DATA = 5
NESTED, BYTEORDER = 0x8000, 0x4000
NUM_PORTS = 7                   # IFLA_LAG_STATE_...
XSTATS, XSTATS_SLAVE = 1 << 1, 1 << 2
REFUSED = (errno.EINVAL, errno.ERANGE, errno.EOPNOTSUPP)
ANY = 1 << 32

# Of each option: its size and the values that a new lag or port may be given,
# from and to.  Options without are given a table of their own below.
LAG = {
    1: (1, 0, 4), 2: (1, 0, 1), 3: (1, 0, 1), 4: (1, 0, 6), 5: (4, 0, 64),
    6: (4, 0, 64), 7: (1, 0, 1), 8: (1, 0, 2), 9: (4, 0, 300000),
    10: (4, 0, 10000), 11: (1, 0, 1), 12: (1, 0, 3), 13: (2, 1, 65535),
    15: (2, 0, 1023), 16: (1, 0, 1), 17: (4, 0, 720000), 18: (4, 0, 720000),
    19: (4, 0, ANY - 1), 20: (1, 0, 1), 22: (1, 0, 2), 23: (4, 0, 0),
    24: (1, 0, 2), 25: (1, 0, 255), 26: (4, 0, 300000), 27: (4, 0, 255),
    28: (4, 0, 65535), 29: (4, 0, ANY - 1), 30: (1, 0, 1), 31: (1, 0, 1),
    32: (1, 0, 0), 33: (4, 1, 1), 34: (1, 1, 1),
}
SYSTEM, PRIMARY, STATE = 14, 21, 35
PORT = {1: (2, 0, 65535), 2: (1, 0, 2), 3: (2, 0, 65535), 4: (2, 0, 65535),
        5: (4, 0, ANY - 1)}
PORT_STATE = 6
CHUNK = 16384                   # more than one link takes
LONG = 9                        # longer than every number


class Broken(Exception):
    pass


def linkinfo(data, slave=False):
    kind, nest = ((INFO_SLAVE_KIND, INFO_SLAVE_DATA) if slave else
                  (INFO_KIND, INFO_DATA))
    return attribute(LINKINFO, text(kind, "lag") + attribute(nest, data))


def create(data):
    request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, "lag1") +
            linkinfo(data))


def change(data):
    request(NEWLINK, ACK, "lag0", linkinfo(data))


def change_port(data):
    request(NEWLINK, ACK, "a1", linkinfo(data, slave=True))


def must(error, what):
    if error:
        raise Broken("%s: %s" % (what, os.strerror(error)))


def make(kind, name, up=IFF_UP):
    request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, name) +
            info(kind), up=up, change=up)
    must(done(), "create " + name)


def master(name, lag):
    request(NEWLINK, ACK, name, number(MASTER, index(lag)))
    must(done(), "%s into %s" % (name, lag))


def delete(name):
    request(DELLINK, ACK, name)
    must(done(), "delete " + name)


def prepare():
    """lag0 with a1, and a2 beside it."""
    for name in ("a1", "a2"):
        make("dummy", name, up=0)
    make("lag", "lag0")
    master("a1", "lag0")


def everything():
    """All but what LACP does by itself."""
    return {name: state(name) for name in ("a1", "a2", "lag0", "lag1")}


class Trials:
    """One request after the other, and what became of them."""

    def __init__(self):
        self.accepted = self.refused = 0

    def attempt(self, send, data, what):
        """The error of a request that was refused without a trace."""
        before = everything()
        send(data)
        error = done()
        if error:
            self.refused += 1
            if everything() != before:
                raise Broken("%s: refused (%s), but %s was %s" % (
                    what, os.strerror(error), everything(), before))
        else:
            self.accepted += 1
        if state("lag1"):
            delete("lag1")
        return error

    def refuse(self, send, data, what):
        error = self.attempt(send, data, what)
        if error not in REFUSED:
            raise Broken("%s: %s" % (what, os.strerror(error or 0)))

    def accept(self, send, data, what):
        must(self.attempt(send, data, what), what)

    def tell(self):
        print("# %d accepted, %d refused" % (self.accepted, self.refused))


# The tables, and how they are sent
TARGETS = ((create, LAG, "new lag"), (change, LAG, "lag"),
           (change_port, PORT, "port"))


def packed(size, value):
    return (value % (1 << 8 * size)).to_bytes(size, sys.byteorder)


def lengths(trials, _):
    """Each option is taken with its own length only, state with none."""
    for send, table, what in TARGETS:
        for kind, (size, low, _high) in table.items():
            for length in list(range(LONG + 1)) + [16, 300, 30000]:
                data = attribute(kind, packed(size, low).ljust(length, b"\0")
                                 [:length])
                name = "%s: option %d of %d octets" % (what, kind, length)
                if length == size:
                    trials.accept(send, data, name)
                else:
                    trials.refuse(send, data, name)
    for send in (create, change):
        for length in (0, 1, 5, 7, 8, 100):
            trials.refuse(send, attribute(SYSTEM, bytes(length)),
                          "system of %d octets" % length)
        for name in (b"", b"p" * 16, b"p" * 300, b"a/b", b"a b", b".", b"..",
                     b"a:b"):
            trials.refuse(send, attribute(PRIMARY, name), "primary %r" % name)
        for name in (b"\0", b"p" * 15, b"p" * 15 + b"\0", b"a\0b"):
            trials.accept(send, attribute(PRIMARY, name), "primary %r" % name)
    for send, kind in ((create, STATE), (change, STATE),
                       (change_port, PORT_STATE)):
        for length in (0, 1, 4, 100):
            trials.refuse(send, attribute(kind, bytes(length)), "state")
            trials.refuse(send, attribute(kind | NESTED, bytes(length)),
                          "state, nested")


def ranges(trials, _):
    """The first and the last value are taken, what is beyond is not."""
    for send, table, what in TARGETS:
        for kind, (size, low, high) in table.items():
            most = (1 << 8 * size) - 1
            for value in sorted({low, high, low - 1, high + 1, most,
                                 most // 2, most // 2 + 1, 0}):
                if not 0 <= value <= most:
                    continue
                data = attribute(kind, packed(size, value))
                name = "%s: option %d is %d" % (what, kind, value)
                if low <= value <= high:
                    trials.accept(send, data, name)
                else:
                    trials.refuse(send, data, name)
            # Some exclude what others of another option ask for
            trials.accept(send, attribute(kind, packed(size, low)), what)


def kinds(trials, _):
    """No option is a nest; none is known that the table has not."""
    for send, table, what in TARGETS:
        for kind, (size, low, _high) in table.items():
            data = packed(size, low)
            trials.refuse(send, attribute(kind | NESTED, data),
                          "%s: option %d, nested" % (what, kind))
            trials.refuse(send, attribute(kind | NESTED,
                                          attribute(kind, data)),
                          "%s: option %d in itself" % (what, kind))
        last = PORT_STATE if table is PORT else STATE
        for kind in list(range(last + 1, last + 40)) + [255, 4095, 0x3fff]:
            for flag in (0, NESTED, BYTEORDER, NESTED | BYTEORDER):
                trials.refuse(send, attribute(kind | flag, bytes(4)),
                              "%s: option %d" % (what, kind))


def cut(trials, _):
    """A message that ends anywhere, or whose parts say that they are longer."""
    options = b"".join(attribute(kind, packed(size, low)) for kind,
                       (size, low, _) in LAG.items())
    whole = struct.pack("BxHiII", 0, 0, index("lag0"), 0, 0) + linkinfo(
        options)
    for length in range(len(whole)):
        trials.attempt(lambda data: faults.sock.send(struct.pack(
            "IHHII", 16 + len(data), NEWLINK, 1 | ACK, 1, 0) + data),
            whole[:length], "%d octets of it" % length)
    # A length of each attribute, and of those around it
    for place in range(16, len(whole), 4):
        for wrong in (0, 1, 3, 4, 5, 0x7fff, 0xffff):
            spoilt = bytearray(whole)
            struct.pack_into("H", spoilt, place, wrong)
            trials.attempt(lambda data: faults.sock.send(struct.pack(
                "IHHII", 16 + len(data), NEWLINK, 1 | ACK, 1, 0) + data),
                bytes(spoilt), "length %d at %d" % (wrong, place))


def some_option(table):
    """Most are right, so that the others are met in what would be done."""
    kind = random.choice(list(table) + [SYSTEM, PRIMARY, STATE,
                                        random.randrange(64)])
    size, low, high = table.get(kind, (random.choice((0, 1, 6, 16)), 0, ANY))
    luck = random.random()
    if luck < 0.8 and size:
        data = packed(size, random.choice((low, high, random.randint(
            low, min(high, low + 9)))))
    elif luck < 0.9:
        data = random.randbytes(random.randrange(20))
    else:
        data = b"".join(some_option(table) for _ in range(
            random.randrange(3)))
        kind |= random.choice((0, NESTED))
    return attribute(kind, data)


def some_tree():
    slave = random.random() < 0.3
    table = PORT if slave else LAG
    tree = linkinfo(b"".join(some_option(table) for _ in range(
        random.choice((1, 1, 2, 3, 8)))), slave)
    name = "a1" if slave else "lag0"
    if not slave and random.random() < 0.3:
        return (text(IFNAME, "lag1") + tree, 0, ACK | CREATE)
    return tree, index(name), ACK


def spoil(tree):
    luck = random.random()
    if luck < 0.3:
        tree = bytearray(tree)
        for _ in range(random.randint(1, 3)):
            tree[random.randrange(len(tree))] = random.randrange(256)
        tree = bytes(tree)
    elif luck < 0.4:
        tree = tree[:random.randrange(len(tree))]
    return tree


def renew():
    """Random requests may rename, move and delete as well."""
    for name in ("lag0", "lag1", "a1", "a2"):
        if state(name):
            delete(name)
    faults.sock.close()
    faults.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    prepare()


def trees(trials, args):
    """Random options and nests, some spoilt."""
    random.seed(args.seed)
    for number_of in range(args.count):
        if not all(state(name) for name in ("lag0", "a1")) or \
           state("a1")[str(MASTER)] is None:
            renew()
        tree, target, flags = some_tree()
        body = struct.pack("BxHiII", 0, 0, target, 0, 0) + spoil(tree)
        # Spoilt like that it has the kernel take a port out of the lag, and
        # only then look for the other master
        if any(kind & ~(NESTED | BYTEORDER) == MASTER
               for kind in attributes(body[16:])):
            continue
        trials.attempt(
            lambda data: faults.sock.send(struct.pack(
                "IHHII", 16 + len(data), NEWLINK, 1 | flags, 1, 0) + data),
            body, "seed %d, request %d: %s" % (args.seed, number_of,
                                               body.hex()))
    if not trials.accepted or not trials.refused:
        raise Broken("all were alike")


# --- Dumps -------------------------------------------------------------------

def messages(kind, body):
    """All of a dump, and whether something has changed meanwhile."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    with sock:
        sock.send(struct.pack("IHHII", 16 + len(body), kind, 1 | DUMP, 1, 0) +
                  body)
        found, changed = [], False
        while True:
            data = sock.recv(CHUNK)
            # Let others have their way amid the dump
            select.select([], [], [], 0.001)
            while data:
                length, what, flags = struct.unpack_from("IHH", data)
                changed |= bool(flags & DUMP_INTR)
                if what in (ERROR, DONE):
                    error = -struct.unpack_from("i", data, 16)[0]
                    must(error, "dump")
                    return found, changed
                found.append(data[16:length])
                data = data[(length + 3) & ~3:]


def look(lags, ports):
    """One dump of links: every lag that stays is there, once and whole."""
    found, changed = messages(GETLINK, struct.pack("BxHiII", 0, 0, 0, 0, 0))
    seen = {}
    for message in found:
        attrs = attributes(message[16:])
        name = attrs[IFNAME].rstrip(b"\0").decode()
        if name in seen and not changed:
            raise Broken(name + " is there twice")
        seen[name] = struct.unpack_from("i", message, 4)[0], attrs
    for number_of in range(lags):
        lag = "lag%d" % number_of
        if lag not in seen:
            if changed:
                continue
            raise Broken(lag + " is not there")
        at, attrs = seen[lag]
        nest = attributes(attributes(attrs[LINKINFO])[INFO_DATA])
        if set(range(1, STATE)) - {23} - set(nest):
            raise Broken("%s lacks options" % lag)
        if nest.get(STATE) is None:
            raise Broken("%s has no state" % lag)
        for place in range(ports):
            port = "p%dx%d" % (number_of, place)
            if port not in seen:
                if changed:
                    continue
                raise Broken(port + " is not there")
            attrs = seen[port][1]
            nest = attributes(attributes(attrs[LINKINFO])[INFO_SLAVE_DATA])
            if struct.unpack("I", attrs[MASTER])[0] != at:
                raise Broken(port + " is in another lag")
            if set(range(1, PORT_STATE + 1)) - set(nest):
                raise Broken(port + " lacks options")
    return changed


def disturb(lags, seed, births):
    """Until killed: lags change, and others come and go."""
    faults.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    random.seed(seed)
    while True:
        name = "lag%d" % random.randrange(lags)
        kind, (size, low, high) = random.choice(list(LAG.items()))
        request(NEWLINK, ACK, name, linkinfo(attribute(kind, packed(
            size, random.randint(low, high)))))
        done()
        if births:
            make("lag", "other")
            make("dummy", "guest", up=0)
            master("guest", "other")
            delete("guest")
            delete("other")
        select.select([], [], [], 0.001)


def dumps(_, args):
    """Every lag that stays is in each dump, whatever goes on meanwhile."""
    renew()
    for name in ("lag0", "a1", "a2"):
        delete(name)
    for number_of in range(args.lags):
        lag = "lag%d" % number_of
        make("lag", lag)
        for place in range(args.ports):
            port = "p%dx%d" % (number_of, place)
            make("dummy", port, up=0)
            master(port, lag)
    interrupted = [watch(args, births) for births in (False, True)]
    print("# %d lags of %d ports, %d dumps, %d of them interrupted" % (
        args.lags, args.ports, 2 * args.dumps, sum(interrupted)))
    if interrupted[0] or not interrupted[1]:
        raise Broken("%s dumps were interrupted without and with births" %
                     interrupted)


def watch(args, births):
    """How many dumps were interrupted while lags change, or come and go."""
    pid = os.fork()
    if not pid:
        disturb(args.lags, args.seed, births)
    try:
        interrupted = sum(look(args.lags, args.ports)
                          for _ in range(args.dumps))
        body = struct.pack("BxxxiI", 0, 0, XSTATS | XSTATS_SLAVE)
        for _ in range(args.dumps):
            messages(GETSTATS, body)
        if os.waitpid(pid, os.WNOHANG)[0]:
            raise Broken("nobody has changed anything")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return interrupted

CASES = dict(lengths=lengths, ranges=ranges, kinds=kinds, cut=cut,
             trees=trees, dumps=dumps)
OPTIONS = dict(seed=1, count=3000, lags=16, ports=8, dumps=20)


def main():
    options = dict(OPTIONS)
    for word in sys.argv[2:]:
        name, _, value = word.partition("=")
        options[name] = int(value)
    trials = Trials()
    try:
        prepare()
        CASES[sys.argv[1]](trials, types.SimpleNamespace(**options))
    except Broken as what:
        sys.exit("# %s" % what)
    if trials.accepted:
        trials.tell()


if __name__ == "__main__":
    main()
