#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "ROUND TRIPS": how often a session waits, writes and looks
# at files, counted.

load lib
load ../proof/proof

MECHANISMS='PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-256-PLUS EXTERNAL OAUTHBEARER XOAUTH2'

setup() {
	untraced
	M=$BATS_TEST_TMPDIR/m
	printf 'Subject: x\n\nhello\n' >"$M"
	mapfile -t many < <(seq -f 'user%g@x.org' 5000)
	LABELS=$BATS_TEST_TMPDIR/labels
	CAME=$BATS_TEST_TMPDIR/came
}

# accounts on|off [LINE ...]: a configuration with an account for each
# mechanism, by its name.
accounts() {
	local m

	conf_write "tls_starttls $1" 'auth plain' \
		"tls_cert_file $BATS_TEST_TMPDIR/own.pem" \
		"tls_key_file $BATS_TEST_TMPDIR/own.key" "${@:2}"
	for m in off on $MECHANISMS; do
		printf '%s\n' "account ${m,,} : default" "auth ${m,,}"
	done >>"$CONF"
}

# What proves the client to be alice.
own_certificate() {
	need openssl
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$BATS_TEST_TMPDIR/own.key" -subj /CN=alice -days 2 \
		-out "$BATS_TEST_TMPDIR/own.pem" 2>/dev/null
}

# counts [NAME=]TRIPS ARGUMENT ...: a delivery, and what it is to cost.
counts() {
	pinmail "${@:2}" <"$M"
	[[ $status == 0 || $err == *' delivered to '*' other'* ]] ||
		{ echo "$1: exit $status: $err"; return 1; }
	echo "$1" >>"$LABELS"
}

