#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "SECURITY CONSIDERATIONS": arguments and messages that come from
# an attacker.

load lib

setup_file() {
	players_start
}

teardown_file() {
	servant_stop
}

# Two accounts, of alice@one.org (the default) and bob@two.org, in the system's
# file; $YARD is the current directory, with what must not be touched.
setup() {
	untraced
	server_start
	moved_binary
	ln -s pinmail "$MOVED_DIR/sendmail"
	YARD=$BATS_TEST_TMPDIR/yard
	umask 077
	mkdir "$YARD"
	system_file
	printf '%s\n' 'root: |touch x' 'mallory@evil.org' >"$YARD/secret"
	# What is sent through this one is bob's.
	sed 's/^account default.*/account default : two/' "$SYSTEM_FILE" \
		>"$YARD/conf"
	mkfifo "$YARD/fifo"
	# A day ago: reading a file now would show.
	touch -d '1 day ago' "$YARD"/*
	cd "$YARD"
	export HOME=$MOVED_DIR TMPDIR=$YARD
	printf 'To: to@x.org\nSubject: s\n\nx\n' >"$BATS_TEST_TMPDIR/m"
	BEFORE=$(listing)
}

# system_file [LINE ...]: more settings for all accounts.
system_file() {
	{
		printf '%s\n' defaults 'host 127.0.0.1' "port $PORT" \
			'tls_starttls off' "pin $PIN" 'syslog off' "$@"
		printf '%s\n' 'account one' 'user alice' 'password wonder1and' \
			'from alice@one.org'
		printf '%s\n' 'account two' 'user bob' 'password builder' \
			'from bob@two.org'
		echo 'account default : one'
	} >"$SYSTEM_FILE"
}

listing() {
	exec find "$YARD" -type d -printf '%p %m %T@\n' -o \
		-printf '%p %y %i %m %s %T@ %A@\n'
}

# Nothing was created, changed or read, and no command left a trace.
untouched() {
	local now

	now=$(listing)
	[ "$BEFORE" = "$now" ] || diff <(echo "$BEFORE") <(echo "$now")
}

# call NAME ARG ...: as a caller does who then lets others add arguments.  A
# FIFO that is opened would hold it up.
call() {
	local limit=()

	[[ "$* $RISKS" != *fifo* ]] || limit=(timeout 30)
	run_as_is "${limit[@]}" "$MOVED_DIR/$1" "${@:2}" <"$BATS_TEST_TMPDIR/m"
}
RISKS=

# PHP's mail() with these words as the fifth parameter, which it escapes.
php_mail() {
	run_as_is timeout 30 php -n -r 'exit(
		mail("to@x.org", "s", "x", $argv[1], $argv[2]) ? 0 : 1);' \
		-d sendmail_path="$MOVED_DIR/sendmail -t -i" -- "$@"
}

# came N: so many messages arrived in all, each by alice, to to@x.org alone.
came() {
	local logins=("$DIR"/mail/*)

	filed_are "$1"
	[ "$1" -gt 0 ] || return 0
	filed alice
	env_is from alice@one.org
	recipients_are to@x.org
	[ "${logins[*]}" = "$DIR/mail/alice" ]
}

# EXIT ARGUMENTS, as they are written behind -t -i.  `*' is for modes: they
# may do what they do, but send nothing.
arguments() {
	cat <<-END
	0 -OQueueDirectory=$YARD -X$YARD/x
	0 -oQ$YARD -X $YARD/x
	0 -o Q$YARD/x
	0 -O LogFile=$YARD/x -OHelpFile=$YARD/secret
	0 -D$YARD/x -d0-99.9
	0 -D $YARD/x
	0 -d$YARD/x
	0 -C$YARD/conf
	0 -C $YARD/conf
	0 -C$YARD/fifo
	0 -oC$YARD/conf -oA$YARD/secret
	0 -oM$YARD/x -oL9 -oX$YARD/x
	0 -L$YARD/x -p $YARD/x
	0 -M${YARD}/x -h$YARD/x
	0 -A $YARD/secret -B $YARD/x
	0 -e$YARD/x
	0 -V $YARD/secret -N $YARD/x -R $YARD/x
	64 -be \${run{/usr/bin/touch $YARD/x}}
	64 -be \${readfile{$YARD/secret}}
	64 -be
	64 -bt -bd
	64 -bd -X$YARD/x
	64 -bP
	64 -bD
	* -bi
	* -bi -oA$YARD/secret
	* -bi -OAliasFile=$YARD/secret
	* -I
	* -bv
	* -bp -OQueueDirectory=$YARD
	* -bs
	64 -q
	64 -q1s -oQ$YARD
	64 -qRroot
	64 -XV
	64 --file=$YARD/conf
	64 --file $YARD/conf
	64 --logfile=$YARD/x
	64 --debug-file=$YARD/x
	64 --passwordeval=touch\${IFS}x
	64 --tls-trust-file=$YARD/secret
	64 --aliases=$YARD/secret
	64 --host=evil.example
	64 --check
	64 --pin
	64 --configure
	64 --serverinfo
	64 --pretend
	64 --help
	64 --version
	64 -Pd
	64 -w1
	64 -H/usr/bin/touch
	64 -4
	* -S evil.example:25
	* -aubob -apbuilder
	END
}

# Run through them with that command, which gets the arguments as one word.
each_argument() {
	local arg sent=0 want

	while read -r want arg; do
		"$@" "$arg"
		echo "$arg: $status $err"
		untouched
		case $want in
		0)
			sent=$((sent + 1))
			[ "$status" -eq 0 ] || return 1
			[ -z "$out$err" ] || return 1
			;;
		64) [ "$status" -eq 64 ] || [ "$1 $status" = 'php_mail 1' ] ;;
		'*') [ "$status" -lt 100 ] ;;
		esac
		came "$sent"
	done < <(arguments)
	# It was not for want of trying.
	[ "$sent" -gt 10 ]
}

split() {
	local words

	read -ra words <<<"$2"
	call "$1" -t -i "${words[@]}"
}

whole() {
	call "$1" -t -i "$2"
}

@test "sendmail: no argument reads, writes or runs anything" {
	each_argument split sendmail
}

@test "pinmail: no argument behind the first reads, writes or runs anything" {
	each_argument split pinmail
}

@test "sendmail, pinmail: nor as a single word" {
	local arg name sent=0 want

	for name in sendmail pinmail; do
		while read -r want arg; do
			[[ $arg == *' '* ]] || continue
			call "$name" -t -i "$arg"
			untouched
			[ "$status" -ne 0 ] || sent=$((sent + 1))
			came "$sent"
		done < <(arguments)
	done
}

@test "PHP: no fifth parameter of mail() reads, writes or runs anything" {
	need php
	each_argument php_mail ''
}

@test "no system call opens, makes or runs what an argument names" {
	local trace=$BATS_TEST_TMPDIR/trace want arg words

	need strace
	strace -o /dev/null true 2>/dev/null || skip "tracing is not allowed here"
	# Leaks are looked for with ptrace as well.
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	while read -r want arg; do
		read -ra words <<<"$arg"
		run_as_is strace -f -o "$trace" \
			-e trace=%file,%process,pwrite64,ftruncate -s 4096 \
			"$MOVED_DIR/sendmail" -t -i "${words[@]}" \
			<"$BATS_TEST_TMPDIR/m"
		[ "$(grep -c 'execve(' "$trace")" -eq 1 ]
		sed -i '/execve(/d; /getcwd(/d' "$trace"
		lacks "v?fork\(|$YARD/" "$trace"
		lacks 'O_(WRONLY|RDWR|CREAT|TRUNC)' "$trace"
		lacks ' (mk|link|symlink|unlink|rename|truncate|chmod|chown)' \
			"$trace"
	done < <(arguments)
	# The tracer sees what pinmail opens.
	grep -qF "$SYSTEM_FILE" "$trace"
}

# --- Whose login ---

# judged EXIT ARG ...: under both names, and no connection is made.
judged() {
	local name

	for name in sendmail pinmail; do
		call "$name" "${@:2}"
		# shellcheck disable=SC2053
		[[ $status == $1 ]] || { echo "exit $status: $err"; return 1; }
		failed "$status"
	done
	came 0
	lacks 'address=|login=' "$LOG"
}

# The message, with these fields in front.
written() {
	printf '%s\n' "$@" 'To: to@x.org' 'Subject: s' '' x \
		>"$BATS_TEST_TMPDIR/m"
}

@test "no login is used for a sender that its account does not list" {
	LOG=$BATS_TEST_TMPDIR/log
	system_file "logfile $LOG"
	written 'From: alice@one.org'
	judged 77 -t -i -a two
	judged 77 -t -i -atwo -f alice@one.org
	judged 77 -t -i -a two -f alice@one.org -f bob@two.org
	judged 77 -t -i -f bob@two.org
	judged 77 -t -i -f mallory@evil.org
	judged 77 -t -i -r mallory@evil.org
	judged 77 -t -i -f alice@one.org.evil.org
	judged 77 -t -i -f '"alice@one.org" <mallory@evil.org>'
	judged 77 -t -i -f '<@one.org:mallory@evil.org>'
	judged 77 -t -i -f 'mallory@evil.org (alice@one.org)'
	judged 77 -t -i -f '"alice@one.org"@evil.org'
	judged 65 -t -i -f 'alice@one.org@evil.org'
	judged 65 -t -i -f 'alice@one.org, mallory@evil.org'
	judged 65 -t -i -f 'alice@one.org mallory@evil.org'
	judged 77 -t -i -a two -f '<>'
	judged 77 -t -i -a two -f ''
	written 'From: bob@two.org'
	judged 77 -t -i -f alice@one.org
	judged 77 -t -i -a one -f '<>'
	for from in 'alice@one.org, mallory@evil.org' \
		'alice@one.org, bob@two.org' \
		'"alice@one.org" <mallory@evil.org>' \
		'mallory@evil.org (alice@one.org)' \
		'=?utf-8?q?alice=40one=2Eorg?= <mallory@evil.org>' \
		'us: alice@one.org, mallory@evil.org;' \
		'<@one.org:mallory@evil.org>' \
		$'alice@one.org,\n mallory@evil.org' \
		$'alice@one.org\r, mallory@evil.org' \
		'"alice@one.org"@evil.org' 'alice@one.org.evil.org'; do
		written "From: $from"
		judged 77 -t -i
		judged 77 -t -i -a one
		judged 77 -t -i --read-envelope-from
	done
	for fields in $'From: alice@one.org\nFrom: mallory@evil.org' \
		$'FROM : mallory@evil.org\nFrom: alice@one.org' \
		'From: alice@one.org mallory@evil.org' \
		'From: <alice@one.org> <mallory@evil.org>' 'From:'; do
		written "$fields"
		judged '[67][57]' -t -i
	done
}

@test "PHP: -a and -f of the fifth parameter, and From of the fourth" {
	local try

	need php
	# ADDITIONAL HEADERS|FIFTH PARAMETER
	while read -r try; do
		php_mail "${try%%|*}" "${try#*|}"
		echo "$try: $status $err"
		[ "$status" -eq 1 ]
		[[ $err == 'pinmail: '*'does not belong to account'* ]]
		untouched
		came 0
	done <<-'END'
	From: alice@one.org|-a two
	From: alice@one.org|-fbob@two.org
	From: bob@two.org|-falice@one.org
	From: mallory@evil.org|
	From: mallory@evil.org|-falice@one.org
	From: mallory@evil.org|-f <>
	From: mallory@evil.org|-f alice@one.org -oi -t -F alice@one.org
	|-fmallory@evil.org
	|-f mallory@evil.org -C/dev/null
	|-atwo -falice@one.org
	END
	# A local sender is whose the account is.
	php_mail '' '-fwww-data@localhost -OQueueDirectory=/tmp -X/tmp/x.php'
	succeeded
	came 1
}

# --- What is said to the server ---

hearer() {
	local steps=(T 'S 220 x' C 'S 250-x' 'S 250-SIZE' 'S 250-DSN'
		'S 250 8BITMIME')

	steps+=(C 'S 250 ok' C 'S 250 ok' C 'S 354 go' E 'S 250 ok' C)
	player "${steps[@]}"
	{
		printf '%s\n' defaults 'host 127.0.0.1' "port $PORT" \
			'tls_starttls off' "pin $PIN" 'syslog off'
		printf '%s\n' 'account default' 'from alice@one.org' \
			'senders *@one.org'
	} >"$SYSTEM_FILE"
}

# heard FIELDS ARG ...: what a message with these fields and arguments makes
# pinmail say, the message apart.  Nothing if it is refused before.
heard() {
	# The last one may still wait for its client.
	[ -n "${PLAYER-}" ] || hearer
	# shellcheck disable=SC2059
	printf "$1\n\nx\n" >"$BATS_TEST_TMPDIR/m"
	call sendmail "${@:2}"
	if [ "$status" -eq 0 ]; then
		player_gone
		PLAYER=
	fi
	untouched
	sed '/^DATA\r$/,/^\.\r$/{ /^DATA/p; d; }' "$HEARD" >"$HEARD.commands"
}

# The commands are these, and no others.
commands() {
	succeeded
	diff <(printf '%s\r\n' 'EHLO one.org' "$@" DATA QUIT) \
		<(sed 's/ SIZE=[0-9]*//' "$HEARD.commands")
}

