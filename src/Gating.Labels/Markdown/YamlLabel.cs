using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gating.Labels.Markdown;

/// <summary>The key <c>AIGC</c> of the top level with all that belongs to it: from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
/// <param name="Text">The label as JSON, whatever form it has in YAML.</param>
internal sealed record YamlLabel(int Start, int End, string Text)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<YamlLabel> In(FrontMatter front)
    {
        var found = new List<YamlLabel>();
        var lines = front.Lines;
        for (var i = 0; i < lines.Count; i++)
        {
            if (ValueOf(front.TextOf(lines[i])) is not { } value)
            {
                continue;
            }

            var below = new List<string>();
            var last = i;
            for (var next = i + 1; next < lines.Count && (front.IsIndented(lines[next]) || front.IsBlank(lines[next])); next++)
            {
                if (!front.IsBlank(lines[next]))
                {
                    below.Add(front.TextOf(lines[next]).Trim());
                    last = next;
                }
            }

            found.Add(new(lines[i].Start, lines[last].Next, JsonOf(value, below)));
            i = last;
        }

        return found;
    }

    /// <summary>As TC260-PG-20258A, 6.5, has it: every value in single quotes, where only the quote itself is escaped, by doubling (YAML 1.2, 7.3.2).</summary>
    public static byte[] Write(Label label, string newLine)
    {
        using var json = JsonDocument.Parse(LabelJson.Write(label));
        var yaml = new StringBuilder("AIGC:").Append(newLine);
        foreach (var member in json.RootElement.EnumerateObject())
        {
            yaml.Append("  ").Append(member.Name).Append(": '").Append(member.Value.GetString()!.Replace("'", "''", StringComparison.Ordinal)).Append('\'').Append(newLine);
        }

        return Encoding.UTF8.GetBytes(yaml.ToString());
    }

    /// <summary>What stands behind the key on its line; null on other lines.</summary>
    private static string? ValueOf(string line)
    {
        foreach (var key in (string[])["AIGC", "\"AIGC\"", "'AIGC'"])
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line[key.Length..].TrimStart() is [':', .. var value] && (value.Length == 0 || char.IsWhiteSpace(value[0])))
            {
                return value.Trim();
            }
        }

        return null;
    }

    // A scalar or a flow mapping is JSON already, or nothing that is read here; a block mapping has one member a line.
    private static string JsonOf(string value, IReadOnlyList<string> below)
    {
        if (value.Length > 0 && value[0] is not ('#' or '|' or '>'))
        {
            return Scalar(string.Join(' ', [value, .. below]));
        }

        if (value.Length > 0 && value[0] is '|' or '>')
        {
            return string.Join('\n', below);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            foreach (var line in below.Where(static line => line[0] is not '#').Take(LabelFindings.MaxLabels))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                json.WriteString(Scalar(colon < 0 ? line : line[..colon].TrimEnd()), colon < 0 ? string.Empty : Scalar(line[(colon + 1)..].Trim()));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Scalar(string value)
    {
        if (value is ['\'', ..])
        {
            var end = 1;
            while (end < value.Length && (value[end] != '\'' || (end + 1 < value.Length && value[end + 1] == '\'')))
            {
                end += value[end] == '\'' ? 2 : 1;
            }

            return value[1..Math.Min(end, value.Length)].Replace("''", "'", StringComparison.Ordinal);
        }

        return value is ['"', ..] ? DoubleQuoted(value) : value.IndexOf(" #", StringComparison.Ordinal) is >= 0 and var comment && value[0] is not '{' ? value[..comment].TrimEnd() : value;
    }

    // Its escapes are those of JSON, and some more that no label needs.
    private static string DoubleQuoted(string value)
    {
        var end = 1;
        while (end < value.Length && value[end] != '"')
        {
            end += value[end] == '\\' ? 2 : 1;
        }

        try
        {
            return Unescape(value[..Math.Min(end + 1, value.Length)]);
        }
        catch (JsonException)
        {
            return value;
        }
    }

    private static string Unescape(string quoted)
    {
        using var json = JsonDocument.Parse(quoted);
        return json.RootElement.GetString() ?? string.Empty;
    }
}
