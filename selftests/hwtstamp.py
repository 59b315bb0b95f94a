#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a device says of timestamps, and what it sets.

    hwtstamp.py info DEV	"tx-software clock N" and so on
    hwtstamp.py get DEV		the flags, and how it stamps what is sent
    hwtstamp.py set DEV FLAGS TX_TYPE

Refusals are printed by the name of their error.
"""
import ctypes
import errno
import fcntl
import socket
import struct
import sys

SIOCETHTOOL, SIOCSHWTSTAMP, SIOCGHWTSTAMP = 0x8946, 0x89b0, 0x89b1
ETHTOOL_GET_TS_INFO = 0x41
WORDS = {0: "tx-hardware", 1: "tx-software", 2: "rx-hardware",
         3: "rx-software", 4: "software", 6: "raw-hardware"}


def ask(request, dev, data):
    """The same buffer, as the kernel has left it."""
    buffer = ctypes.create_string_buffer(data, len(data))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fcntl.ioctl(sock, request, struct.pack("16sQ16x", dev.encode(),
                                           ctypes.addressof(buffer)))
    return buffer.raw


def info(dev):
    answer = ask(SIOCETHTOOL, dev, struct.pack("I40x", ETHTOOL_GET_TS_INFO))
    _, flags, clock = struct.unpack_from("IIi", answer)
    print(*(word for bit, word in WORDS.items() if flags >> bit & 1),
          "clock", clock)


def get(dev):
    flags, tx_type, _ = struct.unpack("iii", ask(SIOCGHWTSTAMP, dev,
                                                 bytes(12)))
    print("flags", flags, "tx", tx_type)


def set(dev, flags, tx_type):
    flags, tx_type, _ = struct.unpack(
        "iii", ask(SIOCSHWTSTAMP, dev,
                   struct.pack("iii", int(flags), int(tx_type), 0)))
    print("flags", flags, "tx", tx_type)


try:
    {"info": info, "get": get, "set": set}[sys.argv[1]](*sys.argv[2:])
except OSError as failure:
    print(errno.errorcode[failure.errno])