# The servers counted that; then they may be forgotten.  A turn is a wait of
# the server with its answers out: the round trip of TCP and that of the
# verdict come on top.
counted() {
	cat "$DIR"/mail/*/*.env | awk -F= '
		$1 == "turns" { printf "%d", $2 + 2 }
		$1 == "early" { print $2 == 0 ? "" : " early" }' >>"$CAME"
	diff <(sed 's/.*=//' "$LABELS") "$CAME" || { cat "$LABELS"; return 1; }
}

@test "each set of extensions, TLS from the start and STARTTLS, each login" {
	local tls caps one hundred thousands refused partial m

	own_certificate
	while read -r tls caps one hundred thousands refused partial; do
		rm -f "$LABELS" "$CAME"
		caps=${caps#-}
		server_start --caps "$caps" --mech "$MECHANISMS" \
			--request-client-cert --refuse 'no@x.org=550 no' \
			--tls "${tls/off/implicit}"
		accounts "${tls/starttls/on}"
		counts "one=$one" a@x.org
		counts "hundred=$hundred" "${many[@]:0:100}"
		counts "refused=$refused" a@x.org no@x.org c@x.org
		[ "$thousands" = - ] || counts "5000=$thousands" "${many[@]}"
		for m in plain:0 external:0 oauthbearer:0 xoauth2:0 login:2 \
			scram-sha-1:2 scram-sha-1-plus:2 scram-sha-256:2 \
			scram-sha-256-plus:2 on:2; do
			counts "$m=$((one + ${m#*:}))" -a "${m%:*}" a@x.org
		done
		accounts "${tls/starttls/on}" 'partial off'
		counts "partial=$partial" a@x.org b@x.org
		counted
		rm -f "$LABELS" "$CAME"
		server_start --caps "$caps" --no-auth \
			--tls "${tls/off/implicit}"
		accounts "${tls/starttls/on}"
		counts "off=$((one - 1))" -a off a@x.org
		counted
	done <<-'END'
	off PIPELINING,CHUNKING 6 6 10 6 7
	off PIPELINING 7 7 11 7 8
	off CHUNKING 8 107 - 10 9
	off - 9 108 5008 11 10
	starttls PIPELINING,CHUNKING 8 8 12 8 9
	starttls PIPELINING 9 9 13 9 10
	starttls CHUNKING 10 109 - 12 11
	starttls - 11 110 - 13 12
	END
}

@test "TLS 1.2 costs one more, but only with STARTTLS" {
	server_start --tls-max 1.2
	conf_write 'auth plain'
	counts 6 a@x.org
	counted
	rm "$LABELS" "$CAME"
	server_start --tls-max 1.2 --tls starttls
	conf_write 'auth plain' 'tls_starttls on'
	counts 9 a@x.org
	counted
}

@test "a first response that is too long for the AUTH line costs one more" {
	local password

	password=$(printf '%0400d' 0)
	server_start --login "carol:$password"
	conf_write 'auth plain' 'user carol' "password $password"
	counts 7 a@x.org
	counted
}

# --- A server that says nothing before a whole flight is here ---

# holder [LINE ...]: see proof/holder.py; afterwards, held sends through it.
holder() {
	local fifo=$BATS_TEST_TMPDIR/holder

	DIR=$BATS_TEST_TMPDIR/holder.d
	PIN=$("$SMTPD" --dir "$DIR" --pin)
	mkfifo "$fifo.ask" "$fifo.tell"
	"$PYTHON" "$PROOF/holder.py" "$DIR/cert.pem" "$DIR/key.pem" \
		${TIMED:+timed} <"$fifo.ask" >"$fifo.tell" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	exec 7>"$fifo.ask" 8<"$fifo.tell"
	read -r PORT <&8
	conf_write 'auth plain' 'timeout 10' "$@"
}

# held SCRIPT WANT [ARGUMENT ...]: what it is to say of that session.
held() {
	local said

	echo "$1" >&7
	pinmail "${@:3}" <"$M"
	read -r said <&8
	[ "$said" = "$2" ] || { echo "$said ($status: $err)"; return 1; }
}

@test "a flight is whole before its first answer is waited for, up to 1,000" {
	holder
	held 'tls PIPELINING,CHUNKING E A MRB' 'E:1 A:1 MRB:1 Q:2' a@x.org
	succeeded
	held 'tls PIPELINING,CHUNKING E A MR100B' 'E:1 A:1 MR100B:1 Q:2' \
		"${many[@]:0:100}"
	succeeded
	held 'tls PIPELINING,CHUNKING E A MR1000B' 'E:1 A:1 MR1000B:2 Q:2' \
		"${many[@]:0:1000}"
	succeeded
	held 'tls PIPELINING,CHUNKING E A MR1000 RB' \
		'E:1 A:1 MR1000:2 RB:1 Q:2' "${many[@]:0:1001}"
	succeeded
	held 'tls PIPELINING,CHUNKING E A MR1000 R1000 R1000 R1000 R1000B' \
		'E:1 A:1 MR1000:2 R1000:2 R1000:2 R1000:2 R1000B:2 Q:2' \
		"${many[@]}"
	succeeded
	held 'tls PIPELINING E A MR1000D C' 'E:1 A:1 MR1000D:2 C:1 Q:2' \
		"${many[@]:0:1000}"
	succeeded
	held 'tls CHUNKING E A M R R B' 'E:1 A:1 M:1 R:1 R:1 B:1 Q:2' \
		a@x.org b@x.org
	succeeded
	held 'tls - E A M R D C' 'E:1 A:1 M:1 R:1 D:1 C:1 Q:2' a@x.org
	succeeded
}

@test "STARTTLS: the end of the handshake and EHLO come as one" {
	holder 'tls_starttls on'
	held 'starttls PIPELINING,CHUNKING E S E A MRB' \
		'E:0 S:0 E:1+F A:1 MRB:1 Q:2' a@x.org
	succeeded
	held 'starttls PIPELINING E S E A MRD C' \
		'E:0 S:0 E:1+F A:1 MRD:1 C:1 Q:2' a@x.org
	succeeded
}

@test "refused recipients, one or all of them, cost no flight" {
	holder
	held 'tls PIPELINING,CHUNKING E A MR2=550RB' \
		'E:1 A:1 MR2=550RB:1 Q:2' {a,b,c}@x.org
	failed 67 '*delivered to 2 others*'
	held 'tls PIPELINING,CHUNKING E A MR=550R=550B=554' \
		'E:1 A:1 MR=550R=550B=554:1 Q:2' {a,b}@x.org
	failed 67
	held 'tls PIPELINING E A MR=550R=450D=554' \
		'E:1 A:1 MR=550R=450D=554:1 Q:2' {a,b}@x.org
	failed 67
	# The answer to a dot would be a message to nobody.
	held 'tls PIPELINING E A MR=550R=550D' \
		'E:1 A:1 MR=550R=550D:1 -:0' {a,b}@x.org
	failed 67
	held 'tls CHUNKING E A M R=550 R=550' \
		'E:1 A:1 M:1 R=550:1 R=550:1 Q:2' {a,b}@x.org
	failed 67
	held 'tls - E A M R=450' 'E:1 A:1 M:1 R=450:1 Q:2' a@x.org
	failed 75
}

@test "too many recipients go on in another flight" {
	holder
	held 'tls PIPELINING,CHUNKING E A MR2R=452B MRB' \
		'E:1 A:1 MR2R=452B:1 MRB:1 Q:2' {a,b,c}@x.org
	succeeded
	held 'tls PIPELINING E A MR2R=452R=452D C MR2D C' \
		'E:1 A:1 MR2R=452R=452D:1 C:1 MR2D:1 C:1 Q:2' {a,b,c,d}@x.org
	succeeded
	held 'tls - E A M R R=452 D C M R D C' \
		'E:1 A:1 M:1 R:1 R=452:1 D:1 C:1 M:1 R:1 D:1 C:1 Q:2' \
		{a,b}@x.org
	succeeded
}

@test "the envelope goes first: partial off, or more than 256 KiB" {
	local size

	holder
	for size in 262144 262145; do
		message_of "$size" >"$M"
		if [ "$size" -eq 262144 ]; then
			held 'tls PIPELINING,CHUNKING E A MR2B' \
				'E:1 A:1 MR2B:17 Q:2' {a,b}@x.org
		else
			held 'tls PIPELINING,CHUNKING E A MR2 B' \
				'E:1 A:1 MR2:1 B:17 Q:2' {a,b}@x.org
		fi
		succeeded
	done
	held 'tls PIPELINING,CHUNKING E A MR2=550 B' \
		'E:1 A:1 MR2=550:1 B:17 Q:2' {a,b}@x.org
	failed 67 '*delivered to 1 other*'
	held 'tls PIPELINING,CHUNKING E A MR=550R=550' \
		'E:1 A:1 MR=550R=550:1 Q:2' {a,b}@x.org
	failed 67
	printf 'Subject: x\n\nhello\n' >"$M"
	conf_write 'auth plain' 'timeout 10' 'partial off'
	held 'tls PIPELINING,CHUNKING E A MR2 B' 'E:1 A:1 MR2:1 B:1 Q:2' \
		{a,b}@x.org
	succeeded
	held 'tls PIPELINING E A MR2 D C' 'E:1 A:1 MR2:1 D:1 C:1 Q:2' \
		{a,b}@x.org
	succeeded
	held 'tls PIPELINING,CHUNKING E A MRR=550' 'E:1 A:1 MRR=550:1 Q:2' \
		{a,b}@x.org
	failed 67
}

# A message of exactly so many bytes on the wire.
message_of() {
	local head='From: alice@example.com
Date: Tue, 12 Aug 2025 06:54:32 +0200
Message-ID: <a@example.com>
Subject: x

'
	local rest=$(($1 - $(wc -c <<<"$head") - $(wc -l <<<"$head") + 2))

	printf '%s' "$head"
	# Lines of 78 with their CRLF, and one that makes up for what is left.
	head -c "$((rest / 78 * 77))" < <(yes "$(printf '%076d' 0)")
	printf "%0$((rest % 78 - 2))d\n" 0
}

# --- What it asks of the kernel ---

# need_strace [root]: what knows a password shows what is behind the pointers
# of a system call to root only.
need_strace() {
	need strace
	strace -o /dev/null true 2>/dev/null || skip 'tracing is not allowed here'
	[ $# -eq 0 ] || need_root
	# Leaks are looked for with ptrace as well.
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	TRACE=$BATS_TEST_TMPDIR/trace
}

# traced CALLS ARGUMENT ...: like pinmail.
traced() {
	run_as_is strace -f -o "$TRACE" -e "trace=$1" "$PINMAIL" -C "$CONF" \
		"${@:2}" <"$M"
	succeeded
}

# The traced delivery wrote to its server so many times, and each time all
# that it wanted to.
writes() {
	awk '
		{ sub(/^[0-9]+ +/, "") }
		/^setsockopt\(.*TCP_NODELAY/ { fd = $1; gsub(/[^0-9]/, "", fd) }
		fd == "" || $0 !~ "^[a-z0-9]+\\(" fd "[,)]" { next }
		/^close/ { fd = "" }
		/^(send|write)/ { n++; part += $NF < 1 }
		END { printf "%d, %d in vain\n", n, part }' "$TRACE" |
		diff - <(echo "$1, 0 in vain")
}

# What a write call may be.
WRITING=setsockopt,close,sendto,sendmsg,sendmmsg,write,writev,pwrite64,pwritev

@test "one write for each flight, and one for QUIT and close_notify" {
	local tls caps three thousand

	need_strace
	while read -r tls caps three thousand; do
		server_start --caps "${caps#-}" --mech PLAIN \
			--tls "${tls/off/implicit}"
		conf_write "tls_starttls ${tls/starttls/on}"
		traced "$WRITING" {a,b,c}@x.org
		writes "$three"
		[ "$thousand" != - ] || continue
		traced "$WRITING" "${many[@]:0:1000}"
		writes "$thousand"
	done <<-'END'
	off PIPELINING,CHUNKING 6 6
	off PIPELINING 7 7
	off CHUNKING 10 -
	off - 11 -
	starttls PIPELINING,CHUNKING 7 7
	starttls PIPELINING 8 8
	starttls CHUNKING 11 -
	starttls - 12 -
	END
	server_start --mech PLAIN
	conf_write
	traced "$WRITING" "${many[@]}"
	writes 10
}

@test "25 MiB go in large records and large writes" {
	local said n

	message_of $((25 << 20)) >"$M"
	holder
	echo 'tls PIPELINING,CHUNKING E A MR B25' >&7
	pinmail a@x.org <"$M"
	succeeded
	read -r said <&8
	[[ $said =~ ^E:1\ A:1\ MR:1\ B25:([0-9]+)\ Q:2$ ]]
	[ "${BASH_REMATCH[1]}" -le $((25 * 64 + 32)) ]
	echo 'tls PIPELINING E A MRD C' >&7
	pinmail a@x.org <"$M"
	succeeded
	read -r said <&8
	[[ $said =~ ^E:1\ A:1\ MRD:1\ C:([0-9]+)\ Q:2$ ]]
	[ "${BASH_REMATCH[1]}" -le $((25 * 64 + 32)) ]
	need_strace
	server_start --count-only
	conf_write
	traced sendto,sendmsg,write,writev a@x.org
	# Some to a temporary file.
	n=$(grep -cE 'send|write' "$TRACE")
	[ "$n" -lt 800 ] || { echo "$n writes"; return 1; }
}

@test "it connects before it looks after TLS, without delaying segments" {
	local n

	need_strace root
	own_certificate
	server_start --request-client-cert --mech EXTERNAL
	conf_write 'auth external' \
		"tls_cert_file $BATS_TEST_TMPDIR/own.pem" \
		"tls_key_file $BATS_TEST_TMPDIR/own.key"
	traced network,poll,ppoll,openat a@x.org
	# Each of these, in this order.
	awk '
		n == 0 && /TCP_NODELAY, \[1\]/ { n++ }
		n == 1 && /connect\(.*AF_INET/ { n++ }
		n == 2 && /openat\(.*own.pem/ { n++ }
		n == 3 && /openat\(.*own.key/ { n++ }
		n == 4 && /poll\(.*POLLOUT/ { n++ }
		n == 5 && /sendto\(/ { n++ }
		n > 0 && n < 5 && /poll\(/ { bad = 1 }
		END { exit !(n == 6 && !bad) }' "$TRACE" ||
		{ cat "$TRACE"; return 1; }
}

@test "no file and no library that the message does not need" {
	local others=

	need_strace root
	# What a sanitizer needs for itself.
	! sanitized || others='(^|/)lib(asan|ubsan|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+)(\.so.*)?$|^/proc/self/'
	server_start
	conf_write
	# None of these is asked.
	run_as_is strace -f -o "$TRACE" -e trace=open,openat,openat2,execve \
		-E OPENSSL_CONF=/a -E SSL_CERT_FILE=/b -E SSL_CERT_DIR=/c \
		-E LC_ALL=C.UTF-8 -E LANG=C.UTF-8 -E LANGUAGE=de \
		"$PINMAIL" -C "$CONF" a@x.org <"$M"
	succeeded
	grep -q 'ld\.so\.cache' "$TRACE" || skip 'not a dynamic binary'
	sed -n 's/^[0-9]* *open[a-z0-9]*([^"]*"\([^"]*\)".*/\1/p' "$TRACE" |
		sed -E -e 's,.*/(lib[a-z]+)\.so\.[0-9]+$,\1,' \
			-e 's,/proc/[0-9]+/,/proc/PID/,' |
		grep -vE "${others:-^$}" >"$BATS_TEST_TMPDIR/opened"
	# Who we are, who calls, and what time it is here.
	diff <(grep -vxE '/etc/(nsswitch\.conf|passwd|localtime)|/proc/PID/comm' \
		"$BATS_TEST_TMPDIR/opened") - <<-END
	/etc/ld.so.cache
	libssl
	libcrypto
	libuuid
	libc
	$CONF
	$LOG
	END
	# Each of them once.
	[ -z "$(sort "$BATS_TEST_TMPDIR/opened" | uniq -d)" ]
	[ "$(grep -c execve "$TRACE")" -eq 1 ]
}

@test "no answer is waited for with an acknowledgement that is delayed" {
	local i said least=1000

	# Python leaves Nagle's algorithm on: its greeting waits until we
	# acknowledge the tickets before it, 40 ms later if it is to be saved.
	TIMED=1 holder
	for i in {1..25}; do
		echo 'tls PIPELINING,CHUNKING E A MRB' >&7
		pinmail a@x.org <"$M"
		succeeded
		read -r said <&8
		[ "${said##* }" -ge "$least" ] || least=${said##* }
		# One says it all; the machine may be busy.
		[ "$i" -lt 8 ] || [ "$least" -ge 30 ] || break
	done
	echo "# $least ms" >&3
	[ "$least" -lt 30 ]
}
