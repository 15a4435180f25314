using System.Collections.Immutable;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Mandates;

/// <summary>What a mandate allows beside seeing that something was recorded, when, by which app and tool. Stored: never renumbered.</summary>
[Flags]
public enum MandateFields
{
    None = 0,

    /// <summary>Digests of prompts, inputs and parameters.</summary>
    Prompts = 1,

    /// <summary>The label of an output.</summary>
    Labels = 2,

    /// <summary>Evidence bundles: entries whole, as they are hashed, with the streams that they stand in.</summary>
    Bundles = 4,

    /// <summary>To ask who a person is, which a second human then has to approve.</summary>
    Identity = 8,
}

/// <summary>What a mandate is about. An empty list is no limit.</summary>
/// <param name="From">With <paramref name="To"/> the times of the entries, the first included, the last not.</param>
public sealed record MandateScope(
    ImmutableArray<string> Apps,
    ImmutableArray<string> Tools,
    ImmutableArray<StreamId> People,
    DateTimeOffset From,
    DateTimeOffset To,
    MandateFields Fields)
{
    public const int MaxNames = 64;

    public bool Allows(MandateFields fields) => (Fields & fields) == fields;

    public bool CoversTime(DateTimeOffset time) => time >= From && time < To;

    public bool CoversPerson(StreamId person) => People.IsEmpty || People.Contains(person);

    /// <summary>Null is an entry that names no app: it is in scope only where there is no limit.</summary>
    public bool CoversApp(string? app) => Apps.IsEmpty || (app is not null && Apps.Contains(app, StringComparer.Ordinal));

    public bool CoversTool(string? tool) => Tools.IsEmpty || (tool is not null && Tools.Contains(tool, StringComparer.Ordinal));
}

/// <summary>A regulator's permission to ask, as an admin proposed it.</summary>
/// <param name="Regulator">The one identity that may use it.</param>
/// <param name="Expires">At most <see cref="MaxLife"/> after it was proposed.</param>
public sealed record MandateTerms(Official Regulator, string Purpose, string LegalBasis, string CaseNumber, MandateScope Scope, DateTimeOffset Expires)
{
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(366);
}

/// <summary>How far a mandate has come.</summary>
public enum MandateStanding
{
    /// <summary>Waits for a second admin.</summary>
    Proposed = 1,
    Approved = 2,
    Declined = 3,

    /// <summary>Taken back, before or after it was approved: no question rests on it any more.</summary>
    Withdrawn = 4,
}

/// <summary>A mandate as it stands.</summary>
/// <param name="Id">Seq of its proposal in the operator's ledger.</param>
public sealed record Mandate(long Id, MandateTerms Terms, Official ProposedBy, MandateStanding Standing)
{
    /// <summary>As people cite it: <c>m</c> and the number.</summary>
    public static string Text(long id) => DeskNumber.Text('m', id);

    /// <summary>Reads what <see cref="Text"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out long id) => DeskNumber.TryParse(text, 'm', out id);
}
