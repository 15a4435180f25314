using Gating.Ledger;

namespace Gating.Azure;

/// <summary>The MAC of rows that change, for who has the data key; who has none reads without judging, and writes nothing that has one.</summary>
internal sealed class StoredMac(RowMac? mac)
{
    public byte[] Of(RowMacKind kind, ReadOnlySpan<byte> place, ReadOnlySpan<byte> bytes) =>
        mac is null ? throw new InvalidOperationException("Storage was opened without the data key: to read it.") : mac.Of(kind, place, bytes);

    public bool Holds(RowMacKind kind, ReadOnlySpan<byte> place, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stored) => mac?.Holds(kind, place, bytes, stored) is not false;
}
