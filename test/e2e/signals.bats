#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1) on signals: told to stop at every step.  While it reads nothing
# is sent; later the outcome is what the server has; behind the last byte of
# content the verdict is waited for.

load lib
load ../proof/proof
load worlds/helpers

setup_file() {
	players_start
}

teardown_file() {
	servant_stop
}

setup() {
	untraced
	server_start --no-auth
	conf_write 'auth off'
	HOW=(default=INT)
	IN=$BATS_TEST_TMPDIR/m
	printf 'Subject: x\n\nbody and soul\n' >"$IN"
}

# begin [ARGUMENT ...]: the message of $IN to x@example.org, or as they say.
# Sets PID.  A shell has what it starts ignore SIGINT, which $HOW undoes.
begin() {
	[ $# -gt 0 ] || set -- x@example.org
	"$PYTHON" -IS "$WORLDS/world.py" "${HOW[@]}" -- "$PINMAIL" -C "$CONF" \
		"$@" <"$IN" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 7>&- 8<&- 9>&- &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
}

# ended EXIT [GLOB]
ended() {
	status=0
	wait "$PID" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
	if [ "$1" -eq 0 ]; then
		succeeded
	else
		failed "$@"
	fi
}

# begin_reading [ARGUMENT ...]: a message that is not whole; it is being read.
# More of it goes to descriptor 9.
begin_reading() {
	IN=$BATS_TEST_TMPDIR/in
	rm -f "$IN"
	mkfifo "$IN"
	begin "$@"
	exec 9>"$IN"
	echo >&9
	# More than the pipe holds.
	yes | head -c 200000 >&9
}

# What the server of the next function needs in the configuration.
settings() {
	conf_write 'auth off'
}

# stopped STEP ...: the server comes to an N.  Told to stop there, each time
# by another signal, nobody has the message, and the line says so.
stopped() {
	local sig

	for sig in TERM INT HUP; do
		player "$@"
		settings
		begin
		player_reached
		kill "-$sig" "$PID"
		ended 75 "pinmail: *ended by SIG$sig; not delivered to x@example.org"
		player_gone
		lacks 'body and soul' "$HEARD"
		# The log says the same.
		log_is " status=interrupted exit=75 "
	done
}

# --- while it reads ---------------------------------------------------------

@test "while it reads: nothing is sent and nobody is called" {
	local sig

	listener
	conf_write 'auth off'
	for sig in TERM INT HUP; do
		begin_reading
		kill "-$sig" "$PID"
		ended 75 "*reading the message*SIG$sig*"
		exec 9>&-
	done
	begin_reading
	kill -KILL "$PID"
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq 137 ]
	exec 9>&-
	connections 0
}

@test "before it has begun to read, even if all is there: nothing is sent" {
	local sig

	listener
	conf_write 'auth off'
	for sig in TERM INT HUP; do
		HOW=("default=$sig" "pending=$sig")
		begin
		ended 75 "*SIG$sig*"
	done
	connections 0
}

@test "one that the caller ignores stays ignored, as under nohup" {
	HOW=(ignore=HUP ignore=INT)
	begin_reading
	kill -HUP "$PID"
	kill -INT "$PID"
	exec 9>&-
	ended 0
	filed_are 1
	# The others are not.
	begin_reading
	kill -HUP "$PID"
	kill -TERM "$PID"
	ended 75 '*SIGTERM*'
	exec 9>&-
	# While it delivers, too.
	player T 'S 220 x' C 'S 250 x' C N G 'S 250 x' C 'S 250 x' C 'S 354 x' \
		E 'S 250 x'
	conf_write 'auth off'
	IN=$BATS_TEST_TMPDIR/m
	begin
	player_reached
	kill -HUP "$PID"
	player_go
	ended 0
}

@test "one that the caller blocks still counts" {
	HOW=(block=TERM block=HUP)
	begin_reading
	kill -HUP "$PID"
	ended 75 '*SIGHUP*'
	exec 9>&-
	filed_are 0
}

