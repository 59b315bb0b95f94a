#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Style and layering of the tree, without building it; prints TAP.
#
# What compilers and sparse have to say is not here but in tools/test.sh.

set -u

top=$(realpath "$(dirname "$0")/..")
cd "$top" || exit 1
number=0
failed=0

# check NAME COMMAND...: what it prints are findings; none is good
check() {
	local name=$1 findings

	shift
	findings=$("$@" 2>&1)
	number=$((number + 1))
	if [ -z "$findings" ]; then
		echo "ok $number - $name"
	else
		failed=$((failed + 1))
		echo "not ok $number - $name"
		printf '%s\n' "$findings" | head -n 100 | sed 's/^/#   /'
	fi
}

# Also what is not committed yet, but nothing that is ignored, and no inputs
# that a machine made up.  Not ":!tools/fuzz/corpus": git leaves out all that
# is deeper than that is long.
files() {
	git ls-files -co --exclude-standard -- "${@:-.}" | sort -u |
		grep -v '^tools/fuzz/corpus/' |
		while IFS= read -r file; do
			[ -f "$file" ] && echo "$file"
		done
}

# checkpatch.pl and the rules for coccinelle are in no package but the kernel's
# whole source: take what is needed, once.
get_kernel_scripts() {
	local place=out/lint tar=/usr/src/linux-source-6.12.tar.xz
	local members=(linux-source-6.12/scripts/checkpatch.pl
		       linux-source-6.12/scripts/spelling.txt
		       linux-source-6.12/scripts/coccinelle)
	local from=$place/deb

	[ ! -e "$place/coccinelle" ] || return 0
	echo "check: taking checkpatch.pl and rules for coccinelle from" \
	     "linux-source-6.12 (once)" >&2
	mkdir -p "$from" || return
	if [ -e "$tar" ]; then
		tar -xJf "$tar" -C "$from" "${members[@]}"
	else
		(cd "$from" && apt-get download -qq \
			-o APT::Sandbox::User="$(id -un)" linux-source-6.12) &&
		dpkg-deb --fsys-tarfile "$from"/*.deb |
			tar -xO "./usr/src/${tar##*/}" 2>/dev/null |
			tar -xJ -C "$from" "${members[@]}"
	fi
	mv "$from"/linux-source-6.12/scripts/* "$place/" || return
	rm -rf "$from"
}

# It leaves a cache where it is run: run it in out/
run_checkpatch() {
	local ignore=$1

	shift
	(cd out/lint && printf '%s\n' "${@/#/$top/}" |
		xargs -r -n 8 -P "$(nproc)" perl checkpatch.pl --no-tree \
			--strict --terse --show-types --ignore "$ignore" \
			-f 2>/dev/null) |
		sed -n "s|^$top/\(.*: [A-Z]*:.*\)|\1|p"
}

checkpatch() {
	local kernel user
	local user_taste=CAMELCASE,VOLATILE,MACRO_ARG_REUSE
	user_taste+=,PREFER_DEFINED_ATTRIBUTE_MACRO,MINMAX,EMBEDDED_FUNCTION_NAME

	[ -e out/lint/checkpatch.pl ] || {
		echo "checkpatch.pl of linux-source-6.12 could not be had"
		return
	}
	# Tracepoints have a form of their own, userspace other tastes, and
	# lag_compat.h is there for what is ignored in it
	mapfile -t kernel < <(files 'drivers/*.[ch]' 'include/*.h' |
		grep -vE '/(lag_compat|trace)\.h$')
	mapfile -t user < <(files 'tools/*.[ch]' 'selftests/*.[ch]')
	# No iterator can be written without using its arguments twice
	run_checkpatch MACRO_ARG_REUSE "${kernel[@]}"
	run_checkpatch OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT \
		drivers/net/lag/trace.h
	run_checkpatch LINUX_VERSION_CODE,CONSTANT_COMPARISON \
		include/lag_compat.h
	run_checkpatch "$user_taste" "${user[@]}"
}

# coccinelle_rule RULE SOURCE...: with the options that it says it needs
coccinelle_rule() {
	local options

	read -ra options < <(sed -n 's/.*Options: *//p' "$1")
	spatch -D report "${options[@]}" --very-quiet --cocci-file "$1" \
		-I include -I include/uapi "${@:2}" 2>/dev/null ||
		echo "$1: spatch ended with status $?"
}

