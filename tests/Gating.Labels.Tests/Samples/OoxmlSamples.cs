using static Gating.Labels.Tests.Samples.ZipSamples;

namespace Gating.Labels.Tests.Samples;

/// <summary>Packages of the parts that a document cannot do without.</summary>
internal static class OoxmlSamples
{
    private const string OpenXml = "application/vnd.openxmlformats-officedocument.";
    private const string Transitional = "http://schemas.openxmlformats.org/officeDocument/2006";
    private const string Strict = "http://purl.oclc.org/ooxml/officeDocument";

    public const string Text = $"<w:document xmlns:w=\"{WordNamespace}\"><w:body><w:p><w:r><w:t>t</w:t></w:r></w:p></w:body></w:document>";

    private const string WordNamespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    public static IReadOnlyList<Sample> All { get; } =
    [
        new("DOCX", "bare", Document()),
        new("DOCX", "deflated, with custom properties", Document(Form.Deflated, Custom("<property fmtid=\"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}\" pid=\"7\" name=\"a\"><vt:bool>true</vt:bool></property>"))),
        new("DOCX", "written into a pipe, with custom properties elsewhere", Document(Form.Descriptor, Custom(string.Empty), "props/c.xml")),
        new("XLSX", "as a template, with extra fields and comments", Of(Form.Extra, Parts("xl/workbook.xml", "spreadsheetml.template.main+xml", "<workbook/>"))),
        new("XLSX", "strict", Of(Form.Descriptor | Form.Unmarked, Parts("xl/workbook.xml", "spreadsheetml.sheet.main+xml", "<workbook/>", dialect: Strict))),
        new("PPTX", "of 64 bits", Of(Form.Large, Parts("ppt/presentation.xml", "presentationml.presentation.main+xml", "<presentation/>"))),
    ];

    public static byte[] Document(Form form = Form.Plain, string? custom = null, string place = "docProps/custom.xml", string text = Text) =>
        Of(form, Parts("word/document.xml", "wordprocessingml.document.main+xml", text, custom, place));

    public static string Custom(string properties) => $"<Properties xmlns=\"{Transitional}/custom-properties\" xmlns:vt=\"{Transitional}/docPropsVTypes\">{properties}</Properties>";

    /// <param name="custom">Null: the package has no custom properties.</param>
    public static (string Name, string Content)[] Parts(string name, string type, string content, string? custom = null, string place = "docProps/custom.xml", string dialect = Transitional) =>
    [
        ("[Content_Types].xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            + $"<Override PartName=\"/{name}\" ContentType=\"{OpenXml}{type}\"/>{(custom is null ? string.Empty : $"<Override PartName=\"/{place}\" ContentType=\"{OpenXml}custom-properties+xml\"/>")}</Types>"),
        ("_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + $"<Relationship Id=\"rId1\" Type=\"{dialect}/relationships/officeDocument\" Target=\"{name}\"/>{(custom is null ? string.Empty : $"<Relationship Id=\"a\" Type=\"{dialect}/relationships/custom-properties\" Target=\"/{place}\"/>")}</Relationships>"),
        (name, content),
        .. custom is null ? Array.Empty<(string, string)>() : [(place, custom)],
    ];
}
