using System.Collections.Immutable;

namespace Gating.Registry;

/// <summary>
/// The stored registry has rows that this version cannot read, or that contradict each other. None of it is used: half a registry could forget a
/// stop. At the edge: 503. Heals by itself once the rows are put right.
/// </summary>
public sealed class RegistryUnreadableException(long version, ImmutableArray<RegistryError> errors)
    : Exception($"The registry at version {version} cannot be read: {string.Join(" ", errors.Take(5))}{(errors.Length > 5 ? $" And {errors.Length - 5} more." : "")}")
{
    public long Version { get; } = version;

    public ImmutableArray<RegistryError> Errors { get; } = errors;
}
