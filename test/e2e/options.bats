#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "Options" and "SECURITY CONSIDERATIONS".

load lib

setup() {
	untraced
	server_start
	conf_write
	printf 'To: header@x.org\nSubject: s\n\nx\n' >"$BATS_TEST_TMPDIR/m"
}

# run ARG ...: the file m, and no configuration but the one named.
bare() {
	run_as_is "$PINMAIL" "$@" <"$BATS_TEST_TMPDIR/m"
}

to() {
	succeeded
	filed alice
	recipients_are "$@"
}

# As sendmail, with the configuration as the system's file.
sendmail_begin() {
	moved_binary
	cp "$CONF" "$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	ln -s pinmail "$MOVED_DIR/sendmail"
	export HOME=$MOVED_DIR
}

sendmail() {
	run_as_is "$MOVED_DIR/sendmail" "$@" <"$BATS_TEST_TMPDIR/m"
}

@test "the value of an option may be attached or be the next argument" {
	bare -C"$CONF" a@x.org
	to a@x.org
	bare -C "$CONF" -f alice+1@example.com a@x.org
	to a@x.org
	env_is from alice+1@example.com
	bare -C "$CONF" -falice+2@example.com a@x.org
	to a@x.org
	env_is from alice+2@example.com
	bare -C "$CONF" -r alice+3@example.com a@x.org
	to a@x.org
	env_is from alice+3@example.com
	bare -C "$CONF" -FName a@x.org
	to a@x.org
	[ "$(field From)" = 'Name <alice@example.com>' ]
	# A value may look like an option.
	bare -C "$CONF" -F -t a@x.org
	to a@x.org
	[ "$(field From)" = '-t <alice@example.com>' ]
}

@test "options without a value may be joined, as in -ti" {
	bare -C "$CONF" -ti
	to header@x.org
	bare -C "$CONF" -it
	to header@x.org
	# The last of them may have a value.
	bare -C "$CONF" -tifalice+1@example.com
	to header@x.org
	env_is from alice+1@example.com
	bare -C "$CONF" -itf alice+2@example.com
	to header@x.org
	env_is from alice+2@example.com
	# -oi is -o with a value: no letter behind it is an option.
	bare -C "$CONF" -oit a@x.org
	to a@x.org
}

@test "options end at the first operand or at --" {
	bare -C "$CONF" a@x.org -b@x.org
	to a@x.org -b@x.org
	bare -C "$CONF" a@x.org -falice+1@example.com
	to a@x.org -falice+1@example.com
	env_is from alice@example.com
	bare -C "$CONF" -- -f@x.org
	to -f@x.org
	bare -C "$CONF" -t --
	to header@x.org
	# Behind an operand -- is an operand, and no address.
	bare -C "$CONF" a@x.org --
	failed 78
}

@test "a lone - is an operand, and no address" {
	bare -C "$CONF" -
	failed 78
	bare -C "$CONF" - a@x.org
	failed 78
}

@test "every other option is an error: 64" {
	local o

	for o in -H -j -k -K -l -P -Q -S -u -w -W -y -Y -z -Z -1 -4 -6 '-?' \
		-tz -zt --foo --he --help=x --versio ---; do
		bare -C "$CONF" "$o" a@x.org
		failed 64 '*pinmail: *-*'
	done
	for o in -bd -bD -bl -bt -bP -ba -bC -b -bsv; do
		bare -C "$CONF" "$o" a@x.org
		failed 64 '*-b*'
	done
	# Whatever bytes it is made of.
	bare -C "$CONF" $'-\x1b[31m' a@x.org
	failed 64
	bare -C "$CONF" $'--\n' a@x.org
	failed 64
	bare -C "$CONF" $'-\xc3\xa9' a@x.org
	failed 64
	filed_are 0
	# A wrong command line is not logged.
	[ ! -e "$LOG" ]
}

