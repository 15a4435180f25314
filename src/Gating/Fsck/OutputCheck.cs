using System.Security.Cryptography;
using System.Text.Json;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;

namespace Gating.Fsck;

/// <summary>Outputs, their files and their index rows against each other; the ledger decides.</summary>
internal sealed class OutputCheck(FsckStores stores, FsckKeys keys, TimeProvider time)
{
    private readonly FileStandings? _standings = keys.References is { } references ? new(stores.Log.Ledger, references, time) : null;

    /// <summary>From an output's entry to what must be there.</summary>
    public async Task<IReadOnlyList<FsckFinding>> OfEntryAsync(ArchivedOutput output, bool isRemoved, bool isErased, CancellationToken cancellation)
    {
        var (content, findings) = (output.File.Content, new List<FsckFinding>());
        if (!isRemoved && await stores.Archive.LookAsync(content.Text, cancellation) is null)
        {
            findings.Add(new FsckFinding.Wrong(new StoredThing.File(content.Text), FsckFault.Missing, $"a file of {output.File.OutputSha256}", "nothing"));
        }

        IEnumerable<StoredThing> rows =
        [
            new StoredThing.OutputRow(content),
            .. new[] { output.File.SourceSha256, output.File.OutputSha256 }.Distinct().Select(digest => new StoredThing.DigestRow(digest, content)),
            .. OutputLook.Of(output.Look)?.Bands.Select(band => new StoredThing.LookRow(band, content)) ?? [],
        ];
        foreach (var row in rows)
        {
            // Of whoever was erased none leads there any more.
            if (await stores.Walk.ExistsAsync(row, cancellation) == isErased)
            {
                findings.Add(isErased
                    ? new FsckFinding.Wrong(row, FsckFault.Stray, $"nothing: stream {output.Person} was erased", "a row")
                    : new FsckFinding.Wrong(row, FsckFault.Missing, $"a row of entry {output.Seq} of stream {output.Person}", "nothing"));
            }
        }

        return findings;
    }

    /// <summary>A kept file: read whole, and held against its entry.</summary>
    public async Task<(FsckFinding? Finding, long Bytes)> OfFileAsync(KeptFile file, CancellationToken cancellation)
    {
        var thing = new StoredThing.File(file.Name);
        if (!ContentId.TryParse(file.Name, out var content))
        {
            return (new FsckFinding.Wrong(thing, FsckFault.Stray, "a file named by a ContentId", "another name"), 0);
        }

        if (_standings is null)
        {
            return (new FsckFinding.Unjudged(thing, "without the data key its reference cannot be opened"), 0);
        }

        // Sealed again it is the same text: also what opens may have been changed in a bit that carries nothing.
        if (!keys.References!.TryOpen(content, file.Reference, out var reference) || !string.Equals(keys.References.Seal(content, reference), file.Reference, StringComparison.Ordinal))
        {
            return (new FsckFinding.Wrong(thing, FsckFault.Differs, "its own sealed reference", "none, or another"), 0);
        }

        switch (await StandingAsync(_standings, file, cancellation))
        {
            case null:
                return (new FsckFinding.Unjudged(thing, "the rows that it leads to cannot be read"), 0);
            case FileStanding.Recorded recorded:
                var (isJudged, output) = await OutputAsync(new(recorded.Person, recorded.Seq), cancellation);
                if (isJudged && output?.File.Content != content && await PlaceAsync(content, cancellation) is { } place)
                {
                    // A settlement row that names another entry is named itself: the index knows the file's.
                    (isJudged, output) = await OutputAsync(place, cancellation);
                }

                return !isJudged ? (new FsckFinding.Unjudged(thing, $"entry {recorded.Seq} of stream {recorded.Person} cannot vouch for it"), 0)
                    : output is null || output.File.Content != content ? (new FsckFinding.Wrong(thing, FsckFault.Stray, "a file that an output's entry names", $"entry {recorded.Seq} of stream {recorded.Person}"), 0)
                    : await CompareAsync(output.File, cancellation);
            case FileStanding.Unknown:
                return (new FsckFinding.Wrong(thing, FsckFault.Differs, "a reference to its generation", "one that leads nowhere"), 0);
            default:
                // Kept, and not recorded: the sweep's to take when its time comes.
                return (null, 0);
        }
    }

