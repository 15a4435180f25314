using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>An appeal as it stands.</summary>
/// <param name="Id">For <see cref="GatingApp.ReadAppealAsync"/>.</param>
/// <param name="State"><c>open</c>, <c>upheld</c> or <c>rejected</c>.</param>
/// <param name="Deadline">Until when it is answered.</param>
/// <param name="Answer">For the person; null while it is open.</param>
public sealed record Appeal(string Id, string State, DateTimeOffset Filed, DateTimeOffset Deadline, string? Answer)
{
    internal static Appeal? Read(JsonElement json) =>
        json.Text("appeal") is { } id && json.Text("state") is { } state && json.Time3339("filed") is { } filed && json.Time3339("deadline") is { } deadline ? new(id, state, filed, deadline, json.Text("answer")) : null;
}

/// <summary>How filing or reading an appeal ended, see <see cref="GatingApp.AppealAsync"/>.</summary>
public abstract record AppealOutcome
{
    private AppealOutcome()
    {
    }

    public sealed record Recorded(Appeal Appeal) : AppealOutcome;

    public sealed record Refused(Refusal Refusal) : AppealOutcome;

    public sealed record Unavailable(Outage Outage) : AppealOutcome;
}
