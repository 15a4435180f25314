using Spectre.Console;

namespace Gating.Local;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var stop = new StopSignal();
        return await LocalProgram.RunAsync(arguments, AnsiConsole.Console, Console.Error, stop.Token);
    }
}
