using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Gating.Azure.Tables;

/// <summary>The EDM types that Table storage knows.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "These are the names of the EDM types.")]
public enum TableValueKind
{
    Null = 0,
    String = 1,
    Boolean = 2,
    Int32 = 3,
    Int64 = 4,
    Double = 5,
    Guid = 6,
    DateTime = 7,
    Binary = 8,
}

/// <summary>One property's value with its EDM type, held without boxing. Text may be held as UTF-8, so that stored JSON is not transcoded twice.</summary>
public readonly struct TableValue
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long _bits;

    private TableValue(TableValueKind kind, string? text, ReadOnlyMemory<byte> bytes, long bits) => (Kind, _text, _bytes, _bits) = (kind, text, bytes, bits);

    public TableValueKind Kind { get; }

    /// <summary>True for text that is held as UTF-8 (<see cref="OfUtf8"/>).</summary>
    internal bool IsUtf8 => Kind == TableValueKind.String && _text is null;

    internal ReadOnlySpan<byte> Utf8 => _bytes.Span;

    public static TableValue Of(string value) => new(TableValueKind.String, value, default, 0);

    public static TableValue OfUtf8(ReadOnlyMemory<byte> text) => new(TableValueKind.String, null, text, 0);

    public static TableValue Of(bool value) => new(TableValueKind.Boolean, null, default, value ? 1 : 0);

    public static TableValue Of(int value) => new(TableValueKind.Int32, null, default, value);

    public static TableValue Of(long value) => new(TableValueKind.Int64, null, default, value);

    public static TableValue Of(double value) => new(TableValueKind.Double, null, default, BitConverter.DoubleToInt64Bits(value));

    public static TableValue Of(Guid value) => new(TableValueKind.Guid, value.ToString("D"), default, 0);

    public static TableValue Of(DateTimeOffset value) => new(TableValueKind.DateTime, null, default, value.UtcTicks);

    public static TableValue Of(ReadOnlyMemory<byte> value) => new(TableValueKind.Binary, null, value, 0);

    public string AsString() => Kind == TableValueKind.String ? _text ?? Encoding.UTF8.GetString(_bytes.Span) : throw Not(TableValueKind.String);

    public bool AsBoolean() => Kind == TableValueKind.Boolean ? _bits != 0 : throw Not(TableValueKind.Boolean);

    public int AsInt32() => Kind == TableValueKind.Int32 ? (int)_bits : throw Not(TableValueKind.Int32);

    public long AsInt64() => Kind is TableValueKind.Int64 or TableValueKind.Int32 ? _bits : throw Not(TableValueKind.Int64);

    /// <summary>A whole number may come back without its type and fraction; it is still the double that was written.</summary>
    public double AsDouble() => Kind switch
    {
        TableValueKind.Double => BitConverter.Int64BitsToDouble(_bits),
        TableValueKind.Int32 => _bits,
        _ => throw Not(TableValueKind.Double),
    };

    public Guid AsGuid() => Kind == TableValueKind.Guid ? Guid.ParseExact(_text!, "D") : throw Not(TableValueKind.Guid);

    public DateTimeOffset AsDateTime() => Kind == TableValueKind.DateTime ? new(_bits, TimeSpan.Zero) : throw Not(TableValueKind.DateTime);

    public ReadOnlyMemory<byte> AsBinary() => Kind == TableValueKind.Binary ? _bytes : throw Not(TableValueKind.Binary);

    /// <summary>The canonical text of a Guid, as it is sent.</summary>
    internal string GuidText() => _text!;

    private FormatException Not(TableValueKind wanted) => new($"A stored property is {Kind}, not {wanted}.");
}
