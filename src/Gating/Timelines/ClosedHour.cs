using System.Text.Json;
using Gating.Ledger;

namespace Gating.Timelines;

/// <summary>
/// What an entry of the operator's ledger says of an hour of a timeline. Of several about one hour the last in the ledger counts: it was written after the others and has seen at least what they
/// have (<see cref="HourClosing"/>).
/// </summary>
/// <param name="Supersedes">Seq of the entry that was known to have closed it before; null where none was.</param>
public sealed record ClosedHour(Timeline Timeline, UtcHour Hour, HourDigest Digest, long? Supersedes)
{
    private const int Version = 1;

    /// <summary>Null where the entry closes no hour. Throws <see cref="UnknownVersionException"/>, or <see cref="FormatException"/> where it names none.</summary>
    public static ClosedHour? Read(Entry entry)
    {
        if (entry.Kind is not EntryKind.HourClosed)
        {
            return null;
        }

        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("hour entry", version);
        }

        var start = DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("hour").GetInt64());
        return TimelineKinds.TryParse(root.GetProperty("timeline").GetString(), out var kind) && Timeline.TryCreate(kind, root.GetProperty("id").GetString(), out var timeline) && UtcHour.Of(start).Start == start
            ? new(
                timeline,
                UtcHour.Of(start),
                new(root.GetProperty("count").GetInt64(), EntryHash.FromBytes(Convert.FromHexString(root.GetProperty("sha256").GetString()!))),
                root.TryGetProperty("supersedes", out var seq) ? seq.GetInt64() : null)
            : throw new FormatException("An hour's entry names no hour of a timeline.");
    }

    /// <summary>The public part: JSON in a fixed order, ASCII, <c>v</c> first; the hour by its first millisecond. Hashed as it is: a new member is a new version.</summary>
    internal byte[] ToEntry() => JsonBytes.OfObject(this, static (json, closed) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("timeline"u8, closed.Timeline.Kind.Word());
        json.WriteString("id"u8, closed.Timeline.Id);
        json.WriteNumber("hour"u8, closed.Hour.Start.ToUnixTimeMilliseconds());
        json.WriteNumber("count"u8, closed.Digest.Count);
        json.WriteString("sha256"u8, closed.Digest.Sha256.ToString());
        if (closed.Supersedes is { } seq)
        {
            json.WriteNumber("supersedes"u8, seq);
        }
    });
}
