using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>The first page, with what it inherits (7.7.3.4).</summary>
/// <param name="Object">Its own object.</param>
/// <param name="Resources">Its own or inherited, resolved; empty where there are none.</param>
/// <param name="View">What of it is shown.</param>
internal sealed record PdfPage(PdfObject Object, PdfDictionary Resources, PdfView View)
{
    private const int MaxNodes = 256;
    private const int MaxContents = 4096;

    private static readonly string[] Inheritable = ["Resources", "MediaBox", "CropBox", "Rotate"];

    /// <summary>The streams that paint it, in order.</summary>
    public static IReadOnlyList<PdfReference> Contents(PdfFile file, PdfObject page)
    {
        var contents = page.Value.Dictionary["Contents"];
        var parts = file.Resolve(contents) is { Text.Span: [(byte)'[', ..] } array ? array.Items : contents is { } one && file.Resolve(one) is not null ? [one] : [];
        return parts.Count <= MaxContents
            ? [.. parts.Select(part => part.Reference ?? throw MediaException.Malformed(page.Offset, "The first page's contents are no streams."))]
            : throw MediaException.Unsupported(page.Offset, $"The first page is painted by more than {MaxContents} streams.");
    }

    public static PdfPage First(PdfFile file)
    {
        var (page, inherited) = Find(file);
        return new(page, file.ResolveDictionary(inherited.GetValueOrDefault("Resources")) ?? PdfDictionary.Empty, PdfView.Of(file, page.Offset, inherited));
    }

    /// <summary>Its object, and the inheritable entries that hold for it.</summary>
    public static (PdfObject Page, IReadOnlyDictionary<string, PdfValue> Inherited) Find(PdfFile file)
    {
        var catalog = file.Catalog();
        var open = new Stack<(PdfValue Node, Dictionary<string, PdfValue> Inherited)>();
        if (catalog.Value.Dictionary["Pages"] is { } root)
        {
            open.Push((root, []));
        }

        for (var nodes = 0; nodes < MaxNodes && open.TryPop(out var next); nodes++)
        {
            if (next.Node.Reference is not { } id || file.Load(id.Number) is not { Value.IsDictionary: true } node)
            {
                continue;
            }

            var dictionary = node.Value.Dictionary;
            var inherited = new Dictionary<string, PdfValue>(next.Inherited, StringComparer.Ordinal);
            foreach (var key in Inheritable)
            {
                if (dictionary[key] is { } own)
                {
                    inherited[key] = own;
                }
            }

            if (dictionary["Kids"] is not { } kids)
            {
                return (node, inherited);
            }

            // The first comes out first.
            foreach (var kid in file.Resolve(kids)?.Items.Take(MaxNodes).Reverse() ?? [])
            {
                open.Push((kid, inherited));
            }
        }

        throw MediaException.Malformed(catalog.Offset, "No first page is found.");
    }
}
