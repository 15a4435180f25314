using Gating.Cli;
using Spectre.Console;

return await GatingCommand.RunAsync(GatingCommand.Create(AnsiConsole.Console, Console.Out, Environment.GetEnvironmentVariable), args);
