using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Identity;
using Gating.Usage;

namespace Gating.Registry;

/// <summary>What a grant opens: a synthetic-media tool with the conditions under which it may be used.</summary>
/// <param name="Resource">Its absolute URI (RFC 8707 resource), the grant's <c>aud</c>.</param>
/// <param name="Operations">Operations that may be asked for, for instance <c>face_swap</c>.</param>
/// <param name="Moderation">Null: inputs need not have been looked at.</param>
/// <param name="MaxUnits">Units that one grant may carry.</param>
/// <param name="GrantLifetime">1 to 15 minutes.</param>
/// <param name="Labelling">Null: the tool's outputs are not handed in here.</param>
public sealed record Tool(
    string Resource,
    string Name,
    RegistryStatus Status,
    Dossier Dossier,
    FrozenSet<string> Operations,
    AssuranceDemand Assurance,
    bool DemandsDpop,
    bool DemandsConsent,
    ModerationDemand? Moderation,
    int MaxUnits,
    TimeSpan GrantLifetime,
    ImmutableArray<Quota> Quotas,
    Labelling? Labelling)
{
    /// <summary>No grant lives longer.</summary>
    public static readonly TimeSpan LongestGrant = TimeSpan.FromMinutes(15);

    /// <summary>An app gets a grant for it only while it said within this time that its filters are active; null: it need not.</summary>
    public TimeSpan? FilterHeartbeat { get; init; }
}

/// <summary>The proof of identity a tool asks for. <paramref name="MaxAge"/> null: any age.</summary>
public sealed record AssuranceDemand(AssuranceLevel Level, TimeSpan? MaxAge);

/// <summary>The compliance file of a tool. Anything missing or lapsed closes the tool.</summary>
/// <param name="FilingNumber">Algorithm filing number; null or empty: not filed.</param>
public sealed record Dossier(string? FilingNumber, DateOnly? SecurityAssessmentUntil, DateOnly? DatasetAuditUntil)
{
    /// <summary>Days before a part lapses from which on it is said.</summary>
    public const int WarnedWithin = 30;

    /// <summary>Of each part by its name in the registry: days until its last day, 0 on that day; null where it is missing. A filing number that is there does not lapse and is left out.</summary>
    public IEnumerable<(string Part, int? Days)> DaysLeft(DateOnly today)
    {
        if (string.IsNullOrEmpty(FilingNumber))
        {
            yield return ("filingNumber", null);
        }

        yield return ("securityAssessmentUntil", SecurityAssessmentUntil?.DayNumber - today.DayNumber);
        yield return ("datasetAuditUntil", DatasetAuditUntil?.DayNumber - today.DayNumber);
    }
}
