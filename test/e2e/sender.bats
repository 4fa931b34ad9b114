#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Which account is used", "Who may send" and "Sender and
# header".

load lib

setup_file() {
	FQDN=$(hostname)
	NODE=${FQDN%%.*}
	ME=$(own_name)
	export FQDN NODE ME
}

setup() {
	untraced
	server_start
}

# The display name of a From that is added, as pinmail.conf(5) has it: the
# full name in the password database, or else who and where.
own_name() {
	"$PYTHON" - "$NODE" <<-'END'
	import os, pwd, re, sys
	try:
	    p = pwd.getpwuid(os.geteuid())
	    login = p.pw_name
	    name = p.pw_gecos.split(',')[0]
	    name = name.replace('&', login[:1].upper() + login[1:])
	except KeyError:
	    login = name = str(os.geteuid())
	if name in ('', login):
	    name = login + '@' + sys.argv[1]
	plain = re.fullmatch(r"[\w!#$%&'*+/=?^`{|}~ -]+", name, re.A)
	print(name if plain else '"%s"' % name)
	END
}

# conf LINE ...: several accounts, each with the server's settings from
# defaults.
conf() {
	CONF=$BATS_TEST_TMPDIR/conf
	ours "$CONF" defaults 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'syslog off' "$@"
}

two_accounts=(
	'account one' 'user alice' 'password wonder1and' 'from alice@one.org'
	'account two' 'user bob' 'password builder' 'from bob@two.org'
	'senders *@shop.two.org' 'senders team?@two.org'
)

message() {
	# shellcheck disable=SC2059
	printf "$@" >"$BATS_TEST_TMPDIR/m"
}

# sends LOGIN ENVELOPE-SENDER [OPTION ...]: the file m, to one recipient.
sends() {
	local login=$1 sender=$2

	shift 2
	pinmail "$@" x@example.net <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed "$login"
	env_is from "$sender"
}

# refuses EXIT GLOB [OPTION ...]
refuses() {
	local want=$1 glob=$2

	shift 2
	pinmail "$@" x@example.net <"$BATS_TEST_TMPDIR/m"
	failed "$want" "$glob"
	filed_are 0
}

from_is() {
	[ "$(field From)" = "$1" ] || { grep -i '^From' "$EML"; return 1; }
}

# --- Which account is used ---

@test "-a names the account" {
	conf "${two_accounts[@]}" 'account default : one'
	message 'Subject: x\n\n'
	sends bob bob@two.org -a two
	from_is "$ME <bob@two.org>"
	sends bob bob@two.org -atwo
	before=$(count_filed)
	pinmail -a three x@example.net <"$BATS_TEST_TMPDIR/m"
	failed 78 '*no account three*'
	# Names are what they are: upper and lower case are not the same.
	pinmail -a TWO x@example.net <"$BATS_TEST_TMPDIR/m"
	failed 78 '*TWO*'
	filed_are "$before"
	# It chooses; it does not let anybody in.
	pinmail -a two -f alice@one.org x@example.net <"$BATS_TEST_TMPDIR/m"
	failed 77
	filed_are "$before"
}

@test "the first account that owns the envelope sender given with -f" {
	conf "${two_accounts[@]}" 'account default : one'
	message 'Subject: x\n\n'
	sends bob bob@two.org -f bob@two.org
	sends bob Team7@two.org -f Team7@two.org
	sends bob any@shop.two.org -f 'Shop <any@shop.two.org>'
	# It is asked before From.
	message 'From: bob@two.org\n\n'
	before=$(count_filed)
	pinmail -f alice@one.org x@example.net <"$BATS_TEST_TMPDIR/m"
	failed 77 '*bob@two.org*'
	filed_are "$before"
}

@test "the first account that owns the first address in the From field" {
	conf "${two_accounts[@]}" 'account default : one'
	message 'From: Bob <bob@two.org>\n\n'
	sends bob bob@two.org
	message 'From: who@shop.two.org, bob@two.org\n\n'
	sends bob who@shop.two.org
	# A local -f names none, so From is asked.
	message 'From: Bob <bob@two.org>\n\n'
	sends bob bob@two.org -f root
}

@test "the account default, else the only account" {
	conf "${two_accounts[@]}" 'account default : two'
	message 'Subject: x\n\n'
	sends bob bob@two.org
	conf "${two_accounts[@]:0:4}"
	sends alice alice@one.org
}

