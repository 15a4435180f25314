using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Flv;

/// <summary>A member of an object or array, by its place in the script tag's content.</summary>
/// <param name="Start">Of its name's length.</param>
/// <param name="ValueAt">Of the byte that tells the value's type.</param>
internal sealed record AmfMember(string Name, int Start, int ValueAt, int End);

/// <summary>Values of AMF0 as far as one member of an array needs them: told apart, and hopped over.</summary>
internal sealed class AmfReader(byte[] bytes, long offset)
{
    public const byte Number = 0;
    public const byte Boolean = 1;
    public const byte Text = 2;
    public const byte Object = 3;
    public const byte EcmaArray = 8;
    public const byte StrictArray = 10;
    public const byte LongText = 12;

    private const byte ObjectEnd = 9;
    private const int MaxDepth = 16;
    private const int MaxMembers = 200_000;

    private int _values;

    public byte TypeAt(int at) => bytes[Demand(at, 1)];

    /// <summary>What a text says, of either length; null for other values.</summary>
    public string? TextAt(int at) => TypeAt(at) switch
    {
        Text => Encoding.UTF8.GetString(bytes, at + 3, Demand(at + 3, UInt16(at + 1), UInt16(at + 1))),
        LongText when UInt32(at + 1) is var length && length <= LabelJson.MaxBytes => Encoding.UTF8.GetString(bytes, at + 5, Demand(at + 5, length, (int)length)),
        _ => null,
    };

    /// <summary>The members of the object or array at <paramref name="at"/>.</summary>
    /// <param name="end">Where the mark of its end stands.</param>
    public IReadOnlyList<AmfMember> MembersAt(int at, out int end, int depth = 0)
    {
        var members = new List<AmfMember>();
        end = at + (TypeAt(at) == EcmaArray ? 5 : 1);
        while (!(UInt16(end) == 0 && TypeAt(end + 2) == ObjectEnd))
        {
            var value = end + 2 + UInt16(end);
            Demand(end + 2, UInt16(end));
            var next = EndOf(value, depth + 1);
            members.Add(new(Encoding.UTF8.GetString(bytes, end + 2, UInt16(end)), end, value, next));
            end = next;
        }

        return members;
    }

    public int EndOf(int at, int depth = 0)
    {
        if (depth > MaxDepth || ++_values > MaxMembers)
        {
            throw MediaException.Unsupported(offset + at, $"Metadata of more than {MaxDepth} levels or {MaxMembers} values.");
        }

        return TypeAt(at) switch
        {
            Number => Skip(at, 9),
            Boolean => Skip(at, 2),
            Text => Skip(at, 3L + UInt16(at + 1)),
            Object => EndOfMembers(at, depth),
            5 or 6 => at + 1,
            7 => Skip(at, 3),
            EcmaArray => EndOfMembers(at, depth),
            StrictArray => EndOfArray(at, depth),
            11 => Skip(at, 11),
            LongText => Skip(at, 5L + UInt32(at + 1)),
            _ => throw MediaException.Malformed(offset + at, "Its metadata has a value of no type that AMF0 knows."),
        };
    }

    public uint UInt32(int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(Demand(at, 4)));

    private int UInt16(int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(Demand(at, 2)));

    private int EndOfMembers(int at, int depth)
    {
        MembersAt(at, out var end, depth);
        return end + 3;
    }

    private int EndOfArray(int at, int depth)
    {
        var count = UInt32(at + 1);
        var end = at + 5;
        for (var i = 0u; i < count; i++)
        {
            end = EndOf(end, depth + 1);
        }

        return end;
    }

    private int Skip(int at, long length) => Demand(at, length, (int)Math.Min(at + length, int.MaxValue));

    private int Demand(int at, long length) => Demand(at, length, at);

    private int Demand(int at, long length, int result) => at <= bytes.Length - length
        ? result
        : throw new MediaException(MediaFault.Malformed, offset + Math.Min(at, bytes.Length), "Its metadata ends in the middle of a value.");
}
