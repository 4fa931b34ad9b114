#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What happens to the message".

load lib

# The manual's rules once more, in another language: what should arrive of
# the file $1, against what did arrive in $2.  Behind them stand the names of
# the fields that should have been added, and after -- those that should be
# gone besides the private ones.  Where a Content-Transfer-Encoding should have
# been added, it is what Python decodes that has to be the same.
setup_file() {
	cat >"$BATS_FILE_TMPDIR/oracle.py" <<-'END'
	import email, random, re, sys
	from collections import Counter

	field = re.compile(rb'([!-9;-~]+)[ \t]*:')

	def split(lines):
	    fields = []
	    for i, l in enumerate(lines):
	        if l == b'':
	            return fields, lines[i + 1:]
	        if l[:1] in (b' ', b'\t') and fields:
	            fields[-1][1].append(l)
	        elif field.match(l):
	            fields.append((field.match(l)[1].decode().lower(), [l]))
	        else:
	            return fields, lines[i:]
	    return fields, []

	def fail(what):
	    print(what)
	    sys.exit(1)

	def same(what, want, got):
	    if want == got:
	        return
	    both = zip(want, got)
	    n = next((i for i, (a, b) in enumerate(both) if a != b),
	             min(len(want), len(got)))
	    print('%s: %d for %d, the first that differs:' %
	          (what, len(got), len(want)))
	    for which in want, got:
	        print(' ', repr(which[n:n + 1])[:200])
	    sys.exit(1)

	def oracle():
	    raw = open(sys.argv[1], 'rb').read()
	    got = open(sys.argv[2], 'rb').read()
	    more = sys.argv[3:]
	    cut = more.index('--') if '--' in more else len(more)
	    added = sorted(n.lower() for n in more[:cut])
	    gone = {n.lower() for n in more[cut + 1:]}
	    gone |= {'bcc', 'resent-bcc', 'return-path', 'content-length'}
	    raw = raw.replace(b'\0', b'')
	    lines = re.split(rb'(?<!\r)\r*\n', raw)
	    lines[-1] = lines[-1].rstrip(b'\r')
	    if lines[-1] == b'':
	        lines.pop()
	    lines = [l.replace(b'\r', b' ') for l in lines]
	    while lines and re.match(rb'>?From ', lines[0]):
	        lines.pop(0)
	    fields, body = split(lines)
	    want = [f for f in fields if f[0] not in gone]
	    if not got.endswith(b'\r\n'):
	        fail('no CRLF at the end')
	    lines = got[:-2].split(b'\r\n')
	    if b'' not in lines:
	        fail('no empty line')
	    have, rest = split(lines)
	    new = Counter(f[0] for f in have) - Counter(f[0] for f in want)
	    if sorted(new.elements()) != added:
	        fail('added: %r, not %r' % (sorted(new.elements()), added))
	    kept = [f for f in have if f[0] not in added]
	    same('fields', [f for f in want if f[0] not in added], kept)
	    if 'content-transfer-encoding' in added:
	        if max(map(len, rest), default=0) > 998:
	            fail('a line of more than 998 bytes')
	        text = email.message_from_bytes(got).get_payload(decode=True)
	        rest = text.split(b'\r\n')
	        if rest.pop() != b'':
	            fail('no CRLF at the end of what is decoded')
	    same('body', body, rest)

	def write(text):
	    with open(sys.argv[1], 'w') as m:
	        print(text, file=m)
	END
	servant_start "$BATS_FILE_TMPDIR/oracle.py"
}

teardown_file() {
	servant_stop
}

# Send the file m; it must arrive as the oracle says.
arrives() {
	pinmail bob@example.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	servant "$BATS_TEST_TMPDIR/m" "$EML" "$@" <<<'oracle()'
	env_is barecr 0
	env_is barelf 0
	env_is nul 0
}

message() {
	# shellcheck disable=SC2059
	printf "$@" >"$BATS_TEST_TMPDIR/m"
}

# The same as a string of Python.
written() {
	servant "$BATS_TEST_TMPDIR/m" <<<"write($1)"
}

new='Date Message-ID From'
mime='MIME-Version Content-Type Content-Transfer-Encoding'