refused() {
	failed "$1"
	[ ! -s "$HEARD" ]
}

@test "-f, -r: nothing gets behind the address in MAIL" {
	local sender

	for sender in 'me@one.org> SIZE=1 AUTH=<boss@one.org' \
		'me@x> SIZE=1 AUTH=<boss@x' '<me@one.org> AUTH=<boss@one.org>' \
		'me@one.org SIZE=1' 'me@one.org>' \
		$'me@one.org>\r\nRCPT TO:<evil@x.org' \
		$'me@one.org\nRCPT TO:<evil@x.org>' $'me@one.org\r' \
		$'\r\nDATA\r\n' $'me@one.org (\r\nDATA)' $'me@one.org\x01' \
		'me@one.org, boss@one.org' 'us: me@one.org;x'; do
		heard 'Subject: s' -f "$sender" to@x.org
		refused 65
	done
	# A quoted local part is quoted there too.
	heard 'Subject: s' -r '"me> AUTH=<boss"@one.org' to@x.org
	commands 'MAIL FROM:<"me> AUTH=<boss"@one.org>' 'RCPT TO:<to@x.org>'
	heard 'From: "me> AUTH=<boss"@one.org' to@x.org
	commands 'MAIL FROM:<"me> AUTH=<boss"@one.org>' 'RCPT TO:<to@x.org>'
	heard 'From: me@one.org' -f '@a> AUTH=<b:me@one.org' to@x.org
	refused 65
}

