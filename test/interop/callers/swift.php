<?php
// SPDX-License-Identifier: ISC
// swift.php COMMAND NAME...: as symfony.php.

error_reporting(E_ALL & ~E_DEPRECATED);
require '/usr/share/php/Swift/autoload.php';

$mailer = new Swift_Mailer($argv[1] ?
	new Swift_SendmailTransport($argv[1]) : new Swift_SendmailTransport());
$body = stream_get_contents(STDIN);
foreach (array_slice($argv, 2) as $name) {
	$mailer->send((new Swift_Message('Grüße', $body))
		->setFrom('bob@example.com')
		->setTo("$name@example.org")
		->setCc("$name.cc@example.org")
		->setBcc("$name.bcc@example.org"));
}
