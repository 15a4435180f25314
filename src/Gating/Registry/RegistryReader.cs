using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Gating.Registry.Reading;

namespace Gating.Registry;

/// <summary>
/// The one reader of registry JSON, strict and complete: unknown members, duplicates and anything out of range are errors, and all errors are
/// reported at once. The shape is <c>registry.schema.json</c>; what a schema cannot say (references, keys, URLs) is checked here besides.
/// </summary>
public static class RegistryReader
{
    /// <summary>Larger seed files are refused unread.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    /// <summary>Reads a seed file (UTF-8, with or without a byte order mark).</summary>
    public static RegistryReading ReadDocument(ReadOnlyMemory<byte> utf8, RegistryMode mode)
    {
        var errors = new RegistryErrors();
        var draft = new RegistryDraft(mode);
        if (utf8.Length > MaxBytes)
        {
            errors.Add("", $"{utf8.Length} bytes", $"at most {MaxBytes} bytes");
        }
        else if (!Utf8.IsValid(utf8.Span))
        {
            errors.Add("", "bytes that are no UTF-8", "JSON in UTF-8");
        }
        else if (Parse(utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, "", errors) is { } document)
        {
            using (document)
            {
                DocumentReader.Read(new(document.RootElement, "", errors), draft);
                RegistryChecks.Run(draft, errors);
            }
        }

        return Outcome(draft, errors);
    }

    /// <summary>Reads all stored rows. None at all is the empty registry; otherwise the policy must be among them.</summary>
    public static RegistryReading ReadRows(IReadOnlyList<RegistryRow> rows, RegistryMode mode)
    {
        if (rows.Count == 0)
        {
            return new RegistryReading.Valid(RegistryDocument.Empty);
        }

        var errors = new RegistryErrors();
        var draft = new RegistryDraft(mode);
        var documents = new List<JsonDocument>(rows.Count);
        try
        {
            foreach (var row in rows)
            {
                var pointer = RowReader.PointerOf(row);
                if (Parse(row.Json, pointer, errors) is { } document)
                {
                    documents.Add(document);
                    RowReader.Read(row, new(document.RootElement, pointer, errors), draft);
                }
            }

            RowReader.DemandPolicy(rows, errors);
            RegistryChecks.Run(draft, errors);
        }
        finally
        {
            documents.ForEach(document => document.Dispose());
        }

        return Outcome(draft, errors);
    }

    private static RegistryReading Outcome(RegistryDraft draft, RegistryErrors errors) =>
        errors.Any ? new RegistryReading.Invalid(errors.ToImmutable()) : new RegistryReading.Valid(draft.ToDocument());

    private static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, string pointer, RegistryErrors errors)
    {
        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException wrong)
        {
            return Refuse(wrong, pointer, errors);
        }
    }

    private static JsonDocument? Parse(string text, string pointer, RegistryErrors errors)
    {
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException wrong)
        {
            return Refuse(wrong, pointer, errors);
        }
        catch (ArgumentException)
        {
            errors.Add(pointer, "text that is not Unicode", "JSON");
            return null;
        }
    }

    // The parser's own message may quote the text; line and byte tell enough.
    private static JsonDocument? Refuse(JsonException wrong, string pointer, RegistryErrors errors)
    {
        errors.Add(pointer, $"broken JSON at line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}", "JSON without comments, at most 16 levels deep");
        return null;
    }
}
