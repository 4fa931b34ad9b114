#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), -t, "Recipients" and "Several recipients".

load lib

setup() {
	untraced
	server_start
	conf_write
}

message() {
	# shellcheck disable=SC2059
	printf "$@" >"$BATS_TEST_TMPDIR/m"
}

# goes_to [OPTION ...] -- RECIPIENT ...: the file m goes to exactly these.
goes_to() {
	local args=()

	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	pinmail "${args[@]}" <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	recipients_are "$@"
}

# refuses EXIT GLOB [OPTION ...]: the file m does not go out.
refuses() {
	local want=$1 glob=$2

	shift 2
	pinmail "$@" <"$BATS_TEST_TMPDIR/m"
	failed "$want" "$glob"
	filed_are 0
}

@test "-t takes the recipients from the To, Cc and Bcc fields" {
	message 'To: a@x.org, b@x.org\nCC: c@x.org\nbcc: d@x.org\nReply-To: no@x.org\nX-To: no@x.org\n\nTo: no@x.org\n'
	goes_to -t -- a@x.org b@x.org c@x.org d@x.org
	# Several fields, folded ones, blanks before the colon.
	message 'To: a@x.org,\n\tb@x.org\nTo : c@x.org\nCc:\n d@x.org\nTo:\nBcc: e@x.org\nBcc: f@x.org,\n\n'
	goes_to -t -- a@x.org b@x.org c@x.org d@x.org e@x.org f@x.org
	# Without -t the header does not count.
	goes_to g@x.org -- g@x.org
}

@test "names, comments, quoted strings, groups and routes are understood" {
	message 'To: A <a@x.org>, "B, of; <b>" <b@x.org>, (c, d@no) c@x.org (z)\n\n'
	goes_to -t -- a@x.org b@x.org c@x.org
	message 'To: team: a@x.org, B <b@x.org>;, none:;, c@x.org\n\n'
	goes_to -t -- a@x.org b@x.org c@x.org
	message 'To: <@one.org,@two.org:a@x.org>, <b@x.org>, c @ x . org\n\n'
	goes_to -t -- a@x.org b@x.org c@x.org
	message 'To: "a b"@x.org, "c\\"d"@x.org, "plain"@x.org, e@[192.0.2.1]\n\n'
	goes_to -t -- '"a b"@x.org' '"c\"d"@x.org' plain@x.org 'e@[192.0.2.1]'
	message 'To: (nested (comment\\) x) y) a@x.org\n (folded,\n b@no)\nCc: J. R. Tolkien <j@x.org>, =?utf-8?Q?=C3=A9?= <e@x.org>, ,\n\n'
	goes_to -t -- a@x.org j@x.org e@x.org
}

@test "Resent-: the recipients of the latest block, and no others" {
	message 'Resent-From: alice@example.com\nResent-To: a@x.org\nResent-Cc: b@x.org\nResent-Bcc: c@x.org\nTo: no@x.org\nCc: no2@x.org\n\n'
	goes_to -t -- a@x.org b@x.org c@x.org
	lacks 'c@x.org' "$EML"
	grep -q '^To: no@x.org' "$EML"
	# The latest block is the first one (RFC 5322, 3.6.6).
	message 'Resent-To: a@x.org\nResent-From: alice@example.com\nReceived: x\nResent-To: no@x.org\nResent-From: no@x.org\nTo: no2@x.org\n\n'
	goes_to -t -- a@x.org
	# Two blocks with nothing between.
	message 'Resent-To: a@x.org\nResent-Date: x\nResent-From: alice@example.com\nResent-To: no@x.org\nResent-Date: y\nResent-From: no@x.org\nTo: no2@x.org\n\n'
	goes_to -t -- a@x.org
	# Other fields in front.
	message 'Subject: x\nResent-From: alice@example.com\nResent-To: a@x.org,\n b@x.org\n\n'
	goes_to -t -- a@x.org b@x.org
}

@test "a resent message without Resent- recipients has none" {
	message 'Resent-From: alice@example.com\nResent-Date: x\nTo: no@x.org\n\n'
	refuses 64 '*no recipients*' -t
	goes_to -t a@x.org -- a@x.org
}

@test "operands are recipients too, and lists of addresses" {
	message 'To: a@x.org\n\n'
	goes_to -t b@x.org -- b@x.org a@x.org
	goes_to 'b@x.org, C <c@x.org>,(x) d@x.org' 'team: e@x.org;' -- \
		b@x.org c@x.org d@x.org e@x.org
	goes_to 'a@x.org,,b@x.org,' -- a@x.org b@x.org
}

@test "a recipient that occurs twice gets one copy" {
	message 'To: a@x.org, A <a@x.org>\nCc: a@X.ORG, b@x.org\nBcc: "a"@x.org\n\n'
	goes_to -t a@x.org b@x.org -- a@x.org b@x.org
	# The local part is the receiver's business.
	message 'To: a@x.org, A@x.org\n\n'
	goes_to -t -- a@x.org A@x.org
}

