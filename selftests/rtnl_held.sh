#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody holds RTNL for 10 s, as a slow driver or a long list of routes does:
# LACP, its timeouts and the way of each packet do not depend on it.
# Timeout: 600 s
#
#    one namespace
#   +------------------------------------+
#   |  la  a1 ------ b1  rtnl_held.py    |
#   |      a4 ------ b4                  |
#   +------------------------------------+

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

lag_require
test_module rtnl_hold
trap 'cleanup; rmmod rtnl_hold; rm -rf "$WORK"' EXIT
setup_ns A
in_ns "$A" python3 "$HERE/rtnl_held.py" "$@"
