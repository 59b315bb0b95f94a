# SPDX-License-Identifier: GPL-2.0
"""In a guest: what a packet costs above the bare port, in instructions."""
import socket
import struct
import time

import pktgen
import rig
from burst import Burst
from rig import LAG, ip, row

COUNTS = (2, 4, 8, 64)

# case: frame, and the options of bond, team and lag that amount to it.  What is
# behind a semicolon is changed while the device stands.
TX = {
    "layer3+4": ("ipv4", "mode balance-xor; xmit_hash_policy layer3+4",
                 "loadbalance l3 l4", "mode static; xmit_hash_policy layer3+4"),
    "layer3+4 ipv6": ("ipv6", "mode balance-xor; xmit_hash_policy layer3+4",
                      "loadbalance l3 l4",
                      "mode static; xmit_hash_policy layer3+4"),
    "layer3+4 vlan": ("vlan", "mode balance-xor; xmit_hash_policy layer3+4",
                      "loadbalance l3 l4",
                      "mode static; xmit_hash_policy layer3+4"),
    "layer3+4 symmetric": ("ipv4", None, None,
                           "mode static hash_symmetric on; "
                           "xmit_hash_policy layer3+4"),
    "layer2": ("ipv4", "mode balance-xor; xmit_hash_policy layer2",
               "loadbalance eth", "mode static; xmit_hash_policy layer2"),
    "layer2+3": ("ipv4", "mode balance-xor; xmit_hash_policy layer2+3",
                 "loadbalance eth l3",
                 "mode static; xmit_hash_policy layer2+3"),
    "encap3+4": ("ipv4", "mode balance-xor; xmit_hash_policy encap3+4", None,
                 "mode static; xmit_hash_policy encap3+4"),
    "encap2+3": ("ipv4", "mode balance-xor; xmit_hash_policy encap2+3", None,
                 "mode static; xmit_hash_policy encap2+3"),
    "vlan+srcmac": ("vlan", "mode balance-xor; xmit_hash_policy vlan+srcmac",
                    None, "mode static; xmit_hash_policy vlan+srcmac"),
    "flow without hash": ("ipv4", None, None,
                          "mode static; xmit_hash_policy flow"),
    "lacp layer3+4": ("ipv4", "mode 802.3ad xmit_hash_policy layer3+4", None,
                      "mode lacp xmit_hash_policy layer3+4 fallback static "
                      "fallback_timeout 0"),
    "active-backup": ("ipv4", "mode active-backup", "activebackup",
                      "mode active-backup"),
    "balance-rr": ("ipv4", "mode balance-rr", "roundrobin",
                   "mode balance-rr"),
    "broadcast": ("ipv4", "mode broadcast", "broadcast", "mode broadcast"),
}

# A copy for each port
MANY = "broadcast"
# These frames all have the same MAC addresses and VLAN
ONE_PORT = ("active-backup", "lacp layer3+4", "layer2", "vlan+srcmac")


def macvlan(port):
    ip(f"link set {port} up",
       f"link add {LAG} link {port} type macvlan mode passthru",
       f"link set {LAG} up")
    rig.settle()


def packets_sent(ports):
    return [rig.sent(port) for port in ports]


def measure_tx(case, device, frame, ports):
    before = packets_sent(ports)
    cost = pktgen.cost(LAG, frame)
    used = [now - then for now, then in zip(packets_sent(ports), before)]
    expected = pktgen.PACKETS * pktgen.SERIES
    if case == MANY:
        expected *= len(ports)
    # None may be lost, and those that a lag is to spread have to be
    if sum(used) != expected or \
            (device == "lag" and case not in ONE_PORT and
             used.count(0) > len(ports) / 4):
        print(f"# {case}: {sum(used)} of {expected} sent, by port: {used}",
              flush=True)
    return cost


class Wanted:
    """Words choose among cases, devices and numbers of ports; none: all."""

    def __init__(self, words):
        self.counts = [int(word) for word in words if word.isdigit()] or COUNTS
        self.devices = [word for word in words
                        if word in rig.MAKERS] or list(rig.MAKERS)
        self.cases = [word for word in words
                      if not word.isdigit() and word not in rig.MAKERS]

    def case(self, name):
        return not self.cases or any(word in name for word in self.cases)

    def measure(self, ports, cases):
        """Every device over some of the ports: case, device, its ports.  Each
        is made but once for all that can be changed while it stands."""
        cases = {case: options for case, options in cases.items()
                 if self.case(case)}
        for number, device in enumerate(rig.MAKERS):
            if device not in self.devices:
                continue
            kinds = {}
            for case, options in cases.items():
                if options[number] is not None:
                    kind, _, change = options[number].partition("; ")
                    kinds.setdefault(kind, []).append((case, change))
            for kind, members in kinds.items():
                for count in self.counts:
                    rig.MAKERS[device](kind, ports[:count])
                    for case, change in members:
                        if change:
                            ip(f"link set {LAG} type {device} {change}")
                        yield case, device, ports[:count]
                    rig.remove(ports[:count])