# Rules in OCaml would need its compiler; there are two, for a battery's tables
# and for the style of comparisons with NULL, which checkpatch knows.
coccinelle() {
	local sources

	[ -e out/lint/coccinelle ] || {
		echo "the rules of linux-source-6.12 could not be had"
		return
	}
	mapfile -t sources < <(files 'drivers/*.c')
	export -f coccinelle_rule
	grep -rl '^virtual report' out/lint/coccinelle |
		xargs grep -LE '(script|initialize|finalize):ocaml' |
		xargs -I RULE -P "$(nproc)" bash -c 'coccinelle_rule "$@"' - \
			RULE "${sources[@]}"
}

kernel_doc() {
	local tool

	tool=$(tools/vm/kernel headers 6.12)/scripts/kernel-doc
	[ -e "$tool" ] || { echo "no kernel-doc"; return; }
	files 'drivers/*.[ch]' 'include/*.h' |
		xargs perl "$tool" -none 2>&1 |
		grep -vE "Enum value '(__\w+_MAX|\w+_UNSPEC)' not described"
}

shell_files() {
	files | xargs grep -lE -m 1 '^#!/bin/(ba)?sh|^# shellcheck shell='
}

python_syntax() {
	files | xargs grep -lE -m 1 '^#!/usr/bin/(env )?python3' |
	while IFS= read -r file; do
		python3 -c 'import ast, sys
ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" 2>&1
	done
}

shell() {
	shell_files | xargs shellcheck -x -P SCRIPTDIR
}

spelling() {
	files | grep -vE '^(COPYING|\.clang-format)$' |
		xargs codespell --ignore-words-list=fo,ser,ot,nd
}

rst() {
	files '*.rst' | while IFS= read -r file; do
		/usr/bin/python3 -c 'import sys, docutils.core
docutils.core.publish_file(source_path=sys.argv[1], writer_name="null",
                           settings_overrides={"report_level": 2})' "$file"
	done
}

man_pages() {
	files 'Documentation/man/*.[1-9]' | xargs -r mandoc -Tlint -W warning
}

# The specification of the attributes is made from their header
netlink_spec() {
	tools/netlink_spec.py 2>&1 |
		diff -u Documentation/netlink/specs/lag.yaml - | head -n 20
}

# What a user can type or is told has its place in the user's documents: the
# options that ip knows, every why, every state and every verb
documented() {
	local rst=Documentation/networking/lag.rst word
	local man=Documentation/man/ip-link-lag.8 help

	help=$(sed -n '/_explain(/,/^}/p' tools/ip/link_lag.c)
	while IFS= read -r word; do
		grep -qE "^\(?${word}\b|\`\`${word}\`\`" $rst ||
			echo "$rst: no option $word"
		grep -qw "$word" $man || echo "$man: no option $word"
		grep -qw "$word" <<<"$help" || echo "ip link help: no $word"
	done < <(sed -nE 's/^\t\{ "([a-z0-9_]+)", IFLA_LAG_.*/\1/p' \
			tools/user/options.h)
	while IFS= read -r word; do
		grep -qE "^$word +[^ ]" $rst || echo "$rst: no state or why $word"
	done < <(sed -nE '/names_(usage|why)\[\]/,/^\}/s/.*"(.*)",$/\1/p' \
			drivers/net/lag/engine/names.c)
	man=Documentation/man/lagctl.8
	while IFS= read -r word; do
		grep -qE "^\.It Cm $word\b" $man || echo "$man: no verb $word"
	done < <(sed -nE 's/^\tVERB\((\w+),.*/\1/p' tools/lagctl/lagctl.c)
}

spdx() {
	# Some forms have no place for it
	files | grep -vE '^(COPYING|README|selftests/(config|settings))$' |
	grep -vE '\.(config|patch)$|(^|/)\.[^/]*$|/debian/([^r]|rules.)' |
	while IFS= read -r file; do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier:' ||
			echo "$file: no SPDX line"
	done
}

