using Gating.Tests;
using Gating.Tests.Ledger;
using Gating.Tests.Ledger.Append;

namespace Gating.Mutants.Rules;

/// <summary>Seq is gap-free, hashes chain, personal data stands sealed; and the verifier sees what was done to a stream.</summary>
internal static class ChainMutants
{
    private const string Plan = "Ledger/Append/BatchPlan.cs";
    private const string Stream = "Ledger/Append/StreamAppender.cs";
    private const string Sealing = "Ledger/SealedPart.cs";
    private const string Verifier = "Ledger/StreamVerifier.cs";
    private const string ChainRule = "Seq is gap-free, hashes chain";
    private const string SealRule = "AES-256-GCM, random nonce, associated data (stream, seq, kind)";
    private const string KeyRule = "Under a key derived from the operator's data key and the stream's salt";
    private const string MacRule = "A MAC vouches for what no entry says again";
    private const string VerifyRule = "Verification re-derives a whole stream";

    private static Guard Mac => Guard.Of<RowMacTests>(nameof(RowMacTests.It_holds_of_nothing_else));

    private static Guard Tampered => Guard.Of<StreamVerifierTests>(nameof(StreamVerifierTests.A_stream_that_was_tampered_with_is_found_out));

    private static Guard Place => Guard.Of<SealedPartTests>(nameof(SealedPartTests.Moved_to_another_place_it_does_not_open));

    private static Guard Batch => Guard.Of<CommitTests>(nameof(CommitTests.Appends_that_arrive_while_a_transaction_is_in_flight_share_the_next));

    private static Guard Vectors => Guard.Of<EncodingTests>(nameof(EncodingTests.An_entry_is_encoded_and_hashed_as_the_vector_says));

