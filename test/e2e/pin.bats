#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "What to pin".

load lib

setup() {
	untraced
	cd "$BATS_TEST_TMPDIR"
}

# self_signed NAME [SUBJECT]: NAME.key and NAME.pem.
self_signed() {
	openssl req -x509 -nodes -newkey ec -pkeyopt \
		ec_paramgen_curve:P-256 -days 90 -subj "${2:-/CN=$1}" \
		-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
		-keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# signed NAME CA: by it, for localhost or $names, and for 30 or $days days.
signed() {
	openssl req -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
	echo "subjectAltName=${names:-DNS:localhost,IP:127.0.0.1}" >ext
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" \
		-days "${days:-30}" \
		-extfile ext -out "$1.pem" 2>/dev/null
}

# ca NAME OWNER
ca() {
	openssl req -x509 -nodes -newkey ec -pkeyopt \
		ec_paramgen_curve:P-256 -days 900 -subj "/O=$2/CN=$1" \
		-addext keyUsage=keyCertSign -keyout "$1.key" -out "$1.pem" \
		2>/dev/null
}

# hash FILE: of its key, computed by somebody else.
hash() {
	openssl x509 -in "$1" -noout -pubkey |
		openssl pkey -pubin -outform der | openssl dgst -sha256 -r |
		cut -d ' ' -f 1
}

# look [ARGUMENT ...]: runs --pin; it must succeed.
look() {
	run_as_is "$PINMAIL" --pin "$@"
	[ "$status" -eq 0 ] || { echo "exit $status: $err"; return 1; }
}

# prints LINE ...: each is a line of standard output.
prints() {
	local line

	for line; do
		grep -qxF -- "$line" <<<"$out" ||
			{ echo "no line $line in: $out"; return 1; }
	done
}

# tells TEXT ...: each is somewhere in standard error.
tells() {
	local text

	for text; do
		[[ $err == *"$text"* ]] ||
			{ echo "no $text in: $err"; return 1; }
	done
}

@test "if nothing vouches for the key, its line is commented out" {
	server_start
	look "127.0.0.1:$PORT"
	prints 'account default' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' "#pin $PIN" '#   pinmail --pin CERTIFICATE.pem'
	not_pinned=$(grep -c '^pin' <<<"$out" || :)
	[ "$not_pinned" -eq 0 ]
	tells 'CN=localhost' 'localhost, 127.0.0.1' 'days left' \
		"pin $PIN" 'vouched for by nobody: self-signed certificate' backup
	# Nobody logged in, and nothing was sent.
	filed_are 0
}

@test "what was shown, once confirmed, delivers" {
	server_start
	look "127.0.0.1:$PORT"
	(
		umask 077
		{
			sed -e 's/^#pin/pin/' -e '/^#/d' <<<"$out"
			printf '%s\n' 'user alice' 'password wonder1and' \
				'from alice@example.com' 'syslog off'
		} >pasted
	)
	CONF=$PWD/pasted
	pinmail x@example.org <<<'Subject: x'
	succeeded
	filed alice
}

@test "on any other port TLS is tried first and then STARTTLS" {
	server_start --tls starttls
	look "127.0.0.1:$PORT"
	prints "port $PORT" 'tls_starttls on' "#pin $PIN"
	look --starttls "127.0.0.1:$PORT"
	prints 'tls_starttls on' "#pin $PIN"
}

@test "nothing is said but what STARTTLS needs" {
	server_start --tls starttls
	look --starttls -v "127.0.0.1:$PORT"
	[ "$(grep '^>' "$BATS_TEST_TMPDIR/err")" = \
		$'> EHLO [127.0.0.1]\n> STARTTLS' ]
	server_start
	look -v "127.0.0.1:$PORT"
	lacks '^>' "$BATS_TEST_TMPDIR/err"
}

@test "a certificate that is not from a public CA or for another name" {
	self_signed root
	signed leaf root
	cat leaf.pem root.pem >both.pem
	server_start --cert both.pem --key leaf.key
	look "127.0.0.1:$PORT"
	prints "#pin sha256:$(hash leaf.pem)"
	tells 'CN=leaf' 'issued by  CN=root' "pin cert sha256:" \
		"pin ca sha256:$(hash root.pem)"
	lacks 'public CA, for' "$BATS_TEST_TMPDIR/err"
}

# trusting DIRECTORY COMMAND...: with it as the system's CAs.
trusting() {
	unshare -m --propagation private sh -c \
		'mount --bind "$1" /etc/ssl/certs && shift && exec "$@"' - "$@"
}

@test "the root of a public CA is pinned, and its owner's others" {
	need_root
	need unshare
	[ -d /etc/ssl/certs ] || skip 'there is no /etc/ssl/certs'
	unshare -m true 2>/dev/null || skip 'no mount namespaces here'
	ca one Acme
	ca two Acme
	ca three Others
	mkdir trusted
	for name in one two three; do
		cp $name.pem "trusted/$(openssl x509 -in $name.pem -noout \
			-subject_hash).0"
	done
	signed leaf one
	# The server does not send the root.
	server_start --cert leaf.pem --key leaf.key
	run_as_is trusting "$PWD/trusted" "$PINMAIL" --pin "localhost:$PORT"
	[ "$status" -eq 0 ] || { echo "$status: $err"; false; }
	prints "pin ca sha256:$(hash one.pem)" "pin ca sha256:$(hash two.pem)" \
		"#pin sha256:$(hash leaf.pem)"
	[ "$(grep -c '^pin' <<<"$out")" -eq 2 ]
	tells 'a public CA, for this name' 'the server does not send it'
	# Another name: nobody vouches.
	names=DNS:elsewhere.example signed other one
	server_start --cert other.pem --key other.key
	run_as_is trusting "$PWD/trusted" "$PINMAIL" --pin "localhost:$PORT"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^pin' <<<"$out")" -eq 0 ]
	tells 'ostname mismatch'
}

@test "with a file it is the lines for what is in it" {
	self_signed cert
	ca own Acme
	openssl pkey -in cert.key -pubout -out pub.pem
	look cert.pem
	prints "pin sha256:$(hash cert.pem)"
	look ./cert.key
	prints "pin sha256:$(hash cert.pem)"
	look "$PWD/pub.pem"
	prints "pin sha256:$(hash cert.pem)"
	# A CA's can be pinned whether the server sends it or not.
	look own.pem
	prints "pin ca $PWD/own.pem" "#pin ca sha256:$(hash own.pem)"
	signed cert own
	cat cert.pem own.pem >chain.pem
	look chain.pem
	[ "$(grep -v '^# ' <<<"$out")" = "$(printf '%s\n' \
		"pin sha256:$(hash cert.pem)" "#pin ca $PWD/chain.pem" \
		"#pin ca sha256:$(hash own.pem)")" ]
	echo nothing >empty.pem
	run_as_is "$PINMAIL" --pin empty.pem </dev/null
	failed 78 '*empty.pem: there is no certificate or key in it*'
	openssl pkey -in cert.key -aes256 -passout pass:x -out secret.key
	run_as_is "$PINMAIL" --pin secret.key </dev/null
	failed 78 '*secret.key: *'
	run_as_is "$PINMAIL" --pin ./none.pem
	failed 78 '*./none.pem: *'
}

@test "with -a: which lines to keep, to drop and to add" {
	self_signed new
	server_start
	conf_write
	run_as_is "$PINMAIL" -C "$CONF" --pin -a default
	[ "$status" -eq 0 ]
	prints "pin $PIN"
	[[ $out == *'keep it, the server proves this'* ]]
	# With a backup.
	conf_write "pin sha256:$(printf '%064d' 0)"
	run_as_is "$PINMAIL" -C "$CONF" --pin -a default
	prints "pin $PIN" "pin sha256:$(printf '%064d' 0)"
	[[ $out == *'keep it if it is your backup'* ]]
	# The key was changed, and nobody told us.
	server_start --cert new.pem --key new.key
	sed -i "s/^port .*/port $PORT/" "$CONF"
	run_as_is "$PINMAIL" -C "$CONF" --pin -a default
	[ "$status" -eq 0 ]
	prints "#pin sha256:$(hash new.pem)"
	[[ $out == *'drop it, unless it is your backup'*'to add'* ]]
	# Why, as a delivery says it; but this is the command that it names.
	tells 'pinmail: account default: 127.0.0.1 proved no pinned key' \
		'on purpose, compare on the server'
	lacks '^pinmail: .*run' "$BATS_TEST_TMPDIR/err"
	[ "$(grep -c '^pin' <<<"$out")" -eq 0 ]
}

@test "a certificate that signs itself, without a name: a server's or a CA's" {
	# As pinmail.conf(5) makes one of a backup key.
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out backup.pem
	openssl req -x509 -key backup.pem -days 3650 \
		-subj /CN=mail.example.com -out cert.pem
	look cert.pem
	only_live "pin sha256:$(hash cert.pem)"
	prints "#pin ca $PWD/cert.pem"
	# What is pasted where the file is not serves all the same.
	server_start --cert cert.pem --key backup.pem
	only_pins "$(grep '^pin ' <<<"$out")"
	pinmail x@example.org <<<'Subject: x'
	succeeded
	# As it makes one of a CA.
	openssl req -x509 -newkey ec -days 3650 -subj '/CN=Our CA' -nodes \
		-pkeyopt ec_paramgen_curve:P-256 -keyout ca.key \
		-addext keyUsage=critical,keyCertSign,cRLSign -out ca.pem \
		2>/dev/null
	look ca.pem
	only_live "pin ca $PWD/ca.pem"
	openssl req -x509 -key ca.key -days 90 -subj '/CN=Our CA' \
		-addext basicConstraints=critical,CA:TRUE,pathlen:0 -out ca.pem
	look ca.pem
	only_live "pin ca $PWD/ca.pem"
	# Several are no server's own.
	cat cert.pem ca.pem >two.pem
	look two.pem
	only_live "pin ca $PWD/two.pem"
}

# only_live LINE: of all to paste, only that one counts.
only_live() {
	[ "$(grep -v '^#' <<<"$out")" = "$1" ] || { echo "$out"; return 1; }
}

@test "the name of a file cannot write a line, nor drive a terminal" {
	local evil=$'x\npin sha256:evil\e[2J.pem'

	ca own Acme
	mkdir $'d\npin sha256:evil'
	cp own.pem "$evil"
	cp own.pem $'d\npin sha256:evil/ca.pem'
	(cd $'d\npin sha256:evil' && look ca.pem) || return 1
	lacks 'pin sha256:evil$|^pin sha256' "$BATS_TEST_TMPDIR/out"
	look "./$evil"
	lacks $'\e|^pin sha256' "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^pin ' <<<"$out")" -eq 1 ]
	# Nor can that of a configuration.
	self_signed new
	server_start
	conf_write "pin cert $PWD/new.pem"
	cp "$CONF" $'conf\npin sha256:evil\e[2J'
	CONF=$'conf\npin sha256:evil\e[2J'
	changes default
	lacks $'\e|^pin sha256:evil' "$BATS_TEST_TMPDIR/out"
}

