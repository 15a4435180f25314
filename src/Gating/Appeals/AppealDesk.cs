using System.Collections.Immutable;
using System.Globalization;
using Gating.Access;
using Gating.Identity;
using Gating.Ledger;
using Gating.Revocation;

namespace Gating.Appeals;

/// <summary>
/// Files appeals and answers them. What was filed and how it was answered stands in the person's ledger; the operator's has the case, and who decided. Throws <see cref="StorageUnavailableException"/>: the same request again finds what
/// stands and does the rest.
/// </summary>
public sealed class AppealDesk(StreamNames names, ILedgerStore ledger, Appender appender, SealedReader sealedParts, OperatorLedger operators, RecordedAppeals appeals, TimeProvider time)
{
    /// <summary>Of one page.</summary>
    public const int MostCases = 50;

    /// <summary>Entries that are looked through for a refusal.</summary>
    private const int MostEntries = 500;

    public async Task<AppealOutcome> FileAsync(string app, VerifiedIdentity identity, string text, CancellationToken cancellation)
    {
        if (await names.FindPersonAsync(identity, cancellation) is not NamedStream.Found { Stream: var person } || !await MayAppealAsync(person, cancellation))
        {
            return new AppealOutcome.Refused(AppealRefusal.NothingToAppeal);
        }

        var now = time.GetUtcNow();
        var (entry, once) = (AppealEntries.Filed(app, now + Appeal.Term, text), new ShortLivedRow(KeyHash.Of("appeal", app, DayOf(now)), now + Appeal.Pause));
        var proposal = new Proposal<bool>(OperationId.Create(), [once], (state, _) => state.Status is StreamStatus.Erased ? new(state, [], [], null, null, false) : new(state, [entry], [once], null, null, true));
        return await appender.AppendAsync(person, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done { Entries: [var filed, ..] } => await OpenCaseAsync(filed, isRepeated: false, cancellation),
            AppendOutcome<bool>.Done => new AppealOutcome.Refused(AppealRefusal.NothingToAppeal),
            AppendOutcome<bool>.KeyTaken taken => await appender.ReadAnnouncedAsync(person, taken.Row.Seq, cancellation) is { Entry: { Kind: EntryKind.AppealFiled } before }
                ? await OpenCaseAsync(before, isRepeated: true, cancellation)
                : throw new StreamFrozenException(person, $"a key of appeals names entry {taken.Row.Seq}, which is none"),
            _ => new AppealOutcome.Refused(AppealRefusal.Busy),
        };
    }

    /// <summary>An admin answers it, once. Answering again as the same admin did changes nothing.</summary>
    public async Task<AppealOutcome> DecideAsync(long id, AppealAnswer answer, Official by, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { Standing: { } standing })
        {
            return new AppealOutcome.Refused(AppealRefusal.Unknown);
        }

        if (standing.State is AppealState.Open && await JudgeAsync(standing.Appeal.Person, answer.Upheld, by, cancellation) is { } refusal)
        {
            return new AppealOutcome.Refused(refusal);
        }

        // The operator's record first, the person's second: a crash between leaves an appeal that is open still, and whose answer is recorded. The same request does the rest.
        switch (await operators.DecideAsync(answer.Upheld ? EntryKind.AppealUpheld : EntryKind.AppealRejected, AppealParts.Decision(id), by, cancellation))
        {
            case DecisionOutcome.Busy:
                return new AppealOutcome.Refused(AppealRefusal.Busy);
            case DecisionOutcome.Otherwise:
                return new AppealOutcome.Refused(AppealRefusal.Decided);
        }

