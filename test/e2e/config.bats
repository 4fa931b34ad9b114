#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail.conf(5), "Which files are read", "Lines", "Accounts", "Structure"
# and "REFUSED".

load lib

NOBODY=65534 # in the password database everywhere
NOONE=54321  # not there

# Somebody who is not root: nobody, or we if we are not.
as_other() {
	if [ "$EUID" -eq 0 ]; then
		as_user "$NOBODY" "$@"
	else
		"$@"
	fi
}

# give FILE ...: let that user own them.
give() {
	[ "$EUID" -ne 0 ] || chown -R "$NOBODY" "$@"
}

# A good account, of LINES_GOOD lines.
good() {
	printf '%s\n' 'account default' 'host 127.0.0.1' "port ${PORT:-9}" \
		'tls_starttls off' "pin ${PIN:-$NO_PIN}" 'user alice' \
		'password wonder1and' 'from alice@example.com' 'syslog off'
}
LINES_GOOD=9

# conf LINE ...: exactly these lines.
conf() {
	CONF=${CONF:-$BATS_TEST_TMPDIR/conf}
	ours "$CONF" "$@"
}

# fault GLOB LINE ...: behind a good account the last line is a fault, with
# its number.
fault() {
	local glob=$1

	shift
	conf "$(good)" "$@"
	pinmail x@example.org </dev/null
	failed 78 "pinmail: $CONF:$((LINES_GOOD + $#)): $glob; not delivered *"
}

# fine LINE ...: they are no fault; the message goes out.
fine() {
	conf "$(good)" "$@"
	pinmail x@example.org </dev/null
	succeeded
	filed alice
}

# --- Which files are read ---

@test "no configuration: 78, and what to do" {
	moved_binary
	run_as_is env -u HOME "$MOVED" x@example.org </dev/null
	[[ $EUID -ne 0 ]] || [ ! -e /root/.pinmailrc ] ||
		skip "there is a real configuration"
	failed 78 "*there is no $SYSTEM_FILE*"
	CONF=$BATS_TEST_TMPDIR/none
	pinmail x@example.org </dev/null
	failed 78 "*$CONF: No such file*"
}

@test "with -C FILE that file alone is read" {
	server_start
	moved_binary
	echo 'garbage here' >"$SYSTEM_FILE"
	fine
	run_as_is "$MOVED" -C "$CONF" x@example.org </dev/null
	succeeded
	run_as_is "$MOVED" x@example.org </dev/null
	failed 78 "pinmail: $SYSTEM_FILE:1: unknown keyword garbage*"
}

@test "first the system's file, and the user's replaces its accounts" {
	server_start
	moved_binary
	good >"$SYSTEM_FILE"
	printf '%s\n' 'account other' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'user bob' 'password builder' \
		'from bob@other.org' 'syslog off' >>"$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	give "$SYSTEM_FILE"
	mkdir -p "$MOVED_DIR/home/.config/pinmail"
	good | sed 's/^from.*/from alice@mine.org/' \
		>"$MOVED_DIR/home/.config/pinmail/config"
	chmod 600 "$MOVED_DIR/home/.config/pinmail/config"
	give "$MOVED_DIR/home"
	HOME=$MOVED_DIR/home run_as_is as_other "$MOVED" x@example.org \
		</dev/null
	succeeded
	filed alice
	env_is from alice@mine.org
	# The others are there still.
	HOME=$MOVED_DIR/home run_as_is as_other "$MOVED" -a other \
		x@example.org </dev/null
	succeeded
	filed bob
	# Either may be missing.
	rm "$SYSTEM_FILE"
	HOME=$MOVED_DIR/home run_as_is as_other "$MOVED" x@example.org \
		</dev/null
	succeeded
}

@test "accounts are looked at in the order of the files, the user's first" {
	server_start
	moved_binary
	printf '%s\n' 'account a' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'user bob' 'password builder' \
		'from bob@other.org' 'syslog off' >"$SYSTEM_FILE"
	mkdir "$MOVED_DIR/home"
	good | sed 's/account default/account b/' >"$MOVED_DIR/home/.pinmailrc"
	echo 'senders *@other.org' >>"$MOVED_DIR/home/.pinmailrc"
	chmod 600 "$SYSTEM_FILE" "$MOVED_DIR/home/.pinmailrc"
	give "$SYSTEM_FILE" "$MOVED_DIR/home"
	HOME=$MOVED_DIR/home run_as_is as_other "$MOVED" \
		-f bob@other.org x@example.org </dev/null
	succeeded
	filed alice
	env_is from bob@other.org
}

