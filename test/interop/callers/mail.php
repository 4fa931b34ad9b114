<?php
// SPDX-License-Identifier: ISC
// mail.php NAME [FROM [PARAMETERS]]

[, $name, $from, $parameters] = $argv + ['', '', '', ''];
$header = "Cc: $name.cc@example.org\r\nBcc: $name.bcc@example.org\r\nX-A: b";
if ($from)
	$header .= "\r\nFrom: $from";
exit(mail("$name@example.org", 'Grüße', stream_get_contents(STDIN), $header,
	$parameters) ? 0 : 1);
