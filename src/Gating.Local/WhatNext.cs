using Gating.Local.Walk;

namespace Gating.Local;

/// <summary>What a person at the console can do now, as lines to copy.</summary>
internal static class WhatNext
{
    public static void Print(LocalWorld world, WalkReport report)
    {
        var gate = world.Gate.Address.AbsoluteUri.TrimEnd('/');
        var studio = world.Studio.Address.AbsoluteUri.TrimEnd('/');
        report.Title("Still serving; Ctrl-C ends everything. What to try next, in another terminal:");
        report.Verbatim($"""

            # Sign in as lin and keep the ID token (mei, mei-at-work, tom, old, guest and nameless are there too; {studio}/ does it in a browser)
            ID_TOKEN=$(curl -s {studio}/id-token/lin)

            # Exchange it for a grant; send it four times: the fourth is refused with 429
            curl -si {gate}/oauth2/token -u '{DemoFacts.AppId}:{world.Studio.Secret}' \
              -d grant_type={TokenExchange.GrantType} \
              -d subject_token="$ID_TOKEN" -d subject_token_type={TokenExchange.IdTokenType} \
              -d resource={DemoFacts.Tool} \
              --data-urlencode 'authorization_details={DemoFacts.AuthorizationDetails}'

            # Get one more and redeem it, hand in a picture, and ask what the picture is: by its bytes as they were handed in it is found a second or so later
            GRANT=$(curl -s {gate}/oauth2/token -u '{DemoFacts.AppId}:{world.Studio.Secret}' -d grant_type={TokenExchange.GrantType} \
              -d subject_token="$ID_TOKEN" -d subject_token_type={TokenExchange.IdTokenType} -d resource={DemoFacts.Tool} \
              --data-urlencode 'authorization_details={DemoFacts.AuthorizationDetails}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
            UPLOAD=$(curl -s {gate}/v1/generations -H "Authorization: Bearer $GRANT" -H 'Content-Type: application/json' \
              -d '{DemoFacts.Generation}' | sed 's/.*"upload":"\([^"]*\)".*/\1/')
            PICTURE='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99"><rect width="99" height="99"/></svg>'
            curl -si -X PUT --data-binary "$PICTURE" -u '{DemoFacts.AppId}:{world.Studio.Secret}' {gate}$UPLOAD
            for second in $(seq 30); do
              SAID=$(curl -s --data-binary "$PICTURE" -H 'Content-Type: application/octet-stream' {gate}/v1/identify)
              case $SAID in *'"record":"original"'*) break ;; esac; sleep 1
            done; echo "$SAID"

            # The same request with -H 'Idempotency-Key: any-text-of-yours' returns the same grant every time and is charged once.
            # As guest, who was never proven, it is refused with a step-up answer:
            ID_TOKEN=$(curl -s {studio}/id-token/guest)

            # What a tool needs to verify grants, and whether the gate is well
            curl -s {gate}/.well-known/oauth-authorization-server
            curl -s {gate}/jwks
            curl -si {gate}/readyz

            # Look into the tables with any Azure tool
            {world.Azurite.ConnectionString}

            """);
    }
}
