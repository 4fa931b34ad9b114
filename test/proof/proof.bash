# SPDX-License-Identifier: ISC
# What the proofs share; loaded after lib.

bats_require_minimum_version 1.5.0

# Tests go elsewhere.
absolute() {
	[[ $1 == /* ]] && echo "$1" || echo "$PWD/$1"
}

top_srcdir=$(absolute "$top_srcdir")
top_builddir=$(absolute "$top_builddir")
PINMAIL=$(absolute "$PINMAIL")
SMTPD=$(absolute "$SMTPD")
PROOF=$top_srcdir/test/proof
FAULT=$top_builddir/test/fault

# For setup_file. The interpreter itself, where python3 is a script that has
# to look for it each time.
find_python() {
	PYTHON=$(python3 -c 'import sys; print(sys.executable)') ||
		PYTHON=python3
	export PYTHON
}

capture() {
	"$PYTHON" "$PROOF/capture.py" "$@"
}

# need TOOL...: without them a test is skipped, aloud.
need() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is missing"
	done
}

sanitized() {
	grep -q __asan_init "$PINMAIL"
}

# With what a library can be preloaded into a sanitized binary.
preload() {
	echo "LD_PRELOAD=$*"
	echo "ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0"
}

# own NAMESPACE... -- COMMAND...: run it there, as root if need be of our own
# making; without a command, say whether that is possible.
own() {
	local how=()

	while [ "$1" != -- ]; do
		how+=("--$1")
		shift
	done
	shift
	[ "$(id -u)" -eq 0 ] || how+=(--map-root-user)
	unshare "${how[@]}" --fork --kill-child "$@"
}

need_own() {
	need unshare
	own "$@" -- true 2>/dev/null || skip "namespaces are not allowed here"
}

# background FD-NAME COMMAND...: start it, read the port that it prints into
# PORT, and leave the rest of what it prints to be read from that descriptor.
background() {
	local -n fd=$1
	local fifo

	shift
	fifo=$(mktemp -d -p "$BATS_TEST_TMPDIR")/fifo
	mkfifo "$fifo"
	"$@" >"$fifo" 2>>"$BATS_TEST_TMPDIR/helpers" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	exec {fd}<"$fifo"
	read -r -t 20 PORT <&"$fd" ||
		{ cat "$BATS_TEST_TMPDIR/helpers"; return 1; }
}

# A network whose every byte is kept, below NET: N.up and N.down for the Nth
# connection through it. net_leads PORT says where it leads to.
net_start() {
	NET=$BATS_TEST_TMPDIR/net
	mkdir "$NET"
	background NET_ENDS "$PYTHON" "$PROOF/relay.py" "$NET"
	NET_PORT=$PORT
}

net_leads() {
	echo "$1" >"$NET/to"
}

# Wait until a connection through it is over; its number is in N.
net_over() {
	read -r -t 20 N <&"$NET_ENDS" || { echo 'not over'; return 1; }
}

# Somebody in the way: trap_start [OPTION ...]. What could be read is in KEPT.
trap_start() {
	KEPT=$(mktemp -p "$BATS_TEST_TMPDIR" kept.XXXXXX)
	background TRAP_ENDS "$PYTHON" "$PROOF/trap.py" "$KEPT" "$@"
	TRAP_PORT=$PORT
}

# A message of which every word is rare, and the words by which to find it and
# whoever sends it again.
guest_writes() {
	MESSAGE=$BATS_TEST_TMPDIR/message
	WORDS=$BATS_TEST_TMPDIR/words
	cat >"$MESSAGE" <<-'END'
	From: Zibeline Quagmire <wanderer@northbrook.test>
	To: Umbriel Vexillum <kettledrum@westerham.test>
	Date: Tue, 12 Aug 2025 06:54:32 +0200
	Message-ID: <yellowhammer.77@northbrook.test>
	Subject: Xylophone gazpacho juxtaposed
	X-Flotsam: obsequious brouhaha

	Kumquat marmalade bamboozles the flibbertigibbet.
	.Hidden dots likewise: zugzwang, onomatopoeia.
	END
	{
		printf '%s\n' quillfeather Zx9.murmurVale \
			wanderer@northbrook.test kettledrum@westerham.test \
			northbrook.test westerham.test
		# A dot is doubled where DATA is used.
		sed 's/^\.//' "$MESSAGE"
	} >"$WORDS"
}

# guest_conf HOST LINE...: an account for that message, through the network.
guest_conf() {
	CONF=$BATS_TEST_TMPDIR/conf
	LOG=$BATS_TEST_TMPDIR/log
	(
		umask 077
		cat >"$CONF" <<-END
		account default
		host $1
		port $NET_PORT
		user quillfeather
		password Zx9.murmurVale
		from wanderer@northbrook.test
		syslog off
		logfile $LOG
		END
		shift
		printf '%s\n' "$@" >>"$CONF"
	)
}

guest_sends() {
	: >"$LOG"
	pinmail kettledrum@westerham.test <"$MESSAGE"
	net_over
}

# key_pin FILE: the pin of the key of the first certificate in it.
key_pin() {
	openssl x509 -in "$1" -noout -pubkey |
		openssl pkey -pubin -outform DER |
		openssl dgst -sha256 -r | sed 's/ .*//; s/^/sha256:/'
}
