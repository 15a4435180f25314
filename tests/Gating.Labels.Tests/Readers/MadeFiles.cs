namespace Gating.Labels.Tests.Readers;

/// <summary>Small files that ffmpeg makes: containers of which the corpus has none, and others as a second producer writes them.</summary>
internal static class MadeFiles
{
    private static readonly string[] Picture = ["-f", "lavfi", "-i", "testsrc=duration=0.4:size=64x48:rate=10"];
    private static readonly string[] Sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.4"];

    private static readonly (string Name, string[] Arguments)[] Recipes =
    [
        ("made.avi", [.. Picture, .. Sound, "-c:v", "mpeg4", "-c:a", "mp3"]),
        ("made.mkv", [.. Picture, .. Sound]),
        ("made.webm", [.. Picture, .. Sound]),
        ("made-live.mkv", [.. Picture, .. Sound, "-live", "1"]),
        ("made.flv", [.. Picture, .. Sound, "-c:v", "flv"]),
        ("made-keyframes.flv", [.. Picture, "-c:v", "flv", "-flvflags", "add_keyframe_index"]),
        ("made.mov", [.. Picture, .. Sound]),
        ("made.mp4", [.. Picture, .. Sound]),
        ("made-faststart.mp4", [.. Picture, .. Sound, "-movflags", "faststart"]),
        ("made-fragmented.mp4", [.. Picture, .. Sound, "-movflags", "frag_keyframe+empty_moov"]),
        ("made.m4a", Sound),
        ("made.3gp", [.. Picture, "-c:v", "mpeg4"]),
        ("made.opus", Sound),
        ("made.ogg", Sound),
        ("made.mp3", Sound),
        ("made.flac", Sound),
        ("made.wav", Sound),
        ("made-rf64.wav", [.. Sound, "-rf64", "always"]),
        ("made.png", [.. Picture, "-frames:v", "1"]),
        ("made.apng", [.. Picture, "-f", "apng"]),
        ("made.gif", Picture),
        ("made.webp", [.. Picture, "-frames:v", "1"]),
        ("made.jpg", [.. Picture, "-frames:v", "1"]),
        ("made.tiff", [.. Picture, "-frames:v", "1"]),
        ("made.avif", [.. Picture, "-frames:v", "1"]),
    ];

    /// <summary>Paths of those that this machine's ffmpeg can make; none where it is absent.</summary>
    public static async Task<IReadOnlyList<string>> CreateAsync(DirectoryInfo folder)
    {
        var files = new List<string>();
        foreach (var (name, arguments) in Recipes)
        {
            var file = Path.Combine(folder.FullName, name);
            if (await Tool.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, file]) is { IsGood: true })
            {
                files.Add(file);
            }
        }

        return files;
    }
}
