#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Local people", and what pinmail(1) says of them.

load lib

setup_file() {
	NODE=$(hostname)
	export NODE=${NODE%%.*}
}

setup() {
	untraced
	server_start
	ALIASES=$BATS_TEST_TMPDIR/aliases
	message 'Subject: x\n\n'
}

message() {
	# shellcheck disable=SC2059
	printf "$@" >"$BATS_TEST_TMPDIR/m"
}

# aliases LINE ...: the file, in the configuration.
aliases() {
	printf '%s\n' "$@" >"$ALIASES"
	chmod 644 "$ALIASES"
	conf_write "aliases $ALIASES"
}

setting() {
	printf '%s\n' "$@" >>"$CONF"
}

# send [OPTION ...]: the file m.
send() {
	pinmail "$@" <"$BATS_TEST_TMPDIR/m"
}

# are_for RECIPIENT ...: the newest message is.
are_for() {
	filed alice
	recipients_are "$@"
}

# goes_to [OPTION ...] -- RECIPIENT ...: the file m goes to exactly these.
goes_to() {
	local args=()

	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	send "${args[@]}"
	succeeded
	are_for "$@"
}

# refuses EXIT GLOB [OPTION ...]: nothing was filed by it.
refuses() {
	local want=$1 glob=$2 before

	shift 2
	before=$(count_filed)
	send "$@"
	failed "$want" "$glob"
	filed_are "$before"
}

field_is() {
	[ "$(field "$1")" = "$2" ] || { grep -i -A3 "^$1" "$EML"; return 1; }
}

# A host with a name and an /etc of its own, for what at_host runs.
host_begin() {
	need_root
	need unshare
	unshare --mount --uts true 2>/dev/null || skip "no namespaces here"
	ETC=$BATS_TEST_TMPDIR/etc
	mkdir "$ETC"
	echo 'passwd: files' >"$ETC/nsswitch.conf"
	printf '%s\n' "root:x:0:0:${GECOS-}:/root:/bin/sh" >"$ETC/passwd"
	[ ! -e /etc/ld.so.cache ] || cp /etc/ld.so.cache "$ETC"
}

# at_host NAME COMMAND ...
at_host() {
	# shellcheck disable=SC2016
	unshare --mount --uts sh -c 'mount --bind "$1" /etc &&
		hostname "$2" && shift 2 && exec "$@"' sh "$ETC" "$@"
}

# send_at NAME [OPTION ...]: the file m, from that host.
send_at() {
	local name=$1

	shift
	run_as_is at_host "$name" "$PINMAIL" -C "$CONF" "$@" \
		<"$BATS_TEST_TMPDIR/m"
}

# --- Who is local ---

@test "local: no domain, localhost, this host's name, local_domains" {
	local who

	aliases 'root: admin@x.org'
	setting 'local_domains lan, Intern.Example home' 'local_domains more.lan'
	for who in root ROOT root@localhost root@LocalHost \
		root@localhost.localdomain "root@$NODE" "root@${NODE^^}" \
		root@lan root@LAN root@intern.example root@home \
		root@more.lan 'Root <root>' '"root"' '"root"@localhost'; do
		goes_to "$who" -- admin@x.org
	done
	for who in root@localhost.org root@x.localhost root@x.lan \
		"root@$NODE.org" "root@x.$NODE" root@localdomain \
		root@127.0.0.1 'root@[127.0.0.1]'; do
		goes_to "$who" -- "$who"
	done
	# Senders, too.
	goes_to -f root@home x@x.org -- x@x.org
	env_is from alice@example.com
	message 'From: www@Intern.example\n\n'
	goes_to x@x.org -- x@x.org
	[[ $(field From) == '"www@'*'" <alice@example.com>' ]]
	message 'From: www@x.lan\n\n'
	refuses 77 '*www@x.lan*' x@x.org
}

@test "an account's own local_domains replace the inherited ones" {
	aliases 'root: admin@x.org'
	sed -i -e '1s/.*/defaults/' -e '$a local_domains lan' \
		-e '$a account one' "$CONF"
	goes_to root@lan -- admin@x.org
	setting 'local_domains other'
	goes_to root@lan root@other -- root@lan admin@x.org
}

