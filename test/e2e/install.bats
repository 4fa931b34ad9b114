#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# pinmail(1), "Names", and make install-sendmail.

load lib

setup() {
	untraced
	root=$BATS_TEST_TMPDIR/root
	mkdir -p "$root/usr/bin" "$root/usr/share/man/man1"
	echo program >"$root/usr/bin/pinmail"
	cp "$top_srcdir/man/pinmail.1" "$root/usr/share/man/man1"
}

# links install|uninstall [VARIABLE=VALUE ...]: below $root.
links() {
	local what=$1

	shift
	run_as_is env -u SENDMAILDIR DESTDIR="$root" bindir=/usr/bin \
		mandir=/usr/share/man "$@" \
		sh "$top_srcdir/build-aux/sendmail-links" "$what"
}

# Every file below a directory, with what could change of it.
tree() {
	(cd "$1" && find . -printf '%p %y %l %s %T@\n' | sort)
}

# The links below $root are these: PATH TARGET, a line each on stdin.
has_links() {
	diff - <(cd "$root" && find . -type l -printf '/%P %l\n' | sort)
}

has_all_links() {
	has_links <<-END
	/usr/bin/mailq /usr/bin/pinmail
	/usr/bin/newaliases /usr/bin/pinmail
	/usr/lib/sendmail /usr/bin/pinmail
	/usr/sbin/sendmail /usr/bin/pinmail
	/usr/share/man/man1/mailq.1 pinmail.1
	/usr/share/man/man1/newaliases.1 pinmail.1
	/usr/share/man/man8/sendmail.8 ../man1/pinmail.1
	END
}

# refused GLOB: one line, and nothing below $root has changed since $before.
refused() {
	[ "$status" -eq 1 ] || { echo "exit $status: $err"; return 1; }
	[ -z "$out" ]
	# shellcheck disable=SC2053
	[[ $err != *$'\n'* && $err == $1 ]] || { echo "$err"; return 1; }
	diff <(echo "$before") <(tree "$root")
}

@test "the links are made, once, in silence, with their directories" {
	links install
	succeeded
	has_all_links
	cmp "$root/usr/share/man/man8/sendmail.8" "$top_srcdir/man/pinmail.1"
	before=$(tree "$root")
	links install
	succeeded
	diff <(echo "$before") <(tree "$root")
}

@test "uninstall takes the links away, and nothing else" {
	before=$(cd "$root" && find . ! -type d)
	links install
	links uninstall
	succeeded
	diff <(echo "$before") <(cd "$root" && find . ! -type d)
	links uninstall
	succeeded
	# Even when pinmail has gone before them.
	links install
	rm -f "$root/usr/bin/pinmail" "$root/usr/share/man/man1/pinmail.1"
	links uninstall
	succeeded
	has_links </dev/null
}

@test "what is in the way is named, and nothing is changed" {
	local f

	for f in usr/sbin/sendmail usr/lib/sendmail usr/bin/mailq \
		usr/bin/newaliases usr/share/man/man8/sendmail.8 \
		usr/share/man/man1/mailq.1 usr/share/man/man1/newaliases.1; do
		mkdir -p "$root/${f%/*}"
		echo postfix >"$root/$f"
		before=$(tree "$root")
		links install
		refused "sendmail-links: $root/$f is there*; remove it*"
		links uninstall
		succeeded
		diff <(echo "$before") <(tree "$root")
		rm -f "$root/$f"
		# Links, dangling ones too, that lead elsewhere.
		ln -s postfix "$root/$f"
		before=$(tree "$root")
		links install
		refused "*$root/$f is there*"
		links uninstall
		diff <(echo "$before") <(tree "$root")
		rm -f "$root/$f"
	done
	mkdir -p "$root/usr/lib/sendmail"
	before=$(tree "$root")
	links install
	refused "*$root/usr/lib/sendmail is there*"
}

@test "a half made set is completed, and half taken away" {
	links install
	rm -f "$root/usr/sbin/sendmail" "$root/usr/share/man/man1/mailq.1"
	links install
	succeeded
	has_all_links
	rm -f "$root/usr/bin/mailq"
	echo postfix >"$root/usr/bin/mailq"
	links uninstall
	succeeded
	has_links </dev/null
	[ "$(<"$root/usr/bin/mailq")" = postfix ]
}

