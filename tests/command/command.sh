#!/bin/bash
# What the command weir promises to people and scripts: output on the right stream, exit codes, no
# control sequences, guesses at what was meant. usage: command.sh path/to/weir
set -u
weir=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

fail() {
	echo "FAILED: $*"
	sed 's/^/  out: /' "$dir/out" | head -20
	sed 's/^/  err: /' "$dir/err" | head -20
	failed=1
}

# expect CODE ARG...: runs weir, keeps what it wrote, compares the exit code.
expect() {
	local code=$1
	shift
	"$weir" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	local got=$?
	[ "$got" = "$code" ] || fail "weir $*: exit code $got, not $code"
	if LC_ALL=C grep -q $'[\033\r\b]' "$dir/out" "$dir/err"; then
		fail "weir $*: control sequences"
	fi
}

out_has() { grep -qF -- "$1" "$dir/out" || fail "no '$1' on standard output"; }
err_has() { grep -qF -- "$1" "$dir/err" || fail "no '$1' on standard error"; }
no_out() { [ ! -s "$dir/out" ] || fail "standard output is not empty"; }
no_err() { [ ! -s "$dir/err" ] || fail "standard error is not empty"; }

expect 0 version; out_has "weir "; no_err
expect 0 --version; out_has "weir "; no_err
expect 0 version --json; no_err
python3 -c 'import json,sys; v=json.load(open(sys.argv[1])); assert v["version"]' "$dir/out" ||
	fail "weir version --json is not JSON"

expect 0 help; out_has "Usage: weir COMMAND"; out_has "Exit codes:"; no_err
expect 0 --help; out_has "Usage: weir COMMAND"; no_err
expect 0 -h; out_has "Usage: weir COMMAND"; no_err
expect 2; err_has "Usage: weir COMMAND"; no_out

commands=$("$weir" help | sed -n 's/^  \([a-z][a-z-]*\)  *[A-Z].*/\1/p')
[ "$(echo "$commands" | wc -w)" -ge 4 ] || fail "weir help lists: $commands"
for command in $commands; do
	expect 0 "$command" --help; out_has "Usage: weir $command"; out_has "Exit codes:"; no_err
	cp "$dir/out" "$dir/help"
	expect 0 help "$command"
	cmp -s "$dir/out" "$dir/help" || fail "weir help $command is not weir $command --help"
	expect 0 manpage "$command"; out_has ".TH WEIR-"; no_err
	expect 2 "$command" --no-such-option; err_has "unknown option '--no-such-option'"; no_out
done
awk 'length($0) > 80 { exit 1 }' "$dir/help" || fail "help is wider than 80 columns"

expect 2 hlep; err_has "did you mean 'help'?"; no_out
expect 2 vresion; err_has "did you mean 'version'?"; no_out
expect 2 xyzzy; err_has "'xyzzy' is not a command"; no_out
expect 2 help vresion; err_has "did you mean 'version'?"; no_out
expect 2 manpage vresion; err_has "did you mean 'version'?"; no_out
expect 2 version --jsn; err_has "did you mean '--json'?"; no_out
expect 2 version extra; err_has "unexpected argument 'extra'"; no_out
expect 2 completion; err_has "too few arguments"; no_out
expect 2 completion tcsh; err_has "no completion for 'tcsh'"; no_out

for shell in bash zsh fish; do
	expect 0 completion $shell; out_has "version"; no_err
	cp "$dir/out" "$dir/completion.$shell"
done
bash -n "$dir/completion.bash" || fail "the completion for bash is not bash"
words=$(bash -c 'source "$1"; COMP_WORDS=(weir ver); COMP_CWORD=1; _weir; echo "${COMPREPLY[*]}"' \
	- "$dir/completion.bash")
[ "$words" = version ] || fail "'weir ver' completes to '$words'"
words=$(bash -c 'source "$1"; COMP_WORDS=(weir version --j); COMP_CWORD=2; _weir
	echo "${COMPREPLY[*]}"' - "$dir/completion.bash")
[ "$words" = --json ] || fail "'weir version --j' completes to '$words'"

expect 0 manpage; out_has ".TH WEIR 1"; no_err
if command -v man >/dev/null && command -v groff >/dev/null; then
	LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -l "$dir/out" >/dev/null 2>"$dir/err" || true
	no_err
fi

# A reader that goes away is not worth a word.
"$weir" completion bash 2>"$dir/err" | true
no_err
(trap '' PIPE; "$weir" completion bash 2>"$dir/err") | true
no_err

# A disk that is full is.
if [ -w /dev/full ]; then
	"$weir" help >/dev/full 2>"$dir/err"
	[ $? = 1 ] || fail "a failed write is exit code 1"
	err_has "cannot write to standard output: No space left on device"
fi

exit $failed
