# SPDX-License-Identifier: ISC
#
# Real servers for bats tests: Postfix with Dovecot SASL, in a mount and pid
# namespace of their own (see `inside`). A test file says
#
#	load servers
#	setup_file() { servers_start; }
#	teardown_file() { servers_stop; }
#	setup() { servers_ready; }
#
# and all its tests share the servers. With a function `furnish` it puts more
# into $SERVERS/top before they start; `furnish_try` runs before each try to
# start, when the ports are known, and `inside` runs a /run/more. Environment:
#
#	PINMAIL             the binary that is tested
#	PINMAIL_SYSCONFDIR  where it looks for pinmail.conf (/usr/local/etc)
#	INTEROP_CACHE       where the unpacked packages are kept
#	INTEROP_OVERLAY=no  do without overlayfs
#	CI                  if set, what is missing fails instead of skipping
#
# Logins: alice/wonder1and sends as alice@example.com, bob/builder as
# bob@example.com and dora@example.edu. Recipients at any domain are taken and
# stored, but nobody@example.org and all of refused.example.org are refused,
# and later@example.org is put off.

bats_require_minimum_version 1.5.0

INTEROP=${BASH_SOURCE[0]%/*}
SERVERS=$BATS_FILE_TMPDIR/servers
PINMAIL=${PINMAIL:-$INTEROP/../../pinmail}
PINMAIL_CONF=${PINMAIL_SYSCONFDIR:-/usr/local/etc}/pinmail.conf
MACHINE_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pinmail-interop
INTEROP_CACHE=${INTEROP_CACHE:-$MACHINE_CACHE}

. "$INTEROP/setup.bash"
. "$INTEROP/helpers.bash"

# until_true SECONDS COMMAND...: try again until it succeeds.
until_true() {
	local left=$(($1 * 20))

	shift
	until "$@"; do
		[ $((left -= 1)) -gt 0 ] || return 1
		sleep 0.05
	done
}

# Prints what is missing for the servers to run, or nothing.
missing() {
	local tool why

	[ "$(id -u)" -eq 0 ] || { echo 'needs root'; return; }
	for tool in apt-get dpkg-deb flock nsenter openssl python3 unshare; do
		command -v "$tool" >/dev/null ||
			{ echo "$tool is missing"; return; }
	done
	unshare -m -p --fork --kill-child --propagation private true ||
		{ echo 'mount namespaces are not allowed here'; return; }
	if ! why=$("$INTEROP/fetch" "$INTEROP_CACHE" 2>&1); then
		echo "${why##*$'\n'}"
	fi
}

servers_start() {
	local why tries=5

	# The tests share a log: one at a time.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	mkdir "$SERVERS"
	why=$(missing)
	echo "$why" >"$SERVERS/missing"
	[ -n "$why" ] || servers_prepare
	if [ -n "$why" ] && [ "$why" != 'needs root' ] && [ -n "${CI-}" ]; then
		echo "$why"
		return 1
	fi
	[ -z "$why" ] || return 0
	# Somebody else may take a port that was free a moment ago.
	while [ $((tries -= 1)) -ge 0 ]; do
		write_master_cf
		if declare -F furnish_try >/dev/null; then furnish_try; fi
		if servers_try; then return; fi
		servers_stop
	done
	cat "$SERVERS"/*.out "$SERVERS"/run/log/* || :
	return 1
}

servers_prepare() {
	[ -x "$PINMAIL" ] || { echo "no $PINMAIL"; return 1; }
	mkdir -p "$SERVERS"/top/etc/{postfix,dovecot} \
		"$SERVERS/top/var/spool/cron/crontabs"
	mkdir -p "$SERVERS"/run/{log,stored,storing,data,queue,crontabs,cron.d,home,lock}
	chmod 755 "$SERVERS/run"
	cp "$INTEROP/store" "$SERVERS/run/store"
	write_users
	chown "$(sed -n 's/^postfix:x:\([0-9]*\):.*/\1/p' \
		"$SERVERS/top/etc/passwd")" "$SERVERS/run/data"
	make_certificates
	write_dovecot
	write_main_cf
	write_callers
	if declare -F furnish >/dev/null; then furnish; fi
}

# The holder lives as long as somebody has the other end of its stdin open:
# however bats ends, the servers do too.
servers_try() {
	rm -f "$SERVERS/state" "$SERVERS/pid"
	exec {SERVERS_FD}> >(exec 3>&- >>"$SERVERS/start.out" 2>&1
		exec unshare -m -p --fork --kill-child --propagation private \
		-- "$INTEROP/inside" "$SERVERS" "$INTEROP_CACHE/root" \
		"${PINMAIL_CONF%/*}")
	until_true 30 test -s "$SERVERS/state"
	[ "$(cat "$SERVERS/state")" = ready ]
}

servers_stop() {
	local pid

	[ -z "${SERVERS_FD-}" ] || exec {SERVERS_FD}>&-
	SERVERS_FD=
	[ -s "$SERVERS/pid" ] || return 0
	read -r pid <"$SERVERS/pid"
	# The kernel ends the whole namespace with its process 1.
	kill -KILL "$pid" 2>/dev/null || :
	until_true 10 gone "$pid"
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# inside COMMAND...: run it where the servers live.
inside() {
	local pid

	read -r pid <"$SERVERS/pid"
	nsenter -t "$pid" -m -p -- "$@"
}
