using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client.Http;

/// <summary>Reads answers: RFC 6749 5.2 from OAuth endpoints, RFC 9457 from the others, and whatever a proxy between us says.</summary>
internal static class RefusalReader
{
    private const int MaxBytes = 64 * 1024;

    public static async Task<Refusal> ReadAsync(HttpResponseMessage answer, DateTimeOffset now, CancellationToken cancellation)
    {
        var json = await ReadJsonAsync(answer, cancellation) ?? default;
        var isKnown = json.ValueKind is JsonValueKind.Object;
        return new(
            (int)answer.StatusCode,
            isKnown ? json.Text("error") : null,
            (isKnown ? json.Text("reason") : null) ?? Refusal.Unrecognised,
            isKnown ? json.Text("error_description") ?? json.Text("title") : null,
            RetryAfter(answer, now),
            isKnown && json.Text("assurance_level") is { } level ? new(json.Text("acr_values"), json.Number("max_age") is { } age and >= 0 and <= int.MaxValue ? TimeSpan.FromSeconds(age) : null, level) : null);
    }

    /// <summary>One JSON object of bounded size; null for anything else.</summary>
    public static async Task<JsonElement?> ReadJsonAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var body = await BoundedBody.ReadAsync(answer, MaxBytes, cancellation);
        return body is not null && StrictJson.TryParse(body, out var json) ? json : null;
    }

    // RFC 9110, 10.2.3: seconds, or a date.
    private static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };
}
