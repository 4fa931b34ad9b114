#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What is checked".

load lib

setup() {
	untraced
	ALIASES=$BATS_TEST_TMPDIR/aliases
	ZERO=sha256:$(printf '%064d' 0)
}

# good [LINE ...]: a configuration in which nothing is to be found.
good() {
	echo 'root: admin@example.com' >"$ALIASES"
	conf_write "aliases $ALIASES" "pin $ZERO" "$@"
}

# check [ARGUMENT ...]: run it.  No password is printed in any way.  Sets
# STEPS, what lines there are, each step once, and WRONG, how many are.
check() {
	local word what text last=
	local to_do='(see|write|add|run|try|delete|correct|ask|look|check|is it|it is|let) '

	run_as_is "$PINMAIL" -C "$CONF" --check "$@" </dev/null
	# The second is PLAIN's, the third LOGIN's.
	for word in wonder1and AGFsaWNlAHdvbmRlcjFhbmQ d29uZGVyMWFuZA; do
		[[ $out$err != *"$word"* ]] || { echo "$out$err"; return 1; }
	done
	STEPS= WRONG=0
	while read -r word what text; do
		[ "$what" = "$last" ] || STEPS+=${STEPS:+ }$what
		last=$what
		[ "$word" != wrong ] || WRONG=$((WRONG + 1))
		# A line that is wrong says what to do.
		[ "$word" != wrong ] || [[ $text =~ $to_do ]] ||
			{ echo "and now? $what $text"; return 1; }
	done <<<"$out"
}

# exits STATUS: so did the last run, and it said nothing on standard error.
exits() {
	[ "$status" -eq "$1" ] || { echo "exit $status: $out$err"; return 1; }
	[ -z "$err" ] || { echo "stderr: $err"; return 1; }
}

# says STATE STEP GLOB: there is such a line.
says() {
	local state what text

	while read -r state what text; do
		# shellcheck disable=SC2053
		[[ $state$what != "$1$2" || $text != $3 ]] || return 0
	done <<<"$out"
	echo "no $1 $2 $3 in: $out"
	return 1
}

# The manual's, in its order.
manual_steps() {
	sed -n '/^\.Ss What is checked$/,/^\.Ss Recipients$/s/^\.It Li //p' \
		"$top_srcdir/man/pinmail.1" | xargs
}

here='configuration account aliases secret keys'
there='name connection tls pin capabilities login sender'

# fails STATUS STEP GLOB [THEN]: the first line that is wrong is that one, it
# is the only one, and of the steps behind it only these are there.
fails() {
	local expected="$here $there"

	exits "$1"
	says wrong "$2" "$3"
	[ "$WRONG" -eq 1 ] || { echo "$out"; return 1; }
	expected=${expected%%"$2"*}$2${4+ $4}
	[ "$STEPS" = "$expected log" ] || { echo "$out"; return 1; }
}

@test "a line for each step, in the manual's order" {
	server_start
	good 'senders *@shop.example.com'
	check --send bob@example.org
	exits 0
	[ "$STEPS" = "$(manual_steps)" ]
	[ "$STEPS" = "$here $there log message" ]
	# What became of it, the step, what was found; nothing else.
	[ "$(grep -cE '^ok +[a-z]+ +[^ ]' <<<"$out")" -eq \
		"$(wc -l <<<"$out")" ]
	says ok configuration "$CONF: owner $(id -u) (*), mode 0600, nobody else can read it"
	says ok account "default ($CONF:1) sends for alice@example.com, \*@shop.example.com"
	says ok aliases 'mail for root goes to admin@example.com'
	says ok secret 'user alice, password from the configuration'
	says ok keys '2 pins'
	says ok name '127.0.0.1: 127.0.0.1'
	says ok connection "127.0.0.1:$PORT"
	says ok tls 'TLSv1.3, TLS_*, [xXP]*'
	says ok pin "$PIN, the server's own key; *20[0-9][0-9]-[01][0-9]-[0-3][0-9], in 36[45]? days*"
	says ok pin '1 backup'
	says ok capabilities 'PIPELINING, CHUNKING, 8BITMIME, SMTPUTF8, DSN'
	says ok login 'SCRAM-SHA-256-PLUS as alice, bound to *TLS session'
	says ok sender '*alice@example.com*accepted'
	says ok log "$LOG"
	# A message, by a session of its own; and it is logged.
	[ "$(count_filed)" -eq 1 ]
	filed alice
	env_is rcpt bob@example.org
	env_is from alice@example.com
	env_is session 2
	says ok message "sent to bob@example.org, Message-ID $(field Message-ID)"
	[[ $(field Subject) == *--check* ]]
	[ "$(wc -l <"$LOG")" -eq 1 ]
	grep -q ' rcpt=bob@example.org rcpts=1 .* status=sent exit=0 ' "$LOG"
	# Without --send there is none.
	check
	exits 0
	[ "$STEPS" = "$here $there log" ]
	[ "$(count_filed)" -eq 1 ]
	[ "$(wc -l <"$LOG")" -eq 1 ]
	# The message is one to a recipient that may be refused.
	server_start --refuse 'bob@example.org=550 5.1.1 nobody'
	good
	check --send bob@example.org
	exits 67
	says ok sender '*'
	says wrong message '*bob@example.org*550 5.1.1 nobody*'
	check --send bob
	exits 78
	says wrong message '*bob: nobody on this host gets mail; write *'
}

