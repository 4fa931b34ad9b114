#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "The dialogue of -bs": what is said, and what becomes of it.
# What goes wrong is in dialogue-trouble.bats.

load lib
load dialogue
load worlds/helpers

setup() {
	untraced
	server_start
	conf_write
}

# One message, as Symfony sends it.
message=(
	'MAIL FROM:<alice@example.com>' '250 2.1.0 Sender OK'
	'RCPT TO:<a@x.org>' '250 2.1.5 Recipient OK'
	DATA '354 *'
	$'Subject: x\nFrom: alice@example.com\n\nhello\n.' '250 2.0.0 Filed, session *'
)

@test "a message, line by line and in one piece, with LF, CRLF and both" {
	local n=0

	each_way 'HELO [127.0.0.1]' '250 *' "${message[@]}"
	filed_are 6
	for ENV in "$DIR"/mail/alice/*.env; do
		env_is from alice@example.com
		env_is barelf 0
		env_is barecr 0
		env_is session $((++n))
		recipients_are a@x.org
		EML=${ENV%.env}.eml
		[ "$(body)" = $'hello\r' ]
	done
	logged 6
}

@test "EHLO offers what can be handed on, and no login" {
	begin
	say 'EHLO [127.0.0.1]'
	say QUIT
	exec 5>&-
	diff - <(tr -d '\r' <&6 | sed "s/\<$(hostname)\>/HOST/") <<-'END'
	220 HOST ESMTP pinmail
	250-HOST
	250-PIPELINING
	250-8BITMIME
	250-SIZE
	250-DSN
	250 SMTPUTF8
	221 2.0.0 HOST
	END
	ended
}

@test "each command has its reply; upper and lower case are the same" {
	each_way 'ehlo x' '250 *' 'Helo x' '250 *' 'RSET' '250 *' \
		'noop' '250 *' 'NOOP x y' '250 *' 'HELP' '214 *' \
		'VRFY <root>' '252 *' 'vrfy x' '252 *' 'EXPN x' '502 *' \
		'AUTH PLAIN AGEAYg==' '502 *' 'STARTTLS' '502 *' \
		'BDAT 3 LAST' '502 *' 'ETRN x' '502 *' 'TURN' '500 *' '' '500 *' \
		' NOOP' '500 *' 'NOOPE' '500 *' 'NOO' '500 *' \
		'Subject: x' '500 *' 'MAIL' '501 *' 'QUITE' '500 *'
}

@test "no server is called before MAIL, nor for a MAIL that is refused" {
	listener
	conf_write
	begin
	hear '220 *'
	talk 'EHLO x' '250 *' NOOP '250 *' RSET '250 *' 'VRFY a@x.org' '252 *' \
		'RCPT TO:<a@x.org>' '503 *' DATA '503 *' 'MAIL FROM:a b' '5*' \
		'MAIL FROM:<x@foreign.org>' '553 5.7.1 *'
	connections 0
	say 'MAIL FROM:<alice@example.com>'
	connections 1 wait
}

@test "the session upstream begins at MAIL and is gone behind the dot" {
	player T 'S 220 x' C N G 'S 250 x' C 'S 250 2.1.0 Wombat' \
		C 'S 250 2.1.5 Quokka' C 'S 354 x' E 'S 250 2.0.0 Dingo'
	conf_write 'auth off'
	begin
	hear '220 *'
	say 'MAIL FROM:<alice@example.com>'
	player_reached
	player_go
	hear '250 2.1.0 Wombat'
	talk 'RCPT TO:<a@x.org>' '250 2.1.5 Quokka' DATA '354 *' \
		$'Subject: x\n\n.' '250 2.0.0 Dingo'
	# The caller has said no more.
	player_gone
	[ "$(tail -n 1 "$HEARD")" = $'QUIT\r' ]
	quit
}

@test "several messages, each with a session of its own" {
	local i

	begin
	hear '220 *'
	talk 'EHLO x' '250 *'
	for i in 1 2 3; do
		talk "${message[@]}" NOOP '250 *'
	done
	quit
	# Symfony starts again behind a RSET.
	burst "${message[@]}" RSET '250 *' "${message[@]}"
	[ "$(cat "$DIR"/mail/alice/*.env | grep -xc transaction=1)" -eq 5 ]
	[ "$(sed -n 's/^session=//p' "$DIR"/mail/alice/*.env | xargs)" = '1 2 3 4 5' ]
	[ "$(sed -n 's/^Message-ID: //p' "$DIR"/mail/alice/*.eml | sort -u |
		wc -l)" -eq 5 ]
	logged 5
}

@test "the account by MAIL's sender; a local or null one has the default" {
	conf_write 'account two' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'user bob' 'password builder' \
		'from bob@two.org' 'senders *@shop.two.org' 'syslog off'
	begin
	hear '220 *'
	talk "${message[@]}"
	filed alice
	talk 'MAIL FROM:<Any@shop.two.org>' '250 *' "${message[@]:2:4}" \
		$'Subject: x\n\n.' '250 *'
	filed bob
	env_is from Any@shop.two.org
	[ "$(field From)" = Any@shop.two.org ] || [[ $(field From) == *'<Any@shop.two.org>' ]]
	talk 'MAIL FROM:<>' '250 *' "${message[@]:2}"
	filed alice
	env_is from ''
	[ "$(field From)" = alice@example.com ]
	talk 'MAIL FROM:<root>' '250 *' "${message[@]:2}" \
		'MAIL FROM:<root@localhost>' '250 *' "${message[@]:2}"
	filed alice
	env_is from alice@example.com
	quit
	filed_are 5
	# -a names one, for these and for all.
	begin -a two
	hear '220 *'
	talk 'MAIL FROM:<>' '250 *' "${message[@]:2:4}" $'Subject: x\n\n.' '250 *' \
		'MAIL FROM:<root>' '250 *' "${message[@]:2:4}" $'Subject: x\n\n.' '250 *' \
		'MAIL FROM:<alice@example.com>' '553 5.7.1 *'
	quit
	[ "$(ls "$DIR/mail/bob/"*.eml | wc -l)" -eq 3 ]
}

@test "the message is completed as it is without -bs" {
	begin -F 'Al, B.'
	hear '220 *'
	talk "${message[@]:0:6}" \
		$'Subject: x\nTo: root@x.org\nbcc: hidden@x.org\nBcc :\n hidden@x.org\nReturn-Path: <x@y>\n\nb\n.' \
		'250 *'
	quit
	filed alice
	[ "$(field From)" = '"Al, B." <alice@example.com>' ]
	[ -n "$(field Date)" ]
	[[ $(field Message-ID) == \<*@example.com\> ]]
	lacks 'hidden|Return-Path' "$EML"
	# What is there is kept.
	burst "${message[@]:0:6}" \
		$'From: A <alice@example.com>\nDate: x\nMessage-ID: <a@b>\n\n\nb\n.' '250 *'
	filed alice
	diff <(tr -d '\r' <"$EML") - <<-'END'
	From: A <alice@example.com>
	Date: x
	Message-ID: <a@b>


	b
	END
}

@test "set_to_header on: those of To and Cc; whom RCPT alone names is hidden" {
	local args

	conf_write 'set_to_header on'
	for args in '' -t op@x.org '-t op@x.org'; do
		# shellcheck disable=SC2086
		begin $args
		hear '220 *'
		talk "${message[@]:0:4}" 'RCPT TO:<hidden@x.org>' '250 *' \
			"${message[@]:4:2}" \
			$'To: A <a@x.org>\nCc: c@x.org\nBcc: hidden@x.org\n\n.' '250 *'
		quit
		filed alice
		recipients_are a@x.org hidden@x.org
		[ "$(field To)" = 'a@x.org, c@x.org' ]
		lacks 'hidden|op@' "$EML"
	done
}

@test "dots: a lone one ends it, one is taken from each line with more" {
	each_way "${message[@]:0:6}" \
		$'Subject: x\n\n..\n...\n..x\n.y\nz.\n . \n.' '250 *'
	for EML in "$DIR"/mail/alice/*.eml; do
		[ "$(body)" = $'.\r\n..\r\n.x\r\ny\r\nz.\r\n . \r' ]
	done
	# In the header too, and nothing but the dot: an empty message.
	burst "${message[@]:0:6}" '.' '250 *' "${message[@]:0:6}" \
		$'..x: y\n.Subject: z\n.' '250 *'
	filed_are 8
	filed alice
	[ "$(field Subject)" = z ]
}

@test "LF and CRLF inside of one message; a CR alone ends nothing" {
	local mixed='Subject: x\r\nX-A: 1\nX-B: 2\r\n\nl1\nl2\r\nl\r3\n.\rX\n.\r\r\n\r.\n.\n'

	begin
	hear '220 *'
	talk "${message[@]:0:6}"
	# shellcheck disable=SC2059
	printf "$mixed" >&5
	hear '250 *'
	quit
	filed alice
	env_is barelf 0
	env_is barecr 0
	[ "$(field X-B)" = 2 ]
	diff <(body | tr -d '\r') - <<-'END'
	l1
	l2
	l 3
	 X

	 .
	END
}

@test "content of 25 MB, and what is said behind it" {
	{
		printf '%s\n' 'MAIL FROM:<alice@example.com>' \
			'RCPT TO:<a@x.org>' DATA 'Subject: x' ''
		yes 'What a long message.' | head -c 26000000
		printf '\n.\nNOOP\n'
	} >"$BATS_TEST_TMPDIR/burst"
	run_as_is "$PINMAIL" -C "$CONF" -bs <"$BATS_TEST_TMPDIR/burst"
	[ "$status" -eq 0 ]
	diff <(cut -c1-3 <<<"$out") <(printf '%s\n' 220 250 250 354 250 250)
	filed alice
	body | tr -d '\r' | cmp - <(yes 'What a long message.' |
		head -c 26000000; echo)
}

@test "recipients by aliases: one, many, none; each but once" {
	printf '%s\n' 'root: a@x.org' 'many: b@x.org, c@x.org, root' \
		'gone: /dev/null' 'pipe: "|cat"' >"$BATS_TEST_TMPDIR/aliases"
	conf_write "aliases $BATS_TEST_TMPDIR/aliases"
	begin
	hear '220 *'
	talk "${message[@]:0:2}" 'RCPT TO:<root>' '250 *' \
		'RCPT TO:<many@localhost>' '250 *' 'RCPT TO:<a@X.org>' '250 *' \
		'RCPT TO:<gone>' '250 *' 'RCPT TO:<pipe>' '550 *' \
		'RCPT TO:<who>' '550 5.1.1 *' DATA '354 *' \
		$'To: root, many,\n gone, d@x.org\n\n.' '250 2.0.0 Filed*'
	filed alice
	recipients_are a@x.org b@x.org c@x.org
	[[ $(field To) == 'a@x.org, b@x.org, c@x.org, a@x.org, gone@'*', d@x.org' ]]
	# All of it thrown away: a success, without a message.
	talk "${message[@]:0:2}" 'RCPT TO:<gone>' '250 *' DATA '354 *' \
		"${message[@]:6:1}" '250 *'
	quit
	filed_are 1
	logged 2
}

@test "of an alias that stands for many, the first refusal is the reply" {
	server_start --refuse 'b@x.org=550 5.1.1 no b' --refuse 'c@x.org=450 4.2.1 no c'
	printf 'many: a@x.org, b@x.org, c@x.org\n' >"$BATS_TEST_TMPDIR/aliases"
	conf_write "aliases $BATS_TEST_TMPDIR/aliases"
	begin
	hear '220 *'
	talk "${message[@]:0:2}" 'RCPT TO:<many>' '550 5.1.1 no b' \
		"${message[@]:4}"
	filed alice
	recipients_are a@x.org
	quit
}

@test "local_to takes in who has no alias" {
	conf_write 'local_to ops@x.org' 'local_domains web7'
	burst "${message[@]:0:2}" 'RCPT TO:<root>' '250 *' \
		'RCPT TO:<www@web7>' '250 *' DATA '354 *' \
		$'To: root\n\n.' '250 2.0.0 Filed*'
	filed alice
	recipients_are ops@x.org
	[ "$(field To)" = ops@x.org ]
}

@test "foreign_from rewrite: MAIL and From become the account's" {
	conf_write 'foreign_from rewrite'
	burst 'MAIL FROM:<visitor@there.org>' '250 *' "${message[@]:2:4}" \
		$'From: V <visitor@there.org>\n\n.' '250 *'
	filed alice
	env_is from alice@example.com
	[ "$(field From)" = 'V <alice@example.com>' ]
	[ "$(field Reply-To)" = 'V <visitor@there.org>' ]
}

@test "parameters are handed on" {
	burst "${message[@]:0:1}"' SIZE=1234 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb' \
		'250 *' 'RCPT TO:<a@x.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;r+3Dx@y' \
		'250 *' 'rcpt to:<b@x.org> notify=never' '250 *' \
		'RCPT TO:<c@x.org> ORCPT=x-other;c' '250 *' \
		$'RCPT TO:<j\xc3\xb6rg@x.org>' '250 *' "${message[@]:4}"
	filed alice
	grep -q '^mailparams=SIZE=1234 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb$' "$ENV"
	diff <(sed -n 's/^rcptparams=//p' "$ENV") - <<-'END'
	NOTIFY=SUCCESS,DELAY ORCPT=rfc822;r+3Dx@y
	NOTIFY=NEVER


	END
	# Not to a server that does not offer them.
	server_start --caps ''
	conf_write
	burst "${message[@]:0:1}"' SIZE=9 SMTPUTF8 RET=FULL ENVID=x' '250 *' \
		'RCPT TO:<a@x.org> NOTIFY=NEVER ORCPT=rfc822;x@y' '250 *' \
		"${message[@]:4:3}" '250 *'
	filed alice
	env_is mailparams ''
	env_is rcptparams ''
}

@test "parameters that are wrong, or not offered" {
	local mail='MAIL FROM:<alice@example.com>' rcpt='RCPT TO:<a@x.org>' p

	begin
	hear '220 *'
	for p in SIZE SIZE= SIZE=x SIZE=-1 SIZE=99999999999999999999 BODY \
		BODY=BINARYMIME BODY=8BITMIME+0D SMTPUTF8=yes RET RET=ALL \
		RET=FULL,HDRS ENVID=a+ ENVID=a+0 ENVID=a=b ENVID=+zz \
		ENVID=a+0D+0ARSET ENVID=a+00 ENVID=+7F \
		NOTIFY=NEVER 'AUTH=<boss@x.org>' MT-PRIORITY=3 x = '>' '<x@y>' \
		$'ENVID=\x01' $'ENVID=caf\xc3\xa9'; do
		talk "$mail $p" '5[05][15] *'
	done
	talk "$mail" '250 *'
	for p in NOTIFY NOTIFY= NOTIFY=ALWAYS NOTIFY=NEVER,DELAY NOTIFY=SUCCESS, \
		'NOTIFY=NEVER>' ORCPT ORCPT= ORCPT=x ORCPT=rfc822\;a+0 \
		ORCPT=rfc822\;a+0D+0ARSET ORCPT=rfc822\;a=b SIZE=1 RET=FULL 'x y' \
		$'NOTIFY=NEVER\rRCPT TO:<evil@x.org>'; do
		talk "$rcpt $p" '5[05][15] *'
	done
	quit
	[ ! -e "$DIR/mail" ]
}

@test "nothing but its own value gets into a command upstream" {
	burst 'MAIL FROM:<alice@example.com> ENVID=a+20NOTIFY+3DNEVER RET=HDRS' '250 *' \
		'RCPT TO:<"a> NOTIFY=NEVER <b"@x.org> ORCPT=rfc822;a+20NOTIFY+3DNEVER' '250 *' \
		'RCPT TO:<@one.org,@two.org:c@x.org>' '250 *' "${message[@]:4}"
	filed alice
	recipients_are '"a> NOTIFY=NEVER <b"@x.org' c@x.org
	grep -q '^mailparams=.* RET=HDRS ENVID=a+20NOTIFY+3DNEVER$' "$ENV"
	env_is rcptparams 'ORCPT=rfc822;a+20NOTIFY+3DNEVER'
}

@test "a path that is none" {
	local p

	begin
	hear '220 *'
	for p in '' 'alice@example.com bob@x' '<alice@example.com' \
		'alice@example.com>' '<a b@example.com>' '<<alice@example.com>>' \
		'<alice@example.com>SIZE=1' '<alice@example.com,b@x>' \
		'<alice@>' '<@example.com>' '<"alice@example.com>' '<,>' '< >' \
		$'<\xff@example.com>' $'<alice@example.com\x00>' \
		$'<alice@example.com\x1b>'; do
		talk "MAIL FROM:$p" '5* *'
	done
	talk 'MAIL TO:<alice@example.com>' '501 *' 'MAIL alice@example.com' '501 *' \
		'mail from: <alice@example.com>  ' '250 *'
	for p in '' '<>' ';' '<a@x.org,b@x.org>' 'a@x.org,b@x.org' \
		'<a@x.org> <b@x.org>' 'A <a@x.org>' '<g:a@x.org;>' '<a@x.org'; do
		talk "RCPT TO:$p" '5* *'
	done
	talk 'RCPT FROM:<a@x.org>' '501 *' DATA '5* *'
	quit
}

@test "a command of 10,000 bytes, and control characters" {
	local long

	long=$(printf '%10000s' '' | tr ' ' x)
	each_way "$long" '500 *' "NOOP $long" '500 *' \
		"MAIL FROM:<alice@example.com> ENVID=$long" '500 *' NOOP '250 *' \
		$'NOOP \x07' '50? *' $'NO\x07OP' '50? *' $'NOOP\t' '50? *' \
		$'NOOP \x7f' '50? *' $'QUIT\rQUIT' '50? *' NOOP '250 *'
	begin
	hear '220 *'
	printf 'QUIT\0\n' >&5
	hear '50? *'
	printf 'NOOP \0x\r\n' >&5
	hear '50? *'
	# Longer than a pipe holds, without an end.
	head -c 1000000 /dev/zero | tr '\0' x >&5
	say ''
	hear '500 *'
	quit
}

@test "-t and -i have no effect; so it is under the name sendmail" {
	local bs

	for bs in '-bs -t -i' '-t -i -bs' '-ti -bs' '-bs -odb -oem' '-bp -bs -bm'; do
		# shellcheck disable=SC2086
		begin $bs
		hear '220 *'
		talk "${message[@]:0:6}" $'To: b@x.org\n\nx\n.' '250 *'
		quit
		filed alice
		recipients_are a@x.org
	done
	moved_binary
	cp -p "$CONF" "$SYSTEM_FILE"
	ln -s pinmail "$MOVED_DIR/sendmail"
	PINMAIL=$MOVED_DIR/sendmail CONF=/nonexistent
	each_way "${message[@]}"
	filed_are 11
}
