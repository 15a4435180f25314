using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Consents;
using Gating.Grants;
using Gating.Identity;
using Gating.Ledger;
using Gating.Moderators;
using Gating.Registry;
using Gating.Revocation;
using Gating.Testing;
using Gating.Testing.Jose;
using Gating.Testing.Storage;
using Gating.Usage.Leases;
using Shouldly;

namespace Gating.Tests.Admission;

/// <summary>The admission gate over stores in memory. Tests change the registry, the person's state or the store, and ask.</summary>
internal sealed class GateFixture
{
    public const string Issuer = "https://issuer.test";
    public const string Tool = "https://tools.test/face";
    public const string OtherTool = "https://tools.test/voice";

    public static readonly string InputDigest = new('A', 43);

    public static readonly TestKey Moderator = TestKey.Ec("eyes-1");

    private readonly OperatorKey _key = new(new byte[OperatorKey.Size]);
    private readonly InMemoryNameStore _nameStore;
    private string? _written;
    private App? _app;

    public GateFixture()
    {
        Store = Ledger = new InMemoryLedgerStore(Faults);
        Queue = new(Faults);
        RegistryStore = new(Faults);
        StatusLists = new(Faults);
        _nameStore = new(Faults);
        Names = NewNames();
        Registry = NewRegistry();
    }

    public Faults Faults { get; } = new();

    public ManualTime Time { get; } = ManualTime.Running();

    public InMemoryLedgerStore Ledger { get; }

    /// <summary>What the gate writes to; a test may put something between it and <see cref="Ledger"/>.</summary>
    public ILedgerStore Store { get; set; }

    public InMemoryTraceQueue Queue { get; }

    public InMemoryRegistryStore RegistryStore { get; }

    public InMemoryStatusListStore StatusLists { get; }

    public StreamNames Names { get; }

    /// <summary>Of a process that remembers none.</summary>
    public StreamNames NewNames() => new(_nameStore, _key);

    public Appender Appender => field ??= new(Store, Queue, _key, Time);

    public UsageLeases Shares => field ??= new(Appender, Store, Names, Time);

    public ConsentHandles ConsentHandles => field ??= new(new(_key));

    public RecordedConsents Consents => field ??= new(ConsentHandles, Store, new(Store, _key), Time);

    public FilterHeartbeats Filters => field ??= new(Appender, Store, Names, Time);

    public ConsentDesk ConsentDesk => field ??= new(Names, Store, new(Store, _key), Appender, ConsentHandles, Time);

    public JsonObject Registry { get; }

    public JsonNode FirstTool => Registry["tools"]![0]!;

    public AdmissionGate Gate => field ??= NewGate();

    public async Task<AdmissionDecision> AskAsync(Func<AdmissionRequest, AdmissionRequest>? change = null)
    {
        await WriteRegistryAsync();
        var request = new AdmissionRequest(_app!, Person(), Tool, new MediaDetail(null, "face_swap", 1, null, [], null), null, null, null, null);
        return await Gate.AdmitAsync(change?.Invoke(request) ?? request, default);
    }

    public static VerifiedIdentity Person(string subject = "alice", AssuranceLevel level = AssuranceLevel.High, string? naturalPerson = null) =>
        new(Issuer, subject, naturalPerson, new(level, "in person", DateTimeOffset.UtcNow.AddDays(-20)), null, DateTimeOffset.UtcNow.AddMinutes(10));

    /// <summary>The id of a consent of somebody else's, for an hour and everything, unless it is changed.</summary>
    public async Task<string> ConsentAsync(Func<ConsentTerms, ConsentTerms>? change = null, VerifiedIdentity? depicted = null)
    {
        var terms = new ConsentTerms([], [], null, "a film", Time.GetUtcNow().AddHours(1));
        var given = (await ConsentDesk.GiveAsync("app", depicted ?? Person("dora"), change?.Invoke(terms) ?? terms, null, default)).ShouldBeOfType<ConsentOutcome.Done>().Consent;
        return ConsentHandles.Of(given.Depicted, given.Seq);
    }

