using System.Reflection.Metadata;
using System.Text.Json;

namespace Gating.Mutants.Running;

/// <summary>The other process: one request a line in, one verdict a line out, until the input ends. Whoever started it ends it when a guard does not return.</summary>
internal static class GuardLoop
{
    public static async Task<int> RunAsync(string assembly, Stream input, Stream output)
    {
        using var requests = new StreamReader(input);
        await using var verdicts = new StreamWriter(output) { AutoFlush = true };

        // What a test prints must not look like a verdict.
        Console.SetOut(TextWriter.Null);
        var context = new GuardContext(assembly);
        while (await requests.ReadLineAsync() is { } line)
        {
            var request = JsonSerializer.Deserialize<GuardRequest>(line)!;
            foreach (var delta in request.Before)
            {
                MetadataUpdater.ApplyUpdate(context.Gating, delta.Metadata, delta.Code, []);
            }

            await verdicts.WriteLineAsync(JsonSerializer.Serialize(await context.RunAsync(request.Guard)));
        }

        return 0;
    }
}

/// <summary>What a running assembly becomes another by.</summary>
internal sealed record AssemblyDelta(byte[] Metadata, byte[] Code);

/// <param name="Before">What Gating.dll has to become first.</param>
internal sealed record GuardRequest(Guard Guard, params AssemblyDelta[] Before);

/// <param name="Failure">Why the guard failed, in one line; null where it passed.</param>
internal sealed record GuardVerdict(string? Failure)
{
    public bool Passed => Failure is null;

    /// <summary>Where it failed.</summary>
    public string? Trace { get; init; }

    /// <summary>The process ended under it.</summary>
    public bool BrokeDown { get; init; }
}
