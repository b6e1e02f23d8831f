#!/usr/bin/env bash
# Removes each check of NodeGate.Verification, one at a time, and prints which tests notice.
#
# A check is the statement under a comment "// check: NAME". In a copy of the sources each gets a switch that an environment variable
# turns off, so that one build serves every mutant. Prints a table row for each: the check, and the test methods that failed without it.
# Exits 1 if a check's removal is noticed by no test. The copy is deleted.
#
#   packaging/tools/mutate-checks.sh [NAME…]
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
git ls-files -z --cached --others --exclude-standard -- '*.props' '*.targets' '*.json' .editorconfig BannedSymbols.txt src/BannedSymbols.Pure.txt \
    src/NodeGate.Oci src/NodeGate.Verification tests/NodeGate.Testing tests/NodeGate.Verification.Tests |
    xargs -0 -I{} sh -c 'test -f "$1" && cp --parents "$1" "$2"' _ {} "$work"

cat > "$work/src/NodeGate.Verification/Mutant.cs" <<'CS'
internal static class Mutant
{
    private static readonly string? Name = System.Environment.GetEnvironmentVariable("NODEGATE_MUTANT");

    public static bool Off(string name) => Name == name;
}
CS

find "$work/src/NodeGate.Verification" -name '*.cs' -print0 | xargs -0 perl -i -ne '
    if (defined $name) {
        my $off = "global::Mutant.Off(\"$name\")";
        s/^( *)if \((.*)\)$/$1if (($2) && !$off)/ or s/= false,$/= $off,/ or s/^( *)(\S.*;)$/$1if (!$off) $2/
            or die "cannot remove the check $name in $ARGV\n";
        undef $name;
    }
    $name = $1 if m{// check: (\S+)$};
    print;'

dotnet build "$work/tests/NodeGate.Verification.Tests" --nologo -v quiet -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:NoWarn=all > "$work/build.log" 2>&1 ||
    { grep -m 20 'error' "$work/build.log" >&2; exit 2; }

checks=("$@")
[ ${#checks[@]} -gt 0 ] || mapfile -t checks < <(grep -rhoP '// check: \K\S+' src/NodeGate.Verification | sort -u)
unnoticed=0
for check in "${checks[@]}"; do
    NODEGATE_MUTANT=$check dotnet test --no-build "$work/tests/NodeGate.Verification.Tests" --nologo --filter 'Category!=Conformance&Category!=Property' > "$work/test.log" 2>&1 || true
    failed=$(grep -oP '^  Failed NodeGate\.Verification\.Tests\.\K[A-Za-z0-9_.]+' "$work/test.log" | sort -u | paste -sd' ' || true)
    [ -n "$failed" ] || unnoticed=1
    echo "| \`$check\` | ${failed:-NOT NOTICED} |"
done
exit $unnoticed
