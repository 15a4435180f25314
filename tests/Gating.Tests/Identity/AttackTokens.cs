using System.Text;
using Gating.Identity;
using Gating.Testing.Jose;
using static Gating.Identity.IdentityRefusal;

namespace Gating.Tests.Identity;

/// <summary>One spoiled token and the one reason it must be refused for.</summary>
public sealed record AttackToken(string Name, IdentityRefusal Reason, Func<TokenDraft, string> Make);

/// <summary>Attacks on the form and the header of a token. Claims have a table of their own.</summary>
public static class AttackTokens
{
    public static IEnumerable<AttackToken> All => [.. Form(), .. Json(), .. Header(), .. Keys(), .. Signature(), .. AttackClaims.All];

    private static IEnumerable<AttackToken> Form()
    {
        yield return new("empty text", Malformed, _ => "");
        yield return new("one part", Malformed, _ => "eyJhbGciOiJFUzI1NiJ9");
        yield return new("two parts", Malformed, draft => draft.Token()[..draft.Token().LastIndexOf('.')]);
        yield return new("four parts", Malformed, draft => draft.Token() + ".AAAA");
        yield return new("five parts, as a JWE has", Malformed, draft => "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA." + draft.Token().Split('.')[2]);
        yield return new("only dots", Malformed, _ => "..");
        yield return new("not ASCII", Malformed, draft => draft.Token() + "é");
        yield return new("a NUL at the end", Malformed, draft => draft.Token() + "\0");
        yield return new("a NUL in front", Malformed, draft => "\0" + draft.Token());
        yield return new("the JSON serialisation", Malformed, draft => Flattened(draft.Token()));
        yield return new("larger than the cap by one", TooLarge, draft => Padded(draft, 16 * 1024 + 1));
        yield return new("64 kB", TooLarge, draft => Padded(draft, 64 * 1024));
        yield return new("1 MB", TooLarge, _ => new string('A', 1 << 20));
        foreach (var (words, spoil) in Spellings())
        {
            for (var part = 0; part < 3; part++)
            {
                var at = part;
                yield return new($"{words}, part {part + 1}", Malformed, draft => SpoilPart(draft.Token(), at, spoil));
            }
        }

        yield return new("a second spelling of the header's last character", Malformed, draft => SecondSpelling(draft, 0));
        yield return new("a second spelling of the payload's last character", Malformed, draft => SecondSpelling(draft, 1));
        yield return new("a second spelling of the signature's last character", Malformed, draft => SecondSpelling(draft, 2));
    }

    private static IEnumerable<(string Words, Func<string, string> Spoil)> Spellings()
    {
        yield return ("padded", part => part + "=");
        yield return ("padded twice", part => part + "==");
        yield return ("space at its end", part => part + " ");
        yield return ("space within", part => part.Insert(4, " "));
        yield return ("line break within", part => part.Insert(4, "\r\n"));
        yield return ("tab in front", part => "\t" + part);
        yield return ("plus of ordinary base64", part => "+" + part[1..]);
        yield return ("slash of ordinary base64", part => "/" + part[1..]);
        yield return ("a length no bytes have", part => part[..(part.Length / 4 * 4)] + "A");
    }