@test "what defaults says holds in its own file" {
	local h

	server_start
	moved_binary
	h=$MOVED_DIR/home
	mkdir "$h"
	{ printf '%s\n' defaults 'domain system.org'; good; } >"$SYSTEM_FILE"
	good | sed 's/account default/account mine/' >"$h/.pinmailrc"
	chmod 600 "$SYSTEM_FILE" "$h/.pinmailrc"
	give "$SYSTEM_FILE" "$h"
	HOME=$h run_as_is as_other "$MOVED" -a mine x@example.org </dev/null
	succeeded
	filed alice
	env_is helo example.com
	HOME=$h run_as_is as_other "$MOVED" -a default x@example.org </dev/null
	succeeded
	filed alice
	env_is helo system.org
}

# user_file PATH: only that file of nobody's is good; is it read?
user_file() {
	rm -rf "${MOVED_DIR:?}/home"
	mkdir -p "$MOVED_DIR/home" "$(dirname "$1")"
	good >"$1"
	chmod 600 "$1"
	give "$MOVED_DIR/home"
	run_as_is as_other env "${@:2}" "$MOVED" x@example.org </dev/null
}

@test "\$XDG_CONFIG_HOME/pinmail/config if it exists, else ~/.pinmailrc" {
	local h

	server_start
	moved_binary
	h=$MOVED_DIR/home
	user_file "$h/.config/pinmail/config" HOME="$h"
	succeeded
	user_file "$h/.pinmailrc" HOME="$h"
	succeeded
	user_file "$h/xdg/pinmail/config" HOME="$h" XDG_CONFIG_HOME="$h/xdg"
	succeeded
	user_file "$h/.pinmailrc" HOME="$h" XDG_CONFIG_HOME="$h/xdg"
	succeeded
	# With XDG_CONFIG_HOME the other place is not looked at.
	user_file "$h/.config/pinmail/config" HOME="$h" XDG_CONFIG_HOME="$h/xdg"
	failed 78
	# Empty is not set.
	user_file "$h/.config/pinmail/config" HOME="$h" XDG_CONFIG_HOME=
	succeeded
	# HOME points at it, and the home of the password database is not.
	user_file "$h/.pinmailrc" HOME=/nonexistent
	failed 78
}

@test "where both of the user's files exist, one is read" {
	local h

	server_start
	moved_binary
	h=$MOVED_DIR/home
	mkdir -p "$h/.config/pinmail"
	good >"$h/.config/pinmail/config"
	echo garbage >"$h/.pinmailrc"
	chmod 600 "$h/.config/pinmail/config" "$h/.pinmailrc"
	give "$h"
	HOME=$h run_as_is as_other "$MOVED" x@example.org </dev/null
	succeeded
}

@test "HOME and XDG_CONFIG_HOME do not count if the user is root" {
	local h

	need_root
	server_start
	moved_binary
	h=$MOVED_DIR/home
	mkdir -p "$h/.config/pinmail"
	good >"$h/.config/pinmail/config"
	good >"$h/.pinmailrc"
	chmod 600 "$h/.config/pinmail/config" "$h/.pinmailrc"
	[ ! -e /root/.pinmailrc ] && [ ! -e /root/.config/pinmail/config ] ||
		skip "root has a real configuration"
	HOME=$h XDG_CONFIG_HOME=$h/.config run_as_is "$MOVED" x@example.org \
		</dev/null
	failed 78 "*there is no $SYSTEM_FILE*"
}

@test "a user without an entry in the password database: system file only" {
	local h

	need_root
	server_start
	moved_binary
	! getent passwd "$NOONE" >/dev/null || skip "uid $NOONE is somebody"
	h=$MOVED_DIR/home
	user_file "$h/.pinmailrc" HOME="$h"
	chown -R "$NOONE" "$h"
	HOME=$h run_as_is as_user "$NOONE" "$MOVED" x@example.org </dev/null
	failed 78
	good >"$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	chown "$NOONE" "$SYSTEM_FILE"
	HOME=$h run_as_is as_user "$NOONE" "$MOVED" x@example.org </dev/null
	succeeded
}

@test "a system file that the user may not read" {
	local h

	need_root
	server_start
	moved_binary
	h=$MOVED_DIR/home
	good >"$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	# ... is an error, which names owner, mode and uid,
	HOME=$h run_as_is as_user "$NOBODY" "$MOVED" x@example.org </dev/null
	failed 78 "*$SYSTEM_FILE: uid $NOBODY may not read it (owner 0, mode 0600)*"
	run_as_is as_user "$NOBODY" "$MOVED" -C "$SYSTEM_FILE" x@example.org \
		</dev/null
	failed 78 "*$SYSTEM_FILE: uid $NOBODY may not read it*"
	# ... and is passed over if a user's file exists.
	user_file "$h/.pinmailrc" HOME="$h"
	succeeded
}

