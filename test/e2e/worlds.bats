#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The worlds that callers run pinmail in: descriptors, users, directories,
# terminals, limits and names that a shell at a desk does not have.

load lib
load ../proof/proof
load worlds/helpers

NOBODY=65534 # in the password database everywhere
NOONE=54321  # not there

setup() {
	untraced
	server_start
	conf_write
	messages
}

# system_file LINE ...: what everybody may read, since the password is
# elsewhere; a binary that looks for it there is in MOVED.
system_file() {
	moved_binary
	cat >"$SYSTEM_FILE" <<-END
	account default
	host 127.0.0.1
	port $PORT
	tls_starttls off
	pin $PIN
	user alice
	passwordeval echo wonder1and
	from alice@example.com
	syslog off
	END
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$SYSTEM_FILE"
	chmod 644 "$SYSTEM_FILE"
}

# as_nobody ASSIGNMENT ... COMMAND ...
as_nobody() {
	run_as_is as_user "$NOBODY" env "$@"
}

# --- descriptors ------------------------------------------------------------

@test "standard output and error closed, one or both: nothing is lost" {
	world close=1 -- x@example.org <"$M"
	succeeded
	world close=2 -- x@example.org <"$M"
	succeeded
	arrived 2
	# The dialogue is printed neither to the server nor to the message.
	world close=2 -- -v x@example.org <"$M"
	succeeded
	world close=1 close=2 -- -v x@example.org <"$LARGE"
	succeeded
	arrived 4 "$LARGE"
	world close=1 close=2 -- -v -f x@y.net x@example.org <"$M"
	[ "$status" -eq 77 ]
	conf_write 'logfile -'
	world close=1 close=2 -- x@example.org <"$LARGE"
	succeeded
	arrived 5 "$LARGE"
}

@test "standard input closed, alone or with the others: nothing is sent" {
	listener
	conf_write
	world close=0 -- x@example.org
	failed 74 '*reading the message*nothing was sent*'
	world close=0 close=1 -- x@example.org
	failed 74
	world close=0 close=1 close=2 -- x@example.org
	[ "$status" -eq 74 ]
	# Nothing that was opened since is taken for the message.
	world close=0 close=1 close=2 -- -v x@example.org
	[ "$status" -eq 74 ]
	connections 0
}

@test "standard input that is only for writing: nothing is sent" {
	listener
	conf_write
	pinmail x@example.org 0>"$BATS_TEST_TMPDIR/output"
	failed 74 '*reading the message*'
	connections 0
}

@test "leaked descriptors: 3 to 99, and more than select knows" {
	echo untouched >"$BATS_TEST_TMPDIR/leak"
	world "leak=3-99:$BATS_TEST_TMPDIR/leak" -- x@example.org <"$M"
	succeeded
	world "leak=3-99:$BATS_TEST_TMPDIR/leak" close=1 close=2 -- \
		-v x@example.org <"$LARGE"
	succeeded
	arrived 2 "$LARGE"
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 1200 ] ||
		skip 'no more than 1024 descriptors here'
	world limit=NOFILE:1200 "leak=3-1100:$BATS_TEST_TMPDIR/leak" -- \
		x@example.org <"$LARGE"
	succeeded
	arrived 3 "$LARGE"
	[ "$(<"$BATS_TEST_TMPDIR/leak")" = untouched ]
}

@test "no leaked descriptor and no signal mask reaches passwordeval" {
	: >"$BATS_TEST_TMPDIR/leak"
	conf_write "passwordeval n=3; while [ \$n -lt 100 ]; do [ ! -e /proc/\$\$/fd/\$n ] || echo \$n >>$BATS_TEST_TMPDIR/reached; n=\$((n + 1)); done; echo wonder1and"
	world "leak=3-99:$BATS_TEST_TMPDIR/leak" -- x@example.org <"$LARGE"
	succeeded
	[ ! -e "$BATS_TEST_TMPDIR/reached" ] ||
		{ cat "$BATS_TEST_TMPDIR/reached"; return 1; }
	for sig in TERM PIPE USR1; do
		conf_write "passwordeval kill -$sig \$\$; echo wonder1and"
		world "block=$sig" -- x@example.org <"$M"
		failed 77 '*passwordeval*killed by signal*'
	done
	arrived 1 "$LARGE"
}

