using Azure.Core;

namespace Gating.Azure;

/// <summary>How storage is told who asks.</summary>
public abstract record StorageCredential
{
    private StorageCredential()
    {
    }

    /// <summary>Entra ID, for anything that is not a developer's machine.</summary>
    public sealed record Token(TokenCredential Credential) : StorageCredential;

    /// <summary>An account key (base64). Never shown by <c>ToString</c>.</summary>
    public sealed record SharedKey(string Account, string Key) : StorageCredential
    {
        public override string ToString() => $"SharedKey {Account}";
    }
}

/// <summary>Whether storage itself is told to keep archived files unchanged until their retention ends. The account must have version-level immutability: without it every upload is refused.</summary>
public enum StorageImmutability
{
    Off = 0,

    /// <summary>Who may manage policies can shorten one or take it off.</summary>
    Unlocked = 1,

    /// <summary>Nobody can delete a file before its time, the operator of the account included, nor the account with it.</summary>
    Locked = 2,
}

/// <summary>Which storage account, and how to reach it.</summary>
/// <param name="Tables">Table service, without a trailing slash: <c>https://account.table.core.windows.net</c>, or the emulator's address with its account.</param>
/// <param name="Prefix">Put before the names of tables, queue and container; letters and digits, a letter first, or empty. Lets installations and tests share an account.</param>
public sealed record StorageOptions(Uri Tables, Uri Queues, Uri Blobs, StorageCredential Credential, string Prefix = "")
{
    /// <summary>Azurite's published account: everybody knows its key.</summary>
    public const string DevelopmentAccount = "devstoreaccount1";

    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>Blob service of the account that keeps the log's last known checkpoint, reached with the same credential; null for this one.</summary>
    public Uri? LastKnownBlobs { get; init; }

    /// <summary>One try of a Table or queue request.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Retries of everything except a ledger commit, whose caller decides itself.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>Off unless set: an emulator, and an account that has no version-level immutability, cannot do it.</summary>
    public StorageImmutability Immutability { get; init; }

    /// <summary>The emulator at the given addresses (host and port; the account is added).</summary>
    public static StorageOptions Development(Uri tables, Uri queues, Uri blobs, string prefix = "") =>
        new(WithAccount(tables), WithAccount(queues), WithAccount(blobs), new StorageCredential.SharedKey(DevelopmentAccount, DevelopmentKey), prefix);

    /// <summary>
    /// True where ANY part of this is a developer's: the published account or key, or a loopback address. Start-up outside of development refuses it, and start-up
    /// with development keys refuses anything that is not.
    /// </summary>
    public bool IsDevelopment() =>
        Credential is StorageCredential.SharedKey { Account: DevelopmentAccount } or StorageCredential.SharedKey { Key: DevelopmentKey }
        || Addresses.Any(address => address.IsLoopback || address.AbsolutePath.Contains(DevelopmentAccount, StringComparison.OrdinalIgnoreCase));

    /// <summary>True where all of this is a developer's: the only storage that development keys may meet.</summary>
    public bool IsOnlyDevelopment() =>
        Credential is StorageCredential.SharedKey { Account: DevelopmentAccount } && Addresses.All(address => address.IsLoopback);

    /// <summary>Development keys and a real account never meet, in either direction: the sentence that says so, or null.</summary>
    public string? MismatchWith(bool isDevelopment) =>
        isDevelopment && !IsOnlyDevelopment() ? $"Gating:Development is on, and {Tables} is not local storage"
        : !isDevelopment && IsDevelopment() ? $"Gating:Storage names {Tables}, which is a developer's storage, and Gating:Development is off"
        : null;

    /// <summary>Everything wrong with these values, each with the value seen; empty where they can be used.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        foreach (var address in Addresses)
        {
            if (!string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) && !address.IsLoopback)
            {
                errors.Add($"storage address {address} is not https");
            }
        }

        if (Prefix.Length > 20 || !Prefix.All(char.IsAsciiLetterOrDigit) || (Prefix.Length > 0 && !char.IsAsciiLetter(Prefix[0])))
        {
            errors.Add($"storage prefix '{Prefix}' is not empty or up to 20 letters and digits with a letter first");
        }

        if (Credential is StorageCredential.SharedKey key && !Convert.TryFromBase64String(key.Key, new byte[key.Key.Length], out _))
        {
            errors.Add($"the key of storage account {key.Account} is not base64");
        }

        return errors;
    }

    private Uri[] Addresses => [Tables, Queues, Blobs];

    private static Uri WithAccount(Uri address) =>
        address.AbsolutePath.Contains(DevelopmentAccount, StringComparison.Ordinal) ? address : new Uri(address, DevelopmentAccount);
}
