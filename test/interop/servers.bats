# SPDX-License-Identifier: ISC
#
# The servers themselves, without pinmail: when these fail, look here first.

load servers

setup_file() { servers_start; }
teardown_file() { servers_stop; }
setup() { servers_ready; }

# send SERVICE TLS: a message from Python's own client.
send() {
	python3 - "$(port "$1")" "$2" "$1@example.org" <<-'END'
	import smtplib, sys
	port, tls, recipient = sys.argv[1:]
	kind = smtplib.SMTP_SSL if tls == "yes" else smtplib.SMTP
	with kind("127.0.0.1", int(port), local_hostname="client") as c:
	    if tls == "no":
	        c.starttls()
	    c.login("bob", "builder")
	    c.sendmail("bob@example.com", recipient, "Subject: x\r\n\r\nHello\r\n")
	END
}

@test "servers: every service takes a message and stores it under its login" {
	local name tls

	while read -r name tls _; do
		send "$name" "$tls"
		dir=$(delivery "$name@example.org")
		grep -x 'login bob' "$dir/envelope"
		grep -x 'from bob@example.com' "$dir/envelope"
		[ "$(content "$dir")" = $'Subject: x\n\nHello' ]
	done < <(grep . <<<"$SERVICES")
}

@test "servers: the machine itself does not see them" {
	inside test -e /run/stored
	[ ! -e /run/stored ]
	inside grep -q '^storage:' /etc/passwd
	not grep -q '^storage:' /etc/passwd
	inside cmp "$PINMAIL" /usr/sbin/sendmail
	not cmp "$PINMAIL" /usr/sbin/sendmail
}
