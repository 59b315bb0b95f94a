#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the module for one kernel without writing into the source tree.
#
# Usage: tools/build.sh RELEASE [VARIANT [MAKE-ARGUMENT...]]
# The kernel's build tree is KDIR, if set.
# Leaves out/RELEASE/lag.ko, or with a VARIANT (a name of its own for other
# arguments, such as "llvm LLVM=1") out/RELEASE/VARIANT/lag.ko.

set -u

top=$(realpath "$(dirname "$0")/..")
release=${1:?usage: build.sh RELEASE [VARIANT [MAKE-ARGUMENT...]]}
variant=${2:-build}
shift $(($# < 2 ? $# : 2))
place=$top/out/$release/$variant

# A mirror of links: what is edited is rebuilt, what is built stays here.
mkdir -p "$place" || exit 1
find "$place" -xtype l -delete
cp -rsf "$top/Kbuild" "$top/drivers" "$top/include" "$place/" || exit 1

headers=${KDIR:-$("$top/tools/vm/kernel" headers "$release")} || exit 1
MAKEFLAGS='' make -C "$headers" M="$place" -j "$(nproc)" --no-print-directory \
	W=1 "$@" modules || exit 1
if [ "$variant" = build ]; then
	cp -u "$place/drivers/net/lag/lag.ko" "$top/out/$release/lag.ko"
else
	cp -u "$place/drivers/net/lag/lag.ko" "$place/lag.ko"
fi
