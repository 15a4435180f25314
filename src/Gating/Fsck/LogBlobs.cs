using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Fsck;

/// <summary>Every blob of the log by its name: former partial tiles are the beginning of those that replaced them, staging blobs have the bytes that they are named by, and nothing else is there.</summary>
internal sealed class LogBlobs(FsckStores stores, TreeCheck tree, List<FsckFinding> findings)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var thing in stores.Walk.ReadLogBlobsAsync(cancellation))
        {
            switch (thing)
            {
                case StoredThing.Staging staging:
                    if (await stores.Log.Log.ReadStagingAsync(staging.Name, cancellation) is { } bytes && Staging.NameOf(bytes.Span) is var name && name != staging.Name)
                    {
                        findings.Add(new FsckFinding.Wrong(thing, FsckFault.Differs, staging.Name.ToString(), name.ToString()));
                    }

                    break;
                case StoredThing.Tile tile:
                    await CheckTileAsync(tile, cancellation);
                    break;
                case StoredThing.LogBlob stray:
                    findings.Add(new FsckFinding.Wrong(stray, FsckFault.Stray, "a blob of the log", "a name that is none of ours"));
                    break;
                default:
                    break;
            }
        }
    }

    private async Task CheckTileAsync(StoredThing.Tile tile, CancellationToken cancellation)
    {
        if (tree.Widest(tile.Id) is not { } widest || widest.Width < tile.Id.Width)
        {
            // Of a seal that is not published; of none at all where that is over. Read again by the next check, it has its place or is named then.
            findings.Add(new FsckFinding.Unjudged(tile, "it belongs to no tree that was published"));
            return;
        }

        if (widest == tile.Id)
        {
            return;
        }

        var (part, whole) = (await stores.Log.Log.ReadTileAsync(tile.Id, cancellation), await stores.Log.Log.ReadTileAsync(widest, cancellation));
        if (part is not { } found || whole is not { } rest || findings.Exists(finding => finding is FsckFinding.Wrong { Thing: StoredThing.Tile named } && named.Id == widest))
        {
            // Where the widest one is named already, it vouches for nothing.
            return;
        }

        var length = tile.Id.Level == TileId.EntriesLevel ? EntryBundle.Read(rest, widest.Width) is { } leaves ? leaves.Take(tile.Id.Width).Sum(static leaf => 2 + leaf.Length) : -1 : tile.Id.Width * Log.Merkle.TreeHash.Size;
        if (length != found.Length || !rest.Span[..length].SequenceEqual(found.Span))
        {
            findings.Add(new FsckFinding.Wrong(tile, FsckFault.Differs, $"the beginning of {widest.Path}", "other bytes"));
        }
    }
}
