using System.Text.Json;
using Gating.Admission;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.StatusLists;
using Gating.Usage;
using Gating.Usage.Leases;

namespace Gating.Revocation;

/// <summary>A grant that its app gives back, with everything worked out that does not depend on the person's state.</summary>
/// <param name="Plan">Null where app or tool are not registered any more: then there is nothing to return to.</param>
internal sealed record GrantRevocation(PresentedGrant Grant, UsageCharge Charge, QuotaPlan? Plan)
{
    private const int Version = 1;

    /// <summary>Pure: before it was redeemed all of its units come back. One that has expired is revoked by that, and its units stay charged.</summary>
    public Decided<bool> Unredeemed(StreamState state, DecisionTime time) => time.Now >= Grant.ExpiresAt
        ? new(state, [], [], null, null, false)
        : new(
            Plan is null ? state : state with { Windows = Plan.Refund(state.Windows, Charge, Grant.Units, time.Now) },
            [new(EntryKind.Released, ToEntry(GrantParts.Use(Grant.Seq), Grant.Units), default)], [], GrantParts.Use(Grant.Seq), null, true);

    /// <summary>Pure: what was redeemed is used, and nothing comes back.</summary>
    public Decided<bool> Redeemed(StreamState state) =>
        new(state, [new(EntryKind.Released, ToEntry(GrantParts.Revocation(Grant.Seq), 0), default)], [], GrantParts.Revocation(Grant.Seq), null, true);

    /// <summary>What an entry that <see cref="ToEntry"/> wrote settles.</summary>
    public static SettlementId ReadSettled(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return json.RootElement.GetProperty("v").GetInt32() is not Version and var version
            ? throw new UnknownVersionException("released entry", version)
            : new(json.RootElement.GetProperty("grant").GetInt64(), json.RootElement.GetProperty("part").GetInt32());
    }

    private byte[] ToEntry(SettlementId settles, int units) => JsonBytes.OfObject((Grant, settles, units), static (json, state) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("app"u8, state.Grant.App);
        json.WriteString("tool"u8, state.Grant.Resource);
        json.WriteNumber("grant"u8, state.settles.Seq);
        json.WriteNumber("part"u8, state.settles.Part);
        json.WriteNumber("units"u8, state.units);
    });
}

/// <summary>
/// An app gives a grant back (RFC 7009): a settlement of it in the person's ledger, so that it cannot be redeemed any more, and its units return if it was not. Throws <see cref="StorageUnavailableException"/>: it may then be revoked,
/// and the same request tells.
/// </summary>
public sealed class GrantRevoker(GrantVerifier grants, ILedgerStore ledger, Appender appender, RegistrySource registry, UsageLeases shares, StatusMarks marks)
{
    /// <summary>False where too much is being asked of the person's record at once. True where it is revoked now, was before, has expired, or is no grant of that app's: it is not told which (RFC 7009, 2.2).</summary>
    public async Task<bool> RevokeAsync(string token, string app, CancellationToken cancellation)
    {
        if (grants.ReadOf(app, token) is not { } grant || await ledger.ReadEntryAsync(grant.Person, grant.Seq, cancellation) is not { Kind: EntryKind.Granted } entry)
        {
            return true;
        }

        var (snapshot, charge) = (await registry.GetAsync(cancellation), AdmissionEntries.ReadCharge(entry));
        var revocation = new GrantRevocation(grant, charge, snapshot.PlanOf(grant.App, grant.Resource));
        var before = await SettleAsync(grant.Person, revocation.Unredeemed, cancellation);
        if (before.Released)
        {
            shares.GiveBack(snapshot.SharedOf(grant.App, grant.Resource), charge, grant.Units);
        }

        var isDone = before.Ended ?? (before.By is not EntryKind.Redeemed || (await SettleAsync(grant.Person, (state, _) => revocation.Redeemed(state), cancellation)).Ended is not false);
        if (isDone && AdmissionEntries.ReadGranted(entry).Terms.Status is { } place)
        {
            // The record first, what is published after it: whoever dies between was not answered, and the entry itself brings it there when it is logged.
            await marks.InvalidateAsync([place], cancellation);
        }

        return isDone;
    }

    /// <summary>Whether it ended, and by this request, or by which kind of entry it had before, which is announced by now.</summary>
    private async Task<(bool? Ended, bool Released, EntryKind By)> SettleAsync(StreamId person, Func<StreamState, DecisionTime, Decided<bool>> decide, CancellationToken cancellation) =>
        await appender.AppendAsync(person, new Proposal<bool>(OperationId.Create(), [], decide), isNew: false) switch
        {
            AppendOutcome<bool>.Done done => (true, done.Answer, default),
            AppendOutcome<bool>.AlreadySettled settled => await appender.ReadAnnouncedAsync(person, settled.Row.By, cancellation) is var (_, entry)
                ? (null, false, entry.Kind)
                : throw new StreamFrozenException(person, $"a settlement names entry {settled.Row.By}, which is not there"),
            _ => (false, false, default),
        };
}