@test "no recipients: 64" {
	message 'Subject: x\n\n'
	refuses 64 '*no recipients*'
	refuses 64 '*no recipients*' -t
	message 'To: undisclosed-recipients:;\nCc: , ,\nBcc:\n\n'
	refuses 64 '*no recipients*' -t
}

@test "an address that is unusable: 65" {
	local bad

	message 'Subject: x\n\n'
	for bad in 'a@' '@x.org' 'a b@x.org' 'a@x.org b@x.org' '<a@x.org' \
		'a@x.org>' 'a@b@c' '"a@x.org' '(a@x.org' 'g: a@x.org' \
		'a@x..org' 'a@.x.org' 'a@x.org.' 'a@x.org;' 'a@[x' \
		'a@x y.org' 'a@x.org <b@x.org>' '.a@' 'a@x!y' '' ' ' '<>' \
		$'\xff@x.org' 'a@x\y'; do
		refuses 65 '*' "$bad"
		refuses 65 '*' good@x.org "$bad"
	done
	for bad in 'a@' 'a b@x.org' '<a@x.org' '"a@x.org' 'g: a@x.org' 'a@b@c'; do
		message "To: good@x.org\nCc: $bad\n\n"
		refuses 65 '*Cc*' -t
	done
}

@test "control characters are refused: 65" {
	local bad

	message 'Subject: x\n\n'
	for bad in $'a@x.org\nb@x.org' $'a@x.org\r\nRCPT TO:<b@x.org>' \
		$'a@x.org\r' $'\na@x.org' $'a\tb@x.org' $'a@x.org\x7f' \
		$'"a\nb"@x.org' $'A\nB <a@x.org>'; do
		refuses 65 '*control character*' "$bad"
	done
	for bad in $'a@example.com\nX: y' $'alice@example.com\r' \
		$'alice@example.com>\r\nRCPT TO:<b@x.org'; do
		refuses 65 '*control character*' -f "$bad" a@x.org
	done
	for bad in $'A\nB' $'A\rX: y' $'A\x1b'; do
		refuses 64 '*' -F "$bad" a@x.org
	done
}

@test "nothing behind an address becomes a parameter" {
	message 'Subject: x\n\n'
	refuses 65 '*' -f 'alice@example.com> SIZE=1' a@x.org
	refuses 65 '*' 'a@x.org> NOTIFY=NEVER'
	# A quoted local part holds what it likes, inside its quotes.
	goes_to '"a> NOTIFY=NEVER <b"@x.org' -- '"a> NOTIFY=NEVER <b"@x.org'
	env_is rcptparams ''
}

@test "a recipient on this host gets nothing: 78; the others do" {
	local node who

	node=$(hostname)
	node=${node%%.*}
	conf_write 'aliases off'
	message 'Subject: x\n\n'
	for who in root root@localhost Root@LocalHost \
		root@localhost.localdomain "root@$node" "root@${node^^}" \
		'Root <root>' '"odd one"'; do
		refuses 78 '*nobody on this host gets mail*' "$who"
	done
	for who in root root@localhost "Root <Root@${node^^}>"; do
		pinmail a@x.org "$who" b@x.org <"$BATS_TEST_TMPDIR/m"
		failed 78 '*oot*: nobody*; delivered to 2 others, do not resend'
		filed alice
		recipients_are a@x.org b@x.org
	done
	message 'To: a@x.org, root\n\n'
	pinmail -t <"$BATS_TEST_TMPDIR/m"
	failed 78 '*root: nobody*; delivered to 1 other, do not resend'
	filed alice
	recipients_are a@x.org
}

@test "... unless the account owns somebody in that domain" {
	local node

	node=$(hostname)
	node=${node%%.*}
	conf_write 'senders *@localhost' "senders nobody@$node" 'aliases off'
	message 'Subject: x\n\n'
	refuses 78 '*root*' root
	goes_to root@localhost "who@$node" -- root@localhost "who@$node"
}

@test "an operand that starts with - stands behind -- or another operand" {
	message 'Subject: x\n\n'
	pinmail -- -a@x.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	recipients_are -a@x.org
	goes_to b@x.org -a@x.org -- b@x.org -a@x.org
}

@test "300 recipients in the header and 300 operands" {
	local all

	all=$(seq -f 'user%g@x.org' 300)
	{
		echo 'Subject: x'
		sed '1s/^/To: /;1!s/^/ /;$!s/$/,/' <<<"$all"
		echo
	} >"$BATS_TEST_TMPDIR/m"
	# shellcheck disable=SC2086
	goes_to -t -- $all
	env_is early 0
	message 'Subject: x\n\n'
	# shellcheck disable=SC2086
	goes_to $all -- $all
}

