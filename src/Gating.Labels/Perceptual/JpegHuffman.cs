using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>A table of Huffman codes (ITU-T T.81, annexes C and F.2.2.3). Codes of up to nine bits are looked up, longer ones counted down.</summary>
internal sealed class JpegHuffman
{
    private const int Quick = 9;
    private const int Longest = 16;

    private readonly byte[] _values;
    private readonly ushort[] _quick = new ushort[1 << Quick];
    private readonly int[] _ends = new int[Longest + 1];
    private readonly int[] _offsets = new int[Longest + 1];

    /// <param name="counts">How many codes there are of each length from 1 to 16.</param>
    public JpegHuffman(ReadOnlySpan<byte> counts, byte[] values, long at)
    {
        _values = values;
        var (code, index) = (0, 0);
        for (var length = 1; length <= Longest; length++, code <<= 1)
        {
            _offsets[length] = index - code;
            for (var i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (length <= Quick && code < 1 << length)
                {
                    _quick.AsSpan(code << (Quick - length), 1 << (Quick - length)).Fill((ushort)((length << 8) | values[index]));
                }
            }

            _ends[length] = code;
            if (code > 1 << length)
            {
                throw MediaException.Malformed(at, "More codes of a length than there can be.");
            }
        }
    }

    public int Read(JpegBits bits)
    {
        var ahead = bits.Peek();
        if (_quick[ahead >> (Longest - Quick)] is var quick && quick != 0)
        {
            bits.Skip(quick >> 8);
            return quick & 0xFF;
        }

        for (var length = Quick + 1; length <= Longest; length++)
        {
            var code = ahead >> (Longest - length);
            if (code < _ends[length])
            {
                // A shorter code would have been found: this one is not below the first of its length.
                bits.Skip(length);
                return _offsets[length] + code is var index && (uint)index < (uint)_values.Length ? _values[index] : throw bits.Malformed("A code that stands for nothing.");
            }
        }

        throw bits.Malformed("A code that stands for nothing.");
    }
}