    private static IEnumerable<AttackToken> Json()
    {
        yield return new("payload followed by text", Malformed, draft => Signed(draft, payload: draft.Payload + "x"));
        yield return new("payload twice", Malformed, draft => Signed(draft, payload: draft.Payload.ToString() + draft.Payload));
        yield return new("payload followed by NUL", Malformed, draft => Signed(draft, payload: draft.Payload + "\0"));
        yield return new("payload after a byte order mark", Malformed, draft => Signed(draft, payload: "\uFEFF" + draft.Payload));
        yield return new("payload with a comment", Malformed, draft => Signed(draft, payload: draft.Payload.ToString().Replace("{", "{/**/", StringComparison.Ordinal)));
        yield return new("payload with a trailing comma", Malformed, draft => Signed(draft, payload: draft.Payload.ToString()[..^1] + ",}"));
        yield return new("payload cut short", Malformed, draft => Signed(draft, payload: draft.Payload.ToString()[..^1]));
        yield return new("payload an array", Malformed, draft => Signed(draft, payload: $"[{draft.Payload}]"));
        yield return new("payload a string", Malformed, draft => Signed(draft, payload: "\"alice\""));
        yield return new("payload null", Malformed, draft => Signed(draft, payload: "null"));
        yield return new("payload empty", Malformed, draft => Signed(draft, payload: ""));
        yield return new("payload deeper than the cap", Malformed, draft => draft.With(d => d.Payload.Set("deep", Deep(17))).Token());
        yield return new("payload 4000 deep", Malformed, draft => draft.With(d => d.Payload.Set("deep", Deep(4000))).Token());
        yield return new("payload with a lone surrogate in a claim", Malformed, draft => draft.With(d => d.Payload.Set("name", "\"\\ud800\"")).Token());
        yield return new("payload with a low surrogate first", Malformed, draft => draft.With(d => d.Payload.Set("name", "\"\\udc00\\ud800\"")).Token());
        yield return new("payload with a lone surrogate as a name", Malformed, draft => draft.With(d => d.Payload.Add("\\ud800", "1")).Token());
        yield return new("payload that is not UTF-8", Malformed, draft => NotUtf8(draft));
        foreach (var claim in new[] { "iss", "sub", "aud", "exp", "iat", "nonce" })
        {
            yield return new($"{claim} twice, both alike", Malformed, draft => draft.With(d => d.Payload.Add(claim, "1")).Token());
        }

        yield return new("sub twice, once in escapes", Malformed, draft => draft.With(d => d.Payload.Add("s\\u0075b", "\"bob\"")).Token());
        yield return new("a nested member twice", Malformed, draft => draft.With(d => d.Payload.Set("address", """{"a":1,"a":2}""")).Token());
        yield return new("a member of an array's object twice", Malformed, draft => draft.With(d => d.Payload.Set("list", """[{"a":1,"a":2}]""")).Token());
        yield return new("header followed by text", Malformed, draft => Signed(draft, header: draft.Header + "x"));
        yield return new("header twice", Malformed, draft => Signed(draft, header: draft.Header.ToString() + draft.Header));
        yield return new("header followed by NUL", Malformed, draft => Signed(draft, header: draft.Header + "\0"));
        yield return new("header an array", Malformed, draft => Signed(draft, header: $"[{draft.Header}]"));
        yield return new("header null", Malformed, draft => Signed(draft, header: "null"));
        yield return new("header empty", Malformed, draft => Signed(draft, header: ""));
        yield return new("header deeper than the cap", Malformed, draft => draft.With(d => d.Header.Set("deep", Deep(9))).Token());
        foreach (var member in new[] { "alg", "kid", "typ" })
        {
            yield return new($"{member} twice", Malformed, draft => draft.With(d => d.Header.Add(member, "\"ES256\"")).Token());
        }

        yield return new("alg twice, once in escapes", Malformed, draft => draft.With(d => d.Header.Add("\\u0061lg", "\"none\"")).Token());
    }

