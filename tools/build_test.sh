#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a module that only tests need, selftests/NAME, or all of them, for one
# kernel.
#
# Usage: tools/build_test.sh NAME|all RELEASE [MAKE-ARGUMENT...]
# The kernel's build tree is KDIR, if set.  Leaves out/RELEASE/NAME/NAME.ko.

set -u

top=$(realpath "$(dirname "$0")/..")
name=${1:?usage: build_test.sh NAME|all RELEASE [MAKE-ARGUMENT...]}
release=${2:?usage: build_test.sh NAME|all RELEASE [MAKE-ARGUMENT...]}
shift 2
if [ "$name" = all ]; then
	for name in "$top"/selftests/*/Kbuild; do
		name=${name%/*}
		"$0" "${name##*/}" "$release" "$@" || exit 1
	done
	exit
fi
place=$top/out/$release/$name

mkdir -p "$place" || exit 1
cp -u "$top/selftests/$name/Kbuild" "$top/selftests/$name/$name.c" "$place/" ||
	exit 1
headers=${KDIR:-$("$top/tools/vm/kernel" headers "$release")} || exit 1
MAKEFLAGS='' make -C "$headers" M="$place" --no-print-directory W=1 "$@" modules
