namespace Gating;

/// <summary>Something stored carries a version that this build does not know. It is not read, and nothing is written over it.</summary>
public sealed class UnknownVersionException(string what, long version) : Exception($"A stored {what} has version {version}, which this build does not know.")
{
    public string What { get; } = what;

    public long Version { get; } = version;
}
