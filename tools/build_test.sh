#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a module that only tests need, selftests/NAME, for one kernel.
#
# Usage: tools/build_test.sh NAME RELEASE [MAKE-ARGUMENT...]
# The kernel's build tree is KDIR, if set.  Leaves out/RELEASE/NAME/NAME.ko.

set -u

top=$(realpath "$(dirname "$0")/..")
name=${1:?usage: build_test.sh NAME RELEASE [MAKE-ARGUMENT...]}
release=${2:?usage: build_test.sh NAME RELEASE [MAKE-ARGUMENT...]}
shift 2
place=$top/out/$release/$name

mkdir -p "$place" || exit 1
cp -u "$top/selftests/$name/Kbuild" "$top/selftests/$name/$name.c" "$place/" ||
	exit 1
make -C "${KDIR:-/lib/modules/$release/build}" M="$place" --no-print-directory \
	W=1 "$@" modules
