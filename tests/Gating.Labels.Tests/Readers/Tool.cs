using System.Diagnostics;

namespace Gating.Labels.Tests.Readers;

/// <summary>A program of somebody else's, run to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Standard output and whether it ended well; null where the program is not there.</summary>
    public static async Task<(bool IsGood, string Output)?> RunAsync(string program, params IEnumerable<string> arguments)
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

        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Nothing that a test started writes into a folder that is gone.
            process.Kill(entireProcessTree: true);
            throw;
        }

        await errors;
        return (process.ExitCode == 0, await output);
    }
}
