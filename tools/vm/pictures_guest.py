#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: what lagctl shows of a lag with four ports, of which the cable of
one was pulled and that of another leads to another switch.

Each screen comes as JSON: name and text, with the terminal's colours.
"""
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

WIDE, NARROW, ROWS = 108, 76, 30
SWITCHES = {"switch": ("52:54:00:8a:10:01", ["eth0", "eth1", "eth2"]),
            "other": ("52:54:00:8a:77:01", ["eth3"])}


def run(commands):
    for line in commands.strip().splitlines():
        subprocess.run(line.split(), check=True)


def topology():
    run("ip link add lag0 type lag lacp_rate fast fallback single hash_seed 1")
    for name, (mac, ports) in SWITCHES.items():
        run(f"""
            ip netns add {name}
            ip -n {name} link add lag0 address {mac} type lag lacp_rate fast
        """)
        for port in ports:
            run(f"""
                ip link add {port} type veth peer name p{port} netns {name}
                ip link set {port} master lag0
                ip -n {name} link set p{port} master lag0
            """)
        run(f"ip -n {name} link set lag0 up")
    run("ip link set lag0 up")
    run("ip addr add 192.0.2.100/24 dev lag0")
    for host in range(1, 9):
        run(f"ip -n switch addr add 192.0.2.{host}/24 dev lag0")


def until(pattern, *command):
    for _ in range(60):
        text = subprocess.run(command, capture_output=True, text=True).stdout
        if re.search(pattern, text, re.S):
            return
        time.sleep(0.5)
    sys.exit(f"{' '.join(command)}: never {pattern}")


class Terminal:
    """A program on a terminal, and what it writes there."""

    def __init__(self, columns, *command):
        self.output = b""
        self.pid, self.master = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ,
                        struct.pack("HHHH", ROWS, columns, 0, 0))
            os.execvp(command[0], command)

    def take(self):
        """Whether there is more to come."""
        try:
            self.output += os.read(self.master, 65536)
        except OSError:
            return False
        return True

    def end(self, key=b""):
        os.write(self.master, key)
        while self.take():
            pass
        os.waitpid(self.pid, 0)

    def text(self):
        """The last screen if it drew several."""
        return self.output.split(b"\033[?1049l")[0].split(b"\033[H")[-1] \
            .decode().replace("\r", "")


def wait(seconds, *terminals):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        masters = [terminal.master for terminal in terminals]
        for master in select.select(masters, [], [], left)[0]:
            terminals[masters.index(master)].take()


def tell(name, terminal):
    print(json.dumps([name, terminal.text()]), flush=True)


def main():
    topology()
    until("3 of 4 ports", "lagctl", "status")
    pings = [subprocess.Popen(["ping", "-q", "-i", "0.02", "-s", "1400",
                               f"192.0.2.{host}"], stdout=subprocess.DEVNULL)
             for host in range(1, 9)]
    watch = Terminal(WIDE, "lagctl", "watch")
    narrow = Terminal(NARROW, "lagctl", "watch")
    wait(3, watch, narrow)
    run("ip -n switch link set peth2 down")
    wait(4, watch, narrow)
    run("ip -n switch link set peth2 up")
    wait(5, watch, narrow)
    run("ip -n switch link set peth2 down")
    wait(4.5, watch, narrow)
    watch.end(b"q")
    narrow.end(b"q")
    tell("watch", watch)
    tell("", narrow)
    for ping in pings:
        ping.kill()
    for verb in "status", "why":
        terminal = Terminal(WIDE, "lagctl", verb)
        terminal.end()
        tell(verb, terminal)


main()
