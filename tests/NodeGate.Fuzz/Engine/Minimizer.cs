namespace NodeGate.Fuzz.Engine;

/// <summary>Makes a failing input smaller while it fails in the same way: leaves out runs of bytes, long ones first.</summary>
internal static class Minimizer
{
    private const int MostTries = 3000;

    public static byte[] Minimize(byte[] input, Func<byte[], bool> fails)
    {
        var tries = 0;
        for (var run = Math.Max(1, input.Length / 2); run >= 1; run /= 2)
        {
            for (var start = 0; start + run <= input.Length && tries < MostTries; tries++)
            {
                byte[] without = [.. input.AsSpan(0, start), .. input.AsSpan(start + run)];
                if (fails(without))
                {
                    input = without;
                }
                else
                {
                    start += run;
                }
            }
        }

        return input;
    }
}
