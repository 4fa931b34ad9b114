#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What is logged"; pinmail.conf(5), "Log".

load lib

setup() {
	untraced
	server_start
}

setup_file() {
	cat >"$BATS_FILE_TMPDIR/holds.py" <<-'END'
	import json, re, sys

	def holds(name, expression):
	    with open(name, encoding='utf-8') as log:
	        d = json.loads(log.readlines()[-1])
	    if not eval(expression, {'re': re, 'd': d}):
	        sys.exit(json.dumps(d, indent=1))
	END
	servant_start "$BATS_FILE_TMPDIR/holds.py"
}

teardown_file() {
	servant_stop
}

# json FILE EXPRESSION: true of the object in the last line, which is d.
json() {
	servant "$@" <<<'holds(*sys.argv[1:])'
}

@test "every key of a success, in this order" {
	conf_write
	printf 'Message-ID: <a@b>\n\n%999s\n' x >"$BATS_TEST_TMPDIR/m"
	pinmail b@x.org c@x.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	[ "$(wc -l <"$LOG")" -eq 1 ]
	log_is "^[A-Z][a-z][a-z] [0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] uid=$(id -u) user=$(id -un) parent=[^ ]+ account=default host=127\.0\.0\.1 port=$PORT address=127\.0\.0\.1:$PORT tls=TLSv1\.3 cipher=TLS_[A-Z0-9_]+ pin=$PIN mechanism=SCRAM-SHA-256-PLUS login=alice from=alice@example\.com rcpt=b@x\.org,c@x\.org rcpts=2 size=$(sed -n 's/^size=//p' "$ENV") encoding=encoded msgid=<a@b> reply=\"250 2\.0\.0 Filed, session 1\" status=sent exit=0 ms=[0-9]+\$"
}