@test "every line ends in CRLF; CRLF, LF and mixtures are understood" {
	server_start
	conf_write
	message 'Subject: a\nTo: b@c\n\none\ntwo\n'
	arrives $new
	message 'Subject: a\r\nTo: b@c\r\n\r\none\r\ntwo\r\n'
	arrives $new
	message 'Subject: a\r\nTo: b@c\n\r\none\ntwo\r\n\n\r\n'
	arrives $new
	[ "$(body)" = $'one\r\ntwo\r\n\r\n\r' ]
}

@test "a CR that is not at the end of a line becomes a space" {
	server_start
	conf_write
	message 'Subject: a\rb\n\n\rone\rtwo\r\rthree\n\r\r\n'
	arrives $new
	[ "$(field Subject)" = 'a b' ]
	[ "$(body)" = $' one two  three\r\n\r' ]
	# At the end of a line all of them are its end, and so at the end of
	# the input.
	message 'Subject: a\r\r\n\r\r\none\r\r\ntwo\r'
	arrives $new
	[ "$(body)" = $'one\r\ntwo\r' ]
	# Over the borders of what is read at once; a line that long is encoded.
	written '"S: x\n\n" + ("\r" * 990 + "y\n") * 300'
	arrives $new
	written '"S: x\n\n" + "\r" * 200000 + "y"'
	arrives $new $mime
}

@test "a smuggled end of data is content" {
	local caps

	for caps in PIPELINING PIPELINING,CHUNKING ''; do
		server_start --caps "$caps"
		conf_write
		message 'S: x\n\none\r.\r\ntwo\n.\nthree\n.\r\nMAIL FROM:<x@y>\n\r\n.\r'
		arrives $new
		filed_are 1
	done
}

@test "NUL bytes are dropped" {
	server_start
	conf_write
	message 'Sub\0ject: a\0b\n\0\n\0one\0\ntwo\r\0\n\0'
	arrives $new
	[ "$(field Subject)" = ab ]
	[ "$(body)" = $'one\r\ntwo\r' ]
}

@test "lines at the start that begin with From or >From are dropped" {
	server_start
	conf_write
	message 'From alice Sat Nov 21\n>From bob Sat\nSubject: a\n\nFrom here on\n>From x\n'
	arrives $new
	[ "$(body)" = $'From here on\r\n>From x\r' ]
	# Only at the start: later it is no field, so the body begins.
	message 'Subject: a\nFrom alice Sat Nov 21\nTo: b@c\n\nx\n'
	arrives $new
	[ "$(body)" = $'From alice Sat Nov 21\r\nTo: b@c\r\n\r\nx\r' ]
}

@test "the header ends at the first line that is not part of a field" {
	server_start
	conf_write
	# No header.
	message 'just text\nmore\n'
	arrives $new
	[ "$(body)" = $'just text\r\nmore\r' ]
	# An empty line first: no header, and it is taken for the one between.
	message '\nTo: nobody@example.com\n'
	arrives $new
	[ "$(body)" = $'To: nobody@example.com\r' ]
	# No empty line.
	message 'Subject: a\nTo: b@c\nhello: is fine\nhello there\nSubject: no\n'
	arrives $new
	[ "$(body)" = $'hello there\r\nSubject: no\r' ]
	# Nothing behind the header, or not even its line end.
	message 'Subject: a\nTo: b@c\n'
	arrives $new
	message 'Subject: a\n\n'
	arrives $new
	message 'Subject: a'
	arrives $new
	# A line that begins with a blank belongs to the field above it, if
	# there is one.
	message ' folded: x\nSubject: a\n'
	arrives $new
	message 'Subject: a\n\tb\n \n c\nX-Y:\n z\n\nbody\n'
	arrives $new
	# Names that are none.
	message 'Subject: a\nb\xc3\xbc: c\nd: e\n'
	arrives $new $mime
	message 'Subject: a\n: c\nd: e\n'
	arrives $new
	message 'Subject : a\nTo \t : b@c\n\nx\n'
	arrives $new
}

@test "an empty input is a message" {
	server_start
	conf_write
	message ''
	arrives $new
	[ "$(body)" = '' ]
	message '\n'
	arrives $new
	message '\0'
	arrives $new
}

