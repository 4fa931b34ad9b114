#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The tables in pinmail(1), "Options" and "Modes", are those of the parser,
# and true.  What becomes of arguments is seen with -bv, which names the
# recipients and sends nothing.

load lib

MANUAL=$top_srcdir/man/pinmail.1
PARSER=$top_srcdir/cmd/optable.c

# A section of the manual.
section() {
	sed -n "/^\.Ss $1\$/,/^\.Ss/p" "$MANUAL"
}

# The manual's rows: -A value any.
manual_rows() {
	section Options | sed -n -E \
		-e 's/^\.It Fl Fl (\S+) Ta (\w+) Ta (\w+) Ta .+/--\1 \2 \3/p' \
		-e 's/^\.It Fl (\S) Ta (\w+) Ta (\w+) Ta .+/-\1 \2 \3/p'
}

# The parser's, in the same words.  One that it knows only in order to say
# what to use instead is allowed under no name.
parser_rows() {
	sed -n -E 's/^ *\{"(\S+)", (\w+), (\w+), (\w+), .*\},$/\1 \2 \3 \4/p' \
		"$PARSER" | awk '
		{
			option = (length($1) == 1 ? "-" : "--") $1
			kind = $2 == "NO_VALUE" ? "none" : tolower($2)
			names = tolower($3)
			if ($4 == "PRETEND" || $4 == "SERVER_INFO")
				names = "none"
			if (names != "none" || !(option in row))
				row[option] = option " " kind " " names
		}
		END { for (option in row) print row[option] }'
}

manual_modes() {
	section Modes | sed -n 's/^\.It //p' | tr ' ' '\n' |
		sed -n 's/^b\(.\)$/\1/p'
}

# One account, at a server that does not exist.
begin() {
	moved_binary
	(
		umask 077
		cat >"$SYSTEM_FILE" <<-END
		account default
		socket $MOVED_DIR/none
		pin sha256:$(printf '%064d' 0)
		from alice@example.com
		aliases off
		syslog off
		END
	)
	export HOME=$MOVED_DIR
	for name in sendmail mailq newaliases other; do
		ln -s pinmail "$MOVED_DIR/$name"
	done
}

try() {
	local name=$1

	shift
	called="$name $*"
	run_as_is "$MOVED_DIR/$name" "$@" </dev/null
}

# The last run read its arguments so that the recipient is a@x.org alone.
good() {
	if [ "$status" -ne 0 ] || [ -n "$err" ] ||
		[ "$out" != 'a@x.org: to a@x.org; account default; from alice@example.com' ]
	then
		echo "$called: exit $status: $out$err"
		return 1
	fi
}

bad() {
	failed 64 "$@" || { echo "$called"; return 1; }
}

# A value that is good for the option.
value_for() {
	case $1 in
	-a | --account) echo default ;;
	-b) echo v ;;
	-f | -r | --from) echo alice@example.com ;;
	-C | --file) echo "$SYSTEM_FILE" ;;
	--timeout) echo 5 ;;
	*) echo value@x.org ;;
	esac
}

# takes_none NAME OPTION: neither what is attached nor the next argument.
takes_none() {
	try "$1" "$2" -bv a@x.org
	good
	case $2 in
	--*)
		try "$1" "$2=value" -bv a@x.org
		bad "*$2*"
		;;
	*)
		try "$1" "$2bv" a@x.org
		good
		;;
	esac
}

takes_value() {
	local value

	value=$(value_for "$2")
	try "$1" "$2" "$value" -bv a@x.org
	good
	case $2 in
	--*) try "$1" "$2=$value" -bv a@x.org ;;
	*) try "$1" "$2$value" -bv a@x.org ;;
	esac
	good
	# Even one that looks like an option, or like the end of them.
	if [ "$value" = value@x.org ]; then
		try "$1" "$2" -Z -bv a@x.org
		good
		try "$1" "$2" -- -bv a@x.org
		good
		try "$1" "$2" '' -bv a@x.org
		good
	fi
	[ "$2" = --file ] || try "$1" -bv "$2"
	[ "$2" != --file ] || try "$1" "$2"
	bad "*$2 needs a value*"
}

takes_attached() {
	try "$1" "$2Zvalue@x.org" -bv a@x.org
	good
	# pinmail(1) says of -Q that it is refused alone.
	try "$1" "$2" -bv a@x.org
	case $2 in
	-Q) bad '*-Q*' ;;
	*) good ;;
	esac
}

# first_only NAME OPTION: --help and --version.
first_only() {
	try "$1" "$2" a@x.org
	[ "$status" -eq 0 ]
	[ -n "$out" ]
	[ -z "$err" ]
	try "$1" -bv "$2" a@x.org
	bad "*$2*"
	try "$1" "$2=x"
	bad "*$2*"
}

