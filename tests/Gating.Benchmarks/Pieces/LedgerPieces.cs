using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Gating.Ledger;

namespace Gating.Benchmarks.Pieces;

/// <summary>What an append does beside storage: hash an entry, encode a head, seal the personal data, name a one-time key.</summary>
[Config(typeof(PieceConfig))]
public class LedgerPieces
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    private readonly StreamId _stream = StreamId.Create();
    private readonly OperationId _operation = OperationId.Create();
    private readonly byte[] _public = new byte[420];
    private readonly byte[] _private = new byte[180];
    private readonly byte[] _sealingKey = new OperatorKey(RandomNumberGenerator.GetBytes(OperatorKey.Size)).SealingKey(RandomNumberGenerator.GetBytes(Head.SaltSize));
    private readonly Head _head = Head.New(RandomNumberGenerator.GetBytes(Head.SaltSize)) with
    {
        State = StreamState.New with { Windows = [new(1, Now, Now.AddDays(1), 5), new(2, Now, Now.AddDays(30), 5)] },
    };

    [Benchmark]
    public EntryHash EntryEncodedAndHashed() => new Entry(_stream, 7, EntryKind.Granted, Now, _operation, _public, _private, EntryHash.Genesis, EntryHash.Genesis).Hash;

    [Benchmark]
    public byte[] HeadEncoded() => HeadEncoding.Encode(_head);

    [Benchmark]
    public byte[] PersonalDataSealed()
    {
        using var cipher = SealedPart.Cipher(_sealingKey);
        return SealedPart.Seal(cipher, _stream, 7, EntryKind.Granted, _private);
    }

    [Benchmark]
    public KeyHash OneTimeKeyNamed() => KeyHash.Of("idempotency", "studio", "3f2504e0-4f89-41d3-9a0c-0305e82c3301");
}
