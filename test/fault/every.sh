#!/bin/sh
# SPDX-License-Identifier: ISC
# Deliveries on a machine that fails at every call, one after the other, for
# memory too: minutes.
set -eu

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
exec "$top_builddir/test/fault/machine" --every \
	"${PINMAIL:-$top_builddir/pinmail}" "$top_builddir/test/fault" "$@"
