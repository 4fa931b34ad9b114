# SPDX-License-Identifier: ISC
# What the end-to-end tests share.  The environment may name the binaries:
# PINMAIL, SMTPD (the embedded submission server); the default is a build in
# the source tree.

top_srcdir=${top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
PINMAIL=${PINMAIL:-$top_builddir/pinmail}
SMTPD=${SMTPD:-$top_builddir/test/server/smtpd}

# Nothing of the person who runs the tests is to count.
export HOME=$BATS_TEST_TMPDIR
unset XDG_CONFIG_HOME CREDENTIALS_DIRECTORY TMPDIR MAIL EMAIL

# Start a server; more arguments are its own.  Sets PORT, PIN, DIR.
server_start() {
	DIR=$BATS_TEST_TMPDIR/server.$RANDOM
	mkdir -p "$DIR"
	PIN=$("$SMTPD" --dir "$DIR" --pin)
	mkfifo "$DIR/port"
	"$SMTPD" --dir "$DIR" --login alice:wonder1and --login bob:builder \
		"$@" >"$DIR/port" 2>"$DIR/stderr" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	read -r PORT <"$DIR/port"
}

# Write a configuration for alice at the server: conf_write [LINE ...].  The
# lines stand behind the usual ones.
conf_write() {
	CONF=${CONF:-$BATS_TEST_TMPDIR/conf}
	LOG=$BATS_TEST_TMPDIR/log
	(
		umask 077
		cat >"$CONF" <<-END
		account default
		host 127.0.0.1
		port $PORT
		tls_starttls off
		pin $PIN
		user alice
		password wonder1and
		from alice@example.com
		syslog off
		logfile $LOG
		END
		[ $# -eq 0 ] || printf '%s\n' "$@" >>"$CONF"
	)
}

# Run the binary with that configuration, stdin as it is.  Output goes to
# $out and $err, the exit status to $status.
pinmail() {
	status=0
	"$PINMAIL" -C "$CONF" "$@" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# The last run was a success, and silent.
succeeded() {
	[ "$status" -eq 0 ] || { echo "exit $status: $err"; return 1; }
	[ -z "$out$err" ] || { echo "not silent: $out$err"; return 1; }
}

# failed EXIT [GLOB]: that exit, and one clean line that matches.
failed() {
	[ "$status" -eq "$1" ] || { echo "exit $status: $err"; return 1; }
	[ -z "$out" ] || { echo "stdout: $out"; return 1; }
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -eq 1 ] ||
		{ echo "lines: $err"; return 1; }
	[[ $err == "pinmail: "* ]] || { echo "no prefix: $err"; return 1; }
	if LC_ALL=C grep -q '[[:cntrl:]]' "$BATS_TEST_TMPDIR/err"; then
		echo "control bytes: $err"
		return 1
	fi
	# shellcheck disable=SC2053
	[ $# -lt 2 ] || [[ $err == $2 ]] || { echo "line: $err"; return 1; }
}

# The newest message that the server filed for a login: sets EML and ENV.
filed() {
	EML=$(ls "$DIR/mail/$1/"*.eml | tail -n 1)
	ENV=${EML%.eml}.env
}

# How many messages the server filed in all.
count_filed() {
	find "$DIR/mail" -name '*.eml' 2>/dev/null | wc -l
}

# env_is KEY VALUE: the filed message's envelope has it (any of several).
env_is() {
	grep -qxF -- "$1=$2" "$ENV" || { cat "$ENV"; return 1; }
}

# field NAME: the header field of the filed message, unfolded.
field() {
	sed '/^\r*$/,$d' "$EML" | tr -d '\r' |
		sed -e ':a' -e 'N;$!ba' -e 's/\n[ \t]/ /g' |
		sed -n "s/^$1: *//Ip"
}

# The body of the filed message.
body() {
	sed '1,/^\r*$/d' "$EML"
}

teardown() {
	local pid
	if [ -f "$BATS_TEST_TMPDIR/pids" ]; then
		while read -r pid; do
			kill "$pid" 2>/dev/null || :
			wait "$pid" 2>/dev/null || :
		done <"$BATS_TEST_TMPDIR/pids"
	fi
}
