# SPDX-License-Identifier: ISC
#
# Keys, as somebody new to pinmail meets them, with what README.md and
# pinmail.conf(5), CHOOSING PINS, tell: a server of one's own, a CA of one's
# own, a key that is changed with a backup pin, and one without.

load servers

setup_file() { servers_start; }
teardown_file() { servers_stop; }

setup() {
	servers_ready
	need setpriv
	ME=$(mktemp -d /tmp/XXXXXXXX)
	mkdir "$ME/bin"
	cp "$PINMAIL" "$ME/bin/pinmail"
	RC=$ME/.pinmailrc
	CERTS=$SERVERS/run/certs
	chown -R 65534 "$ME"
	chmod 755 "$ME"
}

teardown() {
	case ${ME-} in
	/tmp/????????) rm -rf "$ME" ;;
	esac
}

# me COMMAND...: what a person types who is not root.
me() {
	run --separate-stderr as_me "$@"
}

as_me() {
	setpriv --reuid=65534 --regid=65534 --clear-groups -- env -i \
		HOME="$ME" ASAN_OPTIONS="${ASAN_OPTIONS-}" \
		PATH="$ME/bin:$PATH" "$@"
}

# sends ADDRESS: the README's first mail; it arrives.
sends() {
	me pinmail "$1" < <(printf 'Subject: hello\n\nIt works.\n')
	sent
	delivery "$1" >"$BATS_TEST_TMPDIR/delivery"
}

# key FILE: what --pin says about it on the server itself; sets LINE.
key() {
	LINE=$("$PINMAIL" --pin "$1" 2>/dev/null | sed -n '/^pin sha256:/p')
	[ "$LINE" = "pin $(key_pin "$1")" ]
}

# told SERVICE: the account that --pin prints, who we are there, and a # taken
# away where the server itself says the same.
told() {
	me pinmail --pin "localhost:$(port "$1")"
	[ "$status" -eq 0 ]
	key "$CERTS/$2.crt"
	grep -qxF "#$LINE" <<<"$output"
	{
		sed "s/^#$LINE\$/$LINE/" <<<"$output"
		printf '%s\n' 'user alice' 'password wonder1and' \
			'from alice@example.com' 'syslog off' \
			"logfile $ME/log"
	} >"$RC"
	chmod 600 "$RC"
	chown 65534 "$RC"
}

# checked STATUS: --check ends with it.
checked() {
	me pinmail --check
	echo "$output"
	[ "$status" -eq "$1" ] && [ -z "$stderr" ]
}

# install_certificate NAME PLACE [FILE...]: it, and what signed it, take the
# place of the server's.
install_certificate() {
	cat "$CERTS/$1.key" "$CERTS/$1.crt" "${@:3}" >"$CERTS/next"
	mv "$CERTS/next" "$CERTS/$2.pem"
	inside postfix reload 2>"$BATS_TEST_TMPDIR/reload"
}

# shows SERVICE CERTIFICATE
shows() {
	openssl s_client -connect "127.0.0.1:$(port "$1")" </dev/null \
		2>/dev/null | openssl x509 -outform DER | cmp -s - \
		<(openssl x509 -in "$2" -outform DER)
}

# renewed NAME: a certificate for the key NAME.key, which signs itself.
renewed() {
	openssl req -x509 -key "$CERTS/$1.key" -days 30 \
		-subj /CN=mail.example.com \
		-addext subjectAltName=DNS:mail.example.com,DNS:localhost \
		-out "$CERTS/$1.crt" 2>/dev/null
}

@test "a server of one's own, with a certificate that signs itself" {
	told tls-rsa rsa
	checked 0
	[[ $output == *$'\nwarning  pin '*"${LINE#pin },"* ]]
	[[ $output == *'there is no backup'* ]]
	me pinmail -v dora@example.org < <(printf 'Subject: hello\n\nHi.\n')
	[ "$status" -eq 0 ]
	[[ $stderr == *'> AUTH '*'< 250 '*' queued as '* ]]
	delivery dora@example.org
	sends carol@example.org
	me pinmail --check --send erin@example.org
	[ "$status" -eq 0 ]
	[[ $output == *'sent to erin@example.org'* ]]
	delivery erin@example.org
}