@test "standard output that is full: 74, and a line" {
	[ -c /dev/full ] || skip "no /dev/full here"
	self_signed cert
	status=0
	"$PINMAIL" --pin cert.pem >/dev/full 2>err || status=$?
	[ "$status" -eq 74 ]
	grep -qx 'pinmail: standard output cannot be written' err
}

@test "from the first byte of a private key there is no core file" {
	[ -r /proc/self/limits ] || skip "no /proc/PID/limits here"
	self_signed cert
	ulimit -S -c "$(ulimit -H -c)"
	[ "$(ulimit -c)" != 0 ] || skip 'core files are off here'
	mkfifo key.pem
	"$PINMAIL" --pin ./key.pem >out 2>err 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	# It is open when there is somebody who reads.
	exec 9>key.pem
	cp "/proc/$!/limits" limits
	cat cert.key >&9
	exec 9>&-
	wait "$!"
	grep -qE '^Max core file size +0 +0 ' limits
	grep -qx "pin sha256:$(hash cert.pem)" out
}

@test "what a certificate says cannot drive a terminal" {
	self_signed evil $'/CN=evil\e[2J\u202e'
	server_start --cert evil.pem --key evil.key
	look "127.0.0.1:$PORT"
	lacks $'\e' "$BATS_TEST_TMPDIR/out"
	lacks $'\e' "$BATS_TEST_TMPDIR/err"
	tells evil
}

