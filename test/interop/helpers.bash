# SPDX-License-Identifier: ISC
#
# What a test says: make an account and a message, run pinmail, look at what
# Postfix logged and stored.

# lacks WHY: skips a test, or fails it where nothing may be missing.
lacks() {
	[ -z "${CI-}" ] || { echo "$1"; return 1; }
	skip "$1"
}

# need TOOL: in a test that needs one more.
need() {
	command -v "$1" >/dev/null || lacks "$1 is missing"
}

# In setup: skips where there are no servers; waits for the end of sessions
# that an earlier test left to themselves; marks the log.
servers_ready() {
	local why

	why=$(cat "$SERVERS/missing")
	[ -z "$why" ] || skip "$why"
	LOG=$SERVERS/run/log/mail.log
	LOG_FROM=1
	until_true 20 quiet
	LOG_FROM=$(($(wc -l <"$LOG") + 1))
}

quiet() {
	[ "$(count ' connect from ')" -eq "$(count ' disconnect from ')" ]
}

# log: what Postfix has logged since the test began.
log() {
	tail -n "+$LOG_FROM" "$LOG"
}

# count PATTERN: lines in it that match.
count() {
	log | grep -c -- "$1" || :
}

has_sessions() {
	[ "$(count ' disconnect from ')" -ge "$1" ]
}

# sessions N: SESSIONS is Postfix's closing line of each session of this test,
# which counts the commands; fails unless they are N. A connection of our own
# proves that nothing is still on its way into the log.
sessions() {
	local port

	port=$(port no-pipelining)
	: <>"/dev/tcp/127.0.0.1/$port"
	until_true 20 has_sessions $(($1 + 1))
	until_true 20 quiet
	SESSIONS=$(log | grep ' disconnect from ' |
		sed 's/.*\]//; s/$/ /' | grep -vx ' commands=0/0 ' || :)
	echo "sessions: $SESSIONS"
	[ "$(count ' disconnect from ')" -eq $(($1 + 1)) ]
}

# not COMMAND...: a plain `!` would not end a test.
not() {
	! "$@"
}

port() {
	sed -n "s/^$1 //p" "$SERVERS/ports"
}

# account SERVICE [LINE...]: writes the configuration $CONF, for alice at
# SERVICE; a LINE stands in for the line with the same keyword.
account() {
	CONF=$BATS_TEST_TMPDIR/$1.conf
	settings "$@" >"$CONF"
	chmod 600 "$CONF"
}

# settings SERVICE [LINE...]: prints that configuration.
settings() {
	local service=$1 certificate starttls given line keyword

	shift
	read -r _ starttls certificate _ < <(grep "^$service " <<<"$SERVICES")
	[ "$starttls" = yes ] && starttls=off || starttls=on
	given=$(printf '%s\n' "$@")
	echo 'account default'
	while read -r line; do
		keyword=${line%% *}
		grep -q "^$keyword " <<<"$given" || echo "$line"
	done <<-END
	host 127.0.0.1
	port $(port "$service")
	tls_starttls $starttls
	pin $(key_pin "$(cert "$certificate")")
	auth on
	user alice
	password wonder1and
	from alice@example.com
	syslog off
	END
	echo "$given"
}

# system_settings <CONFIGURATION: what callers inside find as the system's. It
# holds a password: for root and the group www-data only.
system_settings() {
	cat >"$SERVERS/run/pinmail.conf"
	chgrp www-data "$SERVERS/run/pinmail.conf"
	chmod 640 "$SERVERS/run/pinmail.conf"
	inside test -e "$PINMAIL_CONF" &&
		inside mount --bind /run/pinmail.conf "$PINMAIL_CONF"
}

# message [LINE...]: prints a whole message, from $FROM or alice, the LINEs as
# its body.
message() {
	printf '%s\n' "From: ${FROM:-alice@example.com}" 'To: carol@example.org' \
		'Subject: interop' 'Date: Sat, 21 Nov 2026 12:00:00 +0000' \
		"Message-ID: <$BATS_SUITE_TEST_NUMBER.$RANDOM@example.com>" \
		'' "${@:-Hello.}"
}

# pinmail ARGUMENT... <MESSAGE: runs it with $CONF.
pinmail() {
	run --separate-stderr "$PINMAIL" -C "$CONF" "$@"
}

# sent: the last run took the message and said nothing.
sent() {
	echo "status $status, said: $output$stderr"
	[ "$status" -eq 0 ] && [ -z "$output$stderr" ]
}

# failed CODE [TEXT]: it ended with CODE and one line, which has TEXT.
failed() {
	echo "status $status, not $1 with '${2-}'; said: $output$stderr"
	[ "$status" -eq "$1" ] && [ -z "$output" ] &&
		[ "${#stderr_lines[@]}" -eq 1 ] &&
		[[ $stderr == 'pinmail: '*"${2-}"* ]]
}

# delivery ADDRESS: prints the directory that `store` left for it. Tests share
# the store: each uses addresses of its own.
delivery() {
	until_true 30 stored "$1" >&2
	stored "$1"
}

stored() {
	grep -lrFx --include=envelope "to $1" "$SERVERS/run/stored" |
		sed 's|/envelope$||' | grep .
}

# nothing_for ADDRESS: it got no mail, and Postfix has none that could still
# go there. Only after `sessions`.
nothing_for() {
	until_true 20 queue_empty
	not stored "$1"
}

queue_empty() {
	[ -z "$(cd "$SERVERS/run/queue" &&
		find incoming active deferred -type f)" ]
}

# content DIRECTORY: the message that pinmail sent, without the Received field
# that Postfix put on top.
content() {
	LC_ALL=C awk 'on || (NR > 1 && !/^[ \t]/) { on = 1; print }' \
		"$1/message"
}
