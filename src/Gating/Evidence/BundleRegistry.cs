using System.Text.Json;
using Gating.Registry;
using Gating.Registry.Changes;

namespace Gating.Evidence;

/// <summary>The registry as it stands when a bundle is made: apps, tools with their filings, issuers and the policy, under the stamp of the version.</summary>
/// <param name="Version">The registry's stamp.</param>
public sealed record BundleRegistry(long Version, IReadOnlyList<RegistryRow> Rows)
{
    /// <summary>What apps log in with is nobody's evidence, not even as a digest.</summary>
    private const string Withheld = AppSecrets.Member;

    /// <summary><c>registry.json</c>. Rows in the order given, each with its JSON, without what is withheld.</summary>
    internal byte[] ToBytes() => JsonBytes.OfObject(this, static (json, registry) =>
    {
        json.WriteNumber("v"u8, BundleFormat.Version);
        json.WriteNumber("version"u8, registry.Version);
        json.WriteStartArray("withheld"u8);
        json.WriteStringValue(Withheld);
        json.WriteEndArray();
        json.WriteStartArray("rows"u8);
        foreach (var row in registry.Rows)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, row.Kind);
            json.WriteString("name"u8, row.Name);
            json.WritePropertyName("row"u8);
            WriteRow(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteRow(Utf8JsonWriter json, RegistryRow row)
    {
        using var document = JsonDocument.Parse(row.Json);
        Write(json, document.RootElement);
    }

    /// <summary>At every depth: the item stands within its row.</summary>
    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            value.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in value.EnumerateObject().Where(static member => !member.NameEquals(Withheld)))
        {
            json.WritePropertyName(member.Name);
            Write(json, member.Value);
        }

        json.WriteEndObject();
    }
}
