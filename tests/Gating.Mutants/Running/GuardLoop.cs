using System.Text.Json;

namespace Gating.Mutants.Running;

/// <summary>The other process: one request a line in, one verdict a line out, until the input ends. Whoever started it ends it when a guard does not return.</summary>
internal static class GuardLoop
{
    public static async Task<int> RunAsync(Stream input, Stream output)
    {
        using var requests = new StreamReader(input);
        await using var verdicts = new StreamWriter(output) { AutoFlush = true };

        // What a test prints must not look like a verdict.
        Console.SetOut(TextWriter.Null);
        var contexts = new Dictionary<string, MutatedContext>(StringComparer.Ordinal);
        while (await requests.ReadLineAsync() is { } line)
        {
            var request = JsonSerializer.Deserialize<GuardRequest>(line)!;
            if (!contexts.TryGetValue(request.Assembly, out var context))
            {
                contexts[request.Assembly] = context = new(request.Assembly);
            }

            await verdicts.WriteLineAsync(JsonSerializer.Serialize(await context.RunAsync(request.Guard)));
        }

        return 0;
    }
}

/// <param name="Assembly">Path of the Gating.dll to run the guard against.</param>
internal sealed record GuardRequest(string Assembly, Guard Guard);

/// <param name="Failure">Why the guard failed, in one line; null where it passed.</param>
internal sealed record GuardVerdict(string? Failure)
{
    public bool Passed => Failure is null;

    /// <summary>Where it failed.</summary>
    public string? Trace { get; init; }

    /// <summary>The process ended under it.</summary>
    public bool BrokeDown { get; init; }
}
