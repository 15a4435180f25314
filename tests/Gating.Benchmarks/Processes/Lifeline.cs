namespace Gating.Benchmarks.Processes;

/// <summary>The other end of a <c>Child</c>: the process that started us holds our standard input, and when that closes we end.</summary>
internal static class Lifeline
{
    public static async Task EndedAsync()
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Nobody has anything to say to a server.
        }
    }
}
