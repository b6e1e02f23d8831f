using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Doctor;

/// <summary>Whether the registries that the rules name can be reached, over the node's own hosts, certificates and proxies.</summary>
internal static class RegistryCheck
{
    private const string Name = "registry";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The registries of the rules that ask for signatures, without those that a wildcard stands for.</summary>
    internal static IEnumerable<string> RegistriesOf(PolicyModel policy) => policy.Rules
        .Where(rule => rule.Action is RuleAction.Require)
        .SelectMany(rule => rule.Images)
        .Select(image => image.Split('/', 2) is [var registry, _] && !registry.Contains('*', StringComparison.Ordinal) ? registry : null)
        .OfType<string>()
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    /// <summary>Asks for an image that nobody has, without credentials: "not found" and "not allowed" are answers of a registry that works.</summary>
    internal static async Task<DoctorCheck> OfAsync(string registry, IImageSourceFactory sources, CancellationToken cancellationToken)
    {
        if (!ImageReference.TryParse($"{registry}/nodegate/doctor:probe", out var reference, out var error))
        {
            return DoctorCheck.Warning(Name, $"{registry}: {error}", "Put the registry's name into the rule as images have it.");
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Timeout);
        try
        {
            await sources.Open(reference, null).ResolveAsync(reference, late.Token);
            return DoctorCheck.Ok(Name, $"{registry} answers");
        }
        catch (ContentException e) when (e.Failure is ContentFailure.NotFound or ContentFailure.Unauthorized)
        {
            return DoctorCheck.Ok(Name, $"{registry} answers");
        }
        catch (ContentException e)
        {
            return Unreachable(registry, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreachable(registry, $"no answer within {Timeout.TotalSeconds:0} s");
        }
    }

    private static DoctorCheck Unreachable(string registry, string found) => DoctorCheck.Failed(
        Name, $"{registry}: {found}", "Look at the node's network, proxy and certs.d; until it answers, only what the ledger knows is admitted.");
}
