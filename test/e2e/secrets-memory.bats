#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "SECURITY CONSIDERATIONS": where a secret is while it is needed,
# and that it is nowhere behind the login. All of a process is searched, and
# all that it says.

load lib

# 96 characters, no piece of which is there twice: what takes the place of
# freed memory will not hide all of it.
SECRET=kT4vQ9xW2mZ7bN5cR8dF1gH6jL3pS0aYuEiOqXwVzBnMtKrDfGhJlPsQyAeUcIoWxZ4vB9nM2kT7rD5fG8hJ1lP6sQ3yA0eU

setup() {
	untraced
	cat >"$BATS_TEST_TMPDIR/forms.py" <<-'END'
	# What stands for the secret: pieces of it and of what is made of it.
	import base64, hashlib, hmac
	def pieces(data, n=12):
	    return [data[i:i + n] for i in range(0, len(data) - n + 1, n)]
	def coded(data):
	    for at in range(3):
	        yield base64.b64encode(data[at:])[4:-4]
	def forms(secret, user=b'alice', salt=b'salt', rounds=4096):
	    plain = b'\0' + user + b'\0' + secret
	    found = {'itself': pieces(secret)}
	    found['base64'] = sum((pieces(x) for x in coded(secret)), [])
	    found['PLAIN'] = pieces(base64.b64encode(plain)[12:-4])
	    found['hex'] = pieces(secret.hex().encode())
	    found['HEX'] = pieces(secret.hex().upper().encode())
	    for name in 'sha1', 'sha256':
	        salted = hashlib.pbkdf2_hmac(name, secret, salt, rounds)
	        client = hmac.digest(salted, b'Client Key', name)
	        stored = hashlib.new(name, client).digest()
	        for what, key in (('salted', salted), ('client', client),
	                          ('stored', stored)):
	            what = 'SCRAM %s %s' % (name, what)
	            # Half of one is too much.
	            found[what] = [key[:10], key[-10:]]
	            found[what + ' base64'] = [base64.b64encode(key)[:16]]
	            found[what + ' hex'] = [key.hex().encode()[:24]]
	    return found
	END
	cat >"$BATS_TEST_TMPDIR/search.py" <<-'END'
	# search.py SECRET files NAME ...: is it in them?
	# search.py SECRET memory PID: where is it in that process? Lines of
	# what, whether it would be in a core file, and where; 1 if any would.
	import itertools, os, re, struct, sys
	sys.path.insert(0, os.path.dirname(sys.argv[0]))
	from forms import forms
	found = forms(sys.argv[1].encode())
	all_pieces = {p: what for what, ps in found.items() for p in ps}
	wanted = re.compile(b'|'.join(re.escape(p) for p in all_pieces))
	def hits(data):
	    return sorted({all_pieces[m] for m in wanted.findall(data)})
	def regions(pid):
	    head = None
	    for line in open('/proc/%s/smaps' % pid):
	        word = line.split()
	        if re.match('[0-9a-f]+-[0-9a-f]+$', word[0]):
	            head = line.strip()
	        elif word[0] == 'VmFlags:':
	            yield head, 'dd' in word
	bad = False
	if sys.argv[2] == 'files':
	    for name in sys.argv[3:]:
	        for what in hits(open(name, 'rb').read()):
	            print(what, 'is in', name)
	            bad = True
	    sys.exit(bad)
	pid = sys.argv[3]
	memory = open('/proc/%s/mem' % pid, 'rb', buffering=0)
	pagemap = open('/proc/%s/pagemap' % pid, 'rb', buffering=0)
	page = os.sysconf('SC_PAGESIZE')
	def used(a, b):
	    # The pages that are there, or swapped out: the rest would be zeros.
	    pagemap.seek(a // page * 8)
	    entries = pagemap.read((b - a) // page * 8)
	    entries = struct.unpack('%dQ' % (len(entries) // 8), entries)
	    data = b''
	    for there, run in itertools.groupby(
	            enumerate(entries), lambda e: e[1] >> 62 != 0):
	        first, *rest = (e[0] for e in run)
	        if there:
	            memory.seek(a + first * page)
	            data += memory.read((len(rest) + 1) * page)
	    return data
	for head, kept in regions(pid):
	    a, b = (int(x, 16) for x in head.split()[0].split('-'))
	    if head.split()[1][:2] != 'rw' or b - a > 1 << 30:
	        continue  # the last: a sanitizer's books
	    data = used(a, b)
	    for what in hits(data):
	        print(what, 'kept' if kept else 'DUMPED', head)
	        bad = bad or not kept
	sys.exit(bad)
	END
}

# search files NAME ... | search memory PID
search() {
	"$PYTHON" "$BATS_TEST_TMPDIR/search.py" "$SECRET" "$@"
}

need_memory() {
	need_root
	need "$PYTHON"
	[ -r /proc/self/smaps ] || skip "no /proc/PID/smaps here"
	# CAP_SYS_PTRACE, which containers may not have.
	[ $((0x$(sed -n 's/^CapEff:[[:blank:]]*//p' /proc/self/status) >> 19 & 1)) \
		-eq 1 ] || skip "may not look into other processes"
}

# Where the password is: source password|passwordfile|passwordeval, and lines.
source_conf() {
	local source=$1

	shift
	CONF=$BATS_TEST_TMPDIR/conf
	LOG=$BATS_TEST_TMPDIR/log
	(
		umask 077
		echo "$SECRET" >"$BATS_TEST_TMPDIR/pw"
		case $source in
		password) set -- "password $SECRET" "$@" ;;
		passwordfile) set -- "passwordfile pw" "$@" ;;
		passwordeval)
			set -- "passwordeval cat $BATS_TEST_TMPDIR/pw" "$@"
			;;
		esac
		printf '%s\n' 'account default' 'host 127.0.0.1' \
			"port $PORT" 'tls_starttls off' "pin $PIN" \
			'user alice' 'from alice@example.com' 'syslog off' \
			"logfile $LOG" "$@" >"$CONF"
	)
}

# begin [ARGUMENT ...]: in the background; sets PID.  Descriptor 9 is its input,
# its output goes to $OUT.
begin() {
	rm -f "$BATS_TEST_TMPDIR/in"
	mkfifo "$BATS_TEST_TMPDIR/in"
	"$PINMAIL" -C "$CONF" "$@" <"$BATS_TEST_TMPDIR/in" \
		>"${OUT:-$BATS_TEST_TMPDIR/out}" 2>"$BATS_TEST_TMPDIR/err" \
		3>&- 8<&- 9>&- &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
	exec 9>"$BATS_TEST_TMPDIR/in"
}

# A server that waits in the middle: held MECHANISM.  It offers that alone, and
# says when it is at a point (reached POINT), where it stays until go: `auth`,
# when all of a login but the verdict is through; `content`, when it has it.
# held MECHANISM `REPLY`: it waits nowhere, and that is the verdict.
held() {
	"$SMTPD" --dir "$BATS_TEST_TMPDIR" --pin >"$BATS_TEST_TMPDIR/pin"
	PIN=$(<"$BATS_TEST_TMPDIR/pin")
	cat >"$BATS_TEST_TMPDIR/held.py" <<-'END'
	import base64, hashlib, hmac, os, socket, ssl, sys
	directory, mechanism, secret, verdict = sys.argv[1:5]
	listener = socket.create_server(('127.0.0.1', 0))
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
	context.load_cert_chain(directory + '/cert.pem', directory + '/key.pem')
	print(listener.getsockname()[1], flush=True)
	s = context.wrap_socket(listener.accept()[0], server_side=True)
	f = s.makefile('rb')
	def say(text):
	    s.sendall(text.encode() + b'\r\n')
	def hear():
	    return f.readline().decode().rstrip('\r\n')
	def ask(text):
	    say('334 ' + base64.b64encode(text.encode()).decode())
	    return base64.b64decode(hear())
	def hold(point):
	    if verdict != 'hold':
	        return
	    print(point, flush=True)
	    # The last go may not have closed its end yet.
	    while not open(directory + '/go').readline():
	        pass
	def scram(first):
	    name = 'sha256' if '256' in mechanism else 'sha1'
	    header, bare = first.split(',,', 1)
	    challenge = 'r=%sxyz,s=c2FsdA==,i=4096' % bare.split('r=')[1]
	    final = ask(challenge).decode()
	    salted = hashlib.pbkdf2_hmac(name, secret.encode(), b'salt', 4096)
	    key = hmac.digest(salted, b'Server Key', name)
	    what = ','.join((bare, challenge, final.rpartition(',p=')[0]))
	    proof = hmac.digest(key, what.encode(), name)
	    hold('auth')
	    ask('v=' + base64.b64encode(proof).decode())
	def log_in(line):
	    words = line.split()
	    said = base64.b64decode(words[2]) if len(words) > 2 else b''
	    if mechanism == 'LOGIN':
	        ask('User Name')
	        said = ask('Password')
	    if mechanism.startswith('SCRAM'):
	        scram(said.decode())
	    else:
	        assert secret.encode() in said
	        hold('auth')
	say('220 held')
	hear()
	say('250-held\r\n250-8BITMIME\r\n250 AUTH ' + mechanism)
	log_in(hear())
	say(verdict if verdict[0].isdigit() else '235 yes')
	while True:
	    verb = hear()[:4]
	    if verb == 'DATA':
	        say('354 go on')
	        while hear() != '.':
	            pass
	        hold('content')
	    if verb in ('QUIT', ''):
	        break
	    say('250 yes')
	END
	rm -f "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/go"
	mkfifo "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/go"
	"$PYTHON" "$BATS_TEST_TMPDIR/held.py" "$BATS_TEST_TMPDIR" "$1" "$SECRET" \
		"${2-hold}" >"$BATS_TEST_TMPDIR/said" 2>"$BATS_TEST_TMPDIR/held" 3>&- 9>&- &
	HELD=$!
	echo "$HELD" >>"$BATS_TEST_TMPDIR/pids"
	exec 8<"$BATS_TEST_TMPDIR/said"
	read -r PORT <&8
}

reached() {
	local word

	read -r -t 60 word <&8 || :
	[ "$word" = "$1" ] ||
		{ cat "$BATS_TEST_TMPDIR/held" "$BATS_TEST_TMPDIR/err"; return 1; }
}

go() {
	echo go >"$BATS_TEST_TMPDIR/go"
}

# Send it, and close our end.
give() {
	printf 'Subject: x\n\nbody\n' >&9
	exec 9>&-
}

# ended EXIT
ended() {
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq "$1" ] ||
		{ echo "exit $status"; cat "$BATS_TEST_TMPDIR/err"; return 1; }
}

