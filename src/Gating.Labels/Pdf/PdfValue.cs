using System.Globalization;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>A value as it stands in the file, or in an object stream: its text, whole, and nothing around it.</summary>
/// <param name="Offset">Of what holds it, in the file.</param>
internal readonly record struct PdfValue(ReadOnlyMemory<byte> Text, long Offset)
{
    /// <summary>Items of one array that are looked at.</summary>
    private const int MaxItems = 4096;

    public bool IsDictionary => Text.Span.StartsWith("<<"u8);

    public bool IsString => Text.Span is [(byte)'(', ..] || (Text.Span is [(byte)'<', ..] && !IsDictionary);

    public bool IsNull => Text.Span.SequenceEqual("null"u8);

    /// <summary>A whole number, or null.</summary>
    public long? Integer => long.TryParse(Text.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Any number, or null.</summary>
    public double? Real => double.TryParse(Text.Span, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>Without its slash, or null.</summary>
    public string? Name => Text.Span is [(byte)'/', ..] ? NameOf(Text.Span[1..]) : null;

    public PdfReference? Reference
    {
        get
        {
            var text = Text.Span;
            if (!text.EndsWith("R"u8))
            {
                return null;
            }

            var number = PdfLexer.Number(text, 0, out var end);
            if (end == PdfLexer.None)
            {
                return null;
            }

            var generation = PdfLexer.Number(text, PdfLexer.SkipSpace(text, end), out end);
            return end != PdfLexer.None && number <= PdfReference.MaxNumber && generation <= ushort.MaxValue ? new((int)number, (int)generation) : null;
        }
    }

    /// <summary>Of an array; of anything else none.</summary>
    public IReadOnlyList<PdfValue> Items
    {
        get
        {
            var items = new List<PdfValue>();
            if (Text.Span is not [(byte)'[', ..])
            {
                return items;
            }

            for (var at = PdfLexer.SkipSpace(Text.Span, 1); at < Text.Length - 1 && items.Count < MaxItems; at = PdfLexer.SkipSpace(Text.Span, at))
            {
                var end = PdfLexer.End(Text.Span, at);
                if (end == PdfLexer.None)
                {
                    break;
                }

                items.Add(new(Text[at..end], Offset));
                at = end;
            }

            return items;
        }
    }

    public PdfDictionary Dictionary => IsDictionary ? PdfDictionary.Of(this) : throw MediaException.Malformed(Offset, "A dictionary is wanted, and something else stands there.");

    internal static string NameOf(ReadOnlySpan<byte> text)
    {
        var name = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '#' && i + 2 < text.Length && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                name.Append((char)value);
                i += 2;
            }
            else
            {
                name.Append((char)text[i]);
            }
        }

        return name.ToString();
    }
}

/// <summary>The name of an indirect object.</summary>
internal readonly record struct PdfReference(int Number, int Generation)
{
    /// <summary>ISO 32000-1, Annex C: what readers take.</summary>
    public const int MaxNumber = 8_388_607;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number} {Generation} R");
}
