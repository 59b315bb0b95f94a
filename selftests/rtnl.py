#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Set attributes of a lag or of a port that `ip` would not send.

    rtnl.py DEVICE data|slave TYPE=HEX...

Prints the kernel's extended acknowledgement, with the attribute that it is
about, and fails if it refuses.
"""
import os
import socket
import struct
import sys

RTM_NEWLINK = 16
NLM_F_REQUEST_ACK = 5
IFLA_LINKINFO = 18
INFO = {"data": (1, 2, "lag"), "slave": (4, 5, "lag")}
SOL_NETLINK = 270
NETLINK_CAP_ACK = 10
NETLINK_EXT_ACK = 11
NLMSGERR_ATTR_MSG = 1
NLMSGERR_ATTR_OFFS = 2


def attribute(kind, data):
    return (struct.pack("HH", 4 + len(data), kind) + data +
            bytes(-len(data) % 4))


def acknowledged(answer, request):
    """What an NLMSG_ERROR says, with NETLINK_CAP_ACK."""
    said, about = "", "no attribute"
    place = 16 + 4 + 16
    while place + 4 <= len(answer):
        length, kind = struct.unpack_from("HH", answer, place)
        if length < 4:
            break
        value = answer[place + 4:place + length]
        if kind == NLMSGERR_ATTR_MSG:
            said = value.rstrip(b"\0").decode()
        elif kind == NLMSGERR_ATTR_OFFS:
            offset = struct.unpack("I", value)[0]
            about = "attribute %d" % struct.unpack_from("H", request,
                                                        offset + 2)
        place += (length + 3) & ~3
    return "%s (%s)" % (said, about)


def main():
    device, nest, options = sys.argv[1], INFO[sys.argv[2]], sys.argv[3:]
    data = b"".join(attribute(int(kind), bytes.fromhex(value)) for kind, value
                    in (option.split("=") for option in options))
    info = (attribute(nest[0], nest[2].encode() + b"\0") +
            attribute(nest[1], data))
    body = (struct.pack("BxHiII", 0, 0, socket.if_nametoindex(device), 0, 0) +
            attribute(IFLA_LINKINFO, info))
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
    sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
    request = struct.pack("IHHII", 16 + len(body), RTM_NEWLINK,
                          NLM_F_REQUEST_ACK, 1, 0) + body
    sock.send(request)
    answer = sock.recv(65536)
    error = -struct.unpack_from("i", answer, 16)[0]
    if error:
        print("%s: %s" % (os.strerror(error), acknowledged(answer, request)))
    return int(error != 0)


if __name__ == "__main__":
    sys.exit(main())
