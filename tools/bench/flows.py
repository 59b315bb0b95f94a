# SPDX-License-Identifier: GPL-2.0
"""In a guest: which port flows take, how evenly, and what moves them."""
import math
import socket
import struct

import rig
from burst import Burst
from rig import LAG, ip, row

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
MARK = b"flow"


def frame(src, sport, dst="10.1.0.1", dport=443, number=0):
    """Of UDP, from a host that is behind a router; the number is for seen()"""
    data = struct.pack("!HHHH4sI", sport, dport, 16, 0, MARK, number)
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 0, 0, 64,
                         17, 0, socket.inet_aton(src),
                         socket.inet_aton(dst)) + data
    return bytes.fromhex("020000000002 020000000001 0800") + packet


def sender(device):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((device, 0))
    return sock


# --- how evenly ---------------------------------------------------------------

SETS = {
    "sequential ports": [frame("10.0.0.9", 20000 + n) for n in range(4096)],
    "one /24 of clients": [frame(f"10.0.0.{n}", 40000)
                           for n in range(1, 255)],
    "even ephemeral ports": [frame("10.0.0.9", 32768 + 2 * n)
                             for n in range(4096)],
    "address and port together": [frame(f"10.0.0.{n}", 40000 + n)
                                  for n in range(1, 255)],
}

SPREAD = {
    "bond": "mode balance-xor xmit_hash_policy layer3+4",
    "team": "loadbalance l3 l4",
    "lag": "mode static xmit_hash_policy layer3+4 hash_seed 1",
}
SPREAD_PORTS = (3, 4, 5, 8)
SEEDS = range(1, 11)


def upper_gamma(s, x):
    """Regularised: the chance of a chi-square as high or higher"""
    if x <= 0:
        return 1.0
    if x < s + 1:       # series of the lower one
        term = total = 1 / s
        n = s
        while term > total * 1e-12:
            n += 1
            term *= x / n
            total += term
        return 1 - total * math.exp(s * math.log(x) - x - math.lgamma(s))
    b = x + 1 - s       # continued fraction, as Lentz evaluates it
    c = 1e300
    d = h = 1 / b
    for n in range(1, 1000):
        a = -n * (n - s)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        h *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return h * math.exp(s * math.log(x) - x - math.lgamma(s))


def evenness(counts, shares):
    """max/mean; chi-square; its p, against draws with these chances"""
    total = sum(counts)
    expected = [total * share for share in shares]
    chi = sum((count - mean) ** 2 / mean
              for count, mean in zip(counts, expected))
    return (max(counts) * len(counts) / total, chi,
            upper_gamma((len(counts) - 1) / 2, chi / 2))


def counts_of(burst, sock, ports):
    before = [rig.sent(port) for port in ports]
    burst.send(sock)
    return [rig.sent(port) - then for port, then in zip(ports, before)]


