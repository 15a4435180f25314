using System.Collections.Immutable;
using Gating.Identity;
using Gating.Ledger;

namespace Gating.Consents;

/// <summary>What a person agrees to have done with their likeness.</summary>
/// <param name="Tools">Resources of the tools it is for; empty: every tool.</param>
/// <param name="Apps">Ids of the apps it is for; empty: every app.</param>
/// <param name="Requester">The one person who may generate with it; null: anyone.</param>
/// <param name="Purpose">The depicted person's own words; personal data.</param>
/// <param name="Until">From this time on it is good for nothing; at most <see cref="MaxLife"/> after it was given.</param>
public sealed record ConsentTerms(ImmutableArray<string> Tools, ImmutableArray<string> Apps, StreamId? Requester, string Purpose, DateTimeOffset Until)
{
    /// <summary>Tools, and apps, of one consent.</summary>
    public const int MaxNames = 16;

    /// <summary>Three years and a day more for the leap year: longer than that nobody remembers what they agreed to.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(1096);

    public bool CoversApp(string app) => Apps.IsEmpty || Apps.Contains(app, StringComparer.Ordinal);

    public bool CoversTool(string tool) => Tools.IsEmpty || Tools.Contains(tool, StringComparer.Ordinal);

    public bool CoversRequester(StreamId person) => Requester is null || Requester == person;
}

/// <summary>A consent as the ledger of the person depicted records it.</summary>
/// <param name="Seq">Of its entry.</param>
/// <param name="App">The app that it was given through.</param>
/// <param name="Level">How well the person depicted was proven.</param>
/// <param name="Request">SHA-256 over app and terms: what makes two requests the same.</param>
/// <param name="Terms">Null where what is sealed of it can be opened no more: the person was erased.</param>
public sealed record Consent(StreamId Depicted, long Seq, string App, DateTimeOffset At, AssuranceLevel Level, string Request, ConsentTerms? Terms)
{
    /// <summary>The app may know of it: it was given through it, or is for it.</summary>
    public bool IsFor(string app) => string.Equals(App, app, StringComparison.Ordinal) || Terms?.CoversApp(app) is true;

    /// <summary>What settles it: that it was withdrawn.</summary>
    public SettlementId Withdrawal => Seq;
}

/// <summary>Where a consent stands.</summary>
public enum ConsentState
{
    /// <summary>Nobody was given such an id.</summary>
    Unknown = 0,

    Given = 1,

    Withdrawn = 2,

    /// <summary>The person depicted is suspended, revoked or erased: whoever it was said that they agree may not have been they.</summary>
    Void = 3,
}

/// <summary>A consent that an app named, as it was read for one decision.</summary>
/// <param name="Consent">Null where <paramref name="State"/> is <see cref="ConsentState.Unknown"/>.</param>
public sealed record ConsentStanding(Consent? Consent, ConsentState State)
{
    public static ConsentStanding Unknown { get; } = new(null, ConsentState.Unknown);

    /// <summary>It could be used then, for what it is for.</summary>
    public bool HoldsAt(DateTimeOffset now) => State is ConsentState.Given && now < Consent!.Terms!.Until;
}