@test "no final newline" {
	server_start
	conf_write
	message 'Subject: a\n\nlast words'
	arrives $new
	[ "$(body)" = $'last words\r' ]
}

@test "Date, Message-ID and From are added if they are missing" {
	server_start
	conf_write
	message 'Subject: a\n\nx\n'
	TZ=UTC-5:30 arrives $new
	# The display name is tested with local people.
	[[ $(field From) == *"<alice@example.com>" ]]
	# TZ: the time zone of a Date field that pinmail adds.
	[[ $(field Date) =~ ^[A-Z][a-z][a-z],\ [0-9]{1,2}\ [A-Z][a-z][a-z]\ 20[0-9][0-9]\ [0-9][0-9]:[0-9][0-9]:[0-9][0-9]\ \+0530$ ]]
	servant "$(field Date)" <<-'END'
	import email.utils, time
	t = email.utils.mktime_tz(email.utils.parsedate_tz(sys.argv[1]))
	assert abs(t - time.time()) < 60
	END
	# A new Message-ID is a random UUID and the domain of the sender.
	[[ $(field Message-ID) =~ ^\<[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}@example\.com\>$ ]]
}

@test "Date, Message-ID and From are kept byte for byte" {
	server_start
	conf_write
	message 'date:  Thu,\n\t01 Jan 1970 00:00:00 -0000 (then)\nFROM: "A. L." <Alice@Example.COM>\nMESSAGE-ID:\n <a.b@c>\n\nx\n'
	arrives
	message 'Date : whenever\nFrom : alice@example.com\nMessage-ID : <a@b>\n\nx\n'
	arrives
}

@test "a new Message-ID has the domain from domain" {
	server_start
	conf_write 'domain mail7.example.net'
	message 'Subject: a\n\nx\n'
	arrives $new
	[[ $(field Message-ID) == '<'*'@mail7.example.net>' ]]
	first=$(field Message-ID)
	arrives $new
	[ "$(field Message-ID)" != "$first" ]
}

@test "a Message-ID that is empty or malformed, or several, are replaced" {
	local id

	server_start
	conf_write
	for id in '' 'x' '<x>' '<@>' '<a@>' '<@b>' 'a@b' '<a@b> <c@d>' \
		'<a b@c>' '<a@b' '<a@b>x' '<a@\xc3\xa9>'; do
		message "Message-ID: $id\n\nx\n"
		arrives $new -- Message-ID
		[[ $(field Message-ID) == '<'*'@example.com>' ]]
		[ "$(field Message-ID | wc -l)" -eq 1 ]
	done
	message 'Message-ID: <a@b>\nMessage-ID: <a@b>\n\nx\n'
	arrives $new -- Message-ID
	for id in '<a@b>' ' <a.b-c+d=e@[127.0.0.1]> ' '(c) <a$b@c_d> (e)'; do
		message "Message-ID: $id\n\nx\n"
		arrives Date From
	done
}

@test "Bcc, Resent-Bcc, Return-Path and Content-Length are taken out" {
	local opt

	server_start
	conf_write
	message 'Return-Path: <x@y>\nBcc: one@example.org\nSubject: a\nBCC :two@example.org\nbcc\t : three@example.org,\n\tfour@example.org,\n \n five@example.org\nContent-Length: 7\nResent-Bcc: six@example.org,\n seven@example.org\nBcc:\nX-Bcc: stays\nBcc-X: stays\nTo: eight@example.org\n\nBcc: stays\n'
	arrives $new
	lacks '(one|two|three|four|five|six|seven)@' "$EML"
	grep -q '^Bcc: stays' "$EML"
	# With -t or without.
	pinmail -t nine@example.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	lacks '(one|two|three|four|five|six|seven|nine)@' "$EML"
}

