# SPDX-License-Identifier: ISC
#
# For tests of real programs that call /usr/sbin/sendmail. In the servers'
# namespace that is pinmail, with a configuration in sysconfdir: accounts of
# alice (the default one) and bob. A test file says
#
#	load servers
#	load callers
#	setup_file() { callers_start; }
#	teardown_file() { servers_stop; }
#	setup() { callers_ready; }
#
# A test sends `body` to NAME@example.org, Cc NAME.cc@example.org and Bcc
# NAME.bcc@example.org, with a NAME of its own and the subject Grüße.

callers_start() {
	servers_start
	[ -z "$(cat "$SERVERS/missing")" ] || return 0
	{
		settings tls-rsa
		settings starttls-ecdsa 'user bob' 'password builder' \
			'from bob@example.com' 'foreign_from rewrite' |
			sed 's/^account .*/account bob/'
	} | system_settings || :
	# Where everybody can read them.
	cp -r "$INTEROP/callers" "$SERVERS/run/callers"
}

callers_ready() {
	servers_ready
	[ -s "$SERVERS/run/pinmail.conf" ] && inside test -s "$PINMAIL_CONF" ||
		lacks "there is no directory ${PINMAIL_CONF%/*}"
	BODY=$BATS_TEST_TMPDIR/body
	body >"$BODY"
}

# body: text that a caller or pinmail could spoil.
body() {
	printf '%s\n' 'Grüße, 日本語' '' '.' '.dot' '..dots' 'From here' \
		'=3D' ' blanks  ' 'The end'
}

# need_inside FILE: of a program or a library that `fetch` unpacks.
need_inside() {
	inside test -e "$1" || lacks "${1##*/} is missing"
}

# caller COMMAND...: runs it as in a login shell, with the body as its stdin.
caller() {
	need_inside "/usr/bin/$1"
	run --separate-stderr inside env -i -C /run/home HOME=/run/home \
		USER=root LOGNAME=root LANG=C.UTF-8 TERM=xterm \
		NODE_PATH=/usr/share/nodejs \
		PATH=/usr/bin:/bin:/usr/sbin:/sbin "$@" <"$BODY"
}

# library PROGRAM ARGUMENT...: a program of ours that uses one. $AS, if set,
# runs it as somebody else.
library() {
	local with=()

	case $1 in
	*.el) with=(emacs-nox --batch -Q -l) ;;
	*.js) with=(node) ;;
	*.php) php_run ;;
	*.pl) with=(perl) ;;
	*.py) with=(python3) ;;
	*.rb) with=(ruby) ;;
	esac
	caller "${AS[@]}" "${with[@]}" "/run/callers/$1" "${@:2}"
}

# Modules that are merely unpacked are not enabled anywhere.
php_run() {
	need_inside /usr/bin/php
	with=(php -d 'sendmail_path=/usr/sbin/sendmail -t -i')
	inside php -m | grep -qx mbstring || with+=(-d extension=mbstring)
}

# succeeded: as `sent`, of a caller that talks.
succeeded() {
	echo "status $status, said: $output$stderr"
	[ "$status" -eq 0 ]
}

# arrived NAME: one message went to NAME's three addresses, sent by $BY (alice
# unless set), complete, with neither a trace of Bcc nor a changed byte. dir is
# its directory.
arrived() {
	dir=$(delivery "$1@example.org")
	python3 "$INTEROP/callers/arrived.py" "$dir" "$BODY" "${BY:-alice}" \
		"$1" || { cat "$dir"/*; return 1; }
}

# field NAME: what the message has there.
field() {
	sed '/^$/q' "$dir/message" | sed -n "s/^$1: *//p"
}
