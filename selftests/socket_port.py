#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""TCP sockets: the port that xmit_slave.ko is told of before, and the one that
they take.

    socket_port.py LAG PORT,...

Prints for how many sockets it was the right one and how many ports they took,
or "nothing" and for how many no port was named; then what was wrong.
"""
import select
import socket
import sys

ASK = "/sys/module/xmit_slave/parameters/socket"
ETH_P_ALL = 0x0003
SYN = 0x02
FLOWS = 16
PAIRS = [(socket.AF_INET, "192.0.2.1", "192.0.2.2"),
         (socket.AF_INET6, "2001:db8::1", "2001:db8::2"),
         (socket.AF_INET6, "::ffff:192.0.2.1", "::ffff:192.0.2.2")]


def source_port(frame):
    """Of a SYN"""
    at = {b"\x08\x00": 34, b"\x86\xdd": 54}.get(frame[12:14])
    if at and len(frame) > at + 13 and frame[at + 13] == SYN:
        return int.from_bytes(frame[at:at + 2], "big")
    return None


def asked(lag, sock):
    with open(ASK, "w") as file:
        file.write(f"{lag} {sock.fileno()}")
    with open(ASK) as file:
        return file.read().strip()


def main():
    lag, names = sys.argv[1:]
    watching = {}
    for name in names.split(","):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_ALL))
        sock.bind((name, ETH_P_ALL))
        watching[sock] = name

    said, took, open_sockets = {}, {}, []
    for family, source, destination in PAIRS:
        for n in range(FLOWS):
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.setblocking(False)
            sock.bind((source, 10000 + len(open_sockets)))
            sock.connect_ex((destination, 443))
            said[sock.getsockname()[1]] = asked(lag, sock)
            open_sockets.append(sock)
            while len(took) < len(said):
                ready = select.select(list(watching), [], [], 5)[0]
                if not ready:
                    sys.exit(f"{len(took)} of {len(said)} sockets seen")
                for watch in ready:
                    number = source_port(watch.recv(2048))
                    if number in said:
                        took.setdefault(number, watching[watch])

    nothing = sum(answer == lag for answer in said.values())
    right = sum(said[number] == took[number] for number in said)
    if nothing:
        print("nothing", nothing)
    else:
        print("right", right, "by", len(set(took.values())))
    for number in said:
        if said[number] not in (lag, took[number]):
            print(number, "said", said[number], "took", took[number])


if __name__ == "__main__":
    main()