    private static IEnumerable<AttackToken> Header()
    {
        foreach (var crit in new[] { "[]", "null", "\"exp\"", """["exp"]""", """["b64"]""", """["alg"]""", """["http://x.example/unknown"]""" })
        {
            yield return new($"crit {crit}", ExtensionNotSupported, draft => draft.With(d => d.Header.Set("crit", crit)).Token());
        }

        yield return new("b64 false", ExtensionNotSupported, draft => draft.With(d => d.Header.Set("b64", "false")).Token());
        yield return new("b64 true", ExtensionNotSupported, draft => draft.With(d => d.Header.Set("b64", "true")).Token());
        yield return new("b64 false, named in crit", ExtensionNotSupported, draft => draft.With(d => d.Header.Set("crit", """["b64"]""").Set("b64", "false")).Token());
        yield return new("zip", ExtensionNotSupported, draft => draft.With(d => d.Header.Text("zip", "DEF")).Token());
        yield return new("enc", ExtensionNotSupported, draft => draft.With(d => d.Header.Text("enc", "A128GCM")).Token());
        yield return new("cty JWT", ExtensionNotSupported, draft => draft.With(d => d.Header.Text("cty", "JWT")).Token());
        yield return new("cty application/jwt", ExtensionNotSupported, draft => draft.With(d => d.Header.Text("cty", "application/jwt")).Token());
        yield return new("cty a number", Malformed, draft => draft.With(d => d.Header.Set("cty", "1")).Token());
        yield return new("a token in a token", Malformed, draft => Signed(draft, payload: draft.Token()));

        foreach (var name in new[] { "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "RS1", "ES256K", "EdDSA", "es256", "ES256 ", "RSA-OAEP", "dir", "RS512", "ES512" })
        {
            yield return new($"alg {name}", AlgorithmNotAllowed, draft => draft.With(d => d.Header.Text("alg", name)).Token());
        }

        yield return new("alg none without a signature", AlgorithmNotAllowed, draft => Unsigned(draft.With(d => d.Header.Text("alg", "none"))));
        yield return new("alg HS256 keyed with the public key", AlgorithmNotAllowed, draft => HmacWithPublicKey(draft));
        yield return new("alg absent", Malformed, draft => draft.With(d => d.Header.Drop("alg")).Token());
        foreach (var odd in new[] { "null", "\"\"", "1", "true", """["ES256"]""", "{}" })
        {
            yield return new($"alg {odd}", Malformed, draft => draft.With(d => d.Header.Set("alg", odd)).Token());
            yield return new($"kid {odd}", Malformed, draft => draft.With(d => d.Header.Set("kid", odd)).Token());
            yield return new($"typ {odd}", Malformed, draft => draft.With(d => d.Header.Set("typ", odd)).Token());
        }

        yield return new("kid of 257 characters", Malformed, draft => draft.With(d => d.Header.Text("kid", new string('k', 257))).Token());
        foreach (var type in new[] { "at+jwt", "application/at+jwt", "dpop+jwt", "logout+jwt", "statuslist+jwt", "client-authentication+jwt", "JOSE", "secevent+jwt", "JWT " })
        {
            yield return new($"typ {type}", WrongType, draft => draft.With(d => d.Header.Text("typ", type)).Token());
        }
    }

    private static IEnumerable<AttackToken> Keys()
    {
        yield return new("jwk of the sender's own key", BringsOwnKey, draft => draft.ForgedBy(IdentityScene.Stranger).With(d => d.Header.Set("jwk", IdentityScene.Stranger.Jwk())).Token());
        yield return new("jwk of the right key", BringsOwnKey, draft => draft.With(d => d.Header.Set("jwk", IdentityScene.Ec.Jwk())).Token());
        yield return new("jwk null", Malformed, draft => draft.With(d => d.Header.Set("jwk", "null")).Token());
        foreach (var name in new[] { "jku", "x5u" })
        {
            yield return new($"{name} to the provider itself", BringsOwnKey, draft => draft.With(d => d.Header.Text(name, draft.Origin + "/main/jwks")).Token());
            yield return new($"{name} to a canary", BringsOwnKey, draft => draft.With(d => d.Header.Text(name, draft.Origin + "/canary")).Token());
        }

        yield return new("x5c", BringsOwnKey, draft => draft.With(d => d.Header.Set("x5c", """["MIIB"]""")).Token());
        yield return new("kid nobody has", UnknownKey, draft => draft.With(d => d.Header.Text("kid", "nobody")).Token());
        yield return new("kid in other case", UnknownKey, draft => draft.With(d => d.Header.Text("kid", "EC1")).Token());
        yield return new("kid that is a path", UnknownKey, draft => draft.With(d => d.Header.Text("kid", "../../dev/null")).Token());
        yield return new("kid that is a query", UnknownKey, draft => draft.With(d => d.Header.Text("kid", "' or 1=1 --")).Token());
        yield return new("kid absent, several keys fit", AmbiguousKey, draft => draft.With(d => d.Header.Drop("kid")).Token());
        yield return new("kid that two keys share", AmbiguousKey, draft => draft.With(d => d.Header.Text("kid", "twin")).Token());
        yield return new("RSA of 1024 bits", UnfitKey, draft => draft.SignedBy(IdentityScene.Weak).Token());
        foreach (var kid in new[] { "enc", "ops", "other-alg", "leaked", "oct", "okp" })
        {
            yield return new($"key {kid}", UnfitKey, draft => draft.With(d => d.Header.Text("kid", kid)).Token());
        }

        yield return new("an RSA key under ES256", UnfitKey, draft => draft.SignedBy(IdentityScene.Rsa).With(d => d.Header.Text("alg", "ES256")).Token());
        yield return new("an EC key under RS256", UnfitKey, draft => draft.With(d => d.Header.Text("alg", "RS256")).Token());
        yield return new("a P-256 key under ES384", UnfitKey, draft => draft.With(d => d.Header.Text("alg", "ES384")).Token());
        yield return new("a key pinned to RS256 under PS256", UnfitKey, draft => draft.SignedBy(IdentityScene.Rsa.As("only-rs256", "PS256")).Token());
    }

    private static IEnumerable<AttackToken> Signature()
    {
        yield return new("no signature", BadSignature, Unsigned);
        yield return new("a stranger's EC key of the same id", BadSignature, draft => draft.ForgedBy(IdentityScene.Stranger).Token());
        yield return new("a stranger's RSA key of the same id", BadSignature, draft => draft.SignedBy(IdentityScene.StrangerRsa).Token());
        yield return new("another issuer's key of the same id", BadSignature, draft => draft.ForgedBy(IdentityScene.OtherIssuers).Token());
        yield return new("our key, in another issuer's name", BadSignature, draft => draft.With(d => d.Payload.Text("iss", draft.Origin + "/other").Text("aud", "studio-elsewhere")).Token());
        yield return new("PS256 signature under RS256", BadSignature, draft => draft.SignedBy(IdentityScene.Rsa.As("rsa1", "PS256")).With(d => d.Header.Text("alg", "RS256")).Token());
        yield return new("RS256 signature under PS256", BadSignature, draft => draft.SignedBy(IdentityScene.Rsa).With(d => d.Header.Text("alg", "PS256")).Token());
        yield return new("signature of all zeros", BadSignature, draft => WithSignature(draft, new byte[64]));
        yield return new("signature with r = 0", BadSignature, draft => WithSignature(draft, [.. new byte[32], .. Enumerable.Repeat((byte)1, 32)]));
        yield return new("signature of all ones", BadSignature, draft => WithSignature(draft, [.. Enumerable.Repeat((byte)0xFF, 64)]));
        yield return new("signature one byte short", BadSignature, draft => WithSignature(draft, SignatureOf(draft)[..63]));
        yield return new("signature one byte long", BadSignature, draft => WithSignature(draft, [.. SignatureOf(draft), 0]));
        yield return new("signature twice", BadSignature, draft => WithSignature(draft, [.. SignatureOf(draft), .. SignatureOf(draft)]));
        yield return new("signature in DER", BadSignature, draft => WithSignature(draft, [0x30, 68, 2, 32, .. SignatureOf(draft)[..32], 2, 32, .. SignatureOf(draft)[32..]]));
        yield return new("payload exchanged after signing", BadSignature, draft => Exchanged(draft, 1, draft.Payload.Text("sub", "mallory").ToString()));
        yield return new("header exchanged after signing", BadSignature, draft => Exchanged(draft, 0, draft.Header.Text("extra", "x").ToString()));
    }

    private static string Signed(TokenDraft draft, string? header = null, string? payload = null) =>
        draft.Key.Token(header ?? draft.Header.ToString(), payload ?? draft.Payload.ToString());

    private static string Unsigned(TokenDraft draft) => draft.Token()[..(draft.Token().LastIndexOf('.') + 1)];

    private static byte[] SignatureOf(TokenDraft draft) => System.Buffers.Text.Base64Url.DecodeFromChars(draft.Token().Split('.')[2]);

    private static string WithSignature(TokenDraft draft, byte[] signature) => Unsigned(draft) + TestKey.Encode(signature);

    private static string Exchanged(TokenDraft draft, int part, string text)
    {
        var parts = new TokenDraft(draft.Origin, draft.Key).Token().Split('.');
        parts[part] = TestKey.Encode(text);
        return string.Join('.', parts);
    }

    private static string SpoilPart(string token, int part, Func<string, string> spoil)
    {
        var parts = token.Split('.');
        parts[part] = spoil(parts[part]);
        return string.Join('.', parts);
    }

    // Pads the JSON until the part has spare bits, then sets them.
    private static string SecondSpelling(TokenDraft draft, int part)
    {
        var edited = part == 0 ? draft.Header : draft.Payload;
        for (var pad = ""; part < 2 && draft.Token().Split('.')[part].Length % 4 == 0; pad += "x")
        {
            edited.Text("pad", pad);
        }

        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return SpoilPart(draft.Token(), part, text => text[..^1] + Alphabet[Alphabet.IndexOf(text[^1], StringComparison.Ordinal) + 1]);
    }

    private static string Padded(TokenDraft draft, int length)
    {
        var missing = (length - draft.Token().Length) * 3 / 4;
        while (draft.Payload.Text("pad", new string('p', missing)) is not null && draft.Token().Length < length)
        {
            missing++;
        }

        return draft.Token();
    }

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private static string NotUtf8(TokenDraft draft)
    {
        var bytes = Encoding.Latin1.GetBytes(draft.Payload.Set("name", "\"\u00E9\"").ToString());
        var input = TestKey.Encode(draft.Header.ToString()) + "." + TestKey.Encode(bytes);
        return input + "." + TestKey.Encode(draft.Key.Sign(Encoding.ASCII.GetBytes(input)));
    }

    private static string HmacWithPublicKey(TokenDraft draft)
    {
        var input = TestKey.Encode(draft.Header.Text("alg", "HS256").ToString()) + "." + TestKey.Encode(draft.Payload.ToString());
        var mac = System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(IdentityScene.Ec.Jwk()), Encoding.ASCII.GetBytes(input));
        return input + "." + TestKey.Encode(mac);
    }

    private static string Flattened(string token)
    {
        var parts = token.Split('.');
        return $$"""{"protected":"{{parts[0]}}","payload":"{{parts[1]}}","signature":"{{parts[2]}}"}""";
    }
}
