using System.Globalization;
using System.Text.Json;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Gating.Cli.Tests;

/// <summary>The three commands as a person or a script meets them: what they print, how they end, what they leave behind.</summary>
public sealed class LabelCommandsTests : IDisposable
{
    private const string Code = "001191110102MACQD9K64010000";
    private const string OtherCode = "001191440300708461136T1XGW3";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-cli-");
    private readonly StringWriter _json = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _console = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _json.Dispose();
        _console.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_file_is_labelled_into_a_copy_and_read_back()
    {
        var file = Picture("a.png");
        var before = File.ReadAllBytes(file);
        Run("label", file, "-o", At("b.png"), "--provider", Code, "--id", "number-1").ShouldBe(0);
        Run("read", At("b.png")).ShouldBe(0);
        _console.ToString().ShouldContain("AI-generated (confirmed)");
        _console.ToString().ShouldContain("number-1");
        File.ReadAllBytes(file).ShouldBe(before);
        Left().ShouldBe(["a.png", "b.png"]);
    }

    [Fact]
    public void A_label_to_see_is_put_on_first_and_both_are_read_back()
    {
        File.WriteAllText(At("a.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 99 99\"/>");
        Run("label", At("a.svg"), "-o", At("b.svg"), "--provider", Code, "--id", "number-1", "--explicit", "--json").ShouldBe(0);
        using var json = JsonDocument.Parse(_json.ToString());
        json.RootElement[0].GetProperty("explicit").GetProperty("state").GetString().ShouldBe("found");
        json.RootElement[0].GetProperty("explicit").GetProperty("text").GetString().ShouldBe("AI生成");
        json.RootElement[0].GetProperty("labels").GetArrayLength().ShouldBe(1);
        Left().ShouldBe(["a.svg", "b.svg"]);
    }

    [Fact]
    public void Plain_text_gets_the_label_to_see_alone()
    {
        File.WriteAllText(At("a.txt"), "A sentence.");
        Run("label", At("a.txt"), "-o", At("b.txt"), "--provider", Code, "--id", "number-1").ShouldBe(3);
        Run("label", At("a.txt"), "-o", At("b.txt"), "--provider", Code, "--id", "number-1", "--explicit", "本文由AI合成").ShouldBe(0);
        File.ReadAllText(At("b.txt")).ShouldBe("本文由AI合成\nA sentence.");
        Run("label", At("a.txt"), "-o", At("c.txt"), "--provider", Code, "--id", "number-1", "--explicit", "no such word").ShouldBe(1);
        Left().ShouldBe(["a.txt", "b.txt"]);
    }

    [Fact]
    public void JSON_says_what_the_table_says()
    {
        Run("label", Picture("a.png"), "-o", At("b.png"), "--provider", Code, "--id", "number-1", "--json").ShouldBe(0);
        using var json = JsonDocument.Parse(_json.ToString());
        var label = json.RootElement[0].GetProperty("labels")[0];
        label.GetProperty("place").GetString().ShouldBe("XMP TC260:AIGC");
        label.GetProperty("text").GetString()!.ShouldContain("\"ProduceID\":\"number-1\"");
        _console.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_there_is_never_overwritten()
    {
        File.WriteAllText(At("b.png"), "mine");
        Run("label", Picture("a.png"), "-o", At("b.png"), "--provider", Code, "--id", "x").ShouldBe(3);
        File.ReadAllText(At("b.png")).ShouldBe("mine");
        Left().ShouldBe(["a.png", "b.png"]);
    }

    [Fact]
    public void What_is_no_picture_is_refused_with_the_reason_and_leaves_nothing()
    {
        File.WriteAllText(At("a.png"), "no picture");
        Run("label", At("a.png"), "-o", At("b.png"), "--provider", Code, "--id", "x").ShouldBe(3);
        _console.ToString().ShouldContain("Unrecognised");
        Left().ShouldBe(["a.png"]);
    }

    [Fact]
    public void Anothers_label_needs_a_word_of_the_caller()
    {
        Run("label", Picture("a.png"), "-o", At("b.png"), "--provider", OtherCode, "--id", "theirs").ShouldBe(0);
        Run("label", At("b.png"), "-o", At("c.png"), "--provider", Code, "--id", "ours").ShouldBe(3);
        Run("label", At("b.png"), "-o", At("c.png"), "--provider", Code, "--id", "ours", "--propagate").ShouldBe(0);
    }

    [Theory]
    [InlineData("a code that is none", "00119", "x")]
    [InlineData("a number with a space", Code, "x 1")]
    public void Wrong_usage_is_said_and_nothing_is_written(string what, string code, string id)
    {
        Run("label", Picture("a.png"), "-o", At("b.png"), "--provider", code, "--id", id).ShouldBe(1, what);
        Left().ShouldBe(["a.png"]);
    }

    [Fact]
    public void A_folder_is_checked_file_by_file()
    {
        Run("label", Picture("a.png"), "-o", At("b.png"), "--provider", Code, "--id", "x").ShouldBe(0);
        Run("check", At("b.png")).ShouldBe(0);
        Run("check", _folder.FullName).ShouldBe(2);
        File.WriteAllText(At("c.txt"), "text");
        Run("check", _folder.FullName, "--json").ShouldBe(3);
        _console.ToString().ShouldContain("2 files: 1 with one right label, 1 without, 0 not read");
        using var json = JsonDocument.Parse(_json.ToString());
        json.RootElement.EnumerateArray().Select(file => file.TryGetProperty("refusal", out _)).ShouldBe([false, false, true]);
    }

    private int Run(params string[] arguments)
    {
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_console) });
        console.Profile.Width = 500;
        return GatingCommand.Create(console, _json, static _ => null).Parse(arguments).Invoke(new() { Output = TextWriter.Null, Error = TextWriter.Null });
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string[] Left() => [.. _folder.EnumerateFiles().Select(static file => file.Name).Order(StringComparer.Ordinal)];

    // One grey pixel.
    private string Picture(string name)
    {
        File.WriteAllBytes(At(name), Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="));
        return At(name);
    }
}
