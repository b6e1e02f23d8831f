namespace NodeGate.EndToEnd.Webhook;

/// <summary>One question that is put to both edges, and the answer that both must give.</summary>
/// <param name="Name">What is asked.</param>
/// <param name="Image">The image as a pod has it.</param>
/// <param name="Decision">As the audit log has it.</param>
/// <param name="Reason">Likewise.</param>
internal sealed record EdgeCase(string Name, Func<WebhookImages, string> Image, string Decision, string Reason)
{
    internal string Namespace { get; init; } = "prod-a";

    /// <summary>The digest that the tag resolves to; null where no registry is asked, or none answers.</summary>
    internal Func<WebhookImages, string?> Digest { get; init; } = _ => null;

    internal string? Rule { get; init; }

    internal string Mode { get; init; } = "enforce";

    /// <summary>True where a webhook that pins gives what this rule asks of others.</summary>
    internal bool IsMendedByPinning { get; init; }

    internal bool IsAdmitted => Decision == "Admitted" || Mode == "audit";

    internal static IReadOnlyList<EdgeCase> All { get; } =
    [
        new("signed, by tag", i => i.Signed.ByTag, "Admitted", "Verified") { Rule = "signed", Digest = i => i.Signed.Digest },
        new("signed, by digest", i => i.Signed.ByDigest, "Admitted", "Verified") { Rule = "signed", Digest = i => i.Signed.Digest },
        new("signed, by tag and digest", i => i.Signed.ByBoth, "Admitted", "Verified") { Rule = "signed", Digest = i => i.Signed.Digest },
        new("signed by cosign 2", i => i.SignedByCosign2.ByTag, "Admitted", "Verified") { Rule = "signed", Digest = i => i.SignedByCosign2.Digest },
        new("an index", i => i.Index.ByTag, "Admitted", "Verified") { Rule = "signed", Digest = i => i.Index.Digest },
        new("unsigned", i => i.Unsigned.ByTag, "Denied", "NoSignature") { Rule = "signed", Digest = i => i.Unsigned.Digest },
        new("unsigned, by digest", i => i.Unsigned.ByDigest, "Denied", "NoSignature") { Rule = "signed", Digest = i => i.Unsigned.Digest },
        new("a wrong key", i => i.WrongKey.ByTag, "Denied", "SignatureInvalid") { Rule = "signed", Digest = i => i.WrongKey.Digest },
        new("a tag that was moved to what nobody signed", i => i.Moved.ByTag, "Denied", "NoSignature") { Rule = "signed", Digest = i => i.MovedTo },
        new("the same with the digest that was signed", i => i.Moved.ByBoth, "Admitted", "Verified") { Rule = "signed", Digest = i => i.Moved.Digest },
        new("allowed", i => i.Free.ByTag, "Admitted", "AllowedByRule") { Rule = "free" },
        new("denied", i => i.Never.ByTag, "Denied", "DeniedByRule") { Rule = "never" },
        new("no rule", i => i.Unmatched.ByTag, "Denied", "NoMatchingRule"),
        new("unsigned, audited", i => i.Audited.ByTag, "Denied", "NoSignature")
        {
            Rule = "audited", Mode = "audit", Digest = i => i.Audited.Digest,
        },
        new("unsigned, with an exception, by tag", i => i.Exempt.ByTag, "Admitted", "Exempted") { Rule = "legacy", Digest = i => i.Exempt.Digest },
        new("unsigned, with an exception, by digest", i => i.Exempt.ByDigest, "Admitted", "Exempted")
        {
            Rule = "legacy", Digest = i => i.Exempt.Digest,
        },
        new("a digest is required, by tag", i => i.DigestRequired.ByTag, "Denied", "DigestRequired") { Rule = "pinned", IsMendedByPinning = true },
        new("a digest is required, by both", i => i.DigestRequired.ByBoth, "Admitted", "Verified") { Rule = "pinned", Digest = i => i.DigestRequired.Digest },
        new("a namespace of the rule", i => i.Tenant.ByTag, "Admitted", "Verified") { Rule = "tenant", Digest = i => i.Tenant.Digest },
        new("another namespace", i => i.Tenant.ByTag, "Denied", "NoMatchingRule") { Namespace = "dev" },
        new("an excluded namespace", i => i.Tenant.ByTag, "Denied", "NoMatchingRule") { Namespace = "prod-sandbox" },
        new("no reference", i => i.Host + "/Signed//app:1", "Denied", "InvalidReference"),
        new("not there", i => i.Host + "/signed/absent:1", "Undetermined", "ImageNotFound") { Rule = "signed" },
        new("without credentials", i => i.Private.ByTag, "Undetermined", "Unauthorized") { Rule = "signed" },
        new("a registry that is down", i => i.Down + "/app:1", "Undetermined", "RegistryUnavailable") { Rule = "signed" },
    ];
}
