#!/bin/sh
# SPDX-License-Identifier: ISC
# Show every hostile server to the built binary.
exec "$(dirname "$0")/run" ''