@test "if none of these names an account, nothing is sent" {
	conf "${two_accounts[@]}"
	message 'Subject: x\n\n'
	refuses 78 '*-a*'
	# A local sender names none.
	message 'From: root\n\n'
	refuses 78 '*'
	refuses 78 '*' -f root
	message 'From: alice@one.org\n\n'
	sends alice alice@one.org
}

@test "the first account that matches is taken, in the order of the file" {
	conf 'account one' 'user alice' 'password wonder1and' \
		'from alice@one.org' 'senders *@shared.org' \
		'account two' 'user bob' 'password builder' \
		'from bob@shared.org'
	message 'From: bob@shared.org\n\n'
	sends alice bob@shared.org
}

# --- Who may send ---

@test "the envelope sender must be owned: 77" {
	local who

	conf "${two_accounts[@]:0:4}"
	message 'Subject: x\n\n'
	for who in bob@two.org alice@two.org al@one.org alice@one.org.evil \
		xalice@one.org '"alice@one.org"@evil' alice@sub.one.org; do
		refuses 77 '*does not belong to account one*' -f "$who"
	done
}

@test "each address in From must be owned: 77" {
	local who

	conf "${two_accounts[@]:0:4}"
	for who in bob@two.org 'alice@one.org, bob@two.org' \
		'bob@two.org, alice@one.org' 'g: alice@one.org, bob@two.org;' \
		'"alice@one.org" <bob@two.org>' \
		'(alice@one.org) bob@two.org' '<@one.org:bob@two.org>' \
		'alice@one.org,\n bob@two.org'; do
		message "From: $who\n\n"
		refuses 77 '*bob@two.org*'
		refuses 77 '*bob@two.org*' -f alice@one.org
	done
	# The line says what to do.
	[[ $err == *'send as alice@one.org'*'senders bob@two.org'* ]]
}

@test "upper and lower case are the same; detail is ignored; globs" {
	conf 'account one' 'user alice' 'password wonder1and' \
		'from Alice@One.org' 'senders *@shop.one.org' \
		'senders b?b@one.org' 'senders exact+tag@one.org' 'senders a*c@one.org'
	message 'Subject: x\n\n'
	sends alice ALICE@ONE.ORG -f ALICE@ONE.ORG
	sends alice alice+lists@one.org -f alice+lists@one.org
	sends alice alice+a+b@one.org -f alice+a+b@one.org
	sends alice any.body@SHOP.one.org -f any.body@SHOP.one.org
	sends alice bob+x@one.org -f bob+x@one.org
	sends alice exact+tag@one.org -f exact+tag@one.org
	sends alice abc@one.org -f abc@one.org
}

@test "... but no further than that" {
	local who

	conf 'account one' 'user alice' 'password wonder1and' \
		'from alice@one.org' 'senders *@shop.one.org' \
		'senders b?b@one.org' 'senders exact+tag@one.org' 'senders a*c@one.org'
	message 'Subject: x\n\n'
	for who in shop.one.org@evil '"x@shop.one.org"@evil' \
		'"x@evil"@shop.one' x@evil.shop.one.org bb@one.org \
		boob@one.org exact@one.org exact+other@one.org \
		ab@one.org 'x+alice@one.org' '"a@evil.c"@one.or' \
		x@shop.one.org.evil; do
		refuses 77 '*' -f "$who"
	done
	# * does not cross an @, not even one in quotes.
	refuses 77 '*' -f '"x@y"@shop.one.org'
	refuses 77 '*' -f '"a@c"@one.org'
}

@test "without -f the envelope sender is From's if owned, else from" {
	conf "${two_accounts[@]}" 'account default : one'
	message 'From: any@shop.two.org\n\n'
	sends bob any@shop.two.org
	message 'Subject: x\n\n'
	sends alice alice@one.org
	message 'From: root\n\n'
	sends alice alice@one.org
}

