#!/usr/bin/env bash
# Runs every test project and ends with one line: the sum over all suites.
# Usage: run-tests.sh [CONFIGURATION] [more arguments of `dotnet test`]
# The sum comes from the result files, not from the console: a suite that crashes writes none, and that is a failure.
set -uo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
configuration=${1:-Release}
[ $# -eq 0 ] || shift
results=$repo/artifacts/test-results
rm -rf "$results"; mkdir -p "$results"
cd "$repo" || exit 1

# -m:2: not more than two suites at once, they start daemons of their own.
dotnet test NodeGate.sln -c "$configuration" --no-build --nologo -m:2 --disable-build-servers \
    --logger 'console;verbosity=minimal' --logger 'trx' --results-directory "$results" "$@" < /dev/null
outcome=$?

passed=0 failed=0 skipped=0
for trx in "$results"/*.trx; do
    [ -f "$trx" ] || continue
    counters=$(grep -o '<Counters [^>]*>' "$trx" | head -n 1)
    count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counters"; }
    if [ -z "$counters" ]; then echo "unreadable results: $trx"; outcome=1; continue; fi
    total=$(count total) ok=$(count passed) executed=$(count executed)
    passed=$((passed + ok))
    failed=$((failed + executed - ok))
    skipped=$((skipped + total - executed))
    if [ "$executed" -ne "$ok" ]; then
        grep -o '<UnitTestResult [^>]*outcome="Failed"[^>]*>' "$trx" | sed 's/.*testName="\([^"]*\)".*/failed: \1/'
    fi
done

if [ $((passed + failed)) -eq 0 ]; then echo 'no test ran'; outcome=1; fi
if [ "$outcome" -ne 0 ] && [ "$failed" -eq 0 ]; then echo 'a suite did not run to its end, see above'; fi
if [ "$failed" -gt 0 ] && [ "$outcome" -eq 0 ]; then outcome=1; fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$outcome"
