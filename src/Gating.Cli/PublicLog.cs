using System.Net;
using Gating.Evidence;
using Gating.Log.Tiles;

namespace Gating.Cli;

/// <summary>The tiles of a public log (C2SP tlog-tiles), from a server or from a folder with a copy of it. What comes is not believed: it is hashed to a root that was signed.</summary>
internal sealed class PublicLog : IDisposable
{
    /// <summary>More than any tile of ours; a server cannot send without end.</summary>
    private const int MaxTile = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string? _folder;
    private readonly HttpClient? _http;

    private PublicLog(string folder) => _folder = folder;

    private PublicLog(Uri address) => _http = new() { BaseAddress = address, Timeout = Patience, MaxResponseContentBufferSize = MaxTile };

    /// <summary>Null, and a sentence more among the errors, where it is neither.</summary>
    public static PublicLog? Open(string place, List<string> errors)
    {
        if (Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return new(new Uri(place.EndsWith('/') ? place : place + "/"));
        }

        if (Directory.Exists(place))
        {
            return new(place);
        }

        errors.Add($"--log '{place}' is neither an http or https address nor a folder.");
        return null;
    }

    /// <summary>Null where there is no such tile.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(TileId id, CancellationToken cancellation)
    {
        try
        {
            return _http is null ? await ReadFileAsync(Path.Combine(_folder!, id.Path), cancellation) : await GetAsync(_http, id, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new LogUnreadableException($"the log that was given does not answer at {id.Path}: {error.Message}", error);
        }
    }

    public void Dispose() => _http?.Dispose();

    private static async Task<ReadOnlyMemory<byte>?> GetAsync(HttpClient http, TileId id, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(new Uri(id.Path, UriKind.Relative), cancellation);
        return answer.StatusCode is HttpStatusCode.NotFound ? null : await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellation);
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadFileAsync(string path, CancellationToken cancellation)
    {
        var file = new FileInfo(path);
        return !file.Exists ? null : file.Length > MaxTile ? throw new IOException($"{file.Length} bytes are no tile.") : await File.ReadAllBytesAsync(path, cancellation);
    }
}
