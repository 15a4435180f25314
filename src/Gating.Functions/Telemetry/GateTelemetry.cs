using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gating.Functions.Telemetry;

/// <summary>
/// What the gate measures: decisions by reason and their latency. Storage requests are counted by the storage clients (meter <c>Gating.Azure</c>); the two
/// together give storage requests per admission. Tags never name a person.
/// </summary>
internal static class GateTelemetry
{
    public const string Name = "Gating";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Decisions = Meter.CreateCounter<long>("gating.decisions", "{decision}", "Token requests answered, by outcome and reason.");

    private static readonly Counter<long> Shadowed = Meter.CreateCounter<long>("gating.shadow_refusals", "{grant}", "Grants that a quota not in force would have refused, by tool and quota.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("gating.decision.duration", "s", "From the request's arrival to its answer, by outcome.");

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>("gating.messages", "{message}", "Deliveries of queue messages, by queue, outcome and reason.");

    private static readonly Counter<long> ReceivedEvents = Meter.CreateCounter<long>("gating.received_events", "{event}", "Security events that were sent here, by outcome and reason.");

    private static readonly Gauge<long> Dossiers = Meter.CreateGauge<long>("gating.dossier.days_left", "d", "Days until a part of a tool's compliance dossier lapses, below 0 where it has or is missing, by tool and part.");

    public static void DossierHolds(string tool, string part, int days) => Dossiers.Record(days, new("tool", tool), new("part", part));

    public static void QuotaShadowed(string tool, string quota) => Shadowed.Add(1, new("tool", tool), new("quota", quota));

    /// <param name="outcome"><c>done</c>, <c>not_yet</c>, <c>refused</c> (it was set aside, or its sender told) or <c>failed</c>.</param>
    /// <param name="reason">A code of a closed list, or <c>none</c>.</param>
    public static void MessageTaken(string queue, string outcome, string reason) => Messages.Add(1, new("queue", queue), new("outcome", outcome), new("reason", reason));

    /// <param name="outcome"><c>taken</c>, <c>refused</c> or <c>failed</c>.</param>
    /// <param name="reason">A code of a closed list, or <c>none</c>.</param>
    public static void EventReceived(string outcome, string reason) => ReceivedEvents.Add(1, new("outcome", outcome), new("reason", reason));

    /// <param name="outcome"><c>granted</c>, <c>replayed</c>, <c>refused</c> or <c>failed</c>.</param>
    /// <param name="reason">A code of a closed list, or <c>none</c>.</param>
    public static void Decided(string outcome, string reason, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome);
        Decisions.Add(1, tag, new("reason", reason));
        Duration.Record(took.TotalSeconds, tag);
    }
}