# apart EXIT WHAT ... -- ARGUMENT ...: like world, at the same time as others;
# all_ended is for all of them.
apart() {
	local want=$1

	shift
	(
		BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$BASHPID
		mkdir "$BATS_TEST_TMPDIR"
		world "$@"
		[ "$status" -eq "$want" ] || { echo "exit $status: $*"; exit 1; }
	) <&0 &
	APART+=("$!")
}

all_ended() {
	local pid

	for pid in "${APART[@]}"; do
		wait "$pid"
	done
}

@test "nobody reads what it prints, and the pipe is full" {
	# Each is patient with that for a while.
	apart 0 full=1 full=2 -- x@example.org <"$M"
	apart 77 full=1 full=2 -- -f x@y.net x@example.org <"$M"
	apart 64 full=1 full=2 -- -Z
	apart 0 full=2 -- -v x@example.org <"$M"
	all_ended
	arrived 2
	conf_write 'logfile -'
	world full=2 -- x@example.org <"$M"
	[ "$status" -eq 0 ]
	arrived 3
}

@test "nobody can read what it prints: SIGPIPE as usual, ignored, blocked" {
	local n=0 how

	for how in default ignore block; do
		conf_write
		world "$how=PIPE" lonely=2 -- -v x@example.org <"$M"
		succeeded
		arrived $((n += 1))
		world "$how=PIPE" lonely=2 -- -v -f x@y.net x@example.org \
			<"$M"
		[ "$status" -eq 77 ]
		conf_write 'logfile -'
		world "$how=PIPE" lonely=2 -- x@example.org <"$M"
		succeeded
		arrived $((n += 1))
		run_as_is "$PYTHON" -IS "$WORLDS/world.py" "$how=PIPE" lonely=1 \
			-- "$PINMAIL" --version
		[ "$status" -eq 74 ]
	done
}

# --- standard input ---------------------------------------------------------

@test "a file, read and write, at an offset: only the rest is the message" {
	local how

	{
		echo 'To: not@for.us'
		cat "$M"
	} >"$BATS_TEST_TMPDIR/spool"
	cp "$BATS_TEST_TMPDIR/spool" "$BATS_TEST_TMPDIR/before"
	for how in at append; do
		world "$how=15:$BATS_TEST_TMPDIR/spool" -- -i x@example.org
		succeeded
		filed alice
		[ -z "$(field To)" ]
		[ "$(field Subject)" = x ]
		cmp "$BATS_TEST_TMPDIR/spool" "$BATS_TEST_TMPDIR/before"
	done
	arrived 2
	# At or behind its end there is a message too: an empty one.
	world "at=1000:$BATS_TEST_TMPDIR/spool" -- x@example.org
	succeeded
	arrived 3 /dev/null
}

@test "a socket, which Node gives; a reset there sends nothing" {
	world socket -- x@example.org <"$M"
	succeeded
	arrived 1
	world reset -- x@example.org <"$M"
	failed 74 '*reading the message*nothing was sent*'
	filed_are 1
}

@test "a FIFO, whose writer comes late; one that does not block" {
	mkfifo "$BATS_TEST_TMPDIR/in"
	cat "$LARGE" >"$BATS_TEST_TMPDIR/in" 3>&- &
	pinmail x@example.org <"$BATS_TEST_TMPDIR/in"
	wait $!
	succeeded
	arrived 1 "$LARGE"
	# More than it holds: there will be a time when it is empty.
	cat "$LARGE" >"$BATS_TEST_TMPDIR/in" 3>&- &
	world nonblock -- x@example.org <"$BATS_TEST_TMPDIR/in"
	wait $!
	succeeded
	arrived 2 "$LARGE"
}

