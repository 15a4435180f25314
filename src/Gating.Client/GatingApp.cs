using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Gating.Client.Http;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>
/// A gate, as an app uses it. Each call says yes, no, or that nobody knows; it throws for cancellation and for what the caller gave alone. Calls are repeated where an answer was lost, after 5xx, and after 429 and 409 that say
/// when to come back, within their deadline and so that nothing is charged or done twice. Safe for concurrent use; one for the life of the process. The <see cref="HttpClient"/> is the caller's and should follow no redirects.
/// </summary>
public sealed class GatingApp
{
    /// <summary>From this size on the gate is asked before the file is sent, so that a refusal costs no upload (RFC 9110, 10.1.1).</summary>
    private const long AskFirst = 256 * 1024;

    private const int LongestKey = 255;

    private readonly GatingAppOptions _options;
    private readonly TimeProvider _time;
    private readonly AppCredentials _credentials;
    private readonly GateCalls _calls;
    private readonly PastGate _past;

    /// <summary>Throws <see cref="ArgumentException"/> where the options are wrong; asks nothing.</summary>
    public GatingApp(HttpClient http, GatingAppOptions options, TimeProvider time)
    {
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        (_options, _time) = (options, time);
        _credentials = new(options, time);
        _calls = new(http, time);
        _past = new(http, _calls, _credentials, options, time);
    }

    /// <summary>
    /// May this user do that? If so it is charged, once for each <see cref="GrantRequest.IdempotencyKey"/>, and the grant is for the tool (RFC 8693). <see cref="Refusal.StepUp"/> says when the person has to be authenticated
    /// better, <see cref="Refusal.RetryAfter"/> when a quota has room again.
    /// </summary>
    public async Task<ExchangeOutcome> ExchangeAsync(GrantRequest request, CancellationToken cancellation)
    {
        var key = request.IdempotencyKey ?? SignedByApp.NewId();
        var asked = default(DateTimeOffset);
        HttpRequestMessage Make()
        {
            asked = _time.GetUtcNow();
            var message = Named(_credentials.Form("/oauth2/token", request.ToForm()), key, nameof(request));
            if (_options.DpopKey is { } dpop)
            {
                message.Headers.Add("DPoP", SignedByApp.Proof(dpop, "POST", message.RequestUri!, null, asked));
            }

            return message;
        }

        var reply = await _calls.SendAsync(Call(Make, (json, replayed) => ReadGrant(json, request.Resource, asked, replayed)), cancellation);
        return reply.Match<ExchangeOutcome>(
            static grant => new ExchangeOutcome.Granted(grant),
            static refusal => new ExchangeOutcome.Refused(refusal),
            outage => new ExchangeOutcome.Unavailable(outage, key));
    }

