#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What is encoded": all messages of test/bodies, large ones too, to
# servers of four kinds. bodies.bats, which has the small ones, says how.

load lib

setup_file() {
	"$PYTHON" "$top_srcdir/test/bodies/make.py" "$BATS_FILE_TMPDIR/corpus"
}

# arrive DIR [KEYWORD...]: all do, at a server with these keywords.
# One line says of each that did not what was wrong with it.
arrive() {
	local dir=$BATS_FILE_TMPDIR/$1

	shift
	"$PYTHON" "$top_srcdir/test/bodies/send.py" "$PINMAIL" "$SMTPD" \
		"$BATS_FILE_TMPDIR/corpus" "$dir" "$@"
}

@test "every body arrives with BDAT and 8BITMIME" {
	arrive flight PIPELINING CHUNKING 8BITMIME SIZE SMTPUTF8
}

@test "every body arrives with BDAT and without 8BITMIME" {
	arrive chunks CHUNKING
}

@test "every body arrives with DATA and 8BITMIME" {
	arrive data PIPELINING 8BITMIME
}

@test "every body arrives with DATA and without 8BITMIME" {
	arrive steps SIZE
}
