# SPDX-License-Identifier: ISC
#
# What arrives is what was given: bytes, sizes.

load servers

setup_file() { servers_start; }
teardown_file() { servers_stop; }
setup() { servers_ready; }

# odd: a message with everything that a transport could stumble over.
odd() {
	message "$(cat <<-'END'
	.
	..
	.dot at the start
	...three
	From here on, mbox readers get confused.
	>From there too.
	BDAT 0 LAST
	QUIT
	Grüße, 日本語, 🙂

	  spaces around  
	END
	)" "$(printf 'x%.0s' {1..998})" $'tab\t' '' '.' '' '' | sed "/^Subject:/a\\
X-Folded: $(printf 'word%.0s ' {1..150})\\
 $(printf 'more%.0s ' {1..150})\\
	after a tab\\
MIME-Version: 1.0\\
Content-Type: text/plain; charset=utf-8\\
Content-Transfer-Encoding: 8bit"
}

# arrives SERVICE ADDRESS <FILE: as it is in FILE, with LF for CRLF.
arrives() {
	local file=$BATS_TEST_TMPDIR/message

	cat >"$file"
	account "$1"
	pinmail "$2" <"$file"
	sent
	tr -d '\r' <"$file" | cmp - <(content "$(delivery "$2")")
}

# megabytes N: a message with a body of N million bytes.
megabytes() {
	message
	yes "$(printf '.%.0s' {1..79})" | head -n $(($1 * 12500))
}

# too_big SERVICE TEXT
too_big() {
	account "$1"
	megabytes 12 >"$BATS_TEST_TMPDIR/message"
	pinmail "big@example.org" <"$BATS_TEST_TMPDIR/message"
	failed 69 "$2"
	sessions 1
	nothing_for "big@example.org"
}

@test "every byte arrives with BDAT" {
	arrives tls-rsa bdat@example.org < <(odd)
}

@test "every byte arrives with DATA" {
	arrives no-chunking data@example.org < <(odd)
}

@test "every byte arrives step by step" {
	arrives no-pipelining steps@example.org < <(odd)
}

@test "CRLF arrives as one line end" {
	arrives tls-rsa crlf.1@example.org < <(odd | sed 's/$/\r/')
	arrives no-chunking crlf.2@example.org < <(odd | sed 's/$/\r/')
}

@test "3 MB arrive with BDAT" {
	arrives tls-ecdsa large.1@example.org < <(megabytes 3)
}

@test "3 MB arrive with DATA" {
	arrives no-chunking large.2@example.org < <(megabytes 3)
}

@test "a message that is too big is refused before it is sent" {
	too_big tls-rsa 10240000
	[[ $SESSIONS != *bdat=* ]]
}

@test "a message that turns out too big is refused while it is sent: BDAT" {
	too_big no-size 'exceeds message size'
}

@test "a message that turns out too big is refused after it was sent: DATA" {
	too_big no-size-data 'too big'
}
