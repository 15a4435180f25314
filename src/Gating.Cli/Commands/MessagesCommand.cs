using System.CommandLine;
using Gating.Azure.Messages;
using Gating.Cli.Output;
using Gating.Messages;
using Spectre.Console;

namespace Gating.Cli.Commands;

/// <summary><c>gating messages list</c> and <c>gating messages replay</c>: what was set aside, and another chance for it.</summary>
internal static class MessagesCommand
{
    private const string All = "all";

    public static Command Create(IAnsiConsole console, TextWriter output, Func<string, string?> setting) => new(
        "messages", "Messages that could not be done and were set aside: list them, and replay them when what was wrong is mended.\n\n" + OperatorStorage.Help)
    {
        List(console, output, setting),
        Replay(console, setting),
    };

    private static Command List(IAnsiConsole console, TextWriter output, Func<string, string?> setting)
    {
        var queue = new Argument<string?>("QUEUE") { Description = "Of this queue alone.", Arity = ArgumentArity.ZeroOrOne }.AcceptOnlyFromAmong([.. QueueNames.All]);
        var json = Options.Json();
        var command = new Command("list", "List what was set aside, with why.") { queue, json };
        command.SetAction((parsed, cancellation) => OperatorStorage.RunAsync(console, setting, null, async storage =>
        {
            var letters = new List<DeadLetter>();
            foreach (var name in parsed.GetValue(queue) is { } one ? [one] : QueueNames.All)
            {
                await foreach (var letter in storage.DeadLetters.ReadAsync(name, cancellation))
                {
                    letters.Add(letter);
                }
            }

            if (parsed.GetValue(json))
            {
                LettersOutput.WriteJson(output, letters);
            }
            else
            {
                LettersOutput.WriteTable(console, letters);
            }

            return ExitCode.Good;
        }));
        return command;
    }

    private static Command Replay(IAnsiConsole console, Func<string, string?> setting)
    {
        var queue = new Argument<string>("QUEUE").AcceptOnlyFromAmong([.. QueueNames.All]);
        var ids = new Argument<string[]>("ID") { Description = $"Ids from the list, or {All}.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("replay", "Put messages back into their queue. To replay one twice has one effect; one that is refused again is set aside again.") { queue, ids };
        command.SetAction((parsed, cancellation) => OperatorStorage.RunAsync(console, setting, null, async storage =>
        {
            var (name, wanted) = (parsed.GetRequiredValue(queue), parsed.GetRequiredValue(ids));
            var replay = new DeadLetterReplay(storage.Queues, storage.DeadLetters);
            var (found, missing) = await FindAsync(storage.DeadLetters, name, wanted, cancellation);
            foreach (var letter in found)
            {
                await replay.ReplayAsync(letter, cancellation);
                console.WriteLine($"replayed {letter.Id}");
            }

            foreach (var id in missing)
            {
                console.WriteLine($"no such message in {name}: {id}");
            }

            return missing.Count == 0 ? ExitCode.Good : ExitCode.NotAsItShould;
        }));
        return command;
    }

    private static async Task<(List<DeadLetter> Found, List<string> Missing)> FindAsync(TableDeadLetters letters, string queue, string[] wanted, CancellationToken cancellation)
    {
        var (found, missing) = (new List<DeadLetter>(), new List<string>());
        if (wanted is [All])
        {
            // All of them before the first is replayed: one that is refused at once must not come around for ever.
            await foreach (var letter in letters.ReadAsync(queue, cancellation))
            {
                found.Add(letter);
            }

            return (found, missing);
        }

        foreach (var id in wanted.Distinct(StringComparer.Ordinal))
        {
            if (id.Length == 64 && id.All(char.IsAsciiHexDigitLower) && await letters.FindAsync(queue, id, cancellation) is { } letter)
            {
                found.Add(letter);
            }
            else
            {
                missing.Add(id);
            }
        }

        return (found, missing);
    }
}