# The server's name and what it offers are hostile too.
hostile() {
	player T $'S 220 \e[2J|x' C $'S 250-\e]0;x\a' 'S 250-PIPELINING' \
		$'S 250-SIZE 1\e[2J' 'S 250 AUTH PLAIN' C 'S 235 ok' C \
		'S 250 ok' C \
		$'S 550-5.7.1 \e[31m "q\\q" a|days_left=0;' \
		$'S 550 5.7.1 \xff\xc2\x9b\x7f\x01 end'
	good
}

@test "MAIL, RCPT, RSET and no more; a hostile server's words are cleaned" {
	server_start
	player T 'S 220 x' C 'S 250-x' 'S 250 AUTH PLAIN' C 'S 235 ok' \
		C 'S 250 ok' C 'S 250 ok' C 'S 250 ok'
	good
	check -v
	[ "$status" -eq 0 ]
	says ok login 'PLAIN as alice, not bound to *'
	says ok capabilities none
	# -v shows the dialogue as always.
	grep -qx '> RSET' <<<"$err"
	grep -qx '> AUTH PLAIN \*\*\*\*' <<<"$err"
	wait "$PLAYER"
	[ "$(tr -d '\r' <"$HEARD")" = "$(printf '%s\n' 'EHLO example.com' \
		'AUTH PLAIN AGFsaWNlAHdvbmRlcjFhbmQ=' \
		'MAIL FROM:<alice@example.com>' \
		'RCPT TO:<alice@example.com>' RSET QUIT)" ]

	hostile
	check -v
	[ "$status" -eq 69 ] || [ "$status" -eq 67 ] || [ "$status" -eq 76 ]
	LC_ALL=C lacks $'[\x01-\x08\x0b-\x1f\x7f-\xff]' "$BATS_TEST_TMPDIR/out"
	LC_ALL=C lacks $'[\x01-\x08\x0b-\x1f\x7f-\xff]' "$BATS_TEST_TMPDIR/err"
	[ "$(grep -cE '^(ok|warning|wrong) +[a-z]+ ' <<<"$out")" -eq \
		"$(wc -l <<<"$out")" ]
	says wrong sender '*\\x1b\[31m "q\\q" a|days_left=0;*'

	hostile
	check --nagios
	exits 2
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
	LC_ALL=C lacks '[[:cntrl:]]' "$BATS_TEST_TMPDIR/out"
	# One | is ours, and what is behind it.
	[ "$(tr -cd '|' <<<"$out")" = '|' ]
	[[ $out == 'PINMAIL CRITICAL - sender: '*' | days_left=3'*' backup_pins=1;'* ]]

	hostile
	check --json
	[ -z "$err" ]
	LC_ALL=C lacks '[[:cntrl:]]' "$BATS_TEST_TMPDIR/out"
	json '"\"q\\q\" a|days_left=0" in d["checks"][-2]["text"]' \
		'"\x1b" not in str(d) and d["checks"][-2]["check"] == "sender"'
}

@test "nor can the name of a file drive a terminal, or a monitoring system" {
	server_start
	CONF=$BATS_TEST_TMPDIR/$'e\e[2J\nwrong x|y"z'
	good
	echo 'hots x' >>"$CONF"
	check --offline
	exits 78
	LC_ALL=C lacks $'[\x01-\x08\x0b-\x1f]' "$BATS_TEST_TMPDIR/out"
	[ "$WRONG" -eq 1 ]
	check --offline --nagios
	exits 3
	LC_ALL=C lacks '[[:cntrl:]]' "$BATS_TEST_TMPDIR/out"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
	[[ $out != *'|'* ]]
	check --offline --json
	LC_ALL=C lacks '[[:cntrl:]]' "$BATS_TEST_TMPDIR/out"
	json '"wrong x|y\"z" in d["checks"][0]["text"]'
	# Nor that of a pin, when all is well.
	mkdir "$BATS_TEST_TMPDIR/"$'e\e[2J|x'
	cp "$DIR/cert.pem" "$BATS_TEST_TMPDIR/"$'e\e[2J|x'
	CONF=$BATS_TEST_TMPDIR/$'e\e[2J|x/conf'
	good "pin cert cert.pem"
	sed -i "/^pin $PIN/d" "$CONF"
	check --nagios
	exits 0
	LC_ALL=C lacks '[[:cntrl:]]' "$BATS_TEST_TMPDIR/out"
	[[ $out == "PINMAIL OK - cert $BATS_TEST_TMPDIR/e\\x1b[2J/x/cert.pem | "* ]]
}

# json EXPRESSION ...: what was printed is one object d, and each is true of it.
json() {
	"$PYTHON" -c '
import json, sys
lines = sys.stdin.buffer.read().decode().splitlines()
assert len(lines) == 1, lines
d = json.loads(lines[0])
for expression in sys.argv[1:]:
    if not eval(expression):
        sys.exit(expression + "\n" + json.dumps(d, indent=1))' "$@" \
		<"$BATS_TEST_TMPDIR/out"
}

# The keys that the manual names.
manual_keys() {
	sed -n '/^\.Fl Fl json$/,/^\.Fl Fl nagios$/s/^\.Li //p' \
		"$top_srcdir/man/pinmail.1" | tr -d ' ,.' | xargs
}