@test "a key whose value did not become known is left out" {
	server_start --no-auth
	conf_write 'auth off' "pin sha256:$(printf '%064d' 0)"
	sed -i "/^pin $PIN/d" "$CONF"
	pinmail -f '' b@x.org </dev/null
	failed 76
	log_is " account=default host=127\.0\.0\.1 port=$PORT address=127\.0\.0\.1:$PORT tls=TLSv1\.3 cipher=[A-Z0-9_]+ from=<> rcpt=b@x\.org rcpts=1 size=[0-9]+ msgid=<[-0-9a-f]+@example\.com> status=untrusted exit=76 error=\".*\" ms=[0-9]+\$"
	# error: the line that was printed on standard error.
	err=${err#pinmail: }
	tail -n 1 "$LOG" | grep -qF "error=\"${err//\"/\\\"}\""
}

@test "uid, user and parent: who called" {
	local name

	need_root
	moved_binary
	conf_write 'passwordeval echo wonder1and'
	grep -v '^password ' "$CONF" >"$MOVED_DIR/conf"
	mkdir -m 777 "$MOVED_DIR/log"
	echo "logfile $MOVED_DIR/log/log" >>"$MOVED_DIR/conf"
	LOG=$MOVED_DIR/log/log
	for uid in 65534 54321; do
		run_as_is as_user "$uid" sh -c '"$@" </dev/null; exit $?' sh \
			"$MOVED" -C "$MOVED_DIR/conf" b@x.org
		succeeded
		name=$(getent passwd "$uid" | cut -d: -f1) || :
		log_is " uid=$uid user=${name:-$uid} parent=sh account=default "
		rm "$LOG"
	done
}

@test "before an account is chosen, and with a wrong command line: nothing" {
	conf_write
	pinmail -f 'a b' x@example.org </dev/null
	failed 65
	pinmail </dev/null
	failed 64
	pinmail -Z x@example.org </dev/null
	failed 64
	[ ! -e "$LOG" ]
}

@test "the first ten recipients, and their number" {
	conf_write
	# shellcheck disable=SC2046
	pinmail $(seq -f 'u%g@x.org' 12) </dev/null
	succeeded
	log_is ' rcpt=u1@x.org,u2@x.org,u3@x.org,u4@x.org,u5@x.org,u6@x.org,u7@x.org,u8@x.org,u9@x.org,u10@x.org rcpts=12 '
	conf_write 'log_format json'
	# shellcheck disable=SC2046
	pinmail $(seq -f 'u%g@x.org' 12) </dev/null
	succeeded
	json "$LOG" 'len(d["rcpt"].split(",")) == 10 and d["rcpts"] == 12'
}

@test "log_format json: one object a line with the same keys, time first" {
	local keys

	conf_write
	printf '\n%999s\n' x >"$BATS_TEST_TMPDIR/m"
	pinmail b@x.org <"$BATS_TEST_TMPDIR/m"
	keys=$(tail -n 1 "$LOG" | cut -c 17- | grep -oE '(^| )[a-z]+=' |
		tr -d ' =' | tr '\n' ' ')
	rm "$LOG"
	conf_write 'log_format json' 'logfile_time_format %s'
	TZ=UTC-5:30 pinmail b@x.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	[ "$(wc -l <"$LOG")" -eq 1 ]
	"$PYTHON" -m json.tool <"$LOG" >/dev/null
	json "$LOG" "' '.join(d) + ' ' == 'time $keys'"
	# As in 2026-11-21T20:44:00+0100.
	json "$LOG" 're.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0530", d["time"])'
	json "$LOG" 'all(type(d[k]) is int for k in "uid port rcpts size exit ms".split())'
	json "$LOG" 'd["encoding"] == "encoded"'
	json "$LOG" 'd["status"] == "sent" and d["exit"] == 0 and d["rcpt"] == "b@x.org"'
}

# Called by a process of that name: as_parent NAME ARG ...
as_parent() {
	run_as_is "$PYTHON" -c '
import os, subprocess, sys
open("/proc/self/comm", "wb").write(os.fsencode(sys.argv[1]))
sys.exit(subprocess.call(sys.argv[2:], stdin=subprocess.DEVNULL))' "$@"
}

@test "values in double quotes, and what is written as \\xNN" {
	[ -w /proc/self/comm ] || skip "no /proc here"
	conf_write 'senders *@example.com'
	as_parent 'a b' "$PINMAIL" -C "$CONF" b@x.org
	succeeded
	log_is ' parent="a b" account='
	as_parent 'a"b\c' "$PINMAIL" -C "$CONF" b@x.org
	log_is ' parent="a\\"b\\\\c" account='
	as_parent 'a=b' "$PINMAIL" -C "$CONF" b@x.org
	log_is ' parent="a=b" account='
	as_parent 'ü' "$PINMAIL" -C "$CONF" b@x.org
	log_is ' parent=ü account='
	as_parent $'a\x1b\n\t\x7fb' "$PINMAIL" -C "$CONF" b@x.org
	log_is ' parent="a\\x1b\\x0a\\x09\\x7fb" account='
	as_parent $'\xff\xc3x\xc2\x9b' "$PINMAIL" -C "$CONF" b@x.org
	log_is ' parent="\\xff\\xc3x\\xc2\\x9b" account='
	# A value that looks like another key.
	as_parent 'x account=evil' "$PINMAIL" -C "$CONF" b@x.org
	log_is ' parent="x account=evil" account=default '
	[ "$(wc -l <"$LOG")" -eq 7 ]
	pinmail -f '"a b\"c"@example.com' b@x.org </dev/null
	succeeded
	log_is ' from="\\"a b\\\\\\"c\\"@example.com" rcpt='
}

@test "the same in JSON is good JSON" {
	[ -w /proc/self/comm ] || skip "no /proc here"
	conf_write 'log_format json'
	as_parent $'a"b\\c\x1b\n\t\x7f' "$PINMAIL" -C "$CONF" b@x.org
	succeeded
	json "$LOG" 'd["parent"] == "a\"b\\c\x1b\n\t\x7f"'
	as_parent $'\xff\xc3xü' "$PINMAIL" -C "$CONF" b@x.org
	json "$LOG" '"xü" in d["parent"]'
	[ "$(wc -l <"$LOG")" -eq 2 ]
}

@test "what the server says is cleaned" {
	player T $'S 220 x' C $'S 554 5.3.0 \x1b]0;x\x07 "q" \xff status=sent exit=0'
	conf_write
	pinmail b@x.org </dev/null
	failed 69
	log_is ' reply="554 5\.3\.0 \\\\?\\x1b\]0;x\\\\?\\x07 \\"q\\" \\\\?\\xff status=sent exit=0" status=server exit=69 '
	lacks '[[:cntrl:]]' "$LOG"
}

@test "a file of its own: made with mode 0600, appended to" {
	conf_write
	umask 0
	pinmail b@x.org </dev/null
	succeeded
	pinmail c@x.org </dev/null
	succeeded
	[ "$(wc -l <"$LOG")" -eq 2 ]
	[ "$(stat -c %a "$LOG")" = 600 ]
	chmod 640 "$LOG"
	pinmail d@x.org </dev/null
	[ "$(wc -l <"$LOG")" -eq 3 ]
	[ "$(stat -c %a "$LOG")" = 640 ]
}

@test "lines of many processes do not mix" {
	local i

	conf_write
	for i in {1..16}; do
		"$PINMAIL" -C "$CONF" "u$i@x.org" </dev/null 3>&- &
		pids[i]=$!
	done
	for i in {1..16}; do
		wait "${pids[i]}"
	done
	[ "$(wc -l <"$LOG")" -eq 16 ]
	[ "$(grep -cE '^[A-Z][a-z]{2} .* status=sent exit=0 ms=[0-9]+$' "$LOG")" -eq 16 ]
}

@test "a log that cannot be written never fails or delays a delivery" {
	local where

	mkfifo "$BATS_TEST_TMPDIR/fifo"
	for where in "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/no/log" /dev/full \
		"$BATS_TEST_TMPDIR/fifo" /proc/version \
		"$BATS_TEST_TMPDIR/server.none/$(printf '%300s' '' | tr ' ' x)"; do
		conf_write "logfile $where"
		run_as_is timeout -s KILL 20 "$PINMAIL" -C "$CONF" b@x.org \
			</dev/null
		succeeded
		pinmail -f x@y b@x.org </dev/null
		failed 77
	done
}

@test "logfile - is standard error" {
	conf_write 'logfile -'
	pinmail b@x.org </dev/null
	[ "$status" -eq 0 ]
	[ -z "$out" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ]
	[[ $err == *' account=default '*' status=sent exit=0 '* ]]
	[ ! -e ./- ] && [ ! -e "$BATS_TEST_TMPDIR/-" ]
	conf_write 'logfile -' 'log_format json'
	pinmail -f x@y b@x.org </dev/null
	[ "$status" -eq 77 ]
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/err" | cut -c 1-9)" = 'pinmail: ' ]
	json "$BATS_TEST_TMPDIR/err" 'd["status"] == "sender"'
}

