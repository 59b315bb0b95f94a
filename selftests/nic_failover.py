#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Pulls two cables while RTNL is held, and looks at what lag0 sent where.

    nic_failover.py CABLE CABLE

Cable 1 ends in port a1 of lag0, and so on; traffic goes through lag0 all the
time.  What is looked at are traces, which take no RTNL.  The last word printed
is the number of frames that left for the two while their carrier was still up.
"""
import os
import re
import subprocess
import sys
import time

TRACE = "/sys/kernel/tracing/"
CARRIER = TRACE + "instances/carrier/"
MODULE = "/sys/module/rtnl_hold/parameters/"
LAG, LATE = "lag0", 1


def read(path):
    with open(path) as file:
        return file.read()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def begin():
    if not os.path.exists(TRACE + "events"):
        subprocess.run(["mount", "-t", "tracefs", "tracefs", TRACE])
    name = read(MODULE + "name_offset").strip()
    write(TRACE + "trace_clock", "mono")
    write(TRACE + "buffer_size_kb", "16000")
    write(TRACE + "kprobe_events",
          f"p:nic/carrier linkwatch_fire_event name=+{name}(%di):string\n")
    write(TRACE + "events/net/net_dev_queue/filter",
          f'name == "{LAG}" || name ~ "a?"')
    # Apart, as it is read all the time
    os.makedirs(CARRIER, exist_ok=True)
    write(CARRIER + "trace_clock", "mono")
    enable("1")


def enable(on):
    write(CARRIER + "events/nic/carrier/enable", on)
    for event in "net/net_dev_queue", "lag/lag_slots":
        write(TRACE + f"events/{event}/enable", on)


def end():
    enable("0")
    text = read(TRACE + "trace")
    os.rmdir(CARRIER)
    write(TRACE + "kprobe_events", "")
    write(TRACE + "trace", "")
    return text


def skip(why):
    print("the host is too busy:", why)
    sys.exit(4)


def fall(port):
    """When the carrier of the port has fallen"""
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        for when, _, rest in events(read(CARRIER + "trace")):
            if f'"{port}"' in rest:
                return when
        time.sleep(0.1)
    end()
    return skip(f"{port} has not lost its carrier for 10 s")


def events(text):
    """(seconds, event, the rest) of each line"""
    for line in text.splitlines():
        found = re.search(r" ([\d.]+): (\w+): (.*)", line)
        if found:
            yield float(found[1]), found[2], found[3]


def picks(text):
    """(when a transmit began, the port that was chosen) of each"""
    begun = {}
    for when, event, rest in events(text):
        found = re.match(r"dev=(\w+) skbaddr=(\S+)", rest)
        if event != "net_dev_queue" or not found:
            continue
        if found[1] == LAG:
            begun[found[2]] = when
        elif found[2] in begun:
            yield begun.pop(found[2]), found[1]


def check(claim, *said):
    if not claim:
        sys.exit(" ".join(map(str, said)))


def look_at(text, port, pulled, fell):
    """Returns how much left there in vain before its carrier fell."""
    sent = list(picks(text))
    after = [when for when, chosen in sent if when > fell and chosen == port]
    check(not after, len(after), "transmits chose", port,
          "after its carrier fell, the last after",
          f"{after[-1] - fell if after else 0:.6f} s")
    check(sum(when > fell for when, _ in sent) > 100, "hardly any traffic")
    bit = 1 << int(port[1:]) - 1
    gone = [when for when, event, rest in events(text)
            if event == "lag_slots" and f"lag={LAG} " in rest and
            when >= fell and
            not bit & int(re.search(r"live=(\w+)", rest)[1], 16)]
    check(gone and gone[0] - fell < LATE, port, "left the slots",
          f"{gone[0] - fell:.6f} s late" if gone else "never")
    return sum(pulled - 0.02 < when <= fell and chosen == port
               for when, chosen in sent)


def main(cables):
    begin()
    time.sleep(0.5)
    write(MODULE + "hold", "15000")
    time.sleep(0.5)
    pulled = []
    for cable in cables:
        pulled.append(time.monotonic())
        subprocess.run(["cable", "off", cable], check=True)
        time.sleep(0.3)
    seen = [("a" + cable, when, fall("a" + cable))
            for cable, when in zip(cables, pulled)]
    time.sleep(1)
    held = read(MODULE + "hold").strip() == "1"
    text = end()
    check(held, "RTNL was not held")
    lost = sum(look_at(text, *one) for one in seen)
    apart = seen[1][-1] - seen[0][-1]
    if apart > 1:
        skip(f"all is well, but the second carrier fell {apart:.1f} s later")
    print(f"carrier fell {apart:.3f} s apart; left before it did: {lost}")


if __name__ == "__main__":
    main(sys.argv[1:])