@test "--json: one object, with these keys; what is not known is left out" {
	local keys

	keys='status exit account host address tls cipher group pin days_left'
	keys+=' backup_pins mechanism checks'
	[ "$(manual_keys)" = "$keys check status text" ]
	server_start
	good
	check --json
	exits 0
	json "' '.join(d) == '$keys'" \
		"(d['status'], d['exit'], d['account']) == ('ok', 0, 'default')" \
		"d['address'] == '127.0.0.1:$PORT' and d['pin'] == '$PIN'" \
		"(d['tls'], d['backup_pins']) == ('TLSv1.3', 1)" \
		"d['mechanism'] == 'SCRAM-SHA-256-PLUS' and 3640 < d['days_left']" \
		"all(list(c) == ['check', 'status', 'text'] for c in d['checks'])" \
		"list(dict.fromkeys(c['check'] for c in d['checks'])) == '$here $there log'.split()" \
		"{c['status'] for c in d['checks']} == {'ok'}"
	# The exit status is not --nagios's.
	sed -i '/^pin sha256:0000/d' "$CONF"
	check --json
	exits 0
	json "(d['status'], d['exit'], d['backup_pins']) == ('warning', 0, 0)"
	check --json --offline
	exits 0
	json "list(d) == 'status exit account host checks'.split()"
	sed -i 's/^password .*/password no/' "$CONF"
	check --json
	exits 77
	json "(d['status'], d['exit']) == ('wrong', 77)"
	CONF=$BATS_TEST_TMPDIR/none check --json
	exits 78
	json "list(d) == 'status exit checks'.split() and d['exit'] == 78"
}

@test "--nagios: one line, performance data, and 0, 1, 2 or 3" {
	server_start
	good
	check --nagios
	exits 0
	[[ $out == "PINMAIL OK - $PIN | days_left=36"[45]?';'*' backup_pins=1;'* ]]
	# Each is what the plug-ins' guidelines call performance data.
	tr ' ' '\n' <<<"${out#* | }" >"$BATS_TEST_TMPDIR/perfdata"
	[ "$(grep -cE '^[a-z_]+=[0-9]+(;[0-9:]*){0,4}$' \
		"$BATS_TEST_TMPDIR/perfdata")" -eq 2 ]
	sed -i '/^pin sha256:0000/d' "$CONF"
	check --nagios
	exits 1
	[[ $out == 'PINMAIL WARNING - pin: '*' backup_pins=0;'* ]]
	[ "$(wc -l <<<"$out")" -eq 1 ]
	sed -i 's/^password .*/password no/' "$CONF"
	check --nagios
	exits 2
	# What is worst, and nothing else.
	[[ $out == 'PINMAIL CRITICAL - login: '*' | days_left='* ]]
	[[ $out != *' pin: '* ]]
	check --nagios -a nobody
	exits 3
	[[ $out == 'PINMAIL UNKNOWN - account: '*nobody* && $out != *'|'* ]]
	echo 'hots x' >>"$CONF"
	check --nagios
	exits 3
	[[ $out == "PINMAIL UNKNOWN - configuration: $CONF:12: "* ]]
	good
	check --nagios --offline
	exits 0
	[[ $out == 'PINMAIL OK - '[a-z]* && $out != *'|'* ]]
}

@test "configuration: each file, who can read it, and every fault" {
	local inc=$BATS_TEST_TMPDIR/inc

	server_start
	good
	(umask 077; echo 'timeout 5' >"$inc")
	chmod 644 "$inc"
	echo "include $inc" >>"$CONF"
	check --offline
	exits 0
	says ok configuration "$CONF: owner *, mode 0600, nobody else can read it"
	says ok configuration "$inc: owner *, mode 0644, everybody can read it"
	chmod 640 "$inc"
	check --offline
	says ok configuration "$inc: owner *, mode 0640, group * can read it"
	chmod 640 "$CONF"
	check --offline
	says ok configuration "$CONF: owner *, mode 0640, group * can read it"
	chmod 600 "$CONF"
	# Every fault; then there is nothing else to look at.
	printf '%s\n' 'hots x' 'pin sha256:12' 'tls off' >>"$CONF"
	echo 'port 0' >>"$inc"
	check
	exits 78
	[ "$STEPS" = configuration ]
	[ "$WRONG" -eq 4 ]
	says wrong configuration "$CONF:14: *hots; is it host?"
	says wrong configuration "$CONF:15: pin: *write 64 hex digits*"
	says wrong configuration "$CONF:16: tls*delete the line*"
	says wrong configuration "$inc:2: port*"
	good
	chmod 644 "$CONF"
	check
	exits 78
	says wrong configuration "$CONF:*everybody may read the password*chmod o-r*"
	CONF=$BATS_TEST_TMPDIR/none check
	exits 78
	[ "$STEPS" = configuration ]
	says wrong configuration "$BATS_TEST_TMPDIR/none: *; *"
}

@test "account: the one that -a names, or that of mail without a sender" {
	server_start
	good
	printf '%s\n' 'account other : default' 'from bob@example.com' \
		'account empty' 'host mail.example.com' \
		'from x@example.com' >>"$CONF"
	check --offline
	exits 0
	says ok account "default ($CONF:1) sends for alice@example.com"
	check --offline -a other
	exits 0
	says ok account "other ($CONF:13) sends for bob@example.com"
	# It is the one that a message goes by.
	check -a other --send x@example.org
	exits 0
	filed alice
	env_is from bob@example.com
	check -a nobody
	exits 78
	[ "$STEPS" = 'configuration account' ]
	says wrong account '*nobody*default, other, empty'
	# What it lacks, and how to come by it.
	check -a empty
	exits 78
	says wrong account "$CONF:15: account empty has no pin; *pinmail -C $CONF --pin -a empty"
	# Another account may be called default; or none.
	sed -i 's/^account default$/account first/; s/ : default/ : first/' \
		"$CONF"
	echo 'account default : other' >>"$CONF"
	check --offline
	says ok account "default ($CONF:18) sends for bob@example.com"
	sed -i '/^account default : other/d' "$CONF"
	check --offline
	exits 78
	[ "$STEPS" = 'configuration account' ]
}

