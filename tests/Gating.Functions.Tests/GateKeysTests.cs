using System.Buffers.Text;
using System.Security.Cryptography;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The data key that a vault opens at the start: it is that key, or the start ends and says why.</summary>
public sealed class GateKeysTests
{
    private const string Place = "https://kv-gate.vault.azure.net/keys/data-key/0123456789abcdef0123456789abcdef";
    private const string Shape = "Gating:Keys:DataVault is not a wrapped key in base64url, a space, and https://…/keys/name/version of a vault";

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(OperatorKey.Size);
    private static readonly byte[] Wrapped = RandomNumberGenerator.GetBytes(384);

    private readonly List<string> _errors = [];

    [Fact]
    public void What_the_vault_opens_is_the_data_key()
    {
        var keys = GateKeys.Read(With($"{Base64Url.EncodeToString(Wrapped)} {Place}"), _errors, static (address, identity, wrapped) =>
        {
            (address, identity).ShouldBe((Place, "an-identity"));
            wrapped.ShouldBe(Wrapped);
            return Key;
        });
        _errors.ShouldBeEmpty();
        keys.ShouldNotBeNull().Data.RowKey().ShouldBe(new OperatorKey(Key).RowKey());
    }

    [Fact]
    public void One_that_it_refuses_ends_the_start_with_its_word_for_why() =>
        Error(With($"{Base64Url.EncodeToString(Wrapped)} {Place}"), static (_, _, _) => throw new StorageUnavailableException("Key Vault does not unwrap with it: 403 KeyDisabled."))
            .ShouldBe("Gating:Keys:DataVault cannot be opened. Key Vault does not unwrap with it: 403 KeyDisabled.");

    [Fact]
    public void There_is_one_data_key()
    {
        var settings = With($"{Base64Url.EncodeToString(Wrapped)} {Place}");
        settings.Keys.Data = Convert.ToBase64String(Key);
        Error(settings, static (_, _, _) => Key).ShouldBe("Gating:Keys:Data and Gating:Keys:DataVault are both set, and there is one data key");
    }

    [Theory]
    [InlineData("")]
    [InlineData(Place)]
    [InlineData("AAAA " + Place)]
    [InlineData("WRAPPED")]
    [InlineData("WRAPPED  " + Place)]
    [InlineData("WRAPPED= " + Place)]
    [InlineData("WRAPPED https://kv-gate.vault.azure.net/keys/data-key")]
    [InlineData("WRAPPED https://other.example/keys/data-key/0123456789abcdef0123456789abcdef")]
    public void What_is_no_wrapped_key_and_its_place_is_refused_before_anybody_is_asked(string setting) =>
        Error(With(setting.Replace("WRAPPED", Base64Url.EncodeToString(Wrapped), StringComparison.Ordinal)), Composition.Unwrap).ShouldBe(Shape);

    private static GateSettings With(string wrapped) => new()
    {
        PublicUrl = "https://gate.example",
        Storage = new() { ClientId = "an-identity" },
        Keys = new() { DataVault = wrapped, GrantCurrent = DevelopmentKeys.NewGrantKey(), LogCurrent = LogConfiguration.NewKey("gate.example/log") },
    };

    private string Error(GateSettings settings, Func<string, string?, byte[], byte[]?> unwrap)
    {
        GateKeys.Read(settings, _errors, unwrap).ShouldBeNull();
        return _errors.ShouldHaveSingleItem();
    }
}