# The sockets of a process.
sockets() {
	local fd

	for fd in /proc/"$1"/fd/*; do
		readlink "$fd" || :
	done | grep -a '^socket:' | sort
}

@test "no connection and no socket until standard input ends" {
	local i new

	listener
	conf_write 'host localhost'
	mkfifo "$BATS_TEST_TMPDIR/in"
	"$PINMAIL" -C "$CONF" -t x@example.org <"$BATS_TEST_TMPDIR/in" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 7>&- 8<&- &
	pid=$!
	echo "$pid" >>"$BATS_TEST_TMPDIR/pids"
	exec 9>"$BATS_TEST_TMPDIR/in"
	printf 'Subject: x\nTo: y@example.org\n\n' >&9
	for i in 1 2 3; do
		# More than it holds: most of it was read.
		cat "$LARGE" >&9
		connections 0
		new=$(comm -23 <(sockets "$pid") <(sockets $$))
		[ -z "$new" ] || { echo "$new"; return 1; }
	done
	exec 9>&-
	connections 1 wait
}

# --- terminals --------------------------------------------------------------

# types TEXT WHAT ... -- ARGUMENT ...: pinmail, and somebody who types that;
# see terminal.py.
types() {
	local text=$1 what=()

	shift
	while [ "$1" != -- ]; do
		what+=("$1")
		shift
	done
	shift
	run_as_is "$PYTHON" -IS "$WORLDS/terminal.py" "type=$text" "${what[@]}" \
		-- "$PINMAIL" -C "$CONF" "$@" 3>&-
}

# body_is TEXT
body_is() {
	body | tr -d '\r' | cmp - <(printf "$1")
}

@test "a terminal: ^D ends the message" {
	types 'Subject: x\n\nhello\n\x04' -- x@example.org
	succeeded
	filed alice
	[ "$(field Subject)" = x ]
	body_is 'hello\n'
	# In the middle of a line it takes two.
	types 'Subject: x\n\nhel\x04lo\x04\x04' -- x@example.org
	succeeded
	filed alice
	body_is 'hello\n'
}

@test "a terminal: a lone dot ends the message, and what follows is kept" {
	local left=$BATS_TEST_TMPDIR/left

	types 'Subject: x\n\nhello\n. \n..\n.\nls\n' "left=$left" -- \
		x@example.org
	succeeded
	filed alice
	body_is 'hello\n. \n..\n'
	# The shell's, from which it was started.
	[ "$(<"$left")" = ls ]
	types 'Subject: x\n.\nls\n' "left=$left" -- x@example.org
	succeeded
	filed alice
	[ "$(field Subject)" = x ]
	types '.\nls\n' "left=$left" -- x@example.org
	succeeded
	arrived 3 /dev/null
}

@test "a terminal: with -i or -oi a lone dot is content" {
	local opt

	for opt in -i -oi; do
		types 'Subject: x\n\nhello\n.\nmore\n\x04' -- $opt \
			x@example.org
		succeeded
		filed alice
		body_is 'hello\n.\nmore\n'
	done
}

@test "dot_ends_message: a lone dot ends the message anywhere, not with -i" {
	conf_write 'dot_ends_message on'
	pinmail x@example.org <"$M"
	succeeded
	filed alice
	body_is 'hello\n'
	world socket -- x@example.org < <(printf 'a: b\r\n\r\nc\r\n.\r\nd\r\n')
	succeeded
	filed alice
	body_is 'c\n'
	pinmail -i x@example.org <"$M"
	succeeded
	arrived 3
	types 'Subject: x\n\nhello\n.\nmore\n\x04' -- -oi x@example.org
	succeeded
	filed alice
	body_is 'hello\n.\nmore\n'
	conf_write 'dot_ends_message off'
	pinmail x@example.org <"$M"
	succeeded
	arrived 5
	# The account that the sender chooses has its say, however -f is written.
	conf_write 'account bob : default' 'user bob' 'password builder' \
		'from bob@example.com' 'dot_ends_message on'
	pinmail x@example.org <"$M"
	succeeded
	arrived 6
	pinmail -f 'Bob <bob@example.com>' x@example.org <"$M"
	succeeded
	filed bob
	body_is 'hello\n'
	conf_write 'dot_ends_message off'
	# On a terminal there is a person.
	types 'Subject: x\n\nhello\n.\nls\n' "left=$BATS_TEST_TMPDIR/left" \
		-- x@example.org
	succeeded
	filed alice
	body_is 'hello\n'
}

@test "a terminal that goes away is no end of a message" {
	types 'Subject: x\n\nhel' away -- x@example.org
	failed 75 '*reading the message*SIGHUP*'
	types 'Subject: x\n\nhello\n' away ignore -- x@example.org
	failed 74 '*reading the message*nothing was sent*'
	filed_are 0
}

@test "no controlling terminal" {
	need setsid
	run_as_is setsid -w "$PINMAIL" -C "$CONF" x@example.org <"$M"
	succeeded
	arrived 1
}

# --- users, directories, the environment ------------------------------------

@test "HOME unset, empty, / or where it may not look: the system's file" {
	local home

	need_root
	system_file
	mkdir -m 700 "$MOVED_DIR/root"
	echo garbage >"$MOVED_DIR/root/.pinmailrc"
	as_nobody -u HOME "$MOVED" x@example.org <"$M"
	succeeded
	for home in '' / "$MOVED_DIR/root" /nonexistent /dev/null .; do
		as_nobody HOME="$home" "$MOVED" x@example.org <"$M"
		succeeded
	done
	arrived 7
}

@test "HOME of a stranger: his configuration is not used" {
	need_root
	system_file
	listener
	mkdir "$MOVED_DIR/stranger"
	sed "s/^port .*/port $PORT/" "$SYSTEM_FILE" \
		>"$MOVED_DIR/stranger/.pinmailrc"
	chown -R "$NOONE" "$MOVED_DIR/stranger"
	as_nobody HOME="$MOVED_DIR/stranger" "$MOVED" x@example.org <"$M"
	failed 78 "*$MOVED_DIR/stranger/.pinmailrc*belongs to uid $NOONE*"
	connections 0
	filed_are 0
	# Who has no entry in the password database has no file of his own.
	run_as_is as_user "$NOONE" env HOME="$MOVED_DIR/stranger" "$MOVED" \
		x@example.org <"$M"
	succeeded
	arrived 1
}

