# SPDX-License-Identifier: ISC
#
# Programs with which people send mail, each with its own defaults.

load servers
load callers

setup_file() { callers_start; }
teardown_file() { servers_stop; }
setup() { callers_ready; }

@test "mutt" {
	caller mutt -s Grüße -c mutt.cc@example.org -b mutt.bcc@example.org \
		-- mutt@example.org
	sent
	arrived mutt
}

@test "mutt: with the envelope's sender and notifications" {
	caller mutt -s Grüße -e 'set from="Bob <bob@example.com>"' \
		-e 'set use_envelope_from use_8bitmime' \
		-e 'set dsn_notify=failure,delay dsn_return=hdrs' \
		-c mutt.2.cc@example.org -b mutt.2.bcc@example.org \
		-- mutt.2@example.org
	sent
	BY=bob arrived mutt.2
}

@test "s-nail" {
	caller s-nail -s Grüße -c s-nail.cc@example.org \
		-b s-nail.bcc@example.org s-nail@example.org
	sent
	arrived s-nail
}

@test "s-nail: as another sender" {
	caller s-nail -r 'Bob <bob@example.com>' -s Grüße \
		-c s-nail.2.cc@example.org -b s-nail.2.bcc@example.org \
		s-nail.2@example.org
	sent
	BY=bob arrived s-nail.2
}

@test "bsd-mailx" {
	caller bsd-mailx -s Grüße -c bsd.cc@example.org \
		-b bsd.bcc@example.org bsd@example.org
	sent
	arrived bsd
}

@test "bsd-mailx: as another sender" {
	caller bsd-mailx -r bob@example.com -s Grüße -c bsd.2.cc@example.org \
		-b bsd.2.bcc@example.org bsd.2@example.org
	sent
	BY=bob arrived bsd.2
}

# Without `nodot` a lone dot ends what mail itself reads.
@test "GNU mailutils" {
	caller mail.mailutils -E 'set nodot' -s Grüße \
		-a 'Cc: gnu.cc@example.org' -a 'Bcc: gnu.bcc@example.org' \
		gnu@example.org
	sent
	arrived gnu
}

@test "GNU mailutils: as another sender" {
	caller mail.mailutils -E 'set nodot' -r bob@example.com -s Grüße \
		-a 'Cc: gnu.2.cc@example.org' -a 'Bcc: gnu.2.bcc@example.org' \
		gnu.2@example.org
	sent
	BY=bob arrived gnu.2
}

# patch: a mail as git format-patch makes it, with the body.
patch() {
	printf 'From: Bob <bob@example.com>\nSubject: Grüße\n\n'
	body
}

# send_patch OPTION...: git sends $BATS_TEST_TMPDIR/patch.
send_patch() {
	caller git -c user.name=Bob -c user.email=bob@example.com \
		send-email --quiet --confirm=never --no-validate \
		--suppress-cc=all --8bit-encoding=UTF-8 "$@" \
		"$BATS_TEST_TMPDIR/patch"
}

@test "git send-email" {
	need_inside /usr/lib/git-core/git-send-email
	patch >"$BATS_TEST_TMPDIR/patch"
	send_patch --to=git@example.org --cc=git.cc@example.org \
		--bcc=git.bcc@example.org
	succeeded
	BY=bob arrived git
	send_patch --to=git.2@example.org --cc=git.2.cc@example.org \
		--bcc=git.2.bcc@example.org --envelope-sender=auto
	succeeded
	BY=bob arrived git.2
}

@test "Emacs: message mode" {
	library message.el emacs
	succeeded
	arrived emacs
}

@test "Alpine: -bs, its default" {
	need_inside /usr/bin/alpine
	library alpine.py alpine.1
	sent
	arrived alpine.1
}

@test "Alpine: -t" {
	need_inside /usr/bin/alpine
	library alpine.py alpine.2 '/usr/sbin/sendmail -oem -t -oi'
	sent
	arrived alpine.2
}

# refused TEXT COMMAND...: it fails and says TEXT.
refused() {
	"${@:2}"
	echo "${*:2}: status $status, said: $output$stderr"
	[ "$status" -ne 0 ] && [[ $output$stderr == *"$1"* ]]
}

@test "a refused recipient: people learn of it" {
	need_inside /usr/bin/alpine
	need_inside /usr/lib/git-core/git-send-email
	refused 'child exited 67 (User unknown.)' \
		caller mutt -s x nobody@example.org
	refused 'message not sent' caller s-nail -s x nobody@example.org
	refused 'error code 67' caller bsd-mailx -s x nobody@example.org
	refused 'non-zero status' caller mail.mailutils -s x nobody@example.org
	refused 'exit value 67' library message.el nobody
	refused 'Recipient address rejected' library alpine.py nobody
	refused 'Recipient address rejected' library alpine.py nobody \
		'/usr/sbin/sendmail -oem -t -oi'
	patch >"$BATS_TEST_TMPDIR/patch"
	refused 'pinmail: refused: nobody@example.org' \
		send_patch --to=nobody@example.org
}
