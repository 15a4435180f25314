using System.Text.RegularExpressions;

namespace Gating.Azure.Vault;

/// <summary>Where one version of a key lies in Azure Key Vault: <c>https://{vault}.{suffix}/keys/{name}/{version}</c>, as <c>az keyvault key show --query key.kid</c> prints it.</summary>
/// <param name="Id">Without a slash at its end. With its version: a key that was rotated is another key, whose signatures nobody expects.</param>
/// <param name="Scope">What a token for the vault is asked for: the vaults' own domain of that cloud (<c>vault.azure.net</c>, <c>vault.azure.cn</c> …), so that no other place is ever sent one.</param>
public sealed partial record VaultKeyAddress(Uri Id, string Scope)
{
    /// <summary>Null where it is not one.</summary>
    public static VaultKeyAddress? Parse(string? text) =>
        text is not null && Form().Match(text) is { Success: true } match ? new(new(text), $"https://{match.Groups["domain"].Value}/.default") : null;

    [GeneratedRegex("^https://[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]\\.(?<domain>vault\\.(?:azure\\.net|azure\\.cn|usgovcloudapi\\.net))/keys/[a-zA-Z0-9-]{1,127}/[0-9a-f]{32}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
