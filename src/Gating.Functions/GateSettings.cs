namespace Gating.Functions;

/// <summary>Everything the gate is told from outside, bound once from the <c>Gating</c> section (environment: <c>Gating__PublicUrl</c> and so on).</summary>
internal sealed class GateSettings
{
    /// <summary>Our issuer identifier and the origin of all our URLs, for instance <c>https://gate.example</c>. Wrong: every DPoP proof and client assertion is refused.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Only here may issuers, storage and the public URL be loopback addresses without TLS, and only loopback storage is accepted then.</summary>
    public bool Development { get; set; }

    public StorageSettings Storage { get; set; } = new();

    public KeySettings Keys { get; set; } = new();

    public LogSettings Log { get; set; } = new();

    /// <summary>A registry file that is written to storage at start where it differs; null to use what is stored.</summary>
    public string? RegistrySeed { get; set; }

    /// <summary>Whether this process takes messages from the queues and runs timed tasks by itself. Off where the Functions host does both; null: on unless that host started us.</summary>
    public bool? DrivesItself { get; set; }

    /// <summary>Where holes are reported, told at <c>/.well-known/security.txt</c> (RFC 9116): <c>mailto:…</c> or an https address; null: there is no such file.</summary>
    public string? SecurityContact { get; set; }

    /// <summary>Questions to <c>/v1/identify</c> that one address may ask a minute, on one instance; 1 to 100,000. It is open to anybody, and each may bring a file.</summary>
    public int IdentifyPerMinute { get; set; } = 60;
}

/// <summary>The storage account: service addresses with a managed identity, or Azurite.</summary>
internal sealed class StorageSettings
{
    public string? TableServiceUri { get; set; }

    public string? QueueServiceUri { get; set; }

    public string? BlobServiceUri { get; set; }

    /// <summary>Client id of a user-assigned managed identity; null for the system's.</summary>
    public string? ClientId { get; set; }

    /// <summary>Longest wait for one answer of storage; 1 to 30 s. Shorter: a slow store looks like none. Longer: a request waits longer for its 503.</summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// <c>off</c>, <c>unlocked</c> or <c>locked</c>: storage keeps archived files unchanged until their retention ends. Needs version-level immutability on the archive's container: without it
    /// no output is taken. Locked, nothing and nobody deletes a file before its time.
    /// </summary>
    public string Immutability { get; set; } = "off";

    /// <summary>Put before the names of tables, queues and containers.</summary>
    public string Prefix { get; set; } = string.Empty;
}

/// <summary>The transparency log.</summary>
internal sealed class LogSettings
{
    /// <summary>What the log is called in every checkpoint; null for the public URL's host and <c>/log</c>. Another one than before: the log refuses to continue under it.</summary>
    public string? Origin { get; set; }

    /// <summary>
    /// Blob service of ANOTHER storage account, where the last known checkpoint is kept, so that restoring the one cannot make the log forget the other. Gone or emptied: nothing is sealed.
    /// </summary>
    public string? LastKnownBlobServiceUri { get; set; }

    /// <summary>
    /// Witnesses that are asked to cosign every checkpoint, for each its key and its submission address: <c>{name}+{id}+{base64} https://… …</c>, separated by spaces; null for none. One that is down holds up nothing: the
    /// checkpoint is without its cosignature.
    /// </summary>
    public string? Witnesses { get; set; }
}

/// <summary>Secrets. Each may be a Key Vault reference, which the platform resolves before we see it.</summary>
internal sealed class KeySettings
{
    /// <summary>The operator's data key: 32 bytes, base64. Lost: every sealed part and every naming row is lost with it.</summary>
    public string? Data { get; set; }

    /// <summary>
    /// The same instead of <see cref="Data"/>, wrapped for an RSA key that stays in Key Vault (RSA-OAEP-256, base64url), a space, and which version of which key: <c>{wrapped} https://…/keys/{name}/{version}</c>. A start that the vault
    /// refuses ends with the vault's word for why; one that runs asks it nothing.
    /// </summary>
    public string? DataVault { get; set; }

    /// <summary>PEM of the P-256 key that signs grants.</summary>
    public string? GrantCurrent { get; set; }

    /// <summary>PEM of the key that will sign next, published ahead.</summary>
    public string? GrantNext { get; set; }

    /// <summary>PEM of the key that signed before, published until its last grant has expired.</summary>
    public string? GrantPrevious { get; set; }

    /// <summary>The Ed25519 key that signs the log's checkpoints: <c>PRIVATE+KEY+{origin}+{id}+{base64}</c>.</summary>
    public string? LogCurrent { get; set; }

    /// <summary>PEM of a P-256 key that signs them as well, for verifiers without Ed25519; null for none.</summary>
    public string? LogEcdsa { get; set; }

    /// <summary>The same with a P-256 key that stays in Key Vault: what its signatures are checked with, and which version of which key: <c>{origin}+{id}+{base64} https://…/keys/{name}/{version}</c>; null for none.</summary>
    public string? LogVault { get; set; }

    /// <summary>Keys that signed the log's checkpoints before, <c>{origin}+{id}+{base64}</c>, separated by spaces. Left out too early: the log refuses its own last checkpoint.</summary>
    public string? LogFormer { get; set; }

    /// <summary>PEM of the RSA key, of 2048 bits or more, that signs security events; null: there are none, and <c>/ssf</c> answers 404.</summary>
    public string? SignalsCurrent { get; set; }

    /// <summary>PEM of the key that signed them before, published on.</summary>
    public string? SignalsPrevious { get; set; }

    /// <summary>Development only: a folder where missing keys are made and kept.</summary>
    public string? DevelopmentFolder { get; set; }
}