@test "a user's file that the user may not read counts as missing" {
	local h uid=$EUID

	[ "$EUID" -ne 0 ] || uid=$NOBODY

	server_start
	moved_binary
	h=$MOVED_DIR/home
	mkdir "$h"
	echo garbage >"$h/.pinmailrc"
	good >"$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	give "$SYSTEM_FILE"
	chmod 0 "$h/.pinmailrc"
	HOME=$h run_as_is as_other "$MOVED" x@example.org </dev/null
	succeeded
	# It is named where one looks for what is wrong.
	HOME=$h run_as_is as_other "$MOVED" --check --offline </dev/null
	[ "$status" -eq 0 ]
	[[ $out == *"warning  configuration "*"$h/.pinmailrc: uid $uid may not read it"* ]] ||
		{ echo "$out"; false; }
	# Nor may its directory.
	chmod 0 "$h"
	HOME=$h run_as_is as_other "$MOVED" x@example.org </dev/null
	succeeded
	chmod 700 "$h"
	# With no other file, it is what is wrong.
	rm "$SYSTEM_FILE"
	chmod 755 "$h"
	HOME=$h run_as_is as_other "$MOVED" x@example.org </dev/null
	failed 78 "*there is no $SYSTEM_FILE, and $h/.pinmailrc: uid $uid may not read it (owner $EUID, mode 0000)*"
	HOME=$h run_as_is as_other "$MOVED" --check --offline </dev/null
	[ "$status" -eq 78 ]
	[[ $out == *"wrong "*"$h/.pinmailrc: uid $uid may not read it"* ]]
	[[ $out != *warning* ]]
}

@test "each must be a regular file" {
	CONF=$BATS_TEST_TMPDIR
	pinmail x@example.org </dev/null
	failed 78 '*not a regular file*'
	CONF=/dev/null
	pinmail x@example.org </dev/null
	failed 78 '*not a regular file*'
	# It does not wait for a writer.
	CONF=$BATS_TEST_TMPDIR/fifo
	mkfifo -m 600 "$CONF"
	pinmail x@example.org </dev/null
	failed 78 '*not a regular file*'
}

@test "each must not be writable by group or others" {
	local mode

	server_start
	fine
	for mode in 620 602 666 622; do
		chmod "$mode" "$CONF"
		pinmail x@example.org </dev/null
		failed 78 "*$CONF*can be written by others (mode 0$mode)*"
	done
	# An included file and that of a pin too.
	chmod 600 "$CONF"
	echo 'syslog off' >"$BATS_TEST_TMPDIR/more"
	chmod 620 "$BATS_TEST_TMPDIR/more"
	fault '*more: can be written by others*' 'include more'
	cp "$DIR/cert.pem" "$BATS_TEST_TMPDIR/cert"
	chmod 606 "$BATS_TEST_TMPDIR/cert"
	conf "$(good)" 'pin cert cert'
	pinmail x@example.org </dev/null
	failed 78 '*cert*can be written by others*'
}

@test "each must be owned by the effective user or by root" {
	need_root
	server_start
	fine
	chown "$NOBODY" "$CONF"
	pinmail x@example.org </dev/null
	failed 78 "*belongs to uid $NOBODY*"
	moved_binary
	good >"$MOVED_DIR/conf"
	chmod 600 "$MOVED_DIR/conf"
	chown "$NOONE" "$MOVED_DIR/conf"
	run_as_is as_user "$NOONE" "$MOVED" -C "$MOVED_DIR/conf" x@example.org \
		</dev/null
	succeeded
	# Root's, for somebody else.
	sed -i '/^password/d' "$MOVED_DIR/conf"
	echo 'passwordeval echo wonder1and' >>"$MOVED_DIR/conf"
	chown 0 "$MOVED_DIR/conf"
	chmod 644 "$MOVED_DIR/conf"
	run_as_is as_user "$NOONE" "$MOVED" -C "$MOVED_DIR/conf" x@example.org \
		</dev/null
	succeeded
}

@test "a symbolic link must be owned by one of the two as well" {
	need_root
	server_start
	fine
	ln -s conf "$BATS_TEST_TMPDIR/link"
	CONF=$BATS_TEST_TMPDIR/link
	pinmail x@example.org </dev/null
	succeeded
	chown -h "$NOBODY" "$CONF"
	pinmail x@example.org </dev/null
	failed 78 "*symbolic link of uid $NOBODY*"
}