@test "no PATH, and no environment at all" {
	echo wonder1and >"$BATS_TEST_TMPDIR/pw"
	conf_write "passwordeval cat $BATS_TEST_TMPDIR/pw" 'host localhost'
	run_as_is env -u PATH "$PINMAIL" -C "$CONF" x@example.org <"$M"
	succeeded
	run_as_is env -i "$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	succeeded
	arrived 2 "$LARGE"
	run_as_is env -i "$PINMAIL" -C "$CONF" -f x@y.net x@example.org <"$M"
	failed 77
}

@test "locales that change case, digits or nothing" {
	local name

	for name in tr_TR.UTF-8 ja_JP.SJIS C.UTF-8 xx_YY '../../etc' %s%n \
		"$(printf '%5000s' '' | tr ' ' x)"; do
		run_as_is env LC_ALL="$name" LANG="$name" LANGUAGE="$name" \
			"$PINMAIL" -C "$CONF" -f ALICE@EXAMPLE.COM \
			X@EXAMPLE.ORG <"$M"
		succeeded
		filed alice
		[[ $(field Date) =~ ^[A-Z][a-z][a-z],\ [0-9]+\ [A-Z][a-z][a-z]\ [0-9]{4}\ [0-9:]{8}\ [-+][0-9]{4}$ ]]
	done
	arrived 7
}

