using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Gating.Benchmarks.Ratios;
using Gating.Benchmarks.Scene;

namespace Gating.Benchmarks.Outputs;

/// <summary>An app that hands in outputs, and beside it the plain client that puts the same bytes into storage.</summary>
internal sealed class Studio : IDisposable
{
    /// <summary>Of one generation.</summary>
    public const int MostOutputs = 32;

    // As the archive stages them: see BlobArchiveStore.
    private const int SmallBlock = 1024 * 1024;
    private const int LargeBlock = 4 * 1024 * 1024;
    private const int LargeFile = 64 * 1024 * 1024;

    private readonly World _world;
    private readonly HttpClient _http;
    private readonly BlobContainerClient _raw;
    private int _persons;

    public Studio(Stage stage)
    {
        _world = stage.World;
        _http = new() { BaseAddress = new($"http://127.0.0.1:{stage.Stored.Deployed}"), Timeout = TimeSpan.FromMinutes(5) };
        _raw = new BlobServiceClient(stage.Azurite.ConnectionString).GetBlobContainerClient("raw");
        _raw.CreateIfNotExists();
    }

    /// <summary>The upload addresses of a new person's generation.</summary>
    public async Task<string[]> BeginAsync(int outputs)
    {
        using var exchange = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token")
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), new("subject_token", _world.Token($"maker-{++_persons}")),
                new("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), new("resource", World.Open),
                new("authorization_details", $$"""[{"type":"synthetic_media","operation":"{{World.Operation}}","units":1}]"""),
            ]),
        };
        exchange.Headers.Authorization = _world.Credentials;
        var grant = (await SendAsync(exchange)).GetProperty("access_token").GetString()!;
        using var begin = new HttpRequestMessage(HttpMethod.Post, "/v1/generations")
        {
            Content = new StringContent($$"""{"model":"m","model_version":"1","category":"face","outputs":{{outputs}}}""", Encoding.UTF8, "application/json"),
        };
        begin.Headers.Authorization = new("Bearer", grant);
        return [.. (await SendAsync(begin)).GetProperty("outputs").EnumerateArray().Select(static output => output.GetProperty("upload").GetString()!)];
    }

    public async Task PutAsync(string upload, byte[] file)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, upload) { Content = new ByteArrayContent(file) };
        put.Headers.Authorization = _world.Credentials;
        await SendAsync(put);
    }

    public async Task PutBlocksAsync(string name, byte[] file)
    {
        var blob = _raw.GetBlockBlobClient(name);
        var size = file.Length >= LargeFile ? LargeBlock : SmallBlock;
        var blocks = new List<string>();
        for (var at = 0; at < file.Length; at += size)
        {
            var id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{blocks.Count:D6}"));
            using var block = new MemoryStream(file, at, Math.Min(size, file.Length - at), writable: false);
            await blob.StageBlockAsync(id, block);
            blocks.Add(id);
        }

        await blob.CommitBlockListAsync(blocks);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{request.RequestUri}: {(int)response.StatusCode} {body}");
        }

        using var json = JsonDocument.Parse(body);
        return json.RootElement.Clone();
    }
}
