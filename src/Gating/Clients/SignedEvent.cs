using System.Collections.Frozen;
using System.Text;
using Gating.Identity.Jose;
using Gating.Messages;
using Gating.Registry;

namespace Gating.Clients;

/// <summary>
/// A CloudEvent that an app signed with one of its registered keys: a JWS in compact form (RFC 7515) whose payload is the event and whose <c>typ</c> is <see cref="Type"/>, so that no token
/// and no client assertion is ever taken for one, nor it for them. <c>source</c> is the app's <c>client_id</c>. It has no age: what it asks for must have one effect however often it is shown.
/// </summary>
public readonly record struct SignedEvent(App App, CloudEvent Event)
{
    public const string Type = "cloudevent+jws";

    /// <summary>The event, or why it is not believed: nothing of the message is in that sentence.</summary>
    public static (SignedEvent? Event, string Problem) Read(ReadOnlySpan<byte> message, FrozenDictionary<string, App> apps)
    {
        if (message.Length > CompactJws.MaxCharacters || !Ascii.IsValid(message) || CompactJws.Parse(Encoding.ASCII.GetString(message), out var jws) is not null)
        {
            return (null, $"It is no JWS in compact form of at most {CompactJws.MaxCharacters} characters without keys of its own.");
        }

        if (!string.Equals(jws.Header.Type, Type, StringComparison.Ordinal) || jws.Header.Jwk is not null)
        {
            return (null, $"Its typ is not {Type}, or it brings its own key.");
        }

        if (SigningAlgorithms.Parse(jws.Header.Algorithm) is not { } algorithm || algorithm is not (SigningAlgorithm.ES256 or SigningAlgorithm.RS256 or SigningAlgorithm.PS256))
        {
            return (null, "Its alg is not ES256, RS256 or PS256.");
        }

        if (CloudEvent.Parse(jws.Payload, out var problem) is not { } read)
        {
            return (null, problem);
        }

        if (apps.GetValueOrDefault(read.Source) is not { Status: RegistryStatus.Active } app)
        {
            return (null, "Its source is no active app.");
        }

        return ClientKeys.Of(app).Find(jws.Header.KeyId, algorithm, out var key) is KeyMatch.Found && jws.IsSignedBy(key, algorithm)
            ? (new(app, read), string.Empty)
            : (null, "No registered key of its source signed it.");
    }
}
