# SPDX-License-Identifier: ISC
#
# Both kinds of TLS, both kinds of key, every mechanism that Dovecot has, and
# every kind of pin, against Postfix.

load servers

setup_file() { servers_start; }
teardown_file() { servers_stop; }
setup() { servers_ready; }

# logs_in SERVICE SIGNATURE: with each mechanism; the server's key is of the
# kind that SIGNATURE names in Postfix's log.
logs_in() {
	local mechanism to dir id

	for mechanism in plain login scram-sha-1 scram-sha-256; do
		echo "$1 $mechanism"
		to=$1.$mechanism@example.org
		account "$1" "auth $mechanism"
		pinmail "$to" < <(message)
		sent
		dir=$(delivery "$to")
		grep -x 'login alice' "$dir/envelope"
		grep -x 'from alice@example.com' "$dir/envelope"
		id=$(sed -n 's/^id //p' "$dir/envelope")
		log | grep "$id: .* sasl_method=${mechanism^^}, "
	done
	log | grep "TLS connection established .*server-signature $2"
	sessions 4
}

# refuses SERVICE LINE...: no pin was proved; Postfix heard no login, no mail.
refuses() {
	account "$@"
	pinmail "refused.$1@example.org" < <(message)
	failed 76
	sessions 1
	[[ $1 != tls* || -z $SESSIONS ]]
	# Postfix may or may not take the handshake for complete.
	[[ $1 != starttls* ||
		$SESSIONS =~ ^\ ehlo=1\ starttls=(0/)?1\ commands=[0-9/]*\ $ ]]
	nothing_for "refused.$1@example.org"
}

# accepts SERVICE LINE...
accepts() {
	account "$@"
	pinmail "accepted.$BATS_TEST_NUMBER@example.org" < <(message)
	sent
	delivery "accepted.$BATS_TEST_NUMBER@example.org"
}

wrong=sha256:$(printf '0%.0s' {1..64})

@test "implicit TLS, RSA: PLAIN, LOGIN, SCRAM-SHA-1, SCRAM-SHA-256" {
	logs_in tls-rsa RSA
}

@test "implicit TLS, ECDSA: PLAIN, LOGIN, SCRAM-SHA-1, SCRAM-SHA-256" {
	logs_in tls-ecdsa ECDSA
}

@test "STARTTLS, RSA: PLAIN, LOGIN, SCRAM-SHA-1, SCRAM-SHA-256" {
	logs_in starttls-rsa RSA
	[ "$(count ' ehlo=2 starttls=1 auth=1 ')" -eq 4 ]
}

@test "STARTTLS, ECDSA: PLAIN, LOGIN, SCRAM-SHA-1, SCRAM-SHA-256" {
	logs_in starttls-ecdsa ECDSA
	[ "$(count ' ehlo=2 starttls=1 auth=1 ')" -eq 4 ]
}

@test "auth on takes the strongest mechanism" {
	accepts tls-rsa
	[ "$(count sasl_method=SCRAM-SHA-256,)" -eq 1 ]
}

@test "TLS 1.2 is enough, unless tls_min_version says otherwise" {
	accepts tls12
	[ "$(count 'TLS connection established .* TLSv1.2 ')" -eq 1 ]
	account tls12 'tls_min_version 1.3'
	pinmail tls13@example.org < <(message)
	failed 76
}

@test "pin sha256: key, among others" {
	accepts tls-rsa "pin $wrong" "pin $(key_pin "$(cert rsa)")"
}

@test "pin cert sha256:" {
	accepts tls-ecdsa "pin cert $(cert_pin "$(cert ecdsa)")"
}

@test "pin cert FILE" {
	accepts tls-rsa "pin cert $(cert rsa)"
}

@test "pin ca sha256: key of the intermediate that the server sends" {
	accepts tls-chain "pin ca $(key_pin "$(cert middle)")"
}

@test "pin ca FILE: the root, which the server does not send" {
	accepts tls-chain "pin ca $(cert root)"
	accepts starttls-chain "pin ca $(cert root)"
}

@test "pin ca: the host's name must be in the certificate" {
	accepts tls-chain "pin ca $(cert root)" 'host localhost'
	accepts tls-chain "pin ca $(cert root)" \
		'tls_host_override mail.example.com'
}

@test "pin ca: a host's name that is not in it is refused" {
	refuses tls-chain "pin ca $(cert root)" \
		'tls_host_override other.example.com'
}

@test "a wrong key is refused before anything is said" {
	refuses tls-rsa "pin $wrong"
}

@test "a wrong key is refused after STARTTLS, before anything is said" {
	refuses starttls-ecdsa "pin $wrong"
}

@test "another certificate of the same subject is refused" {
	refuses tls-rsa "pin cert $(cert ecdsa)"
}

@test "a chain to another CA is refused" {
	refuses tls-chain "pin ca $(cert rsa)"
}

@test "a CA's key is no key of the server" {
	refuses tls-chain "pin $(key_pin "$(cert middle)")"
}
