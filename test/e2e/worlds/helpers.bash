# SPDX-License-Identifier: ISC
# What worlds.bats and signals.bats share; loaded after lib.

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
	run_as_is "$PYTHON" "$WORLDS/world.py" "${what[@]}" -- "$PINMAIL" \
		-C "$CONF" "$@" 3>&-
}

# A server that only counts who connects; see listener.py.  Sets PORT.
listener() {
	local fifo=$BATS_TEST_TMPDIR/listener

	mkfifo "$fifo.ask" "$fifo.tell"
	"$PYTHON" "$WORLDS/listener.py" "$@" <"$fifo.ask" >"$fifo.tell" 3>&- &
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
