namespace Gating.Ledger;

/// <summary>What an entry records. Numbers are stored and hashed: they are never renumbered or used again.</summary>
public enum EntryKind
{
    /// <summary>A grant was admitted: units charged, the grant may be signed.</summary>
    Granted = 1,

    /// <summary>A verified person was refused.</summary>
    Refused = 2,

    /// <summary>Refusals beyond ten a minute, counted into one entry.</summary>
    RefusedMany = 3,

    /// <summary>A grant was settled: its units, or some of them, came back.</summary>
    Released = 4,

    /// <summary>The stream's status changed: revoked, suspended, lifted.</summary>
    StatusChanged = 5,

    /// <summary>Refusals without a verified person, counted for an app by reason.</summary>
    AppRefusals = 6,

    /// <summary>A grant was redeemed: a generation begins.</summary>
    Redeemed = 7,

    /// <summary>An output of a generation was labelled and archived.</summary>
    Archived = 8,

    /// <summary>How a generation ended.</summary>
    Reported = 9,

    /// <summary>An output was released without the label that people see (Labelling Measures Art. 9).</summary>
    ReleasedUnlabelled = 10,

    /// <summary>An output's file was removed: its time was over and no hold stood.</summary>
    Removed = 11,

    /// <summary>A legal hold was set: while it stands nothing of the stream is removed.</summary>
    HoldSet = 12,

    /// <summary>A legal hold was lifted.</summary>
    HoldLifted = 13,

    /// <summary>An admin proposed a regulator's mandate.</summary>
    MandateProposed = 14,

    /// <summary>A second admin approved it.</summary>
    MandateApproved = 15,

    /// <summary>It was declined.</summary>
    MandateDeclined = 16,

    /// <summary>It was taken back.</summary>
    MandateWithdrawn = 17,

    /// <summary>A regulator asked. In the regulator's ledger, before the answer.</summary>
    Asked = 18,

    /// <summary>A regulator asked who a person is. In the operator's ledger, where it is approved.</summary>
    UnmaskRequested = 19,

    /// <summary>An admin approved that the regulator is told.</summary>
    UnmaskApproved = 20,

    /// <summary>It was declined.</summary>
    UnmaskDeclined = 21,

    /// <summary>The regulator was told, once.</summary>
    Unmasked = 22,

    /// <summary>An hour of an app's or a tool's timeline was closed: how many entries it has, and the hash over theirs.</summary>
    HourClosed = 23,

    /// <summary>An admin stopped somebody. In the operator's ledger; the stop itself is <see cref="StatusChanged"/> in the person's.</summary>
    Revoked = 24,

    /// <summary>An admin lifted that. In the operator's ledger, before it is so.</summary>
    RevocationLifted = 25,

    /// <summary>An admin ordered that what is known of a person is erased. In the operator's ledger.</summary>
    ErasureOrdered = 26,

    /// <summary>From here on nothing is appended for the person.</summary>
    ErasureBegun = 27,

    /// <summary>With this entry the stream's salt went: no sealed part of the stream can be opened any more.</summary>
    Erased = 28,

    /// <summary>An instance leased units of a limit that everybody of an app or a tool shares: they count as used. In the ledger of that app or tool.</summary>
    Leased = 29,

    /// <summary>An admin wants a row of the registry written or removed. In the operator's ledger, before anything is.</summary>
    ChangeProposed = 30,

    /// <summary>A second admin approved it.</summary>
    ChangeApproved = 31,

    /// <summary>It was declined.</summary>
    ChangeDeclined = 32,

    /// <summary>The registry is as it says.</summary>
    ChangeApplied = 33,

    /// <summary>Approved, and never carried out: what it was about had changed meanwhile.</summary>
    ChangeDropped = 34,

    /// <summary>A person agreed to have something done with their likeness. In that person's ledger, whoever may use it.</summary>
    Consented = 35,

    /// <summary>They no longer do.</summary>
    ConsentWithdrawn = 36,

    /// <summary>An issuer reported that an account is in use again: the stops that its own word had set are lifted. In the operator's ledger, before it is so.</summary>
    AccountEnabled = 37,

    /// <summary>An issuer reported that it judges otherwise than before how well a person was proven. In that person's ledger.</summary>
    AssuranceChanged = 38,

    /// <summary>An admin wants many people to be stopped. In the operator's ledger, before anybody is.</summary>
    BulkProposed = 39,

    /// <summary>A second admin approved it.</summary>
    BulkApproved = 40,

    /// <summary>It was declined.</summary>
    BulkDeclined = 41,

    /// <summary>Carried out: how many are stopped, and how many cannot be.</summary>
    BulkEnded = 42,

    /// <summary>A person does not accept that they were refused or stopped. In their own ledger.</summary>
    AppealFiled = 43,

    /// <summary>It was answered. In their own ledger.</summary>
    AppealDecided = 44,

    /// <summary>Somebody appeals: a case for admins. In the operator's ledger.</summary>
    AppealReceived = 45,

    /// <summary>An admin found that they were right.</summary>
    AppealUpheld = 46,

    /// <summary>An admin found that they were not.</summary>
    AppealRejected = 47,

    /// <summary>An app said that its filters before a tool are active. In the app's ledger.</summary>
    FiltersActive = 48,
}

/// <summary>One line of a ledger as it is stored: immutable, numbered from 1 without gaps, chained by <see cref="Previous"/>.</summary>
/// <param name="Time">Decision time, whole milliseconds UTC, never before the previous entry's.</param>
/// <param name="Operation">The operation that wrote it.</param>
/// <param name="Public">Canonical JSON, ASCII, version first, free of personal data.</param>
/// <param name="Sealed">Personal data under the stream's key (see SealedPart.cs), empty where there is none.</param>
/// <param name="SealedDigest">SHA-256 of <paramref name="Sealed"/> as written: it outlives the sealed bytes, so that they can be erased and the chain stays valid.</param>
public sealed record Entry(
    StreamId Stream,
    long Seq,
    EntryKind Kind,
    DateTimeOffset Time,
    OperationId Operation,
    ReadOnlyMemory<byte> Public,
    ReadOnlyMemory<byte> Sealed,
    EntryHash SealedDigest,
    EntryHash Previous)
{
    /// <summary>SHA-256 over <see cref="EntryEncoding"/>: what the next entry names and what the log commits to.</summary>
    public EntryHash Hash { get; } = EntryEncoding.Hash(Stream, Seq, Kind, Time, Operation, Public.Span, SealedDigest, Previous);
}
