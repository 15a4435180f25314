using System.Text;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

public sealed class AdmissionGateTests
{
    private readonly GateFixture _gate = new();

    [Fact]
    public async Task A_grant_has_its_entry_before_it_exists()
    {
        var granted = (await _gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        var entry = (await _gate.EntriesAsync()).ShouldHaveSingleItem();
        entry.Kind.ShouldBe(EntryKind.Granted);
        granted.Terms.Seq.ShouldBe(1);
        Encoding.UTF8.GetString(entry.Public.Span).ShouldStartWith("""{"v":3,"app":"app","tool":"https://tools.test/face","issuer":"https://issuer.test","iat":""");
        Encoding.UTF8.GetString(entry.Public.Span).ShouldNotContain("alice");
    }

    [Fact]
    public async Task What_a_quota_not_in_force_would_have_refused_is_granted_recorded_and_told_once()
    {
        _gate.FirstTool["quotas"]!.AsArray().Add(JsonNode.Parse("""{"name":"draft","scope":"person_tool","limit":1,"kind":"calendar","period":"month","shadow":true}"""));
        (await _gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Shadowed.ShouldBeEmpty();
        var second = (await _gate.AskAsync(static request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Granted>();
        second.Shadowed.ShouldHaveSingleItem().Name.ShouldBe("draft");
        second.Quotas.Policy!.ShouldNotContain("draft");
        (await _gate.AskAsync(static request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Granted>().Shadowed.ShouldBeEmpty();

        var entries = await _gate.EntriesAsync();
        entries.Count.ShouldBe(2);
        entries.Select(AdmissionEntries.ReadShadowed).ShouldBe([[], ["draft"]]);
        Encoding.UTF8.GetString(entries[0].Public.Span).ShouldStartWith("""{"v":3,""");
        Encoding.UTF8.GetString(entries[1].Public.Span).ShouldStartWith("""{"v":6,""");
        AdmissionEntries.ReadGranted(entries[1]).Terms.Seq.ShouldBe(second.Terms.Seq);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task A_fault_around_the_transaction_never_charges_an_idempotency_key_twice(Fault fault)
    {
        _gate.Faults.On(StoreCall.Commit, fault);
        var first = await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        var again = await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        first.ShouldBeOfType<AdmissionDecision.Granted>().Terms.Seq.ShouldBe(again.ShouldBeOfType<AdmissionDecision.Granted>().Terms.Seq);
        (await _gate.EntriesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_total_loss_after_the_transaction_is_a_503_and_the_retry_gets_the_grant_that_was_recorded()
    {
        await _gate.AskAsync(request => request with { Identity = GateFixture.Person("bob") });
        using (_gate.Faults.Outage(Fault.After, StoreCall.Commit))
        using (_gate.Faults.Outage(Fault.Before, StoreCall.ReadEntry))
        {
            await Should.ThrowAsync<StorageUnavailableException>(_gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") }));
        }

        var again = (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Granted>();
        again.Replayed.ShouldBeTrue();
        (await _gate.EntriesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_repeat_whose_reference_was_lost_is_answered_only_once_it_is_queued()
    {
        var put = _gate.Faults.HoldNext(StoreCall.PutTrace);
        _gate.Faults.On(StoreCall.PutTrace, Fault.Before);
        var first = _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        await put.Reached;
        await Testing.Eventually.TrueAsync(() => _gate.Ledger.Streams.Count == 1);
        put.Release();
        await Should.ThrowAsync<StorageUnavailableException>(first);
        _gate.Queue.References.ShouldBeEmpty();

        (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Granted>().Replayed.ShouldBeTrue();
        _gate.Queue.References.ShouldHaveSingleItem().To.ShouldBe(1);
    }

    [Fact]
    public async Task A_repeat_is_refused_once_the_person_is_revoked()
    {
        await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        await _gate.ChangeStateAsync(state => state with { Status = StreamStatus.Revoked, Epoch = state.Epoch + 1 });
        (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.PersonRevoked);
    }

    [Fact]
    public async Task A_repeat_is_refused_once_the_grant_is_settled()
    {
        await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        await _gate.ChangeStateAsync(state => state, settles: 1);
        (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.IdempotencySpent);
    }

    [Fact]
    public async Task A_repeat_is_refused_once_the_tool_is_stopped()
    {
        await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") });
        _gate.FirstTool["status"] = "stopped";
        await _gate.WriteRegistryAsync();
        _gate.Time.Pass(TimeSpan.FromSeconds(3));
        (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ToolStopped);
    }

    [Fact]
    public async Task A_tool_that_is_stopped_while_the_transaction_runs_is_not_signed_for()
    {
        await _gate.AskAsync();
        var commit = _gate.Faults.HoldNext(StoreCall.Commit);
        var asked = _gate.AskAsync();
        await commit.Reached;
        _gate.FirstTool["status"] = "stopped";
        await _gate.WriteRegistryAsync();
        _gate.Time.Pass(TimeSpan.FromSeconds(2.5));
        commit.Release();
        (await asked).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ToolStopped);
    }

    [Fact]
    public async Task A_request_that_waits_longer_than_a_snapshot_lives_is_decided_on_a_fresh_one()
    {
        await _gate.AskAsync();
        var commit = _gate.Faults.HoldNext(StoreCall.Commit);
        var ahead = _gate.AskAsync();
        await commit.Reached;
        var asked = _gate.AskAsync();
        _gate.FirstTool["status"] = "stopped";
        await _gate.WriteRegistryAsync();
        _gate.Time.Pass(TimeSpan.FromSeconds(2.5));
        commit.Release();
        await ahead;
        (await asked).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ToolStopped);
        (await _gate.EntriesAsync()).Count(entry => entry.Kind is EntryKind.Granted).ShouldBe(2);
    }

    [Fact]
    public async Task Ten_refusals_a_minute_are_entries_and_the_rest_are_counted_into_one()
    {
        _gate.FirstTool["quotas"]![0]!["limit"] = 1;
        await _gate.AskAsync();
        for (var i = 0; i < 25; i++)
        {
            (await _gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Refused>();
        }

        var before = await _gate.EntriesAsync();
        if (before.Select(entry => entry.Time.Minute).Distinct().Count() == 1)
        {
            before.Count(entry => entry.Kind is EntryKind.Refused).ShouldBe(10);
        }

        // The next thing that is written takes the count along.
        _gate.Time.Pass(TimeSpan.FromMinutes(1));
        await _gate.AskAsync();
        var entries = await _gate.EntriesAsync();
        var counted = entries.Where(entry => entry.Kind is EntryKind.RefusedMany)
            .Sum(entry => System.Text.Json.JsonDocument.Parse(entry.Public).RootElement.GetProperty("refusals").GetProperty("quota_exceeded").GetInt32());
        (counted + entries.Count(entry => entry.Kind is EntryKind.Refused)).ShouldBe(26);
    }

    [Fact]
    public async Task A_refusal_does_not_use_up_the_idempotency_key()
    {
        _gate.FirstTool["status"] = "stopped";
        (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Refused>();
        _gate.FirstTool["status"] = "active";
        await _gate.WriteRegistryAsync();
        _gate.Time.Pass(TimeSpan.FromSeconds(3));
        (await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k") })).ShouldBeOfType<AdmissionDecision.Granted>().Replayed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_repeat_with_its_proofs_is_answered_and_not_called_a_replay()
    {
        var proof = new ShortLivedRow(KeyHash.Of("proof", "1"), DateTimeOffset.UtcNow.AddMinutes(1));
        var first = await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k"), Proof = proof, KeyThumbprint = "thumb" });
        var again = await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k"), Proof = proof, KeyThumbprint = "thumb" });
        again.ShouldBeOfType<AdmissionDecision.Granted>().Terms.Seq.ShouldBe(first.ShouldBeOfType<AdmissionDecision.Granted>().Terms.Seq);
    }

    [Fact]
    public async Task A_repeat_under_another_key_binding_is_another_request()
    {
        await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k"), KeyThumbprint = "one" });
        var other = await _gate.AskAsync(request => request with { IdempotencyKey = GateFixture.Key("k"), KeyThumbprint = "two" });
        other.ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.IdempotencyMismatch);
    }

    [Fact]
    public async Task Every_entry_carries_the_identity_sealed()
    {
        await _gate.AskAsync();
        var entry = (await _gate.EntriesAsync())[0];
        var head = (await _gate.Ledger.ReadHeadAsync(entry.Stream, default))!.Head;
        using var cipher = SealedPart.Cipher(new OperatorKey(new byte[OperatorKey.Size]).SealingKey(head.Salt.Span));
        var identity = Encoding.UTF8.GetString(SealedPart.Open(cipher, entry.Stream, entry.Seq, entry.Kind, entry.Sealed.Span));
        identity.ShouldStartWith("""{"v":1,"iss":"https://issuer.test","sub":"alice","assurance":3,"method":"in person","verified_at":""");
    }

    [Fact]
    public async Task Storage_down_is_never_a_yes_and_comes_back_without_a_restart()
    {
        await _gate.AskAsync();
        foreach (var call in Enum.GetValues<StoreCall>().Where(call => call is StoreCall.Commit or StoreCall.PutTrace))
        {
            using (_gate.Faults.Outage(Fault.Before, call))
            {
                try
                {
                    (await _gate.AskAsync()).ShouldNotBeOfType<AdmissionDecision.Granted>();
                }
                catch (StorageUnavailableException)
                {
                    // That is the other right answer.
                }
            }

            (await _gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        }
    }
}
