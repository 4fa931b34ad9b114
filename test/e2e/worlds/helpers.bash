# SPDX-License-Identifier: ISC
# What worlds.bats, signals.bats and memory.bats share; loaded after lib.

WORLDS=$top_srcdir/test/e2e/worlds

# world WHAT ... -- ARGUMENT ...: like pinmail, there; world.py says what there
# is.
world() {
	local what=()

	while [ "$1" != -- ]; do
		what+=("$1")
		shift
	done
	shift
	run_as_is "$PYTHON" -IS "$WORLDS/world.py" "${what[@]}" -- "$PINMAIL" \
		-C "$CONF" "$@" 3>&-
}

# A server that only counts who connects; see listener.py.  Sets PORT.
listener() {
	local fifo=$BATS_TEST_TMPDIR/listener

	mkfifo "$fifo.ask" "$fifo.tell"
	"$PYTHON" -IS "$WORLDS/listener.py" "$@" <"$fifo.ask" >"$fifo.tell" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	exec 7>"$fifo.ask" 8<"$fifo.tell"
	read -r PORT <&8
}

# connections N [wait]: so many by now, or when one more has come.
connections() {
	local n

	echo "${2:-}" >&7
	read -r n <&8
	[ "$n" -eq "$1" ] || { echo "$n connections"; return 1; }
}

# messages: writes a small one, $M, and one that does not fit into memory.
messages() {
	M=$BATS_TEST_TMPDIR/m
	printf 'Subject: x\n\nhello\n.\nbehind a dot\n' >"$M"
	LARGE=$BATS_TEST_TMPDIR/large
	{
		printf 'Subject: x\n\n'
		yes 'There is more.' | head -n 20000
	} >"$LARGE"
}

# arrived N [FILE]: so many messages in all, the last one with the body of
# that file; $M unless it is told.
arrived() {
	filed_are "$1" ||
		{ echo "$(count_filed) messages"; return 1; }
	filed alice
	body | tr -d '\r' | cmp - <(sed '1,/^$/d' "${2:-$M}")
}

# Delivered and silent, or not delivered and one line that says why.
honest() {
	BEFORE=${BEFORE:-0}
	if [ "$status" -eq 0 ]; then
		succeeded
		BEFORE=$((BEFORE + 1))
	else
		failed "$status"
		[ "$status" -ge 64 ]
		[ "$status" -le 78 ]
	fi
	filed_are "$BEFORE"
}
