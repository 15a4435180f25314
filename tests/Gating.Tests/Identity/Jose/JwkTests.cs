using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity.Jose;

public sealed class JwkTests
{
    private static readonly TestKey Ec = TestKey.Ec("k");
    private static readonly TestKey Rsa = IdentityScene.Rsa;

    private static readonly Dictionary<string, (string Jwk, JwkFault Fault)> Unusable = new()
    {
        ["not an object"] = ("[]", JwkFault.Malformed),
        ["no kty"] = (Ec.Jwk(jwk => jwk.Drop("kty")), JwkFault.Malformed),
        ["kty a number"] = (Ec.Jwk(jwk => jwk.Set("kty", "1")), JwkFault.Malformed),
        ["kty in lower case"] = (Ec.Jwk(jwk => jwk.Text("kty", "ec")), JwkFault.UnsupportedType),
        ["symmetric"] = ("""{"kty":"oct","k":"AAAA"}""", JwkFault.UnsupportedType),
        ["a curve of Bitcoin"] = (Ec.Jwk(jwk => jwk.Text("crv", "secp256k1")), JwkFault.UnsupportedType),
        ["the wrong curve for its point"] = (Ec.Jwk(jwk => jwk.Text("crv", "P-384")), JwkFault.Malformed),
        ["x short"] = (Ec.Jwk(jwk => jwk.Text("x", "AAAA")), JwkFault.Malformed),
        ["x padded"] = (Ec.Jwk(jwk => jwk.Text("x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")), JwkFault.Malformed),
        ["no y"] = (Ec.Jwk(jwk => jwk.Drop("y")), JwkFault.Malformed),
        ["a point off the curve"] = (Ec.Jwk(jwk => jwk.Text("y", TestKey.Encode(new byte[32]))), JwkFault.Malformed),
        ["the point at zero"] = (Ec.Jwk(jwk => jwk.Text("x", TestKey.Encode(new byte[32])).Text("y", TestKey.Encode(new byte[32]))), JwkFault.Malformed),
        ["private part"] = (Ec.Jwk(jwk => jwk.Text("d", Ec.PrivateMember())), JwkFault.PrivateMember),
        ["private part null"] = (Ec.Jwk(jwk => jwk.Set("d", "null")), JwkFault.PrivateMember),
        ["RSA prime"] = (Rsa.Jwk(jwk => jwk.Text("p", "AQAB")), JwkFault.PrivateMember),
        ["for encryption"] = (Ec.Jwk(jwk => jwk.Text("use", "enc")), JwkFault.OtherUse),
        ["use a list"] = (Ec.Jwk(jwk => jwk.Set("use", """["sig"]""")), JwkFault.OtherUse),
        ["operations without verify"] = (Ec.Jwk(jwk => jwk.Set("key_ops", """["sign"]""")), JwkFault.OtherUse),
        ["operations a text"] = (Ec.Jwk(jwk => jwk.Text("key_ops", "verify")), JwkFault.OtherUse),
        ["another algorithm"] = (Ec.Jwk(jwk => jwk.Text("alg", "ES512")), JwkFault.OtherUse),
        ["an algorithm of encryption"] = (Rsa.Jwk(jwk => jwk.Text("alg", "RSA-OAEP")), JwkFault.OtherUse),
        ["kid a number"] = (Ec.Jwk(jwk => jwk.Set("kid", "1")), JwkFault.OtherUse),
        ["kid too long"] = (Ec.Jwk(jwk => jwk.Text("kid", new string('k', 257))), JwkFault.OtherUse),
        ["RSA of 1024 bits"] = (IdentityScene.Weak.Jwk(), JwkFault.TooWeak),
        ["RSA of 2048 bits, most of them zero"] = (Rsa.Jwk(jwk => jwk.Text("n", TestKey.Encode([.. new byte[200], .. Enumerable.Repeat((byte)0xFF, 56)]))), JwkFault.TooWeak),
        ["RSA with exponent one"] = (Rsa.Jwk(jwk => jwk.Text("e", "AQ")), JwkFault.TooWeak),
        ["RSA with an even exponent"] = (Rsa.Jwk(jwk => jwk.Text("e", "Ag")), JwkFault.TooWeak),
        ["RSA with a huge exponent"] = (Rsa.Jwk(jwk => jwk.Text("e", "AQAAAAAB")), JwkFault.TooWeak),
        ["RSA of 16384 bits"] = (Rsa.Jwk(jwk => jwk.Text("n", TestKey.Encode([.. Enumerable.Repeat((byte)0xFF, 2048)]))), JwkFault.TooWeak),
        ["RSA without exponent"] = (Rsa.Jwk(jwk => jwk.Drop("e")), JwkFault.Malformed),
    };

    public static TheoryData<string> UnusableNames => [.. Unusable.Keys];

    [Theory]
    [MemberData(nameof(UnusableNames))]
    public void A_key_that_cannot_judge_is_not_read(string name) => Jwk.Read(Parse(Unusable[name].Jwk), out _).ShouldBe(Unusable[name].Fault);

    [Fact]
    public void A_key_fits_what_it_says_of_itself_and_nothing_else()
    {
        Fitting(Ec.Jwk()).ShouldBe([SigningAlgorithm.ES256]);
        Fitting(IdentityScene.Ec384.Jwk()).ShouldBe([SigningAlgorithm.ES384]);
        Fitting(IdentityScene.Ec521.Jwk()).ShouldBe([SigningAlgorithm.ES512]);
        Fitting(Rsa.Jwk(jwk => jwk.Text("alg", "PS256"))).ShouldBe([SigningAlgorithm.PS256]);
        Fitting(Rsa.Jwk()).Length.ShouldBe(6);
    }

    [Fact]
    public void A_modulus_with_a_sign_byte_in_front_is_the_same_modulus()
    {
        var modulus = System.Buffers.Text.Base64Url.DecodeFromChars(Parse(Rsa.Jwk()).GetProperty("n").GetString());

        Jwk.Read(Parse(Rsa.Jwk(jwk => jwk.Text("n", TestKey.Encode([0, .. modulus])))), out var key).ShouldBeNull();

        CompactJws.Parse(Rsa.Token("""{"alg":"RS256"}""", "{}"), out var jws).ShouldBeNull();
        jws.IsSignedBy(key, SigningAlgorithm.RS256).ShouldBeTrue();
    }

    // RFC 7638 section 3.1.
    [Fact]
    public void The_thumbprint_is_that_of_the_RFC() => JwkThumbprint.Of(Parse("""
        {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
        """)).ShouldBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");

    private static SigningAlgorithm[] Fitting(string jwk)
    {
        Jwk.Read(Parse(jwk), out var key).ShouldBeNull();
        return [.. Enum.GetValues<SigningAlgorithm>().Where(key.Fits)];
    }

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