@test "logfile_time_format" {
	conf_write 'logfile_time_format %Y-%m-%d %H:%M:%S %z'
	TZ=UTC+3 pinmail b@x.org </dev/null
	succeeded
	log_is '^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} -0300 uid='
	conf_write 'logfile_time_format [%s]'
	pinmail b@x.org </dev/null
	log_is '^\[[0-9]+\] uid='
	# The default.
	conf_write 'logfile_time_format %s' 'logfile_time_format'
	pinmail b@x.org </dev/null
	log_is '^[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} uid='
	# Much too long.
	conf_write "logfile_time_format $(printf '%%c%.0s' {1..50})"
	pinmail b@x.org </dev/null
	succeeded
	log_is 'uid=.* status=sent'
}

@test "logfile_time_format none leaves it out" {
	conf_write 'logfile_time_format none'
	pinmail b@x.org </dev/null
	succeeded
	log_is '^uid='
}

# syslog_of ARG ...: run it where /dev/log is a socket of ours; what came
# there goes to the file syslog, a datagram a line.  $full: nobody reads.
syslog_of() {
	cat >"$BATS_TEST_TMPDIR/syslog.py" <<-'END'
	import os, socket, subprocess, sys
	tmp, full = sys.argv[1:3]
	old = tmp + '/dev'
	os.makedirs(old, exist_ok=True)
	def run(*args):
	    subprocess.check_call(args)
	run('mount', '--bind', '/dev', old)
	run('mount', '-t', 'tmpfs', 'tmpfs', '/dev')
	for name in os.listdir(old):
	    if name != 'log':
	        os.symlink(old + '/' + name, '/dev/' + name)
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind('/dev/log')
	s.setblocking(False)
	if full:
	    t = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	    t.setblocking(False)
	    t.connect('/dev/log')
	    try:
	        while True:
	            t.send(b'x' * 1000)
	    except BlockingIOError:
	        pass
	status = subprocess.call(sys.argv[3:], stdin=subprocess.DEVNULL)
	with open(tmp + '/syslog', 'wb') as f:
	    try:
	        while True:
	            data = s.recv(65536)
	            if data[:3] != b'xxx':
	                f.write(data + b'\n')
	    except BlockingIOError:
	        pass
	sys.exit(status)
	END
	run_as_is unshare -m "$PYTHON" "$BATS_TEST_TMPDIR/syslog.py" \
		"$BATS_TEST_TMPDIR" "${full:-}" "$@"
}

