using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Gating.Functions.Tests.World;
using Gating.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>The README of the client library: its code is what is compiled here, and does what it says.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("app")]
    [InlineData("tool")]
    public void The_code_shown_is_the_code_that_runs(string part)
    {
        var source = File.ReadAllText(Path.Combine(Folder(), "QuickStart.cs"));
        var lines = Between(source, $"// <quickstart-{part}>\n", $"        // </quickstart-{part}>").Split('\n').Select(static line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line);

        CodeBlock().Matches(File.ReadAllText(Path.Combine(Folder(), "../../../src/Gating.Client/README.md"))).Select(static block => block.Groups["code"].Value).ShouldContain(string.Join('\n', lines));
    }

    [Fact]
    public async Task An_app_and_a_tool_that_copy_it_do_the_whole_job()
    {
        await using var scene = await ClientScene.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var tool = QuickStart.Tool(builder, scene.Front.Origin);
        await tool.StartAsync();
        var said = "";
        async Task<Stream> SwapAsync(string grant)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(tool.Urls.Single()), "/face-swap")) { Headers = { Authorization = new("Bearer", grant) } };
            using var answer = await scene.Http.SendAsync(request);
            said = await answer.Content.ReadAsStringAsync();
            return new MemoryStream(TinyPng.Of(3));
        }

        var told = await QuickStart.AppAsync(scene.Gate, TestRegistry.Secret, scene.World.IdToken("mei"), SwapAsync, default);

        said.ShouldBe("1 for studio");
        told.ShouldMatch("^image/png of [0-9]+ bytes, [0-9a-f]{64}$");
        (await QuickStart.AppAsync(scene.Gate, TestRegistry.Secret, "no token", SwapAsync, default)).ShouldBe("No: token_malformed.");
        (await scene.GrantedAsync("mei")).ShouldBe(1);
    }

    private static string Between(string text, string after, string before)
    {
        var from = text.IndexOf(after, StringComparison.Ordinal) + after.Length;
        return text[from..text.IndexOf(before, from, StringComparison.Ordinal)].TrimEnd('\n') + "\n";
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();
}
