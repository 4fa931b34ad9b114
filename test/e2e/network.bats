#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Server" and "LIMITS".

load lib

setup_file() {
	# A relay to a port of 127.0.0.1: relay.py HOW PORT REPORT.  HOW is
	# tcp4, tcp6, unix:PATH or socks; a refusal of SOCKS is socks=CODE,
	# socks-login or socks-not.  The port that it listens on is printed;
	# who asked for what stands in the file REPORT.
	cat >"$BATS_FILE_TMPDIR/relay.py" <<-'END'
	import socket, sys, threading
	how, port, report = sys.argv[1], int(sys.argv[2]), sys.argv[3]
	if how == 'tcp6':
	    listener = socket.socket(socket.AF_INET6)
	    listener.bind(('::1', 0))
	elif how.startswith('unix:'):
	    listener = socket.socket(socket.AF_UNIX)
	    listener.bind(how[5:])
	else:
	    listener = socket.socket()
	    listener.bind(('127.0.0.1', 0))
	listener.listen(8)
	print(0 if how[:4] == 'unix' else listener.getsockname()[1], flush=True)

	def exactly(s, n):
	    data = b''
	    while len(data) < n:
	        more = s.recv(n - len(data))
	        if not more:
	            raise OSError('end')
	        data += more
	    return data

	def socks(s, out):
	    if how == 'socks-not':
	        s.sendall(b'HTTP/1.1 400\r\n')
	        return False
	    version, n = exactly(s, 2)
	    methods = exactly(s, n)
	    print('hello', version, methods.hex(), file=out)
	    if how == 'socks-login':
	        s.sendall(b'\5\xff')
	        return False
	    s.sendall(b'\5\0')
	    version, command, zero, kind = exactly(s, 4)
	    if kind == 3:
	        name = exactly(s, exactly(s, 1)[0]).decode()
	    else:
	        name = exactly(s, 4 if kind == 1 else 16).hex()
	    wanted = int.from_bytes(exactly(s, 2), 'big')
	    print('asked', command, kind, name, wanted, file=out, flush=True)
	    code = int(how[6:]) if how.startswith('socks=') else 0
	    # Where it is bound may be said as a name.
	    s.sendall(bytes((5, code, 0, 3, 3)) + b'abc\0\1')
	    return code == 0

	def pump(a, b):
	    try:
	        while True:
	            data = a.recv(65536)
	            if not data:
	                break
	            b.sendall(data)
	        b.shutdown(socket.SHUT_WR)
	    except OSError:
	        pass

	def serve(s, peer):
	    with open(report, 'a') as out:
	        print('from', peer[0] if peer else '', file=out, flush=True)
	        if how.startswith('socks') and not socks(s, out):
	            s.close()
	            return
	    t = socket.create_connection(('127.0.0.1', port))
	    a = threading.Thread(target=pump, args=(s, t), daemon=True)
	    a.start()
	    pump(t, s)

	while True:
	    s, peer = listener.accept()
	    threading.Thread(target=serve, args=(s, peer), daemon=True).start()
	END
	# A port that nobody listens on, for as long as the process lives.
	cat >"$BATS_FILE_TMPDIR/closed.py" <<-'END'
	import signal, socket
	s = socket.socket()
	s.bind(('127.0.0.1', 0))
	print(s.getsockname()[1], flush=True)
	signal.pause()
	END
}

# relay HOW: to the server that was started.  Sets RELAY.
relay() {
	REPORT=$BATS_TEST_TMPDIR/report
	rm -f "$BATS_TEST_TMPDIR/relay" "$REPORT"
	mkfifo "$BATS_TEST_TMPDIR/relay"
	"$PYTHON" "$BATS_FILE_TMPDIR/relay.py" "$1" "$PORT" "$REPORT" \
		>"$BATS_TEST_TMPDIR/relay" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	read -r RELAY <"$BATS_TEST_TMPDIR/relay"
}

# Sets CLOSED.
closed_port() {
	mkfifo "$BATS_TEST_TMPDIR/closed"
	"$PYTHON" "$BATS_FILE_TMPDIR/closed.py" \
		>"$BATS_TEST_TMPDIR/closed" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	read -r CLOSED <"$BATS_TEST_TMPDIR/closed"
}

@test "nobody listens: 75" {
	server_start
	closed_port
	conf_write "port $CLOSED"
	pinmail x@example.org </dev/null
	failed 75 "*127.0.0.1:$CLOSED*refused*"
	log_is ' status=unreachable exit=75 '
}