@test "all other bytes stay as they are" {
	server_start
	conf_write
	# What is not of its header: no 8-bit text in a field that could encode
	# it, or a signature.
	servant "$BATS_TEST_TMPDIR" <<-'END'
	r = random.Random(7)
	text = bytes(c for c in range(1, 256) if c not in (10, 13))
	rest = b'subject:   two  blanks \t\r\nReceived: \xff\xfe\n'
	rest += b' \xc3\xa9 b;\n\tc\nX-Empty:\nReceived: d\nMIME-Version: 1.0\n\n'
	for i in range(3000):
	    n = r.randrange(0, 120)
	    rest += bytes(r.choice(text) for _ in range(n)) + b'\n'
	dkim = b'DKIM-Signature: v=1; a=rsa-sha256; h=x-8; b=a\n'
	dkim += b'X-8: \xff \xc3\xa9\n'
	for name, top in ('plain', b''), ('signed', dkim):
	    open('%s/%s' % (sys.argv[1], name), 'wb').write(top + rest)
	END
	for m in plain signed; do
		ln -sf "$m" "$BATS_TEST_TMPDIR/m"
		arrives $new
		env_is eightbit 1
		grep -q '^mailparams=.*BODY=8BITMIME' "$ENV"
	done
}

@test "a line of more than 998 bytes is encoded, but in the header it may stay" {
	server_start
	conf_write
	written '"S: x\n\n" + "b" * 998 + "\n" + "\x1b" * 998'
	arrives $new
	env_is longest 998
	written '"S: x\n\n" + "b" * 998 + "\n" + "b" * 999'
	arrives $new $mime
	env_is longest 76
	[ "$(field Content-Transfer-Encoding)" = quoted-printable ]
	[ "$(field Content-Type)" = 'text/plain; charset=us-ascii' ]
	# It stays where there is no blank to fold it at.
	written '"S: " + "h" * 3000 + "\n\n" + "b" * 70000'
	arrives $new $mime
	env_is longest 3003
}

@test "a line with a lone dot is content, always" {
	local caps opt

	for caps in 'PIPELINING,8BITMIME' '' 'CHUNKING' \
		'PIPELINING,CHUNKING'; do
		server_start --caps "$caps"
		conf_write
		message '.: x\n\n.\n..\n.a\nb.\n\n...\n.\r.\n.'
		for opt in '' -i -oi; do
			pinmail $opt bob@example.org <"$BATS_TEST_TMPDIR/m"
			succeeded
			filed alice
			servant "$BATS_TEST_TMPDIR/m" "$EML" $new <<<'oracle()'
		done
		case $caps in
		*CHUNKING*) env_is bdat 1 ;;
		*) env_is bdat 0 ;;
		esac
	done
}

@test "300 KB and 2 MB, with DATA and with BDAT" {
	local caps size more

	servant "$BATS_TEST_TMPDIR" <<-'END'
	r = random.Random(1)
	for size in (300, 2000):
	    lines = [b'Subject: big\n\n']
	    n = 0
	    while n < size * 1000:
	        l = r.choice((b'.', b'..', b'', b'\r', b'x')) \
	            + r.randbytes(r.randrange(90)).replace(b'\n', b'') \
	            + r.choice((b'\n', b'\r\n'))
	        lines.append(l)
	        n += len(l)
	    open('%s/%d' % (sys.argv[1], size), 'wb').write(b''.join(lines))
	END
	for caps in PIPELINING,8BITMIME CHUNKING,8BITMIME \
		PIPELINING,CHUNKING,8BITMIME PIPELINING PIPELINING,CHUNKING; do
		server_start --caps "$caps,SIZE=0"
		conf_write
		case $caps in
		*8BITMIME) more= ;;
		*) more=$mime ;;
		esac
		for size in 300 2000; do
			[ "$caps $size" != 'CHUNKING,8BITMIME 2000' ] || continue
			ln -sf "$size" "$BATS_TEST_TMPDIR/m"
			arrives $new $more
			# SIZE is declared: exactly.
			grep -q "^mailparams=SIZE=$(wc -c <"$EML")\( \|\$\)" "$ENV"
		done
	done
}

