using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Gating.Identity.Jose;

namespace Gating.Registry.Reading;

internal static class AppReader
{
    private const int MostTools = 200;
    private const int MostIssuers = 50;
    private const int MostAudiences = 16;

    public static string Read(JsonPlace place, RegistryDraft draft)
    {
        var fields = JsonFields.Of(place, "id", "name", "status", "secretDigests", "jwks", "audiences", "tools", "mayReleaseUnlabelled", "quotas");
        var id = fields.Text("id", TextRules.AppId);
        var name = fields.Text("name", TextRules.Label);
        var status = fields.Choice("status", RegistryWords.Status);
        var digests = fields.Optional("secretDigests") is { } secrets ? ReadDigests(secrets) : [];
        var keys = fields.Optional("jwks") is { } jwks ? JwkReader.ReadSet(jwks) : [];
        if (status is RegistryStatus.Active && fields.Optional("secretDigests") is null && fields.Optional("jwks") is null)
        {
            place.RefuseAs("an active app that cannot authenticate", "secretDigests or jwks");
        }

        var issuers = ImmutableArray.CreateBuilder<Located<string>>();
        var audiences = ImmutableArray.CreateBuilder<(string Issuer, Located<string> Audience)>();
        foreach (var (issuer, list) in Audiences(fields))
        {
            issuers.Add(new(issuer, list));
            audiences.AddRange(JsonFields.Texts(list, 1, MostAudiences, TextRules.Ascii).Select(audience => (issuer, audience)));
        }

        var tools = fields.Texts("tools", 0, MostTools, UrlRules.Resource(draft.Mode));
        var app = new App(
            id,
            name,
            status,
            digests,
            keys,
            audiences.GroupBy(pair => pair.Issuer, pair => pair.Audience.Value, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal),
            tools.Select(tool => tool.Value).ToFrozenSet(StringComparer.Ordinal),
            fields.OptionalFlag("mayReleaseUnlabelled"))
        {
            Quotas = fields.Optional("quotas") is null ? [] : QuotaReader.ReadAll(fields, "quotas", RegistryWords.AppScopes),
        };
        draft.Apps.Add(new(app, place, tools, issuers.ToImmutable(), audiences.ToImmutable()));
        return id;
    }

    private static List<(string Issuer, JsonPlace Audiences)> Audiences(JsonFields fields)
    {
        if (fields.Required("audiences") is not { } place)
        {
            return [];
        }

        var members = JsonFields.Members(place);
        if (members.Count > MostIssuers)
        {
            place.RefuseAs($"{members.Count} issuers", $"at most {MostIssuers}");
        }

        return members;
    }

    /// <summary>One or two of secrets.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> ReadDigests(JsonPlace place)
    {
        var digests = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        foreach (var item in place.Items(1, 2))
        {
            if (item.RawText() is not { } text || DigestOf(text) is not { } digest)
            {
                // Somebody may have put the secret itself here.
                item.RefuseUnseen("the SHA-256 of a secret: 64 hexadecimal digits, or 43 characters of base64url");
            }
            else if (digest.AsSpan().SequenceEqual(SHA256.HashData([])))
            {
                item.RefuseUnseen("the SHA-256 of a secret that is not empty");
            }
            else if (digests.Any(other => other.Span.SequenceEqual(digest)))
            {
                item.RefuseUnseen("each only once");
            }
            else
            {
                digests.Add(digest);
            }
        }

        return digests.ToImmutable();
    }

    /// <summary>Of a secret, as a registry spells it: in hexadecimal, or in base64url. Null for anything else.</summary>
    public static byte[]? DigestOf(string text)
    {
        if (text.Length == 2 * SHA256.HashSizeInBytes)
        {
            return text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
        }

        return StrictBase64Url.Decode(text) is { Length: SHA256.HashSizeInBytes } digest ? digest : null;
    }
}
