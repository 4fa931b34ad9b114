#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What is encoded": the messages of test/bodies, to the server that
# needs most of them encoded. What arrives is judged by Python's parsers, and
# what crosses the wire is looked at byte by byte. proof-bodies.bats has the
# other kinds of servers, and the large ones.

load lib

setup_file() {
	"$PYTHON" "$top_srcdir/test/bodies/make.py" "$BATS_FILE_TMPDIR/corpus" \
		--small
}

# arrive DIR [KEYWORD...]: all do, at a server with these keywords.
# One line says of each that did not what was wrong with it.
arrive() {
	local dir=$BATS_FILE_TMPDIR/$1

	shift
	"$PYTHON" "$top_srcdir/test/bodies/send.py" "$PINMAIL" "$SMTPD" \
		"$BATS_FILE_TMPDIR/corpus" "$dir" "$@"
}

@test "every body arrives with DATA and without 8BITMIME" {
	arrive steps SIZE
}

@test "messages signed by DKIM were among them" {
	"$PYTHON" -c 'import dkim, nacl' 2>/dev/null ||
		skip "python3-dkim is missing"
	[ "$(grep -c ' dkim' "$BATS_FILE_TMPDIR/corpus/list")" -gt 10 ]
}

@test "the judge sees what is wrong with a message" {
	"$PYTHON" "$top_srcdir/test/bodies/prove.py" \
		"$BATS_FILE_TMPDIR/corpus" "$BATS_FILE_TMPDIR/steps"
}
