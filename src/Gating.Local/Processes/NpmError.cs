namespace Gating.Local.Processes;

/// <summary>What npm says when it fails is a screen full; its first line that says something is enough to act on.</summary>
internal static class NpmError
{
    private const string Prefix = "npm error ";

    public static string Shorten(IReadOnlyList<string> lines)
    {
        var said = lines.Select(line => line.StartsWith(Prefix, StringComparison.Ordinal) ? line[Prefix.Length..].Trim() : line.Trim()).ToArray();
        var code = Array.Find(said, line => line.StartsWith("code ", StringComparison.Ordinal))?["code ".Length..];
        var first = Array.Find(said, line => line.Length > 0 && !line.StartsWith("code ", StringComparison.Ordinal)) ?? "it said nothing";
        return (code is null || first.StartsWith(code, StringComparison.Ordinal) ? first : $"{code}, {first}").TrimEnd('.') + ".";
    }
}
