#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Traffic from one network namespace to another, and what became of it.

    traffic.py udp|tcp SOURCE TO ADDRESS [NAME=VALUE...]

from namespace SOURCE to ADDRESS in namespace TO.  One process holds both ends,
so there is nothing to synchronise: it prints one JSON object when all is over.
Slow protocols are not here; see slow.py.
"""
# Few modules, and no more than needed: it takes a slow guest long to load them
import collections
import ctypes
import errno
import json
import os
import socket
import struct
import sys
import threading
import time
import types

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4
SO_RCVBUFFORCE = 33


def in_namespace(name, make):
    """What make() returns, made inside the namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open("/run/netns/" + name, os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + name)
        return make()
    finally:
        libc.setns(home, CLONE_NEWNET)
        os.close(home)
        os.close(there)


def udp_socket(address, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind((address, port))
    return sock


def watch(ports):
    """Sockets on these ports, and which flow was seen on which of them."""
    sockets = {}
    for port in ports:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_ALL))
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
        sock.bind((port, ETH_P_ALL))
        sock.setblocking(False)
        sockets[port] = sock
    return sockets


def watched(sockets, args):
    """Flows by port.  Only frames that came in, to our UDP port, count."""
    flows = {port: set() for port in sockets}
    for port, sock in sockets.items():
        while True:
            try:
                frame, address = sock.recvfrom(2048)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENETDOWN:
                    raise
                continue    # told once, when the port went down
            if (address[2] == PACKET_OUTGOING or len(frame) < 42 or
                    frame[12:14] != b"\x08\x00" or frame[23] != 17):
                continue
            source, target = struct.unpack_from("!HH", frame, 34)
            if target == args.port:
                flows[port].add(source - args.port - 1)
    return {port: sorted(seen) for port, seen in flows.items()}


def udp(args):
    """Numbered datagrams; a flow is a source port."""
    sink = in_namespace(args.to, lambda: udp_socket("", args.port))
    sources = [in_namespace(args.source,
                            lambda i=i: udp_socket("", args.port + 1 + i))
               for i in range(args.flows)]
    watching = in_namespace(args.to, lambda: watch(args.watch))
    seen = collections.Counter()
    highest = {}
    result = dict(sent=0, received=0, lost=0, duplicates=0, reordered=0,
                  gap_ms=0)
    over = threading.Event()

    def receive():
        last = None
        sink.settimeout(0.5)
        while True:
            try:
                data = sink.recv(2048)
            except TimeoutError:
                if over.is_set():
                    return
                continue
            now = time.monotonic()
            if last is not None:
                result["gap_ms"] = max(result["gap_ms"],
                                       int((now - last) * 1000))
            last = now
            flow, number = struct.unpack_from("!II", data)
            seen[flow, number] += 1
            if number < highest.get(flow, 0):
                result["reordered"] += 1
            highest[flow] = max(number, highest.get(flow, 0))

    receiver = threading.Thread(target=receive)
    receiver.start()
    due = time.monotonic()
    for number in range(args.count):
        if args.until and os.path.exists(args.until):
            break
        for flow, sock in enumerate(sources):
            # What a busy host held back is not made up for: in a burst, one
            # moment without a path would cost as much as a long one
            due = max(due + 1 / args.rate, now := time.monotonic())
            time.sleep(due - now)
            data = struct.pack("!II", flow, number).ljust(args.size, b"\0")
            try:
                sock.sendto(data, (args.address, args.port))
            except OSError:
                pass    # no carrier, a full queue: it counts as lost
            result["sent"] += 1
    over.set()
    receiver.join()
    result["received"] = len(seen)
    result["duplicates"] = sum(seen.values()) - len(seen)
    result["lost"] = result["sent"] - len(seen)
    result["flows"] = watched(watching, args)
    return result


def tcp(args):
    """One connection; what arrives is compared."""
    listener = in_namespace(
        args.to, lambda: socket.create_server(("", args.port)))
    data = os.urandom(1 << 16) * args.blocks
    got = bytearray()

    def receive():
        connection = listener.accept()[0]
        while chunk := connection.recv(1 << 16):
            got.extend(chunk)

    receiver = threading.Thread(target=receive, daemon=True)
    receiver.start()
    sock = in_namespace(
        args.source,
        lambda: socket.create_connection((args.address, args.port), 10))
    sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)
    receiver.join(30)
    return dict(sent=len(data), received=len(got), equal=got == data)


OPTIONS = dict(
    port=7000,      # of the receiver; the sender's follow it
    flows=1,
    count=100,      # datagrams of each flow
    until="",       # or when there is such a file
    rate=1000.0,    # datagrams a second, of all flows
    size=64,
    watch="",       # ports of the receiver, with commas
    blocks=16,      # of 64 KiB over TCP
)


def main():
    kind, source, to, address, *words = sys.argv[1:]
    options = dict(OPTIONS)
    for word in words:
        name, value = word.split("=")
        options[name] = type(options[name])(value)
    options["watch"] = [port for port in options["watch"].split(",") if port]
    args = types.SimpleNamespace(source=source, to=to, address=address,
                                 **options)
    print(json.dumps(dict(udp=udp, tcp=tcp)[kind](args)))


if __name__ == "__main__":
    sys.exit(main())
