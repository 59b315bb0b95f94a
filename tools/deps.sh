#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Installs the Debian packages that a purpose needs and that are missing.
#
# Usage: tools/deps.sh PURPOSE...
# Kernels and their headers are not installed; see tools/vm/kernel.

set -u

export DEBIAN_FRONTEND=noninteractive

# What each purpose needs: name of the package, and only what is not already
# in a Debian 12 that has git, make and gcc.
packages() {
	case $1 in
	modules) echo gcc libc6-dev make pahole libelf1 libssl3 kmod ;;
	tools)	 echo gcc libc6-dev binutils iproute2 libmnl-dev \
		      libjansson-dev libpcap-dev libpcap0.8 libyaml-dev ;;
	unit)	 echo gcc libc6-dev clang libcmocka-dev ;;
	fuzz)	 echo clang llvm libclang-rt-dev ;;
	lint)	 echo perl python3 shellcheck codespell sparse clang lld llvm \
		      coccinelle libpython3-dev xz-utils python3-docutils \
		      mandoc ;;
	deb)	 echo dpkg-dev debhelper dh-dkms dkms lintian fakeroot ;;
	vm)	 echo qemu-system-x86 python3 busybox-static bash kmod xz-utils \
		      iproute2 ethtool gojq libteam-utils iputils-ping tcpdump \
		      nftables grep sed gawk coreutils procps binutils ;;
	peers)	 echo openvswitch-switch ;;
	userland) echo debootstrap util-linux mount ;;
	debug-kernel)
		 echo linux-source-6.12 gcc make bc bison flex libelf-dev kmod \
		      patch xz-utils ccache ;;
	*)	 echo "deps: unknown purpose $1" >&2; return 1 ;;
	esac
}

die() {
	echo "deps: $*" >&2
	exit 1
}

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = \
	  installed ]
}

missing=()
for purpose in "$@"; do
	list=$(packages "$purpose") || exit 1
	for package in $list; do
		installed "$package" || missing+=("$package")
	done
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null ||
	die "this is no Debian system; please install: ${missing[*]}"

root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null ||
		die "not root and no sudo; as root: apt-get install ${missing[*]}"
	root=(sudo DEBIAN_FRONTEND=noninteractive)
fi

echo "deps: installing for $*: ${missing[*]}" >&2
# A network may fail for a moment, somebody else may be installing
patient=(-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
"${root[@]}" apt-get update -qq "${patient[@]}" ||
	die "apt-get update failed: is there a network?"
"${root[@]}" apt-get install -y -qq --no-install-recommends \
	"${patient[@]}" "${missing[@]}" >&2 </dev/null || {
	free=$(df -Pm / | awk 'NR == 2 { print $4 }')
	die "apt-get install failed, see above: is there a network? $free MB" \
	    "are free on /"
}
