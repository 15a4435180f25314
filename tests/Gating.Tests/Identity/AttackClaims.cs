using Gating.Testing.Jose;
using static Gating.Identity.IdentityRefusal;

namespace Gating.Tests.Identity;

/// <summary>Well-formed, well-signed tokens whose claims are not those of an identity token for this app, now.</summary>
public static class AttackClaims
{
    private static readonly string[] NotText = ["null", "1", "true", "{}", """["alice"]""", "\"\""];
    private static readonly string[] NotTime = ["null", "\"1795348800\"", "true", "{}", "[1795348800]", "-1", "1e300", "253402300800"];

    public static IEnumerable<AttackToken> All => [.. Issuers(), .. Subjects(), .. Audiences(), .. Times(), .. People()];

    private static AttackToken Case(string name, Gating.Identity.IdentityRefusal reason, Action<RawObject, string> spoil) =>
        new(name, reason, draft => draft.With(d => spoil(d.Payload, d.Origin)).Token());

    private static IEnumerable<AttackToken> Issuers()
    {
        yield return Case("iss absent", MissingClaim, (payload, _) => payload.Drop("iss"));
        foreach (var odd in NotText)
        {
            yield return Case($"iss {odd}", InvalidClaim, (payload, _) => payload.Set("iss", odd));
        }

        yield return Case("iss of nobody", UnknownIssuer, (payload, _) => payload.Text("iss", "https://nobody.example"));
        yield return Case("iss with a slash", UnknownIssuer, (payload, origin) => payload.Text("iss", origin + "/main/"));
        yield return Case("iss in other case", UnknownIssuer, (payload, origin) => payload.Text("iss", origin + "/Main"));
        yield return Case("iss with a prefix of ours", UnknownIssuer, (payload, origin) => payload.Text("iss", origin + "/main.evil.example"));
        yield return Case("iss with a query", UnknownIssuer, (payload, origin) => payload.Text("iss", origin + "/main?"));
        yield return Case("iss by another name of the host", UnknownIssuer, (payload, origin) =>
            payload.Text("iss", origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/main"));
        yield return Case("iss with a space", UnknownIssuer, (payload, origin) => payload.Text("iss", origin + "/main "));
        yield return Case("iss of 3000 characters", InvalidClaim, (payload, _) => payload.Text("iss", "https://" + new string('i', 3000)));
        yield return Case("signed with a key that is stopped", KeyStopped, (payload, origin) => payload.Text("iss", origin + "/halted"));
        yield return Case("iss stopped", IssuerStopped, (payload, origin) => payload.Text("iss", origin + "/stopped"));
    }

    private static IEnumerable<AttackToken> Subjects()
    {
        yield return Case("sub absent", MissingClaim, (payload, _) => payload.Drop("sub"));
        foreach (var odd in NotText)
        {
            yield return Case($"sub {odd}", InvalidClaim, (payload, _) => payload.Set("sub", odd));
        }

        yield return Case("sub of 256 characters", InvalidClaim, (payload, _) => payload.Text("sub", new string('s', 256)));
    }

    private static IEnumerable<AttackToken> Audiences()
    {
        yield return Case("aud absent", MissingClaim, (payload, _) => payload.Drop("aud"));
        foreach (var odd in new[] { "null", "1", "true", "{}", "[1]", """["studio-web",null]""", """[["studio-web"]]""" })
        {
            yield return Case($"aud {odd}", InvalidClaim, (payload, _) => payload.Set("aud", odd));
        }

        yield return Case("aud of 17 values", InvalidClaim, (payload, _) => payload.Set("aud", $"[{string.Join(',', Enumerable.Repeat("\"studio-web\"", 17))}]"));
        foreach (var other in new[] { "\"\"", "[]", "\"other-app\"", "\"studio-web/\"", "\"studio\"", "\"studio-we\"", "\"Studio-Web\"", "\" studio-web\"", "\"studio-web,studio-ios\"", "\"studio-elsewhere\"", """["a","b"]""" })
        {
            yield return Case($"aud {other}", WrongAudience, (payload, _) => payload.Set("aud", other));
        }

        yield return Case("several aud, no azp", WrongAudience, (payload, _) => payload.Set("aud", """["studio-web","stranger"]"""));
        yield return Case("several aud, azp of a stranger", WrongAudience, (payload, _) => payload.Set("aud", """["studio-web","stranger"]""").Text("azp", "stranger"));
        yield return Case("two aud of ours, no azp", WrongAudience, (payload, _) => payload.Set("aud", """["studio-web","studio-ios"]"""));
        yield return Case("one aud, azp of a stranger", WrongAudience, (payload, _) => payload.Text("azp", "stranger"));
        yield return Case("azp is ours, aud is not", WrongAudience, (payload, _) => payload.Text("aud", "stranger").Text("azp", "studio-web"));
        foreach (var odd in NotText)
        {
            yield return Case($"azp {odd}", InvalidClaim, (payload, _) => payload.Set("azp", odd));
        }
    }

    private static IEnumerable<AttackToken> Times()
    {
        var now = TokenDraft.Now;
        yield return Case("exp absent", MissingClaim, (payload, _) => payload.Drop("exp"));
        yield return Case("iat absent", MissingClaim, (payload, _) => payload.Drop("iat"));
        foreach (var odd in NotTime)
        {
            foreach (var claim in new[] { "exp", "iat", "nbf", "auth_time" })
            {
                yield return Case($"{claim} {odd}", InvalidClaim, (payload, _) => payload.Set(claim, odd));
            }
        }

        yield return Case("exp a year ago", Expired, (payload, _) => payload.Number("iat", now - 31_536_600).Number("exp", now - 31_536_000));
        yield return Case("exp just past the skew", Expired, (payload, _) => payload.Number("iat", now - 660).Number("exp", now - 60));
        yield return Case("exp zero", InvalidClaim, (payload, _) => payload.Number("exp", 0));
        yield return Case("exp before iat", InvalidClaim, (payload, _) => payload.Number("iat", now).Number("exp", now - 1));
        yield return Case("exp equal to iat", InvalidClaim, (payload, _) => payload.Number("iat", now).Number("exp", now));
        yield return Case("nbf past the skew", NotYetValid, (payload, _) => payload.Number("nbf", now + 61));
        yield return Case("iat past the skew", NotYetValid, (payload, _) => payload.Number("iat", now + 61));
        yield return Case("iat in milliseconds", InvalidClaim, (payload, _) => payload.Number("iat", now * 1000));
        yield return Case("auth_time past the skew", NotYetValid, (payload, _) => payload.Number("auth_time", now + 61));
        yield return Case("lifetime one second over", LifetimeTooLong, (payload, _) => payload.Number("exp", now + 3601));
        yield return Case("lifetime of ten years", LifetimeTooLong, (payload, _) => payload.Number("exp", now + 315_360_000));
        yield return Case("exp in milliseconds", InvalidClaim, (payload, _) => payload.Number("exp", (now + 600) * 1000));
    }

    private static IEnumerable<AttackToken> People()
    {
        yield return Case("natural person absent where the issuer is trusted for it", NaturalPersonMissing, (payload, origin) => payload.Text("iss", origin + "/human"));
        foreach (var odd in NotText)
        {
            yield return Case($"natural person {odd}", InvalidClaim, (payload, origin) => payload.Text("iss", origin + "/human").Set("person_id", odd));
        }
    }
}
