#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Captures of random flows, without and within tunnels.

    pcap.py make FILE COUNT SEED
    pcap.py replay FILE LAG

replay sends every frame of the file through a device.
"""
import random
import socket
import struct
import sys

import flows
import frames

TUNNELS = ("ipip", "gre", "gretap", "vxlan", "geneve", "gtpu")


def tunnelled(dice):
    n = dice.randrange(250)
    version = dice.choice(("ipv4", "ipv6"))
    return frames.frame(n, tunnel=dice.choice(TUNNELS), version=version,
                        vary=dice.choice(("port", "address", "")),
                        outer=dice.choice(("ipv4", "ipv6")),
                        macs=dice.choice(("", "yes")),
                        vlans=dice.choice(("", "yes", "two")),
                        twice=dice.choice(("", "", "ipip", "vxlan")),
                        below=dice.choice(("", "", "", "pppoe", "mpls")))


def make(name, count, seed):
    dice = random.Random(int(seed))
    with open(name, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for n in range(int(count)):
            frame = tunnelled(dice) if n % 3 == 0 else flows.flow(dice, n)[1]
            for _ in range(dice.choice((1, 1, 3))):
                file.write(struct.pack("<IIII", n, 0, len(frame), len(frame)))
                file.write(frame)


def replay(name, lag):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((lag, 0))
    with open(name, "rb") as file:
        data = file.read()
    at = 24
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        sock.send(data[at + 16:at + 16 + size])
        at += 16 + size


if __name__ == "__main__":
    {"make": make, "replay": replay}[sys.argv[1]](*sys.argv[2:])
