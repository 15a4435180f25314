using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Clients;
using Gating.Functions.Endpoints;
using Gating.Functions.Http;
using Gating.Identity;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>Who calls an operation, as its fragment says: how they show it, and what they are told where they do not.</summary>
/// <param name="Name">Of what is answered to every such caller alike, in the document.</param>
/// <param name="Sentence">Closes the operation's description.</param>
/// <param name="Security">Alternatives.</param>
/// <param name="Refusals">Status and reasons of problems that every such caller may meet.</param>
/// <param name="Errors">The same of OAuth errors.</param>
/// <param name="Roles">At the desk, any of them.</param>
internal sealed record Caller(string Name, string Sentence, JsonArray Security, IReadOnlyList<(int Status, string Word)> Refusals, IReadOnlyList<(int Status, string Word)> Errors, params string[] Roles)
{
    /// <summary>Of every operation: FaultMiddleware's.</summary>
    public static IReadOnlyList<(int Status, string Word)> Everywhere { get; } =
        [(400, "bad_request"), (500, "internal"), (503, "storage_unavailable"), (503, "registry_unreadable"), (503, "stream_frozen"), (503, "log_frozen")];

    /// <summary>Where a person's identity token is in the body.</summary>
    public static IReadOnlyList<(int Status, string Word)> Person { get; } =
        [.. Enum.GetValues<IdentityRefusal>().Select(TokenError.Of).Append(TokenError.IssuerKeysUnavailable).Select(static error => (error.Status, error.Reason))];

    /// <summary>Where a grant is decided on: of the person's token, of a proof, and of the decision.</summary>
    public static IReadOnlyList<(int Status, string Word)> Decision { get; } =
        [.. Person, .. Enum.GetValues<DpopRefusal>().Select(TokenError.Of).Concat(Enum.GetValues<Admission.RefusalReason>().Select(TokenError.Of)).Select(static error => (error.Status, error.Reason))];

    /// <summary>Where an app sends JSON: AppCaller's.</summary>
    public static IReadOnlyList<(int Status, string Word)> Json { get; } = [(413, "too_large"), (415, "json_expected")];

    public static Caller Of(string name) => name switch
    {
        "anyone" => new("Anyone", "Anyone may ask.", [], [], []),
        "app" => new("App", "Called by an app.", Alternatives("appSecret", "appAssertion"), [(401, "client_not_authenticated")], []),
        "form" => new(
            "Form",
            "Called by an app, which authenticates as RFC 6749, 2.3 and RFC 7523, 2.2 say: in the header or in the form.",
            [new JsonObject { ["appSecret"] = new JsonArray() }, new JsonObject()],
            [],
            [.. Enum.GetValues<ClientRefusal>().Select(TokenError.Of).Concat(Enum.GetValues<FormProblem>().Where(static problem => problem is not FormProblem.None).Select(TokenError.Of))
                .Append(TokenError.Of(Admission.RefusalReason.AssertionReplayed)).Select(static error => (error.Status, error.Reason)).Append((503, "clock_off"))]),
        "grant" => new("Grant", "Called with a grant.", Alternatives("grant", "boundGrant"), [], []),
        "admin" => Desk("Takes the role of admin.", "admin"),
        "strong admin" => Desk("Takes the role of admin, by strong and recent authentication.", "admin").Strong(),
        "admin at times strong" => Desk("Takes the role of admin; for what is about more than one person, by strong and recent authentication.", "admin").Strong(),
        "regulator" => Desk("Takes the role of regulator.", "regulator"),
        "strong regulator" => Desk("Takes the role of regulator, by strong and recent authentication.", "regulator").Strong(),
        "admin or regulator" => Desk("Takes the role of admin or regulator.", "admin", "regulator"),
        _ => throw new InvalidDataException($"Nobody is called {name}."),
    };

    private static Caller Desk(string sentence, params string[] roles) => new(
        "Desk",
        sentence,
        [new JsonObject { ["desk"] = new JsonArray() }],
        [
            (401, "token_missing"),
            .. Enum.GetValues<IdentityRefusal>().Select(static refusal => (401, "token_" + JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.ToString()))),
            (403, "role_missing"),
            (503, "issuer_unavailable"),
        ],
        [],
        roles);

    private static JsonArray Alternatives(params string[] schemes) => [.. schemes.Select(static scheme => new JsonObject { [scheme] = new JsonArray() })];

    private Caller Strong() => this with { Name = "StrongDesk", Refusals = [.. Refusals, (401, "authentication_not_strong")] };
}
