#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A cable between tap devices: their speed can be set, that of veth cannot.

    tap_cable.py NS1 PORT1 NS2 PORT2 READY

makes the ports and carries their frames until it is killed; the file READY is
there as soon as both are.
"""
import ctypes
import fcntl
import os
import select
import struct
import sys

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454ca
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000


def tap(namespace, name):
    libc = ctypes.CDLL(None, use_errno=True)
    there = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(there, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns " + namespace)
    os.close(there)
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF,
                struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


def main():
    ns1, port1, ns2, port2, ready = sys.argv[1:]
    ends = tap(ns1, port1), tap(ns2, port2)
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    open(ready, "w").close()
    while True:
        for fd in select.select(ends, [], [])[0]:
            frame = os.read(fd, 65536)
            try:
                os.write(other[fd], frame)
            except OSError:
                pass    # that end is down


main()
