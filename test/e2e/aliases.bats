#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Local people": the file of aliases(5); pinmail(1), -bi.

load lib

setup() {
	untraced
	server_start --no-auth
	ALIASES=$BATS_TEST_TMPDIR/aliases
	conf_write 'auth off' "aliases $ALIASES"
	echo 'Subject: x' >"$BATS_TEST_TMPDIR/m"
}

# file LINE ...: the file of aliases; it is good, unless the test says wrong.
file() {
	printf '%b\n' "$@" >"$ALIASES"
}

# becomes NAME ADDRESS ...: as -bv says.
becomes() {
	local name=$1 to

	shift
	to="to $(printf '%s, ' "$@")"
	[ $# -gt 0 ] || to='discarded, '
	pinmail -bv "$name"
	[ "$status" -eq 0 ] || { echo "$name: exit $status: $err"; return 1; }
	[ "$out" = "$name: ${to%, }; account default; from alice@example.com" ] ||
		{ echo "$out"; return 1; }
}

# fails NAME GLOB: there is no way to that one, or not to all of it.
fails() {
	pinmail -bv "$1"
	[ "$status" -eq 78 ] || { echo "exit $status: $out"; return 1; }
	# shellcheck disable=SC2053
	[[ $err == "pinmail: $1: "$2 ]] || { echo "$err"; return 1; }
}

good() {
	pinmail -bi
	succeeded
}

# wrong GLOB: -bi says this.
wrong() {
	pinmail -bi
	failed 78 "pinmail: $1"
}

@test "names, quoted names, lists, continuation lines, comments" {
	file '# a comment' '' 'root: a@x.org' '"Odd \\"one\\"": b@x.org' \
		'list: a@x.org,b@x.org ,\tc@x.org,' 'long: a@x.org,' \
		'\tb@x.org,' '   c@x.org' 'open:' '  a@x.org' '' \
		'hash: "a#b"@x.org # not this' 'tab\t:\ta@x.org' '   # indented' \
		'crlf: a@x.org\r' 'a.b+c: a@x.org' 'name: "A, B" <a@x.org>, C (D, E) <b@x.org>' \
		'x#y: c@x.org' 'last: a@x.org'
	good
	becomes root a@x.org
	becomes ROOT a@x.org
	becomes '"Odd \"one\""' b@x.org
	becomes list a@x.org b@x.org c@x.org
	becomes long a@x.org b@x.org c@x.org
	becomes open a@x.org
	becomes hash a#b@x.org
	becomes tab a@x.org
	becomes crlf a@x.org
	becomes a.b+c a@x.org
	becomes name a@x.org b@x.org
	becomes x#y c@x.org
	becomes last a@x.org
	fails roo '*nobody on this host*'
	# Without a line end, and with nothing in it.
	printf 'root: a@x.org' >"$ALIASES"
	good
	becomes root a@x.org
	: >"$ALIASES"
	good
	fails root '*nobody on this host*'
}

@test "a local value is looked up in turn; up to 20 deep" {
	local i

	file 'www: root' 'root: Ops@localhost, a@x.org' 'ops: b@x.org'
	good
	becomes www b@x.org a@x.org
	{
		for ((i = 1; i < 20; i++)); do
			echo "n$i: n$((i + 1))"
		done
		echo 'n20: a@x.org'
	} >"$ALIASES"
	good
	becomes n1 a@x.org
	echo 'n0: n1' >>"$ALIASES"
	fails n0 "$ALIASES:*too many aliases deep*"
	becomes n1 a@x.org
	wrong "$ALIASES:*too many aliases deep*"
}

@test "names that lead back to themselves are an error for each of them" {
	file 'a: b' 'b: c, x@x.org' 'c: a' 'd: x@x.org' 'e: a'
	fails a "$ALIASES:*itself*"
	fails b "$ALIASES:*itself*"
	fails c "$ALIASES:*itself*"
	fails e "$ALIASES:*itself*"
	becomes d x@x.org
	wrong "$ALIASES:*itself*"
	# Meeting again is no loop.
	file 'a: b, c' 'b: d' 'c: d' 'd: x@x.org, y@x.org'
	good
	pinmail a <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed _none
	[ "$(sed -n 's/^rcpt=//p' "$ENV" | xargs)" = 'x@x.org y@x.org' ]
}

@test "\\name, and a name in its own list, are not looked up again" {
	file 'root: root, a@x.org' 'ops: \\ops, b@x.org' 'www: \\root' \
		'self: self'
	good
	fails self '*nobody on this host*'
	fails www '*nobody on this host*'
	conf_write 'auth off' "aliases $ALIASES" 'local_to l@x.org'
	becomes root l@x.org a@x.org
	becomes ops l@x.org b@x.org
	becomes www l@x.org
	becomes self l@x.org
}

@test "default and * are for each local name that is not found" {
	file 'root: a@x.org' 'default: d@x.org' 'ops: who'
	good
	becomes root a@x.org
	becomes who d@x.org
	becomes ops d@x.org
	becomes who@localhost d@x.org
	becomes who@elsewhere.org who@elsewhere.org
	file '*: s@x.org' 'root: a@x.org'
	good
	becomes root a@x.org
	becomes who s@x.org
	# With local names as the value, too.
	file 'default: root, ops' 'root: a@x.org' 'ops: b@x.org'
	becomes who a@x.org b@x.org
	file 'default: who'
	fails any '*'
}

@test ":include:" {
	local list=$BATS_TEST_TMPDIR/list

	printf '# people\na@x.org, b@x.org\n\n  ops # in turn\n"C" <c@x.org>\r\n' >"$list"
	printf ':include:%s\n' "$list" >"$BATS_TEST_TMPDIR/outer"
	file "team: :include:$list, e@x.org" 'ops: d@x.org' \
		"quoted: \":include:$list\"" "outer: :Include:$BATS_TEST_TMPDIR/outer"
	good
	becomes team a@x.org b@x.org d@x.org c@x.org e@x.org
	becomes quoted a@x.org b@x.org d@x.org c@x.org
	becomes outer a@x.org b@x.org d@x.org c@x.org
	# Only those for whom it stands are concerned.
	file 'team: :include:/nonexistent/list' 'rel: :include:list' \
		"dir: :include:$BATS_TEST_TMPDIR" 'root: a@x.org'
	fails team "$ALIASES:1: */nonexistent/list*"
	fails rel "$ALIASES:2: *"
	fails dir "$ALIASES:3: *$BATS_TEST_TMPDIR*"
	becomes root a@x.org
	wrong "$ALIASES:1: */nonexistent/list*"
	# What is wrong in there has its own place.
	printf 'a@x.org\nb c d\n' >"$list"
	file "team: :include:$list" 'root: a@x.org'
	fails team "$list:*"
	wrong "$list:*"
	# Files that include each other, and themselves.
	printf ':include:%s\n' "$list" >"$list"
	fails team '*too many aliases deep*'
}

@test "it and what it includes must be ours" {
	local f list=$BATS_TEST_TMPDIR/list

	need_root
	echo 'b@x.org' >"$list"
	file 'root: a@x.org' "team: :include:$list"
	good
	for f in "$ALIASES" "$list"; do
		chmod g+w "$f"
		wrong "*$f*"
		fails team "*$f*"
		chmod g-w,o+w "$f"
		wrong "*$f*"
		chmod o-w "$f"
		chown nobody "$f"
		wrong "*$f*"
		fails team "*$f*"
		chown root "$f"
	done
	good
	# A symbolic link must be, too.
	mv "$ALIASES" "$ALIASES.real"
	ln -s "$ALIASES.real" "$ALIASES"
	good
	becomes root a@x.org
	chown -h nobody "$ALIASES"
	wrong "*$ALIASES*"
	rm "$ALIASES"
	mkfifo "$ALIASES"
	wrong "*$ALIASES*"
	# Nobody gets mail by it, not even by local_to; the others do.
	conf_write 'auth off' "aliases $ALIASES" 'local_to l@x.org'
	pinmail root o@x.org <"$BATS_TEST_TMPDIR/m"
	failed 78 "*root: *$ALIASES*delivered to 1 other, do not resend"
}

@test "/dev/null discards; that counts as delivered" {
	file 'gone: /dev/null' 'also: gone, a@x.org' 'quoted: "/dev/null"'
	good
	becomes gone
	becomes quoted
	becomes also a@x.org
	pinmail gone b@x.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed _none
	[ "$(sed -n 's/^rcpt=//p' "$ENV")" = b@x.org ]
}

@test "|command and /file: an error for the name that has them, not for -bi" {
	local evil=$BATS_TEST_TMPDIR/evil name

	file "cmd: |touch $evil" "quoted: \"|touch $evil, x\"" "file: $evil" \
		"qfile: \"$evil\"" "some: a@x.org, |touch $evil" 'root: a@x.org' \
		'via: cmd' "list: :include:$BATS_TEST_TMPDIR/list"
	echo "|touch $evil" >"$BATS_TEST_TMPDIR/list"
	good
	for name in cmd quoted file qfile via list; do
		fails "$name" "*:*"
		pinmail "$name" root <"$BATS_TEST_TMPDIR/m"
		failed 78 "*$name: *delivered to 1 other, do not resend"
	done
	pinmail some <"$BATS_TEST_TMPDIR/m"
	failed 78 '*some: *delivered to 1 other, do not resend'
	filed _none
	[ "$(sed -n 's/^rcpt=//p' "$ENV")" = a@x.org ]
	becomes root a@x.org
	[ ! -e "$evil" ]
}

@test "a line that cannot be read: an error for -bi, and for its name" {
	local bad

	for bad in 'no colon' 'two words: a@x.org' ': a@x.org' '"open: a@x.org' \
		'"": a@x.org'; do
		file 'root: a@x.org' "$bad" 'last: b@x.org'
		wrong "$ALIASES:2: *"
		becomes root a@x.org
		becomes last b@x.org
	done
	for bad in 'a b c' 'a@' '<a@x.org' '"open' 'a@x..org' '@x.org'; do
		file 'root: a@x.org' '' "bad: $bad" 'last: b@x.org'
		wrong "$ALIASES:3: *"
		fails bad "$ALIASES:3: *"
		becomes root a@x.org
		becomes last b@x.org
	done
	# What cannot be read may have been the line of who is missing.
	file 'no colon'
	fails root "*$ALIASES:1: *"
}

@test "-bi checks the file of every account, and nothing is built" {
	file 'root: a@x.org'
	conf_write 'auth off' "aliases $ALIASES" 'account two' 'host x' \
		"pin $PIN" 'from a@b.org' "aliases $ALIASES.2" \
		'account three' 'host x' "pin $PIN" 'from a@b.org' 'aliases off'
	wrong "*$ALIASES.2*"
	echo 'no colon' >"$ALIASES.2"
	wrong "$ALIASES.2:1: *"
	echo 'root: b@x.org' >"$ALIASES.2"
	before=$(ls -la "$ALIASES"*)
	pinmail -bi
	succeeded
	pinmail -I
	succeeded
	[ "$(ls -la "$ALIASES"*)" = "$before" ]
	[ ! -e "$LOG" ]
}
