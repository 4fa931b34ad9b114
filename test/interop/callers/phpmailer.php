<?php
// SPDX-License-Identifier: ISC
// phpmailer.php METHOD NAME [SENDER]

require '/usr/share/php/libphp-phpmailer/autoload.php';

[, $method, $name, $sender] = $argv + ['', '', '', ''];
$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->$method();
if ($method === 'isQmail')
	$mail->Sendmail = '/usr/sbin/sendmail -t -i';
$mail->setFrom($sender ?: 'alice@example.com', 'Grüße', false);
$mail->Sender = $sender;
$mail->addAddress("$name@example.org");
$mail->addCC("$name.cc@example.org");
$mail->addBCC("$name.bcc@example.org");
$mail->CharSet = 'utf-8';
$mail->Subject = 'Grüße';
$mail->Body = stream_get_contents(STDIN);
$mail->send();
