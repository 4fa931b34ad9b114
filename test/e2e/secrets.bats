#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Login" and "WHERE SECRETS GO"; pinmail(1), "SECURITY
# CONSIDERATIONS".

load lib

setup() {
	untraced
	server_start
}

# conf LINE ...: an account without a password, and these lines.
conf() {
	CONF=${CONF:-$BATS_TEST_TMPDIR/conf}
	(
		umask 077
		cat >"$CONF" <<-END
		account default
		host 127.0.0.1
		port $PORT
		tls_starttls off
		pin $PIN
		user alice
		from alice@example.com
		syslog off
		logfile $BATS_TEST_TMPDIR/log
		END
		printf '%s\n' "$@" >>"$CONF"
	)
}

# secret FILE [CONTENT]: make a file that only we can read.
secret() {
	(umask 077; printf '%b' "${2-wonder1and\n}" >"$1")
}

@test "password in a file that others may read: 78" {
	conf 'password wonder1and'
	chmod o+r "$CONF"
	pinmail x@example.org </dev/null
	failed 78 "*$CONF:10: *chmod o-r*"
	filed_are 0
}

@test "passwordfile: its first line is the password" {
	local text

	conf 'passwordfile pw'
	for text in 'wonder1and\n' 'wonder1and' 'wonder1and\r\n' \
		'wonder1and\nmore\nlines\n'; do
		secret "$BATS_TEST_TMPDIR/pw" "$text"
		pinmail x@example.org </dev/null
		succeeded
	done
	# Blanks belong to it.
	secret "$BATS_TEST_TMPDIR/pw" ' wonder1and\n'
	pinmail x@example.org </dev/null
	failed 77
}

@test "passwordfile: absolute, relative to the file, never to the cwd" {
	mkdir "$BATS_TEST_TMPDIR/cwd" "$BATS_TEST_TMPDIR/sub"
	secret "$BATS_TEST_TMPDIR/cwd/pw" 'wrong\n'
	secret "$BATS_TEST_TMPDIR/pw"
	secret "$BATS_TEST_TMPDIR/sub/pw"
	cd "$BATS_TEST_TMPDIR/cwd"
	for name in "$BATS_TEST_TMPDIR/pw" pw ./pw sub/pw sub/../pw; do
		conf "passwordfile $name"
		pinmail x@example.org </dev/null
		succeeded
	done
}

@test "a name without a slash: CREDENTIALS_DIRECTORY, then beside the file" {
	mkdir -m 700 "$BATS_TEST_TMPDIR/cred"
	conf 'passwordfile pw'
	secret "$BATS_TEST_TMPDIR/pw"
	export CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/cred
	# Not there: beside the file.
	pinmail x@example.org </dev/null
	succeeded
	secret "$BATS_TEST_TMPDIR/cred/pw" 'wrong\n'
	pinmail x@example.org </dev/null
	failed 77
	# What is there may be readable by all: only we can enter.
	secret "$BATS_TEST_TMPDIR/cred/pw"
	secret "$BATS_TEST_TMPDIR/pw" 'wrong\n'
	chmod 444 "$BATS_TEST_TMPDIR/cred/pw"
	pinmail x@example.org </dev/null
	succeeded
	# A name with a slash is none of its.
	conf 'passwordfile ./pw'
	pinmail x@example.org </dev/null
	failed 77
	secret "$BATS_TEST_TMPDIR/pw"
	pinmail x@example.org </dev/null
	succeeded
}

@test "passwordfile that others may read: 77" {
	conf 'passwordfile pw'
	secret "$BATS_TEST_TMPDIR/pw"
	chmod 644 "$BATS_TEST_TMPDIR/pw"
	pinmail x@example.org </dev/null
	failed 77 "*$BATS_TEST_TMPDIR/pw: *chmod o-r*"
	filed_are 0
	# The group may: that is how users share one.
	chmod 640 "$BATS_TEST_TMPDIR/pw"
	pinmail x@example.org </dev/null
	succeeded
	# The other rules for files hold, too.
	chmod 620 "$BATS_TEST_TMPDIR/pw"
	pinmail x@example.org </dev/null
	failed 77 '*can be written by others*'
	rm "$BATS_TEST_TMPDIR/pw"
	mkdir "$BATS_TEST_TMPDIR/pw"
	pinmail x@example.org </dev/null
	failed 77 '*not a regular file*'
}

@test "below /run/secrets others may read: only we can enter" {
	local d

	need_root
	unshare -m mount -t tmpfs tmpfs /run 2>/dev/null ||
		skip "cannot mount in a namespace"
	for d in /run/secrets /run/secrets/pinmail /run/secrets-of-all; do
		conf "passwordfile $d/pw"
		run_as_is unshare -m sh -c '
			mount -t tmpfs tmpfs /run && mkdir -p "$1" &&
			echo wonder1and >"$1/pw" && chmod 444 "$1/pw" || exit 1
			shift
			exec "$@" </dev/null' sh "$d" \
			"$PINMAIL" -C "$CONF" x@example.org
		if [ "$d" = /run/secrets-of-all ]; then
			failed 77 '*chmod o-r*'
		else
			succeeded
		fi
	done
}