@test "a file with a password line must not be readable by others" {
	local mode

	server_start
	fine
	for mode in 604 644; do
		chmod "$mode" "$CONF"
		pinmail x@example.org </dev/null
		failed 78 "*$CONF:7: *password*"
		[[ $err != *wonder1and* ]]
	done
	# Group may read it.
	chmod 640 "$CONF"
	pinmail x@example.org </dev/null
	succeeded
	# Without such a line all may.
	conf "$(good | sed '/^password/d')" 'passwordeval echo wonder1and'
	chmod 644 "$CONF"
	pinmail x@example.org </dev/null
	succeeded
	# Unless it is below the directory that CREDENTIALS_DIRECTORY names.
	conf "$(good)"
	chmod 644 "$CONF"
	CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR pinmail x@example.org </dev/null
	succeeded
	CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/co pinmail x@example.org \
		</dev/null
	failed 78
}

# --- Lines ---

@test "blanks, carriage returns and comments" {
	server_start
	conf '# comment' '' '   	' '	# comment' '#account nobody' \
		$'account default\r' $'\thost \t 127.0.0.1 \t \r' "port	$PORT" \
		$'\r' "  tls_starttls off  " "pin $PIN" 'user alice' \
		'password wonder1and' 'from alice@example.com   ' 'syslog off'
	pinmail x@example.org </dev/null
	succeeded
	# The last line need not end.
	printf 'from alice+x@example.com' >>"$CONF"
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	env_is from alice+x@example.com
}

@test "there is no comment behind an argument: passwords may hold #" {
	server_start --login 'carol:pass #word# '
	fine
	conf "$(good)" 'user carol' 'password "pass #word# "'
	pinmail x@example.org </dev/null
	succeeded
	filed carol
	fault '*' 'port 25 # submission'
}

@test "double quotes at start and end are taken off; there are no escapes" {
	server_start --login 'carol:"in quotes"' --login 'dave:a"b\n"'
	conf "$(good)" 'from "alice+q@example.com"'
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	env_is from alice+q@example.com
	conf "$(good)" 'user carol' 'password ""in quotes""'
	pinmail x@example.org </dev/null
	succeeded
	filed carol
	conf "$(good)" 'user dave' 'password a"b\n"'
	pinmail x@example.org </dev/null
	succeeded
	filed dave
	# Blanks inside of quotes stay.
	conf "$(good)" 'from_full_name "  A  "'
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	grep -q 'From:   A   <alice@example.com>' "$EML" ||
		grep -q 'From: "  A  " <alice@example.com>' "$EML"
}

@test "lines may have any length" {
	server_start
	"$PYTHON" -c 'print("# " + "x" * 300000)' >"$BATS_TEST_TMPDIR/long"
	fine "$(cat "$BATS_TEST_TMPDIR/long")" \
		"passwordeval $(printf '%100000s' '') echo wonder1and"
	conf "$(good)" "$("$PYTHON" -c 'print("senders" + "x" * 100000)')"
	pinmail x@example.org </dev/null
	failed 78 '*:10: unknown keyword sendersxxx*'
}

@test "keywords and the words on, off and auto are lower case" {
	fault 'unknown keyword Port; is it port?' 'Port 25'
	fault 'partial cannot be "On"*' 'partial On'
	fault 'set_date_header cannot be "AUTO"*' 'set_date_header AUTO'
}

@test "an unknown keyword is an error, which names the nearest one" {
	fault 'unknown keyword passwrod; is it password?' 'passwrod x'
	fault 'unknown keyword sender; is it senders?' 'sender x'
	fault 'unknown keyword tls_startls; is it tls_starttls?' 'tls_startls on'
	fault 'unknown keyword zzzzzzzz' 'zzzzzzzz'
	fault 'unknown keyword acount; is it account?' 'acount x'
	fault 'unknown keyword inclde; is it include?' 'inclde x'
	fault 'unknown keyword default; is it defaults?' 'default'
}

@test "a control character in an argument is an error" {
	fault '*control character*' $'from alice\x01@example.com'
	fault '*control character*' $'password a\x1bb'
	fault '*control character*' $'host 127.0.0.1\rx'
	fault '*control character*' $'from_full_name A\x7f'
	printf 'account d\nhost a\0b\n' >"$CONF"
	pinmail x@example.org </dev/null
	failed 78
}

@test "on or off without an argument is on" {
	server_start --refuse 'bad@example.org=550 no'
	fine 'partial off' 'partial'
	pinmail x@example.org bad@example.org </dev/null
	failed 67 '*delivered to 1*'
	fine 'partial off'
	pinmail x@example.org bad@example.org </dev/null
	failed 67
	[[ $err != *delivered\ to\ 1* ]]
	fine tls_starttls 'tls_starttls off'
	fine auth
	fine tls tls_certcheck 'tls on' 'tls_certcheck on'
}

