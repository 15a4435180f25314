using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>HTML with and without what it may leave out.</summary>
internal static class HtmlSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("with a head", "<!DOCTYPE html>\n<!-- a > b -->\n<html lang=\"zh\"><head>\n<meta charset=utf-8><title>a <b> ä</title>\n<script>if (a < b) { '<head>' }</script></head><body class='x>y'>text</body></html>\n"),
        Of("without a head", "<html><body>text < more</body></html>"),
        Of("with content of a head that is not named", "\uFEFF<!doctype html><title>t</title><p>text"),
        Of("with a doctype alone", "<!doctype html>text"),
        Of("XHTML", "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>t</title></head><body/></html>"),
        Of("with its encoding near the end of where browsers look", $"<!doctype html><html><head><!--{new string('x', 700)}--><meta charset=\"utf-8\"><title>t</title></head><body></body></html>"),
    ];

    private static Sample Of(string what, string text) => new("HTML", what, Encoding.UTF8.GetBytes(text));
}