unfinished() {
	files | grep -vE '^(COPYING|\.clang-format|tools/check.sh)$' |
		xargs grep -nE '\b(TODO|FIXME|XXX)\b'
}

# Where this copy of the tree happens to lie is nobody's business
machine_paths() {
	files | grep -v '^tools/check.sh$' |
		xargs grep -nF -e "$top/" -e '/home/'
}

version_code() {
	files '*.c' '*.h' | grep -v '^include/lag_compat.h$' |
		xargs grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION'
}

# Rank of each file of the module, top layer first.  A file includes only
# headers of a higher rank and its own.
layering() {
	awk '
	BEGIN {
		ranks = "main:1 netlink:2 notifier:2 device:3 ethtool:3.5 " \
			"config:4 port:5 receive:6 transmit:6 control:7 " \
			"txmap:8 dissect:8 netpoll:8 hwtstamp:8 inherit:8 announce:8 " \
			"trace:8 address:8.5 lag:9 " \
			"engine/lacp:10 engine/machines:11 " \
			"engine/rx_machine:11 engine/periodic_machine:11 " \
			"engine/mux_machine:11 engine/tx_machine:11 " \
			"engine/churn_machine:11 engine/selection:11 " \
			"engine/fallback:11 engine/backup:11 engine/why:11 engine/pdu:12 " \
			"engine/hash:12 engine/spread:12 engine/names:12 " \
			"engine/env:13"
		split(ranks, list)
		for (i in list) {
			split(list[i], pair, ":")
			rank[pair[1]] = pair[2]
		}
	}
	FNR == 1 {
		dir = FILENAME ~ /\/engine\// ? "engine/" : ""
		unit = FILENAME
		sub(/^drivers\/net\/lag\//, "", unit)
		sub(/\.[ch]$/, "", unit)
		if (!(unit in rank))
			print FILENAME ": has no rank in the layering"
	}
	/^#include "/ {
		split($0, quoted, "\"")
		target = dir quoted[2]
		sub(/\.h$/, "", target)
		if (!(target in rank))
			print FILENAME ":" FNR ": includes unknown " quoted[2]
		else if (rank[target] <= rank[unit] && target != unit &&
			 !(target == "engine/machines" && rank[unit] == 11) &&
			 !(target == "engine/lacp" && rank[unit] >= 10))
			print FILENAME ":" FNR ": " unit " (" rank[unit] \
			      ") includes " target " (" rank[target] ")"
	}
	dir != "" && unit != "engine/env" && /^#include </ &&
	!/^#include <linux\/if_lag\.h>/ {
		print FILENAME ":" FNR ": outside name in the engine: " $0
	}' "$@"
}

# The engine's verbs change its state: control.c calls them under the lock.
# What only reads may also be asked elsewhere.
verbs() {
	local verb='\blacp_(group_(init|configure|enable|expire|deadline|goodbye|activate)|'
	verb+='port_(join|leave|goodbye|configure|link|receive|transmit|'
	verb+='unsent|marker))\('

	files 'drivers/net/lag/*.c' |
		grep -vE '/engine/|/control\.c$' | xargs grep -nE "$verb"
}

mapfile -t module < <(files 'drivers/net/lag/*.c' 'drivers/net/lag/*.h')

# Both may have to be downloaded, and say so
get_kernel_scripts
tools/vm/kernel headers 6.12 >/dev/null
check "checkpatch --strict" checkpatch
check "coccinelle" coccinelle
check "kernel-doc" kernel_doc
check "shellcheck" shell
check "python syntax" python_syntax
check "codespell" spelling
check "reStructuredText" rst
check "man pages" man_pages
check "netlink specification" netlink_spec
check "options and states are documented" documented
check "SPDX lines" spdx
check "nothing unfinished" unfinished
check "no paths of a machine" machine_paths
check "LINUX_VERSION_CODE in lag_compat.h only" version_code
check "layering" layering "${module[@]}"
check "engine verbs in control.c only" verbs
echo "1..$number"
[ "$failed" -eq 0 ]
