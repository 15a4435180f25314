using Gating.Clients;
using Microsoft.Extensions.Primitives;
using Shouldly;
using Xunit;
using static Gating.Tests.Clients.ClientScene;

namespace Gating.Tests.Clients;

public sealed class ClientSecretTests
{
    [Fact]
    public void A_client_with_its_secret_is_authenticated_and_leaves_nothing_to_remember()
    {
        var outcome = Authenticate(Header(Basic("studio", Secret))).ShouldBeOfType<ClientOutcome.Authenticated>();

        outcome.App.Id.ShouldBe("studio");
        outcome.Assertion.ShouldBeNull();
    }

    [Fact]
    public void Both_secrets_of_a_rotation_are_good() =>
        Authenticate(Header(Basic("studio", OldSecret))).ShouldBeOfType<ClientOutcome.Authenticated>();

    [Fact]
    public void Spaces_come_as_plus_or_as_escapes() =>
        Authenticate(Header(Basic64("secret+only:" + Uri.EscapeDataString(Secret).Replace("%20", "+", StringComparison.Ordinal))))
            .ShouldBeOfType<ClientOutcome.Authenticated>().App.Id.ShouldBe("secret only");

    [Fact]
    public void The_scheme_has_no_case_and_the_client_id_in_the_form_may_agree() =>
        Authenticate(Header(Basic("studio", Secret).Replace("Basic", "bASIC", StringComparison.Ordinal), "studio")).ShouldBeOfType<ClientOutcome.Authenticated>();

    public static TheoryData<string, ClientRefusal> Refusals => new()
    {
        { Basic("studio", "wrong"), ClientRefusal.WrongSecret },
        { Basic("studio", ""), ClientRefusal.WrongSecret },
        { Basic("studio", Secret + " "), ClientRefusal.WrongSecret },
        { Basic("pair", Secret), ClientRefusal.WrongSecret },
        { Basic("pair", ""), ClientRefusal.WrongSecret },
        { Basic("nobody", Secret), ClientRefusal.UnknownClient },
        { Basic("Studio", Secret), ClientRefusal.UnknownClient },
        { Basic("stopped", Secret), ClientRefusal.ClientStopped },
        { Basic("stopped", "wrong"), ClientRefusal.WrongSecret },
        { Basic64(":" + Secret), ClientRefusal.MalformedCredentials },
        { Basic64("studio"), ClientRefusal.MalformedCredentials },
        { Basic64("studio:%"), ClientRefusal.MalformedCredentials },
        { Basic64("studio:%4"), ClientRefusal.MalformedCredentials },
        { Basic64("studio:%zz"), ClientRefusal.MalformedCredentials },
        { Basic64("studio:%+1"), ClientRefusal.MalformedCredentials },
        { Basic64("studio:%FF"), ClientRefusal.MalformedCredentials },
        { Basic64("studio:" + new string('x', 2000)), ClientRefusal.MalformedCredentials },
        { Basic("studio", Secret) + " ", ClientRefusal.MalformedCredentials },
        { Basic("studio", Secret).Insert(12, " "), ClientRefusal.MalformedCredentials },
        { Basic("studio", Secret)[..^1], ClientRefusal.MalformedCredentials },
        { "Basic !!!!", ClientRefusal.MalformedCredentials },
        { "Basic ", ClientRefusal.MalformedCredentials },
        { "Basic", ClientRefusal.UnsupportedMethod },
        { "", ClientRefusal.UnsupportedMethod },
        { "Bearer abc", ClientRefusal.UnsupportedMethod },
        { "Negotiate abc", ClientRefusal.UnsupportedMethod },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Everything_else_is_refused_for_its_reason(string header, ClientRefusal reason) =>
        Authenticate(Header(header)).ShouldBe(new ClientOutcome.Refused(reason));

    [Fact]
    public void The_client_id_in_the_form_must_not_be_another() =>
        Authenticate(Header(Basic("studio", Secret), "pair")).ShouldBe(new ClientOutcome.Refused(ClientRefusal.ClientIdMismatch));

    [Fact]
    public void No_credentials_are_none_even_with_a_client_id()
    {
        Authenticate(default).ShouldBe(new ClientOutcome.Refused(ClientRefusal.NoCredentials));
        Authenticate(new() { ClientId = "studio" }).ShouldBe(new ClientOutcome.Refused(ClientRefusal.NoCredentials));
    }

    [Fact]
    public void A_secret_in_the_form_is_no_method_here() =>
        Authenticate(new() { ClientId = "studio", ClientSecret = Secret }).ShouldBe(new ClientOutcome.Refused(ClientRefusal.UnsupportedMethod));

    [Fact]
    public void Two_methods_are_one_too_many()
    {
        var header = Basic("studio", Secret);
        PresentedCredentials[] doubled =
        [
            new() { Authorization = header, ClientSecret = Secret },
            new() { Authorization = header, Assertion = "a.b.c" },
            new() { Authorization = header, AssertionType = ClientAssertion.Type },
            new() { ClientSecret = Secret, Assertion = "a.b.c", AssertionType = ClientAssertion.Type },
            new() { Authorization = header, ClientSecret = "", Assertion = "a.b.c" },
        ];

        doubled.ShouldAllBe(presented => Authenticate(presented).Equals(new ClientOutcome.Refused(ClientRefusal.SeveralMethods)));
    }

    [Fact]
    public void Nothing_may_be_sent_twice_even_alike()
    {
        StringValues header = new([Basic("studio", Secret), Basic("studio", Secret)]);
        PresentedCredentials[] doubled =
        [
            new() { Authorization = header },
            new() { Authorization = header[0], ClientId = new(["studio", "studio"]) },
            new() { ClientSecret = new(["a", "a"]) },
            new() { Assertion = new(["a.b.c", "a.b.c"]), AssertionType = ClientAssertion.Type },
            new() { Assertion = "a.b.c", AssertionType = new([ClientAssertion.Type, ClientAssertion.Type]) },
        ];

        doubled.ShouldAllBe(presented => Authenticate(presented).Equals(new ClientOutcome.Refused(ClientRefusal.MalformedCredentials)));
    }
}
