#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The fourth proof. The clock stands still, the pid repeats, the host is called
# localhost: Message-IDs do not care. Without randomness there is no message.

load lib
load ../proof/proof

HEX='[0-9a-f]'
UUID4="$HEX{8}-$HEX{4}-4$HEX{3}-[89ab]$HEX{3}-$HEX{12}"

# fresh WORDS...: run the command of a fresh pid namespace, as its first
# process, on a host that is called localhost.
fresh() {
	# shellcheck disable=SC2016
	own pid uts -- sh -c 'hostname localhost && exec "$@"' - "$@"
}

# in_fresh COUNT COMMAND...: the same, so many times, two at once. Who waits
# for the clock waits in vain.
in_fresh() {
	local count=$1

	shift
	seq "$count" | timeout -s KILL 120 \
		xargs -P 2 -I{} "$BATS_TEST_TMPDIR/fresh" "$@"
}

# For tests that use it.
fresh_ready() {
	need hostname timeout
	need_own pid uts
	cat >"$BATS_TEST_TMPDIR/fresh" <<-END
	#!/bin/bash
	$(declare -f own fresh)
	fresh "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/fresh"
}

# all_different COUNT DOMAIN FILE: so many lines, each an ID, none twice.
all_different() {
	[ "$(grep -cxE "<$UUID4@$2>" "$3")" -eq "$1" ] ||
		{ head -n 3 "$3"; return 1; }
	[ "$(wc -l <"$3")" -eq "$1" ]
	sort "$3" | uniq -d >"$3.twice"
	[ ! -s "$3.twice" ] || { head "$3.twice"; return 1; }
}

@test "20,000 Message-IDs of one pid, one host and one moment" {
	fresh_ready
	local ids=$BATS_TEST_TMPDIR/ids world
	mapfile -t frozen < <(preload "$FAULT/frozen.so")

	in_fresh 400 env "${frozen[@]}" "$top_builddir/test/proof/stamp" 50 \
		>"$BATS_TEST_TMPDIR/stamped"
	# The world was as said: the same each time, as far as a stamp can see.
	grep '^#' "$BATS_TEST_TMPDIR/stamped" | sort -u >"$ids.world"
	read -r world <"$ids.world"
	[ "$(wc -l <"$ids.world")" -eq 1 ]
	[[ $world == '# pid 1 host localhost time 19'* ]]
	grep -v '^#' "$BATS_TEST_TMPDIR/stamped" >"$ids"
	all_different 20000 localhost "$ids"
	# Nor is there a bit among the 122 that is not random.
	"$PROOF/bits" "$ids"
}

@test "100 whole deliveries of one pid, one host and one moment" {
	fresh_ready
	local ids=$BATS_TEST_TMPDIR/ids
	mapfile -t frozen < <(preload "$FAULT/frozen.so")

	server_start
	conf_write
	echo 'Subject: x' >"$BATS_TEST_TMPDIR/m"
	# shellcheck disable=SC2016
	in_fresh 100 env "${frozen[@]}" sh -c 'exec "$@" <"$0"' \
		"$BATS_TEST_TMPDIR/m" "$PINMAIL" -C "$CONF" bob@example.org \
		>"$BATS_TEST_TMPDIR/said" 2>&1
	[ ! -s "$BATS_TEST_TMPDIR/said" ] ||
		{ head "$BATS_TEST_TMPDIR/said"; return 1; }
	filed_are 100
	cat "$DIR"/mail/alice/*.eml | tr -d '\r' >"$BATS_TEST_TMPDIR/all"
	sed -n 's/^Message-ID: //Ip' "$BATS_TEST_TMPDIR/all" >"$ids"
	all_different 100 example.com "$ids"
	[ "$(grep -i '^Date: ' "$BATS_TEST_TMPDIR/all" | sort -u |
		wc -l)" -eq 1 ]
}

@test "no randomness: no message, no connection, exit 71 and one line" {
	local binary=$PINMAIL
	mapfile -t norandom < <(preload "$FAULT/norandom.so")

	server_start
	conf_write
	without=$BATS_TEST_TMPDIR/without
	cat >"$without" <<-END
	#!/bin/sh
	exec env ${norandom[*]} "$binary" "\$@"
	END
	chmod +x "$without"
	PINMAIL=$without
	pinmail bob@example.org <<<'Subject: x'
	failed 71 '*randomness*'
	PINMAIL=$binary
	pinmail bob@example.org <<<'Subject: x'
	succeeded
	filed alice
	env_is session 1
	# One that has an ID needs no stamp, but a TLS session still.
	PINMAIL=$without
	pinmail bob@example.org <<<$'Message-ID: <a@b.test>\nSubject: x'
	failed 71 '*randomness*'
	filed_are 1
}

@test "randomness that ends: what a library falls back to is not trusted" {
	fresh_ready
	local ids=$BATS_TEST_TMPDIR/ids
	local stamp=$top_builddir/test/proof/stamp
	mapfile -t norandom < <(preload "$FAULT/frozen.so $FAULT/norandom.so")

	# The kernel answers once. libuuid asks again, gets nothing, and makes
	# do with clock and pid.
	in_fresh 300 env NORANDOM_AFTER=1 "${norandom[@]}" "$stamp" 1 |
		grep -v '^#' >"$ids"
	all_different 300 localhost "$ids"
	# Then it does not answer at all.
	run -71 fresh env NORANDOM_AFTER=1 "${norandom[@]}" "$stamp" 5
	[ "$(grep -c '^<' <<<"$output")" -eq 1 ]
	[[ $output == *'gives no randomness'* ]]
}
