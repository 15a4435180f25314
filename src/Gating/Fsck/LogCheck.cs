using System.Globalization;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Log.Sealing;

namespace Gating.Fsck;

/// <summary>
/// The log by itself: the checkpoints' signatures, the tree that was published recomputed from its leaves, the state, the last known checkpoint and the leaves of the last seal against it, and every
/// other blob of the log. A seal that is not wholly applied is judged as far as it was published.
/// </summary>
internal sealed class LogCheck(FsckStores stores, FsckKeys keys, List<FsckFinding> findings)
{
    /// <summary>Looks for a moment in which the state does not move between two reads.</summary>
    private const int MaxLooks = 5;

    private sealed record View(LogState? State, bool IsStateThere, Checkpoint? Published, Checkpoint? LastKnown);

    /// <summary>The size of the tree that was found good, for the checks that follow; null where none was.</summary>
    public async Task<long?> RunAsync(CancellationToken cancellation)
    {
        var view = await LookAsync(cancellation);
        var size = view.Published?.Size ?? view.LastKnown?.Size ?? view.State?.Size ?? 0;
        var asked = new[] { view.LastKnown?.Size, view.State?.BaseSize, view.State?.Size }.OfType<long>().Where(one => one <= size).ToHashSet();
        var root = view.Published?.Root ?? view.LastKnown?.Root ?? view.State?.Root ?? TreeHash.Empty;
        var tree = new TreeCheck(stores.Log.Log, size, root, asked, findings);
        var roots = await tree.RunAsync(cancellation);
        if (roots is not null)
        {
            JudgeCheckpoints(view, size, roots);
            await JudgeStagingAsync(view, size, roots, cancellation);
        }

        await new LogBlobs(stores, tree, findings).RunAsync(cancellation);
        return roots is null ? null : size;
    }

    private async Task<View> LookAsync(CancellationToken cancellation)
    {
        for (var looks = 1; ; looks++)
        {
            var found = new List<FsckFinding>();
            var before = await ReadStateAsync(found, cancellation);
            var published = Open(await stores.Log.Published.ReadAsync(cancellation), new StoredThing.Published(), before.IsThere, found);
            var known = Open(await stores.Log.LastKnown.ReadAsync(cancellation), new StoredThing.LastKnown(), before.IsThere, found);
            var after = await ReadStateAsync([], cancellation);
            var isStill = string.Equals(before.Token, after.Token, StringComparison.Ordinal);
            if (isStill || looks == MaxLooks)
            {
                findings.AddRange(found);
                return new(isStill ? before.State : null, before.IsThere, published, known);
            }
        }
    }

    private async Task<(LogState? State, bool IsThere, string? Token)> ReadStateAsync(List<FsckFinding> found, CancellationToken cancellation)
    {
        try
        {
            var stored = await stores.Log.Log.ReadStateAsync(cancellation);
            return (stored?.State, stored is not null, stored?.Token);
        }
        catch (Exception unreadable) when (unreadable is FormatException or UnknownVersionException or LogFrozenException)
        {
            found.Add(new FsckFinding.Wrong(new StoredThing.LogState(), FsckFault.Unreadable, "a state", unreadable.Message));
            return (null, true, string.Empty);
        }
    }

    private Checkpoint? Open(StoredNote? stored, StoredThing thing, bool isSealed, List<FsckFinding> found)
    {
        if (stored is null)
        {
            if (isSealed)
            {
                found.Add(new FsckFinding.Wrong(thing, FsckFault.Missing, "a signed checkpoint", "nothing"));
            }

            return null;
        }

        if (keys.Origin is not { } origin)
        {
            found.Add(new FsckFinding.Unjudged(thing, "no verifier key was given: its signature was not checked"));
            return SignedNote.Parse(stored.Note) is { } note ? Checkpoint.Parse(note.Text.Span) : null;
        }

        switch (SignedNote.Open(stored.Note, keys.Verifiers))
        {
            case NoteOutcome.Opened { Unknown: [] } opened when Checkpoint.Parse(opened.Text.Span) is { } checkpoint && string.Equals(checkpoint.Origin, origin, StringComparison.Ordinal):
                return checkpoint;
            case NoteOutcome.Opened { Unknown: [var unknown, ..] }:
                found.Add(new FsckFinding.Wrong(thing, FsckFault.Differs, "signatures of the log's keys", $"one by key {unknown.KeyId.ToString("x8", CultureInfo.InvariantCulture)} of {unknown.Name}"));
                return null;
            case NoteOutcome.Refused refused:
                found.Add(new FsckFinding.Wrong(thing, FsckFault.Differs, $"a checkpoint signed by {origin}", refused.Reason.ToString()));
                return null;
            default:
                found.Add(new FsckFinding.Wrong(thing, FsckFault.Differs, $"a checkpoint of {origin}", "another text"));
                return null;
        }
    }

