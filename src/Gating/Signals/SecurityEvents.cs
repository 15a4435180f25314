using System.Collections.Immutable;
using System.Text.Json;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry.Reading;
using Gating.Signals.Receiving;

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

    /// <summary>CAEP 1.0, section 3.4.</summary>
    public const string AssuranceLevelChange = "https://schemas.openid.net/secevent/caep/event-type/assurance-level-change";

    /// <summary>Of the levels in <see cref="AssuranceLevelChange"/>: ours, which have eIDAS's names, whatever the issuer calls its own.</summary>
    public const string AssuranceNamespace = "urn:gating:assurance";

    /// <summary>SSF 1.0, section 8.1.4.2.</summary>
    public const string Verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";

    /// <summary>What an app can ask for; the verification event comes when it is asked for.</summary>
    public static ImmutableArray<string> Supported { get; } = [SessionRevoked, AssuranceLevelChange];

    /// <summary>The person's use ended: an admin stopped them. <paramref name="place"/> is the stop's entry.</summary>
    internal SecurityEvent OfStop(string app, StreamId person, long place, DateTimeOffset stopped, DateTimeOffset now) => OfPerson(app, person, place, now, SessionRevoked, stopped, static (json, stopped) =>
    {
        json.WriteNumber("event_timestamp"u8, stopped.ToUnixTimeSeconds());
        json.WriteString("initiating_entity"u8, "admin"u8);
        json.WriteStartObject("reason_admin"u8);
        json.WriteString("en"u8, "The person's use was stopped."u8);
        json.WriteEndObject();
    });

    /// <summary>How well the person is proven is judged otherwise than before. <paramref name="changed"/> is the entry that says so; which issuer it was no app learns.</summary>
    internal SecurityEvent OfAssurance(string app, Entry changed, DateTimeOffset now) => OfPerson(app, changed.Stream, changed.Seq, now, AssuranceLevelChange, (Change: EventEntries.ReadChanged(changed), changed.Time), static (json, told) =>
    {
        json.WriteString("namespace"u8, AssuranceNamespace);
        json.WriteString("current_level"u8, RegistryWords.Levels.NameOf(told.Change.Current));
        if (told.Change.Previous is { } previous)
        {
            json.WriteString("previous_level"u8, RegistryWords.Levels.NameOf(previous));
        }

        if (told.Change.Direction is { } direction)
        {
            json.WriteString("change_direction"u8, EventEntries.Directions.NameOf(direction));
        }

        json.WriteNumber("event_timestamp"u8, told.Time.ToUnixTimeSeconds());
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

    private SecurityEvent OfPerson<TState>(string app, StreamId person, long place, DateTimeOffset now, string type, TState state, Action<Utf8JsonWriter, TState> members) => New(
        KeyHash.Of("signal", app, person.ToString(), place.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToString(), app, now, (subject: handles.OfPerson(app, person), issuer, type, state, members), static (json, told) =>
        {
            json.WriteStartObject("sub_id"u8);
            json.WriteString("format"u8, "iss_sub"u8);
            json.WriteString("iss"u8, told.issuer);
            json.WriteString("sub"u8, told.subject);
            json.WriteEndObject();
            json.WriteStartObject("events"u8);
            json.WriteStartObject(told.type);
            told.members(json, told.state);
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