@test "a text without an argument unsets what the account has inherited" {
	server_start
	conf defaults 'domain web7.example.net' "$(good)" domain
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	env_is helo example.com
	conf defaults 'tls_trust_file nothing' 'logfile x.log' "$(good)" \
		tls_trust_file logfile
	pinmail x@example.org </dev/null
	succeeded
	[ ! -e "$BATS_TEST_TMPDIR/x.log" ]
}

@test "a relative name is taken from the directory of its file" {
	server_start
	mkdir "$BATS_TEST_TMPDIR/elsewhere" "$BATS_TEST_TMPDIR/sub"
	CONF=$BATS_TEST_TMPDIR/sub/conf
	(umask 077; echo wonder1and >"$BATS_TEST_TMPDIR/pw")
	cd "$BATS_TEST_TMPDIR/elsewhere"
	fine 'logfile x.log' 'passwordfile ../pw'
	[ -s "$BATS_TEST_TMPDIR/sub/x.log" ]
	[ ! -e x.log ]
	# The same where the file itself is named relatively.
	cd "$BATS_TEST_TMPDIR"
	rm sub/x.log
	CONF=sub/conf pinmail x@example.org </dev/null
	succeeded
	[ -s sub/x.log ]
	cd sub
	rm x.log
	CONF=conf pinmail x@example.org </dev/null
	succeeded
	[ -s x.log ]
	[ "$(find "$BATS_TEST_TMPDIR" -name x.log | wc -l)" -eq 1 ]
}

@test "~/ is the home directory" {
	local h

	server_start
	moved_binary
	h=$MOVED_DIR/home
	mkdir "$h"
	{ good; echo 'logfile ~/x.log'; } >"$MOVED_DIR/conf"
	chmod 600 "$MOVED_DIR/conf"
	give "$MOVED_DIR/conf" "$h"
	HOME=$h run_as_is as_other "$MOVED" -C "$MOVED_DIR/conf" \
		x@example.org </dev/null
	succeeded
	[ -s "$h/x.log" ]
}

# --- Accounts ---

@test "defaults, and what accounts inherit" {
	server_start
	conf 'syslog off' 'defaults' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'syslog off' 'user alice' \
		'password wonder1and' \
		'account one' 'from alice@one.org' \
		'account two' 'user bob' 'password builder' 'from bob@two.org' \
		'account three : two' 'from bob@three.org' \
		'account four : one , two' 'from x@four.org' \
		'account five : two,one' 'from x@five.org'
	pinmail -a one x@example.org </dev/null
	succeeded
	filed alice
	env_is from alice@one.org
	pinmail -a three x@example.org </dev/null
	succeeded
	filed bob
	env_is from bob@three.org
	# Later ones win: two says user bob; one says nothing new.
	pinmail -a four x@example.org </dev/null
	succeeded
	filed bob
	env_is from x@four.org
}

@test "later bases win, and what defaults said is inherited first" {
	server_start
	conf 'defaults' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "pin $PIN" 'syslog off' 'user alice' \
		'password wonder1and' 'domain d.org' \
		'account a' 'domain a.org' 'from a@a.org' \
		'account b' 'domain b.org' 'from b@b.org' \
		'account c : a, b' 'account d : b, a' 'account e : a' \
		'domain e.org' 'account f' 'from f@f.org'
	for pair in c:b d:a e:e f:d; do
		pinmail -a "${pair%:*}" x@example.org </dev/null
		succeeded
		filed alice
		env_is helo "${pair#*:}.org"
	done
}

@test "settings above the first account make one of the name default" {
	server_start
	conf "$(good | tail -n +2)" 'account other' 'from other@example.com'
	pinmail x@example.org </dev/null
	succeeded
	fault '*default*' 'account default'
}

@test "defaults forgets what an earlier defaults said" {
	server_start
	conf 'defaults' 'domain d.org' 'set_date_header off' 'defaults' \
		"$(good)"
	pinmail x@example.org </dev/null
	succeeded
	filed alice
	env_is helo example.com
	[ "$(field Date)" != '' ]
}

@test "a keyword that occurs twice has its last value" {
	server_start
	fine 'domain a.org' 'domain b.org'
	env_is helo b.org
	fine 'timeout 5' 'connect_timeout off'
}

