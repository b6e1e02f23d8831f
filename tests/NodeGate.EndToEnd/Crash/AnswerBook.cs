using System.Collections.Concurrent;
using System.Text.Json;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Crash;

/// <summary>The decisions that callers were told: each must be found in the audit log, whatever happened since.</summary>
internal sealed class AnswerBook
{
    private static readonly CriPod Pod = new("web", "prod");
    private readonly ConcurrentQueue<(string Event, string Image, bool IsAdmitted)> _answers = new();

    /// <summary>Pulls; null when the daemon died before it answered.</summary>
    public async Task<CriReply?> PullAsync(CriClient cri, string image)
    {
        try
        {
            var reply = await cri.TryPullImageAsync(image, Pod);
            _answers.Enqueue(("pull", image, reply.Status == 0));
            return reply;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <summary>Asks for the image; false when the daemon died before it answered. An absent image need not be a decision: nobody may have it.</summary>
    public async Task<(bool IsAnswered, CriImage? Image)> StatusAsync(CriClient cri, string image)
    {
        try
        {
            var found = await cri.ImageStatusAsync(image);
            if (found is not null)
            {
                _answers.Enqueue(("imageStatus", image, true));
            }

            return (true, found);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (false, null);
        }
    }

    /// <summary>Was a pull of the image answered as a success?</summary>
    public bool WasPulled(string image) => _answers.Contains(("pull", image, true));

    /// <summary>Every answer has a record of its own; records without an answer are those of callers who heard nothing.</summary>
    public void AssertRecordedIn(IReadOnlyList<JsonElement> audit)
    {
        var records = audit
            .Select(line => (Event: line.GetProperty("event").GetString(), Image: line.GetProperty("image").GetString(), IsAdmitted: line.GetProperty("decision").GetString() == "Admitted"))
            .CountBy(record => record)
            .ToDictionary();
        foreach (var (answer, count) in _answers.CountBy(answer => answer))
        {
            var recorded = records.GetValueOrDefault(answer);
            Assert.True(recorded >= count, $"{count} answers were given for {answer} and {recorded} are recorded");
        }
    }
}
