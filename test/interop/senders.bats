# SPDX-License-Identifier: ISC
#
# Who may send as whom, and as whom they logged in: here and at the server,
# which has smtpd_sender_login_maps and reject_sender_login_mismatch.

load servers

setup_file() { servers_start; }
teardown_file() { servers_stop; }
setup() { servers_ready; }

@test "another's address is refused before there is a connection" {
	account tls-rsa
	pinmail -f bob@example.com owned.1@example.org < <(message)
	failed 77 bob@example.com
	pinmail owned.2@example.org < <(FROM=bob@example.com message)
	failed 77 bob@example.com
	sessions 0
}

@test "an address that only the account claims is refused by the server" {
	# Postfix checks the sender when it hears the first recipient.
	account tls-rsa 'senders bob@example.com'
	pinmail -f bob@example.com owned.3@example.org \
		< <(FROM=bob@example.com message)
	failed 67 'not owned by user alice'
	sessions 1
	nothing_for owned.3@example.org
}

@test "the same from a server that checks the sender at once" {
	account refuse-at-mail 'senders bob@example.com'
	pinmail -f bob@example.com owned.4@example.org \
		< <(FROM=bob@example.com message)
	failed 69 'not owned by user alice'
	sessions 1
	nothing_for owned.4@example.org
}

@test "a wrong password is a refused login" {
	local mechanism

	for mechanism in plain login scram-sha-256; do
		account tls-ecdsa "auth $mechanism" 'password wrong'
		pinmail wrong@example.org < <(message)
		failed 77
		[[ $stderr != *wrong\ * ]]
	done
	sessions 3
	[ "$(grep -c ' auth=0/1 ' <<<"$SESSIONS")" -eq 3 ]
	[[ $SESSIONS != *' mail='* ]]
}

@test "auth on with a wrong password does not go on to weaker mechanisms" {
	account tls-rsa 'password wrong'
	pinmail wrong@example.org < <(message)
	failed 77
	nothing_for wrong@example.org
}

# send_as USER N: N messages, one after the other; says what fails. (In the
# background a failure of its own would not end the test.)
send_as() {
	local i

	for i in $(seq "$2"); do
		FROM=$1@example.com message |
			"$PINMAIL" -C "$BATS_TEST_TMPDIR/$1.conf" \
			"$1.$i@example.org" || echo "$1 $i: $?"
	done >"$BATS_TEST_TMPDIR/$1.out" 2>&1
}

@test "two users at once, each by their own login" {
	local user i dir

	settings tls-ecdsa >"$BATS_TEST_TMPDIR/alice.conf"
	settings tls-ecdsa 'user bob' 'password builder' \
		'from bob@example.com' >"$BATS_TEST_TMPDIR/bob.conf"
	chmod 600 "$BATS_TEST_TMPDIR"/*.conf
	send_as alice 15 3>&- &
	send_as bob 15 3>&-
	wait $!
	for user in alice bob; do
		[ -z "$(cat "$BATS_TEST_TMPDIR/$user.out")" ]
		for i in $(seq 15); do
			dir=$(delivery "$user.$i@example.org")
			grep -qx "login $user" "$dir/envelope"
			grep -qx "from $user@example.com" "$dir/envelope"
			grep -qx "From: $user@example.com" "$dir/message"
		done
	done
	sessions 30
}