@test "pin lines add up; the account's own replace the inherited ones" {
	local other

	server_start
	other=sha256:$(printf '%064d' 0)
	# Of several lines one match is enough.
	conf defaults "pin $other" "$(good)"
	pinmail x@example.org </dev/null
	succeeded
	conf "$(good)" "pin $other"
	pinmail x@example.org </dev/null
	succeeded
	# Inherited ones count where the account has none ...
	conf defaults "pin $other" "pin $PIN" \
		"$(good | grep -v ^pin)"
	pinmail x@example.org </dev/null
	succeeded
	# ... and not where it has one, of either kind.
	conf defaults "pin $PIN" "$(good | grep -v ^pin)" "pin $other"
	pinmail x@example.org </dev/null
	failed 76
	conf defaults "pin $PIN" "$(good | grep -v ^pin)" \
		"tls_fingerprint ${other#*:}"
	pinmail x@example.org </dev/null
	failed 76
}

@test "senders lines add up; the account's own replace the inherited ones" {
	server_start
	conf defaults 'senders *@a.org' 'senders *@b.org' "$(good)"
	for who in x@a.org x@b.org; do
		pinmail -f "$who" x@example.org </dev/null
		succeeded
	done
	conf defaults 'senders *@a.org' "$(good)" 'senders *@b.org'
	pinmail -f x@b.org x@example.org </dev/null
	succeeded
	pinmail -f x@a.org x@example.org </dev/null
	failed 77
}

@test "of password, passwordfile and passwordeval the last one counts" {
	server_start
	(umask 077; echo wonder1and >"$BATS_TEST_TMPDIR/pw"
	echo wrong >"$BATS_TEST_TMPDIR/wrong")
	fine 'password wrong' 'passwordfile pw'
	fine 'passwordfile wrong' 'passwordeval echo wonder1and'
	fine 'passwordeval echo wrong' 'password wonder1and'
	# Over what is inherited too.
	conf defaults 'passwordeval echo wrong' "$(good)"
	pinmail x@example.org </dev/null
	succeeded
	conf defaults 'password wrong' "$(good | grep -v ^password)" \
		'passwordfile pw'
	pinmail x@example.org </dev/null
	succeeded
	# Of user and userfile as well.
	echo alice >"$BATS_TEST_TMPDIR/user"
	fine 'user bob' 'userfile user'
	echo bob >"$BATS_TEST_TMPDIR/user"
	fine 'userfile user' 'user alice'
}

@test "account: what is wrong with its line" {
	fault '*there already*' 'account default'
	fault '*no account nobody above*' 'account x : nobody'
	fault '*no account x above*' 'account x : x'
	fault '*no account later above*' 'account x : later'
	fault '*' 'account'
	fault '*' 'account a,b'
	fault '*' 'account x : default,'
}

@test "an account that cannot deliver says what it needs, and where" {
	local word

	for word in host pin from; do
		conf "$(good | sed "/^$word /d")"
		pinmail x@example.org </dev/null
		failed 78 "pinmail: $CONF:1: account default has no *$word *"
	done
	# No pin: it names the command that finds one.
	conf "$(good | sed '/^pin /d')"
	pinmail x@example.org </dev/null
	failed 78 "*pinmail -C $CONF --pin -a default;*"
	# Accounts that are not used may be unfinished.
	PORT=9
	conf "$(good)" 'account other' 'host x'
	pinmail x@example.org </dev/null
	failed 75
}

@test "all faults of a file: the first one, with file and line" {
	conf "$(good)" 'bogus1' 'bogus2'
	pinmail x@example.org </dev/null
	failed 78 "*$CONF:10: unknown keyword bogus1*"
	# A fault in an account that is not used is a fault.
	fault 'unknown keyword bogus*' 'account other' 'bogus'
}

# --- include ---

@test "include: inside and outside of an account, relative, nested" {
	server_start
	mkdir -p "$BATS_TEST_TMPDIR/sub/dir"
	printf 'user bob\ninclude dir/deeper\n' >"$BATS_TEST_TMPDIR/sub/one"
	printf 'passwordeval echo builder\n' >"$BATS_TEST_TMPDIR/sub/dir/deeper"
	conf "$(good)" 'include sub/one' 'domain after.org'
	pinmail x@example.org </dev/null
	succeeded
	filed bob
	env_is helo after.org
	# Outside, with accounts in it, one of which is a base.
	printf 'account base\nhost 127.0.0.1\nport %s\ntls_starttls off\npin %s\nsyslog off\n' \
		"$PORT" "$PIN" >"$BATS_TEST_TMPDIR/sub/one"
	conf 'include sub/one' 'account default : base' 'user alice' \
		'password wonder1and' 'from alice@example.com'
	pinmail x@example.org </dev/null
	succeeded
	# In defaults.
	printf 'host 127.0.0.1\nport %s\ntls_starttls off\npin %s\n' \
		"$PORT" "$PIN" >"$BATS_TEST_TMPDIR/sub/one"
	conf defaults "include $BATS_TEST_TMPDIR/sub/one" 'syslog off' \
		'account default' 'user alice' 'password wonder1and' \
		'from alice@example.com'
	pinmail x@example.org </dev/null
	succeeded
}

