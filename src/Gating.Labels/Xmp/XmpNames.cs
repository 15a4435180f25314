using System.Xml.Linq;

namespace Gating.Labels.Xmp;

/// <summary>Namespaces and properties that are written or read.</summary>
internal static class XmpNames
{
    public static readonly XNamespace Meta = "adobe:ns:meta/";
    public static readonly XNamespace Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    public static readonly XNamespace Tc260 = "http://www.tc260.org.cn/ns/AIGC/1.0/";
    public static readonly XNamespace IptcExtension = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    public static readonly XNamespace Basic = "http://ns.adobe.com/xap/1.0/";

    public static readonly XName Description = Rdf + "Description";
    public static readonly XName About = Rdf + "about";
    public static readonly XName Label = Tc260 + "AIGC";
    public static readonly XName DigitalSourceType = IptcExtension + "DigitalSourceType";
    public static readonly XName SystemUsed = IptcExtension + "AISystemUsed";
    public static readonly XName SystemVersionUsed = IptcExtension + "AISystemVersionUsed";
    public static readonly XName CreateDate = Basic + "CreateDate";
}