# all_the_way SOURCE MECHANISM: search at each point.
all_the_way() {
	held "$2"
	source_conf "$1" "auth ${2,,}"
	begin x@example.org
	give
	reached auth
	# It is still needed; what holds it stays out of a core file.
	search memory "$PID" >"$BATS_TEST_TMPDIR/found" ||
		{ echo "$1, $2, before:"; cat "$BATS_TEST_TMPDIR/found"; return 1; }
	search files "/proc/$PID/cmdline" "/proc/$PID/environ" "/proc/$PID/stat"
	go
	reached content
	search memory "$PID" >"$BATS_TEST_TMPDIR/found.after"
	[ ! -s "$BATS_TEST_TMPDIR/found.after" ] ||
		{ echo "$1, $2, after:"; cat "$BATS_TEST_TMPDIR/found.after"; return 1; }
	go
	ended 0
	search files "$LOG"
}

@test "in memory: kept out of a core file before the login, gone behind it" {
	need_memory
	all_the_way password PLAIN
	# The search finds it where it is.
	grep -q ' kept ' "$BATS_TEST_TMPDIR/found"
	all_the_way passwordeval LOGIN
	all_the_way password SCRAM-SHA-1
	all_the_way passwordfile SCRAM-SHA-256-PLUS
	all_the_way passwordfile OAUTHBEARER
}

