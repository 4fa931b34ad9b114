#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every program of which it is known how it calls sendmail, replayed.  What
# stands in test/callers is described in test/callers/replay.

load lib

CALLERS=$top_srcdir/test/callers

# One server and one configuration will do for all.
setup_file() {
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	server_start
	moved_binary
	ln -s pinmail "$MOVED_DIR/sendmail"
	ln -s pinmail "$MOVED_DIR/mailq"
	ln -s pinmail "$MOVED_DIR/newaliases"
	umask 077
	cat >"$MOVED_DIR/aliases" <<-'END'
	root: admin@example.org
	backup: root
	www-data: root
	logcheck: "root"
	END
	cat >"$SYSTEM_FILE" <<-END
	defaults
	host 127.0.0.1
	port $PORT
	tls_starttls off
	pin $PIN
	syslog off
	aliases $MOVED_DIR/aliases
	local_domains web1
	local_to postmaster@example.org
	account default
	user alice
	password wonder1and
	from alerts@example.com
	senders *@example.com
	account news
	user bob
	password builder
	from news@example.net
	senders *@example.net
	END
	export DIR MOVED_DIR HOME=$BATS_FILE_TMPDIR
	servant_start "$CALLERS/replay"
}

teardown_file() {
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	servant_stop
	teardown
}

replay() {
	servant "$CALLERS/$BATS_TEST_DESCRIPTION" "$MOVED_DIR" "$DIR" \
		<<<'main()'
}

@test "php-mail" { replay; }
@test "php-mail-lf" { replay; }
@test "php-mail-f" { replay; }
@test "php-mail-bare" { replay; }
@test "php-contact-form" { replay; }
@test "phpmailer" { replay; }
@test "phpmailer-old" { replay; }
@test "phpmailer-ismail" { replay; }
@test "wordpress" { replay; }
@test "drupal" { replay; }
@test "symfony-t" { replay; }
@test "symfony-t-dots" { replay; }
@test "symfony-bs" { replay; }
@test "symfony-bs-long" { replay; }
@test "laravel" { replay; }
@test "swiftmailer-bs" { replay; }
@test "swiftmailer-t" { replay; }
@test "pear-mail" { replay; }
@test "codeigniter" { replay; }
@test "codeigniter-crlf" { replay; }
@test "cron-debian" { replay; }
@test "cron-vixie" { replay; }
@test "cronie" { replay; }
@test "systemd-cron" { replay; }
@test "systemd-cron-1" { replay; }
@test "busybox-crond" { replay; }
@test "dcron" { replay; }
@test "dcron-oem" { replay; }
@test "bcron" { replay; }
@test "anacron" { replay; }
@test "atd" { replay; }
@test "git-send-email" { replay; }
@test "git-send-email-f" { replay; }
@test "git-send-email-account" { replay; }
@test "git-post-receive-email" { replay; }
@test "mutt" { replay; }
@test "mutt-dsn" { replay; }
@test "mutt-bounce" { replay; }
@test "neomutt" { replay; }
@test "s-nail" { replay; }
@test "s-nail-metoo" { replay; }
@test "bsd-mailx" { replay; }
@test "mailutils" { replay; }
@test "mailutils-rcpt" { replay; }
@test "emacs-sendmail" { replay; }
@test "emacs-sendmail-dsn" { replay; }
@test "emacs-resend" { replay; }
@test "emacs-message" { replay; }
@test "emacs-message-read" { replay; }
@test "emacs-message-account" { replay; }
@test "emacs-message-resend" { replay; }
@test "alpine-bs" { replay; }
@test "alpine-t" { replay; }
@test "aerc" { replay; }
@test "mblaze" { replay; }
@test "mblaze-resend" { replay; }
@test "mime-construct" { replay; }
@test "nodemailer" { replay; }
@test "nodemailer-unix" { replay; }
@test "ruby-mail" { replay; }
@test "ruby-mail-2.7" { replay; }
@test "ruby-mail-t" { replay; }
@test "email-sender" { replay; }
@test "mail-mailer" { replay; }
@test "mime-lite" { replay; }
@test "mime-lite-from" { replay; }
@test "python" { replay; }
@test "gitea" { replay; }
@test "gitea-crlf" { replay; }
@test "lettre" { replay; }
@test "sudo" { replay; }
@test "mdadm" { replay; }
@test "smartd" { replay; }
@test "zed" { replay; }
@test "apticron" { replay; }
@test "aide" { replay; }
@test "icinga2" { replay; }
@test "icinga2-r" { replay; }
@test "upsmon" { replay; }
@test "fail2ban" { replay; }
@test "fail2ban-old" { replay; }
@test "unattended-upgrades" { replay; }
@test "cron-apt" { replay; }
@test "logwatch" { replay; }
@test "logcheck" { replay; }
@test "tripwire" { replay; }
@test "arpwatch" { replay; }
@test "backuppc" { replay; }
@test "mgetty" { replay; }
@test "devscripts" { replay; }
@test "reportbug" { replay; }
@test "rt" { replay; }
@test "rt-bounce" { replay; }
@test "rt-bounce-empty" { replay; }
@test "proxmox" { replay; }
@test "proxmox-old" { replay; }
@test "periodic" { replay; }
@test "systemd-onfailure" { replay; }
@test "mailq" { replay; }
@test "newaliases" { replay; }

@test "each of test/callers has been replayed above" {
	diff <(cd "$CALLERS" && ls -d ./*/ | sed 's,^./\(.*\)/$,\1,' | sort) \
		<(sed -n 's/^@test "\([^" ]*\)" { replay; }$/\1/p' \
		"$BATS_TEST_FILENAME" | sort)
}
