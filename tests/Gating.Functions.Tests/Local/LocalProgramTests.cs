using Gating.Local;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Gating.Functions.Tests.Local;

public sealed class LocalProgramTests
{
    [Theory]
    [InlineData("`--fast` is not an option; --help lists them.", "--fast")]
    [InlineData("`--port` needs a value; --help lists the options.", "--once", "--port")]
    [InlineData("`70000` is not a port; give a number from 0 to 65529.", "--port", "70000")]
    [InlineData("`-1` is not a port; give a number from 0 to 65529.", "--port", "-1")]
    public async Task A_command_line_that_makes_no_sense_is_one_sentence_and_exit_code_1(string sentence, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);

        code.ShouldBe(1);
        errors.ShouldBe(sentence + Environment.NewLine);
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var (code, output, _) = await RunAsync("--help");

        code.ShouldBe(0);
        foreach (var option in new[] { "--once", "--setup", "--port", "--data" })
        {
            output.ShouldContain(option);
        }
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=prod;AccountKey=AAAA;EndpointSuffix=core.windows.net")]
    [InlineData("AzureWebJobsStorage__accountName", "prod")]
    [InlineData("Gating__Storage__TableEndpoint", "https://prod.table.core.windows.net")]
    [InlineData("GATING_STORAGE", "BlobEndpoint=http://127.0.0.1:10000/a;TableEndpoint=https://prod.table.core.windows.net")]
    [InlineData("AzureWebJobsStorage", "TableEndpoint=http://127.0.0.1.example.com/")]
    public void Storage_elsewhere_is_refused_by_the_name_of_its_setting(string name, string value)
    {
        var refused = Should.Throw<SetupException>(() => OwnStorageOnly.Demand(new Dictionary<string, string> { [name] = value }));

        refused.Message.ShouldStartWith(name);
        refused.Message.ShouldNotContain(value);
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "UseDevelopmentStorage=true")]
    [InlineData("AzureWebJobsStorage", "")]
    [InlineData("AzureWebJobsStorage", "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;TableEndpoint=http://localhost:10002/devstoreaccount1;")]
    [InlineData("Gating__Port", "https://prod.table.core.windows.net")]
    [InlineData("PATH", "/usr/bin")]
    public void Local_storage_and_other_settings_are_no_reason_to_refuse(string name, string value) =>
        Should.NotThrow(() => OwnStorageOnly.Demand(new Dictionary<string, string> { [name] = value }));

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        var code = await LocalProgram.RunAsync(arguments, console, errors, CancellationToken.None);
        return (code, output.ToString(), errors.ToString());
    }
}
