using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Gate;

/// <summary>The admitted pulls that the runtime works on now. Safe for concurrent use.</summary>
internal sealed class PullsUnderWay
{
    private readonly Lock _gate = new();
    private readonly List<AdmittedImage> _permits = [];

    internal IDisposable Enter(AdmittedImage permit)
    {
        lock (_gate)
        {
            _permits.Add(permit);
        }

        return new Pull(this, permit);
    }

    /// <summary>The permit for a pull of exactly this name as exactly this digest; one by tag that a static rule admitted has no digest.</summary>
    internal AdmittedImage? Find(ImageReference name, Digest digest)
    {
        lock (_gate)
        {
            return _permits.Find(p => p.PullReference.Equals(name) && (p.Digest is null || p.Digest == digest));
        }
    }

    private void Leave(AdmittedImage permit)
    {
        lock (_gate)
        {
            _permits.RemoveAt(_permits.FindIndex(p => ReferenceEquals(p, permit)));
        }
    }

    private sealed class Pull(PullsUnderWay owner, AdmittedImage permit) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                owner.Leave(permit);
            }
        }
    }
}
