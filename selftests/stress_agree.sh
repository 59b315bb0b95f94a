#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On two processors a LACPDU is received and carrier is lost on two ports at
# once, thousands of times.  Whoever comes first, in the end the last LACPDU,
# carrier, timer and slots are those of the state that the lag is in.
# Timeout: 900 s
#
# What the partner says follows from STRESS_SEED, in LAG_ROUNDS rounds.
#
#    A
#   +--------------------------------+
#   |  lag0 - a1 ------ b1 flaps     |
#   |         a2 ------ b2 agree.py  |
#   +--------------------------------+

ALL_TESTS="
	wb_26_all_agrees_with_the_state
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SEED=${STRESS_SEED:-1}
ROUNDS=${LAG_ROUNDS:-12}

setup()
{
	lag_require
	[ "$(nproc)" -gt 1 ] || skip_all "needs two processors"
	echo "# STRESS_SEED=$SEED LAG_ROUNDS=$ROUNDS"
}

wb_26_all_agrees_with_the_state()
{
	setup_ns A
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$A" b1
	cable "$A" a2 "$A" b2
	plug "$A" b1
	plug "$A" b2
	join "$A" lag0 a1 a2
	in_ns "$A" python3 "$HERE/agree.py" "$ROUNDS" "$SEED"
}

run_tests
exit "${EXIT_STATUS:?}"
