using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Consents;
using Gating.Identity;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Jose;
using Gating.Testing.Storage;
using Gating.Tests.Ledger.Append;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

/// <summary>The decision table: for every reason there is, a situation that is refused for exactly that reason, and nothing is charged.</summary>
public sealed class RefusalTableTests
{
    private static readonly Dictionary<RefusalReason, Func<GateFixture, Task<AdmissionDecision>>> Table = new()
    {
        [RefusalReason.ToolUnknown] = gate => gate.AskAsync(request => request with { Resource = "https://tools.test/none" }),
        [RefusalReason.ToolNotForApp] = gate => gate.AskAsync(request => request with { Resource = GateFixture.OtherTool }),
        [RefusalReason.ToolStopped] = gate => With(gate, () => gate.FirstTool["status"] = "stopped"),
        [RefusalReason.DossierIncomplete] = gate => With(gate, () => gate.FirstTool["dossier"]!.AsObject().Remove("filingNumber")),
        [RefusalReason.DossierLapsed] = gate => With(gate, () => gate.FirstTool["dossier"]!["datasetAuditUntil"] = "2026-01-01"),
        [RefusalReason.OperationNotAllowed] = gate => gate.AskAsync(request => request with { Detail = request.Detail with { Operation = "voice_clone" } }),
        [RefusalReason.UnitsOutOfRange] = gate => gate.AskAsync(request => request with { Detail = request.Detail with { Units = 11 } }),
        [RefusalReason.DpopRequired] = gate => With(gate, () => gate.FirstTool["demandsDpop"] = true),
        [RefusalReason.AssuranceTooLow] = gate => gate.AskAsync(request => request with { Identity = GateFixture.Person(level: AssuranceLevel.None) }),
        [RefusalReason.AssuranceTooOld] = gate => With(gate, () => gate.FirstTool["assurance"]!["maxAgeSeconds"] = 3600),
        [RefusalReason.ConsentUnknown] = gate => With(gate, "bm90IG9uZQ"),
        [RefusalReason.ConsentWithdrawn] = async gate =>
        {
            var id = await gate.ConsentAsync();
            (await gate.ConsentDesk.WithdrawAsync("other", GateFixture.Person("dora"), id, default)).ShouldBeOfType<ConsentOutcome.Done>();
            return await With(gate, id);
        },
        [RefusalReason.ConsentVoid] = async gate =>
        {
            var id = await gate.ConsentAsync(depicted: GateFixture.Person());
            await gate.ChangeStateAsync(static state => state with { Status = StreamStatus.Suspended });
            return await gate.AskAsync(request => request with { Identity = GateFixture.Person("bob"), Detail = request.Detail with { ConsentIds = [id] } });
        },
        [RefusalReason.ConsentExpired] = async gate =>
        {
            var id = await gate.ConsentAsync();
            gate.Time.Pass(TimeSpan.FromHours(1));
            return await With(gate, id);
        },
        [RefusalReason.ConsentOutOfScope] = async gate => await With(gate, await gate.ConsentAsync(static terms => terms with { Tools = [GateFixture.OtherTool] })),
        [RefusalReason.ConsentTooWeak] = async gate => await With(gate, await gate.ConsentAsync(depicted: GateFixture.Person("dora", AssuranceLevel.None))),
        [RefusalReason.ConsentMissing] = gate => With(gate, () => gate.FirstTool["demandsConsent"] = true),
        [RefusalReason.ModerationInvalid] = gate => Moderated(gate, gate.Receipt(key: TestKey.Ec("eyes-1"))),
        [RefusalReason.ModerationOtherInput] = gate => Moderated(gate, gate.Receipt(static payload => payload.Text("input_digest", new('B', 43)))),
        [RefusalReason.ModerationRefused] = gate => Moderated(gate, gate.Receipt(static payload => payload.Text("verdict", "flagged"))),
        [RefusalReason.ModerationStale] = gate =>
        {
            var receipt = gate.Receipt();
            gate.Time.Pass(ModerationDemand.Default.MaxAge + TimeSpan.FromSeconds(1));
            return Moderated(gate, receipt);
        },
        [RefusalReason.ModerationMissing] = gate => With(gate, () => gate.FirstTool["demandsModeration"] = true),
        [RefusalReason.PersonRevoked] = gate => InState(gate, state => state with { Status = StreamStatus.Revoked }),
        [RefusalReason.PersonSuspended] = gate => InState(gate, state => state with { Status = StreamStatus.Suspended }),
        [RefusalReason.PersonErased] = async gate =>
        {
            // Erased, and the new stream too before its first entry.
            await gate.AskAsync();
            await gate.ChangeStateAsync(static state => state with { Status = StreamStatus.Erased });
            var commit = gate.Faults.HoldNext(StoreCall.Commit);
            var asking = gate.AskAsync();
            await commit.Reached;
            var anew = ((NamedStream.Found)await gate.NewNames().OfPersonAsync(GateFixture.Person(), default)).Stream;
            var proposal = new Proposal<bool>(
                OperationId.Create(), [], static (state, _) => new(state with { Status = StreamStatus.Erased }, [new(EntryKind.ErasureBegun, "{\"v\":1}"u8.ToArray(), default)], [], null, null, true));
            await new Appender(gate.Store, gate.Queue, new(new byte[OperatorKey.Size]), gate.Time).AppendAsync(anew, proposal, isNew: true);
            commit.Release();
            return await asking;
        },
        [RefusalReason.QuotaExceeded] = async gate =>
        {
            await gate.AskAsync(request => request with { Detail = request.Detail with { Units = 5 } });
            return await gate.AskAsync();
        },
        [RefusalReason.SharedQuotaExceeded] = async gate =>
        {
            gate.Registry["policy"]!["personQuotas"] = new JsonArray(new JsonObject { ["name"] = "all", ["scope"] = "person", ["kind"] = "calendar", ["limit"] = 1, ["period"] = "day" });
            await gate.AskAsync();
            return await gate.AskAsync();
        },
        [RefusalReason.UnitsExceedQuota] = gate => gate.AskAsync(request => request with { Detail = request.Detail with { Units = 6 } }),
        [RefusalReason.TooManyWindows] = gate => InState(
            gate, state => state with { Windows = [.. Enumerable.Range(1, Head.MaxWindows).Select(i => new UsageWindow(2UL * (ulong)i, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1), 1))] }),
        [RefusalReason.AppStopped] = gate => With(gate, () => gate.Registry["apps"]![0]!["status"] = "stopped"),
        [RefusalReason.IssuerStopped] = gate => With(gate, () => gate.Registry["issuers"]![0]!["status"] = "stopped"),
        [RefusalReason.KeyStopped] = async gate =>
        {
            await gate.StopKeyAsync("a");
            return await gate.AskAsync(static request => request with { KeyThumbprint = "a" });
        },
        [RefusalReason.IdentityConflict] = async gate =>
        {
            // Two accounts became two persons; then the claim that makes them one is trusted.
            await gate.AskAsync(request => request with { Identity = GateFixture.Person("alice") });
            await gate.AskAsync(request => request with { Identity = GateFixture.Person("alice-2") });
            await gate.AskAsync(request => request with { Identity = GateFixture.Person("alice", naturalPerson: "np-1") });
            return await gate.AskAsync(request => request with { Identity = GateFixture.Person("alice-2", naturalPerson: "np-1") });
        },
        [RefusalReason.ProofReplayed] = async gate =>
        {
            var proof = new ShortLivedRow(KeyHash.Of("proof", "1"), DateTimeOffset.UtcNow.AddMinutes(1));
            await gate.AskAsync(request => request with { Proof = proof });
            return await gate.AskAsync(request => request with { Proof = proof });
        },
        [RefusalReason.AssertionReplayed] = async gate =>
        {
            var assertion = new ShortLivedRow(KeyHash.Of("assertion", "1"), DateTimeOffset.UtcNow.AddMinutes(1));
            await gate.AskAsync(request => request with { Assertion = assertion });
            return await gate.AskAsync(request => request with { Assertion = assertion });
        },
        [RefusalReason.IdempotencyMismatch] = async gate =>
        {
            await gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
            return await gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k"), Detail = request.Detail with { Units = 2 } });
        },
        [RefusalReason.IdempotencySpent] = async gate =>
        {
            await gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
            gate.Time.Pass(TimeSpan.FromMinutes(6));
            return await gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        },
        [RefusalReason.IdempotencyInFlight] = async gate =>
        {
            var commit = gate.Faults.HoldNext(StoreCall.Commit);
            var first = gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
            await commit.Reached;
            var second = await gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
            commit.Release();
            (await first).ShouldBeOfType<AdmissionDecision.Granted>();
            return second;
        },
        [RefusalReason.TooManyWaiting] = async gate =>
        {
            var commit = gate.Faults.HoldNext(StoreCall.Commit);
            var first = gate.AskAsync();
            await commit.Reached;
            var waiting = Enumerable.Range(0, Appender.MaxWaiting).Select(_ => gate.AskAsync()).ToArray();
            var last = await gate.AskAsync();
            commit.Release();
            await Task.WhenAll(waiting.Append(first));
            return last;
        },
        [RefusalReason.TooManyKeys] = async gate =>
        {
            gate.FirstTool["quotas"]![0]!["limit"] = 1000;
            for (var i = 0; i < Head.MaxShortLived; i++)
            {
                var key = GateFixture.Key($"k{i}");
                (await gate.AskAsync(request => request with { IdempotencyKey = key })).ShouldBeOfType<AdmissionDecision.Granted>();
            }

            return await gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("one-more") });
        },
        [RefusalReason.Contended] = gate =>
        {
            gate.Store = new SlowAndVain(gate, TimeSpan.FromSeconds(1.1), new CommitOutcome.HeadMoved());
            return gate.AskAsync();
        },
        [RefusalReason.RegistryStale] = gate =>
        {
            gate.Store = new SlowAndVain(gate, TimeSpan.FromSeconds(3), new CommitOutcome.RowMissing(LedgerRow.OfKey(KeyHash.Of("not", "there"))));
            return gate.AskAsync();
        },
    };

    public static TheoryData<RefusalReason> Reasons => [.. Enum.GetValues<RefusalReason>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Every_reason_has_a_situation_that_is_refused_for_it(RefusalReason reason)
    {
        var gate = new GateFixture();
        var refused = (await Table[reason](gate)).ShouldBeOfType<AdmissionDecision.Refused>();
        refused.Refusal.Reason.ShouldBe(reason);
        gate.Faults.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Every_reason_has_a_word_of_its_own()
    {
        var codes = Enum.GetValues<RefusalReason>().Select(reason => reason.Code()).ToArray();
        codes.Distinct(StringComparer.Ordinal).Count().ShouldBe(codes.Length);
        codes.ShouldAllBe(code => code.All(c => char.IsAsciiLetterLower(c) || c == '_'));
    }

    private static Task<AdmissionDecision> With(GateFixture gate, string consent) => gate.AskAsync(request => request with { Detail = request.Detail with { ConsentIds = [consent] } });

    private static Task<AdmissionDecision> Moderated(GateFixture gate, string receipt)
    {
        gate.FirstTool["demandsModeration"] = true;
        return gate.AskAsync(request => request with { Detail = request.Detail with { InputDigest = GateFixture.InputDigest, ModerationReceipt = receipt } });
    }

    private static Task<AdmissionDecision> With(GateFixture gate, Action change)
    {
        change();
        return gate.AskAsync();
    }

    private static async Task<AdmissionDecision> InState(GateFixture gate, Func<StreamState, StreamState> change)
    {
        await gate.ChangeStateAsync(change);
        return await gate.AskAsync();
    }

    /// <summary>No commit succeeds, and each try takes a while.</summary>
    private sealed class SlowAndVain(GateFixture gate, TimeSpan tries, CommitOutcome outcome) : LedgerStoreDecorator(gate.Ledger)
    {
        public override Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            gate.Time.Pass(tries);
            return Task.FromResult(outcome);
        }
    }
}
