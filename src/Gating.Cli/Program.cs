using Gating.Cli;
using Spectre.Console;

return GatingCommand.Create(AnsiConsole.Console, Console.Out).Parse(args).Invoke();