@test "passwordfile that is empty, too long or not there: 77" {
	conf 'passwordfile pw'
	for text in '' '\n' '\r\n' '\nwonder1and\n'; do
		secret "$BATS_TEST_TMPDIR/pw" "$text"
		pinmail x@example.org </dev/null
		failed 77 "*pw*empty*"
	done
	secret "$BATS_TEST_TMPDIR/pw" "$(printf '%20000s' '')"
	pinmail x@example.org </dev/null
	failed 77 '*pw*'
	rm "$BATS_TEST_TMPDIR/pw"
	pinmail x@example.org </dev/null
	failed 77 "*$BATS_TEST_TMPDIR/pw: No such file*"
	filed_are 0
}

@test "userfile: its first line is the user name; others may read it" {
	conf 'userfile name' 'password builder'
	printf 'bob\nmore\n' >"$BATS_TEST_TMPDIR/name"
	chmod 644 "$BATS_TEST_TMPDIR/name"
	pinmail x@example.org </dev/null
	succeeded
	filed bob
	mkdir -m 700 "$BATS_TEST_TMPDIR/cred"
	printf 'alice\n' >"$BATS_TEST_TMPDIR/cred/name"
	conf 'userfile name' 'password wonder1and'
	CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/cred pinmail x@example.org \
		</dev/null
	succeeded
	filed alice
	: >"$BATS_TEST_TMPDIR/name"
	pinmail x@example.org </dev/null
	failed 77 '*name*empty*'
	rm "$BATS_TEST_TMPDIR/name"
	pinmail x@example.org </dev/null
	failed 77 '*name: No such file*'
}

@test "passwordeval: its output's first line is the password" {
	conf 'passwordeval printf "%s\n" wonder1and more'
	pinmail x@example.org </dev/null
	succeeded
	conf 'passwordeval printf wonder1and'
	pinmail x@example.org </dev/null
	succeeded
	# By /bin/sh -c.
	conf 'passwordeval for i in wonder 1and; do printf %s "$i"; done | cat'
	pinmail x@example.org </dev/null
	succeeded
	# Both streams of the command are /dev/null, so nothing is mixed in.
	conf 'passwordeval cat; echo noise >&2; echo wonder1and'
	pinmail x@example.org <<<'Subject: s'
	succeeded
	filed alice
	[ "$(field Subject)" = s ]
}

@test "passwordeval that fails, prints nothing or too much: 77" {
	conf 'passwordeval exit 3'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*3*'
	conf 'passwordeval echo wonder1and; exit 1'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*'
	conf 'passwordeval :'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*empty*'
	conf 'passwordeval echo'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*empty*'
	conf 'passwordeval nonesuch-command-of-mine'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*127*'
	conf 'passwordeval kill -9 $$'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*'
	# It ends what goes on printing.
	conf 'passwordeval yes'
	pinmail x@example.org </dev/null
	failed 77 '*passwordeval*16384*'
	filed_are 0
}

@test "passwordeval inherits no descriptor, and no ignored signal" {
	conf "passwordeval (: >&7) 2>/dev/null && echo leak >$BATS_TEST_TMPDIR/l; (: >&9) 2>/dev/null && echo leak >$BATS_TEST_TMPDIR/l; echo wonder1and"
	pinmail x@example.org </dev/null 7>"$BATS_TEST_TMPDIR/seven" \
		9>"$BATS_TEST_TMPDIR/nine"
	succeeded
	[ ! -e "$BATS_TEST_TMPDIR/l" ]
	conf 'passwordeval kill -TERM $$; echo wonder1and'
	(
		trap '' TERM INT HUP PIPE
		pinmail x@example.org </dev/null
		failed 77
	)
}