@test "nobody is local in a domain in which the account owns somebody" {
	aliases 'root: admin@x.org' 'default: admin@x.org'
	setting 'local_domains example.com example.net' \
		'senders *@example.net'
	goes_to root@example.com root@EXAMPLE.net -- \
		root@example.com root@EXAMPLE.net
	refuses 77 '*root@example.com*' -f root@example.com x@y.org
}

@test "at the full name: a sender is local, a recipient if an alias says so" {
	host_begin
	aliases 'root: admin@x.org' 'default: rest@x.org' \
		'bob: bob@web1.example.net, b@x.org' 'carl: root@web1.example.net'
	setting 'local_to last@x.org'
	message 'From: root@web1.example.net\nTo: root@WEB1.example.net,\n www@web1.example.net\n\n'
	send_at web1.example.net -t www@web1 carl bob@web1.example.net
	succeeded
	are_for rest@x.org admin@x.org bob@web1.example.net b@x.org \
		www@web1.example.net
	env_is from alice@example.com
	field_is From '"root@web1" <alice@example.com>'
	field_is To 'admin@x.org, www@web1.example.net'
	send_at web1.example.net root@web1.example.net
	succeeded
	are_for admin@x.org
	# From elsewhere it is an address like any other.
	refuses 77 '*root@web1.example.net*' -t
	message 'Subject: x\n\n'
	goes_to root@web1.example.net -- root@web1.example.net
}

# --- aliases(5) ---

@test "its own name in a list is not looked up, however it is written" {
	aliases 'a: A@localhost, a@x.org' 'b: "\B"' "c: :include:$ALIASES.c" \
		"d: e@x.org, D@$NODE" 'default: no@x.org'
	echo 'c, c@x.org' >"$ALIASES.c"
	chmod 644 "$ALIASES.c"
	setting 'local_to last@x.org'
	goes_to a -- last@x.org a@x.org
	goes_to b -- last@x.org
	goes_to c -- last@x.org c@x.org
	goes_to d -- e@x.org last@x.org
	sed -i '/^local_to/d' "$CONF"
	send a
	failed 78 '*a: nobody*; delivered to 1 other, do not resend'
	are_for a@x.org
}

@test "where all is discarded there is nothing to say to the server" {
	aliases 'a: /dev/null' 'b: a, b@x.org' 'c: "/dev/null"' 'default: c'
	goes_to x@x.org a b -- x@x.org b@x.org
	sed -i 's/^port .*/port 1/' "$CONF"
	rm "$LOG"
	send a c www-data
	succeeded
	filed_are 1
	grep -q ' status=sent exit=0' "$LOG"
	lacks ' (address|tls|error)=' "$LOG"
}

@test "a list with a fault goes to those in it who can be reached" {
	aliases 'cmd: |cat, a@x.org' 'bad: a b@x.org, b@x.org, c@x.org' \
		'loop: loop2, d@x.org' 'loop2: loop' 'empty:' \
		"gone: :include:/nonexistent/list, g@x.org"
	send cmd bad loop gone
	failed 78 "*cmd: $ALIASES:1: *; bad: $ALIASES:2: *; loop: $ALIASES:*; gone: $ALIASES:6: *; delivered to 5 others, do not resend"
	are_for a@x.org b@x.org c@x.org d@x.org g@x.org
	refuses 78 "*empty: $ALIASES:5: *" empty
	lacks resend "$BATS_TEST_TMPDIR/err"
}

@test "nothing in the file becomes a command to the server" {
	printf 'a: a@x.org\r b@x.org\nb: "x\rRCPT TO:<c@x.org>"@x.org\nc: a>\001<b@x.org\nd: \303\251@x.org\n' \
		>"$ALIASES"
	chmod 644 "$ALIASES"
	conf_write "aliases $ALIASES"
	refuses 78 '*a: *' a
	# In quotes a local part may hold much.
	goes_to b -- '"xRCPT TO:<c@x.org>"@x.org'
	refuses 78 '*c: *' c
	goes_to d -- $'\303\251@x.org'
	grep -q '^mailparams=.*SMTPUTF8' "$ENV"
	printf 'a: a@x.org\0\nb: b@x.org\n' >"$ALIASES"
	refuses 78 "*$ALIASES*NUL*" b
}

