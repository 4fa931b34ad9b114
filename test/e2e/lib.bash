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
	SERVERS=$((${SERVERS:-0} + 1))
	DIR=$BATS_TEST_TMPDIR/server.$SERVERS
	mkfifo "$DIR.port"
	"$SMTPD" --dir "$DIR" --login alice:wonder1and --login bob:builder \
		"$@" >"$DIR.port" 2>"$DIR.stderr" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	read -r PORT <"$DIR.port"
	# With --cert it makes no certificate; a player may need one still.
	[ -e "$DIR/cert.pin" ] || "$SMTPD" --dir "$DIR" --pin >"$DIR/cert.pin"
	read -r PIN <"$DIR/cert.pin"
}

# Write a configuration for alice at the server: conf_write [LINE ...].  The
# lines stand behind the usual ones.
conf_write() {
	CONF=${CONF:-$BATS_TEST_TMPDIR/conf}
	LOG=$BATS_TEST_TMPDIR/log
	ours "$CONF" 'account default' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'user alice' \
		'password wonder1and' 'from alice@example.com' 'syslog off' \
		"logfile $LOG" "$@"
}

# ours FILE LINE ...: these lines; if the file is new, only we may read it.
ours() {
	[ -e "$1" ] || (umask 077 && : >"$1")
	printf '%s\n' "${@:2}" >"$1"
}

# The pin of no server.
NO_PIN=sha256:0000000000000000000000000000000000000000000000000000000000000000

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
	clean_line "$BATS_TEST_TMPDIR/err" || return 1
	[[ $err == "pinmail: "* ]] || { echo "no prefix: $err"; return 1; }
	# shellcheck disable=SC2053
	[ $# -lt 2 ] || [[ $err == $2 ]] || { echo "line: $err"; return 1; }
}

# clean_line FILE: all that it holds is one line without control bytes.  (Each
# test calls these functions often, and a process is slow: they start none.)
clean_line() {
	local LC_ALL=C line

	if IFS= read -r -d '' line <"$1"; then
		echo "a NUL: $line"
		return 1
	fi
	[[ $line == *$'\n' ]] || { echo "no whole line: $line"; return 1; }
	line=${line%$'\n'}
	[[ $line != *$'\n'* ]] || { echo "lines: $line"; return 1; }
	[[ $line != *[[:cntrl:]]* ]] || { echo "control bytes: $line"; return 1; }
}

# The newest message that the server filed for a login: sets EML and ENV.
filed() {
	local all=("$DIR/mail/$1/"*.eml)

	EML=${all[-1]}
	ENV=${EML%.eml}.env
	[ -e "$EML" ] || { echo "nothing came for $1"; return 1; }
}

# filed_are N: how many messages the server filed in all.
filed_are() {
	local all=("$DIR"/mail/*/*.eml)

	[ -e "${all[0]}" ] || all=()
	[ "${#all[@]}" -eq "$1" ] ||
		{ echo "${#all[@]} messages: ${all[*]}"; return 1; }
}

# The same as a number on stdout.
count_filed() {
	local all=("$DIR"/mail/*/*.eml)

	[ -e "${all[0]}" ] || all=()
	echo "${#all[@]}"
}

# The last line of the log: sets LINE.
log_line() {
	local all

	mapfile -t all <"$LOG"
	LINE=${all[-1]}
}

# What the filed message's envelope has for a key, the first time: sets VALUE.
env_value() {
	VALUE=$'\n'$(<"$ENV")
	VALUE=${VALUE#*$'\n'"$1="}
	VALUE=${VALUE%%$'\n'*}
}

# env_is KEY VALUE: the filed message's envelope has it (any of several).
env_is() {
	local LC_ALL=C all

	all=$'\n'$(<"$ENV")$'\n'
	[[ $all == *$'\n'"$1=$2"$'\n'* ]] || { echo "$all"; return 1; }
}

# log_is REGEX: the last line of the log is.
log_is() {
	log_line
	[[ $LINE =~ $1 ]] || { echo "$LINE"; return 1; }
}

# The recipients of the filed message, in this order.
recipients_are() {
	local LC_ALL=C got=() line

	while IFS= read -r line; do
		[[ $line != rcpt=* ]] || got+=("${line#rcpt=}")
	done <"$ENV"
	printf -v got '%s\n' "${got[@]}"
	printf -v line '%s\n' "$@"
	[ "${got[0]}" = "$line" ] || { echo "for ${got[0]}"; return 1; }
}

# field NAME: the header field of the filed message, unfolded.
field() {
	local LC_ALL=C fields=('') line

	while IFS= read -r line; do
		line=${line//$'\r'/}
		case $line in
		'') break ;;
		[\ $'\t']*) fields[-1]+=" ${line:1}" ;;
		*) fields+=("$line") ;;
		esac
	done <"$EML"
	for line in "${fields[@]}"; do
		if [[ ${line,,} == "${1,,}:"* ]]; then
			line=${line#*:}
			printf '%s\n' "${line#"${line%%[! ]*}"}"
		fi
	done
}

# The body of the filed message.
body() {
	sed '1,/^\r*$/d' "$EML"
}

teardown() {
	local pids

	if [ -f "$BATS_TEST_TMPDIR/pids" ]; then
		mapfile -t pids <"$BATS_TEST_TMPDIR/pids"
		kill "${pids[@]}" 2>/dev/null || :
		wait "${pids[@]}" 2>/dev/null || :
	fi
	moved_remove
}