@test "a CA of one's own: servers get new keys, and no client changes" {
	told tls-chain chain
	# There the other way is named; the CA itself prints the line.
	grep -qx '#pin ca /path/to/ca.pem' <<<"$output"
	openssl x509 -req -in <(openssl req -new -key "$CERTS/root.key" \
		-subj /CN=root) -signkey "$CERTS/root.key" -days 30 \
		-extfile <(printf '%s\n' basicConstraints=critical,CA:TRUE \
			keyUsage=critical,keyCertSign) \
		-out "$ME/ca.pem" 2>/dev/null
	chown 65534 "$ME/ca.pem"
	me pinmail --pin "$ME/ca.pem"
	[ "$status" -eq 0 ]
	sed -i -e '/^pin /d' "$RC"
	grep '^pin ca ' <<<"$output" >>"$RC"
	checked 0
	[[ $output == *"ca $ME/ca.pem, 2 above the server's certificate"* ]]
	sends first.ca@example.org
	cd "$CERTS"
	signed renewed middle 'subjectAltName=DNS:localhost\n' ec \
		-pkeyopt ec_paramgen_curve:P-256 2>/dev/null
	install_certificate renewed chain middle.crt
	until_true 20 shows tls-chain renewed.crt
	sends then.ca@example.org
	checked 0
	# Its name must be in it.
	signed elsewhere middle 'subjectAltName=DNS:mail.example.org\n' ec \
		-pkeyopt ec_paramgen_curve:P-256 2>/dev/null
	install_certificate elsewhere chain middle.crt
	until_true 20 shows tls-chain elsewhere.crt
	me pinmail no.ca@example.org < <(message)
	failed 76 'hostname mismatch'
}

# pins: the pins that were proved, in the order of the log, each once.
pins() {
	sed -n 's/.* pin=\([^ ]*\) .*/pin \1/p' "$ME/log" | uniq
}

@test "a key rotation with a backup pin: no mail is lost or refused" {
	local old n sender

	told tls-ecdsa ecdsa
	old=$LINE
	# Make a second key now, keep it off the server, and pin it too.
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$CERTS/backup.key" 2>/dev/null
	key_of_file "$CERTS/backup.key"
	echo "$LINE" >>"$RC"
	checked 0
	[[ $output == *'1 backup'* && $output != *'there is no backup'* ]]
	sends before@example.org
	# Somebody keeps sending while the server gets a certificate for it.
	(
		for n in {1..15}; do
			as_me pinmail "during$n@example.org" \
				< <(message "$n") || echo "$n: $?"
		done
	) >"$BATS_TEST_TMPDIR/during" 2>&1 3>&- &
	sender=$!
	until_true 20 grep -q during2@ "$ME/log"
	renewed backup
	install_certificate backup ecdsa
	wait "$sender"
	[ ! -s "$BATS_TEST_TMPDIR/during" ] ||
		{ cat "$BATS_TEST_TMPDIR/during"; return 1; }
	until_true 20 shows tls-ecdsa "$CERTS/backup.crt"
	sends after@example.org
	for n in {1..15}; do
		delivery "during$n@example.org" >/dev/null
	done
	[ "$(grep -c ' status=sent exit=0 ' "$ME/log")" -eq 17 ]
	# The log shows which pin was matched.
	[ "$(pins)" = "$old"$'\n'"$LINE" ]
	# Which of the two lines is the old one?
	checked 0
	[[ $output == *"${LINE#pin },"* ]]
	me pinmail --pin -a default
	[ "$status" -eq 0 ]
	[[ $output == *"the server proves this"$'\n'"$LINE"* ]]
	[[ $output == *"else drop it"$'\n'"$old"* ]]
	[[ $output != *'to add'* ]]
	# Take the old line away.
	sed -i "/^$old\$/d" "$RC"
	sends last@example.org
}

# key_of_file FILE: the same as key, for one without a certificate.
key_of_file() {
	LINE=$("$PINMAIL" --pin "$1" 2>/dev/null)
	[ "$LINE" = "pin $(openssl pkey -in "$1" -pubout -outform DER |
		digest)" ]
}

@test "after a rotation without one: a clear error, one command to mend" {
	local old command

	told tls-rsa rsa
	old=$LINE
	sends good@example.org
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$CERTS/new.key" 2>/dev/null
	renewed new
	install_certificate new rsa
	until_true 20 shows tls-rsa "$CERTS/new.crt"
	key "$CERTS/new.crt"
	LOG_FROM=$(($(wc -l <"$LOG") + 1))
	me pinmail refused@example.org < <(message)
	failed 76 'account default: localhost proved no pinned key'
	[[ $stderr == *"it showed: $LINE"*'nothing was sent'*refused@example.org* ]]
	sessions 1
	[ -z "$SESSIONS" ]
	nothing_for refused@example.org
	checked 76
	[[ $output == *$'\n'"wrong    pin "*"$LINE"* ]]
	# The command that the error names.
	command=$(grep -o 'pinmail --pin -a [a-z]*' <<<"$stderr$output")
	me sh -c "$command"
	[ "$status" -eq 0 ]
	echo "$output"
	# The old line is one to drop, the new one to add, once it is the one
	# that the server itself tells.
	grep -xF -B 1 "#$old" <<<"$output" | grep -q ': drop it'
	sed '1,/to add/d' <<<"$output" | sed -n "s/^#\($LINE\)\$/\1/p" >>"$RC"
	sed -i "/^$old\$/d" "$RC"
	[ "$(grep -c '^pin ' "$RC")" -eq 1 ]
	checked 0
	sends again@example.org
	[ "$(pins)" = "$old"$'\n'"$LINE" ]
}
