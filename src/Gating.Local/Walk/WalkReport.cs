using System.Globalization;
using Spectre.Console;

namespace Gating.Local.Walk;

/// <summary>Prints what happens so that somebody who has never seen the system can follow it.</summary>
internal sealed class WalkReport(IAnsiConsole console)
{
    private int _step;

    public void Title(string text)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());
    }

    public void Doing(string text) => Line($"[grey]{Markup.Escape(text)}[/]");

    public void Done(string text) => Line($"[green]ok[/]  {Markup.Escape(text)}");

    public void Step(string text) => Line($"\n[bold]{(++_step).ToString(CultureInfo.InvariantCulture)}. {Markup.Escape(text)}[/]");

    public void Fact(string text) => Line($"   {Markup.Escape(text)}");

    public void Failed(string text) => Line($"   [red]failed:[/] {Markup.Escape(text)}");

    /// <summary>Text to copy: never wrapped, never coloured.</summary>
    public void Verbatim(string text) => console.Profile.Out.Writer.WriteLine(text);

    private void Line(string markup) => console.MarkupLine(CultureInfo.InvariantCulture, markup.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
}
