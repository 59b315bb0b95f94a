# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The tests of packages count and print in TAP with this.

number=0
failed=0
# What all tests are about
about=

# test_that WHAT COMMAND...: the command succeeds; what it says is shown if not
test_that() {
	local what=$1 said

	shift
	number=$((number + 1))
	if said=$("$@" 2>&1); then
		echo "ok $number - $about$what"
	else
		failed=$((failed + 1))
		echo "not ok $number - $about$what"
		printf '%s\n' "$said" | tail -n 30 | sed 's/^/#   /'
	fi
}

# has PATTERN COMMAND...: that is in what it says
has() {
	local pattern=$1 text

	shift
	text=$("$@" 2>&1)
	[[ $text =~ $pattern ]] || { echo "$*: $text"; return 1; }
}

# Its status is that of the script
end_tests() {
	echo "1..$number"
	[ "$failed" -eq 0 ]
}
