using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gating.Generations;
using Gating.Registry;
using Gating.Registry.Reading;
using Gating.Timelines;
using Microsoft.VisualBasic.FileIO;

namespace Gating.Revocation.Bulk;

/// <summary>Whom an order is about, as an admin says it.</summary>
public abstract record BulkSubjects
{
    private BulkSubjects()
    {
    }

    /// <param name="Lines">Each with the number of its line, the header's being 1; where empty lines stand before it, of the first of them.</param>
    public sealed record OfList(ImmutableArray<(long Line, RevocationSubject Subject)> Lines) : BulkSubjects;

    /// <summary>Everybody who got a grant that stands on a timeline in a span of time.</summary>
    public sealed record OfGranted(Timeline Timeline, TimelineRange Range) : BulkSubjects;
}

/// <summary>What <c>POST /v1/bulk-revocations</c> says, before it is known whom it means.</summary>
public sealed record BulkRequest(BulkSubjects Subjects, RevocationReason Reason, string Text, DateTimeOffset? SuspendUntil);

/// <summary>
/// Reads an order for many, strictly and completely: what is wrong is told with the place of each (RFC 6901) and, within a list, its line. A list is CSV (RFC 4180) of one column <c>person</c>, <c>holder_of</c> or <c>content_id</c>, or of the
/// two columns <c>issuer,subject</c>; its first line names them.
/// </summary>
public static class BulkReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private const int MaxDepth = 4;

    /// <summary>Lines that are told to be wrong at most: a list with that many is another list.</summary>
    private const int MostWrong = 20;

    private static readonly TextRule Csv = new(static text => text.Length > 0, "lines of CSV");

    private static readonly string[][] Headers = [["issuer", "subject"], ["person"], ["holder_of"], ["content_id"]];

    private static readonly string HeaderWords = string.Join("; ", Headers.Select(static header => string.Join(',', header)));

    /// <summary>The order, or everything that is wrong with it.</summary>
    public static (BulkRequest? Request, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json) => JsonBody.Read<BulkRequest>(json, MaxSize, MaxDepth, static root =>
    {
        var fields = JsonFields.Of(root, "csv", "granted", "reason", "text", "suspend_until");
        var (csv, granted) = (fields.Optional("csv"), fields.Optional("granted"));
        if (csv is null == granted is null)
        {
            root.RefuseAs("not one way to say whom", "csv or granted");
        }

        return new(
            csv is { } list ? new BulkSubjects.OfList(ReadList(list)) : granted is { } query ? ReadQuery(query) : new BulkSubjects.OfList([]),
            fields.Choice("reason", RevocationReasons.Words),
            fields.Text("text", TextRules.Statement),
            Rfc3339.Parse(fields.OptionalText("suspend_until", TextRules.Time)));
    });

    private static BulkSubjects.OfGranted ReadQuery(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "app", "tool", "issuer", "from", "to");
        var named = new[] { TimelineKind.App, TimelineKind.Tool, TimelineKind.Issuer }.Where(kind => fields.Optional(kind.Word()) is not null).ToList();
        Timeline timeline = default;
        if (named is not [var only])
        {
            place.RefuseAs("not one of app, tool and issuer", "one of them");
        }
        else if (!Timeline.TryCreate(only, fields.Text(only.Word(), TextRules.Ascii), out timeline))
        {
            fields.Optional(only.Word())!.Value.Refuse(TextRules.Ascii.Allowed);
        }

        var (from, to) = (Rfc3339.Parse(fields.Text("from", TextRules.Time)) ?? default, Rfc3339.Parse(fields.Text("to", TextRules.Time)) ?? default);
        if (to <= from || to - from > TimelineReader.MaxRange)
        {
            place.RefuseAs("no span of time", string.Create(CultureInfo.InvariantCulture, $"to after from, by {TimelineReader.MaxRange.TotalDays} days at most"));
        }

        return new(timeline, new(from, to));
    }

    private static ImmutableArray<(long, RevocationSubject)> ReadList(JsonPlace place)
    {
        var lines = ImmutableArray.CreateBuilder<(long, RevocationSubject)>();
        if (place.Text(Csv) is not { Length: > 0 } text)
        {
            return [];
        }

        // The framework's own reader of RFC 4180; it passes over empty lines.
        using var csv = new TextFieldParser(new StringReader(text)) { TextFieldType = FieldType.Delimited, Delimiters = [","], HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = false };
        var header = Fields(csv, out _);
        if (Array.Find(Headers, known => header is not null && known.SequenceEqual(header, StringComparer.Ordinal)) is not { } columns)
        {
            place.RefuseAs("a first line that names no columns", HeaderWords);
            return [];
        }

        for (var wrong = 0; !csv.EndOfData && wrong < MostWrong;)
        {
            var fields = Fields(csv, out var line);
            if (fields is null || SubjectOf(columns, fields) is not { } subject)
            {
                wrong++;
                place.RefuseAs(string.Create(CultureInfo.InvariantCulture, $"line {line}"), $"{string.Join(',', columns)} as for one person");
            }
            else if (lines.Count == BulkOrder.MostPeople)
            {
                place.RefuseAs("more lines", string.Create(CultureInfo.InvariantCulture, $"{BulkOrder.MostPeople} people at most"));
                break;
            }
            else
            {
                lines.Add((line, subject));
            }
        }

        if (lines.Count == 0)
        {
            place.RefuseAs("nobody", "one line for each person");
        }

        return lines.DrainToImmutable();
    }

    /// <summary>Null where the line is no CSV.</summary>
    private static string[]? Fields(TextFieldParser csv, out long line)
    {
        try
        {
            line = csv.LineNumber;
            return csv.ReadFields();
        }
        catch (MalformedLineException wrong)
        {
            line = wrong.LineNumber;
            return null;
        }
    }

    private static RevocationSubject? SubjectOf(string[] columns, string[] fields) => (columns, fields) switch
    {
        (["issuer", _], [var issuer, var subject]) when TextRules.Ascii.Holds(issuer) && TextRules.Value.Holds(subject) => new RevocationSubject.OfAccount(issuer, subject),
        (["person"], [var handle]) when TextRules.Word.Holds(handle) => new RevocationSubject.OfHandle(handle, null),
        (["holder_of"], [var grant]) when TextRules.Word.Holds(grant) => new RevocationSubject.OfHolder(grant),
        (["content_id"], [var number]) when ContentId.TryParse(number, out var content) => new RevocationSubject.OfContent(content),
        _ => null,
    };
}
