#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Slow protocols by hand: a LACP partner, single frames, what is on the wire.

The protocol is kept as small as the tests need; it is no implementation of
LACP.  Data traffic is not here; see traffic.py.
"""
import argparse
import json
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 0x0003
ETH_P_SLOW = 0x8809
PACKET_OUTGOING = 4
SLOW_ADDRESS = bytes.fromhex("0180c2000002")
INFO = struct.Struct("!H6sHHHB")
NAMES = ("system_priority", "system", "key", "port_priority", "port", "state")



def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def number(text):
    return int(text, 0)


def open_port(name, ethertype=ETH_P_SLOW):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                         socket.htons(ethertype))
    sock.bind((name, ethertype))
    return sock


def header(sock, subtype):
    source = sock.getsockname()[4]
    return (SLOW_ADDRESS + source + struct.pack("!HBB", ETH_P_SLOW, subtype, 1))


def lacpdu(sock, actor, partner):
    return (header(sock, 1) + b"\x01\x14" + actor + bytes(3) +
            b"\x02\x14" + partner + bytes(3) +
            b"\x03\x10" + bytes(14) + bytes(2) + bytes(50))


def marker(sock, tlv, transaction):
    """port 7 of 02:aa:..: asks or answers."""
    return (header(sock, 2) + bytes((tlv, 16)) + struct.pack("!H", 7) +
            mac("02:aa:00:00:00:01") + struct.pack("!IH", transaction, 0) +
            bytes(2) + bytes(90))


def info(data):
    fields = dict(zip(NAMES, INFO.unpack(data)))
    fields["system"] = fields["system"].hex(":")
    return fields


def parse(frame):
    """A frame as JSON can say it, or None if it is no LACPDU or marker."""
    said = dict(source=frame[6:12].hex(":"), length=len(frame))
    if frame[:6] != SLOW_ADDRESS or frame[12:14] != b"\x88\x09":
        return None
    if frame[14] == 1 and len(frame) >= 124:
        said.update(kind="lacpdu", actor=info(frame[18:33]),
                    partner=info(frame[38:53]))
        return said
    if frame[14] == 2 and len(frame) >= 124:
        port, system, transaction = struct.unpack("!H6sI", frame[18:30])
        said.update(kind="marker", tlv=frame[16], tlv_length=frame[17],
                    port=port, system=system.hex(":"),
                    transaction=transaction,
                    zero=not any(frame[30:124]))
        return said
    return dict(said, kind="other", subtype=frame[14])


def partner(args):
    """A partner on each port: speaks once a second and when asked.

    It is in sync with whoever speaks to it, unless told otherwise.
    """
    system = mac(args.system)
    ports = {}
    for index, name in enumerate(args.port):
        sock = open_port(name)
        ports[sock] = dict(number=args.number + index, partner=bytes(15),
                           next=time.monotonic())
    end = time.monotonic() + args.seconds
    while time.monotonic() < end:
        wake = min(min(p["next"] for p in ports.values()), end)
        ready = select.select(list(ports), [], [],
                              max(0, wake - time.monotonic()))[0]
        for sock in ready:
            frame, address = sock.recvfrom(2048)
            if address[2] == PACKET_OUTGOING or len(frame) < 124:
                continue
            if frame[14] != 1:
                continue
            port = ports[sock]
            if port["partner"] != frame[18:33]:
                port["partner"] = frame[18:33]
                port["next"] = 0
        for sock, port in ports.items():
            if port["next"] > time.monotonic():
                continue
            port["next"] = time.monotonic() + 1
            state = args.state
            heard = port["partner"]
            if not heard[14] & 0x08:
                state &= ~0x30
            actor = INFO.pack(args.system_priority, system, args.key,
                              args.port_priority, port["number"], state)
            sock.send(lacpdu(sock, actor, heard))


def loop(args):
    """A reflector: what a port sends comes back to it."""
    sock = open_port(args.port[0])
    end = time.monotonic() + args.seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([sock], [], [], left)[0]:
            frame, address = sock.recvfrom(2048)
            if address[2] != PACKET_OUTGOING:
                sock.send(frame)


def send(args):
    sock = open_port(args.port[0])
    for index in range(args.count):
        if args.kind == "marker":
            frame = marker(sock, args.tlv, index)
        elif args.kind == "lacpdu":
            actor = INFO.pack(args.system_priority, mac(args.system), args.key,
                              args.port_priority, args.number, args.state)
            frame = lacpdu(sock, actor, bytes(15))
        else:
            frame = bytes.fromhex(args.hex)
        if args.cut:
            frame = frame[:14 + args.cut]
        sock.send(frame)


def sniff(args):
    """One JSON object a line for each frame received (not sent) there."""
    sock = open_port(args.port[0], ETH_P_ALL)
    end = time.monotonic() + args.seconds
    seen = 0
    start = time.monotonic()
    print("ready", file=sys.stderr, flush=True)
    while seen < args.count and (left := end - time.monotonic()) > 0:
        if not select.select([sock], [], [], left)[0]:
            break
        frame, address = sock.recvfrom(4096)
        if address[2] == PACKET_OUTGOING:
            continue
        said = parse(frame)
        if said:
            said["ms"] = int((time.monotonic() - start) * 1000)
            print(json.dumps(said), flush=True)
            seen += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=("partner", "loop", "send", "sniff"))
    parser.add_argument("port", nargs="+")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--count", type=int, default=None)
    parser.add_argument("--system", default="02:aa:00:00:00:01")
    parser.add_argument("--system-priority", type=number, default=100)
    parser.add_argument("--key", type=number, default=7)
    parser.add_argument("--number", type=number, default=1,
                        help="port number of the first port")
    parser.add_argument("--port-priority", type=number, default=100)
    parser.add_argument("--state", type=number, default=0x3f)
    parser.add_argument("--kind", choices=("lacpdu", "marker", "hex"),
                        default="lacpdu")
    parser.add_argument("--tlv", type=number, default=1, help="of the marker")
    parser.add_argument("--hex", help="a whole frame")
    parser.add_argument("--cut", type=int, default=0,
                        help="octets after the EtherType")
    args = parser.parse_args()
    if args.count is None:
        args.count = 1 if args.verb == "send" else 1 << 30
    globals()[args.verb](args)


if __name__ == "__main__":
    sys.exit(main())
