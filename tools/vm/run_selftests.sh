#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In a guest: run the kselftest scripts, print one TAP stream of all cases.
#
# Usage: run_selftests.sh [SCRIPT...]	(default: all of selftests/)
# A script passes only if the kernel says nothing grave meanwhile; with
# SELFTEST_TIMEOUT seconds (default 300) for each, or more if it says so of
# itself in a line "# Timeout: N s".

set -u

cd "$(dirname "$0")/../../selftests" || exit 1
kernel=$(uname -r | cut -d. -f1,2)
complaints=${VM_COMPLAINTS:?run me with tools/vm/vm}
number=0
failed=0

result() {
	local ok=$1

	shift
	number=$((number + 1))
	[ "$ok" = ok ] || failed=$((failed + 1))
	echo "$ok $number - $*"
}

# With kmemleak: memory that nothing points to.  It keeps to itself what is
# younger than 5 s, and at a first look what has just changed.
leaks() {
	local file=/sys/kernel/debug/kmemleak

	[ -e "$file" ] || return
	for _ in 1 2; do
		sleep 6
		echo scan >"$file"
	done
	[ -z "$(head -c 1 "$file")" ] ||
		sed "1i lag.ko was at $1, if at all" "$file" | sed 's/^/#   /'
	echo clear >"$file"
}

# Whatever is left over belongs to the script that has just run.
tidy() {
	local text

	ip -all netns delete
	text=$(cat /sys/module/lag/sections/.text 2>/dev/null)
	modprobe -q -r lag
	leaks "$text"
}

# The script's own cases, under its name, as they come; sets $cases, $bad, $why
# and $status
pass_on() {
	local line

	cases=0
	bad=0
	why='it did not say why'
	status=
	while IFS= read -r line; do
		if [[ $line =~ ^(ok|not\ ok)\ [0-9]+\ -?\ *(.*) ]]; then
			cases=$((cases + 1))
			[ "${BASH_REMATCH[1]}" = ok ] || bad=1
			result "${BASH_REMATCH[1]}" \
				"$kernel $name: ${BASH_REMATCH[2]}"
		elif [[ $line =~ ^exit\ status:\ ([0-9]+)$ ]]; then
			status=${BASH_REMATCH[1]}
			break	# whatever still holds the pipe open
		elif [[ ! $line =~ ^(TAP\ version|1\.\.[1-9]) ]]; then
			why=${line#*# SKIP }
			echo "# $line"
		fi
	done
}

# What of the module was run, if it is built to count that
counted() {
	local root=/sys/kernel/debug/gcov file

	find "$root" -path '*/drivers/net/lag/*.gcda' 2>/dev/null |
	while IFS= read -r file; do
		echo "gcda ${file#"$root"} $(base64 -w 0 <"$file")"
	done
}

# Time stands still in User-Mode Linux while anything runs, so no tick makes a
# test give way to the kernel's own work.  Nobody's machine is like that: here
# it gives way at once.
! grep -q 'User Mode' /proc/cpuinfo || chrt --idle --pid 0 $$

[ $# -gt 0 ] || set -- *.sh
echo "TAP version 13"
for script; do
	name=${script%.sh}
	[ "$name" = lib ] && continue
	dmesg -c >>/run/dmesg
	started=$SECONDS
	limit=$(sed -n 's/^# Timeout: \([0-9]*\) s.*/\1/p' "$script")
	((limit > ${SELFTEST_TIMEOUT:-300})) || limit=${SELFTEST_TIMEOUT:-300}
	pass_on < <(timeout "$limit" \
			bash "./$script" 2>&1
		    echo "exit status: $?")
	echo "# $kernel $name: $((SECONDS - started)) s"
	case $status in
	0)	[ "$cases" -gt 0 ] || result "not ok" "$kernel $name: ran no case" ;;
	4)	[ "$cases" -gt 0 ] || result ok "$kernel $name # SKIP $why" ;;
	124)	result "not ok" "$kernel $name: timed out" ;;
	*)	[ "$bad" = 1 ] ||
			result "not ok" "$kernel $name: exit status $status" ;;
	esac
	tidy
	if dmesg | grep -qE "$complaints"; then
		result "not ok" "$kernel $name: the kernel complained"
		dmesg | grep -E -A 40 "$complaints" | head -n 60 |
			sed 's/^/#   /'
	fi
done
dmesg -c >>/run/dmesg
{ cat /run/dmesg; counted; } >/dev/ttyS0
echo "1..$number"
[ "$failed" -eq 0 ]
