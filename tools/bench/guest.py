#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: measure one part of the packet bench, print rows of CSV.

    guest.py PART [WORD...]

A row is "= part,case,device,ports,figure,value".  What the parts mean and how
they are shown is in packets; the guest and its clock are tools/vm/vm's.
"""
import sys

import cost
import flows
import scale

PARTS = {
    "tx": cost.tx,
    "rx": cost.rx,
    "socket": cost.socket_hash,
    "moved": flows.moved,
    "spread": flows.spread,
    "cascade": flows.cascade,
    "smp": scale.smp,
    "create": scale.create,
    "idle": scale.idle,
}

if __name__ == "__main__":
    PARTS[sys.argv[1]](*sys.argv[2:])