    public static Mutant[] All =>
    [
        new(ChainRule, "seq stands still", Plan, "Seq++;", "Seq = Math.Max(Seq, 1);", Batch),
        new(ChainRule, "an entry does not name the one before it in its batch", Plan, "Hash = entry.Hash;", "Hash = Seq == 1 ? entry.Hash : Hash;", Batch),
        new(ChainRule, "the hash leaves out the entry before", "Ledger/EntryEncoding.cs", "previous.Write(bytes[51..]);", "", Vectors),
        new("The entry hash covers the SHA-256 of the sealed bytes", "it leaves them out", "Ledger/EntryEncoding.cs", "sealedDigest.Write(bytes[83..]);", "", Vectors),
        new("The entry hash covers the SHA-256 of the sealed bytes", "it covers that of the bytes in the clear", Plan,
            "EntryHash.FromBytes(SHA256.HashData(bytes))", "EntryHash.FromBytes(SHA256.HashData(draft.Private.Span))",
            Guard.Of<StreamVerifierTests>(nameof(StreamVerifierTests.A_stream_that_nobody_touched_is_sound))),
        new(SealRule, "the nonce is fixed", Sealing, "RandomBytes.Fill(nonce);", "nonce.Clear();",
            Guard.Of<SealedPartTests>(nameof(SealedPartTests.Sealing_twice_never_repeats_a_nonce))),
        new(SealRule, "the stream is left out", Sealing, "stream.Write(place);", "", Place),
        new(SealRule, "the seq is left out", Sealing, "BinaryPrimitives.WriteInt64BigEndian(place[StreamId.Size..], seq);", "", Place),
        new(SealRule, "the kind is left out", Sealing, "BinaryPrimitives.WriteUInt16BigEndian(place[(StreamId.Size + 8)..], checked((ushort)kind));", "", Place),
        new("Personal data stands only in an entry's sealed part", "it stands there in the clear", Plan,
            "sealedPart = bytes;", "sealedPart = draft.Private;",
            Guard.Of<CommitTests>(nameof(CommitTests.Personal_data_is_stored_sealed_and_opens_with_the_streams_key))),
        new(KeyRule, "all streams share one key", Stream, "context.Key.SealingKey(head.Salt.Span)", "context.Key.SealingKey([])",
            Guard.Of<CommitTests>(nameof(CommitTests.Personal_data_is_stored_sealed_and_opens_with_the_streams_key))),
        new(KeyRule, "the salt of a stream that is read for the first time is not random", Stream,
            "if (stored is null)\n        {\n            _cached = (Head.New(RandomNumberGenerator.GetBytes(Head.SaltSize)), null);",
            "if (stored is null)\n        {\n            _cached = (Head.New(new byte[Head.SaltSize]), null);",
            Guard.Of<CommitTests>(nameof(CommitTests.Two_streams_have_different_keys))),
        new(KeyRule, "the salt of a stream that is known to be new is not random", Stream,
            "_cached ??= (Head.New(RandomNumberGenerator.GetBytes(Head.SaltSize)), null);", "_cached ??= (Head.New(new byte[Head.SaltSize]), null);",
            Guard.Of<CommitTests>(nameof(CommitTests.Two_streams_that_are_known_to_be_new_have_different_keys))),
        new(KeyRule, "the first salt that was met is kept", Stream,
            "_sealing.Cipher is null || !_sealing.Salt.Span.SequenceEqual(head.Salt.Span)", "_sealing.Cipher is null",
            Guard.Of<CommitTests>(nameof(CommitTests.A_stream_that_somebody_else_started_is_sealed_under_its_own_salt))),
        new(KeyRule, "a commit draws another salt", Plan, "head.Salt, rows, state);", "RandomNumberGenerator.GetBytes(Head.SaltSize), rows, state);",
            Guard.Of<CommitTests>(nameof(CommitTests.Personal_data_is_stored_sealed_and_opens_with_the_streams_key))),
        new("A random byte is given out once", "ids and nonces come again", "RandomBytes.cs", "            _taken += bytes.Length;\n", "",
            Guard.Of<RandomBytesTests>(nameof(RandomBytesTests.No_two_ids_are_alike_whatever_their_lengths_and_whichever_thread_asks))),
        new("One canonical encoder, version first", "a head of another version is read as if it were this one", "Ledger/HeadEncoding.cs",
            "version is not (Version or TimedVersion)", "version > 99",
            Guard.Of<EncodingTests>(nameof(EncodingTests.A_head_of_another_version_is_refused_by_its_number))),
        new(MacRule, "it is not compared", "Ledger/RowMac.cs", "return CryptographicOperations.FixedTimeEquals(whole[..Size], mac);", "return true;", Mac),
        new(MacRule, "it holds in any place", "Ledger/RowMac.cs", "[(byte)kind], place, bytes", "[(byte)kind], bytes", Mac),
        new(MacRule, "that of one kind holds for another", "Ledger/RowMac.cs", "[(byte)kind], place, bytes", "place, bytes", Mac),
        new(VerifyRule, "a missing head is passed over", Verifier, "head is null && count > 0", "false", Tampered),
        new(VerifyRule, "a gap is passed over", Verifier, "for (; expected < entry.Seq; expected++)", "for (; expected < 0; expected++)", Tampered),
        new(VerifyRule, "missing last entries are passed over", Verifier, "for (; expected <= (head?.Seq ?? 0); expected++)", "for (; expected < 0; expected++)", Tampered),
        new(VerifyRule, "a broken chain is passed over", Verifier, "previous.Known && entry.Previous != previous.Hash", "false", Tampered),
        new(VerifyRule, "changed sealed bytes are passed over", Verifier, "!entry.Sealed.IsEmpty && Digest(entry.Sealed.Span) != entry.SealedDigest", "false", Tampered),
        new(VerifyRule, "a time that goes back is passed over", Verifier, "entry.Time < previous.Time", "false", Tampered),
        new(VerifyRule, "a head that names another entry is passed over", Verifier, "entry.Seq == head?.Seq && entry.Hash != head.Hash", "false", Tampered),
        new(VerifyRule, "an entry beyond the head is passed over", Verifier, "if (entry.Seq > last)\n        {\n            yield", "if (false)\n        {\n            yield", Tampered),
        new(VerifyRule, "an erased part is not counted", Verifier, "entry.Sealed.IsEmpty && entry.SealedDigest != Digest([]) ? 1 : 0", "0",
            Guard.Of<StreamVerifierTests>(nameof(StreamVerifierTests.An_erased_sealed_part_leaves_the_chain_valid_and_is_counted))),
    ];
}