@test "--pin counts only where no stranger can write it" {
	server_start
	conf_write
	run_as_is "$PINMAIL" -C "$CONF" x@example.org --pin </dev/null
	[ "$(count_filed)" -le 1 ]
	run_as_is "$PINMAIL" -t --pin "127.0.0.1:$PORT" </dev/null
	failed 64 '*--pin counts only as the first argument*'
	ln -s "$PINMAIL" sendmail
	run_as_is ./sendmail --pin "127.0.0.1:$PORT" </dev/null
	failed 64 '*--pin*'
	run_as_is "$PINMAIL" --pin
	failed 64 '*--pin needs a host*'
	run_as_is "$PINMAIL" --pin a b
	failed 64 '*--pin needs a host*'
	run_as_is "$PINMAIL" --pin host:99999
	failed 64 '*"99999" is no port*'
}

@test "nobody there" {
	server_start
	read -r pid <"$BATS_TEST_TMPDIR/pids"
	kill "$pid"
	wait "$pid" || :
	run_as_is "$PINMAIL" --pin "127.0.0.1:$PORT"
	failed 75
}

# changes ACCOUNT: what --pin says about it, with the last configuration.
changes() {
	run_as_is "$PINMAIL" -C "$CONF" --pin -a "$1" </dev/null
	[ "$status" -eq 0 ] || { echo "exit $status: $err"; return 1; }
}

