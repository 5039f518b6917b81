using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Groundling.Hub;

/// <summary>
/// A token of a user of the hub. It is sent to the hub's own host alone, and no text ever holds it: <see cref="ToString"/> says where it
/// came from.
/// </summary>
public sealed partial class HubToken
{
    private readonly string _secret;

    /// <param name="secret">The token; spaces and line ends around it do not count.</param>
    /// <param name="origin">Where it came from, for messages: a variable or a file.</param>
    /// <exception cref="HubException">It holds characters that no token has. The message does not repeat it.</exception>
    public HubToken(string secret, string origin)
    {
        (_secret, Origin) = (secret.Trim(), origin);
        if (!Token().IsMatch(_secret))
            throw new HubException(
                $"{origin} holds no token: letters, digits and -._~+/= are allowed; copy it again from the hub's settings, or remove it"
            );
    }

    /// <summary>Where it came from.</summary>
    public string Origin { get; }

    /// <summary>Where it came from; never what it is.</summary>
    public override string ToString() => $"the token from {Origin}";

    internal AuthenticationHeaderValue Header() => new("Bearer", _secret);

    [GeneratedRegex(@"^[A-Za-z0-9\-._~+/=]+\z")]
    private static partial Regex Token();
}
