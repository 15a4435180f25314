using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Registry;
using Microsoft.IdentityModel.Tokens;
using Shouldly;

namespace Gating.Tests.Registry;

/// <summary>A seed file that uses every member there is, for tests to break.</summary>
internal static class Seed
{
    public const string Issuer = "https://id.example";
    public const string Tool = "https://tools.example/face-swap";

    private static readonly ECParameters Ec = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportParameters(includePrivateParameters: false);
    private static readonly RSAParameters Rsa = RSA.Create(2048).ExportParameters(includePrivateParameters: false);

    public static JsonObject Whole() => (JsonObject)JsonNode.Parse($$"""
        {
          "$schema": "./registry.schema.json",
          "version": 1,
          "apps": [
            {
              "id": "studio", "name": "Studio 工作室", "status": "active",
              "secretDigests": ["{{Convert.ToHexStringLower(SHA256.HashData("one"u8))}}", "{{Base64(SHA256.HashData("two"u8))}}"],
              "jwks": { "keys": [
                { "kty": "EC", "kid": "ec-1", "alg": "ES256", "use": "sig", "key_ops": ["verify"], "crv": "P-256", "x": "{{Base64(Ec.Q.X!)}}", "y": "{{Base64(Ec.Q.Y!)}}" },
                { "kty": "RSA", "kid": "rsa-1", "alg": "PS256", "use": "sig", "key_ops": ["verify"], "n": "{{Base64(Rsa.Modulus!)}}", "e": "{{Base64(Rsa.Exponent!)}}" }
              ] },
              "audiences": { "https://id.example": ["studio-web", "studio-ios"] },
              "tools": ["https://tools.example/face-swap"], "mayReleaseUnlabelled": true
            },
            {
              "id": "other", "name": "Other", "status": "stopped",
              "audiences": { "https://id.example": ["other-web"], "https://login.example/tenant/": ["other-web"] },
              "tools": ["https://tools.example/face-swap", "https://tools.example"]
            }
          ],
          "tools": [
            {
              "resource": "https://tools.example/face-swap", "name": "Face swap", "status": "active",
              "dossier": { "filingNumber": "网信算备110108", "securityAssessmentUntil": "2027-01-31", "datasetAuditUntil": "2028-02-29" },
              "operations": ["face_swap", "lip_sync"],
              "assurance": { "level": "substantial", "maxAgeSeconds": 31536000 },
              "demandsDpop": true, "demandsConsent": true, "demandsModeration": false,
              "maxUnits": 10, "grantLifetimeSeconds": 300,
              "quotas": [
                { "name": "day", "scope": "app_person_tool", "limit": 20, "kind": "calendar", "period": "day" },
                { "name": "rolling", "scope": "person_tool", "limit": 30, "kind": "rolling", "windowSeconds": 3600 },
                { "name": "burst", "scope": "app_person_tool", "limit": 5, "kind": "burst", "refillSeconds": 60 }
              ],
              "labelling": {
                "providerCode": "001191110102MACQD9K64010000", "system": "Face Studio", "systemVersion": "2.1", "source": "edited", "explicit": "applied",
                "mediaTypes": ["image/png", "video/mp4", "application/vnd.openxmlformats-officedocument.presentationml.presentation"], "maxBytes": 100000000, "retentionDays": 200, "allowsUnlabelled": true
              }
            },
            {
              "resource": "https://tools.example", "name": "Nothing asked", "status": "stopped",
              "dossier": {}, "operations": ["voice_clone"], "assurance": { "level": "none" },
              "demandsDpop": false, "demandsConsent": false, "demandsModeration": true, "moderation": { "maxAgeSeconds": 600, "takesFlagged": true, "moderators": ["eyes"] }, "filterHeartbeatSeconds": 120,
              "maxUnits": 1, "grantLifetimeSeconds": 60, "quotas": []
            }
          ],
          "issuers": [
            {
              "id": "https://id.example", "name": "Identity", "status": "active", "discovery": "https://id.example/meta",
              "algorithms": ["RS256", "ES256"], "types": ["JWT", ""], "maxLifetimeSeconds": 3600, "naturalPersonClaim": "person_id",
              "assuranceRules": [
                { "level": "high", "method": "eid", "trustFramework": "eidas", "assuranceLevel": "high" },
                { "level": "low", "claim": "checked", "value": "yes", "timeClaim": "checked_at" }
              ],
              "acrValues": { "low": "urn:low", "substantial": "urn:sub", "high": "urn:high" },
              "roles": {
                "audiences": ["desk-web"], "claim": "roles", "admin": ["gating.admin"], "regulator": ["gating.regulator"],
                "strongAcr": ["urn:mfa"], "strongWithinSeconds": 900
              },
              "signals": {
                "transmitter": "https://events.id.example/tenant", "metadata": "https://events.id.example/meta", "algorithms": ["RS256"], "audience": "https://gate.example",
                "secretDigests": ["{{Convert.ToHexStringLower(SHA256.HashData("Bearer one"u8))}}"]
              }
            },
            {
              "id": "https://login.example/tenant/", "name": "Login", "status": "stopped",
              "algorithms": ["PS512"], "types": ["JWT"], "maxLifetimeSeconds": 60, "assuranceRules": []
            }
          ],
          "moderators": [
            {
              "id": "eyes", "name": "Eyes", "status": "active",
              "jwks": { "keys": [{ "kty": "EC", "kid": "ec-1", "alg": "ES256", "use": "sig", "key_ops": ["verify"], "crv": "P-256", "x": "{{Base64(Ec.Q.X!)}}", "y": "{{Base64(Ec.Q.Y!)}}" }] }
            }
          ],
          "policy": {
            "personQuotas": [
              { "name": "all-day", "scope": "person", "limit": 100, "kind": "calendar", "period": "day" },
              { "name": "app-month", "scope": "app_person", "limit": 1000, "kind": "calendar", "period": "month" }
            ]
          }
        }
        """)!;

    /// <summary>A public RSA key of that many bits, or with members of a test's choice.</summary>
    public static JsonObject RsaKey(int bits)
    {
        using var rsa = RSA.Create(bits);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "RSA", ["kid"] = "k", ["alg"] = "RS256", ["n"] = Base64(key.Modulus!), ["e"] = Base64(key.Exponent!) };
    }

    public static string Base64(byte[] bytes) => Base64UrlEncoder.Encode(bytes);

    public static RegistryReading Read(this JsonNode seed, RegistryMode mode = RegistryMode.Production) =>
        RegistryReader.ReadDocument(Encoding.UTF8.GetBytes(seed.ToJsonString()), mode);

    public static RegistryReading ReadText(string seed, RegistryMode mode = RegistryMode.Production) =>
        RegistryReader.ReadDocument(Encoding.UTF8.GetBytes(seed), mode);

    public static RegistryDocument Valid(this RegistryReading reading) => reading switch
    {
        RegistryReading.Valid valid => valid.Document,
        RegistryReading.Invalid invalid => throw new ShouldAssertException(string.Join('\n', invalid.Errors)),
        _ => throw new InvalidOperationException(),
    };

    public static IReadOnlyList<RegistryError> Errors(this RegistryReading reading) =>
        reading.ShouldBeOfType<RegistryReading.Invalid>().Errors;

    public static JsonObject At(this JsonObject seed, string pointer)
    {
        JsonNode node = seed;
        foreach (var step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node is JsonArray list ? list[int.Parse(step)] : node[step])!;
        }

        return (JsonObject)node;
    }

    public static JsonNode ToNode(object? value) => JsonSerializer.SerializeToNode(value)!;
}
