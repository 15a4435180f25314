using System.Collections.Immutable;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Appeals;

/// <summary>Reads what apps and admins send about appeals, strictly and completely. A token is never told back.</summary>
public static class AppealReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 32 * 1024;

    private const int MaxDepth = 3;

    private static readonly Choices<AppealState> Outcomes = new(("upheld", AppealState.Upheld), ("rejected", AppealState.Rejected));

    /// <summary>Who appeals, by the identity token, and what they say: <c>{"subject_token": "…", "text": "…"}</c>.</summary>
    public static (AppealRequest? Request, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json) => JsonBody.Read(json, MaxSize, MaxDepth, static root =>
    {
        var fields = JsonFields.Of(root, "subject_token", "text");
        var token = fields.Required("subject_token");
        if (token?.RawText() is not { Length: > 0 })
        {
            token?.RefuseUnseen("the identity token of the person who appeals");
        }

        return new AppealRequest(token?.RawText() ?? "", fields.Text("text", TextRules.Statement));
    });

    /// <summary>How it is answered: <c>{"outcome": "upheld", "text": "…"}</c>.</summary>
    public static (AppealAnswer? Answer, ImmutableArray<RegistryError> Errors) ReadAnswer(ReadOnlyMemory<byte> json) => JsonBody.Read(json, MaxSize, MaxDepth, static root =>
    {
        var fields = JsonFields.Of(root, "outcome", "text");
        return new AppealAnswer(fields.Choice("outcome", Outcomes) is AppealState.Upheld, fields.Text("text", TextRules.Statement));
    });
}

/// <summary>An appeal as it was sent.</summary>
public sealed record AppealRequest(string SubjectToken, string Text);

/// <summary>A decision as it was sent.</summary>
/// <param name="Text">What the person is told.</param>
public sealed record AppealAnswer(bool Upheld, string Text);