@test "a second From field, or one that cannot be understood: 65" {
	local who

	conf "${two_accounts[@]:0:4}"
	message 'From: alice@one.org\nFrom: alice@one.org\n\n'
	refuses 65 '*more than one From*'
	message 'From: alice@one.org\nSubject: x\nfrom : bob@two.org\n\n'
	refuses 65 '*more than one From*'
	message 'From: bob@two.org\nFROM:\talice@one.org\n\n'
	refuses 65 '*more than one From*'
	for who in '' ' ' 'a b c' 'alice@' '<alice@one.org' 'x:;' \
		'alice@one.org bob@two.org' '"alice@one.org' \
		'alice@one.org <bob@two.org>'; do
		message "From: $who\n\n"
		refuses 65 '*From*'
	done
	message 'Subject: x\n\n'
	for who in 'a b' 'alice@' '<alice@one.org' 'alice@one.org,bob@two.org' \
		'alice@one.org alice@one.org'; do
		refuses 65 '*' -f "$who"
	done
}

@test "the null sender needs a From field that the account owns" {
	local null

	conf "${two_accounts[@]:0:4}"
	message 'Subject: x\n\n'
	for null in '' '<>'; do
		sends alice '' -f "$null"
		from_is "$ME <alice@one.org>"
		[[ $(field Message-ID) == *@one.org\> ]]
	done
	message 'From: A <alice+x@one.org>\n\n'
	sends alice '' -f ''
	from_is 'A <alice+x@one.org>'
	message 'From: bob@two.org\n\n'
	rm -r "$DIR/mail"
	refuses 77 '*' -f ''
	refuses 77 '*' -f '<>'
}

@test "a local sender becomes the account's from, in envelope and header" {
	local who

	conf "${two_accounts[@]:0:4}"
	message 'Subject: x\n\n'
	for who in root root@localhost root@LOCALHOST "root@$NODE" \
		root@localhost.localdomain "root@$FQDN" 'Root <root>'; do
		sends alice alice@one.org -f "$who"
		case $who in
		Root*) from_is "\"root@$NODE (Root)\" <alice@one.org>" ;;
		*) from_is "\"root@$NODE\" <alice@one.org>" ;;
		esac
	done
	# The display name keeps who and where the sender was.
	message 'From: root (Cron Daemon)\n\n'
	sends alice alice@one.org
	from_is "\"root@$NODE (Cron Daemon)\" <alice@one.org>"
	message 'From: "(Cron Daemon)" <root>\n\n'
	sends alice alice@one.org -f root
	from_is "\"root@$NODE (Cron Daemon)\" <alice@one.org>"
	for who in root root@localhost "root@$NODE" '<root>' 'root <root>'; do
		message "From: $who\n\n"
		sends alice alice@one.org
		from_is "\"root@$NODE\" <alice@one.org>"
	done
	message 'From: "A \\"B\\", C" <www-data@localhost>\n\n'
	sends alice alice@one.org
	from_is "\"www-data@$NODE (A \\\"B\\\", C)\" <alice@one.org>"
	[ "$(field Reply-To)" = '' ]
}

@test "local and owned ones may stand side by side in From" {
	conf "${two_accounts[@]:0:4}"
	message 'From: Alice <alice@one.org>, root\n\n'
	sends alice alice@one.org
	from_is "Alice <alice@one.org>, \"root@$NODE\" <alice@one.org>"
}

@test "a domain in which the account owns somebody is not local" {
	conf 'account one' 'user alice' 'password wonder1and' \
		"from alice@$NODE"
	message 'Subject: x\n\n'
	refuses 77 '*' -f "root@$NODE"
	message "From: root@$NODE\n\n"
	refuses 77 '*'
	message "From: root\n\n"
	sends alice "alice@$NODE"
}

@test "foreign_from rewrite: from takes its place, Reply-To has the old one" {
	conf "${two_accounts[@]:0:4}" 'foreign_from rewrite'
	message 'From: Bob B <bob@two.org>\nSubject: x\n\n'
	sends alice alice@one.org
	from_is 'Bob B <alice@one.org>'
	[ "$(field Reply-To)" = 'Bob B <bob@two.org>' ]
	message 'From: bob@two.org\nReply-To: list@two.org\n\n'
	sends alice alice@one.org -f bob@two.org
	from_is 'alice@one.org'
	[ "$(field Reply-To)" = 'list@two.org' ]
	# The envelope alone, and the header alone.
	message 'From: Alice <alice@one.org>\n\n'
	sends alice alice@one.org -f bob@two.org
	from_is 'Alice <alice@one.org>'
	[ "$(field Reply-To)" = '' ]
	message 'From: alice@one.org, B <bob@two.org>, root\n\n'
	sends alice alice@one.org
	from_is "alice@one.org, B <alice@one.org>, \"root@$NODE\" <alice@one.org>"
	[ "$(field Reply-To)" = 'B <bob@two.org>' ]
	# No byte of an encoded name is lost.
	message 'From: =?utf-8?Q?B=C3=B6b?= <bob@two.org>\n\n'
	sends alice alice@one.org
	from_is '=?utf-8?Q?B=C3=B6b?= <alice@one.org>'
}

