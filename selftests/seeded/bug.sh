#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One bug of seeded.ko, $SEEDED_BUG, by a test that itself sees nothing.

set -u

echo "TAP version 13"
echo "1..1"
insmod "$(dirname "$0")/seeded.ko" bug="${SEEDED_BUG:?}" && rmmod seeded
status=$?
[ "$status" -eq 0 ] || echo -n "not "
echo "ok 1 - $SEEDED_BUG"
exit "$status"
