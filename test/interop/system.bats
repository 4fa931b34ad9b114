# SPDX-License-Identifier: ISC
#
# Programs of the system that write to root and other local names, from names
# without a domain: each with its own defaults, as Debian ships it. Who gets
# it is in system/etc/aliases.

load servers
load callers

setup_file() {
	servers_start
	[ -z "$(cat "$SERVERS/missing")" ] || return 0
	{
		settings tls-rsa
		settings starttls-ecdsa 'user bob' 'password builder' \
			'from dora@example.edu' | sed 's/^account .*/account dora/'
	} | system_settings || return 0
	inside sh <"$INTEROP/system/start" >"$SERVERS/daemons.out" 2>&1 3>&- &
}
teardown_file() { servers_stop; }
setup() {
	callers_ready
	NODE=$(uname -n)
	NODE=${NODE%%.*}
}

# What the programs find in /etc and /usr. dora is a person; that she is in
# the group www-data lets her read the configuration.
furnish() {
	local top=$SERVERS/top

	cp -R "$INTEROP/system/etc" "$INTEROP/system/usr" "$top"
	chmod -R go-w "$top"/etc/{aliases,sudoers}
	: >"$top/etc/at.deny"
	# As Debian's alternatives have it.
	mkdir -p "$top/usr/bin"
	ln -s bsd-mailx "$top/usr/bin/mail"
	mkdir -p "$SERVERS"/run/{anacron,cron-apt,fail2ban,log/watched}
	mkdir -m 777 "$SERVERS"/run/{dora,lock/logcheck}
	echo 'dora:x:64950:33:Dora Q. Reporter,,,:/run/dora:/bin/sh' \
		>>"$top/etc/passwd"
}

# as USER COMMAND...: in the namespace, with next to no environment, stdin
# from nowhere. What it prints is in $output. (Without overlayfs Python would
# look for its modules only where the machine has them.)
as() {
	run inside setpriv --reuid="$1" --regid="$(inside id -g "$1")" \
		--init-groups env -i -C / PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LANG=C.UTF-8 PYTHONPATH=/usr/lib/python3/dist-packages \
		"${@:2}" </dev/null
}

# about TEXT: the deliveries that have it in their subject.
about() {
	grep -lr --include=message "^Subject: .*$1" "$SERVERS/run/stored" |
		sed 's|/message$||' | grep .
}

# got TEXT ADDRESS...: one message with TEXT in its subject (or the first, with
# $WAIT: cron's jobs run every minute) went to these and nobody else, from $BY
# or alice@example.com. What every message must have, it has. Sets $dir.
got() {
	local by=${BY:-alice@example.com} login=${BY:+bob} name

	until_true "${WAIT:-30}" about "$1" >&2
	dir=$(about "$1" | head -n 1)
	[ -n "${WAIT-}" ] || [ "$(about "$1")" = "$dir" ]
	cat "$dir/envelope" "$dir/message"
	diff <(printf '%s\n' "${@:2}" | sort) \
		<(sed -n 's/^to //p' "$dir/envelope" | sort)
	grep -x "from $by" "$dir/envelope"
	grep -x "login ${login:-alice}" "$dir/envelope"
	for name in Date Message-ID From Subject; do
		[ "$(header "$name" | wc -l)" -eq 1 ]
	done
	[[ $(header From) == *" <$by>" ]]
	[ -z "$(header Bcc)" ]
	not grep $'\r' "$dir/message"
}

# header NAME: what these fields of $dir's message say.
header() {
	sed '/^$/q' "$dir/message" | sed -e :a -e '$!N; s/\n[ \t]/ /; ta' \
		-e 'P; D' | sed -n "s/^$1: *//Ip"
}

# text: $dir's message below the header.
text() {
	sed '1,/^$/d' "$dir/message"
}

# says LINE...: that is all of it.
says() {
	diff <(printf '%s\n' "$@") <(text)
}

from() {
	[ "$(header From)" = "$1 <alice@example.com>" ]
}

to() {
	[ "$(header To)" = "$1" ]
}

# origin USER [NAME]: what a local sender's name becomes.
origin() {
	echo "\"$1@$NODE${2+ ($2)}\""
}

