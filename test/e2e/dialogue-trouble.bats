#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "The dialogue of -bs": what is refused, what fails, and how it
# ends.  Whatever happens, the dialogue goes on.

load lib
load dialogue
load worlds/helpers

setup_file() {
	players_start
}

teardown_file() {
	servant_stop
}

setup() {
	untraced
	server_start
	conf_write
}

mail=('MAIL FROM:<alice@example.com>' '250 *')
rcpt=('RCPT TO:<a@x.org>' '250 *')
data=(DATA '354 *')
content=($'From: alice@example.com\n\nbody and soul\n.')

# A server without extensions, up to its reply to the last RCPT.
upstream=(T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x')

# What the log says of each message, in order.
statuses_are() {
	[ "$(sed 's/.* status=\([a-z]*\) .*/\1/' "$LOG" | xargs)" = "$*" ] ||
		{ cat "$LOG"; return 1; }
}

# --- what is refused --------------------------------------------------------

@test "MAIL from a sender that the account does not own: 553" {
	local who

	conf_write 'account two' 'host 127.0.0.1' "port $PORT" "pin $PIN" \
		'tls_starttls off' 'from bob@two.org' 'syslog off'
	begin
	hear '220 *'
	for who in bob@example.com alice@one.org alice@example.com.evil \
		'"alice@example.com"@evil'; do
		talk "MAIL FROM:<$who>" "553 5.7.1 *$who*does not belong*" \
			"${rcpt[0]}" '503 *' DATA '503 *'
	done
	talk "${mail[@]}" "${rcpt[@]}" "${data[@]}" "${content[@]}" '250 *'
	quit
	statuses_are sender sender sender sender sent
}

@test "a From that it does not own: 554 at the dot, and nothing goes up" {
	player "${upstream[@]}"
	conf_write 'auth off'
	begin
	hear '220 *'
	talk "${mail[@]}" "${rcpt[@]}" "${data[@]}" \
		$'Subject: wombat\nFrom: x@foreign.org\n\nbody and soul\n.' \
		'554 5.7.1 *x@foreign.org*does not belong*'
	player_gone
	diff <(tr -d '\r' <"$HEARD") - <<-'END'
	EHLO example.com
	MAIL FROM:<alice@example.com>
	RCPT TO:<a@x.org>
	QUIT
	END
	quit
	statuses_are sender
}

@test "a message that cannot be sent as it is: 554, and the next one goes" {
	local bad

	begin
	hear '220 *'
	for bad in $'From: alice@example.com\nFrom: alice@example.com' \
		$'From: a b' \
		$'From: bob@two.org, alice@example.com' \
		$'DKIM-Signature: h=Date; b=x\nFrom: alice@example.com'; do
		talk "${mail[@]}" "${rcpt[@]}" "${data[@]}" \
			"$bad"$'\n\nNOOP\nQUIT\n.' '554 5.?.? *'
	done
	# A header of more than 1 MiB is heard out.
	talk "${mail[@]}" "${rcpt[@]}" "${data[@]}"
	yes $'X: NOOP' | head -c 1200000 >&5
	talk $'\nNOOP\n.' '554 5.6.0 *'
	talk "${mail[@]}" "${rcpt[@]}" "${data[@]}" "${content[@]}" '250 *'
	quit
	filed_are 1
	statuses_are input input sender input input sent
}

@test "commands out of order: 503, and what was begun is kept" {
	begin
	hear '220 *'
	talk "${rcpt[0]}" '503 *' DATA '503 *' "${mail[@]}" \
		"${mail[0]}" '503 *' 'MAIL FROM:<x@foreign.org>' '503 *' \
		DATA '503 *' NOOP '250 *' 'VRFY x' '252 *' WOMBAT '500 *' \
		"${rcpt[@]}" "${mail[0]}" '503 *' 'RCPT TO:<>' '501 *' \
		"${data[@]}" "${content[@]}" '250 *' \
		"${rcpt[0]}" '503 *' DATA '503 *'
	quit
	filed alice
	env_is session 1
	recipients_are a@x.org
	logged 1
}

@test "RSET, HELO and EHLO drop a message and its session" {
	local word

	for word in RSET 'HELO x' 'EHLO x'; do
		player "${upstream[@]}"
		conf_write 'auth off'
		begin
		hear '220 *'
		talk "${mail[@]}" "${rcpt[@]}" "$word" '250 *' \
			"${rcpt[0]}" '503 *' DATA '503 *'
		player_gone
		[ "$(tail -n 1 "$HEARD")" = $'QUIT\r' ]
		quit
	done
}

# --- what the server refuses ------------------------------------------------

@test "what the server says to RCPT is what the caller hears" {
	server_start --refuse 'no@x.org=550 5.1.1 No Wombat here' \
		--refuse 'later@x.org=451 4.2.0 Quokka sleeps' \
		--refuse 'bare@x.org=553' --rcpt-max 2
	conf_write
	begin
	hear '220 *'
	talk "${mail[@]}" 'RCPT TO:<no@x.org>' '550 5.1.1 No Wombat here' \
		'RCPT TO:<later@x.org>' '451 4.2.0 Quokka sleeps' \
		'RCPT TO:<bare@x.org>' '553*' DATA '5?? *' \
		"${rcpt[@]}" 'RCPT TO:<no@x.org>' '550 5.1.1 No Wombat here' \
		'RCPT TO:<b@x.org>' '250 2.1.5 *' \
		'RCPT TO:<c@x.org>' '452 4.5.3 Too many recipients' \
		"${data[@]}" "${content[@]}" '250 2.0.0 *'
	filed alice
	recipients_are a@x.org b@x.org
	quit
	statuses_are sent
	lacks 'no@x.org|c@x.org' "$LOG"
}

@test "to MAIL, to DATA and at the dot, too" {
	local answer

	for answer in '550 5.7.1 No Wombats' '451 4.3.0 Quokka sleeps'; do
		server_start --refuse "MAIL=$answer"
		conf_write
		burst "${mail[0]}" "$answer" "${rcpt[0]}" '503 *'
		server_start --refuse "CONTENT=$answer"
		conf_write
		burst "${mail[@]}" "${rcpt[@]}" "${data[@]}" "${content[@]}" \
			"$answer" NOOP '250 *'
		server_start --refuse "CONTENT=$answer" --caps 8BITMIME
		conf_write
		burst "${mail[@]}" "${rcpt[@]}" "${data[@]}" "${content[@]}" \
			"$answer" NOOP '250 *'
		server_start --refuse "DATA=$answer" --caps PIPELINING
		conf_write
		burst "${mail[@]}" "${rcpt[@]}" "${data[@]}" "${content[@]}" \
			"$answer" NOOP '250 *'
		filed_are 0
	done
	statuses_are message message message message again again again again
}

@test "a reply of several lines, and what it is made of, harms nobody" {
	player T 'S 220 x' C 'S 250 x' C $'S 250-2.1.0 one\r\n250-2.1.0 two' \
		'S 250 2.1.0 three' C $'S 550-5.1.1 \x1b[31m\x07\xff' \
		"S 550 5.1.1 $(printf '%2000s' '' | tr ' ' y)"
	conf_write 'auth off'
	begin
	hear '220 *'
	talk "${mail[0]}" '250 2.1.0 one*three' "${rcpt[0]}" '550 5.1.1 *'
	[[ $REPLY != *[[:cntrl:]]* ]]
	# RFC 5321, 4.5.3.1.5.
	[ ${#REPLY} -le 510 ]
	talk NOOP '250 *'
	quit
}

@test "a message that is too large for the server: 552" {
	server_start --caps CHUNKING,SIZE=5000
	conf_write
	burst "${mail[0]} SIZE=6000" '552 5.3.4 *' "${mail[0]} SIZE=4000" \
		'250 *' "${rcpt[@]}" "${data[@]}" "${content[@]}" '250 *' \
		"${mail[@]}" "${rcpt[@]}" "${data[@]}" \
		"$(printf '\n%6000s\n.' x)" '552 5.3.4 *'
	filed_are 1
}

@test "an address that needs SMTPUTF8, where it was not said or not offered" {
	begin
	hear '220 *'
	talk "${mail[@]}" $'RCPT TO:<j\xc3\xb6rg@x.org>' '553 5.6.7 *' \
		"${rcpt[@]}" "${data[@]}" "${content[@]}" '250 *'
	filed alice
	recipients_are a@x.org
	lacks SMTPUTF8 "$ENV"
	quit
	server_start --caps ''
	conf_write
	begin
	hear '220 *'
	talk "${mail[0]} SMTPUTF8" '250 *' \
		$'RCPT TO:<j\xc3\xb6rg@x.org>' '553 5.6.7 *' "${rcpt[@]}"
	quit
}

# --- no server --------------------------------------------------------------

# unavailable STATUS GLOB: 451 to MAIL, and the dialogue goes on; the log has
# the reason.
unavailable() {
	rm -f "$LOG"
	begin
	hear '220 *'
	talk 'HELO x' '250 *' "${mail[0]}" "451 4.3.0 $2" NOOP '250 *' \
		"${rcpt[0]}" '503 *' DATA '503 *' RSET '250 *' \
		"${mail[0]}" "451 4.3.0 $2" 'EHLO x' '250 *'
	quit
	[ -z "$1" ] || statuses_are "$1" "$1"
}

@test "not reached, not proved, no login, no configuration: 451 to MAIL" {
	local good=$PIN

	PIN=sha256:$(printf '%064d' 1)
	conf_write
	unavailable untrusted '*pin*'
	PIN=$good
	conf_write 'password guess'
	unavailable login '*535*'
	[[ $REPLY != *guess* ]]
	conf_write "passwordfile $BATS_TEST_TMPDIR/none"
	unavailable secret '*none*'
	conf_write 'socket /nonexistent/socket'
	unavailable unreachable '*'
	conf_write 'host name.invalid' 'socket'
	server_start --mech LOGIN
	conf_write 'auth scram-sha-256'
	unavailable login '*'
	conf_write 'host 127.0.0.1' 'wombat on'
	unavailable '' '*wombat*'
	rm "$CONF"
	unavailable '' "*$CONF*"
	filed_are 0
}

@test "upstream gone, or with a 421, while the caller is silent: 451" {
	local bye cap

	for bye in '' 'S 421 4.3.2 Wombat sleeps'; do
		# Behind MAIL.
		player "${upstream[@]:0:6}" ${bye:+"$bye"} X
		conf_write 'auth off'
		begin
		hear '220 *'
		talk "${mail[@]}"
		player_gone
		talk "${rcpt[0]}" '451 4.3.? *' "${rcpt[0]}" '451 4.3.? *' \
			DATA '5*' RSET '250 *'
		quit
		# Behind RCPT, with or without CHUNKING; while content comes.
		for cap in 8BITMIME CHUNKING; do
			player T 'S 220 x' C 'S 250-x' "S 250 $cap" C 'S 250 x' \
				C 'S 250 x' G ${bye:+"$bye"} X
			conf_write 'auth off'
			begin
			hear '220 *'
			talk "${mail[@]}" "${rcpt[@]}" "${data[@]}"
			player_go
			player_gone
			talk "${content[@]}" '451 4.[34].? *' NOOP '250 *' \
				DATA '503 *'
			quit
			logged 1
			rm "$LOG"
		done
	done
}

@test "no limit runs while the caller is silent" {
	# Without CHUNKING: then there are replies to wait for until the end.
	server_start --caps ''
	conf_write 'timeout 1' 'deadline 1'
	begin
	hear '220 *'
	sleep 1.1
	talk "${mail[@]}" "${rcpt[@]}"
	sleep 1.1
	talk 'RCPT TO:<b@x.org>' '250 *' "${data[@]}"
	say 'From: alice@example.com'
	sleep 1.1
	talk $'\nx\n.' '250 *'
	quit
	filed alice
	recipients_are a@x.org b@x.org
}

@test "but while the server is" {
	player "${upstream[@]:0:6}" G
	conf_write 'auth off' 'timeout 1'
	begin
	hear '220 *'
	talk "${mail[@]}" "${rcpt[0]}" '451 4.3.0 *timed out*' NOOP '250 *'
	quit
	player_go
}

# --- how it ends ------------------------------------------------------------

@test "the end of the input, at every step: nothing is sent, exit 0" {
	local said

	for said in '' 'HELO x\r\n' 'HELO x\nQUI' QUIT \
		'MAIL FROM:<alice@example.com>' \
		'MAIL FROM:<alice@example.com>\n' \
		'MAIL FROM:<alice@example.com>\nRCPT TO:<a@x.org>\n' \
		'MAIL FROM:<alice@example.com>\nRCPT TO:<a@x.org>\nDATA' \
		'MAIL FROM:<alice@example.com>\nRCPT TO:<a@x.org>\nDATA\n' \
		'MAIL FROM:<alice@example.com>\nRCPT TO:<a@x.org>\nDATA\nSubject: x\n\nx\n' \
		'MAIL FROM:<alice@example.com>\nRCPT TO:<a@x.org>\nDATA\n\nx\n.' \
		'MAIL FROM:<alice@example.com>\nRCPT TO:<a@x.org>\nDATA\n\nx\n.\r'; do
		begin
		# shellcheck disable=SC2059
		printf "$said" >&5
		exec 5>&-
		cat <&6 >/dev/null
		ended
	done
	filed_are 0
}

# stopped GLOB ...: a signal ends it, now; these replies are still to come.
stopped() {
	kill "-${SIG:-TERM}" "$PID"
	hear "$@"
	ended 75
}

@test "told to stop while it listens: 421, and nothing is sent" {
	for SIG in TERM HUP; do
		begin
		hear '220 *'
		stopped '421 *'
		begin
		hear '220 *'
		talk "${mail[@]}" "${rcpt[@]}"
		stopped '421 *'
		begin
		hear '220 *'
		talk "${mail[@]}" "${rcpt[@]}" "${data[@]}"
		say $'Subject: x\n\nx\n.x'
		stopped '421 *'
	done
	filed_are 0
}

@test "told to stop while the server is slow" {
	for SIG in TERM HUP; do
		player P N
		conf_write 'auth off'
		begin
		hear '220 *'
		say "${mail[0]}"
		player_reached
		stopped '451 *' '421 *'
		player T 'S 220 x' C 'S 250 x' C N
		conf_write 'auth off'
		begin
		hear '220 *'
		say "${mail[0]}"
		player_reached
		stopped '451 *' '421 *'
		player "${upstream[@]:0:6}" C N
		conf_write 'auth off'
		begin
		hear '220 *'
		talk "${mail[@]}"
		say "${rcpt[0]}"
		player_reached
		stopped '451 *' '421 *'
		player "${upstream[@]}" C N
		conf_write 'auth off'
		begin
		hear '220 *'
		talk "${mail[@]}" "${rcpt[@]}" "${data[@]}"
		say "${content[0]}"
		player_reached
		stopped '451 *' '421 *'
		player_gone
		lacks 'body and soul' "$HEARD"
	done
}

@test "behind the content the server's word is waited for, and handed on" {
	local verdict

	for verdict in '250 2.0.0 Wombat' '554 5.7.1 Quokka'; do
		player "${upstream[@]}" C 'S 354 x' E N G "S $verdict"
		conf_write 'auth off'
		begin
		hear '220 *'
		talk "${mail[@]}" "${rcpt[@]}" "${data[@]}"
		say "${content[0]}"
		player_reached
		kill -TERM "$PID"
		player_go
		hear "$verdict" '421 *'
		ended 75
	done
	statuses_are sent message
}

# said COMMAND ...: to a file, for callers that do not listen.
said() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/burst"
}

@test "standard output closed: the message goes; unread: it ends" {
	said "${mail[0]}" "${rcpt[0]}" DATA "${content[0]}" QUIT
	world close=1 -- -bs <"$BATS_TEST_TMPDIR/burst"
	succeeded
	filed_are 1
	world lonely=1 -- -bs <"$BATS_TEST_TMPDIR/burst"
	[ "$status" -eq 74 ]
	[ -z "$err" ]
	filed_are 1
}

@test "a caller that does not read cannot keep it" {
	yes NOOP | head -n 50000 >"$BATS_TEST_TMPDIR/burst"
	mkfifo "$BATS_TEST_TMPDIR/replies"
	"$PINMAIL" -C "$CONF" -bs <"$BATS_TEST_TMPDIR/burst" 3>&- \
		>"$BATS_TEST_TMPDIR/replies" 2>"$BATS_TEST_TMPDIR/err" &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
	exec 6<"$BATS_TEST_TMPDIR/replies"
	hear '220 *'
	# The first one lets it finish its reply; then it may be gone already.
	kill -TERM "$PID"
	kill -HUP "$PID" || :
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq 75 ]
	[ ! -s "$BATS_TEST_TMPDIR/err" ]
}

@test "standard input closed, or only for writing" {
	world close=0 -- -bs
	[ -z "$err" ]
	[[ $out == '220 '* ]]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
}