        var (appeal, draft) = (standing.Appeal, AppealEntries.Decided(standing.Appeal, answer.Upheld, answer.Text));
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => state.Status is StreamStatus.Erased ? new(state, [], [], null, null, true) : new(state, [draft], [], appeal.Decision, null, true));
        return await appender.AppendAsync(appeal.Person, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Shed => new AppealOutcome.Refused(AppealRefusal.Busy),
            AppendOutcome<bool>.AlreadySettled settled when await appender.ReadAnnouncedAsync(appeal.Person, settled.Row.By, cancellation) is null =>
                throw new StreamFrozenException(appeal.Person, $"a settlement names entry {settled.Row.By}, which is not there"),
            _ when await FindAsync(id, cancellation) is { } decided => new AppealOutcome.Decided(decided),
            _ => new AppealOutcome.Refused(AppealRefusal.Unknown),
        };
    }

    /// <summary>Null where there is none of that id.</summary>
    public async Task<AppealCase?> FindAsync(long id, CancellationToken cancellation) =>
        await operators.ReadAsync(EntryKind.AppealReceived, id, cancellation) is var (_, opened) ? await CaseAsync(id, opened, cancellation) : null;

    /// <param name="before">Those that are older than that one; null: from the youngest on.</param>
    /// <param name="most">1 to <see cref="MostCases"/>.</param>
    public async Task<AppealPage> ListAsync(long? before, int most, CancellationToken cancellation)
    {
        var page = await operators.ReadBackAsync(EntryKind.AppealReceived, before, most, cancellation);
        var cases = ImmutableArray.CreateBuilder<AppealCase>(page.Found.Length);
        foreach (var (entry, opened) in page.Found)
        {
            if (await CaseAsync(entry.Seq, opened, cancellation) is { } one)
            {
                cases.Add(one);
            }
        }

        return new(cases.DrainToImmutable(), page.Next);
    }

    private static string DayOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Stopped now, or refused among the last entries.</summary>
    private async Task<bool> MayAppealAsync(StreamId person, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { Head: var head } || (head.StatusAt(time.GetUtcNow()) is var status && status is StreamStatus.Erased))
        {
            return false;
        }

        if (status is not StreamStatus.Active)
        {
            return true;
        }

        await foreach (var entry in EntriesBack.ReadAsync(ledger, person, head.Seq, MostEntries, cancellation))
        {
            if (entry.Kind is EntryKind.Refused or EntryKind.RefusedMany)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<AppealOutcome> OpenCaseAsync(Entry filed, bool isRepeated, CancellationToken cancellation)
    {
        // Filed first, its case second: a crash between leaves an appeal that no admin sees and nobody was told of. The same request finds it and opens the case, of which there may then be two.
        var key = new ShortLivedRow(KeyHash.Of("appeal", filed.Stream.ToString(), filed.Seq.ToString(CultureInfo.InvariantCulture)), time.GetUtcNow() + Appeal.Pause);
        var standing = await appeals.StandingAsync(filed, cancellation);
        return await operators.RecordOnceAsync(AppealEntries.Received(filed.Stream, filed.Seq, standing.Appeal.App), key, cancellation) is null
            ? new AppealOutcome.Refused(AppealRefusal.Busy)
            : new AppealOutcome.Filed(standing, isRepeated);
    }

    /// <summary>Null where it may be decided so. Rests on a head that was read for it: what is stopped meanwhile has its own right to appeal.</summary>
    private async Task<AppealRefusal?> JudgeAsync(StreamId person, bool upheld, Official by, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { Head: var head })
        {
            return AppealRefusal.Unknown;
        }

        var now = time.GetUtcNow();
        foreach (var stop in head.State.Stops.Standing.Where(stop => stop.HoldsAt(now)))
        {
            if (await ledger.ReadEntryAsync(person, stop.Seq, cancellation) is { } entry && sealedParts.Open(head, entry) is { } opened && StopEntries.ReadBy(opened).IsSameHumanAs(by))
            {
                return AppealRefusal.SameHuman;
            }
        }

        return upheld && head.StatusAt(now) is (StreamStatus.Revoked or StreamStatus.Suspended) ? AppealRefusal.StillStopped : null;
    }

    private async Task<AppealCase?> CaseAsync(long id, ReadOnlyMemory<byte> opened, CancellationToken cancellation)
    {
        var (person, seq) = AppealEntries.ReadReceived(opened);
        return await appeals.FindAsync(person, seq, cancellation) is { } standing ? new(id, standing) : null;
    }
}
