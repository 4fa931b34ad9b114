#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The second proof. The hotel: on the way to the server sits somebody who
# answers in its place. The account, its host and its port stay what they are.

load lib
load ../proof/proof

OFF='tls_starttls off'
ON='tls_starttls on'

setup_file() {
	find_python
}

setup() {
	need python3 openssl
	CERTS=$BATS_TEST_TMPDIR/certs
	mkdir "$CERTS"
	cd "$CERTS" || return
	guest_writes
	net_start
}

# --- certificates -----------------------------------------------------------

EC=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
NAMES='subjectAltName=DNS:localhost,IP:127.0.0.1'

# self_signed NAME SERIAL: NAME.pem, for localhost.
self_signed() {
	openssl req -x509 "${EC[@]}" -days 3 -subj /CN=localhost \
		-set_serial "$2" -addext "$NAMES" \
		-keyout "$1.key" -out "$1.crt" 2>>openssl
	cat "$1.key" "$1.crt" >"$1.pem"
}

# authority NAME: NAME.crt may sign. All have one subject and one serial.
authority() {
	openssl req -x509 "${EC[@]}" -days 3 -subj '/CN=Some Authority' \
		-set_serial 4711 -config <(printf '%s\n' '[req]' \
			'distinguished_name=dn' '[dn]' '[v3]' \
			basicConstraints=critical,CA:TRUE \
			keyUsage=keyCertSign) -extensions v3 \
		-keyout "$1.key" -out "$1.crt" 2>>openssl
}

# signed NAME AUTHORITY: NAME.pem with its chain, for localhost.
signed() {
	openssl req "${EC[@]}" -subj /CN=localhost \
		-keyout "$1.key" -out "$1.csr" 2>>openssl
	openssl x509 -req -in "$1.csr" -days 3 -set_serial 815 \
		-CA "$2.crt" -CAkey "$2.key" -out "$1.crt" \
		-extfile <(echo "$NAMES") 2>>openssl
	cat "$1.key" "$1.crt" "$2.crt" >"$1.pem"
}

same_name() {
	cmp <(openssl x509 -in "$1" -noout -subject -serial) \
		<(openssl x509 -in "$2" -noout -subject -serial)
}

ca_dir() {
	local dir

	dir=$(sed -n 's/^#define PINMAIL_CA_DIR "\(.*\)"$/\1/p' \
		"$top_builddir/config.h" 2>/dev/null || :)
	echo "${dir:-/etc/ssl/certs}"
}

# store_with CRT: from now on the binary runs where the system's store, as it
# is, holds that certificate besides.
store_with() {
	cp -a "$(ca_dir)" store
	cp "$1" "store/$(openssl x509 -in "$1" -noout -hash).0"
	cat >inside <<-END
	#!/bin/sh
	mount --bind "$CERTS/store" "$(ca_dir)" &&
		exec "$PINMAIL" "\$@"
	END
	cat >pinmail <<-END
	#!/bin/bash
	$(declare -f own)
	own mount -- "$CERTS/inside" "\$@"
	END
	chmod +x inside pinmail
	PINMAIL=$CERTS/pinmail
}

# --- who answers ------------------------------------------------------------

# The real server. A message reaches it through this network: arrives LINE...
honest() {
	server_start --login quillfeather:Zx9.murmurVale "$@"
	HONEST=$PORT
}

arrives() {
	net_leads "$HONEST"
	guest_conf localhost "$@"
	guest_sends
	succeeded
	filed quillfeather
	grep -q zugzwang "$EML"
}

# somebody [OPTION ...]: a trap, and the network leads there.
somebody() {
	trap_start "$@"
	net_leads "$TRAP_PORT"
}

# silent STATUS TEXT: the message did not leave; of what did, TEXT was in the
# clear, and all the rest is TLS's own.
silent() {
	local kinds

	failed 76
	grep -q " status=$1 exit=76 " "$LOG" || { cat "$LOG"; return 1; }
	[ "$(wc -l <"$LOG")" -eq 1 ]
	capture absent "$WORDS" "$KEPT" "$NET/$N.up" "$NET/$N.down"
	kinds=$(capture records "$NET/$N.up" "$2") ||
		{ echo "$kinds"; return 1; }
	[[ $kinds != *application_data*application_data* ]]
	echo "# exit 76: $err"
}

# Nobody heard more than this.
heard() {
	printf %b "$1" | cmp - "$KEPT"
}

NOTHING=''
ASKED='EHLO [127.0.0.1]\r\nSTARTTLS\r\n'
LEFT='EHLO [127.0.0.1]\r\nQUIT\r\n'

