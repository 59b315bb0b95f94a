# SPDX-License-Identifier: GPL-2.0
"""In a guest: ports, and the devices that are compared over them.

What is measured with them is in cost.py, flows.py and scale.py.
"""
import glob
import json
import os
import subprocess
import time

LAG, PORT = "dut", "p"
PORTS = 64


def row(part, case, device, ports, figure, value):
    """Commas part the fields, so there is none in a case."""
    assert "," not in case, case
    if isinstance(value, float):
        value = f"{value:.4g}" if abs(value) < 100 else f"{value:.0f}"
    print("=", part + "," + case, device, ports, figure, value, sep=",",
          flush=True)


def run(*command, text=None):
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {text or ''}{done.stderr}")
    return done.stdout


def ip(*commands):
    """All of them in one process; a list counts as several."""
    run("ip", "-batch", "-", text="\n".join(commands) + "\n")


def ifindex(name):
    with open(f"/sys/class/net/{name}/ifindex") as f:
        return int(f.read())


def address(name):
    with open(f"/sys/class/net/{name}/address") as f:
        return f.read().strip()


def counter(name, which):
    with open(f"/sys/class/net/{name}/statistics/{which}") as f:
        return int(f.read())


def sent(name):
    return counter(name, "tx_packets")


def received(name):
    return counter(name, "rx_packets")


def settle(seconds=1):
    """Virtual time costs nothing: no condition is as simple as to wait."""
    time.sleep(seconds)


def quiet():
    """Nobody speaks unasked, nor does the kernel to a slow console."""
    with open("/proc/sys/kernel/printk", "w") as f:
        f.write("1")
    for path in glob.glob("/proc/sys/net/ipv6/conf/*/disable_ipv6"):
        with open(path, "w") as f:
            f.write("1")


def make_ports(count=PORTS):
    quiet()
    names = [f"{PORT}{n}" for n in range(count)]
    ip(*(f"link add {name} type dummy" for name in names))
    return names


# --- the devices compared ----------------------------------------------------

def enslave(ports, master=LAG, seconds=3):
    ip(*(line for port in ports for line in
         (f"link set {port} down", f"link set {port} master {master}",
          f"link set {port} up")), f"link set {master} up")
    settle(seconds)


def bond(options, ports, name=LAG):
    ip(f"link add {name} type bond miimon 100 {options}")
    enslave(ports, name)


def lag(options, ports, name=LAG):
    ip(f"link add {name} type lag {options}")
    enslave(ports, name)


def team(runner, ports, name=LAG):
    """Only teamd gives mode loadbalance its hash function, and spins then."""
    mode, _, fields = runner.partition(" ")
    if mode == "loadbalance":
        config = {"device": name, "runner": {"name": mode,
                                             "tx_hash": fields.split()},
                  "ports": {port: {} for port in ports}}
        ip(*(f"link set {port} down" for port in ports))
        pidfile = f"/run/{name}.pid"
        run("teamd", "--daemonize", "--no-ports", "--pid-file", pidfile,
            "--config", json.dumps(config))
        enslave(ports, name, seconds=0.2)
        with open(pidfile) as f:
            os.kill(int(f.read()), 9)
        os.unlink(pidfile)
        settle()
        return
    ip(f"link add {name} type team")
    run("teamnl", name, "setoption", "mode", mode)
    enslave(ports, name)
    if mode == "activebackup":
        run("teamnl", name, "setoption", "activeport", str(ifindex(ports[0])))


MAKERS = {"bond": bond, "team": team, "lag": lag}


def remove(ports, name=LAG):
    ip(f"link del {name}")
    ip(*(f"link set {port} up" for port in ports))
