# SPDX-License-Identifier: ISC
# What the tests of -bs share; loaded after lib.

# begin [ARGUMENT ...]: a dialogue.  say and hear are its ends; sets PID.
# Lines of ours end in $EOL.
begin() {
	local fifo=$BATS_TEST_TMPDIR/dialogue

	rm -f "$fifo.in" "$fifo.out"
	mkfifo "$fifo.in" "$fifo.out"
	EOL=${EOL:-$'\r\n'}
	"$PINMAIL" -C "$CONF" -bs "$@" <"$fifo.in" >"$fifo.out" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 5>&- 6<&- 7>&- 8<&- &
	PID=$!
	echo "$PID" >>"$BATS_TEST_TMPDIR/pids"
	exec 5>"$fifo.in" 6<"$fifo.out"
}

# Several lines too.  With MIXED their ends change from one call to the next.
say() {
	local text=$1$'\n'

	printf '%s' "${text//$'\n'/"$EOL"}" >&5
	if [ -n "${MIXED:-}" ]; then
		[ "$EOL" = $'\n' ] && EOL=$'\r\n' || EOL=$'\n'
	fi
}

# The next replies, of each the last line; a hang is a failure.
hear() {
	local glob

	for glob; do
		while :; do
			IFS= read -r -t 60 REPLY <&6 ||
				{ echo "no reply: $glob"; return 1; }
			[[ $REPLY == *$'\r' ]] ||
				{ echo "no CRLF: $REPLY"; return 1; }
			REPLY=${REPLY%$'\r'}
			[[ $REPLY == [2-5][0-9][0-9]-* ]] || break
		done
		# shellcheck disable=SC2053
		[[ $REPLY == $glob ]] ||
			{ echo "$REPLY, in place of $glob"; return 1; }
	done
}

# talk COMMAND GLOB ...: say it and hear that.
talk() {
	while [ $# -gt 0 ]; do
		say "$1"
		hear "$2" || { echo "to: $1"; return 1; }
		shift 2
	done
}

# ended [EXIT]: it has, with nothing on standard error, and no more to hear.
ended() {
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq "${1:-0}" ] || { echo "exit $status"; return 1; }
	[ ! -s "$BATS_TEST_TMPDIR/err" ] ||
		{ cat "$BATS_TEST_TMPDIR/err"; return 1; }
	! IFS= read -r REPLY <&6 || { echo "more: $REPLY"; return 1; }
}

quit() {
	talk QUIT '221 *'
	ended
}

# burst COMMAND GLOB ...: all in one piece, which is there before the first
# reply; then QUIT.
burst() {
	local args=("$@")

	EOL=${EOL:-$'\r\n'}
	exec 5>"$BATS_TEST_TMPDIR/burst"
	while [ $# -gt 0 ]; do
		say "$1"
		shift 2
	done
	say QUIT
	run_as_is "$PINMAIL" -C "$CONF" -bs <"$BATS_TEST_TMPDIR/burst"
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	exec 6<"$BATS_TEST_TMPDIR/out"
	hear '220 *'
	set -- "${args[@]}"
	while [ $# -gt 0 ]; do
		hear "$2" || { echo "to: $1"; return 1; }
		shift 2
	done
	hear '221 *'
	! IFS= read -r REPLY <&6 || { echo "more: $REPLY"; return 1; }
}

# each_way COMMAND GLOB ...: line by line and in one piece, with each line end.
each_way() {
	for EOL in $'\n' $'\r\n'; do
		begin
		hear '220 *'
		talk "$@"
		quit
		burst "$@"
	done
	MIXED=yes
	begin
	hear '220 *'
	talk "$@"
	quit
	burst "$@"
	MIXED=
}

# logged N: so many lines.
logged() {
	local n=0

	[ ! -e "$LOG" ] || n=$(wc -l <"$LOG")
	[ "$n" -eq "$1" ] || { echo "$n lines"; cat "$LOG"; return 1; }
}
