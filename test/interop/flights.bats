# SPDX-License-Identifier: ISC
#
# Transactions: in one flight, in two, step by step; refused recipients; more
# recipients than the server takes in one transaction. Each make of server
# takes what it can take.

load servers
load others

# Of these, the one offers PIPELINING and CHUNKING only before TLS, the other
# only after it.
OTHERS+='exim-before       no  ecdsa
exim-after        no  ecdsa
'
eval "others_$(declare -f start_exim)"

start_exim() {
	others_start_exim
	exim_offers exim-before '${if def:tls_in_cipher{}{*}}'
	exim_offers exim-after '${if def:tls_in_cipher{*}{}}'
}

# exim_offers SERVICE TO: like exim-data, but it offers these extensions to
# those hosts.
exim_offers() {
	sed -E "s/ecdsa\.pid/$1.pid/; s/^(daemon_smtp_ports =).*/\1 $(port "$1")/
		s/^tls_on_connect_ports.*/pipelining_advertise_hosts = $2/
		s/^(chunking_advertise_hosts =).*/\1 $2/" \
		"$SERVERS/run/exim-ecdsa.conf" >"$SERVERS/run/$1.conf"
	at_start <<<"exim4 -C /run/$1.conf -bd"
}

setup_file() { servers_start; }
teardown_file() { servers_stop; }
setup() { servers_ready; }

# takes SERVICE COMMANDS: three recipients; COMMANDS is how Postfix sums the
# transaction up.
takes() {
	local to=("$1".{1,2,3}@example.org) i dir

	account "$1"
	pinmail "${to[@]}" < <(message)
	sent
	dir=$(delivery "${to[0]}")
	for i in "${to[@]}"; do
		[ "$(delivery "$i")" = "$dir" ]
	done
	sessions 1
	[[ $SESSIONS == *" mail=1 rcpt=3 $2 "* ]]
}

# delivers_the_rest SERVICE REFUSED CODE TEXT
delivers_the_rest() {
	local to=(rest.$BATS_TEST_NUMBER.{1,2}@example.org)

	account "$1"
	pinmail "${to[0]}" "$2" "${to[1]}" < <(message)
	failed "$3" 'delivered to'
	[[ $stderr == *"$2"* ]]
	[ "$(delivery "${to[0]}")" = "$(delivery "${to[1]}")" ]
	sessions 1
	nothing_for "$2"
}

# many SERVICE N: each of N recipients gets the message once.
many() {
	local i

	for i in $(seq "$2"); do
		echo "$1.$2.$i@example.org"
	done | sort >"$BATS_TEST_TMPDIR/to"
	account "$1"
	message >"$BATS_TEST_TMPDIR/message"
	pinmail $(cat "$BATS_TEST_TMPDIR/to") <"$BATS_TEST_TMPDIR/message"
	sent
	until_true 30 all_stored "to $1.$2." "$2"
	grep -rh --include=envelope "^to $1\.$2\." "$SERVERS/run/stored" |
		sed 's/^to //' | sort | cmp - "$BATS_TEST_TMPDIR/to"
	sessions 1
}

all_stored() {
	[ "$(grep -rhF --include=envelope "$1" "$SERVERS/run/stored" |
		wc -l)" -ge "$2" ]
}