@test "... and the line names the one that was meant" {
	bare -C "$CONF" -u a@x.org
	failed 64 '*unknown option -u; is it -U?*'
	bare -C "$CONF" -tH a@x.org
	failed 64 '*unknown option -H; is it -h?*'
	bare -C "$CONF" -w a@x.org
	failed 64 '*unknown option -w; see pinmail(1)'
	while read -r wrong right; do
		bare -C "$CONF" "$wrong" a@x.org
		failed 64 "*unknown option ${wrong%=*}; is it ${right}[?]*"
	done <<-'END'
	--acount --account
	--acount=work --account
	--form --from
	--debgu --debug
	--read-recipient --read-recipients
	--read-envelope-form --read-envelope-from
	--dsn-notfy --dsn-notify
	--versoin --version
	--FILE --file
	END
	# Not one that this name does not allow.
	sendmail_begin
	sendmail --debgu a@x.org
	failed 64 '*unknown option --debgu; see pinmail(1)'
	filed_are 0
}

@test "the long options of msmtp" {
	local args

	sendmail_begin
	for args in '--account default' --account=default \
		'--from alice+1@example.com' --from=alice+1@example.com \
		--dsn-notify=never '--dsn-notify never' \
		--dsn-return=full '--dsn-return full' --timeout=5 \
		'--timeout off' --read-recipients; do
		# shellcheck disable=SC2086
		bare -C "$CONF" $args -t
		to header@x.org
		case $args in
		--from*) env_is from alice+1@example.com ;;
		*notify*) env_is rcptparams NOTIFY=NEVER ;;
		*return*) grep -q '^mailparams=.*RET=FULL' "$ENV" ;;
		esac
		# Only under the name pinmail.
		# shellcheck disable=SC2086
		sendmail $args -t
		failed 64 "*unknown option ${args%%[= ]*}; see pinmail(1)"
	done
	bare -C "$CONF" --read-recipients
	to header@x.org
	bare --file "$CONF" a@x.org
	to a@x.org
	bare "--file=$CONF" --debug a@x.org
	[ "$status" -eq 0 ]
	grep -q '^> RCPT TO:<a@x.org>' "$BATS_TEST_TMPDIR/err"
	bare -C "$CONF" "--file=$CONF" a@x.org
	failed 64 '*--file counts only as the first argument*'
	sendmail "--file=$CONF" a@x.org
	failed 64 '*unknown option --file*'
	bare -C "$CONF" --account=none a@x.org
	failed 78 '*no account none*'
	for args in x '' 0 -1 5s 99999999999; do
		bare -C "$CONF" --timeout "$args" a@x.org
		failed 64 '*--timeout cannot be "*'
	done
	bare -C "$CONF" --debug=x a@x.org
	failed 64 '*--debug takes no value*'
	bare -C "$CONF" --from
	failed 64 '*--from needs a value*'
}

@test "-P, --pretend and --serverinfo name the mode to use" {
	local o

	for o in -P --pretend; do
		bare -C "$CONF" "$o" a@x.org
		failed 64 '*-bv*'
	done
	for o in -S --serverinfo; do
		bare -C "$CONF" "$o"
		failed 64 '* -v*'
	done
	sendmail_begin
	sendmail -P a@x.org
	failed 64 '*unknown option -P*'
	sendmail -S a@x.org
	to a@x.org
}

@test "--read-envelope-from: From is the sender, unless -f comes later" {
	local name

	sed -i '1s/^/From: alice+h@example.com\n/' "$BATS_TEST_TMPDIR/m"
	sendmail_begin
	for name in pinmail sendmail; do
		run_as_is "$MOVED_DIR/$name" -f alice+f@example.com \
			--read-envelope-from a@x.org <"$BATS_TEST_TMPDIR/m"
		to a@x.org
		env_is from alice+h@example.com
		run_as_is "$MOVED_DIR/$name" --read-envelope-from \
			-f alice+f@example.com a@x.org <"$BATS_TEST_TMPDIR/m"
		to a@x.org
		env_is from alice+f@example.com
		# It lets nobody in.
		run_as_is "$MOVED_DIR/$name" --read-envelope-from \
			-f nobody@evil.org a@x.org <"$BATS_TEST_TMPDIR/m"
		failed 77
	done
}