@test "stopped and continued, while it reads and while it delivers" {
	begin_reading
	kill -STOP "$PID"
	kill -CONT "$PID"
	yes | head -c 200000 >&9
	exec 9>&-
	ended 0
	filed _none
	[ "$(body | wc -c)" -eq 600000 ]
	player T 'S 220 x' C N G 'S 250 x' C 'S 250 x' C 'S 250 x' C 'S 354 x' \
		E 'S 250 x'
	conf_write 'auth off'
	IN=$BATS_TEST_TMPDIR/m
	begin
	player_reached
	kill -STOP "$PID"
	kill -CONT "$PID"
	player_go
	ended 0
}

# --- before the content -----------------------------------------------------

@test "while passwordeval runs: it ends too, and nobody is called" {
	local child sig

	listener
	mkfifo "$BATS_TEST_TMPDIR/started"
	conf_write "passwordeval echo \$\$ >$BATS_TEST_TMPDIR/started; exec sleep 600"
	for sig in TERM INT HUP; do
		begin
		read -r child <"$BATS_TEST_TMPDIR/started"
		echo "$child" >>"$BATS_TEST_TMPDIR/pids"
		kill "-$sig" "$PID"
		ended 75 "*SIG$sig; not delivered to x@example.org"
		! kill -0 "$child" 2>/dev/null || { echo "$child"; return 1; }
	done
	connections 0
}

@test "while the name of the server is looked up" {
	need_own mount net
	cat >"$BATS_TEST_TMPDIR/inside" <<-'END'
	mount --bind resolv.conf /etc/resolv.conf
	mount --bind nsswitch.conf /etc/nsswitch.conf
	"$PYTHON" -c '
	import fcntl, signal, socket, struct
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	# ip link set lo up
	fcntl.ioctl(s, 0x8914, struct.pack("16sH22x", b"lo", 1))
	s.bind(("127.0.0.1", 53))
	open("ready", "w").close()
	s.recv(512)
	open("asked", "w").close()
	signal.pause()
	' &
	server=$!
	read -r _ <ready
	"$@" <m &
	read -r _ <asked
	kill -TERM $!
	wait $!
	status=$?
	kill $server
	exit $status
	END
	cd "$BATS_TEST_TMPDIR"
	mkfifo ready asked
	echo 'nameserver 127.0.0.1' >resolv.conf
	echo 'hosts: dns' >nsswitch.conf
	conf_write 'auth off' 'host mail.example.net'
	PYTHON=$PYTHON run_as_is own mount net -- sh inside "$PINMAIL" -C "$CONF" \
		x@example.org
	failed 75 '*looking up mail.example.net: ended by SIGTERM; not delivered to x@example.org'
}

@test "while it connects" {
	local sig word

	for sig in TERM INT HUP; do
		rm -f "$BATS_TEST_TMPDIR"/listener.*
		listener full
		conf_write 'auth off'
		begin
		read -r word <&8
		[ "$word" = reached ]
		kill "-$sig" "$PID"
		ended 75 "*cannot connect to 127.0.0.1:$PORT: ended by SIG$sig; not delivered to x@example.org"
	done
}

@test "while a proxy thinks" {
	settings() {
		conf_write 'auth off' 'proxy_host 127.0.0.1' "proxy_port $PORT"
	}
	stopped P N
}

@test "in the TLS handshake, at the greeting, at EHLO" {
	stopped P N
	stopped T N
	stopped T 'S 220 x' C N
}

@test "at STARTTLS and in the handshake behind it" {
	settings() {
		conf_write 'auth off' 'tls_starttls on'
	}
	stopped 'S 220 x' C 'S 250-x' 'S 250 STARTTLS' C N
	stopped 'S 220 x' C 'S 250-x' 'S 250 STARTTLS' C 'S 220 x' P N
}

@test "at AUTH" {
	settings() {
		conf_write 'auth plain'
	}
	stopped T 'S 220 x' C 'S 250-x' 'S 250 AUTH PLAIN' C N
}

@test "at MAIL, RCPT and DATA" {
	stopped T 'S 220 x' C 'S 250 x' C N
	stopped T 'S 220 x' C 'S 250 x' C 'S 250 x' C N
	stopped T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C N
	stopped T 'S 220 x' C 'S 250-x' 'S 250 PIPELINING' C C C N
}

@test "those who were refused before are told apart" {
	player T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 550 who?' C 'S 250 x' \
		C N
	settings
	begin no@example.org x@example.org
	player_reached
	kill "$PID"
	ended 67 'pinmail: refused: no@example.org (*who?*); *ended by SIGTERM; not delivered to x@example.org'
	lacks 'body and soul' "$HEARD"
}

