# SPDX-License-Identifier: ISC
#
# Libraries with which programs send mail, used by small programs in `callers`.

load servers
load callers

setup_file() { callers_start; }
teardown_file() { servers_stop; }
setup() { callers_ready; }

@test "PHP: mail() without a sender" {
	library mail.php php.1
	sent
	arrived php.1
	[ "$(field X-A)" = b ]
}

@test "PHP: mail() with -f takes the account of that sender" {
	library mail.php php.2 'Bob <bob@example.com>' -fbob@example.com
	sent
	BY=bob arrived php.2
	[ "$(field From)" = 'Bob <bob@example.com>' ]
}

@test "PHP: mail() with -f and an address of nobody's returns false" {
	library mail.php php.3 '' -fstranger@example.net
	failed 1 stranger@example.net
	sessions 0
}

@test "PHP: a contact form sends with the visitor's address" {
	library mail.php php.4 'Eve <eve@example.net>'
	failed 1 eve@example.net
	library mail.php php.5 'Eve <eve@example.net>' -fbob@example.com
	sent
	BY=bob arrived php.5
	[ "$(field Reply-To)" = 'Eve <eve@example.net>' ]
}

@test "PHP: www-data, who may read the configuration through its group" {
	# As FastCGI does it: with next to no environment.
	AS=(setpriv --reuid=www-data --regid=www-data --clear-groups
		env -i PATH=/usr/bin:/bin)
	library mail.php php.6
	sent
	arrived php.6
}

@test "PHPMailer: isMail, isSendmail, isQmail" {
	need_inside /usr/share/php/libphp-phpmailer
	for how in Mail Sendmail Qmail; do
		library phpmailer.php "is$how" "phpmailer.$how"
		sent
		arrived "phpmailer.$how"
	done
}

@test "PHPMailer: the same with an envelope sender" {
	need_inside /usr/share/php/libphp-phpmailer
	for how in Mail Sendmail Qmail; do
		library phpmailer.php "is$how" "phpmailer.$how.2" \
			bob@example.com
		sent
		BY=bob arrived "phpmailer.$how.2"
	done
}

# several PROGRAM COMMAND NAME: three messages by one process of COMMAND.
several() {
	library "$1" "$2" "$3".{1..3}
	sent
	for i in {1..3}; do
		BY=bob arrived "$3.$i"
	done
	sessions 3
}

@test "Symfony Mailer: -bs, its default" {
	need_inside /usr/share/php/Symfony/Component/Mailer
	several symfony.php '' symfony
}

@test "Symfony Mailer: -bs -i, as Laravel has it" {
	need_inside /usr/share/php/Symfony/Component/Mailer
	several symfony.php '/usr/sbin/sendmail -bs -i' laravel
}

@test "Symfony Mailer: after a message that is refused, the next one is sent" {
	need_inside /usr/share/php/Symfony/Component/Mailer
	library symfony.php '' symfony.4 nobody symfony.5
	[[ $status = 0 && ${#lines[@]} = 1 && -z $stderr ]]
	[[ $output == 'nobody: '*'550 5.1.1'*'No such person'* ]]
	BY=bob arrived symfony.4
	BY=bob arrived symfony.5
	sessions 3
	nothing_for nobody.cc@example.org
}

@test "Symfony Mailer: -t" {
	need_inside /usr/share/php/Symfony/Component/Mailer
	several symfony.php '/usr/sbin/sendmail -t -i' symfony.t
	library symfony.php '/usr/sbin/sendmail -t -i' nobody
	[[ $output == 'nobody: '*'No such person'* ]]
}

@test "Swiftmailer: -bs, its default" {
	need_inside /usr/share/php/Swift
	several swift.php '' swift
}

@test "Swiftmailer: -t" {
	need_inside /usr/share/php/Swift
	several swift.php '/usr/sbin/sendmail -t -i' swift.t
}

@test "Nodemailer" {
	need_inside /usr/share/nodejs/nodemailer
	library nodemailer.js nodemailer
	sent
	BY=bob arrived nodemailer
}

@test "Perl: Email::Sender" {
	need_inside /usr/share/perl5/Email/Sender
	library email-sender.pl email.sender
	sent
	BY=bob arrived email.sender
}

@test "Perl: Mail::Send" {
	need_inside /usr/share/perl5/Mail/Send.pm
	library mail-send.pl mail.send
	sent
	arrived mail.send
}

@test "Perl: MIME::Lite" {
	need_inside /usr/share/perl5/MIME/Lite.pm
	library mime-lite.pl mime.lite.1
	sent
	arrived mime.lite.1
	library mime-lite.pl mime.lite.2 bob
	sent
	BY=bob arrived mime.lite.2
}

@test "Ruby: mail" {
	inside ruby -e 'require "mail"' || lacks "Ruby's mail is missing"
	library mail.rb ruby
	sent
	BY=bob arrived ruby
}

@test "a refused recipient: the other programs learn of it" {
	local said='pinmail: refused: nobody@example.org '

	for library in php/libphp-phpmailer perl5/Email/Sender \
	    perl5/Mail/Send.pm perl5/MIME/Lite.pm nodejs/nodemailer; do
		need_inside "/usr/share/$library"
	done
	for program in 'phpmailer.php isMail' 'phpmailer.php isSendmail' \
	    mail.php email-sender.pl mail-send.pl mime-lite.pl nodemailer.js; do
		# Node's does not hand on what was said.
		[ "$program" != nodemailer.js ] || said=*'exited with code 67'
		library $program nobody
		echo "$program: status $status, said: $stderr"
		[ "$status" -ne 0 ]
		[[ $stderr == $said* ]]
	done
}
