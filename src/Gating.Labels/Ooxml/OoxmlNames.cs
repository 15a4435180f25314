using System.Xml.Linq;

namespace Gating.Labels.Ooxml;

/// <summary>Names of the Open Packaging Conventions (ECMA-376 part 2) and of the properties (ISO/IEC 29500-1, 15.2.12 and 22.3), transitional and strict.</summary>
internal static class OoxmlNames
{
    public const string ContentTypes = "[Content_Types].xml";
    public const string Relationships = "_rels/.rels";
    public const string CustomProperties = "docProps/custom.xml";
    public const string CustomPropertiesType = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
    public const string Signatures = "_xmlsignatures/";
    public const string SignatureOrigin = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin";

    /// <summary>Where C2PA puts its store into a ZIP.</summary>
    public const string C2pa = "META-INF/content_credential.c2pa";

    /// <summary>Of user-defined properties (TC260-PG-20258A, 6.1).</summary>
    public const string FormatId = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}";

    public static readonly XNamespace Types = "http://schemas.openxmlformats.org/package/2006/content-types";
    public static readonly XNamespace Package = "http://schemas.openxmlformats.org/package/2006/relationships";
}

/// <summary>The names that differ between the two forms of the standard.</summary>
internal sealed record OoxmlDialect(string MainRelationship, string CustomRelationship, XNamespace Properties, XNamespace Values)
{
    public static OoxmlDialect Transitional { get; } = new(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
        "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
        "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes");

    public static OoxmlDialect Strict { get; } = new(
        "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
        "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties",
        "http://purl.oclc.org/ooxml/officeDocument/customProperties",
        "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes");

    public static IReadOnlyList<OoxmlDialect> Both { get; } = [Transitional, Strict];
}
