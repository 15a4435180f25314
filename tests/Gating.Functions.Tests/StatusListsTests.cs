using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Gating.Functions.Tests.World;
using Gating.StatusLists;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>Status lists over the real surface and the real storage, on two instances, and before other people's clients.</summary>
public sealed class StatusListsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Type = "application/statuslist+jwt";

    private GateWorld _world = null!;
    private DeskCall _desk = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, registry: DeskCall.Trust);
        _desk = new(_world);
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Other_peoples_clients_accept_a_grant_and_see_its_status()
    {
        string[] grants = [await GrantAsync("mei"), await GrantAsync("mei"), await GrantAsync("lin"), await GrantAsync("zoe", instance: 1)];
        (await CheckAsync(grants)).ShouldAllBe(static one => one != null && one.Value.Status == 0);
        (await new GrantCall(_world).RevokeAsync(grants[1])).Status.ShouldBe(200);
        (await RevokeAsync("lin")).ShouldBe(201);
        await Task.Delay(PublishedStatusLists.MaxAge);

        // Of the other instance than the one that was told.
        var seen = await CheckAsync(grants, instance: 1);

        seen.Select(static one => one!.Value.Status).ShouldBe([0, 1, 1, 0]);
        seen.Select(static one => one!.Value.Index).Distinct().Count().ShouldBe(4);
        (await CheckAsync([grants[0][..^4] + "AAAA"])).ShouldBe([null]);
    }

    [Fact]
    public async Task What_is_revoked_is_refused_by_the_next_question_and_shows_on_every_list_within_two_seconds()
    {
        const int count = 100;
        var grants = await Task.WhenAll(Enumerable.Range(0, count).Select(i => GrantAsync($"person-{i}", instance: i % 2)));
        using var over = new CancellationTokenSource();
        var seen = new[] { 0, 1 }.Select(_ => new ConcurrentDictionary<string, Look>(StringComparer.Ordinal)).ToArray();
        var watching = new[] { 0, 1 }.Select(instance => WatchAsync(grants, instance, seen[instance], over.Token)).ToArray();
        var (answered, asked) = (new long[count], new double[count]);
        var inactive = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            // Some are given back by their app, some are of people whom an admin stops.
            await Task.Delay(i * 100);
            (i % 2 == 0 ? (await new GrantCall(_world, i % 4 / 2).RevokeAsync(grants[i])).Status : await RevokeAsync($"person-{i}")).ShouldBe(i % 2 == 0 ? 200 : 201);
            answered[i] = Stopwatch.GetTimestamp();
            var told = await new GrantCall(_world, instance: i % 2).IntrospectAsync(grants[i]);
            asked[i] = Stopwatch.GetElapsedTime(answered[i]).TotalMilliseconds;
            Interlocked.Add(ref inactive, Encoding.UTF8.GetString(told.Bytes) == """{"active":false}""" ? 1 : 0);
        }));
        for (var left = Stopwatch.StartNew(); seen.Any(static one => one.Count < count) && left.Elapsed < TimeSpan.FromSeconds(10);)
        {
            await Task.Delay(20);
        }

        await over.CancelAsync();
        await Task.WhenAll(watching);
        var took = Took(static look => look.Shown);

        // Asked for later than this, every list showed it: what was asked for before, and came late from a busy machine, tells nothing of how old a list may be.
        var silent = Took(static look => look.LastSilent);
        output.WriteLine($"{inactive} of {count} revoked grants were inactive by the next question to the other instance, which took {asked.Order().ElementAt(count / 2):F1} ms in the median; on the lists of both they showed after {took[count]:F0} ms in the median, {took[(int)(took.Count * 0.99)]:F0} ms at p99, {took[^1]:F0} ms at most; the last list without one was asked for {silent[(int)(silent.Count * 0.99)]:F0} ms after the answer at p99, {silent[^1]:F0} ms at most");
        inactive.ShouldBe(count);
        silent[(int)(silent.Count * 0.99)].ShouldBeLessThan(2000);

        List<double> Took(Func<Look, long> of) => [.. grants.SelectMany((grant, i) => seen.Select(one => Stopwatch.GetElapsedTime(answered[i], of(one[grant])).TotalMilliseconds)).Order()];
    }

    [Fact]
    public async Task What_is_revoked_from_a_time_on_is_refused_from_then_on_and_shows_on_every_list_soon_after()
    {
        await _world.AddDrivenInstanceAsync();
        var before = await GrantAsync("mei");
        var from = DateTimeOffset.UtcNow.AddSeconds(6);
        (await RevokeAsync("mei", from)).ShouldBe(201);
        var between = await GrantAsync("mei", instance: 1);
        string[] grants = [before, between];
        foreach (var grant in grants)
        {
            (await new GrantCall(_world, instance: 1).IntrospectAsync(grant)).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
            (await StatusAsync(grant)).ShouldBe(0);
        }

        DateTimeOffset.UtcNow.ShouldBeLessThan(from, "too slow to see anything");
        await Task.Delay(from - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(20));
        var began = Stopwatch.StartNew();
        for (var instance = 0; instance < 2; instance++)
        {
            (await _world.Call(_world.IdToken("mei"), instance).SendAsync()).ShouldBeRefused(400, "person_revoked");
            foreach (var grant in grants)
            {
                Encoding.UTF8.GetString((await new GrantCall(_world, instance).IntrospectAsync(grant)).Bytes).ShouldBe("""{"active":false}""");
            }
        }

        var asked = began.Elapsed;
        while ((await Task.WhenAll(grants.SelectMany(grant => new[] { StatusAsync(grant), StatusAsync(grant, 1) }))).Any(static status => status == 0))
        {
            began.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
            await Task.Delay(20);
        }

        output.WriteLine($"two questions for a grant and four about one, begun 20 ms after the time, were refused within {asked.TotalMilliseconds:F0} ms; on the lists of both instances both grants showed after {began.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task While_an_app_is_stopped_none_of_its_grants_is_valid()
    {
        var grant = await GrantAsync("mei");
        (await StatusAsync(grant)).ShouldBe(0);
        await _world.ChangeRegistryAsync(static registry => registry["apps"]!.AsArray()[0]!["status"] = "stopped");
        await Task.Delay(TimeSpan.FromSeconds(2.1));

        (await StatusAsync(grant)).ShouldBe(1);
        (await StatusAsync(grant, 1)).ShouldBe(1);
    }

    [Fact]
    public async Task A_list_is_served_as_caches_expect()
    {
        var path = Path(await GrantAsync("mei"));
        var served = await GetAsync(path);
        served.Status.ShouldBe(200);
        served.Headers["Content-Type"].ShouldBe(Type);
        served.Headers["Cache-Control"].ShouldBe("public, max-age=15");
        served.Headers["Access-Control-Allow-Origin"].ShouldBe("*");
        served.Headers["Vary"].ShouldBe("Accept");
        TokenAnswer.Claims(served.Text).GetProperty("ttl").GetInt32().ShouldBe(15);

        var again = await GetAsync(path, ("If-None-Match", served.Headers["ETag"]));
        (again.Status, again.Text, again.Headers["ETag"], again.Headers["Cache-Control"]).ShouldBe((304, "", served.Headers["ETag"], "public, max-age=15"));
        (await GetAsync(path, ("If-None-Match", "\"other\""))).Status.ShouldBe(200);
        foreach (var (accept, status) in new[] { (Type, 200), ("*/*", 200), ("application/*", 200), ("text/html, " + Type + ";q=0.5", 200), ("application/statuslist+cwt", 406), ("application/json", 406), (Type + ";q=0", 406) })
        {
            (await GetAsync(path, ("Accept", accept))).Status.ShouldBe(status, accept);
        }

        (await GetAsync(path + "?time=1686925000")).Status.ShouldBe(501);
        foreach (var unknown in new[] { new string('0', 32), "x", "..", path[13..].ToUpperInvariant() + "0" })
        {
            (await GetAsync("/statuslists/" + unknown)).Status.ShouldBe(404, unknown);
        }
    }

    [Fact]
    public async Task An_index_is_never_twice_also_not_after_a_restart()
    {
        var seen = new HashSet<(string, int)>();
        for (var i = 0; i < 3; i++)
        {
            foreach (var instance in Enumerable.Range(0, _world.Addresses.Count))
            {
                var status = TokenAnswer.Claims(await GrantAsync($"one-{i}", instance)).GetProperty("status").GetProperty("status_list");
                seen.Add((status.GetProperty("uri").GetString()!, status.GetProperty("idx").GetInt32())).ShouldBeTrue();
            }

            await _world.AddInstanceAsync();
        }

        seen.Select(static one => one.Item1).Distinct(StringComparer.Ordinal).Count().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task The_same_request_again_gets_the_same_place()
    {
        var call = _world.Call(_world.IdToken("mei")).Header("Idempotency-Key", "k1");
        var (first, second) = (await call.GrantAsync(), await call.GrantAsync());

        second.ShouldNotBe(first);
        TokenAnswer.Claims(second).GetProperty("status").GetRawText().ShouldBe(TokenAnswer.Claims(first).GetProperty("status").GetRawText());
    }

    /// <summary>Until each grant was seen on its list.</summary>
    private async Task WatchAsync(IReadOnlyList<string> grants, int instance, ConcurrentDictionary<string, Look> seen, CancellationToken over)
    {
        // Asked once each time: a look that is repeated for it would seem to have begun earlier than what it shows.
        using var http = new HttpClient { BaseAddress = _world.Addresses[instance] };
        var silent = new Dictionary<string, long>(StringComparer.Ordinal);
        var lists = grants.GroupBy(Path, StringComparer.Ordinal).ToDictionary(static list => list.Key, static list => list.ToList(), StringComparer.Ordinal);
        while (!over.IsCancellationRequested)
        {
            foreach (var (path, named) in lists)
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), CancellationToken.None);
                if (answer.StatusCode is HttpStatusCode.ServiceUnavailable)
                {
                    continue;
                }

                var compressed = System.Buffers.Text.Base64Url.DecodeFromChars(TokenAnswer.Claims(await answer.Content.ReadAsStringAsync(CancellationToken.None)).GetProperty("status_list").GetProperty("lst").GetString());
                var now = Stopwatch.GetTimestamp();
                foreach (var grant in named.Where(grant => !seen.ContainsKey(grant)))
                {
                    if (StatusBits.IsValid(compressed, List(grant).GetProperty("idx").GetInt32()))
                    {
                        silent[grant] = began;
                    }
                    else
                    {
                        seen[grant] = new(silent.GetValueOrDefault(grant), now);
                    }
                }
            }

            await Task.Delay(20, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<IReadOnlyList<(int Index, int Status, string Subject)?>> CheckAsync(IReadOnlyList<string> grants, int instance = 0) =>
        OtherVerifier.CheckGrantsAsync(_world.Addresses[instance], GateWorld.Issuer, TestRegistry.Tool, grants);

    private Task<string> GrantAsync(string subject, int instance = 0) => _world.Call(_world.IdToken(subject), instance).GrantAsync();

    private async Task<int> RevokeAsync(string subject, DateTimeOffset? from = null)
    {
        var effective = from is { } time ? $",\"effective_from\":\"{Registry.Reading.Rfc3339.Text(time)}\"" : "";
        var order = $$$"""{"subject":{"account":{"issuer":"{{{_world.IdentityIssuer}}}","subject":"{{{subject}}}"}},"reason":"abuse","text":"why"{{{effective}}}}""";
        return (await _desk.SendAsync(HttpMethod.Post, "/v1/revocations", _desk.Admin("ada"), Encoding.UTF8.GetBytes(order), ("Idempotency-Key", subject))).Status;
    }

    private static string Path(string grant) => new Uri(List(grant).GetProperty("uri").GetString()!).AbsolutePath;

    private static JsonElement List(string grant) => TokenAnswer.Claims(grant).GetProperty("status").GetProperty("status_list");

    private async Task<int> StatusAsync(string grant, int instance = 0)
    {
        var served = await GetAsync(Path(grant), instance: instance);
        served.Status.ShouldBe(200);
        var compressed = TokenAnswer.Claims(served.Text).GetProperty("status_list").GetProperty("lst").GetString()!;
        return StatusBits.IsValid(System.Buffers.Text.Base64Url.DecodeFromChars(compressed), List(grant).GetProperty("idx").GetInt32()) ? 0 : 1;
    }

    private async Task<(int Status, IReadOnlyDictionary<string, string> Headers, string Text)> GetAsync(string path, (string Name, string Value)? header = null, int instance = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_world.Addresses[instance], path));
        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _world.Http.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(static one => one.Key, static one => string.Join(',', one.Value), StringComparer.OrdinalIgnoreCase);
        return ((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Where a grant shows on a list: when the last list was asked for on which it did not, and when the first was there on which it did.</summary>
    private readonly record struct Look(long LastSilent, long Shown);
}
