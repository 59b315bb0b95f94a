#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""LACP conformance seen from the wire: a scripted partner and the cases.

Each case is a function named after its number in the published lists; it
makes a lag with ports a1, a2, ... whose cables end in b1, b2, ... where the
partner speaks by hand.  All of it is in one network namespace.  What is to be
seen inside the engine only is not here; see selftests/unit.

Usage: conformance.py [CASE...]		(default: all)
"""
import json
import random
import re
import select
import socket
import struct
import subprocess
import sys
import time
import traceback

from slow import ETH_P_ALL, INFO, PACKET_OUTGOING, SLOW_ADDRESS, mac

ACTIVITY, TIMEOUT, AGGREGATION, SYNC = 0x01, 0x02, 0x04, 0x08
COLLECTING, DISTRIBUTING, DEFAULTED, EXPIRED = 0x10, 0x20, 0x40, 0x80
CD = SYNC | COLLECTING | DISTRIBUTING
DATA_TYPE = 0x88b5              # for local experiments, IEEE 802
CASES = []


class Failed(Exception):
    pass


def check(claim, *said):
    if not claim:
        raise Failed(" ".join(str(word) for word in said))


def ip(*commands, may_fail=False):
    """One or more commands of ip, in one process."""
    done = subprocess.run(["ip", "-force", "-batch", "-"],
                          input="\n".join(commands) + "\n", text=True,
                          capture_output=True)
    check(may_fail or not done.returncode, commands, done.stderr)


def now():
    return time.monotonic()


class Info:
    """One end of a link as a LACPDU tells it."""
    FIELDS = ("system_priority", "system", "key", "port_priority", "port",
              "state")

    def __init__(self, data):
        for name, value in zip(self.FIELDS, INFO.unpack(data)):
            setattr(self, name, value)

    def pack(self):
        return INFO.pack(*(getattr(self, name) for name in self.FIELDS))

    def but(self, **changes):
        other = Info(self.pack())
        for name, value in changes.items():
            setattr(other, name, value)
        return other


class Pdu:
    def __init__(self, frame, when):
        self.frame, self.when = frame, when
        self.actor, self.partner = Info(frame[18:33]), Info(frame[38:53])
        self.state = self.actor.state


class Port:
    """The partner's end of a cable."""

    def __init__(self, index):
        self.name, self.far = f"b{index}", f"a{index}"
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(ETH_P_ALL))
        self.sock.bind((self.name, ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.address = self.sock.getsockname()[4]
        self.actor = Info(INFO.pack(100, mac("02:aa:00:00:00:01"), 7, 100,
                                    index, ACTIVITY | TIMEOUT | AGGREGATION |
                                    CD))
        self.pdus, self.markers, self.data = [], [], []
        self.before = []        # data frames heard before each of the PDUs
        self.view = None        # what it says of the other end, if not heard
        self.follow = True      # collects only if the other end is in sync
        self.answers = True     # speaks at once when what it hears is new
        self.speaks = False
        self.reflects = False
        self.period = 1.0
        self.next = 0.0
        self.last_sent = None
        self.mutate = lambda frame: frame

    # --- what it says

    def build(self, view=None, **changes):
        heard = self.pdus[-1].actor if self.pdus else None
        actor = self.actor.but(**changes)
        if self.follow and not (heard and heard.state & SYNC):
            actor.state &= ~(COLLECTING | DISTRIBUTING)
        view = view or self.view
        if view is None:
            view = heard.pack() if heard else bytes(15)
        elif isinstance(view, Info):
            view = view.pack()
        return (SLOW_ADDRESS + self.address + b"\x88\x09\x01\x01" +
                b"\x01\x14" + actor.pack() + bytes(3) +
                b"\x02\x14" + view + bytes(3) + b"\x03\x10" + bytes(14) +
                bytes(52))

    def transmit(self, frame):
        try:
            self.sock.send(frame)
        except OSError:
            pass                # it is down

    def say(self, view=None, **changes):
        """One LACPDU now."""
        self.transmit(self.mutate(self.build(view, **changes)))
        self.last_sent = now()

    def start(self, **attributes):
        for name, value in attributes.items():
            check(hasattr(self, name), name)
            setattr(self, name, value)
        self.speaks = True
        self.next = now()

    def stop(self):
        self.speaks = False
        return self.last_sent

    def set(self, *bits):
        for bit in bits:
            self.actor.state |= bit
        self.next = now()

    def clear(self, *bits):
        for bit in bits:
            self.actor.state &= ~bit
        self.next = now()

    def marker(self, transaction=1, tlv=1, body=None):
        frame = (SLOW_ADDRESS + self.address + b"\x88\x09\x02\x01" +
                 bytes((tlv, 16)) + struct.pack("!H", 9) +
                 mac("02:bb:00:00:00:07") + struct.pack("!I", transaction) +
                 b"\xa5\xa5" + bytes(2) + b"\xa5" * 90)
        self.transmit(frame if body is None else frame[:14 + body])

    # --- what it hears

    def hear(self, frame):
        if frame[12:14] == struct.pack("!H", DATA_TYPE) or \
           frame[12:14] == b"\x08\x00":
            self.data.append(frame)
            return
        if frame[:6] != SLOW_ADDRESS or frame[12:14] != b"\x88\x09":
            return
        if self.reflects:
            self.transmit(frame)
        if frame[14] == 2:
            self.markers.append((now(), frame))
        if frame[14] != 1 or len(frame) < 124:
            return
        pdu = Pdu(frame, now())
        new = not self.pdus or self.pdus[-1].actor.pack() != pdu.actor.pack()
        self.pdus.append(pdu)
        self.before.append(len(self.data))
        if new and self.speaks and self.answers:
            self.next = 0

    @property
    def state(self):
        return self.pdus[-1].state if self.pdus else 0

    def cd(self):
        return self.state & CD == CD

    def times(self, since=0.0):
        return [pdu.when for pdu in self.pdus if pdu.when >= since]

    def seen(self, since, bits, value):
        """When it first heard the bits like that since then, or None."""
        for pdu in self.pdus:
            if pdu.when >= since and pdu.state & bits == value:
                return pdu.when
        return None


class World:
    """One lag and its partner; ended by close()."""

    def __init__(self, ports=1, options="lacp_rate fast", up=True):
        self.count = ports
        lines = [f"link add lag0 type lag hash_seed 1 {options}"]
        for i in range(1, ports + 1):
            lines += [f"link add a{i} type veth peer name b{i}",
                      f"link set b{i} up"]
        ip(*lines)
        self.ports = [Port(i) for i in range(1, ports + 1)]
        self.lag = None
        self.upper = []
        lines = [f"link set a{i} master lag0" for i in range(1, ports + 1)]
        ip(*lines)
        if up:
            self.up()

    def up(self):
        ip("link set lag0 up")
        self.since = now()
        return self.since

    def close(self):
        for port in self.ports:
            port.sock.close()
        if self.lag:
            self.lag.close()
        ip("link del lag0", *(f"link del a{i}"
                              for i in range(1, self.count + 1)),
           may_fail=True)

    # --- time

    def run(self, seconds=0.0, until=None):
        """Let so much time pass, or less if the condition comes true."""
        end = now() + seconds
        socks = {port.sock: port for port in self.ports}
        if self.lag:
            socks[self.lag] = None
        while True:
            if until and until():
                return True
            for port in self.ports:
                if port.speaks and port.next <= now():
                    port.next = now() + port.period
                    port.say()
            wake = min([end] + [p.next for p in self.ports if p.speaks])
            if now() >= end:
                return bool(until and until())
            for sock in select.select(list(socks), [], [],
                                      max(0, wake - now()))[0]:
                self.take(sock, socks[sock])

    def take(self, sock, port):
        while True:
            try:
                frame, address = sock.recvfrom(4096, socket.MSG_DONTWAIT)
            except OSError:
                return
            if address[2] == PACKET_OUTGOING:
                continue
            if port:
                port.hear(frame)
            else:
                self.upper.append(frame)

    def wait(self, seconds, condition, *said):
        check(self.run(seconds, condition), "not within", seconds, "s:",
              *said, self.told())

    def keep(self, seconds, condition, *said):
        check(not self.run(seconds, lambda: not condition()), "did not hold",
              seconds, "s:", *said, self.told())

    def told(self):
        return " ".join(f"{p.name}:{p.state:02x}" for p in self.ports)

    # --- what is set and read

    def form(self, seconds=6.0, *ports, **attributes):
        """The partner speaks on these ports (all) until they carry."""
        ports = ports or self.ports
        for port in ports:
            port.start(**attributes)
        self.wait(seconds, lambda: all(p.cd() for p in ports), "CD")
        self.run(0.05)

    def option(self, words):
        ip(f"link set lag0 type lag {words}")
        return now()

    def carrier(self):
        with open("/sys/class/net/lag0/carrier") as file:
            return file.read().strip() == "1"

    def slots(self, port):
        said = subprocess.run(["ip", "-d", "link", "show", port.far],
                              text=True, capture_output=True).stdout
        return int(re.search(r"\bslots (\d+)", said)[1])

    # --- data

    def open_lag(self):
        self.lag = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                 socket.htons(ETH_P_ALL))
        self.lag.bind(("lag0", ETH_P_ALL))
        return self.lag.getsockname()[4]

    def send_in(self, port, count, to):
        for number in range(count):
            port.transmit(to + port.address +
                          struct.pack("!HI", DATA_TYPE, number) + bytes(46))

    def send_flows(self, count, first=0, packets=1):
        """UDP flows out of the lag that differ in their source port."""
        for number in range(packets):
            for flow in range(first, first + count):
                udp = struct.pack("!HHHHI", 20000 + flow, 9, 26, 0, number)
                head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 46, 0, 0, 64, 17,
                                   0, bytes((192, 0, 2, 1)),
                                   bytes((192, 0, 2, 2)))
                self.lag.send(mac("02:cc:00:00:00:01") +
                              self.lag.getsockname()[4] + b"\x08\x00" + head +
                              udp + bytes(14))

    def send_out(self, count, to):
        for number in range(count):
            self.lag.send(to + self.lag.getsockname()[4] +
                          struct.pack("!HI", DATA_TYPE, number) + bytes(46))

    def got_out(self):
        return [len(port.data) for port in self.ports]


