using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>A grant that was redeemed.</summary>
/// <param name="OpenUntil">Until then its outputs are taken.</param>
/// <param name="Units">Charged.</param>
/// <param name="ContentIds">The number of each output, in order: the first is that of output 1.</param>
/// <param name="Replayed">It had been begun before by the same request.</param>
public sealed record Generation(string Id, DateTimeOffset BegunAt, DateTimeOffset OpenUntil, int Units, IReadOnlyList<string> ContentIds, bool Replayed)
{
    internal static Generation? Read(JsonElement json, bool replayed) =>
        json.Text("id") is { } id && json.Time3339("begun_at") is { } begun && json.Time3339("open_until") is { } until && json.Number("units") is { } units and <= int.MaxValue
        && json.TryGetProperty("outputs", out var outputs) && outputs.ValueKind is JsonValueKind.Array
            ? new(id, begun, until, (int)units, [.. outputs.EnumerateArray().Select(static one => one.Text("content_id") ?? string.Empty)], replayed)
            : null;
}

/// <summary>How a generation ended, told once.</summary>
/// <param name="Failed">It came to nothing.</param>
/// <param name="Units">Really used, at most those charged; null: not said.</param>
/// <param name="Took">At most a day, told to the millisecond; null: not said.</param>
public sealed record GenerationEnd(bool Failed, int? Units = null, TimeSpan? Took = null)
{
    internal byte[] ToJson() => JsonText.Object(this, static (json, end) =>
    {
        json.WriteString("status"u8, end.Failed ? "failed"u8 : "finished"u8);
        if (end.Units is { } units)
        {
            json.WriteNumber("units"u8, units);
        }

        if (end.Took is { } took)
        {
            json.WriteNumber("duration_ms"u8, (long)took.TotalMilliseconds);
        }
    });
}