# advised ADVICE LINE: that line, with what to do about it above.
advised() {
	grep -xF -B 1 -- "$2" <<<"$out" | grep -q "^# .*[0-9]: $1" ||
		{ echo "not $1: $2 in: $out"; return 1; }
}

# only_pins LINE ...: an account with these.
only_pins() {
	conf_write "$@"
	sed -i "/^pin $PIN\$/d" "$CONF"
}

# at_fault LINE: nothing is proved, but not for that line, which stays; the
# error line is one.
at_fault() {
	advised 'keep it, unless its CA has a new key' "$1"
	lacks 'drop it|to add|^#?pin sha256' "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^pinmail: ' <<<"$err")" -eq 1 ]
}

@test "with -a: nothing is proved, and the pin is right" {
	ca root Acme
	days=0 signed leaf root
	cat leaf.pem root.pem >both.pem
	server_start --cert both.pem --key leaf.key
	for line in "pin ca $PWD/root.pem" "pin ca sha256:$(hash root.pem)"; do
		only_pins "$line"
		changes default
		at_fault "$line"
		tells 'certificate has expired' 'clock is wrong'
		only_pins "$line" "pin $NO_PIN"
		changes default
		advised 'keep it, unless its CA has a new key' "$line"
		advised 'drop it, unless it is your backup' "#pin $NO_PIN"
		lacks 'to add' "$BATS_TEST_TMPDIR/out"
	done
}

