#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The third proof. The wire: all that a delivery put on it says nothing to
# those who listen.

load lib
load ../proof/proof

setup_file() {
	find_python
}

setup() {
	need python3
	guest_writes
	net_start
}

# The server, behind the network, and an account for it: served BY HOST LINE...
# BY is implicit or starttls; more options of the server are in SERVER.
served() {
	local by=$1 host=$2 starttls=off

	shift 2
	[ "$by" = implicit ] || starttls=on
	server_start --tls "$by" --login quillfeather:Zx9.murmurVale \
		"${SERVER[@]}"
	net_leads "$PORT"
	guest_conf "$host" "tls_starttls $starttls" "pin $PIN" "$@"
}

# nothing_said TEXT: TEXT is all that the last connection said in the clear,
# and the message arrived.
nothing_said() {
	succeeded
	filed quillfeather
	capture present "$WORDS" <(cat "$EML" "$ENV" "$CONF")
	capture absent "$WORDS" "$NET/$N.up" "$NET/$N.down"
	capture records "$NET/$N.up" "$1" >"$BATS_TEST_TMPDIR/records"
	grep -q application_data "$BATS_TEST_TMPDIR/records"
}

# hello_is SNI: the ClientHello asks for no session that there was before,
# and names this server, or with "" none.
hello_is() {
	HELLO=$(capture hello "$NET/$N.up")
	[[ $HELLO == *'extension '* ]]
	# session_ticket, pre_shared_key, early_data
	if grep -qxE 'extension (35|41|42)' <<<"$HELLO"; then
		echo "$HELLO"
		return 1
	fi
	[ "$(sed -n 's/^sni //p' <<<"$HELLO")" = "$1" ]
}

BEFORE='EHLO [127.0.0.1]\r\nSTARTTLS\r\n'

@test "implicit TLS: nothing is said in the clear" {
	for auth in scram-sha-256-plus plain login; do
		served implicit localhost "auth $auth"
		guest_sends
		nothing_said ''
		hello_is localhost
	done
}

@test "implicit TLS 1.2: nothing is said in the clear" {
	SERVER=(--tls-max 1.2)
	served implicit localhost 'auth plain'
	guest_sends
	nothing_said ''
	hello_is localhost
	env_is tls TLSv1.2
}

@test "STARTTLS: nothing but EHLO with a literal, and STARTTLS" {
	for auth in scram-sha-256-plus plain login; do
		served starttls localhost "auth $auth"
		guest_sends
		nothing_said "$BEFORE"
		hello_is localhost
		env_is helo_plain '[127.0.0.1]'
		env_is helo northbrook.test
	done
	SERVER=(--tls-max 1.2)
	served starttls localhost 'auth plain'
	guest_sends
	nothing_said "$BEFORE"
	env_is tls TLSv1.2
}

@test "the content is hidden where it goes by DATA, and where it is large" {
	SERVER=(--caps 8BITMIME)
	served implicit localhost 'auth plain'
	guest_sends
	nothing_said ''
	{
		cat "$MESSAGE"
		seq -f 'Kumquat marmalade bamboozles %.0f.' 9000
	} >"$MESSAGE.large"
	MESSAGE=$MESSAGE.large
	SERVER=()
	served implicit localhost 'auth plain'
	guest_sends
	nothing_said ''
}

@test "a refused login, a refused recipient: nothing is said in the clear" {
	served implicit localhost 'password Zx9.murmurVale.not'
	guest_sends
	failed 77
	capture absent "$WORDS" "$NET/$N.up" "$NET/$N.down"
	capture records "$NET/$N.up" >&2
	SERVER=(--refuse 'kettledrum@westerham.test=550 no')
	served starttls localhost
	guest_sends
	failed 67
	capture absent "$WORDS" "$NET/$N.up" "$NET/$N.down"
	capture records "$NET/$N.up" "$BEFORE" >&2
}

@test "SNI: the host of the configuration, and nothing for an address" {
	served implicit 127.0.0.1
	guest_sends
	succeeded
	hello_is ''
	served implicit 127.0.0.1 'tls_host_override mail.northbrook.test'
	guest_sends
	succeeded
	hello_is mail.northbrook.test
}

@test "two deliveries to one server have no session in common" {
	served implicit localhost
	guest_sends
	hello_is localhost
	first=$HELLO
	guest_sends
	hello_is localhost
	[ "$(sed -n 's/^session //p' <<<"$first")" != \
		"$(sed -n 's/^session //p' <<<"$HELLO")" ]
	[ "$(cat "$DIR"/mail/quillfeather/*.env |
		grep -cxE 'ticket=0|psk=0|resumed=0')" -eq 6 ]
}

