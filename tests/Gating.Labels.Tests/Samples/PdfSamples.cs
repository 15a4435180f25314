using System.Globalization;
using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>PDF files of one page, in the ways that a file can say where its objects are.</summary>
internal static class PdfSamples
{
    public const string Catalog = "<</Type/Catalog/Pages 2 0 R>>";
    public const string Pages = "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 100]>>";
    public const string Page = "<</Type/Page/Parent 2 0 R/Resources<<>>>>";
    public const string Info = "<</Title(a \\(small\\) page)/Author<FEFF00C5>/Odd[1 0 R/x]>>";
    public const string Id = "/ID[<0123456789abcdef0123456789abcdef><0123456789abcdef0123456789abcdef>]";

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", Body().Table("/Root 1 0 R")),
        Of("with information and an identifier", WithInfo()),
        Of("with content, lines of 19 bytes, turned", new PdfMaker().Object(1, Catalog).Object(2, Pages).Object(3, "<</Type/Page/Parent 2 0 R/Rotate 90/CropBox[10 10 190 90]/Contents 4 0 R>>")
            .Stream(4, string.Empty, "0.5 g 20 20 30 30 re f"u8.ToArray()).Table("/Root 1 0 R/Info<</Title(direct)>>", "\n")),
        Of("with a cross-reference stream", new PdfMaker().Packed(5, (1, Catalog), (2, Pages), (3, Page), (4, Info)).XrefStream(6, $"/Root 1 0 R/Info 4 0 R{Id}")),
        Of("hybrid", Hybrid()),
        Of("of three versions", WithInfo().Object(3, Page).Table("/Root 1 0 R/Info 4 0 R").Object(4, "<</Title(newer)>>").Table("/Root 1 0 R/Info 4 0 R")),
        Of("of two versions with cross-reference streams", new PdfMaker().Packed(5, (1, Catalog), (2, Pages), (3, Page)).XrefStream(6, "/Root 1 0 R").Object(4, Info).XrefStream(7, "/Root 1 0 R/Info 4 0 R")),
        new("PDF", "laid out as a linearised one", Linearised()),
        Of("with junk before and behind", Body("junk\n").Table("/Root 1 0 R").Text("more junk")),
        Of("with XMP and packed content", WithXmp(RiffSamples.XmpOf(string.Empty))),
    ];

    public static PdfMaker Body(string before = "") => new PdfMaker(before).Object(1, Catalog).Object(2, Pages).Object(3, Page);

    public static PdfMaker WithInfo(string info = Info) => Body().Object(4, info).Table($"/Root 1 0 R/Info 4 0 R{Id}");

    public static PdfMaker WithXmp(byte[] packet) => new PdfMaker().Object(1, "<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>").Object(2, Pages)
        .Object(3, "<</Type/Page/Parent 2 0 R/Contents[5 0 R]/Resources 6 0 R>>").Stream(4, "/Type/Metadata/Subtype/XML/Filter/FlateDecode", PngSamples.Packed(packet))
        .Stream(5, "/Filter/FlateDecode", PngSamples.Packed("0.5 g 20 20 30 30 re f"u8.ToArray())).Object(6, "<</ProcSet[/PDF]>>").Table("/Root 1 0 R");

    // The table calls the information free, and a stream that only newer readers know says where it is.
    private static PdfMaker Hybrid()
    {
        var maker = Body().Packed(5, (4, Info));
        var hidden = maker.Place;
        return maker.XrefStream(6, "/Root 1 0 R", isLast: false).Table(string.Create(CultureInfo.InvariantCulture, $"/Root 1 0 R/Info 4 0 R/XRefStm {hidden}"));
    }

    // The section of the first page comes first, and the rest, which it names as its predecessor, last. Without the dictionary that says so: what that says of hints would have to be true.
    private static byte[] Linearised()
    {
        var text = new StringBuilder("%PDF-1.7\n");
        var places = new int[5];
        Object(4, "<<>>");
        var first = text.Length;
        const int Table = 5 + 4 + 20 + 4 + 40 + 8;
        var trailer = "<</Size 5/Root 1 0 R/Prev 0000000000>>\nstartxref\n0\n%%EOF\n";
        var behind = text.Length + Table + trailer.Length;
        text.Append(' ', Table + trailer.Length);
        Object(1, Catalog);
        Object(3, Page);
        Object(2, Pages);
        var main = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"xref\n0 1\n0000000000 65535 f \n2 1\n{places[2]:D10} 00000 n \ntrailer\n<</Size 3>>\nstartxref\n{first}\n%%EOF\n");
        var head = string.Create(CultureInfo.InvariantCulture, $"xref\n1 1\n{places[1]:D10} 00000 n \n3 2\n{places[3]:D10} 00000 n \n{places[4]:D10} 00000 n \ntrailer\n")
            + trailer.Replace("0000000000", main.ToString("D10", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        text.Remove(first, head.Length).Insert(first, head);
        return Encoding.Latin1.GetBytes(text.ToString());

        void Object(int number, string value)
        {
            places[number] = text.Length;
            text.Append(CultureInfo.InvariantCulture, $"{number} 0 obj\n{value}\nendobj\n");
        }
    }

    private static Sample Of(string what, PdfMaker maker) => new("PDF", what, maker.Bytes);
}
