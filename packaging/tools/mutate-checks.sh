#!/usr/bin/env bash
# Removes each check of NodeGate.Verification, one at a time, and prints which tests notice.
#
# A check is the statement under a comment "// check: NAME". In a copy of the sources each gets a switch, and the test methods are called
# in one process for each mutant in turn, so that all of it is one build and a few minutes. Prints a table row for each check: its name, the
# section of the reference that asks for it, and the test methods that fail without it. Exits 1 if one is noticed by no test. Tests with a
# category (vectors, properties) are left out: a table of single faults is what is wanted. The copy is deleted.
#
#   packaging/tools/mutate-checks.sh [NAME...]
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
    public static string? Name { get; set; }

    public static System.Collections.Concurrent.ConcurrentDictionary<string, bool> Reached { get; } = new();

    public static bool Off(string name)
    {
        Reached[name] = true;
        return Name == name;
    }
}
CS

cat > "$work/tests/NodeGate.Verification.Tests/MutantProgram.cs" <<'CS'
using System.Reflection;
using Xunit.Sdk;

internal static class MutantProgram
{
    private static int Main(string[] checks)
    {
        // A check is reached where it would refuse, so removing it can change only the tests in which it was reached.
        var reached = new Dictionary<string, List<MethodInfo>>();
        var broken = new List<string>();
        foreach (var test in Tests())
        {
            Mutant.Reached.Clear();
            if (Fails(test))
            {
                broken.Add(Name(test));
            }

            foreach (var check in Mutant.Reached.Keys)
            {
                (reached.TryGetValue(check, out var tests) ? tests : reached[check] = []).Add(test);
            }
        }

        if (broken.Count > 0)
        {
            Console.Error.WriteLine($"without a mutant these fail: {string.Join(' ', broken)}");
            return 2;
        }

        var unnoticed = 0;
        foreach (var check in checks)
        {
            Mutant.Name = check.Split('=')[0];
            var failed = reached.GetValueOrDefault(Mutant.Name, []).Where(Fails).ToList();
            unnoticed += failed.Count == 0 ? 1 : 0;
            Console.WriteLine($"| `{check.Split('=')[0]}` | {check.Split('=')[1]} | {(failed.Count == 0 ? "NOT NOTICED" : Shown(failed))} |");
        }

        return unnoticed == 0 ? 0 : 1;
    }

    private static IEnumerable<MethodInfo> Tests() =>
        from type in typeof(MutantProgram).Assembly.GetTypes()
        where type.IsPublic && !type.GetCustomAttributesData().Any(a => a.AttributeType == typeof(TraitAttribute))
        from method in type.GetMethods()
        where method.IsDefined(typeof(FactAttribute))
        orderby type.Name, method.Name
        select method;

    /// <summary>By class, without "Tests" and the first word of each name; of many the first six.</summary>
    private static string Shown(List<MethodInfo> failed) =>
        string.Join("; ", failed.Take(6).GroupBy(t => t.DeclaringType!.Name).Select(tests =>
            $"{tests.Key[..^"Tests".Length]}: {string.Join(", ", tests.Select(t => t.Name[(t.Name.IndexOf('_') + 1)..]))}"))
        + (failed.Count > 6 ? $" and {failed.Count - 6} more" : "");

    private static string Name(MethodInfo test) => $"{test.DeclaringType!.Name}.{test.Name}";

    private static bool Fails(MethodInfo test) => Rows(test).Any(row => Fails(test.DeclaringType!, test, row));

    private static IEnumerable<object?[]> Rows(MethodInfo method) => method.GetParameters().Length == 0
        ? [[]]
        : method.GetCustomAttributes<DataAttribute>().SelectMany(d => d.GetData(method));

    private static bool Fails(Type type, MethodInfo method, object?[]? row)
    {
        try
        {
            var result = method.Invoke(Activator.CreateInstance(type), row ?? [null]); // [InlineData(null)]
            (result as Task)?.Wait();
            return false;
        }
        catch (Exception e) when (e is TargetInvocationException or AggregateException)
        {
            return true;
        }
    }
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

dotnet build "$work/tests/NodeGate.Verification.Tests" --nologo -v quiet -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:NoWarn=all \
    -p:GenerateProgramFile=false > "$work/build.log" 2>&1 || { grep -m 20 'error' "$work/build.log" >&2; exit 2; }

# Each check as NAME=SECTION: the section of the reference on verification that its file names nearest above it, or the file's first.
section_of() {
    local file line near
    IFS=: read -r file line < <(grep -rnoP "// check: $1\$" src/NodeGate.Verification | cut -d: -f1,2 | sort | head -n 1)
    near=$(head -n "$line" "$file" | grep -oP 'verification\.md sections? \K[0-9]+\.[0-9]+' | tail -n 1 || true)
    [ -n "$near" ] || near=$(grep -oP 'verification\.md sections? \K[0-9]+\.[0-9]+' "$file" | head -n 1 || true)
    [ -n "$near" ] || case "${file#src/NodeGate.Verification/}" in
        Keys/*) near=2.11 ;; Strict/*) near=7.4 ;; Certificates/*) near=7.2 ;; Logs/*) near=2.3 ;; Timestamps/*) near=2.8 ;; Tuf/*) near=5 ;;
        Trust/*) near=2.13 ;; Sigstore/*) near=2.1 ;; Cosign/*) near=1.1 ;; Attestations/*) near=1.3 ;; *) near=2.2 ;;
    esac
    printf '%s=%s\n' "$1" "$near"
}

names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(grep -rhoP '// check: \K\S+' src/NodeGate.Verification | sort -u)
mapfile -t checks < <(for name in "${names[@]}"; do section_of "$name"; done)
dotnet "$work/artifacts/bin/NodeGate.Verification.Tests/debug/NodeGate.Verification.Tests.dll" "${checks[@]}"
