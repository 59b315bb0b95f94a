#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# LACP with bonding, teamd, Open vSwitch and another lag: forming, a cable that
# is pulled, frames that vanish, a partner that restarts or is another, cables
# that change places.  A table at the end tells how long each took.
# Timeout: 3000 s
#
#    one namespace
#   +-----------------------------------------------+
#   |  la  a1 ----- patch panel: ----- b1  lb, the  |
#   |      a2 ----- interop.py   ----- b2  peer     |
#   |                            ----- c1  lc, the  |
#   |                            ----- c2  other    |
#   +-----------------------------------------------+

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

lag_require
trap 'cleanup; rm -rf "$WORK"' EXIT
setup_ns A
in_ns "$A" python3 "$HERE/interop.py" "$@"
