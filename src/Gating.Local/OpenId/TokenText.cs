using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Gating.Local.OpenId;

/// <summary>Looks into a token to show what it says. Nothing is verified here.</summary>
internal static class TokenText
{
    public static JsonElement Payload(string token) => Part(token, 1);

    public static JsonElement Header(string token) => Part(token, 0);

    private static JsonElement Part(string token, int index)
    {
        using var json = JsonDocument.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[index]));
        return json.RootElement.Clone();
    }
}
