using System.Globalization;
using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>
/// The label that readers of a PDF see: text on its first page, bottom right as the page is shown, in an incremental update. It is painted last, dark on a white ground of its own, with a
/// font of its own, and at least 6 % of the page's shortest side high (clause 5.2 asks for 5).
/// </summary>
internal sealed class PdfPageLabel : IExplicitFormat
{
    private const string Mark = "%AIGC page label (GB 45438-2025)\n";
    private const string FontName = "AIGCLabel";
    private const string Tag = "/AIGC BMC";
    private const int MaxStream = 4096;

    // Of the page's shortest side.
    private const double TextHeight = 0.062;
    private const double Padding = 0.014;
    private const double Margin = 0.02;

    public string Name => "PDF";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => LabelFormats.Of(source) is PdfFormat;

    /// <summary>Ours is the last stream of the first page; what anybody else painted there is not looked into.</summary>
    public ExplicitFinding Read(MediaSource source)
    {
        var file = PdfFile.Open(source);
        if (file.IsEncrypted)
        {
            return new ExplicitFinding.Undetermined("The document is encrypted, and so is what its pages show.");
        }

        var (page, _) = PdfPage.Find(file);
        return PdfPage.Contents(file, page) is [.., var last] && TextOf(file, last) is { } text
            ? new ExplicitFinding.Found("first page, bottom right", text)
            : new ExplicitFinding.Undetermined("The first page does not end with a label of ours, and what else is painted there is not looked into.");
    }

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        if (!PdfGlyphs.CanDraw(wording.Text))
        {
            throw MediaException.Unsupported(0, $"Into a PDF only characters of \"{ExplicitWording.Usual.Text}\" are drawn here.");
        }

        var file = PdfFile.Open(source);
        if (file.IsEncrypted)
        {
            throw new MediaException(MediaFault.Encrypted, file.Xref.Sections[0].Offset, "The document is encrypted, and so would its label have to be.");
        }

        PdfSignatures.Refuse(file);
        var page = PdfPage.First(file);
        var contents = PdfPage.Contents(file, page.Object);
        var update = new PdfUpdate(file, Mark);
        var font = PdfGlyphs.Put(update);
        var (before, label) = (update.New(), update.New());

        // What the page leaves of its graphics state is undone before the label is painted.
        update.PutStream(before, [], Encoding.ASCII.GetBytes("q"));
        update.PutStream(label, [], Encoding.ASCII.GetBytes("Q\n" + Painted(page, wording.Text)));
        var all = string.Join(' ', (IEnumerable<PdfReference>)[before, .. contents, label]);
        return update.Put(page.Object.Id, Encoding.ASCII.GetBytes("<<\n"), page.Object.Value.Dictionary.Kept(static member => member.Key is not ("Contents" or "Resources")),
            Encoding.ASCII.GetBytes($"/Contents [{all}]\n"), Resources(file, page, font), Encoding.ASCII.GetBytes(">>")).Append();
    }

    /// <summary>Those of the page, its own from now on, with our font among its fonts.</summary>
    private static byte[] Resources(PdfFile file, PdfPage page, PdfReference font)
    {
        var fonts = file.ResolveDictionary(page.Resources["Font"])?.Kept(static member => member.Key is not FontName) ?? [];
        return [.. "/Resources <<\n"u8, .. page.Resources.Kept(static member => member.Key is not "Font"), .. "/Font <<\n"u8, .. fonts, .. Encoding.ASCII.GetBytes($"/{FontName} {font}\n>>\n>>\n")];
    }

    private static string Painted(PdfPage page, string text)
    {
        var side = page.View.ShortestSide;
        var size = side * TextHeight * 1000 / PdfGlyphs.Height;
        var (width, height) = (size * PdfGlyphs.Width(text) / 1000, side * TextHeight);
        var (x, y) = (page.View.Width - (side * (Margin + Padding)) - width, side * (Margin + Padding));
        if (x < side * Padding)
        {
            throw MediaException.Unsupported(page.Object.Offset, "The label is wider than the page.");
        }

        var pad = side * Padding;
        return $"{Tag}\nq\n{Numbers(page.View.Matrix)} cm\n1 g 0 G\n{Numbers(x - pad, y - pad, width + (2 * pad), height + (2 * pad))} re f\n"
            + $"BT\n0 g\n/{FontName} {Numbers(size)} Tf\n{Numbers(x, y)} Td\n<{PdfGlyphs.Codes(text)}> Tj\nET\nQ\nEMC";
    }

    private static string? TextOf(PdfFile file, PdfReference last)
    {
        try
        {
            var stream = file.Load(last.Number) is { Data: not null } found ? Encoding.Latin1.GetString(file.Unpack(found, MaxStream)) : string.Empty;
            var start = stream.IndexOf('<', StringComparison.Ordinal);
            var end = stream.IndexOf("> Tj", StringComparison.Ordinal);
            return stream.StartsWith("Q\n" + Tag, StringComparison.Ordinal) && stream.Contains("/" + FontName, StringComparison.Ordinal) && start > 0 && end > start
                ? PdfGlyphs.Text(stream.AsSpan((start + 1)..end))
                : null;
        }
        catch (MediaException)
        {
            return null;
        }
    }

    private static string Numbers(params ReadOnlySpan<double> numbers)
    {
        var text = new StringBuilder();
        foreach (var number in numbers)
        {
            text.Append(text.Length > 0 ? " " : string.Empty).Append(number.ToString("0.####", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
