using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>The heartbeat that stands.</summary>
/// <param name="ActiveUntil">From then on the app gets no grant for the tool, unless it said so again.</param>
/// <param name="Every">After this time say so again.</param>
public sealed record FilterHeartbeat(DateTimeOffset ActiveUntil, TimeSpan Every)
{
    internal static FilterHeartbeat? Read(JsonElement json) =>
        json.Time3339("active_until") is { } until && json.Number("every_seconds") is { } seconds and > 0 and <= int.MaxValue ? new(until, TimeSpan.FromSeconds(seconds)) : null;
}

/// <summary>How saying so ended, see <see cref="GatingApp.SayFiltersAreActiveAsync"/>.</summary>
public abstract record FilterHeartbeatOutcome
{
    private FilterHeartbeatOutcome()
    {
    }

    public sealed record Recorded(FilterHeartbeat Heartbeat) : FilterHeartbeatOutcome;

    public sealed record Refused(Refusal Refusal) : FilterHeartbeatOutcome;

    public sealed record Unavailable(Outage Outage) : FilterHeartbeatOutcome;
}
