<?php
// SPDX-License-Identifier: ISC
// symfony.php COMMAND NAME...: a message to each NAME, all by one transport;
// COMMAND is empty for the transport's own. Says which was not sent, and why.

require '/usr/share/php/Symfony/Component/Mailer/autoload.php';

use Symfony\Component\Mailer\Exception\TransportExceptionInterface;
use Symfony\Component\Mailer\Mailer;
use Symfony\Component\Mailer\Transport\SendmailTransport;
use Symfony\Component\Mime\Email;

$mailer = new Mailer(new SendmailTransport($argv[1] ?: null));
$body = stream_get_contents(STDIN);
foreach (array_slice($argv, 2) as $name) {
	try {
		$mailer->send((new Email())
			->from('bob@example.com')
			->to("$name@example.org")
			->cc("$name.cc@example.org")
			->bcc("$name.bcc@example.org")
			->subject('Grüße')
			->text($body));
	} catch (TransportExceptionInterface $e) {
		echo "$name: ", $e->getMessage(), "\n";
	}
}
