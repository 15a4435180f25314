using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity.Jose;

/// <summary>Wycheproof's JWS vectors and the RFCs' examples, through the same parsing, key reading and verification as every token.</summary>
public sealed class CorpusTests
{
    private const string Signatures = "jose/wycheproof/testvectors_v1/json_web_signature_test.json";
    private const string Keys = "jose/wycheproof/testvectors_v1/json_web_key_test.json";
    private const string Crypto = "jose/wycheproof/testvectors_v1/json_web_crypto_test.json";
    private const string Rfc = "jose/rfc-examples/vectors.json";

    [CorpusFact(Signatures)]
    public void Wycheproof_signatures_are_judged_as_it_says() => Judge(Signatures, atLeast: 32);

    [CorpusFact(Keys)]
    public void Wycheproof_keys_are_judged_as_it_says() => Judge(Keys, atLeast: 1);

    [CorpusFact(Crypto)]
    public void Wycheproof_mixed_vectors_are_judged_as_it_says() => Judge(Crypto, atLeast: 2);

    [CorpusFact(Rfc)]
    public void Examples_of_the_RFCs_verify()
    {
        using var document = JsonDocument.Parse(Corpora.Read(Rfc));
        foreach (var vector in document.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var symmetric = vector.GetProperty("alg").GetString() == "HS256";
            Accepts(vector.GetProperty("token").GetString()!, vector.GetProperty("jwk")).ShouldBe(!symmetric, vector.GetProperty("id").GetString());
        }
    }

    // Whatever it calls invalid is refused. What it calls valid is accepted unless it is symmetric (no such thing here) or its key says that it
    // is for another algorithm than the token's: RFC 7517 section 4.4 leaves that to the reader, and we hold a key to its word.
    private static void Judge(string file, int atLeast)
    {
        using var document = JsonDocument.Parse(Corpora.Read(file));
        var wrong = new List<string>();
        var accepted = 0;
        foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var key = group.TryGetProperty("public", out var published) ? published : group.GetProperty("private");
            foreach (var test in group.GetProperty("tests").EnumerateArray().Where(test => test.TryGetProperty("jws", out _)))
            {
                var token = test.GetProperty("jws").ToString();
                var accepts = Accepts(token, key);
                accepted += accepts ? 1 : 0;
                if (accepts != (test.GetProperty("result").GetString() == "valid" && !IsSymmetric(key) && !KeyIsForAnotherAlgorithm(token, key)))
                {
                    wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}");
                }
            }
        }

        wrong.ShouldBeEmpty();
        accepted.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    private static bool Accepts(string token, JsonElement key)
    {
        var set = KeySet.Read(key) ?? KeySet.Read([key]);
        return CompactJws.Parse(token, out var jws) is null
            && SigningAlgorithms.Parse(jws.Header.Algorithm) is { } algorithm
            && set.Find(jws.Header.KeyId, algorithm, out var found) == KeyMatch.Found
            && jws.IsSignedBy(found, algorithm);
    }

    private static bool IsSymmetric(JsonElement key) =>
        (key.TryGetProperty("keys", out var keys) ? keys.EnumerateArray() : Enumerable.Repeat(key, 1)).All(one => one.GetProperty("kty").GetString() == "oct");

    private static bool KeyIsForAnotherAlgorithm(string token, JsonElement key) =>
        CompactJws.Parse(token, out var jws) is null
        && key.TryGetProperty("alg", out var algorithm)
        && algorithm.GetString() != jws.Header.Algorithm;
}