# trapped PEM LINE...: with these lines in the account, whoever has that
# certificate hears nothing.
trapped() {
	local pem=$1 version

	shift
	for version in 1.3 1.2; do
		somebody --cert "$pem" --tls-max "$version"
		guest_conf localhost "$OFF" "$@"
		guest_sends
		silent untrusted "$NOTHING"
		heard "$NOTHING"
	done
	somebody --cert "$pem" --tls starttls
	guest_conf localhost "$ON" "$@"
	guest_sends
	silent untrusted "$ASKED"
	heard "$ASKED"
}

# seen PEM LINE...: with these lines the same trap, through the same network,
# hears all. Else it would prove nothing that it heard nothing.
seen() {
	local pem=$1 auth

	shift
	for auth in plain login; do
		somebody --cert "$pem"
		guest_conf localhost "$OFF" "auth $auth" "$@"
		guest_sends
		succeeded
		capture present "$WORDS" "$KEPT"
		run -1 capture absent "$WORDS" "$KEPT"
		capture absent "$WORDS" "$NET/$N.up" "$NET/$N.down"
	done
}

# --- the proof --------------------------------------------------------------

@test "a certificate that signs itself" {
	honest
	arrives "$OFF" "pin $PIN"
	self_signed evil 1
	trapped evil.pem "pin $PIN"
	seen evil.pem "pin $(key_pin evil.crt)"
	arrives "$OFF" "pin $PIN"
}

@test "the server's subject and serial, but another key" {
	honest
	arrives "$OFF" "pin cert $DIR/cert.pem"
	self_signed evil "0x$(openssl x509 -in "$DIR/cert.pem" -noout -serial |
		sed 's/.*=//')"
	same_name evil.crt "$DIR/cert.pem"
	trapped evil.pem "pin $PIN"
	trapped evil.pem "pin cert $DIR/cert.pem"
	seen evil.pem "pin cert $CERTS/evil.crt"
}

@test "a certificate from an authority of tls_trust_file" {
	honest
	authority real
	authority public
	signed evil public
	trust="tls_trust_file $CERTS/public.crt"
	trapped evil.pem "pin $PIN" "$trust"
	trapped evil.pem "pin ca $(key_pin real.crt)" "$trust"
	# It is good in every respect but this one.
	seen evil.pem "pin ca $(key_pin public.crt)" "$trust"
}

@test "a certificate from an authority of the system's store" {
	need_own mount
	[ -d "$(ca_dir)" ] || skip "$(ca_dir) is missing"
	honest
	authority real
	authority public
	signed evil public
	sed -i '/CERTIFICATE/,$d' evil.pem
	cat evil.crt >>evil.pem
	store_with public.crt
	trapped evil.pem "pin $PIN"
	trapped evil.pem "pin ca $(key_pin real.crt)"
	# The store alone makes this chain whole: it is in use.
	seen evil.pem "pin ca $(key_pin public.crt)"
}

@test "the authority's subject and serial, but another key" {
	authority real
	authority fake
	signed good real
	signed evil fake
	same_name real.crt fake.crt
	same_name good.crt evil.crt
	cat good.crt real.crt >chain.pem
	honest --cert chain.pem --key good.key
	for pin in "ca $CERTS/real.crt" "ca $(key_pin real.crt)" \
		"cert $CERTS/good.crt" "$(key_pin good.crt)"; do
		arrives "$OFF" "pin $pin"
		trapped evil.pem "pin $pin"
	done
	seen evil.pem "pin ca $CERTS/fake.crt"
}

@test "STARTTLS is stripped from what the server offers" {
	honest --tls starttls
	arrives "$ON" "pin $PIN"
	somebody --tls stripped
	guest_sends
	silent untrusted "$LEFT"
	heard "$LEFT"
}

@test "STARTTLS is refused" {
	honest --tls starttls
	arrives "$ON" "pin $PIN"
	somebody --tls starttls --after refuse
	guest_sends
	silent untrusted 'EHLO [127.0.0.1]\r\nSTARTTLS\r\nQUIT\r\n'
}

@test "after STARTTLS the conversation goes on in the clear" {
	honest --tls starttls
	arrives "$ON" "pin $PIN"
	somebody --tls starttls --after plain
	guest_sends
	silent untrusted "$ASKED"
}

@test "something is slipped in behind the answer to STARTTLS" {
	honest --tls starttls
	arrives "$ON" "pin $PIN"
	self_signed evil 1
	somebody --tls starttls --after inject --cert evil.pem
	guest_sends
	silent untrusted 'EHLO [127.0.0.1]\r\nSTARTTLS\r\nQUIT\r\n'
	# Nor where the key behind it is the pinned one.
	guest_conf localhost "$ON" "pin $(key_pin evil.crt)"
	guest_sends
	silent untrusted 'EHLO [127.0.0.1]\r\nSTARTTLS\r\nQUIT\r\n'
}

@test "a server that does without TLS" {
	honest
	arrives "$OFF" "pin $PIN"
	somebody --tls stripped
	guest_sends
	# Which of the two depends on who is faster.
	silent '\(untrusted\|tls\)' "$NOTHING"
}
