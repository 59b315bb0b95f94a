# SPDX-License-Identifier: GPL-2.0
"""Two systems, the cables between them, traffic, and what left which port when.

For scripts that take the time; what they look for is in them.  All is in one
network namespace: "la" makes one device of a1, a2, ..., "lb" of b1, b2, ...
Times are in ns.
"""
import ctypes
import fcntl
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import time

from slow import ETH_P_ALL, INFO, PACKET_OUTGOING, lacpdu, mac

US, MS, S = 1_000, 1_000_000, 1_000_000_000
SO_ATTACH_FILTER, SO_RCVBUFFORCE, SO_TIMESTAMPNS = 26, 33, 35
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
ETH_P_IP = 0x0800
ACTIVITY, TIMEOUT, AGGREGATION, SYNC = 0x01, 0x02, 0x04, 0x08
COLLECTING, DISTRIBUTING, DEFAULTED, EXPIRED = 0x10, 0x20, 0x40, 0x80
FLOWS = 64

now = time.time_ns


class Failed(Exception):
    pass


def run(*command, text="", may_fail=False):
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    if done.returncode and not may_fail:
        raise Failed(f"{' '.join(command)}: {text}{done.stderr}")
    return done.stdout + done.stderr


def ip(*commands, may_fail=False):
    """One or more commands of ip, in one process."""
    return run("ip", "-force", "-batch", "-", may_fail=may_fail,
               text="\n".join(commands) + "\n")


def lose(*ports):
    """What comes in there vanishes from now on; carrier stays."""
    run("tc", "-batch", "-", text="".join(
        f"qdisc add dev {port} clsact\n"
        f"filter add dev {port} ingress matchall action drop\n"
        for port in ports))


def set_up(up, *names):
    """Without a process: to start one takes a slow guest long."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for name in names:
            request = fcntl.ioctl(sock, SIOCGIFFLAGS,
                                  struct.pack("16sH14x", name.encode(), 0))
            flags = struct.unpack_from("H", request, 16)[0]
            flags = flags | IFF_UP if up else flags & ~IFF_UP
            fcntl.ioctl(sock, SIOCSIFFLAGS,
                        struct.pack("16sH14x", name.encode(), flags))


def listen(name, ethertype=ETH_P_ALL, outgoing=False):
    """A socket that gets only what leaves the device, or what comes in."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    get, drop = (0xffff, 0) if outgoing else (0, 0xffff)
    code = ctypes.create_string_buffer(struct.pack(
        "HBBIHBBIHBBIHBBI",
        0x30, 0, 0, 0xfffff004,         # the frame's way: PACKET_...
        0x15, 0, 1, PACKET_OUTGOING,
        0x06, 0, 0, get,
        0x06, 0, 0, drop))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                    struct.pack("HL", 4, ctypes.addressof(code)))
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.setblocking(False)
    sock.bind((name, ethertype))
    return sock


def heard(sock):
    """(when the kernel got it, frame) of all that waits in the socket."""
    while True:
        try:
            frame, told = sock.recvmsg(2048, 64)[:2]
        except BlockingIOError:
            return
        except OSError:
            continue            # told once that the device went down
        seconds, fraction = struct.unpack("qq", told[0][2][:16])
        yield seconds * S + fraction, frame


def is_lacpdu(frame):
    return frame[12:15] == b"\x88\x09\x01" and len(frame) >= 124


def number(frame):
    """Of a datagram of Traffic's; None of other frames."""
    if frame[12:14] == b"\x08\x00" and frame[36:38] == b"\x00\x09":
        return int.from_bytes(frame[42:46], "big")
    return None


# --- Systems -----------------------------------------------------------------