@test "the file is read only for local people, and only they miss it" {
	local what

	for what in 'chmod 664' 'chmod 646' rm mkdir; do
		aliases 'root: admin@x.org'
		setting 'local_to last@x.org'
		case $what in
		rm) rm "$ALIASES" ;;
		mkdir)
			rm "$ALIASES"
			mkdir "$ALIASES"
			;;
		*) $what "$ALIASES" ;;
		esac
		refuses 78 "*root: $ALIASES*" root
		send root b@x.org
		failed 78 "*root: $ALIASES*; delivered to 1 other*"
		are_for b@x.org
		goes_to b@x.org -- b@x.org
		[ ! -d "$ALIASES" ] || rmdir "$ALIASES"
	done
}

@test "/etc/aliases is the default, and may be missing; off: nowhere" {
	host_begin
	conf_write
	send_at web1 root
	failed 78 '*root: nobody on this host gets mail; write "root: you@example.com" into /etc/aliases, or local_to into pinmail.conf'
	setting 'local_to last@x.org'
	send_at web1 root
	succeeded
	are_for last@x.org
	echo 'root: admin@x.org' >"$ETC/aliases"
	chmod 644 "$ETC/aliases"
	send_at web1 root
	succeeded
	are_for admin@x.org
	setting 'aliases off'
	send_at web1 root
	succeeded
	are_for last@x.org
	# One that is named must exist.
	setting "aliases $BATS_TEST_TMPDIR/none"
	send_at web1 root
	failed 78 "*$BATS_TEST_TMPDIR/none*"
}

@test "local_to: whom aliases has no address for" {
	conf_write 'aliases off' 'local_to Admin@x.org'
	goes_to root bob@localhost a@x.org root -- Admin@x.org a@x.org
	conf_write 'aliases off' 'local_to %U@x.org'
	goes_to root -- "$(id -un)@x.org"
	conf_write 'aliases off' 'local_to %H@x.org'
	goes_to root -- "$(hostname)@x.org"
	conf_write 'aliases off' 'local_to a@x.org' 'local_to off'
	refuses 78 '*nobody*' root
	# It must lead away from here.
	for who in root root@localhost "root@$NODE"; do
		conf_write 'aliases off' "local_to $who"
		send root
		failed 78 '*local_to*'
	done
}

# --- The envelope ---

@test "the same person through two aliases gets one copy" {
	aliases 'a: x@x.org, y@x.org' 'b: y@X.ORG, x@x.org' 'c: a, b'
	setting 'local_to y@x.org'
	goes_to a b c who y@x.org -- x@x.org y@x.org
}

@test "-N, -R and -V go along" {
	aliases 'a: x@x.org, y@x.org' 'b: y@x.org' 'n: /dev/null'
	goes_to -N success,delay -R hdrs -V id a b n -- x@x.org y@x.org
	[ "$(grep -c '^rcptparams=NOTIFY=SUCCESS,DELAY$' "$ENV")" -eq 2 ]
	grep -q '^mailparams=.*RET=HDRS ENVID=id$' "$ENV"
	setting 'dsn_notify never'
	goes_to a -- x@x.org y@x.org
	[ "$(grep -c '^rcptparams=NOTIFY=NEVER$' "$ENV")" -eq 2 ]
}

@test "5,000 local recipients, and as many aliases" {
	seq -f 'name%g' 5000 >"$BATS_TEST_TMPDIR/names"
	aliases '# none'
	sed 's/.*/&: &@x.org/' "$BATS_TEST_TMPDIR/names" >>"$ALIASES"
	{
		sed 's/^/To: /' "$BATS_TEST_TMPDIR/names"
		echo
	} >"$BATS_TEST_TMPDIR/m"
	send -t
	succeeded
	filed alice
	sed 's/$/@x.org/' "$BATS_TEST_TMPDIR/names" >"$BATS_TEST_TMPDIR/all"
	diff <(sed -n 's/^rcpt=//p' "$ENV") "$BATS_TEST_TMPDIR/all"
	diff <(field To) "$BATS_TEST_TMPDIR/all"
}

