using System.Collections.Immutable;
using Gating.Identity.Jose;

namespace Gating.Registry.Reading;

/// <summary>Reads what somebody sent as one JSON object, strictly: all of what is wrong with it, or what it says.</summary>
internal static class JsonBody
{
    /// <param name="read">Reports what is wrong at its place; what it returns then is thrown away.</param>
    public static (T? Value, ImmutableArray<RegistryError> Errors) Read<T>(ReadOnlyMemory<byte> json, int maxSize, int maxDepth, Func<JsonPlace, T> read)
        where T : class
    {
        var errors = new RegistryErrors();
        if (json.Length > maxSize || !StrictJson.TryParseObject(json, maxDepth, out var document))
        {
            errors.Add("", "no such object", $"one JSON object of at most {maxSize} bytes, no member twice");
            return (null, errors.ToImmutable());
        }

        using (document)
        {
            var value = read(new(document.RootElement, "", errors));
            return errors.Any ? (null, errors.ToImmutable()) : (value, []);
        }
    }
}
