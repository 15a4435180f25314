using Gating.Labels.Media;
using Gating.Labels.Zip;

namespace Gating.Labels.Ooxml;

/// <summary>
/// Documents of Office Open XML (ISO/IEC 29500): the label is a custom property, in a part that the package registers by a relationship and a content type. Of all parts these three alone
/// are inflated, up to a bound, and written anew where they change; the rest of the archive is kept as it is packed.
/// </summary>
internal sealed class OoxmlFormat(OoxmlKind kind) : ILabelFormat
{
    public string Name => kind.Name;

    public string MediaTypeOf(MediaSource source) => Open(source) is { } package ? kind.MediaTypes[package.MainType] : string.Empty;

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(ZipEntry.LocalSignature);

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start)
    {
        if (!Recognizes(start))
        {
            return OoxmlCfb.IsEncryptedPackage(source, start);
        }

        try
        {
            return Open(source) is not null;
        }
        catch (MediaException) when (start.IndexOf("[Content_Types].xml"u8) < 0)
        {
            // A broken ZIP of whatever kind. One that begins as packages do is refused with its reason.
            return false;
        }
    }

    public void Read(MediaSource source, LabelFindings findings)
    {
        var package = Demand(source);
        findings.HasC2pa = package.Directory.Find(source, OoxmlNames.C2pa) is not null;
        var registered = package.CustomPart;
        if (registered is not null && package.Directory.Find(source, registered) is { } entry)
        {
            OoxmlProperties.Read(OoxmlPart.Read(source, entry), findings, isRegistered: true);
        }

        if (Stray(package, source, registered) is { } stray)
        {
            OoxmlProperties.Read(OoxmlPart.Read(source, stray), findings, isRegistered: false);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var package = Demand(source);
        package.DemandUnsigned(source);
        var splice = new ZipSplice(source, package.Directory);
        var registered = package.CustomPart;
        var part = registered ?? OoxmlNames.CustomProperties;
        WriteProperties(package, source, splice, part, content.Label);
        if (registered is not null && Stray(package, source, registered) is { } stray && OoxmlProperties.Without(OoxmlPart.Read(source, stray)) is { } rest)
        {
            splice.Replace(stray, rest);
        }

        Register(package, splice, part, isNew: registered is null);
        return splice.Plan();
    }

    private static void WriteProperties(OoxmlPackage package, MediaSource source, ZipSplice splice, string part, Label label)
    {
        if (package.Directory.Find(source, part) is not { } entry)
        {
            splice.Add(part, OoxmlProperties.New(label, package.Dialect), package.Types.Entry);
            return;
        }

        var properties = OoxmlPart.Read(source, entry);
        var changed = OoxmlProperties.With(properties, label);
        if (!changed.AsSpan().SequenceEqual(properties.Bytes))
        {
            splice.Replace(entry, changed);
        }
    }

    /// <summary>Where the part is not yet known to the package (ECMA-376 part 2, 6.2.3 and 6.5).</summary>
    private static void Register(OoxmlPackage package, ZipSplice splice, string part, bool isNew)
    {
        var (types, relationships) = (package.Types, package.Relationships);
        if (!string.Equals(package.TypeOf(part), OoxmlNames.CustomPropertiesType, StringComparison.OrdinalIgnoreCase))
        {
            if (types.Root.Elements(OoxmlNames.Types + "Override").Any(one => string.Equals(one.Attribute("PartName")?.Value, "/" + part, StringComparison.OrdinalIgnoreCase)))
            {
                throw MediaException.Malformed(types.Entry.LocalAt, "The part of the custom properties is said to be of another type.");
            }

            splice.Replace(types.Entry, types.With([], $"<{types.Prefix}Override PartName=\"/{part}\" ContentType=\"{OoxmlNames.CustomPropertiesType}\"/>"));
        }

        if (isNew)
        {
            var relationship = $"<{relationships.Prefix}Relationship Id=\"{package.NewId()}\" Type=\"{package.Dialect.CustomRelationship}\" Target=\"{part}\"/>";
            splice.Replace(relationships.Entry, relationships.With([], relationship));
        }
    }

    /// <summary>Custom properties in their usual place that the package does not register, or not as these: some readers go by the name alone.</summary>
    private static ZipEntry? Stray(OoxmlPackage package, MediaSource source, string? registered) =>
        string.Equals(registered, OoxmlNames.CustomProperties, StringComparison.OrdinalIgnoreCase) ? null : package.Directory.Find(source, OoxmlNames.CustomProperties);

    private OoxmlPackage? Open(MediaSource source) => OoxmlPackage.Open(source) is { } package && kind.MediaTypes.ContainsKey(package.MainType) ? package : null;

    internal OoxmlPackage Demand(MediaSource source) =>
        Open(source) ?? throw new MediaException(MediaFault.Encrypted, 0, "The document is encrypted: it is a package within a compound file.");
}
