#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The conformance cases that can be seen from the wire: a lag whose partner is
# a script.  The report names case, level, clause and result of each.
#
#    one namespace
#   +---------------------------------------+
#   |  lag0  a1 ------ b1  conformance.py   |
#   |        aN ------ bN                   |
#   +---------------------------------------+
#
# Timeout: 2400 s, nearly all of it spent waiting for LACP's own timers

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

lag_require
trap 'cleanup; rm -rf "$WORK"' EXIT
setup_ns A
in_ns "$A" python3 "$HERE/conformance.py" "$@"
