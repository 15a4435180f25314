using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>What the gate says of a grant that is good (RFC 7662, 2.2).</summary>
/// <param name="Subject">The person: the same for this app, always, and another for every other app.</param>
/// <param name="Generation">The id of the generation that it was redeemed for; null where it was not.</param>
public sealed record ActiveGrant(string Subject, string Resource, string Operation, int Units, DateTimeOffset ExpiresAt, string? Generation)
{
    internal static ActiveGrant? Read(JsonElement json) =>
        json.Text("sub") is { } subject && json.Text("aud") is { } resource && json.Time("exp") is { } expires && GrantedDetail.Read(json) is { } detail
            ? new(subject, resource, detail.Operation, detail.Units, expires, json.Text("generation"))
            : null;
}

/// <summary>The one object of <c>authorization_details</c> (RFC 9396).</summary>
internal sealed record GrantedDetail(string Operation, int Units, string? Tool, string? InputDigest, IReadOnlyList<string> ConsentIds, JsonElement All)
{
    /// <summary>Null for anything but one object of type <c>synthetic_media</c> with an operation and at least one unit.</summary>
    public static GrantedDetail? Read(JsonElement json)
    {
        if (!json.TryGetProperty("authorization_details", out var all) || all.ValueKind is not JsonValueKind.Array || all.GetArrayLength() != 1
            || all[0] is not { ValueKind: JsonValueKind.Object } detail || detail.Text("type") is not "synthetic_media"
            || detail.Text("operation") is not { } operation || detail.Texts("consent_ids") is not { } consents)
        {
            return null;
        }

        var units = detail.TryGetProperty("units", out _) ? detail.Number("units") : 1;
        return units is >= 1 and <= int.MaxValue ? new(operation, (int)units, detail.Text("tool"), detail.Text("input_digest"), consents, all) : null;
    }
}