class System:
    """What makes one device of several ports; a kind defines add()."""
    package, programs, module = None, [], None  # what it needs
    runs = None

    @classmethod
    def missing(cls):
        """What would have to be there, or None."""
        if not all(map(shutil.which, cls.programs)):
            return cls.package
        if cls.module and subprocess.call(["modprobe", "-q", cls.module]):
            return "the module " + cls.module
        return None

    def __init__(self, name, ports, rate="fast", active=True):
        self.name, self.ports = name, ports
        self.rate, self.active = rate, active
        self.sock = None

    def start(self):
        self.add()
        self.open()

    def open(self):
        """To send there, and to get what it receives."""
        self.sock = listen(self.name, ETH_P_IP)
        self.address = self.sock.getsockname()[4]

    def stop(self):
        """Without a word to the partner, if the kind can do that."""
        self.sock.close()
        self.sock = None
        self.remove()

    def remove(self):
        ip(f"link del {self.name}")

    def close(self):
        if self.sock:
            self.stop()

    def enslave(self, *add):
        down = [f"link set {port} down" for port in self.ports]
        ip(*add, *down, *(f"link set {port} master {self.name}"
                          for port in self.ports),
           *(f"link set {port} up" for port in self.ports),
           f"link set {self.name} up")


class Lag(System):
    options = ""

    def add(self):
        active = "on" if self.active else "off"
        self.enslave(f"link add {self.name} type lag lacp_rate {self.rate} "
                     f"lacp_active {active} {self.options}")


class SilentLag(Lag):
    """For stop(): as if power was cut."""
    options = "goodbye off"


class Bond(System):
    module = "bonding"

    def add(self):
        active = "on" if self.active else "off"
        self.enslave(f"link add {self.name} type bond mode 802.3ad miimon 100 "
                     f"xmit_hash_policy layer3+4 lacp_rate {self.rate} "
                     f"lacp_active {active}")


