using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Labels;
using Gating.Labels.Explicit;
using Gating.Local.OpenId;

namespace Gating.Local.Walk;

/// <summary>The second half of the main job: a generation under the grant, its output labelled and kept, and anybody's question about the file.</summary>
internal sealed class OutputSteps(HttpClient http, Uri gate, string appSecret, WalkReport report)
{
    // By its bytes as they were handed in an output is found once its entry is logged, which is a second or so after the answer, and more while everything starts.
    private static readonly TimeSpan Logged = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // What the demonstration's tool makes: a picture that needs no codec.
    private static readonly byte[] Picture = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="#7799bb"/><circle cx="160" cy="90" r="60" fill="#eeccaa"/></svg>
        """u8.ToArray();

    public async Task WalkAsync(string grant, CancellationToken cancellation)
    {
        var upload = await BeginAsync(grant, cancellation);
        var labelled = await HandInAsync(upload, cancellation);
        await IdentifyAsync(labelled, cancellation);
    }

    private async Task<string> BeginAsync(string grant, CancellationToken cancellation)
    {
        report.Step("The app redeems the grant before the tool generates (POST /v1/generations)");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate, "/v1/generations"))
        {
            Content = new StringContent(DemoFacts.Generation, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Authorization = new("Bearer", grant);
        var begun = await SendAsync(request, HttpStatusCode.Created, cancellation);
        var output = begun.GetProperty("outputs")[0];
        report.Fact($"recorded; its one output will be {output.GetProperty("content_id")}, taken until {begun.GetProperty("open_until")}");
        return output.GetProperty("upload").GetString()!;
    }

    private async Task<byte[]> HandInAsync(string upload, CancellationToken cancellation)
    {
        report.Step("The app hands in what the tool made, and fetches it labelled (PUT, GET)");
        using var put = new HttpRequestMessage(HttpMethod.Put, new Uri(gate, upload)) { Content = new ByteArrayContent(Picture) };
        put.Headers.Authorization = BasicCredentials.Of(DemoFacts.AppId, appSecret);
        var kept = await SendAsync(put, HttpStatusCode.Created, cancellation);
        report.Fact($"recognised as {kept.GetProperty("media_type")}, labelled, kept until {kept.GetProperty("retain_until")}");
        using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(gate, kept.GetProperty("file").GetString()!));
        get.Headers.Authorization = BasicCredentials.Of(DemoFacts.AppId, appSecret);
        using var response = await http.SendAsync(get, cancellation);
        var labelled = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(labelled)), kept.GetProperty("sha256").GetString(), StringComparison.Ordinal)
            || LabelReader.Read(new MemoryStream(labelled)) is not ReadOutcome.Read { Report.Labels: [var label] }
            || ExplicitLabel.Read(new MemoryStream(labelled)) is not ExplicitFinding.Found seen)
        {
            throw new StepFailedException("The file that comes back must be the one that was kept, with one label in it and one to see.");
        }

        report.Fact($"in the file, {label.Place}: {label.Content.Text}");
        report.Fact($"to see, {seen.Place}: {seen.Text}");
        return labelled;
    }

    private async Task IdentifyAsync(byte[] labelled, CancellationToken cancellation)
    {
        report.Step("Anybody asks what the file is (POST /v1/identify)");
        foreach (var (what, file, expected) in ((string, byte[], string)[])[("the labelled file", labelled, "identical"), ("the file as the tool made it", Picture, "original"), ("another file", "x"u8.ToArray(), "none")])
        {
            var said = await AskAsync(file, cancellation);
            for (var started = TimeProvider.System.GetTimestamp(); !string.Equals(said.GetProperty("record").GetString(), expected, StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(started) < Logged;)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellation);
                said = await AskAsync(file, cancellation);
            }

            if (!string.Equals(said.GetProperty("record").GetString(), expected, StringComparison.Ordinal))
            {
                throw new StepFailedException($"For {what} the record must be {expected}, and is {said}.");
            }

            report.Fact($"{what}: {said.GetProperty("state")}, record {said.GetProperty("record")}");
        }
    }

    private async Task<JsonElement> AskAsync(byte[] file, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gate, "/v1/identify")) { Content = new ByteArrayContent(file) };
        return await SendAsync(request, HttpStatusCode.OK, cancellation);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode != expected)
        {
            throw new StepFailedException($"The gate must answer {(int)expected} here, and answered {(int)response.StatusCode}: {body}");
        }

        using var json = JsonDocument.Parse(body);
        return json.RootElement.Clone();
    }
}
