namespace Gating.Labels.Tests.Samples;

/// <summary>A small file of our own making.</summary>
/// <param name="Format">As the handler calls itself.</param>
/// <param name="What">What is special about it.</param>
public sealed record Sample(string Format, string What, byte[] Bytes)
{
    /// <summary>Every format has some; a test over all formats fails for one that has none.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. JpegSamples.All,
        .. PngSamples.All,
        .. WebpSamples.All,
        .. GifSamples.All,
        .. WavSamples.All,
        .. AviSamples.All,
        .. FlacSamples.All,
        .. OggSamples.All,
        .. Mp3Samples.All,
        .. Mp4Samples.All,
        .. TiffSamples.All,
        .. MarkdownSamples.All,
        .. HtmlSamples.All,
        .. SvgSamples.All,
        .. MatroskaSamples.All,
        .. FlvSamples.All,
        .. HeifSamples.All,
        .. OoxmlSamples.All,
        .. PdfSamples.All,
    ];

    public override string ToString() => $"{Format}: {What}";
}