@test "a uid without an entry, no environment, nowhere, without a terminal" {
	need_root
	need setsid
	system_file
	mkdir -m 777 "$MOVED_DIR/log"
	echo "logfile $MOVED_DIR/log/log" >>"$SYSTEM_FILE"
	mkdir -m 700 "$BATS_TEST_TMPDIR/mine"
	cd "$BATS_TEST_TMPDIR/mine"
	run_as_is as_user "$NOONE" env -i setsid -w "$MOVED" x@example.org \
		<"$LARGE"
	succeeded
	arrived 1 "$LARGE"
	grep -q " uid=$NOONE user=$NOONE .* status=sent " "$MOVED_DIR/log/log"
}

@test "a directory that is gone" {
	echo wonder1and >"$BATS_TEST_TMPDIR/pw"
	chmod 600 "$BATS_TEST_TMPDIR/pw"
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	rmdir "$BATS_TEST_TMPDIR/gone"
	conf_write 'passwordfile pw'
	pinmail x@example.org <"$LARGE"
	succeeded
	conf_write 'passwordeval echo wonder1and'
	pinmail x@example.org <"$M"
	succeeded
	arrived 2
}

@test "no new privileges" {
	need setpriv
	conf_write 'passwordeval echo wonder1and' 'host localhost'
	run_as_is setpriv --no-new-privs "$PINMAIL" -C "$CONF" x@example.org \
		<"$LARGE"
	succeeded
	arrived 1 "$LARGE"
}

@test "a program without a name is sendmail, and names no file" {
	run_as_is "$PYTHON" -IS "$WORLDS/world.py" argv=none -- "$PINMAIL" <"$M"
	failed 64 '*no recipients*'
	# -C would count under the name pinmail.
	system_file
	chown "$(id -u)" "$SYSTEM_FILE"
	for name in '' / // sendmail/ -; do
		run_as_is "$PYTHON" -IS "$WORLDS/world.py" argv0="$name" -- \
			"$MOVED" -C /nonexistent x@example.org <"$M"
		succeeded
	done
	arrived 5
}

# --- what is scarce or missing ----------------------------------------------

@test "umask 0: the temporary file and the log are nobody else's" {
	local fd

	conf_write
	mkfifo "$BATS_TEST_TMPDIR/in"
	(
		umask 0
		exec "$PINMAIL" -C "$CONF" x@example.org \
			<"$BATS_TEST_TMPDIR/in" 3>&-
	) &
	pid=$!
	echo "$pid" >>"$BATS_TEST_TMPDIR/pids"
	exec 9>"$BATS_TEST_TMPDIR/in"
	# More than it holds, by far: most of it was read.
	{ cat "$LARGE" "$LARGE" "$LARGE"; } >&9
	fd=$(ls -l "/proc/$pid/fd" | sed -n 's/.* \([0-9]*\) -> .*(deleted)$/\1/p')
	[ "$(stat -Lc %a "/proc/$pid/fd/$fd")" = 600 ]
	exec 9>&-
	wait "$pid"
	filed_are 1
	[ "$(stat -c %a "$LOG")" = 600 ]
}

@test "8 descriptors will do; with fewer it is honest" {
	local n

	conf_write 'passwordeval echo wonder1and' 'host localhost'
	world limit=NOFILE:8 -- x@example.org <"$LARGE"
	succeeded
	arrived 1 "$LARGE"
	[ "$(wc -l <"$LOG")" -eq 1 ]
	BEFORE=1
	for n in 7 6 5 4 3; do
		world limit=NOFILE:$n -- x@example.org <"$LARGE"
		# The loader could not open our libraries.
		[ "$status" -ne 127 ] || break
		honest
	done
}