@test "in memory: kept out of a core file while the message is being read" {
	need_memory
	server_start
	source_conf password
	begin x@example.org
	# It has read the configuration before it takes more than a pipe holds.
	{
		printf 'Subject: x\n\n'
		yes | head -c 200000
	} >&9
	search memory "$PID" >"$BATS_TEST_TMPDIR/found" ||
		{ cat "$BATS_TEST_TMPDIR/found"; return 1; }
	grep -q '^itself kept ' "$BATS_TEST_TMPDIR/found"
	give
	ended 77
	search files "$BATS_TEST_TMPDIR/err" "$LOG"
}

# replied GLOB: the next line of descriptor 6.
replied() {
	local line

	read -r -t 60 line <&6
	# shellcheck disable=SC2053
	[[ $line == $1 ]] || { echo "$line"; return 1; }
}

@test "in memory: kept out of a core file all through a dialogue" {
	need_memory
	server_start --login "carol:$SECRET" --mech 'PLAIN SCRAM-SHA-256'
	source_conf password 'user carol'
	OUT=$BATS_TEST_TMPDIR/replies
	mkfifo "$OUT"
	begin -bs
	exec 6<"$OUT"
	replied '220 *'
	# Logged in, then between two messages.
	for line in 'MAIL FROM:<alice@example.com>' RSET; do
		echo "$line" >&9
		replied '250 *'
		search memory "$PID" >"$BATS_TEST_TMPDIR/found" ||
			{ cat "$BATS_TEST_TMPDIR/found"; return 1; }
		grep -q '^itself kept ' "$BATS_TEST_TMPDIR/found"
	done
	echo QUIT >&9
	replied '221 *'
	ended 0
}