def slot_shares(count):
    """Each port has an equal number of the 256 slots, or one more."""
    return [(256 // count + (n < 256 % count)) / 256 for n in range(count)]


def spread(*words):
    ports = rig.make_ports(max(SPREAD_PORTS))
    bursts = {name: Burst(frames) for name, frames in SETS.items()}
    for device, options in SPREAD.items():
        if words and device not in words:
            continue
        for count in SPREAD_PORTS:
            rig.MAKERS[device](options, ports[:count])
            found = {name: [] for name in bursts}
            for seed in SEEDS if device == "lag" else [0]:
                if device == "lag":
                    ip(f"link set {LAG} type lag hash_seed {seed}")
                sock = sender(LAG)
                for name, burst in bursts.items():
                    counts = counts_of(burst, sock, ports[:count])
                    shares = slot_shares(count) if device == "lag" else \
                        [1 / count] * count
                    # Which ports have a slot more does not matter much
                    found[name].append(evenness(
                        sorted(counts, reverse=True) if device == "lag"
                        else counts, shares))
            for name, results in found.items():
                ratio, chi, p = zip(*results)
                row("spread", name, device, count, "max/mean", max(ratio))
                row("spread", name, device, count, "chi-square", max(chi))
                row("spread", name, device, count, "p", min(p))
            rig.remove(ports[:count])


# --- what moves them ----------------------------------------------------------

FLOWS = 1000
MOVED = {
    "bond": "mode balance-xor xmit_hash_policy layer3+4",
    "team": "loadbalance l3 l4",
    "lag": "mode static xmit_hash_policy layer3+4 hash_seed 1",
}


class Watch:
    """Which port each numbered frame leaves by"""

    def __init__(self, ports):
        self.socks = {}
        for port in ports:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                 socket.htons(ETH_P_ALL))
            sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
            sock.bind((port, ETH_P_ALL))
            sock.setblocking(False)
            self.socks[port] = sock

    def seen(self, device, frames):
        for sock in self.socks.values():
            self.drain(sock)
        Burst(frames).send(sender(device))
        place = {}
        for port, sock in self.socks.items():
            for data in self.drain(sock):
                at = data.find(MARK)
                if at >= 0:
                    place[struct.unpack_from("!I", data, at + 4)[0]] = port
        if len(place) != len(frames):
            raise RuntimeError(f"{len(place)} of {len(frames)} frames seen")
        return place

    @staticmethod
    def drain(sock):
        frames = []
        while True:
            try:
                frames.append(sock.recv(2048))
            except BlockingIOError:
                return frames
            except OSError:
                pass    # told once that the port was down


def flows_of(count):
    return [frame(f"10.0.{n % 7}.{n % 250 + 1}", 20000 + n, number=n)
            for n in range(count)]


def share(before, after):
    """Per cent of the flows that are somewhere else"""
    return 100 * sum(before[n] != after[n] for n in before) / len(before)


def moved(*words):
    ports = rig.make_ports(5)
    frames = flows_of(FLOWS)
    for device, options in MOVED.items():
        if words and device not in words:
            continue
        rig.MAKERS[device](options, ports[:4])
        watch = Watch(ports)
        four = watch.seen(LAG, frames)
        lost = 100 * sum(port == ports[1] for port in four.values()) / FLOWS
        ip(f"link set {ports[1]} nomaster")
        rig.settle()
        three = watch.seen(LAG, frames)
        rig.enslave(ports[1:2])
        home = watch.seen(LAG, frames)
        rig.enslave(ports[4:5])
        five = watch.seen(LAG, frames)
        gained = 100 * sum(port == ports[4] for port in five.values()) / FLOWS
        for case, value in (("the leaving port had", lost),
                            ("1 of 4 leaves", share(four, three)),
                            ("back with 4: not where they were",
                             share(four, home)),
                            ("1 joins 4", share(home, five)),
                            ("the joining port has", gained)):
            row("moved", case, device, 4, "", value)
        rig.remove(ports)


CASCADE = {
    "addresses and ports": flows_of(FLOWS),
    "ports only": [frame("10.0.0.9", 20000 + n, number=n)
                   for n in range(FLOWS)],
}


def busiest(watch, ports, frames, place):
    """Of what one port of the first sends, the greatest share in per cent that
    a port of the second has"""
    worst = 0
    for port in ports:
        mine = [frames[n] for n in place if place[n] == port]
        if mine:
            there = list(watch.seen("dut2", mine).values())
            worst = max(worst,
                        100 * max(map(there.count, there)) / len(there))
    return worst


def cascade(*words):
    """The second gets what one port of the first would have sent it."""
    ports = rig.make_ports(8)
    for device, options in MOVED.items():
        if words and device not in words:
            continue
        watch = Watch(ports)
        rig.MAKERS[device](options, ports[:4])
        rig.MAKERS[device](options, ports[4:], "dut2")
        for name, frames in CASCADE.items():
            place = watch.seen(LAG, frames)
            worst = 0
            for seed in SEEDS if device == "lag" else [0]:
                if device == "lag":     # The first has seed 1
                    ip(f"link set dut2 type lag hash_seed {seed + 1}")
                worst = max(worst, busiest(watch, ports[:4], frames, place))
            row("cascade", name, device, 4, "", worst)
        rig.remove(ports[4:], "dut2")
        rig.remove(ports[:4])
