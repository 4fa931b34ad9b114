#!/bin/sh
# SPDX-License-Identifier: ISC
# Deliveries on a machine that fails: every call but those for memory, of which
# every so many.
set -eu

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
exec "$top_builddir/test/fault/machine" "${PINMAIL:-$top_builddir/pinmail}" \
	"$top_builddir/test/fault" "$@"
