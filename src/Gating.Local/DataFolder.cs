namespace Gating.Local;

/// <summary>The folder of everything that outlives a run, for one run at a time: two Azurites over the same files would lose data.</summary>
internal sealed class DataFolder : IAsyncDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public static DataFolder Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"The folder {path} cannot be made ({e.Message}); choose another with --data.", e);
        }

        try
        {
            return new(path, new FileStream(System.IO.Path.Combine(path, "in-use.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new SetupException($"Another run uses {path}; end it, or choose another folder with --data.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SetupException($"The folder {path} cannot be written; choose another with --data.", e);
        }
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public ValueTask DisposeAsync() => _lock.DisposeAsync();
}
