using System.Net;
using System.Net.Sockets;
using Gating.Local;
using Gating.Local.OpenId;
using Gating.Testing.Processes;
using Microsoft.IdentityModel.JsonWebTokens;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Local;

public sealed class StudioAppTests
{
    [Fact]
    public async Task A_person_signs_in_with_a_browser_and_sees_the_token()
    {
        using var http = new HttpClient();
        await using var studio = await StudioApp.StartAsync(0, http, CancellationToken.None);
        await using var provider = await StartProviderAsync(studio);
        using var browser = new HttpClient();

        using var page = await browser.GetAsync(studio.Address);
        (await page.Content.ReadAsStringAsync()).ShouldContain("Sign in and agree");
        using var form = new FormUrlEncodedContent([new("person", "tom")]);
        using var answer = await browser.PostAsync(page.RequestMessage!.RequestUri, form);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        new JsonWebToken(await answer.Content.ReadAsStringAsync()).Subject.ShouldBe(DemoPerson.Tom.Subject);
    }

    [Fact]
    public async Task A_script_gets_the_token_of_a_person_by_name_and_hears_who_there_is()
    {
        using var http = new HttpClient();
        await using var studio = await StudioApp.StartAsync(0, http, CancellationToken.None);
        await using var provider = await StartProviderAsync(studio);

        new JsonWebToken(await http.GetStringAsync(new Uri(studio.Address, "/id-token/lin"))).Subject.ShouldBe(DemoPerson.Lin.Subject);
        using var nobody = await http.GetAsync(new Uri(studio.Address, "/id-token/nobody"));
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await nobody.Content.ReadAsStringAsync()).ShouldContain("mei-at-work");
    }

    [Fact]
    public async Task A_callback_that_nobody_asked_for_is_refused()
    {
        using var http = new HttpClient();
        await using var studio = await StudioApp.StartAsync(0, http, CancellationToken.None);

        using var answer = await http.GetAsync(new Uri(studio.Address, "/callback?state=forged&code=forged"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var http = new HttpClient();

        var failure = await Should.ThrowAsync<SetupException>(() => StudioApp.StartAsync(port, http, CancellationToken.None));

        failure.Message.ShouldBe($"Port {port} on 127.0.0.1 is in use, so the demonstration app cannot start there; end what uses it or choose another with --port.");
    }

    private static async Task<OpenIdProviderProcess> StartProviderAsync(StudioApp studio)
    {
        var options = OpenIdProviderOptions.Default with { Clients = [studio.Client] };
        var provider = await OpenIdProviderProcess.StartAsync(await SharedProcesses.NodeAsync(), options, TimeProvider.System, CancellationToken.None);
        studio.Issuer = provider.Issuer;
        return provider;
    }
}
