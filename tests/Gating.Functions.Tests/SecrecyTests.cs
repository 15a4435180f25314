using System.Security.Cryptography;
using System.Text;
using Gating.Functions.Tests.World;
using Gating.Testing.Storage;
using Gating.Testing.Processes;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Nothing personal and nothing secret is logged, at any level, whatever happens: everything that was logged is searched.</summary>
public sealed class SecrecyTests
{
    [Fact]
    public async Task A_run_with_grants_refusals_and_faults_logs_no_token_secret_or_identity()
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Table);
        await using var world = await GateWorld.StartAsync(tables: proxy.Address, registry: registry => registry["tools"]![0]!["quotas"]![0]!["limit"] = 2);
        var subject = $"subject-{Guid.NewGuid():N}";
        var token = world.IdToken(subject);
        var answers = new List<TokenAnswer>
        {
            await world.Call(token).Key("idempotency-secret-1").SendAsync(),
            await world.Call(token).Key("idempotency-secret-1").SendAsync(),
            await world.Call(token).SendAsync(),
            await world.Call(token).SendAsync(),
            await world.Call(token + "x").SendAsync(),
            await world.Call(token).As(TokenCall.Basic(TestRegistry.App, "a-wrong-secret-value")).SendAsync(),
            await world.Call(token).With("authorization_details", """[{"type":"synthetic_media","operation":"prompt_text_secret"}]""").SendAsync(),
        };
        proxy.Choose((_, _) => WireFault.Forbidden);
        answers.Add(await world.Call(token).SendAsync());
        answers.Select(answer => answer.Status).ShouldBe([200, 200, 200, 429, 400, 401, 400, 503]);

        var logged = string.Join('\n', world.Logs.Lines);
        logged.ShouldContain("Token request granted");
        logged.ShouldContain("Token request refused");
        var grants = answers.Where(answer => answer.Status == 200).Select(answer => answer.Grant).ToArray();
        string[] secrets =
        [
            token, token.Split('.')[1], token.Split('.')[2], subject, TestRegistry.Secret, "a-wrong-secret-value", "idempotency-secret-1", "prompt_text_secret",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TestRegistry.App}:{TestRegistry.Secret}")),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TestRegistry.Secret))),
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq", "PRIVATE KEY", "SharedKey",
            .. grants, .. grants.SelectMany(grant => grant.Split('.').Skip(1)), .. grants.Select(grant => TokenAnswer.Claims(grant).GetProperty("sub").GetString()!),
        ];
        foreach (var secret in secrets)
        {
            // Not ShouldNotContain: a failure must not print the haystack with everything in it.
            logged.Contains(secret, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"a log line holds {secret[..Math.Min(12, secret.Length)]}…");
        }
    }

    [Fact]
    public async Task No_error_answer_shows_a_stack_a_path_or_a_version()
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Table);
        await using var world = await GateWorld.StartAsync(tables: proxy.Address);
        proxy.Choose((_, _) => WireFault.CutShort);
        var answers = new List<TokenAnswer>
        {
            await world.Call(world.IdToken("alice")).SendAsync(),
            await world.Call("not.a.token").SendAsync(),
            await world.Call(world.IdToken("alice")).With("grant_type", "password").SendAsync(),
        };
        foreach (var answer in answers)
        {
            answer.Status.ShouldBeOneOf(400, 401, 503);
            answer.Body.ShouldNotContain("   at ");
            answer.Body.ShouldNotContain("Exception");
            answer.Body.ShouldNotContain(".cs");
            answer.Headers.ContainsKey("Server").ShouldBeFalse();
        }
    }
}
