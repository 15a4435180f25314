using Gating.Mandates;

namespace Gating.Tracing;

/// <summary>What a mandate lets be asked, and what it lets be told: pure, on values.</summary>
internal static class TraceRules
{
    /// <summary>Null where the question does not go beyond the mandate; what it finds is looked at besides.</summary>
    public static MandateRefusal? Cover(MandateScope scope, TraceFilter filter) =>
        (filter.App is not { } app || scope.CoversApp(app))
        && (filter.Tool is not { } tool || scope.CoversTool(tool))
        && (filter.Person is not { } person || scope.CoversPerson(person))
        && (filter.From ?? scope.From) < scope.To && (filter.To ?? scope.To) > scope.From
            ? null
            : MandateRefusal.OutOfScope;

    public static bool Discloses(MandateScope scope, TracedEntry traced) =>
        scope.CoversTime(traced.Entry.Time) && scope.CoversPerson(traced.Entry.Stream) && scope.CoversApp(traced.App) && scope.CoversTool(traced.Tool);
}
