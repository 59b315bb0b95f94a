#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A neighbour who does not keep to the rules: frames for ports of a lag.

    hostile.py CASE PORT... [NAME=VALUE...]

The ports are the far ends of the lag's.  The same seed gives the same frames.
What must be true of the lag meanwhile and afterwards is not here, but for what
it sends; see hostile.sh.
"""
import ctypes
import random
import select
import socket
import struct
import sys
import time
import types

import slow
from lab import MS, S, heard, listen

LACPDU_LEN = 124
ANSWER_MS = 10
BATCH = 100                     # frames at once, one batch every ms
PACE = 0.01                     # s, between frames that are to be looked at

# Octets of a LACPDU and of a Marker Response that are reserved, from and to
RESERVED = {1: ((33, 36), (53, 56), (60, 124)), 2: ((30, 124),)}


def actor_of(frame):
    """What the lag last said of itself, for a partner that agrees"""
    return frame[18:33]


class Wire:
    """The far end of a port, and all that was heard of the lag there."""

    def __init__(self, name):
        self.name = name
        self.sock = slow.open_port(name)
        self.ear = listen(name)
        self.lag = bytes(15)
        self.heard = 0

    def send(self, frame):
        try:
            self.sock.send(frame)
        except OSError:
            pass                # longer than the MTU, or shorter than a header

    def listen(self):
        """Frames of slow protocols; what they say must be all they hold."""
        found = []
        for when, frame in heard(self.ear):
            if frame[12:14] != b"\x88\x09":
                continue
            self.heard += 1
            found.append((when, frame))
            check(frame)
            if frame[14] == 1:
                self.lag = actor_of(frame)
        return found


def check(frame):
    """No octet is in it that the standard does not ask for."""
    if len(frame) != LACPDU_LEN:
        sys.exit("# %d octets were sent: %s" % (len(frame), frame.hex()))
    for begin, end in RESERVED[frame[14]]:
        if any(frame[begin:end]):
            sys.exit("# not zero from %d to %d: %s" % (begin, end,
                                                       frame.hex()))


def pdu(wire, system="02:aa:00:00:00:01", key=7, port=1, state=0x3f,
        partner=None):
    actor = slow.INFO.pack(100, slow.mac(system), key, 100, port, state)
    return slow.lacpdu(wire.sock, actor, wire.lag if partner is None
                       else partner)


def spoilt(frame):
    """Bits, octets and lengths as they come"""
    frame = bytearray(frame)
    for _ in range(random.randint(0, 6)):
        frame[random.randrange(14, len(frame))] = random.choice(
            (0, 1, 0xff, random.randrange(256)))
    luck = random.random()
    if luck < 0.2:
        frame = frame[:random.randrange(15, len(frame))]
    elif luck < 0.3:
        frame += random.randbytes(random.randrange(1, 1390))
    return bytes(frame)


def noise(wire):
    kind = random.random()
    if kind < 0.5:
        frame = pdu(wire, state=random.randrange(256))
    elif kind < 0.8:
        frame = slow.marker(wire.sock, random.randrange(4),
                            random.getrandbits(32))
        frame = frame[:30] + random.randbytes(94)
    else:
        frame = slow.header(wire.sock, random.randrange(256)) + \
            random.randbytes(109)
    return spoilt(frame)


# --- Cases -------------------------------------------------------------------

def fuzzed(wires, args):
    """LACPDUs, markers and others, right and wrong, one every 10 ms"""
    for _ in range(args.count):
        wire = random.choice(wires)
        wire.send(noise(wire))
        time.sleep(PACE)
        wire.listen()


def flips(wires, args):
    """On the first port another partner with each LACPDU"""
    wire = wires[0]
    begin = time.monotonic()
    for number in range(args.count):
        wire.send(pdu(wire, system="02:bb:00:00:%02x:%02x" % (
            number >> 8 & 0xff, number & 0xff), key=number & 0xffff,
            port=number & 0xffff))
        time.sleep(PACE)
        wire.listen()
    # 802.1AX 6.4.16: three a second
    most = 3 * (time.monotonic() - begin + 1) + 1
    if wire.heard > most:
        sys.exit("# %d LACPDUs in answer, of %d at most" % (wire.heard, most))


def twins(wires, args):
    """Partners that are the same one, or say they are the lag itself"""
    for number in range(args.count):
        for wire in wires:
            wire.listen()
            ours = "".join("%02x:" % octet for octet in wire.lag[2:8])[:-1]
            wire.send(pdu(wire, **random.choice((
                dict(port=1), dict(port=number % 3),
                dict(system=ours, port=number % 3, key=number % 2),
                dict(system=ours, port=0xffff)))))
        time.sleep(PACE)


def mine(wires, args):
    """Data and LACPDUs that have the lag's own address as their source"""
    for number in range(args.count):
        wire = random.choice(wires)
        source = slow.mac(args.address)
        target = random.choice((b"\xff" * 6, source,
                                bytes.fromhex("333300000001")))
        frame = random.choice((
            target + source + b"\x08\x06" + struct.pack(
                "!HHBBH6s4s6s4s", 1, 0x800, 6, 4, 1, source,
                bytes((192, 0, 2, 1)), bytes(6), bytes((192, 0, 2, 1))),
            target + source + b"\x08\x00" + random.randbytes(80),
            slow.SLOW_ADDRESS + source + pdu(wire)[12:]))
        wire.send(frame.ljust(60, b"\0"))
        if number % 10 == 0:
            time.sleep(PACE)
            wire.listen()