@test "a setting is no option, and the line says where to write it" {
	local word words

	sendmail_begin
	words=$(sed -n '/^\.Sh KEYWORDS/,/^\.Sh CHOOSING/s/^\.It Ic \(\w*\).*/\1/p' \
		"$top_srcdir/man/pinmail.conf.5" | sort -u |
		grep -vxE 'account|defaults|include|from|pin|timeout|dsn_notify|dsn_return')
	[ "$(wc -l <<<"$words")" -gt 40 ]
	for word in $words; do
		bare -C "$CONF" "--${word//_/-}=x" a@x.org
		failed 64 "*--${word//_/-} is a setting; write it into pinmail.conf: $word"
	done
	bare -C "$CONF" --logfile "$BATS_TEST_TMPDIR/x" a@x.org
	failed 64 '*write it into pinmail.conf: logfile'
	bare -C "$CONF" --tls_starttls a@x.org
	failed 64 '*write it into pinmail.conf: tls_starttls'
	# Never what is a secret, or an attacker's.
	bare -C "$CONF" --password=hunter2 a@x.org
	lacks hunter2 "$BATS_TEST_TMPDIR/err"
	sendmail --passwordeval=hunter2 a@x.org
	failed 64 '*unknown option --passwordeval; see pinmail(1)'
	filed_are 0
	[ ! -e "$LOG" ]
	[ ! -e "$BATS_TEST_TMPDIR/x" ]
}

@test "an option without its value: 64" {
	local o

	for o in -f -F -a -r -N -R -V -B -o -O -X -D -p -tf; do
		bare -C "$CONF" "$o"
		failed 64 '*needs a value*'
	done
	bare -C
	failed 64 '*needs a value*'
}

@test "the last of several -f counts" {
	bare -C "$CONF" -f nobody@evil.org -r alice+1@example.com \
		-falice+2@example.com a@x.org
	to a@x.org
	env_is from alice+2@example.com
	bare -C "$CONF" -falice+2@example.com -f nobody@evil.org a@x.org
	failed 77
	filed_are 1
}

@test "a display name and brackets are taken off -f" {
	bare -C "$CONF" -f 'Al, no: "Alice" <alice@example.com>' a@x.org
	failed 65
	bare -C "$CONF" -f '"Al, Alice" <alice+1@example.com>' a@x.org
	to a@x.org
	env_is from alice+1@example.com
	bare -C "$CONF" -f '<alice+2@example.com>' a@x.org
	to a@x.org
	env_is from alice+2@example.com
}

@test "-C counts only as the first argument" {
	bare -C "$CONF" -C /nonexistent a@x.org
	to a@x.org
	bare -C "$CONF" -t -C/nonexistent
	to header@x.org
	printf 'garbage\n' >"$BATS_TEST_TMPDIR/garbage"
	moved_binary
	run_as_is env HOME="$MOVED_DIR" "$MOVED" -i -C "$CONF" a@x.org \
		<"$BATS_TEST_TMPDIR/m"
	failed 78 "*$SYSTEM_FILE*"
}