@test "a resent message is judged by its latest Resent-From" {
	conf "${two_accounts[@]:0:4}"
	message 'Resent-From: alice@one.org\nResent-To: x@example.net\nFrom: bob@two.org\n\n'
	sends alice alice@one.org
	from_is bob@two.org
	[ "$(field Resent-From)" = alice@one.org ]
	# Only the latest block counts.
	message 'Resent-From: alice@one.org\nResent-To: x@y\nReceived: z\nResent-From: bob@two.org\nResent-To: y@z\nFrom: bob@two.org\n\n'
	sends alice alice@one.org
	rm -r "$DIR/mail"
	message 'Resent-From: bob@two.org\nResent-To: x@y\nReceived: z\nResent-From: alice@one.org\nResent-To: y@z\nFrom: alice@one.org\n\n'
	refuses 77 '*bob@two.org*'
	message 'Resent-From: bob@two.org\nResent-To: x@example.net\nFrom: alice@one.org\n\n'
	refuses 77 '*Resent-From*bob@two.org*'
	# Without one in the latest block it is From that counts.
	message 'Resent-To: x@example.net\nResent-Date: x\nFrom: bob@two.org\n\n'
	refuses 77 '*From*bob@two.org*'
	message 'Resent-To: x@y\nReceived: z\nResent-From: alice@one.org\nFrom: bob@two.org\n\n'
	refuses 77 '*From*bob@two.org*'
}

@test "set_from_header on does not let a foreign Resent-From through" {
	conf "${two_accounts[@]:0:4}" 'set_from_header on'
	message 'Resent-From: bob@two.org\nResent-To: x@example.net\nFrom: bob@two.org\n\n'
	refuses 77 '*bob@two.org*'
}

@test "a local Resent-From becomes the account's, and From stays" {
	conf "${two_accounts[@]:0:4}"
	message 'Resent-From: root (R)\nResent-To: x@example.net\nFrom: bob@two.org\n\n'
	sends alice alice@one.org
	[ "$(field Resent-From)" = "\"root@$NODE (R)\" <alice@one.org>" ]
	from_is bob@two.org
}

# --- Sender and header ---

@test "from: %U is the name of the user in the password database" {
	conf 'account one' 'user alice' 'password wonder1and' \
		'from %U@%H.example.com'
	message 'Subject: x\n\n'
	sends alice "$(id -un)@$FQDN.example.com"
}

@test "allow_from_override off: -f chooses, but the sender is from" {
	conf "${two_accounts[@]}" 'allow_from_override off' \
		'account default : one'
	message 'Subject: x\n\n'
	sends bob bob@two.org -f any@shop.two.org
	from_is "$ME <bob@two.org>"
	conf "${two_accounts[@]:0:4}" 'allow_from_override off'
	sends alice alice@one.org -f alice+x@one.org
	from_is "$ME <alice@one.org>"
}

@test "set_from_header auto, on and off" {
	conf "${two_accounts[@]:0:4}" 'set_from_header on'
	message 'From: "A. L." <alice@one.org>\n\n'
	sends alice alice@one.org
	from_is alice@one.org
	sends alice alice+x@one.org -f alice+x@one.org -F 'Al'
	from_is 'Al <alice+x@one.org>'
	message 'From: bob@two.org\n\n'
	sends alice alice@one.org
	from_is alice@one.org
	conf "${two_accounts[@]:0:4}" 'set_from_header off'
	message 'Subject: x\n\n'
	sends alice alice@one.org
	from_is ''
	message 'From: "A. L." <alice@one.org>\n\n'
	sends alice alice@one.org
	from_is '"A. L." <alice@one.org>'
	rm -r "$DIR/mail"
	message 'From: bob@two.org\n\n'
	refuses 77 '*'
	conf "${two_accounts[@]:0:4}" 'add_missing_from_header off'
	message 'Subject: x\n\n'
	sends alice alice@one.org
	from_is ''
}

