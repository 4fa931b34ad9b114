#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The first proof. Two users, one server: none sends as the other.

load lib
load ../proof/proof

users_conf() {
	CONF=$BATS_TEST_TMPDIR/conf
	LOG=$BATS_TEST_TMPDIR/log
	(
		umask 077
		cat >"$CONF" <<-END
		defaults
		host 127.0.0.1
		port $PORT
		tls_starttls off
		pin $PIN
		syslog off
		logfile $LOG

		account alice
		user alice
		password wonder1and
		from alice@example.com
		senders *@alice.example.com

		account bob
		user bob
		password builder
		from bob@example.com
		senders *@bob.example.com

		account default : alice
		END
	)
}

# How the Nth message names its sender, and who that is: N NAME ADDRESS WAY.
plan() {
	seq 400 | awk '{
		name = $1 % 2 ? "bob" : "alice"
		address = name "@example.com"
		if ($1 % 3 == 0)
			address = "box" $1 "@" name ".example.com"
		split("option header both", way)
		how = way[int($1 / 3) % 3 + 1]
		# Nothing said: that is the default account mail.
		if ($1 % 20 == 0) {
			name = "alice"
			address = "alice@example.com"
			how = "neither"
		}
		print $1, name, address, how
	}'
}

@test "400 messages of two users, 8 at a time: each goes by its own login" {
	server_start
	users_conf
	plan >"$BATS_TEST_TMPDIR/plan"
	shuf --random-source=<(yes 400) "$BATS_TEST_TMPDIR/plan" |
		xargs -P 8 -L 1 "$PROOF/user-sends" "$PINMAIL" "$CONF" \
			>"$BATS_TEST_TMPDIR/said" 2>&1
	[ ! -s "$BATS_TEST_TMPDIR/said" ] ||
		{ head "$BATS_TEST_TMPDIR/said"; return 1; }

	# None missing, none double, each in its own user's folder.
	"$PROOF/user-mail" "$DIR/mail" | sort -n >"$BATS_TEST_TMPDIR/got"
	cut -d ' ' -f 1-3 "$BATS_TEST_TMPDIR/plan" |
		awk '{ print $1, $2, $2, $3, $3, $2 }' |
		diff - "$BATS_TEST_TMPDIR/got" >&2
	filed_are 400
	[ "$(grep -c 'status=sent exit=0' "$LOG")" -eq 400 ]

	# Each in a session of its own, which nothing was brought to.
	cat "$DIR"/mail/*/*.env >"$BATS_TEST_TMPDIR/envs"
	[ "$(grep '^session=' "$BATS_TEST_TMPDIR/envs" | sort -u |
		wc -l)" -eq 400 ]
	for fact in transaction=1 ticket=0 psk=0 resumed=0; do
		[ "$(grep -cx "$fact" "$BATS_TEST_TMPDIR/envs")" -eq 400 ]
	done

	# And there was no further session: the next one is the 401st.
	pinmail -f bob@example.com carol@example.org <<<'Subject: last'
	succeeded
	filed bob
	env_is session 401
}

@test "a user's message does not go out by the other's account" {
	server_start
	users_conf
	pinmail -a alice -f bob@example.com carol@example.org <<<'Subject: x'
	failed 77 '*bob@example.com does not belong to account alice*'
	pinmail -a alice carol@example.org <<<$'From: bob@example.com\n\nx'
	failed 77 '*bob@example.com does not belong to account alice*'
	pinmail -f alice@example.com carol@example.org \
		<<<$'From: bob@example.com\n\nx'
	failed 77 '*bob@example.com does not belong to account alice*'
	pinmail carol@example.org <<<$'From: bob@example.com,\n alice@example.com\n\nx'
	failed 77 '*alice@example.com does not belong to account bob*'
	filed_are 0
}