need_syslog() {
	need_root
	need unshare
	unshare -m mount -t tmpfs tmpfs /dev 2>/dev/null ||
		skip "cannot mount in a namespace"
}

# datagram PRIORITY REGEX: there was one, with that priority.
datagram() {
	local line

	line=$(<"$BATS_TEST_TMPDIR/syslog")
	[ "$(wc -l <"$BATS_TEST_TMPDIR/syslog")" -eq 1 ] ||
		{ echo "$line"; return 1; }
	[[ $line =~ ^\<$1\>[A-Z][a-z]{2}\ [\ 0-9][0-9]\ [0-9]{2}:[0-9]{2}:[0-9]{2}\ pinmail\[[0-9]+\]:\ $2 ]] ||
		{ echo "$line"; return 1; }
}

@test "syslog: LOG_MAIL; LOG_INFO, LOG_ERR, and LOG_ALERT if untrusted" {
	need_syslog
	conf_write 'syslog on'
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	succeeded
	datagram 22 'uid=.* account=default .* status=sent exit=0 ms=[0-9]+$'
	# The same, without a time of its own, stands in the file.
	[[ $(tail -n 1 "$LOG") == *"$(grep -o 'uid=.*' "$BATS_TEST_TMPDIR/syslog")" ]]
	syslog_of "$PINMAIL" -C "$CONF" -f x@y b@x.org
	failed 77
	datagram 19 'uid=.* status=sender exit=77 '
	sed -i "s/^pin .*/pin sha256:$(printf '%064d' 0)/" "$CONF"
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	failed 76
	datagram 17 'uid=.* status=untrusted exit=76 '
}

@test "syslog: the facility that the account names, or off" {
	need_syslog
	conf_write 'syslog LOG_LOCAL3'
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	datagram 158 'uid='
	conf_write 'syslog LOG_USER' 'log_format json'
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	datagram 14 '\{"uid":'
	sed 's/.*pinmail\[[0-9]*\]: //' "$BATS_TEST_TMPDIR/syslog" \
		>"$BATS_TEST_TMPDIR/object"
	json "$BATS_TEST_TMPDIR/object" 'd["status"] == "sent" and "time" not in d'
	conf_write 'syslog off'
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	succeeded
	[ ! -s "$BATS_TEST_TMPDIR/syslog" ]
	# On is the default.
	conf_write
	sed -i '/^syslog/d' "$CONF"
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	datagram 22 'uid='
}

@test "syslog: before an account is chosen; a wrong command line is not" {
	need_syslog
	conf_write
	syslog_of "$PINMAIL" -C "$CONF" -f 'a b' b@x.org
	failed 65
	datagram 19 'uid=.* rcpt=b@x.org .* status=input exit=65 error=.*'
	syslog_of "$PINMAIL" -C /nonexistent b@x.org
	failed 78
	datagram 19 'uid=.* status=config exit=78 '
	syslog_of "$PINMAIL" -C "$CONF"
	failed 64
	[ ! -s "$BATS_TEST_TMPDIR/syslog" ]
	syslog_of "$PINMAIL" -C "$CONF" -Z b@x.org
	failed 64
	[ ! -s "$BATS_TEST_TMPDIR/syslog" ]
}

@test "syslog: nobody reads it, and nothing fails or waits" {
	need_syslog
	conf_write 'syslog on'
	full=1 syslog_of "$PINMAIL" -C "$CONF" b@x.org
	succeeded
	[ ! -s "$BATS_TEST_TMPDIR/syslog" ]
}

@test "a log that may not grow does no harm" {
	server_start
	conf_write
	(
		ulimit -f 0
		"$PINMAIL" -C "$CONF" bob@example.org <<<'Subject: x'
	)
	filed alice
}

