#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "Several recipients" and "EXIT STATUS"; pinmail.conf(5),
# "Recipients" and "ROUND TRIPS".

load lib

setup_file() {
	players_start
}

teardown_file() {
	servant_stop
}

all_caps=('PIPELINING,CHUNKING' 'PIPELINING' 'CHUNKING' '')

message() {
	printf 'Subject: x\nMessage-ID: <a@b>\n\nhello\n' >"$BATS_TEST_TMPDIR/m"
}

big_message() {
	"$PYTHON" -c '
import sys
print("Subject: x\n\n" + ("y" * 71 + "\n") * (int(sys.argv[1]) // 72))' \
		"$1" >"$BATS_TEST_TMPDIR/m"
}

# submit RECIPIENT ...: the file m.
submit() {
	pinmail "$@" <"$BATS_TEST_TMPDIR/m"
}

# fails EXIT STATUS GLOB: what the last run was, and its log line.
fails() {
	failed "$1" "$3"
	log_is " status=$2 exit=$1 "
}

# A flight is seen by its turns: how often the server waited with its
# answers out.  The round trip of TCP and that of the verdict come on top.
round_trips() {
	env_is turns $(($1 - 2))
	env_is early 0
}

@test "implicit TLS: 6 round trips, or 7 with PIPELINING alone" {
	message
	server_start --mech PLAIN
	conf_write
	submit a@x.org b@x.org c@x.org
	succeeded
	filed alice
	round_trips 6
	env_is waits 5
	env_is bdat 1
	server_start --mech PLAIN --caps PIPELINING
	conf_write
	submit a@x.org b@x.org c@x.org
	succeeded
	filed alice
	round_trips 7
	env_is waits 6
	env_is bdat 0
}

@test "STARTTLS costs 2 more" {
	message
	server_start --mech PLAIN --tls starttls
	conf_write 'tls_starttls on'
	submit a@x.org b@x.org c@x.org
	succeeded
	filed alice
	round_trips 8
	server_start --mech PLAIN --caps PIPELINING --tls starttls
	conf_write 'tls_starttls on'
	submit a@x.org b@x.org c@x.org
	succeeded
	filed alice
	round_trips 9
}

@test "without PIPELINING each command waits for its answer" {
	message
	server_start --mech PLAIN --caps ''
	conf_write
	submit a@x.org b@x.org c@x.org
	succeeded
	filed alice
	round_trips 11
	server_start --mech PLAIN --caps CHUNKING
	conf_write
	submit a@x.org b@x.org c@x.org
	succeeded
	filed alice
	round_trips 10
	env_is bdat 1
}

@test "one flight up to 256 KiB; beyond that the envelope goes first" {
	server_start --mech PLAIN
	conf_write
	# Seen from here: a server may find time to answer in the middle.
	big_message 255000
	pinmail -v a@x.org b@x.org <"$BATS_TEST_TMPDIR/m"
	[[ $err == *'bytes of content]'*'Sender OK'*'Recipient OK'* ]]
	[[ $err != *'Sender OK'*'bytes of content]'* ]]
	big_message 300000
	pinmail -v a@x.org b@x.org <"$BATS_TEST_TMPDIR/m"
	[[ $err == *'Sender OK'*'Recipient OK'*'bytes of content]'* ]]
	filed_are 2
}

@test "partial off costs one round trip more" {
	message
	server_start --mech PLAIN
	conf_write 'partial off'
	submit a@x.org b@x.org
	succeeded
	filed alice
	round_trips 7
	recipients_are a@x.org b@x.org
}

@test "a flight of 5,000 recipients and 200 KiB to a slow reader" {
	big_message 200000
	server_start --linewise --buffers 65536 --mech PLAIN
	conf_write
	# shellcheck disable=SC2046
	submit $(seq -f 'user%g@x.org' 5000)
	succeeded
	filed alice
	[ "$(grep -c '^rcpt=' "$ENV")" -eq 5000 ]
	env_is early 0
}

@test "if the server refuses some of the recipients, the others get it: 67" {
	local caps

	message
	for caps in "${all_caps[@]}"; do
		server_start --caps "$caps" --refuse 'bad@x.org=550 5.1.1 nobody'
		conf_write
		submit a@x.org bad@x.org c@x.org
		fails 67 recipient '*bad@x.org (550 5.1.1 nobody)*delivered to 2 others, do not resend*'
		[[ $err != *'a@x.org'* && $err != *'c@x.org'* ]]
		filed alice
		recipients_are a@x.org c@x.org
		env_is early 0
		# The first and the last one refused.
		submit bad@x.org a@x.org
		fails 67 recipient '*delivered to 1 other, do not resend*'
		submit a@x.org bad@x.org
		fails 67 recipient '*delivered to 1 other, do not resend*'
		filed_are 3
	done
}

@test "... or 75, if all of these refusals are temporary" {
	local caps

	message
	for caps in "${all_caps[@]}"; do
		server_start --caps "$caps" --refuse 'later@x.org=450 4.2.1 grey' \
			--refuse 'bad@x.org=553 no'
		conf_write
		submit a@x.org later@x.org c@x.org
		fails 75 again '*later@x.org (450 4.2.1 grey)*delivered to 2 others*'
		[[ $err != *'a@x.org'* ]]
		filed alice
		recipients_are a@x.org c@x.org
		# 67 wins over 75.
		submit later@x.org a@x.org bad@x.org
		fails 67 recipient '*'
		[[ $err == *bad@x.org\ \(553\ no\)* ]]
		[[ $err == *later@x.org\ \(450* ]]
		[[ $err == *'delivered to 1 other,'* ]]
		filed_are 2
	done
}

@test "nobody accepted: nobody gets it, and the connection is left well" {
	local caps

	message
	for caps in "${all_caps[@]}"; do
		server_start --caps "$caps" --refuse 'RCPT=550 5.7.1 no relay'
		conf_write
		submit a@x.org b@x.org
		fails 67 recipient '*a@x.org (550 5.7.1 no relay)*b@x.org*'
		[[ $err != *delivered\ to* ]]
		filed_are 0
		server_start --caps "$caps" --refuse 'RCPT=451 4.3.0 later'
		conf_write
		submit a@x.org b@x.org
		fails 75 again '*a@x.org (451 4.3.0 later)*'
		filed_are 0
	done
}

@test "with partial off nobody gets it; the exit status is the same" {
	local caps

	message
	for caps in "${all_caps[@]}"; do
		server_start --caps "$caps" --refuse 'later@x.org=450 grey' \
			--refuse 'bad@x.org=550 no'
		conf_write 'partial off'
		submit a@x.org bad@x.org
		fails 67 recipient '*bad@x.org (550 no)*'
		[[ $err != *'do not resend'* && $err == *a@x.org* ]]
		submit a@x.org later@x.org
		fails 75 again '*later@x.org (450 grey)*'
		[[ $err != *'do not resend'* && $err == *a@x.org* ]]
		filed_are 0
		submit a@x.org b@x.org
		succeeded
	done
}

@test "452 too many recipients: the others follow in the same session" {
	local caps i

	message
	for caps in "${all_caps[@]}"; do
		server_start --caps "$caps" --rcpt-max 2
		conf_write
		submit a@x.org b@x.org c@x.org d@x.org e@x.org
		succeeded
		filed_are 3
		[ "$(cat "$DIR"/mail/alice/*.env | grep -c '^session=1$')" -eq 3 ]
		diff <(cat "$DIR"/mail/alice/*.env | sed -n 's/^rcpt=//p') \
			<(printf '%s\n' a@x.org b@x.org c@x.org d@x.org e@x.org)
		# All of them are the same message.
		[ "$(cat "$DIR"/mail/alice/*.env | grep '^sha256=' |
			sort -u | wc -l)" -eq 1 ]
		for i in "$DIR"/mail/alice/*.env; do
			grep -qx 'early=0' "$i"
		done
	done
}

@test "452 for 3,000 recipients, 1,000 at a time" {
	message
	server_start --rcpt-max 1000
	conf_write
	# shellcheck disable=SC2046
	submit $(seq -f 'user%g@x.org' 3000)
	succeeded
	filed_are 3
	diff <(cat "$DIR"/mail/alice/*.env | sed -n 's/^rcpt=//p') \
		<(seq -f 'user%g@x.org' 3000)
}

@test "452 and a refusal in one message" {
	message
	server_start --rcpt-max 2 --refuse 'bad@x.org=550 no'
	conf_write
	submit a@x.org bad@x.org b@x.org c@x.org d@x.org
	fails 67 recipient '*bad@x.org (550 no)*delivered to 4 others*'
	filed_are 2
}

@test "552 to RCPT is what 452 should have been: temporary" {
	message
	server_start --refuse 'full@x.org=552 mailbox full'
	conf_write
	submit full@x.org
	fails 75 again '*full@x.org (552 mailbox full)*'
	submit a@x.org full@x.org
	fails 75 again '*full@x.org (552 mailbox full)*delivered to 1 other*'
}

@test "a message over the server's SIZE is refused before it is sent: 69" {
	local caps

	big_message 20000
	for caps in PIPELINING,CHUNKING,SIZE=10000 SIZE=10000; do
		server_start --caps "$caps"
		conf_write
		pinmail -v a@x.org <"$BATS_TEST_TMPDIR/m"
		[ "$status" -eq 69 ]
		[[ $err == *10000* ]]
		lacks '^> (MAIL|BDAT|DATA)' "$BATS_TEST_TMPDIR/err"
		grep -q ' status=message ' "$LOG"
	done
	# 0 says that there is no fixed limit.
	server_start --caps SIZE=0
	conf_write
	submit a@x.org
	succeeded
}

# refuses KEY REPLY EXIT STATUS: with every set of capabilities.
refuses() {
	local caps

	message
	for caps in "${@:5}"; do
		server_start --caps "$caps" --refuse "$1=$2"
		conf_write
		submit a@x.org b@x.org
		fails "$3" "$4" "*$2*"
		[[ $err == *a@x.org* && $err != *'delivered to'[\ 0-9]*other* ]]
		filed_are 0
	done
}

@test "5xx to MAIL refuses the message: 69; 4xx: 75" {
	refuses MAIL '550 5.7.1 not you' 69 message "${all_caps[@]}"
	refuses MAIL '451 4.3.0 later' 75 again "${all_caps[@]}"
	refuses MAIL '421 4.3.0 closing' 75 again "${all_caps[0]}" ''
	# Some refuse the session and not the message.
	refuses MAIL '530 5.7.0 login first' 69 server "${all_caps[0]}" ''
	refuses MAIL '503 5.5.1 not now' 69 server ''
	refuses MAIL '538 5.7.11 encrypt' 69 server ''
}

@test "5xx to DATA or BDAT refuses the message: 69; 4xx: 75" {
	refuses DATA '554 5.6.0 no' 69 message PIPELINING ''
	refuses DATA '451 4.3.0 later' 75 again PIPELINING ''
	refuses BDAT '554 5.6.0 no' 69 message PIPELINING,CHUNKING CHUNKING
	refuses BDAT '451 4.3.0 later' 75 again PIPELINING,CHUNKING CHUNKING
}

@test "5xx to the content refuses the message: 69; 4xx: 75" {
	refuses CONTENT '550 5.7.1 spam' 69 message "${all_caps[@]}"
	refuses CONTENT '451 4.3.0 later' 75 again "${all_caps[@]}"
}

@test "the content of a big message refused, in the middle and at the end" {
	local caps

	big_message 3000000
	for caps in PIPELINING,CHUNKING CHUNKING PIPELINING; do
		server_start --caps "$caps" --refuse 'CONTENT=550 5.7.1 spam'
		conf_write
		submit a@x.org
		fails 69 message '*550 5.7.1 spam*'
	done
	server_start --refuse 'BDAT=552 5.3.4 too big'
	conf_write
	submit a@x.org
	fails 69 message '*552 5.3.4 too big*'
	filed_are 0
}

@test "the server refuses its service: 69, or 75" {
	message
	server_start --refuse 'EHLO=554 5.3.2 go away'
	conf_write
	submit a@x.org
	fails 69 server '*554 5.3.2 go away*'
	server_start --refuse 'EHLO=421 4.3.2 later'
	conf_write
	submit a@x.org
	fails 75 again '*421 4.3.2 later*'
	player T 'S 554 5.3.2 nobody here'
	conf_write
	submit a@x.org
	fails 69 server '*554 5.3.2 nobody here*'
	player T 'S 421-too' 'S 421 many'
	conf_write
	submit a@x.org
	fails 75 again '*421 too many*'
}

# The session up to MAIL, without extensions or login.
begin=(T 'S 220 x' C 'S 250 x')

# plays EXIT STATUS GLOB STEP ...
plays() {
	local want=$1 word=$2 glob=$3

	shift 3
	player "${begin[@]}" "$@"
	conf_write 'auth off' 'timeout 20'
	submit a@x.org
	fails "$want" "$word" "$glob"
}

@test "a server that is not SMTP, or breaks the protocol: 76" {
	message
	server_start --no-auth
	player T 'S HTTP/1.1 400 Bad Request' 'S '
	conf_write 'auth off'
	submit a@x.org
	fails 76 protocol '*does not speak SMTP*HTTP/1.1*'
	plays 76 protocol '*' C 'S 250-one' 'S 251 two'
	plays 76 protocol '*' C 'S 350 more?'
	plays 76 protocol '*' C 'S 650 eh'
	plays 76 protocol '*' C 'S 25 ok'
	plays 76 protocol '*' C 'S '
	plays 76 protocol '*' C 'S 250 ok' C 'S 354 what'
	plays 76 protocol '*' C 'S 250 ok' C 'S 250 ok' C 'S 250 no need'
	plays 75 maybe '*354*perhaps delivered to a@x.org*' C 'S 250 ok' C \
		'S 250 ok' C 'S 354 go' E 'S 354 go'
	plays 76 protocol '*without end*' C "S 250 $(printf '%40000s' '')"
}

@test "a reply without end: 76" {
	local line

	message
	server_start --no-auth
	line=$(printf '%900s' '' | tr ' ' z)
	# 80 lines are over 64 KiB.
	# shellcheck disable=SC2046
	plays 76 protocol '*' C $(printf "S:250-$line %.0s" {1..80})
}

@test "a server that closes: 75, and after the content perhaps delivered" {
	message
	server_start --no-auth
	player P X
	conf_write 'auth off'
	submit a@x.org
	fails 75 unreachable '*handshake*closed the connection*not delivered*'
	player T X
	conf_write 'auth off'
	submit a@x.org
	fails 75 unreachable '*not delivered to a@x.org*'
	plays 75 unreachable '*not delivered to a@x.org*' X
	plays 75 unreachable '*not delivered to a@x.org*' C X
	plays 75 unreachable '*' C 'S 250 ok' C 'S 250 ok' C X
	plays 75 unreachable '*not delivered*' C 'S 250 ok' C 'S 250-o' X
	plays 75 maybe '*perhaps delivered to a@x.org*' C 'S 250 ok' C \
		'S 250 ok' C 'S 354 go' E X
	plays 75 maybe '*perhaps delivered to a@x.org*' C 'S 250 ok' C \
		'S 250 ok' C 'S 354 go' E 'S 250-half' X
	# In one flight it is the same, once all of it is out.
	begin=(T 'S 220 x' C 'S 250-x' 'S 250-PIPELINING' 'S 250 CHUNKING')
	plays 75 maybe '*perhaps delivered to a@x.org*' C C C B X
	plays 75 maybe '*perhaps delivered to a@x.org*' C C C B 'S 250 ok' X
	plays 75 maybe '*perhaps delivered to a@x.org*' C C C B 'S 250 ok' \
		'S 250 ok' X
}

@test "a session that is lost in its second transaction" {
	local first=(C 'S 250 ok' C 'S 250 ok' C 'S 452 enough' C 'S 354 go' E
		'S 250 taken')

	message
	server_start --no-auth
	player "${begin[@]}" "${first[@]}" C X
	conf_write 'auth off' 'timeout 20'
	submit a@x.org b@x.org
	fails 75 unreachable '*not delivered to b@x.org; delivered to 1 other, do not resend*'
	player "${begin[@]}" "${first[@]}" C 'S 250 ok' C 'S 250 ok' C \
		'S 354 go' E X
	conf_write 'auth off' 'timeout 20'
	submit a@x.org b@x.org
	fails 75 maybe '*perhaps delivered to b@x.org; delivered to 1 other, do not resend*'
	player "${begin[@]}" "${first[@]}" C 'S 250 ok' C 'S 550 nobody'
	conf_write 'auth off' 'timeout 20'
	submit a@x.org b@x.org
	fails 67 recipient '*b@x.org (550 nobody)*delivered to 1 other, do not resend*'
}

@test "in one flight a refused sender is no maybe" {
	message
	server_start --no-auth
	begin=(T 'S 220 x' C 'S 250-x' 'S 250-PIPELINING' 'S 250 CHUNKING')
	plays 69 message '*550 no*' C C C B 'S 550 no' 'S 503 no' 'S 503 no'
	plays 69 message '*550 no*' C C C B 'S 550 no' X
	plays 67 recipient '*550 no*' C C C B 'S 250 ok' 'S 550 no' X
}

@test "a server that says the verdict and closes at once: delivered" {
	message
	server_start --no-auth
	player "${begin[@]}" C 'S 250 ok' C 'S 250 ok' C 'S 354 go' E \
		'S 250 taken' X
	conf_write 'auth off'
	submit a@x.org
	succeeded
}

@test "an early 552 is not taken for a lost connection" {
	big_message 8000000
	server_start --no-auth
	plays 69 message '*552 5.3.4 enough*' C 'S 250 ok' C 'S 250 ok' C \
		'S 354 go' C 'S 552 5.3.4 enough' X
}

@test "replies with control bytes are cleaned" {
	message
	server_start --no-auth
	plays 69 message '*550 no\\x1b\[31m\\x07 \\xff \\xc2\\x9b way*' C \
		$'S 550-no\x1b[31m\x07 \xff' $'S 550 \xc2\x9b way'
	lacks '[[:cntrl:]]' "$LOG"
}

@test "an address that is not ASCII before the @ needs SMTPUTF8: else 65" {
	message
	server_start --caps PIPELINING,CHUNKING
	conf_write
	submit $'j\xc3\xb6rg@x.org'
	fails 65 input '*SMTPUTF8*'
	pinmail -f $'alice+\xc3\xb6@example.com' a@x.org <"$BATS_TEST_TMPDIR/m"
	fails 65 input '*SMTPUTF8*'
	filed_are 0
	submit a@x.org
	succeeded
}

@test "a server without any extension, and HELO alone" {
	message
	server_start --caps '' --mech PLAIN
	conf_write
	submit a@x.org
	succeeded
	filed alice
	env_is mailparams ''
}
