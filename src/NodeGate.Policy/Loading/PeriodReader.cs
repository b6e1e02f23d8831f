using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Reads <c>validFrom</c> and <c>validUntil</c>.</summary>
internal static class PeriodReader
{
    /// <summary>The period; without limits where there are none.</summary>
    public static ValidityPeriod Read(MappingReader mapping, ErrorList errors)
    {
        var period = new ValidityPeriod(mapping.Time(mapping.Optional("validFrom")), mapping.Time(mapping.Optional("validUntil")));
        if (period.End < period.Start)
        {
            errors.Add(mapping.Optional("validUntil")!.Position, $"a period {period}, which has no time in it", "a 'validUntil' after 'validFrom'");
        }

        return period;
    }
}