@test "aliases: whom mail for root goes to" {
	local line

	server_start
	good
	for line in 'bob: x@example.com' 'root: /dev/null' 'root: |cat' \
		'root: root' 'root: bob'; do
		echo "$line" >"$ALIASES"
		check --offline
		exits 0
		says warning aliases '*'
		# It does not stop the others.
		[ "$STEPS" = "$here log" ]
	done
	says warning aliases "*nobody on this host gets mail; write \"bob: *$ALIASES*"
	echo 'root: a@example.com, b@example.com' >"$ALIASES"
	check --offline
	says ok aliases 'mail for root goes to a@example.com, b@example.com'
	echo 'local_to c@example.com' >>"$CONF"
	: >"$ALIASES"
	check --offline
	says ok aliases 'mail for root goes to c@example.com'
	# A file that cannot be read is wrong, and the rest is looked at.
	echo 'root admin' >"$ALIASES"
	check
	exits 78
	says wrong aliases "$ALIASES:1: *; correct it, *"
	says ok sender '*'
	rm "$ALIASES"
	check --offline
	exits 78
	says wrong aliases "$ALIASES: *"
	echo 'aliases off' >>"$CONF"
	check --offline
	exits 0
	says ok aliases 'mail for root goes to c@example.com'
}

# without_password LINE ...: another secret.
without_password() {
	good "$@"
	sed -i '/^password /d' "$CONF"
}

@test "secret: the user, and where the password was found; never what it is" {
	local file=$BATS_TEST_TMPDIR/pw

	server_start
	(umask 077; echo wonder1and >"$file")
	without_password 'passwordfile pw'
	check
	exits 0
	says ok secret "user alice, password from $file: owner *, mode 0600, nobody else can read it"
	without_password 'passwordeval echo wonder1and'
	check
	exits 0
	says ok secret 'user alice, password from passwordeval'
	says ok login '* as alice,*'
	echo alice >"$BATS_TEST_TMPDIR/name"
	without_password 'passwordfile pw' 'userfile name'
	sed -i '/^user alice/d' "$CONF"
	check --offline
	says ok secret 'user alice, password from *'
	# One that systemd hands over is as safe as its directory.
	mkdir "$BATS_TEST_TMPDIR/credentials"
	echo wonder1and >"$BATS_TEST_TMPDIR/credentials/pw"
	chmod 444 "$BATS_TEST_TMPDIR/credentials/pw"
	without_password 'passwordfile pw'
	CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/credentials check --offline
	exits 0
	says ok secret "user alice, password from $BATS_TEST_TMPDIR/credentials/pw*"
	without_password 'auth external' "tls_cert_file $DIR/cert.pem" \
		"tls_key_file $DIR/key.pem"
	check --offline
	exits 0
	says ok secret '*auth external*'
	good 'auth off'
	check --offline
	exits 0
	says ok secret '*auth off*'
	# Wrong: what it lacks; the keys are looked at, the server is not.
	without_password
	check
	fails 77 secret '*no password; add a line: *' keys
	without_password 'passwordeval exit 3'
	check
	fails 77 secret '*exited with 3*run it by hand*' keys
	chmod 604 "$file"
	without_password 'passwordfile pw'
	check
	fails 77 secret "$file: everybody may read this secret; run chmod o-r" \
		keys
	rm "$file"
	check
	fails 77 secret "$file: *" keys
	[ "$(count_filed)" -eq 0 ]
}

@test "keys: can their files be used?" {
	local line none=$BATS_TEST_TMPDIR/none

	server_start
	good "pin cert $DIR/cert.pem" "pin ca $ZERO" 'tls_trust_file system'
	check --offline
	exits 0
	says ok keys '4 pins'
	for line in "pin ca $none" "pin cert $none"; do
		good "$line"
		check
		fails 78 keys "$CONF:13: pin $none: *; *"
	done
	good "pin ca $ZERO" "tls_trust_file $none"
	check
	fails 78 keys "*tls_trust_file*$none*"
	good "tls_cert_file $none" "tls_key_file $DIR/key.pem"
	check
	fails 78 keys "*tls_cert_file*$none*"
	echo nothing >"$none"
	good "pin ca $none"
	check
	fails 78 keys "*$none*"
	for line in "tls_trust_file $none" "tls_cert_file $none"; do
		good "pin ca $ZERO" "tls_key_file $DIR/key.pem" \
			"tls_cert_file $DIR/cert.pem" "$line"
		check
		fails 78 keys "*${line%% *} $none: *"
	done
	# Who can read the key.
	good "tls_cert_file $DIR/cert.pem" "tls_key_file $DIR/key.pem"
	chmod 640 "$DIR/key.pem"
	check --offline
	exits 0
	says ok keys "tls_key_file $DIR/key.pem: owner *, mode 0640, group * can read it"
	chmod 644 "$DIR/key.pem"
	check --offline
	exits 0
	says warning keys "tls_key_file $DIR/key.pem: owner *, mode 0644, everybody can read it; run chmod o-r"
	CREDENTIALS_DIRECTORY=$DIR check --offline
	says ok keys "tls_key_file *, everybody can read it"
	# Nobody else may write what is ours.
	chmod 620 "$DIR/key.pem"
	check
	fails 78 keys "tls_key_file: $DIR/key.pem: can be written by others (mode 0620); run chmod go-w"
	chmod 600 "$DIR/key.pem"
	# With both it is the first that decides.
	good "pin ca $none" 'password' 'passwordeval exit 3'
	check
	exits 77
	[ "$STEPS" = "$here log" ]
}