@test "with -a: files of certificates and of CAs" {
	self_signed new
	self_signed old
	ca root Acme
	ca other Acme
	signed leaf root
	server_start --cert new.pem --key new.key
	only_pins "pin cert $PWD/old.pem" "pin cert $PWD/new.pem" \
		"pin ca $PWD/root.pem"
	changes default
	advised 'keep it if it is your backup' "pin cert $PWD/old.pem"
	advised 'keep it, the server proves' "pin cert $PWD/new.pem"
	advised 'keep it if it is your backup' "pin ca $PWD/root.pem"
	# It signs itself, and is nobody's CA all the same.
	tells 'CN=new' "pin sha256:$(hash new.pem)"
	lacks 'pin ca' "$BATS_TEST_TMPDIR/err"
	only_pins "pin cert $PWD/old.pem"
	changes default
	advised 'drop it' "#pin cert $PWD/old.pem"
	prints '# to add:' "#pin sha256:$(hash new.pem)"
	# The right certificate, in a line that can never match it.
	only_pins "pin ca $PWD/new.pem"
	changes default
	advised 'drop it' "#pin ca $PWD/new.pem"
	prints '# to add:' "#pin sha256:$(hash new.pem)"
	tells 'a `pin ca` can not match it'
	# A CA that the server does not send.
	server_start --cert leaf.pem --key leaf.key
	for line in "pin ca $PWD/root.pem" "pin ca sha256:$(hash root.pem)"; do
		only_pins "pin ca $PWD/other.pem" "$line" \
			"tls_trust_file $PWD/root.pem"
		changes default
		advised 'keep it if it is your backup' "pin ca $PWD/other.pem"
		advised 'keep it, the server proves' "$line"
		lacks 'to add' "$BATS_TEST_TMPDIR/out"
	done
	# The right CA, but nobody has its certificate here.
	only_pins "pin ca sha256:$(hash root.pem)"
	pinmail x@example.org </dev/null
	failed 76 '*write pin ca FILE, or tls_trust_file FILE*'
	changes default
	advised 'if it is the right CA, write pin ca FILE or tls_trust_file' \
		"#pin ca sha256:$(hash root.pem)"
	prints '#pin ca /path/to/ca.pem'
	# It vouches for another name.
	names=DNS:elsewhere.example signed leaf root
	server_start --cert leaf.pem --key leaf.key
	only_pins "pin ca $PWD/root.pem"
	changes default
	at_fault "pin ca $PWD/root.pem"
	tells 'account default: ' 'address mismatch' \
		'its names are: elsewhere.example; see host'
	# As a delivery says.
	pinmail x@example.org </dev/null
	failed 76 "*account default: *address mismatch*pin sha256:$(hash leaf.pem)*its names are: elsewhere.example; see host *not delivered to x@example.org"
}

@test "with -a: an account without a pin, and one behind a socket" {
	server_start
	conf_write 'account bare' 'host 127.0.0.1' "port $PORT" \
		'tls_starttls off' 'account none'
	changes bare
	prints '# to add:' "#pin $PIN"
	lacks 'keep it|drop it|^pin' "$BATS_TEST_TMPDIR/out"
	# A delivery says how to come by that.
	pinmail -a bare x@example.org </dev/null
	failed 78 "*account bare has no pin; *: pinmail -C $CONF --pin -a bare;*"
	# Two sessions at most, and nothing was said in them.
	changes default
	advised 'keep it, the server proves' "pin $PIN"
	run_as_is "$PINMAIL" -C "$CONF" --pin -v -a default
	[ "$status" -eq 0 ]
	lacks '^>' "$BATS_TEST_TMPDIR/err"
	[ "$(count_filed)" -eq 0 ]
	run_as_is "$PINMAIL" -C "$CONF" --pin -a none
	failed 78 "*$CONF:*: account none has no server; *"
	run_as_is "$PINMAIL" -C "$CONF" --pin -a nobody
	failed 78 '*nobody*'
	run_as_is "$PINMAIL" -C "$CONF" --pin -a
	failed 64 '*-a needs a value*'

	mkfifo bound
	"$PYTHON" - "$PWD/socket" "$PORT" >bound 3>&- <<-'END' &
	import select, socket, sys
	listener = socket.socket(socket.AF_UNIX)
	listener.bind(sys.argv[1])
	listener.listen(8)
	print('bound', flush=True)
	while True:
	    a = listener.accept()[0]
	    b = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
	    other = {a: b, b: a}
	    while True:
	        r = select.select([a, b], [], [])[0][0]
	        data = r.recv(65536)
	        if not data:
	            break
	        other[r].sendall(data)
	    a.close()
	    b.close()
	END
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	conf_write "socket $PWD/socket" "pin sha256:$(printf '%064d' 0)"
	sed -i '/^host /d; /^port /d' "$CONF"
	read -r _ <bound
	changes default
	advised 'keep it, the server proves' "pin $PIN"
	tells "$PWD/socket" 'local socket' "pin $PIN"
}
