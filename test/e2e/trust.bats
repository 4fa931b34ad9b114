#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Trust" and "CHOOSING PINS".

load lib

# issue NAME CA [SAN [START END [EXTENSION ...]]]: a key and a certificate,
# NAME.key and NAME.pem; CA is - for one that signs itself.
issue() {
	local name=$1 ca=$2 san=$3 start=${4:-20200101000000Z} \
		end=${5:-20700101000000Z}

	shift $(($# < 5 ? $# : 5))
	{
		[ -z "$san" ] || echo "subjectAltName=$san"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >ext
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$name.key" -subj "/CN=${CN:-$name}" -out csr
	if [ "$ca" = - ]; then
		openssl ca -config ca.cnf -batch -notext -in csr -selfsign \
			-keyfile "$name.key" -startdate "$start" \
			-enddate "$end" -extfile ext -out "$name.pem"
	else
		openssl ca -config ca.cnf -batch -notext -in csr \
			-cert "$ca.pem" -keyfile "$ca.key" \
			-startdate "$start" -enddate "$end" -extfile ext \
			-out "$name.pem"
	fi
}

make_certificates() {
	local names='DNS:localhost,IP:127.0.0.1' ca='basicConstraints=CA:TRUE'
	local past='20200101000000Z 20210101000000Z'

	printf '%s\n' '[ca]' 'default_ca=d' '[d]' 'database=index' \
		'new_certs_dir=.' 'rand_serial=yes' 'default_md=sha256' \
		'policy=p' 'unique_subject=no' '[p]' 'commonName=supplied' \
		>ca.cnf
	: >index
	issue root - '' '' '' "$ca"
	issue int root '' '' '' "$ca"
	issue leaf int "$names"
	issue direct root "$names"
	issue other root 'DNS:elsewhere.example,IP:192.0.2.1'
	issue dns root 'DNS:localhost'
	issue named root 'DNS:mail.example.com'
	# shellcheck disable=SC2086
	{
		issue expired int "$names" $past
		issue oldint root '' $past "$ca"
		issue oldroot - '' $past "$ca"
	}
	issue future int "$names" 20600101000000Z 20700101000000Z
	issue underold oldint "$names"
	issue underoldroot oldroot "$names"
	# Somebody else's CA that looks like ours, and what it signs.
	CN=root issue mallory - '' '' '' "$ca"
	CN=leaf issue forged mallory "$names"
	# The subject alone does not make a name.
	CN=localhost issue subject root ''
	# No CA, but signs.
	issue nota root "$names" '' '' 'basicConstraints=CA:FALSE'
	issue undernota nota "$names"
	issue alone - "$names"
	issue client - ''
}

setup_file() {
	command -v openssl >/dev/null || return 0
	cd "$BATS_FILE_TMPDIR"
	(make_certificates) >log 2>&1 || { cat log; return 1; }
	cat leaf.pem int.pem >leaf+int.pem
	cat leaf.pem int.pem root.pem >leaf+int+root.pem
	cat expired.pem int.pem >expired+int.pem
	cat future.pem int.pem >future+int.pem
	cat underold.pem oldint.pem >underold+oldint.pem
	cat underoldroot.pem oldroot.pem >underoldroot+oldroot.pem
	cat forged.pem root.pem >forged+root.pem
	cat forged.pem mallory.pem root.pem int.pem >forged+all.pem
	cat undernota.pem nota.pem >undernota+nota.pem
}

setup() {
	untraced
	need openssl
	CERTS=$BATS_FILE_TMPDIR
}

# As the manual says, "A server of your own".  Each is computed once.
key_hash() {
	[ -s "$CERTS/$1.spki" ] ||
		openssl x509 -in "$CERTS/$1.pem" -noout -pubkey |
		openssl pkey -pubin -outform der |
		openssl dgst -sha256 | sed 's/.*= *//' >"$CERTS/$1.spki"
	echo "$(<"$CERTS/$1.spki")"
}

cert_hash() {
	[ -s "$CERTS/$1.sha256" ] ||
		openssl x509 -in "$CERTS/$1.pem" -outform der |
		openssl dgst -sha256 | sed 's/.*= *//' >"$CERTS/$1.sha256"
	echo "$(<"$CERTS/$1.sha256")"
}

# serve CHAIN [OPTION ...]: a server with that chain, and the key of its
# first part.
serve() {
	local chain=$1

	shift
	server_start --cert "$CERTS/$chain.pem" \
		--key "$CERTS/${chain%%+*}.key" "$@"
}

# conf LINE ...: no pin of its own.
conf() {
	CONF=$BATS_TEST_TMPDIR/conf
	LOG=$BATS_TEST_TMPDIR/log
	ours "$CONF" 'account default' "host ${HOST:-localhost}" \
		"port $PORT" 'tls_starttls off' 'user alice' \
		'password wonder1and' 'from alice@example.com' 'syslog off' \
		"logfile $LOG" "$@"
}

# proves LINE ...: with these lines a message arrives.
proves() {
	conf "$@"
	pinmail x@example.org </dev/null
	succeeded
	filed alice
}

# fails LINE ...: with these it does not; nobody is trusted.
fails() {
	local before

	conf "$@"
	before=$(count_filed)
	pinmail x@example.org </dev/null
	failed 76
	filed_are "$before"
}

untrusted() {
	fails "$@"
	[[ $err == *'proved no pinned key'*'nothing was sent'* ]] ||
		{ echo "$err"; return 1; }
	log_is ' status=untrusted exit=76 '
}

zero=${NO_PIN#*:}

@test "pin sha256: name, dates and issuer of the certificate do not matter" {
	local chain

	for chain in leaf leaf+int alone other subject expired+int future+int \
		underold forged; do
		serve "$chain"
		proves "pin sha256:$(key_hash "${chain%%+*}")"
	done
	log_is " pin=sha256:$(key_hash forged) "
}

@test "pin sha256: the value changes with the key, not the certificate" {
	openssl req -x509 -key "$CERTS/leaf.key" -subj /CN=new -days 2 \
		-out "$CERTS/renewed.pem" 2>/dev/null
	cp "$CERTS/leaf.key" "$CERTS/renewed.key"
	serve renewed
	proves "pin sha256:$(key_hash leaf)"
	untrusted "pin cert sha256:$(cert_hash leaf)"
}

@test "pin sha256: is the server's own key: none of those above it" {
	serve leaf+int+root
	untrusted "pin sha256:$(key_hash int)"
	untrusted "pin sha256:$(key_hash root)"
	untrusted "pin cert sha256:$(cert_hash root)"
	untrusted "pin cert $CERTS/root.pem"
}

@test "pin cert sha256: and tls_fingerprint: that very certificate" {
	local h

	for chain in leaf+int alone other expired+int; do
		serve "$chain"
		h=$(cert_hash "${chain%%+*}")
		proves "pin cert sha256:$h"
		proves "tls_fingerprint $(sed 's/../&:/g;s/:$//' <<<"${h^^}")"
		untrusted "pin cert sha256:$zero"
		untrusted "tls_fingerprint $zero"
		# A certificate's hash is not a key's.
		untrusted "pin sha256:$h"
		untrusted "pin cert sha256:$(key_hash "${chain%%+*}")"
	done
}

@test "pin cert FILE: the first certificate in it counts" {
	serve leaf+int
	proves "pin cert $CERTS/leaf.pem"
	proves "pin cert $CERTS/leaf+int+root.pem"
	serve int
	untrusted "pin cert $CERTS/leaf+int.pem"
}

@test "pin ca sha256: of a CA that the server sends" {
	serve leaf+int+root
	proves "pin ca sha256:$(key_hash root)"
	proves "pin ca sha256:$(key_hash int)"
	log_is " pin=\"ca sha256:$(key_hash int)\" "
	serve leaf+int
	proves "pin ca sha256:$(key_hash int)"
	untrusted "pin ca sha256:$zero"
	# It is a CA's key, not the server's.
	untrusted "pin ca sha256:$(key_hash leaf)"
}

@test "pin ca sha256: of a CA that tls_trust_file holds" {
	serve leaf+int
	untrusted "pin ca sha256:$(key_hash root)"
	proves "pin ca sha256:$(key_hash root)" \
		"tls_trust_file $CERTS/root.pem"
	serve leaf
	proves "pin ca sha256:$(key_hash int)" "tls_trust_file $CERTS/int.pem"
	cat "$CERTS"/{mallory,int,root}.pem >"$CERTS/bundle"
	proves "pin ca sha256:$(key_hash root)" "tls_trust_file $CERTS/bundle"
}

@test "nothing in tls_trust_file is trusted unless a pin names it" {
	serve leaf+int
	untrusted "pin ca sha256:$(key_hash mallory)" \
		"tls_trust_file $CERTS/root.pem"
	untrusted "pin sha256:$zero" "tls_trust_file $CERTS/root.pem"
	# ... and it is not opened for any other kind of pin.
	proves "pin cert $CERTS/leaf.pem" 'tls_trust_file /nonexistent'
	conf "pin ca sha256:$(key_hash root)" 'tls_trust_file /nonexistent'
	pinmail x@example.org </dev/null
	failed 78 '*tls_trust_file*/nonexistent*'
}

@test "the system's directory holds a CA that a pin names" {
	local dir

	need_root
	dir=$(sed -n 's/^#define PINMAIL_CA_DIR "\(.*\)"/\1/p' \
		"$top_builddir/config.h" 2>/dev/null) || :
	[ -d "${dir:-/etc/ssl/certs}" ] || skip "no $dir here"
	unshare -m true 2>/dev/null || skip "cannot unshare"
	mkdir "$BATS_TEST_TMPDIR/ca"
	cp "$CERTS/root.pem" "$BATS_TEST_TMPDIR/ca/$(openssl x509 \
		-in "$CERTS/root.pem" -noout -hash).0"
	serve leaf+int
	conf "pin ca sha256:$(key_hash root)"
	run_as_is unshare -m sh -c '
		mount --bind "$1" "$2" || exit 1
		shift 2
		exec "$@" </dev/null' sh "$BATS_TEST_TMPDIR/ca" \
		"${dir:-/etc/ssl/certs}" "$PINMAIL" -C "$CONF" x@example.org
	succeeded
	# What stands in it is not trusted by itself.
	conf "pin ca sha256:$(key_hash mallory)"
	run_as_is unshare -m sh -c '
		mount --bind "$1" "$2" || exit 1
		shift 2
		exec "$@" </dev/null' sh "$BATS_TEST_TMPDIR/ca" \
		"${dir:-/etc/ssl/certs}" "$PINMAIL" -C "$CONF" x@example.org
	failed 76
}

@test "the environment neither adds CAs nor changes OpenSSL" {
	serve leaf+int
	export SSL_CERT_FILE=$CERTS/root.pem SSL_CERT_DIR=$CERTS
	untrusted "pin ca sha256:$(key_hash root)"
	printf '%s\n' 'openssl_conf=a' '[a]' 'ssl_conf=b' '[b]' \
		'system_default=c' '[c]' 'MaxProtocol=TLSv1.2' \
		>"$CERTS/openssl.cnf"
	export OPENSSL_CONF=$CERTS/openssl.cnf
	proves "pin ca sha256:$(key_hash int)"
	env_is tls TLSv1.3
}

@test "pin ca FILE: these CAs, sent or not, and no others" {
	serve leaf+int
	proves "pin ca $CERTS/root.pem"
	proves "pin ca $CERTS/int.pem"
	untrusted "pin ca $CERTS/mallory.pem"
	untrusted "pin ca $CERTS/leaf.pem"
	serve leaf+int+root
	proves "pin ca $CERTS/root.pem"
	serve leaf
	proves "pin ca $CERTS/int.pem"
	untrusted "pin ca $CERTS/root.pem"
	# Any one of those in the file.
	cat "$CERTS"/{mallory,other,int}.pem >"$CERTS/several"
	proves "pin ca $CERTS/several"
	cd "$CERTS"
	proves "pin ca $CERTS/int.pem"
	grep -q "pin=\"ca $CERTS/int.pem\"" "$LOG"
}

# The lines by which a chain to root might be proved, one a test.
by_root() {
	printf '%s\n' "pin ca $CERTS/root.pem" \
		"pin ca sha256:$(key_hash root)"
}

@test "with pin ca the dates of every certificate must be good" {
	local line trust="tls_trust_file $CERTS/root.pem"

	for chain in expired+int future+int underold+oldint; do
		serve "$chain"
		while read -r line; do
			untrusted "$line" "$trust"
		done < <(by_root)
	done
	[[ $err == *expired* ]]
	# The pinned CA's own as well, sent or not.
	untrusted "pin ca $CERTS/oldint.pem"
	untrusted "pin ca sha256:$(key_hash oldint)"
	serve underold
	untrusted "pin ca $CERTS/oldint.pem"
	untrusted "pin ca sha256:$(key_hash oldint)" \
		"tls_trust_file $CERTS/oldint.pem"
	serve underoldroot+oldroot
	untrusted "pin ca $CERTS/oldroot.pem"
	untrusted "pin ca sha256:$(key_hash oldroot)"
	untrusted "pin ca sha256:$(key_hash oldroot)" \
		"tls_trust_file $CERTS/oldroot.pem"
	# And an intermediate's in between is checked for the leaf's pin alone.
	proves "pin sha256:$(key_hash underoldroot)"
}

@test "with pin ca the name must hold" {
	local line trust="tls_trust_file $CERTS/root.pem"

	serve other
	while read -r line; do
		untrusted "$line" "$trust"
	done < <(by_root)
	[[ $err == *[Hh]ost*name*mismatch* ]]
	# A subject is no name.
	serve subject
	untrusted "pin ca $CERTS/root.pem"
}

@test "with pin ca every signature must hold, up to that CA" {
	local line trust="tls_trust_file $CERTS/root.pem"

	# Signed by another CA of the same name; the good one is sent along.
	for chain in forged forged+root forged+all; do
		serve "$chain"
		while read -r line; do
			untrusted "$line" "$trust"
		done < <(by_root)
		untrusted "pin ca sha256:$(key_hash int)"
	done
	# Whoever signed must be a CA.
	serve undernota+nota
	untrusted "pin ca $CERTS/root.pem"
	untrusted "pin ca $CERTS/nota.pem"
	untrusted "pin ca sha256:$(key_hash nota)"
}

@test "IP literals need an IP in the certificate for a pin ca" {
	HOST=127.0.0.1
	serve direct
	proves "pin ca $CERTS/root.pem"
	# No name is asked for then.
	env_is sni ''
	serve dns
	untrusted "pin ca $CERTS/root.pem"
	[[ $err == *IP*mismatch* ]]
	proves "pin sha256:$(key_hash dns)"
	HOST=localhost
	proves "pin ca $CERTS/root.pem"
	env_is sni localhost
}

@test "tls_host_override: the name asked for, and looked for" {
	serve named
	untrusted "pin ca $CERTS/root.pem"
	proves "pin ca $CERTS/root.pem" 'tls_host_override mail.example.com'
	env_is sni mail.example.com
	HOST=127.0.0.1
	proves "pin ca $CERTS/root.pem" 'tls_host_override mail.example.com'
	env_is sni mail.example.com
	untrusted "pin ca $CERTS/root.pem" 'tls_host_override example.com'
	serve direct
	HOST=localhost
	untrusted "pin ca $CERTS/root.pem" 'tls_host_override 192.0.2.7'
	proves "pin ca $CERTS/root.pem" 'tls_host_override 127.0.0.1'
	env_is sni ''
}

@test "any number of pins; one match is enough; a backup pin" {
	serve leaf+int
	proves "pin sha256:$zero" "pin ca sha256:$zero" \
		"pin cert sha256:$zero" "pin sha256:$(key_hash leaf)" \
		"tls_fingerprint $zero" "pin ca $CERTS/mallory.pem"
	log_is " pin=sha256:$(key_hash leaf) "
	proves "pin ca sha256:$(key_hash int)" "pin sha256:$zero"
	# The key pin holds though a pin ca of the same chain would not.
	serve expired+int
	proves "pin ca $CERTS/root.pem" "pin sha256:$(key_hash expired)"
	serve other
	proves "pin sha256:$(key_hash other)" "pin ca $CERTS/root.pem" \
		"pin ca sha256:$(key_hash root)"
	# Changing a key: both stand for a while.
	serve leaf
	proves "pin sha256:$(key_hash other)" "pin sha256:$(key_hash leaf)"
}

@test "the error line holds the pin line of the key that was shown" {
	local line

	serve leaf+int
	untrusted "pin sha256:$zero"
	line=$(grep -o 'pin sha256:[0-9a-f]\{64\}' <<<"$err")
	[ "$line" = "pin sha256:$(key_hash leaf)" ]
	proves "$line"
	# Also where it was a pin ca that failed.
	serve other
	untrusted "pin ca $CERTS/root.pem"
	[[ $err == *"pin sha256:$(key_hash other)"* ]]
	# For one that signed itself it says that it is no CA.
	serve alone
	untrusted "pin ca $CERTS/alone.pem"
	[[ $err == *self-signed*"pin ca"* ]]
	untrusted "pin ca sha256:$(key_hash alone)"
}

@test "tls_min_version" {
	serve leaf --tls-max 1.2
	proves "pin cert $CERTS/leaf.pem"
	env_is tls TLSv1.2
	proves "pin cert $CERTS/leaf.pem" 'tls_min_version 1.2'
	fails "pin cert $CERTS/leaf.pem" 'tls_min_version 1.3'
	grep -q ' status=tls exit=76 ' "$LOG"
	serve leaf
	proves "pin cert $CERTS/leaf.pem" 'tls_min_version 1.3'
	env_is tls TLSv1.3
}

@test "TLS 1.2 only with forward secrecy and an AEAD cipher" {
	local cipher

	DIR=$BATS_TEST_TMPDIR
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$DIR/key.pem" \
		-subj /CN=localhost -days 2 -out "$DIR/cert.pem" 2>/dev/null
	cp "$DIR/cert.pem" "$CERTS/rsa.pem"
	for cipher in AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA256 \
		ECDHE-RSA-AES128-SHA AES256-SHA; do
		player "T $cipher" 'S 554 no'
		conf "pin sha256:$(key_hash rsa)"
		pinmail x@example.org </dev/null
		failed 76
		grep -q ' status=tls ' "$LOG"
	done
	# The server is fine otherwise.
	player 'T ECDHE-RSA-AES128-GCM-SHA256' 'S 554 no'
	conf "pin sha256:$(key_hash rsa)"
	pinmail x@example.org </dev/null
	failed 69 '*554 no*'
}

@test "STARTTLS: EHLO with an address literal, and the name only after it" {
	serve leaf --tls starttls
	proves "pin cert $CERTS/leaf.pem" 'tls_starttls on'
	env_is helo_plain '[127.0.0.1]'
	env_is helo example.com
	env_is tls TLSv1.3
	untrusted "pin sha256:$zero" 'tls_starttls on'
	# It is the default on every port but 465.
	conf "pin cert $CERTS/leaf.pem"
	sed -i '/^tls_starttls/d' "$CONF"
	pinmail x@example.org </dev/null
	succeeded
	# Also with an alias for every kind of pin: chain and name are looked
	# at in the same way.
	serve leaf+int --tls starttls
	proves "pin ca $CERTS/root.pem" 'tls_starttls on'
	serve other --tls starttls
	untrusted "pin ca $CERTS/root.pem" 'tls_starttls on'
}

# plain GLOB STEP ...: a server that speaks in the clear; 76, and all that
# it heard are the lines of $want.
plain() {
	local glob=$1

	shift
	player "$@"
	conf "pin cert $CERTS/leaf.pem" 'tls_starttls on' 'timeout 20'
	pinmail x@example.org </dev/null
	failed 76 "$glob"
	log_is ' status=untrusted '
	player_gone
	diff <(tr -d '\r' <"$HEARD") - <<<"$want"
}

@test "STARTTLS: if the server does not offer it, nothing is sent" {
	serve leaf --tls starttls
	want=$'EHLO [127.0.0.1]\nQUIT'
	plain '*offers no STARTTLS*nothing was sent*' 'S 220 x' C \
		'S 250-x' 'S 250 AUTH PLAIN'
	plain '*offers no STARTTLS*' 'S 220 x' C 'S 250 STARTTLS'
	want=$'EHLO [127.0.0.1]\nSTARTTLS\nQUIT'
	plain '*answered STARTTLS with 502*' 'S 220 x' C 'S 250-x' \
		'S 250 STARTTLS' C 'S 502 no'
	# What came in the clear behind its answer must not count.
	plain '*said more than its answer to STARTTLS*' 'S 220 x' C \
		'S 250-x' 'S 250 STARTTLS' C \
		$'S 220 go\r\n250-x\r\n250 AUTH PLAIN'
}

@test "a server that speaks in the clear where TLS should begin" {
	serve leaf
	player 'S 220 x'
	conf "pin cert $CERTS/leaf.pem" 'timeout 20'
	pinmail x@example.org </dev/null
	failed 76 '*tls_starttls*'
	# One that closes in the handshake may be back soon.
	player X
	conf "pin cert $CERTS/leaf.pem" 'timeout 20'
	pinmail x@example.org </dev/null
	failed 75 '*TLS handshake*'
}

@test "the port: 465, or 587 with tls_starttls on" {
	local lines

	serve leaf
	conf "pin cert $CERTS/leaf.pem" 'source_ip 127.0.0.1' 'timeout 5'
	sed -i '/^port/d; /^tls_starttls/d; s/^host .*/host 127.255.255.254/' \
		"$CONF"
	pinmail x@example.org </dev/null
	[ "$status" -ne 0 ]
	log_is ' port=465 '
	echo 'tls_starttls on' >>"$CONF"
	pinmail x@example.org </dev/null
	log_is ' port=587 '
	echo 'tls_starttls off' >>"$CONF"
	pinmail x@example.org </dev/null
	log_is ' port=465 '
}

@test "a client certificate, on TLS 1.3" {
	serve leaf --request-client-cert
	proves "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/client.key"
	env_is client "sha256:$(key_hash client)"
	proves "pin cert $CERTS/leaf.pem"
	env_is client ''
	# On TLS 1.2 it would cross the network in the clear.
	serve leaf --request-client-cert --tls-max 1.2
	fails "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/client.key"
	proves "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/client.key" 'tls_min_version 1.2'
	env_is client "sha256:$(key_hash client)"
}

@test "tls_cert_file and tls_key_file: what is wrong with them: 78" {
	serve leaf
	conf "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem"
	pinmail x@example.org </dev/null
	failed 78 '*tls_cert_file*tls_key_file*'
	conf "pin cert $CERTS/leaf.pem" "tls_key_file $CERTS/client.key"
	pinmail x@example.org </dev/null
	failed 78 '*tls_cert_file*tls_key_file*'
	conf "pin cert $CERTS/leaf.pem" 'tls_cert_file none' \
		"tls_key_file $CERTS/client.key"
	pinmail x@example.org </dev/null
	failed 78 '*tls_cert_file*none*'
	conf "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem" \
		'tls_key_file none'
	pinmail x@example.org </dev/null
	failed 78 '*tls_key_file*none*'
	# A directory.
	conf "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS"
	pinmail x@example.org </dev/null
	failed 78 "*tls_key_file: $CERTS: *"
	# A key of another certificate.
	conf "pin cert $CERTS/leaf.pem" "tls_cert_file $CERTS/client.pem" \
		"tls_key_file $CERTS/leaf.key"
	pinmail x@example.org </dev/null
	failed 78 '*tls_key_file*'
}

# on_terminal COMMAND...: with one of its own, which answers what asks for a
# passphrase; what it shows is in $out.
on_terminal() {
	cat >"$BATS_TEST_TMPDIR/terminal.py" <<-'END'
	import os, pty, select, sys
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp(sys.argv[1], sys.argv[1:])
	said = b''
	while True:
	    try:
	        if not select.select([fd], [], [], 20)[0]:
	            said += b'[IT WAITS]'
	            os.kill(pid, 9)
	            break
	        data = os.read(fd, 4096)
	    except OSError:
	        break
	    if not data:
	        break
	    said += data
	    if b'phrase' in data and b'Enter' in data:
	        os.write(fd, b'secret\n')
	sys.stdout.buffer.write(said)
	status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
	sys.exit(status if status >= 0 else 128 - status)
	END
	run_as_is "$PYTHON" "$BATS_TEST_TMPDIR/terminal.py" "$@"
}

@test "a tls_key_file with a passphrase is an error, and nobody is asked" {
	local how

	need "$PYTHON" openssl
	serve leaf --request-client-cert
	openssl pkey -in "$CERTS/client.key" -aes256 -passout pass:secret \
		-out "$BATS_TEST_TMPDIR/new.key"
	openssl pkey -in "$CERTS/client.key" -aes256 -passout pass:secret \
		-traditional -out "$BATS_TEST_TMPDIR/old.key"
	grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$BATS_TEST_TMPDIR/new.key"
	grep -q '4,ENCRYPTED' "$BATS_TEST_TMPDIR/old.key"
	for how in new old; do
		conf "pin cert $CERTS/leaf.pem" \
			"tls_cert_file $CERTS/client.pem" \
			"tls_key_file $BATS_TEST_TMPDIR/$how.key"
		pinmail x@example.org </dev/null
		failed 78 "*tls_key_file $BATS_TEST_TMPDIR/$how.key: has a passphrase*openssl pkey*"
		on_terminal sh -c '"$@" </dev/null' - "$PINMAIL" -C "$CONF" \
			x@example.org
		[ "$status" -eq 78 ] || { echo "$status: $out"; false; }
		[[ $out == *'has a passphrase'* && $out != *Enter* ]] ||
			{ echo "$out"; false; }
		on_terminal "$PINMAIL" -C "$CONF" --check --offline
		[ "$status" -eq 78 ]
		[[ $out == *keys*'has a passphrase'* && $out != *Enter* ]]
	done
	# Of a certificate nobody is asked either.
	{
		sed -n '1p' "$CERTS/leaf.pem"
		sed -n '/Proc-Type/,/^$/p' "$BATS_TEST_TMPDIR/old.key"
		sed '1d' "$CERTS/leaf.pem"
	} >"$BATS_TEST_TMPDIR/odd.pem"
	conf "pin cert $BATS_TEST_TMPDIR/odd.pem"
	on_terminal sh -c '"$@" </dev/null' - "$PINMAIL" -C "$CONF" \
		x@example.org
	[ "$status" -eq 78 ]
	[[ $out == *'there is no certificate in it'* && $out != *Enter* ]] ||
		{ echo "$out"; false; }
}
