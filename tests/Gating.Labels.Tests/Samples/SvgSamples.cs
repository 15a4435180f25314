using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>SVG documents.</summary>
internal static class SvgSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><rect width=\"1\" height=\"1\"/></svg>"),
        Of("empty, with a byte order mark", "\uFEFF<svg xmlns='http://www.w3.org/2000/svg' width='4cm' height=\"30.5\" />"),
        Of(
            "prefixed, with metadata of an editor",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- <svg> -->\n<svg:svg viewBox=\"-10,-10 20,1e2\" xmlns:svg=\"http://www.w3.org/2000/svg\" xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:cc=\"http://creativecommons.org/ns#\">"
            + "<svg:desc>1 &gt; 0 <![CDATA[<metadata>]]></svg:desc><svg:metadata id=\"m\"><rdf:RDF><cc:Work rdf:about=\"\"><cc:title>ü</cc:title></cc:Work></rdf:RDF></svg:metadata></svg:svg>\n"),
        Of("with a packet of XMP", $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9px\" height=\"9\"><metadata>{TiffSamples.Xmp}</metadata><g id=\"a>b\"/></svg>"),
    ];

    private static Sample Of(string what, string text) => new("SVG", what, Encoding.UTF8.GetBytes(text));
}
