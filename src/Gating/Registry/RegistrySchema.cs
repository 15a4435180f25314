namespace Gating.Registry;

/// <summary>The JSON Schema (2020-12) of the seed file, for editors and for whoever writes one. The reader checks all of it and more.</summary>
public static class RegistrySchema
{
    private const string Resource = "Gating.Registry.registry.schema.json";

    /// <summary>The schema's text, UTF-8.</summary>
    public static byte[] ToUtf8()
    {
        using var stream = typeof(RegistrySchema).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
