using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.Tuf;

/// <summary>
/// A TUF repository in memory, signed with real keys. A test changes roles and publishes them; what it publishes need not be right.
/// </summary>
public sealed class TufRepository
{
    /// <summary>Creates a repository whose metadata expires a year after <paramref name="now"/>, with a root and nothing else published.</summary>
    public TufRepository(DateTimeOffset now)
    {
        var expires = now.AddDays(365);
        Root = new TufTestRole("root", expires, TufTestKey.Ecdsa(), TufTestKey.Ecdsa(), TufTestKey.Ecdsa()) { Threshold = 2 };
        Timestamp = new TufTestRole("timestamp", expires, TufTestKey.Ecdsa());
        Snapshot = new TufTestRole("snapshot", expires, TufTestKey.Ecdsa());
        Targets = new TufTestRole("targets", expires, TufTestKey.Ecdsa());
        Root.Signed["consistent_snapshot"] = true;
        Timestamp.Signed["meta"] = new JsonObject();
        Snapshot.Signed["meta"] = new JsonObject();
        Targets.Signed["targets"] = new JsonObject();
        Roles["targets"] = Targets;
    }

    public TufTestRole Root { get; }

    public TufTestRole Timestamp { get; }

    public TufTestRole Snapshot { get; }

    public TufTestRole Targets { get; }

    /// <summary>Targets and the delegated roles, by name.</summary>
    public Dictionary<string, TufTestRole> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>The metadata by its path on the mirror.</summary>
    public Dictionary<string, byte[]> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The target files by their path on the mirror.</summary>
    public Dictionary<string, byte[]> TargetFiles { get; } = new(StringComparer.Ordinal);

    public bool IsConsistent
    {
        get => (bool)Root.Signed["consistent_snapshot"]!;
        set => Root.Signed["consistent_snapshot"] = value;
    }

    /// <summary>The first root that was published.</summary>
    public byte[] PinnedRoot => Metadata["1.root.json"];

    /// <summary>A repository with one target file, all published.</summary>
    public static TufRepository WithTarget(DateTimeOffset now, string name = "trusted_root.json", string content = "{}")
    {
        var repository = new TufRepository(now);
        repository.AddTarget("targets", name, content);
        repository.PublishRoot();
        repository.Publish();
        return repository;
    }

    /// <summary>Lists a target file in a role and serves it. Nothing is signed yet.</summary>
    public void AddTarget(string role, string name, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Roles[role].Signed["targets"]![name] = new JsonObject { ["length"] = bytes.Length, ["hashes"] = new JsonObject { ["sha256"] = hash } };
        var cut = name.LastIndexOf('/') + 1;
        TargetFiles[IsConsistent ? $"{name[..cut]}{hash}.{name[cut..]}" : name] = bytes;
    }

    /// <summary>Lets a role delegate to a new one. Nothing is signed yet.</summary>
    public TufTestRole AddDelegation(string from, string to, bool terminating = false, string[]? paths = null, string[]? hashPrefixes = null)
    {
        var role = new TufTestRole("targets", DateTimeOffset.Parse((string)Targets.Signed["expires"]!, System.Globalization.CultureInfo.InvariantCulture), TufTestKey.Ecdsa());
        role.Signed["targets"] = new JsonObject();
        Roles.TryAdd(to, role);
        Delegate(from, to, terminating, paths, hashPrefixes);
        return Roles[to];
    }

    /// <summary>Signs the root as it is now.</summary>
    public void PublishRoot(params TufTestKey[] keys)
    {
        var all = new[] { Root, Timestamp, Snapshot, Targets }.SelectMany(role => role.Keys).DistinctBy(key => key.KeyId);
        Root.Signed["keys"] = new JsonObject(all.Select(key => KeyValuePair.Create(key.KeyId, (JsonNode?)key.Description)));
        Root.Signed["roles"] = new JsonObject
        {
            ["root"] = Root.Describe(),
            ["timestamp"] = Timestamp.Describe(),
            ["snapshot"] = Snapshot.Describe(),
            ["targets"] = Targets.Describe(),
        };
        Metadata[$"{Root.Version}.root.json"] = Root.Sign(keys);
    }

    /// <summary>Signs the next root, with the keys of both, as a rotation has to be.</summary>
    public void RotateRoot(Action change)
    {
        var before = Root.Keys.ToList();
        change();
        Root.Version++;
        PublishRoot([.. before.UnionBy(Root.Keys, key => key.KeyId)]);
    }

    /// <summary>Signs all roles below root as they are now.</summary>
    public void Publish()
    {
        foreach (var name in Roles.Keys)
        {
            PublishRole(name);
        }

        PublishSnapshot();
        PublishTimestamp();
    }

    /// <summary>Signs new versions of all roles below root.</summary>
    public void PublishNext()
    {
        foreach (var role in Roles.Values.Append(Snapshot).Append(Timestamp))
        {
            role.Version++;
        }

        Publish();
    }

    public void PublishRole(string name)
    {
        var role = Roles[name];
        var file = role.Sign();
        var escaped = Uri.EscapeDataString(name);
        Metadata[IsConsistent ? $"{role.Version}.{escaped}.json" : $"{escaped}.json"] = file;
        Snapshot.Signed["meta"]![$"{name}.json"] = Describe(role, file);
    }

    public void PublishSnapshot()
    {
        var file = Snapshot.Sign();
        Metadata[IsConsistent ? $"{Snapshot.Version}.snapshot.json" : "snapshot.json"] = file;
        Timestamp.Signed["meta"]!["snapshot.json"] = Describe(Snapshot, file);
    }

    public void PublishTimestamp() => Metadata["timestamp.json"] = Timestamp.Sign();

    private static JsonObject Describe(TufTestRole role, byte[] file) => new()
    {
        ["version"] = role.Version,
        ["length"] = file.Length,
        ["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file)) },
    };

    private void Delegate(string from, string to, bool terminating, string[]? paths, string[]? hashPrefixes)
    {
        var delegations = Roles[from].Signed["delegations"] ??= new JsonObject { ["keys"] = new JsonObject(), ["roles"] = new JsonArray() };
        var description = Roles[to].Describe();
        description["name"] = to;
        description["terminating"] = terminating;
        if (hashPrefixes is null)
        {
            description["paths"] = new JsonArray([.. (paths ?? ["*"]).Select(path => JsonValue.Create(path))]);
        }
        else
        {
            description["path_hash_prefixes"] = new JsonArray([.. hashPrefixes.Select(prefix => JsonValue.Create(prefix))]);
        }

        delegations["roles"]!.AsArray().Add(description);
        foreach (var key in Roles[to].Keys)
        {
            delegations["keys"]![key.KeyId] = key.Description;
        }
    }
}
