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

# example FILE DIRECTORY: of the documentation, for the NICs of the guest
example() {
	mkdir -p "$debian$2" &&
	sed 's/enp1s0/c1a/g; s/enp2s0/c2a/g; s/192\.0\.2\.1\b/192.0.2.2/g
	     s/192\.0\.2\.10/192.0.2.1/g' \
		"Documentation/networking/lag/$1" >"$debian$2/${1##*/}"
}

# manage UNIT...: these configure the network at boot, and nobody else does
manage() {
	local unit

	for unit in lag@lag0 systemd-networkd NetworkManager; do
		there systemctl disable $unit
	done
	! find "$debian/etc/systemd/system" -name 'lag@*' -o \
		-name 'systemd-networkd*' -o -name NetworkManager.service |
		grep . || return
	rm -rf "$debian/etc/lag" "$debian"/etc/{netplan,systemd/network}/* \
		"$debian"/etc/NetworkManager/{conf.d,system-connections}/* \
		"$debian/etc/cloud/cloud.cfg.d/99-lag.cfg" \
		"$debian/var/lib/cloud/seed"
	: >"$debian/etc/network/interfaces"
	[ ! -d "$debian/etc/cloud" ] || : >"$debian/etc/cloud/cloud-init.disabled"
	[ $# = 0 ] || there systemctl enable "$@"
}

# get NAME PACKAGE...: installs them
get() {
	local dir

	dir=$($userland debs "$@") && install_debs "$dir"/*.deb
}

bonding() {
	manage && get ifenslave ifenslave &&
	cat >"$debian/etc/network/interfaces" <<-END
		auto bond0
		iface bond0 inet static
		    address 192.0.2.1/24
		    gateway 192.0.2.2
		    bond-slaves c1a c2a
		    bond-mode 802.3ad
		    bond-lacp-rate fast
		    bond-miimon 100
	END
}

networkd() {
	manage lag@lag0 systemd-networkd && example lag0.conf /etc/lag &&
	example networkd/20-lag0.network /etc/systemd/network &&
	example networkd/20-lag-ports.network /etc/systemd/network
}

# What becomes of a bond of theirs; the .netdev is the one that has to go
networkd_bond() {
	local place=/etc/systemd/network

	manage lag@lag0 systemd-networkd && mkdir "$debian/mnt/new" &&
	printf '%s\n' '[NetDev]' Name=bond0 Kind=bond '[Bond]' Mode=802.3ad \
		LACPTransmitRate=fast >"$debian$place/bond0.netdev" &&
	printf '%s\n' '[Match]' 'Name=c1a c2a' '[Network]' Bond=bond0 \
		>"$debian$place/ports.network" &&
	printf '%s\n' '[Match]' Name=bond0 '[Network]' \
		Address=192.0.2.1/24 Gateway=192.0.2.2 \
		>"$debian$place/bond0.network" &&
	has "remove $place/bond0.netdev" there lagctl import -f networkd \
		-n lag0 -o /mnt/new $place &&
	rm "$debian$place/bond0.netdev" &&
	mkdir -p "$debian/etc/lag" &&
	mv "$debian/mnt/new/lag0.conf" "$debian/etc/lag" &&
	mv "$debian"/mnt/new/*.network "$debian$place" &&
	rmdir "$debian/mnt/new"
}

networkmanager() {
	local place=/etc/NetworkManager

	manage lag@lag0 NetworkManager && example lag0.conf /etc/lag &&
	example networkmanager/90-lag.conf $place/conf.d &&
	example networkmanager/lag0.nmconnection $place/system-connections &&
	chmod 600 "$debian$place/system-connections/lag0.nmconnection"
}

# netplan ROOT: what it writes for networkd of what is there
netplan_writes() {
	there netplan generate --root-dir "$1" &&
	cat "$debian$1"/run/systemd/network/*
}

# Also says the same as the example
netplan_bond() {
	local wanted

	manage lag@lag0 systemd-networkd && mkdir "$debian/mnt/new" &&
	example netplan.yaml /mnt/example/etc/netplan &&
	cat >"$debian/etc/netplan/50-bond.yaml" <<-END &&
		network:
		  version: 2
		  renderer: networkd
		  ethernets:
		    c1a: {}
		    c2a: {}
		  bonds:
		    bond0:
		      interfaces: [c1a, c2a]
		      parameters: {mode: 802.3ad, lacp-rate: fast}
		      addresses: [192.0.2.1/24]
		      routes: [{to: default, via: 192.0.2.2}]
	END
	there lagctl import -f netplan -n lag0 -o /mnt/new /etc/netplan &&
	mkdir -p "$debian/etc/lag" "$debian/etc/systemd/network" &&
	mv "$debian/mnt/new/lag0.conf" "$debian/etc/lag" &&
	mv "$debian/mnt/new/50-bond.yaml" "$debian/etc/netplan" &&
	mv "$debian"/mnt/new/*.d "$debian/etc/systemd/network" &&
	rmdir "$debian/mnt/new" &&
	wanted=$(netplan_writes /mnt/example) &&
	[ "$(netplan_writes /)" = "$wanted" ] &&
	rm -r "$debian/mnt/example" &&
	grep KeepMaster=yes "$debian"/etc/systemd/network/*c1a*/lag.conf
}