@test "set_from_header on does not let a second From field through" {
	conf "${two_accounts[@]:0:4}" 'set_from_header on'
	message 'From: alice@one.org\nFrom: bob@two.org\n\n'
	refuses 65 '*more than one From*'
}

@test "from_full_name, and -F, which overrides it" {
	conf "${two_accounts[@]:0:4}" 'from_full_name Alice L.'
	message 'Subject: x\n\n'
	sends alice alice@one.org
	from_is '"Alice L." <alice@one.org>'
	sends alice alice@one.org -F 'Bob the Builder'
	from_is 'Bob the Builder <alice@one.org>'
	sends alice alice@one.org -F ''
	from_is alice@one.org
	# Only a From field that pinmail adds.
	message 'From: A <alice@one.org>\n\n'
	sends alice alice@one.org -F 'Bob the Builder'
	from_is 'A <alice@one.org>'
}

@test "-F is encoded as RFC 2047 says where needed" {
	local name

	conf "${two_accounts[@]:0:4}"
	message 'Subject: x\n\n'
	for name in 'Jörg' 'a, b' 'a"b\c' '<x@y>' \
		'ein sehr langer Name mit vielen Zeichen, Ärger und Größe: ääääääääääääääääääääääääääää' \
		'日本語の名前は長くてもよいです、そうでしょうね、きっと' '=?utf-8?q?x?='; do
		sends alice alice@one.org -F "$name"
		"$PYTHON" - "$EML" "$name" <<-'END'
		import email.header, email.utils, email.policy, sys
		raw = open(sys.argv[1], 'rb').read().split(b'\r\n\r\n')[0]
		assert max(map(ord, raw.decode('latin-1'))) < 127, raw
		# RFC 2047, 2: a line with an encoded word has 76 at most.
		assert max(map(len, raw.split(b'\r\n'))) <= 76, raw
		m = email.message_from_bytes(raw + b'\r\n\r\n')
		name, address = email.utils.parseaddr(m['From'])
		got = str(email.header.make_header(
		    email.header.decode_header(name.replace('\r\n', ''))))
		if sys.argv[2].startswith('=?'):
		    got = name
		assert address == 'alice@one.org', m['From']
		assert got == sys.argv[2], (m['From'], got)
		END
	done
	# What is not UTF-8 is kept too.
	sends alice alice@one.org -F $'J\xf6rg'
	from_is '=?unknown-8bit?B?SvZyZw==?= <alice@one.org>'
}

@test "a field that is covered by a DKIM-Signature is never changed: 65" {
	local sig='DKIM-Signature: v=1; a=rsa-sha256; d=one.org;\n h=From:To:\n\tSubject : Date; bh=x; b=y\n'

	conf "${two_accounts[@]:0:4}" 'foreign_from rewrite'
	message "${sig}From: bob@two.org\nDate: x\nMessage-ID: <a@b>\n\n"
	refuses 65 '*DKIM*From*'
	message "${sig}From: root\nDate: x\nMessage-ID: <a@b>\n\n"
	refuses 65 '*DKIM*From*'
	# Never added.
	message "${sig}From: alice@one.org\nMessage-ID: <a@b>\n\n"
	refuses 65 '*DKIM*Date*'
	message "${sig}Date: x\nMessage-ID: <a@b>\n\n"
	refuses 65 '*DKIM*From*'
	# Never taken out.
	message "${sig/Date/Bcc}From: alice@one.org\nBcc: x@y\n\n"
	refuses 65 '*DKIM*Bcc*'
	# What need not be changed arrives as it is, signature and all.
	message "${sig}From: alice@one.org\nDate: x\nMessage-ID: <a@b>\n\nb\n"
	sends alice alice@one.org
	diff <(tr -d '\r' <"$EML") "$BATS_TEST_TMPDIR/m"
	# What is not signed may be.
	message "${sig/From:/}From: bob@two.org\nDate: x\n\nb\n"
	sends alice alice@one.org
	from_is alice@one.org
	# Any one of several signatures counts; h= in another tag does not.
	rm -r "$DIR/mail"
	message "DKIM-Signature: h=To; b=z\n${sig}From: bob@two.org\nDate: x\n\n"
	refuses 65 '*DKIM*From*'
	message "dkim-signature : v=1; bh=h=From; x=a; h=To; b=h=From\nFrom: bob@two.org\n\n"
	sends alice alice@one.org
}