@test "-C behind --check or --pin is an error, and the manual's lines work" {
	local line

	# The installed file is good, and the new one is not.
	moved_binary
	cp "$CONF" "$SYSTEM_FILE"
	(umask 077 && echo garbage >"$BATS_TEST_TMPDIR/new")
	export HOME=$MOVED_DIR
	run_as_is "$MOVED" --check --offline -C "$BATS_TEST_TMPDIR/new"
	failed 64 '*-C FILE counts only as the first argument*'
	run_as_is "$MOVED" --pin -a default "-C$BATS_TEST_TMPDIR/new"
	failed 64 '*-C FILE counts only as the first argument*'
	run_as_is "$MOVED" --check --offline
	[ "$status" -eq 0 ] || { echo "$out$err"; false; }
	line=$(sed -n 's/^\.Dl "validate: pinmail \(.*\)"$/\1/p' \
		"$top_srcdir/man/pinmail.1")
	line=${line//%s/$BATS_TEST_TMPDIR/new}
	# shellcheck disable=SC2086
	run_as_is "$MOVED" $line
	[ "$status" -eq 78 ] || { echo "$line: $status $out$err"; false; }
}

@test "under the name sendmail -C takes its value and does nothing" {
	sendmail_begin
	echo 'garbage' >"$BATS_TEST_TMPDIR/garbage"
	chmod 600 "$BATS_TEST_TMPDIR/garbage"
	sendmail -C "$BATS_TEST_TMPDIR/garbage" a@x.org
	to a@x.org
	sendmail "-C$BATS_TEST_TMPDIR/garbage" -C /nonexistent -t
	to header@x.org
	# Under any path of that name.
	mkdir "$MOVED_DIR/sbin"
	ln -s ../pinmail "$MOVED_DIR/sbin/sendmail"
	run_as_is "$MOVED_DIR/sbin/sendmail" -C/nonexistent a@x.org \
		<"$BATS_TEST_TMPDIR/m"
	to a@x.org
}

@test "an option of any name neither reads, writes nor runs anything" {
	local evil=$BATS_TEST_TMPDIR/evil o

	sendmail_begin
	mkdir "$evil"
	echo 'user bob' >"$evil/conf"
	cd "$evil"
	for o in "-X$evil/x" "-D$evil/x" "-OQueueDirectory=$evil" "-oQ$evil" \
		"-oQ $evil/x" "-C$evil/conf" "-OLogFile=$evil/x" \
		"-p$evil/x" "-L$evil/x" "-M$evil/x" "-A$evil/x" "-d$evil/x" \
		"-h$evil/x" "-e$evil/x" "-oA$evil/x" "-oX$evil/x" \
		"-oS$evil/x" "-oM$evil/x" -dx "-be $evil/x"; do
		sendmail "$o" a@x.org
		case $o in
		-be*) failed 64 ;;
		*) to a@x.org ;;
		esac
		[[ $o == -C* ]] || bare -C "$CONF" "$o" a@x.org
		[ "$(ls "$evil")" = conf ]
	done
	for o in -X -D -O -p -L -M -A -C -h -e -o; do
		sendmail "$o" "$evil/x" a@x.org
		to a@x.org
		[ "$(ls "$evil")" = conf ]
	done
	# PHP's fifth parameter, as it comes from an attacker.
	sendmail -t -i -f root@localhost "-OQueueDirectory=/tmp" "-X$evil/rce.php"
	to header@x.org
	[ "$(ls "$evil")" = conf ]
}

@test "options that programs use do nothing" {
	bare -C "$CONF" -i -oi -oem -odi -oeq -o7 -om -G -m -n -s -T -U -x \
		-Am -B8BITMIME -B 7BIT -e m -h 17 -L tag -O x=y -p smtp -M x \
		-d0.1 -bm -Ac -c -Ex -E -Jx -J -Qx a@x.org
	to a@x.org
	bare -C "$CONF" -o a@no -t
	to header@x.org
	bare -C "$CONF" -oi -t
	to header@x.org
	# -d takes nothing from the next argument; alone it is -v, as in msmtp.
	bare -C "$CONF" -d a@x.org
	[ "$status" -eq 0 ]
	filed alice
	env_is rcpt a@x.org
	grep -q '^> MAIL' "$BATS_TEST_TMPDIR/err"
	sendmail_begin
	sendmail -d -S a@x.org
	to a@x.org
}

@test "--help: a summary of the options, on standard output" {
	run_as_is "$PINMAIL" --help </dev/null
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	[[ $out == *usage:*pinmail*-t*-f* ]]
	# The synopsis is the manual's.
	[[ $out == *'[-C file] --check'*'[-a account]'*'[-C file] --pin -a'* ]]
	# It must be the first argument.
	bare -C "$CONF" --help
	failed 64
}

