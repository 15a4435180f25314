using Gating.Registry.Reading;

namespace Gating.Revocation;

/// <summary>Why somebody or something is stopped: a closed list, so that stops can be counted by it. Stored as words that are never renamed.</summary>
public enum RevocationReason
{
    /// <summary>The terms of use were broken.</summary>
    Abuse = 1,

    /// <summary>What was made is against the law.</summary>
    UnlawfulContent = 2,

    /// <summary>The person is not who was proven.</summary>
    IdentityFraud = 3,

    /// <summary>Somebody else has the account (RISC 1.0, 2.3: <c>hijacking</c>).</summary>
    Hijacking = 4,

    /// <summary>One of many accounts that were made for a purpose (RISC 1.0, 2.3: <c>bulk-account</c>).</summary>
    BulkAccount = 5,

    /// <summary>An authority ordered it.</summary>
    AuthorityOrder = 6,

    /// <summary>The person asked for it.</summary>
    OwnRequest = 7,

    /// <summary>Keys or systems may be in wrong hands.</summary>
    SecurityIncident = 8,

    /// <summary>A filing, an assessment or an audit is missing.</summary>
    Compliance = 9,

    /// <summary>The text says it.</summary>
    Other = 10,
}

/// <summary>The words of the reasons.</summary>
public static class RevocationReasons
{
    internal static Choices<RevocationReason> Words { get; } = new([.. Enum.GetValues<RevocationReason>().Select(static reason => (Word(reason), reason))]);

    /// <summary>No discard: a reason without a word does not compile.</summary>
    public static string Word(this RevocationReason reason) => reason switch
    {
        RevocationReason.Abuse => "abuse",
        RevocationReason.UnlawfulContent => "unlawful_content",
        RevocationReason.IdentityFraud => "identity_fraud",
        RevocationReason.Hijacking => "hijacking",
        RevocationReason.BulkAccount => "bulk_account",
        RevocationReason.AuthorityOrder => "authority_order",
        RevocationReason.OwnRequest => "own_request",
        RevocationReason.SecurityIncident => "security_incident",
        RevocationReason.Compliance => "compliance",
        RevocationReason.Other => "other",
    };

    internal static RevocationReason Read(string word) => Words.TryGet(word, out var reason) ? reason : throw new FormatException("A revocation's entry has a reason that is none.");
}