# bats traces each command of each function, at a millisecond a piece, to say
# where in which function a test failed.  The line of the test will do.  For
# the setup of a test, which is where it counts.
untraced() {
	set +T
}

setup() {
	untraced
}

# --- what only some chapters need ---

# Without the detour of a version manager's shim.
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

# One Python for all tests of a file: for setup_file and teardown_file.  What
# the file $1 defines is known to each piece.
servant_start() {
	local at=$BATS_FILE_TMPDIR/servant how

	mkfifo "$at.ask" "$at.tell"
	"$PYTHON" -IS "$top_srcdir/test/e2e/servant.py" "$1" "$at" 3>&- &
	echo $! >"$at.pid"
	read -r -t 90 how 0<>"$at.tell"
	[ "$how" = ready ]
}

servant_stop() {
	local pid

	read -r pid <"$BATS_FILE_TMPDIR/servant.pid"
	kill "$pid"
	wait "$pid" || :
}

# servant [ARGUMENT ...] <PIECE: run it.
servant() {
	local at=$BATS_FILE_TMPDIR/servant how piece

	IFS= read -r -d '' piece || :
	printf '%s\0' $(($# + 1)) "$piece" "$@" 1<>"$at.ask"
	read -r -t 90 how 0<>"$at.tell" || how=gone
	[ "$how" = 0 ] || { echo "servant: $how"; cat "$at.out"; return 1; }
}

# need PROGRAM ...: skip the test, aloud, where one is missing.
need() {
	local p

	for p; do
		command -v "$p" >/dev/null || skip "$p is not installed"
	done
}

need_root() {
	[ "$EUID" -eq 0 ] || skip "needs root"
}

# lacks REGEX FILE: no line of it matches.  (A `! grep` would not fail a test
# unless it is its last line.)
lacks() {
	local lines

	lines=$(grep -aE -- "$1" "$2") || return 0
	echo "$2 holds: $lines"
	return 1
}

# Like pinmail, but the whole command is given.
run_as_is() {
	status=0
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# A copy of the binary whose system file is a path of ours: sets MOVED and
# SYSTEM_FILE, in a directory that everybody may enter.  The path in the
# binary is overwritten with one of the same length, so that installed
# binaries can be tried too.
moved_binary() {
	MOVED_DIR=$(mktemp -d /tmp/XXXXXXXX)
	chmod 755 "$MOVED_DIR"
	echo "$MOVED_DIR" >>"$BATS_TEST_TMPDIR/moved"
	MOVED=$MOVED_DIR/pinmail
	SYSTEM_FILE=$("$PYTHON" - "$PINMAIL" "$MOVED_DIR" <<-'END'
	import sys
	data = open(sys.argv[1], 'rb').read()
	end = data.index(b'/pinmail.conf\0') + len(b'/pinmail.conf')
	start = data.rindex(b'\0', 0, end) + 1
	pad = end - start - len(sys.argv[2]) - len('cnf')
	assert pad > 0, data[start:end]
	path = sys.argv[2] + '/' * pad + 'cnf'
	data = data[:start] + path.encode() + data[end:]
	open(sys.argv[2] + '/pinmail', 'wb').write(data)
	print(path)
	END
	)
	[ -n "$SYSTEM_FILE" ]
	chmod 755 "$MOVED"
}

# What moved_binary made goes; call it in teardown.
moved_remove() {
	local dir

	[ -f "$BATS_TEST_TMPDIR/moved" ] || return 0
	while read -r dir; do
		case $dir in
		/tmp/????????) rm -rf "$dir" ;;
		esac
	done <"$BATS_TEST_TMPDIR/moved"
}

# A server that plays a script, as player.py says: sets PORT, and HEARD, the file
# with the lines that it read.  Its certificate is $DIR/cert.pem, as server_start
# makes it.
player() {
	local at=$BATS_TEST_TMPDIR/player.$((PLAYERS = ${PLAYERS:-0} + 1))

	HEARD=$at.heard
	GO=$at.go
	mkfifo "$at.said" "$GO"
	set -- "$DIR/cert.pem" "$DIR/key.pem" "$HEARD" "$GO" "$@"
	if [ -e "$BATS_FILE_TMPDIR/players" ]; then
		servant "$at.said" "$@" <<<'begin(*sys.argv[1:])'
	else
		"$PYTHON" -IS "$top_srcdir/test/e2e/player.py" "$@" \
			>"$at.said" 3>&- &
	fi
	exec 8<"$at.said"
	read -r PORT PLAYER <&8
	echo "$PLAYER" >>"$BATS_TEST_TMPDIR/pids"
}

# players_start, for setup_file; servant_stop is for teardown_file: where there
# are many players, one process makes them.
players_start() {
	servant_start "$top_srcdir/test/e2e/player.py"
	: >"$BATS_FILE_TMPDIR/players"
}

# Wait until the script has come to its next N.
player_reached() {
	local word

	read -r word <&8
	[ "$word" = reached ]
}

# Let it go on behind its G.
player_go() {
	echo go >"$GO"
}

# It has seen the end of its session; a hang is a failure.
player_gone() {
	local how=0

	read -r -t 60 <&8 || how=$?
	[ "$how" -eq 1 ] || { echo "the session is still open"; return 1; }
}

# as_user UID COMMAND ...: run as that user, who has nobody's rights; needs
# root.  The binary and its files must be where everybody may look: use MOVED
# and MOVED_DIR.
as_user() {
	local uid=$1

	shift
	setpriv --reuid="$uid" --regid="$uid" --clear-groups -- "$@"
}
