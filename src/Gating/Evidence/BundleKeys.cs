using System.Collections.Immutable;
using System.Text.Json;
using Gating.Grants;
using Gating.Identity.Jose;
using Gating.Log.Notes;
using Gating.Log.Sealing;

namespace Gating.Evidence;

/// <summary>
/// <c>keys.json</c>: a JWK Set (RFC 7517) with the keys that manifests are signed under, and beside it, under <c>log</c>, the log's name and verifier keys. Keys that a bundle brings prove that it agrees with itself; who they belong
/// to is for the reader to know from elsewhere.
/// </summary>
/// <param name="Origin">The log's name.</param>
internal sealed record BundleKeys(string Origin, ImmutableArray<NoteKey> Verifiers, KeySet Signing)
{
    private const int MaxDepth = 8;

    private const int MaxBytes = 64 * 1024;

    private const int MaxVerifiers = 32;

    public static byte[] Write(LogKeys log, SigningKeyRing signing) => JsonBytes.OfObject((log, signing), static (json, keys) =>
    {
        keys.signing.WriteKeys(json);
        json.WriteStartObject("log"u8);
        json.WriteString("origin"u8, keys.log.Origin);
        json.WriteStartArray("vkeys"u8);
        foreach (var key in keys.log.Verifiers)
        {
            json.WriteStringValue(key.ToString());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Null where it is none. Members that are not known are passed over: it is no more than a proposal.</summary>
    public static BundleKeys? Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes || !StrictJson.TryParseObject(json, MaxDepth, out var document))
        {
            return null;
        }

        using (document)
        {
            return KeySet.Read(document.RootElement) is { } signing && document.RootElement.TryGetProperty("log", out var log) && log.ValueKind is JsonValueKind.Object
                && Jwk.Text(log, "origin") is { } origin && log.TryGetProperty("vkeys", out var list) && list.ValueKind is JsonValueKind.Array && list.GetArrayLength() <= MaxVerifiers
                && ReadKeys(list) is { IsDefaultOrEmpty: false } verifiers
                ? new(origin, verifiers, signing)
                : null;
        }
    }

    private static ImmutableArray<NoteKey> ReadKeys(JsonElement list)
    {
        var keys = list.EnumerateArray().Select(static item => item.ValueKind is JsonValueKind.String ? NoteKey.Parse(item.GetString()) : null).ToArray();
        return keys.All(static key => key is not null) ? [.. keys!] : default;
    }
}