cloud_init() {
	local seed=/var/lib/cloud/seed/nocloud

	manage && rm "$debian/etc/cloud/cloud-init.disabled" &&
	example cloud-init/user-data.yaml $seed &&
	mv "$debian$seed/user-data.yaml" "$debian$seed/user-data" &&
	echo "instance-id: guest" >"$debian$seed/meta-data" &&
	example cloud-init/99-lag.cfg /etc/cloud/cloud.cfg.d &&
	there cloud-init schema --config-file $seed/user-data
}

proxmox() {
	manage && get ifupdown2 ifupdown2 &&
	example interfaces.proxmox /etc/network &&
	mv "$debian/etc/network/interfaces.proxmox" \
		"$debian/etc/network/interfaces"
}

# boot KERNEL NAME MANAGER: its tests count as ours.  A host that is busy, or
# emulates, must not look like a failure.
boot() {
	local line log=$logs/packages-$2.log
	local patience="systemd.mask=systemd-journal-flush.service"

	patience+=" systemd.default_timeout_start_sec=1800"
	patience+=" rcupdate.rcu_cpu_stall_suppress=1"

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
			--mem 768M --timeout 1800 --log "$log" \
			--append "$patience" \
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

# The way of a user who comes from bonding: each boot is what the one before has
# made of it
boots_bonding() {
	test_that "ifupdown is told of a bond" bonding
	boot 6.1 "6.1 bonding" bonding
	boot 6.1 "6.1 ifupdown, converted" ifupdown
	boot 6.12 "6.12 ifupdown, rebooted" ifupdown
}

boots_networkd() {
	test_that "systemd is told of a lag" networkd
	boot 6.12 "6.12 networkd" networkd
	test_that "a bond of systemd-networkd becomes a lag" networkd_bond
	boot 6.1 "6.1 networkd, converted" networkd
}

boots_others() {
	test_that "NetworkManager, netplan and cloud-init are installed" \
		get managers network-manager netplan.io cloud-init
	test_that "NetworkManager is told of a lag" networkmanager
	boot 6.12 "6.12 NetworkManager" networkmanager
	test_that "a bond of netplan becomes a lag" netplan_bond
	boot 6.12 "6.12 netplan, converted" netplan
	test_that "cloud-init is told of a lag" cloud_init
	boot 6.1 "6.1 cloud-init" cloud-init
}

boots_ifupdown2() {
	test_that "ifupdown2 is told of a bridge over a lag" proxmox
	boot 6.12 "6.12 ifupdown2" ifupdown2
}

purge() {
	test_that "the configuration is taken away" manage
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
[ $# -gt 0 ] || set -- make_install packages boots_bonding \
	boots_networkd boots_others boots_ifupdown2 purge
for part; do
	"$part" || test_that "$part can be tested" false
done
end_tests
