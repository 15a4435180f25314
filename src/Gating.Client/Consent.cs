using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>What the person depicted agrees to. The gate checks it.</summary>
public sealed class ConsentRequest
{
    /// <summary>The ID token of the person depicted, issued to this app.</summary>
    public required string IdToken { get; init; }

    /// <summary>What it is for, in their words: 1 to 512 characters.</summary>
    public required string Purpose { get; init; }

    /// <summary>Whole seconds; from then on nothing is made under it.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>URIs of tools; none: all of them.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Client ids of apps; none: all of them.</summary>
    public IReadOnlyList<string> Apps { get; init; } = [];

    /// <summary>The <c>sub</c> of this app's grants of the one person who may use it; null: anyone.</summary>
    public string? Requester { get; init; }

    /// <summary>As <see cref="GrantRequest.IdempotencyKey"/>.</summary>
    public string? IdempotencyKey { get; init; }

    internal byte[] ToJson() => JsonText.Object(this, static (json, request) =>
    {
        json.WriteString("subject_token"u8, request.IdToken);
        json.WriteString("purpose"u8, request.Purpose);
        json.WriteString("expires"u8, JsonText.Time3339(request.Expires));
        json.WriteOptional("tools", request.Tools);
        json.WriteOptional("apps", request.Apps);
        json.WriteOptional("requester", request.Requester);
    });
}

/// <summary>A consent as the gate has it.</summary>
/// <param name="Id">For <see cref="GrantRequest.ConsentIds"/>.</param>
/// <param name="State"><c>given</c>, <c>withdrawn</c>, <c>expired</c> or <c>void</c>: under <c>given</c> alone something is granted.</param>
/// <param name="Given">When.</param>
/// <param name="Expires">Null where what it said was erased.</param>
public sealed record Consent(string Id, string State, DateTimeOffset Given, DateTimeOffset? Expires)
{
    internal static Consent? Read(JsonElement json) =>
        json.Text("consent") is { } id && json.Text("state") is { } state && json.Time3339("given") is { } given ? new(id, state, given, json.Time3339("expires")) : null;
}

/// <summary>How giving, withdrawing or reading a consent ended, see <see cref="GatingApp.GiveConsentAsync"/>.</summary>
public abstract record ConsentOutcome
{
    private ConsentOutcome()
    {
    }

    public sealed record Recorded(Consent Consent) : ConsentOutcome;

    public sealed record Refused(Refusal Refusal) : ConsentOutcome;

    public sealed record Unavailable(Outage Outage) : ConsentOutcome;
}
