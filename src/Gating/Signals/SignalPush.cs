using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Identity.Keys;

namespace Gating.Signals;

/// <summary>How sending one event ended.</summary>
public abstract record PushOutcome
{
    private PushOutcome()
    {
    }

    public sealed record Accepted : PushOutcome;

    /// <summary>The receiver looked at it and will not have it (RFC 8935, section 2.3): sent again it would say the same.</summary>
    /// <param name="Code">Its <c>err</c>, where that is a word.</param>
    public sealed record Rejected(string Code) : PushOutcome;

    /// <summary>Nothing is known, or the receiver has no time: it is tried again.</summary>
    /// <param name="Why">Words of ours, for an operator.</param>
    public sealed record Silent(string Why) : PushOutcome;
}

/// <summary>
/// Sends events to receivers (RFC 8935). Where they may be is judged by <see cref="EndpointPolicy"/>, when the connection is opened too; follows no redirect, reads at most <see cref="MaxAnswerBytes"/>, in at most <see cref="Limit"/>.
/// Safe for concurrent use.
/// </summary>
public sealed class SignalPush(SignalKeys? keys, StreamSecrets secrets, EndpointPolicy policy, TimeProvider time) : IDisposable
{
    public const int MaxAnswerBytes = 4 * 1024;

    /// <summary>For one try, connecting included.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly MediaTypeHeaderValue Type = new("application/secevent+jwt");
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    private readonly HttpClient _http = policy.NewClient();

    public async Task<PushOutcome> SendAsync(SignalStream stream, SecurityEvent signal, CancellationToken cancellation)
    {
        if (keys is null)
        {
            return new PushOutcome.Silent("this instance has no key for it");
        }

        if (stream.Endpoint is not { } endpoint || !policy.Permits(endpoint))
        {
            return new PushOutcome.Silent("its address may not be called from here");
        }

        using var late = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            using var content = new ByteArrayContent(keys.Sign(signal));
            content.Headers.ContentType = Type;
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
            request.Headers.Accept.Add(Json);
            if (stream.Authorization is { } authorization)
            {
                request.Headers.TryAddWithoutValidation("Authorization", secrets.Open(stream.App, authorization.Span));
            }

            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.Accepted or HttpStatusCode.OK or HttpStatusCode.NoContent => new PushOutcome.Accepted(),
                HttpStatusCode.BadRequest => new PushOutcome.Rejected(await ReadCodeAsync(response.Content, either.Token)),
                var status => new PushOutcome.Silent($"it answered {(int)status}"),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new PushOutcome.Silent($"it did not answer within {Limit.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new PushOutcome.Silent($"it was not reached ({broken.GetType().Name})");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Letters and underscores of the member <c>err</c>; whatever else a receiver says stays out of our records.</summary>
    private static async Task<string> ReadCodeAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxAnswerBytes];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        if (!StrictJson.TryParseObject(buffer.AsMemory(0, read), maxDepth: 4, out var json))
        {
            return "without a reason";
        }

        using (json)
        {
            return json.RootElement.TryGetProperty("err"u8, out var code) && code.ValueKind is JsonValueKind.String && code.GetString() is { Length: > 0 and <= 40 } word
                && word.All(static c => char.IsAsciiLetter(c) || c is '_')
                ? word
                : "without a reason";
        }
    }
}