@test "name, connection, tls, pin: what is wrong there" {
	local bad

	server_start
	good
	# A label of 64 is a name that nobody asks the network for.
	bad=$(printf 'x%063d' 0).example
	sed -i "s/^host .*/host $bad/" "$CONF"
	check
	fails 68 name "there is no host $bad; *"
	good "socket $BATS_TEST_TMPDIR/none"
	check
	exits 75
	says wrong connection "*$BATS_TEST_TMPDIR/none*; *"
	[ "$STEPS" = "$here connection log" ]
	# What is shown is a pin line, and there is a next command.
	good
	sed -i "s/^pin $PIN/pin sha256:$(printf '%064d' 1)/" "$CONF"
	check
	fails 76 pin "account default: 127.0.0.1 *; it showed: pin $PIN*; nothing was sent; *\"pinmail -C $CONF --pin -a default\"*"
	# Nobody there.
	read -r pid <"$BATS_TEST_TMPDIR/pids"
	kill "$pid"
	wait "$pid" || :
	good
	check
	fails 75 connection "*127.0.0.1:$PORT*refused; *"
	printf '%s\n' "proxy_host 127.0.0.1" "proxy_port $PORT" >>"$CONF"
	check
	fails 75 connection '*; *'
	says ok name '127.0.0.1 (the proxy): 127.0.0.1'
	player 'S 220 x'
	good
	check
	fails 76 tls '*nothing was sent; *tls_starttls*'
	player X
	good
	check
	fails 75 tls '*connection*; *'
	server_start --tls-max 1.2
	good 'tls_min_version 1.3'
	check
	fails 76 tls '*'
	server_start --tls starttls
	good 'tls_starttls on'
	check
	exits 0
	player 'S 220 x' C 'S 250 x'
	good 'tls_starttls on'
	check
	fails 76 tls '*STARTTLS*nothing was sent*'
}

@test "capabilities, login, sender: what is wrong there" {
	server_start
	good
	sed -i 's/^password .*/password no/' "$CONF"
	check
	fails 77 login '*535 *; see user, password and auth of the account'
	good 'auth oauthbearer'
	check
	fails 77 login '*OAUTHBEARER*'
	server_start --refuse 'EHLO=554 5.3.2 no'
	good
	check
	fails 69 capabilities '*EHLO*554 5.3.2 no; *'
	player T 'S 421 4.3.2 later'
	good
	check
	fails 75 capabilities '*421 4.3.2 later; try again later'
	player T 'S 22 what'
	good
	check
	fails 76 capabilities '*'
	server_start --refuse 'AUTH=454 4.7.0 no'
	good
	check
	fails 75 login '*454 4.7.0 no; try again later'
	server_start --refuse 'MAIL=550 5.7.1 no'
	good
	check
	fails 69 sender '*MAIL*550 5.7.1 no; see that from is an address of this login'
	server_start --refuse 'alice@example.com=550 5.1.1 no'
	good
	check
	fails 67 sender '*RCPT*550 5.1.1 no; see that from *'
	# A server that needs no login.
	server_start --no-auth --caps PIPELINING,SIZE=1000
	good 'auth off'
	check
	exits 0
	says ok login '*auth off*'
	says ok capabilities 'PIPELINING, SIZE 1000'
}

# certificate DAYS: a server with one that ends then; sets UNTIL.
certificate() {
	cd "$BATS_TEST_TMPDIR"
	openssl req -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-subj /CN=localhost -keyout cert.key -out cert.csr 2>/dev/null
	openssl x509 -req -in cert.csr -signkey cert.key -days "$1" \
		-out cert.pem 2>/dev/null
	server_start --cert "$PWD/cert.pem" --key "$PWD/cert.key"
	PIN=$(openssl x509 -in cert.pem -noout -pubkey |
		openssl pkey -pubin -outform der | openssl dgst -sha256 -r |
		sed 's/ .*//; s/^/sha256:/')
	UNTIL=$(date -u -d "$(openssl x509 -in cert.pem -noout -enddate |
		cut -d = -f 2)" +%F)
}

@test "pin: which, how deep, until when; it warns within 14 days" {
	need openssl
	certificate 13
	# Of a key the dates do not matter.
	good
	check
	exits 0
	says ok pin "$PIN, the server's own key; *$UNTIL, in 1[23] days*"
	# Of a certificate they are taken for what somebody wants to know.
	good "pin cert $PWD/cert.pem"
	sed -i "/^pin $PIN/d" "$CONF"
	check
	exits 0
	says warning pin "cert $PWD/cert.pem; that certificate ends on $UNTIL, in 1[23] days; it is due for renewal, which will change it: pin the server's key"
	check --nagios
	exits 1
	[[ $out == 'PINMAIL WARNING - pin: '*" | days_left=1"[23]';14:;; '* ]]
	certificate 15
	good "pin cert $PWD/cert.pem"
	sed -i "/^pin $PIN/d" "$CONF"
	check
	says ok pin "cert $PWD/cert.pem; *ends on $UNTIL, in 1[45] days"
	check --nagios
	exits 0
	# It proves what it did when it has ended, but will change.
	certificate -1
	good "pin cert $PWD/cert.pem"
	sed -i "/^pin $PIN/d" "$CONF"
	check
	exits 0
	says warning pin "cert $PWD/cert.pem; that certificate ended on $UNTIL; it is due for renewal, which will change it: pin the server's key"
	good
	check
	says ok pin "$PIN, the server's own key; its certificate ended on $UNTIL (no matter)"
}

