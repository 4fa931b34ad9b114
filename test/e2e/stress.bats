#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Much of it, to servers that are slow.

load lib
load ../proof/proof

setup_file() {
	find_python
}

setup() {
	need python3 timeout
}

# Time is the kernel's, and a hang is a failure: limit SECONDS. Its exit is
# 124 then.
limit() {
	local limited=$BATS_TEST_TMPDIR/limited.$1

	printf '#!/bin/sh\nexec timeout %s "%s" "$@"\n' "$1" "$PINMAIL" \
		>"$limited"
	chmod +x "$limited"
	PINMAIL=$limited
}

# measure: the most memory of the next run, in KiB, will be in PEAK.
measure() {
	PEAK=$BATS_TEST_TMPDIR/peak
	printf '#!/bin/sh\nexec "%s" "%s" "%s" "$@"\n' \
		"$top_builddir/test/proof/peak" "$PEAK" "$PINMAIL" \
		>"$BATS_TEST_TMPDIR/measured"
	chmod +x "$BATS_TEST_TMPDIR/measured"
	PINMAIL=$BATS_TEST_TMPDIR/measured
}

# large BYTES: deliver so much, and find that it arrived byte for byte.
large() {
	local facts=$BATS_TEST_TMPDIR/facts

	conf_write
	pinmail bob@example.org \
		< <("$PYTHON" "$PROOF/large.py" "$1" "$facts")
	succeeded
	ENV=$(ls "$DIR"/mail/alice/*.env | tail -n 1)
	while read -r fact; do
		env_is "${fact%%=*}" "${fact#*=}"
	done <"$facts"
	env_is barelf 0
	env_is barecr 0
}

# --- much of it -------------------------------------------------------------

@test "1 GiB is delivered byte for byte, in less than 16 MiB of memory" {
	server_start --hash-only
	if sanitized; then
		# They need memory of their own, and time.
		large $((64 << 20))
		return
	fi
	measure
	large $((1 << 30))
	echo "# peak: $(cat "$PEAK") KiB" >&3
	[ "$(cat "$PEAK")" -lt 16384 ]
}

@test "25 MB by DATA, dots and all" {
	server_start --caps PIPELINING,8BITMIME,SIZE=0
	large 25000000
	env_is bdat 0
	# It was filed, too.
	[ "$(sha256sum <"${ENV%.env}.eml" | sed 's/ .*//')" = \
		"$(sed -n 's/^sha256=//p' "$ENV")" ]
}

@test "25 MB by DATA and by BDAT, to a server with small buffers" {
	server_start --hash-only --buffers 4096 --caps 8BITMIME
	large 25000000
	env_is bdat 0
	server_start --hash-only --buffers 4096 --linewise
	large 25000000
	env_is bdat 1
}

# crowd OPTION...: 5,000 recipients and 256 KiB, to a server that answers line
# by line and reads on when it has.
crowd() {
	local recipients

	server_start --hash-only --linewise "$@"
	conf_write
	limit 60
	mapfile -t recipients < <(seq -f 'recipient-%.0f@example.org' 5000)
	"$PYTHON" "$PROOF/large.py" 1 "$BATS_TEST_TMPDIR/facts" |
		head -c 250000 >"$BATS_TEST_TMPDIR/m"
	echo >>"$BATS_TEST_TMPDIR/m"
	pinmail "${recipients[@]}" <"$BATS_TEST_TMPDIR/m"
	succeeded
	ENV=$(ls "$DIR"/mail/alice/*.env)
	diff <(sed -n 's/^rcpt=//p' "$ENV") <(printf '%s\n' "${recipients[@]}")
	env_is sha256 "$(sed 's/$/\r/' "$BATS_TEST_TMPDIR/m" | sha256sum |
		sed 's/ .*//')"
	env_is early 0
}

@test "5,000 recipients and 256 KiB in one flight do not deadlock" {
	crowd --buffers 65536
}

@test "nor do they where hardly anything is under way at a time" {
	local how

	mapfile -t how < <(preload "$FAULT/narrow.so")
	printf '#!/bin/sh\nexec env %s "%s" "$@"\n' "${how[*]}" "$PINMAIL" \
		>"$BATS_TEST_TMPDIR/narrow"
	chmod +x "$BATS_TEST_TMPDIR/narrow"
	PINMAIL=$BATS_TEST_TMPDIR/narrow
	crowd --buffers 4096
}

# --- slow servers -----------------------------------------------------------

# For traps: a certificate.
key_made() {
	DIR=$BATS_TEST_TMPDIR/keys
	mkdir "$DIR"
	PIN=$("$SMTPD" --dir "$DIR" --pin)
	PEM=$DIR/pem
	cat "$DIR/key.pem" "$DIR/cert.pem" >"$PEM"
}

# slow NAME STARTTLS OPTION... -- LINE...: in the background, deliver to a trap
# with these options by an account with these lines. NAME.status and NAME.err
# will tell.
slow() {
	local name=$BATS_TEST_TMPDIR/$1 tls=implicit options=()

	[ "$2" = off ] || tls=starttls
	CONF=$name.conf
	shift
	while [ "${2-}" != -- ]; do
		options+=("$2")
		set -- "$1" "${@:3}"
	done
	trap_start --cert "$PEM" --tls "$tls" "${options[@]}"
	PORT=$TRAP_PORT
	conf_write "tls_starttls $1" 'auth plain' "${@:3}"
	(
		status=0
		timeout 20 "$PINMAIL" -C "$CONF" bob@example.org \
			<"$BATS_TEST_TMPDIR/m" >"$name.out" 2>"$name.err" ||
			status=$?
		echo "$status" >"$name.status"
	) 3>&- &
	SLOW+=("$!")
	SLOW_NAMES+=("$name")
}

# all_are STATUS GLOB: they all ended so, with one such line.
all_are() {
	local name

	wait "${SLOW[@]}"
	for name in "${SLOW_NAMES[@]}"; do
		echo "${name##*/}: $(cat "$name.status"): $(cat "$name.err")"
		[ "$(cat "$name.status")" -eq "$1" ]
		[ ! -s "$name.out" ]
		[ "$1" -eq 0 ] || [ "$(wc -l <"$name.err")" -eq 1 ]
		# shellcheck disable=SC2053
		[[ "$(cat "$name.err")" == $2 ]]
	done
}

# At the steps that are before the content.
STEPS='greeting ehlo auth mail rcpt data'

@test "a server that hangs at a step is left after that time" {
	key_made
	"$PYTHON" "$PROOF/large.py" 8000000 "$BATS_TEST_TMPDIR/facts" \
		>"$BATS_TEST_TMPDIR/m"
	for step in tls $STEPS content; do
		slow "$step" off --hang "$step" --buffer 4096 -- 'timeout 1'
		slow "starttls-$step" on --hang "$step" --buffer 4096 -- \
			'timeout 1'
	done
	slow starttls-starttls on --hang starttls -- 'timeout 1'
	all_are 75 '*timed out*'
}

@test "a server that drips or babbles does not get more time by that" {
	key_made
	echo 'Subject: x' >"$BATS_TEST_TMPDIR/m"
	for step in $STEPS; do
		slow "drip-$step" off --drip "$step" -- 'timeout 2'
		slow "babble-$step" off --babble "$step" -- 'timeout 2'
	done
	slow drip-starttls on --drip starttls -- 'timeout 2'
	slow babble-starttls on --babble starttls -- 'timeout 2'
	all_are 75 '*timed out*'
}

@test "a deadline ends what no single step is too slow for" {
	key_made
	echo 'Subject: x' >"$BATS_TEST_TMPDIR/m"
	slow implicit off --late all --seconds 0.6 -- 'timeout 2' 'deadline 2'
	slow starttls on --late all --seconds 0.6 -- 'timeout 2' 'deadline 2'
	all_are 75 '*timed out*'
}

@test "once the content has left, the verdict is waited for" {
	key_made
	echo 'Subject: x' >"$BATS_TEST_TMPDIR/m"
	slow verdict off --late verdict --seconds 3 -- 'timeout 1' 'deadline 2'
	all_are 0 ''
}
