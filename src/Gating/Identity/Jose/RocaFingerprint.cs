using System.Numerics;

namespace Gating.Identity.Jose;

/// <summary>
/// CVE-2017-15361: the flawed generator only made primes that are powers of 65537 modulo the product of the small primes, so its moduli are
/// powers of 65537 modulo each of them. A sound modulus passes for one with a chance of about one in 2^27.
/// </summary>
internal static class RocaFingerprint
{
    private const int Generator = 65537;

    private static readonly int[] Primes =
    [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];

    public static bool Matches(BigInteger modulus) => Array.TrueForAll(Primes, prime => IsPower((int)(modulus % prime), prime));

    private static bool IsPower(int residue, int prime)
    {
        var power = 1;
        do
        {
            if (power == residue)
            {
                return true;
            }

            power = (int)((long)power * Generator % prime);
        }
        while (power != 1);

        return false;
    }
}
