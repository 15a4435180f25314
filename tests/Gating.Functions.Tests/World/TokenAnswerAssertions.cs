using Shouldly;

namespace Gating.Functions.Tests.World;

internal static class TokenAnswerAssertions
{
    public static void ShouldBeRefused(this TokenAnswer answer, int status, string reason)
    {
        answer.Reason.ShouldBe(reason, answer.Body);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Body.ShouldNotContain("\"access_token\"");
        answer["error"].ShouldNotBeNullOrEmpty();
        answer["error_description"].ShouldNotBeNullOrEmpty();
        answer.Headers["Cache-Control"].ShouldBe("no-store");
    }
}