    /// <summary>Keys that sign grants, drawn now.</summary>
    public static SigningKeyRing NewKeys()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return SigningKeyRing.FromPem(key.ExportPkcs8PrivateKeyPem(), null, null);
    }

    public static IdempotencyKey Key(string text)
    {
        IdempotencyKey.TryParse(text, out var key).ShouldBeTrue();
        return key;
    }

    /// <summary>Changes the person's state past the gate, as other use cases will.</summary>
    public async Task ChangeStateAsync(Func<StreamState, StreamState> change, long? settles = null)
    {
        var stream = ((NamedStream.Found)await Names.OfPersonAsync(Person(), default)).Stream;
        var entry = new EntryDraft(EntryKind.StatusChanged, "{\"v\":1}"u8.ToArray(), default);
        await Appender.AppendAsync(stream, new Proposal<bool>(OperationId.Create(), [], (state, _) => new(change(state), [entry], [], settles, null, true)), isNew: false);
    }

    public async Task<List<Entry>> EntriesAsync(string subject = "alice")
    {
        var stream = ((NamedStream.Found)await Names.OfPersonAsync(Person(subject), default)).Stream;
        var entries = new List<Entry>();
        await foreach (var entry in Ledger.ReadEntriesAsync(stream, 1, long.MaxValue, default))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>What a registered moderator says of an input, now, unless it is changed.</summary>
    public string Receipt(Action<RawObject>? change = null, TestKey? key = null)
    {
        var payload = new RawObject().Text("iss", "eyes").Text("aud", "https://gate.test").Number("iat", Time.GetUtcNow().ToUnixTimeSeconds()).Text("input_digest", InputDigest).Text("verdict", "allowed").Text("rules", "2026-11");
        change?.Invoke(payload);
        return (key ?? Moderator).Token($$"""{"typ":"moderation-receipt+jwt","alg":"ES256","kid":"{{(key ?? Moderator).Id}}"}""", payload.ToString());
    }

    /// <summary>As an admin does it; no snapshot from before is used any more.</summary>
    public async Task<RegistryStop> StopKeyAsync(string thumbprint)
    {
        await WriteRegistryAsync();
        var stop = new RegistryStop(KeyHash.Of("stop", Guid.NewGuid().ToString()), RegistryKind.Key, thumbprint);
        (await new RegistryStops(RegistryStore, Time).SetAsync(stop, default)).ShouldBeNull();
        Time.Pass(RegistrySource.MaxAge + TimeSpan.FromSeconds(1));
        return stop;
    }

    public async Task LiftAsync(RegistryStop stop)
    {
        (await new RegistryStops(RegistryStore, Time).LiftAsync(stop, default)).ShouldBeNull();
        Time.Pass(RegistrySource.MaxAge + TimeSpan.FromSeconds(1));
    }

    /// <summary>Makes the store hold what <see cref="Registry"/> says.</summary>
    public async Task WriteRegistryAsync()
    {
        var json = Registry.ToJsonString();
        if (string.Equals(json, _written, StringComparison.Ordinal))
        {
            return;
        }

        _written = json;
        var reading = RegistryReader.ReadDocument(Encoding.UTF8.GetBytes(json), RegistryMode.Production);
        var document = reading is RegistryReading.Valid valid ? valid.Document : throw new InvalidOperationException(string.Join('\n', ((RegistryReading.Invalid)reading).Errors));
        (await new RegistrySeeder(RegistryStore, RegistryMode.Production).SeedAsync(document, SeedMode.Replace, default)).ShouldBeOfType<SeedOutcome.Seeded>();
        _app = document.Apps.Single(app => app.Id == "app");
    }

    private AdmissionGate NewGate()
    {
        var signer = new GrantSigner(NewKeys(), new(_key), "https://gate.test");
        return new(new RegistrySource(RegistryStore, Time, RegistryMode.Production), Names, Appender, Store, new(StatusLists, new(_key), Time), Shares, new(Consents, new("https://gate.test"), Filters), signer, Time);
    }

    private static JsonObject NewRegistry() => new()
    {
        ["version"] = 1,
        ["apps"] = new JsonArray(NewApp("app", "client-a"), NewApp("other", "client-b")),
        ["tools"] = new JsonArray(NewTool(Tool), NewTool(OtherTool)),
        ["issuers"] = new JsonArray(new JsonObject
        {
            ["id"] = Issuer, ["name"] = "issuer", ["status"] = "active", ["algorithms"] = new JsonArray("ES256"), ["types"] = new JsonArray(""),
            ["maxLifetimeSeconds"] = 3600, ["assuranceRules"] = new JsonArray(), ["acrValues"] = new JsonObject { ["high"] = "urn:high" },
        }),
        ["moderators"] = new JsonArray(new JsonObject { ["id"] = "eyes", ["name"] = "eyes", ["status"] = "active", ["jwks"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(Moderator.Jwk(static jwk => jwk.Text("alg", "ES256")))) } }),
        ["policy"] = new JsonObject { ["personQuotas"] = new JsonArray() },
    };

    private static JsonObject NewApp(string id, string client) => new()
    {
        ["id"] = id, ["name"] = id, ["status"] = "active", ["secretDigests"] = new JsonArray(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(id)))),
        ["audiences"] = new JsonObject { [Issuer] = new JsonArray(client) }, ["tools"] = new JsonArray(Tool),
    };

    private static JsonObject NewTool(string resource)
    {
        var later = DateTimeOffset.UtcNow.AddDays(100).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new()
        {
            ["resource"] = resource, ["name"] = "tool", ["status"] = "active",
            ["dossier"] = new JsonObject { ["filingNumber"] = "F-1", ["securityAssessmentUntil"] = later, ["datasetAuditUntil"] = later },
            ["operations"] = new JsonArray("face_swap"), ["assurance"] = new JsonObject { ["level"] = "low" },
            ["demandsDpop"] = false, ["demandsConsent"] = false, ["demandsModeration"] = false, ["maxUnits"] = 10, ["grantLifetimeSeconds"] = 300,
            ["quotas"] = new JsonArray(new JsonObject { ["name"] = "daily", ["scope"] = "app_person_tool", ["kind"] = "calendar", ["limit"] = 5, ["period"] = "day" }),
        };
    }
}