@test "some are local and fail, some are taken, some refused" {
	server_start --refuse 'bad@x.org=550 5.1.1 No such user' \
		--refuse 'later@x.org=451 4.2.1 Later'
	aliases 'cmd: |true' 'gone: bad@x.org' 'slow: later@x.org' 'ok: ok@x.org' \
		'null: /dev/null'
	send ok cmd gone null a@x.org
	failed 67 '*cmd: *; refused: bad@x.org (550 *); delivered to 2 others, do not resend'
	are_for ok@x.org a@x.org
	send ok cmd slow
	failed 75 '*cmd: *; not taken now: later@x.org (451 *); delivered to 1 other, do not resend'
	send ok cmd who
	failed 78 '*cmd: *; who: nobody*; delivered to 1 other, do not resend'
	refuses 67 '*cmd: *; refused: bad@x.org*' cmd gone
	lacks deliver "$BATS_TEST_TMPDIR/err"
	refuses 75 '*cmd: *; not taken now: later@x.org*' cmd slow
	# What happens to all happens to them.
	grep -q 'status=config exit=78 error=".*cmd: ' "$LOG"
	server_start --refuse 'CONTENT=554 5.6.0 Not that'
	conf_write "aliases $ALIASES"
	refuses 69 '*cmd: *; *554*' cmd ok
	sed -i 's/^port .*/port 1/' "$CONF"
	refuses 75 '*cmd: *; *' cmd ok
	refuses 78 '*cmd: *' cmd
}

@test "partial off: a local fault, and nobody gets it" {
	aliases 'cmd: |true' 'ok: ok@x.org' 'null: /dev/null'
	setting 'partial off'
	refuses 78 '*cmd: *' ok cmd a@x.org
	lacks 'do not resend' "$BATS_TEST_TMPDIR/err"
	goes_to ok null a@x.org -- ok@x.org a@x.org
}

# --- The header ---

@test "local people in To, Cc and their Resent- fields" {
	aliases 'root: admin@x.org' 'team: a@x.org, B <b@x.org>' \
		'null: /dev/null' 'cmd: |true'
	setting 'local_to last@x.org'
	message 'To: root,\n "Big Boss" <ROOT@localhost>, Other <o@x.org>\nCc: team, Team <team>\nSubject: root\n\nTo: root\n'
	goes_to -t -- admin@x.org o@x.org a@x.org b@x.org
	field_is To 'admin@x.org, Big Boss <admin@x.org>, Other <o@x.org>'
	field_is Cc 'a@x.org, B <b@x.org>, a@x.org, B <b@x.org>'
	field_is Subject root
	[ "$(body)" = $'To: root\r' ]
	# Without -t, too.
	message 'To: www-data\nCc: x@y.org (as it  is)\n\n'
	goes_to root -- admin@x.org
	field_is To last@x.org
	field_is Cc 'x@y.org (as it  is)'
	message 'Resent-From: alice@example.com\nResent-To: root\nResent-Cc: www\nTo: root\n\n'
	goes_to -t -- admin@x.org last@x.org
	field_is Resent-To admin@x.org
	field_is Resent-Cc last@x.org
	# What cannot be read stays.
	message 'To: root, <a b\n\n'
	goes_to x@x.org -- x@x.org
	field_is To 'root, <a b'
}

@test "... who are nobody get a domain" {
	host_begin
	aliases 'cmd: |true' 'null: /dev/null'
	message 'To: cmd, Nobody <null@localhost>,\n x@y.org, who\n\n'
	send_at web1.example.net -t
	failed 78 '*cmd: *who: nobody*delivered to 1 other*'
	filed alice
	field_is To 'cmd@web1.example.net, Nobody <null@localhost>, x@y.org, who@web1.example.net'
	echo 'mail.example.net # comment' >"$ETC/mailname"
	chmod 644 "$ETC/mailname"
	send_at web1.example.net -t
	filed alice
	[[ $(field To) == 'cmd@mail.example.net, '*', who@mail.example.net' ]]
	rm "$ETC/mailname"
	send_at web1 -t
	filed alice
	[[ $(field To) == cmd@web1,* ]]
}