@test "operands, To, Cc and Bcc: nothing gets behind the address in RCPT" {
	local rcpt field

	for rcpt in 'to@x.org> NOTIFY=NEVER' '<to@x.org> NOTIFY=NEVER' \
		'to@x.org NOTIFY=NEVER' 'to@x.org>' '<<to@x.org>>' \
		'to@x.org> ORCPT=<rfc822;a' 'to@[1.2.3.4> NOTIFY=NEVER'; do
		heard 'Subject: s' -- "$rcpt"
		refused 65
		for field in To Cc Bcc; do
			heard "$field: $rcpt" -t
			refused 65
		done
	done
	for rcpt in $'to@x.org>\r\nRCPT TO:<evil@x.org' \
		$'to@x.org\nevil@x.org' $'to@x.org\r' $'\nto@x.org' \
		$'to@x.org (\r\nDATA)' $'to\r\n@x.org' $'to@x.org\x7f'; do
		heard 'Subject: s' -- "$rcpt"
		refused 65
	done
	heard 'Subject: s' '"to> NOTIFY=NEVER"@x.org'
	commands 'MAIL FROM:<alice@one.org>' 'RCPT TO:<"to> NOTIFY=NEVER"@x.org>'
	# A comment and a route are no part of the address.
	heard 'To: <@a.org,@b.org:to@x.org> (NOTIFY=NEVER\n DATA)' -t
	commands 'MAIL FROM:<alice@one.org>' 'RCPT TO:<to@x.org>'
}