# no_text_of KEY: no piece of that PEM file is in the memory of process $PID.
# (What OpenSSL makes of it is its own affair.)
no_text_of() {
	local left=0

	# The last line, of 4 pieces, is in memory that OpenSSL frees as it is:
	# another takes its place at once, but not under a sanitizer.
	! grep -q __asan_init "$PINMAIL" || left=4
	cat >"$BATS_TEST_TMPDIR/text.py" <<-'END'
	import sys
	lines = open(sys.argv[1], 'rb').read().split(b'\n')[1:-2]
	pieces = [l[i:i + 16] for l in lines for i in range(0, len(l) - 15, 16)]
	assert len(pieces) > 60
	memory = open('/proc/%s/mem' % sys.argv[2], 'rb', buffering=0)
	bad = False
	for line in open('/proc/%s/maps' % sys.argv[2]):
	    word = line.split()
	    a, b = (int(x, 16) for x in word[0].split('-'))
	    if word[1][:2] != 'rw' or b - a > 1 << 30:
	        continue
	    memory.seek(a)
	    data = memory.read(b - a)
	    seen = sum(x in data for x in pieces)
	    if seen > int(sys.argv[3]):
	        print(seen, 'pieces of', sys.argv[1], 'in', line.strip())
	        bad = True
	sys.exit(bad)
	END
	"$PYTHON" "$BATS_TEST_TMPDIR/text.py" "$1" "$PID" "$left"
}

@test "in memory: no text of a private key, of tls_key_file and --pin" {
	need_memory
	need openssl
	cd "$BATS_TEST_TMPDIR"
	openssl req -x509 -nodes -newkey rsa:4096 -subj /CN=client \
		-keyout own.key -out own.pem 2>/dev/null
	held PLAIN
	source_conf passwordfile 'auth plain' "tls_cert_file $PWD/own.pem" \
		"tls_key_file $PWD/own.key"
	begin x@example.org
	give
	reached auth
	no_text_of own.key
	go
	reached content
	go
	ended 0
	# Certificates are looked for first, and there may be one behind it.
	cat own.key own.pem >both.pem
	mkfifo full told
	exec 7<>full
	for file in own.key both.pem; do
		dd if=/dev/zero of=full bs=512 oflag=nonblock 2>/dev/null || :
		"$PINMAIL" --pin "./$file" >full 2>told 3>&- 7>&- 8<&- &
		PID=$!
		echo "$PID" >>pids
		# It has said something, and cannot end.
		exec 6<told
		read -r -n 1 <&6
		no_text_of own.key
		kill -KILL "$PID"
		wait "$PID" || :
		exec 6<&-
	done
}

