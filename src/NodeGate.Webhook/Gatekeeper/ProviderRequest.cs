using System.Collections.Immutable;

namespace NodeGate.Webhook.Gatekeeper;

/// <summary>A question of Gatekeeper (externaldata.gatekeeper.sh, ProviderRequest).</summary>
/// <param name="ApiVersion">The version that is spoken, one of <see cref="ProviderRequestReader.ApiVersions"/>.</param>
/// <param name="Keys">What is asked about, each once.</param>
internal sealed record ProviderRequest(string ApiVersion, ImmutableArray<string> Keys);
