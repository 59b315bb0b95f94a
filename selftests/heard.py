#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which packet sockets of this namespace hear a frame that comes in.

    heard.py NAMESPACE PORT FRAME DEVICE...

Three copies of FRAME (hex) are sent on PORT of the other NAMESPACE.  For each
DEVICE here, "DEVICE:all" is printed if a socket for all types heard them, and
"DEVICE:type" if one for the frame's own type did.  Heard once is three times,
no more and no less; any other count is printed too.
"""
import select
import socket
import sys
import time

from traffic import ETH_P_ALL, PACKET_OUTGOING, in_namespace

COPIES = 3


def listener(device, ethertype):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                         socket.htons(ethertype))
    sock.bind((device, ethertype))
    return sock


def main():
    namespace, port, frame, *devices = sys.argv[1:]
    frame = bytes.fromhex(frame)
    ethertype = int.from_bytes(frame[12:14], "big")
    names = {}
    for device in devices:
        names[listener(device, ETH_P_ALL)] = device + ":all"
        names[listener(device, ethertype)] = device + ":type"
    counts = dict.fromkeys(names.values(), 0)
    sender = in_namespace(namespace, lambda: listener(port, ETH_P_ALL))
    for _ in range(COPIES):
        sender.send(frame)
    # A veth delivers while it sends, but for a softirq that is deferred
    end = time.monotonic() + 0.4
    while (left := end - time.monotonic()) > 0:
        for sock in select.select(list(names), [], [], left)[0]:
            data, address = sock.recvfrom(2048)
            if data[6:12] == frame[6:12] and address[2] != PACKET_OUTGOING:
                counts[names[sock]] += 1
    print(" ".join(name if count == COPIES else "%s=%d" % (name, count)
                   for name, count in sorted(counts.items()) if count))


if __name__ == "__main__":
    sys.exit(main())