@test "what a core file would leave out is the memory of secrets" {
	need_memory
	need gcore
	held PLAIN
	source_conf passwordfile 'auth plain'
	begin x@example.org
	give
	reached auth
	search memory "$PID" >"$BATS_TEST_TMPDIR/found"
	grep -q '^itself kept ' "$BATS_TEST_TMPDIR/found"
	# A sanitizer keeps copies in freed memory, in a core of terabytes.
	if ! grep -q __asan_init "$PINMAIL"; then
		gcore -o "$BATS_TEST_TMPDIR/core" "$PID" \
			>"$BATS_TEST_TMPDIR/gcore" 2>&1 ||
			skip "gcore may not look into it"
		search files "$BATS_TEST_TMPDIR/core.$PID"
	fi
	go
	reached content
	go
	ended 0
}

# crashing COMMAND ...: start it where a core file would be left; sets PID.  How
# it ends can be read from descriptor 7.
crashing() {
	cat >"$BATS_TEST_TMPDIR/crash.py" <<-'END'
	# Waits for the child PID of ours to end: prints `signal N core|none`.
	import os, resource, signal, sys
	hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
	resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
	os.makedirs(sys.argv[1], exist_ok=True)
	os.chdir(sys.argv[1])
	pid = os.fork()
	if pid == 0:
	    os.execvp(sys.argv[2], sys.argv[2:])
	print(pid, flush=True)
	status = os.waitpid(pid, 0)[1]
	print('signal', os.WTERMSIG(status),
	      'core' if os.WCOREDUMP(status) else 'none', flush=True)
	END
	rm -f "$BATS_TEST_TMPDIR/crash"
	mkfifo "$BATS_TEST_TMPDIR/crash"
	"$PYTHON" "$BATS_TEST_TMPDIR/crash.py" "$BATS_TEST_TMPDIR/cores" "$@" \
		>"$BATS_TEST_TMPDIR/crash" 2>"$BATS_TEST_TMPDIR/err" 3>&- 8<&- &
	echo "$!" >>"$BATS_TEST_TMPDIR/pids"
	exec 7<"$BATS_TEST_TMPDIR/crash"
	read -r PID <&7
}

# No core file whatever the signal, and none is left.
crashes_without_core() {
	local how

	kill -ABRT "$PID"
	read -r how <&7
	[ "$how" = 'signal 6 none' ] || { echo "$how"; return 1; }
	[ -z "$(ls "$BATS_TEST_TMPDIR/cores")" ]
}

@test "no core file: while reading, before the login and behind it" {
	local source how

	crashing sleep 60
	kill -ABRT "$PID"
	read -r how <&7
	[ "$how" = 'signal 6 core' ] ||
		skip "no program leaves a core file here ($how)"
	rm -f "$BATS_TEST_TMPDIR/cores"/*
	printf 'Subject: x\n\nbody\n' >"$BATS_TEST_TMPDIR/m"
	for source in password passwordfile passwordeval; do
		held PLAIN
		source_conf "$source"
		crashing sh -c 'exec "$@" <"$0"' "$BATS_TEST_TMPDIR/m" \
			"$PINMAIL" -C "$CONF" x@example.org
		reached auth
		crashes_without_core
	done
	held SCRAM-SHA-256
	source_conf passwordfile
	crashing sh -c 'exec "$@" <"$0"' "$BATS_TEST_TMPDIR/m" \
		"$PINMAIL" -C "$CONF" x@example.org
	reached auth
	go
	reached content
	crashes_without_core
}

@test "a child of passwordeval knows nothing but its command" {
	local other=An0therSecretOfOurs

	server_start
	source_conf passwordeval "passwordeval $BATS_TEST_TMPDIR/child" \
		'account other : default' "password $other"
	cat >"$BATS_TEST_TMPDIR/child" <<-END
	#!/bin/sh
	tr '\\0' '\\n' </proc/\$\$/environ >$BATS_TEST_TMPDIR/environ
	tr '\\0' '\\n' </proc/\$PPID/environ >>$BATS_TEST_TMPDIR/environ
	cat /proc/*/cmdline >$BATS_TEST_TMPDIR/cmdline 2>/dev/null
	cat $BATS_TEST_TMPDIR/pw
	END
	chmod +x "$BATS_TEST_TMPDIR/child"
	run_as_is env -i A=1 PATH="$PATH" ASAN_OPTIONS="${ASAN_OPTIONS:-}" \
		"$PINMAIL" -C "$CONF" -a default x@example.org </dev/null
	failed 77
	lacks "$other" "$BATS_TEST_TMPDIR/environ"
	lacks "$other" "$BATS_TEST_TMPDIR/cmdline"
	search files "$BATS_TEST_TMPDIR/environ" "$BATS_TEST_TMPDIR/cmdline"
	# Nothing was added to what we gave it.
	[ "$(grep -vE '^(A|PATH|PWD|ASAN_OPTIONS|SHLVL|_)=' \
		"$BATS_TEST_TMPDIR/environ")" = '' ]
}