@test "pin: what is a backup, and what is none" {
	need openssl
	certificate 400
	good
	sed -i '/^pin sha256:0000/d' "$CONF"
	check
	exits 0
	says warning pin '*; there is no backup: make a second key, *'
	[ "$(grep -c '^[a-z]* *pin ' <<<"$out")" -eq 1 ]
	# A second one is one.
	good "pin $ZERO" "pin cert $ZERO"
	check
	says ok pin '3 backups'
	# But not of the same certificate: a new key loses them together.
	good "pin $PIN" "pin cert $PWD/cert.pem"
	sed -i '/^pin sha256:0000/d' "$CONF"
	check --nagios
	exits 1
	[[ $out == 'PINMAIL WARNING - pin: '*' no backup: '*' backup_pins=0;'* ]]
}

# ca_signs DAYS CA_DAYS: a server with a certificate of the CA ca.pem, which end
# then; sets UNTIL of the first that does.
ca_signs() {
	local new='-nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256'

	cd "$BATS_TEST_TMPDIR"
	echo 'subjectAltName=IP:127.0.0.1' >ext
	# shellcheck disable=SC2086
	{
		openssl req -x509 $new -days "$2" -subj /CN=root \
			-keyout ca.key -out ca.pem
		openssl req $new -subj /CN=x -keyout cert.key -out cert.csr
		openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key \
			-days "$1" -extfile ext -out cert.pem
	} 2>/dev/null
	server_start --cert "$PWD/cert.pem" --key "$PWD/cert.key"
	UNTIL=$(date -u -d "$(openssl x509 -noout -enddate \
		-in "$( (($1 < $2)) && echo cert.pem || echo ca.pem)" |
		cut -d = -f 2)" +%F)
}

@test "pin ca: what ends in its chain is renewed, and what is pinned stays" {
	need openssl
	ca_signs 5 3000
	good "pin ca $PWD/ca.pem"
	sed -i -e '/^pin sha256:0000/d' -e "/^pin $PIN/d" "$CONF"
	check
	exits 0
	says warning pin "ca $PWD/ca.pem, 1 above the server's certificate; a certificate of its chain ends on $UNTIL, in [45] days; it must be renewed; there is no backup: pin another root of that CA (pinmail --pin HOST)"
	# As many roots as a file has are as many chances.
	openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-days 99 -subj /CN=other -keyout other.key 2>/dev/null >>ca.pem
	check
	says ok pin '1 backup'
	# Dates of the CA itself count as well.
	ca_signs 3000 5
	sed -i "s/^port .*/port $PORT/" "$CONF"
	check
	says warning pin "*; a certificate of its chain ends on $UNTIL, *; it must be renewed;*"
	ca_signs 3000 3000
	echo "pin $ZERO" >>"$CONF"
	sed -i "s/^port .*/port $PORT/" "$CONF"
	check
	says ok pin "*; a certificate of its chain ends on $UNTIL, in [0-9]* days"
	says ok pin '1 backup'
}

# in_the_way STATUS STEP GLOB LINE STEP ...: with that line in the account and a
# server that plays these steps.
in_the_way() {
	player "${@:5}"
	good "${4//PORT/$PORT}"
	check
	exits "$1"
	says wrong "$2" "$3"
	[ "$WRONG" -eq 1 ]
}

@test "somebody in the way: what to do, and once" {
	local elsewhere='see port and tls_starttls, and try from another network'
	local on='tls_starttls on' proxy

	server_start
	in_the_way 76 tls "*offers no STARTTLS; *; nothing was sent; $elsewhere" \
		"$on" 'S 220 x' C 'S 250 x'
	in_the_way 76 tls "*answered STARTTLS with 502 5.5.1 no; $elsewhere" \
		"$on" 'S 220 x' C 'S 250-x' 'S 250 STARTTLS' C 'S 502 5.5.1 no'
	in_the_way 76 tls "*said more than *; nothing was sent; $elsewhere" \
		"$on" 'S 220 x' C 'S 250-x' 'S 250 STARTTLS' C \
		$'S 220 go\r\n250 x'
	in_the_way 76 tls '*nothing was sent; see port and tls_starttls' \
		"$on" 'S 220 x' C 'S 250-x' 'S 250 STARTTLS' C 'S 220 go' P 'S this is no TLS'
	in_the_way 76 login '*without proving *; ask who runs the server' \
		'auth scram-sha-256' T 'S 220 x' C 'S 250-x' \
		'S 250 AUTH SCRAM-SHA-256' C F C 'S 235 ok'
	# Our certificate is what it does not take, once ours is proved.
	in_the_way 76 tls '*alert certificate required; *: see tls_cert_file and tls_key_file' \
		'timeout 60' V 'S 220 x'
	# A proxy is not yet the server.
	proxy='; see proxy_host and proxy_port, and what the proxy allows'
	in_the_way 75 connection "proxy: it wants a login, *$proxy" \
		$'proxy_host 127.0.0.1\nproxy_port PORT' $'S \x05\x02'
	in_the_way 76 connection "proxy: it does not speak SOCKS5$proxy" \
		$'proxy_host 127.0.0.1\nproxy_port PORT' 'S 220 x'
	# What the error says itself is not said again.
	in_the_way 77 login '*does not offer XOAUTH2; write auth on to take what it offers' \
		'auth xoauth2' T 'S 220 x' C 'S 250-x' 'S 250 AUTH PLAIN'
	in_the_way 77 secret '*exited with 3; run it by hand to see why' \
		$'password\npasswordeval exit 3'
}

