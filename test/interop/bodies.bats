# SPDX-License-Identifier: ISC
#
# Every message of test/bodies arrives at every make of server, with and
# without 8BITMIME and CHUNKING, as the judge there reads it.

load servers
load others

BODIES=$INTEROP/../bodies
CORPUS=$BATS_FILE_TMPDIR/corpus

setup_file() {
	servers_start
	grep -q . "$SERVERS/missing" || make_corpus
}

teardown_file() { servers_stop; }
setup() { servers_ready; }

# The DKIM library may be among the unpacked packages only.
python() {
	PYTHONPATH=$INTEROP_CACHE/root/usr/lib/python3/dist-packages \
		/usr/bin/python3 -B "$@"
}

# Without that library it is less.
make_corpus() {
	[ -z "${CI-}" ] || python -c 'import dkim, nacl.signing'
	python "$BODIES/make.py" "$CORPUS"
}

# bodies VARIANT [REFUSED...]: sends all and has what is stored judged, in two
# lanes. What the list marks with one of the words REFUSED is refused.
bodies() {
	local wrong=$BATS_TEST_TMPDIR/wrong first

	variant "$1"
	lane 0 "$@" >"$wrong.0" 2>&1 &
	first=$!
	lane 1 "$@" >"$wrong.1" 2>&1 || { cat "$wrong.1"; return 1; }
	wait $first || { cat "$wrong.0"; return 1; }
	cat "$wrong".[01]
	not grep -q . "$wrong".[01]
}

# lane NUMBER VARIANT [REFUSED...]: every second message. Prints a line for
# each that went wrong.
lane() {
	local variant=$2 stored=$BATS_TEST_TMPDIR/stored.$1 host=$1.$2.example.org
	local list name words code said
	local -A sent=()

	list=$(awk "NR % 2 == $1" "$CORPUS/list")
	shift 2
	while read -r name words; do
		fits "$variant" "$words" || continue
		code=0
		said=$("$PINMAIL" -C "$CONF" "$name@$host" \
			<"$CORPUS/$name.eml" 2>&1) || code=$?
		if marked "$words" "$@"; then
			[ $code -eq 69 ] || echo "$name: exit $code, not 69"
		elif [ $code -eq 0 ] && [ -z "$said" ]; then
			sent[$name]=$words
		else
			echo "$name: exit $code: $said"
		fi
	done <<<"$list"
	until_true 60 has_arrived "$host" ${#sent[@]} || :
	fetch_stored "$host" "$stored"
	judge "$variant" "$stored" "${!sent[@]}" || :
	[[ $variant != *-7bit* ]] || seven_bit "$stored"
}

# marked WORDS WANTED...: whether one of WANTED is among the WORDS.
marked() {
	local words=" $1 " wanted

	shift
	for wanted; do
		[[ $words != *" $wanted "* ]] || return 0
	done
	return 1
}

# fits VARIANT WORDS: whether such a message is sent there.
fits() {
	case $1 in
	postfix-data|exim|aiosmtpd-7bit) ;;
	*) ! marked "$2" large ;;
	esac
}

# arrived HOST: prints FILE:to NAME@HOST for each envelope.
arrived() {
	grep -rH --include=envelope "^to .*@$1\$" "$SERVERS/run/stored"
}

has_arrived() {
	[ "$(arrived "$1" | wc -l)" -ge "$2" ]
}

