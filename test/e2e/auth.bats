#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Login" and "ROUND TRIPS".

load lib

setup_file() {
	players_start
}

teardown_file() {
	servant_stop
}

# conf LINE ...: no login of its own.
conf() {
	CONF=$BATS_TEST_TMPDIR/conf
	LOG=$BATS_TEST_TMPDIR/log
	ours "$CONF" 'account default' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'from alice@example.com' \
		'syslog off' "logfile $LOG" "$@"
}

alice=('user alice' 'password wonder1and')

# logs_in MECHANISM LINE ...: with one AUTH command, or $tries.
logs_in() {
	local mech=$1

	shift
	conf "$@"
	pinmail -v x@example.org </dev/null
	[ "$status" -eq 0 ] || { echo "$err"; return 1; }
	filed "${login:-alice}"
	env_is mechanism "$mech"
	tried "${tries:-1}"
	log_is " mechanism=$mech login=${login:-alice} "
}

# tried N: the last session had that many AUTH commands.
tried() {
	[ "$(grep -c '^> AUTH ' "$BATS_TEST_TMPDIR/err")" -eq "$1" ] ||
		{ cat "$BATS_TEST_TMPDIR/err"; return 1; }
}

# fails EXIT GLOB LINE ...
fails() {
	local want=$1 glob=$2 before

	shift 2
	conf "$@"
	before=$(count_filed)
	pinmail -v x@example.org </dev/null
	[ "$status" -eq "$want" ] || { echo "exit $status: $err"; return 1; }
	# shellcheck disable=SC2053
	[[ ${err##*$'\n'} == $glob ]] || { echo "$err"; return 1; }
	filed_are "$before"
}

all='LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS EXTERNAL OAUTHBEARER XOAUTH2'

@test "auth on takes the first of these that the server offers" {
	local mechs

	for mechs in "SCRAM-SHA-256-PLUS|$all" \
		'SCRAM-SHA-1-PLUS|SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 PLAIN' \
		'SCRAM-SHA-256|LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256' \
		'SCRAM-SHA-1|LOGIN PLAIN SCRAM-SHA-1' \
		'PLAIN|LOGIN PLAIN XOAUTH2' 'LOGIN|EXTERNAL LOGIN'; do
		server_start --mech "${mechs#*|}"
		logs_in "${mechs%%|*}" "${alice[@]}" 'auth on'
	done
}

@test "the default is on if there is a user or userfile, else off" {
	server_start
	logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
	echo alice >"$BATS_TEST_TMPDIR/name"
	logs_in SCRAM-SHA-256-PLUS "userfile $BATS_TEST_TMPDIR/name" \
		'password wonder1and'
	fails 69 '*530*' 'password wonder1and'
	tried 0
	server_start --no-auth
	conf
	pinmail x@example.org </dev/null
	succeeded
	filed _none
}

@test "auth off: for a server that knows this host by its address" {
	server_start --no-auth
	conf "${alice[@]}" 'auth off'
	pinmail x@example.org </dev/null
	succeeded
	filed _none
	lacks ' (mechanism|login)=' "$LOG"
	# A server that wants a login refuses its service, not the message.
	server_start
	fails 69 '*530*' "${alice[@]}" 'auth off'
	grep -q ' status=server ' "$LOG"
}

@test "a mechanism is used alone" {
	local m

	for m in plain login scram-sha-1 scram-sha-1-plus scram-sha-256 \
		scram-sha-256-plus oauthbearer xoauth2; do
		server_start --mech "$all"
		logs_in "${m^^}" "${alice[@]}" "auth $m"
	done
	# ... or not at all.
	server_start --mech 'PLAIN LOGIN'
	fails 77 '*does not offer SCRAM-SHA-256;*' "${alice[@]}" \
		'auth scram-sha-256'
	tried 0
	server_start --mech 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS'
	fails 77 '*does not offer PLAIN;*' "${alice[@]}" 'auth plain'
	tried 0
}

@test "none offered: 77" {
	server_start --no-auth
	fails 77 '*offers no login*auth off*' "${alice[@]}"
	server_start --mech 'XOAUTH2 OAUTHBEARER EXTERNAL'
	fails 77 '*by name*' "${alice[@]}"
	tried 0
}

@test "a wrong password or user name: 77; SCRAM, then PLAIN once" {
	server_start
	fails 77 '*answered AUTH PLAIN with 535*' 'user alice' 'password wrong'
	tried 2
	fails 77 '*535*' 'user mallory' 'password wonder1and'
	tried 2
	grep -q ' status=login exit=77 ' "$LOG"
	server_start --mech 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS LOGIN'
	fails 77 '*535*' 'user alice' 'password wrong'
	tried 1
	server_start --mech 'PLAIN LOGIN'
	fails 77 '*535*' 'user alice' 'password wrong'
	tried 1
	for m in scram-sha-256-plus scram-sha-1 plain login; do
		server_start --mech "$all"
		fails 77 '*535*' 'user alice' 'password wrong' "auth $m"
		tried 1
	done
}

@test "a 4xx to AUTH is temporary: 75, and no other mechanism is tried" {
	server_start --refuse 'AUTH=454 4.7.0 later'
	fails 75 '*454*' "${alice[@]}"
	tried 1
	server_start --refuse 'AUTH=535 5.7.8 no'
	fails 77 '*535*' "${alice[@]}"
	# With each of the two bindings, and then PLAIN.
	tried 3
}

# What an unhelpful server does up to AUTH, and behind it.
begin=(T 'S 220 x' C 'S 250-x' 'S 250 AUTH SCRAM-SHA-256 PLAIN' C)
rest=(C 'S 250 ok' C 'S 250 ok' C 'S 354 go' E 'S 250 taken')

@test "a SCRAM that is listed and refused: PLAIN does it, same session" {
	server_start
	player "${begin[@]}" 'S 535 5.7.8 no backend' C 'S 235 ok' "${rest[@]}"
	conf "${alice[@]}"
	pinmail x@example.org </dev/null
	succeeded
	[ "$(grep -c '^AUTH ' "$HEARD")" -eq 2 ]
	grep -q '^AUTH PLAIN AGFsaWNlAHdvbmRlcjFhbmQ=' "$HEARD"
	grep -q ' mechanism=PLAIN ' "$LOG"
	# Also behind its first word.
	player "${begin[@]}" 'S 504 5.5.4 no' C 'S 235 ok' "${rest[@]}"
	conf "${alice[@]}"
	pinmail x@example.org </dev/null
	succeeded
	# Never for a mechanism that was named.
	player "${begin[@]}" 'S 535 5.7.8 no backend' C 'S 235 ok' "${rest[@]}"
	conf "${alice[@]}" 'auth scram-sha-256'
	pinmail x@example.org </dev/null
	failed 77 '*AUTH SCRAM-SHA-256 with 535*'
	player_gone
	lacks 'AUTH PLAIN|MAIL' "$HEARD"
}

@test "a server that shows no proof of its own, or a wrong one: 76" {
	server_start
	# In place of its proof; in place of the challenge; a wrong one.
	for steps in 'F|C|S 235 welcome' 'S 235 welcome' 'F|C|S 334 dj1hYmNk'; do
		IFS='|' read -ra steps <<<"$steps"
		player "${begin[@]}" "${steps[@]}" C 'S 235 ok' "${rest[@]}"
		conf "${alice[@]}"
		pinmail x@example.org </dev/null
		failed 76
		player_gone
		lacks 'MAIL|PLAIN' "$HEARD"
		[ "${steps[0]}" != F ] ||
			log_is ' status=untrusted '
	done
	# One that refuses us instead may do better with PLAIN.
	player "${begin[@]}" F C 'S 535 5.7.8 no backend' C 'S 235 ok' "${rest[@]}"
	conf "${alice[@]}"
	pinmail x@example.org </dev/null
	succeeded
	grep -q '^AUTH PLAIN' "$HEARD"
}

@test "a server whose SCRAM is none: 76, and PLAIN is not tried" {
	local first

	server_start
	# Its nonce does not extend ours; too few rounds; not base64.
	for first in 'cj1ub3Qtb3VycyxzPWFiY2QsaT00MDk2' 'x' '****' ''; do
		player "${begin[@]}" "S 334 $first" C 'S 235 ok' "${rest[@]}"
		conf "${alice[@]}"
		pinmail x@example.org </dev/null
		failed 76
		player_gone
		lacks 'PLAIN|MAIL' "$HEARD"
	done
	server_start --iterations 4095
	fails 76 '*iteration*' "${alice[@]}"
	tried 1
	server_start --iterations 20000
	logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
}

@test "-PLUS ties the login to this session: 1.3 exporter, 1.2 end-point" {
	server_start
	logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
	env_is tls TLSv1.3
	server_start --tls-max 1.2
	logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
	env_is tls TLSv1.2
	# There it is the end-point and nothing else.
	server_start --tls-max 1.2 --no-exporter
	logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
	# On 1.3 the exporter first, and where the server refuses it the
	# end-point, in the same session.
	server_start --no-exporter
	tries=2 logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
	server_start --no-exporter
	tries=2 logs_in SCRAM-SHA-256-PLUS "${alice[@]}" \
		'auth scram-sha-256-plus'
}

@test "no -PLUS where the certificate's signature has no hash" {
	need openssl
	(
		cd "$BATS_TEST_TMPDIR"
		openssl req -x509 -newkey ed25519 -nodes -keyout key.pem \
			-subj /CN=localhost -days 2 -out cert.pem 2>/dev/null
	)
	server_start --cert "$BATS_TEST_TMPDIR/cert.pem" \
		--key "$BATS_TEST_TMPDIR/key.pem" --tls-max 1.2
	PIN="cert $BATS_TEST_TMPDIR/cert.pem"
	logs_in SCRAM-SHA-256 "${alice[@]}"
	fails 77 '*cannot be bound*' "${alice[@]}" 'auth scram-sha-256-plus'
	tried 0
	server_start --cert "$BATS_TEST_TMPDIR/cert.pem" \
		--key "$BATS_TEST_TMPDIR/key.pem"
	PIN="cert $BATS_TEST_TMPDIR/cert.pem"
	logs_in SCRAM-SHA-256-PLUS "${alice[@]}"
}

@test "oauthbearer and xoauth2: the password is the access token" {
	local m

	for m in oauthbearer xoauth2; do
		server_start --mech "PLAIN ${m^^}" --login alice:t0ken.with-all~_/+=
		logs_in "${m^^}" 'user alice' 'password wonder1and' "auth $m"
		# The error comes in a challenge first, and then the verdict.
		fails 77 "*answered AUTH ${m^^} with 535*" 'user alice' \
			'password expired' "auth $m"
		tried 1
	done
}

@test "external uses the client certificate and needs no password" {
	need openssl
	(
		cd "$BATS_TEST_TMPDIR"
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
			-nodes -keyout key.pem -subj /CN=alice -days 2 \
			-out cert.pem 2>/dev/null
	)
	cert=("tls_cert_file $BATS_TEST_TMPDIR/cert.pem"
		"tls_key_file $BATS_TEST_TMPDIR/key.pem")
	server_start --mech 'PLAIN EXTERNAL' --request-client-cert
	conf "${cert[@]}" 'auth external'
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	env_is mechanism EXTERNAL
	logs_in EXTERNAL "${cert[@]}" 'auth external' 'user alice'
	fails 77 '*AUTH EXTERNAL with 535*' "${cert[@]}" 'auth external' \
		'user bob'
	fails 77 '*535*' 'auth external'
}

@test "what would pass the limit of a command line waits for the 334" {
	local long m

	long=$(printf '%700s' '' | tr ' ' t)
	for m in PLAIN OAUTHBEARER XOAUTH2; do
		server_start --mech "$m" --login "carol:$long"
		login=carol logs_in "$m" 'user carol' "password $long" \
			"auth ${m,,}"
		[ "$(grep -c '^> \*\*\*\*$' "$BATS_TEST_TMPDIR/err")" -eq 1 ]
	done
	# A SCRAM message with a long name as well.
	player "${begin[@]}" 'S 334 ' C 'S 454 not now'
	conf "user $(printf '%450s' '' | tr ' ' u)" 'password secret'
	pinmail x@example.org </dev/null
	failed 75 '*454*'
	player_gone
	grep -q $'^AUTH SCRAM-SHA-256\r$' "$HEARD"
	grep -q "^$(printf 'y,,n=uuuu' | base64)" "$HEARD"
}

@test "a user name or a password that is not ASCII goes by PLAIN or LOGIN" {
	server_start --login 'carol:pässwört'
	login=carol logs_in PLAIN 'user carol' 'password pässwört'
	server_start --login 'jörg:secret' --mech \
		'SCRAM-SHA-256 SCRAM-SHA-256-PLUS LOGIN'
	login='jörg'
	conf 'user jörg' 'password secret'
	pinmail x@example.org </dev/null
	succeeded
	filed 'jörg'
	env_is mechanism LOGIN
	server_start --login 'carol:pässwört' --mech 'SCRAM-SHA-256'
	fails 77 '*' 'user carol' 'password pässwört'
	tried 0
	fails 77 '*ASCII*' 'user carol' 'password pässwört' \
		'auth scram-sha-256'
}

@test "names and passwords with characters that mean something" {
	local m

	for m in SCRAM-SHA-256-PLUS SCRAM-SHA-1 PLAIN LOGIN OAUTHBEARER \
		XOAUTH2; do
		server_start --mech "$m" --login 'a,b=c+%d@e.f: #"\p=,w'
		[ "$m" != OAUTHBEARER ] || server_start --mech "$m" \
			--login 'a=2Cb=3Dc+%d@e.f: #"\p=,w'
		conf 'user a,b=c+%d@e.f' 'password " #"\p=,w"' "auth ${m,,}"
		pinmail x@example.org </dev/null
		succeeded
	done
}

@test "what a login adds to a session, in round trips" {
	local base m name

	server_start --no-auth
	conf
	pinmail x@example.org </dev/null
	filed _none
	base=$(sed -n 's/^turns=//p' "$ENV")
	for m in PLAIN:1 OAUTHBEARER:1 XOAUTH2:1 LOGIN:3 SCRAM-SHA-256:3 \
		SCRAM-SHA-256-PLUS:3; do
		server_start --mech "${m%:*}"
		name=${m%:*}
		logs_in "$name" "${alice[@]}" "auth ${name,,}"
		env_is turns $((base + ${m#*:}))
	done
}