@test "-N, -R, -V, -B: one value each, or none" {
	heard 'Subject: s' -V 'a NOTIFY=NEVER' to@x.org
	commands 'MAIL FROM:<alice@one.org> ENVID=a+20NOTIFY+3DNEVER' \
		'RCPT TO:<to@x.org>'
	heard 'Subject: s' -V $'a\r\nDATA' -N $'failure\r\nDATA' \
		-R $'full\r\nDATA' -B $'8BITMIME\r\nDATA' to@x.org
	commands 'MAIL FROM:<alice@one.org>' 'RCPT TO:<to@x.org>'
	heard 'Subject: s' -N 'failure ORCPT=rfc822;a' -R 'full ENVID=a' \
		-B '8BITMIME AUTH=<boss@one.org>' to@x.org
	commands 'MAIL FROM:<alice@one.org>' 'RCPT TO:<to@x.org>'
	heard 'Subject: s' -N 'failure,failure,delay' -R HDRS \
		-V '+3D=>' to@x.org
	commands 'MAIL FROM:<alice@one.org> RET=HDRS ENVID=+2B3D+3D>' \
		'RCPT TO:<to@x.org> NOTIFY=FAILURE,DELAY'
}

@test "-F: a name, and nothing else, whatever is in it" {
	local name

	for name in $'x\r\nBcc: evil@x.org' $'x\nX-Evil: 1' $'x\rX-Evil: 1' \
		$'\n\nbody' $'x\x01'; do
		call sendmail -t -F "$name"
		failed 64
	done
	came 0
	call sendmail -t -F 'x" <boss@one.org>, "y\'
	succeeded
	came 1
	[ "$(field From)" = '"x\" <boss@one.org>, \"y\\" <alice@one.org>' ]
	call sendmail -t -F 'boss@one.org (x), <y@z>'
	succeeded
	came 2
	[ "$(field From)" = '"boss@one.org (x), <y@z>" <alice@one.org>' ]
}

