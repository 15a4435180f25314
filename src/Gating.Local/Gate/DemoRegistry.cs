using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Local.OpenId;
using Gating.Local.Walk;

namespace Gating.Local.Gate;

/// <summary>The registry of the demonstration: one app, one tool, one issuer. Written as a seed file is, and read by the same strict reader.</summary>
internal static class DemoRegistry
{
    public static byte[] ToUtf8(LocalGateOptions options, DateTimeOffset now)
    {
        var later = now.AddYears(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var text = $$"""
            {
              "version": 1,
              "apps": [
                {
                  "id": "{{DemoFacts.AppId}}",
                  "name": "Demonstration studio",
                  "status": "active",
                  "secretDigests": ["{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.AppSecret)))}}"],
                  "audiences": { {{Json(options.Issuer)}}: ["{{DemoFacts.AppId}}"] },
                  "tools": ["{{DemoFacts.Tool}}"]
                }
              ],
              "tools": [
                {
                  "resource": "{{DemoFacts.Tool}}",
                  "name": "Demonstration face swap",
                  "status": "active",
                  "dossier": { "filingNumber": "demonstration-0001", "securityAssessmentUntil": "{{later}}", "datasetAuditUntil": "{{later}}" },
                  "operations": ["{{DemoFacts.Operation}}"],
                  "assurance": { "level": "substantial", "maxAgeSeconds": 31536000 },
                  "demandsDpop": false,
                  "demandsConsent": false,
                  "demandsModeration": false,
                  "maxUnits": 1,
                  "grantLifetimeSeconds": 300,
                  "quotas": [{ "name": "daily", "scope": "app_person_tool", "limit": {{DemoFacts.DailyUnits}}, "kind": "calendar", "period": "day" }],
                  "labelling": {
                    "providerCode": "{{DemoFacts.ProviderCode}}", "system": "Demonstration face swap", "systemVersion": "1", "source": "edited", "explicit": "applied",
                    "mediaTypes": ["image/png", "image/gif", "image/svg+xml", "text/html", "audio/wav", "application/pdf"], "maxBytes": 50000000, "retentionDays": 184
                  }
                }
              ],
              "issuers": [
                {
                  "id": {{Json(options.Issuer)}},
                  "name": "Demonstration provider",
                  "status": "active",
                  "algorithms": ["RS256"],
                  "types": ["JWT", ""],
                  "maxLifetimeSeconds": 3600,
                  "naturalPersonClaim": "{{OpenIdProviderOptions.PersonClaim}}",
                  "assuranceRules": [
                    { "level": "low", "trustFramework": "{{DemoProof.DemoTrustFramework}}", "assuranceLevel": "low" },
                    { "level": "substantial", "trustFramework": "{{DemoProof.DemoTrustFramework}}", "assuranceLevel": "substantial" },
                    { "level": "high", "trustFramework": "{{DemoProof.DemoTrustFramework}}", "assuranceLevel": "high" }
                  ],
                  "acrValues": { "substantial": "urn:demo:substantial", "high": "urn:demo:high" }
                }
              ],
              "policy": { "personQuotas": [{ "name": "all-tools-monthly", "scope": "person", "limit": 1000, "kind": "calendar", "period": "month" }] }
            }
            """;
        return Encoding.UTF8.GetBytes(text);
    }

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