@test "a signal is no fault of the server" {
	server_start
	player T N
	good
	"$PINMAIL" -C "$CONF" --check >"$BATS_TEST_TMPDIR/out" 8<&- &
	player_reached
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 75 ]
	out=$(<"$BATS_TEST_TMPDIR/out")
	says wrong capabilities '*ended by SIGTERM; run it again'
}

@test "log: whether it can be written" {
	server_start
	good 'logfile /nonexistent/log'
	check --offline
	exits 0
	says warning log 'logfile /nonexistent/log cannot be written: /nonexistent/: *'
	good 'logfile'
	check --offline
	says ok log none
	good 'logfile -'
	check --offline
	says ok log -
	# The check itself is no message, and nothing is made.
	good
	check
	[ ! -e "$LOG" ]
	ln -s target "$LOG"
	check --offline
	says ok log "$LOG"
	[ -L "$LOG" ]
	[ ! -e "$LOG" ]
	# What cannot be printed is no success.
	[ -c /dev/full ] || return 0
	status=0
	"$PINMAIL" -C "$CONF" --check --offline >/dev/full \
		2>"$BATS_TEST_TMPDIR/said" || status=$?
	[ "$status" -eq 74 ]
	[ "$(cat "$BATS_TEST_TMPDIR/said")" = \
		'pinmail: standard output cannot be written' ]
	status=0
	"$PINMAIL" -C "$CONF" --check --offline --nagios >/dev/full || status=$?
	[ "$status" -eq 3 ]
}

@test "--offline connects to nobody" {
	server_start
	good
	check --offline -v
	exits 0
	[ "$STEPS" = "$here log" ]
	check --offline --json
	check --offline --nagios
	# Our next session is the server's first.
	pinmail x@example.org <<<'Subject: x'
	succeeded
	filed alice
	env_is session 1
	# Nor does it ask who that is.
	sed -i "s/^host .*/host $(printf 'x%063d' 0).example/" "$CONF"
	check --offline
	exits 0
	# ... as the system sees it.
	good
	command -v strace >/dev/null || return 0
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 strace -f \
		-o "$BATS_TEST_TMPDIR/trace" -e trace=connect,sendto,sendmsg \
		"$PINMAIL" -C "$CONF" --check --offline >/dev/null 2>&1 ||
		return 0
	lacks AF_INET "$BATS_TEST_TMPDIR/trace"
}

# on_terminal FILE COMMAND...: its output goes to a terminal, and to the file.
on_terminal() {
	"$PYTHON" - "$@" <<-'END'
	import os, pty, sys
	with open(sys.argv[1], 'wb') as f:
	    def read(fd):
	        data = os.read(fd, 65536)
	        f.write(data)
	        return b'\n'
	    pty.spawn(sys.argv[2:], read, lambda fd: b'')
	END
}

@test "green, yellow and red on a terminal, and no colours elsewhere" {
	local tty=$BATS_TEST_TMPDIR/tty

	server_start
	good
	sed -i -e '/^pin sha256:0000/d' -e 's/^password .*/password no/' "$CONF"
	check
	exits 77
	lacks $'\e' "$BATS_TEST_TMPDIR/out"
	on_terminal "$tty" "$PINMAIL" -C "$CONF" --check >/dev/null
	# The same, but for the colours of the first words.
	tr -d '\r' <"$tty" >"$tty.lines"
	grep -q $'^\e\\[32mok *\e\\[0m *configuration ' "$tty.lines"
	grep -q $'^\e\\[33mwarning\e\\[0m *pin ' "$tty.lines"
	grep -q $'^\e\\[31mwrong *\e\\[0m *login ' "$tty.lines"
	diff <(sed -e $'s/\e\\[3[123]m//; s/\e\\[0m//' \
		-e 's/36.. days//' "$tty.lines") <(sed 's/36.. days//' <<<"$out")
	# For machines there are none anywhere.
	on_terminal "$tty" "$PINMAIL" -C "$CONF" --check --json >/dev/null
	lacks $'\e' "$tty"
	on_terminal "$tty" "$PINMAIL" -C "$CONF" --check --nagios >/dev/null
	lacks $'\e' "$tty"
}

@test "--check counts only where no stranger can write it" {
	server_start
	good
	# A recipient of that name: it is a message.
	run_as_is "$PINMAIL" -C "$CONF" x@example.org --check <<<'Subject: x'
	[ -z "$out" ]
	[[ $err != *configuration* ]]
	[ "$(count_filed)" -le 1 ]
	run_as_is "$PINMAIL" -C "$CONF" -t --check </dev/null
	failed 64 '*--check counts only as the first argument*'
	run_as_is "$PINMAIL" -C "$CONF" -a default --check </dev/null
	failed 64 '*--check counts only as the first argument*'
	ln -s "$PINMAIL" "$BATS_TEST_TMPDIR/sendmail"
	run_as_is "$BATS_TEST_TMPDIR/sendmail" --check </dev/null
	failed 64 '*--check*'
	run_as_is "$BATS_TEST_TMPDIR/sendmail" -C "$CONF" --check </dev/null
	failed 64 '*--check*'
	# It takes no recipients, and its options no other mode.
	check x@example.org
	failed 64 '*--check takes no recipients; *--check --send ADDRESS*'
	check -t
	failed 64
	check --json --nagios
	failed 64 '*--json*--nagios*'
	check --offline --send x@example.org
	failed 64 '*--offline*--send*'
	for option in --json --nagios --offline --send=x@example.org; do
		run_as_is "$PINMAIL" -C "$CONF" "$option" x@example.org \
			<<<'Subject: x'
		failed 64 '*--check*'
	done
	[ "$(count_filed)" -le 1 ]
}

