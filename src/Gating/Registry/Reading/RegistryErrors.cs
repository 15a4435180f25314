using System.Collections.Immutable;

namespace Gating.Registry.Reading;

/// <summary>Collects what is wrong, up to a bound: a hostile or hopeless file must not fill the memory with complaints.</summary>
internal sealed class RegistryErrors
{
    private const int Most = 500;

    private readonly ImmutableArray<RegistryError>.Builder _errors = ImmutableArray.CreateBuilder<RegistryError>();

    public bool Any => _errors.Count > 0;

    public void Add(string pointer, string seen, string allowed)
    {
        if (_errors.Count < Most)
        {
            _errors.Add(new(pointer, seen, allowed));
        }
        else if (_errors.Count == Most)
        {
            _errors.Add(new("", $"more than {Most} errors", "a registry that is worth reading on"));
        }
    }

    public ImmutableArray<RegistryError> ToImmutable() => _errors.ToImmutable();
}
