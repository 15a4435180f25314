using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Gating.Benchmarks.Scene;
using Gating.Grants;
using Gating.Ledger;

namespace Gating.Benchmarks.Pieces;

/// <summary>What a grant costs after it is recorded: its handles and its signature.</summary>
[Config(typeof(PieceConfig))]
public class GrantPieces
{
    private readonly AppHandles _handles = new(new OperatorKey(RandomNumberGenerator.GetBytes(OperatorKey.Size)));
    private readonly StreamId _person = StreamId.Create();
    private GrantSigner _signer = null!;
    private GrantTerms _terms = null!;

    [GlobalSetup]
    public void SetUp()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _signer = new(SigningKeyRing.FromPem(key.ExportPkcs8PrivateKeyPem(), null, null), _handles, "https://gate.example");
        _terms = new(
            _person, 7, World.App, World.Open, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(5),
            """{"type":"synthetic_media","operation":"face_swap","units":1}"""u8.ToArray(), null);
    }

    [Benchmark]
    public string Handle() => _handles.OfGrant(World.App, _person, 7);

    [Benchmark]
    public byte[] GrantSigned() => _signer.Sign(_terms);
}