    /// <summary>Redeems a grant, before the tool generates. The same request again is answered the same.</summary>
    public async Task<BeginOutcome> BeginAsync(Grant grant, GenerationRequest request, CancellationToken cancellation)
    {
        var body = request.ToJson();
        HttpRequestMessage Make()
        {
            var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.Gate, "/v1/generations")) { Content = Json(body) };
            Present(message, grant);
            return message;
        }

        var reply = await _calls.SendAsync(Call(Make, Generation.Read), cancellation);
        return reply.Match<BeginOutcome>(static begun => new BeginOutcome.Begun(begun), static refusal => new BeginOutcome.Refused(refusal), static outage => new BeginOutcome.Unavailable(outage));
    }

    /// <summary>
    /// Hands in a file that the tool made, until <see cref="Generation.OpenUntil"/>; it is sent as it is read. The same bytes again are answered the same, so that a seekable stream is tried again, from where it stood; any
    /// other is sent once. What reading it throws is thrown. Behind Azure Functions a request holds about 90 MB: larger files go past the gate: <see cref="HandInPastGateAsync"/>.
    /// </summary>
    /// <param name="number">1 for the first output.</param>
    /// <param name="declaresExplicitLabel">People see or hear in the file itself that it is generated.</param>
    public async Task<HandInOutcome> HandInAsync(string generationId, int number, Stream file, bool declaresExplicitLabel, CancellationToken cancellation)
    {
        var fault = new StreamBody.Fault();
        var from = file.CanSeek ? file.Position : 0;
        HttpRequestMessage Make()
        {
            fault.ThrowIfAny();
            if (file.CanSeek)
            {
                file.Position = from;
            }

            var message = _credentials.Plain(HttpMethod.Put, OutputPath(generationId, number), new StreamBody(file, from, fault));
            message.Headers.ExpectContinue = !file.CanSeek || file.Length - from >= AskFirst;
            if (declaresExplicitLabel)
            {
                message.Headers.Add("Explicit-Label", "declared");
            }

            return message;
        }

        var call = Call(Make, KeptOutput.Read) with { Deadline = _options.TransferDeadline, TryTimeout = _options.TransferDeadline, MayRepeat = file.CanSeek };
        var reply = await _calls.SendAsync(call, cancellation);
        fault.ThrowIfAny();
        return reply.Match<HandInOutcome>(static kept => new HandInOutcome.Kept(kept), static refusal => new HandInOutcome.Refused(refusal), static outage => new HandInOutcome.Unavailable(outage));
    }

    /// <summary>
    /// Hands in a file of any size past the gate: it is put at an address of its own, and labelled, kept and recorded behind that; this waits for it, within <see cref="GatingAppOptions.TransferDeadline"/>. The same file again is answered
    /// the same. What reading it throws is thrown. Where it ends as <see cref="Outage.Awaited"/> the file is there and nobody has looked into it yet: the same call finds out.
    /// </summary>
    /// <param name="number">1 for the first output.</param>
    /// <param name="file">Seekable, and sent from where it stands.</param>
    /// <param name="declaresExplicitLabel">People see or hear in the file itself that it is generated.</param>
    public Task<HandInOutcome> HandInPastGateAsync(string generationId, int number, Stream file, bool declaresExplicitLabel, CancellationToken cancellation) =>
        file.CanSeek ? _past.HandInAsync(generationId, number, file, declaresExplicitLabel, cancellation) : throw new ArgumentException("The address takes a file whose length is known.", nameof(file));

    /// <summary>Tells how a generation ended, once: another end afterwards is refused.</summary>
    public async Task<ReportOutcome> ReportAsync(string generationId, GenerationEnd end, CancellationToken cancellation)
    {
        var (body, path) = (end.ToJson(), $"/v1/generations/{Uri.EscapeDataString(generationId)}/report");
        var reply = await _calls.SendAsync(Done(() => _credentials.Plain(HttpMethod.Post, path, Json(body))), cancellation);
        return reply.Match<ReportOutcome>(static _ => new ReportOutcome.Recorded(), static refusal => new ReportOutcome.Refused(refusal), static outage => new ReportOutcome.Unavailable(outage));
    }

    /// <summary>The labelled file, for the app that handed it in. The deadline is for the head of the answer; the rest is read from the network as the caller reads it: what breaks off there is not repeated.</summary>
    public async Task<FetchOutcome> FetchAsync(string contentId, CancellationToken cancellation)
    {
        var path = $"/v1/outputs/{Uri.EscapeDataString(contentId)}";
        var call = new GateCall<OutputFile>(() => _credentials.Plain(HttpMethod.Get, path), ReadFileAsync, _options.Deadline, _options.TryTimeout, KeepsAnswer: true);
        var reply = await _calls.SendAsync(call, cancellation);
        return reply.Match<FetchOutcome>(static file => new FetchOutcome.Found(file), static refusal => new FetchOutcome.Refused(refusal), static outage => new FetchOutcome.Unavailable(outage));
    }

    /// <summary>Gives a grant back (RFC 7009): where it was not redeemed, its units come back to the person.</summary>
    public async Task<GiveBackOutcome> GiveBackAsync(Grant grant, CancellationToken cancellation)
    {
        var reply = await _calls.SendAsync(Done(() => _credentials.Form("/oauth2/revoke", [new("token", grant.Token)])), cancellation);
        return reply.Match<GiveBackOutcome>(static _ => new GiveBackOutcome.GivenBack(), static refusal => new GiveBackOutcome.Refused(refusal), static outage => new GiveBackOutcome.Unavailable(outage));
    }

    /// <summary>Is a grant of this app good now (RFC 7662)? That it expires meanwhile is not said.</summary>
    public async Task<InspectOutcome> InspectAsync(string token, CancellationToken cancellation)
    {
        var reply = await _calls.SendAsync(Call(() => _credentials.Form("/oauth2/introspect", [new("token", token)]), static (json, _) => ReadInspected(json)), cancellation);
        return reply.Match<InspectOutcome>(static found => found, static refusal => new InspectOutcome.Refused(refusal), static outage => new InspectOutcome.Unavailable(outage));
    }

    /// <summary>Records that a person agrees to have something done with their likeness. Under one <see cref="ConsentRequest.IdempotencyKey"/> it is one consent.</summary>
    public async Task<ConsentOutcome> GiveConsentAsync(ConsentRequest request, CancellationToken cancellation)
    {
        var (body, key) = (request.ToJson(), request.IdempotencyKey ?? SignedByApp.NewId());
        return ConsentOf(await _calls.SendAsync(Call(() => Named(_credentials.Plain(HttpMethod.Post, "/v1/consents", Json(body)), key, nameof(request)), static (json, _) => Consent.Read(json)), cancellation));
    }

    /// <summary>By the one who gave it, through whichever app: from the answer on nothing is granted or begun under it.</summary>
    /// <param name="idToken">Of the person depicted, issued to this app.</param>
    public async Task<ConsentOutcome> WithdrawConsentAsync(string consentId, string idToken, CancellationToken cancellation)
    {
        var (path, body) = ($"/v1/consents/{Uri.EscapeDataString(consentId)}/withdraw", JsonText.Object(idToken, static (json, token) => json.WriteString("subject_token"u8, token)));
        return ConsentOf(await _calls.SendAsync(Call(() => _credentials.Plain(HttpMethod.Post, path, Json(body)), static (json, _) => Consent.Read(json)), cancellation));
    }

    /// <summary>How a consent stands that this app may use.</summary>
    public async Task<ConsentOutcome> ReadConsentAsync(string consentId, CancellationToken cancellation)
    {
        var path = $"/v1/consents/{Uri.EscapeDataString(consentId)}";
        return ConsentOf(await _calls.SendAsync(Call(() => _credentials.Plain(HttpMethod.Get, path), static (json, _) => Consent.Read(json)), cancellation));
    }

    /// <summary>For a person who was stopped or refused, and does not accept it. One a day: another is answered with the first.</summary>
    /// <param name="idToken">Of that person, issued to this app.</param>
    /// <param name="text">What they say, 1 to 512 characters.</param>
    public async Task<AppealOutcome> AppealAsync(string idToken, string text, CancellationToken cancellation)
    {
        var body = JsonText.Object((idToken, text), static (json, appeal) =>
        {
            json.WriteString("subject_token"u8, appeal.idToken);
            json.WriteString("text"u8, appeal.text);
        });
        return AppealOf(await _calls.SendAsync(Call(() => _credentials.Plain(HttpMethod.Post, "/v1/appeals", Json(body)), static (json, _) => Appeal.Read(json)), cancellation));
    }

    /// <summary>How an appeal stands that this app filed, and what was answered.</summary>
    public async Task<AppealOutcome> ReadAppealAsync(string appealId, CancellationToken cancellation)
    {
        var path = $"/v1/appeals/{Uri.EscapeDataString(appealId)}";
        return AppealOf(await _calls.SendAsync(Call(() => _credentials.Plain(HttpMethod.Get, path), static (json, _) => Appeal.Read(json)), cancellation));
    }

    /// <summary>Says that this app's filters before a tool are active. A tool that demands it gives no grant to an app that is silent for too long: say so again every <see cref="FilterHeartbeat.Every"/>.</summary>
    /// <param name="rules">The version of the filters' rules, 1 to 128 characters.</param>
    public async Task<FilterHeartbeatOutcome> SayFiltersAreActiveAsync(string tool, string rules, CancellationToken cancellation)
    {
        var body = JsonText.Object((tool, rules), static (json, said) =>
        {
            json.WriteString("tool"u8, said.tool);
            json.WriteString("rules"u8, said.rules);
        });
        var reply = await _calls.SendAsync(Call(() => _credentials.Plain(HttpMethod.Post, "/v1/filter-heartbeats", Json(body)), static (json, _) => FilterHeartbeat.Read(json)), cancellation);
        return reply.Match<FilterHeartbeatOutcome>(
            static heartbeat => new FilterHeartbeatOutcome.Recorded(heartbeat), static refusal => new FilterHeartbeatOutcome.Refused(refusal), static outage => new FilterHeartbeatOutcome.Unavailable(outage));
    }

    /// <summary>
    /// Puts a grant on a request, to the tool as a rule: <c>Bearer</c>, or <c>DPoP</c> with a proof for exactly this request's method and address (RFC 9449, 7.1). Once for each time that it is sent. Throws
    /// <see cref="InvalidOperationException"/> for a bound grant where there is no <see cref="GatingAppOptions.DpopKey"/>.
    /// </summary>
    /// <param name="request">With an absolute address: a relative one has no proof.</param>
    public void Present(HttpRequestMessage request, Grant grant)
    {
        request.Headers.Authorization = new(grant.IsBound ? "DPoP" : "Bearer", grant.Token);
        request.Headers.Remove("DPoP");
        if (grant.IsBound)
        {
            var key = _options.DpopKey ?? throw new InvalidOperationException("The grant is bound to a key that is not here.");
            request.Headers.Add("DPoP", SignedByApp.Proof(key, request.Method.Method, request.RequestUri!, grant.Token, _time.GetUtcNow()));
        }
    }

    // Looked at here: the handler takes anything, and what no field may hold would come back as a network's fault.
    private static HttpRequestMessage Named(HttpRequestMessage message, string key, string argument)
    {
        if (key.Length is 0 or > LongestKey || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException($"An idempotency key has 1 to {LongestKey} visible ASCII characters.", argument);
        }

        message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return message;
    }

    private static ConsentOutcome ConsentOf(GateReply<Consent> reply) =>
        reply.Match<ConsentOutcome>(static consent => new ConsentOutcome.Recorded(consent), static refusal => new ConsentOutcome.Refused(refusal), static outage => new ConsentOutcome.Unavailable(outage));

    private static AppealOutcome AppealOf(GateReply<Appeal> reply) =>
        reply.Match<AppealOutcome>(static appeal => new AppealOutcome.Recorded(appeal), static refusal => new AppealOutcome.Refused(refusal), static outage => new AppealOutcome.Unavailable(outage));

    private GateCall<T> Call<T>(Func<HttpRequestMessage> make, Func<JsonElement, bool, T?> read)
        where T : class =>
        new(make, async (answer, cancellation) => await RefusalReader.ReadJsonAsync(answer, cancellation) is { } json ? read(json, answer.Headers.Contains("Idempotency-Replayed")) : null, _options.Deadline, _options.TryTimeout);

    // What matters of the answer is that it is one.
    private GateCall<string> Done(Func<HttpRequestMessage> make) => new(make, static (_, _) => Task.FromResult<string?>("done"), _options.Deadline, _options.TryTimeout);

    internal static string OutputPath(string generationId, int number) => string.Create(CultureInfo.InvariantCulture, $"/v1/generations/{Uri.EscapeDataString(generationId)}/outputs/{number}");

    internal static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    // Its life is counted from before it was asked for, so that it is never thought to be good longer than it is.
    private static Grant? ReadGrant(JsonElement json, string resource, DateTimeOffset asked, bool replayed) =>
        json.Text("access_token") is { } token && json.Text("token_type") is { } type && json.Number("expires_in") is { } seconds and >= 0 and <= int.MaxValue && GrantedDetail.Read(json) is { } detail
            ? new(token, string.Equals(type, "DPoP", StringComparison.OrdinalIgnoreCase), resource, asked.AddSeconds(seconds), detail.Operation, detail.Units, replayed)
            : null;

    private static InspectOutcome? ReadInspected(JsonElement json) =>
        !json.TryGetProperty("active", out var active) ? null
        : active.ValueKind is JsonValueKind.False ? new InspectOutcome.Inactive()
        : active.ValueKind is JsonValueKind.True && ActiveGrant.Read(json) is { } grant ? new InspectOutcome.Active(grant)
        : null;

    private static async Task<OutputFile?> ReadFileAsync(HttpResponseMessage answer, CancellationToken cancellation) => new(answer, await answer.Content.ReadAsStreamAsync(cancellation));
}
