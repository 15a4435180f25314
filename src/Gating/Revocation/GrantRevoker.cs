using System.Text.Json;
using Gating.Admission;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.StatusLists;
using Gating.Usage;
using Gating.Usage.Leases;

namespace Gating.Revocation;

/// <summary>A grant that is revoked, with everything worked out that does not depend on the person's state.</summary>
/// <param name="Plan">Null where app or tool are not registered any more: then there is nothing to return to.</param>
/// <param name="Why">Sealed: who ordered it and why; empty where its app gives it back.</param>
internal sealed record GrantRevocation(GrantTerms Terms, UsageCharge Charge, QuotaPlan? Plan, ReadOnlyMemory<byte> Why)
{
    private const int Version = 1;

    private readonly int _units = MediaDetail.ReadUnits(Terms.Details);

    /// <summary>Pure: before it was redeemed all of its units come back. One that has expired is revoked by that, and its units stay charged.</summary>
    public Decided<bool> Unredeemed(StreamState state, DecisionTime time) => time.Now >= Terms.ExpiresAt
        ? new(state, [], [], null, null, false)
        : new(
            Plan is null ? state : state with { Windows = Plan.Refund(state.Windows, Charge, _units, time.Now) },
            [new(EntryKind.Released, ToEntry(GrantParts.Use(Terms.Seq), _units), Why)], [], GrantParts.Use(Terms.Seq), null, true);

    /// <summary>Pure: what was redeemed is used, and nothing comes back.</summary>
    public Decided<bool> Redeemed(StreamState state) =>
        new(state, [new(EntryKind.Released, ToEntry(GrantParts.Revocation(Terms.Seq), 0), Why)], [], GrantParts.Revocation(Terms.Seq), null, true);

    /// <summary>What was charged beside the person's own windows comes back.</summary>
    public void GiveBack(UsageLeases shares, RegistrySnapshot registry) => shares.GiveBack(registry.SharedOf(Terms.App, Terms.Resource), Charge, _units);

    /// <summary>What an entry that <see cref="ToEntry"/> wrote settles.</summary>
    public static SettlementId ReadSettled(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = Known(json);
        return new(root.GetProperty("grant").GetInt64(), root.GetProperty("part").GetInt32());
    }

    /// <summary>The grant that such an entry is about, and how many of its units came back.</summary>
    public static (long Grant, int Units) ReadReturned(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = Known(json);
        return (root.GetProperty("grant").GetInt64(), root.GetProperty("units").GetInt32());
    }

    private static JsonElement Known(JsonDocument json) =>
        json.RootElement.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException("released entry", version) : json.RootElement;

    private byte[] ToEntry(SettlementId settles, int units) => JsonBytes.OfObject((Terms, settles, units), static (json, state) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("app"u8, state.Terms.App);
        json.WriteString("tool"u8, state.Terms.Resource);
        json.WriteNumber("grant"u8, state.settles.Seq);
        json.WriteNumber("part"u8, state.settles.Part);
        json.WriteNumber("units"u8, state.units);
    });
}

/// <summary>How revoking a grant ended.</summary>
/// <param name="By">Seq of the entry by which it is revoked; 0 where there is none, for it expired.</param>
internal readonly record struct GrantEnd(long By, bool IsBusy);

/// <summary>
/// Its app gives a grant back (RFC 7009), or an admin takes it: a settlement of it in the person's ledger, so that it cannot be redeemed any more, and its units return if it was not. Throws
/// <see cref="StorageUnavailableException"/>: it may then be revoked, and the same request tells.
/// </summary>
public sealed class GrantRevoker(GrantVerifier grants, ILedgerStore ledger, Appender appender, RegistrySource registry, UsageLeases shares, StatusMarks marks)
{
    /// <summary>False where too much is being asked of the person's record at once. True where it is revoked now, was before, has expired, or is no grant of that app's: it is not told which (RFC 7009, 2.2).</summary>
    public async Task<bool> RevokeAsync(string token, string app, CancellationToken cancellation) =>
        grants.ReadOf(app, token) is not { } grant || await ledger.ReadEntryAsync(grant.Person, grant.Seq, cancellation) is not { Kind: EntryKind.Granted } entry
        || !(await RevokeAsync(entry, default, cancellation)).IsBusy;

    /// <param name="granted">The entry that admitted it.</param>
    /// <param name="why">To be sealed beside the revocation.</param>
    internal async Task<GrantEnd> RevokeAsync(Entry granted, ReadOnlyMemory<byte> why, CancellationToken cancellation)
    {
        var (snapshot, terms) = (await registry.GetAsync(cancellation), AdmissionEntries.ReadGranted(granted).Terms);
        var revocation = new GrantRevocation(terms, AdmissionEntries.ReadCharge(granted), snapshot.PlanOf(terms.App, terms.Resource), why);
        var (end, settled) = await SettleAsync(terms.Person, revocation.Unredeemed, cancellation);
        if (settled is { Kind: EntryKind.Redeemed })
        {
            (end, _) = await SettleAsync(terms.Person, (state, _) => revocation.Redeemed(state), cancellation);
        }
        else if (settled is null && end.By > 0)
        {
            revocation.GiveBack(shares, snapshot);
        }

        if (!end.IsBusy && terms.Status is { } place)
        {
            // The record first, what is published after it: whoever dies between was not answered, and the entry itself brings it there when it is logged.
            await marks.InvalidateAsync([place], cancellation);
        }

        return end;
    }

    /// <summary>How it ended, and by which entry it had before, which is announced by now; null where this request decided.</summary>
    private async Task<(GrantEnd End, Entry? Settled)> SettleAsync(StreamId person, Func<StreamState, DecisionTime, Decided<bool>> decide, CancellationToken cancellation)
    {
        switch (await appender.AppendAsync(person, new Proposal<bool>(OperationId.Create(), [], decide), isNew: false))
        {
            case AppendOutcome<bool>.Done done:
                return (new(done.Entries is [var entry, ..] ? entry.Seq : 0, IsBusy: false), null);
            case AppendOutcome<bool>.AlreadySettled settled:
                return await appender.ReadAnnouncedAsync(person, settled.Row.By, cancellation) is var (_, by)
                    ? (new(by.Seq, IsBusy: false), by)
                    : throw new StreamFrozenException(person, $"a settlement names entry {settled.Row.By}, which is not there");
            default:
                return (new(0, IsBusy: true), null);
        }
    }
}