# fetch_stored HOST DIRECTORY: DIRECTORY gets what is stored for it: NAME.eml.
# (The fewer are in the store, the faster is the search.) The caller's `sent`
# holds what may be there.
fetch_stored() {
	local file to name

	mkdir "$2"
	while IFS=: read -r file to; do
		to=${to#to }
		name=${to%@*}
		[ -n "${sent[$name]+yes}" ] || echo "$name: arrived, though refused"
		[ ! -e "$2/$name.eml" ] || echo "$name: arrived twice"
		mv "${file%/*}/message" "$2/$name.eml"
		rm -r "${file%/*}"
	done < <(arrived "$1")
}

# judge VARIANT DIRECTORY NAME...
judge() {
	local variant=$1 stored=$2 how=()

	shift 2
	[[ $variant = aiosmtpd* ]] || how+=(--relayed)
	[[ $variant != *-7bit* ]] || how+=(--7bit)
	python "$BODIES/judge.py" "${how[@]}" "$CORPUS" "$stored" "$@"
}

# seven_bit DIRECTORY: with --relayed the judge does not look for this.
seven_bit() {
	local file name

	while read -r file; do
		name=${file##*/}
		name=${name%.eml}
		marked "${sent[$name]}" stays-8bit ||
			echo "$name: bytes over 127"
	done < <(LC_ALL=C grep -lP '[\x80-\xFF]' "$1"/*.eml)
}

# by_hand VARIANT PROGRAM: Python, with a client `c` that has logged in and
# the address `to`, at which things are stored.
by_hand() {
	local tls

	read -r _ tls _ < <(grep "^$1 " <<<"$SERVICES$OTHERS")
	python - "$(port "$1")" "$tls" "by.hand@$1.example.org" "$2" <<-'END'
	import smtplib, sys
	port, tls, to, program = sys.argv[1:]
	kind = smtplib.SMTP_SSL if tls == "yes" else smtplib.SMTP
	with kind("127.0.0.1", int(port), local_hostname="client") as c:
	    if tls == "no":
	        c.starttls()
	    c.login("alice", "wonder1and")
	    exec(program)
	END
}

# takes VARIANT CONTENT: prints the code of the reply to that content.
takes() {
	by_hand "$1" "c.mail('alice@example.com'); c.rcpt(to)
print(c.data(b'Subject: x\r\n\r\n' + $2 + b'\r\n')[0])"
}

@test "servers: what each offers" {
	local name offer

	for name in $(variants); do
		offer=$(by_hand "$name" 'print(*c.esmtp_features)')
		echo "$name: $offer"
		case $name in
		*-7bit*) not marked "$offer" 8bitmime smtputf8 ;;
		*) marked "$offer" 8bitmime ;;
		esac
		case $name in
		opensmtpd*|aiosmtpd*) not marked "$offer" chunking pipelining ;;
		*-data) not marked "$offer" chunking; marked "$offer" pipelining ;;
		*) marked "$offer" chunking; marked "$offer" pipelining ;;
		esac
	done
}

@test "servers: exim refuses a line of 999 bytes, aiosmtpd one of 1000" {
	local name

	for name in $(variants); do
		echo "$name"
		case $name in
		exim*)
			[ "$(takes "$name" "b'x' * 998")" = 250 ]
			[ "$(takes "$name" "b'x' * 999")" = 550 ]
			;;
		aiosmtpd*)
			[ "$(takes "$name" "b'x' * 999")" = 250 ]
			[ "$(takes "$name" "b'x' * 1000")" = 500 ]
			;;
		*)	[ "$(takes "$name" "b'x' * 5000")" = 250 ] ;;
		esac
	done
}

@test "servers: aiosmtpd without 8BITMIME refuses a byte over 127" {
	variant aiosmtpd-7bit
	[ "$(takes aiosmtpd-7bit "b'\xc3\xa9'")" = 500 ]
	[ "$(takes aiosmtpd "b'\xc3\xa9'")" = 250 ]
}

@test "postfix: BDAT" {
	bodies postfix
}

@test "postfix: DATA" {
	bodies postfix-data
}

@test "postfix without 8BITMIME: BDAT" {
	bodies postfix-7bit
}

@test "postfix without 8BITMIME: DATA" {
	bodies postfix-7bit-data
}

@test "exim: BDAT" {
	bodies exim stays-long
}

@test "exim: DATA" {
	bodies exim-data stays-long
}

@test "exim without 8BITMIME: BDAT" {
	bodies exim-7bit stays-long
}

@test "exim without 8BITMIME: DATA" {
	bodies exim-7bit-data stays-long
}

@test "dovecot: BDAT" {
	bodies dovecot
}

@test "dovecot: DATA" {
	bodies dovecot-data
}

@test "dovecot without 8BITMIME: BDAT" {
	bodies dovecot-7bit
}

@test "dovecot without 8BITMIME: DATA" {
	bodies dovecot-7bit-data
}

@test "opensmtpd" {
	bodies opensmtpd
}

@test "opensmtpd without 8BITMIME" {
	bodies opensmtpd-7bit
}

@test "aiosmtpd" {
	bodies aiosmtpd stays-long
}

@test "aiosmtpd without 8BITMIME" {
	bodies aiosmtpd-7bit stays-long stays-8bit
}
