#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All tests, one after the other; TAP of each, and at the end the sum, what
# random tests began with and which kernels ran.
#
# Usage: tools/test.sh [RING...]	of: unit sim lint build guest uml, and if
#					asked for smp (as uml a debug kernel),
#					races soak coverage nic (emulated, on
#					an idle host)
# Logs of every ring and kernel stay in out/check/.

set -u

top=$(realpath "$(dirname "$0")/..")
cd "$top" || exit 1
logs=out/check
kernels="6.1 6.12"
mkdir -p "$logs"
rm -f "$logs"/*.tap "$logs"/*.log
started=$SECONDS

say() {
	echo "# [$((SECONDS - started)) s] $*"
}

# ring NAME COMMAND...: a stream of TAP; it fails if it ends badly without
# saying so, or holds no test
ring() {
	local name=$1 status

	shift
	"$@" 2>&1 | tee "$logs/$name.tap"
	status=${PIPESTATUS[0]}
	if [ "$status" -ne 0 ] && ! grep -q '^not ok' "$logs/$name.tap"; then
		echo "not ok - $name: ended with status $status" |
			tee -a "$logs/$name.tap"
	elif ! grep -qE '^(not )?ok' "$logs/$name.tap"; then
		echo "not ok - $name: no test was run" |
			tee -a "$logs/$name.tap"
	fi
}

# built NAME COMMAND...: it succeeds without a warning
built() {
	local name=$1 log

	shift
	log=$logs/${name//[ ,=\/]/_}.log
	if "$@" >"$log" 2>&1 && ! grep -qE 'warning:|error:' "$log"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		grep -E -A 5 'warning:|error:|\*\*\*|^not ok' "$log" |
			head -n 40 | sed 's/^/#   /'
	fi
}

unit() {
	local status=0

	CMOCKA_MESSAGE_OUTPUT=TAP \
		make -s --no-print-directory -C selftests/unit check \
		OUT="$top/out/unit" || status=1
	built "coverage of the engine" make -s --no-print-directory \
		-C selftests/unit coverage OUT="$top/out/unit"
	grep -E '^(all| +lines)' "$logs/coverage_of_the_engine.log" |
		sed 's/^/# /'
	return $status
}

sim() {
	local status=0

	make -s --no-print-directory -C tools/sim check OUT="$top/out/sim" ||
		status=1
	make -s --no-print-directory -C tools/fuzz check OUT="$top/out/fuzz" ||
		status=1
	return $status
}

build() {
	local kernel release

	for kernel in $kernels; do
		release=$(tools/vm/kernel release "$kernel") || return
		built "$kernel module, gcc W=1" \
			tools/build.sh "$release" build W=1e
		built "$kernel module, sparse" \
			tools/build.sh "$release" build W=1e C=2 CHECK=sparse \
			CF="-D__CHECK_ENDIAN__ -Wsparse-error"
		built "$kernel module, clang W=1" \
			tools/build.sh "$release" llvm W=1e LLVM=1
	done
	built "tools" make --no-print-directory tools CFLAGS="-O2 -g -Werror"
}

# test_modules RELEASE: options for vm, with the modules that only tests need
test_modules() {
	local module

	for module in selftests/*/Kbuild; do
		module=${module%/*}
		module=${module#*/}
		echo "--add out/$1/$module/$module.ko:selftests/$module/$module.ko"
	done
}

# guest KERNEL NAME OPTION... -- SCRIPT...
guest() {
	local kernel=$1 name=$2 options=() modules

	# shellcheck disable=SC2207
	modules=($(test_modules "$(tools/vm/kernel release "$kernel")"))
	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	tools/vm/vm -k "$kernel" --lag --timeout 10800 "${options[@]}" \
		--log "$logs/$name.log" --add selftests \
		--add tools/vm/run_selftests.sh --add tools/packaging \
		--add Documentation/networking/lag.rst "${modules[@]}" \
		-- env "${guest_env[@]}" bash tools/vm/run_selftests.sh "$@"
}

