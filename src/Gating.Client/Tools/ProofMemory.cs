using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Client.Tools;

/// <summary>
/// Proofs that were presented here (RFC 9449, 11.1), each for as long as it could be presented again, and a bounded number of them: where there is no room nobody is pushed out, since that is what whoever has a used proof would
/// want. Safe for concurrent use. Each process has its own: behind several instances of a tool a proof is good once at each.
/// </summary>
internal sealed class ProofMemory(int capacity, TimeSpan life, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _used = [];
    private readonly Queue<(UInt128 Id, long At)> _order = [];

    /// <summary>True the first time, false after that, null where there is no room to know.</summary>
    public bool? Use(string thumbprint, string jti)
    {
        var id = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{thumbprint}.{jti}")));
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= life)
            {
                _used.Remove(_order.Dequeue().Id);
            }

            if (_used.Contains(id))
            {
                return false;
            }

            if (_used.Count >= capacity)
            {
                return null;
            }

            _used.Add(id);
            _order.Enqueue((id, time.GetTimestamp()));
            return true;
        }
    }
}
