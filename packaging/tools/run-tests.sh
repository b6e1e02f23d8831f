#!/usr/bin/env bash
# Runs every test project of the solution and ends with one line: the sum over all suites.
# Usage: run-tests.sh [CONFIGURATION] [more arguments of `dotnet test`]      after `make build`
# Each suite has a folder of its own for its results: suites that end in the same second would overwrite one another.
# The sum comes from the result files; a suite that crashes writes none, and that is a failure.
set -uo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$repo" || exit 1

# Called by itself for one suite: run-tests.sh --suite NAME CONFIGURATION ARGUMENTS…
if [ "${1:-}" = --suite ]; then
    name=$2 configuration=$3
    shift 3
    folder=artifacts/test-results/$name
    mkdir -p "$folder"
    dotnet test "artifacts/bin/$name/${configuration,,}/$name.dll" --nologo --logger 'console;verbosity=minimal' \
        --logger 'trx;LogFileName=results.trx' --results-directory "$folder" "$@" > "$folder/output.txt" 2>&1 < /dev/null
    status=$?
    echo "$status" > "$folder/status"
    # One write, so that two suites do not mix their lines.
    if [ "$status" -eq 0 ]; then
        text=$(grep -E '^(Passed|Skipped)!|^No test' "$folder/output.txt" | cut -c1-200)
        printf '%s\n' "${text:-$name: nothing to run}"
    else
        printf '%s\n' "===== $name failed =====" "$(cat "$folder/output.txt")" "===== end of $name ====="
    fi
    exit 0
fi

configuration=${1:-Release}
[ $# -eq 0 ] || shift
rm -rf artifacts/test-results
mapfile -t suites < <(grep -o '"tests[\\/][^"]*\.csproj"' NodeGate.sln | tr -d '"' | tr '\\' '/' | while read -r project; do
    if grep -q '<IsTestProject>true</IsTestProject>' "$project"; then basename "$project" .csproj; fi
done)

# Not more than two at once: they start daemons of their own.
printf '%s\n' "${suites[@]}" | xargs -P 2 -I '{}' "$repo/packaging/tools/run-tests.sh" --suite '{}' "$configuration" "$@"

passed=0 failed=0 skipped=0 broken=()
for name in "${suites[@]}"; do
    folder=artifacts/test-results/$name
    status=$(cat "$folder/status" 2>/dev/null || echo 'not started')
    counters=$(grep -ho '<Counters [^>]*>' "$folder/results.trx" 2>/dev/null | head -n 1)
    count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counters"; }
    if [ -z "$counters" ]; then
        # An empty suite, or a filter that fits nothing here, ends well without results.
        [ "$status" = 0 ] || broken+=("$name ended with $status and wrote no results")
        continue
    fi
    total=$(count total) executed=$(count executed) ok=$(count passed)
    passed=$((passed + ok)) failed=$((failed + executed - ok)) skipped=$((skipped + total - executed))
    if [ "$executed" -ne "$ok" ]; then
        grep -o '<UnitTestResult [^>]*outcome="Failed"[^>]*>' "$folder/results.trx" | sed 's/.*testName="\([^"]*\)".*/failed: \1/'
    elif [ "$status" != 0 ]; then
        broken+=("$name ended with $status although no test failed")
    fi
done

# Skipped tests say why, once for each reason: usually a part that `make tools` could not get.
grep -ho '<Message>missing: [^<]*' artifacts/test-results/*/results.trx 2>/dev/null | sed 's/<Message>/skipped: /' | sort | uniq -c

outcome=0
[ "$failed" -eq 0 ] || outcome=1
if [ ${#broken[@]} -gt 0 ]; then printf 'broken: %s\n' "${broken[@]}"; outcome=1; fi
if [ $((passed + failed)) -eq 0 ]; then echo 'no test ran'; outcome=1; fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$outcome"
