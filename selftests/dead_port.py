#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Frames to a lag while one of its ports after the other loses its carrier.

    dead_port.py LAG PORT...

Ports of nobody else, each of which sees what it is to send.  TAP.
"""
import json
import select
import socket
import subprocess
import sys
import time

import frames

HOLD = "/sys/module/rtnl_hold/parameters/hold"
CARRIER = "/sys/module/rtnl_hold/parameters/carrier"
FLOWS = 64
CASES = [f"mode static xmit_hash_policy {policy}" for policy in
         ("layer2", "layer2+3", "layer3+4", "encap2+3", "encap3+4",
          "vlan+srcmac", "flow")] + [
    "mode static xmit_hash_policy layer3+4 hash_symmetric on",
    "mode active-backup",
    "mode balance-rr packets_per_slave 1",
    "mode balance-rr packets_per_slave 3",
    "mode balance-rr packets_per_slave 0",
    "mode broadcast",
]


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def held():
    with open(HOLD) as file:
        return file.read().strip() == "1"


class Lag:
    def __init__(self, name, ports):
        self.name, self.ports = name, ports
        self.out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.out.bind((name, 0))
        self.watching = {}
        for port in ports:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                 socket.htons(frames.ETH_P_ALL))
            sock.setsockopt(socket.SOL_SOCKET, frames.SO_RCVBUFFORCE, 1 << 20)
            sock.bind((port, frames.ETH_P_ALL))
            self.watching[sock] = port

    def show(self, *words):
        out = subprocess.run(["ip", "-j", "-d", "link", "show", *words],
                             capture_output=True, check=True)
        return [link["linkinfo"] for link in json.loads(out.stdout)]

    def distributing(self):
        return self.show(self.name)[0]["info_data"]["num_distributing"]

    def all_up(self):
        return all(link["info_slave_data"]["mii_status"] == "UP"
                   for link in self.show("master", self.name))

    def set_up(self, options):
        for port in self.ports:
            write(CARRIER, f"{port} 1")
        subprocess.run(["ip", "link", "set", self.name, "type", "lag",
                        "hash_symmetric", "off"], check=True)
        subprocess.run(["ip", "link", "set", self.name, "type", "lag"] +
                       options.split(), check=True)
        wanted = 1 if "backup" in options else len(self.ports)
        while not self.all_up() or self.distributing() != wanted:
            time.sleep(0.01)

    def send(self):
        """The ports that the frames have left by, and how many frames did"""
        for n in range(FLOWS):
            self.out.send(frames.frame(n, vary="port", macs="yes"))
        ports, numbers = [], set()
        # They are there as soon as they are sent
        while True:
            ready = select.select(list(self.watching), [], [], 0)[0]
            if not ready:
                return ports, len(numbers)
            for sock in ready:
                data = sock.recv(2048)
                at = data.find(frames.MARK)
                if at >= 0:
                    ports.append(self.watching[sock])
                    numbers.add(data[at + 4:at + 8])


def fail_over(lag, options, hold):
    """What was wrong, or None"""
    lag.set_up(options)
    if hold:
        write(HOLD, "1500")
    dead = []
    used, _ = lag.send()
    for _ in range(2):
        dead.append(max(set(used), key=used.count))
        write(CARRIER, f"{dead[-1]} 0")
        for pause in (0, 0.01, 0.3):
            time.sleep(pause)
            used, left = lag.send()
            # Who is next is for the softirq to say: until then they are lost
            some = pause == 0 and "backup" in options
            if set(used) & set(dead) or left != FLOWS and not some:
                return f"{dead} dead, {left} frames left by {set(used)}"
    if hold and not held():
        return "RTNL was not held"
    while held():
        time.sleep(0.1)
    return None


def main():
    lag = Lag(sys.argv[1], sys.argv[2:])
    print(f"TAP version 13\n1..{2 * len(CASES)}")
    number = bad = 0
    for hold in (False, True):
        for options in CASES:
            number += 1
            why = fail_over(lag, options, hold)
            bad += why is not None
            print(f"{'not ' if why else ''}ok {number} - {options}"
                  f"{', RTNL held' if hold else ''}", flush=True)
            if why:
                print(f"# {why}", flush=True)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