@test "a file where a directory must be is in the way too" {
	mkdir "$root/opt"
	echo x >"$root/opt/mail"
	before=$(tree "$root")
	links install SENDMAILDIR=/opt/mail/sbin
	refused "*$root/opt/mail is not a directory*"
	ln -s /nonexistent "$root/opt/gone"
	before=$(tree "$root")
	links install SENDMAILDIR=/opt/gone/sbin
	refused "*$root/opt/gone is not a directory*"
}

@test "who may not write is told so before anything is changed" {
	local run=(env)

	if [ "$(id -u)" -eq 0 ]; then
		moved_binary
		root=$MOVED_DIR/root
		mkdir -p "$root/usr/bin" "$root/usr/sbin"
		echo program >"$root/usr/bin/pinmail"
		chown -R 65534:65534 "$root"
		run=(as_user 65534 env)
	fi
	cp "$top_srcdir/build-aux/sendmail-links" "$root/script"
	mkdir -p "$root/usr/lib"
	chmod 555 "$root/usr/lib"
	before=$(tree "$root")
	run_as_is "${run[@]}" DESTDIR="$root" bindir=/usr/bin \
		mandir=/usr/share/man sh "$root/script" install
	refused "*$root/usr/lib cannot be written to*"
	chmod 755 "$root/usr/lib"
}

@test "SENDMAILDIR is another place for sendmail" {
	links install SENDMAILDIR=/opt/mail/bin
	succeeded
	[ "$(readlink "$root/opt/mail/bin/sendmail")" = /usr/bin/pinmail ]
	[ ! -e "$root/usr/sbin" ]
	[ -L "$root/usr/lib/sendmail" ]
	# The default place is not looked at.
	links uninstall
	[ -L "$root/opt/mail/bin/sendmail" ]
	links uninstall SENDMAILDIR=/opt/mail/bin
	has_links </dev/null
	# Where pinmail itself is, or the fixed place.
	links install SENDMAILDIR=/usr/bin
	succeeded
	[ "$(readlink "$root/usr/bin/sendmail")" = /usr/bin/pinmail ]
	links uninstall SENDMAILDIR=/usr/bin
	has_links </dev/null
	links install SENDMAILDIR=/usr/lib
	succeeded
	links install SENDMAILDIR=/usr/lib
	succeeded
	links uninstall SENDMAILDIR=/usr/lib
	has_links </dev/null
	[ -e "$root/usr/bin/pinmail" ]
}

@test "where /usr/sbin is /usr/bin, and names hold blanks" {
	ln -s bin "$root/usr/sbin"
	links install
	succeeded
	[ "$(readlink "$root/usr/bin/sendmail")" = /usr/bin/pinmail ]
	links uninstall
	succeeded
	[ ! -L "$root/usr/bin/sendmail" ]
	mv "$root" "$root of mine"
	root="$root of mine"
	mv "$root/usr/bin" "$root/usr/my bin"
	rm -f "$root/usr/sbin"
	links install bindir='/usr/my bin'
	succeeded
	[ "$(readlink "$root/usr/sbin/sendmail")" = '/usr/my bin/pinmail' ]
	[ -L "$root/usr/my bin/mailq" ]
	links uninstall bindir='/usr/my bin'
	has_links </dev/null
}

@test "without the manual pages only the programs are linked" {
	rm -rf "${root:?}/usr/share"
	links install
	succeeded
	has_links <<-END
	/usr/bin/mailq /usr/bin/pinmail
	/usr/bin/newaliases /usr/bin/pinmail
	/usr/lib/sendmail /usr/bin/pinmail
	/usr/sbin/sendmail /usr/bin/pinmail
	END
	[ ! -e "$root/usr/share" ]
}

@test "without pinmail nothing is linked" {
	rm -f "$root/usr/bin/pinmail"
	before=$(tree "$root")
	links install
	refused "*no $root/usr/bin/pinmail; make install first"
}

