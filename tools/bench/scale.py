# SPDX-License-Identifier: GPL-2.0
"""In a guest: many CPUs, many devices, and long idle times."""
import os
import re
import statistics
import time

import pktgen
import rig
from rig import LAG, ip, row

# --- several CPUs -------------------------------------------------------------

SMP = {
    "bond": "mode balance-xor xmit_hash_policy layer3+4",
    "team": "loadbalance l3 l4",
    "lag": "mode static xmit_hash_policy layer3+4",
}
ROUNDS, SMP_PACKETS = 7, 50000


def time_on(device, cpus):
    """Nanoseconds for each packet of the CPU that was slowest"""
    for cpu in range(cpus):
        pktgen.prepare(device, "ipv4", packets=SMP_PACKETS, cpu=cpu,
                       alias=f"@{cpu}")
    for cpu in range(cpus, os.cpu_count()):
        pktgen.clear(cpu)
    pktgen.start()
    return max(pktgen.result(f"{device}@{cpu}") for cpu in range(cpus))


def smp(*words):
    """Time, for this guest's CPUs count no instructions: only what was taken
    one right after the other is compared, and the median of that told."""
    ports = rig.make_ports(5)
    pktgen.load()
    bare = ports.pop()
    ip(f"link set {bare} up")
    for device, options in SMP.items():
        if words and device not in words:
            continue
        rig.MAKERS[device](options, ports)
        ratio = {}
        for cpus in (1, 2, 4):
            ratio[cpus] = statistics.median(
                time_on(LAG, cpus) / time_on(bare, cpus)
                for _ in range(ROUNDS))
            row("smp", f"{cpus} CPUs", device, 4, "", ratio[cpus] / ratio[1])
        rig.remove(ports)


# --- many devices -------------------------------------------------------------

CREATE = {
    "bond": "type bond mode 802.3ad",
    "team": "type team",
    "lag": "type lag mode lacp",
}
DEVICES = 1000


class Stopwatch:
    """Time that has passed, and of it that in which the CPU was busy, in ms.
    What it takes to be told, the longer the more timers run, is not in it."""

    def __init__(self):
        self.idle = self.idled()
        self.start = time.monotonic_ns()

    @staticmethod
    def idled():
        with open("/proc/timer_list") as f:
            return int(re.search(r"idle_sleeptime +: (\d+)", f.read())[1])

    def stop(self):
        elapsed = time.monotonic_ns() - self.start
        busy = elapsed - (self.idled() - self.idle)
        return elapsed / 1e6, busy / 1e6


def create(*words):
    count = next((int(word) for word in words if word.isdigit()), DEVICES)
    rig.quiet()
    for device, options in CREATE.items():
        if any(word in CREATE for word in words) and device not in words:
            continue
        ip(*(f"link add p{n} type dummy" for n in range(2 * count)))
        commands = []
        for n in range(count):
            commands += [f"link add dut{n} {options}",
                         f"link set p{2 * n} master dut{n}",
                         f"link set p{2 * n + 1} master dut{n}",
                         f"link set dut{n} up"]
        watch = Stopwatch()
        ip(*commands)
        row("create", "create with 2 ports and up: busy", device, 2, "",
            watch.stop()[1] / count)
        rig.settle(5)
        watch = Stopwatch()
        ip(*(f"link del dut{n}" for n in range(count)))
        elapsed, busy = watch.stop()
        row("create", "delete: elapsed", device, 2, "", elapsed / count)
        row("create", "delete: busy", device, 2, "", busy / count)
        ip(*(f"link del p{n}" for n in range(2 * count)))

        row("create", "all at once with their netns: elapsed", device, 2, "",
            end_netns(count, commands) / count)


def end_netns(count, commands):
    """A cable's end that is outside goes when the other is cleaned up."""
    ip("netns add many", "link add inside type veth peer name witness",
       "link set inside netns many")
    lines = [f"link add p{n} type dummy" for n in range(2 * count)] + commands
    rig.run("ip", "-n", "many", "-batch", "-", text="\n".join(lines) + "\n")
    rig.settle(5)
    watch = Stopwatch()
    ip("netns del many")
    while os.path.exists("/sys/class/net/witness"):
        time.sleep(0.001)
    return watch.stop()[0]


# --- nothing to do ------------------------------------------------------------

IDLE = {
    "bond fast": ("bond", "mode 802.3ad miimon 100 lacp_rate fast"),
    "bond slow": ("bond", "mode 802.3ad miimon 100 lacp_rate slow"),
    "lag fast": ("lag", "mode lacp lacp_rate fast"),
    "lag slow": ("lag", "mode lacp lacp_rate slow"),
}
# Time costs nothing where nothing happens: the fewer devices, the longer.  As
# often as there are LACPDUs at the slow rate
IDLE_SECONDS, IDLE_SECONDS_MANY = 600, 60
IDLE_COUNTS = (1, 100, 500)


def busy_each_second(seconds):
    watch = Stopwatch()
    time.sleep(seconds)
    return watch.stop()[1] * 1e6 / seconds


def idle(*words):
    """Two that are each other's partner, as often as needed.  Team has no
    LACP but by teamd, a process for each."""
    counts = [int(word) for word in words if word.isdigit()] or IDLE_COUNTS
    cases = [word for word in words if not word.isdigit()]
    rig.quiet()
    rig.settle(120)     # what has to be done after a boot
    nothing = busy_each_second(IDLE_SECONDS)
    row("idle", "none", "nothing", 2, "", nothing)
    for case, (kind, options) in IDLE.items():
        if cases and not any(word in case for word in cases):
            continue
        for count in counts:
            pairs = (count + 1) // 2
            add_pairs(kind, options, pairs)
            rig.settle(40)
            busy = busy_each_second(IDLE_SECONDS if count < 10 else
                                    IDLE_SECONDS_MANY)
            row("idle", f"{count} {'device' if count == 1 else 'devices'}",
                case, 2, "", (busy - nothing) / (2 * pairs))
            ip(*(f"link del {name}" for n in range(pairs)
                 for name in (f"dut{n}a", f"dut{n}b", f"p{n}a0", f"p{n}a1")))


def add_pairs(kind, options, pairs):
    lines = []
    for n in range(pairs):
        for end in "ab":
            lines.append(f"link add dut{n}{end} type {kind} {options}")
        for port in range(2):
            lines.append(f"link add p{n}a{port} type veth "
                         f"peer name p{n}b{port}")
        for end in "ab":
            lines += [f"link set p{n}{end}{port} master dut{n}{end}"
                      for port in range(2)]
            lines.append(f"link set dut{n}{end} up")
    ip(*lines)
