using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gating.Local.Walk;

/// <summary>Verifies a grant as a tool does: from nothing but the gate's address and its published metadata (RFC 8414) and keys.</summary>
internal sealed class GrantCheck(HttpClient http, Uri gate)
{
    public async Task<JsonWebToken> VerifyAsync(string grant, CancellationToken cancellation)
    {
        var metadata = await ReadAsync(new Uri(gate, "/.well-known/oauth-authorization-server"), cancellation);
        var keys = await http.GetStringAsync(new Uri(metadata.GetProperty("jwks_uri").GetString()!), cancellation);
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(grant, new TokenValidationParameters
        {
            ValidIssuer = metadata.GetProperty("issuer").GetString(),
            ValidAudience = DemoFacts.Tool,
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = new JsonWebKeySet(keys).GetSigningKeys(),
            IgnoreTrailingSlashWhenValidatingAudience = false,
            TryAllIssuerSigningKeys = false,
            ClockSkew = TimeSpan.FromSeconds(60),
        });
        return result.IsValid ? (JsonWebToken)result.SecurityToken : throw new StepFailedException($"The grant does not verify: {result.Exception?.Message}", result.Exception);
    }

    private async Task<JsonElement> ReadAsync(Uri address, CancellationToken cancellation)
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync(address, cancellation));
        return json.RootElement.Clone();
    }
}
