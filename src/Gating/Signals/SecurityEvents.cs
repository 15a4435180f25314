using System.Collections.Immutable;
using System.Text.Json;
using Gating.Grants;
using Gating.Ledger;

namespace Gating.Signals;

/// <summary>One event for one app, before it is signed.</summary>
/// <param name="Id">Its <c>jti</c>: the same event is the same id, however often it comes to be told.</param>
/// <param name="At">When it was to be told first.</param>
/// <param name="Claims">The claims of its Security Event Token (RFC 8417), a JSON object.</param>
public sealed record SecurityEvent(string Id, DateTimeOffset At, ReadOnlyMemory<byte> Claims);

/// <summary>
/// Makes the events: claims in a fixed order. A person is the pairwise <c>sub</c> that the app knows from its grants, an <c>iss_sub</c> subject of ours (RFC 9493): no app learns who else knows the person, nor why an admin acted.
/// </summary>
public sealed class SecurityEvents(AppHandles handles, string issuer)
{
    /// <summary>CAEP 1.0, section 3.1.</summary>
    public const string SessionRevoked = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

    /// <summary>SSF 1.0, section 8.1.4.2.</summary>
    public const string Verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";

    /// <summary>What an app can ask for; the verification event comes when it is asked for.</summary>
    public static ImmutableArray<string> Supported { get; } = [SessionRevoked];

    /// <summary>The person's use ended: an admin stopped them. <paramref name="place"/> is the stop's entry.</summary>
    internal SecurityEvent OfStop(string app, StreamId person, long place, DateTimeOffset stopped, DateTimeOffset now) => New(
        KeyHash.Of("signal", app, person.ToString(), place.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToString(), app, now, (subject: handles.OfPerson(app, person), stopped, issuer), static (json, told) =>
        {
            json.WriteStartObject("sub_id"u8);
            json.WriteString("format"u8, "iss_sub"u8);
            json.WriteString("iss"u8, told.issuer);
            json.WriteString("sub"u8, told.subject);
            json.WriteEndObject();
            json.WriteStartObject("events"u8);
            json.WriteStartObject(SessionRevoked);
            json.WriteNumber("event_timestamp"u8, told.stopped.ToUnixTimeSeconds());
            json.WriteString("initiating_entity"u8, "admin"u8);
            json.WriteStartObject("reason_admin"u8);
            json.WriteString("en"u8, "The person's use was stopped."u8);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });

    /// <summary>That events arrive (SSF 1.0, section 8.1.4).</summary>
    /// <param name="state">Whatever the receiver wants back; null: nothing.</param>
    internal SecurityEvent OfVerification(SignalStream stream, string? state, DateTimeOffset now) => New(OperationId.Create().ToString(), stream.App, now, (stream.Id, state), static (json, asked) =>
    {
        json.WriteStartObject("sub_id"u8);
        json.WriteString("format"u8, "opaque"u8);
        json.WriteString("id"u8, asked.Id);
        json.WriteEndObject();
        json.WriteStartObject("events"u8);
        json.WriteStartObject(Verification);
        if (asked.state is not null)
        {
            json.WriteString("state"u8, asked.state);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    private SecurityEvent New<TState>(string id, string app, DateTimeOffset now, TState state, Action<Utf8JsonWriter, TState> members) => new(id, now, JsonBytes.OfObject((issuer, id, app, now, state, members), static (json, one) =>
    {
        json.WriteString("iss"u8, one.issuer);
        json.WriteString("jti"u8, one.id);
        json.WriteNumber("iat"u8, one.now.ToUnixTimeSeconds());
        json.WriteString("aud"u8, one.app);
        one.members(json, one.state);
    }));
}
