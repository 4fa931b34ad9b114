# SPDX-License-Identifier: ISC
# mail-send.pl NAME

use strict;
use Mail::Send;

my $name = shift;
my $mail = Mail::Send->new(Subject => 'Grüße', To => "$name\@example.org");
$mail->cc("$name.cc\@example.org");
$mail->bcc("$name.bcc\@example.org");
my $pipe = $mail->open('sendmail');
print $pipe <STDIN>;
$pipe->close or die "no success\n";
