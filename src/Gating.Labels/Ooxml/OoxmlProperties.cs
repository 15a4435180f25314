using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Gating.Labels.Media;

namespace Gating.Labels.Ooxml;

/// <summary>
/// Custom properties (ISO/IEC 29500-1, 22.3): the label is the one named <c>AIGC</c>, a <c>vt:lpwstr</c> of the bare JSON (TC260-PG-20258A, 6.1). Texts of other properties that hold a
/// label are read, and replaced, too.
/// </summary>
internal static class OoxmlProperties
{
    private const string Name = "AIGC";
    private const int FirstId = 2;

    public static void Read(OoxmlPart part, LabelFindings findings, bool isRegistered)
    {
        foreach (var property in Labels(part))
        {
            var name = property.Attribute("name")?.Value;
            findings.Add($"custom property {name}", part.Entry.LocalAt, property.Value, isRegistered && name is Name && property.Elements().FirstOrDefault() is { Name.LocalName: "lpwstr" });
        }
    }

    public static byte[] New(Label label, OoxmlDialect dialect) => Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n"
        + $"<Properties xmlns=\"{dialect.Properties}\" xmlns:vt=\"{dialect.Values}\">{Property(label, string.Empty, FirstId, "vt:lpwstr", string.Empty)}</Properties>");

    /// <summary>With this as its one label: in the place and with the number of the first that was there, else behind all others.</summary>
    public static byte[] With(OoxmlPart part, Label label)
    {
        var dialect = DialectOf(part) ?? throw MediaException.Malformed(part.Entry.LocalAt, "What is registered as the custom properties are none.");
        var labels = Labels(part);
        var isDeclared = part.Root.GetNamespaceOfPrefix("vt") == dialect.Values;
        var property = Property(label, part.Prefix, IdFor(part, labels.FirstOrDefault()), "vt:lpwstr", isDeclared ? string.Empty : $" xmlns:vt=\"{dialect.Values}\"");
        return part.With(labels.Select((old, number) => (old, number == 0 ? property : string.Empty)), labels.Count == 0 ? property : string.Empty);
    }

    /// <summary>Null where it holds no label.</summary>
    public static byte[]? Without(OoxmlPart part) => Labels(part) is { Count: > 0 } labels ? part.With(labels.Select(static old => (old, string.Empty)), string.Empty) : null;

    private static OoxmlDialect? DialectOf(OoxmlPart part) => OoxmlDialect.Both.FirstOrDefault(dialect => part.Root.Name == dialect.Properties + "Properties");

    private static List<XElement> Labels(OoxmlPart part)
    {
        var labels = DialectOf(part) is { } dialect
            ? part.Root.Elements(dialect.Properties + "property").Where(static one => string.Equals(one.Attribute("name")?.Value, Name, StringComparison.OrdinalIgnoreCase) || FreeText.HoldsLabel(one.Value)).ToList()
            : [];
        return labels.Count <= LabelFindings.MaxLabels ? labels : throw MediaException.Unsupported(part.Entry.LocalAt, $"Custom properties with more than {LabelFindings.MaxLabels} labels.");
    }

    private static int IdFor(OoxmlPart part, XElement? old)
    {
        var taken = part.Root.Elements().Where(one => one != old).Select(Id).Where(static id => id >= FirstId).ToHashSet();
        return old is not null && Id(old) is >= FirstId and var same && !taken.Contains(same) ? same
            : taken.Count == 0 ? FirstId
            : taken.Max() is < int.MaxValue and var highest ? highest + 1
            : throw MediaException.Unsupported(part.Entry.LocalAt, "Custom properties that leave no number for one more.");
    }

    private static int Id(XElement property) => int.TryParse(property.Attribute("pid")?.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var id) ? id : -1;

    private static string Property(Label label, string prefix, int id, string value, string declared)
    {
        var json = LabelJson.Write(label).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<{prefix}property fmtid=\"{OoxmlNames.FormatId}\" pid=\"{id}\" name=\"{Name}\"><{value}{declared}>{json}</{value}></{prefix}property>");
    }
}