def case(number, level, clause, **world):
    def register(function):
        CASES.append((number, level, clause, function, world))
        return function
    return register


# --- Frame format ------------------------------------------------------------

@case("FMT-01", "MUST", "43.4.2.1")
def every_octet_of_a_lacpdu(w):
    w.form()
    w.run(2)
    for pdu in w.ports[0].pdus:
        body = pdu.frame[14:]
        check(pdu.frame[:6] == SLOW_ADDRESS, "destination")
        check(len(body) == 110, "length", len(body))
        check(body[0:4] == b"\x01\x01\x01\x14", "actor TLV")
        check(body[22:24] == b"\x02\x14", "partner TLV")
        check(body[42:44] == b"\x03\x10", "collector TLV")
        check(body[58:60] == b"\x00\x00", "terminator")
        check(not any(body[19:22] + body[39:42] + body[46:58] + body[60:]),
              "reserved octets")


@case("FMT-02", "MUST", "43.4.2.1")
def identity_of_the_first_lacpdu(w):
    port = w.ports[0]
    w.wait(2, lambda: port.pdus, "first LACPDU")
    pdu = port.pdus[0]
    check(any(pdu.frame[6:12]) and not pdu.frame[6] & 1, "source")
    check(any(pdu.actor.system) and not pdu.actor.system[0] & 1, "system")
    check(pdu.actor.port and pdu.actor.key, "port and key")


@case("FMT-03", "MUST", "43.4.3", ports=3)
def members_are_one_system(w):
    w.wait(2, lambda: all(p.pdus for p in w.ports), "LACPDUs")
    ends = [p.pdus[-1].actor for p in w.ports]
    check(len({(e.system_priority, e.system, e.key) for e in ends}) == 1)
    check(len({(e.port_priority, e.port) for e in ends}) == 3)


@case("FMT-04", "MUST", "43.4.2.2")
def active_and_fast(w):
    bits = ACTIVITY | TIMEOUT | AGGREGATION
    w.wait(2, lambda: w.ports[0].state & bits == bits, "state bits")


@case("FMT-05", "MUST", "43.4.2.2", options="lacp_rate slow")
def slow(w):
    w.wait(2, lambda: w.ports[0].pdus, "first LACPDU")
    check(not w.ports[0].state & TIMEOUT)


# --- Receive machine ---------------------------------------------------------

@case("RX-01", "MUST", "43.4.12")
def expired_then_defaulted(w):
    port = w.ports[0]
    w.run(6)
    check(port.pdus[0].state & EXPIRED, "first is not Expired")
    for pdu in port.pdus:
        after = pdu.when - w.since
        if after > 4.2:
            check(not pdu.state & EXPIRED, "Expired after", after)
    w.run(30, lambda: port.state & DEFAULTED and not port.state & EXPIRED)
    check(port.state & DEFAULTED and not port.state & EXPIRED, "Defaulted")


@case("RX-02", "MUST", "43.4.12")
def speaks_fast_at_first(w):
    w.run(3.4)
    check(len(w.ports[0].pdus) >= 3, len(w.ports[0].pdus))


@case("RX-03", "MUST", "43.4.12")
def first_partner_pdu(w):
    port = w.ports[0]
    w.run(5)
    port.start()
    w.wait(2, lambda: not port.state & (DEFAULTED | EXPIRED), "Current")
    w.run(1)
    view, bits = port.pdus[-1].partner, ACTIVITY | TIMEOUT | AGGREGATION
    for name in Info.FIELDS[:-1]:
        check(getattr(view, name) == getattr(port.actor, name), name)
    check(view.state & bits == port.actor.state & bits, "state")