# build_for KERNEL: all that a guest with it takes along
build_for() {
	local release

	release=$(tools/vm/kernel release "$1") &&
		tools/build.sh "$release" build W=1e &&
		tools/build_test.sh all "$release" &&
		make --no-print-directory tools
}

# Both kernels at once, each with one processor of ours and a clock that a
# busy host cannot disturb; then what needs two processors
guests() {
	local kernel stress=() exact=() script

	# As the ring build has left it; more work only if that was not asked for
	for kernel in $kernels; do
		build_for "$kernel" && continue
		echo "not ok - guest: nothing to test on $kernel" \
			>"$logs/guest.tap"
	done >"$logs/guest-build.log" 2>&1
	for script in selftests/*.sh; do
		script=${script##*/}
		case $script in
		lib.sh | nic*)	;;
		stress*)	stress+=("$script") ;;
		*)		exact+=("$script") ;;
		esac
	done
	for kernel in $kernels; do
		ring "guest-$kernel" guest "$kernel" "guest-$kernel" \
			--icount -- "${exact[@]}" &
	done
	wait
	[ ${#stress[@]} -gt 0 ] || return
	for kernel in $kernels; do
		ring "guest-$kernel-smp" guest "$kernel" "guest-$kernel-smp" \
			--smp 2 --turns -- "${stress[@]}" &
	done
	wait
}

# debug_vm KERNEL RING COMMAND...: in a guest with that debug kernel
debug_vm() {
	local kernel=$1 ring=$2 dir release options=() modules

	# User-Mode Linux can skip the time that nobody needs
	[[ $kernel != uml && $kernel != gcov ]] || options=(--icount)
	[ "$kernel" != kcsan ] || options=(--append kcsan.early_enable=1)
	dir=$(tools/vm/debug-kernel "$kernel") || return
	release=$(tools/vm/debug-kernel modules "$kernel") || return
	# shellcheck disable=SC2207
	modules=($(test_modules "$release"))
	tools/vm/vm -k "$dir" "${options[@]}" --lag --mem 1G --timeout 14400 \
		--log "$logs/$ring.log" --add selftests \
		--add tools/vm/run_selftests.sh --add tools/packaging \
		--add Documentation/networking/lag.rst "${modules[@]}" \
		-- env SELFTEST_TIMEOUT=3000 "${guest_env[@]}" bash "${@:3}"
}

# That the kernel complained is not to escape the host either
seeded() {
	debug_vm "$1" "$2" selftests/seeded/run.sh "${@:3}" 2>/dev/null
	[ $? -eq 126 ]
}

# debug KERNEL SCRIPTS BUG...: the scripts, and that their pass means something
debug() {
	local kernel=$1 scripts

	mapfile -t scripts < <(cd selftests && compgen -G "$2")
	ring "debug-$kernel" debug_vm "$kernel" "debug-$kernel" \
		tools/vm/run_selftests.sh "${scripts[@]}"
	say "seeded bugs on $kernel"
	ring "seeded-$kernel" seeded "$kernel" "seeded-$kernel" "${@:3}"
}

# uml BUG...: as debug, in two guests at once, for each has one processor
uml() {
	local half scripts

	tools/vm/debug-kernel modules uml >"$logs/debug-uml-build.log" || {
		echo "not ok - uml: no kernel" | tee "$logs/debug-uml.tap"
		return
	}
	for half in 0 1; do
		mapfile -t scripts < <(cd selftests && compgen -G '*.sh' |
				       awk "NR % 2 == $half")
		ring "debug-uml-$half" debug_vm uml "debug-uml-$half" \
			tools/vm/run_selftests.sh "${scripts[@]}" &
	done
	wait
	say "seeded bugs on uml"
	ring seeded-uml seeded uml seeded-uml "$@"
}

# What of the module the selftests run, as gcov sees it, or COVERAGE_SCRIPTS
coverage() {
	local release place file data

	# shellcheck disable=SC2086
	ring coverage debug_vm gcov coverage \
		tools/vm/run_selftests.sh $COVERAGE_SCRIPTS
	release=$(tools/vm/debug-kernel gcov)/build/include/config/kernel.release
	place=$top/out/$(cat "$release")/build/drivers/net/lag
	tr -d '\r' <"$logs/coverage.log" | sed -n 's/^gcda //p' |
	while read -r file data; do
		[[ $file != "$place"/* ]] || base64 -d <<<"$data" >"$file"
	done
	selftests/unit/coverage.py "$place"
}

# An inversion turns lockdep off, and the check of RCU with it
bugs=(rcu sleep inversion live_object undefined reference leak use_after_free)
# What the scripts in a guest are to find in their environment
guest_env=()
COVERAGE_SCRIPTS=${COVERAGE_SCRIPTS-}

[ $# -gt 0 ] || set -- unit sim lint build guest uml
tools/deps.sh modules tools unit fuzz lint vm peers || exit 1
for part; do
	say "$part"
	case $part in
	unit)	ring unit unit ;;
	sim)	ring sim sim ;;
	lint)	ring lint tools/check.sh ;;
	build)	ring build build ;;
	guest)	guests ;;
	uml | smp | races | soak | coverage)
		tools/deps.sh debug-kernel && make --no-print-directory tools
		;;&
	uml)	uml "${bugs[@]}" ;;
	smp)	debug smp 'stress_*.sh' "${bugs[@]}" ;;
	races)	debug kcsan 'stress_*.sh' race ;;
	coverage)
		coverage
		;;
	soak)	guest_env=(SELFTEST_TIMEOUT=3000 SOAK_SECONDS=1800
			   SOAK_LAGS=1000 FUZZ_LAGS=1000)
		build_for 6.12 >"$logs/soak-build.log" 2>&1
		ring soak guest 6.12 soak --icount --mem 3G --timeout 28800 -- \
			soak.sh netlink_fuzz.sh
		# lockdep has not as many keys as a thousand lags want
		guest_env=(FUZZ_COUNT=1000000)
		ring trees debug_vm uml trees tools/vm/run_selftests.sh \
			netlink_fuzz.sh
		guest_env=()
		;;
	nic)	for kernel in $kernels; do
			build_for "$kernel" >"$logs/nic-build.log" 2>&1
			ring "nic-$kernel" guest "$kernel" "nic-$kernel" \
				--smp 2 --turns \
				--cables virtio,virtio,e1000e,virtio,vmxnet3 \
				-- nic_failover.sh nic_lro.sh
		done
		;;
	*)	echo "test: no ring $part" >&2; exit 1 ;;
	esac
done
say "done; logs are in $logs"

count() {
	cat "$logs"/*.tap | grep -cE "$1"
}

# Of the kernels that booted
booted() {
	grep -hoE 'Linux version [^ ]+' "$logs"/*.log | cut -d ' ' -f 3 |
		sort -u | grep "$@" | paste -s -d ' '
}

for tap in "$logs"/*.tap; do
	name=${tap##*/}
	echo "# ${name%.tap}: $(grep -c '^ok' "$tap") ok," \
		"$(grep -c '^not ok' "$tap") not ok"
done
grep -hoE '[A-Z]+_SEED=.*' "$logs"/*.tap | sort -u | sed 's/^/# /'
stock=$(booted -v -- -lag-)
debug=$(booted -e -lag-)
echo "# kernels: ${stock:-none}; debug kernels: ${debug:-none}"

skipped=$(count '^ok.*# SKIP')
passed=$(($(count '^ok') - skipped))
failed=$(count '^not ok')
if [ $((failed + skipped)) -gt 0 ]; then
	grep -hE '^not ok|^ok.*# SKIP' "$logs"/*.tap | sed 's/^/# /'
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
