#!/usr/bin/env bash
# Removes each check of NodeGate.Verification, one at a time, and prints which tests notice.
#
# A check is the statement under a comment "// check: NAME". In a copy of the sources each gets a switch, and the test methods are called
# in one process for each mutant in turn, so that all of it is one build and a few minutes. Prints a table row for each check: its name and
# the test methods that fail without it. Exits 1 if one is noticed by no test. Tests with a category (vectors, properties) are left out:
# a table of single faults is what is wanted. The copy is deleted.
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
            Mutant.Name = check;
            var failed = reached.GetValueOrDefault(check, []).Where(Fails).Select(Name).ToList();
            unnoticed += failed.Count == 0 ? 1 : 0;
            Console.WriteLine($"| `{check}` | {(failed.Count == 0 ? "NOT NOTICED" : string.Join("<br>", failed.Select(f => $"`{f}`")))} |");
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

checks=("$@")
[ ${#checks[@]} -gt 0 ] || mapfile -t checks < <(grep -rhoP '// check: \K\S+' src/NodeGate.Verification | sort -u)
dotnet "$work/artifacts/bin/NodeGate.Verification.Tests/debug/NodeGate.Verification.Tests.dll" "${checks[@]}"
