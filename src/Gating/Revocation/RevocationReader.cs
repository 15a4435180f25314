using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Access;
using Gating.Generations;
using Gating.Identity.Jose;
using Gating.Mandates;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Revocation;

/// <summary>Who is to be stopped, as an admin names it.</summary>
public abstract record RevocationSubject
{
    private RevocationSubject()
    {
    }

    /// <summary>A handle of the desk: one that an answer gave to admins, or, where <paramref name="Regulator"/> says whose, to a regulator.</summary>
    public sealed record OfHandle(string Handle, Official? Regulator) : RevocationSubject;

    /// <summary>That grant alone, by its <c>jti</c>.</summary>
    public sealed record OfGrant(string Id) : RevocationSubject;

    /// <summary>To whom a grant was given, by its <c>jti</c>.</summary>
    public sealed record OfHolder(string Grant) : RevocationSubject;

    /// <summary>Who made an output.</summary>
    public sealed record OfContent(ContentId Content) : RevocationSubject;

    public sealed record OfAccount(string Issuer, string Subject) : RevocationSubject;

    /// <summary>An app by its client id, a tool by its resource, an issuer or a moderator by its identifier, a key by its thumbprint.</summary>
    public sealed record OfRegistered(RegistryKind Kind, string Name) : RevocationSubject;
}

/// <summary>What <c>POST /v1/revocations</c> says, before it is known whom it means.</summary>
public sealed record RevocationRequest(RevocationSubject Subject, RevocationReason Reason, string Text, DateTimeOffset? SuspendUntil, DateTimeOffset? EffectiveFrom = null);

/// <summary>Reads an order, strictly and completely: unknown members, duplicates and anything out of range are errors, told all at once with the place of each (RFC 6901).</summary>
public static class RevocationReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 8 * 1024;

    private const int MaxDepth = 4;

    private static readonly string[] Subjects = ["person", "grant", "holder_of", "content_id", "account", RegistryWords.App, RegistryWords.Tool, RegistryWords.Issuer, RegistryWords.Moderator, RegistryWords.Key];

    private static readonly TextRule Content = new(static text => ContentId.TryParse(text, out _), "the number in a label (ProduceID)");

    private static readonly TextRule Thumbprint = new(
        static text => StrictBase64Url.Decode(text)?.Length is SHA256.HashSizeInBytes, "the SHA-256 thumbprint of a JWK (RFC 7638), base64url");

    /// <summary>The order, or everything that is wrong with it. Whether a suspension is over already is not looked at: that is for the rules, by their clock.</summary>
    public static (RevocationRequest? Request, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json) => JsonBody.Read<RevocationRequest>(json, MaxSize, MaxDepth, static root =>
    {
        var fields = JsonFields.Of(root, "subject", "reason", "text", "suspend_until", "effective_from");
        var until = fields.OptionalText("suspend_until", TextRules.Time);
        var subject = fields.Required("subject") is { } named ? ReadSubject(named) : Nobody;
        if (until is not null && subject is RevocationSubject.OfRegistered or RevocationSubject.OfGrant)
        {
            fields.Optional("suspend_until")!.Value.RefuseAs("an end for what is no person", "people alone are suspended");
        }

        var (end, from) = (Rfc3339.Parse(until), Rfc3339.Parse(fields.OptionalText("effective_from", TextRules.Time)));
        if (from is not null && subject is RevocationSubject.OfGrant)
        {
            fields.Optional("effective_from")!.Value.RefuseAs("a beginning for one grant", "what lasts for minutes is revoked at once");
        }

        if (end <= from)
        {
            fields.Optional("suspend_until")!.Value.RefuseAs("an end that is no later than the beginning", "a time after effective_from");
        }

        return new(
            subject,
            fields.Choice("reason", RevocationReasons.Words),
            fields.Text("text", TextRules.Statement),
            end,
            from);
    });

    /// <summary>Why something is lifted: <c>{"text": "…"}</c>.</summary>
    public static (string? Text, ImmutableArray<RegistryError> Errors) ReadLifting(ReadOnlyMemory<byte> json) => JsonBody.Read(json, MaxSize, MaxDepth, static root => JsonFields.Of(root, "text").Text("text", TextRules.Statement));

    private static RevocationSubject Nobody => new RevocationSubject.OfGrant("");

    private static RevocationSubject ReadSubject(JsonPlace place)
    {
        var fields = JsonFields.Of(place, [.. Subjects, "regulator"]);
        if (place.Value.ValueKind is not JsonValueKind.Object || Subjects.Count(name => fields.Optional(name) is not null) != 1)
        {
            place.RefuseAs("not one subject", $"one of {string.Join(", ", Subjects)}");
            return Nobody;
        }

        if (fields.Optional("regulator") is { } stray && fields.Optional("person") is null)
        {
            stray.RefuseAs("a regulator without a handle of a person", "regulator beside person alone");
        }

        foreach (var kind in Enum.GetValues<RegistryKind>())
        {
            if (fields.OptionalText(kind.Word(), kind is RegistryKind.Key ? Thumbprint : TextRules.Value) is { } name)
            {
                return new RevocationSubject.OfRegistered(kind, name);
            }
        }

        return fields.Optional("account") is { } account ? ReadAccount(account)
            : fields.OptionalText("content_id", Content) is { } number && ContentId.TryParse(number, out var content) ? new RevocationSubject.OfContent(content)
            : fields.OptionalText("grant", TextRules.Word) is { } grant ? new RevocationSubject.OfGrant(grant)
            : fields.OptionalText("holder_of", TextRules.Word) is { } held ? new RevocationSubject.OfHolder(held)
            : fields.OptionalText("person", TextRules.Word) is { } handle ? new RevocationSubject.OfHandle(handle, fields.Optional("regulator") is { } regulator ? MandateReader.ReadRegulator(regulator) : null)
            : Nobody;
    }

    private static RevocationSubject.OfAccount ReadAccount(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "issuer", "subject");
        return new(fields.Text("issuer", TextRules.Ascii), fields.Text("subject", TextRules.Value));
    }
}