@test "5,000 recipients" {
	seq -f 'user%g@x.org' 5000 >"$BATS_TEST_TMPDIR/all"
	{
		sed 's/^/To: /' "$BATS_TEST_TMPDIR/all"
		echo
	} >"$BATS_TEST_TMPDIR/m"
	pinmail -t <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	diff <(sed -n 's/^rcpt=//p' "$ENV") "$BATS_TEST_TMPDIR/all"
}

@test "-N, -R and -V: delivery status notifications" {
	message 'Subject: x\n\n'
	goes_to -N success,delay -R hdrs -V abc a@x.org b@x.org -- a@x.org b@x.org
	grep -q '^mailparams=.*RET=HDRS ENVID=abc$' "$ENV"
	[ "$(grep -c '^rcptparams=NOTIFY=SUCCESS,DELAY$' "$ENV")" -eq 2 ]
	goes_to -Nnever -Rfull a@x.org -- a@x.org
	grep -q '^mailparams=.*RET=FULL$' "$ENV"
	env_is rcptparams NOTIFY=NEVER
	goes_to -N FAILURE a@x.org -- a@x.org
	env_is rcptparams NOTIFY=FAILURE
}

@test "-N, -R and -V are dropped silently if the value is none of these" {
	local n

	message 'Subject: x\n\n'
	for n in always success,always never,success '' , 'NEVER ORCPT=x' \
		$'never\r\nRSET'; do
		goes_to -N "$n" -R "$n" a@x.org -- a@x.org
		env_is rcptparams ''
		lacks '^mailparams=.*(RET|ENVID)' "$ENV"
	done
	for n in $'a\r\nb' $'caf\xc3\xa9' "$(printf '%101s' '' | tr ' ' a)"; do
		goes_to -V "$n" a@x.org -- a@x.org
		lacks '^mailparams=.*ENVID' "$ENV"
	done
}

@test "... or the server has no DSN" {
	server_start --caps PIPELINING
	conf_write 'dsn_notify failure' 'dsn_return full'
	message 'Subject: x\n\n'
	goes_to -N never -R full -V abc a@x.org -- a@x.org
	env_is mailparams ''
	env_is rcptparams ''
}

@test "-V is up to 100 printable ASCII characters, and no parameter more" {
	local v

	message 'Subject: x\n\n'
	goes_to -V 'a NOTIFY=NEVER' a@x.org -- a@x.org
	grep -q 'ENVID=a+20NOTIFY+3DNEVER$' "$ENV"
	v=$(printf '%100s' '' | tr ' ' a)
	goes_to -V "$v" a@x.org -- a@x.org
	grep -q "ENVID=$v\$" "$ENV"
}

@test "-V of 100 characters that all need to be escaped does no harm" {
	message 'Subject: x\n\n'
	goes_to -V "$(printf '%100s' '')" a@x.org -- a@x.org
}

@test "dsn_notify and dsn_return, which -N and -R override" {
	conf_write 'dsn_notify failure,delay' 'dsn_return headers'
	message 'Subject: x\n\n'
	goes_to a@x.org -- a@x.org
	env_is rcptparams NOTIFY=FAILURE,DELAY
	grep -q '^mailparams=.*RET=HDRS$' "$ENV"
	goes_to -N never -R full a@x.org -- a@x.org
	env_is rcptparams NOTIFY=NEVER
	grep -q '^mailparams=.*RET=FULL$' "$ENV"
	conf_write 'dsn_notify off' 'dsn_return off'
	goes_to a@x.org -- a@x.org
	env_is rcptparams ''
}

@test "an address that is not ASCII before the @ goes with SMTPUTF8" {
	message 'Subject: x\n\n'
	goes_to $'j\xc3\xb6rg@x.org' a@x.org -- $'j\xc3\xb6rg@x.org' a@x.org
	grep -q '^mailparams=.*SMTPUTF8' "$ENV"
	goes_to a@x.org -- a@x.org
	lacks SMTPUTF8 "$ENV"
}

@test "a domain that is not ASCII goes as A-labels" {
	"$PYTHON" -c 'import ctypes; ctypes.CDLL("libidn2.so.0")' ||
		skip "libidn2 is not installed"
	message 'Subject: x\nTo: b@\xc3\xb6.org\n\n'
	goes_to -t $'a@\xc3\xa9.org' a@x.org -- a@xn--9ca.org a@x.org \
		b@xn--nda.org
	lacks SMTPUTF8 "$ENV"
	# One that needs SMTPUTF8 stays as it is.
	goes_to $'j\xc3\xb6rg@\xc3\xa9.org' $'a@\xc3\xa9.org' -- \
		$'j\xc3\xb6rg@\xc3\xa9.org' a@xn--9ca.org
	grep -q '^mailparams=.*SMTPUTF8' "$ENV"
	# Written in either way it is the same recipient.
	goes_to $'a@\xc3\xa9.org' a@xn--9ca.org -- a@xn--9ca.org
}
