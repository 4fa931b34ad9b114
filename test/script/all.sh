#!/bin/sh
# SPDX-License-Identifier: ISC
# Play every case of every transcript to the built binary.
exec "$(dirname "$0")/run" "$(dirname "$0")"/*.script
