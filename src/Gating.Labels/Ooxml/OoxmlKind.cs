namespace Gating.Labels.Ooxml;

/// <summary>The documents of one program: told apart by the content type of the package's main part (ISO/IEC 29500-1, 11.3.10, 12.3.23, 13.3.6), which templates and macros change.</summary>
/// <param name="MediaTypes">Of the file, by that of its main part.</param>
internal sealed record OoxmlKind(string Name, IReadOnlyDictionary<string, string> MediaTypes)
{
    private const string OpenXml = "application/vnd.openxmlformats-officedocument.";

    public static OoxmlKind Word { get; } = Of(
        "DOCX",
        (OpenXml + "wordprocessingml.document.main+xml", OpenXml + "wordprocessingml.document"),
        (OpenXml + "wordprocessingml.template.main+xml", OpenXml + "wordprocessingml.template"),
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "application/vnd.ms-word.document.macroEnabled.12"),
        ("application/vnd.ms-word.template.macroEnabledTemplate.main+xml", "application/vnd.ms-word.template.macroEnabled.12"));

    public static OoxmlKind Excel { get; } = Of(
        "XLSX",
        (OpenXml + "spreadsheetml.sheet.main+xml", OpenXml + "spreadsheetml.sheet"),
        (OpenXml + "spreadsheetml.template.main+xml", OpenXml + "spreadsheetml.template"),
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "application/vnd.ms-excel.sheet.macroEnabled.12"),
        ("application/vnd.ms-excel.template.macroEnabled.main+xml", "application/vnd.ms-excel.template.macroEnabled.12"));

    public static OoxmlKind PowerPoint { get; } = Of(
        "PPTX",
        (OpenXml + "presentationml.presentation.main+xml", OpenXml + "presentationml.presentation"),
        (OpenXml + "presentationml.template.main+xml", OpenXml + "presentationml.template"),
        (OpenXml + "presentationml.slideshow.main+xml", OpenXml + "presentationml.slideshow"),
        ("application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml", "application/vnd.ms-powerpoint.presentation.macroEnabled.12"),
        ("application/vnd.ms-powerpoint.template.macroEnabled.main+xml", "application/vnd.ms-powerpoint.template.macroEnabled.12"),
        ("application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml", "application/vnd.ms-powerpoint.slideshow.macroEnabled.12"));

    private static OoxmlKind Of(string name, params (string Main, string File)[] types) =>
        new(name, types.ToDictionary(static type => type.Main, static type => type.File, StringComparer.OrdinalIgnoreCase));
}