@test "include: patterns, in sorted order; it is no error if there are none" {
	server_start
	mkdir "$BATS_TEST_TMPDIR/conf.d"
	fine 'include conf.d/*.conf' 'include nowhere/*' 'include conf.d/[x]?'
	echo 'domain c.org' >"$BATS_TEST_TMPDIR/conf.d/c.conf"
	echo 'domain a.org' >"$BATS_TEST_TMPDIR/conf.d/a.conf"
	echo 'domain b.org' >"$BATS_TEST_TMPDIR/conf.d/b.conf"
	echo 'bogus' >"$BATS_TEST_TMPDIR/conf.d/d.not"
	fine 'include conf.d/*.conf'
	env_is helo c.org
}

@test "include: what is wrong" {
	fault '*none: No such file*' 'include none'
	fault '*' 'include'
	echo 'bogus 1' >"$BATS_TEST_TMPDIR/one"
	conf "$(good)" 'include one'
	pinmail x@example.org </dev/null
	failed 78 "pinmail: $BATS_TEST_TMPDIR/one:1: unknown keyword bogus*"
	# Each of these files is judged like the first one.
	echo 'password x' >"$BATS_TEST_TMPDIR/one"
	chmod 644 "$BATS_TEST_TMPDIR/one"
	pinmail x@example.org </dev/null
	failed 78 "*one:1: *password*"
}

@test "include: up to 8 deep" {
	local i

	server_start
	for i in 1 2 3 4 5 6; do
		echo "include f$((i + 1))" >"$BATS_TEST_TMPDIR/f$i"
	done
	echo 'domain deep.org' >"$BATS_TEST_TMPDIR/f7"
	fine 'include f1'
	env_is helo deep.org
	# The file itself, f1 to f7: that is eight files.
	echo 'include f8' >>"$BATS_TEST_TMPDIR/f7"
	echo '# nothing' >"$BATS_TEST_TMPDIR/f8"
	conf "$(good)" 'include f1'
	pinmail x@example.org </dev/null
	failed 78 '*more than 8 deep*'
	# One that includes itself ends, and says so.
	echo 'include loop' >"$BATS_TEST_TMPDIR/loop"
	conf "$(good)" 'include loop'
	pinmail x@example.org </dev/null
	failed 78 "*/loop:1: *more than 8 deep*"
}

# --- Keywords' arguments ---

@test "arguments that are none" {
	fault 'port cannot be "0"*1*65535*' 'port 0'
	fault 'port cannot be "65536"*' 'port 65536'
	fault 'port cannot be "smtp"*' 'port smtp'
	fault 'port cannot be "-1"*' 'port -1'
	fault 'port cannot be ""*' 'port'
	fault 'timeout cannot be "0"*' 'timeout 0'
	fault 'timeout cannot be "1.5"*' 'timeout 1.5'
	fault 'connect_timeout cannot be "x"*' 'connect_timeout x'
	fault 'deadline cannot be "99999999999999999999"*' \
		'deadline 99999999999999999999'
	fault 'tls_starttls cannot be "maybe"*' 'tls_starttls maybe'
	fault 'tls_min_version cannot be "1.1"*' 'tls_min_version 1.1'
	fault 'auth cannot be "scram"*' 'auth scram'
	fault 'foreign_from cannot be "accept"*' 'foreign_from accept'
	fault 'set_to_header cannot be "auto"*' 'set_to_header auto'
	fault 'log_format cannot be "xml"*' 'log_format xml'
	fault 'syslog cannot be "LOG_KERN"*' 'syslog LOG_KERN'
	fault 'dsn_notify*' 'dsn_notify always'
	fault 'dsn_notify*' 'dsn_notify never,success'
	fault 'dsn_return*' 'dsn_return none'
	fault 'from*' 'from alice'
	fault 'from*' 'from Alice <alice@example.com>'
	fault 'domain*' 'domain a b'
	fault 'domain*' 'domain a>b'
	fault 'identity_header*' 'identity_header X-A: b'
	fault 'identity_header*' 'identity_header X A'
	fault 'protocol cannot be "submission"*' 'protocol submission'
}