@test "8-bit text is declared with BODY=8BITMIME, and only that" {
	local text

	server_start
	conf_write
	# UTF-8 gets its labels, what it might be otherwise is not known.
	message 'Subject: a\n\ncaf\xc3\xa9\n'
	arrives $new $mime
	grep -q '^mailparams=.*BODY=8BITMIME' "$ENV"
	[ "$(field Content-Transfer-Encoding)" = 8bit ]
	[ "$(body)" = $'caf\xc3\xa9\r' ]
	for text in 'Subject: a\n\ncaf\xe9\n' 'Received: caf\xe9\n\nx\n'; do
		message "$text"
		arrives $new
		grep -q '^mailparams=.*BODY=8BITMIME' "$ENV"
	done
	# An encoded word is ASCII.
	message 'Subject: caf\xe9\n\nx\n'
	arrives $new Subject -- Subject
	[ "$(field Subject)" = '=?unknown-8bit?B?Y2Fm6Q==?=' ]
	lacks '^mailparams=.*BODY' "$ENV"
	message 'Subject: cafe\n\nx\n'
	arrives $new
	lacks '^mailparams=.*BODY' "$ENV"
}

@test "8-bit text for a server without 8BITMIME is encoded" {
	server_start --caps PIPELINING
	conf_write
	message 'Subject: a\n\ncaf\xc3\xa9\n'
	arrives $new $mime
	env_is mailparams ''
	env_is eightbit 0
	[ "$(body)" = $'caf=C3=A9\r' ]
}

@test "a header of more than 1 MiB is refused" {
	server_start
	conf_write
	written '"X-Y: z\n" * 160000 + "\nx"'
	pinmail bob@example.org <"$BATS_TEST_TMPDIR/m"
	failed 65 '*1024 KiB*'
	# One field in one line, and one that is folded.
	written '"X-Y: " + "z" * 1100000 + "\n\nx"'
	pinmail bob@example.org <"$BATS_TEST_TMPDIR/m"
	failed 65 '*1024 KiB*'
	written '"X-Y:" + " z\n" * 400000 + "\nx"'
	pinmail bob@example.org <"$BATS_TEST_TMPDIR/m"
	failed 65 '*1024 KiB*'
	filed_are 0
	# Just below it is fine, and so is a body line of any length.
	written '"X-Y: z\n" * 1000 + "X-Z:" + (" " + "z" * 98 +
"\n") * 10000 + "\n" + "b" * 1200000'
	arrives $new $mime
}

@test "TMPDIR: the directory for a message of more than 256 KiB; 73 without" {
	server_start
	conf_write
	written '"S: x\n\n" + ("y" * 70 + "\n") * 5000'
	TMPDIR=$BATS_TEST_TMPDIR/none pinmail bob@example.org \
		<"$BATS_TEST_TMPDIR/m"
	failed 73 '*TMPDIR*'
	filed_are 0
	mkdir "$BATS_TEST_TMPDIR/t"
	TMPDIR=$BATS_TEST_TMPDIR/t arrives $new
	# It has no name there.
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/t")" ]
	# A small one needs none.
	message 'S: x\n\ny\n'
	TMPDIR=$BATS_TEST_TMPDIR/none arrives $new
}

@test "the temporary file has no name while it is in use" {
	server_start
	conf_write
	mkdir "$BATS_TEST_TMPDIR/t"
	mkfifo "$BATS_TEST_TMPDIR/in"
	TMPDIR=$BATS_TEST_TMPDIR/t "$PINMAIL" -C "$CONF" bob@example.org \
		<"$BATS_TEST_TMPDIR/in" 3>&- &
	pid=$!
	echo $pid >>"$BATS_TEST_TMPDIR/pids"
	exec 9>"$BATS_TEST_TMPDIR/in"
	# More than the pipe holds: when this is written, most of it was read.
	"$PYTHON" -c 'print("S: x\n\n" + ("y" * 70 + "\n") * 20000)' >&9
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/t")" ]
	ls -l "/proc/$pid/fd" | grep -q "$BATS_TEST_TMPDIR/t/.*deleted"
	exec 9>&-
	wait "$pid"
	filed_are 1
}

@test "if reading fails nothing is sent" {
	server_start
	conf_write
	# A directory cannot be read.
	pinmail bob@example.org <"$BATS_TEST_TMPDIR"
	failed 74 '*reading the message*'
	# Standard input that is closed, as some daemons leave it.
	pinmail bob@example.org <&-
	failed 74
	filed_are 0
}