@test "--help and --version to an output that is full: 74" {
	[ -c /dev/full ] || skip "no /dev/full here"
	status=0
	"$PINMAIL" --help >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -eq 74 ]
	clean_line "$BATS_TEST_TMPDIR/err"
	status=0
	"$PINMAIL" --version >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -eq 74 ]
	grep -qx 'pinmail: standard output cannot be written' \
		"$BATS_TEST_TMPDIR/err"
}

@test "--version" {
	run_as_is "$PINMAIL" --version </dev/null
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	[[ $out =~ ^pinmail\ [0-9][^[:space:]]*$ ]]
	bare -C "$CONF" -t --version
	failed 64
}

@test "without arguments on a terminal: what to type first" {
	run_as_is "$PINMAIL" </dev/null
	failed 64 '*no recipients*'
	need script
	status=0
	script -qec "$PINMAIL" /dev/null </dev/null \
		>"$BATS_TEST_TMPDIR/out" || status=$?
	[ "$status" -eq 64 ]
	grep -q 'echo .* | pinmail ' "$BATS_TEST_TMPDIR/out"
	grep -q 'pinmail.conf(5)' "$BATS_TEST_TMPDIR/out"
}

@test "-v prints the dialogue on standard error, > sent and < received" {
	pinmail -v a@x.org <"$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 0 ]
	[ -z "$out" ]
	diff - <(sed 's/SIZE=.*/SIZE=N/; s/\[.* bytes/[N bytes/
		s/BDAT .*/BDAT N LAST/; s/session.*/session N/' \
		"$BATS_TEST_TMPDIR/err") <<-'END'
	< 220 localhost ESMTP test server
	> EHLO example.com
	< 250-localhost
	< 250-PIPELINING
	< 250-CHUNKING
	< 250-8BITMIME
	< 250-SMTPUTF8
	< 250-DSN
	< 250-ENHANCEDSTATUSCODES
	< 250-SIZE 0
	< 250 AUTH PLAIN LOGIN SCRAM-SHA-256-PLUS SCRAM-SHA-256
	> AUTH SCRAM-SHA-256-PLUS ****
	< 334 ****
	> ****
	< 334 ****
	> ****
	< 235 2.7.0 Authentication succeeded
	> MAIL FROM:<alice@example.com> SIZE=N
	> RCPT TO:<a@x.org>
	> BDAT N LAST
	> [N bytes of content]
	< 250 2.1.0 Sender OK
	< 250 2.1.5 Recipient OK
	< 250 2.0.0 Filed, session N
	> QUIT
	END
	# Every line of a failure starts with one of the two, or with our name.
	pinmail -v -f alice@example.com a@x.org <"$BATS_TEST_TMPDIR/m"
	lacks '^([^<>]|[<>][^ ])' "$BATS_TEST_TMPDIR/err"
}

@test "-v cleans what the server says" {
	player T $'S 220 x\x1b[31m\x07 \xff \xc3\xa9' C 'S 554 no'
	conf_write
	pinmail -v a@x.org <"$BATS_TEST_TMPDIR/m"
	[ "$status" -eq 69 ]
	lacks '[[:cntrl:]]' "$BATS_TEST_TMPDIR/err"
	grep -qF '< 220 x\x1b[31m\x07 \xff é' "$BATS_TEST_TMPDIR/err"
}

@test "standard output and error may be closed" {
	status=0
	"$PINMAIL" -C "$CONF" a@x.org <"$BATS_TEST_TMPDIR/m" >&- 2>&- ||
		status=$?
	[ "$status" -eq 0 ]
	filed_are 1
	status=0
	"$PINMAIL" -C "$CONF" -v -f x@y a@x.org <"$BATS_TEST_TMPDIR/m" \
		>&- 2>&- || status=$?
	[ "$status" -eq 77 ]
}
