using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gating.Functions.Tests.Hosting;

/// <summary>One function, as the host reads it from the folder that is called as it is.</summary>
internal sealed partial record FunctionFile(string Name, JsonElement Trigger, JsonElement Document)
{
    public string Type => Trigger.GetProperty("type").GetString()!;

    public bool IsHttp => Type is "httpTrigger";

    public bool IsQueue => Type is "queueTrigger";

    public bool IsTimer => Type is "timerTrigger";

    public string Route => Trigger.GetProperty("route").GetString()!;

    public IReadOnlyList<string> Methods => [.. Trigger.GetProperty("methods").EnumerateArray().Select(static method => method.GetString()!.ToUpperInvariant())];

    public string QueueName => Trigger.GetProperty("queueName").GetString()!;

    public string Schedule => Trigger.GetProperty("schedule").GetString()!;

    public string Binding => Trigger.GetProperty("name").GetString()!;

    public bool IsBinary => Trigger.TryGetProperty("dataType", out var type) && type.ValueEquals("binary");

    /// <summary>Every sub-folder with a function.json, as the host scans them. Throws where the host would put a function in error.</summary>
    public static IReadOnlyList<FunctionFile> ReadAll(string folder) =>
        [.. Directory.GetDirectories(folder).Where(static sub => File.Exists(Path.Combine(sub, "function.json"))).Select(Read).OrderBy(static function => function.Name, StringComparer.Ordinal)];

    private static FunctionFile Read(string folder)
    {
        var name = Path.GetFileName(folder);
        using var parsed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "function.json")));
        var document = parsed.RootElement.Clone();
        var bindings = document.GetProperty("bindings").EnumerateArray().ToArray();
        var trigger = bindings.Single(static binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.Ordinal));
        var function = new FunctionFile(name, trigger, document);
        if (!Names().IsMatch(name) || name is "host"
            || trigger.GetProperty("direction").GetString() is not "in"
            || (function.IsHttp && (bindings.Length != 2 || bindings[1].GetProperty("type").GetString() is not "http" || bindings[1].GetProperty("direction").GetString() is not "out"))
            || (function.IsHttp && ReservedRoutes().IsMatch(function.Route)))
        {
            throw new InvalidOperationException($"The Functions host would not load {name}.");
        }

        return function;
    }

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,127}$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Names();

    [GeneratedRegex("^(admin|runtime)(/|$)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReservedRoutes();
}
