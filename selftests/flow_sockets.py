#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Datagrams of the stack: the port that `lagctl flow` foretells from nothing
but addresses and ports, and the one they take.

    flow_sockets.py PORT,... SOURCE:DESTINATION...

Prints what does not agree.
"""
import json
import select
import socket
import struct
import subprocess
import sys

ETH_P_ALL = 0x0003
SO_RCVBUFFORCE = 33
MARK = b"lagsocket!"
FLOWS = 12


def main():
    ports, *pairs = sys.argv[1:]
    watching = {}
    for name in ports.split(","):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_ALL))
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)
        sock.bind((name, ETH_P_ALL))
        watching[sock] = name

    lines = []
    for pair in pairs:
        source, destination = pair.split(":")
        for n in range(FLOWS):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                            socket.inet_aton(source))
            sock.bind((source, 6000 + n))
            sock.sendto(MARK + struct.pack("!I", len(lines)),
                        (destination, 9000))
            lines.append(f"{source} {destination} udp {6000 + n} 9000")

    out = subprocess.run(["lagctl", "-j", "flow", "--batch", "-"],
                         input="\n".join(lines) + "\n", capture_output=True,
                         text=True)
    if out.returncode:
        sys.exit(f"lagctl: {out.stderr}")
    said = [json.loads(line)["port"] for line in out.stdout.splitlines()]

    seen = {}
    while len(seen) < len(lines):
        ready = select.select(list(watching), [], [], 5)[0]
        if not ready:
            missing = [line for n, line in enumerate(lines) if n not in seen]
            sys.exit(f"not seen: {missing}")
        for sock in ready:
            data = sock.recv(2048)
            at = data.find(MARK)
            if at >= 0:
                number = struct.unpack_from("!I", data, at + len(MARK))[0]
                seen[number] = watching[sock]
    for number, line in enumerate(lines):
        if said[number] != seen[number]:
            print(f"{line}: foretold {said[number]}, took {seen[number]}")


if __name__ == "__main__":
    main()