class Team(System):
    package, programs, module = "libteam-utils", ["teamd"], "team"

    def add(self):
        ip(*(f"link set {port} down" for port in self.ports))
        config = dict(
            device=self.name, link_watch=dict(name="ethtool"),
            runner=dict(name="lacp", active=self.active,
                        fast_rate=self.rate == "fast",
                        tx_hash=["eth", "ip", "l4"]),
            ports={port: {} for port in self.ports})
        self.runs = subprocess.Popen(
            ["teamd", "-r", "-t", self.name, "-c", json.dumps(config)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = now() + 20 * S
        while not all(os.path.exists(f"/sys/class/net/{port}/master")
                      for port in self.ports):
            if now() > end or self.runs.poll() is not None:
                raise Failed("teamd does not start")
            time.sleep(0.01)
        set_up(True, self.name)

    def remove(self):
        self.runs.kill()
        self.runs.wait()
        ip(f"link del {self.name}", may_fail=True)


class OpenVswitch(System):
    """A bridge of the one daemon, with its datapath in userspace."""
    package, module = "openvswitch-switch", "tun"
    programs = ["ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl"]
    place = "/tmp/lag-ovs"
    daemons = []

    @classmethod
    def vsctl(cls, *words):
        return run("ovs-vsctl", "--timeout=30", f"--db=unix:{cls.place}/db",
                   *words)

    @classmethod
    def daemon(cls, *command):
        place = dict(os.environ, OVS_RUNDIR=cls.place, OVS_LOGDIR=cls.place,
                     OVS_DBDIR=cls.place)
        cls.daemons.append(subprocess.Popen(
            command, env=place, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL))

    @classmethod
    def begin(cls):
        if not cls.daemons:
            os.makedirs(cls.place)
            run("ovsdb-tool", "create", cls.place + "/conf.db",
                "/usr/share/openvswitch/vswitch.ovsschema")
            cls.daemon("ovsdb-server", f"--remote=punix:{cls.place}/db",
                       cls.place + "/conf.db")
            while not os.path.exists(cls.place + "/db"):
                time.sleep(0.01)
            cls.vsctl("--no-wait", "init")
        if len(cls.daemons) < 2:
            cls.daemon("ovs-vswitchd", f"unix:{cls.place}/db")

    @classmethod
    def end(cls):
        for daemon in cls.daemons:
            daemon.kill()
            daemon.wait()
        cls.daemons.clear()
        shutil.rmtree(cls.place, ignore_errors=True)

    def add(self):
        self.begin()
        self.vsctl(
            "--may-exist", "add-br", self.name, "--", "set", "bridge",
            self.name, "datapath_type=netdev", "fail_mode=standalone", "--",
            "--may-exist", "add-bond", self.name, "bond-" + self.name,
            *self.ports, "bond_mode=balance-tcp", "lacp=" +
            ("active" if self.active else "passive"),
            "other_config:lacp-time=" + self.rate)
        set_up(True, self.name, *self.ports)

    def remove(self):
        """The daemon dies; what it was to do stays in the data base."""
        if len(self.daemons) > 1:
            daemon = self.daemons.pop()
            daemon.kill()
            daemon.wait()

    def close(self):
        if self.sock:
            self.sock.close()
            self.sock = None
            self.vsctl("del-br", self.name)


class Nobody:
    """Who has an address, and does not take what is sent there."""
    sock = None
    address = mac("02:cc:00:00:00:01")

    def close(self):
        pass


KINDS = dict(lag=Lag, bonding=Bond, teamd=Team, ovs=OpenVswitch)


class Partner:
    """A partner by hand on a port: in sync with whoever speaks to it."""

    def __init__(self, name, number, system="02:aa:00:00:00:01", period=S):
        self.name, self.period = name, period
        self.sock = listen(name)
        self.info = [100, mac(system), 7, 100, number,
                     ACTIVITY | TIMEOUT | AGGREGATION | SYNC | COLLECTING |
                     DISTRIBUTING]
        self.heard = bytes(15)
        self.deadline = now()
        self.answers = True
        self.sent = 0

    def say(self, view=None, clear=0):
        """One LACPDU now; when that was."""
        info = self.info[:]
        info[5] &= ~clear
        if not self.heard[14] & SYNC:
            info[5] &= ~(COLLECTING | DISTRIBUTING)
        self.sent = now()
        try:
            self.sock.send(lacpdu(self.sock, INFO.pack(*info),
                                  self.heard if view is None else view))
        except OSError:
            pass                # its port is down
        return self.sent

    def serve(self):
        for _, frame in heard(self.sock):
            if not is_lacpdu(frame) or frame[18:33] == self.heard:
                continue
            self.heard = frame[18:33]
            if self.answers:
                self.deadline = 0

    def due(self):
        self.say()
        self.deadline = now() + self.period

    def stop(self):
        """It says no more, but is there."""
        self.deadline = 1 << 62
        self.answers = False


# --- Cables and traffic ------------------------------------------------------

class Cable:
    """A socket of the far end of a port, that hands on what comes."""
    deadline = 1 << 62

    def __init__(self, port, world):
        self.port, self.world = port, world
        self.sock = listen("p" + port)
        self.to = None
        self.loses = False

    def serve(self):
        for when, frame in heard(self.sock):
            self.world.see(self.port, when, frame)
            if self.to and not self.loses:
                try:
                    self.to.sock.send(frame)
                except OSError:
                    pass        # unplugged


class World:
    """Ports, what joins them, and time that passes.

    all: to be closed when all is over.

    Either the ports are the ends of cables, or each goes to a patch panel,
    this process, where cables are swapped and lose frames, as if by a switch
    or media converter in the way.
    """

    all = []

    def __init__(self, *sides, panel=False):
        self.all.append(self)
        self.systems = {}
        self.ports = sorted(sum(sides, []))
        self.seen = {port: [] for port in self.ports}
        self.carried = set()
        self.state = {}         # as the last LACPDU that left the port said
        self.talkers = []
        self.cables = {}
        self.gap = 0
        self.sent, self.number = {}, 0  # not arrived, and how many there were
        if panel:
            ip(*(f"link add {port} type veth peer name p{port}"
                 for port in self.ports))
            self.cables = {port: Cable(port, self) for port in self.ports}
            self.talkers += self.cables.values()
            self.taps = {}
        else:
            ip(*(f"link add {a} type veth peer name {b}"
                 for a, b in zip(*sides)))
            self.taps = {port: listen(port, outgoing=True)
                         for port in self.ports}

    def close(self):
        for system in self.systems.values():
            system.close()
        for sock in self.taps.values():
            sock.close()
        for talker in self.talkers:
            talker.sock.close()
        ip(*(f"link del {port}" for port in self.ports), may_fail=True)

    def add(self, kind, name, ports, **options):
        self.systems[name] = kind(name, ports, **options)
        self.systems[name].start()
        return self.systems[name]

    def wire(self, *pairs):
        """Patch these ports to each other, silently."""
        for a, b in pairs:
            self.cables[a].to = self.cables[b]
            self.cables[b].to = self.cables[a]

    def plug(self, up, *ports):
        set_up(up, *("p" + port for port in ports))
        return now()

    def see(self, port, when, frame):
        self.seen[port].append((when, frame))
        if number(frame) is not None:
            self.carried.add(port)
        elif is_lacpdu(frame):
            self.state[port] = frame[32]

    def collect(self):
        """Take what waits in sockets that nobody has to hurry for."""
        for port, sock in self.taps.items():
            for when, frame in heard(sock):
                self.see(port, when, frame)
        for system in self.systems.values():
            for _, frame in heard(system.sock) if system.sock else ():
                self.sent.pop(number(frame), None)

    def traffic(self, rate, *ways):
        """From now on so many datagrams a second, each way (FROM, TO)."""
        self.gap = rate and S // rate
        self.next = now()
        self.ways = ways

    def send(self):
        """One datagram each way; flows differ in their source port."""
        flow = self.number // len(self.ways) % FLOWS
        for a, b in self.ways:
            source, target = self.systems[a], self.systems[b]
            frame = (target.address + source.address + IPV4 +
                     struct.pack("!HHHHI", 20000 + flow, 9, 12, 0,
                                 self.number) + bytes(14))
            self.sent[self.number] = now(), a, b
            self.number += 1
            try:
                source.sock.send(frame)
            except (OSError, AttributeError):
                pass            # no carrier, or not there: it counts as lost

    def run(self, seconds, until=None):
        """Let so much time pass, or less: until that comes true."""
        end = now() + int(seconds * S)
        while True:
            for talker in self.talkers:
                if talker.deadline <= now():
                    talker.due()
            if self.gap and now() >= self.next:
                self.next += self.gap
                self.send()
            wake = min([end] + [talker.deadline for talker in self.talkers])
            if self.gap:
                wake = min(wake, self.next)
            if until:
                self.collect()
                if until():
                    return True
                wake = min(wake, now() + 5 * MS)
            if now() >= end:
                self.ended = now()
                self.collect()
                return False
            self.serve(max(0, wake - now()) / S)

    def serve(self, seconds):
        if not self.talkers:
            time.sleep(seconds)
            return
        for sock in select.select([t.sock for t in self.talkers], [], [],
                                  seconds)[0]:
            next(t for t in self.talkers if t.sock is sock).serve()

    # --- what was to be seen

    def pdus(self, port, since=0):
        """(when, frame) of the LACPDUs that left the port since then."""
        return [(when, frame) for when, frame in self.seen[port]
                if when >= since and is_lacpdu(frame)]

    def data(self, port, since=0):
        """When datagrams left the port since then."""
        return [when for when, frame in self.seen[port]
                if when >= since and number(frame) is not None]

    def lost(self, a, b, since=0, before=1 << 62):
        """When those were sent that did not arrive."""
        return [when for when, *way in self.sent.values()
                if way == [a, b] and since <= when < before]

    def forget(self):
        self.collect()
        for seen in self.seen.values():
            seen.clear()
        self.sent.clear()
        self.carried.clear()


def ipv4_header():
    """Of every datagram: from 192.0.2.1 to 192.0.2.2"""
    head = bytes.fromhex("450000200000000040110000c0000201c0000202")
    total = sum(struct.unpack("!10H", head))
    total = ~((total & 0xffff) + (total >> 16)) & 0xffff
    return b"\x08\x00" + head[:10] + struct.pack("!H", total) + head[12:]


IPV4 = ipv4_header()
