#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Random flows: the port that `lagctl flow` foretells, and the one they take.

    flows.py LAG PORT,... COUNT SEED [fail]

makes COUNT flows up from SEED, asks lagctl about all of them, sends a frame of
each and prints what does not agree.  With `fail` each port in turn loses its
link, and what lagctl had said of that is compared.  The ports are dummies.
"""
import json
import random
import select
import socket
import struct
import subprocess
import sys
import time

ETH_P_ALL = 0x0003
SO_RCVBUFFORCE = 33
MARK = b"lagflow!"
CHUNK = 200
PROTOCOLS = dict(tcp=6, udp=17, sctp=132, icmp=1, esp=50)


def mac_text(mac):
    return ":".join(f"{octet:02x}" for octet in mac)


def ethernet(dice, vlans, mac, kind, payload):
    tags = b"".join(struct.pack("!HH", 0x88a8 if n + 1 < len(vlans) else 0x8100,
                                dice.randrange(8) << 13 | vlan)
                    for n, vlan in enumerate(vlans))
    return mac[1] + mac[0] + tags + struct.pack("!H", kind) + payload


def ipv4(dice, protocol, src, dst, fragment, payload):
    options = b"\x01" * (4 * dice.choice((0, 0, 0, 1, 3)))
    return struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0,
                       20 + len(options) + len(payload), dice.randrange(65536),
                       dice.choice((0x2000, 0x2007, 0x0007)) if fragment else 0,
                       dice.randrange(1, 256), protocol, 0) + \
        src + dst + options + payload


def ipv6(dice, protocol, src, dst, fragment, payload):
    if fragment:
        payload = struct.pack("!BBHI", protocol, 0, dice.choice((1, 80)),
                              7) + payload
        protocol = 44
    if dice.randrange(4) == 0:  # destination options, before all else
        payload = bytes((protocol, 0, 1, 4, 0, 0, 0, 0)) + payload
        protocol = 60
    return struct.pack("!IHBB", 6 << 28 | dice.randrange(1 << 20),
                       len(payload), protocol, 64) + src + dst + payload


def flow(dice, number):
    """The line for lagctl, and a frame."""
    mac = [bytes((2, 0, 0, 0, dice.randrange(256), dice.randrange(256)))
           for end in range(2)]
    vlans = [dice.randrange(1, 4095)
             for _ in range(dice.choice((0, 0, 1, 1, 2)))]
    words = [f"--smac {mac_text(mac[0])} --dmac {mac_text(mac[1])}"]
    if vlans:
        words.append(f"--vlan {vlans[0]}")
    mark = MARK + struct.pack("!I", number)

    if dice.randrange(20) == 0:
        kind = dice.choice((0x0806, 0x88cc, 0x9100, 0x6000))
        line = f"{words[-1] if vlans else ''} {mac_text(mac[0])} " \
            f"{mac_text(mac[1])} {kind:#x}"
        return line, ethernet(dice, vlans, mac, kind, mark.rjust(46, b"\0"))

    six = dice.randrange(2)
    ends = [dice.randbytes(16 if six else 4) for end in range(2)]
    if six:     # no multicast, and some that differ in their end only
        ends = [b"\xfd\0" + bytes(dice.choice((0, 13))).ljust(13, b"\7")[:13] +
                end[-1:] if dice.randrange(2) else b"\xfd" + end[1:]
                for end in ends]
    else:
        ends = [b"\x0a" + end[1:] for end in ends]
    family = socket.AF_INET6 if six else socket.AF_INET
    words += [socket.inet_ntop(family, end) for end in ends]
    name = dice.choice(("tcp", "tcp", "udp", "udp", "sctp", "icmp", "esp"))
    protocol = PROTOCOLS[name]
    if six and name == "icmp":
        name, protocol = "icmpv6", 58
    words.append(name)
    payload = mark.rjust(16, b"\0")
    if name in ("tcp", "udp", "sctp"):
        ports = [dice.randrange(1, 65536) for end in range(2)]
        if dice.randrange(2):
            ports[1] = dice.choice((22, 53, 80, 443, 5201))
        words += map(str, ports)
        payload = struct.pack("!HH", *ports) + payload
    fragment = dice.randrange(10) == 0
    if fragment:
        words.append("--fragment")
    packet = (ipv6 if six else ipv4)(dice, protocol, *ends, fragment, payload)
    return " ".join(words), ethernet(dice, vlans, mac,
                                     0x86dd if six else 0x0800, packet)


def foretold(lag, lines):
    out = subprocess.run(
        ["lagctl", "-j", "flow", "--lag", lag, "--batch", "-"],
        input="\n".join(lines) + "\n", capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"lagctl: {out.stderr}")
    return [json.loads(line) for line in out.stdout.splitlines()]


def taken(lag, frames, watching):
    """The port of each frame."""
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    out.bind((lag, 0))
    ports = {}
    for first in range(0, len(frames), CHUNK):
        chunk = frames[first:first + CHUNK]
        for frame in chunk:
            out.send(frame)
        while len(ports) < first + len(chunk):
            ready = select.select(list(watching), [], [], 5)[0]
            if not ready:
                sys.exit(f"{len(ports)} of {first + len(chunk)} frames seen")
            for sock in ready:
                data = sock.recv(2048)
                at = data.find(MARK)
                if at < 0:
                    continue
                number = struct.unpack_from("!I", data, at + len(MARK))[0]
                if number in ports:
                    sys.exit(f"frame {number} was sent twice")
                ports[number] = watching[sock]
    return [ports[number] for number in range(len(frames))]


def compare(what, lines, said, seen):
    wrong = [(line, s, t) for line, s, t in zip(lines, said, seen) if s != t]
    for line, s, t in wrong[:5]:
        print(f"{what}: {line}: foretold {s}, took {t}")
    if wrong:
        print(f"{what}: {len(wrong)} of {len(lines)} are wrong")
    if len(set(seen)) < 2:
        print(f"{what}: all took {seen[0]}")


def carrier(port, state):
    subprocess.run(["ip", "link", "set", port, "carrier", state], check=True)


def wait_distributing(lag, count):
    """Soon, as the kernel tells of the carrier."""
    for _ in range(500):
        out = subprocess.run(["ip", "-j", "-d", "link", "show", lag],
                             capture_output=True, check=True)
        data = json.loads(out.stdout)[0]["linkinfo"]["info_data"]
        if data["num_distributing"] == count:
            return
        time.sleep(0.01)
    sys.exit(f"not {count} distributing")


def main():
    lag, names, count, seed, *fail = sys.argv[1:]
    dice = random.Random(int(seed))
    lines, frames = zip(*(flow(dice, n) for n in range(int(count))))
    names = names.split(",")
    watching = {}
    for name in names:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_ALL))
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 21)
        sock.bind((name, ETH_P_ALL))
        watching[sock] = name

    answers = foretold(lag, lines)
    if len(answers) != len(lines):
        sys.exit(f"{len(answers)} answers to {len(lines)} questions")
    compare("now", lines, [a["port"] for a in answers],
            taken(lag, frames, watching))
    # Some will do: what moves is spread over all of them
    some = len(frames) // len(names)
    for name in names if fail else ():
        carrier(name, "off")
        wait_distributing(lag, len(names) - 1)
        said = [next(a["port"] for a in answer["after"] if a["fails"] == name)
                for answer in answers]
        rest = {sock: port for sock, port in watching.items() if port != name}
        compare(f"without {name}", lines, said[:some],
                taken(lag, frames[:some], rest))
        carrier(name, "on")
        wait_distributing(lag, len(names))
    if fail:
        compare("again", lines, [a["port"] for a in answers[:some]],
                taken(lag, frames[:some], watching))


if __name__ == "__main__":
    main()