@test "set_date_header off" {
	conf "${two_accounts[@]:0:4}" 'set_date_header off'
	message 'Subject: x\n\n'
	sends alice alice@one.org
	[ "$(field Date)" = '' ]
	conf "${two_accounts[@]:0:4}" 'add_missing_date_header off'
	sends alice alice@one.org
	[ "$(field Date)" = '' ]
}

@test "set_to_header on: one To field in place of all To and Cc fields" {
	conf "${two_accounts[@]:0:4}" 'set_to_header on'
	message 'To: A <a@y.org>,\n b@y.org\nTo: c@y.org\nCc: d@y.org\nBcc: e@y.org\n\n'
	sends alice alice@one.org -t
	[ "$(field To)" = 'x@example.net, a@y.org, b@y.org, c@y.org, d@y.org' ]
	[ "$(field Cc)" = '' ]
	[ "$(grep -ci '^To' "$EML")" -eq 1 ]
	lacks 'e@y.org' "$EML"
	# Without -t the header names nobody.
	sends alice alice@one.org
	[ "$(field To)" = x@example.net ]
	# If none are left, as below.
	message 'Bcc: e@y.org\n\n'
	pinmail -t <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	[ "$(field To)" = 'undisclosed-recipients:;' ]
}

@test "set_to_header undisclosed_recipients, and its old name" {
	local line

	message 'To: a@y.org\nto : b@y.org\nCc: d@y.org\n\n'
	for line in 'set_to_header undisclosed_recipients' \
		undisclosed_recipients 'undisclosed_recipients on'; do
		conf "${two_accounts[@]:0:4}" "$line"
		sends alice alice@one.org -t
		[ "$(field To)" = 'undisclosed-recipients:;' ]
		[ "$(field Cc)" = '' ]
		lacks '@y.org' "$EML"
		[ "$(grep -c '^rcpt=' "$ENV")" -eq 4 ]
	done
	conf "${two_accounts[@]:0:4}" 'set_to_header off'
	sends alice alice@one.org -t
	[ "$(field To)" = a@y.org ]
}

@test "identity_header: the account's name, in place of any that there is" {
	conf "${two_accounts[@]:0:4}" 'identity_header X-Sent-By'
	message 'X-Sent-By: forged\nSubject: x\nx-sent-by : forged\nX-Sent-By:\n forged\nX-Sent-By-Me: stays\n\n'
	sends alice alice@one.org
	[ "$(field X-Sent-By)" = one ]
	lacks forged "$EML"
	[ "$(field X-Sent-By-Me)" = stays ]
	message 'Subject: x\n\n'
	sends alice alice@one.org
	[ "$(field X-Sent-By)" = one ]
	conf "${two_accounts[@]:0:4}" 'identity_header off'
	message 'X-Sent-By: stays\n\n'
	sends alice alice@one.org
	[ "$(field X-Sent-By)" = stays ]
	message 'DKIM-Signature: h=X-Sent-By; b=x\nX-Sent-By: forged\n\n'
	conf "${two_accounts[@]:0:4}" 'identity_header X-Sent-By'
	rm -r "$DIR/mail"
	refuses 65 '*DKIM*X-Sent-By*'
}

@test "domain: the name in EHLO once the server has proved its key" {
	conf "${two_accounts[@]:0:4}" 'domain web7.example.net'
	message 'Subject: x\n\n'
	sends alice alice@one.org
	env_is helo web7.example.net
	conf "${two_accounts[@]:0:4}" 'domain %H.example.net'
	sends alice alice@one.org
	env_is helo "$FQDN.example.net"
	conf "${two_accounts[@]:0:4}" 'domain %C.%M'
	sends alice alice@one.org
	env_is helo "$FQDN.$(awk 'NR == 1 { print $1 }' /etc/mailname \
		2>/dev/null | grep . || echo "$FQDN")"
	# The default is the domain of the envelope sender, or that of from.
	conf "${two_accounts[@]}"
	sends bob x@shop.two.org -f x@shop.two.org
	env_is helo shop.two.org
	message 'From: bob@two.org\n\n'
	sends bob '' -f ''
	env_is helo two.org
}
