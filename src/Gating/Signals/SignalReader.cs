using System.Collections.Immutable;
using Gating.Identity.Keys;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Signals;

/// <summary>What an app wants of its stream; null: nothing is said about it.</summary>
/// <param name="StreamId">Which stream is meant.</param>
public sealed record StreamWish(string? StreamId, SignalDelivery? Delivery, Uri? Endpoint, ReadOnlyMemory<byte>? Authorization, ImmutableArray<string>? Events, string? Description)
{
    /// <summary>The stream as it is with that.</summary>
    public SignalStream On(SignalStream stream) => stream with
    {
        Delivery = Delivery ?? stream.Delivery,
        Endpoint = Delivery is null ? stream.Endpoint : Endpoint,
        Authorization = Delivery is null ? stream.Authorization : Authorization,
        Events = Events ?? stream.Events,
        Description = Description ?? stream.Description,
    };

    /// <summary>What is not said is as in a new stream (a <c>PUT</c>).</summary>
    public SignalStream Instead(SignalStream stream) => On(stream with { Delivery = SignalDelivery.Poll, Endpoint = null, Authorization = null, Events = [], Description = null });
}

/// <summary>Whether a stream is to go on (SSF 1.0, section 8.1.2).</summary>
public sealed record StatusWish(string StreamId, SignalStatus Status, string? Reason);

/// <summary>That a test event is to be sent.</summary>
/// <param name="State">What is to come back in it; null: nothing.</param>
public sealed record VerificationWish(string StreamId, string? State);

/// <summary>What a receiver says when it fetches (RFC 8936, section 2.2).</summary>
/// <param name="Most">Events that it takes; 0: it only acknowledges.</param>
/// <param name="Settled">Ids of events that it has, or will not have.</param>
/// <param name="Refused">Those of them that it will not have.</param>
public sealed record PollRequest(int Most, ImmutableArray<string> Settled, ImmutableArray<string> Refused)
{
    public const int MostEvents = 100;
}

/// <summary>Reads what apps say about streams, strictly: what is wrong is told all at once, each with its place (RFC 6901). Members that only we set may be sent back and are passed over.</summary>
public sealed class SignalReader(EndpointPolicy policy, StreamSecrets secrets)
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 32 * 1024;

    /// <summary>RFC 8935.</summary>
    public const string Push = "urn:ietf:rfc:8935";
    /// <summary>RFC 8936.</summary>
    public const string Poll = "urn:ietf:rfc:8936";

    private const int MaxDepth = 6;
    private const int MostRequested = 64;

    private static readonly Choices<SignalDelivery> Methods = new((Push, SignalDelivery.Push), (Poll, SignalDelivery.Poll));
    private static readonly Choices<SignalStatus> Statuses = new(("enabled", SignalStatus.Enabled), ("paused", SignalStatus.Paused), ("disabled", SignalStatus.Disabled));
    private static readonly TextRule Visible = new(static text => text.Length is >= 1 and <= 1024 && text.All(static c => c is >= ' ' and <= '~'), "1 to 1024 visible ASCII characters");
    private static readonly TextRule Short = new(static text => text.Length is >= 1 and <= 512 && !text.Any(char.IsControl), "1 to 512 characters without controls");

    public (StreamWish? Wish, ImmutableArray<RegistryError> Errors) ReadWish(string app, ReadOnlyMemory<byte> json) => Read(json, root =>
    {
        var fields = JsonFields.Of(
            root, "stream_id", "iss", "aud", "events_supported", "events_requested", "events_delivered", "delivery", "description", "min_verification_interval", "inactivity_timeout");
        var (method, endpoint, authorization) = fields.Optional("delivery") is { } delivery ? ReadDelivery(app, delivery) : default;
        return new StreamWish(
            fields.OptionalText("stream_id", Short), method, endpoint, authorization,
            fields.Optional("events_requested") is { } events ? [.. JsonFields.Texts(events, 0, MostRequested, Short).Select(static one => one.Value).Where(SecurityEvents.Supported.Contains)] : null,
            fields.OptionalText("description", Short));
    });

    public static (PollRequest? Request, ImmutableArray<RegistryError> Errors) ReadPoll(ReadOnlyMemory<byte> json) => Read(json, static root =>
    {
        var fields = JsonFields.Of(root, "maxEvents", "returnImmediately", "ack", "setErrs");
        var refused = fields.Optional("setErrs") is { } errors ? JsonFields.Members(errors).ConvertAll(static one => one.Name) : [];
        fields.OptionalFlag("returnImmediately");
        var acknowledged = fields.Optional("ack") is { } list ? JsonFields.Texts(list, 0, PollRequest.MostEvents, Short).Select(static one => one.Value) : [];
        if (refused.Count > PollRequest.MostEvents)
        {
            fields.Optional("setErrs")!.Value.RefuseAs($"{refused.Count} events", $"at most {PollRequest.MostEvents}");
        }

        return new PollRequest(
            (int)Math.Min(PollRequest.MostEvents, fields.Optional("maxEvents")?.Integer(0, int.MaxValue) ?? PollRequest.MostEvents), [.. acknowledged, .. refused], [.. refused]);
    });

    public static (StatusWish? Wish, ImmutableArray<RegistryError> Errors) ReadStatus(ReadOnlyMemory<byte> json) => Read(json, static root =>
    {
        var fields = JsonFields.Of(root, "stream_id", "status", "reason");
        return new StatusWish(fields.Text("stream_id", Short), fields.Choice("status", Statuses), fields.OptionalText("reason", Short));
    });

    public static (VerificationWish? Wish, ImmutableArray<RegistryError> Errors) ReadVerification(ReadOnlyMemory<byte> json) => Read(json, static root =>
    {
        var fields = JsonFields.Of(root, "stream_id", "state");
        return new VerificationWish(fields.Text("stream_id", Short), fields.OptionalText("state", Short));
    });

    private static (T? Value, ImmutableArray<RegistryError> Errors) Read<T>(ReadOnlyMemory<byte> json, Func<JsonPlace, T> read)
        where T : class => JsonBody.Read(json, MaxSize, MaxDepth, read);

    private (SignalDelivery? Method, Uri? Endpoint, ReadOnlyMemory<byte>? Authorization) ReadDelivery(string app, JsonPlace place)
    {
        var fields = JsonFields.Of(place, "method", "endpoint_url", "authorization_header");
        var method = fields.Choice("method", Methods);
        if (method is SignalDelivery.Poll)
        {
            // The address is ours to say; a receiver may send it back.
            return (method, null, null);
        }

        var authorization = fields.OptionalText("authorization_header", Visible) is { } header ? secrets.Seal(app, header) : default(ReadOnlyMemory<byte>?);
        if (fields.Required("endpoint_url") is { } address && address.RawText() is { Length: <= 2048 } text && Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && policy.Permits(endpoint))
        {
            return (method, endpoint, authorization);
        }

        fields.Optional("endpoint_url")?.Refuse("an https address without a fragment that can be reached from here");
        return (method, null, authorization);
    }
}
