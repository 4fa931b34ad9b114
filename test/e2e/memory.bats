#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Little memory: the sanitizers need terabytes, and are not asked.

load lib
load ../proof/proof
load worlds/helpers

setup() {
	server_start
	conf_write 'passwordeval echo wonder1and' 'host localhost'
	messages
}

@test "64 MiB of address space will do; with less it is honest" {
	local n

	for n in 65536 32768 24576 {20,19,18,17,16,15,14,12,10,8,6}000; do
		run_as_is sh -c 'ulimit -v $0; exec "$@"' "$n" "$PINMAIL" \
			-C "$CONF" x@example.org <"$LARGE"
		[ "$status" -ne 127 ] || break
		honest
		[ "$n" -ne 65536 ] || arrived 1 "$LARGE"
	done
	# It did run out.
	[ "$status" -ne 0 ]
}

@test "1 GiB in one line is encoded in less than 16 MiB of memory" {
	local size

	server_start --count-only
	conf_write
	run_as_is "$top_builddir/test/proof/peak" "$BATS_TEST_TMPDIR/peak" \
		"$PINMAIL" -C "$CONF" x@example.org < <(
		printf 'Subject: x\n\n'
		head -c $((1 << 30)) /dev/zero | tr '\0' x
	)
	succeeded
	echo "# peak: $(cat "$BATS_TEST_TMPDIR/peak") KiB" >&3
	[ "$(cat "$BATS_TEST_TMPDIR/peak")" -lt 16384 ]
	# All of it: a line of 76 holds 75, and ends in "=".
	ENV=$(ls "$DIR"/mail/alice/*.env)
	size=$(sed -n 's/^size=//p' "$ENV")
	[ "$size" -ge $(((1 << 30) / 75 * 78)) ]
	[ "$size" -lt $(((1 << 30) / 70 * 78)) ]
	[ "$(sed -n 's/^longest=//p' "$ENV")" -le 78 ]
	grep -q ' encoding=encoded ' "$LOG"
}

# peak_of FILE RECIPIENT ...: the median of what some deliveries had resident,
# in KiB; where the loader puts things makes a difference to each.
peak_of() {
	local i

	for i in {1..9}; do
		run_as_is "$top_builddir/test/proof/peak" \
			"$BATS_TEST_TMPDIR/peak.$i" "$PINMAIL" -C "$CONF" \
			"${@:2}" <"$1"
		succeeded
	done
	PEAK=$(cat "$BATS_TEST_TMPDIR"/peak.? | sort -n | sed -n 5p)
}

@test "25 MiB take half a MiB more than 2 KiB, 5,000 recipients 3 MiB" {
	local caps small many

	{
		printf 'Subject: x\n\n'
		yes "$(printf '%076d' 0)" | head -c $((25 << 20))
	} >"$BATS_TEST_TMPDIR/large"
	head -c 2048 "$BATS_TEST_TMPDIR/large" >"$BATS_TEST_TMPDIR/small"
	mapfile -t many < <(seq -f 'user%g@example.org' 5000)
	for caps in PIPELINING,CHUNKING ''; do
		server_start --count-only --caps "$caps"
		conf_write
		peak_of "$BATS_TEST_TMPDIR/small" a@example.org
		small=$PEAK
		peak_of "$BATS_TEST_TMPDIR/large" a@example.org
		echo "# 2 KiB: $small KiB, 25 MiB: $PEAK KiB" >&3
		[ $((PEAK - small)) -le 512 ]
		[ -n "$caps" ] || continue
		peak_of "$BATS_TEST_TMPDIR/small" "${many[@]}"
		echo "# 5,000 recipients: $PEAK KiB" >&3
		[ $((PEAK - small)) -le 3072 ]
	done
}
