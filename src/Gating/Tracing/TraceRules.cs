using Gating.Mandates;
using Gating.Timelines;

namespace Gating.Tracing;

/// <summary>What a mandate lets be asked, and what it lets be told: pure, on values.</summary>
internal static class TraceRules
{
    /// <summary>Longer than any bundle takes to write.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    /// <summary>Null where the question does not go beyond the mandate; what it finds is looked at besides.</summary>
    /// <param name="fields">What the question wants beside that something was recorded.</param>
    public static MandateRefusal? Cover(MandateScope scope, TraceFilter filter, MandateFields fields) =>
        scope.Allows(fields)
        && (filter.App is not { } app || scope.CoversApp(app))
        && (filter.Tool is not { } tool || scope.CoversTool(tool))
        && (filter.Person is not { } person || scope.CoversPerson(person))
        && (filter.From ?? scope.From) < scope.To && (filter.To ?? scope.To) > scope.From
            ? null
            : MandateRefusal.OutOfScope;

    /// <summary>The times that the question and the mandate have in common.</summary>
    public static TimelineRange Range(MandateScope scope, TraceFilter filter) =>
        new(filter.From is { } from && from > scope.From ? from : scope.From, filter.To is { } to && to < scope.To ? to : scope.To);

    /// <summary>Whether a question about a person leaves out nothing of what the stream has, but for what is older than the mandate's time.</summary>
    public static bool TellsWholeStream(MandateScope scope, TraceFilter filter, DateTimeOffset now) =>
        filter is { Person: not null, Content: null, Sha256: null, App: null, Tool: null, Issuer: null, Kind: null, From: null, To: null }
        && scope.Apps.IsEmpty && scope.Tools.IsEmpty && scope.To > now + Soon;

    /// <summary>Whether a question about an app or a tool leaves out nothing of the hours that lie within its range whole.</summary>
    public static bool TellsWholeHours(MandateScope scope, TraceFilter filter) =>
        scope.People.IsEmpty && (filter switch
        {
            { Content: null, Sha256: null, Person: null, Issuer: null, Kind: null, App: null, Tool: not null } => scope.Apps.IsEmpty,
            { Content: null, Sha256: null, Person: null, Issuer: null, Kind: null, App: not null, Tool: null } => scope.Tools.IsEmpty,
            _ => false,
        });

    public static bool Discloses(MandateScope scope, TracedEntry traced) =>
        scope.CoversTime(traced.Entry.Time) && scope.CoversPerson(traced.Entry.Stream) && scope.CoversApp(traced.App) && scope.CoversTool(traced.Tool);
}