@test "a local sender: the manual's examples, from the host web1" {
	host_begin
	conf_write 'from alerts@example.com' 'aliases off'
	message 'From: root\n\n'
	send_at web1 a@x.org
	succeeded
	filed alice
	field_is From '"root@web1" <alerts@example.com>'
	message 'From: root (Cron Daemon)\n\n'
	send_at web1 a@x.org
	succeeded
	filed alice
	field_is From '"root@web1 (Cron Daemon)" <alerts@example.com>'
	# The short name, also of a long one.
	send_at web1.example.net a@x.org
	filed alice
	field_is From '"root@web1 (Cron Daemon)" <alerts@example.com>'
}

@test "local people in Sender, Reply-To, Resent-From and Resent-Sender" {
	conf_write 'aliases off'
	message 'From: Alice <alice@example.com>\nSender: root (Cron)\nReply-To: root, "B, C" <b@y.org>,\n www@localhost\n\n'
	goes_to x@x.org -- x@x.org
	field_is From 'Alice <alice@example.com>'
	field_is Sender "\"root@$NODE (Cron)\" <alice@example.com>"
	field_is Reply-To "\"root@$NODE\" <alice@example.com>, \"B, C\" <b@y.org>, \"www@$NODE\" <alice@example.com>"
	message 'Resent-From: root\nResent-Sender: www (W)\nResent-To: x@x.org\nFrom: bob@two.org\nSender: root\n\n'
	goes_to x@x.org -- x@x.org
	field_is Resent-From "\"root@$NODE\" <alice@example.com>"
	field_is Resent-Sender "\"www@$NODE (W)\" <alice@example.com>"
	field_is From bob@two.org
	field_is Sender "\"root@$NODE\" <alice@example.com>"
	# Others are not ours to change.
	message 'From: alice@example.com\nSender: bob@two.org (Bob)\nReply-To: <a b\nErrors-To: root\n\n'
	goes_to x@x.org -- x@x.org
	field_is Sender 'bob@two.org (Bob)'
	field_is Reply-To '<a b'
	field_is Errors-To root
}

@test "the display name of a local sender is encoded where needed" {
	conf_write 'aliases off'
	message 'From: =?utf-8?Q?J=C3=B6rg?= <root>\nSender: "J\303\266rg \\"x\\"" <root>\nReply-To: root (root)\n\n'
	goes_to x@x.org -- x@x.org
	lacks '[^ -~]' <(sed '/^\r*$/,$d' "$EML" | tr -d '\r')
	"$PYTHON" - "$EML" "$NODE" <<-'END'
	import email.header, email.utils, sys
	m = email.message_from_binary_file(open(sys.argv[1], 'rb'))
	def check(field, want):
	    name, address = email.utils.parseaddr(m[field].replace('\r\n', ''))
	    name = str(email.header.make_header(email.header.decode_header(name)))
	    assert (name, address) == (want, 'alice@example.com'), m[field]
	check('From', 'root@%s (Jörg)' % sys.argv[2])
	check('Sender', 'root@%s (Jörg "x")' % sys.argv[2])
	check('Reply-To', 'root@%s' % sys.argv[2])
	END
}

@test "a signed field of local people is refused, or stays: 65" {
	local sig='DKIM-Signature: v=1; h=From:To:Reply-To:Sender; b=x\n' name

	aliases 'root: admin@x.org'
	for name in To Reply-To Sender; do
		message "${sig}From: alice@example.com\n$name: root\n\n"
		refuses 65 "*DKIM*$name*" x@x.org
		message "${sig/$name/X}From: alice@example.com\n$name: root\n\n"
		goes_to x@x.org -- x@x.org
		lacks "^$name: root" "$EML"
	done
	message "${sig}From: alice@example.com\nTo: r@x.org (R)\nReply-To: b@y.org\n\n"
	goes_to root -- admin@x.org
	field_is To 'r@x.org (R)'
	message "${sig}From: root\nTo: r@x.org\n\n"
	refuses 65 '*DKIM*From*' x@x.org
	setting 'set_to_header on'
	message "${sig}From: alice@example.com\nTo: r@x.org\n\n"
	refuses 65 '*DKIM*To*' x@x.org
}