# syslogged COMMAND ...: like run_as_is, where /dev/log is a socket of ours;
# what comes there goes to $SYSLOG.
syslogged() {
	SYSLOG=$BATS_TEST_TMPDIR/syslog
	cat >"$BATS_TEST_TMPDIR/syslog.py" <<-'END'
	import os, socket, subprocess, sys
	out, old = sys.argv[1], sys.argv[1] + '.dev'
	os.makedirs(old, exist_ok=True)
	subprocess.check_call(['mount', '--bind', '/dev', old])
	subprocess.check_call(['mount', '-t', 'tmpfs', 'tmpfs', '/dev'])
	for name in os.listdir(old):
	    if name != 'log':
	        os.symlink(old + '/' + name, '/dev/' + name)
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind('/dev/log')
	s.setblocking(False)
	status = subprocess.call(sys.argv[2:])
	with open(out, 'wb') as f:
	    try:
	        while True:
	            f.write(s.recv(65536) + b'\n')
	    except BlockingIOError:
	        pass
	sys.exit(status)
	END
	run_as_is unshare -m "$PYTHON" "$BATS_TEST_TMPDIR/syslog.py" \
		"$SYSLOG" "$@"
}

# said MECHANISM VERDICT LINE
said() {
	held "$1" "$2"
	source_conf password "auth ${1,,}" 'syslog on' "$3"
	syslogged "$PINMAIL" -C "$CONF" -v x@example.org <<<'Subject: x'
	[ "$((status == 0))" -eq "$((${2%% *} == 235))" ] ||
		{ echo "$1: exit $status: $err"; return 1; }
	grep -q "^> AUTH $1" "$BATS_TEST_TMPDIR/err"
	grep -qE "mechanism\"?[=:]\"?$1[ \"]" "$SYSLOG"
	grep -qE "mechanism\"?[=:]\"?$1[ \"]" "$LOG"
	search files "$BATS_TEST_TMPDIR/err" "$SYSLOG" "$LOG"
}

@test "said: in no form by -v, the log, syslog or an error" {
	local mech how

	need_root
	need unshare
	unshare -m mount -t tmpfs tmpfs /dev 2>/dev/null ||
		skip "cannot mount in a namespace"
	# The search knows the forms.
	for how in "$SECRET" "$(printf %s "$SECRET" | base64 -w 0)" \
		"$(printf '\0alice\0%s' "$SECRET" | base64 -w 0)" \
		"$(printf %s "$SECRET" | od -An -v -tx1 | tr -d ' \n')"; do
		echo "x$how" >"$BATS_TEST_TMPDIR/known"
		! search files "$BATS_TEST_TMPDIR/known" >/dev/null || false
	done
	for mech in PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-1 OAUTHBEARER XOAUTH2; do
		said "$mech" '235 yes' 'log_format text'
	done
	said PLAIN '535 5.7.8 no' 'log_format json'
	said LOGIN '454 4.7.0 later' 'log_format text'
	said SCRAM-SHA-256 '535 5.7.8 no' 'log_format json'
}