# issue NAME DAYS [CA DAYS]: a certificate and its key, which ends then; sets
# UNTIL.  With a CA, it is one of these (of that many days) that signs it.
issue() {
	local new='ec -pkeyopt ec_paramgen_curve:P-256'

	# shellcheck disable=SC2086
	if [ $# -eq 2 ]; then
		openssl req -x509 -nodes -newkey $new -days "$2" \
			-subj "/CN=$1" -keyout "$1.key" -out "$1.pem"
	else
		issue "$3" "$4"
		echo 'subjectAltName=IP:127.0.0.1' >ext
		openssl req -nodes -newkey $new -subj "/CN=$1" \
			-keyout "$1.key" -out "$1.csr"
		openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" \
			-days "$2" -extfile ext -out "$1.pem"
	fi 2>/dev/null
	UNTIL=$(openssl x509 -in "$1.pem" -noout -enddate -dateopt iso_8601 |
		cut -c 10-19)
	[ $# -eq 2 ] || server_start --cert "$1.pem" --key "$1.key"
}

# pinned LINE ...: a message with these pins alone is sent, in silence.
pinned() {
	conf_write "$@"
	sed -i "/^pin $PIN\$/d" "$CONF"
	pinmail b@x.org </dev/null
	succeeded
}

@test "warning: what is pinned ends within 14 days, and on which" {
	local key

	need openssl
	cd "$BATS_TEST_TMPDIR"
	# It stands before the last key.
	issue leaf 13 root 400
	pinned "pin cert $PWD/leaf.pem"
	log_is " status=sent exit=0 warning=\"the pinned certificate ends on $UNTIL\" ms=[0-9]+\$"
	# The chain of a CA ends with the first of it.
	pinned "pin ca $PWD/root.pem"
	log_is " warning=\"a certificate of the pinned CA's chain ends on $UNTIL\" "
	# Of a key the dates do not matter.
	key=$(openssl x509 -in leaf.pem -noout -pubkey |
		openssl pkey -pubin -outform der | openssl dgst -sha256 -r |
		sed 's/ .*//; s/^/sha256:/')
	pinned "pin $key"
	log_is ' pin=sha256:.* status=sent exit=0 ms=[0-9]+$'
	# An error is one still, and the warning is there.
	pinned "pin cert $PWD/leaf.pem" 'log_format json'
	json "$LOG" "'$UNTIL' in d['warning'] and d['status'] == 'sent'"
	sed -i 's/^password .*/password no/' "$CONF"
	pinmail b@x.org </dev/null
	failed 77
	json "$LOG" "'$UNTIL' in d['warning'] and d['status'] == 'login'"

	# A CA that ends before what it has signed.
	issue leaf 400 root 13
	UNTIL=$(openssl x509 -in root.pem -noout -enddate -dateopt iso_8601 |
		cut -c 10-19)
	pinned "pin ca $PWD/root.pem"
	log_is " warning=\".* $UNTIL\" "
	# The certificate by itself does not, and 15 days are enough.
	rm "$LOG"
	pinned "pin cert $PWD/leaf.pem"
	issue leaf 15 root 15
	pinned "pin cert $PWD/leaf.pem"
	pinned "pin ca $PWD/root.pem"
	lacks 'warning' "$LOG"
}

@test "syslog: LOG_WARNING for what ends soon; what LOG_ALERT tells" {
	need_syslog
	need openssl
	cd "$BATS_TEST_TMPDIR"
	issue leaf 13 root 400
	conf_write "pin cert $PWD/leaf.pem" 'syslog on'
	sed -i "/^pin $PIN\$/d" "$CONF"
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	succeeded
	datagram 20 "uid=.* status=sent exit=0 warning=\".* $UNTIL\" "
	# A failure is more than a warning.
	sed -i 's/^password .*/password no/' "$CONF"
	syslog_of "$PINMAIL" -C "$CONF" b@x.org
	failed 77
	datagram 19 'uid=.* status=login .* warning='
	# Host, account, the key that was shown, and the next command.
	issue leaf 400 root 400
	cp root.pem elsewhere.pem
	issue leaf 400 root 400
	conf_write "pin ca $PWD/elsewhere.pem" 'syslog on'
	sed -i -e "/^pin $PIN\$/d" -e 's/^account .*/account work/' "$CONF"
	syslog_of "$PINMAIL" -C "$CONF" -a work b@x.org
	failed 76
	PIN=$(openssl x509 -in leaf.pem -noout -pubkey |
		openssl pkey -pubin -outform der | openssl dgst -sha256 -r |
		sed 's/ .*//')
	datagram 17 "uid=.* account=work host=127.0.0.1 .* tls=TLSv1.3 .* status=untrusted exit=76 error=\"account work: 127.0.0.1 .* pin sha256:$PIN.* nothing was sent; .*pinmail -C .* --pin -a work.*b@x.org\" "
	# It is what standard error says too.
	err=${err#pinmail: }
	grep -qF "error=\"${err//\"/\\\"}\"" "$BATS_TEST_TMPDIR/syslog"
}
