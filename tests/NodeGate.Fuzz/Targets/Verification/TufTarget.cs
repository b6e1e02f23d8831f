using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Tuf;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>
/// A whole TUF repository, as JSON of its files. Oracles: a client that gets a mutated one fails, or has the target file that was published; one
/// that knows a newer version never goes back; and nothing is stored under a name that is more than a file's.
/// </summary>
internal sealed class TufTarget : IFuzzTarget
{
    private const string Target = "trusted_root.json";
    private const int MostSteps = 2000;

    private static readonly DateTimeOffset Now = VirtualSigstore.SigningTime;

    private static readonly Lazy<(HashSet<string> Published, Dictionary<string, byte[]> Stored)> Minted = new(() =>
    {
        var published = new HashSet<string>(StringComparer.Ordinal);
        var stored = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (_, input) in Corpus.Of("tuf").Where(entry => entry.File.StartsWith("seed-", StringComparison.Ordinal)))
        {
            var (updater, kept) = Run(input, []);
            published.Add(Encoding.UTF8.GetString(updater.Files[Target].Span));
            stored = kept;
        }

        return (published, stored);
    });

    public string Name => "tuf";

    public IReadOnlyList<Type> Parsers =>
    [
        typeof(TufUpdater), typeof(TufEnvelope), typeof(TufKey), typeof(TufRole), typeof(TufFile), typeof(TufDelegation), typeof(RootMetadata), typeof(SnapshotMetadata),
        typeof(TargetsMetadata), typeof(TufNames), typeof(TufRoleState),
    ];

    public IEnumerable<byte[]> Seeds => [];

    public string Check(byte[] input)
    {
        var (fresh, _) = Run(input, []);
        var (known, kept) = Run(input, Minted.Value.Stored);
        Require(fresh);
        Require(known);
        foreach (var name in (string[])["timestamp.json", "snapshot.json", "root.json"])
        {
            FuzzFailure.Unless(!kept.TryGetValue(name, out var file) || VersionOf(file) >= VersionOf(Minted.Value.Stored[name]), $"{name} does not go back");
        }

        var state = Decode(JsonTree.Text(JsonReference.Read(input, 64), "metadata", "timestamp.json")) is { } timestamp ? TufRoleState.Read("timestamp", timestamp) : null;
        return $"{Describe(fresh)} | {Describe(known)} | {state is not null}";
    }

    private static string Describe(TufUpdater updater) => updater.Failure is { } failure ? $"{failure.Reason} {Outcome.Shape(failure.Detail)}" : "refreshed";

    private static void Require(TufUpdater updater)
    {
        FuzzFailure.Unless(updater.Failure is not null || updater.Files.ContainsKey(Target), "a refresh fails or has the file");
        FuzzFailure.Unless(
            !updater.Files.TryGetValue(Target, out var file) || Minted.Value.Published.Contains(Encoding.UTF8.GetString(file.Span)), "a target file is one that was published");
    }

    private static decimal VersionOf(byte[] file) =>
        decimal.Parse(((JsonNumber)JsonTree.At(JsonReference.Read(file, 64), "signed", "version")!).Text, System.Globalization.CultureInfo.InvariantCulture);

    private static (TufUpdater Updater, Dictionary<string, byte[]> Kept) Run(byte[] repository, Dictionary<string, byte[]> stored)
    {
        var files = JsonReference.Read(repository, 64);
        var kept = new Dictionary<string, byte[]>(stored, StringComparer.Ordinal);
        var updater = new TufUpdater(Corpus.World("tuf-root.json"), [Target], Now);
        byte[]? answer = null;
        for (var steps = 0; updater.Next(answer) is { } step; steps++)
        {
            FuzzFailure.Unless(steps < MostSteps, "a refresh ends");
            answer = null;
            switch (step)
            {
                case TufStep.Load load:
                    answer = kept.GetValueOrDefault(load.Name);
                    break;
                case TufStep.Fetch fetch:
                    answer = Decode(JsonTree.Text(files, fetch.Place == TufPlace.Metadata ? "metadata" : "targets", fetch.Path));
                    break;
                case TufStep.Store store:
                    FuzzFailure.Unless(store.Name is not ("" or "." or "..") && !store.Name.AsSpan().ContainsAny("/\\\0"), "what is stored has the name of a file");
                    kept[store.Name] = store.Content.ToArray();
                    break;
                case TufStep.Delete delete:
                    kept.Remove(delete.Name);
                    break;
            }
        }

        return (updater, kept);
    }

    private static byte[]? Decode(string? text)
    {
        var buffer = new byte[text?.Length ?? 0];
        return text is not null && Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : null;
    }
}
