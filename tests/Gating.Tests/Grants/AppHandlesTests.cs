using Gating.Grants;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Grants;

public sealed class AppHandlesTests
{
    private static readonly AppHandles Handles = new(new OperatorKey(new byte[32]));
    private static readonly StreamId Person = new(new(0, 42));

    [Fact]
    public void One_person_has_one_handle_at_one_app() => Handles.OfPerson("a", Person).ShouldBe(Handles.OfPerson("a", Person));

    [Fact]
    public void Two_apps_have_handles_without_anything_in_common()
    {
        var (a, b) = (Handles.OfPerson("a", Person), Handles.OfPerson("b", Person));
        a.ShouldNotBe(b);
        Handles.TryOpenPerson("b", a, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_handle_opens_at_its_own_app()
    {
        Handles.TryOpenPerson("a", Handles.OfPerson("a", Person), out var person).ShouldBeTrue();
        person.ShouldBe(Person);
        Handles.TryOpenGrant("a", Handles.OfGrant("a", Person, 7), out var grant).ShouldBeTrue();
        grant.ShouldBe((Person, 7L));
    }

    [Fact]
    public void A_person_is_no_grant_and_a_grant_no_person()
    {
        Handles.TryOpenGrant("a", Handles.OfPerson("a", Person), out _).ShouldBeFalse();
        Handles.TryOpenPerson("a", Handles.OfGrant("a", Person, 7), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_handle_with_any_character_changed_does_not_open()
    {
        var handle = Handles.OfGrant("a", Person, 7);
        for (var i = 0; i < handle.Length; i++)
        {
            var changed = handle.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Handles.TryOpenGrant("a", new(changed), out _).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(32, true)]
    public void An_upload_says_which_output_and_what_was_declared_and_only_to_its_app(int number, bool declares)
    {
        var handle = Handles.OfUpload("a", Person, 7, number, declares);
        Handles.TryOpenUpload("a", handle, out var upload).ShouldBeTrue();
        upload.ShouldBe((Person, 7L, number, declares));
        Handles.TryOpenUpload("b", handle, out _).ShouldBeFalse();
        Handles.TryOpenGeneration("a", handle, out _).ShouldBeFalse();
        Handles.TryOpenUpload("a", Handles.OfGeneration("a", Person, 7), out _).ShouldBeFalse();
        for (var i = 0; i < handle.Length; i++)
        {
            var changed = handle.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Handles.TryOpenUpload("a", new(changed), out _).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("AAAA")]
    public void What_is_no_handle_does_not_open(string text) => Handles.TryOpenGrant("a", text, out _).ShouldBeFalse();

    [Theory]
    [InlineData('!')]
    [InlineData('+')]
    [InlineData('=')]
    [InlineData(' ')]
    [InlineData('é')]
    public void A_handle_with_a_foreign_character_is_none(char foreign)
    {
        var good = Handles.OfGeneration("a", StreamId.Create(), 1);
        for (var at = 0; at < good.Length; at++)
        {
            Handles.TryOpenGeneration("a", good[..at] + foreign + good[(at + 1)..], out _).ShouldBeFalse();
        }
    }
}
