using System.CommandLine;
using System.CommandLine.Parsing;
using Gating.Cli.Output;
using Gating.Labels;
using Gating.Labels.Explicit;
using Spectre.Console;

namespace Gating.Cli.Commands;

/// <summary><c>gating label FILE</c>: a labelled copy of a file, read back and compared before it gets its name.</summary>
internal static class LabelCommand
{
    public static Command Create(IAnsiConsole console, TextWriter output)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The file to label; it is not changed." }.AcceptExistingOnly();
        var target = new Option<FileInfo>("--output", "-o") { Description = "Where the labelled file goes; must not exist yet.", Required = true };
        var provider = new Option<ProviderCode>("--provider") { Description = "Your 27-character service provider code (TC260-PG-20252A).", Required = true, CustomParser = ParseCode };
        var id = new Option<string>("--id") { Description = "Your own unique number for this content (ProduceID): visible ASCII without space and backslash.", Required = true };
        var edited = new Option<bool>("--edited") { Description = "Something real that AI changed, rather than wholly generated." };
        var system = new Option<string?>("--system") { Description = "Name of the generating system." };
        var version = new Option<string?>("--system-version") { Description = "Its version." };
        var propagate = new Option<bool>("--propagate") { Description = "Where the file carries another producer's label: keep the producer and become its propagator. Refused otherwise." };
        var breakC2pa = new Option<bool>("--break-c2pa") { Description = "Label a file with a C2PA store although that breaks its binding; sign it again afterwards." };
        var seen = new Option<ExplicitWording?>("--explicit")
        {
            Description = $"Put on a label that people see or hear as well, with these words or, without any, {ExplicitWording.Usual.Text}.", Arity = ArgumentArity.ZeroOrOne, CustomParser = ParseWording,
        };
        var json = Options.Json();
        var command = new Command("label", "Write a labelled copy of a file.") { file, target, provider, id, edited, system, version, propagate, breakC2pa, seen, json };
        command.SetAction(parsed =>
        {
            Label label;
            try
            {
                label = Label.Generated(parsed.GetValue(provider), parsed.GetRequiredValue(id));
            }
            catch (ArgumentException wrong)
            {
                console.WriteLine("--id: " + wrong.Message);
                return ExitCode.WrongUsage;
            }

            var content = new LabelContent(
                label, parsed.GetValue(edited) ? ContentSource.Edited : ContentSource.Generated, parsed.GetValue(system), parsed.GetValue(version), TimeProvider.System.GetUtcNow());
            var policy = new LabelPolicy(
                parsed.GetValue(propagate) ? ForeignLabel.Propagate : ForeignLabel.Refuse, parsed.GetValue(breakC2pa) ? C2paBinding.Break : C2paBinding.Refuse);
            var labelled = FileLabels.Write(parsed.GetRequiredValue(file).FullName, parsed.GetRequiredValue(target).FullName, content, policy, parsed.GetValue(seen));
            if (parsed.GetValue(json))
            {
                ReportJson.Write(output, [labelled]);
            }
            else
            {
                ReportTable.WriteOne(console, labelled);
            }

            return labelled.Refusal is null ? ExitCode.Good : ExitCode.Refused;
        });
        return command;
    }

    private static ExplicitWording? ParseWording(ArgumentResult argument)
    {
        if (argument.Tokens is [])
        {
            return ExplicitWording.Usual;
        }

        if (ExplicitWording.TryParse(argument.Tokens[0].Value, out var wording))
        {
            return wording;
        }

        argument.AddError($"--explicit: one word for artificial intelligence (AI, 人工智能) and one for generation (生成, 合成), at most {ExplicitWording.MaxLength} characters.");
        return null;
    }

    private static ProviderCode ParseCode(ArgumentResult argument)
    {
        if (argument.Tokens is [var token] && ProviderCode.TryParse(token.Value, out var code))
        {
            return code;
        }

        argument.AddError("--provider: not a 27-character service provider code whose check character holds (TC260-PG-20252A, GB 32100-2015).");
        return default;
    }
}
