# SPDX-License-Identifier: ISC
# What the end-to-end tests share.  The environment may name the binaries:
# PINMAIL, SMTPD (the embedded submission server); the default is a build in
# the source tree.

top_srcdir=${top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
PINMAIL=${PINMAIL:-$top_builddir/pinmail}
SMTPD=${SMTPD:-$top_builddir/test/server/smtpd}

# Nothing of the person who runs the tests is to count.
export HOME=$BATS_TEST_TMPDIR
unset XDG_CONFIG_HOME CREDENTIALS_DIRECTORY TMPDIR MAIL EMAIL

# Start a server; more arguments are its own.  Sets PORT, PIN, DIR.
server_start() {
	SERVERS=$((${SERVERS:-0} + 1))
	DIR=$BATS_TEST_TMPDIR/server.$SERVERS
	mkdir -p "$DIR"
	PIN=$("$SMTPD" --dir "$DIR" --pin)
	mkfifo "$DIR/port"
	"$SMTPD" --dir "$DIR" --login alice:wonder1and --login bob:builder \
		"$@" >"$DIR/port" 2>"$DIR/stderr" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	read -r PORT <"$DIR/port"
}

# Write a configuration for alice at the server: conf_write [LINE ...].  The
# lines stand behind the usual ones.
conf_write() {
	CONF=${CONF:-$BATS_TEST_TMPDIR/conf}
	LOG=$BATS_TEST_TMPDIR/log
	(
		umask 077
		cat >"$CONF" <<-END
		account default
		host 127.0.0.1
		port $PORT
		tls_starttls off
		pin $PIN
		user alice
		password wonder1and
		from alice@example.com
		syslog off
		logfile $LOG
		END
		[ $# -eq 0 ] || printf '%s\n' "$@" >>"$CONF"
	)
}

# Run the binary with that configuration, stdin as it is.  Output goes to
# $out and $err, the exit status to $status.
pinmail() {
	status=0
	"$PINMAIL" -C "$CONF" "$@" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# The last run was a success, and silent.
succeeded() {
	[ "$status" -eq 0 ] || { echo "exit $status: $err"; return 1; }
	[ -z "$out$err" ] || { echo "not silent: $out$err"; return 1; }
}

# failed EXIT [GLOB]: that exit, and one clean line that matches.
failed() {
	[ "$status" -eq "$1" ] || { echo "exit $status: $err"; return 1; }
	[ -z "$out" ] || { echo "stdout: $out"; return 1; }
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ] ||
		{ echo "lines: $err"; return 1; }
	[[ $err == "pinmail: "* ]] || { echo "no prefix: $err"; return 1; }
	if LC_ALL=C grep -q '[[:cntrl:]]' "$BATS_TEST_TMPDIR/err"; then
		echo "control bytes: $err"
		return 1
	fi
	# shellcheck disable=SC2053
	[ $# -lt 2 ] || [[ $err == $2 ]] || { echo "line: $err"; return 1; }
}

# The newest message that the server filed for a login: sets EML and ENV.
filed() {
	EML=$(ls "$DIR/mail/$1/"*.eml | tail -n 1)
	ENV=${EML%.eml}.env
}

# How many messages the server filed in all.
count_filed() {
	find "$DIR/mail" -name '*.eml' 2>/dev/null | wc -l
}

# env_is KEY VALUE: the filed message's envelope has it (any of several).
env_is() {
	grep -qxF -- "$1=$2" "$ENV" || { cat "$ENV"; return 1; }
}

# field NAME: the header field of the filed message, unfolded.
field() {
	sed '/^\r*$/,$d' "$EML" | tr -d '\r' |
		sed -e ':a' -e 'N;$!ba' -e 's/\n[ \t]/ /g' |
		sed -n "s/^$1: *//Ip"
}

# The body of the filed message.
body() {
	sed '1,/^\r*$/d' "$EML"
}

teardown() {
	local pid
	if [ -f "$BATS_TEST_TMPDIR/pids" ]; then
		while read -r pid; do
			kill "$pid" 2>/dev/null || :
			wait "$pid" 2>/dev/null || :
		done <"$BATS_TEST_TMPDIR/pids"
	fi
	moved_remove
}

# bats traces each command of each function, at a millisecond a piece, to say
# where in which function a test failed.  The line of the test will do.  For
# the setup of a test, which is where it counts.
untraced() {
	set +T
}

setup() {
	untraced
}

# --- what only some chapters need ---

# Without the detour of a version manager's shim.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

# need PROGRAM ...: skip the test, aloud, where one is missing.
need() {
	local p

	for p; do
		command -v "$p" >/dev/null || skip "$p is not installed"
	done
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# lacks REGEX FILE: no line of it matches.  (A `! grep` would not fail a test
# unless it is its last line.)
lacks() {
	local lines

	lines=$(grep -aE -- "$1" "$2") || return 0
	echo "$2 holds: $lines"
	return 1
}

# Like pinmail, but the whole command is given.
run_as_is() {
	status=0
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# A copy of the binary whose system file is a path of ours: sets MOVED and
# SYSTEM_FILE, in a directory that everybody may enter.  The path in the
# binary is overwritten with one of the same length, so that installed
# binaries can be tried too.
moved_binary() {
	MOVED_DIR=$(mktemp -d /tmp/XXXXXXXX)
	chmod 755 "$MOVED_DIR"
	echo "$MOVED_DIR" >>"$BATS_TEST_TMPDIR/moved"
	MOVED=$MOVED_DIR/pinmail
	SYSTEM_FILE=$("$PYTHON" - "$PINMAIL" "$MOVED_DIR" <<-'END'
	import sys
	data = open(sys.argv[1], 'rb').read()
	end = data.index(b'/pinmail.conf\0') + len(b'/pinmail.conf')
	start = data.rindex(b'\0', 0, end) + 1
	pad = end - start - len(sys.argv[2]) - len('cnf')
	assert pad > 0, data[start:end]
	path = sys.argv[2] + '/' * pad + 'cnf'
	data = data[:start] + path.encode() + data[end:]
	open(sys.argv[2] + '/pinmail', 'wb').write(data)
	print(path)
	END
	)
	[ -n "$SYSTEM_FILE" ]
	chmod 755 "$MOVED"
}

# What moved_binary made goes; call it in teardown.
moved_remove() {
	local dir

	[ -f "$BATS_TEST_TMPDIR/moved" ] || return 0
	while read -r dir; do
		case $dir in
		/tmp/????????) rm -rf "$dir" ;;
		esac
	done <"$BATS_TEST_TMPDIR/moved"
}

# A server that plays a script, for what an honest one does not do:
#	player LINE ...
# Sets PORT; the lines that it read stand in $HEARD.  It serves one client:
#	S TEXT	say it		C	read a line	E	read up to a dot
#	T [CIPHER]	TLS begins (TLS 1.2 with that cipher)
#	B	read the chunk of the BDAT just read
#	N	tell player_reached	G	wait for player_go
#	P	take what has come so far, something at least
#	F	answer the SCRAM message just read, as a server does
#	X	hang up (without a close_notify)
# At the end it reads the rest, and hangs up; PLAYER can be waited for.  The
# certificate is $DIR/cert.pem, as server_start makes it.
player() {
	HEARD=$BATS_TEST_TMPDIR/heard
	cat >"$BATS_TEST_TMPDIR/player.py" <<-'END'
	import base64, os, re, socket, ssl, sys
	cert, key, heard, go = sys.argv[1:5]
	listener = socket.socket()
	listener.bind(('127.0.0.1', 0))
	listener.listen(8)
	print(listener.getsockname()[1], flush=True)
	out = open(heard, 'wb', buffering=0)
	s = listener.accept()[0]
	f = s.makefile('rb')
	line = b''
	def say(text):
	    s.sendall(os.fsencode(text) + b'\r\n')
	def start_tls(cipher):
	    global s, f
	    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	    if cipher:
	        ctx.maximum_version = ssl.TLSVersion.TLSv1_2
	        ctx.set_ciphers(cipher + '@SECLEVEL=0')
	    ctx.load_cert_chain(cert, key)
	    s = ctx.wrap_socket(s, server_side=True)
	    f = s.makefile('rb')
	def read():
	    global line
	    line = f.readline()
	    out.write(line)
	def rest():
	    while True:
	        data = f.read1(65536)
	        if not data:
	            break
	        out.write(data)
	try:
	    for step in sys.argv[5:]:
	        what, text = step[:1], step[2:]
	        if what == 'S':
	            say(text)
	        elif what == 'C':
	            read()
	        elif what == 'E':
	            while True:
	                read()
	                if line in (b'.\r\n', b''):
	                    break
	        elif what == 'B':
	            out.write(f.read(int(line.split()[1])))
	        elif what == 'F':
	            first = base64.b64decode(line.split()[-1])
	            nonce = re.search(rb'r=([^,]*)', first)[1]
	            first = b'r=%sxyz,s=c2FsdA==,i=4096' % nonce
	            say('334 ' + base64.b64encode(first).decode())
	        elif what == 'P':
	            f.read1(65536)
	        elif what == 'T':
	            start_tls(text)
	        elif what == 'N':
	            print('reached', flush=True)
	        elif what == 'G':
	            open(go).readline()
	        else:
	            break
	    else:
	        rest()
	except OSError:
	    pass
	f.close()
	s.close()
	END
	rm -f "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/go"
	mkfifo "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/go"
	"$PYTHON" "$BATS_TEST_TMPDIR/player.py" "$DIR/cert.pem" "$DIR/key.pem" \
		"$HEARD" "$BATS_TEST_TMPDIR/go" "$@" \
		>"$BATS_TEST_TMPDIR/said" 3>&- &
	PLAYER=$!
	echo "$PLAYER" >>"$BATS_TEST_TMPDIR/pids"
	exec 8<"$BATS_TEST_TMPDIR/said"
	read -r PORT <&8
}

# Wait until the script has come to its next N.
player_reached() {
	local word

	read -r word <&8
	[ "$word" = reached ]
}

# Let it go on behind its G.
player_go() {
	echo go >"$BATS_TEST_TMPDIR/go"
}

# as_user UID COMMAND ...: run as that user, who has nobody's rights; needs
# root.  The binary and its files must be where everybody may look: use MOVED
# and MOVED_DIR.
as_user() {
	local uid=$1

	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups -- "$@"
}
