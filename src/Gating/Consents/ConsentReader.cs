using System.Collections.Immutable;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Consents;

/// <summary>A consent as it was sent: who gives it, by the identity token, and what for.</summary>
public sealed record ConsentRequest(string SubjectToken, ConsentTerms Terms);

/// <summary>Reads what an app sends on behalf of the person depicted, strictly and completely. A token is never told back.</summary>
public sealed class ConsentReader(AppHandles handles)
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 32 * 1024;

    private const int MaxDepth = 3;

    /// <summary>The consent, or everything that is wrong with it.</summary>
    public (ConsentRequest? Request, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json, string app, DateTimeOffset now) => JsonBody.Read(json, MaxSize, MaxDepth, root =>
    {
        var fields = JsonFields.Of(root, "subject_token", "tools", "apps", "requester", "purpose", "expires");
        var token = ReadToken(fields);
        var terms = new ConsentTerms(
            Names(fields, "tools", TextRules.Word),
            Names(fields, "apps", TextRules.AppId),
            fields.Optional("requester") is { } requester ? ReadRequester(requester, app) : null,
            fields.Text("purpose", TextRules.Statement),
            Rfc3339.Parse(fields.Text("expires", TextRules.Time)) ?? now);
        if (!root.Errors.Any && (terms.Until <= now || terms.Until > now + ConsentTerms.MaxLife))
        {
            fields.Required("expires")!.Value.Refuse($"a time from now to {ConsentTerms.MaxLife.TotalDays} days from now");
        }

        return new ConsentRequest(token, terms);
    });

    /// <summary>Who withdraws: <c>{"subject_token": "…"}</c>.</summary>
    public static (string? SubjectToken, ImmutableArray<RegistryError> Errors) ReadWithdrawal(ReadOnlyMemory<byte> json) =>
        JsonBody.Read(json, MaxSize, MaxDepth, static root => ReadToken(JsonFields.Of(root, "subject_token")));

    private static string ReadToken(JsonFields fields)
    {
        if (fields.Required("subject_token") is not { } place)
        {
            return "";
        }

        if (place.RawText() is { Length: > 0 } token)
        {
            return token;
        }

        place.RefuseUnseen("the identity token of the person depicted");
        return "";
    }

    /// <summary>By the <c>sub</c> under which this app knows that person.</summary>
    private StreamId? ReadRequester(JsonPlace place, string app)
    {
        if (place.RawText() is { } sub && handles.TryOpenPerson(app, sub, out var person))
        {
            return person;
        }

        place.RefuseUnseen("the sub of a grant of this app");
        return null;
    }

    private static ImmutableArray<string> Names(JsonFields fields, string name, TextRule rule) =>
        fields.Optional(name) is { } list ? [.. JsonFields.Texts(list, 1, ConsentTerms.MaxNames, rule).Select(static one => one.Value)] : [];
}
