using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Ledger;

namespace Gating.Generations;

/// <summary>What an app tells when a generation is over: once, and not taken back.</summary>
/// <param name="Failed">It came to nothing.</param>
/// <param name="Units">Really used, at most those that were charged; null: not said. Recorded, and nothing comes back: units are returned when fewer are declared before the tool generates.</param>
/// <param name="Milliseconds">How long it took, at most a day; null: not said.</param>
public sealed record GenerationReport(bool Failed, int? Units, int? Milliseconds)
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 1024;

    private const int Version = 1;
    private const int MaxMilliseconds = 24 * 60 * 60 * 1000;

    /// <summary>Null where <paramref name="problem"/> says what is wrong and where.</summary>
    public static GenerationReport? Parse(ReadOnlyMemory<byte> json, out string problem)
    {
        problem = $"The body is not one JSON object of at most {MaxSize} bytes with status, units and duration_ms.";
        if (json.Length > MaxSize || !StrictJson.TryParseObject(json, maxDepth: 2, out var document))
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.EnumerateObject().Any(static member => member.Name is not ("status" or "units" or "duration_ms")))
            {
                return null;
            }

            var status = root.TryGetProperty("status", out var text) && text.ValueKind is JsonValueKind.String ? text.GetString() : null;
            var units = Number(root, "units", 0, int.MaxValue, out var hasUnits);
            var took = Number(root, "duration_ms", 0, MaxMilliseconds, out var hasTook);
            problem = status is not ("finished" or "failed") ? "status is not finished or failed."
                : !hasUnits ? "units is not a whole number from 0 on."
                : !hasTook ? $"duration_ms is not a whole number from 0 to {MaxMilliseconds}."
                : string.Empty;
            return problem.Length == 0 ? new(status is "failed", units, took) : null;
        }
    }

    /// <summary>The public part of its entry: JSON in a fixed order, ASCII, <c>v</c> first.</summary>
    internal byte[] ToEntry(Generation generation) => JsonBytes.OfObject((Report: this, generation), static (json, state) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("app"u8, state.generation.App);
        json.WriteString("tool"u8, state.generation.Tool);
        json.WriteNumber("generation"u8, state.generation.Seq);
        json.WriteString("status"u8, state.Report.Failed ? "failed"u8 : "finished"u8);
        if (state.Report.Units is { } units)
        {
            json.WriteNumber("units"u8, units);
        }

        if (state.Report.Milliseconds is { } took)
        {
            json.WriteNumber("duration_ms"u8, took);
        }
    });

    /// <summary>Whether an entry records this report of this generation: what is written is canonical, so the same bytes are the same report.</summary>
    internal bool IsRecordedBy(Entry entry, Generation generation) => entry.Kind is EntryKind.Reported && entry.Public.Span.SequenceEqual(ToEntry(generation));

    private static int? Number(JsonElement root, string name, int least, int most, out bool isGood)
    {
        isGood = !root.TryGetProperty(name, out var value);
        if (isGood)
        {
            return null;
        }

        isGood = value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most;
        return isGood ? value.GetInt32() : null;
    }
}
