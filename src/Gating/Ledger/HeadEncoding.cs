using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Gating.Ledger;

/// <summary>
/// The stored bytes of a head, version first, all integers big-endian:
/// <c>version(1)=3 ‖ seq(8) ‖ hash(32) ‖ unix-ms(8) ‖ announced(8) ‖ salt-length(1) ‖ salt ‖ status(1) ‖ epoch(4) ‖ refusal-minute-ms(8) ‖ refusals(4)
/// ‖ windows(2) × [id(8) ‖ start-ms(8) ‖ end-ms(8) ‖ used(8)] ‖ rows(2) × [key(16) ‖ seq(8) ‖ expires-ms(8)] ‖ holds(2) × id(16) ‖ lifted-holds(2) × id(16)
/// ‖ stops(2) × [id(16) ‖ seq(8) ‖ until-ms(8), 0 without end] ‖ lifted-stops(2) × [the same]</c>. At most about 16 KiB. Where a stop begins later than its entry the version is 4 and each stop ends with
/// <c>from-ms(8), 0 from its entry on</c>: who does not know of that would hold somebody up too early. Versions 1 and 2, which no MAC went with (see RowMac.cs), are refused: whoever could
/// write one would get around it.
/// </summary>
public static class HeadEncoding
{
    public const byte Version = 3;

    /// <summary>Written where it is needed, and only there.</summary>
    public const byte TimedVersion = 4;

    private const int FixedSize = 1 + 8 + EntryHash.Size + 8 + 8 + 1 + 1 + 4 + 8 + 4 + 2 + 2 + 2 + 2 + 2 + 2;
    private const int WindowSize = 32;
    private const int RowSize = KeyHash.Size + 8 + 8;
    private const int StopSize = KeyHash.Size + 8 + 8;

    public static byte[] Encode(Head head)
    {
        var state = head.State;
        var holds = state.Holds;
        var stops = state.Stops;
        var timed = stops.AnyTimed;
        var bytes = new byte[
            FixedSize + head.Salt.Length + (state.Windows.Length * WindowSize) + (head.ShortLived.Length * RowSize)
            + ((holds.Standing.Length + holds.Lifted.Length) * HoldId.Size) + ((stops.Standing.Length + stops.Lifted.Length) * (timed ? StopSize + 8 : StopSize))];
        var rest = bytes.AsSpan();
        Byte(ref rest, timed ? TimedVersion : Version);
        Int64(ref rest, head.Seq);
        head.Hash.Write(rest);
        rest = rest[EntryHash.Size..];
        Time(ref rest, head.Time);
        Int64(ref rest, head.Announced);
        Byte(ref rest, checked((byte)head.Salt.Length));
        head.Salt.Span.CopyTo(rest);
        rest = rest[head.Salt.Length..];
        Byte(ref rest, checked((byte)state.Status));
        Int32(ref rest, state.Epoch);
        Time(ref rest, state.Refusals.Minute);
        Int32(ref rest, state.Refusals.Recorded);
        Count(ref rest, state.Windows.Length);
        foreach (var window in state.Windows)
        {
            Int64(ref rest, unchecked((long)window.Id));
            Time(ref rest, window.Start);
            Time(ref rest, window.End);
            Int64(ref rest, window.Used);
        }

        Count(ref rest, head.ShortLived.Length);
        foreach (var row in head.ShortLived)
        {
            row.Key.Write(rest);
            rest = rest[KeyHash.Size..];
            Int64(ref rest, row.Seq);
            Time(ref rest, row.Expires);
        }

        Holds(ref rest, holds.Standing);
        Holds(ref rest, holds.Lifted);
        Stops(ref rest, stops.Standing, timed);
        Stops(ref rest, stops.Lifted, timed);
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote. Throws <see cref="UnknownVersionException"/> or <see cref="FormatException"/>: a head that cannot be read is never guessed.</summary>
    public static Head Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new SequenceReader(bytes);
        var version = reader.Byte();
        if (version is not (Version or TimedVersion))
        {
            throw new UnknownVersionException("head", version);
        }

        var seq = reader.Int64();
        var hash = EntryHash.FromBytes(reader.Take(EntryHash.Size));
        var time = reader.Time();
        var announced = reader.Int64();
        var salt = reader.Take(reader.Byte()).ToArray();
        var status = (StreamStatus)reader.Byte();
        var epoch = reader.Int32();
        var refusals = new RefusalMinute(reader.Time(), reader.Int32());
        var windows = new UsageWindow[reader.Count(Head.MaxWindows)];
        for (var i = 0; i < windows.Length; i++)
        {
            windows[i] = new(unchecked((ulong)reader.Int64()), reader.Time(), reader.Time(), reader.Int64());
        }

        var rows = new ShortLivedRow[reader.Count(Head.MaxShortLived)];
        for (var i = 0; i < rows.Length; i++)
        {
            var key = KeyHash.FromBytes(reader.Take(KeyHash.Size));
            var names = reader.Int64();
            rows[i] = new(key, reader.Time(), names);
        }

        var holds = new StreamHolds(reader.Holds(StreamHolds.MaxStanding), reader.Holds(StreamHolds.MaxLifted));
        var stops = new StreamStops(reader.Stops(StreamStops.MaxStanding, version is TimedVersion), reader.Stops(StreamStops.MaxLifted, version is TimedVersion));
        reader.End();
        return new(seq, hash, time, announced, salt, ImmutableArray.Create(rows), new(status, epoch, ImmutableArray.Create(windows), refusals) { Holds = holds, Stops = stops });
    }

