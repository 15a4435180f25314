using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;

namespace Gating.Functions.Tests.World;

/// <summary>The app's requests after the token exchange: it begins generations, hands in outputs, fetches them, and anybody identifies.</summary>
public sealed class StudioCall(HttpClient http, Uri gate)
{
    private static readonly AuthenticationHeaderValue Studio = TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);

    public const string Body = """{"model":"swap-xl","model_version":"3","category":"face"}""";

    public Task<Answer> BeginAsync(string grant, string body = Body, string scheme = "Bearer", string? proof = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate, "/v1/generations")) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Authorization = new(scheme, grant);
        if (proof is not null)
        {
            request.Headers.Add("DPoP", proof);
        }

        return SendAsync(request);
    }

    /// <summary>A generation of one output; its upload address.</summary>
    public async Task<string> BeginOneAsync(string grant) => UploadOf(await BeginAsync(grant));

    /// <summary>Where the first output of a generation that was begun, now or before, is to be put.</summary>
    public static string UploadOf(Answer begun)
    {
        begun.Status.ShouldBeOneOf([200, 201], begun.ToString());
        return begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!;
    }

    public Task<Answer> ReportAsync(string id, string body, AuthenticationHeaderValue? app = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate, $"/v1/generations/{id}/report")) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Authorization = app ?? Studio;
        return SendAsync(request);
    }

    public Task<Answer> PutAsync(string address, byte[] file, string? declaration = null, AuthenticationHeaderValue? app = null) =>
        PutAsync(address, new ByteArrayContent(file), declaration, app);

    public Task<Answer> PutAsync(string address, HttpContent file, string? declaration = null, AuthenticationHeaderValue? app = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, new Uri(gate, address)) { Content = file };
        request.Headers.Authorization = app ?? Studio;
        if (declaration is not null)
        {
            request.Headers.Add("Explicit-Label", declaration);
        }

        return SendAsync(request);
    }

    /// <summary>Asks where a large file is to be put.</summary>
    public Task<Answer> BeginUploadAsync(string address, string? body = null, AuthenticationHeaderValue? app = null) => PostAsync(address + "/upload", body, app);

    /// <summary>Says that the file is there.</summary>
    public Task<Answer> AnnounceAsync(string address, string upload, AuthenticationHeaderValue? app = null) =>
        PostAsync(address + "/uploaded", JsonSerializer.Serialize(new { upload }), app);

    public Task<Answer> PostAsync(string address, string? body, AuthenticationHeaderValue? app = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate, address));
        request.Headers.Authorization = app ?? Studio;
        if (body is not null)
        {
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        }

        return SendAsync(request);
    }

    /// <summary>Puts a file where <see cref="BeginUploadAsync"/> said, as any client of HTTP does: without credentials of the app's, with the headers it was told.</summary>
    public Task<Answer> PutAtAsync(Answer begun, HttpContent file)
    {
        var request = new HttpRequestMessage(new(begun.Text("method")), begun.Text("upload_url")) { Content = file };
        foreach (var header in begun.Json.GetProperty("headers").EnumerateObject())
        {
            request.Headers.Add(header.Name, header.Value.GetString());
        }

        return SendAsync(request);
    }

    public Task<Answer> PutAtAsync(Answer begun, byte[] file) => PutAtAsync(begun, new ByteArrayContent(file));

    public Task<Answer> ReleaseAsync(string address, string statement, byte[] file)
    {
        var form = new MultipartFormDataContent { { new StringContent(statement), "statement" }, { new ByteArrayContent(file), "file", "file" } };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate, address + "/release-unlabelled")) { Content = form };
        request.Headers.Authorization = Studio;
        return SendAsync(request);
    }

    public Task<Answer> GetAsync(string address, AuthenticationHeaderValue? app = null, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gate, address));
        request.Headers.Authorization = app ?? Studio;
        change?.Invoke(request);
        return SendAsync(request);
    }

    public Task<Answer> IdentifyAsync(byte[] file) => SendAsync(new(HttpMethod.Post, new Uri(gate, "/v1/identify")) { Content = new ByteArrayContent(file) });

    public Task<Answer> IdentifyAsync(string sha256) => SendAsync(new(HttpMethod.Post, new Uri(gate, "/v1/identify")) { Content = JsonContent.Create(new { sha256 }) });

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request);
            var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
            return new((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync());
        }
    }

    /// <summary>What came back.</summary>
    public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
    {
        public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

        public string Text(string member) => Json.GetProperty(member).GetString()!;

        public override string ToString() => $"{Status} {System.Text.Encoding.UTF8.GetString(Bytes.AsSpan(0, Math.Min(Bytes.Length, 2000)))}";
    }
}