    private void JudgeCheckpoints(View view, long size, IReadOnlyDictionary<long, TreeHash> roots)
    {
        if (!view.IsStateThere && size > 0)
        {
            findings.Add(new FsckFinding.Wrong(new StoredThing.LogState(), FsckFault.Missing, Say(size, roots[size]), "nothing"));
        }

        if (view.LastKnown is { } known)
        {
            var expected = known.Size <= size ? roots[known.Size] : view.State is { } ahead && ahead.Size == known.Size ? ahead.Root : (TreeHash?)null;
            if (expected != known.Root || (known.Size < size && view.State is not null))
            {
                findings.Add(new FsckFinding.Wrong(new StoredThing.LastKnown(), FsckFault.Differs, Say(size, roots[size]), Say(known.Size, known.Root)));
            }
        }

        if (view.State is not { } state)
        {
            return;
        }

        // Published is the whole of the state, or, where its seal is still being applied, all before it.
        var agrees = state.Size == size ? roots[size] == state.Root && roots[state.BaseSize] == state.BaseRoot : state.BaseSize == size && roots[size] == state.BaseRoot;
        if (!agrees)
        {
            findings.Add(new FsckFinding.Wrong(new StoredThing.LogState(), FsckFault.Differs, Say(size, roots[size]), $"{Say(state.Size, state.Root)} on {Say(state.BaseSize, state.BaseRoot)}"));
        }
        else if (state.Size != size)
        {
            findings.Add(new FsckFinding.Unjudged(new StoredThing.LogState(), $"leaves {size} to {state.Size - 1} are sealed and not published yet"));
        }
    }

    /// <summary>The leaves of the last seal are those that the tree has from its base on, and make the state's root.</summary>
    private async Task JudgeStagingAsync(View view, long size, IReadOnlyDictionary<long, TreeHash> roots, CancellationToken cancellation)
    {
        if (view.State is not { } state)
        {
            return;
        }

        var thing = new StoredThing.Staging(state.Staging);
        if (await stores.Log.Log.ReadStagingAsync(state.Staging, cancellation) is not { } bytes)
        {
            findings.Add(await FindStagingAsync(state, size, cancellation) is { } other
                ? new FsckFinding.Wrong(new StoredThing.LogState(), FsckFault.Differs, $"the staging blob {other}", $"{state.Staging}, which is not there")
                : new FsckFinding.Wrong(thing, FsckFault.Missing, "the leaves of the last seal", "nothing"));
            return;
        }

        if (Staging.NameOf(bytes.Span) != state.Staging)
        {
            // Named where all blobs are looked at.
            return;
        }

        var staging = Staging.Decode(bytes.Span);
        var leaves = new LogLeaves(stores.Log.Log, size);
        for (var i = 0; i < staging.Leaves.Length && state.BaseSize + i < size; i++)
        {
            if (await leaves.AtAsync(state.BaseSize + i, cancellation) is { } leaf && leaf != staging.Leaves[i].Leaf)
            {
                findings.Add(new FsckFinding.Wrong(new StoredThing.LogState(), FsckFault.Differs, "the staging blob of its last seal", $"{state.Staging}, whose leaf {i} is not leaf {state.BaseSize + i} of the log"));
                return;
            }
        }

        if (staging.BaseSize != state.BaseSize || state.BaseSize + staging.Leaves.Length != state.Size || (roots.TryGetValue(staging.BaseSize, out var root) && root != staging.BaseRoot))
        {
            findings.Add(new FsckFinding.Wrong(new StoredThing.LogState(), FsckFault.Differs, "the staging blob of its last seal", $"{state.Staging}, of another tree"));
        }
    }

    /// <summary>The staging blob that has the last leaves of the tree, where the state names another.</summary>
    private async Task<EntryHash?> FindStagingAsync(LogState state, long size, CancellationToken cancellation)
    {
        var first = await new LogLeaves(stores.Log.Log, size).AtAsync(Math.Min(state.BaseSize, Math.Max(0, size - 1)), cancellation);
        await foreach (var thing in stores.Walk.ReadLogBlobsAsync(cancellation))
        {
            if (thing is StoredThing.Staging { Name: var name } && await stores.Log.Log.ReadStagingAsync(name, cancellation) is { } bytes && Staging.NameOf(bytes.Span) == name
                && Staging.Decode(bytes.Span) is var staging && staging.BaseSize == state.BaseSize && staging.Leaves[0].Leaf == first)
            {
                return name;
            }
        }

        return null;
    }

    private static string Say(long size, TreeHash root) => string.Create(CultureInfo.InvariantCulture, $"{size} leaves of root {root}");
}
