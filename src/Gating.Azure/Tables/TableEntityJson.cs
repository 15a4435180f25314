using System.Globalization;
using System.Text.Json;
using Azure;

namespace Gating.Azure.Tables;

/// <summary>Rows as the JSON of Table storage (OData 3, minimal metadata): every type that JSON cannot tell is written and read as <c>Name@odata.type</c>.</summary>
internal static class TableEntityJson
{
    private const string TypeSuffix = "@odata.type";

    public static void Write(Utf8JsonWriter json, TableEntity entity)
    {
        json.WriteStartObject();
        json.WriteString("PartitionKey"u8, entity.PartitionKey);
        json.WriteString("RowKey"u8, entity.RowKey);
        foreach (var (name, value) in entity.Properties)
        {
            WriteProperty(json, name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads one row; <paramref name="json"/> stands on its opening brace and is left on its closing one.</summary>
    public static TableEntity Read(ref Utf8JsonReader json, ETag headerETag)
    {
        string? partition = null, row = null;
        var etag = headerETag;
        var properties = new List<(string Name, TableValue Value)>(12);
        Dictionary<string, string>? types = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            switch (name)
            {
                case "PartitionKey":
                    partition = json.GetString();
                    break;
                case "RowKey":
                    row = json.GetString();
                    break;
                case "odata.etag":
                    etag = new ETag(json.GetString()!);
                    break;
                case "Timestamp" or "odata.metadata":
                    break;
                default:
                    if (name.EndsWith(TypeSuffix, StringComparison.Ordinal))
                    {
                        (types ??= new(StringComparer.Ordinal))[name[..^TypeSuffix.Length]] = json.GetString()!;
                    }
                    else if (!name.StartsWith("odata.", StringComparison.Ordinal) && json.TokenType != JsonTokenType.Null)
                    {
                        properties.Add((name, ReadValue(ref json, types?.GetValueOrDefault(name))));
                    }

                    break;
            }
        }

        if (json.TokenType != JsonTokenType.EndObject || partition is null || row is null)
        {
            throw new JsonException("a row without its keys or its end");
        }

        var entity = new TableEntity(partition, row) { ETag = etag };
        foreach (var (name, value) in properties)
        {
            entity.With(name, value);
        }

        return entity;
    }

    private static void WriteProperty(Utf8JsonWriter json, string name, TableValue value)
    {
        switch (value.Kind)
        {
            case TableValueKind.Null:
                break;
            case TableValueKind.String when value.IsUtf8:
                json.WriteString(name, value.Utf8);
                break;
            case TableValueKind.String:
                json.WriteString(name, value.AsString());
                break;
            case TableValueKind.Boolean:
                json.WriteBoolean(name, value.AsBoolean());
                break;
            case TableValueKind.Int32:
                json.WriteNumber(name, value.AsInt32());
                break;
            case TableValueKind.Int64:
                WriteType(json, name, "Edm.Int64"u8);
                WriteFormatted(json, name, value.AsInt64(), default);
                break;
            case TableValueKind.Double:
                WriteType(json, name, "Edm.Double"u8);
                WriteDouble(json, name, value.AsDouble());
                break;
            case TableValueKind.Guid:
                WriteType(json, name, "Edm.Guid"u8);
                json.WriteString(name, value.GuidText());
                break;
            case TableValueKind.DateTime:
                WriteType(json, name, "Edm.DateTime"u8);
                WriteFormatted(json, name, value.AsDateTime().UtcDateTime, "O");
                break;
            case TableValueKind.Binary:
                WriteType(json, name, "Edm.Binary"u8);
                json.WriteBase64String(name, value.AsBinary().Span);
                break;
        }
    }

    private static void WriteType(Utf8JsonWriter json, string name, ReadOnlySpan<byte> type)
    {
        Span<char> annotation = stackalloc char[TableLimits.MaxPropertyNameCharacters + TypeSuffix.Length];
        name.CopyTo(annotation);
        TypeSuffix.CopyTo(annotation[name.Length..]);
        json.WritePropertyName(annotation[..(name.Length + TypeSuffix.Length)]);
        json.WriteStringValue(type);
    }

    private static void WriteFormatted<T>(Utf8JsonWriter json, string name, T value, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }

    private static void WriteDouble(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static TableValue ReadValue(ref Utf8JsonReader json, string? type) => (json.TokenType, type) switch
    {
        (JsonTokenType.String, null or "Edm.String") => TableValue.Of(json.GetString()!),
        (JsonTokenType.True or JsonTokenType.False, _) => TableValue.Of(json.GetBoolean()),
        (JsonTokenType.String, "Edm.Int64") => TableValue.Of(long.Parse(json.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
        (JsonTokenType.String, "Edm.Binary") => TableValue.Of(json.GetBytesFromBase64()),
        (JsonTokenType.String, "Edm.Guid") => TableValue.Of(json.GetGuid()),
        (JsonTokenType.String, "Edm.DateTime") => TableValue.Of(json.GetDateTimeOffset()),
        (JsonTokenType.String, "Edm.Double") => TableValue.Of(double.Parse(json.GetString()!, CultureInfo.InvariantCulture)),
        (JsonTokenType.Number, "Edm.Double") => TableValue.Of(json.GetDouble()),
        (JsonTokenType.Number, "Edm.Int64") => TableValue.Of(json.GetInt64()),
        (JsonTokenType.Number, _) => json.TryGetInt32(out var whole) ? TableValue.Of(whole) : TableValue.Of(json.GetDouble()),
        _ => throw new JsonException("a value of unknown type"),
    };
}
