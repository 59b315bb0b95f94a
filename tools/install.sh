#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Installs what was built and all that belongs to it, or takes it away.
#
# Usage: tools/install.sh { install | uninstall } PART...
# PART is one of
#   module  lag.ko for $RELEASE	  ip	 the plug-in, in $IPLIBDIR
#   tools   lagctl, man pages, completion, header
#   boot    units, hooks and udev's .link
#   load    what loads the module at boot
# All below $DESTDIR, userspace below $PREFIX.

set -u

top=$(realpath "$(dirname "$0")/..")
root=${DESTDIR-}/
prefix=${PREFIX:-/usr}
systemd=${SYSTEMD:-/usr/lib/systemd}
cd "$top" || exit 1

# What each part consists of: source (or "link TO"), place, mode
files() {
	local page section

	case $1 in
	module)
		echo "out/$RELEASE/lag.ko /lib/modules/$RELEASE/updates/lag.ko 644"
		;;
	ip)
		echo "out/tools/link_lag.so $IPLIBDIR/link_lag.so 644"
		echo "=link_lag.so $IPLIBDIR/link_lag_slave.so -"
		;;
	tools)
		echo "out/tools/lagctl $prefix/sbin/lagctl 755"
		echo "include/uapi/linux/if_lag.h $prefix/include/linux/if_lag.h 644"
		for page in Documentation/man/*.[1-9]; do
			section=${page##*.}
			echo "$page $prefix/share/man/man$section/${page##*/} 644"
		done
		echo "tools/packaging/completion $prefix/share/bash-completion/completions/lagctl 644"
		# A file of that name is loaded for each shell; bash-completion
		# has one for ip itself, which would hide ours
		echo "tools/packaging/completion.ip /etc/bash_completion.d/lag 644"
		;;
	boot)
		echo "tools/packaging/lag-setup /usr/lib/lag/lag-setup 755"
		echo "tools/packaging/ifupdown /usr/lib/lag/ifupdown 755"
		echo "=/usr/lib/lag/ifupdown /etc/network/if-pre-up.d/lag -"
		echo "=/usr/lib/lag/ifupdown /etc/network/if-post-down.d/lag -"
		echo "tools/packaging/lag@.service $systemd/system/lag@.service 644"
		echo "tools/packaging/98-net-lag.link $systemd/network/98-net-lag.link 644"
		;;
	load)
		echo "tools/packaging/modules-load.conf /usr/lib/modules-load.d/lag.conf 644"
		;;
	*)
		echo "install: no part $1" >&2
		return 1
		;;
	esac
}

put() {
	local source=$1 place=$root${2#/} mode=$3

	mkdir -p "${place%/*}" || return
	case $source in
	=*)	 ln -sfn "${source#=}" "$place" ;;
	*/lag.ko) strip --strip-debug -o "$place" "$source" &&
		 chmod "$mode" "$place" ;;
	*)	 install -m "$mode" "$source" "$place" ;;
	esac
}

# Also the directories that nothing else is in
take() {
	local place=${2#/}

	rm -f "$root$place" || return
	(cd "$root" &&
	 rmdir -p --ignore-fail-on-non-empty "${place%/*}" 2>/dev/null)
	return 0
}

case ${1-} in
install)   action=put ;;
uninstall) action=take ;;
*)	   echo "usage: install.sh { install | uninstall } PART..." >&2; exit 1 ;;
esac
shift
for part; do
	list=$(files "$part") || exit
	while read -r source place mode; do
		$action "$source" "$place" "$mode" || exit
	done <<<"$list"
	if [ "$part" = module ] && [ -z "${DESTDIR-}" ] &&
	   [ -d "/lib/modules/$RELEASE" ]; then
		depmod -a "$RELEASE" || exit
	fi
done