@test "a CR in a field begins no other field" {
	local cr

	for cr in '\r' '\r\r' '\r\r\r'; do
		# shellcheck disable=SC2059
		printf "To: to@x.org\nSubject: a${cr}Bcc: evil@x.org$cr$cr\r\nX-A: b$cr \
From: mallory@evil.org\n\nx${cr}y\n" >"$BATS_TEST_TMPDIR/m"
		rm -rf "$DIR/mail"
		call sendmail -t
		succeeded
		came 1
		env_is barecr 0
		[[ $(field Subject) =~ ^'a'' '+'Bcc: evil@x.org'$ ]]
		[[ $(field X-A) =~ ^'b'' '+'From: mallory@evil.org'$ ]]
		[ "$(field From | wc -l)" -eq 1 ]
		[ -z "$(field Bcc)" ]
		[[ $(body) =~ ^'x'' '+$'y\r'$ ]]
	done
}

@test "no content ends the message and begins another" {
	local caps end

	for caps in PIPELINING,CHUNKING PIPELINING 8BITMIME; do
		server_start --caps "$caps"
		system_file
		for end in '\n.\n' '\r\n.\r\n' '\r.\r' '\n.\r' '\r.\n' '\n.\r\n' \
			'\r\n.\n' '\r\n.\r' '\n\0.\r\n' '\r\n.\0\r\n' \
			'\r\n\0.\r\n' '\r\r\n.\r\r\n' '\n.\n\n.\n' '\n..\n'; do
			rm -rf "$DIR/mail"
			# shellcheck disable=SC2059
			printf "To: to@x.org\n\nx${end}MAIL FROM:<boss@one.org>\r
RCPT TO:<evil@x.org>\r\nDATA\r\nFrom: boss@one.org\r\n\r\ny${end}" \
				>"$BATS_TEST_TMPDIR/m"
			call sendmail -t
			succeeded
			came 1
			env_is barecr 0
			env_is barelf 0
			tr -d '\0' <"$BATS_TEST_TMPDIR/m" |
				sed -e '1,2d' -e 's/\r*$//' -e 's/\r/ /g' \
					-e 's/$/\r/' -e '$a\' | cmp - <(body)
		done
	done
}

