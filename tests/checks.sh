# Sourced by suites of shell. Their own checks, and the lines of programs that print 'ok' and 'not ok', are counted in
# $passed and $failed. They have a folder $work.
passed=0
failed=0

# tests COMMAND ...: a program that prints its own 'ok' and 'not ok' lines. One that ends otherwise than they say, or
# is not done within ${limit:-300} seconds, is a failure. What it printed stays in $work/printed.
tests() {
    local status=0 good bad
    timeout "${limit:-300}" "$@" > "$work/printed" 2>&1 || status=$?
    cat "$work/printed"
    good=$(grep -c '^ok ' "$work/printed")
    bad=$(grep -c '^not ok ' "$work/printed")
    if [ "$good" -eq 0 ] || { [ $status -ne 0 ] && [ "$bad" -eq 0 ]; }; then
        echo "not ok  ended with status $status: $*"
        bad=$((bad + 1))
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

# check WHAT COMMAND ...: counts whether the command succeeds; shows its output where it does not.
check() {
    local what=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "not ok  $what"
        sed 's/^/        /' "$work/log"
    fi
}

# Shell code as a command, with what it is given as $1, $2, … In it a command that is to fail stands behind 'not': one
# behind '!' ends no code when it succeeds.
try() {
    bash -euo pipefail -c "not() { ! \"\$@\"; }; $1" try "${@:2}"
}

# ends STATUS TEXT COMMAND ...: the command ends with this status, and its output holds the text.
ends() {
    local wanted=$1 text=$2 status=0
    shift 2
    "$@" > "$work/output" 2>&1 || status=$?
    cat "$work/output"
    echo "[status $status; wanted $wanted and '$text']"
    [ "$status" -eq "$wanted" ] && grep -qF -- "$text" "$work/output"
}

# has_no GREP-ARGUMENT ...: a file that is there, and nothing in it that grep finds.
has_no() {
    local status=0
    grep "$@" || status=$?
    [ $status -eq 1 ]
}
