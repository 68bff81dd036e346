# Sourced by suites that count programs which print 'ok' and 'not ok' lines: $passed, $failed, and a folder $work.
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
