using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;

namespace Gating.Evidence;

/// <summary>Why an entry stands in a bundle.</summary>
public enum EntryRole
{
    /// <summary>It answers what was asked.</summary>
    Answer = 1,

    /// <summary>Its stream is disclosed whole.</summary>
    Stream = 2,

    /// <summary>It closes an hour of a timeline: the operator's statement of what there was in it.</summary>
    Hour = 3,
}

/// <summary>
/// One line of <c>entries.jsonl</c>: a CloudEvent (JSON format, 1.0) with everything that the entry's hash is made of, except the sealed bytes, whose digest is. <c>public</c> is the last member, and its bytes are the entry's own:
/// whoever hashes takes them from between <c>"public":</c> and the final two braces. Without the newline.
/// </summary>
/// <param name="Type">Of the event: the kind in words. A kind that this build does not know keeps the words it came with.</param>
internal sealed record EntryLine(Entry Entry, EntryRole Role, string Type)
{
    private const int MaxType = 64;

    public LeafPlace Place => new(Entry.Stream, Entry.Seq);

    public static EntryLine Of(Entry entry, EntryRole role) => new(entry, role, TypeOf(entry.Kind));

    /// <summary>Null for anything but what <see cref="ToBytes"/> writes for that log; in particular where the hash that stands there is not the one that comes out.</summary>
    public static EntryLine? Parse(ReadOnlyMemory<byte> line, string origin) => EvidenceJson.Read(line, Read, read => read.ToBytes(origin));

    /// <summary>Throws <see cref="FormatException"/> for an entry whose public part is not the JSON that a ledger holds.</summary>
    public byte[] ToBytes(string origin)
    {
        var data = JsonBytes.OfObject(this, static (json, line) =>
        {
            var entry = line.Entry;
            json.WriteNumber("v"u8, BundleFormat.Version);
            json.WriteString("role"u8, RoleWord(line.Role));
            json.WriteString("stream"u8, entry.Stream.ToString());
            json.WriteNumber("seq"u8, entry.Seq);
            json.WriteNumber("kind"u8, (int)entry.Kind);
            json.WriteNumber("time_ms"u8, entry.Time.ToUnixTimeMilliseconds());
            json.WriteString("operation"u8, entry.Operation.ToString());
            json.WriteString("previous"u8, entry.Previous.ToString());
            json.WriteString("sealed_sha256"u8, entry.SealedDigest.ToString());
            json.WriteString("hash"u8, entry.Hash.ToString());
            json.WritePropertyName("public"u8);
            json.WriteRawValue(entry.Public.Span, skipInputValidation: true);
        });
        try
        {
            return new CloudEvent(NameOf(Place), origin, Type, null, Entry.Time, data).ToBytes();
        }
        catch (InvalidOperationException wrong)
        {
            throw new FormatException($"Entry {NameOf(Place)} cannot stand in a bundle: {wrong.Message}", wrong);
        }
    }

    /// <summary>What an entry is called in a bundle: <c>stream/seq</c>.</summary>
    internal static string NameOf(LeafPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.Stream}/{place.Seq}");

    internal static string RoleWord(EntryRole role) => role switch
    {
        EntryRole.Answer => "answer",
        EntryRole.Stream => "stream",
        EntryRole.Hour => "hour",
    };

    private static EntryLine? Read(JsonElement root)
    {
        var data = root.GetProperty("data");
        var kind = (EntryKind)data.GetProperty("kind").GetUInt16();
        var type = root.GetProperty("type").GetString();
        var words = Enum.IsDefined(kind) ? TypeOf(kind) : IsType(type) ? type! : null;
        if (words is null || RoleOf(data.GetProperty("role").GetString()) is not { } role || !StreamId.TryParse(data.GetProperty("operation").GetString(), out var operation))
        {
            return null;
        }

        var entry = new Entry(
            EvidenceJson.Stream(data), EvidenceJson.Seq(data), kind, EvidenceJson.Time(data, "time_ms"), new(operation.Value), JsonMarshal.GetRawUtf8Value(data.GetProperty("public")).ToArray(), default,
            EvidenceJson.Hash(data, "sealed_sha256"), EvidenceJson.Hash(data, "previous"));
        return new(entry, role, words);
    }

    private static EntryRole? RoleOf(string? word) => word switch
    {
        "answer" => EntryRole.Answer,
        "stream" => EntryRole.Stream,
        "hour" => EntryRole.Hour,
        _ => null,
    };

    private static string TypeOf(EntryKind kind) => EntryKinds.EventPrefix + (Enum.IsDefined(kind) ? EntryKinds.Word(kind) : ((int)kind).ToString(CultureInfo.InvariantCulture));

    private static bool IsType(string? text) =>
        text is { Length: <= MaxType } && text.StartsWith(EntryKinds.EventPrefix, StringComparison.Ordinal) && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_');
}
