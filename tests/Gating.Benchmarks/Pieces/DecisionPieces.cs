using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Gating.Benchmarks.Scene;
using Gating.Identity;
using Gating.Identity.Keys;
using Gating.Ledger;
using Gating.Registry;
using Gating.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gating.Benchmarks.Pieces;

/// <summary>What has to be known of a person: the identity token verified, the quotas charged.</summary>
[Config(typeof(PieceConfig))]
public class DecisionPieces
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly QuotaPlan _plan = QuotaPlan.For(
        World.App,
        World.Open,
        [new Quota.Calendar("daily", QuotaScope.AppPersonTool, 1000, CalendarPeriod.Day), new Quota.Burst("burst", QuotaScope.AppPersonTool, 100, TimeSpan.FromMinutes(1))],
        [new Quota.Rolling("rolling", QuotaScope.Person, 10_000, TimeSpan.FromDays(30))]);

    private World _world = null!;
    private IssuerKeys _keys = null!;
    private IdentityVerifier _verifier = null!;
    private RegistrySnapshot _registry = null!;
    private string _ec = "";
    private string _rsa = "";
    private ImmutableArray<UsageWindow> _windows = [];

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _world = await World.CreateAsync(exactUnits: 1);
        _keys = new(new(AllowLoopback: true), TimeProvider.System, NullLogger<IssuerKeys>.Instance);
        _verifier = new(_keys, VerifiedSignatures.None, TimeProvider.System);
        _registry = ((RegistryReading.Valid)RegistryReader.ReadDocument(await File.ReadAllBytesAsync(_world.Seed), RegistryMode.Development)).Document.ToSnapshot(1, 0, DateTimeOffset.UtcNow);
        (_ec, _rsa) = (_world.Token("alice"), _world.Token("alice", rsa: true));
        _windows = ((UsageDecision.Charged)_plan.Charge([], 1, Now)).Windows;
        if (await Es256TokenVerifiedAsync() is not IdentityOutcome.Verified || await Rs256TokenVerifiedAsync() is not IdentityOutcome.Verified)
        {
            throw new InvalidOperationException("The tokens are not accepted.");
        }
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _keys.Dispose();
        await _world.DisposeAsync();
    }

    [Benchmark]
    public async Task<IdentityOutcome> Es256TokenVerifiedAsync() => await _verifier.VerifyAsync(_ec, _registry.Apps[World.App], _registry.Issuers, CancellationToken.None);

    [Benchmark]
    public async Task<IdentityOutcome> Rs256TokenVerifiedAsync() => await _verifier.VerifyAsync(_rsa, _registry.Apps[World.App], _registry.Issuers, CancellationToken.None);

    [Benchmark]
    public UsageDecision QuotasCharged() => _plan.Charge(_windows, 1, Now);
}
