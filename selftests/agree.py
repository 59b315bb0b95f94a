#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""LACPDUs arrive on one processor while another takes a port's carrier away.

    agree.py ROUNDS SEED

After each round what was said last, slots, carrier and timer have to agree with
the state of the ports.  The lag is there already: a1 and a2, cabled to b1 and
b2, in one network namespace with this.
"""
import json
import os
import random
import signal
import socket
import sys
import time

from lab import (ACTIVITY, AGGREGATION, COLLECTING, DISTRIBUTING, EXPIRED,
                 SYNC, Failed, run, set_up)
from slow import INFO, PACKET_OUTGOING, lacpdu, mac, open_port

# It asks for few LACPDUs: so none comes soon that would mend a wrong one.
PARTNER = ACTIVITY | AGGREGATION
STATES = [PARTNER | bits for bits in (
    0, SYNC, SYNC | COLLECTING, SYNC | COLLECTING | DISTRIBUTING)]
LACPDUS = 90
# What an LACPDU must have told.  Collecting and distributing follow each other
# at once, and then that it distributes need not be said.
TOLD = ACTIVITY | AGGREGATION | SYNC | COLLECTING
CHANGING = "a LACPDU came while this was looked at"


class End:
    def __init__(self, number):
        self.number, self.name, self.far = number, f"b{number}", f"a{number}"
        self.sock = open_port(self.name)
        self.heard = bytes(15)
        self.expired = False    # has said so since it was spoken to
        self.up = True

    def listen(self):
        while True:
            try:
                frame, address = self.sock.recvfrom(2048, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                continue    # told once that the port went down
            if address[2] != PACKET_OUTGOING and frame[14] == 1:
                self.heard = frame[18:33]
                self.expired |= bool(self.heard[14] & EXPIRED)

    def say(self, state):
        self.listen()
        self.expired = False
        actor = INFO.pack(100, mac("02:aa:00:00:00:01"), 7, 100, self.number,
                          state)
        try:
            self.sock.send(lacpdu(self.sock, actor, self.heard))
        except OSError:
            pass            # the port is down


def flap(name):
    """In a process of its own, which is then ended"""
    pid = os.fork()
    if pid:
        return pid
    os.sched_setaffinity(0, {1})
    while True:
        set_up(False, name)
        set_up(True, name)


def storm(ends):
    pid = flap(ends[0].name)
    for _ in range(LACPDUS):
        for end in ends:
            end.say(random.choice(STATES))
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    ends[0].up = random.random() < 0.5
    set_up(ends[0].up, ends[0].name)
    begin = time.monotonic()
    for end in ends:
        end.say(random.choice(STATES))
    return begin


def link(name):
    return json.loads(run("ip", "-d", "-j", "link", "show", name))[0]


def check(ends):
    """Returns what does not agree, or None.

    A slow machine takes long to look: what is said changes with the state, so
    all belongs together if nothing was said meanwhile.
    """
    for end in ends:
        end.listen()
    said = [end.heard for end in ends]
    links = [link(name) for name in ["lag0"] + [end.far for end in ends]]
    for end in ends:
        end.listen()
    if [end.heard for end in ends] != said:
        return CHANGING
    return disagreement(ends, *links)


def disagreement(ends, lag, *ports):
    total = 0
    for end, port in zip(ends, ports):
        port = port["linkinfo"]["info_slave_data"]
        state = port["ad_actor_oper_port_state"]
        distributing = port["state"] == "distributing"
        total += port["slots"]
        if distributing != bool(port["slots"]):
            return f"{end.far} is {port['state']}, slots {port['slots']}"
        if not end.up:
            if port["state"] != "down":
                return f"{end.far} is {port['state']} without carrier"
            continue
        if distributing != bool(state & DISTRIBUTING):
            return f"{end.far} is {port['state']}, state {state:#x}"
        said = end.heard[14]
        if (said ^ state) & TOLD or said & DISTRIBUTING & ~state:
            return f"{end.far} said {said:#x} of {state:#x}"
    if total not in (0, 256) or \
       bool(total) != ("LOWER_UP" in lag["flags"]):
        return f"carrier {lag['flags']} with {total} slots"
    return None


def wait(seconds, condition):
    end = time.monotonic() + seconds
    while not (done := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return done


def expired(end):
    end.listen()
    return end.expired


def main():
    rounds = int(sys.argv[1])
    random.seed(int(sys.argv[2]))
    os.sched_setaffinity(0, {0})
    ends = [End(1), End(2)]
    for number in range(rounds):
        begin = storm(ends)
        # Three LACPDUs have left, and a fourth had to wait for its second.
        time.sleep(1.3)
        while (wrong := check(ends)) and time.monotonic() - begin < 2.5:
            time.sleep(0.1)
        # A slow machine sees the partner expire meanwhile, and be given up.
        if wrong and (
                wrong != CHANGING and time.monotonic() - begin < 2.9 or
                not wait(60, lambda: not check(ends))):
            raise Failed(f"round {number}: {wrong}")
        if not wait(60, lambda: expired(ends[1])):
            raise Failed(f"round {number}: a2 does not expire")
        set_up(True, ends[0].name)


if __name__ == "__main__":
    sys.exit(main())
