using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Gating.Identity.Jose;
using Gating.Ledger;

namespace Gating.Grants;

/// <summary>
/// The ids that an app sees: authenticated encryption under a key of the app's own, so that two apps cannot find out that they serve the same person, and
/// nothing can be made up. Deterministic (the nonce is a MAC of what is inside): the same thing is the same handle to the same app, always.
/// </summary>
public sealed class AppHandles(OperatorKey key)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int CachedApps = 1024;
    private const byte Subject = 1;
    private const byte Grant = 2;
    private const byte Generation = 3;
    private const byte Upload = 4;
    private const byte Consent = 5;
    private const byte Appeal = 6;
    private const int UploadSize = 1 + StreamId.Size + 8 + 2;

    private readonly AgingCache<string, AppCiphers> _apps = new(CachedApps);

    /// <summary>The pairwise <c>sub</c> of a person at an app.</summary>
    public string OfPerson(string app, StreamId person)
    {
        Span<byte> plain = stackalloc byte[1 + StreamId.Size];
        plain[0] = Subject;
        person.Write(plain[1..]);
        return Seal(app, plain);
    }

    /// <summary>The <c>jti</c> of the grant that entry <paramref name="seq"/> of a person's stream admitted to an app.</summary>
    public string OfGrant(string app, StreamId person, long seq) => OfEntry(Grant, app, person, seq);

    /// <summary>The id of the generation that entry <paramref name="seq"/> of a person's stream began for an app.</summary>
    public string OfGeneration(string app, StreamId person, long seq) => OfEntry(Generation, app, person, seq);

    /// <summary>The id of the consent that entry <paramref name="seq"/> of a person's stream records.</summary>
    public string OfConsent(string app, StreamId person, long seq) => OfEntry(Consent, app, person, seq);

    /// <summary>The id of the appeal that entry <paramref name="seq"/> of a person's stream records.</summary>
    public string OfAppeal(string app, StreamId person, long seq) => OfEntry(Appeal, app, person, seq);

    /// <summary>The id of an upload of output <paramref name="number"/> (1 to 255) of a generation.</summary>
    /// <param name="declaresExplicit">The app says that people see or hear that the file is generated.</param>
    public string OfUpload(string app, StreamId person, long generationSeq, int number, bool declaresExplicit)
    {
        Span<byte> plain = stackalloc byte[UploadSize];
        plain[0] = Upload;
        person.Write(plain[1..]);
        BinaryPrimitives.WriteInt64BigEndian(plain[(1 + StreamId.Size)..], generationSeq);
        plain[^2] = checked((byte)number);
        plain[^1] = declaresExplicit ? (byte)1 : (byte)0;
        return Seal(app, plain);
    }

    private string OfEntry(byte kind, string app, StreamId person, long seq)
    {
        Span<byte> plain = stackalloc byte[1 + StreamId.Size + 8];
        plain[0] = kind;
        person.Write(plain[1..]);
        BinaryPrimitives.WriteInt64BigEndian(plain[(1 + StreamId.Size)..], seq);
        return Seal(app, plain);
    }

    /// <summary>Opens what <see cref="OfPerson"/> gave this app; false for anything else.</summary>
    public bool TryOpenPerson(string app, string handle, out StreamId person)
    {
        Span<byte> plain = stackalloc byte[1 + StreamId.Size];
        var opened = TryOpen(app, handle, plain) && plain[0] == Subject;
        person = opened ? StreamId.FromBytes(plain[1..]) : default;
        return opened;
    }

    /// <summary>Opens what <see cref="OfGrant"/> gave this app; false for anything else.</summary>
    public bool TryOpenGrant(string app, string handle, out (StreamId Person, long Seq) grant) => TryOpenEntry(Grant, app, handle, out grant);

    /// <summary>Opens what <see cref="OfGeneration"/> gave this app; false for anything else.</summary>
    public bool TryOpenGeneration(string app, string handle, out (StreamId Person, long Seq) generation) => TryOpenEntry(Generation, app, handle, out generation);

    /// <summary>Opens what <see cref="OfConsent"/> gave this app; false for anything else.</summary>
    public bool TryOpenConsent(string app, string handle, out (StreamId Person, long Seq) consent) => TryOpenEntry(Consent, app, handle, out consent);

    /// <summary>Opens what <see cref="OfAppeal"/> gave this app; false for anything else.</summary>
    public bool TryOpenAppeal(string app, string handle, out (StreamId Person, long Seq) appeal) => TryOpenEntry(Appeal, app, handle, out appeal);

    /// <summary>Opens what <see cref="OfUpload"/> gave this app; false for anything else.</summary>
    public bool TryOpenUpload(string app, string handle, out (StreamId Person, long GenerationSeq, int Number, bool DeclaresExplicit) upload)
    {
        Span<byte> plain = stackalloc byte[UploadSize];
        var opened = TryOpen(app, handle, plain) && plain[0] == Upload;
        upload = opened ? (StreamId.FromBytes(plain[1..]), BinaryPrimitives.ReadInt64BigEndian(plain[(1 + StreamId.Size)..]), plain[^2], plain[^1] == 1) : default;
        return opened;
    }

    private bool TryOpenEntry(byte kind, string app, string handle, out (StreamId Person, long Seq) entry)
    {
        Span<byte> plain = stackalloc byte[1 + StreamId.Size + 8];
        var opened = TryOpen(app, handle, plain) && plain[0] == kind;
        entry = opened ? (StreamId.FromBytes(plain[1..]), BinaryPrimitives.ReadInt64BigEndian(plain[(1 + StreamId.Size)..])) : default;
        return opened;
    }

    private string Seal(string app, ReadOnlySpan<byte> plain)
    {
        var ciphers = CiphersOf(app);
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        ciphers.Mac.Compute(code, plain);
        Span<byte> bytes = stackalloc byte[NonceSize + plain.Length + TagSize];
        code[..NonceSize].CopyTo(bytes);
        var aes = ciphers.Take();
        aes.Encrypt(bytes[..NonceSize], plain, bytes.Slice(NonceSize, plain.Length), bytes[(NonceSize + plain.Length)..]);
        ciphers.Return(aes);
        return Base64Url.EncodeToString(bytes);
    }

    private bool TryOpen(string app, string handle, Span<byte> plain)
    {
        Span<byte> bytes = stackalloc byte[NonceSize + plain.Length + TagSize];
        if (handle.Length != Base64Url.GetEncodedLength(bytes.Length)
            || !StrictBase64Url.TryDecode(handle, bytes, out var written)
            || written != bytes.Length)
        {
            return false;
        }

        var ciphers = CiphersOf(app);
        var aes = ciphers.Take();
        try
        {
            aes.Decrypt(bytes[..NonceSize], bytes.Slice(NonceSize, plain.Length), bytes[(NonceSize + plain.Length)..], plain);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            ciphers.Return(aes);
        }
    }

    private AppCiphers CiphersOf(string app) =>
        _apps.GetOrAdd(app, (key, app), static state =>
        {
            var salt = Encoding.UTF8.GetBytes(state.app);
            return new(state.key.Derive(salt, "gating/handles/mac/v1"u8), state.key.Derive(salt, "gating/handles/aead/v1"u8));
        });

    /// <summary>An app's keys, set up: that costs several times what a handle does, and a cipher may not be shared, so that idle ones are kept.</summary>
    private sealed class AppCiphers(byte[] macKey, byte[] cipherKey)
    {
        private readonly ConcurrentBag<AesGcm> _idle = [];

        public MacKey Mac { get; } = new(macKey);

        public AesGcm Take() => _idle.TryTake(out var idle) ? idle : new AesGcm(cipherKey, TagSize);

        public void Return(AesGcm aes) => _idle.Add(aes);
    }
}
