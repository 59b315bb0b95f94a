#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which port of a lag frames leave by.

    frames.py LAG PORT,... frames [NAME=VALUE...]
    frames.py LAG PORT,... check
    frames.py LAG PORT,... sockets udp|esp|tcp [PORT]
    frames.py LAG PORT,... timeouts COUNT TRIES

sends frames that differ in what `vary` says, or two datagrams from each of
several sockets whose packets are alike but for the hash the socket gave them.
Prints one JSON list: the port of each frame in turn.  Or takes lines that begin
with `together` or `apart` instead of `frames`, and prints those that are not
so.  The last one has COUNT connections time out TRIES times, and prints how many
ports each has taken.  What comes in is not looked at.
"""
import json
import select
import socket
import struct
import sys

ETH_P_ALL = 0x0003
SO_RCVBUFFORCE = 33
COUNT = 16
MARK = b"lag!"
RAW = dict(esp=50, tcp=6)

ETHERTYPE = dict(ipv4=0x0800, ipv6=0x86dd, teb=0x6558, pppoe=0x8864,
                 mpls=0x8847)
PPP = dict(ipv4=0x0021, ipv6=0x0057)


def mac(last):
    return bytes((0x02, 0, 0, 0, 0, last))


def ether(payload, kind, n=1):
    return mac(2) + mac(n) + struct.pack("!H", ETHERTYPE[kind]) + payload


def addresses(src, dst, back):
    return dst + src if back else src + dst


def ipv4(payload, protocol, src, dst, back=False, fragment=0):
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, fragment,
                       64, protocol, 0) + \
        addresses(bytes((10, 0, 0, src)), bytes((10, 0, 1, dst)), back) + \
        payload


def ipv6(payload, protocol, src, dst, back=False):
    net = b"\xfd" + bytes(13)
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + \
        addresses(net + bytes((0, src)), net + bytes((1, dst)), back) + payload


def udp(payload, src, dst):
    return struct.pack("!HHHH", src, dst, 8 + len(payload), 0) + payload


def inner(n, vary, version, back, options):
    """An IP packet with UDP; n is in what varies."""
    source, src, target, dst = 5000, 1, 6000, 1
    fragment = 0
    if vary in ("port", "fragment"):
        source += n
    if vary == "address":
        src += n
    if vary == "fragment":
        fragment = 0x2000
    if back:
        source, target = target, source
    data = udp(MARK + struct.pack("!I", n), source, target)
    if version == "ipv6" and options:   # padding, for the destination
        return ipv6(b"\x11\0\x01\x04" + bytes(4) + data, 60, src, dst, back)
    if version == "ipv6":
        return ipv6(data, 17, src, dst, back)
    return ipv4(data, 17, src, dst, back, fragment)


def gtpu(packet, version):
    # With a sequence number and one extension header
    return struct.pack("!BBHIHBB", 0x36, 0xff, len(packet) + 8, 7, 1, 0,
                       0x85) + b"\x01\x00\x09\x00" + packet


TUNNELS = dict(
    none=lambda packet, v: None,
    ipip=lambda packet, v: (4 if v == "ipv4" else 41, packet),
    gre=lambda packet, v: (47, struct.pack("!HHI", 0x2000, ETHERTYPE[v], 9) +
                           packet),
    gretap=lambda packet, v: (47, struct.pack("!HH", 0, ETHERTYPE["teb"]) +
                              ether(packet, v)),
    vxlan=lambda packet, v: (17, udp(b"\x08\0\0\0\0\0\x07\0" +
                                     ether(packet, v), 777, 4789)),
    geneve=lambda packet, v: (17, udp(b"\x01\0\x65\x58\0\0\x07\0" + bytes(4) +
                                      ether(packet, v), 777, 6081)),
    gtpu=lambda packet, v: (17, udp(gtpu(packet, v), 2152, 2152)),
)


def frame(n, tunnel="none", vary="", version="ipv4", outer="ipv4", macs="",
          vlans="", twice="", back="", options="", below=""):
    packet = inner(n, vary, version, back, options)
    kind = version
    for name in (tunnel, twice):
        around = TUNNELS[name](packet, kind) if name else None
        if around:
            protocol, data = around
            kind = outer
            packet = (ipv4 if outer == "ipv4" else ipv6)(data, protocol, 9, 9)
    if below == "pppoe":
        packet = struct.pack("!BBHHH", 0x11, 0, 7, len(packet) + 2,
                             PPP[kind]) + packet
    if below == "mpls":
        packet = struct.pack("!I", 16 << 12 | 0x140) + packet
    data = ether(packet, below or kind, n if macs else 1)
    if vlans:
        data = data[:12] + struct.pack("!HH", 0x8100, 100 + n) + data[12:]
    if vlans == "two":
        data = data[:12] + struct.pack("!HH", 0x88a8, 200 + n) + data[12:]
    return data


def seen(watching, expected):
    """Ports by number of the frame, as the frames leave"""
    found = {}
    while len(found) < expected:
        ready = select.select(list(watching), [], [], 5)[0]
        if not ready:
            sys.exit(f"{len(found)} of {expected} frames seen")
        for sock in ready:
            data = sock.recv(2048)
            at = data.find(MARK)
            if at >= 0:
                number = struct.unpack_from("!I", data, at + 4)[0]
                found.setdefault(number, []).append(watching[sock])
    return [port for number in sorted(found) for port in found[number]]


def send_frames(device, words):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((device, 0))
    options = dict(word.split("=") for word in words)
    for n in range(COUNT):
        sock.send(frame(n, **options))
    return COUNT


def send_from_sockets(device, kind, port="6000"):
    for n in range(COUNT):
        if kind in RAW:
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, RAW[kind])
            # Else the packets have no hash of the socket
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
        else:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.bind(("", 5000))
        # Only a connected one gives its packets a hash
        sock.connect(("192.0.2.2", int(port)))
        for again in range(2):
            data = MARK + struct.pack("!I", 2 * n + again)
            if kind in RAW:
                data = ipv4(data, RAW[kind], 9, 9)
            sock.send(data)
    return 2 * COUNT


def time_out(watching, count, tries):
    """The ports of each connection: nobody answers."""
    found, connections = {}, []
    for n in range(count):
        sock = socket.socket()
        sock.setblocking(False)
        sock.bind(("", 7000 + n))
        sock.connect_ex(("192.0.2.2", 443))
        connections.append(sock)
        found[7000 + n] = []
    while any(len(taken) <= tries for taken in found.values()):
        ready = select.select(list(watching), [], [], 30)[0]
        if not ready:
            sys.exit(f"seen {found}")
        for sock in ready:
            data = sock.recv(2048)
            if data[12:14] == b"\x08\x00" and data[23] == RAW["tcp"]:
                port = int.from_bytes(data[34:36], "big")
                found[port].append(watching[sock])
    return [len(set(taken)) for taken in found.values()]


def main():
    device, ports, kind, *words = sys.argv[1:]
    watching = {}
    for port in ports.split(","):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_ALL))
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)
        sock.bind((port, ETH_P_ALL))
        watching[sock] = port
    if kind == "check":
        for line in sys.stdin:
            claim, *words = line.split()
            ports = set(seen(watching, send_frames(device, words)))
            if (len(ports) == 1) != (claim == "together"):
                print(line.strip())
        return
    if kind == "timeouts":
        print(json.dumps(time_out(watching, *map(int, words)),
                         separators=(",", ":")))
        return
    if kind == "frames":
        expected = send_frames(device, words)
    else:
        expected = send_from_sockets(device, *words)
    print(json.dumps(seen(watching, expected)))


if __name__ == "__main__":
    main()
