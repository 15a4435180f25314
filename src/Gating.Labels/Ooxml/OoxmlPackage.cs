using System.Xml.Linq;
using Gating.Labels.Media;
using Gating.Labels.Zip;

namespace Gating.Labels.Ooxml;

/// <summary>A package (ECMA-376 part 2): its directory, and the two parts that say what the others are. No other part is inflated here.</summary>
/// <param name="MainPart">The name of the document's own part.</param>
/// <param name="MainType">Its content type, which is the document's kind.</param>
internal sealed record OoxmlPackage(ZipDirectory Directory, OoxmlPart Types, OoxmlPart Relationships, OoxmlDialect Dialect, string MainPart, string MainType)
{
    /// <summary>Null for a ZIP that is no package, or one without a main part.</summary>
    public static OoxmlPackage? Open(MediaSource source)
    {
        var directory = ZipDirectory.Read(source);
        if (directory.Find(source, OoxmlNames.ContentTypes) is not { } typesEntry || directory.Find(source, OoxmlNames.Relationships) is not { } relationshipsEntry)
        {
            return null;
        }

        directory.Check(source);
        var types = OoxmlPart.Read(source, typesEntry);
        var relationships = OoxmlPart.Read(source, relationshipsEntry);
        foreach (var dialect in OoxmlDialect.Both)
        {
            if (Targets(relationships, dialect.MainRelationship) is [var main] && TypeOf(types, main) is { } type)
            {
                return new(directory, types, relationships, dialect, main, type);
            }
        }

        return null;
    }

    /// <summary>The part of custom properties that the package registers; null where it registers none.</summary>
    public string? CustomPart => OoxmlDialect.Both.SelectMany(dialect => Targets(Relationships, dialect.CustomRelationship)).ToArray() switch
    {
        [] => null,
        [var one] => one,
        _ => throw MediaException.Malformed(Relationships.Entry.LocalAt, "The package registers two parts of custom properties."),
    };

    public void DemandUnsigned(MediaSource source)
    {
        if (Targets(Relationships, OoxmlNames.SignatureOrigin).Count > 0 || Directory.Entries(source).Any(static entry => entry.Name.StartsWith(OoxmlNames.Signatures, StringComparison.OrdinalIgnoreCase)))
        {
            throw new MediaException(MediaFault.CarriesSignature, Relationships.Entry.LocalAt, "The document is signed.");
        }
    }

    public string? TypeOf(string part) => TypeOf(Types, part);

    /// <summary>An id that no relationship has.</summary>
    public string NewId()
    {
        var taken = Relationships.Root.Elements().Select(static one => one.Attribute("Id")?.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Enumerable.Range(taken.Count + 1, taken.Count + 1).Select(static number => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"rId{number}")).First(id => !taken.Contains(id));
    }

    /// <summary>Its own content type, else that of its extension (ECMA-376 part 2, 6.2.3.5).</summary>
    private static string? TypeOf(OoxmlPart types, string part)
    {
        var dot = part.LastIndexOf('.');
        return Named("Override", "PartName", "/" + part) ?? (dot < 0 ? null : Named("Default", "Extension", part[(dot + 1)..]));

        string? Named(string element, string key, string value) =>
            types.Root.Elements(OoxmlNames.Types + element).FirstOrDefault(one => string.Equals(one.Attribute(key)?.Value, value, StringComparison.OrdinalIgnoreCase))?.Attribute("ContentType")?.Value.Trim();
    }

    /// <summary>Parts that the package itself relates to in this way. What is outside it is none.</summary>
    private static List<string> Targets(OoxmlPart relationships, string type) =>
        [.. relationships.Root.Elements(OoxmlNames.Package + "Relationship").Where(one => Is(one, "Type", type) && !Is(one, "TargetMode", "External")).Select(one => NameOf(relationships, one))];

    private static bool Is(XElement relationship, string attribute, string value) => string.Equals(relationship.Attribute(attribute)?.Value, value, StringComparison.Ordinal);

    private static string NameOf(OoxmlPart relationships, XElement relationship)
    {
        var target = relationship.Attribute("Target")?.Value ?? string.Empty;
        var name = target.StartsWith("./", StringComparison.Ordinal) ? target[2..] : target.TrimStart('/');
        return name.Length is > 0 and < 200 && name.All(static one => char.IsAsciiLetterOrDigit(one) || one is '/' or '.' or '_' or '-') && !name.Contains("..", StringComparison.Ordinal)
            ? name
            : throw MediaException.Unsupported(relationships.Entry.LocalAt, "A relationship of the package leads to a part whose name is not read here.");
    }
}