# goes SERVICE SHAPE: how a delivery to three recipients goes there, each
# command by its first letter, the content a dot; what no < is in front of was
# put without waiting.
goes() {
	local to=("$1".goes.{1,2,3}@example.org) i shape

	if grep -q "^$1 " <<<"$SERVICES"; then
		account "$1"
	else
		variant "$1"
	fi
	sed -i 's/^auth on$/auth plain/' "$CONF"
	pinmail -v "${to[@]}" < <(message)
	shape=$(sed -nE 's/^> ([A-Z]).*/\1/p; s/^> \[.*content\]$/./p
		s/^< .*/</p' <<<"$stderr" | tr -d '\n' | tr -s '<')
	[ "$status $shape" = "0 $2" ] || { echo "$shape: $stderr"; return 1; }
	for i in "${to[@]}"; do
		delivery "$i"
	done
}

@test "Postfix takes one flight, and less without CHUNKING or PIPELINING" {
	goes tls-rsa '<E<A<MRRRB.<Q'
	goes starttls-ecdsa '<E<S<E<A<MRRRB.<Q'
	goes tls12 '<E<A<MRRRB.<Q'
	goes postfix-data '<E<S<E<A<MRRRD<.<Q'
	goes no-chunking '<E<A<MRRRD<.<Q'
	goes no-pipelining '<E<A<M<R<R<R<D<.<Q'
}

@test "Exim takes one flight" {
	goes exim '<E<A<MRRRB.<Q'
	goes exim-7bit '<E<S<E<A<MRRRB.<Q'
	goes exim-data '<E<S<E<A<MRRRD<.<Q'
	goes exim-7bit-data '<E<A<MRRRD<.<Q'
}

@test "Dovecot submission takes one flight" {
	goes dovecot '<E<A<MRRRB.<Q'
	goes dovecot-data '<E<A<MRRRD<.<Q'
}

@test "OpenSMTPD and aiosmtpd, which offer neither, are asked step by step" {
	goes opensmtpd-tls '<E<A<M<R<R<R<D<.<Q'
	goes opensmtpd '<E<S<E<A<M<R<R<R<D<.<Q'
	goes aiosmtpd '<E<A<M<R<R<R<D<.<Q'
	goes aiosmtpd-7bit '<E<S<E<A<M<R<R<R<D<.<Q'
}

@test "what counts is what is offered after TLS" {
	# This one ends a session in which somebody does not wait.
	goes exim-before '<E<S<E<A<M<R<R<R<D<.<Q'
	goes exim-after '<E<S<E<A<MRRRB.<Q'
}

@test "CHUNKING and PIPELINING: one flight" {
	takes tls-rsa 'bdat=1'
}

@test "PIPELINING without CHUNKING" {
	takes no-chunking 'data=1'
}

@test "neither" {
	takes no-pipelining 'data=1'
}

@test "a refused recipient in a flight does not cost the others the message" {
	delivers_the_rest tls-rsa nobody@example.org 67
}

@test "nor without CHUNKING" {
	delivers_the_rest no-chunking nobody@example.org 67
}

@test "nor without PIPELINING" {
	delivers_the_rest no-pipelining nobody@example.org 67
}

@test "a recipient who is put off does not cost the others the message" {
	delivers_the_rest tls-rsa later@example.org 75
}

@test "all recipients refused: nothing is delivered" {
	local service

	for service in tls-rsa no-chunking no-pipelining; do
		account "$service"
		pinmail nobody@example.org < <(message)
		failed 67 nobody@example.org
		[[ $stderr != *'delivered to'* ]]
	done
	sessions 3
	nothing_for nobody@example.org
	[ "$(count 'queue active')" -eq 0 ]
}

@test "so many refused recipients that Postfix hangs up: nobody got it" {
	# It does with the 20th, a second of rest for each after the 10th.
	account tls-rsa
	pinmail tired@example.org n{1..25}@refused.example.org < <(message)
	failed 67 tired@example.org
	[[ $stderr != *' delivered to '*others* && $stderr != *perhaps* ]]
	sessions 1
	nothing_for tired@example.org
}

@test "partial off: one refused recipient stops the message" {
	account tls-rsa 'partial off'
	pinmail partial@example.org nobody@example.org < <(message)
	failed 67 nobody@example.org
	sessions 1
	nothing_for partial@example.org
}

@test "1500 recipients where a transaction takes 1000" {
	many tls-rsa 1500
	[ "$(count ' mail=2 ')" -eq 1 ]
}

@test "the same step by step" {
	many no-pipelining 1500
	[ "$(count ' mail=2 ')" -eq 1 ]
}

@test "1300 recipients where a transaction takes 100" {
	many few 1300
}

@test "5000 recipients where a transaction takes 1000" {
	many tls-ecdsa 5000
}
