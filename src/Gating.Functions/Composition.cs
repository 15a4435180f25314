using System.Collections.Immutable;
using Azure.Identity;
using Gating.Access;
using Gating.Admission;
using Gating.Appeals;
using Gating.Archive;
using Gating.Azure;
using Gating.Azure.Vault;
using Gating.Clients;
using Gating.Consents;
using Gating.Erasure;
using Gating.Evidence;
using Gating.Fsck;
using Gating.Functions.Background;
using Gating.Functions.Endpoints;
using Gating.Functions.Endpoints.Signals;
using Gating.Functions.Hosting;
using Gating.Functions.Http;
using Gating.Generations;
using Gating.Grants;
using Gating.Holds;
using Gating.Identify;
using Gating.Identity;
using Gating.Identity.Keys;
using Gating.Ledger;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Witnesses;
using Gating.Mandates;
using Gating.Messages;
using Gating.Moderators;
using Gating.People;
using Gating.Receipts;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Replay;
using Gating.Revocation;
using Gating.Revocation.Bulk;
using Gating.Signals;
using Gating.Signals.Receiving;
using Gating.StatusLists;
using Gating.Timelines;
using Gating.Tracing;
using Gating.Unmasking;
using Gating.Usage.Leases;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gating.Functions;

/// <summary>Who implements what: the one place that names the storage adapters.</summary>
internal static class Composition
{
    // One-time proofs remembered by an instance: at 80 s each, 50,000 a minute and 8 MB.
    private const int RememberedProofs = 65_536;

    public static void AddGate(this IServiceCollection services, GateSettings settings, FunctionsHost? host)
    {
        var reading = KeyReading.Begin(settings);
        var errors = new List<string>();
        var configuration = GateConfiguration.From(settings, errors);
        var storage = StorageFrom(settings, errors);
        errors.AddRange(HostErrors(settings, host));
        if (configuration is null || errors.Count > 0)
        {
            throw new ConfigurationException([.. errors, .. reading.Errors]);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => reading.Keys);
        services.AddStorage(storage!);
        services.AddDomain(configuration);
        services.AddTimedTasks();
        services.AddEndpoints();
        services.AddSingleton(_ => new AddressLimits(configuration.IdentifyPerMinute, host is null ? null : FunctionsHost.AddressOf));
        services.AddBackground(configuration, drives: settings.DrivesItself ?? host is null);
    }

    // What the host drives is written in function.json: queues by their own names.
    private static IEnumerable<string> HostErrors(GateSettings settings, FunctionsHost? host)
    {
        if (host is not null && settings.DrivesItself is true)
        {
            yield return "Gating:DrivesItself is on, and the Functions host drives";
        }

        if (host is { LetsEveryOriginIn: true } && !settings.Development)
        {
            yield return $"{FunctionsHost.OriginsVariable} has '*': name the origins whose pages may call the gate, or none (site configuration, cors.allowedOrigins)";
        }

        if (host is not null && settings.Storage.Prefix.Length > 0)
        {
            yield return $"Gating:Storage:Prefix is '{settings.Storage.Prefix}', and the Functions host takes messages from the queues without one";
        }
    }

    private static void AddStorage(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(provider => new AzureStorage(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<OperatorKey>()));
        services.AddSingleton<ILedgerStore>(static provider => provider.GetRequiredService<AzureStorage>().Ledger);
        services.AddSingleton<INameStore>(static provider => provider.GetRequiredService<AzureStorage>().Names);
        services.AddSingleton<IRegistryStore>(static provider => provider.GetRequiredService<AzureStorage>().Registry);
        services.AddSingleton<IArchiveStore>(static provider => provider.GetRequiredService<AzureStorage>().Archive);
        services.AddSingleton<IIncomingStore>(static provider => provider.GetRequiredService<AzureStorage>().Incoming);
        services.AddSingleton<IErasureList>(static provider => provider.GetRequiredService<AzureStorage>().Erasures);
        services.AddSingleton<IOutputIndex>(static provider => provider.GetRequiredService<AzureStorage>().Index);
        services.AddSingleton<IStatusListStore>(static provider => provider.GetRequiredService<AzureStorage>().StatusLists);
        services.AddSingleton<ISignalStore>(static provider => provider.GetRequiredService<AzureStorage>().Signals);
        services.AddSingleton<ITimelineStore>(static provider => provider.GetRequiredService<AzureStorage>().Timelines);
        services.AddSingleton<IMessageQueues>(static provider => provider.GetRequiredService<AzureStorage>().Queues);
        services.AddSingleton<IMessageSource>(static provider => provider.GetRequiredService<AzureStorage>().Queues);
        services.AddSingleton<IDeadLetters>(static provider => provider.GetRequiredService<AzureStorage>().DeadLetters);
        services.AddSingleton<ITaskCursors>(static provider => provider.GetRequiredService<AzureStorage>().Cursors);
        services.AddSingleton<ITraceQueue>(static provider => provider.GetRequiredService<AzureStorage>().Trace);
        services.AddSingleton(static provider =>
        {
            var storage = provider.GetRequiredService<AzureStorage>();
            return new LogStores(storage.Ledger, storage.Leaves, storage.Log, new ToldCheckpoints(storage.Published, provider.GetRequiredService<CheckpointNews>()), storage.LastKnown);
        });
        services.AddSingleton(static provider =>
        {
            var clock = provider.GetRequiredService<AzureStorage>().Clock;
            return new ClockCheck(() => clock.IsAcceptable, StorageClock.MaxSkew);
        });
    }

