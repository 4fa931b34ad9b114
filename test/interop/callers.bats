# SPDX-License-Identifier: ISC
#
# Programs that call /usr/sbin/sendmail: PHP's mail(), Debian's cron daemon.
# In their namespace that is pinmail, with a configuration in sysconfdir.

load servers

setup_file() {
	servers_start
	[ -z "$(cat "$SERVERS/missing")" ] || return 0
	{
		settings tls-rsa
		settings starttls-ecdsa 'user bob' 'password builder' \
			'from bob@example.com' | sed 's/^account .*/account bob/'
	} | system_settings || return 0
	# cron wakes up once a minute: let it wait while the others run.
	cat >"$SERVERS/run/cron.d/hello" <<-'END'
	MAILTO=cron@example.org
	* * * * * root echo hello
	END
	chmod 644 "$SERVERS/run/cron.d/hello"
	inside cron -f >"$SERVERS/cron.out" 2>&1 3>&- &
}
teardown_file() { servers_stop; }
setup() {
	servers_ready
	[ -s "$SERVERS/run/pinmail.conf" ] && inside test -s "$PINMAIL_CONF" ||
		lacks "there is no directory ${PINMAIL_CONF%/*}"
}

# php_mail ARGUMENTS: mail() with them, from a script on stdin. $AS, if set,
# runs it as somebody else.
php_mail() {
	need php
	run --separate-stderr inside "${AS[@]}" php -n \
		-d sendmail_path='/usr/sbin/sendmail -t -i' <<-END
	<?php exit(mail($1) ? 0 : 1);
	END
}

# header NAME DIRECTORY
header() {
	sed '/^$/q' "$2/message" | sed -n "s/^$1: *//p"
}

@test "PHP: mail() without a sender" {
	php_mail '"php.1@example.org", "Hi", "one\ntwo\n", "X-A: b\r\nX-C: d"'
	sent
	dir=$(delivery php.1@example.org)
	grep -x 'from alice@example.com' "$dir/envelope"
	grep -x 'login alice' "$dir/envelope"
	[[ $(header From "$dir") == *alice@example.com* ]]
	[ "$(header To "$dir")" = php.1@example.org ]
	[ "$(header Subject "$dir")" = Hi ]
	[ "$(header X-A "$dir")" = b ]
	[ "$(header X-C "$dir")" = d ]
	[ -n "$(header Message-ID "$dir")" ]
	[ -n "$(header Date "$dir")" ]
	not grep $'\r' "$dir/message"
	[ "$(sed '1,/^$/d' "$dir/message")" = $'one\ntwo' ]
}

@test "PHP: mail() with -f takes the account of that sender" {
	php_mail '"php.2@example.org", "Hi", "x", "From: Bob <bob@example.com>",
		"-fbob@example.com"'
	sent
	dir=$(delivery php.2@example.org)
	grep -x 'from bob@example.com' "$dir/envelope"
	grep -x 'login bob' "$dir/envelope"
	[ "$(header From "$dir")" = 'Bob <bob@example.com>' ]
}

@test "PHP: mail() with -f and an address of nobody's returns false" {
	php_mail '"php.3@example.org", "Hi", "x", "", "-fstranger@example.net"'
	[ "$status" -eq 1 ]
	[[ $stderr == 'pinmail: '*stranger@example.net* ]]
	sessions 0
}

@test "PHP: Cc and Bcc get the message, Bcc is not in it" {
	php_mail '"php.4@example.org", "Hi", "x",
		"Cc: php.5@example.org\r\nBcc: php.6@example.org"'
	sent
	dir=$(delivery php.6@example.org)
	grep -x 'to php.4@example.org' "$dir/envelope"
	grep -x 'to php.5@example.org' "$dir/envelope"
	not grep -i -e '^bcc' -e php.6 "$dir/message"
}

@test "PHP: www-data, who may read the configuration through its group" {
	# As FastCGI does it: with next to no environment.
	AS=(setpriv --reuid=www-data --regid=www-data --clear-groups
		env -i PATH=/usr/bin:/bin)
	php_mail '"php.7@example.org", "Hi", "x"'
	sent
	dir=$(delivery php.7@example.org)
	grep -x 'from alice@example.com' "$dir/envelope"
}

@test "cron: what a job prints arrives from the account's sender" {
	until_true 75 stored cron@example.org >&2
	dir=$(stored cron@example.org | head -n 1)
	grep -x 'from alice@example.com' "$dir/envelope"
	grep -x 'login alice' "$dir/envelope"
	[[ $(header From "$dir") == *root*alice@example.com* ]]
	[[ $(header Subject "$dir") == 'Cron <root@'*'> echo hello' ]]
	[ "$(sed '1,/^$/d' "$dir/message")" = hello ]
}
