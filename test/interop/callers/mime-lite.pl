# SPDX-License-Identifier: ISC
# mime-lite.pl NAME [USER]: as USER if given, by -f too.

use strict;
use MIME::Lite;

my ($name, $user) = @ARGV;
my $mail = MIME::Lite->new(
	From => ($user // 'alice') . '@example.com',
	To => "$name\@example.org",
	Cc => "$name.cc\@example.org",
	Bcc => "$name.bcc\@example.org",
	Subject => '=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
	Encoding => '8bit',
	Data => join('', <STDIN>),
);
$mail->send('sendmail', $user ? (SetSender => 1) : ()) or die "no success\n";
