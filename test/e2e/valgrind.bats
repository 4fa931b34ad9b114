#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# No bad access, no leak, on the ways that a delivery can take.

load lib
load ../proof/proof

setup() {
	need valgrind
	! sanitized || skip 'sanitizers look after that'
	checked=$BATS_TEST_TMPDIR/checked
	cat >"$checked" <<-END
	#!/bin/sh
	exec valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,indirect,possible \
		--track-fds=no --log-file="$BATS_TEST_TMPDIR/valgrind" \
		"$PINMAIL" "\$@"
	END
	chmod +x "$checked"
	PINMAIL=$checked
}

clean() {
	[ ! -s "$BATS_TEST_TMPDIR/valgrind" ] ||
		{ cat "$BATS_TEST_TMPDIR/valgrind"; return 1; }
}

@test "a delivery" {
	server_start
	conf_write
	pinmail bob@example.org <<<'Subject: x'
	clean
	succeeded
}

@test "STARTTLS, PLAIN, TLS 1.2, a large message by DATA" {
	server_start --tls starttls --tls-max 1.2 --caps 8BITMIME
	conf_write 'tls_starttls on' 'auth plain'
	pinmail bob@example.org carol@example.org \
		< <(echo; seq -f 'This is line %.0f.' 20000)
	clean
	succeeded
	filed alice
	[ "$(body | wc -l)" -eq 20000 ]
}

@test "a refused recipient" {
	server_start --refuse 'nobody@example.org=550 5.1.1 who?'
	conf_write
	pinmail nobody@example.org bob@example.org <<<'Subject: x'
	clean
	failed 67 '*nobody@example.org*delivered to 1 other*'
}

@test "an untrusted server" {
	server_start
	PIN=sha256:$(printf '%064d' 0)
	conf_write
	pinmail bob@example.org <<<'Subject: x'
	clean
	failed 76 '*no pin*'
}

@test "a refused login" {
	server_start
	conf_write 'password not-it'
	pinmail bob@example.org <<<'Subject: x'
	clean
	failed 77
}

@test "-t with Bcc" {
	server_start
	conf_write
	pinmail -t <<-'END'
	From: "Alice, of old" <alice@example.com>
	To: bob@example.org, A Group: carol@example.org (a comment),
	 "d e"@example.org;
	Bcc: eve@example.org
	Subject: =?utf-8?q?caf=C3=A9?=

	Hi.
	END
	clean
	succeeded
	filed alice
	env_is rcpt eve@example.org
	[ -z "$(field Bcc)" ]
}

@test "no server, no configuration, no recipient, no such option" {
	server_start
	conf_write
	sed -i 's/^port .*/port 1/' "$CONF"
	pinmail bob@example.org <<<'Subject: x'
	clean
	failed 75
	echo 'pin sha256:0' >>"$CONF"
	pinmail bob@example.org <<<'Subject: x'
	clean
	failed 78
	CONF=$BATS_TEST_TMPDIR/missing
	pinmail bob@example.org <<<'Subject: x'
	clean
	failed 78
	pinmail -t <<<'Subject: x'
	clean
	[ "$status" -ne 0 ]
	pinmail --no-such <<<'Subject: x'
	clean
	failed 64
}