# --- Contact forms ---

@test "foreign_from rewrite: a contact form's visitor" {
	conf_write 'foreign_from rewrite' 'aliases off' 'local_to admin@x.org'
	message 'From: "Vis Itor" <v@visitor.org>\nTo: webmaster\n\n'
	goes_to -t -i -- admin@x.org
	env_is from alice@example.com
	field_is From 'Vis Itor <alice@example.com>'
	field_is Reply-To 'Vis Itor <v@visitor.org>'
	# PHP's fifth parameter: the same, or the web server's user.
	goes_to -t -i -fv@visitor.org -- admin@x.org
	env_is from alice@example.com
	field_is Reply-To 'Vis Itor <v@visitor.org>'
	goes_to -t -i -f www-data@localhost -- admin@x.org
	env_is from alice@example.com
	field_is From 'Vis Itor <alice@example.com>'
	field_is Reply-To 'Vis Itor <v@visitor.org>'
	# The form's own Reply-To stays; one with local people, too.
	message 'From: v@visitor.org\nReply-To: r@visitor.org\n\n'
	goes_to root -- admin@x.org
	field_is Reply-To r@visitor.org
	field_is From alice@example.com
	message 'From: "V" <alice@example.com>\nReply-To: r@visitor.org\n\n'
	goes_to -f alice@example.com root -- admin@x.org
	field_is From '"V" <alice@example.com>'
	field_is Reply-To r@visitor.org
}

@test "... by -f alone, without a From field" {
	conf_write 'foreign_from rewrite' 'aliases off'
	message 'Subject: x\n\n'
	goes_to -f 'Vis Itor <v@visitor.org>' x@x.org -- x@x.org
	env_is from alice@example.com
	[[ $(field From) == *'<alice@example.com>' ]]
	field_is Reply-To 'Vis Itor <v@visitor.org>'
	message 'Reply-To: r@visitor.org\n\n'
	goes_to -f v@visitor.org -F 'V. I.' x@x.org -- x@x.org
	field_is From '"V. I." <alice@example.com>'
	field_is Reply-To r@visitor.org
	# Not what nobody said.
	message 'Subject: x\n\n'
	goes_to -f root x@x.org -- x@x.org
	field_is Reply-To ''
	goes_to -f '' x@x.org -- x@x.org
	field_is Reply-To ''
	conf_write 'aliases off'
	refuses 77 '*v@visitor.org*' -f v@visitor.org x@x.org
}

# --- A From or To of our own ---

@test "the name of a From that is added: gecos" {
	local GECOS

	GECOS='A. User,Room 1,555'
	host_begin
	conf_write 'aliases off'
	while IFS='|' read -r GECOS want; do
		printf 'root:x:0:0:%s:/root:/bin/sh\n' "$GECOS" >"$ETC/passwd"
		send_at web1.example.net a@x.org
		succeeded
		filed alice
		field_is From "$want"
	done <<-'END'
	Alice User,Room 1,555|Alice User <alice@example.com>
	A. User|"A. User" <alice@example.com>
	Super & User|Super Root User <alice@example.com>
	&|Root <alice@example.com>
	a "b" \c|"a \"b\" \\c" <alice@example.com>
	|"root@web1" <alice@example.com>
	,Room 1|"root@web1" <alice@example.com>
	root|"root@web1" <alice@example.com>
	Jörg|=?utf-8?B?SsO2cmc=?= <alice@example.com>
	END
	# A user whom the password database does not know.
	echo 'bin:x:2:2::/:/bin/sh' >"$ETC/passwd"
	send_at web1 a@x.org
	succeeded
	filed alice
	field_is From '"0@web1" <alice@example.com>'
}