@test "files may not grow: what needs none arrives, the rest is refused" {
	world limit=FSIZE:0 -- x@example.org <"$M"
	succeeded
	arrived 1
	status=0
	"$PYTHON" -IS "$WORLDS/world.py" limit=FSIZE:0 -- "$PINMAIL" -C "$CONF" \
		x@example.org <"$LARGE" 2>&1 | cat >"$BATS_TEST_TMPDIR/err"
	status=${PIPESTATUS[0]}
	out=
	err=$(<"$BATS_TEST_TMPDIR/err")
	failed 74 '*File too large*TMPDIR*'
	filed_are 1
}

# Run it in mounts of our own, made by the commands of $1 in $BATS_TEST_TMPDIR:
# mounted COMMANDS COMMAND ...
mounted() {
	local commands=$1

	shift
	run_as_is own mount -- sh -c "cd '$BATS_TEST_TMPDIR' && $commands"' &&
		cd / && exec "$@"' sh "$@"
}

readonly='for d in /tmp "$PWD"; do
	mount --rbind "$d" "$d" && mount -o remount,bind,ro "$d" || exit 99
done
mount -o remount,bind,ro /'

@test "a root that is read-only; TMPDIR on a tmpfs" {
	need_own mount
	mkdir "$BATS_TEST_TMPDIR/scratch"
	mounted "$readonly" "$PINMAIL" -C "$CONF" x@example.org <"$M"
	succeeded
	mounted "$readonly" "$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	failed 73 '*/tmp: *Read-only*TMPDIR*'
	arrived 1
	mounted "mount -t tmpfs none scratch && $readonly" \
		env TMPDIR="$BATS_TEST_TMPDIR/scratch" \
		"$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	succeeded
	arrived 2 "$LARGE"
	# The log could not be written, and nobody minds.
	[ ! -e "$LOG" ]
}

@test "a TMPDIR that is full, no directory, or not ours" {
	local scratch=$BATS_TEST_TMPDIR/scratch

	need_own mount
	mkdir "$scratch"
	mounted 'mount -t tmpfs -o size=64k none scratch' \
		env TMPDIR="$scratch" \
		"$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	failed 74 "*$scratch: *No space left*TMPDIR*"
	mounted 'mount -t tmpfs -o nr_inodes=1 none scratch' \
		env TMPDIR="$scratch" \
		"$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	failed 73 "*$scratch: *No space left*TMPDIR*"
	run_as_is env TMPDIR="$M" "$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	failed 73 "*$M: *TMPDIR*"
	filed_are 0
	run_as_is env TMPDIR= "$PINMAIL" -C "$CONF" x@example.org <"$LARGE"
	succeeded
	arrived 1 "$LARGE"
}

@test "no /dev at all" {
	need_own mount
	mounted 'mount -t tmpfs none /dev' "$PINMAIL" -C "$CONF" \
		x@example.org <"$LARGE"
	succeeded
	arrived 1 "$LARGE"
	# Nothing stands in for what is closed: it does not even begin.
	mounted 'mount -t tmpfs none /dev' sh -c 'exec "$@" <&-' sh \
		"$PINMAIL" -C "$CONF" x@example.org
	failed 71 '*/dev/null*'
	filed_are 1
}

@test "a /dev/null that may not be written" {
	local dev='mount -t tmpfs -o mode=755 none /dev && : >/dev/null &&
		chmod 444 /dev/null'

	need_root
	need_own mount
	system_file
	mounted "$dev" setpriv --reuid="$NOBODY" --clear-groups \
		"$MOVED" x@example.org <"$M"
	failed 77 '*passwordeval*'
	sed -i 's/^passwordeval echo/password/' "$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	chown "$NOBODY" "$SYSTEM_FILE"
	mounted "$dev" setpriv --reuid="$NOBODY" --clear-groups \
		"$MOVED" x@example.org <"$M"
	succeeded
	arrived 1
}
