using System.Runtime.InteropServices;

namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>Counts events in an interval. The clock is read only when the count is full.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RateWindow
{
    private int _count;
    private long _start;

    /// <summary>Counts one; true when that makes more than <paramref name="limit"/> within <paramref name="interval"/>.</summary>
    public bool IsExceeded(int limit, TimeSpan interval, TimeProvider time)
    {
        if (_count == 0)
        {
            _start = time.GetTimestamp();
        }

        if (_count++ < limit)
        {
            return false;
        }

        if (time.GetElapsedTime(_start) < interval)
        {
            return true;
        }

        _count = 1;
        _start = time.GetTimestamp();
        return false;
    }
}
