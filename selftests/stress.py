#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Disorder for stress_*.sh: random commands of `ip`, and traffic.

    stress.py crowd SEED COUNT NS:PART...	what they do, each there
    stress.py fire SEED DEVICE...	frames, and LACPDUs right and wrong,
					through these, until killed

The same seed gives the same commands.  Processes are forked, for Python takes
long to start in a guest.  What must be true afterwards is not
here; see the scripts.
"""
import contextlib
import os
import random
import shutil
import struct
import subprocess
import sys
import time

import slow

PORTS = 6
LAGS = 3
DYING = 4                       # ports of namespaces that die, two each
PAUSE = 0.01

# What nobody but the lags gives other addresses and MTUs, or deletes
STEADY = ("a4", "a5", "r0")
PORT_NAMES = ["a%d" % i for i in range(PORTS)] + ["r0", "r1"]

MODES = ["lacp"] * 4 + ["static", "active-backup", "balance-rr", "broadcast"]
ON_OFF = ("on", "off")
# Of each option some values, or ranges of them, also a little beyond what is
# allowed; short times are what hurts
DEVICE_OPTIONS = {
    "mode": MODES,
    "lacp_active": ON_OFF,
    "lacp_rate": ("slow", "fast"),
    "xmit_hash_policy": ("layer2", "layer2+3", "layer3+4", "encap2+3",
                         "encap3+4", "vlan+srcmac", "flow"),
    "min_links": (0, 1, 2, range(66)),
    "max_links": (0, 1, 2, 3, range(66)),
    "revertive": ON_OFF,
    "fallback": ("none", "single", "static"),
    "fallback_timeout": (0, range(200), range(300002)),
    "wait_while": (0, range(100), range(10002)),
    "goodbye": ON_OFF,
    "ad_select": ("stable", "bandwidth", "count", "actor_port_prio"),
    "ad_actor_sys_prio": (0, 1, range(65536)),
    "ad_actor_system": ("02:0a:0b:0c:0d:0e", "00:00:00:00:00:00",
                        "01:00:5e:00:00:01"),
    "ad_user_port_key": (0, range(1025)),
    "coupled_control": ON_OFF,
    "updelay": (0, range(200), range(720002)),
    "downdelay": (0, range(200), range(720002)),
    "hash_seed": (range(1 << 32),),
    "hash_symmetric": ON_OFF,
    "primary": PORT_NAMES,
    "primary_reselect": ("always", "better", "failure"),
    "active_slave": PORT_NAMES,
    "fail_over_mac": ("none", "active", "follow"),
    "num_grat_arp": (0, 1, range(256)),
    "peer_notify_delay": (0, range(200), range(300002)),
    "resend_igmp": (0, 1, range(257)),
    "packets_per_slave": (0, 1, range(65537)),
    "miimon": (range(1 << 32),),
    "use_carrier": ON_OFF,
    "lacp_strict": ON_OFF,
    "all_slaves_active": ("off", "off", "on"),
    "lp_interval": (1, 1, 2),
    "tlb_dynamic_lb": ("on", "on", "off"),
}
PORT_OPTIONS = {
    "actor_port_prio": (0, 255, range(65536)),
    "prio": (0, range(-5, 6), range(-1 << 31, 1 << 31)),
    "admin": ("enabled", "enabled", "draining", "disabled"),
    "port_key": (0, range(65536)),
    "port_number": (0, 1, 2, range(65536)),
}


def value(values):
    chosen = random.choice(values)
    return random.choice(chosen) if isinstance(chosen, range) else chosen


def options(table, most):
    names = random.sample(sorted(table), random.randint(1, most))
    return " ".join("%s %s" % (name, value(table[name])) for name in names)


def lag():
    return "lag%d" % random.randrange(LAGS)


def port():
    return random.choice(PORT_NAMES)


def unsteady():
    return random.choice([name for name in PORT_NAMES if name not in STEADY])


def far_port():
    """Beside the cables those of namespaces that come and go"""
    return "b%d" % random.randrange(PORTS + DYING)


def mac():
    return "02:%02x:%02x:%02x:%02x:%02x" % tuple(random.randbytes(5))


def upper():
    return "up%d" % random.randrange(4)


def up_down():
    return random.choice(("up", "up", "down"))


# What each part of the crowd does: one of these, with equal chance
PARTS = {
    "members": (
        lambda: "link set %s down master %s" % (port(), lag()),
        lambda: "link set %s master %s" % (port(), lag()),
        lambda: "link set %s master %s up" % (port(), lag()),
        lambda: "link set %s nomaster" % port(),
        lambda: "link set %s %s" % (port(), up_down()),
        lambda: "link set %s %s" % (lag(), up_down()),
    ),
    "options": (
        lambda: "link set %s type lag %s" % (lag(), options(DEVICE_OPTIONS, 1)),
        lambda: "link set %s type lag %s" % (lag(), options(DEVICE_OPTIONS, 4)),
        lambda: "link set %s type lag mode %s" % (lag(), random.choice(MODES)),
        lambda: "link set %s type lag_slave %s" % (port(),
                                                   options(PORT_OPTIONS, 2)),
    ),
    "addresses": (
        # With less than 1280 IPv6 leaves a port, and once back there forgets
        # its group as soon as the port is closed
        lambda: "link set %s mtu %d" % (lag(), random.choice(
            (1280, 1400, 1500, 9000, 70000))),
        lambda: "link set %s mtu %d" % (unsteady(), random.randint(600, 9000)),
        lambda: "link set %s address %s" % (lag(), mac()),
        lambda: "link set %s address %s" % (unsteady(), mac()),
        lambda: "link set %s promisc %s" % (lag(), random.choice(ON_OFF)),
        lambda: "link set %s allmulticast %s" % (lag(), random.choice(ON_OFF)),
        lambda: "maddress %s 33:33:00:00:00:%02x dev %s" % (
            random.choice(("add", "del")), random.randrange(8), lag()),
        lambda: "link set %s protodown %s" % (lag(), random.choice(ON_OFF)),
        lambda: "link set %s txqueuelen %d" % (lag(), random.randint(1, 999)),
    ),
    "uppers": (
        lambda: "link add link %s %s up type vlan id %d" % (
            lag(), upper(), random.randint(1, 9)),
        lambda: "link add link %s %s up type macvlan" % (lag(), upper()),
        lambda: "link add %s up type bridge" % upper(),
        lambda: "link add %s up type vrf table 7" % upper(),
        lambda: "link set %s master %s" % (lag(), upper()),
        lambda: "link set %s nomaster" % lag(),
        lambda: "link set %s master %s" % (lag(), lag()),
        lambda: "link del %s" % upper(),
        lambda: "address add 192.0.2.%d/24 dev %s" % (
            random.randint(1, 99), random.choice((lag(), upper()))),
        lambda: "address flush dev %s" % lag(),
    ),
    "devices": (
        lambda: "link add %s up type lag" % lag(),
        lambda: "link add %s type lag %s" % (lag(), options(DEVICE_OPTIONS, 3)),
        lambda: "link add %s mtu 4000 address %s up type lag" % (lag(), mac()),
        lambda: "link del %s" % lag(),
        lambda: "link del %s" % unsteady(),
        lambda: "link add r1 type refuse",
    ) + 3 * (
        lambda: "link add a%d type veth peer name b%d netns FAR" % (
            2 * (random.randrange(PORTS),)),
    ),
    "far": (
        lambda: "link set %s %s" % (far_port(), up_down()),
        lambda: "link set %s %s" % (far_port(), up_down()),
        lambda: "link set %s master peer%d up" % (far_port(),
                                                  random.randrange(2)),
        lambda: "link set %s nomaster" % far_port(),
        lambda: "link set peer%d type lag %s" % (random.randrange(2),
                                                 options(DEVICE_OPTIONS, 2)),
        lambda: "link set peer%d up" % random.randrange(2),
    ),
    "readers": (
        lambda: "link show dev %s" % lag(),
        lambda: "link show",
        lambda: "link show dev %s" % port(),
        lambda: "link show type lag",
        lambda: "address show dev %s" % lag(),
    ),
}


# What is done in a namespace of its own, which dies with all that was made.
# The ports of the one before may still be there.
def life(number):
    first = PORTS + 2 * number % DYING
    for i in (first, first + 1):
        yield "link add p%d type veth peer name b%d netns FAR" % (i, i)
    yield "link add lag0 up type lag"
    yield "link add link lag0 up0 up type vlan id %d" % random.randint(1, 9)
    for i in (first, first + 1):
        yield "link set p%d master lag0 %s" % (i, up_down())
    yield "link set lag0 type lag " + options(DEVICE_OPTIONS, 4)


class Ip:
    """`ip -batch`; some mistakes end it, and then there is a new one."""

    def __init__(self, *command):
        self.command = command + ("-s", "-d", "-force", "-batch", "-")
        self.errors = os.fdopen(os.memfd_create("errors"), "w+")
        self.ended = 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=self.errors, text=True)

    def end(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()

    def do(self, command):
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.end()
            self.ended += 1
            self.start()

    def failed(self):
        self.end()
        self.errors.seek(0)
        return self.ended + self.errors.read().count("Command failed")


def act(namespace, part, seed, count):
    """Most may fail, but not all."""
    random.seed("%s %s" % (part, seed))
    ip = Ip("ip", "-n", namespace)
    for _ in range(count):
        ip.do(far(random.choice(PARTS[part])()))
        time.sleep(random.random() * PAUSE)
    return tell(part, count - ip.failed(), count)


def live_and_die(_, part, seed, count):
    """Commands as many, but for the last life"""
    random.seed("%s %s" % (part, seed))
    done = tried = lives = 0
    # Of its name busybox has one of its own
    command = "unshare", "-n", shutil.which("ip")
    while tried < count:
        ip = Ip(*command)
        commands = list(life(lives))
        lives += 1
        for line in commands:
            ip.do(far(line))
        tried += len(commands)
        failed = ip.failed()
        # Nothing is done by what ends badly and does not say why
        if failed or not ip.process.returncode:
            done += len(commands) - failed
    return tell(part, done, tried)


def far(command):
    return command.replace("FAR", os.environ.get("FAR", ""))


def tell(part, done, count):
    print("# %s: %d of %d done" % (part, done, count), flush=True)
    return int(not done)


def fork(function, *args):
    pid = os.fork()
    if not pid:
        os._exit(function(*args))
    return pid


def crowd(seed, count, places):
    print("# STRESS_SEED=%s STRESS_COUNT=%s: %d commands by %d at once" % (
        seed, count, int(count) * len(places), len(places)), flush=True)
    pids = [fork(live_and_die if place.endswith(":namespaces") else act,
                 *place.split(":"), seed, int(count)) for place in places]
    return max(os.waitpid(pid, 0)[1] for pid in pids) and 1


def udp_frame():
    """IPv4 or IPv6, now and then tagged, broadcast or to nobody."""
    target = random.choice((b"\xff" * 6, b"\x01\x00\x5e\x00\x00\x01",
                            random.randbytes(6)))
    tag = random.choice((b"", b"", struct.pack("!HH", 0x8100,
                                               random.randint(1, 9))))
    data = random.randbytes(random.randrange(200))
    udp = struct.pack("!HHHH", random.randrange(65536), 9, 8 + len(data), 0)
    if random.random() < 0.5:
        head = b"\x08\x00" + struct.pack(
            "!BBHIBBH4s4s", 0x45, 0, 28 + len(data), random.getrandbits(32),
            64, 17, 0, random.randbytes(4), random.randbytes(4))
    else:
        head = b"\x86\xdd" + struct.pack(
            "!IHBB16s16s", 6 << 28, 8 + len(data), 17, 64,
            random.randbytes(16), random.randbytes(16))
    return target + b"\x02" + random.randbytes(5) + tag + head + udp + data


class Sender:
    """What slow.py needs of a socket: who is asking."""

    def getsockname(self):
        return None, None, None, None, random.randbytes(6)


def lacpdu_frame():
    """A partner that agrees, one that does not, a marker, or a spoilt one."""
    sock = Sender()
    state = random.choice((0x3f, 0x3d, 0x07, 0x47, random.randrange(256)))
    actor = slow.INFO.pack(random.choice((1, 100)),
                           bytes((2, 0, 0, 0, 0, random.randrange(3))),
                           random.randrange(3), 7, random.randrange(8), state)
    partner = random.choice((bytes(15), actor, random.randbytes(15)))
    frame = random.choice((slow.lacpdu(sock, actor, partner),
                           slow.lacpdu(sock, actor, partner),
                           slow.marker(sock, random.randrange(4), 1)))
    if random.random() < 0.2:
        spoilt = bytearray(frame)
        spoilt[random.randrange(14, 60)] = random.randrange(256)
        frame = bytes(spoilt[:random.randrange(15, len(spoilt))])
    return frame


def send(seed, cpu, devices, make):
    """Devices come and go: what cannot be sent is not."""
    random.seed(seed)
    os.sched_setaffinity(0, {cpu % os.cpu_count()})
    frames = [make() for _ in range(300)]
    while True:
        try:
            with slow.open_port(random.choice(devices)) as sock:
                for frame in random.choices(frames, k=20):
                    sock.send(frame)
        except OSError:
            pass
        # Others need the processor as well
        time.sleep(PAUSE)


def main():
    verb, seed, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    if verb == "crowd":
        sys.exit(crowd(seed, rest[0], rest[1:]))
    fork(send, seed, 1, rest, lacpdu_frame)
    send(seed, 0, rest, udp_frame)


if __name__ == "__main__":
    main()