    private static void AddDomain(this IServiceCollection services, GateConfiguration configuration)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(static provider => provider.GetRequiredService<GateKeys>().Data);
        services.AddSingleton(static provider => provider.GetRequiredService<GateKeys>().Grants);
        services.AddSingleton(static provider => provider.GetRequiredService<GateKeys>().Log);
        services.AddSingleton(new PublicUrls(configuration.Origin.Value));
        services.AddSingleton(provider => new RegistrySource(
            provider.GetRequiredService<IRegistryStore>(), provider.GetRequiredService<TimeProvider>(), configuration.RegistryMode));
        services.AddSingleton<StreamNames>();
        services.AddSingleton<Appender>();
        services.AddSingleton<AppHandles>();
        services.AddSingleton(provider => new GrantSigner(provider.GetRequiredService<SigningKeyRing>(), provider.GetRequiredService<AppHandles>(), configuration.Origin.Value));
        services.AddSingleton(provider => new GrantVerifier(provider.GetRequiredService<SigningKeyRing>(), provider.GetRequiredService<AppHandles>(), configuration.Origin.Value));
        services.AddSingleton<UsageLeases>();
        services.AddSingleton<StatusListNames>();
        services.AddSingleton<StatusLeases>();
        services.AddSingleton<StatusMarks>();
        services.AddSingleton(provider => new PublishedStatusLists(
            provider.GetRequiredService<IStatusListStore>(), provider.GetRequiredService<RegistrySource>(), provider.GetRequiredService<SigningKeyRing>(), configuration.Origin.Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new ModerationReceipts(configuration.Origin.Value));
        services.AddSingleton<FilterHeartbeats>();
        services.AddSingleton<AdmissionEvidence>();
        services.AddSingleton<ConsentHandles>();
        services.AddSingleton<RecordedConsents>();
        services.AddSingleton<ConsentReader>();
        services.AddSingleton<ConsentDesk>();
        services.AddSingleton<ConcernedOutputs>();
        services.AddSingleton<AdmissionGate>();
        services.AddSingleton<AdmissionPreview>();
        services.AddSingleton<GrantRedeemer>();
        services.AddSingleton<GenerationReporter>();
        services.AddSingleton<ArchiveReferences>();
        services.AddSingleton<OutputArchiver>();
        services.AddSingleton<OutputUploads>();
        services.AddSingleton<IMessageHandler>(static provider => new UploadedOutputs(
            provider.GetRequiredService<OutputArchiver>(), provider.GetRequiredService<IIncomingStore>(), provider.GetRequiredService<AppHandles>(), TemporaryFile.Create));
        services.AddSingleton<RecordedOutputs>();
        services.AddSingleton<UnlabelledRelease>();
        services.AddSingleton<LegalHolds>();
        services.AddSingleton<Identifier>();
        services.AddSingleton<AppRefusals>();
        services.AddSingleton<IMessageHandler, ReportedGenerations>();
        services.AddSingleton<OutputIndexing>();
        services.AddSingleton<IEntryIndex>(static provider => provider.GetRequiredService<OutputIndexing>());
        services.AddSingleton<IEntryIndex, TimelineIndexing>();
        services.AddSingleton<IEntryIndex, StatusMarking>();
        services.AddSingleton<IEntryIndex, StopWaking>();
        services.AddSingleton<IEntryIndex>(static provider => provider.GetRequiredService<PersonSignals>());
        services.AddSingleton<EntryIndexes>();
        services.AddSingleton<TimelineReader>();
        services.AddSingleton<IMessageHandler, TraceHandler>();
        services.AddSingleton<MessageIntake>();
        services.AddSingleton<LogSealer>();
        services.AddSingleton<LogStanding>();
        services.AddWitnesses(configuration.Witnesses);
        services.AddSingleton<AppEntries>();
        services.AddSingleton<ReceiptMaker>();
        services.AddSingleton(new IssuerKeysOptions(AllowLoopback: configuration.Development));
        services.AddSingleton<IssuerKeys>();
        services.AddSingleton(static _ => VerifiedSignatures.OfAnInstance());
        services.AddSingleton<IdentityVerifier>();
        services.AddSingleton<RoleVerifier>();
        services.AddSingleton<SealedReader>();
        services.AddSingleton<OperatorLedger>();
        services.AddSingleton<MandateDesk>();
        services.AddSingleton(provider => new DecisionReplay(
            provider.GetRequiredService<IRegistryStore>(), provider.GetRequiredService<ILedgerStore>(), provider.GetRequiredService<TimelineReader>(), configuration.RegistryMode));
        services.AddSingleton(provider => new ChangeDesk(provider.GetRequiredService<IRegistryStore>(), provider.GetRequiredService<OperatorLedger>(), configuration.RegistryMode));
        services.AddSingleton<DeskHandles>();
        services.AddSingleton<TraceSources>();
        services.AddSingleton<TraceDesk>();
        services.AddSingleton(static provider => new BundleWriter(
            provider.GetRequiredService<LogStores>(), provider.GetRequiredService<LogKeys>(), provider.GetRequiredService<SigningKeyRing>(), provider.GetRequiredService<TimeProvider>(), TemporaryFile.Create));
        services.AddSingleton<TracePositions>();
        services.AddSingleton<UnmaskDesk>();
        services.AddSingleton<PersonErasure>();
        services.AddSingleton<PeopleRecords>();
        services.AddSingleton<GrantInspector>();
        services.AddSingleton<GrantRevoker>();
        services.AddSingleton<PersonStops>();
        services.AddSingleton<RegistryStops>();
        services.AddSingleton<NamedPeople>();
        services.AddSingleton<OpenGrants>();
        services.AddSingleton<BegunStops>();
        services.AddSingleton<RevocationDesk>();
        services.AddSingleton<RecordedAppeals>();
        services.AddSingleton<AppealDesk>();
        services.AddSingleton<BulkRun>();
        services.AddSingleton<BulkDesk>();
        services.AddSingleton<BulkPeople>();
        services.AddSingleton(static provider => new SignalKeySource(provider.GetRequiredService<GateKeys>().Signals));
        services.AddSingleton(new EndpointPolicy(configuration.Development));
        services.AddSingleton(provider => new SecurityEvents(provider.GetRequiredService<AppHandles>(), configuration.Origin.Value));
        services.AddSingleton<StreamSecrets>();
        services.AddSingleton(static provider => new SignalPush(
            provider.GetRequiredService<GateKeys>().Signals, provider.GetRequiredService<StreamSecrets>(), provider.GetRequiredService<EndpointPolicy>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SignalOutbox>();
        services.AddSingleton<IMessageHandler, SignalHandler>();
        services.AddSingleton<SignalRefusals>();
        services.AddSingleton<PersonSignals>();
        services.AddSingleton<StreamDesk>();
        services.AddSingleton<SignalReader>();
        services.AddSingleton<EventVerifier>();
        services.AddSingleton<EnabledAccounts>();
        services.AddSingleton<AssuranceReports>();
        services.AddSingleton<EventReceiver>();
        services.AddSingleton(static provider => new ClientAuthenticator(provider.GetRequiredService<PublicUrls>().Issuer, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new UsedIds(RememberedProofs, provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddWitnesses(this IServiceCollection services, ImmutableArray<Witness> witnesses)
    {
        services.AddSingleton<CheckpointNews>();
        services.AddSingleton<WitnessClient>();
        foreach (var witness in witnesses)
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Cosigner>(provider, witness));
        }
    }

    private static void AddTimedTasks(this IServiceCollection services)
    {
        services.AddSingleton<ITimedTask, OrphanSweep>();
        services.AddSingleton<ITimedTask, IncomingSweep>();
        services.AddSingleton<ITimedTask, Retention>();
        services.AddSingleton<ITimedTask, LogSweep>();
        services.AddSingleton<ITimedTask, HourClosing>();
        services.AddSingleton<ITimedTask, ErasureSweep>();
        services.AddSingleton<ITimedTask, StatusListSweep>();
        services.AddSingleton<ITimedTask, DossierWatch>();
        services.AddSingleton<ITimedTask, BulkSweep>();
        services.AddSingleton<IStoreWalk>(static provider => provider.GetRequiredService<AzureStorage>().Walk);
        services.AddSingleton(static provider =>
        {
            var log = provider.GetRequiredService<LogKeys>();
            return new FsckKeys(log.Data, log.Verifiers);
        });
        services.AddSingleton<FsckStores>();
        services.AddSingleton<StoreFsck>();
        services.AddSingleton<ITimedTask, FsckSlice>();
    }

    private static StorageOptions? StorageFrom(GateSettings settings, List<string> errors)
    {
        var storage = settings.Storage;
        var tables = Address("Gating:Storage:TableServiceUri", storage.TableServiceUri, errors);
        var queues = Address("Gating:Storage:QueueServiceUri", storage.QueueServiceUri, errors);
        var blobs = Address("Gating:Storage:BlobServiceUri", storage.BlobServiceUri, errors);
        if (tables is null || queues is null || blobs is null)
        {
            return null;
        }

        var options = settings.Development
            ? StorageOptions.Development(tables, queues, blobs, storage.Prefix)
            : new(tables, queues, blobs, new StorageCredential.Token(OwnIdentity(storage.ClientId)), storage.Prefix);
        errors.AddRange(options.Errors());
        if (storage.TryTimeout < TimeSpan.FromSeconds(1) || storage.TryTimeout > TimeSpan.FromSeconds(30))
        {
            errors.Add($"Gating:Storage:TryTimeout is {storage.TryTimeout}, not 1 to 30 seconds");
        }

        StorageImmutability? immutability = storage.Immutability.ToUpperInvariant() switch
        {
            "OFF" => StorageImmutability.Off,
            "UNLOCKED" => StorageImmutability.Unlocked,
            "LOCKED" => StorageImmutability.Locked,
            _ => null,
        };
        if (immutability is null)
        {
            errors.Add($"Gating:Storage:Immutability is '{storage.Immutability}', not off, unlocked or locked");
        }

        if (options.MismatchWith(settings.Development) is { } mismatch)
        {
            errors.Add(mismatch);
        }

        return options with { TryTimeout = storage.TryTimeout, LastKnownBlobs = LastKnownFrom(settings, blobs, errors), Immutability = immutability ?? StorageImmutability.Off };
    }

    /// <summary>Where a restore of the one account would reach the other place too, the place proves nothing.</summary>
    private static Uri? LastKnownFrom(GateSettings settings, Uri blobs, List<string> errors)
    {
        if (settings.Log.LastKnownBlobServiceUri is not { } value)
        {
            if (!settings.Development)
            {
                errors.Add("Gating:Log:LastKnownBlobServiceUri is missing");
            }

            return null;
        }

        var address = Address("Gating:Log:LastKnownBlobServiceUri", value, errors);
        if (address is not null && !settings.Development && (address.IsLoopback || !string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) || string.Equals(address.Host, blobs.Host, StringComparison.Ordinal)))
        {
            errors.Add($"Gating:Log:LastKnownBlobServiceUri is '{value}', not the https address of another account than {blobs.Host}");
        }

        return address;
    }

    /// <summary>What signs the log's checkpoints with a key of a vault; null where the address is none of a key's version.</summary>
    public static INoteSigner? VaultSigner(NoteKey key, string address, string? clientId) =>
        VaultKeyAddress.Parse(address) is { } known ? new VaultNoteSigner(key, new(known, OwnIdentity(clientId))) : null;

    /// <summary>A key that was wrapped for one of a vault; null where the address is none of a key's version. Waits for the vault, as a start may.</summary>
    public static byte[]? Unwrap(string address, string? clientId, byte[] wrapped) =>
        VaultKeyAddress.Parse(address) is { } known ? new VaultKey(known, OwnIdentity(clientId)).UnwrapAsync(wrapped, default).AsTask().GetAwaiter().GetResult() : null;

    /// <summary>Who the gate is in Azure: its managed identity and nothing else that a machine may have lying about.</summary>
    /// <param name="clientId">Of a user-assigned one; null: the system's.</param>
    private static ManagedIdentityCredential OwnIdentity(string? clientId) => new(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId));

    private static Uri? Address(string name, string? value, List<string> errors)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        errors.Add($"{name} is '{value}', not the address of a storage service");
        return null;
    }
}
