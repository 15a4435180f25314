using Gating.Tests.Log.Sealing;
using Gating.Tests.Log.Tiles;

namespace Gating.Mutants.Rules;

/// <summary>Section 8: one sequence, no gap, no fork, nothing twice, and nothing signed that does not continue what was signed before.</summary>
internal static class LogMutants
{
    private const string Sealer = "Log/Sealing/LogSealer.cs";
    private const string Applier = "Log/Sealing/LogApplier.cs";
    private const string Collector = "Log/Sealing/LeafCollector.cs";
    private const string Guarding = "Log/Sealing/LogGuard.cs";
    private const string Handler = "Log/Sealing/TraceHandler.cs";

    public static Mutant[] All =>
    [
        new("The state moves by compare-and-swap", "it moves from whatever it is now", Sealer,
            "WriteStateAsync(next, stored?.Token, CancellationToken.None)",
            "WriteStateAsync(next, (await stores.Log.ReadStateAsync(CancellationToken.None))?.Token, CancellationToken.None)",
            Guard.Of<SealerRacesTests>(nameof(SealerRacesTests.Whoever_is_paused_at_any_call_and_comes_back_after_others_sealed_twice_changes_nothing))),
        new("First in every run", "what a crash left is left", Sealer,
            "stored is not null && published < stored.State.Size", "false",
            Guard.Of<GuardTests>(nameof(GuardTests.A_tile_that_somebody_wrote_before_us_is_an_alarm_and_stays))),
        new("Pending leaves", "a pointer is sealed though its leaf was", Collector,
            "seq => !settled.Contains(seq)", "_ => true",
            Guard.Of<SealerTests>(nameof(SealerTests.A_late_pointer_to_a_sealed_leaf_seals_nothing_twice))),
        new("Tags 1 to n are in the tree", "what comes before a leaf is not looked for", Collector,
            "await FloorAsync(stream, open[0], rows, cancellation)", "open[0] - 1",
            Guard.Of<SealerTests>(nameof(SealerTests.What_comes_before_an_announced_entry_is_taken_from_the_ledger))),
        new("Tags 1 to n are in the tree", "what comes before is looked for in one window alone", Collector,
            "below = rows.Any(static row => row.Index is not null) ? below : from - 1;", "return from - 1;",
            Guard.Of<SealerTests>(nameof(SealerTests.A_row_whose_pointer_was_never_written_is_taken_with_the_next_leaf_of_its_stream))),
        new("Another hash there freezes the stream", "a fork is sealed where its seqs are new", Collector,
            "row.Previous != previous", "false",
            Guard.Of<TraceHandlerTests>(nameof(TraceHandlerTests.What_follows_a_restored_entry_does_not_get_into_the_log_either))),
        new("Another hash there freezes the stream", "whoever wrote the row first is believed in silence", Handler,
            "pair.First.Entry != pair.Second.Entry", "false",
            Guard.Of<TraceHandlerTests>(nameof(TraceHandlerTests.A_stream_that_was_restored_meets_its_leaf_rows_and_is_frozen_and_the_others_go_on))),
        new("Another hash there freezes the stream", "rows that were read while others sealed freeze it, too", Sealer,
            "collected.Contradictions.Count > 0 && ", "false && ",
            Guard.Of<SealerRacesTests>(nameof(SealerRacesTests.Whoever_is_paused_at_any_call_and_comes_back_after_others_sealed_twice_changes_nothing))),
        new("Nothing personal or reversible", "leaves of one stream stand together", Collector,
            "keyed.Sort(static (left, right) => left.Bytes.AsSpan().SequenceCompareTo(right.Bytes));", "",
            Guard.Of<SealerTests>(nameof(SealerTests.Leaves_of_one_stream_do_not_stand_together))),
        new("Kept outside the reach of a restore", "what is known elsewhere is not asked", Guarding,
            "await RequireContinuesAsync(stored?.State, known, \"last known\", cancellation);", "",
            Guard.Of<GuardTests>(nameof(GuardTests.An_account_that_was_restored_whole_is_refused_because_of_what_is_known_elsewhere))),
        new("Refuse to sign a shorter log", "shorter is no contradiction", Guarding,
            "checkpoint.Size > size", "false",
            Guard.Of<GuardTests>(nameof(GuardTests.A_published_checkpoint_that_is_longer_than_the_log_or_another_is_refused))),
        new("Refuse to sign another log", "of another root it is the same log", Guarding,
            "checkpoint.Root != (", "default(TreeHash) != default && checkpoint.Root != (",
            Guard.Of<GuardTests>(nameof(GuardTests.Another_tree_of_the_same_size_is_refused))),
        new("Refuse to sign another log", "a checkpoint that lags is believed unproved", Guarding,
            "await new TileProofs(stores.Log.ReadTileAsync).ConsistencyAsync(checkpoint.Size, checkpoint.Root, state.BaseSize, state.BaseRoot, cancellation);", "",
            Guard.Of<GuardTests>(nameof(GuardTests.A_last_known_checkpoint_that_lags_is_proved_from_the_tiles_and_catches_up))),
        new("Refuse to sign another log", "what is known may be gone", Guarding,
            "known is null && stored?.State.BaseSize > 0", "false",
            Guard.Of<GuardTests>(nameof(GuardTests.A_last_known_checkpoint_that_is_gone_or_not_ours_is_refused))),
        new("A receipt is verified before it is given", "a tile that failed is remembered", "Log/Tiles/TileProofs.cs",
            "_kept = Kept(kept);\n        return new(why);", "return new(why);",
            Guard.Of<TileTests>(nameof(TileTests.Kept_tiles_are_read_once_and_again_after_a_proof_that_fails))),
        new("Every checkpoint served is a prefix of the next", "whoever comes late puts an older one back", Applier,
            "standing.Size >= checkpoint.Size", "standing.Size == checkpoint.Size",
            Guard.Of<SealerRacesTests>(nameof(SealerRacesTests.Whoever_is_paused_at_any_call_and_comes_back_after_others_sealed_twice_changes_nothing))),
        new("The lease protects nothing", "nobody looks again after giving it back", Sealer,
            """
            if ((await stores.Leaves.ReadPendingAsync(1, cancellation)).Count == 0)
                            {
                                return SealRun.Done;
            """,
            """
            if (true)
                            {
                                return SealRun.Done;
            """,
            Guard.Of<SealerTests>(nameof(SealerTests.Who_finds_the_lease_taken_goes_away_and_is_seen_to))),
        new("At most 20 s and then a nudge", "it goes away without one", Sealer,
            "await queues.PutAsync(QueueNames.Trace, TraceMessage.Nudge, CancellationToken.None);", "",
            Guard.Of<SealerTests>(nameof(SealerTests.A_run_that_is_out_of_time_leaves_a_nudge))),
        new("Seals are at least 1 s apart", "it seals at once", Sealer,
            "await Task.Delay(wait < Pace ? wait : Pace, time, cancellation);", "",
            Guard.Of<SealerTests>(nameof(SealerTests.Seals_are_a_second_apart_whoever_makes_them))),
        new("Re-queued with growing delay for 24 hours", "an absent row is dropped at once", Handler,
            "if (missing >= Patience)", "if (missing >= TimeSpan.Zero)",
            Guard.Of<TraceHandlerTests>(nameof(TraceHandlerTests.A_row_that_is_not_there_yet_comes_again_alone_and_the_others_go_on))),
        new("Re-queued with growing delay for 24 hours", "it is looked for for ever", Handler,
            "earlier && earlier < now ? earlier : now", "earlier && earlier < now.AddDays(-9) ? earlier : now",
            Guard.Of<TraceHandlerTests>(nameof(TraceHandlerTests.A_first_time_that_lies_in_the_future_gets_no_more_patience))),
    ];
}