# with_pin NAME OPTION: what goes with --pin and a host only.
with_pin() {
	try "$1" --pin "$2" 127.0.0.1:0
	bad '*"0" is no port*'
	try "$1" --pin "$2" -a default
	bad "*$2 goes with --pin HOST*"
	try "$1" --pin "$2" ./file
	bad "*$2 goes with --pin HOST*"
	try "$1" --check "$2"
	bad "*$2 goes with --pin HOST*"
	try "$1" "$2" -bv a@x.org
	bad "*$2 goes with --pin HOST*"
	try "$1" -t "$2"
	bad "*$2 goes with --pin HOST*"
}

# with_check NAME OPTION: what goes with --check and is an error without.
with_check() {
	try "$1" --check "$2" a@x.org
	[[ $2 = --send ]] || bad '*--check*recipients*'
	try "$1" "$2" -bv a@x.org
	bad '*--check*'
	try "$1" -bv "$2" a@x.org
	bad '*--check*'
}

@test "the manual's table is the parser's" {
	local words

	# No row was overlooked, on either side.
	[ "$(section Options | grep -c '^\.It Fl')" -eq \
		"$(manual_rows | wc -l)" ]
	[ "$(grep -c '{"' "$PARSER")" -eq \
		"$(grep -cE '^ *\{"\S+", \w+, \w+, \w+, .*\},$' "$PARSER")" ]
	words=$(manual_rows | cut -d' ' -f2- | tr ' ' '\n' | sort -u | xargs)
	[ "$words" = 'any attached none pinmail sendmail value' ]
	# What is refused everywhere need not be known.
	diff <(parser_rows | sort) <(
		manual_rows | while read -r option kind names; do
			if [ "$names" != none ] ||
				parser_rows | grep -q -e "^$option "; then
				echo "$option $kind $names"
			fi
		done | sort
	)
	diff <(sed -n -E 's/^ *\{"(.)", MODE_\w+\},$/\1/p' \
		"$top_srcdir/cmd/optact.c" | sort) <(manual_modes | sort)
}

# rows NAME: OPTION KIND of what the manual allows under that name; rows NAME
# not: of all else.
rows() {
	manual_rows | awk -v name="$1" -v wanted="${2:-any}" '
		{ fits = $3 == "any" || $3 == name }
		fits != (wanted == "not") { print $1, $2 }'
}

@test "each option takes what the manual says, under each name it allows" {
	local kind name option

	begin
	for name in pinmail sendmail; do
		while read -r option kind; do
			case $option in
			--help | --version) first_only "$name" "$option" ;;
			--json | --nagios | --offline | --send)
				with_check "$name" "$option" ;;
			--starttls) with_pin "$name" "$option" ;;
			*) "takes_$kind" "$name" "$option" ;;
			esac
		done < <(rows "$name")
	done
}

@test "under every other name it is refused" {
	local kind name option

	begin
	for name in pinmail sendmail; do
		while read -r option kind; do
			try "$name" "$option" -bv a@x.org
			bad
			case $kind,$option in
			value,--*)
				try "$name" "$option=$(value_for "$option")" \
					-bv a@x.org
				bad "*$option*"
				;;
			esac
		done < <(rows "$name" not)
	done
}

@test "mailq, newaliases and any other name take what sendmail takes" {
	local kind name option

	begin
	for name in mailq newaliases other; do
		while read -r option kind; do
			case $kind,$option in
			*,--help | *,--version) continue ;;
			value,*) set -- "$option" "$(value_for "$option")" ;;
			attached,*) set -- "${option}x" ;;
			*) set -- "$option" ;;
			esac
			try "$name" "$@" -bv a@x.org
			good
		done < <(rows sendmail)
		try "$name" --debug -bv a@x.org
		bad
	done
}

@test "each mode that the manual names is one" {
	local c name

	begin
	for name in pinmail sendmail; do
		for c in $(manual_modes); do
			case $c in
			v)
				try "$name" -b "$c" a@x.org
				good
				;;
			m)
				try "$name" -bm a@x.org
				failed 75
				;;
			*)
				try "$name" "-b$c"
				[ "$status" -eq 0 ]
				[ -z "$err" ]
				;;
			esac
		done
	done
}

@test "what is not in the table is refused" {
	local c i known modes name

	begin
	known=$(manual_rows | sed -n 's/^-\(.\) .*/\1/p' | tr -d '\n')
	modes=$(manual_modes | tr -d '\n')
	for ((i = 33; i < 127; i++)); do
		printf -v c '%b' "\\x$(printf %x "$i")"
		[ "$c" != - ] || continue
		for name in pinmail sendmail; do
			if [[ $known != *"$c"* ]]; then
				try "$name" "-$c" -bv a@x.org
				bad "*unknown option -*"
			fi
			if [[ $modes != *"$c"* ]]; then
				try "$name" "-b$c" a@x.org
				bad "*-b*"
			fi
		done
	done
	for name in pinmail sendmail; do
		for c in -iZ --a --files --FILE --read-envelope --- ---debug \
			--=x; do
			try "$name" "$c" -bv a@x.org
			bad "*unknown option -*"
		done
	done
}