@test "a host name that does not exist: 68" {
	local why

	server_start
	conf_write 'host nowhere.invalid'
	why=$("$PYTHON" -c '
import socket
try:
    socket.getaddrinfo("nowhere.invalid", 25)
except socket.gaierror as e:
    print(e.args[0] == socket.EAI_NONAME and "none" or e.args[1])')
	pinmail x@example.org </dev/null
	if [ "$why" = none ]; then
		failed 68 '*there is no host nowhere.invalid*'
		log_is ' status=nohost exit=68 '
	else
		echo "# this machine's resolver says: $why" >&3
		failed 75 "*nowhere.invalid*$why*"
		log_is ' status=unreachable exit=75 '
	fi
	filed_are 0
}

@test "host: a name, an IPv4 address, an IPv6 address without brackets" {
	server_start
	conf_write 'host localhost'
	pinmail x@example.org </dev/null
	succeeded
	log_is " host=localhost port=$PORT address=127.0.0.1:$PORT "
	relay tcp6 || :
	[ -n "$RELAY" ] || skip "no ::1 here"
	conf_write 'host ::1' "port $RELAY"
	pinmail x@example.org </dev/null
	succeeded
	log_is " host=::1 port=$RELAY address=\[::1\]:$RELAY "
	conf_write 'host [::1]' "port $RELAY"
	pinmail x@example.org </dev/null
	[ "$status" -ne 0 ]
	failed "$status"
}

@test "source_ip" {
	server_start
	relay tcp4
	conf_write "port $RELAY" 'source_ip 127.0.0.3'
	pinmail x@example.org </dev/null
	succeeded
	grep -qx 'from 127.0.0.3' "$REPORT"
	conf_write "port $RELAY" 'source_ip 192.0.2.77'
	pinmail x@example.org </dev/null
	failed 75
	conf_write "port $RELAY" 'source_ip ::1'
	pinmail x@example.org </dev/null
	failed 78 '*source_ip*family*'
	conf_write "port $RELAY" 'source_ip localhost'
	pinmail x@example.org </dev/null
	failed 78 '*source_ip*'
	# Of the addresses of a name those of the same family are tried.
	conf_write "port $RELAY" 'source_ip 127.0.0.4' 'host localhost'
	pinmail x@example.org </dev/null
	succeeded
	grep -qx 'from 127.0.0.4' "$REPORT"
}

@test "socket: a Unix socket in place of host and port" {
	server_start
	relay "unix:$BATS_TEST_TMPDIR/sock"
	conf_write "socket $BATS_TEST_TMPDIR/sock"
	pinmail x@example.org </dev/null
	succeeded
	log_is ' address="local socket" '
	# Without a host; tls_host_override is localhost then.
	sed -i '/^host /d; /^port /d' "$CONF"
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	env_is sni localhost
	# TLS and the pins are the same.
	conf_write "socket $BATS_TEST_TMPDIR/sock" \
		"pin sha256:$(printf '%064d' 0)"
	sed -i "/^pin $PIN/d" "$CONF"
	pinmail x@example.org </dev/null
	failed 76
	# A path relative to the file.
	conf_write 'socket sock'
	pinmail x@example.org </dev/null
	succeeded
}

@test "socket: that is not there, is nobody's, or too long" {
	server_start
	conf_write "socket $BATS_TEST_TMPDIR/none"
	pinmail x@example.org </dev/null
	failed 75 "*$BATS_TEST_TMPDIR/none*"
	: >"$BATS_TEST_TMPDIR/file"
	conf_write "socket $BATS_TEST_TMPDIR/file"
	pinmail x@example.org </dev/null
	failed 75
	conf_write "socket /$(printf '%200s' '' | tr ' ' x)"
	pinmail x@example.org </dev/null
	failed 78 '*too long*'
}

@test "proxy_host: the proxy looks the server's name up" {
	server_start
	relay socks
	conf_write 'host mail.nowhere.invalid' 'proxy_host 127.0.0.1' \
		"proxy_port $RELAY"
	pinmail x@example.org </dev/null
	succeeded
	grep -qx 'hello 5 00' "$REPORT"
	grep -qx "asked 1 3 mail.nowhere.invalid $PORT" "$REPORT"
	# The log has the address of the proxy.
	log_is " host=mail.nowhere.invalid port=$PORT address=127.0.0.1:$RELAY "
	conf_write 'host 127.0.0.1' 'proxy_host localhost' "proxy_port $RELAY"
	pinmail x@example.org </dev/null
	succeeded
	grep -qx "asked 1 1 7f000001 $PORT" "$REPORT"
	conf_write 'host ::1' 'proxy_host localhost' "proxy_port $RELAY"
	pinmail x@example.org </dev/null
	succeeded
	grep -qx "asked 1 4 00000000000000000000000000000001 $PORT" "$REPORT"
	# It is no way around the pins.
	conf_write 'proxy_host 127.0.0.1' "proxy_port $RELAY"
	sed -i "s/^pin .*/pin sha256:$(printf '%064d' 0)/" "$CONF"
	pinmail x@example.org </dev/null
	failed 76 '*no pinned key*'
}

@test "proxy_host: a proxy that refuses, wants a login, or is none" {
	server_start
	relay socks=5
	conf_write 'proxy_host 127.0.0.1' "proxy_port $RELAY"
	pinmail x@example.org </dev/null
	failed 75 '*proxy*refused*'
	relay socks=99
	conf_write 'proxy_host 127.0.0.1' "proxy_port $RELAY"
	pinmail x@example.org </dev/null
	failed 75 '*proxy*'
	relay socks-login
	conf_write 'proxy_host 127.0.0.1' "proxy_port $RELAY"
	pinmail x@example.org </dev/null
	failed 75 '*proxy*login*'
	relay socks-not
	conf_write 'proxy_host 127.0.0.1' "proxy_port $RELAY"
	pinmail x@example.org </dev/null
	failed 76 '*proxy*SOCKS5*'
	closed_port
	conf_write 'proxy_host 127.0.0.1' "proxy_port $CLOSED"
	pinmail x@example.org </dev/null
	failed 75 "*127.0.0.1:$CLOSED*"
	filed_are 0
}

# background NAME LINE ...: send the file m, without a login.  Sets PID.
background() {
	local name=$1

	shift
	CONF=$BATS_TEST_TMPDIR/conf.$name
	conf_write 'auth off' "$@"
	"$PINMAIL" -C "$CONF" x@example.org <"$BATS_TEST_TMPDIR/m" \
		2>"$BATS_TEST_TMPDIR/err.$name" 3>&- 8<&- &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
}

# ended NAME PID EXIT GLOB
ended() {
	status=0
	wait "$2" || status=$?
	out=
	cp "$BATS_TEST_TMPDIR/err.$1" "$BATS_TEST_TMPDIR/err"
	err=$(<"$BATS_TEST_TMPDIR/err")
	failed "$3" "$4" || { echo "$1"; return 1; }
}

@test "timeout: a server that hangs at any step: 75, when it is over" {
	local i pids=() begin
	local steps

	server_start --no-auth
	{
		echo
		head -c 8000000 /dev/zero | tr '\0' x
	} >"$BATS_TEST_TMPDIR/m"
	begin=$SECONDS
	# All at once: in the handshake, at the greeting, EHLO, MAIL, RCPT and
	# DATA, and one that stops to read in the middle.
	steps='N|TN|T:S 220 x:C:N|T:S 220 x:C:S 250 x:C:N|T:S 220 x:C:S 250 x:C:S 250 x:C:N|T:S 220 x:C:S 250 x:C:S 250 x:C:S 250 x:C:N|T:S 220 x:C:S 250 x:C:S 250 x:C:S 250 x:C:S 354 x:C:G'
	IFS='|' read -ra steps <<<"$steps"
	for i in "${!steps[@]}"; do
		IFS=: read -ra step <<<"${steps[i]}"
		player "${step[@]}"
		background "$i" 'timeout 1'
		pids+=("$PID")
	done
	for i in "${!pids[@]}"; do
		ended "$i" "${pids[i]}" 75 '*timed out*not delivered*'
	done
	[ $((SECONDS - begin)) -lt 20 ]
}

@test "deadline: the time for the whole session; timeout off" {
	server_start --no-auth
	printf 'Subject: x\n\n' >"$BATS_TEST_TMPDIR/m"
	player T 'S 220 x' C N
	background a 'deadline 1' 'timeout off'
	ended a "$PID" 75 '*timed out*'
}

@test "the 10 minutes after the last byte of content are never cut" {
	server_start --no-auth
	printf 'Subject: x\n\n' >"$BATS_TEST_TMPDIR/m"
	player T 'S 220 x' C 'S 250 x' C 'S 250 x' C 'S 250 x' C 'S 354 x' E N G \
		'S 250 taken'
	background a 'deadline 1' 'timeout 1'
	player_reached
	# Both have run out before the verdict comes.
	sleep 1.2
	player_go
	wait "$PID"
	[ ! -s "$BATS_TEST_TMPDIR/err.a" ]
}
