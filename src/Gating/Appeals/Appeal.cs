using System.Collections.Immutable;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Appeals;

/// <summary>Somebody does not accept that they were refused or stopped: an entry of their own ledger, filed by an app with their identity token.</summary>
/// <param name="Seq">Of that entry.</param>
/// <param name="Deadline">Until when an admin has to answer.</param>
/// <param name="Text">What they say, 1 to 512 characters; null where it was erased.</param>
public sealed record Appeal(StreamId Person, long Seq, string App, DateTimeOffset At, DateTimeOffset Deadline, string? Text)
{
    /// <summary>Within which every appeal is answered.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromDays(15);

    /// <summary>An app files one of a person's each day (UTC): another is answered with the first.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromDays(1);

    /// <summary>Answered once, in the person's ledger.</summary>
    internal SettlementId Decision => AppealParts.Decision(Seq);
}

public enum AppealState
{
    Open = 1,

    /// <summary>They were right, and nothing stands on them.</summary>
    Upheld = 2,
    Rejected = 3,
}

/// <summary>An appeal as it stands now.</summary>
/// <param name="DecidedAt">Null while it is open.</param>
/// <param name="Answer">What an admin answered; null while it is open, or where it was erased.</param>
public sealed record AppealStanding(Appeal Appeal, AppealState State, DateTimeOffset? DecidedAt, string? Answer)
{
    /// <summary>Open, and its deadline has passed.</summary>
    public bool IsOverdueAt(DateTimeOffset now) => State is AppealState.Open && now >= Appeal.Deadline;
}

/// <summary>An appeal as admins work on it.</summary>
/// <param name="Id">Seq of its entry in the operator's ledger.</param>
public sealed record AppealCase(long Id, AppealStanding Standing)
{
    /// <summary>As people cite it: <c>a</c> and the number.</summary>
    public static string Text(long id) => DeskNumber.Text('a', id);

    /// <summary>Reads what <see cref="Text"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out long id) => DeskNumber.TryParse(text, 'a', out id);
}

/// <summary>A page of cases, the youngest first.</summary>
/// <param name="Next">Id before which the next page begins; null where there is none.</param>
public sealed record AppealPage(ImmutableArray<AppealCase> Cases, long? Next);

/// <summary>Why an appeal is not filed or not decided. Stable: callers switch on it.</summary>
public enum AppealRefusal
{
    /// <summary>There is none of that id for whoever asks.</summary>
    Unknown = 1,

    /// <summary>The person is not stopped and was not refused lately, or nothing is known of them.</summary>
    NothingToAppeal = 2,

    /// <summary>Whoever ordered a stop that stands on the person does not judge it: that takes another human.</summary>
    SameHuman = 3,

    /// <summary>It cannot be upheld while the person is stopped.</summary>
    StillStopped = 4,

    /// <summary>It was decided before, otherwise than now.</summary>
    Decided = 5,

    /// <summary>Too much is being asked of a record at once: try again.</summary>
    Busy = 6,
}

/// <summary>How filing an appeal ended.</summary>
public abstract record AppealOutcome
{
    private AppealOutcome()
    {
    }

    /// <param name="IsRepeated">It was filed before: nothing was recorded now.</param>
    public sealed record Filed(AppealStanding Standing, bool IsRepeated) : AppealOutcome;

    public sealed record Decided(AppealCase Case) : AppealOutcome;

    public sealed record Refused(AppealRefusal Reason) : AppealOutcome;
}