@test "the search finds it all in the same session, deciphered" {
	need openssl
	openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=localhost \
		-keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/crt" \
		2>"$BATS_TEST_TMPDIR/openssl"
	cat "$BATS_TEST_TMPDIR/key" "$BATS_TEST_TMPDIR/crt" \
		>"$BATS_TEST_TMPDIR/pem"
	for auth in plain login; do
		trap_start --cert "$BATS_TEST_TMPDIR/pem"
		net_leads "$TRAP_PORT"
		guest_conf localhost 'tls_starttls off' "auth $auth" \
			"pin $(key_pin "$BATS_TEST_TMPDIR/crt")"
		guest_sends
		succeeded
		capture absent "$WORDS" "$NET/$N.up" "$NET/$N.down"
		# All of it, and each word by itself.
		capture present "$WORDS" "$KEPT"
		while read -r word; do
			[ -n "$word" ] || continue
			run -1 capture absent <(echo "$word") "$KEPT"
			[[ $output == found* ]]
		done <"$WORDS"
	done
}

# --- and what tshark has to say of it ---------------------------------------

# Capture what passes on loopback to and from the network.
tshark_start() {
	local tries=0

	need tshark od
	PCAP=$BATS_TEST_TMPDIR/pcap
	mkfifo "$BATS_TEST_TMPDIR/lines"
	tshark -n -i lo -f "port $NET_PORT" -w "$PCAP" -P -l \
		-T fields -e udp.payload >"$BATS_TEST_TMPDIR/lines" \
		2>"$BATS_TEST_TMPDIR/tshark" 3>&- &
	SHARK=$!
	echo "$SHARK" >>"$BATS_TEST_TMPDIR/pids"
	exec {LINES}<"$BATS_TEST_TMPDIR/lines"
	# It is there when it sees something.
	until marked begin 0.2; do
		kill -0 "$SHARK" && [ $((tries += 1)) -lt 100 ] ||
			skip 'tshark may not capture on loopback here'
	done
}

# marked WORD SECONDS: send a datagram that is in nobody's way, and wait until
# tshark has seen it.
marked() {
	local line hex

	hex=$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')
	printf %s "$1" >"/dev/udp/127.0.0.1/$NET_PORT"
	while read -r -t "$2" line <&"$LINES"; do
		[ "$line" != "$hex" ] || return 0
	done
	return 1
}

tshark_end() {
	marked end 20
	kill -INT "$SHARK"
	wait "$SHARK" || :
}

# ask PROTOCOL FILTER FIELD...: what the capture has there.
ask() {
	local fields=() name

	for name in "${@:3}"; do
		fields+=(-e "$name")
	done
	tshark -n -r "$PCAP" -d "tcp.port==$NET_PORT,$1" -Y "$2" \
		-T fields "${fields[@]}" 2>>"$BATS_TEST_TMPDIR/tshark"
}

hex_of() {
	tr -d ':\n'
}

# It saw what the relay kept, and in that nothing else than the relay did.
tshark_agrees() {
	local port=tcp.dstport

	ask "$1" "$port == $NET_PORT" tcp.payload | hex_of |
		cmp - <(od -An -v -tx1 "$NET/$N.up" | tr -d ' \n')
	capture absent "$WORDS" "$PCAP"
	ask "$1" 'tls.handshake.type == 1' tls.handshake.extension.type \
		tls.handshake.extensions_server_name >"$PCAP.hello"
	[ "$(wc -l <"$PCAP.hello")" -eq 1 ]
	read -r types name <"$PCAP.hello"
	[[ ,$types, == *,0,* && ,$types, != *,35,* && ,$types, != *,41,* ]]
	[ "$name" = localhost ]
}

@test "tshark sees no more of a delivery by implicit TLS" {
	served implicit localhost 'auth plain'
	tshark_start
	guest_sends
	nothing_said ''
	tshark_end
	tshark_agrees tls
}

@test "tshark sees no more of a delivery by STARTTLS" {
	served starttls localhost 'auth plain'
	tshark_start
	guest_sends
	nothing_said "$BEFORE"
	tshark_end
	tshark_agrees smtp
	# It takes all verbs to have four letters.
	[ "$(ask smtp smtp.req smtp.req.command smtp.req.parameter)" = \
		$'EHLO\t[127.0.0.1]\nSTAR\tTLS' ]
}