def tx(*words):
    wanted = Wanted(words)
    ports = rig.make_ports()
    pktgen.load()
    ip(f"link set {ports[0]} up")
    bare = {frame: pktgen.cost(ports[0], frame)
            for frame in ("ipv4", "ipv6", "vlan")}
    for frame, value in bare.items():
        row("tx", frame, "bare port", 1, "total", value)
    macvlan(ports[0])
    floor = {frame: pktgen.cost(LAG, frame) - bare[frame] for frame in bare}
    rig.remove(ports[:1])
    for case, (frame, *_) in TX.items():
        if wanted.case(case):
            row("tx", case, "macvlan", 1, "instructions", floor[frame])
    options = {case: options for case, (_, *options) in TX.items()}
    for case, device, used in wanted.measure(ports, options):
        frame = TX[case][0]
        row("tx", case, device, len(used), "instructions",
            measure_tx(case, device, frame, used) - bare[frame])


RX = {
    "lacp": ("mode 802.3ad", None,
             "mode lacp fallback static fallback_timeout 0"),
    "static": ("mode balance-xor", "loadbalance eth", "mode static"),
    "active-backup": ("mode active-backup", "activebackup",
                      "mode active-backup"),
    "balance-rr": ("mode balance-rr", "roundrobin", "mode balance-rr"),
    "broadcast": ("mode broadcast", "broadcast", "mode broadcast"),
}


def receive_cost(port, shared):
    """With the device's address, for what is for others goes another way."""
    return pktgen.cost(port, "mpls", "xmit_mode netif_receive",
                       f"dst_mac {rig.address(port)}",
                       *([] if shared else ["flag !SHARED"]), may_fail=True)


def rx(*words):
    wanted = Wanted(words)
    ports = rig.make_ports()
    pktgen.load()
    ip(f"link set {ports[0]} up")
    kinds = [("shared", True)]
    pktgen.prepare(ports[0], "mpls")
    if "SHARED" in pktgen.flags(ports[0]):      # unknown to Linux 6.1
        kinds.append(("not shared", False))
    bare = {name: receive_cost(ports[0], shared) for name, shared in kinds}
    for name, value in bare.items():
        row("rx", name, "bare port", 1, "total", value)
    macvlan(ports[0])
    floor = {name: receive_cost(ports[0], shared) - bare[name]
             for name, shared in kinds}
    rig.remove(ports[:1])

    for case in RX:
        for name, _ in kinds:
            if wanted.case(case):
                row("rx", f"{case} {name}", "macvlan", 1, "instructions",
                    floor[name])
    for case, device, used in wanted.measure(ports, RX):
        for name, shared in kinds:
            before = rig.received(LAG)
            cost = receive_cost(used[0], shared) - bare[name]
            lost = before + pktgen.PACKETS * pktgen.SERIES - rig.received(LAG)
            # Bonding counts only what its ports' drivers have counted
            if lost and device != "bond":
                print(f"# {case} {device}: {lost} lost", flush=True)
            row("rx", f"{case} {name}", device, len(used), "instructions",
                cost)


# --- a socket's own hash ------------------------------------------------------

SOCKETS, MESSAGES = 8, 256


def connected(kind, number):
    """Only such sockets give their packets a hash."""
    if kind == "tcp":   # no connection is needed for what looks like it
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                             socket.IPPROTO_TCP)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
    else:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(("192.0.2.2", 6000 + number))
    return sock


def socket_cost(device, kind):
    """A packet from a connected socket"""
    ip(f"addr add 192.0.2.1/24 dev {device}",
       f"neigh replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev {device}")
    burst = Burst([PAYLOADS[kind]] * MESSAGES)
    best = []
    for n in range(SOCKETS):
        sock = connected(kind, n)
        times = []
        for _ in range(6):
            begin = time.monotonic_ns()
            burst.send(sock)
            times.append(time.monotonic_ns() - begin)
        best.append(min(times) / MESSAGES)
    ip(f"addr del 192.0.2.1/24 dev {device}")
    return min(best)


SOCKET = {
    "layer3+4": TX["layer3+4"][1:],
    "flow": (None, None, "mode static; xmit_hash_policy flow"),
}
# With its own header of IP, of which the kernel writes what is 0
PAYLOADS = {
    "udp": b"x" * 18,
    "tcp": struct.pack("!BBHHHBBHI4s", 0x45, 0, 0, 0, 0, 64,
                       socket.IPPROTO_TCP, 0, 0,
                       socket.inet_aton("192.0.2.2")) + b"x" * 26,
}


def socket_hash(*words):
    wanted = Wanted(words or ("4",))
    ports = rig.make_ports(4)
    ip(f"link set {ports[0]} up")
    bare = {kind: socket_cost(ports[0], kind) for kind in PAYLOADS}
    for kind, cost in bare.items():
        row("socket", kind, "bare port", 1, "total", cost)
    macvlan(ports[0])
    floor = {kind: socket_cost(LAG, kind) - bare[kind] for kind in PAYLOADS}
    rig.remove(ports[:1])
    for case in SOCKET:
        for kind in PAYLOADS:
            row("socket", f"{case} {kind}", "macvlan", 1, "instructions",
                floor[kind])
    for case, device, used in wanted.measure(ports, SOCKET):
        for kind in PAYLOADS:
            row("socket", f"{case} {kind}", device, len(used), "instructions",
                socket_cost(LAG, kind) - bare[kind])
