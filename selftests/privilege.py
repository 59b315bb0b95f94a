#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Who may do what with lags: without rights, and as root of a container.

    privilege.py nobody|container

In a network namespace with lag0 and its port a1, and a2 beside it.
"""
import ctypes
import errno
import os
import socket
import struct
import sys

import faults
from faults import (ACK, ADDRESS, CREATE, DELLINK, EXCL, GETLINK, IFF_UP,
                    IFNAME, INFO_KIND, INFO_SLAVE_KIND, LAG_MIN_LINKS, LINKINFO,
                    MASTER, MTU, NEWLINK, attributes, done, index, info, number,
                    request, text)
from rtnl import attribute

NOBODY = 65534
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_DUMPABLE = 4
INFO_SLAVE_DATA, PORT_PRIO = 5, 1
NET_NS_PID = 19
NO_USER_NAMESPACES = 4          # as kselftest says "skipped"

libc = ctypes.CDLL(None, use_errno=True)


def slave_info(data):
    return attribute(LINKINFO, text(INFO_SLAVE_KIND, "lag") +
                     attribute(INFO_SLAVE_DATA, data))


def create(name, more=b"", kind="lag"):
    request(NEWLINK, ACK | CREATE | EXCL, attrs=text(IFNAME, name) + more +
            info(kind))


# What it takes a right to do
FORBIDDEN = dict(
    create=lambda: create("lag1"),
    delete=lambda: request(DELLINK, ACK, "lag0"),
    option=lambda: request(NEWLINK, ACK, "lag0", info(
        "lag", number(LAG_MIN_LINKS, 2))),
    port_option=lambda: request(NEWLINK, ACK, "a1", slave_info(
        attribute(PORT_PRIO, struct.pack("H", 1)))),
    join=lambda: request(NEWLINK, ACK, "a2", number(MASTER, index("lag0"))),
    leave=lambda: request(NEWLINK, ACK, "a1", number(MASTER, 0)),
    mtu=lambda: request(NEWLINK, ACK, "lag0", number(MTU, 1400)),
    address=lambda: request(NEWLINK, ACK, "lag0", attribute(
        ADDRESS, bytes.fromhex("020000000009"))),
    down=lambda: request(NEWLINK, ACK, "lag0", up=0, change=IFF_UP),
)


def shown(name):
    """All that there is to read, but for what changes by itself"""
    request(GETLINK, 0, name)
    attrs = attributes(faults.sock.recv(65536)[32:])
    return {kind: len(data) for kind, data in
            attributes(attrs[LINKINFO]).items()}


def everything():
    return {name: faults.state(name) for name in ("lag0", "lag1", "a1", "a2")}


def fork(function):
    """Its exit status"""
    pid = os.fork()
    if not pid:
        try:
            function()
        except SystemExit as what:
            if not isinstance(what.code, int):
                print(what.code, file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(what.code)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    # A socket acts with the rights of who has opened it, too
    faults.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


def must(what, error, expected=0):
    if error != expected:
        sys.exit("# %s: %s" % (what, os.strerror(error or 0)))


def nobody():
    """Reads all there is, and does nothing."""
    seen = {name: shown(name) for name in ("lag0", "a1")}
    before = everything()

    def without_rights():
        become_nobody()
        for name, operation in FORBIDDEN.items():
            operation()
            must(name, done(), errno.EPERM)
        if {name: shown(name) for name in ("lag0", "a1")} != seen:
            sys.exit("# nobody is shown something else")
        if INFO_KIND not in seen["lag0"] or INFO_SLAVE_DATA not in seen["a1"]:
            sys.exit("# nothing was shown at all")

    status = fork(without_rights)
    if everything() != before:
        sys.exit("# %s, was %s" % (everything(), before))
    return status


def write(path, what):
    with open(path, "w", encoding="ascii") as f:
        f.write(what)


def enter_container():
    """Root of a user namespace and of a network of its own"""
    become_nobody()
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        sys.exit(NO_USER_NAMESPACES)
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", "0 %d 1" % NOBODY)
    write("/proc/self/gid_map", "0 %d 1" % NOBODY)
    faults.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


def container():
    """It has a lag of its own, and reaches nothing outside."""
    outer = index("lag0"), index("a2")
    before = everything()
    parent = os.getpid()

    def inside():
        enter_container()
        create("lag0")
        must("create", done())
        create("p1", kind="dummy")
        must("create a port", done())
        request(NEWLINK, ACK, "p1", number(MASTER, index("lag0")))
        must("join", done())
        for name in ("option", "mtu", "address"):
            FORBIDDEN[name]()
            must(name, done())
        request(NEWLINK, ACK, "p1", slave_info(attribute(
            PORT_PRIO, struct.pack("H", 1))))
        must("port option", done())
        outside(outer, parent)
        request(DELLINK, ACK, "lag0")
        must("delete", done())
        if faults.state("p1")[str(MASTER)]:
            sys.exit("# the port was not released")

    status = fork(inside)
    if everything() != before:
        sys.exit("# outside: %s, was %s" % (everything(), before))
    return status


def outside(outer, parent):
    """Neither by number nor by sending something there"""
    for number_of in outer:
        # Numbers that nobody has in here
        request(NEWLINK, ACK, "p1", number(MASTER, number_of))
        if not done():
            sys.exit("# what is outside was joined")
    request(NEWLINK, ACK, "p1", number(NET_NS_PID, parent))
    must("move the port out", done(), errno.EPERM)
    create("lag9", number(NET_NS_PID, parent))
    must("create out there", done(), errno.EPERM)


def main():
    sys.exit(dict(nobody=nobody, container=container)[sys.argv[1]]())


if __name__ == "__main__":
    main()
