#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Little memory: the sanitizers need terabytes, and are not asked.

load lib
load ../proof/proof
load worlds/helpers

setup() {
	server_start
	conf_write 'passwordeval echo wonder1and' 'host localhost'
	messages
}

@test "64 MiB of address space will do; with less it is honest" {
	local n

	for n in 65536 32768 24576 {20,19,18,17,16,15,14,12,10,8,6}000; do
		run_as_is sh -c 'ulimit -v $0; exec "$@"' "$n" "$PINMAIL" \
			-C "$CONF" x@example.org <"$LARGE"
		[ "$status" -ne 127 ] || break
		honest
		[ "$n" -ne 65536 ] || arrived 1 "$LARGE"
	done
	# It did run out.
	[ "$status" -ne 0 ]
}
