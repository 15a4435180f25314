using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>A file that was labelled, kept and recorded.</summary>
/// <param name="Bytes">Of the labelled file.</param>
/// <param name="SourceSha256">Of what was handed in, lower-case hex.</param>
/// <param name="Sha256">Of the labelled file, lower-case hex.</param>
/// <param name="Label">What was written into the file.</param>
/// <param name="RetainUntil">It is kept at least so long.</param>
/// <param name="Replayed">The same bytes had been handed in before.</param>
public sealed record KeptOutput(string ContentId, string MediaType, long Bytes, string SourceSha256, string Sha256, JsonElement Label, DateTimeOffset RetainUntil, bool Replayed)
{
    internal static KeptOutput? Read(JsonElement json, bool replayed) =>
        json.Text("content_id") is { } content && json.Text("media_type") is { } type && json.Number("bytes") is { } bytes
        && json.Text("source_sha256") is { } source && json.Text("sha256") is { } sha256 && json.Time3339("retain_until") is { } until
            ? new(content, type, bytes, source, sha256, json.TryGetProperty("label", out var label) ? label : default, until, replayed)
            : null;
}

/// <summary>A labelled file on its way here: read <see cref="Content"/>, then dispose. What breaks off there throws <see cref="IOException"/>.</summary>
public sealed class OutputFile : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;

    internal OutputFile(HttpResponseMessage answer, Stream content) => (_answer, Content) = (answer, content);

    public Stream Content { get; }

    /// <summary>Null where the answer did not say, as with the two below.</summary>
    public string? MediaType => _answer.Content.Headers.ContentType?.MediaType;

    public long? Bytes => _answer.Content.Headers.ContentLength;

    /// <summary>Lower-case hex.</summary>
    public string? Sha256 => _answer.Headers.ETag?.Tag.Trim('"');

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync();
        _answer.Dispose();
    }
}