@test "any other word, or no bindir, is an error" {
	before=$(tree "$root")
	links remove
	refused '*install or uninstall*'
	links ''
	refused '*install or uninstall*'
	links install bindir=
	[ "$status" -ne 0 ]
	links install mandir=
	[ "$status" -ne 0 ]
	diff <(echo "$before") <(tree "$root")
}

# Without DESTDIR, so that the links lead somewhere.  The script's one path
# outside of a test's reach is moved.
@test "the links run, and know by which name" {
	local link

	moved_binary
	server_start
	conf_write "aliases $MOVED_DIR/aliases"
	cp "$CONF" "$SYSTEM_FILE"
	chmod 600 "$SYSTEM_FILE"
	echo 'root: admin@x.org' >"$MOVED_DIR/aliases"
	export HOME=$MOVED_DIR
	sed "s|^libdir=.*|libdir=$MOVED_DIR/lib|" \
		"$top_srcdir/build-aux/sendmail-links" >"$MOVED_DIR/script"
	lacks '/usr/lib' "$MOVED_DIR/script"
	run_as_is env DESTDIR= SENDMAILDIR="$MOVED_DIR/sbin" \
		bindir="$MOVED_DIR" mandir="$MOVED_DIR/man" \
		sh "$MOVED_DIR/script" install
	succeeded
	for link in "$MOVED_DIR/sbin/sendmail" "$MOVED_DIR/lib/sendmail"; do
		run_as_is "$link" -C /nonexistent a@x.org <<<x
		succeeded
	done
	filed_are 2
	run_as_is "$MOVED_DIR/mailq"
	[ "$status" -eq 0 ]
	[ "$out$err" = 'Mail queue is empty' ]
	run_as_is "$MOVED_DIR/newaliases"
	succeeded
	echo 'root' >>"$MOVED_DIR/aliases"
	run_as_is "$MOVED_DIR/newaliases"
	failed 78 "pinmail: $MOVED_DIR/aliases:2: *"
}

# make_to TARGET [VARIABLE=VALUE ...]
make_to() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$top_builddir" \
		DESTDIR="$root" "$@" >"$BATS_TEST_TMPDIR/made" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/made"; return 1; }
}

@test "make install makes no links, make install-sendmail does" {
	local bin link

	need make
	[ -f "$top_builddir/Makefile" ] || skip 'there is no Makefile'
	rm -rf "$root"
	make_to install
	bin=$(cd "$root" && find . -name pinmail)
	bin=${bin#.}
	[ -z "$(find "$root" -type l)" ]
	[ -z "$(find "$root" -name '*sendmail*' -o -name mailq)" ]
	make_to install-sendmail
	for link in /usr/sbin/sendmail /usr/lib/sendmail "${bin%/*}/mailq" \
		"${bin%/*}/newaliases"; do
		[ "$(readlink "$root$link")" = "$bin" ]
	done
	[ "$(find "$root" -type l -name '*.[18]' \
		-exec cmp {} "$top_srcdir/man/pinmail.1" \; -print |
		wc -l)" -eq 3 ]
	make_to uninstall
	[ ! -e "$root$bin" ]
	[ "$(find "$root" -type l | wc -l)" -eq 7 ]
	make_to uninstall-sendmail
	[ -z "$(find "$root" ! -type d)" ]
}

@test "make install-sendmail SENDMAILDIR=..., and a file in its way" {
	need make
	[ -f "$top_builddir/Makefile" ] || skip 'there is no Makefile'
	rm -rf "$root"
	make_to install
	make_to install-sendmail SENDMAILDIR=/opt/mail
	[ -L "$root/opt/mail/sendmail" ]
	[ ! -e "$root/usr/sbin/sendmail" ]
	make_to uninstall-sendmail SENDMAILDIR=/opt/mail
	[ -z "$(find "$root" -type l)" ]
	echo postfix >"$root/usr/lib/sendmail"
	run make_to install-sendmail
	[ "$status" -ne 0 ]
	[[ $output == *"$root/usr/lib/sendmail is there"* ]]
	[ -z "$(find "$root" -type l)" ]
}