# root_got TEXT NAME: who reads root's mail got one about TEXT, from NAME.
root_got() {
	got "$1" alerts@example.org
	from "$2"
	to alerts@example.org
}

# at_got ADDRESS: what the job printed that at just made.
at_got() {
	succeeded
	[[ $output =~ job\ ([0-9]+) ]]
	got "Output from your job *${BASH_REMATCH[1]}\$" "$1"
}

@test "at: root's job" {
	need_inside /usr/sbin/atd
	until_true 10 inside test -s /run/atd.pid
	as root sh -c "echo 'printf \"one\\n.\\nGrüße\"' | at now"
	at_got alerts@example.org
	from "$(origin root)"
	to alerts@example.org
	says one . Grüße
}

@test "at: a person's job, with the name in /etc/passwd" {
	need_inside /usr/sbin/atd
	until_true 10 inside test -s /run/atd.pid
	as dora sh -c 'echo "id -un" | at now'
	at_got dora@example.edu
	from '"Dora Q. Reporter"'
	to dora@example.edu
	says dora
}

@test "anacron" {
	need_inside /usr/sbin/anacron
	echo '1 0 job echo one; echo .; echo two' >"$SERVERS/run/anacrontab"
	as root anacron -d -f -n -s -t /run/anacrontab -S /run/anacron
	succeeded
	root_got "Anacron job 'job' on " "$(origin root Anacron)"
	says one . two
}

# Debian's runs the mailer as the user, in the user's environment.
@test "sudo: a user who may do nothing" {
	need_inside /usr/bin/sudo
	as www-data sudo -n id
	[ "$status" -eq 1 ]
	root_got 'SECURITY information' "$(origin www-data)"
	text | grep 'www-data : user NOT in sudoers ; '
}

@test "sudo: a wrong password" {
	need_inside /usr/bin/sudo
	as dora sh -c 'echo wrong | sudo -S true'
	[ "$status" -eq 1 ]
	root_got 'wrong password' "$(origin dora)"
	text | grep 'dora : 1 incorrect password attempt ; '
}

# smartd FAILURE MAILER: it reports on a disk.
smartd() {
	local warning=(env SMARTD_FAILTYPE="$1" SMARTD_MAILER="$2"
		SMARTD_ADDRESS=root SMARTD_PREVCNT=0 SMARTD_TFIRST=
		SMARTD_NEXTDAYS=1 SMARTD_DEVICEINFO='Disk Grüße'
		SMARTD_MESSAGE='Device: /dev/sda, 8 pending sectors'
		/usr/share/smartmontools/smartd_warning.sh)

	as root "${warning[@]}"
	# It logs whatever the mailer says as a warning.
	sent
	root_got "SMART error ($1)" "$(origin root)"
	as root "${warning[@]}" --dryrun
	diff <(sed '1d; $d' <<<"$output") <(text)
}

@test "smartd: mail" {
	need_inside /usr/share/smartmontools/smartd_warning.sh
	smartd CurrentPendingSector ''
}

@test "smartd: Debian's runner" {
	need_inside /usr/share/smartmontools/smartd_warning.sh
	smartd EmailTest /usr/share/smartmontools/smartd-runner
}

@test "mdadm" {
	need_inside /usr/sbin/mdadm
	as root mdadm --monitor --oneshot --test --mail root /dev/md42
	succeeded
	root_got 'TestMessage event' "$(origin root 'mdadm monitoring')"
	says 'This is an automatically generated mail message from mdadm' \
		"running on $(uname -n)" '' \
		'A TestMessage event had been detected on md device /dev/md42.' \
		'' 'Faithfully yours, etc.'
}

@test "logwatch: to two of whom one reads the other's mail" {
	need_inside /usr/sbin/logwatch
	echo 'Nov 22 00:00:00 host CRON[7]: (root) CMD (echo Grüße)' \
		>"$SERVERS/run/log/watched/syslog"
	as root logwatch --output mail --mailto 'root www-data' --range all \
		--detail high --service cron --logdir /run/log/watched
	sent
	got 'Logwatch for' alerts@example.org web@example.org
	from "$(origin root)"
	to $'alerts@example.org\nalerts@example.org, web@example.org'
	text | grep '^ *echo Grüße: 1 Time(s)$'
}

