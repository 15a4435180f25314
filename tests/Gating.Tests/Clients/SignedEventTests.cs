using System.Text;
using Gating.Clients;
using Gating.Testing.Jose;
using Gating.Tests.Identity;
using Shouldly;
using Xunit;
using static Gating.Tests.Clients.ClientScene;

namespace Gating.Tests.Clients;

/// <summary>Events are believed when a registered key of their source signed them, and never otherwise.</summary>
public sealed class SignedEventTests
{
    private const string Header = """{"alg":"ES256","typ":"cloudevent+jws","kid":"app-key"}""";
    private const string Payload = """{"specversion":"1.0","id":"e1","source":"studio","type":"t","subject":"s","data":{"a":1}}""";

    [Fact]
    public void One_that_a_key_of_its_source_signed_is_read()
    {
        var (read, problem) = Read(Key.Token(Header, Payload));
        problem.ShouldBeEmpty();
        read!.Value.App.Id.ShouldBe("studio");
        read.Value.Event.Subject.ShouldBe("s");
        Encoding.UTF8.GetString(read.Value.Event.Data.Span).ShouldBe("""{"a":1}""");
    }

    [Fact]
    public void RSA_keys_sign_too() => Read(IdentityScene.Rsa.As("rsa", "PS256").Token(Header.Replace("ES256", "PS256", StringComparison.Ordinal).Replace("app-key", "rsa", StringComparison.Ordinal), Payload)).Event.ShouldNotBeNull();

    [Theory]
    [InlineData("cloudevent+jws", "JWT")]
    [InlineData("cloudevent+jws", "client-authentication+jwt")]
    [InlineData("cloudevent+jws", "CloudEvent+JWS")]
    [InlineData("ES256", "none")]
    [InlineData("ES256", "HS256")]
    [InlineData("ES256", "ES384")]
    [InlineData("ES256", "PS256")]
    [InlineData("app-key", "nobodys")]
    [InlineData("app-key", "weak")]
    [InlineData("app-key", "leaked")]
    [InlineData("\"kid\"", "\"jku\"")]
    [InlineData("{", """{"crit":["x"],""")]
    [InlineData("{", """{"jwk":{"kty":"EC"},""")]
    public void A_header_that_says_anything_else_is_not_believed(string said, string says) => ShouldNotBelieve(Key.Token(Header.Replace(said, says, StringComparison.Ordinal), Payload));

    [Theory]
    [InlineData("\"studio\"", "\"pair\"", true)]
    [InlineData("\"studio\"", "\"stopped\"")]
    [InlineData("\"studio\"", "\"nobody\"")]
    [InlineData("\"studio\"", "\"secret only\"")]
    [InlineData("\"1.0\"", "\"0.3\"")]
    [InlineData("\"id\":\"e1\",", "")]
    [InlineData("\"id\":\"e1\",", "\"id\":\"e1\",\"id\":\"e1\",")]
    [InlineData("{\"a\":1}", "[]")]
    public void A_payload_that_says_anything_else_is_not_believed(string said, string says, bool isBelieved = false)
    {
        // "pair" has the same key under the same id: it may say so, and says it for itself.
        var (read, _) = Read(Key.Token(Header, Payload.Replace(said, says, StringComparison.Ordinal)));
        (read?.App.Id).ShouldBe(isBelieved ? "pair" : null);
    }

    [Fact]
    public void Another_key_under_the_same_id_signs_nothing() => ShouldNotBelieve(Second.As("app-key").Token(Header, Payload));

    [Fact]
    public void A_changed_payload_is_not_believed()
    {
        var parts = Key.Token(Header, Payload).Split('.');
        ShouldNotBelieve($"{parts[0]}.{TestKey.Encode(Payload.Replace("e1", "e2", StringComparison.Ordinal))}.{parts[2]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("{\"specversion\":\"1.0\"}")]
    [InlineData("é.é.é")]
    public void What_is_no_JWS_is_not_believed(string text) => ShouldNotBelieve(text);

    [Fact]
    public void One_that_is_too_long_is_not_read() => ShouldNotBelieve(Key.Token(Header, Payload.Replace("\"a\":1", $"\"a\":\"{new string('x', 16_000)}\"", StringComparison.Ordinal)));

    private static (SignedEvent? Event, string Problem) Read(string text) => SignedEvent.Read(Encoding.UTF8.GetBytes(text), Apps);

    private static void ShouldNotBelieve(string text)
    {
        var (read, problem) = Read(text);
        read.ShouldBeNull();
        problem.ShouldNotBeEmpty();
    }
}
