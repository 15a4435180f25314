using System.Collections.Immutable;
using Gating.Access;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Reading;
using Gating.Timelines;

namespace Gating.Mandates;

/// <summary>Reads a proposal, strictly and completely: unknown members, duplicates and anything out of range are errors, told all at once with the place of each (RFC 6901).</summary>
public static class MandateReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 32 * 1024;

    private const int MaxDepth = 4;

    private static readonly Choices<MandateFields> Fields = new(
        ("prompts", MandateFields.Prompts), ("labels", MandateFields.Labels), ("bundles", MandateFields.Bundles), ("identity", MandateFields.Identity));

    /// <summary>The proposal, or everything that is wrong with it.</summary>
    /// <param name="person">Opens the handle of a person that was given to that regulator; null for anything else.</param>
    public static (MandateTerms? Terms, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json, DateTimeOffset now, Func<Official, string, StreamId?> person) => JsonBody.Read(json, MaxSize, MaxDepth, root =>
    {
        var fields = JsonFields.Of(root, "regulator", "purpose", "legal_basis", "case_number", "scope", "expires");
        var regulator = fields.Required("regulator") is { } who ? ReadRegulator(who) : new("", "", null);
        var terms = new MandateTerms(
            regulator,
            fields.Text("purpose", TextRules.Statement),
            fields.Text("legal_basis", TextRules.Statement),
            fields.Text("case_number", TextRules.Statement),
            fields.Required("scope") is { } scope ? ReadScope(scope, handle => person(regulator, handle)) : new([], [], [], default, default, MandateFields.None),
            Rfc3339.Parse(fields.Text("expires", TextRules.Time)) ?? now);
        if (!root.Errors.Any && (terms.Expires <= now || terms.Expires > now + MandateTerms.MaxLife))
        {
            fields.Required("expires")!.Value.Refuse($"a time from now to {MandateTerms.MaxLife.TotalDays} days from now");
        }

        if (!root.Errors.Any && (terms.Scope.To <= terms.Scope.From || terms.Scope.To - terms.Scope.From > TimelineReader.MaxRange))
        {
            fields.Required("scope")!.Value.RefuseAs("another range of time", $"to after from, by {TimelineReader.MaxRange.TotalDays} days at most");
        }

        return terms;
    });

    internal static Official ReadRegulator(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "issuer", "subject");
        return new(fields.Text("issuer", TextRules.Ascii), fields.Text("subject", TextRules.Value), null);
    }

    private static MandateScope ReadScope(JsonPlace place, Func<string, StreamId?> person)
    {
        var fields = JsonFields.Of(place, "apps", "tools", "people", "from", "to", "fields");
        var people = new List<StreamId>();
        foreach (var (handle, at) in Names(fields, "people", TextRules.Word))
        {
            if (person(handle) is { } stream)
            {
                people.Add(stream);
            }
            else
            {
                at.RefuseUnseen("the handle of a person, as an answer gave it to that regulator");
            }
        }

        return new(
            [.. Names(fields, "apps", TextRules.AppId).Select(static one => one.Text)],
            [.. Names(fields, "tools", TextRules.Word).Select(static one => one.Text)],
            [.. people],
            Rfc3339.Parse(fields.Text("from", TextRules.Time)) ?? default,
            Rfc3339.Parse(fields.Text("to", TextRules.Time)) ?? default,
            fields.Items("fields", 0, 4).Aggregate(MandateFields.None, static (all, one) => all | (one.Choice(Fields) ?? MandateFields.None)));
    }

    private static IEnumerable<(string Text, JsonPlace Place)> Names(JsonFields fields, string name, TextRule rule) =>
        fields.Optional(name) is { } list ? JsonFields.Texts(list, 1, MandateScope.MaxNames, rule).Select(static one => (one.Value, one.Place)) : [];
}