@test "a malformed pin" {
	local h

	h=$(printf '%064d' 0)
	fault '*pin*' 'pin'
	fault '*pin*' 'pin sha256:'
	fault '*pin*' "pin sha256:${h%0}"
	fault '*pin*' "pin sha256:${h}0"
	fault '*pin*' "pin sha256:${h%0}g"
	fault '*pin*' "pin $h"
	fault '*pin*' "pin sha1:$h"
	fault '*pin*' "pin key sha256:$h"
	fault '*pin*' 'pin ca'
	fault '*pin*' 'pin cert'
	fault '*pin*' "pin ca sha256:zz"
	fault '*pin*' "pin sha256/$h"
	fault '*pin*' 'pin sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
	fault '*pin*' 'pin sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=='
	fault '*tls_fingerprint*' "tls_fingerprint ${h%0}"
}

@test "a pin file that is unusable" {
	server_start
	conf "$(good)" 'pin ca none.pem'
	pinmail x@example.org </dev/null
	failed 78 "*$BATS_TEST_TMPDIR/none.pem: No such file*"
	conf "$(good)" 'pin cert conf'
	pinmail x@example.org </dev/null
	failed 78 '*no certificate*'
	# A key is no certificate.
	cp "$DIR/key.pem" "$BATS_TEST_TMPDIR/key.pem"
	conf "$(good)" 'pin ca key.pem'
	pinmail x@example.org </dev/null
	failed 78 '*no certificate*'
	: >"$BATS_TEST_TMPDIR/empty"
	conf "$(good)" 'pin ca empty'
	pinmail x@example.org </dev/null
	failed 78 '*no certificate*'
	filed_are 0
}

@test "a hash: hex with or without colons, base64, curl's sha256//" {
	local hex b64

	server_start
	hex=${PIN#sha256:}
	b64=$("$PYTHON" -c 'import base64, sys
print(base64.b64encode(bytes.fromhex(sys.argv[1])).decode())' "$hex")
	for PIN in "sha256:${hex^^}" \
		"sha256:$(sed 's/../&:/g;s/:$//' <<<"$hex")" \
		"sha256:$b64" "sha256//$b64" "sha256:${b64%=}"; do
		fine
	done
}

@test "aliases, tls_min_dh_prime_bits, protocol and old words do nothing" {
	server_start
	fine 'aliases /etc/aliases' 'tls_min_dh_prime_bits 2048' 'protocol smtp' \
		'set_msgid_header auto' 'remove_bcc_headers on' \
		'auto_from off' 'keepbcc off' 'tls_force_sslv3 on' \
		'add_missing_from_header on' 'add_missing_date_header on' \
		'tls_trust_file system' 'timeout off' 'deadline off' \
		'from_full_name' 'identity_header off'
}

# --- REFUSED ---

@test "what is refused, with the line and what to write instead" {
	local f16 f20

	f16=$(printf '00:%.0s' {1..15})00
	f20=$(printf '00:%.0s' {1..19})00
	fault '*delete the line*' 'tls off'
	fault '*delete the line*' 'tls_certcheck off'
	fault '*delete the line*' 'tls_nocertcheck'
	fault '*tls_starttls off*' 'tls_nostarttls'
	fault '*SHA-256*pin*' "tls_fingerprint $f16"
	fault '*SHA-256*pin*' "tls_fingerprint $f20"
	fault '*SHA-256*' "tls_fingerprint ${f20//:/}"
	fault '*delete the line*' 'tls_crl_file x'
	fault '*tls_min_version 1.3*' 'tls_priorities SECURE256'
	fault '*2048*' 'tls_min_dh_prime_bits 1024'
	fault '*delete the line*' 'protocol lmtp'
	fault '*auth on*' 'auth cram-md5'
	fault '*auth on*' 'auth digest-md5'
	fault '*auth on*' 'auth ntlm'
	fault '*auth on*' 'auth gssapi'
	fault '*delete the line*' 'ntlmdomain x'
	fault '*passwordeval*' 'eval echo user x'
	fault '*delete the line*' 'set_msgid_header off'
	fault '*delete the line*' 'remove_bcc_headers off'
	fault '*delete the line*' 'keepbcc on'
	fault '*delete the line*' 'keepbcc'
	fault '*senders*' 'from *@example.com'
	fault '*senders*' 'from al?ce@example.com'
	fault '*' 'from %F'
	fault '*from %U@*' 'auto_from on'
	fault '*from %U@*' 'maildomain example.com'
}

@test "eval runs nothing" {
	fault '*' "eval touch $BATS_TEST_TMPDIR/ran"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "no secret of the file shows in an error" {
	fault '*' $'password s3cr\x01et'
	[[ $err != *s3cr* ]]
	conf "$(good)" 'bogus' 'password s3cret'
	pinmail -v x@example.org </dev/null
	failed 78
	[[ $err != *s3cret* ]]
}
