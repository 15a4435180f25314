using System.Net;
using Gating.Identity.Keys;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity.Keys;

public sealed class EndpointPolicyTests
{
    private static readonly EndpointPolicy Production = new(allowLoopback: false);
    private static readonly EndpointPolicy Development = new(allowLoopback: true);

    [Theory]
    [InlineData("https://login.example/.well-known/openid-configuration")]
    [InlineData("https://login.example:8443/x?y=z")]
    [InlineData("https://10.1.2.3/idp")]
    [InlineData("https://[2001:db8::1]/idp")]
    public void Https_to_the_world_is_permitted(string uri) => Production.Permits(new Uri(uri)).ShouldBeTrue();

    [Theory]
    [InlineData("http://login.example/")]
    [InlineData("ftp://login.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@login.example/")]
    [InlineData("https://login.example/#fragment")]
    [InlineData("https://169.254.169.254/metadata/instance")]
    [InlineData("https://0xA9FEA9FE/")]
    [InlineData("https://2852039166/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://168.63.129.16/")]
    [InlineData("https://100.100.100.200/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::]/")]
    [InlineData("https://255.255.255.255/")]
    [InlineData("https://239.0.0.1/")]
    public void Elsewhere_is_refused_in_development_too(string uri)
    {
        Production.Permits(new Uri(uri)).ShouldBeFalse();
        Development.Permits(new Uri(uri)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://localhost:8080/")]
    [InlineData("https://127.0.0.2/")]
    [InlineData("http://[::1]:8080/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    public void Loopback_is_for_development(string uri)
    {
        Development.Permits(new Uri(uri)).ShouldBeTrue();
        var literal = IPAddress.TryParse(new Uri(uri).IdnHost, out var address) ? address : IPAddress.Loopback;
        (Production.Permits(new Uri(uri)) && Production.Permits(literal)).ShouldBeFalse();
    }

    [Fact]
    public void A_relative_address_is_refused() => Production.Permits(new Uri("/jwks", UriKind.Relative)).ShouldBeFalse();
}
