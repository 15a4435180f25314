using Gating.Client.Tools;

namespace Gating.Client.AspNetCore;

/// <summary>Why a request is not authenticated: the failure of its <see cref="Microsoft.AspNetCore.Authentication.AuthenticateResult"/>, and never thrown. It says nothing of the grant itself, so that it may be logged.</summary>
public sealed class GrantRefusedException : Exception
{
    internal GrantRefusedException(GrantFault? fault, GrantDoubt? doubt)
        : base(fault?.ToString() ?? doubt?.ToString()) => (Fault, Doubt) = (fault, doubt);

    /// <summary>What is wrong with the grant; null where that is not known.</summary>
    public GrantFault? Fault { get; }

    /// <summary>Why it is not known; null where it is.</summary>
    public GrantDoubt? Doubt { get; }
}
