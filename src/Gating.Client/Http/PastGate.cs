using System.Globalization;
using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client.Http;

/// <summary>
/// Hands in a file past the gate: asks for an address, puts the file there, says that it is there, and asks what became of it. Whether a put whose answer was lost is there, the next step tells; where it is not, all of it begins anew with
/// another address. Safe for concurrent use.
/// </summary>
internal sealed class PastGate(HttpClient http, GateCalls calls, AppCredentials credentials, GatingAppOptions options, TimeProvider time)
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(15);

    public async Task<HandInOutcome> HandInAsync(string generationId, int number, Stream file, bool declaresExplicitLabel, CancellationToken cancellation)
    {
        var path = GatingApp.OutputPath(generationId, number);
        var (from, started) = (file.Position, time.GetTimestamp());
        var order = declaresExplicitLabel ? JsonText.Object(true, static (json, _) => json.WriteString("explicit_label"u8, "declared"u8)) : null;
        for (var tries = 1; ; tries++)
        {
            var begun = await calls.SendAsync(Call(() => credentials.Plain(HttpMethod.Post, $"{path}/upload", order is null ? null : GatingApp.Json(order))), cancellation);
            if (begun is not GateReply<UploadStep>.Yes(UploadStep.Begun upload))
            {
                return End(begun, tries);
            }

            if (file.Length - from > upload.MaxBytes)
            {
                return new HandInOutcome.Refused(new(413, null, "output_too_large", string.Create(CultureInfo.InvariantCulture, $"The tool takes files of {upload.MaxBytes} bytes at most."), null, null));
            }

            await PutAsync(upload, file, from, Left(started), cancellation);
            var said = JsonText.Object(upload.Id, static (json, id) => json.WriteString("upload"u8, id));
            var announced = await calls.SendAsync(Call(() => credentials.Plain(HttpMethod.Post, $"{path}/uploaded", GatingApp.Json(said))), cancellation);
            if (announced is GateReply<UploadStep>.Yes(UploadStep.Awaited))
            {
                return await AwaitAsync(path, started, cancellation);
            }

            if (announced is not GateReply<UploadStep>.No({ Reason: "upload_missing" }))
            {
                return End(announced, tries);
            }

            var pause = GateCalls.PauseAfter(tries);
            if (pause >= Left(started))
            {
                return new HandInOutcome.Unavailable(new(Outage.Network, null, tries));
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    private async Task<HandInOutcome> AwaitAsync(string path, long started, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var reply = await calls.SendAsync(Call(() => credentials.Plain(HttpMethod.Get, path)), cancellation);
            if (reply is not GateReply<UploadStep>.Yes(UploadStep.Awaited awaited))
            {
                return End(reply, tries);
            }

            var pause = awaited.After < LeastPause ? LeastPause : awaited.After > MostPause ? MostPause : awaited.After;
            if (pause >= Left(started))
            {
                return new HandInOutcome.Unavailable(new(Outage.Awaited, awaited.After, tries));
            }

            await Task.Delay(pause, time, cancellation);
        }
    }

    /// <summary>What came of it nobody needs to know here.</summary>
    private async Task PutAsync(UploadStep.Begun upload, Stream file, long from, TimeSpan timeout, CancellationToken cancellation)
    {
        var fault = new StreamBody.Fault();
        file.Position = from;
        using var request = new HttpRequestMessage(HttpMethod.Put, upload.Address) { Content = new StreamBody(file, from, fault) };
        foreach (var (name, value) in upload.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var ends = new CancellationTokenSource(timeout > LeastPause ? timeout : LeastPause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, cancellation);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException || (lost is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        fault.ThrowIfAny();
    }

    private TimeSpan Left(long started) => options.TransferDeadline - time.GetElapsedTime(started);

    private GateCall<UploadStep> Call(Func<HttpRequestMessage> make) => new(make, ReadAsync, options.Deadline, options.TryTimeout);

    private static async Task<UploadStep?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var json = await RefusalReader.ReadJsonAsync(answer, cancellation);
        return (int)answer.StatusCode switch
        {
            202 => new UploadStep.Awaited(answer.Headers.RetryAfter?.Delta ?? TimeSpan.Zero),
            201 when json is { } begun => UploadStep.Begun.Read(begun),
            200 when json is { } output && KeptOutput.Read(output, answer.Headers.Contains("Idempotency-Replayed")) is { } kept => new UploadStep.Kept(kept),
            _ => null,
        };
    }

    private static HandInOutcome End(GateReply<UploadStep> reply, int tries) => reply.Match<HandInOutcome>(
        step => step is UploadStep.Kept(var kept) ? new HandInOutcome.Kept(kept) : new HandInOutcome.Unavailable(new(Outage.Unreadable, null, tries)),
        static refusal => new HandInOutcome.Refused(refusal),
        static outage => new HandInOutcome.Unavailable(outage));

    /// <summary>What one step was answered.</summary>
    private abstract record UploadStep
    {
        private UploadStep()
        {
        }

        /// <param name="Address">Takes the file, without credentials: it is a secret itself.</param>
        public sealed record Begun(string Id, Uri Address, IReadOnlyList<(string Name, string Value)> Headers, long MaxBytes) : UploadStep
        {
            public static Begun? Read(JsonElement json) =>
                json.Text("upload") is { } id && Uri.TryCreate(json.Text("upload_url"), UriKind.Absolute, out var address) && Addresses.IsSafe(address) && json.Number("max_bytes") is { } most
                && json.TryGetProperty("headers"u8, out var headers) && headers.ValueKind is JsonValueKind.Object
                    ? new(id, address, [.. headers.EnumerateObject().Where(static one => one.Value.ValueKind is JsonValueKind.String).Select(static one => (one.Name, one.Value.GetString()!))], most)
                    : null;
        }

        public sealed record Awaited(TimeSpan After) : UploadStep;

        public sealed record Kept(KeptOutput Output) : UploadStep;
    }
}
