#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "Modes": those that send nothing.

load lib

# No server: nothing here connects, and no password is asked for.
setup() {
	untraced
	ALIASES=$BATS_TEST_TMPDIR/aliases
	ASKED=$BATS_TEST_TMPDIR/asked
	# shellcheck disable=SC2034
	PORT=1
	PIN=sha256:$(printf '%064d' 0)
	conf_write "aliases $ALIASES" "passwordeval touch $ASKED; echo x"
	aliases 'root: admin@x.org'
	printf 'To: header@x.org\n\nx\n' >"$BATS_TEST_TMPDIR/m"
	exec 9<"$BATS_TEST_TMPDIR/m"
}

aliases() {
	printf '%s\n' "$@" >"$ALIASES"
	chmod 644 "$ALIASES"
}

setting() {
	printf '%s\n' "$@" >>"$CONF"
}

# quiet ARG ...: run, on the message; nothing of it is read, nobody is asked
# for a password, and nothing is logged.
quiet() {
	local two

	run_as_is "$@" <&9
	read -r -N 2 two <&9
	[ "$two" = To ] || { echo 'stdin was read'; return 1; }
	exec 9<"$BATS_TEST_TMPDIR/m"
	[ ! -e "$ASKED" ]
	[ ! -e "$LOG" ]
}