@test "-bs: a dialogue is told no more than a command line is" {
	local said=$BATS_TEST_TMPDIR/out

	cat >"$BATS_TEST_TMPDIR/m" <<-'END'
	EHLO a
	MAIL FROM:<mallory@evil.org>
	MAIL FROM:<alice@one.org> AUTH=<boss@one.org> X=1
	RSET
	MAIL FROM:<alice@one.org> SIZE=9 BODY=8BITMIME ENVID=a+20NOTIFY+3DNEVER
	RCPT TO:<to@x.org> NOTIFY=NEVER ORCPT=rfc822;a+0D+0ADATA X=1
	RCPT TO:<to@x.org> NOTIFY=NEVER>DATA
	RCPT TO:<to@x.org>> NOTIFY=NEVER
	RCPT TO:<to@x.org DATA>
	RCPT TO:<root@localhost>
	RCPT TO:<|touch>
	RCPT TO:<"|touch x"@localhost>
	RCPT TO:</etc/passwd>
	RCPT TO:<":include:/etc/passwd">
	VRFY |touch
	EXPN :include:/etc/passwd
	AUTH PLAIN AGJvYgBidWlsZGVy
	XCLIENT LOGIN=bob
	RSET
	MAIL FROM:<alice@one.org>
	RCPT TO:<to@x.org>
	DATA
	From: bob@two.org

	x
	.
	MAIL FROM:<alice@one.org>
	RCPT TO:<to@x.org>
	DATA
	Bcc: evil@x.org

	x
	.
	QUIT
	END
	call sendmail -bs -OQueueDirectory="$YARD" -X"$YARD/x" -C"$YARD/conf"
	[ "$status" -eq 0 ]
	untouched
	came 1
	env_is mailparams BODY=8BITMIME
	env_is rcptparams ''
	[ "$(grep -v '^...-' "$said" | cut -c 1 | paste -sd '')" = \
		22552255555555525552223522322 ]
	# MAIL of nobody's; From of another account.
	grep -q '^553 5\.7\.1 .*mallory@evil\.org' "$said"
	grep -q '^554 5\.7\.1 .*bob@two\.org' "$said"
}

# --- Local people ---

@test "no alias runs a command or writes a file; no operand is one" {
	local rcpt

	RISKS='a fifo'
	cat >"$MOVED_DIR/aliases" <<-END
	root: |/usr/bin/touch $YARD/x
	shell: "|touch $YARD/x; exit 0"
	file: $YARD/x
	known: $YARD/secret
	both: to@x.org, |touch, $YARD/x
	fifo: :include:$YARD/fifo
	END
	system_file "aliases $MOVED_DIR/aliases"
	for rcpt in root@localhost root shell file known@localhost fifo \
		'|touch x' '"|touch x"' '"|touch x"@localhost' '|touch' x \
		"$YARD/x" "\"$YARD/x\"@localhost" ./x /dev/null \
		":include:$YARD/secret" "\":include:$YARD/secret\"" \
		"\":include:$YARD/secret\"@localhost" '\root' '\|touch' \
		'"\\|touch x"' 'include:secret;'; do
		for how in -i -bv; do
			call sendmail "$how" -- "$rcpt"
			untouched
			# An address (78), or none (65).
			[ "$status" -eq 78 ] || [ "$status" -eq 65 ]
			[ -z "$out" ]
			lacks mallory "$BATS_TEST_TMPDIR/err"
		done
	done
	for rcpt in root@localhost '"|touch x"' "\":include:$YARD/secret\""; do
		printf 'To: %s\nCc: to@x.org\n\nx\n' "$rcpt" \
			>"$BATS_TEST_TMPDIR/m"
		rm -rf "$DIR/mail"
		call sendmail -t
		failed 78
		untouched
		came 1
	done
	rm -rf "$DIR/mail"
	call sendmail both
	failed 78
	untouched
	came 1
	call sendmail -bi
	[ "$status" -eq 0 ] || failed 78
	untouched
}
