# SPDX-License-Identifier: GPL-2.0
"""In a guest: the kernel's packet generator, and what a packet costs.

The guest's clock counts instructions, so that time is instructions.
"""
import re
import subprocess
import time

PROC = "/proc/net/pktgen/"
# As long as it may be for most series to have no tick of the clock in it
PACKETS, SERIES = 1000, 5

# Addresses and ports walk, as those of many flows do
IPV4 = ("src_min 10.0.0.1", "src_max 10.0.0.250", "dst_min 10.1.0.1",
        "dst_max 10.1.0.1", "udp_src_min 10000", "udp_src_max 50000")
FRAMES = {
    "ipv4": IPV4,
    "ipv6": ("src6 fd00::1", "dst6 fd00:1::1", "dst6_min fd00:1::1",
             "dst6_max fd00:1::ffff", "udp_src_min 10000",
             "udp_src_max 50000"),
    "vlan": IPV4 + ("vlan_id 5",),
    # For no receiver: what follows the device costs least
    "mpls": IPV4 + ("mpls 00010100",),
}


class Failed(Exception):
    pass


def write(name, *lines):
    for line in lines:
        with open(PROC + name, "w") as f:
            f.write(line + "\n")


def load():
    subprocess.run(["modprobe", "pktgen"], check=True)


def clear(cpu):
    """The thread itself removes its devices, when it gets to it."""
    write(f"kpktgend_{cpu}", "rem_device_all")
    while True:
        with open(PROC + f"kpktgend_{cpu}") as f:
            if not re.search(r"^(Running|Stopped): *\S", f.read(), re.M):
                return
        time.sleep(0.02)


def prepare(device, frame, *lines, packets=PACKETS, cpu=0, alias=""):
    """On one CPU: its pktgen device, ready to start"""
    clear(cpu)
    write(f"kpktgend_{cpu}", f"add_device {device}{alias}")
    write(device + alias, f"count {packets}", "clone_skb 0", "pkt_size 60",
          "delay 0", "dst_mac 02:00:00:00:00:02", *FRAMES[frame], *lines)


def flags(device):
    with open(PROC + device) as f:
        return re.search(r"^ *Flags:(.*)$", f.read(), re.M)[1].split()


def start():
    write("pgctrl", "start")


def result(device, may_fail=False):
    """Nanoseconds for each packet"""
    with open(PROC + device) as f:
        text = f.read()
    found = re.search(r"OK: (\d+)\(.*?\) usec, (\d+) ", text)
    errors = re.search(r"errors: (\d+)", text)
    if not found or (int(errors[1]) and not may_fail):
        raise Failed(text)
    return int(found[1]) * 1000 / int(found[2])


def cost(device, frame, *lines, may_fail=False):
    """Of several series the cheapest: a tick of the clock fell into others"""
    prepare(device, frame, *lines)
    times = []
    for _ in range(SERIES):
        start()
        times.append(result(device, may_fail))
    return min(times)
