using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>What is shown of a page: its crop box within its media box, turned (14.11.2).</summary>
/// <param name="Turns">Quarters, clockwise.</param>
internal sealed record PdfView(double Left, double Bottom, double Right, double Top, int Turns)
{
    /// <summary>Larger and smaller pages are no pages; readers have their bounds as well (Annex C).</summary>
    private const double Largest = 200_000;
    private const double Smallest = 3;

    public double ShortestSide => Math.Min(Right - Left, Top - Bottom);

    /// <summary>As it is seen.</summary>
    public double Width => Turns % 2 == 0 ? Right - Left : Top - Bottom;

    /// <summary>From points as they are seen, the origin bottom left, to the page's own: the six numbers of <c>cm</c>.</summary>
    public double[] Matrix => Turns switch
    {
        0 => [1, 0, 0, 1, Left, Bottom],
        1 => [0, 1, -1, 0, Right, Bottom],
        2 => [-1, 0, 0, -1, Right, Top],
        _ => [0, -1, 1, 0, Left, Top],
    };

    public static PdfView Of(PdfFile file, long offset, IReadOnlyDictionary<string, PdfValue> page)
    {
        var media = Box(file, page, "MediaBox") ?? throw MediaException.Malformed(offset, "The first page has no MediaBox.");
        var crop = Box(file, page, "CropBox") ?? media;
        var view = new PdfView(Math.Max(media.Left, crop.Left), Math.Max(media.Bottom, crop.Bottom), Math.Min(media.Right, crop.Right), Math.Min(media.Top, crop.Top), 0);
        view = view.ShortestSide > 0 ? view : media;
        var turned = (page.TryGetValue("Rotate", out var rotate) ? file.Resolve(rotate)?.Real ?? 0 : 0) / 90;
        return view.ShortestSide >= Smallest && Math.Abs(view.Left) + Math.Abs(view.Bottom) + Math.Abs(view.Right) + Math.Abs(view.Top) <= Largest && turned == Math.Floor(turned)
            ? view with { Turns = (int)((turned % 4) + 4) % 4 }
            : throw MediaException.Malformed(offset, "The first page's boxes are none, or it is turned by a part of a quarter.");
    }

    private static PdfView? Box(PdfFile file, IReadOnlyDictionary<string, PdfValue> page, string key)
    {
        var numbers = page.TryGetValue(key, out var box) ? file.Resolve(box)?.Items.Take(5).Select(side => file.Resolve(side)?.Real).ToArray() : null;
        return numbers is [{ } x, { } y, { } right, { } top] ? new(Math.Min(x, right), Math.Min(y, top), Math.Max(x, right), Math.Max(y, top), 0) : null;
    }
}
