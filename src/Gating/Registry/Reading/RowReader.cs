using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gating.Registry.Reading;

/// <summary>A stored row: <c>{"version":1,"app":{…}}</c>, the item as in the seed file under the word for its kind.</summary>
internal static class RowReader
{
    // The JSON is stored, never put into a page: what is not ASCII need not be escaped to six times its size.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static RegistryRow Write(string kind, string name, JsonElement item)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Plain))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", RegistryDocument.SchemaVersion);
            writer.WritePropertyName(kind);
            item.WriteTo(writer);
            writer.WriteEndObject();
        }

        return new(kind, name, Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    public static void Read(RegistryRow row, JsonPlace root, RegistryDraft draft)
    {
        if (row.Kind is not (RegistryWords.App or RegistryWords.Tool or RegistryWords.Issuer or RegistryWords.Moderator or RegistryWords.Policy or RegistryWords.Stop))
        {
            root.RefuseAs("a row of an unknown kind", "app, tool, issuer, moderator, policy, stop");
            return;
        }

        var fields = JsonFields.Of(root, "version", row.Kind);
        if (!DemandVersion(fields) || fields.Required(row.Kind) is not { } item)
        {
            return;
        }

        // The item's own pointer leaves the wrapping out: it is the same as for a seed file, but for the row's name.
        item = item with { Pointer = root.Pointer };
        var name = row.Kind switch
        {
            RegistryWords.App => AppReader.Read(item, draft),
            RegistryWords.Tool => ToolReader.Read(item, draft),
            RegistryWords.Issuer => IssuerReader.Read(item, draft),
            RegistryWords.Moderator => ModeratorReader.Read(item, draft),
            RegistryWords.Stop => StopReader.Read(item, draft),
            _ => PolicyReader.Read(item, draft),
        };
        if (!string.Equals(name, row.Name, StringComparison.Ordinal))
        {
            root.RefuseAs("a row stored under another name", "the name that the row itself has");
        }

        draft.Rows.Add(new(row, item));
    }

    /// <summary>A registry of another version is not read at all: its words may mean something else.</summary>
    public static bool DemandVersion(JsonFields fields)
    {
        if (fields.Required("version") is not { } version)
        {
            return false;
        }

        if (version.Value.ValueKind is JsonValueKind.Number && version.Value.TryGetInt32(out var number) && number == RegistryDocument.SchemaVersion)
        {
            return true;
        }

        version.Refuse(RegistryDocument.SchemaVersion.ToString(CultureInfo.InvariantCulture));
        return false;
    }

    public static void DemandPolicy(IReadOnlyList<RegistryRow> rows, RegistryErrors errors)
    {
        if (!rows.Any(row => string.Equals(row.Kind, RegistryWords.Policy, StringComparison.Ordinal)))
        {
            errors.Add($"/{RegistryWords.Policy}", "nothing", "a registry that has rows has a policy");
        }
    }

    public static string PointerOf(RegistryRow row) => $"/{JsonPlace.Escape(row.Kind)}/{JsonPlace.Escape(row.Name)}";
}
