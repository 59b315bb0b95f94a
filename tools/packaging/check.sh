#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The packages and "make install" on a Debian of their own: installed, taken
# through an upgrade of the kernel, booted, removed.  Prints TAP.
#
# Usage: check.sh		as root, after "make deb modules tools"
# The Debian is that of tools/vm/userland with a layer over it, which is thrown
# away at the end; this machine is not touched.

set -u

top=$(realpath "$(dirname "$0")/../..")
cd "$top" || exit 1
userland=tools/vm/userland
place=$top/out/userland
layer=$place/layer
debian=$layer/root
logs=out/check

# shellcheck source=tap.sh
. tools/packaging/tap.sh

there() {
	$userland run "$debian" "$@"
}

# install_debs DEB...: into that Debian
install_debs() {
	mkdir -p "$debian/mnt/debs"
	cp "$@" "$debian/mnt/debs/" || return
	# What one needs before it is unpacked is there at another turn
	there sh -c 'for turn in 1 2 3; do
			dpkg -i /mnt/debs/*.deb && exit
		done; exit 1' &&
	rm -r "$debian/mnt/debs"
}

new_layer() {
	end_layer
	mkdir -p "$layer"/{upper,work,root}
	mount -t overlay lag-packages "$debian" -o \
		"lowerdir=$place/root,upperdir=$layer/upper,workdir=$layer/work"
}

end_layer() {
	! mountpoint -q "$debian" || umount "$debian" || exit 1
	rm -rf "$layer"
}

# All files, but what is written at each turn
manifest() {
	(cd "$debian" && find . -xdev \
		\( -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache \
		   -o -path ./proc -o -path ./dev -o -path ./tmp -o \
		   -path ./run -o -path ./mnt -o -path ./var/lib/systemd -o \
		   -path './lib/modules/*/modules.*' -o -path ./var/tmp -o \
		   -path './usr/lib/modules/*/modules.*' \) -prune -o -print) |
		sort
}

# Files that are new and belong to no package
new_files() {
	cat "$debian"/var/lib/dpkg/info/*.list |
		sed -E 's#^/(bin|sbin|lib|lib64)(/|$)#/usr/\1\2#; s/^/./' |
		sort -u >"$place/owned"
	manifest | comm -13 "$place/manifest" - | comm -23 - "$place/owned"
}

# nothing_left [PATTERN]: that looks like it
nothing_left() {
	new_files | grep -E "${1-.}" | {
		! grep .
	}
}

# --- make install ------------------------------------------------------------

in_tree() {
	make --no-print-directory "$@" KVER="$old" DESTDIR="$debian" \
		IPLIBDIR=/usr/lib/x86_64-linux-gnu/ip
}

# The same without DESTDIR, so that it takes what it needs from there
in_debian() {
	there make --no-print-directory -C /mnt/lag "$@" KVER="$old"
}

copy_tree() {
	mkdir -p "$debian/mnt/lag/tools/vm" &&
	cp -a Documentation Kbuild Makefile drivers include \
		"$debian/mnt/lag/" &&
	cp -a tools/{build.sh,install.sh,ip,lagctl,packaging,user} \
		"$debian/mnt/lag/tools/" &&
	cp -a tools/vm/kernel "$debian/mnt/lag/tools/vm/"
}

installed() {
	has "lacp_rate" there ip link help lag &&
	has "drain" there lagctl --help &&
	has "/lib/modules/${1//+/.}/$2" there modinfo -k "$1" -n lag
}

make_install() {
	local dir

	dir=$($userland debs build libjansson-dev libmnl-dev libpcap-dev \
		libyaml-dev) &&
	new_layer && install_debs "$dir"/*.deb >/dev/null || return
	manifest >"$place/manifest"
	test_that "make install DESTDIR=" in_tree install
	test_that "it is there" [ -e "$debian/usr/lib/lag/lag-setup" ]
	test_that "make uninstall DESTDIR=" in_tree uninstall
	test_that "it leaves nothing" nothing_left
	copy_tree || return
	test_that "make install" in_debian install
	test_that "module, plug-in and lagctl are found" \
		installed "$old" updates/lag.ko
	test_that "systemd knows the unit" there systemd-analyze --man=no verify lag@lag0.service
	test_that "make uninstall" in_debian uninstall
	test_that "it leaves nothing" nothing_left
}

# --- packages ----------------------------------------------------------------

built_for() {
	has "lag/[^ ]*, ${1//+/.}, [^ ]*: installed" there dkms status
}

# What a user had before is where a lag comes from
imported() {
	local file=$debian/etc/network/interfaces

	cat >"$file" <<-END
		auto bond0
		iface bond0 inet static
		    address 192.0.2.1/24
		    bond-slaves c1a c2a
		    bond-mode 802.3ad
		    bond-lacp-rate fast
		    bond-miimon 100
	END
	there lagctl import -f interfaces -n lag0 -o /etc/network/new \
		/etc/network/interfaces && mv "${file%/*}/new" "$file" &&
	has "lag-ports c1a c2a" cat "$file"
}

proxmox() {
	local dir

	there systemctl disable lag@lag0 systemd-networkd &&
	dir=$($userland debs ifupdown2 ifupdown2) || return
	install_debs "$dir"/*.deb &&
	sed 's/enp1s0/c1a/; s/enp2s0/c2a/; s/192.0.2.10/192.0.2.1/
		/gateway/d' Documentation/networking/lag/interfaces.proxmox \
		>"$debian/etc/network/interfaces"
}

networkd() {
	local file

	: >"$debian/etc/network/interfaces"
	mkdir -p "$debian/etc/lag"
	for file in lag0.conf:/etc/lag/lag0.conf \
		    networkd/20-lag0.network:/etc/systemd/network/ \
		    networkd/20-lag-ports.network:/etc/systemd/network/; do
		cp "Documentation/networking/lag/${file%:*}" \
			"$debian${file#*:}" || return
	done
	sed -i 's/enp1s0/c1a/; s/enp2s0/c2a/; s/192.0.2.10/192.0.2.1/
		/[Gg]ateway/d' "$debian"/etc/lag/lag0.conf \
		"$debian"/etc/systemd/network/20-lag*
	there systemctl enable lag@lag0 systemd-networkd
}

# boot KERNEL NAME MANAGER: its tests count as ours
boot() {
	local line log=$logs/packages-$2.log

	while IFS= read -r line; do
		if [[ $line =~ ^(ok|not\ ok)\ [0-9]+\ (.*) ]]; then
			number=$((number + 1))
			echo "${BASH_REMATCH[1]} $number ${BASH_REMATCH[2]}"
			[ "${BASH_REMATCH[1]}" = ok ] || failed=$((failed + 1))
		elif [[ $line =~ ^status\ ([0-9]+)$ ]]; then
			test_that "$2: it boots, and reboots in the end" \
				[ "${BASH_REMATCH[1]}" -le 1 ]
		elif [[ ! $line =~ ^1\.\. ]]; then
			echo "# $line"
		fi
	done < <(tools/vm/vm -k "$1" --root "$debian" --cables virtio,virtio \
			--mem 768M --timeout 900 --log "$log" \
			--add tools/packaging/boot_test.sh \
			--add tools/packaging/tap.sh \
			-- bash tools/packaging/boot_test.sh "$2" "$3" 2>&1
		 echo "status $?")
}

packages() {
	local dir needs

	needs=$($userland debs needs libjansson4 libmnl0 libpcap0.8 \
		libyaml-0-2) &&
	dir=$($userland debs "$new" "linux-headers-$new") &&
	new_layer && install_debs "$needs"/*.deb >/dev/null || return
	manifest >"$place/manifest"
	test_that "packages install beside Linux $old" \
		install_debs out/deb/lag-dkms_*.deb out/deb/lag-utils_*.deb
	test_that "DKMS has built the module for it" built_for "$old"
	test_that "Linux $new is installed" install_debs "$dir"/*.deb
	test_that "DKMS has built the module for that too" built_for "$new"
	test_that "module, plug-in and lagctl are found" \
		installed "$new" updates/dkms/lag.ko
}

boots() {
	test_that "lagctl import makes a lag of ifupdown's bond" imported
	boot 6.1 "6.1 ifupdown" ifupdown
	boot 6.12 "6.12 ifupdown, rebooted" ifupdown
	test_that "systemd is told of a lag" networkd
	boot 6.12 "6.12 networkd" networkd
}

boots_ifupdown2() {
	test_that "ifupdown2 is told of a bridge over a lag" proxmox
	boot 6.12 "6.12 ifupdown2" ifupdown2
}

purge() {
	test_that "the configuration is taken away" \
		rm -r "$debian/etc/lag" "$debian"/etc/systemd/network/20-lag*
	test_that "lag-utils is purged" there dpkg --purge lag-utils
	test_that "lag-dkms is purged" there dpkg --purge lag-dkms
	# Booting and other packages have left something of their own
	test_that "they leave nothing" \
		nothing_left '(^|[/_.-])lag([^a-z]|$)|/updates(/|$)|/ip$'
}

[ "$(id -u)" = 0 ] || {
	echo "check-packages: must be root, to mount and to chroot" >&2
	exit 1
}
mkdir -p "$logs"
$userland make >/dev/null || exit 1
old=$(tools/vm/kernel release 6.1) && new=$(tools/vm/kernel release 6.12) ||
	exit 1
trap end_layer EXIT
[ $# -gt 0 ] || set -- make_install packages boots boots_ifupdown2 \
	purge
for part; do
	"$part" || test_that "$part can be tested" false
done
end_tests
