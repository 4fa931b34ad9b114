# SPDX-License-Identifier: ISC
# That `make bench` still works: pinmail and the floor, once. What it finds is
# not judged, but for what no load changes.
load ../e2e/lib.bash

RESULTS=$BATS_FILE_TMPDIR/results

bench() {
	# What the sanitizers made does not run under inspectors.
	if grep -q __asan_init "$PINMAIL"; then
		export BENCH_INSPECT=no
	fi
	PINMAIL=$PINMAIL PINMAIL_STATIC='' BENCH_RUNS=1 BENCH_BATCH=2 \
		BENCH_LARGE=600000 BENCH_CLIENTS='pinmail,floor' \
		BENCH_RESULTS=$RESULTS \
		"$PYTHON" -B "$top_srcdir/test/bench/bench.py" \
		"$top_srcdir" "$top_builddir" 2>"$BATS_TEST_TMPDIR/said" ||
		{ cat "$BATS_TEST_TMPDIR/said" >&2; return 1; }
}

# rows TITLE: those of its table; sets ROWS.
rows() {
	ROWS=$(sed -n "/^## $1/,/^## /p" "$RESULTS/bench.md" |
		grep -E '^\| (pinmail|floor) ')
}

# both REGEX: two rows match it, pinmail's and the floor's.
both() {
	[ "$(grep -cE -- "$1" <<<"$ROWS")" -eq 2 ] || { echo "$ROWS"; return 1; }
}

NUMBER=' [0-9.,]+ \|'

@test "a bench of pinmail and the floor" {
	bench >"$BATS_TEST_TMPDIR/bars"
	grep -q '^messages a second, 4 at once, against floor .*met$' \
		"$BATS_TEST_TMPDIR/bars"
	rows 'A message of 2 KB'
	both "^\| [a-z]+ \|($NUMBER){4}"
	[ "${BENCH_INSPECT-}" = no ] || both "\|($NUMBER){8} [34] \|\$"
	rows 'A message of 0.572 MiB'
	both "^\| [a-z]+ \|($NUMBER){4}"
	rows 'Messages a second'
	both "^\| [a-z]+ \|($NUMBER){6}\$"
	"$PYTHON" -c 'import sys, xml.dom.minidom
assert len(xml.dom.minidom.parse(sys.argv[1]).getElementsByTagName("rect")) > 7
' "$RESULTS/bench.svg"
}

@test "six round trips, for one recipient and for a hundred" {
	[ -f "$RESULTS/bench.md" ] || skip 'there was no bench'
	WHY=$(sed -n 's/^- left out: round trips //p' "$RESULTS/bench.md")
	[ -z "$WHY" ] || skip "no slow line $WHY"
	rows 'Over a line with a round trip of 50 ms'
	both "^\| [a-z]+ \| 6 \|($NUMBER){2} 6 \|($NUMBER){2} 1 \|\$"
}
