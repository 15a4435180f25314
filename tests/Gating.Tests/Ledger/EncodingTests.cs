using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

/// <summary>The stored and hashed bytes. The vectors were made by another program from the written format; a change of one byte is a new version.</summary>
public sealed class EncodingTests
{
    public static TheoryData<string> EntryVectors => Vectors("entry-v1.json");

    /// <summary>Of both versions: of the second, because of stops that begin later.</summary>
    public static TheoryData<string> HeadVectors => [.. Vectors("head-v3.json"), .. Vectors("head-v4.json")];

    [Theory]
    [MemberData(nameof(EntryVectors))]
    public void An_entry_is_encoded_and_hashed_as_the_vector_says(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        var sealedBytes = Convert.FromHexString(v.GetProperty("sealed").GetString()!);
        var entry = new Entry(
            StreamId.FromBytes(Convert.FromHexString(v.GetProperty("stream").GetString()!)),
            v.GetProperty("seq").GetInt64(),
            (EntryKind)v.GetProperty("kind").GetInt32(),
            Time(v, "unixMilliseconds"),
            OperationId.FromBytes(Convert.FromHexString(v.GetProperty("operation").GetString()!)),
            Encoding.ASCII.GetBytes(v.GetProperty("public").GetString()!),
            sealedBytes,
            EntryHash.FromBytes(SHA256.HashData(sealedBytes)),
            EntryHash.FromBytes(Convert.FromHexString(v.GetProperty("previous").GetString()!)));

        Convert.ToHexStringLower(EntryEncoding.Encode(entry)).ShouldBe(v.GetProperty("encoded").GetString());
        entry.Hash.ToString().ShouldBe(v.GetProperty("hash").GetString());
    }

    [Theory]
    [MemberData(nameof(HeadVectors))]
    public void A_head_is_encoded_as_the_vector_says_and_read_back_the_same(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var head = ReadHead(json.RootElement);
        var encoded = json.RootElement.GetProperty("encoded").GetString()!;

        Convert.ToHexStringLower(HeadEncoding.Encode(head)).ShouldBe(encoded);
        HeadEncoding.Encode(HeadEncoding.Decode(Convert.FromHexString(encoded))).ShouldBe(Convert.FromHexString(encoded));
    }

    [Fact]
    public void A_head_that_is_cut_short_anywhere_is_refused()
    {
        var bytes = HeadEncoding.Encode(FullHead());
        for (var length = 1; length < bytes.Length; length++)
        {
            Should.Throw<FormatException>(() => HeadEncoding.Decode(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_head_with_a_byte_too_many_is_refused() =>
        Should.Throw<FormatException>(() => HeadEncoding.Decode([.. HeadEncoding.Encode(FullHead()), 0]));

    /// <summary>Those that came before it, too: no MAC goes with them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_head_of_another_version_is_refused_by_its_number(int version)
    {
        var bytes = HeadEncoding.Encode(FullHead());
        bytes[0] = (byte)version;
        Should.Throw<UnknownVersionException>(() => HeadEncoding.Decode(bytes)).Version.ShouldBe(version);
    }

    [Fact]
    public void The_largest_head_fits_a_table_property() => HeadEncoding.Encode(FullHead()).Length.ShouldBeLessThan(20 * 1024);

    private static Head FullHead() => new(
        7,
        EntryHash.Genesis,
        DateTimeOffset.UnixEpoch,
        7,
        new byte[Head.SaltSize],
        [.. Enumerable.Range(0, Head.MaxShortLived).Select(i => new ShortLivedRow(new(new(0, (ulong)i)), DateTimeOffset.UnixEpoch))],
        new(StreamStatus.Active, 1, [.. Enumerable.Range(0, Head.MaxWindows).Select(i => new UsageWindow((ulong)i, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, i))], default)
        {
            Holds = new(
                [.. Enumerable.Range(0, StreamHolds.MaxStanding).Select(static i => new HoldId(new(0, (ulong)i)))], [.. Enumerable.Range(0, StreamHolds.MaxLifted).Select(static i => new HoldId(new(0, (ulong)i)))]),
            Stops = new(
                [.. Enumerable.Range(0, StreamStops.MaxStanding).Select(static i => new StreamStop(new(new(0, (ulong)i)), i, null))],
                [.. Enumerable.Range(0, StreamStops.MaxLifted).Select(static i => new StreamStop(new(new(0, (ulong)i)), i, DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UnixEpoch.AddHours(1)))]),
        });

    private static Head ReadHead(JsonElement v) => new(
        v.GetProperty("seq").GetInt64(),
        EntryHash.FromBytes(Convert.FromHexString(v.GetProperty("hash").GetString()!)),
        Time(v, "unixMilliseconds"),
        v.GetProperty("announced").GetInt64(),
        Convert.FromHexString(v.GetProperty("salt").GetString()!),
        [.. v.GetProperty("rows").EnumerateArray().Select(row => new ShortLivedRow(KeyHash.FromBytes(Convert.FromHexString(row.GetProperty("key").GetString()!)), Time(row, "expires"), row.GetProperty("seq").GetInt64()))],
        new(
            (StreamStatus)v.GetProperty("status").GetInt32(),
            v.GetProperty("epoch").GetInt32(),
            [.. v.GetProperty("windows").EnumerateArray().Select(ReadWindow)],
            new(Time(v, "refusalMinute"), v.GetProperty("refusals").GetInt32()))
        {
            Holds = new(ReadHolds(v, "holds"), ReadHolds(v, "liftedHolds")),
            Stops = new(ReadStops(v, "stops"), ReadStops(v, "liftedStops")),
        });

    private static ImmutableArray<StreamStop> ReadStops(JsonElement v, string name) =>
        [.. v.GetProperty(name).EnumerateArray().Select(static stop => new StreamStop(
            KeyHash.FromBytes(Convert.FromHexString(stop.GetProperty("id").GetString()!)), stop.GetProperty("seq").GetInt64(),
            OptionalTime(stop, "until"), OptionalTime(stop, "from")))];

    private static DateTimeOffset? OptionalTime(JsonElement v, string name) => v.TryGetProperty(name, out var time) && time.ValueKind is not JsonValueKind.Null ? Time(v, name) : null;

    private static ImmutableArray<HoldId> ReadHolds(JsonElement v, string name) =>
        [.. v.GetProperty(name).EnumerateArray().Select(static id => HoldId.FromBytes(Convert.FromHexString(id.GetString()!)))];

    private static UsageWindow ReadWindow(JsonElement v) =>
        new(ulong.Parse(v.GetProperty("id").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture), Time(v, "start"), Time(v, "end"), v.GetProperty("used").GetInt64());

    private static DateTimeOffset Time(JsonElement v, string name) => DateTimeOffset.FromUnixTimeMilliseconds(v.GetProperty(name).GetInt64());

    private static TheoryData<string> Vectors(string file)
    {
        var data = new TheoryData<string>();
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Ledger", "Vectors", file)));
        foreach (var vector in json.RootElement.EnumerateArray())
        {
            data.Add(vector.GetRawText());
        }

        return data;
    }
}
