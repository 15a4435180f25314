using System.Collections.Frozen;

namespace Gating.Registry.Reading;

internal static class SignalTrustReader
{
    /// <param name="issuer">Whose accounts they are about.</param>
    /// <param name="discovery">Its own metadata.</param>
    public static SignalTrust Read(JsonPlace place, string issuer, Uri discovery, RegistryMode mode)
    {
        var fields = JsonFields.Of(place, "transmitter", "metadata", "algorithms", "audience", "secretDigests");
        var transmitter = fields.OptionalText("transmitter", UrlRules.Issuer(mode));
        var metadata = fields.OptionalText("metadata", UrlRules.Issuer(mode));
        if (fields.Optional("metadata") is { } stray && fields.Optional("transmitter") is null)
        {
            stray.RefuseAs("metadata of a transmitter that is not named", "metadata beside transmitter alone: the issuer's own is its discovery");
        }

        if (string.Equals(transmitter, issuer, StringComparison.Ordinal))
        {
            fields.Optional("transmitter")!.Value.Refuse("another than the issuer: left out, it is the issuer itself");
        }

        return new(
            transmitter ?? issuer,
            transmitter is null ? discovery : MetadataOf(transmitter, metadata),
            fields.Texts("algorithms", 1, IssuerReader.Algorithms.Count, IssuerReader.Algorithm).Select(static one => one.Value).ToFrozenSet(StringComparer.Ordinal),
            fields.Text("audience", TextRules.Ascii),
            fields.Optional("secretDigests") is { } digests ? AppReader.ReadDigests(digests) : []);
    }

    /// <summary>SSF 1.0, section 7.2: what is well known stands between the host and the path.</summary>
    private static Uri MetadataOf(string transmitter, string? metadata) =>
        Uri.TryCreate(metadata, UriKind.Absolute, out var named) ? named
        : Uri.TryCreate(transmitter, UriKind.Absolute, out var url) ? new($"{url.GetLeftPart(UriPartial.Authority)}/.well-known/ssf-configuration{url.AbsolutePath.TrimEnd('/')}")
        : new("https://invalid.invalid");
}
