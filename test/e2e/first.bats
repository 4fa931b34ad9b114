#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), DESCRIPTION: a message arrives.

load lib

@test "a message on standard input arrives, and nothing is said" {
	server_start
	conf_write
	printf 'Subject: hello\n\nHi.\n' >"$BATS_TEST_TMPDIR/m"
	pinmail bob@example.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	env_is from alice@example.com
	env_is rcpt bob@example.org
	env_is ticket 0
	env_is psk 0
	[ "$(field Subject)" = hello ]
	[ "$(body)" = $'Hi.\r' ]
}

@test "the log line says who sent what to whom, and how" {
	server_start
	conf_write
	pinmail bob@example.org <<<'Subject: x'
	succeeded
	grep -q 'account=default .* login=alice from=alice@example.com rcpt=bob@example.org .* status=sent exit=0' "$LOG"
}