@test "fail2ban: its server bans somebody" {
	need_inside /usr/bin/fail2ban-server
	: >"$SERVERS/run/log/sshd.log"
	as root fail2ban-client start
	succeeded
	for i in 1 2 3; do
		as root date '+%b %d %T host sshd[1]: Failed password for root'
		echo "$output from 192.0.2.7 port 4242 ssh2"
	done >>"$SERVERS/run/log/sshd.log"
	root_got 'Fail2Ban\] SSH: banned 192.0.2.7' \
		"$(origin fail2ban Fail2Ban)"
	says Hi, '' 'The IP 192.0.2.7 has just been banned by Fail2Ban after' \
		'3 attempts against SSH.' '' Regards, '' Fail2Ban
	as root fail2ban-client stop
	got 'Fail2Ban\] SSH: stopped' alerts@example.org
	not grep ERROR "$SERVERS/run/log/fail2ban.log"
}

@test "unattended-upgrades" {
	need_inside /usr/bin/unattended-upgrade
	as root /usr/bin/python3 "$INTEROP/system/summary.py"
	sent
	root_got unattended-upgrades "$(origin root)"
	[ "$(header Auto-Submitted)" = auto-generated ]
	says 'Unattended upgrade result: All upgrades installed' '' \
		'Packages that were upgraded:' ' openssl' '' \
		'Package installation log:' 'Gr=C3=BC=C3=9Fe' . ..end '' \
		'Unattended-upgrades log:' log
}

@test "cron-apt" {
	need_inside /usr/sbin/cron-apt
	as root cron-apt -i
	sent
	root_got CRON-APT "$(origin root)"
	diff <(sed '1,/^$/d' "$SERVERS/run/cron-apt/last") <(text)
}

@test "logcheck" {
	need_inside /usr/sbin/logcheck
	need_inside /usr/bin/mime-construct
	echo 'Nov 22 00:00:00 host kernel: Grüße' >"$SERVERS/run/log/kernel"
	as dora env TMP=/run/dora logcheck -l /run/log/kernel -S /run/dora
	succeeded
	root_got 'System Events' '"Dora Q. Reporter"'
	text | grep -x 'Nov 22 00:00:00 host kernel: Gr.*e'
}

@test "reportbug: a person, who has an account" {
	need_inside /usr/bin/reportbug
	as dora env HOME=/run/dora reportbug --no-config-files --offline -b \
		--mta=/usr/sbin/sendmail --email=dora@example.edu --no-cc \
		--no-check-available --no-check-installed --no-verify \
		--no-bug-script --no-cc-menu --no-tags-menu --mode=expert \
		--severity=normal --tag=none --subject='A bug' \
		--body='Nothing works.' -V 1.0 bash
	succeeded
	BY=dora@example.edu got 'A bug' submit@bugs.debian.org
	[ "$(header From)" = '"Dora Q. Reporter" <dora@example.edu>' ]
	to 'Debian Bug Tracking System <submit@bugs.debian.org>'
	diff <(printf '%s\n' 'Package: bash' 'Version: 1.0' 'Severity: normal' \
		'' 'Nothing works.') <(text | head -n 5)
}

@test "systemd-cron" {
	need_inside /usr/lib/systemd-cron/mail_on_failure
	as www-data /usr/lib/systemd-cron/mail_on_failure cron-backup.service
	sent
	root_got 'job cron-backup.service failed' "$(origin root systemd-cron)"
	[ "$(header Content-Transfer-Encoding)" = base64 ]
	diff <(inside systemctl status) <(text | base64 -d)
}

@test "cron: root's job without MAILTO" {
	WAIT=75 root_got "Cron <root@.*> printf 'one" \
		"$(origin root 'Cron Daemon')"
	says one . Grüße
}

@test "cron: a job of www-data's" {
	WAIT=75 got 'Cron <www-data@.*> echo two' alerts@example.org \
		web@example.org
	from "$(origin root 'Cron Daemon')"
	to 'alerts@example.org, web@example.org'
	says two
}

@test "bcron" {
	need_inside /usr/sbin/bcron-start
	WAIT=75 root_got "Cron <root@.*> printf 'three" \
		"$(origin root 'Cron Daemon')"
	says three . end
}
