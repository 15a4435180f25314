using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Gating.Functions.Tests.World;

/// <summary>A small real file.</summary>
/// <param name="Readers">Programs of others that are known to print its label.</param>
internal sealed record SampleFile(string Name, byte[] Bytes, string MediaType, params string[] Readers);

/// <summary>One small file of every format that can be labelled: by ffmpeg where it knows the format, by hand otherwise.</summary>
internal static class SampleFiles
{
    private const string Exiftool = "exiftool";
    private const string Ffprobe = "ffprobe";
    private const string OpenXml = "application/vnd.openxmlformats-officedocument.";

    private static readonly string[] Picture = ["-f", "lavfi", "-i", "testsrc=duration=0.4:size=64x48:rate=10"];
    private static readonly string[] Still = [.. Picture, "-frames:v", "1"];
    private static readonly string[] Sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.4"];

    private static readonly (string Name, string[] Arguments, string MediaType, string[] Readers)[] Recipes =
    [
        ("made.jpg", Still, "image/jpeg", [Exiftool]),
        ("made.png", Still, "image/png", [Exiftool]),
        ("made.webp", Still, "image/webp", [Exiftool]),
        ("made.tiff", Still, "image/tiff", [Exiftool]),
        ("made.avif", Still, "image/avif", [Exiftool]),
        ("made.apng", [.. Picture, "-f", "apng"], "image/apng", [Exiftool]),
        ("made.gif", Picture, "image/gif", [Exiftool]),
        ("made.avi", [.. Picture, .. Sound, "-c:v", "mpeg4", "-c:a", "mp3"], "video/vnd.avi", [Ffprobe]),
        ("made.mkv", [.. Picture, .. Sound], "video/x-matroska", [Exiftool, Ffprobe]),
        ("made.webm", [.. Picture, .. Sound], "video/webm", [Exiftool, Ffprobe]),
        ("made.flv", [.. Picture, .. Sound, "-c:v", "flv"], "video/x-flv", [Exiftool, Ffprobe]),
        ("made.mov", [.. Picture, .. Sound], "video/quicktime", [Exiftool, Ffprobe]),
        ("made.mp4", [.. Picture, .. Sound], "video/mp4", [Exiftool, Ffprobe]),
        ("made.3gp", [.. Picture, "-c:v", "mpeg4"], "video/3gpp", [Exiftool, Ffprobe]),
        ("made.m4a", Sound, "audio/mp4", [Exiftool, Ffprobe]),
        ("made.opus", Sound, "audio/ogg", [Exiftool, Ffprobe]),
        ("made.ogg", Sound, "audio/ogg", [Exiftool, Ffprobe]),
        ("made.mp3", Sound, "audio/mpeg", [Exiftool, Ffprobe]),
        ("made.flac", Sound, "audio/flac", [Exiftool, Ffprobe]),
        ("made.wav", Sound, "audio/wav", []),
    ];

    /// <summary>Formats that are written as text, or are a few texts in a package.</summary>
    public static IReadOnlyList<SampleFile> Written { get; } =
    [
        Of("written.svg", """<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>""", "image/svg+xml", Exiftool),
        Of("written.html", "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>x</title></head><body><p>x</p></body></html>\n", "text/html", Exiftool),
        Of("written.md", "---\ntitle: x\n---\n\n# x\n", "text/markdown"),
        Of("written.pdf", Pdf(), "application/pdf", Exiftool),
        new("written.docx", Package("word/document.xml", OpenXml + "wordprocessingml.document.main+xml"), OpenXml + "wordprocessingml.document", Exiftool),
        new("written.xlsx", Package("xl/workbook.xml", OpenXml + "spreadsheetml.sheet.main+xml"), OpenXml + "spreadsheetml.sheet", Exiftool),
        new("written.pptx", Package("ppt/presentation.xml", OpenXml + "presentationml.presentation.main+xml"), OpenXml + "presentationml.presentation", Exiftool),
        new("written.docm", Package("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"), "application/vnd.ms-word.document.macroEnabled.12"),
    ];

    /// <summary>As a registry lists them: in small letters, which some types are not.</summary>
    public static IEnumerable<string> MediaTypes =>
        Recipes.Select(static recipe => recipe.MediaType).Concat(Written.Select(static file => file.MediaType.ToLowerInvariant())).Distinct(StringComparer.Ordinal);

    /// <summary>Those that this machine's ffmpeg can make; the others' names.</summary>
    public static async Task<(IReadOnlyList<SampleFile> Files, IReadOnlyList<string> NotMade)> MakeAsync(string folder)
    {
        var (files, notMade) = (new List<SampleFile>(), new List<string>());
        foreach (var (name, arguments, type, readers) in Recipes)
        {
            var path = Path.Combine(folder, name);
            if (await RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, path]) is null)
            {
                notMade.Add(name);
            }
            else
            {
                files.Add(new(name, await File.ReadAllBytesAsync(path), type, readers));
            }
        }

        return (files, notMade);
    }

    /// <summary>What one of the readers prints of a file; null where the program is not there, or did not end well.</summary>
    public static Task<string?> PrintAsync(string reader, string path) =>
        RunAsync(reader, reader is Exiftool ? ["-json", "-a", "-ee", "-G1:4", path] : ["-v", "error", "-show_format", "-show_streams", "-of", "json", path]);

    private static async Task<string?> RunAsync(string program, string[] arguments)
    {
        using var process = new Process { StartInfo = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? said[0] : null;
    }

    private static SampleFile Of(string name, string text, string mediaType, params string[] readers) => new(name, Encoding.UTF8.GetBytes(text), mediaType, readers);

    private static byte[] Package(string part, string kind)
    {
        const string Schemas = "http://schemas.openxmlformats.org/";
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "[Content_Types].xml", $"""<Types xmlns="{Schemas}package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/{part}" ContentType="{kind}"/></Types>""");
            Add(zip, "_rels/.rels", $"""<Relationships xmlns="{Schemas}package/2006/relationships"><Relationship Id="r1" Type="{Schemas}officeDocument/2006/relationships/officeDocument" Target="{part}"/></Relationships>""");
            Add(zip, part, "<x/>");
        }

        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(text);
    }

    private static string Pdf()
    {
        var (text, table) = (new StringBuilder("%PDF-1.7\n"), new StringBuilder("0000000000 65535 f \n"));
        string[] objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"];
        for (var i = 0; i < objects.Length; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"{text.Length:D10} 00000 n \n");
            text.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        return $"{text}xref\n0 {objects.Length + 1}\n{table}trailer\n<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{text.Length}\n%%EOF\n";
    }
}