@test "... before it: -F, from_full_name, and a local -f" {
	local GECOS='Alice User'

	host_begin
	conf_write 'aliases off'
	send_at web1 -f root@localhost a@x.org
	filed alice
	field_is From '"root@web1" <alice@example.com>'
	send_at web1 -f 'Cron <www-data>' a@x.org
	filed alice
	field_is From '"www-data@web1 (Cron)" <alice@example.com>'
	send_at web1 -f alice+1@example.com a@x.org
	filed alice
	field_is From 'Alice User <alice+1@example.com>'
	send_at web1 -F Name -f root a@x.org
	filed alice
	field_is From 'Name <alice@example.com>'
	send_at web1 -F '' a@x.org
	filed alice
	field_is From alice@example.com
	setting 'from_full_name Full'
	send_at web1 -f root a@x.org
	filed alice
	field_is From 'Full <alice@example.com>'
	send_at web1 -F Name a@x.org
	filed alice
	field_is From 'Name <alice@example.com>'
}

@test "set_from_header on: the name is none by default" {
	local GECOS='Alice User'

	host_begin
	conf_write 'aliases off' 'set_from_header on'
	message 'From: root (Cron Daemon)\nSender: root\n\n'
	send_at web1 a@x.org
	succeeded
	filed alice
	field_is From alice@example.com
	field_is Sender '"root@web1" <alice@example.com>'
	send_at web1 -F Name -f alice+1@example.com a@x.org
	filed alice
	field_is From 'Name <alice+1@example.com>'
	send_at web1 -f root a@x.org
	filed alice
	field_is From alice@example.com
	message 'Subject: x\n\n'
	send_at web1 a@x.org
	filed alice
	field_is From 'Alice User <alice@example.com>'
	setting 'from_full_name Full'
	message 'From: root\n\n'
	send_at web1 a@x.org
	filed alice
	field_is From 'Full <alice@example.com>'
}

@test "allow_from_override off: what -f names is not seen" {
	conf_write 'aliases off' 'allow_from_override off' \
		'foreign_from rewrite' 'from_full_name N'
	goes_to -f v@visitor.org x@x.org -- x@x.org
	env_is from alice@example.com
	field_is From 'N <alice@example.com>'
	field_is Reply-To ''
	goes_to -f alice+1@example.com x@x.org -- x@x.org
	env_is from alice@example.com
	field_is From 'N <alice@example.com>'
}

@test "set_to_header on: local people as what they became" {
	aliases 'root: admin@x.org, ops@x.org' 'null: /dev/null' 'cmd: |true'
	setting 'set_to_header on'
	message 'To: Root <root>, a@x.org\nCc: null\nBcc: h@x.org\n\n'
	goes_to -t -- admin@x.org ops@x.org a@x.org h@x.org
	field_is To 'admin@x.org, ops@x.org, a@x.org'
	field_is Cc ''
	lacks 'h@x.org' "$EML"
	# Operands are no Bcc, and who gets nothing is not named.
	send root cmd b@x.org
	failed 78 '*cmd: *'
	filed alice
	field_is To 'admin@x.org, ops@x.org, b@x.org'
	# Whom Bcc alone names is not shown for being local, or twice.
	message 'To: null\nBcc: root,\n h@x.org\nbcc: h@x.org\n\n'
	goes_to -t -- admin@x.org ops@x.org h@x.org
	field_is To 'undisclosed-recipients:;'
	lacks '@x.org' "$EML"
	setting 'set_to_header undisclosed_recipients'
	message 'To: root\nCc: a@x.org\nBcc: h@x.org\n\n'
	goes_to -t -- admin@x.org ops@x.org a@x.org h@x.org
	field_is To 'undisclosed-recipients:;'
	lacks '@x.org' "$EML"
}

@test "... a message that is sent on keeps whom its author wrote to" {
	local value

	aliases 'root: admin@x.org'
	message 'Resent-From: alice@example.com\nResent-To: r@x.org, root\nResent-Bcc: h@x.org\nTo: author@y.org, root\nCc: c@y.org\nBcc: old@y.org\nFrom: bob@two.org\n\n'
	for value in on undisclosed_recipients; do
		setting "set_to_header $value"
		goes_to -t -- r@x.org admin@x.org h@x.org
		field_is To 'author@y.org, admin@x.org'
		field_is Cc c@y.org
		field_is Resent-To 'r@x.org, admin@x.org'
		lacks 'h@x.org|old@y.org' "$EML"
	done
}
