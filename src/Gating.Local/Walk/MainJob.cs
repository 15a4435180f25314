using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Gating.Local.Gate;
using Gating.Local.OpenId;

namespace Gating.Local.Walk;

/// <summary>
/// The main job, once, with real requests: an identity token in, a recorded grant out, a generation under it, its output labelled and kept. Every step checks what it shows; the first that does
/// not hold ends the walk.
/// </summary>
internal sealed class MainJob(LocalWorld world, WalkReport report)
{
    private readonly TokenExchange _exchange = new(world.Http, world.Gate.Address, world.Studio.Secret);
    private readonly OutputSteps _outputs = new(world.Http, world.Gate.Address, world.Studio.Secret, report);
    private readonly GrantCheck _check = new(world.Http, world.Gate.Address);

    // One person per walk, so that yesterday's walk has not used up today's units.
    private readonly DemoPerson _person = world.Walker;

    /// <summary>Whether every step held.</summary>
    public async Task<bool> WalkAsync(CancellationToken cancellation)
    {
        report.Title("The main job, once");
        try
        {
            var idToken = await SignInAsync(cancellation);
            var key = FreshKey();
            var grant = await FirstGrantAsync(idToken, key, cancellation);
            await VerifyAsync(grant, cancellation);
            await RepeatAsync(idToken, key, grant, cancellation);
            await _outputs.WalkAsync(grant, cancellation);
            await UseUpAsync(idToken, cancellation);
            await ReadLedgerAsync(cancellation);
            return true;
        }
        catch (Exception e) when (e is StepFailedException or HttpRequestException or InvalidOperationException or KeyNotFoundException or StorageUnavailableException)
        {
            report.Failed(e.Message);
            return false;
        }
    }

    private async Task<string> SignInAsync(CancellationToken cancellation)
    {
        report.Step($"A person signs in at the OpenID provider ({world.Provider.Issuer})");
        var token = await world.Studio.SignInAsync(_person.Name, cancellation);
        var payload = TokenText.Payload(token);
        var verification = payload.GetProperty("verified_claims").GetProperty("verification");
        report.Fact($"ID token for {payload.GetProperty("sub")}, signed with {TokenText.Header(token).GetProperty("alg")}");
        report.Fact($"the person was proven at level {verification.GetProperty("assurance_level")} on {verification.GetProperty("time")}");
        return token;
    }

    private async Task<string> FirstGrantAsync(string idToken, string key, CancellationToken cancellation)
    {
        report.Step($"The app exchanges the ID token for a grant (POST /oauth2/token)");
        var answer = Demand(HttpStatusCode.OK, await _exchange.ExchangeAsync(idToken, key, cancellation));
        report.Fact($"{answer.Text("token_type")} grant for {DemoFacts.Operation} at {DemoFacts.Tool}, good for {answer.Text("expires_in")} s");
        report.Fact($"RateLimit: {answer.RateLimit ?? "(none)"}");
        return GrantOf(answer);
    }

    private async Task VerifyAsync(string grant, CancellationToken cancellation)
    {
        report.Step("The tool verifies the grant against the gate's published keys (/jwks)");
        var verified = await _check.VerifyAsync(grant, cancellation);
        report.Fact($"valid: {verified.Typ}, {verified.Alg}, key {verified.Kid[..8]}…, until {verified.ValidTo.ToString("u", CultureInfo.InvariantCulture)}");
        report.Fact($"the person is {verified.Subject[..12]}… to this app, and somebody else to every other");
    }

    private async Task RepeatAsync(string idToken, string key, string grant, CancellationToken cancellation)
    {
        report.Step("The app sends the same request again, with the same Idempotency-Key");
        var again = GrantOf(Demand(HttpStatusCode.OK, await _exchange.ExchangeAsync(idToken, key, cancellation)));
        var (first, second) = (Id(grant), Id(again));
        if (!string.Equals(first, second, StringComparison.Ordinal))
        {
            throw new StepFailedException($"A repeated request must return grant {first}, not a new one ({second}).");
        }

        report.Fact($"the same grant ({first[..12]}…); nothing was charged twice");
    }

    private async Task UseUpAsync(string idToken, CancellationToken cancellation)
    {
        report.Step($"The person's quota runs out ({DemoFacts.DailyUnits} units a day)");
        for (var unit = 2; unit <= DemoFacts.DailyUnits; unit++)
        {
            Demand(HttpStatusCode.OK, await _exchange.ExchangeAsync(idToken, FreshKey(), cancellation));
            report.Fact($"unit {unit}: granted");
        }

        var refused = Demand(HttpStatusCode.TooManyRequests, await _exchange.ExchangeAsync(idToken, FreshKey(), cancellation));
        if (refused.RetryAfter is not { } wait)
        {
            throw new StepFailedException("A 429 must say in Retry-After when to come back.");
        }

        report.Fact($"unit {DemoFacts.DailyUnits + 1}: refused with 429 {refused.Text("error") ?? refused.Text("title")}, Retry-After {wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s");
    }

    private async Task ReadLedgerAsync(CancellationToken cancellation)
    {
        report.Step("The person's ledger is read back from Table storage");
        var lines = await world.Gate.ReadLedgerAsync(world.Provider.Issuer, _person, cancellation);
        foreach (var line in lines)
        {
            report.Fact($"{line.Seq.ToString(CultureInfo.InvariantCulture),3}  {line.Time.ToString("u", CultureInfo.InvariantCulture)}  {line.Kind,-8}  {line.Hash.ToString()[..16]}…");
        }

        var grants = lines.Count(line => line.Kind is Ledger.EntryKind.Granted);
        if (grants != DemoFacts.DailyUnits)
        {
            throw new StepFailedException($"The ledger must hold {DemoFacts.DailyUnits} grants, and holds {grants}.");
        }

        report.Fact("the numbers have no gap, and every entry carries the hash of the one before");
    }

    private static ExchangeAnswer Demand(HttpStatusCode expected, ExchangeAnswer answer) => answer.Status == expected
        ? answer
        : throw new StepFailedException($"The gate must answer {(int)expected} here, and answered {(int)answer.Status}: {answer.Body}");

    private static string GrantOf(ExchangeAnswer answer) => answer.Text("access_token") ?? throw new StepFailedException($"The answer carries no access_token: {answer.Body}");

    private static string Id(string grant) => TokenText.Payload(grant).GetProperty("jti").GetString()!;

    private static string FreshKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
