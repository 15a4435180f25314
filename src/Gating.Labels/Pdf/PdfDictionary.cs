using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>One entry of a dictionary.</summary>
/// <param name="Text">Key and value as they stand there.</param>
internal sealed record PdfMember(string Key, PdfValue Value, ReadOnlyMemory<byte> Text);

/// <summary>A dictionary whose entries can be kept byte for byte.</summary>
internal sealed class PdfDictionary
{
    private const int MaxMembers = 16_384;

    private PdfDictionary(IReadOnlyList<PdfMember> members) => Members = members;

    public static PdfDictionary Empty { get; } = new([]);

    public IReadOnlyList<PdfMember> Members { get; }

    /// <summary>The last of that name, as most readers take it; null is as good as none (7.3.9).</summary>
    public PdfValue? this[string key] =>
        Members.LastOrDefault(member => string.Equals(member.Key, key, StringComparison.Ordinal)) is { Value: { IsNull: false } value } ? value : null;

    public static PdfDictionary Of(PdfValue value)
    {
        var members = new List<PdfMember>();
        var text = value.Text;
        for (var at = PdfLexer.SkipSpace(text.Span, 2); at < text.Length - 2; at = PdfLexer.SkipSpace(text.Span, at))
        {
            var end = PdfLexer.End(text.Span, at);
            var start = end == PdfLexer.None ? end : PdfLexer.SkipSpace(text.Span, end);
            if (start == PdfLexer.None || text.Span[at] != '/' || PdfLexer.End(text.Span, start) is var stop && stop == PdfLexer.None)
            {
                throw MediaException.Malformed(value.Offset, "A dictionary is not made of keys and values.");
            }

            members.Add(members.Count < MaxMembers
                ? new(PdfValue.NameOf(text.Span[(at + 1)..end]), new(text[start..stop], value.Offset), text[at..stop])
                : throw MediaException.Unsupported(value.Offset, $"A dictionary of more than {MaxMembers} entries."));
            at = stop;
        }

        return new(members);
    }

    /// <summary>The entries that <paramref name="isKept"/> says, each as it stands, a line each.</summary>
    public byte[] Kept(Func<PdfMember, bool> isKept)
    {
        using var kept = new MemoryStream();
        foreach (var member in Members.Where(isKept))
        {
            kept.Write(member.Text.Span);
            kept.WriteByte((byte)'\n');
        }

        return kept.ToArray();
    }
}