@test "in a second transaction: those of the first have it" {
	player T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C \
		'S 452 too many' C 'S 354 x' E 'S 250 taken' C N
	settings
	begin first@example.org x@example.org
	player_reached
	kill "$PID"
	ended 75 'pinmail: *ended by SIGTERM; not delivered to x@example.org; delivered to 1 other, do not resend'
}

# --- content ----------------------------------------------------------------

# in_the_middle STEP ...: of a large content, of which the server has read
# something, and then stopped at a G.  What it has is not a whole message.
in_the_middle() {
	local sig

	{
		echo
		yes 'body and soul' | head -n 600000
	} >"$IN"
	for sig in TERM INT HUP; do
		player "$@"
		settings
		begin
		player_reached
		kill "-$sig" "$PID"
		ended 75 "pinmail: *ended by SIG$sig; not delivered to x@example.org"
		player_go
		player_gone
		incomplete
	done
}

@test "in the middle of DATA: there is no dot" {
	incomplete() {
		grep -q '^body and soul' "$HEARD"
		lacks $'^\.\r$' "$HEARD"
	}
	in_the_middle T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C \
		'S 354 x' C N G
}

@test "in the middle of BDAT: the last chunk is not whole" {
	incomplete() {
		"$PYTHON" - "$HEARD" <<-'END'
		import re, sys
		data = open(sys.argv[1], 'rb').read()
		at = data.index(b'BDAT')
		while at < len(data):
		    m = re.match(rb"BDAT (\d+)( LAST)?\r\n", data[at:at + 40])
		    at += m.end() + int(m[1])
		    assert at > len(data) or not m[2], 'a whole message'
		END
	}
	in_the_middle T 'S 220 x' C 'S 250-x' 'S 250 CHUNKING' C 'S 250 x' C \
		'S 250 x' C N G
}

# behind STEP ...: each signal comes at the N, behind the content.  The
# verdict is waited for, and it decides: EXIT GLOB are of that.
behind() {
	local exit=$1 glob=$2 sig

	shift 2
	for sig in TERM INT HUP; do
		player "$@"
		settings
		begin
		player_reached
		kill "-$sig" "$PID"
		player_go
		ended "$exit" "$glob"
	done
}

@test "behind the last byte of content the verdict is waited for" {
	local data=(T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C 'S 354 x'
		E N G)
	local flight=(T 'S 220 x' C 'S 250-x' 'S 250-PIPELINING'
		'S 250 CHUNKING' C C C B N G 'S 250 x' 'S 250 x')

	behind 0 '' "${data[@]}" 'S 250 taken'
	behind 69 '*554 never*' "${data[@]}" 'S 554 never'
	behind 75 '*451 later*not delivered*' "${data[@]}" 'S 451 later'
	behind 75 '*perhaps delivered to x@example.org' "${data[@]}" X
	behind 0 '' "${flight[@]}" 'S 250 taken'
	behind 69 '*554 never*' "${flight[@]}" 'S 554 never'
}

@test "... unless it is told twice: perhaps delivered" {
	local pair

	for pair in 'TERM INT' 'INT HUP' 'HUP TERM'; do
		player T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C \
			'S 354 x' E N G
		settings
		begin
		player_reached
		kill "-${pair% *}" "$PID"
		kill "-${pair#* }" "$PID"
		ended 75 'pinmail: *ended by SIG*; perhaps delivered to x@example.org'
		player_go
	done
}

@test "SIGPIPE as usual, ignored, blocked: a server that leaves is a failure" {
	local how

	{
		echo
		yes 'body and soul' | head -n 600000
	} >"$IN"
	for how in default ignore block; do
		HOW=("$how=PIPE")
		player T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C \
			'S 354 x' P X
		settings
		begin
		ended 75 '*not delivered to x@example.org'
		IN=$BATS_TEST_TMPDIR/m
	done
}

@test "SIGCHLD ignored: passwordeval is waited for all the same" {
	server_start
	HOW=(ignore=CHLD)
	conf_write 'passwordeval echo wonder1and'
	begin
	ended 0
	conf_write 'passwordeval echo wonder1and; exit 3'
	begin
	ended 77 '*passwordeval*exited with 3*'
	filed_are 1
}
