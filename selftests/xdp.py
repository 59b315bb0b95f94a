#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A program that drops everything, as generic XDP.

    xdp.py DEV on|off|native

"native" asks for the driver's own XDP.  Prints the name of the error if the
kernel refuses.
"""
import ctypes
import errno
import os
import socket
import struct
import sys

from rtnl import NLM_F_REQUEST_ACK, RTM_NEWLINK, attribute

SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
BPF_PROG_LOAD, BPF_PROG_TYPE_XDP = 5, 6
IFLA_XDP, IFLA_XDP_FD, IFLA_XDP_FLAGS = 43, 1, 3
XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE = 2, 4
NLA_F_NESTED = 0x8000
# r0 = XDP_DROP; exit
PROGRAM = struct.pack("<BBhi", 0xb7, 0, 0, 1) + struct.pack("<BBhi", 0x95, 0,
                                                            0, 0)


def load():
    program = ctypes.create_string_buffer(PROGRAM)
    license = ctypes.create_string_buffer(b"GPL")
    attr = ctypes.create_string_buffer(struct.pack(
        "IIQQ", BPF_PROG_TYPE_XDP, len(PROGRAM) // 8,
        ctypes.addressof(program), ctypes.addressof(license)), 128)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(SYS_BPF, BPF_PROG_LOAD, attr, len(attr))
    if fd < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return fd


def main():
    dev, what = sys.argv[1:]
    fd = -1 if what == "off" else load()
    flags = XDP_FLAGS_DRV_MODE if what == "native" else XDP_FLAGS_SKB_MODE
    body = struct.pack("BxHiII", 0, 0, socket.if_nametoindex(dev), 0, 0)
    body += attribute(IFLA_XDP | NLA_F_NESTED,
                      attribute(IFLA_XDP_FD, struct.pack("i", fd)) +
                      attribute(IFLA_XDP_FLAGS, struct.pack("I", flags)))
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    sock.send(struct.pack("IHHII", 16 + len(body), RTM_NEWLINK,
                          NLM_F_REQUEST_ACK, 1, 0) + body)
    error = -struct.unpack_from("i", sock.recv(65536), 16)[0]
    if error:
        print(errno.errorcode[error])
    return int(error != 0)


if __name__ == "__main__":
    sys.exit(main())