    /// <summary>An index row against the entry that it leads to.</summary>
    public async Task<FsckFinding?> OfRowAsync(WalkedRow row, CancellationToken cancellation)
    {
        switch (row)
        {
            case WalkedRow.OfOutput output:
                var found = await OutputAsync(output.Place, cancellation);
                return Judge(
                    new StoredThing.OutputRow(output.Content), found.IsJudged, found.Output?.File.Content == output.Content, FsckFault.Differs,
                    "the place of its entry", $"entry {output.Place.Seq} of stream {output.Place.Person}");
            case WalkedRow.OfDigest digest:
                var (isKnown, of) = await RecordedAsync(digest.Content, cancellation);
                return Judge(
                    new StoredThing.DigestRow(digest.Digest, digest.Content), isKnown, of is not null && await HasDigestAsync(of, digest.Digest, cancellation), FsckFault.Stray,
                    "a digest of that output", "another");
            case WalkedRow.OfLook look:
                var (isThere, seen) = await RecordedAsync(look.Content, cancellation);
                var expected = OutputLook.Of(seen?.Look);
                return Judge(
                    new StoredThing.LookRow(look.Band, look.Content), isThere, expected?.Bands.Contains(look.Band) is true && string.Equals(expected.Text, look.Look, StringComparison.Ordinal), FsckFault.Differs,
                    expected?.Text ?? "no look", look.Look);
            case WalkedRow.Unreadable unreadable:
                return new FsckFinding.Wrong(unreadable.Thing, FsckFault.Unreadable, "an index row", unreadable.Why);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static FsckFinding? Judge(StoredThing thing, bool isJudged, bool isGood, FsckFault fault, string expected, string found) =>
        !isJudged ? new FsckFinding.Unjudged(thing, "no entry can vouch for it")
        : isGood ? null
        : new FsckFinding.Wrong(thing, fault, expected, found);

    private async Task<bool> HasDigestAsync(ArchivedOutput output, EntryHash digest, CancellationToken cancellation)
    {
        if (digest == output.File.SourceSha256 || digest == output.File.OutputSha256)
        {
            return true;
        }

        try
        {
            // What was released without the label that people see has a digest of its own.
            return await stores.Log.Ledger.ReadSettlementAsync(output.Person, output.Release, cancellation) is { } release
                && await stores.Log.Ledger.ReadEntryAsync(output.Person, release.By, cancellation) is { Kind: EntryKind.ReleasedUnlabelled } entry
                && string.Equals(ReleasedDigest(entry), digest.ToString(), StringComparison.Ordinal);
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            // The row that cannot be read is named itself; it may be this one's.
            return true;
        }
    }

    private static string? ReleasedDigest(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        return json.RootElement.GetProperty("released_sha256").GetString();
    }

    /// <summary>The output of that number: by the index, or by its file where the index does not say or says something false.</summary>
    private async Task<(bool IsJudged, ArchivedOutput? Output)> RecordedAsync(ContentId content, CancellationToken cancellation)
    {
        if (await PlaceAsync(content, cancellation) is { } place && await OutputAsync(place, cancellation) is var found && (!found.IsJudged || found.Output?.File.Content == content))
        {
            return found;
        }

        if (_standings is null)
        {
            return (false, null);
        }

        return await stores.Archive.LookAsync(content.Text, cancellation) is { } file && await StandingAsync(_standings, file, cancellation) is FileStanding.Recorded recorded
            ? await OutputAsync(new(recorded.Person, recorded.Seq), cancellation)
            : (false, null);
    }

    /// <summary>Null where a row on the way cannot be read.</summary>
    private static async Task<FileStanding?> StandingAsync(FileStandings standings, KeptFile file, CancellationToken cancellation)
    {
        try
        {
            return await standings.OfAsync(file, cancellation);
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            return null;
        }
    }

    private async Task<OutputPlace?> PlaceAsync(ContentId content, CancellationToken cancellation)
    {
        try
        {
            return await stores.Index.FindAsync(content, cancellation);
        }
        catch (Exception unreadable) when (unreadable is FormatException or UnknownVersionException)
        {
            return null;
        }
    }

    private async Task<(bool IsJudged, ArchivedOutput? Output)> OutputAsync(OutputPlace place, CancellationToken cancellation)
    {
        var (isJudged, entry) = await Vouched.ReadAsync(stores.Log, place.Person, place.Seq, cancellation);
        try
        {
            return (isJudged, entry is null ? null : ArchiveEntries.Read(entry));
        }
        catch (Exception unreadable) when (Vouched.IsUnreadable(unreadable))
        {
            return (false, null);
        }
    }

    private async Task<(FsckFinding? Finding, long Bytes)> CompareAsync(ArchivedFile expected, CancellationToken cancellation)
    {
        var thing = new StoredThing.File(expected.Content.Text);
        ArchivedFile? kept;
        try
        {
            kept = await stores.Archive.FindAsync(expected.Content, cancellation);
        }
        catch (Exception unreadable) when (unreadable is FormatException or KeyNotFoundException or ArgumentException or OverflowException)
        {
            return (new FsckFinding.Wrong(thing, FsckFault.Unreadable, "what its entry says", unreadable.Message), 0);
        }

        if (kept is null)
        {
            // Taken away since it was listed, or missing: its stream's check says which.
            return (null, 0);
        }

        if (kept != expected)
        {
            return (new FsckFinding.Wrong(thing, FsckFault.Differs, expected.ToString(), kept.ToString()), 0);
        }

        if (await stores.Archive.OpenAsync(expected.Content, 0, kept.Length, cancellation) is not { } content)
        {
            return (null, 0);
        }

        await using (content)
        {
            var digest = EntryHash.FromBytes(await DigestAsync(content, cancellation));
            return (digest == expected.OutputSha256 ? null : new FsckFinding.Wrong(thing, FsckFault.Differs, expected.OutputSha256.ToString(), digest.ToString()), kept.Length);
        }
    }

    private static async Task<byte[]> DigestAsync(Stream content, CancellationToken cancellation)
    {
        try
        {
            return await SHA256.HashDataAsync(content, cancellation);
        }
        catch (IOException cut)
        {
            throw new StorageUnavailableException("A file could not be read to its end.", cut);
        }
    }
}
