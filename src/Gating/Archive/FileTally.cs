namespace Gating.Archive;

/// <summary>What a run did: how many files of each fate.</summary>
/// <param name="Alarming">Files that lead to no record. They are never deleted: somebody has to look.</param>
public sealed record FileTally(int Kept, int Gone, int Left, int Undecided, int Alarming)
{
    public static FileTally None { get; } = new(0, 0, 0, 0, 0);

    internal FileTally With(IReadOnlyCollection<FileFate> fates) => new(
        Kept + fates.Count(static fate => fate is FileFate.Kept),
        Gone + fates.Count(static fate => fate is FileFate.Gone),
        Left + fates.Count(static fate => fate is FileFate.Left),
        Undecided + fates.Count(static fate => fate is FileFate.Undecided),
        Alarming + fates.Count(static fate => fate is FileFate.Alarming));
}

/// <summary>Works on the files of a page, a few at once.</summary>
internal static class FileFates
{
    private const int AtOnce = 8;

    public static async Task<FileFate[]> OfAsync<T>(IReadOnlyList<T> files, Func<T, CancellationToken, Task<FileFate>> decide, CancellationToken cancellation)
    {
        var fates = new FileFate[files.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, files.Count, options, async (i, stop) => fates[i] = await decide(files[i], stop));
        return fates;
    }
}
