using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>HMAC-SHA-256 (RFC 2104) under one key. To set a key up costs several times what a short message does, and what is set up may not be shared: idle ones are kept. Safe for concurrent use.</summary>
internal sealed class MacKey(byte[] key)
{
    private readonly ConcurrentBag<IncrementalHash> _idle = [];

    /// <summary>The code of the parts as one message; where they may be of different lengths, the caller says where one ends.</summary>
    /// <param name="mac">32 bytes.</param>
    public void Compute(Span<byte> mac, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        var hash = _idle.TryTake(out var idle) ? idle : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(third);
        hash.GetHashAndReset(mac);
        _idle.Add(hash);
    }
}