@test "passwordeval runs only if a login will be made" {
	conf "passwordeval touch $BATS_TEST_TMPDIR/ran; echo wonder1and" \
		'auth off'
	pinmail x@example.org </dev/null
	failed 69
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	# Nor when nothing will be sent anyway.
	conf "passwordeval touch $BATS_TEST_TMPDIR/ran; echo wonder1and"
	pinmail -f who@else.org x@example.org </dev/null
	failed 77
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	pinmail x@example.org </dev/null
	succeeded
	[ -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "no secret at all: 77, before anything is sent" {
	conf
	pinmail x@example.org </dev/null
	failed 77 '*no password*'
	# A named mechanism and nobody to log in: that is the configuration.
	conf 'user' 'auth plain' 'password x'
	pinmail x@example.org </dev/null
	failed 78 '*no user*'
	# It is looked for before dialling.
	conf 'port 9'
	pinmail x@example.org </dev/null
	failed 77
}

@test "a wrong password: 77, and nothing names it" {
	conf 'password l3tmein' 'auth on'
	pinmail -v x@example.org </dev/null
	[ "$status" -eq 77 ]
	lacks l3tmein "$BATS_TEST_TMPDIR/err"
	lacks l3tmein "$BATS_TEST_TMPDIR/log"
	grep -q '^pinmail: account default: .*535' "$BATS_TEST_TMPDIR/err"
	grep -q ' status=login exit=77 ' "$BATS_TEST_TMPDIR/log"
	filed_are 0
}

@test "secrets do not appear in the output of -v, nor in the log" {
	local mech b64

	for mech in PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-256-PLUS SCRAM-SHA-1 \
		OAUTHBEARER XOAUTH2; do
		server_start --mech "$mech"
		conf 'password wonder1and' "auth ${mech,,}"
		pinmail -v x@example.org <<<'Subject: body1234'
		[ "$status" -eq 0 ] || { echo "$mech: $err"; false; }
		grep -q "^> AUTH $mech" "$BATS_TEST_TMPDIR/err"
		# Neither it, nor what stands for it in base64 at any of the
		# three offsets, nor any base64 at all.
		lacks 'wonder1and' "$BATS_TEST_TMPDIR/err"
		lacks 'wonder1and' "$BATS_TEST_TMPDIR/log"
		for b64 in d29uZGVyMWFuZ b25kZXIxYW5k 3b25kZXIxYW5k \
			vbmRlcjFhbm; do
			lacks "$b64" "$BATS_TEST_TMPDIR/err"
		done
		lacks '^[<>] (334 )?[A-Za-z0-9+/=]{9,}$' "$BATS_TEST_TMPDIR/err"
		# Of the content only the size is shown.
		lacks 'body1234' "$BATS_TEST_TMPDIR/err"
		grep -qE '^> \[[0-9]+ bytes of content\]$' "$BATS_TEST_TMPDIR/err"
	done
}

# The message hangs in front of a server that says nothing.  Sets PID.
hang() {
	player N
	conf "$@"
	"$PINMAIL" -C "$CONF" x@example.org <<<'Subject: x' \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 8<&- &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
	player_reached
}

@test "secrets are neither in the arguments nor in the environment" {
	secret "$BATS_TEST_TMPDIR/pw" 's3cret0fmine\n'
	hang "passwordeval cat $BATS_TEST_TMPDIR/pw" tls_starttls
	[ -d "/proc/$PID" ] || skip "no /proc here"
	lacks 's3cret0fmine' "/proc/$PID/cmdline"
	if [ -r "/proc/$PID/environ" ] && cat "/proc/$PID/environ" >/dev/null; then
		lacks 's3cret0fmine' "/proc/$PID/environ"
	fi
	# ... nor in a core file: there is none.
	grep -qE '^Max core file size +0 +0 ' "/proc/$PID/limits"
	# ... nor does a child hold it.
	[ -z "$(cat "/proc/$PID/task/$PID/children")" ]
	kill "$PID"
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq 75 ]
}

@test "what is freed is wiped: after the login no secret is in memory" {
	local long

	need_root
	# A long one: what takes the place of freed memory must not hide it.
	long=$(printf 's3cret0fmine%.0s' {1..200})
	secret "$BATS_TEST_TMPDIR/pw" "$long\n"
	player T 'S 220 x' C 'S 250-x' 'S 250 AUTH PLAIN' C 'S 334 ' C N G \
		'S 235 ok' C N
	conf "passwordfile $BATS_TEST_TMPDIR/pw" "pin $PIN"
	"$PINMAIL" -C "$CONF" x@example.org <<<'Subject: x' \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 8<&- &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
	cat >"$BATS_TEST_TMPDIR/scan.py" <<-'END'
	import base64, sys
	pid = sys.argv[1]
	long = b's3cret0fmine' * 200
	secrets = [long[:12], base64.b64encode(b'\0alice\0' + long)[800:864]]
	mem = open('/proc/%s/mem' % pid, 'rb')
	bad = 0
	for line in open('/proc/%s/maps' % pid):
	    where, mode = line.split()[:2]
	    if mode[:2] != 'rw':
	        continue
	    a, b = (int(x, 16) for x in where.split('-'))
	    if b - a > 1 << 30:
	        continue  # a sanitizer's books
	    try:
	        mem.seek(a)
	        data = mem.read(b - a)
	    except (OSError, ValueError):
	        continue
	    for s in secrets:
	        n = data.count(s)
	        if n:
	            print(s, n, 'times in', line.strip())
	            bad += n
	sys.exit(bad > 0)
	END
	# It is found while it is needed ...
	player_reached
	run "$PYTHON" "$BATS_TEST_TMPDIR/scan.py" "$PID"
	[ "$status" -eq 1 ]
	# ... and not any more when MAIL has been said.
	player_go
	player_reached
	"$PYTHON" "$BATS_TEST_TMPDIR/scan.py" "$PID"
}