def ip_header(fragment):
    if random.random() < 0.5:
        return b"\x08\x00" + struct.pack(
            "!BBHHHBBH4s4s", random.choice((0x45, 0x45, 0x4f, 0x40, 0x65)),
            0, random.choice((20, 60, 1500, 65535)), 1, fragment, 64,
            random.choice((6, 17, 4, 41, 47, 50, 132, 255)), 0,
            random.randbytes(4), random.randbytes(4))
    return b"\x86\xdd" + struct.pack(
        "!IHBB16s16s", 6 << 28 | random.getrandbits(20),
        random.choice((0, 8, 1400, 65535)),
        random.choice((0, 6, 17, 43, 44, 51, 60, 4, 41, 255)), 64,
        random.randbytes(16), random.randbytes(16))


def mess(target):
    """Tags upon tags, fragments, headers cut short and headers that lie"""
    tags = b"".join(random.choice((b"\x81\x00", b"\x88\xa8")) +
                    random.randbytes(2)
                    for _ in range(random.choice((0, 1, 2, 3, 9))))
    body = ip_header(random.choice((0, 0x2000, 0x2001, 185, 0x1fff)))
    body += b"".join(ip_header(0)[2:] for _ in range(random.randrange(4)))
    body += random.randbytes(random.randrange(100))
    frame = target + b"\x02" + random.randbytes(5) + tags + body
    return frame[:random.choice((14, 15, 18, 33, 34, 35, 54, 60, 400))]


def messy(wires, args):
    """Data that comes in; to the lag's address, too"""
    for number in range(args.count):
        wire = random.choice(wires)
        wire.send(mess(random.choice((b"\xff" * 6, slow.mac(args.address)))))
        if number % 100 == 0:
            time.sleep(PACE)
            wire.listen()


def messy_out(wires, args):
    """Data that goes out: each frame once"""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((args.lag, 0))
    sent = 0
    for _ in range(args.count):
        try:
            sock.send(mess(b"\x02\xcc\0\0\0\0"))
            sent += 1
        except OSError:
            pass
    print(sent)


# --- A flood -----------------------------------------------------------------