# without_access WHAT: PINMAIL is then one that the system denies that.
without_access() {
	local asan=${ASAN_OPTIONS-}:verify_asan_link_order=0

	cat >"$BATS_TEST_TMPDIR/denied" <<-END
	#!/bin/sh
	exec env NOACCESS='$1' ASAN_OPTIONS='$asan' \
		LD_PRELOAD='$top_builddir/test/fault/noaccess.so' \
		'$BINARY' "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/denied"
	PINMAIL=$BATS_TEST_TMPDIR/denied
}

@test "what owner and mode allow, but AppArmor or SELinux does not" {
	local hint='*look for AppArmor or SELinux in the system*'
	local BINARY=$PINMAIL

	server_start
	good
	without_access "$CONF"
	check
	exits 78
	says wrong configuration "$CONF: uid $(id -u) may not read it, though its owner and mode ($(id -u), 0600) allow that; $hint"
	pinmail x@example.org </dev/null
	failed 78 "*$CONF: *$hint*"
	without_access "$DIR/cert.pem"
	good "pin ca $DIR/cert.pem"
	check
	fails 78 keys "*$DIR/cert.pem: *$hint"
	(umask 077; echo wonder1and >"$BATS_TEST_TMPDIR/pw")
	without_password 'passwordfile pw'
	without_access "$BATS_TEST_TMPDIR/pw"
	check
	fails 77 secret "$BATS_TEST_TMPDIR/pw: *$hint" keys
	for file in cert key trust; do
		cp "$DIR/cert.pem" "$BATS_TEST_TMPDIR/$file"
		without_access "$BATS_TEST_TMPDIR/$file"
		good "pin ca $ZERO" \
			"tls_cert_file $BATS_TEST_TMPDIR/cert" \
			"tls_key_file $BATS_TEST_TMPDIR/key" \
			"tls_trust_file $BATS_TEST_TMPDIR/trust"
		[ "$file" != trust ] || sed -i '/^tls_[ck]/d' "$CONF"
		check
		fails 78 keys "tls_${file}_file: $BATS_TEST_TMPDIR/$file: uid $hint"
	done
	good
	: >"$LOG"
	without_access "$LOG"
	check --offline
	says warning log "logfile $LOG cannot be written: uid $hint"
	without_access "$ALIASES"
	good
	check --offline
	exits 78
	says wrong aliases "$ALIASES: *$hint*"
	# So with the way out.
	without_access network
	check
	fails 75 connection '*; look for a firewall, AppArmor or SELinux on this host'
	pinmail x@example.org </dev/null
	failed 75 '*; look for a firewall, AppArmor or SELinux on this host*'
	# Nothing of this where nothing is denied.
	without_access /nonexistent
	check
	exits 0
}

@test "what the mode forbids: that is the reason" {
	need_root
	server_start
	good
	moved_binary
	cp "$CONF" "$MOVED_DIR/conf"
	chmod 600 "$MOVED_DIR/conf"
	run_as_is as_user 65534 "$MOVED" -C "$MOVED_DIR/conf" --check
	exits 78
	says wrong configuration "*: uid 65534 may not read it (owner 0, mode 0600); let a group of that user read it (chgrp, chmod g+r)"
	# So without -C, which is PHP's usual fault.
	cp "$MOVED_DIR/conf" "$SYSTEM_FILE"
	run_as_is as_user 65534 "$MOVED" --check
	exits 78
	says wrong configuration "$SYSTEM_FILE: *; let a group of that user read it (chgrp, chmod g+r)"
	lacks AppArmor "$BATS_TEST_TMPDIR/out"
	# A group's that the user has.
	chgrp 65534 "$MOVED_DIR/conf"
	chmod 640 "$MOVED_DIR/conf"
	run_as_is as_user 65534 "$MOVED" -C "$MOVED_DIR/conf" --check --offline
	says ok configuration "$MOVED_DIR/conf: *, mode 0640, group * can read it*"
	# A person's own account is not for what the system writes to root.
	cp "$CONF" "$MOVED_DIR/.pinmailrc"
	: >"$MOVED_DIR/aliases"
	echo 'aliases aliases' >>"$MOVED_DIR/.pinmailrc"
	chown 65534 "$MOVED_DIR/.pinmailrc"
	HOME=$MOVED_DIR run_as_is as_user 65534 "$MOVED" --check --offline
	says ok aliases "not for the host's mail"
	# Wherever it stands: and the system's is not theirs, wherever they live.
	mkdir -p "$MOVED_DIR/xdg/pinmail"
	mv "$MOVED_DIR/.pinmailrc" "$MOVED_DIR/xdg/pinmail/config"
	: >"$MOVED_DIR/xdg/pinmail/aliases"
	HOME=/nonexistent XDG_CONFIG_HOME=$MOVED_DIR/xdg \
		run_as_is as_user 65534 "$MOVED" --check --offline
	says ok aliases "not for the host's mail"
	echo "include $MOVED_DIR/system" >"$SYSTEM_FILE"
	cp "$CONF" "$MOVED_DIR/system"
	echo "aliases $MOVED_DIR/aliases" >>"$MOVED_DIR/system"
	chmod 644 "$SYSTEM_FILE"
	chgrp 65534 "$MOVED_DIR/system"
	chmod 640 "$MOVED_DIR/system"
	HOME=/ run_as_is as_user 65534 "$MOVED" --check --offline
	exits 0
	says warning aliases 'root: *'
}
