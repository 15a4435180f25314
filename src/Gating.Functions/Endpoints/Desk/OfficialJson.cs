using System.Text.Json;
using Gating.Access;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Officials, as those at the desk are told of one another.</summary>
internal static class OfficialJson
{
    /// <summary>The natural person that an issuer vouches for is nobody's business but the two-person rule's.</summary>
    public static void WriteOfficial(this Utf8JsonWriter json, string member, Official official)
    {
        json.WriteStartObject(member);
        json.WriteString("issuer"u8, official.Issuer);
        json.WriteString("subject"u8, official.Subject);
        json.WriteEndObject();
    }
}
