#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What is encoded" and "Addresses that are not ASCII".

load lib
load dialogue

# What arrived is judged by Python's parsers, never by our own.
setup_file() {
	cat >"$BATS_FILE_TMPDIR/judge.py" <<-'END'
	import email, re, sys
	from email.header import decode_header
	from email.utils import getaddresses

	LABELS = ['mime-version', 'content-type', 'content-transfer-encoding']

	def crlf(data):
	    return re.sub(rb'\r?\n', b'\r\n', data)

	def body(data):
	    return data.split(b'\r\n\r\n', 1)[1]

	def lines(data):
	    return data.split(b'\r\n')

	def leaf(part):
	    """Its content, as its Content-Transfer-Encoding says."""
	    return part.get_payload(decode=True)

	def fields(part):
	    """Names in lower case and values, unfolded, as bytes."""
	    return [(name.lower(), re.sub(r'\r?\n', '', value).strip()
	             .encode('ascii', 'surrogateescape'))
	            for name, value in part.raw_items()]

	def field(part, name):
	    values = [v for n, v in fields(part) if n == name.lower()]
	    assert len(values) == 1, (name, values)
	    return values[0]

	def text(value):
	    """RFC 2047 decoded, as bytes in the charset that was named."""
	    words = decode_header(value.decode())
	    return b''.join(w if isinstance(w, bytes) else w.encode()
	                    for w, charset in words)

	def charsets(value):
	    return {c for w, c in decode_header(value.decode()) if c}

	def addresses(value):
	    return [(text(name.encode('ascii', 'surrogateescape')), where)
	            for name, where in
	            getaddresses([value.decode('ascii', 'surrogateescape')])]

	def cte(part):
	    return part['content-transfer-encoding']

	def same(a, b):
	    """The same parts with the same content; labels may differ."""
	    assert a.get_content_type() == b.get_content_type(), \
	        (a.get_content_type(), b.get_content_type())
	    assert a.is_multipart() == b.is_multipart()
	    assert [d for d in b.defects if str(d) not in map(str, a.defects)] \
	        == [], b.defects
	    kept = [f for f in fields(a) if f[0] != LABELS[2]]
	    for name, value in fields(b):
	        if kept and kept[0][0] == name:
	            was = kept.pop(0)[1]
	            if was.isascii():
	                assert value == was, (name, value, was)
	        else:
	            assert name in LABELS + ['date', 'message-id', 'from'], name
	    assert kept == [], kept
	    if a.is_multipart():
	        parts = a.get_payload(), b.get_payload()
	        assert len(parts[0]) == len(parts[1])
	        for c, d in zip(*parts):
	            same(c, d)
	    elif a.get_content_maintype() == 'text' or cte(b) != 'base64':
	        assert crlf(leaf(a)) == crlf(leaf(b)), (leaf(a), leaf(b))
	    else:
	        assert leaf(a) == leaf(b), (leaf(a), leaf(b))

	def both():
	    """The file that was piped in, and the one that arrived."""
	    raw, got = (open(name, 'rb').read() for name in sys.argv[1:3])
	    print('sent:', raw[:3000])
	    print('got: ', got[:3000])
	    was, now = (email.message_from_bytes(m) for m in (raw, got))
	    return raw, got, crlf(raw), was, now
	END
	servant_start "$BATS_FILE_TMPDIR/judge.py"
}

teardown_file() {
	servant_stop
}

# The servers' extensions: with 8BITMIME and without.
eight=PIPELINING,CHUNKING,SIZE=0,8BITMIME,SMTPUTF8
seven=PIPELINING,CHUNKING,SIZE=0,SMTPUTF8

# Nothing has to be added to this.
top='From: alice@example.com\nTo: bob@example.org\nDate: Tue, 12 Aug 2025 06:54:32 +0200\nMessage-ID: <a@b>\n'

# The file m: with printf, or as a script in Python writes it with w.
message() {
	# shellcheck disable=SC2059
	printf "$@" >"$BATS_TEST_TMPDIR/m"
}

writes() {
	local piece

	IFS= read -r -d '' piece || :
	servant "$BATS_TEST_TMPDIR/m" <<-END
	m = open(sys.argv[1], 'wb'); w = m.write; top = b'''$top'''
	$piece
	m.close()
	END
}

# The server with these extensions; one for each will do.
declare -gA known
serve() {
	if [ -z "${known["x$1"]-}" ]; then
		server_start --caps "$1"
		known["x$1"]="$PORT $PIN $DIR"
	fi
	read -r PORT PIN DIR <<<"${known["x$1"]}"
}

# sends CAPS [ARGUMENT ...]: the file m, to a server.
sends() {
	serve "$1"
	shift
	conf_write "${account[@]}"
	pinmail "$@" bob@example.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	arrived
}

# What holds for each message that is sent.
arrived() {
	filed alice
	env_is barecr 0
	env_is barelf 0
	env_is nul 0
	env_value size
	log_line
	[[ $LINE == *" size=$VALUE "* ]] || { echo "$LINE"; return 1; }
}

# said WORD ...: behind MAIL FROM, besides SIZE, which is exact.
said() {
	env_value size
	set -- "SIZE=$VALUE" "$@"
	env_is mailparams "$*"
}

# encoding [WORDS]: what the log has, behind size.
encoding() {
	log_line
	[[ $LINE =~ \ size=[0-9]+"${1:+ encoding=$1}"\ msgid= ]] ||
		{ echo "$LINE"; return 1; }
}

# judge [ARGUMENT ...] <PIECE: of what was sent and what arrived.
judge() {
	local piece

	IFS= read -r -d '' piece || :
	servant "$BATS_TEST_TMPDIR/m" "$EML" "$@" <<-END
	raw, got, sent, was, now = both()
	$piece
	END
}

# untouched: every byte of it.
untouched() {
	judge <<<'assert got == sent'
}

# --- the body ---------------------------------------------------------------

@test "everything else in the body goes out byte for byte" {
	local caps

	# Any bytes, lines of 998, labels that are wrong.
	writes <<-'END'
	import random
	r = random.Random(4)
	any = bytes(c for c in range(1, 256) if c not in (10, 13))
	w(top + b'MIME-Version: 1.0\nContent-Type: text/plain\n\n')
	for n in [998, 997, 0, 1] + [r.randrange(300) for i in range(500)]:
	    w(bytes(r.choices(any, k=n)) + b'\n')
	w(b'.\n..\n.x\n--\nFrom x\n \n\n')
	END
	sends "$eight"
	untouched
	said BODY=8BITMIME
	encoding
	# ASCII to any server.
	tr '\200-\377' '\001' <"$BATS_TEST_TMPDIR/m" >"$BATS_TEST_TMPDIR/n"
	mv "$BATS_TEST_TMPDIR/n" "$BATS_TEST_TMPDIR/m"
	for caps in "$eight" "$seven"; do
		sends "$caps"
		untouched
		said
		encoding
	done
	sends ''
	untouched
}

