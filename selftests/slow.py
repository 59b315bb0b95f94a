#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Slow protocols by hand: a LACP partner, single frames, what is on the wire.

    slow.py partner|loop|send|sniff PORT... [NAME=VALUE...]

The protocol is kept as small as the tests need; it is no implementation of
LACP.  Data traffic is not here; see traffic.py.
"""
# Few modules, and no more than needed: it takes a slow guest long to load them
import select
import socket
import struct
import sys
import time
import types

ETH_P_ALL = 0x0003
ETH_P_SLOW = 0x8809
PACKET_OUTGOING = 4
SLOW_ADDRESS = bytes.fromhex("0180c2000002")
INFO = struct.Struct("!H6sHHHB")
NAMES = ("system_priority", "system", "key", "port_priority", "port", "state")


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def open_port(name, ethertype=ETH_P_SLOW):
    # Of no type at first, or it would get what comes in elsewhere until bound
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((name, ethertype))
    return sock


def wait_up(name):
    """Until linkwatch has given the port a queueing discipline, some time after
    its carrier rose, what is sent there is lost."""
    limit = time.monotonic() + 10
    with open(f"/sys/class/net/{name}/operstate", encoding="ascii") as file:
        while file.read() != "up\n" and time.monotonic() < limit:
            time.sleep(0.01)
            file.seek(0)
    time.sleep(0.01)    # It says so a moment before


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


def ready(args):
    if args.ready:
        open(args.ready, "w", encoding="ascii").close()


def partner(args):
    """A partner on each port: speaks once a second and when asked.

    It is in sync with whoever speaks to it, unless told otherwise, and goes
    on when its port goes down and up.  A busy machine may make it late.
    """
    system = mac(args.system)
    ports = {}
    for index, name in enumerate(args.port):
        sock = open_port(name)
        ports[sock] = dict(number=args.number + index, partner=bytes(15),
                           next=time.monotonic())
    ready(args)
    end = time.monotonic() + args.seconds
    while time.monotonic() < end:
        wake = min(min(p["next"] for p in ports.values()), end)
        heard = select.select(list(ports), [], [],
                              max(0, wake - time.monotonic()))[0]
        for sock in heard:
            try:
                frame, address = sock.recvfrom(2048)
            except OSError:
                continue    # told once that the port went down
            if (address[2] == PACKET_OUTGOING or len(frame) < 124 or
                    frame[14] != 1):
                continue
            port = ports[sock]
            if port["partner"] != frame[18:33]:
                port["partner"] = frame[18:33]
                port["next"] = 0
        for sock, port in ports.items():
            now = time.monotonic()
            if port["next"] > now:
                continue
            if port["next"] and now - port["next"] > 0.5:
                print("late", file=sys.stderr, flush=True)
            port["next"] = now + args.interval
            state = args.state
            heard = port["partner"]
            if not heard[14] & 0x08:
                state &= ~0x30
            actor = INFO.pack(args.system_priority, system, args.key,
                              args.port_priority, port["number"], state)
            try:
                sock.send(lacpdu(sock, actor, heard))
            except OSError:
                pass        # the port is down


def loop(args):
    """A reflector: what a port sends comes back to it."""
    sock = open_port(args.port[0])
    end = time.monotonic() + args.seconds
    ready(args)
    while (left := end - time.monotonic()) > 0:
        if select.select([sock], [], [], left)[0]:
            frame, address = sock.recvfrom(2048)
            if address[2] != PACKET_OUTGOING:
                sock.send(frame)


def send(args):
    wait_up(args.port[0])
    sock = open_port(args.port[0])
    for index in range(args.count or 1):
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
    import json

    sock = open_port(args.port[0], ETH_P_ALL)
    end = time.monotonic() + args.seconds
    seen = 0
    start = time.monotonic()
    ready(args)
    while seen != (args.count or -1) and (left := end - time.monotonic()) > 0:
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


OPTIONS = dict(
    seconds=3600.0,
    ready="",                       # file that is made when all is open
    count=0,                        # frames; sniff: 0 is no limit
    # The partner, and what is sent
    system="02:aa:00:00:00:01",
    system_priority=100,
    key=7,
    number=1,                       # port number, of the first port
    port_priority=100,
    state=0x3f,
    interval=1.0,                   # between LACPDUs that say nothing new
    # What is sent
    kind="lacpdu",                  # or marker, or hex
    tlv=1,                          # of the marker
    hex="",                         # a whole frame
    cut=0,                          # octets after the EtherType, 0: all
)


def main():
    options = dict(OPTIONS)
    ports = []
    for word in sys.argv[2:]:
        name, equals, value = word.partition("=")
        if not equals:
            ports.append(word)
        elif isinstance(options[name], int):
            options[name] = int(value, 0)
        else:
            options[name] = type(options[name])(value)
    verbs = dict(partner=partner, loop=loop, send=send, sniff=sniff)
    verbs[sys.argv[1]](types.SimpleNamespace(port=ports, **options))


if __name__ == "__main__":
    sys.exit(main())