# says EXIT LINE ...: these on standard output, and no more than one line on
# standard error for a failure.
says() {
	local want=$1 whole lines=

	shift
	[ "$status" -eq "$want" ] || { echo "exit $status: $err"; return 1; }
	[ $# -eq 0 ] || printf -v lines '%s\n' "$@"
	! IFS= read -r -d '' whole <"$BATS_TEST_TMPDIR/out"
	[ "$whole" = "$lines" ] || { echo "$whole"; return 1; }
	[ "$want" -ne 0 ] || [ -z "$err" ]
}

verify() {
	quiet "$PINMAIL" -C "$CONF" -bv "$@"
}

# A binary whose configuration is $CONF under any name, as NAME.
named() {
	[ -n "${MOVED-}" ] || {
		moved_binary
		cp "$CONF" "$SYSTEM_FILE"
		chmod 600 "$SYSTEM_FILE"
		export HOME=$MOVED_DIR
	}
	[ "$1" = pinmail ] || ln -sf pinmail "$MOVED_DIR/$1"
}

# --- -bv ---

TAIL='; account default; from alice@example.com'

@test "-bv: to whom, by which account and from whom" {
	aliases 'root: admin@x.org, Ops <ops@x.org>' 'null: /dev/null' \
		'both: null, root'
	verify a@x.org
	says 0 "a@x.org: to a@x.org$TAIL"
	verify root 'B <b@x.org>, null' both ROOT@localhost
	says 0 "root: to admin@x.org, ops@x.org$TAIL" \
		"b@x.org: to b@x.org$TAIL" "null: discarded$TAIL" \
		"both: to admin@x.org, ops@x.org$TAIL" \
		"ROOT@localhost: to admin@x.org, ops@x.org$TAIL"
	setting 'local_to last@x.org'
	verify who
	says 0 "who: to last@x.org$TAIL"
}

@test "-bv: -a and -f choose, as for a message" {
	setting 'senders *@shop.example.com' 'account other' 'host x.org' \
		"pin $PIN" 'from o@two.org' 'foreign_from rewrite' 'aliases off' \
		'local_to o@two.org'
	verify -a other root
	says 0 'root: to o@two.org; account other; from o@two.org'
	verify -f o@two.org a@x.org
	says 0 'a@x.org: to a@x.org; account other; from o@two.org'
	verify -f v@shop.example.com a@x.org
	says 0 'a@x.org: to a@x.org; account default; from v@shop.example.com'
	verify -f root a@x.org
	says 0 "a@x.org: to a@x.org$TAIL"
	verify -f '' a@x.org
	says 0 'a@x.org: to a@x.org; account default; from <>'
	verify -a other -f v@visitor.org a@x.org
	says 0 'a@x.org: to a@x.org; account other; from o@two.org'
	verify -f v@visitor.org a@x.org
	failed 77 '*v@visitor.org*'
	verify -a none a@x.org
	failed 78 '*no account none*'
}

@test "-bv: who cannot be sent to: 78, and why; the others have their line" {
	aliases 'cmd: |touch /nonexistent' 'mixed: m@x.org, /file' 'loop: loop2' \
		'loop2: loop'
	for who in cmd loop who; do
		verify "$who"
		failed 78 "*$who: *"
	done
	[[ $err == *'nobody on this host gets mail'* ]]
	verify a@x.org cmd mixed b@x.org
	says 78 "a@x.org: to a@x.org$TAIL" "mixed: to m@x.org$TAIL" \
		"b@x.org: to b@x.org$TAIL"
	[[ $err == *"cmd: $ALIASES:1: "*"mixed: $ALIASES:2: "* ]]
	rm "$ALIASES"
	verify root a@x.org
	says 78 "a@x.org: to a@x.org$TAIL"
	[[ $err == *"root: $ALIASES: "* ]]
	# What would refuse a message refuses here.
	verify 'a b@x.org'
	failed 65
	verify $'a\nb@x.org'
	failed 65 '*control character*'
	verify ''
	failed 65
	quiet "$PINMAIL" -C /nonexistent -bv a@x.org
	failed 78 '*/nonexistent*'
}

@test "-bv: recipients are operands, and there are some" {
	verify
	failed 64
	verify -t
	failed 64
	# -t would read the message.
	verify -t a@x.org
	says 0 "a@x.org: to a@x.org$TAIL"
}

@test "-bv: under the name sendmail, and any other" {
	local name

	for name in sendmail exim4; do
		named "$name"
		quiet "$MOVED_DIR/$name" -bv -C /nonexistent root
		says 0 "root: to admin@x.org$TAIL"
	done
}

@test "-bv: an output that is full: 74" {
	[ -c /dev/full ] || skip "no /dev/full here"
	status=0
	"$PINMAIL" -C "$CONF" -bv a@x.org >/dev/full 2>/dev/null || status=$?
	[ "$status" -eq 74 ]
	status=0
	"$PINMAIL" -bp >/dev/full 2>/dev/null || status=$?
	[ "$status" -eq 74 ]
}

# --- -bi ---

# check EXIT GLOB [ARG ...]
check() {
	local want=$1 glob=$2

	shift 2
	quiet "$PINMAIL" -C "$CONF" -bi "$@"
	if [ "$want" -eq 0 ]; then
		says 0
	else
		failed "$want" "$glob"
	fi
}

@test "-bi: a file without a fault: silence" {
	printf '%s\n' 'a@x.org, root # x' >"$BATS_TEST_TMPDIR/list"
	chmod 644 "$BATS_TEST_TMPDIR/list"
	aliases '# comment' '' 'root: admin@x.org,' '  "O P" <ops@x.org>' \
		'postmaster: root' 'a: \root, a@x.org' '"q q": b, /dev/null' \
		"team: :include:$BATS_TEST_TMPDIR/list" 'self: self, s@x.org' \
		'cmd: "|/usr/bin/vacation x", /var/mail/x' 'default: root'
	check 0 ''
	quiet "$PINMAIL" -C "$CONF" -I
	says 0
	: >"$ALIASES"
	check 0 ''
	setting 'aliases off'
	check 0 ''
}

@test "-bi: a fault, with file and line: 78; aliases.bats has the others" {
	local line

	for line in 'no colon' 'a:' 'a: b@@x' 'a: ok@x.org, |cmd, a b@x.org' \
		'a: a2
a2: a'; do
		aliases 'root: admin@x.org' '# comment' "$line" 'z: z@x.org'
		check 78 "*$ALIASES:[34]: *"
	done
	# On the line of the value, not of the name.
	aliases 'root: admin@x.org,' '# comment' '  a b@x.org'
	check 78 "*$ALIASES:3: *"
	rm "$ALIASES"
	check 78 "*$ALIASES*"
}

@test "newaliases, which some packages call with arguments" {
	local args

	named newaliases
	for args in '' -v '-oA/nonexistent/aliases' '-C /nonexistent' \
		'-O AliasFile=/nonexistent' '-bi' '--'; do
		# shellcheck disable=SC2086
		quiet "$MOVED_DIR/newaliases" $args
		says 0
	done
	aliases 'no colon'
	quiet "$MOVED_DIR/newaliases"
	failed 78 "*$ALIASES:1: *"
	quiet "$MOVED_DIR/newaliases" root
	failed 64
	quiet "$MOVED_DIR/newaliases" -t
	failed 64
}

@test "newaliases without a configuration checks /etc/aliases" {
	local etc=$BATS_TEST_TMPDIR/etc

	need_root
	need unshare
	unshare --mount true 2>/dev/null || skip "no namespaces here"
	mkdir "$etc"
	cp /etc/passwd /etc/nsswitch.conf "$etc"
	named newaliases
	rm "$SYSTEM_FILE"
	newaliases() {
		# shellcheck disable=SC2016
		quiet unshare --mount sh -c 'mount --bind "$1" /etc && exec "$2"' \
			sh "$etc" "$MOVED_DIR/newaliases"
	}
	newaliases
	says 0
	echo 'root: admin@x.org' >"$etc/aliases"
	chmod 644 "$etc/aliases"
	newaliases
	says 0
	echo 'root' >>"$etc/aliases"
	newaliases
	failed 78 '*/etc/aliases:2: *'
}

# --- -bp, -q, -bh and the others ---

@test "-bp and mailq: the queue is empty" {
	local args

	named mailq
	named sendmail
	# It needs no configuration either.
	rm "$SYSTEM_FILE"
	for args in '' -v -Ac '-C /nonexistent' '-oQ/tmp' -bp --; do
		# shellcheck disable=SC2086
		quiet "$MOVED_DIR/mailq" $args
		says 0 'Mail queue is empty'
	done
	for name in pinmail sendmail; do
		quiet "$MOVED_DIR/$name" -bp
		says 0 'Mail queue is empty'
		for args in a@x.org -t '-t a@x.org' '-- a@x.org'; do
			# shellcheck disable=SC2086
			quiet "$MOVED_DIR/$name" -bp $args
			failed 64 '*nothing is sent*'
		done
	done
	quiet "$MOVED_DIR/mailq" a@x.org
	failed 64
}

@test "-q, -bh and -bH do nothing, in silence" {
	local args

	named sendmail
	named mailq
	rm "$SYSTEM_FILE"
	for args in -q -q30m -qf -qRx.org -qIabc '-q -v' -bh -bH; do
		for name in pinmail sendmail mailq; do
			# shellcheck disable=SC2086
			quiet "$MOVED_DIR/$name" $args
			says 0
			# shellcheck disable=SC2086
			quiet "$MOVED_DIR/$name" $args -t
			failed 64
			# -q takes nothing from the next argument.
			# shellcheck disable=SC2086
			quiet "$MOVED_DIR/$name" $args 30m
			failed 64
		done
	done
}

@test "-bV: the version" {
	named sendmail
	quiet "$MOVED_DIR/sendmail" -bV
	[ "$status" -eq 0 ]
	# shellcheck disable=SC2154
	[[ $out =~ ^pinmail\ [0-9][^[:space:]]*$ ]]
	[ -z "$err" ]
}

@test "the last of several modes counts, but -bs always wins" {
	local args

	quiet "$PINMAIL" -C "$CONF" -bp -q -bv a@x.org
	says 0 "a@x.org: to a@x.org$TAIL"
	quiet "$PINMAIL" -C "$CONF" -bv -bm -bp
	says 0 'Mail queue is empty'
	quiet "$PINMAIL" -C "$CONF" -bp -q
	says 0
	named mailq
	quiet "$MOVED_DIR/mailq" -bv a@x.org
	says 0 "a@x.org: to a@x.org$TAIL"
	for args in '-bs -bp' '-bp -bs' '-bs -bv' '-q -bs -t -i -bm' '-I -bs -q'; do
		# shellcheck disable=SC2086
		run_as_is "$PINMAIL" -C "$CONF" $args <<<QUIT
		[ "$status" -eq 0 ]
		[[ $out == 220\ *$'\n221 '* ]]
		[ -z "$err" ]
	done
}

@test "smtpd, -bd and the like: there is no daemon: 64" {
	local mode

	named smtpd
	quiet "$MOVED_DIR/smtpd"
	failed 64 '*no daemon*'
	quiet "$MOVED_DIR/smtpd" -bp
	failed 64 '*no daemon*'
	for mode in d D l t P a; do
		for name in pinmail sendmail mailq; do
			named "$name"
			quiet "$MOVED_DIR/$name" "-b$mode"
			failed 64 "*-b$mode*"
		done
	done
}