@test "a part is encoded if its body has a line of more than 998 bytes" {
	local n caps

	for n in 998 999 1000 70000; do
		writes <<-END
		w(top + b'Content-Type: text/plain\n\n')
		w(b'a\n' + b'one two =3D ' * ($n // 12) + b'x' * ($n % 12) + b'\nb\n')
		END
		for caps in "$eight" "$seven" ''; do
			sends "$caps"
			if [ "$n" -eq 998 ]; then
				untouched
				encoding
				continue
			fi
			encoding encoded
			judge <<-'END'
			same(was, now)
			assert cte(now) == 'quoted-printable'
			assert now['mime-version'] == '1.0'
			assert max(map(len, lines(got))) <= 78
			assert max(map(len, lines(body(got)))) <= 76
			END
		done
	done
	# The last line counts, with a line end or without.
	writes <<<"w(top + b'\n' + b'y' * 999)"
	sends "$eight"
	encoding encoded
	judge <<<"assert leaf(now).rstrip() == b'y' * 999"
}

@test "or if it has 8-bit text and the server has no 8BITMIME" {
	local caps

	message "${top}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nna\xc3\xafve = 3 \n\t\n.\n"
	for caps in '' PIPELINING CHUNKING "$seven"; do
		sends "$caps"
		env_is eightbit 0
		lacks '^mailparams=.*BODY' "$ENV"
		encoding encoded
		judge <<-'END'
		same(was, now)
		assert cte(now) == 'quoted-printable'
		assert len(now.get_all('mime-version')) == 1
		END
	done
	sends "$eight"
	untouched
	said BODY=8BITMIME
	encoding
}

@test "text becomes quoted-printable, and so does what does not say what it is" {
	local type

	for type in 'text/plain' 'text/html; charset=iso-8859-1' \
		'TEXT/x-log' 'tExT/plain (a; b)' '(c) text\n / (d) csv' \
		text garbage '' '/' 'text/plain; x="' '=?utf-8?q?image/png?='; do
		message "${top}Content-Type: $type\n\ncaf\xe9\n"
		sends ''
		judge <<-'END'
		assert cte(now) == 'quoted-printable'
		assert leaf(now) == b'caf\xe9\r\n'
		assert field(now, 'Content-Type') == field(was, 'Content-Type')
		END
	done
}

@test "anything else becomes base64" {
	local type

	for type in application/octet-stream 'image/png; name=x.png' \
		'Application/JSON;\n charset=utf-8' audio/x video/mp4 x-a/b \
		font/woff2 textual/plain; do
		message "${top}Content-Type: $type\n\n\xff\xfe \n.\n\n"
		sends ''
		judge <<-'END'
		same(was, now)
		assert cte(now) == 'base64'
		assert leaf(now) == b'\xff\xfe \n.\n\n'
		END
	done
	writes <<-'END'
	w(top + b'Content-Type: image/svg+xml\n\n<' + b'x' * 5000 + b'>\n')
	END
	sends "$eight"
	encoding encoded
	judge <<-'END'
	same(was, now)
	assert cte(now) == 'base64'
	assert max(map(len, lines(body(got)))) <= 76
	END
}

@test "in base64 lines end in LF if no line of the input ended in CRLF" {
	message "${top}Content-Type: image/png\n\n\x89PNG\r\nx\ny\n"
	sends ''
	judge <<<"assert leaf(now) == b'\x89PNG\r\nx\r\ny\r\n'"
	message "${top}Content-Type: image/png\n\n\x89PNG\nx\ny\n"
	sends ''
	judge <<<"assert leaf(now) == b'\x89PNG\nx\ny\n'"
	sed -i 's/$/\r/' "$BATS_TEST_TMPDIR/m"
	sends ''
	judge <<<"assert leaf(now) == b'\x89PNG\r\nx\r\ny\r\n'"
}

@test "Content-Transfer-Encoding says so then" {
	local label

	for label in 7bit 8bit binary BINARY '(a)8bit' '\n 8bit' x-unknown ''; do
		message "${top}Content-Type: image/png\nContent-Transfer-Encoding: $label\nX-Last: y\n\n\xff\n"
		sends ''
		judge <<-'END'
		same(was, now)
		assert now.get_all('content-transfer-encoding') == ['base64']
		END
	done
}

@test "what is quoted-printable or base64 already gets other lines only" {
	writes <<-'END'
	w(top + b'Content-Type: text/plain; charset=utf-8\n'
	  b'Content-Transfer-Encoding: Quoted-Printable\n\n'
	  b'soft=\nbreak \n=3D=E9=e9 =\n' + b'long=C3=A9=3d ' * 200
	  + b'\n.\n' + b'.' * 1200 + b'=\n=20\n')
	END
	for caps in "$eight" ''; do
		sends "$caps"
		encoding encoded
		judge <<-'END'
		same(was, now)
		assert cte(now).lower() == 'quoted-printable'
		assert max(map(len, lines(body(got)))) <= 76
		assert b'=3D=C3' not in got
		END
	done
	writes <<-'END'
	import base64, random
	data = base64.b64encode(random.Random(5).randbytes(4000))
	w(top + b'Content-Type: text/plain\n'
	  b'Content-Transfer-Encoding: BASE64\n\n'
	  + data[:5] + b'\n' + data[5:] + b'\n')
	END
	for caps in "$eight" ''; do
		sends "$caps"
		encoding encoded
		judge <<-'END'
		same(was, now)
		assert cte(now).lower() == 'base64'
		assert len(leaf(now)) == 4000
		assert max(map(len, lines(body(got)))) <= 76
		END
	done
	# Raw 8-bit text among it.
	message "${top}Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\na=E9b\xe9c=\n=3D\n"
	sends ''
	env_is eightbit 0
	judge <<-'END'
	assert cte(now) == 'quoted-printable'
	assert leaf(now) == b'a\xe9b\xe9c=\r\n'
	END
	# Nothing to do.
	message "${top}Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\na=E9 \n=\n=zz\n"
	sends ''
	untouched
}

@test "quoted-printable keeps every byte that lines can hold" {
	local caps

	writes <<-'END'
	import random
	r = random.Random(6)
	any = bytes(c for c in range(1, 256) if c not in (10, 13))
	w(top + b'Content-Type: text/plain\n\n')
	for n in list(range(65, 90)) + [r.randrange(2500) for i in range(60)]:
	    w(bytes(r.choices(any, k=n)) + b'\n')
	for end in b' ', b'\t', b' \t ', b'=', b'.', b'=\n':
	    for n in range(70, 80):
	        w(b'x' * n + end + b'\n')
	for line in b'.', b'..', b'-', b'--', b'From x', b' ', b'=':
	    w(line + b'\n' + line * 999 + b'\n')
	w(b'\n\n.\n')
	END
	for caps in '' "$seven" "$eight"; do
		sends "$caps"
		judge <<-'END'
		same(was, now)
		assert cte(now) == 'quoted-printable'
		assert body(got).isascii()
		allowed = {9, *range(32, 127)}
		for line in lines(body(got)):
		    assert len(line) <= 76 and set(line) <= allowed, line
		    assert not line.startswith(b'.'), line
		    assert line[-1:] not in (b' ', b'\t'), line
		END
	done
}

@test "megabytes, as text and as anything else" {
	local caps

	writes <<-'END'
	import random
	r = random.Random(8)
	w(top + b'Content-Type: multipart/mixed; boundary=b\n\n')
	for type in b'text/plain', b'image/png':
	    w(b'--b\nContent-Type: ' + type + b'\n\n')
	    for i in range(12):
	        piece = r.randbytes(100000).replace(b'\r', b'').replace(b'\0', b'')
	        w(piece.replace(b'\n', b'' if i % 3 == 0 else b'\n..'))
	    w(b'\n')
	w(b'--b--\n')
	END
	for caps in PIPELINING PIPELINING,CHUNKING "$eight"; do
		sends "$caps"
		env_is eightbit 0
		judge <<-'END'
		same(was, now)
		assert [cte(p) for p in now.get_payload()] == \
		    ['quoted-printable', 'base64']
		assert max(map(len, lines(body(got)))) <= 76
		END
	done
}

# --- multipart and message --------------------------------------------------

@test "in a multipart each part is looked at by itself" {
	writes <<-'END'
	w(top + b'MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary="=b 1"\n'
	  b'Content-Transfer-Encoding: 8bit\n\n'
	  b'preamble\n--=b 1 \t\n'
	  b'Content-Type: text/plain; charset=utf-8\n'
	  b'Content-Transfer-Encoding: 8bit\n\n'
	  b'caf\xc3\xa9 \n.\n\n--=b 1\n'
	  b'content-type: text/html\nX-Y:  z \n\t(a)\n\n'
	  b'stays =3D \t \n.\n--=b 12\n--=b\n--=b 1\n'
	  b'Content-Type: image/png\n\n'
	  b'\x89\n\n--=b 1\n\n' + b'long ' * 300 + b'\n--=b 1\n'
	  b'Content-Transfer-Encoding: base64\n\nAAA=\n--=b 1--\nepilogue\n')
	END
	sends ''
	env_is eightbit 0
	encoding encoded
	judge <<-'END'
	same(was, now)
	a, b, c, d, e = now.get_payload()
	assert [cte(p) for p in (a, b, c, d, e)] == \
	    ['quoted-printable', None, 'base64', 'quoted-printable', 'base64']
	assert cte(now) == '7bit'
	parts = re.split(rb'\r\n--=b 1(?:--)?[ \t]*(?=\r\n)', sent)
	assert parts[2] in got and parts[5] in got
	assert got.endswith(parts[6])
	assert body(got).startswith(b'preamble\r\n--=b 1 \t\r\n')
	END
	# The long one alone; what remains is 8-bit.
	sends "$eight"
	said BODY=8BITMIME
	encoding encoded
	judge <<-'END'
	same(was, now)
	assert [cte(p) for p in now.get_payload()] == \
	    ['8bit', None, None, 'quoted-printable', 'base64']
	assert cte(now) == '8bit'
	parts = re.split(rb'\r\n--=b 1(?:--)?[ \t]*(?=\r\n)', sent)
	for i in 1, 2, 3, 5:
	    assert parts[i] in got
	END
}

@test "containers become 7bit where they have a label, and only where it changed" {
	message "${top}Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b\n\n\xc3\xa9\n--b--\n\n--a\nContent-Type: multipart/mixed; boundary=c\nContent-Transfer-Encoding: 7bit\n\n--c\n\nx\n--c--\n--a--\n"
	sends ''
	env_is eightbit 0
	judge <<-'END'
	same(was, now)
	b, c = now.get_payload()
	assert (cte(now), cte(b), cte(c)) == (None, '7bit', '7bit')
	assert cte(b.get_payload(0)) == 'quoted-printable'
	assert b.get_payload(0).get_content_charset() == 'utf-8'
	assert got.endswith(sent[sent.index(b'--b--'):])
	END
	sends "$eight"
	untouched
}

@test "an encoded line is no delimiter" {
	writes <<-'END'
	w(top + b'Content-Type: multipart/mixed; boundary=-\n\n---\n\n'
	  + b'-' * 3000 + b'\n-- -\n---x\n---\x01\n ---\n'
	  + b''.join(b'x' * n + b'---\n' for n in range(1000, 1080)) + b'---\n'
	  b'Content-Type: multipart/mixed; boundary="a"\n\n--a\n\n'
	  + b'-----a-' * 300 + b'\n--ab\n-----\n')
	END
	sends "$eight"
	judge <<-'END'
	outer = now.get_payload()
	assert len(outer) == 2
	assert crlf(leaf(outer[0])) == crlf(leaf(was.get_payload(0)))
	# The second one has no end.
	assert outer[1].get_content_type() == 'text/plain'
	text = sent[sent.index(b'--a\r\n'):sent.index(b'\r\n-----\r\n')]
	assert leaf(outer[1]) == text
	END
}

@test "message/rfc822: header and body are looked at in turn" {
	writes <<-'END'
	w(top + b'Content-Type: multipart/digest; boundary=d\n\n--d\n'
	  b'Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n'
	  b'From: J\xc3\xb6rg <j@x.org>\nSubject: caf\xc3\xa9\n'
	  b'X-Long: ' + b'many words ' * 200 + b'\n'
	  b'Content-Type: multipart/mixed; boundary=e\n\n--e\n\n'
	  b'caf\xc3\xa9\n--e\nContent-Type: text/x\n\nstays=\n--e--\n'
	  b'--d\nContent-Type: message/rfc822\n\nSubject: x\n\nstays=\n--d--\n')
	END
	sends ''
	env_is eightbit 0
	[ "$(sed -n 's/^longest=//p' "$ENV")" -le 998 ]
	encoding encoded
	judge <<-'END'
	same(was, now)
	a, b = now.get_payload()
	assert (cte(now), cte(a), cte(b)) == (None, '7bit', None)
	inner = a.get_payload(0)
	assert cte(inner) is None
	assert text(field(inner, 'Subject')) == b'caf\xc3\xa9'
	assert addresses(field(inner, 'From')) == [(b'J\xc3\xb6rg', 'j@x.org')]
	assert [cte(p) for p in inner.get_payload()] == ['quoted-printable', None]
	assert got.endswith(sent[sent.index(b'--e\r\nContent-Type: text/x'):])
	END
	# A report holds fields.
	message "${top}Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.org\n\nFinal-Recipient: rfc822; a@x.org\nDiagnostic-Code: smtp; 550 n\xc3\xb6\n\nAction: failed\n--b--\n"
	sends ''
	env_is eightbit 0
	judge <<-'END'
	same(was, now)
	report = now.get_payload(0).get_payload()
	assert [len(m) for m in report] == [1, 2, 1]
	assert text(field(report[1], 'Diagnostic-Code')) == b'smtp; 550 n\xc3\xb6'
	END
	# A message that holds nothing else.
	message "${top}Content-Type: message/rfc822\n\nSubject: x\n\ncaf\xc3\xa9\n"
	sends ''
	env_is eightbit 0
	judge <<-'END'
	same(was, now)
	assert cte(now.get_payload(0)) == 'quoted-printable'
	END
}

# The whole body has become one part: the file m to a server without 8BITMIME.
one_part() {
	sends ''
	env_is eightbit 0
	encoding encoded
	judge <<-'END'
	assert now.get_content_type() == 'text/plain'
	assert now.get_content_charset() == 'unknown-8bit'
	assert cte(now) == 'quoted-printable'
	assert len(now.get_all('content-type')) == 1
	assert leaf(now) == body(sent)
	END
	sends "$eight"
	untouched
	encoding
}

@test "a multipart without a boundary that can be used counts as one part" {
	local type label end

	for type in 'multipart/mixed' 'multipart/mixed; boundary=' \
		'multipart/mixed; boundary=""' 'multipart/mixed; boundary=x' \
		'multipart/mixed; bound=b' 'Multipart/Mixed; boundary=B'; do
		message "${top}Content-Type: $type\n\n--b\n\n\xe9\n--b--\n"
		one_part
	done
	# An encoding that no multipart has, and that no reader looks at.
	for label in base64 quoted-printable 8bit; do
		message "${top}Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: $label\n\n--b\n\n\xe9=\n--b--\n"
		one_part
	done
	# It does not occur at the end.
	for end in '' '--b\n' '--b-\n' '--b--x\n' ' --b--\n'; do
		message "${top}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\xe9\n$end"
		one_part
	done
}

@test "a part that is broken is one part, and the others are as they were" {
	local inner

	for inner in 'boundary=c' 'boundary=b' 'x=y'; do
		message "${top}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\xe9\n--b\nContent-Type: multipart/mixed; $inner\nX-Y: z\n\n--c\nContent-Type: image/png\n\n\xe9=\n--b\n\nstays=\n--b--\n"
		sends ''
		env_is eightbit 0
		judge <<-'END'
		parts = now.get_payload()
		assert [p.get_content_type() for p in parts] == ['text/plain'] * 3
		assert leaf(parts[0]) == b'\xe9'
		assert field(parts[1], 'X-Y') == b'z'
		assert leaf(parts[1]) == \
		    b'--c\r\nContent-Type: image/png\r\n\r\n\xe9='
		assert got.endswith(b'--b\r\n\r\nstays=\r\n--b--\r\n')
		END
	done
}

@test "more than 16 deep, more than 1,024 parts, or a header of over 64 KiB" {
	local n

	for n in 10 40; do
		writes <<-END
		depth = $n
		w(top)
		for i in range(depth):
		    w(b'Content-Type: multipart/mixed; boundary=b%d.\n\n'
		      b'--b%d.\n' % (i, i))
		w(b'\n\xe9\n')
		for i in reversed(range(depth)):
		    w(b'--b%d.--\n' % i)
		END
		sends ''
		env_is eightbit 0
		judge <<-'END'
		part, depth = now, 0
		while part.is_multipart():
		    part = part.get_payload(0)
		    depth += 1
		assert cte(part) == 'quoted-printable'
		assert part.get_content_type() == 'text/plain'
		if b'b20.' not in got:
		    assert depth == 10 and leaf(part) == b'\xe9'
		else:
		    assert depth == 16, depth
		    start = sent.index(b'--b16.')
		    assert leaf(part) == sent[start:sent.index(b'\r\n--b15.--')]
		END
	done
	writes <<-'END'
	w(top + b'Content-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n'
	  + b'X-Y: z\n' * 9500 + b'\n\xe9\n--b--\n')
	END
	one_part
	for n in 1000 1030; do
		writes <<-END
		w(top + b'Content-Type: multipart/mixed; boundary=b\n')
		w(b'\n--b\n\n\xe9' * $n + b'\n--b--\n')
		END
		if [ "$n" -gt 1024 ]; then
			one_part
			continue
		fi
		sends ''
		env_is eightbit 0
		judge <<-'END'
		same(was, now)
		assert len(now.get_payload()) == 1000
		END
	done
}

@test "before the first and behind the last part: no label" {
	message "${top}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\npr\xc3\xa9\n=\n--b\n\nstays=\n--b--\n\xc3\xa9pi\n"
	sends ''
	env_is eightbit 0
	encoding encoded
	judge <<-'END'
	import quopri
	assert b'\r\n--b\r\n\r\nstays=\r\n--b--\r\n' in got
	assert cte(now) is None and cte(now.get_payload(0)) is None
	decoded = [quopri.decodestring(x.encode()).decode().split()[0]
	           for x in (now.preamble, now.epilogue)]
	assert decoded == ['pr\xe9', '\xe9pi'], decoded
	END
	sends "$eight"
	untouched
}

# --- labels -----------------------------------------------------------------

@test "a message that is encoded says what it is" {
	writes <<<"w(top + b'\n' + b'x' * 1000 + b'\n')"
	sends "$eight"
	judge <<<"assert now.get_content_charset() == 'us-ascii'"
	writes <<<"w(top + b'\n' + b'x' * 1000 + b'\xc3\xa9\n')"
	sends "$eight"
	judge <<<"assert now.get_content_charset() == 'utf-8'"
	writes <<<"w(top + b'\n' + b'x' * 1000 + b'\xe9\n')"
	sends "$eight"
	judge <<-'END'
	assert now.get_content_charset() == 'unknown-8bit'
	# At the end of the header.
	assert {n.lower() for n, v in now.items()[-3:]} == set(LABELS)
	same(was, now)
	END
	# Over the borders of what is looked at in one piece.
	writes <<<"w(top + b'\n' + b'x' + b'\xc3\xa9' * 300000 + b'\n')"
	sends "$eight"
	judge <<-'END'
	assert now.get_content_charset() == 'utf-8'
	same(was, now)
	END
	# What it says already stays.
	message "${top}Content-Type: text/html; charset=koi8-r\nMIME-Version: 1.0 (x)\n\n\xc3\xa9\n"
	sends ''
	judge <<-'END'
	assert now.get_all('content-type') == ['text/html; charset=koi8-r']
	assert now.get_all('mime-version') == ['1.0 (x)']
	same(was, now)
	END
}

@test "8-bit text that is UTF-8, and says nothing, gains three fields" {
	local label text

	message "${top}\nna\xc3\xafve\n"
	sends "$eight"
	said BODY=8BITMIME
	encoding
	judge <<-'END'
	labels = (b'MIME-Version: 1.0\r\n'
	          b'Content-Type: text/plain; charset=utf-8\r\n'
	          b'Content-Transfer-Encoding: 8bit\r\n')
	assert got == sent.replace(b'\r\n\r\n', b'\r\n' + labels + b'\r\n', 1)
	END
	# One of them, or other text, and it is left alone.
	for label in 'MIME-Version: 1.0' 'content-type: text/x' \
		'Content-Transfer-Encoding: 8bit' 'X: y\nContent-Type:'; do
		message "$top$label\n\nna\xc3\xafve\n"
		sends "$eight"
		untouched
	done
	for text in 'na\xefve' '\xc3\xa9\xff' 'plain' '\xed\xa0\x80' \
		'\xc0\xaf' 'cut\xc3'; do
		message "$top\n$text\n"
		sends "$eight"
		untouched
		encoding
	done
	message "${top}DKIM-Signature: v=1; h=from; bh=x; b=y\n\nna\xc3\xafve\n"
	sends "$eight"
	untouched
}

# --- what is signed ---------------------------------------------------------

@test "a signed message goes out as it is, and the log says so" {
	local field

	for field in \
		'DKIM-Signature: v=1; h=from:to:subject:x-l; b=x' \
		'dkim-signature : v=1; h=from; b=x' \
		'Content-Type: multipart/signed; boundary=b' \
		'Content-Type: Multipart/Encrypted; protocol=x; boundary="b"'; do
		writes <<-END
		w(top + b'MIME-Version: 1.0\n$field\n\n--b\n\nna\xc3\xafve\n--b--\n')
		END
		sends ''
		untouched
		encoding signed
		sends "$eight"
		untouched
		encoding
		writes <<-END
		w(top + b'MIME-Version: 1.0\n$field\n\n--b\n\n' + b'x' * 2000
		  + b' \n--b--\n')
		END
		sends "$eight"
		untouched
		env_is longest 2001
		encoding signed
		message "$top$field\n\n--b\n\nplain\n--b--\n"
		sends ''
		untouched
		encoding
		# The header too, covered or not.
		message "${top}X-Y: caf\xc3\xa9\n$field\n\n--b\n\nplain\n--b--\n"
		sends "$eight"
		untouched
		encoding raw-field
	done
}

@test "fields that a DKIM-Signature covers are not touched" {
	writes <<-'END'
	w(b'DKIM-Signature: v=1; d=example.com; h=From:To:Subject:\n X-Long; b=x\n'
	  + top + b'Subject: caf\xc3\xa9\n'
	  b'X-Long: ' + b'word ' * 300 + b'\nX-Other: ' + b'word ' * 300
	  + b'\n\nx\n')
	END
	sends ''
	judge <<-'END'
	long = [l for l in sent.split(b'\r\n') if len(l) > 998]
	assert long[0] in lines(got) and long[1] not in lines(got)
	assert b'\r\nSubject: caf\xc3\xa9\r\n' in got
	for name in 'subject', 'x-long', 'x-other', 'dkim-signature':
	    assert field(now, name) == field(was, name)
	assert max(len(l) for l in lines(got) if l != long[0]) <= 78
	assert body(got) == body(sent)
	END
	encoding long-field,raw-field
}

@test "a signed part goes out as it is, and the others are encoded" {
	writes <<-'END'
	w(top + b'Content-Type: multipart/mixed; boundary=a\n\n--a\n\n\xe9\n'
	  b'--a\nContent-Type: multipart/signed; boundary=b; micalg=x\n\n'
	  b'--b\n\nna\xc3\xafve \n' + b'x' * 1200 + b'\n--b\n'
	  b'Content-Type: application/pgp-signature\n\n-----\n--b--\n'
	  b'--a--\n')
	END
	sends ''
	encoding encoded,signed
	judge <<-'END'
	assert cte(now.get_payload(0)) == 'quoted-printable'
	assert leaf(now.get_payload(0)) == b'\xe9'
	assert got.endswith(sent[sent.index(b'--a\r\nContent-Type: multipart/s'):])
	END
	sends "$eight"
	untouched
	encoding signed
}

# --- the header -------------------------------------------------------------

@test "a field with a line of more than 998 bytes is folded at blanks" {
	writes <<-'END'
	w(top + b'References: ' + b' '.join(b'<%d@x.org>' % i for i in range(300))
	  + b'\nX-Blanks: ' + b'a  b \t c' * 200 + b'\n short\nX-Short: y\n  z\n'
	  b'Subject: ' + b'word ' * 250 + b'\n\nx\n')
	END
	sends "$eight"
	encoding
	judge <<-'END'
	assert fields(now) == fields(was)
	assert max(map(len, lines(got))) <= 78
	assert all(l.strip() for l in lines(got)[:-3])
	assert b'\r\nX-Short: y\r\n  z\r\n' in got
	assert body(got) == b'x\r\n'
	END
	# Just as long as it may be.
	writes <<-'END'
	w(top + b'X: ' + b'word ' * 199 + b'\n\nx\n')
	END
	sends "$eight"
	untouched
}

@test "a list of addresses is folded behind commas too" {
	writes <<-'END'
	one = b'"a, b,c" <u%d@x.org>,u%d@x.org,Group:m%d@x.org,<n%d@x.org>;'
	w(top.replace(b'To: ', b'To: ' + b','.join(one % (i, i, i, i)
	  for i in range(60)) + b',') + b'Cc: ' + b','.join(
	  b'u' * (7 * i % 30 + 1) + b'@x.org' for i in range(99)) + b'\n\nx\n')
	END
	sends "$eight"
	encoding
	judge <<-'END'
	for name in 'To', 'Cc':
	    assert addresses(field(now, name)) == addresses(field(was, name))
	assert max(map(len, lines(got))) <= 78
	assert field(now, 'To').count(b'"a, b,c"') == 60
	END
}

@test "a header line without such a place stays" {
	writes <<-'END'
	w(top + b'X-Token: short ' + b'x' * 2000 + b' short\nSubject: ' + b'y' * 1500
	  + b'\n\nx\n')
	END
	sends "$eight"
	encoding long-field
	env_is longest 2001
	judge <<<'assert fields(now) == fields(was)'
	# With a body that is encoded.
	writes <<<"w(top + b'X: ' + b'x' * 2000 + b'\n\n\xe9\n')"
	sends ''
	encoding encoded,long-field
}

@test "8-bit text becomes encoded words, for every server" {
	local caps

	writes <<-'END'
	w(b'From: J\xc3\xb6rg M\xc3\xbcller <alice@example.com>\n'
	  b'To: "M\xc3\xbcller, J." <a@x.org>,B\xc3\xb6b (c) <b@x.org>, c@x.org,\n'
	  b' Gr\xc3\xbcppe: d@x.org, \xc3\xa9 <e@x.org>;\n'
	  b'Cc: Plain "Quoted, Name" <f@x.org>\n'
	  b'Reply-To: g@x.org (\xe5\xb1\xb1), =?utf-8?q?=C3=A8?= <h@x.org>\n'
	  b'Date: Tue, 12 Aug 2025 06:54:32 +0200\nMessage-ID: <a@b>\n'
	  b'Subject: Re: caf\xc3\xa9 \xc3\xa0 la cr\xc3\xa8me, today\n'
	  b'X-Any: \xc3\xa9\xc3\xa8\n folded  \xc3\xa9 x\n'
	  b'Comments: plain  text\n\nx\n')
	END
	for caps in "$eight" "$seven" ''; do
		sends "$caps"
		env_is eightbit 0
		lacks '^mailparams=.*(BODY|SMTPUTF8)' "$ENV"
		encoding
		judge <<-'END'
		for name in 'From', 'To', 'Cc', 'Reply-To':
		    have, want = (addresses(field(m, name)) for m in (now, was))
		    if name != 'To':
		        assert have == want, (have, want)
		    else:
		        assert [a for n, a in have] == [a for n, a in want]
		        assert have[0][0] == b'M\xc3\xbcller, J.'
		        assert have[1][0].startswith(b'B\xc3\xb6b')
		        assert have[-1][0] == b'\xc3\xa9'
		for name in 'Subject', 'X-Any':
		    assert text(field(now, name)) == field(was, name)
		    assert charsets(field(now, name)) == {'utf-8'}
		for name in 'Cc', 'Date', 'Message-ID', 'Comments':
		    assert field(now, name) == field(was, name)
		# Words that are ASCII stay.
		assert field(now, 'Subject').startswith(b'Re: =?')
		assert field(now, 'Subject').endswith(b' today')
		assert field(now, 'To').count(b'c@x.org') == 1
		# Comments and groups too.
		assert b'(c)' in field(now, 'To')
		assert re.search(rb'=\?utf-8\?B\?R3LDvHBwZQ==\?= ?:.*;',
		                 field(now, 'To')), field(now, 'To')
		for word in re.findall(rb'=\?\S*\?=', got):
		    assert len(word) <= 75, word
		assert max(map(len, lines(got))) <= 78
		END
	done
}

@test "many words" {
	writes <<-'END'
	w(top + b'Subject: ' + b'\xe5\xb1\xb1' * 900 + b' ' + b'\xc3\xa9 x ' * 90
	  + b'end\n\nx\n')
	END
	sends "$eight"
	env_is eightbit 0
	encoding
	judge <<-'END'
	assert text(field(now, 'Subject')) == field(was, 'Subject')
	words = re.findall(rb'=\?\S*\?=', got)
	for word in words:
	    assert len(word) <= 75
	    # No character is cut (RFC 2047, 5).
	    text(word).decode()
	assert max(map(len, lines(got))) <= 78
	END
}

@test "file names and other parameters are encoded as RFC 2231 says" {
	message "${top}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/png; name=\"f\xc3\xbcr dich.png\"; x=y\nContent-Disposition: attachment; size=3;\n filename=\"f\xc3\xbcr, %%20 \\\\\"dich\\\\\".png\"\n\nabc\n--b--\n"
	sends ''
	env_is eightbit 0
	judge <<-'END'
	import urllib.parse
	part = now.get_payload(0)
	assert part.get_filename() == 'f\xfcr, %20 "dich".png'
	assert part.get_param('filename', header='content-disposition')[0] == 'utf-8'
	assert part.get_param('size', header='content-disposition') == '3'
	assert email.utils.collapse_rfc2231_value(part.get_param('name')) == \
	    'f\xfcr dich.png'
	assert part.get_param('x') == 'y'
	assert leaf(part) == b'abc'
	END
	# In the header of a part, for a server without 8BITMIME only.
	sends "$eight"
	untouched
	said BODY=8BITMIME
	# In the message's own, for every server.
	message "${top}MIME-Version: 1.0\nContent-Type: image/png; name=\xc3\xbc.png\nContent-Disposition: inline; filename=\"\xc3\xbc.png\"\n\nabc\n"
	sends "$eight"
	env_is eightbit 0
	judge <<-'END'
	assert now.get_filename() == '\xfc.png'
	assert now.get_content_type() == 'image/png'
	assert email.utils.collapse_rfc2231_value(now.get_param('name')) == \
	    '\xfc.png'
	END
}

@test "the charset is utf-8, else that of the Content-Type, else unknown-8bit" {
	local name

	for name in iso-8859-1 utf-8 ''; do
		message "From: J\xf6rg <alice@example.com>\nDate: x\nMessage-ID: <a@b>\nSubject: caf\xe9 \xc3\xa9\nX-U: \xc3\xa9\nContent-Disposition: inline; filename=\xe9\nContent-Type: text/plain${name:+; charset=$name}\n\nx\n"
		sends "$eight"
		env_is eightbit 0
		encoding
		judge "$name" <<-'END'
		name = sys.argv[3]
		if name in ('', 'utf-8'):
		    name = 'unknown-8bit'
		for f in 'Subject', 'From':
		    assert charsets(field(now, f)) == {name}
		assert text(field(now, 'Subject')) == b'caf\xe9 \xc3\xa9'
		assert addresses(field(now, 'From'))[0][0] == b'J\xf6rg'
		assert charsets(field(now, 'X-U')) == {'utf-8'}
		assert now.get_param('filename', header='content-disposition') == \
		    (name, '', '\xe9')
		END
	done
}

@test "other 8-bit text stays" {
	message "Received: from x (\xc3\xa9)\n by y; Tue, 12 Aug 2025 06:54:32 +0200\n${top}References: <\xc3\xa9@x.org>\nCc: \xc3\xa9 <j\xc3\xb6rg@x.org>\n\nx\n"
	sends PIPELINING
	lacks '^mailparams=.*SMTPUTF8' "$ENV"
	encoding raw-field
	judge <<-'END'
	for name in 'Received', 'References':
	    assert field(now, name) == field(was, name)
	assert b'<j\xc3\xb6rg@x.org>' in field(now, 'Cc')
	assert b'\xc3\xa9' not in field(now, 'Cc')
	END
}

@test "8-bit text in the header of a part, for a server without 8BITMIME only" {
	message "${top}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Description: caf\xc3\xa9\n\nstays=\n--b--\n"
	sends "$eight"
	untouched
	encoding
	sends ''
	env_is eightbit 0
	judge <<-'END'
	part = now.get_payload(0)
	assert text(field(part, 'Content-Description')) == b'caf\xc3\xa9'
	assert got.endswith(b'\r\n\r\nstays=\r\n--b--\r\n')
	END
	# Long lines are folded for every server.
	writes <<-'END'
	w(top + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n'
	  b'Content-Description: ' + b'word ' * 300 + b'\n\nstays=\n--b--\n')
	END
	sends "$eight"
	judge <<-'END'
	same(was, now)
	assert max(map(len, lines(got))) <= 78
	assert got.endswith(b'\r\n\r\nstays=\r\n--b--\r\n')
	END
}

# --- addresses --------------------------------------------------------------

need_idn2() {
	"$PYTHON" -c 'import ctypes; ctypes.CDLL("libidn2.so.0")' 2>/dev/null ||
		skip "libidn2 is not installed"
}

# Where libidn2 cannot be loaded.
without_idn2() {
	mkdir -p "$BATS_TEST_TMPDIR/lib"
	: >"$BATS_TEST_TMPDIR/lib/libidn2.so.0"
	LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/lib "$@"
}

@test "SMTPUTF8 is asked for only if an address needs it" {
	local opt

	# Text does not.
	message "${top}Subject: caf\xc3\xa9\n\ncaf\xc3\xa9\n"
	for opt in '' -U; do
		# shellcheck disable=SC2086
		sends "$eight" $opt
		said BODY=8BITMIME
	done
	# An address in the envelope does; then the header stays.
	sends "$eight" $'j\xc3\xb6rg@x.org'
	said BODY=8BITMIME SMTPUTF8
	encoding
	grep -qaF $'rcpt=j\xc3\xb6rg@x.org' "$ENV"
	judge <<<"assert field(now, 'Subject') == b'caf\xc3\xa9'"
	sends SMTPUTF8 $'j\xc3\xb6rg@x.org'
	env_is mailparams SMTPUTF8
	judge <<-'END'
	assert field(now, 'Subject') == b'caf\xc3\xa9'
	assert leaf(now) == b'caf\xc3\xa9\r\n'
	END
	account=('senders *@example.com')
	sends "$eight" -f $'j\xc3\xb6rg@example.com'
	said BODY=8BITMIME SMTPUTF8
	grep -qaF $'from=j\xc3\xb6rg@example.com' "$ENV"
	# One in the header does, where it is offered.
	message "${top}Subject: caf\xc3\xa9\nCc: \xc3\xa9 <j\xc3\xb6rg@x.org>\n\nx\n"
	sends "$eight"
	said BODY=8BITMIME SMTPUTF8
	encoding
	judge <<-'END'
	assert b'<j\xc3\xb6rg@x.org>' in field(now, 'Cc')
	assert text(field(now, 'Subject')) == b'caf\xc3\xa9'
	assert field(now, 'Subject').isascii()
	END
}

@test "if the server does not offer it, the message is refused" {
	message "$top\nx\n"
	server_start --caps 8BITMIME
	conf_write 'senders *@example.com'
	pinmail $'j\xc3\xb6rg@x.org' <"$BATS_TEST_TMPDIR/m"
	failed 65 '*SMTPUTF8*'
	pinmail $'j\xc3\xb6rg@b\xc3\xbccher.example' <"$BATS_TEST_TMPDIR/m"
	failed 65 '*SMTPUTF8*'
	pinmail -U -f $'j\xc3\xb6rg@example.com' a@x.org <"$BATS_TEST_TMPDIR/m"
	failed 65 '*SMTPUTF8*'
	filed_are 0
}

@test "a domain that is not ASCII becomes A-labels" {
	local caps

	need_idn2
	message "From: alice@example.com\nTo: B <bob@B\xc3\x9ccher.example>, \xc3\xa9 <c@STRA\xc3\x9fE.example>,\n g: d@\xe4\xbe\x8b\xe3\x81\x88.jp, e@x.org;\nReply-To: f@mail.b\xc3\xbccher.example\nDate: x\nMessage-ID: <a@b>\n\nx\n"
	account=($'from al@b\xc3\xbccher.example' 'senders alice@example.com')
	for caps in "$eight" ''; do
		sends "$caps" -f $'al@b\xc3\xbccher.example' -t
		env_is from al@xn--bcher-kva.example
		diff <(sed -n 's/^rcpt=//p' "$ENV") - <<-'END'
		bob@example.org
		bob@xn--bcher-kva.example
		c@xn--strae-oqa.example
		d@xn--r8jz45g.jp
		e@x.org
		END
		env_is eightbit 0
		lacks '^mailparams=.*(BODY|SMTPUTF8)' "$ENV"
		encoding
		judge <<-'END'
		assert addresses(field(now, 'To')) == [
		    (b'B', 'bob@xn--bcher-kva.example'),
		    (b'\xc3\xa9', 'c@xn--strae-oqa.example'),
		    (b'', 'd@xn--r8jz45g.jp'), (b'', 'e@x.org')]
		assert field(now, 'Reply-To') == b'f@mail.xn--bcher-kva.example'
		END
	done
	# Not what stands behind a local part that is not ASCII.
	message "$top\nx\n"
	sends "$eight" $'j\xc3\xb6rg@b\xc3\xbccher.example'
	said SMTPUTF8
	grep -qaF $'rcpt=j\xc3\xb6rg@b\xc3\xbccher.example' "$ENV"
}

@test "what is no domain is refused in the envelope, and stays in the header" {
	need_idn2
	message "${top}Cc: a@-\xc3\xbc-.example\n\nx\n"
	sends PIPELINING
	encoding raw-field
	judge <<<"assert field(now, 'Cc') == field(was, 'Cc')"
	for domain in '-ü-.example' 'ü..example' "$(printf 'ü%.0s' {1..60}).org"; do
		pinmail "a@$domain" <"$BATS_TEST_TMPDIR/m"
		failed 65
		[[ $err == *"$domain"* ]]
	done
	filed_are 1
}

@test "without libidn2: refused if the envelope needs it, and only then" {
	message "$top\nx\n"
	server_start
	conf_write $'senders a@b\xc3\xbccher.example'
	without_idn2 pinmail $'a@b\xc3\xbccher.example' <"$BATS_TEST_TMPDIR/m"
	failed 65 '*libidn2*'
	without_idn2 pinmail -f $'a@b\xc3\xbccher.example' b@x.org \
		<"$BATS_TEST_TMPDIR/m"
	failed 65 '*libidn2*'
	# Nothing was said to a server that would be kept waiting.
	filed_are 0
	without_idn2 pinmail $'j\xc3\xb6rg@x.org' $'j\xc3\xb6rg@b\xc3\xbccher.example' \
		<"$BATS_TEST_TMPDIR/m"
	succeeded
	message "${top}Cc: \xc3\xa9 <a@b\xc3\xbccher.example>, b@x.org\n\nx\n"
	server_start --caps PIPELINING
	conf_write
	without_idn2 pinmail b@x.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed alice
	encoding raw-field
	judge <<-'END'
	assert b'<a@b\xc3\xbccher.example>, b@x.org' in field(now, 'Cc')
	END
	without_idn2 begin
	hear '220 *'
	talk 'EHLO x' '250 *' 'MAIL FROM:<alice@example.com>' '250 *' \
		$'RCPT TO:<a@b\xc3\xbccher.example>' '55? *libidn2*' \
		'RCPT TO:<b@x.org>' '250 *' DATA '354 *' $'x\n.' '250 *'
	quit
}

# --- -bs --------------------------------------------------------------------

@test "with -bs a message is encoded when the final dot has come" {
	local caps

	writes <<-'END'
	w(top + b'Subject: caf\xc3\xa9\n\nna\xc3\xafve\n..\n' + b'x' * 1500 + b'\n')
	END
	for caps in '' "$seven" "$eight"; do
		server_start --caps "$caps"
		conf_write
		begin
		hear '220 *'
		talk 'EHLO x' '250 *' \
			'MAIL FROM:<alice@example.com> BODY=8BITMIME' '250 *' \
			'RCPT TO:<bob@example.org>' '250 *' DATA '354 *'
		say "$(<"$BATS_TEST_TMPDIR/m")"
		say .
		hear '250 *'
		quit
		arrived
		env_is eightbit 0
		encoding encoded
		judge <<-'END'
		assert leaf(now) == body(sent).replace(b'\n..', b'\n.')
		assert cte(now) == 'quoted-printable'
		assert now.get_content_charset() == 'utf-8'
		assert text(field(now, 'Subject')) == b'caf\xc3\xa9'
		assert max(map(len, lines(body(got)))) <= 76
		END
	done
	env_is mailparams BODY=8BITMIME
}

@test "8-bit text of -bs, and BODY, which is a hint" {
	local caps param

	message "${top}Content-Type: image/png\n\n\xff\xfe\n"
	for caps in '' "$eight"; do
		for param in '' ' BODY=7BIT' ' BODY=8BITMIME'; do
			server_start --caps "$caps"
			conf_write
			begin
			hear '220 *'
			talk 'EHLO x' '250 *' \
				"MAIL FROM:<alice@example.com>$param" '250 *' \
				'RCPT TO:<bob@example.org>' '250 *' DATA '354 *'
			say "$(<"$BATS_TEST_TMPDIR/m")"
			say .
			hear '250 *'
			quit
			arrived
			if [ "$caps" ]; then
				untouched
				env_is mailparams BODY=8BITMIME
				continue
			fi
			judge <<-'END'
			assert cte(now) == 'base64'
			assert leaf(now) == b'\xff\xfe\r\n'
			END
		done
	done
}

@test "addresses in -bs" {
	need_idn2
	server_start
	conf_write
	message "${top}Subject: caf\xc3\xa9\n\nx\n"
	begin
	hear '220 *'
	talk 'EHLO x' '250 *' 'MAIL FROM:<alice@example.com>' '250 *' \
		$'RCPT TO:<bob@b\xc3\xbccher.example>' '250 *' \
		$'RCPT TO:<j\xc3\xb6rg@x.org>' '553 5.6.7 *' \
		DATA '354 *'
	say "$(<"$BATS_TEST_TMPDIR/m")"
	say .
	hear '250 *'
	arrived
	recipients_are bob@xn--bcher-kva.example
	env_is mailparams BODY=8BITMIME
	judge <<<"assert text(field(now, 'Subject')) == b'caf\xc3\xa9'"
	talk 'MAIL FROM:<alice@example.com> SMTPUTF8' '250 *' \
		$'RCPT TO:<j\xc3\xb6rg@x.org>' '250 *' DATA '354 *'
	say "$(<"$BATS_TEST_TMPDIR/m")"
	say .
	hear '250 *'
	arrived
	quit
	recipients_are $'j\xc3\xb6rg@x.org'
	env_is mailparams 'BODY=8BITMIME SMTPUTF8'
	judge <<<"assert field(now, 'Subject') == b'caf\xc3\xa9'"
}

# --- the rest ---------------------------------------------------------------

@test "-B and -U change nothing" {
	local caps opt first

	message "${top}Subject: caf\xc3\xa9\nContent-Type: text/plain\n\nna\xc3\xafve\n"
	for caps in "$seven" "$eight"; do
		sends "$caps"
		cp "$EML" "$BATS_TEST_TMPDIR/first"
		first=$(sed -n 's/^mailparams=//p' "$ENV")
		for opt in -B7BIT -B8BITMIME '-B BINARYMIME' -U '-U -B7BIT'; do
			# shellcheck disable=SC2086
			pinmail $opt bob@example.org <"$BATS_TEST_TMPDIR/m"
			succeeded
			arrived
			cmp "$EML" "$BATS_TEST_TMPDIR/first"
			env_is mailparams "$first"
		done
	done
}

@test "size in the log, and SIZE, are those of what is sent" {
	local caps

	writes <<<"w(top + b'Content-Type: text/x\n\n' + b'\xc3\xa9' * 200000 + b'\n')"
	for caps in "$seven" "$eight" 8BITMIME,SIZE=0; do
		sends "$caps"
		# Three times as much as was piped in.
		[ "$(wc -c <"$EML")" -gt 1200000 ]
		said
		judge <<<'same(was, now)'
	done
	# What is too big only then is refused.
	server_start --caps SIZE=1000000
	conf_write
	pinmail bob@example.org <"$BATS_TEST_TMPDIR/m"
	failed 69 '*1000000*'
}

@test "what it is encoded to needs TMPDIR too: 73 without" {
	writes <<<"w(top + b'\n' + b'\xc3\xa9' * 100000 + b'\n')"
	server_start
	conf_write
	TMPDIR=$BATS_TEST_TMPDIR/none pinmail bob@example.org \
		<"$BATS_TEST_TMPDIR/m"
	failed 73 '*TMPDIR*'
	writes <<<"w(top + b'\n' + (b'\xc3\xa9' * 30 + b'\n') * 3000)"
	server_start --caps PIPELINING
	conf_write
	TMPDIR=$BATS_TEST_TMPDIR/none pinmail bob@example.org \
		<"$BATS_TEST_TMPDIR/m"
	failed 73 '*TMPDIR*'
	filed_are 0
	mkdir "$BATS_TEST_TMPDIR/t"
	TMPDIR=$BATS_TEST_TMPDIR/t pinmail bob@example.org \
		<"$BATS_TEST_TMPDIR/m"
	succeeded
	arrived
	judge <<<'same(was, now)'
	# They have no names there.
	[ -z "$(ls -A "$BATS_TEST_TMPDIR/t")" ]
}

@test "a smuggled end of data is content, encoded or not" {
	local caps

	writes <<-'END'
	w(top + b'\n' + b'\xe9\r\n.\r\nMAIL FROM:<x@y>\n.\n\r.\r\n' + b'.' * 3000
	  + b'\n.\r\n' + b'=' * 3000 + b'\n.\n')
	END
	for caps in PIPELINING PIPELINING,CHUNKING '' CHUNKING "$eight"; do
		sends "$caps"
		filed_are 1
		env_is eightbit 0
		judge <<-'END'
		want = crlf(raw.replace(b'\n\r.', b'\n .'))
		assert leaf(now) == body(want)
		END
	done
}

@test "several recipients in several transactions get the same" {
	message "${top}Subject: caf\xc3\xa9\n\nna\xc3\xafve\n"
	server_start --caps PIPELINING,SIZE=0 --rcpt-max 2
	conf_write
	pinmail a@x.org b@x.org c@x.org <"$BATS_TEST_TMPDIR/m"
	succeeded
	filed_are 2
	for EML in "$DIR"/mail/alice/*.eml; do
		judge <<-'END'
		assert cte(now) == 'quoted-printable'
		assert leaf(now) == b'na\xc3\xafve\r\n'
		END
	done
}
