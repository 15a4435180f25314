using Gating.Labels.Media;
using Gating.Labels.Riff;
using Gating.Labels.Xmp;

namespace Gating.Labels.Webp;

/// <summary>
/// WebP (RFC 9649): the label is <c>TC260:AIGC</c> in the XMP packet of a chunk <c>XMP </c> behind the image data and Exif, which <c>VP8X</c> announces (TC260-PG-20259A). A file of the
/// simple form becomes one of the extended form. Read as well, and replaced: Exif.
/// </summary>
internal sealed class WebpFormat : ILabelFormat
{
    private const int MaxExif = 512 * 1024;

    public string Name => "WebP";

    public string MediaTypeOf(MediaSource source) => "image/webp";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var chunk in ChunksOf(source))
        {
            switch (chunk.Id)
            {
                case "C2PA":
                    findings.HasC2pa = true;
                    break;
                case "EXIF" when chunk.Length > MaxExif:
                    findings.Notes.Add($"An EXIF chunk of {chunk.Length} bytes; at most {MaxExif} are looked into.");
                    break;
                case "EXIF":
                    ExifOf(source, chunk, out _).Read(findings);
                    break;
                case var id when IsXmp(id):
                    XmpPacket.Read(source.ReadBytes(chunk.ContentOffset, chunk.Length, XmpPacket.MaxBytes), chunk.Offset, "XMP", findings);
                    break;
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var chunks = ChunksOf(source);
        var existing = chunks.FirstOrDefault(static chunk => chunk.Id is "XMP ") ?? chunks.FirstOrDefault(static chunk => IsXmp(chunk.Id));
        var packet = XmpPacket.Write(
            content, existing is null ? default : source.ReadBytes(existing.ContentOffset, existing.Length, XmpPacket.MaxBytes), existing?.Offset ?? 0);
        var splice = new RiffSplice();
        WebpHeader.Announce(source, chunks, splice);

        // Readers want image data, Exif and XMP in this order (RFC 9649, 2.7).
        var before = chunks.Last(static chunk => chunk.Id is "VP8 " or "VP8L" or "ALPH" or "ANMF" or "EXIF" or "VP8X");
        foreach (var chunk in chunks)
        {
            if (IsXmp(chunk.Id))
            {
                splice.Replace(chunk.Offset, chunk.End, default);
            }
            else if (chunk.Id is "EXIF" && chunk.Length <= MaxExif && ExifOf(source, chunk, out var from).WithoutLabels() is { } blanked)
            {
                splice.Replace(from, chunk.ContentEnd, blanked);
            }

            if (chunk == before)
            {
                splice.Insert(chunk.End, RiffChunk.Of("XMP ", packet));
            }
        }

        return splice.Close(source, RiffChunk.EndOfFile(source));
    }

    private static IReadOnlyList<RiffChunk> ChunksOf(MediaSource source) => RiffChunk.ReadAll(source, 12, RiffChunk.EndOfFile(source));

    // Some write NUL for the space; readers have learned to take it.
    private static bool IsXmp(string id) => id is "XMP " or "XMP\0";

    /// <param name="from">Behind the name that JPEG puts before Exif; here it does not belong, and is met.</param>
    private static ExifBlock ExifOf(MediaSource source, RiffChunk chunk, out long from)
    {
        from = chunk.ContentOffset + (chunk.Length >= 6 && source.StandsAt(chunk.ContentOffset, "Exif\0\0"u8) ? 6 : 0);
        return new(source.ReadBytes(from, chunk.ContentEnd - from, MaxExif), from);
    }
}
