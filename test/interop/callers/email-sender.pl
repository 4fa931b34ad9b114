# SPDX-License-Identifier: ISC
# email-sender.pl NAME

use strict;
use utf8;
use Email::Sender::Simple;
use Email::Sender::Transport::Sendmail;
use Email::Simple;

my $name = shift;
my @to = map { "$name$_\@example.org" } '', '.cc', '.bcc';
my $mail = Email::Simple->create(
	header => [
		From => 'bob@example.com',
		To => $to[0],
		Cc => $to[1],
		Subject => '=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
	],
	body => join('', <STDIN>),
);
Email::Sender::Simple->send($mail, {
	to => \@to,
	transport => Email::Sender::Transport::Sendmail->new,
});
