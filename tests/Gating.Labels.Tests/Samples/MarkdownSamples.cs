using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>Markdown with front matter.</summary>
internal static class MarkdownSamples
{
    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("with a title", "---\ntitle: A \"face\"\ntags:\n  - one\n  - two\n---\n\n# Heading\n\ntext\n---\nmore\n"),
        Of("with a byte order mark and CRLF", "\uFEFF---\r\n# who wrote it\r\nauthor: 'Ü'\r\n---\r\ntext"),
        Of("with nothing in its front matter", "---\n---\n"),
    ];

    private static Sample Of(string what, string text) => new("Markdown", what, Encoding.UTF8.GetBytes(text));
}
