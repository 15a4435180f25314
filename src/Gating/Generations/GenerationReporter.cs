using Gating.Ledger;

namespace Gating.Generations;

/// <summary>Why a report is not taken. Stable: callers switch on it.</summary>
public enum ReportRefusal
{
    /// <summary>No such generation of this app.</summary>
    NotFound = 1,

    /// <summary>The generation began more than 24 hours ago.</summary>
    Closed = 2,

    /// <summary>More units than were charged.</summary>
    TooManyUnits = 3,

    /// <summary>Something else was reported before.</summary>
    Differs = 4,

    /// <summary>Too much is being asked of the person's record at once: try again.</summary>
    Busy = 5,
}

public static class ReportRefusals
{
    /// <summary>The word that callers switch on, and a sentence for people.</summary>
    public static (string Reason, string Detail) Said(this ReportRefusal refusal) => refusal switch
    {
        ReportRefusal.NotFound => ("generation_unknown", "This app has no such generation."),
        ReportRefusal.Closed => ("generation_closed", "Reports are taken for 24 hours after the generation began."),
        ReportRefusal.TooManyUnits => ("too_many_units", "More units than were charged."),
        ReportRefusal.Differs => ("report_differs", "Something else was reported before."),
        ReportRefusal.Busy => ("busy", "The person's record is in heavy use: try again."),
    };
}

/// <summary>
/// Records how a generation ended, once: the settlement row of its entry makes a second report impossible, and the same one again is answered the same. Throws
/// <see cref="StorageUnavailableException"/>: the same request tells what happened.
/// </summary>
public sealed class GenerationReporter(ILedgerStore ledger, Appender appender, TimeProvider time)
{
    /// <summary>Null where the report is recorded.</summary>
    public async Task<ReportRefusal?> ReportAsync(string app, StreamId person, long seq, GenerationReport report, CancellationToken cancellation)
    {
        if (await ledger.ReadEntryAsync(person, seq, cancellation) is not { } entry || GenerationEntries.Read(entry) is not { } generation
            || !string.Equals(generation.App, app, StringComparison.Ordinal))
        {
            return ReportRefusal.NotFound;
        }

        if (time.GetUtcNow() >= generation.Until)
        {
            return ReportRefusal.Closed;
        }

        if (report.Units > generation.Units)
        {
            return ReportRefusal.TooManyUnits;
        }

        var draft = new EntryDraft(EntryKind.Reported, report.ToEntry(generation), default);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], seq, null, true));
        return await appender.AppendAsync(person, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done => null,
            AppendOutcome<bool>.AlreadySettled settled => await CompareAsync(generation, report, settled.Row.By, cancellation),
            _ => ReportRefusal.Busy,
        };
    }

    private async Task<ReportRefusal?> CompareAsync(Generation generation, GenerationReport report, long by, CancellationToken cancellation) =>
        await appender.ReadAnnouncedAsync(generation.Person, by, cancellation) is not var (_, entry)
            ? throw new StreamFrozenException(generation.Person, $"a settlement names entry {by}, which is not there")
            : report.IsRecordedBy(entry, generation) ? null : ReportRefusal.Differs;
}
