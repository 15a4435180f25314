using System.Globalization;
using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>Files that belong to the document, as far as one of them is a C2PA store (C2PA 2.1, A.4.4: <c>AFRelationship</c> <c>C2PA_Manifest</c>).</summary>
internal static class PdfAttachments
{
    private const int MaxFiles = 256;
    private const int MaxNodes = 256;

    public static void Read(PdfFile file, LabelFindings findings)
    {
        try
        {
            var catalog = file.Catalog().Value.Dictionary;
            var files = (file.Resolve(catalog["AF"])?.Items ?? []).Concat(Named(file, file.ResolveDictionary(catalog["Names"])?["EmbeddedFiles"]));
            findings.HasC2pa |= files.Take(MaxFiles).Any(one => file.ResolveDictionary(one)?["AFRelationship"]?.Name is "C2PA_Manifest");
        }
        catch (MediaException broken)
        {
            findings.Notes.Add($"Attachments at {broken.Offset.ToString(CultureInfo.InvariantCulture)}: {broken.Message}");
        }
    }

    /// <summary>The values of a name tree (7.9.6).</summary>
    private static IEnumerable<PdfValue> Named(PdfFile file, PdfValue? root)
    {
        var open = new Stack<PdfValue?>([root]);
        for (var nodes = 0; nodes < MaxNodes && open.TryPop(out var node); nodes++)
        {
            if (file.ResolveDictionary(node) is not { } names)
            {
                continue;
            }

            foreach (var kid in file.Resolve(names["Kids"])?.Items.Take(MaxNodes) ?? [])
            {
                open.Push(kid);
            }

            foreach (var pair in (file.Resolve(names["Names"])?.Items ?? []).Chunk(2))
            {
                yield return pair[^1];
            }
        }
    }
}
