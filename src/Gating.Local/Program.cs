using Spectre.Console;

namespace Gating.Local;

internal static class Program
{
    private const int PipeWidth = 200;

    private static async Task<int> Main(string[] arguments)
    {
        using var stop = new StopSignal();
        return await LocalProgram.RunAsync(arguments, Output(), Console.Error, stop.Token);
    }

    /// <summary>Into a file or a pipe: no colours, and lines as long as they are.</summary>
    private static IAnsiConsole Output()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(Console.Out) });
        plain.Profile.Width = PipeWidth;
        return plain;
    }
}
