namespace Gating.Local.OpenId;

/// <summary>What the demonstration provider is started with.</summary>
/// <param name="Port">0: any free one. The issuer is <c>http://127.0.0.1:{port}</c>.</param>
/// <param name="KeysFile">Keeps its signing keys over a restart; null: fresh ones at each start.</param>
public sealed record OpenIdProviderOptions(
    IReadOnlyList<OpenIdClient> Clients,
    IReadOnlyList<DemoPerson> Persons,
    TimeSpan TokenLifetime,
    int Port = 0,
    string? KeysFile = null)
{
    /// <summary>The claim by which the provider names one human over several accounts; in the ID token with scope <c>person</c>.</summary>
    public const string PersonClaim = "natural_person";

    /// <summary>One client of each algorithm, every demonstration person, tokens of five minutes.</summary>
    public static OpenIdProviderOptions Default { get; } = new([OpenIdClient.Studio, OpenIdClient.StudioEs256], DemoPerson.All, TimeSpan.FromMinutes(5));
}

/// <summary>An application that persons sign in to.</summary>
/// <param name="Secret">Null: a public client; PKCE is asked of every one.</param>
/// <param name="Algorithm">Of its ID tokens: RS256 or ES256.</param>
public sealed record OpenIdClient(string Id, IReadOnlyList<string> RedirectUris, string? Secret = null, string Algorithm = "RS256")
{
    /// <summary>The redirect of tests: nobody listens there, the answer is read from the redirect itself.</summary>
    public const string NobodyListens = "http://127.0.0.1:9/callback";

    public static OpenIdClient Studio { get; } = new("studio-web", [NobodyListens]);

    public static OpenIdClient StudioEs256 { get; } = new("studio-mobile", [NobodyListens], Algorithm: "ES256");
}