    private static void Byte(ref Span<byte> rest, byte value)
    {
        rest[0] = value;
        rest = rest[1..];
    }

    private static void Count(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)value));
        rest = rest[2..];
    }

    private static void Holds(ref Span<byte> rest, ImmutableArray<HoldId> holds)
    {
        Count(ref rest, holds.Length);
        foreach (var hold in holds)
        {
            hold.Write(rest);
            rest = rest[HoldId.Size..];
        }
    }

    private static void Stops(ref Span<byte> rest, ImmutableArray<StreamStop> stops, bool timed)
    {
        Count(ref rest, stops.Length);
        foreach (var stop in stops)
        {
            stop.Id.Write(rest);
            rest = rest[KeyHash.Size..];
            Int64(ref rest, stop.Seq);
            Int64(ref rest, stop.Until?.ToUnixTimeMilliseconds() ?? 0);
            if (timed)
            {
                Int64(ref rest, stop.From?.ToUnixTimeMilliseconds() ?? 0);
            }
        }
    }

    private static void Int32(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, value);
        rest = rest[4..];
    }

    private static void Int64(ref Span<byte> rest, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(rest, value);
        rest = rest[8..];
    }

    private static void Time(ref Span<byte> rest, DateTimeOffset value) => Int64(ref rest, value.ToUnixTimeMilliseconds());

    private ref struct SequenceReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public ReadOnlySpan<byte> Take(int length)
        {
            if (_rest.Length < length)
            {
                throw new FormatException("A head ends early.");
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        public byte Byte() => Take(1)[0];

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

        public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

        public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Int64());

        public DateTimeOffset? OptionalTime() => Int64() is var time and not 0 ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;

        public int Count(int max)
        {
            var count = BinaryPrimitives.ReadUInt16BigEndian(Take(2));
            return count <= max ? count : throw new FormatException($"A head counts {count} of at most {max}.");
        }

        public ImmutableArray<HoldId> Holds(int max)
        {
            var holds = new HoldId[Count(max)];
            for (var i = 0; i < holds.Length; i++)
            {
                holds[i] = HoldId.FromBytes(Take(HoldId.Size));
            }

            return ImmutableArray.Create(holds);
        }

        public ImmutableArray<StreamStop> Stops(int max, bool timed)
        {
            var stops = new StreamStop[Count(max)];
            for (var i = 0; i < stops.Length; i++)
            {
                stops[i] = new(KeyHash.FromBytes(Take(KeyHash.Size)), Int64(), OptionalTime(), timed ? OptionalTime() : null);
            }

            return ImmutableArray.Create(stops);
        }

        public readonly void End()
        {
            if (!_rest.IsEmpty)
            {
                throw new FormatException($"A head is followed by {_rest.Length} more bytes.");
            }
        }
    }
}