@case("RX-04", "MUST", "43.4.12")
def expires(w):
    port = w.ports[0]
    w.form()
    last = port.stop()
    w.wait(5, lambda: port.state & EXPIRED, "Expired")
    after = port.seen(last, EXPIRED, EXPIRED) - last
    check(2.7 <= after <= 4.4, after)


@case("RX-05", "MUST", "43.4.12")
def what_an_expired_port_says(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    port.stop()
    w.wait(5, lambda: port.state & EXPIRED, "Expired")
    pdu = port.pdus[-1]
    check(not pdu.state & (COLLECTING | DISTRIBUTING), "collects")
    check(not pdu.partner.state & SYNC, "partner Sync")
    check(pdu.partner.state & TIMEOUT, "partner Timeout")
    check(pdu.partner.system == port.actor.system, "identity")


@case("RX-06", "MUST", "43.4.12")
def defaults_after_expiry(w):
    port = w.ports[0]
    w.form()
    last = port.stop()
    w.run(5.3)
    check(port.state & EXPIRED, "Expired at 5.3 s")
    w.run(40, lambda: not port.state & EXPIRED)
    gone = port.seen(port.seen(last, EXPIRED, EXPIRED), EXPIRED, 0)
    check(gone and gone - last > 4.6, "not Expired any more")
    check(port.state & DEFAULTED, "Defaulted")
    check(not any(port.pdus[-1].partner.pack()), "administrative values")


@case("RX-07", "MUST", "43.4.12", options="lacp_rate slow")
def long_timeout(w):
    port = w.ports[0]
    w.form()
    last = port.stop()
    w.wait(95, lambda: port.state & EXPIRED, "Expired")
    after = port.seen(last, EXPIRED, EXPIRED) - last
    check(89 <= after <= 92.5, after)


@case("RX-08", "MUST", "43.4.12", options="lacp_rate slow")
def expired_is_short_for_slow_too(w):
    port = w.ports[0]
    w.form()
    w.wait(95, lambda: port.stop() and port.state & EXPIRED, "Expired")
    began = now()
    w.run(40, lambda: not port.state & EXPIRED)
    expired = [p.when for p in port.pdus if p.state & EXPIRED]
    check(max(expired) - began <= 4.3, max(expired) - began)


@case("RX-09", "MUST", "43.4.12")
def heard_again_while_expired(w):
    port = w.ports[0]
    w.form()
    last = port.stop()
    w.wait(5, lambda: port.state & EXPIRED, "Expired")
    port.start()
    w.wait(1.6, port.cd, "CD")
    check(not port.seen(last, SYNC, 0), "Sync was cleared")


@case("RX-10", "MUST", "43.4.12")
def heard_again_after_defaulted(w):
    port = w.ports[0]
    w.form()
    port.stop()
    w.run(40, lambda: port.state & DEFAULTED)
    port.start()
    w.wait(8, port.cd, "CD")


@case("RX-11", "MUST", "43.4.12")
def versions_are_not_validated(w):
    port = w.ports[0]
    w.form()
    for version in (2, 255, 0):
        port.mutate = lambda f, v=version: f[:15] + bytes((v,)) + f[16:]
        w.keep(6, port.cd, "version", version)


@case("RX-12", "MUST", "43.4.12")
def reserved_fields_are_not_validated(w):
    port = w.ports[0]
    w.form()
    fill = b"\xa5"
    port.mutate = lambda f: (f[:33] + fill * 3 + f[36:53] + fill * 3 +
                             f[56:60] + fill * 12 + f[72:74] + fill * 50)
    w.keep(6, port.cd)


@case("RX-13", "MUST", "43.4.12")
def tlv_types_are_not_validated(w):
    port = w.ports[0]
    w.form()
    port.mutate = lambda f: (f[:16] + b"\x11" + f[17:36] + b"\x22" + f[37:56] +
                             b"\x33" + f[57:72] + b"\x44" + f[73:])
    w.keep(6, port.cd)


@case("RX-14", "MUST", "43.4.12")
def wrong_tlv_lengths_are_dropped(w):
    port = w.ports[0]
    for offset in (17, 37, 57):
        port.mutate = lambda f: f
        w.form()
        port.mutate = lambda f, o=offset: f[:o] + b"\x07" + f[o + 1:]
        w.wait(6, lambda: port.state & EXPIRED, "Expired, offset", offset)


@case("RX-15", "MUST", "43.4.12")
def short_lacpdus_are_dropped(w):
    port = w.ports[0]
    w.form()
    lengths = [2, 4, 18, 24, 39, 57, 109]
    port.period = 0.2
    port.mutate = lambda f: f[:14 + lengths[int(now() * 5) % len(lengths)]]
    w.wait(6, lambda: port.state & EXPIRED, "Expired")
    check(port.pdus[-1].partner.system == port.actor.system, "overwritten")


@case("RX-16", "MUST", "6.4.2.4")
def version_2_with_more_tlvs(w):
    port = w.ports[0]
    w.form()
    more = (b"\x04\x06\x00\x80\xc2\x01" + b"\x05\x14" + b"\x5a" * 18 +
            b"\x0a\x12" + b"\x5a" * 16 + b"\x06\x83" + b"\x5a" * 129 +
            b"\x00\x00")
    port.mutate = lambda f: f[:15] + b"\x02" + f[16:72] + more + bytes(50)
    w.keep(6, port.cd, "known TLVs")
    more = (b"\xc8\xff" + bytes(253)) * 4 + b"\x00\x00"
    port.mutate = lambda f: f[:15] + b"\x02" + f[16:72] + more
    w.keep(6, port.cd, "1.1 kB")


@case("RX-17", "SHOULD", "57A")
def unicast_is_not_ours(w):
    port = w.ports[0]
    w.form()
    to = port.pdus[-1].frame[6:12]
    port.mutate = lambda f: to + f[6:]
    w.wait(6, lambda: port.state & EXPIRED, "Expired")


@case("RX-18", "MUST", "43.4.14")
def reflected(w):
    port = w.ports[0]
    port.reflects = True
    w.keep(16, lambda: not port.state & (COLLECTING | DISTRIBUTING))
    check(len(port.pdus) <= 3 * 16 + 6, len(port.pdus))


@case("RX-19", "MUST", "43.4.14", ports=2)
def cabled_to_itself(w):
    a, b = w.ports
    a.hear, b.hear = (lambda f, old=a.hear: (old(f), b.transmit(f)),
                      lambda f, old=b.hear: (old(f), a.transmit(f)))
    w.keep(20, lambda: not (a.cd() and b.cd()))


@case("RX-20", "MUST", "43.4.9 update_NTT")
def answers_what_is_wrong_of_itself(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    w.run(3)
    own = port.pdus[-1].actor
    wrong = [own.but(port=own.port + 1),
             own.but(port_priority=own.port_priority ^ 1),
             own.but(system=mac("02:dd:00:00:00:01")),
             own.but(system_priority=own.system_priority ^ 1),
             own.but(key=own.key ^ 1)]
    wrong += [own.but(state=own.state ^ bit)
              for bit in (ACTIVITY, TIMEOUT, SYNC, AGGREGATION)]
    for number, view in enumerate(wrong):
        since = now()
        port.say(view)
        w.wait(1.1, lambda: port.times(since), "answer", number)
        w.run(2.5)


@case("RX-21", "MUST", "43.4.9 update_NTT")
def is_quiet_where_all_agree(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    w.run(3)
    since = now()
    w.run(20)
    check(len(port.times(since)) <= 1, len(port.times(since)))


@case("RX-22", "MUST", "43.4.9 update_NTT")
def bits_that_do_not_count(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    w.run(3)
    own, since = port.pdus[-1].actor, now()
    for bit in (COLLECTING, DISTRIBUTING, DEFAULTED, EXPIRED):
        port.say(own.but(state=own.state ^ bit))
        w.run(1.5)
    check(len(port.times(since)) <= 1, len(port.times(since)))


def wrong_views(w):
    """In turn it is our port, system and key that the partner has wrong."""
    port = w.ports[0]
    w.wait(2, lambda: port.pdus, "first LACPDU")
    own = port.pdus[-1].actor
    for changes in (dict(port=77), dict(system=mac("02:dd:00:00:00:01")),
                    dict(key=77)):
        port.start(follow=False, view=own.but(**changes))
        yield port, changes


@case("RX-23", "MUST", "43.4.9 recordPDU")
def wrong_view_of_us(w):
    for port, changes in wrong_views(w):
        w.keep(18, lambda: not port.state & (COLLECTING | DISTRIBUTING),
               changes)


@case("RX-24", "MUST", "43.4.9 recordPDU")
def wrong_view_of_us_is_no_sync(w):
    for port, changes in wrong_views(w):
        since = now()
        w.run(4)
        said = [pdu for pdu in port.pdus if pdu.when >= since]
        check(said and not any(p.partner.state & SYNC for p in said), changes)
        check(said[-1].partner.system == port.actor.system, "not heard")


def partner_changes(w, **changes):
    port = w.ports[0]
    w.form()
    since = now()
    port.actor = port.actor.but(**changes)
    port.next = since
    w.wait(15, lambda: port.seen(since, SYNC, 0), "Sync=0")
    w.wait(15, port.cd, "CD")
    check(port.seen(since, SYNC, 0) < port.seen(since, CD, CD), "order")


@case("RX-25", "MUST", "43.4.9 update_Selected")
def partner_key_changes(w):
    partner_changes(w, key=8)


@case("RX-26", "MUST", "43.4.9 update_Selected")
def partner_system_changes(w):
    partner_changes(w, system=mac("02:aa:00:00:00:02"))


@case("RX-27", "MUST", "43.4.9 update_Selected")
def partner_port_changes(w):
    partner_changes(w, port=99)


@case("RX-28", "MUST", "43.4.9 update_Selected")
def partner_priorities_change(w):
    partner_changes(w, port_priority=5, system_priority=5)


@case("RX-29", "MUST", "43.4.9 update_Selected")
def partner_becomes_individual(w):
    partner_changes(w, state=w.ports[0].actor.state & ~AGGREGATION)


@case("WB-25", "MUST", "43.4.9", options="lacp_rate fast wait_while 0")
def sync_falls_before_it_rises_without_waiting(w):
    partner_changes(w, key=9)


@case("RX-30", "SHOULD", "43.4.9 recordPDU")
def not_maintained(w):
    port = w.ports[0]
    w.wait(2, lambda: port.pdus, "first LACPDU")
    own = port.pdus[-1].actor
    port.clear(ACTIVITY)
    port.start(follow=False)
    port.mutate = lambda f: f[:52] + bytes((f[52] & ~ACTIVITY,)) + f[53:]
    check(own.state & ACTIVITY)
    w.keep(10, lambda: not port.state & DISTRIBUTING)


# --- Periodic Transmission machine -------------------------------------------

@case("PER-01", "MUST", "43.4.13")
def short_period(w):
    port = w.ports[0]
    w.form()
    w.run(3)
    since = now()
    w.run(15)
    times = port.times(since)
    gaps = [b - a for a, b in zip(times, times[1:])]
    check(0.85 <= sum(gaps) / len(gaps) <= 1.15 and max(gaps) < 1.5, gaps)


@case("PER-02", "MUST", "43.4.13")
def long_period(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    w.run(3)
    since = now()
    w.run(95)
    times = port.times(since)
    gaps = [b - a for a, b in zip(times, times[1:])]
    check(2 <= len(times) <= 4, times)
    check(all(28.5 <= gap <= 31.5 for gap in gaps), gaps)


@case("PER-03", "MUST", "43.4.13")
def long_to_short(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    w.run(5)
    since = now()
    port.set(TIMEOUT)
    w.wait(1, lambda: port.times(since), "LACPDU")
    since = now()
    w.run(6)
    check(5 <= len(port.times(since)) <= 8, len(port.times(since)))


@case("PER-04", "MUST", "43.4.13")
def short_to_long(w):
    port = w.ports[0]
    w.form()
    port.clear(TIMEOUT)
    w.run(2.5)
    since = now()
    w.run(25)
    check(len(port.times(since)) <= 1, len(port.times(since)))


@case("PER-05", "MUST", "43.4.16", options="lacp_rate fast lacp_active off")
def passive_is_silent(w):
    w.run(40)
    check(not w.ports[0].pdus, len(w.ports[0].pdus))


@case("PER-06", "MUST", "43.4.16", options="lacp_rate fast lacp_active off")
def passive_is_silent_to_passive(w):
    port = w.ports[0]
    port.clear(ACTIVITY)
    port.start()
    w.run(10)
    check(not port.pdus, len(port.pdus))


@case("PER-07", "MUST", "43.4.13", options="lacp_rate fast lacp_active off")
def passive_with_active_partner(w):
    port = w.ports[0]
    w.form()
    check(not port.state & ACTIVITY, "Activity")
    w.run(2)
    since = now()
    w.run(6)
    check(5 <= len(port.times(since)) <= 8, len(port.times(since)))


@case("PER-08", "MUST", "43.4.13", options="lacp_rate fast lacp_active off")
def passive_falls_silent_with_its_partner(w):
    port = w.ports[0]
    w.form()
    last = port.stop()
    w.run(50)
    late = [t - last for t in port.times(last) if 9.5 <= t - last <= 49.5]
    check(not late, late)


@case("PER-10", "MUST", "43.4.13")
def defaulted_goes_on_speaking(w):
    w.run(7)
    since = now()
    w.run(66)
    check(len(w.ports[0].times(since)) >= 2)


@case("PER-12", "SHOULD", "43.4.4")
def accuracy_of_the_long_period(w):
    port = w.ports[0]
    port.clear(TIMEOUT)
    w.form()
    w.run(3)
    since = now()
    w.run(125)
    times = port.times(since)
    gaps = [b - a for a, b in zip(times, times[1:])]
    check(gaps and all(29.7 <= gap <= 30.3 for gap in gaps), gaps)


# --- Transmission limits -----------------------------------------------------

def spans(times, count):
    return [b - a for a, b in zip(times, times[count - 1:])]


@case("TX-01", "MUST", "43.4.16")
def three_in_a_second(w):
    port = w.ports[0]
    w.form()
    own, since = port.pdus[-1].actor, now()
    for _ in range(250):
        port.say(own.but(key=own.key ^ 1))
        w.run(0.02)
    shortest = min(spans(port.times(since), 4))
    check(shortest >= 0.9, shortest)


@case("TX-02", "MUST", "43.4.16")
def a_delayed_lacpdu_says_what_is_true_then(w):
    port = w.ports[0]
    w.form()
    w.run(2)
    own = port.pdus[-1].actor
    for key in range(20, 30):
        port.say(own.but(key=1), key=key)
        w.run(0.05)
    port.actor = port.actor.but(key=30)
    port.next = now()
    w.wait(1.5, lambda: port.pdus[-1].partner.key == 30, "the last key")


@case("TX-03", "MUST", "57A")
def ten_marker_responses_in_a_second(w):
    port = w.ports[0]
    w.form()
    for number in range(400):
        port.marker(number)
        w.run(0.01)
    shortest = min(spans([t for t, _ in port.markers], 11))
    check(shortest >= 0.9, shortest)
    check(port.cd(), "CD")


# --- Mux machine -------------------------------------------------------------

@case("MUX-01", "SHOULD", "43.4.15")
def late_partner(w):
    port = w.ports[0]
    w.run(10)
    since = now()
    port.start()
    w.wait(4, lambda: port.seen(since, SYNC, SYNC), "Sync")


@case("MUX-03", "MUST", "43.4.15")
def partner_out_of_sync(w):
    port = w.ports[0]
    w.form()
    since = now()
    port.clear(SYNC)
    w.wait(1.5, lambda: not port.state & (COLLECTING | DISTRIBUTING), "off")
    w.run(3)
    check(not port.seen(since, SYNC, 0), "own Sync fell")


@case("MUX-04", "MUST", "43.4.15",
      options="lacp_rate fast coupled_control on")
def coupled_with_a_partner_that_never_collects(w):
    port = w.ports[0]
    port.clear(COLLECTING, DISTRIBUTING)
    w.form()


@case("MUX-05", "MUST", "43.4.15")
def independent_control(w):
    port = w.ports[0]
    port.clear(COLLECTING, DISTRIBUTING)
    port.start()
    w.wait(6, lambda: port.state & COLLECTING, "Collecting")
    w.run(2)
    check(not port.state & DISTRIBUTING, "Distributing too early")
    port.set(COLLECTING)
    w.wait(2, port.cd, "CD")
    port.clear(COLLECTING)
    w.wait(2, lambda: not port.state & DISTRIBUTING, "Distributing off")
    check(port.state & COLLECTING, "goes on collecting")


@case("MUX-06", "MUST", "43.4.15")
def partner_sync_toggles(w):
    port = w.ports[0]
    w.form()
    since = now()
    for _ in range(4):
        port.clear(SYNC)
        w.wait(2.2, lambda: not port.state & (COLLECTING | DISTRIBUTING))
        w.run(0.7)
        port.set(SYNC)
        w.wait(2.2, port.cd, "CD")
        w.run(0.7)
    check(not port.seen(since, SYNC, 0), "own Sync fell")


@case("MUX-07", "QOI", "-")
def ready_from_link_up(w):
    w.form(5)


@case("MUX-08", "MUST", "43.4.15", ports=2)
def second_link_later(w):
    first, second = w.ports
    w.form(6, first)
    second.start()
    w.keep(8, first.cd, "first")
    check(second.cd(), "second")


# --- Selection Logic ---------------------------------------------------------

OTHER = dict(system=mac("02:aa:00:00:00:09"))


def one_of_two(w, seconds=10):
    a, b = w.ports
    a.start()
    b.start()
    w.wait(seconds, lambda: a.cd() or b.cd(), "one CD")
    w.run(3)
    check(a.cd() != b.cd(), "exactly one", w.told())
    loser = b if a.cd() else a
    check(not loser.state & CD, "loser", hex(loser.state))
    w.keep(5, lambda: a.cd() != b.cd())
    return (a, b) if a.cd() else (b, a)


@case("SEL-01", "MUST", "43.4.14", ports=2)
def two_links_one_partner(w):
    w.form()
    check(w.carrier())


@case("SEL-02", "MUST", "43.4.14", ports=2)
def two_partners(w):
    w.ports[1].actor = w.ports[1].actor.but(**OTHER)
    one_of_two(w)


@case("SEL-03", "MUST", "43.4.14", ports=2)
def one_partner_two_keys(w):
    w.ports[1].actor = w.ports[1].actor.but(key=8)
    one_of_two(w)


@case("SEL-04", "MUST", "43.4.14", ports=2)
def one_partner_two_system_priorities(w):
    w.ports[1].actor = w.ports[1].actor.but(system_priority=101)
    one_of_two(w)


@case("SEL-05", "MUST", "43.4.14", ports=2)
def two_individual_links(w):
    for port in w.ports:
        port.clear(AGGREGATION)
        port.start()
    w.keep(10, lambda: sum(p.cd() for p in w.ports) <= 1)


@case("SEL-06", "SHOULD", "-", ports=3)
def aggregate_rather_than_individual(w):
    alone, *pair = w.ports
    alone.clear(AGGREGATION)
    for port in w.ports:
        port.start()
    w.wait(12, lambda: all(p.cd() for p in pair), "pair CD")
    w.run(2)
    check(not alone.cd(), "individual link")


@case("SEL-07", "MUST", "-", ports=4)
def other_lag_takes_over(w):
    for port in w.ports[2:]:
        port.actor = port.actor.but(**OTHER)
    for port in w.ports:
        port.start()
    w.wait(10, lambda: sum(p.cd() for p in w.ports) == 2, "one LAG")
    w.run(2)
    active = [p for p in w.ports if p.cd()]
    rest = [p for p in w.ports if not p.cd()]
    for port in active:
        port.stop()
        ip(f"link set {port.name} down")
    w.wait(12, lambda: all(p.cd() for p in rest), "the other")


def seats(w, want):
    for port in w.ports:
        port.start()
    w.wait(10, lambda: all(w.ports[i].cd() for i in want), "best two")
    w.run(4)
    for i, port in enumerate(w.ports):
        check(port.cd() == (i in want), "port", i + 1, w.told())
        check(i in want or not port.state & SYNC, "standby is in sync")


@case("SEL-09", "MUST", "43.6.1", ports=3, up=False,
      options="lacp_rate fast max_links 2 ad_actor_sys_prio 1")
def we_decide(w):
    ip("link set a1 type lag_slave actor_port_prio 200",
       "link set a2 type lag_slave actor_port_prio 10",
       "link set a3 type lag_slave actor_port_prio 20")
    for port, priority in zip(w.ports, (1, 2, 3)):
        port.actor = port.actor.but(port_priority=priority)
    w.up()
    seats(w, (1, 2))


@case("SEL-10", "MUST", "43.6.1", ports=3,
      options="lacp_rate fast max_links 2")
def partner_decides(w):
    for port, priority in zip(w.ports, (3, 2, 1)):
        port.actor = port.actor.but(port_priority=priority)
    seats(w, (1, 2))


@case("SEL-11", "MUST", "43.6.1", ports=3,
      options="lacp_rate fast max_links 2 ad_actor_sys_prio 1")
def standby_takes_over(w):
    seats(w, (0, 1))
    ip("link set b1 down")
    w.ports[0].stop()
    w.wait(8, w.ports[2].cd, "standby CD")
    check(w.ports[1].cd(), "the other")


@case("SEL-12", "SHOULD", "-", ports=2, options="lacp_rate fast min_links 2")
def min_links(w):
    first, second = w.ports
    w.form(6, first)
    w.run(3)
    check(not w.carrier(), "carrier with one link")
    w.form(6, second)
    check(w.carrier(), "no carrier with both")


@case("SEL-13", "MUST", "-", ports=8)
def eight_links(w):
    w.form(8)


# --- Link and administrative events ------------------------------------------

@case("LNK-01", "MUST", "43.4.12", ports=2)
def carrier_loss_on_one(w):
    first, second = w.ports
    w.form()
    ip("link set b1 down")
    w.keep(5, second.cd, "second")
    check(w.carrier())


@case("LNK-02", "MUST", "43.4.12")
def flap_is_shorter_than_the_timeout(w):
    port = w.ports[0]
    w.form()
    ip("link set b1 down")
    w.run(0.5)
    ip("link set b1 up")
    since = now()
    w.wait(1.6, lambda: port.seen(since, CD, CD), "CD")


def farewell(port, since):
    said = [pdu for pdu in port.pdus if pdu.when >= since]
    check(said, "no goodbye")
    state = said[-1].state
    check(not state & (COLLECTING | DISTRIBUTING), "goodbye", hex(state))
    check(not state & SYNC or not state & AGGREGATION, "goodbye", hex(state))


@case("LNK-03", "QOI", "-", ports=2)
def member_removed(w):
    first, second = w.ports
    w.form()
    since = now()
    ip("link set a1 nomaster")
    w.keep(3, second.cd, "second")
    farewell(first, since)


@case("LNK-04", "MUST", "-", ports=2, up=False)
def member_added(w):
    ip("link set a2 nomaster")
    w.up()
    first, second = w.ports
    w.form(6, first)
    second.start()
    ip("link set a2 master lag0")
    w.keep(8, first.cd, "first")
    check(second.cd(), "second")


@case("LNK-05", "MUST", "-")
def down_and_up(w):
    port = w.ports[0]
    w.form()
    ip("link set lag0 down")
    w.run(0.2)
    since = now()
    w.run(7)
    check(not port.times(since), "speaks while down")
    w.up()
    since = now()
    w.wait(8, lambda: port.seen(since, CD, CD), "CD")


@case("LNK-06", "SHOULD", "-")
def carrier_follows_the_partner(w):
    port = w.ports[0]
    w.run(2)
    check(not w.carrier(), "without a partner")
    w.form()
    check(w.carrier(), "with a partner")
    port.stop()
    w.wait(8, lambda: not w.carrier(), "carrier off")


@case("LNK-09", "QOI", "-", ports=2)
def device_deleted(w):
    w.form()
    since = now()
    ip("link del lag0")
    w.run(1)
    for port in w.ports:
        farewell(port, since)


@case("WB-29", "QOI", "-", ports=1)
def goodbye_when_all_are_spent(w):
    port = w.ports[0]
    w.form()
    own = port.pdus[-1].actor
    w.run(2)
    port.stop()
    for _ in range(6):
        port.say(own.but(key=own.key ^ 1))
        w.run(0.01)
    since = now()
    ip("link set lag0 down")
    w.run(1)
    farewell(port, since)
    check(len(port.times(since)) == 1, "more than once")


# --- Marker protocol ---------------------------------------------------------

@case("MRK-01", "MUST", "43.5.4")
def marker_response(w):
    port = w.ports[0]
    w.form()
    port.marker(0x12345678)
    w.wait(1.5, lambda: port.markers, "response")
    frame = port.markers[0][1]
    check(frame[:6] == SLOW_ADDRESS and not frame[6] & 1, "addresses")
    check(len(frame) >= 124, "length")
    check(frame[14:18] == b"\x02\x01\x02\x10", "TLV")
    check(frame[18:30] == struct.pack("!H", 9) + mac("02:bb:00:00:00:07") +
          b"\x12\x34\x56\x78", "requester")
    check(not any(frame[30:]), "pad and reserved")


@case("MRK-03", "MUST", "43.5.4")
def not_every_marker_is_answered(w):
    port = w.ports[0]
    w.form()
    port.marker(1, tlv=2)
    port.marker(2, tlv=9)
    w.run(1.5)
    check(not port.markers, "answered")
    port.marker(3)
    w.wait(1.5, lambda: port.markers, "alive")


@case("MRK-04", "MUST", "-")
def short_markers(w):
    port = w.ports[0]
    w.form()
    for length in range(1, 47):
        port.marker(length, body=length)
    w.keep(4, port.cd)
    check(not port.markers, "answered")


# --- Other slow protocols and delivery ---------------------------------------

@case("SLP-02", "MUST", "43.2")
def nothing_slow_on_the_lag(w):
    port = w.ports[0]
    w.open_lag()
    w.form()
    port.marker(1)
    w.run(3)
    check(not [f for f in w.upper if f[12:14] == b"\x88\x09"])


@case("SLP-03", "SHOULD", "57A")
def tagged_is_not_ours(w):
    port = w.ports[0]
    w.form()
    port.mutate = lambda f: f[:12] + b"\x81\x00\x00\x05" + f[12:]
    w.wait(6, lambda: port.state & EXPIRED, "Expired")


@case("SLP-04", "SHOULD", "57A")
def priority_tagged_is_ours(w):
    port = w.ports[0]
    w.form()
    port.mutate = lambda f: f[:12] + b"\x81\x00\xe0\x00" + f[12:]
    w.keep(6, port.cd)


# --- The data path follows the machine ---------------------------------------

@case("DAT-01", "MUST", "43.2.4")
def nothing_comes_in_attached(w):
    port = w.ports[0]
    address = w.open_lag()
    port.clear(SYNC)
    port.start()
    w.wait(6, lambda: port.state & CD == SYNC, "ATTACHED")
    w.run(0.1)
    w.upper.clear()
    w.send_in(port, 20, address)
    w.run(0.5)
    check(not w.upper, len(w.upper))


@case("DAT-02", "MUST", "43.2.4")
def all_goes_through_in_cd(w):
    port = w.ports[0]
    address = w.open_lag()
    w.form()
    w.upper.clear()
    w.send_in(port, 20, address)
    w.send_flows(64)
    w.run(0.5)
    check(len(w.upper) == 20, "in", len(w.upper))
    check(len(port.data) == 64, "out", len(port.data))


@case("DAT-04", "MUST", "43.2.4", ports=3)
def broadcasts(w):
    w.open_lag()
    w.form()
    w.upper.clear()
    w.send_out(10, b"\xff" * 6)
    w.run(0.5)
    check(sum(w.got_out()) == 10, "out", w.got_out())
    w.send_in(w.ports[0], 10, b"\xff" * 6)
    w.run(0.5)
    check(len(w.upper) == 10, "in", len(w.upper))
    check(sum(w.got_out()) == 10, "reflected", w.got_out())


@case("DAT-05", "MUST", "43.2.4", ports=4)
def one_conversation_one_link(w):
    w.open_lag()
    w.form()
    w.send_flows(1, packets=200)
    w.run(1)
    got = [p for p in w.ports if p.data]
    check(len(got) == 1 and len(got[0].data) == 200, w.got_out())
    numbers = [f[42:46] for f in got[0].data]
    check(numbers == sorted(numbers), "order")


@case("DAT-06", "SHOULD", "-", ports=4)
def many_conversations_all_links(w):
    w.open_lag()
    w.form()
    w.send_flows(128)
    w.run(1)
    check(all(w.got_out()) and sum(w.got_out()) == 128, w.got_out())


@case("DAT-07", "MUST", "-", ports=2)
def carrier_loss_moves_all(w):
    first, second = w.ports
    w.open_lag()
    w.form()
    ip("link set b1 down")
    w.run(1)
    w.send_flows(32)
    w.run(0.5)
    check(len(second.data) == 32, w.got_out())


@case("DAT-08", "MUST", "43.4.12", ports=2)
def silent_failure_moves_all(w):
    first, second = w.ports
    w.open_lag()
    w.form()
    first.stop()
    w.run(5)
    w.send_flows(32)
    w.run(0.5)
    check(w.got_out() == [0, 32], w.got_out())


@case("DAT-10", "MUST", "-", ports=2)
def member_without_partner(w):
    first, second = w.ports
    w.open_lag()
    w.form(6, first)
    w.send_flows(64)
    w.run(0.5)
    check(w.got_out() == [64, 0], w.got_out())


@case("DAT-11", "SHOULD", "-", ports=2)
def no_partner_no_data(w):
    w.open_lag()
    w.run(6)
    w.send_flows(32)
    w.run(0.5)
    check(not sum(w.got_out()), w.got_out())


# --- White-box cases that show on the wire or in netlink ----------------------

@case("WB-18", "MUST", "43.2", ports=2)
def nothing_is_sent_after_it_says_so(w):
    first, second = w.ports
    w.open_lag()
    w.form()
    for _ in range(10):
        w.wait(5, lambda: first.cd() and second.cd(), "CD")
        w.send_flows(16)
        first.clear(SYNC)
        first.say()
        w.send_flows(16)
        # Three may have left in this second.
        w.wait(1.2, lambda: not first.state & DISTRIBUTING, "Dist=0")
        w.send_flows(16)
        w.run(0.2)
        last = max(i for i, pdu in enumerate(first.pdus)
                   if pdu.state & DISTRIBUTING)
        check(len(first.data) == first.before[last + 1],
              "data after the LACPDU", first.before[last:], len(first.data))
        first.set(SYNC)
        w.run(1)
    check(first.data and sum(w.got_out()) == 10 * 48, w.got_out())


def told_by_netlink(name):
    said = subprocess.run(["ip", "-d", "-j", "link", "show", name], text=True,
                          capture_output=True, check=True).stdout
    return json.loads(said)[0]["linkinfo"]["info_slave_data"]


@case("WB-22", "MUST", "-", ports=2)
def netlink_says_what_the_lacpdus_say(w):
    first, second = w.ports
    w.form(6, first)
    second.clear(SYNC)
    second.start(follow=False)
    w.wait(5, lambda: second.state & SYNC, "ATTACHED")
    w.run(2.5)
    for port, mux in ((first, "distributing"), (second, "attached")):
        told, said = told_by_netlink(port.far), port.pdus[-1]
        for end, info in (("actor", said.actor), ("partner", said.partner)):
            for name in ("system_priority", "key", "port_priority", "port"):
                check(told[end][name] == getattr(info, name), end, name)
            check(told[end]["system"] == info.system.hex(":"), end)
            check(told[f"ad_{end}_oper_port_state"] == info.state, end)
        check(said.partner.system == port.actor.system, "partner")
        check(told["rx_machine"] == "current", told["rx_machine"])
        check(told["mux_machine"] == mux, told["mux_machine"])
        check(told["selected"] == "selected", told["selected"])
    second.stop()
    w.run(3.2)
    check(told_by_netlink(second.far)["rx_machine"] == "expired", "expired")
    w.run(3.5)
    told = told_by_netlink(second.far)
    check(told["rx_machine"] == "defaulted", told["rx_machine"])
    check(told["selected"] == "unselected", told["selected"])


def listens(name):
    with open("/proc/net/dev_mcast", encoding="ascii") as file:
        return any(line.split()[1::3] == [name, "0180c2000002"]
                   for line in file)


@case("WB-23", "MUST", "-", ports=2, up=False)
def slow_address_while_up(w):
    for port in w.ports:
        check(not listens(port.far), "before it is up")
    for _ in range(2):
        w.up()
        for port in w.ports:
            check(listens(port.far), "while it is up")
        ip("link set lag0 down")
        for port in w.ports:
            check(not listens(port.far), "while it is down")


@case("WB-24", "MUST", "-", ports=2,
      options="lacp_rate fast ad_actor_system 02:00:00:00:00:0a")
def what_is_none_of_lacps_business(w):
    w.form()
    since = now()
    for command in ("link set lag0 mtu 1400",
                    "link set lag0 address 02:00:00:00:00:0b",
                    "link add link lag0 name v9 up type vlan id 9",
                    "link set lag0 promisc on", "link set lag0 mtu 1500",
                    "link del v9", "link set lag0 promisc off"):
        ip(command)
        w.keep(1.2, lambda: all(p.cd() for p in w.ports), command)
    for port in w.ports:
        check(all(pdu.state & CD == CD and
                  pdu.actor.pack() == port.pdus[-1].actor.pack()
                  for pdu in port.pdus if pdu.when >= since), port.name)


# --- Configuration -----------------------------------------------------------

@case("CFG-01", "MUST", "43.4.12", options="lacp_rate slow")
def slow_to_fast(w):
    port = w.ports[0]
    w.form()
    since = w.option("lacp_rate fast")
    w.wait(2.2, lambda: port.seen(since, TIMEOUT, TIMEOUT), "announced")
    w.run(3)
    last = port.stop()
    w.wait(5, lambda: port.state & EXPIRED, "Expired")
    check(2.7 <= port.seen(last, EXPIRED, EXPIRED) - last <= 4.4)


@case("CFG-02", "SHOULD", "-")
def active_to_passive(w):
    port = w.ports[0]
    w.form()
    since = w.option("lacp_active off")
    w.wait(2.2, lambda: port.seen(since, ACTIVITY, 0), "announced")
    w.keep(5, port.cd, "LAG kept")


@case("CFG-03", "MUST", "-",
      options="lacp_rate fast ad_actor_sys_prio 1234 "
              "ad_actor_system 02:ee:00:00:00:05 ad_user_port_key 5")
def system_values(w):
    port = w.ports[0]
    w.wait(2, lambda: port.pdus, "first LACPDU")
    own = port.pdus[-1].actor
    check(own.system_priority == 1234, "priority")
    check(own.system == mac("02:ee:00:00:00:05"), "system")
    check(own.key >> 6 == 5, "key", own.key)


@case("CFG-04", "MUST", "-")
def port_priority(w):
    port = w.ports[0]
    ip("link set a1 type lag_slave actor_port_prio 17")
    w.wait(3, lambda: port.pdus and
           port.pdus[-1].actor.port_priority == 17, "in the LACPDU")


# --- Interoperability --------------------------------------------------------

@case("INT-01", "MUST", "43.4.12")
def partner_reboots(w):
    port = w.ports[0]
    w.form()
    port.stop()
    w.run(0.5)
    port.clear(SYNC, COLLECTING, DISTRIBUTING)
    port.start(view=bytes(15))
    w.wait(1.5, lambda: not port.state & (COLLECTING | DISTRIBUTING), "off")
    w.run(2)
    port.view = None
    port.set(SYNC, COLLECTING, DISTRIBUTING)
    since = now()
    w.wait(8, lambda: port.seen(since, CD, CD), "CD")


@case("INT-02", "MUST", "43.4.14", ports=2)
def one_cable_to_another_switch(w):
    first, second = w.ports
    w.form()
    second.actor = second.actor.but(**OTHER)
    second.next = now()
    w.keep(8, first.cd, "first")
    check(not second.state & (COLLECTING | DISTRIBUTING), "second")


@case("INT-03", "MUST", "43.4.9", ports=2)
def cables_swapped(w):
    first, second = w.ports
    w.form()
    first.actor, second.actor = (first.actor.but(port=2),
                                 second.actor.but(port=1))
    since = now()
    first.next = second.next = since
    w.wait(15, lambda: first.seen(since, SYNC, 0) and
           second.seen(since, SYNC, 0), "seen")
    w.wait(15, lambda: first.cd() and second.cd(), "CD")


@case("INT-04", "MUST", "43.4.12")
def late_lacp(w):
    w.run(30)
    w.form(12)


@case("INT-05", "MUST", "43.4.13", options="lacp_rate slow")
def asymmetric_rates(w):
    port = w.ports[0]
    w.form()
    w.run(3)
    since = now()
    w.run(6)
    check(5 <= len(port.times(since)) <= 8, len(port.times(since)))


@case("INT-06", "MUST", "43.4.12")
def one_or_two_lost(w):
    port = w.ports[0]
    w.form()
    port.period, port.answers = 2.8, False
    port.next = now()
    since = now()
    w.run(30)
    check(not port.seen(since, EXPIRED, EXPIRED))


@case("INT-07", "MUST", "43.4.9")
def partner_shows_us_out_of_sync(w):
    port = w.ports[0]
    w.form()
    w.run(2)
    own, since = port.pdus[-1].actor, now()
    port.say(own.but(state=own.state & ~SYNC))
    w.wait(1.1, lambda: port.times(since), "answer")
    check(port.cd(), "CD")


@case("INT-08", "MUST", "-", ports=2)
def duplicate_partner_ports(w):
    for port in w.ports:
        port.actor = port.actor.but(port=5)
    w.form()


@case("INT-09", "MUST", "-", ports=2)
def partner_values_that_cannot_be(w):
    first, second = w.ports
    w.form(6, first)
    good = second.actor
    for wrong in (dict(key=0), dict(port=0), dict(system=bytes(6)),
                  dict(system=mac("03:aa:00:00:00:01"))):
        second.actor = good.but(**wrong)
        second.start()
        w.keep(4, first.cd, wrong)


@case("INT-10", "SHOULD", "-", ports=2)
def partner_with_our_address(w):
    first, second = w.ports
    w.form(6, first)
    second.actor = second.actor.but(system=first.pdus[-1].actor.system)
    second.start()
    w.keep(8, first.cd, "first")
    check(not second.cd(), "second")


@case("INT-12", "MUST", "43.4.9", ports=3)
def all_links_get_another_key(w):
    w.form()
    since = now()
    for port in w.ports:
        port.actor = port.actor.but(key=77)
        port.next = since
    w.wait(18, lambda: all(p.seen(since, SYNC, 0) for p in w.ports), "seen")
    w.wait(18, lambda: all(p.cd() for p in w.ports), "CD")


# --- Robustness --------------------------------------------------------------

@case("ROB-01", "MUST", "-", ports=2)
def random_slow_frames(w):
    first, second = w.ports
    w.form()
    dice = random.Random(1)
    for number in range(3000):
        frame = bytearray(second.build())
        if number % 3:
            for _ in range(dice.randrange(1, 9)):
                frame[dice.randrange(14, len(frame))] = dice.randrange(256)
        else:
            frame[14:] = dice.randbytes(dice.randrange(1, 300))
        second.transmit(bytes(frame))
        if not number % 50:
            w.run(0.05)
            check(first.cd(), "first, after", number)
    w.keep(8, first.cd, "first")
    w.wait(15, second.cd, "second recovers")


@case("ROB-02", "MUST", "43.4.16")
def many_valid_lacpdus_at_once(w):
    port = w.ports[0]
    w.form()
    w.run(2)
    since = now()
    for _ in range(2000):
        port.say()
    w.run(4)
    check(port.cd(), "CD")
    times = port.times(since)
    check(not spans(times, 4) or min(spans(times, 4)) >= 0.9, times)


@case("ROB-03", "MUST", "-", ports=2)
def created_and_deleted(w):
    for port in w.ports:
        port.start(period=0.05)
    for _ in range(15):
        w.run(0.1)
        ip("link del lag0", "link add lag0 type lag lacp_rate fast",
           "link set a1 master lag0", "link set a2 master lag0",
           "link set lag0 up")
    since = now()
    w.wait(8, lambda: all(p.seen(since, CD, CD) for p in w.ports), "CD")


def run_case(function, world):
    try:
        w = World(**world)
        try:
            function(w)
        finally:
            w.close()
    except Failed as failed:
        return str(failed) or traceback.format_exc(limit=-1).split("\n")[1]
    except Exception:
        return traceback.format_exc()
    return None


def main(wanted):
    cases = [c for c in CASES if not wanted or c[0] in wanted]
    print("TAP version 13")
    print(f"1..{len(cases)}")
    failures = 0
    for index, (number, level, clause, function, world) in enumerate(cases):
        why = run_case(function, world)
        failures += why is not None
        name = function.__name__.replace("_", " ")
        print(f"{'not ' if why else ''}ok {index + 1} - "
              f"{number} {level} {clause}: {name}", flush=True)
        if why:
            print("\n".join("# " + line for line in why.splitlines()),
                  flush=True)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
