namespace NodeGate.Oci;

/// <summary>How getting content from a registry failed.</summary>
public enum ContentFailure
{
    /// <summary>No answer, or one that means "try again later" (connection refused, reset, 429, 5xx). The zero: an unset failure is inconclusive.</summary>
    Unavailable = 0,

    /// <summary>The registry says that there is no such repository, manifest or blob.</summary>
    NotFound = 1,

    /// <summary>401 or 403 with the credentials at hand, or the token server refused them.</summary>
    Unauthorized = 2,

    /// <summary>A limit of <see cref="OciLimits"/> or of the registry client was exceeded.</summary>
    LimitExceeded = 3,

    /// <summary>The bytes are not what was asked for: digest, size, media type or syntax is wrong. A lying or broken registry.</summary>
    Corrupt = 4,

    /// <summary>The deadline of the operation passed.</summary>
    TimedOut = 5,
}