class Many:
    """The same frame many times with one call: Python would take longer."""

    def __init__(self, sock, frame):
        class Piece(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]

        class Message(ctypes.Structure):
            _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint),
                        ("iov", ctypes.POINTER(Piece)),
                        ("iovlen", ctypes.c_size_t),
                        ("control", ctypes.c_void_p),
                        ("controllen", ctypes.c_size_t),
                        ("flags", ctypes.c_int), ("pad", ctypes.c_int),
                        ("sent", ctypes.c_uint)]

        self.fd = sock.fileno()
        self.data = ctypes.create_string_buffer(frame, len(frame))
        self.piece = Piece(ctypes.addressof(self.data), len(frame))
        self.messages = (Message * BATCH)(*(
            Message(iov=ctypes.pointer(self.piece), iovlen=1)
            for _ in range(BATCH)))
        self.sendmmsg = ctypes.CDLL(None, use_errno=True).sendmmsg

    def send(self):
        done = self.sendmmsg(self.fd, self.messages, BATCH, 0)
        if done != BATCH:
            sys.exit("# %d of %d frames were sent" % (done, BATCH))


def agree(wire):
    """Until nothing is left to be said but in answer"""
    for _ in range(4):
        wire.listen()
        wire.send(pdu(wire))
        time.sleep(1)


def flood(wires, args):
    """100,000 LACPDUs a second on the first port; the other has questions

    One that has not heard the lag asks it to speak.  It knows the limit of
    three LACPDUs a second.
    """
    many = Many(wires[0].sock, pdu(wires[0]))
    quiet = wires[1]
    agree(quiet)
    quiet.listen()
    waiting, took = 0, []
    begin = time.monotonic_ns()
    for tick in range(args.ms):
        many.send()
        if tick % 1000 == 100:
            waiting = time.time_ns()
            quiet.send(pdu(quiet, partner=bytes(15)))
        if tick % 1000 == 600:
            quiet.send(pdu(quiet))
        left = begin + (tick + 1) * MS - time.monotonic_ns()
        if left > 0:
            select.select([], [], [], left / S)
        for when, _frame in quiet.listen():
            if waiting:
                took.append((when - waiting) / MS)
                waiting = 0
    rate = args.ms * BATCH * S / (time.monotonic_ns() - begin)
    print("# %d LACPDUs a second; answers after %s ms" % (
        rate, " ".join("%.1f" % ms for ms in took)))
    if not took or waiting or (args.exact and (
            max(took) > ANSWER_MS or rate < 0.99 * BATCH * S / MS)):
        sys.exit(1)


def cost(wires, args):
    """Instructions of a LACPDU beyond what is looked at, as ns of a guest

    The second port's other end is in no lag: there the same frames cost what
    sending and receiving do.
    """
    took = []
    for wire in wires[:2]:
        many = Many(wire.sock, pdu(wire))
        series = []
        for _ in range(5):
            begin = time.monotonic_ns()
            for _ in range(args.count // BATCH):
                many.send()
            series.append((time.monotonic_ns() - begin) /
                          (args.count // BATCH * BATCH))
        # The first ones fill caches and are looked at
        took.append(min(series[1:]))
    print("# a surplus LACPDU costs %d - %d = %d instructions" % (
        *took, took[0] - took[1]))
    if took[0] - took[1] > args.most:
        sys.exit(1)


CASES = dict(fuzzed=fuzzed, flips=flips, twins=twins, mine=mine, messy=messy,
             messy_out=messy_out, flood=flood, cost=cost)
OPTIONS = dict(seed=1, count=500, ms=1500, exact=0, most=1500,
               address="02:00:00:00:00:01", lag="lag0")


def main():
    options = dict(OPTIONS)
    ports = []
    for word in sys.argv[2:]:
        name, equals, value = word.partition("=")
        if not equals:
            ports.append(word)
        else:
            options[name] = type(OPTIONS[name])(value)
    random.seed(options["seed"])
    CASES[sys.argv[1]]([Wire(port) for port in ports],
                       types.SimpleNamespace(**options))


if __name__ == "__main__":
    main()
