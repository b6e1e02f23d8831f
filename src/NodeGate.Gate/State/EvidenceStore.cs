using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using NodeGate.Gate.Recording;
using NodeGate.Oci;

namespace NodeGate.Gate.State;

/// <summary>
/// What registries said about images that were admitted, so that another namespace's rule or a changed policy is judged without them. Nobody
/// trusts it: it is verified anew each time it is used, and its age counts from when it was collected. Safe for concurrent use.
/// </summary>
internal sealed class EvidenceStore
{
    private const string Suffix = ".json";

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly TimeSpan _goodFor;
    private readonly ILogger _logger;
    private readonly AgingTable<string, KeptEvidence> _ages;
    private readonly Dictionary<string, (long Length, DateTime WrittenAt)> _files = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private long _bytes;

    internal EvidenceStore(string folder, TimeSpan goodFor, TimeProvider time, ILogger logger)
    {
        _folder = folder;
        _goodFor = goodFor;
        _time = time;
        _logger = logger;
        _ages = new AgingTable<string, KeptEvidence>(LedgerLimits.MaxEvidenceFiles, time);
        try
        {
            CreateFolder();
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
            {
                Adopt(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GateEvents.EvidenceNotKept(logger, folder, e);
        }
    }

    /// <summary>What is kept for <paramref name="image"/> and its age; null where there is nothing, or nothing that is young enough.</summary>
    /// <param name="image">The repository with the digest.</param>
    /// <param name="evidence">The repository that signatures lie in.</param>
    internal (ContentRecording Recording, TimeSpan Age)? Find(ImageReference image, string evidence)
    {
        var name = NameOf(image, evidence);
        ContentRecording recording;
        try
        {
            if (ReadFile(name) is not { } bytes)
            {
                return null;
            }

            recording = RecordingCodec.Decode(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            GateEvents.EvidenceNotKept(_logger, Path.Combine(_folder, name), e);
            Remove(name);
            return null;
        }

        // The clock of this process counts from when it saw the file first: a wall clock that is set back prolongs nothing.
        if (_ages.Find(name, out _)?.CollectedAt != recording.CollectedAt)
        {
            _ages.Put(name, new KeptEvidence(recording.CollectedAt), recording.CollectedAt);
        }

        if (!recording.Image.Equals(image) || _ages.Find(name, out var age) is null || age >= _goodFor)
        {
            Remove(name);
            return null;
        }

        return (recording, age);
    }

    /// <summary>Keeps <paramref name="recording"/>; where that fails, the next question costs requests again.</summary>
    internal void Keep(ContentRecording recording, string evidence)
    {
        var bytes = RecordingCodec.Encode(recording);
        var name = NameOf(recording.Image, evidence);
        if (bytes.Length > LedgerLimits.MaxEvidenceFileBytes)
        {
            Remove(name);
            return;
        }

        lock (_gate)
        {
            try
            {
                WriteFile(name, bytes);
                Forget(name);
                _files[name] = (bytes.Length, _time.GetUtcNow().UtcDateTime);
                _bytes += bytes.Length;
                MakeRoom();
                _ages.Put(name, new KeptEvidence(recording.CollectedAt), recording.CollectedAt);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                GateEvents.EvidenceNotKept(_logger, Path.Combine(_folder, name), e);
            }
        }
    }

    /// <summary>A hash, since neither repository nor digest may become part of a path. Neither has a space, so no two have one name.</summary>
    private static string NameOf(ImageReference image, string evidence) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{image} {evidence}"))) + Suffix;

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>What an earlier process kept; what it did not finish, or is not ours, is removed.</summary>
    private void Adopt(FileInfo file)
    {
        if (file.Name.EndsWith(Suffix, StringComparison.Ordinal) && file.Length <= LedgerLimits.MaxEvidenceFileBytes && file.LinkTarget is null)
        {
            _files[file.Name] = (file.Length, file.LastWriteTimeUtc);
            _bytes += file.Length;
            MakeRoom();
        }
        else
        {
            file.Delete();
        }
    }

    private byte[]? ReadFile(string name)
    {
        lock (_gate)
        {
            return _files.ContainsKey(name) ? File.ReadAllBytes(Path.Combine(_folder, name)) : null;
        }
    }

    private void WriteFile(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Not flushed: what a crash tears is no recording any more, and is fetched again.
        using (var file = new FileStream(path + ".new", options))
        {
            file.Write(bytes);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private void Remove(string name)
    {
        lock (_gate)
        {
            Forget(name);
            try
            {
                File.Delete(Path.Combine(_folder, name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                GateEvents.EvidenceNotKept(_logger, Path.Combine(_folder, name), e);
            }
        }
    }

    private void MakeRoom()
    {
        if (_files.Count <= LedgerLimits.MaxEvidenceFiles && _bytes <= LedgerLimits.MaxEvidenceBytes)
        {
            return;
        }

        // A sixteenth at once, so that a full folder is not sorted at every step.
        foreach (var old in _files.OrderBy(f => f.Value.WrittenAt).Take(Math.Max(1, _files.Count / 16)).Select(f => f.Key).ToList())
        {
            Remove(old);
        }
    }

    private void Forget(string name)
    {
        if (_files.Remove(name, out var file))
        {
            _bytes -= file.Length;
            _ages.Remove(name);
        }
    }

    private sealed record KeptEvidence(DateTimeOffset CollectedAt);
}
