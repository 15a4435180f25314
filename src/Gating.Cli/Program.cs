using Gating.Cli;
using Spectre.Console;

return await GatingCommand.Create(AnsiConsole.Console, Console.Out, Environment.GetEnvironmentVariable).Parse(args).InvokeAsync();
