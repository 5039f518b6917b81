using System.Net;

namespace Groundling.Hub;

/// <summary>What the hub's refusals mean, and what to do about each.</summary>
internal static class HubFaults
{
    /// <param name="answer">A refusal.</param>
    /// <param name="reference">What was asked for.</param>
    /// <param name="settings">Whose hub, and with which token.</param>
    public static HubException Of(HttpResponseMessage answer, HubReference reference, HubSettings settings)
    {
        var (repository, endpoint) = (reference.Repository, settings.Endpoint.AbsoluteUri.TrimEnd('/'));
        var (code, text) = (Header(answer, "X-Error-Code"), OneLine.Of(Header(answer, "X-Error-Message") ?? ""));
        var token = settings.Token;
        var showToken = token is null
            ? "set HF_TOKEN, or log in with the official client (hf auth login)"
            : $"let the account of {token} read it";
        return new(
            code switch
            {
                "GatedRepo" =>
                    $"{repository} is gated: accept its conditions at {endpoint}/{repository}, then {(token is null ? showToken : $"use a token of that account ({token} may not read it yet)")}",
                "RevisionNotFound" =>
                    $"{repository} has no revision '{reference.Revision}'; {endpoint}/{repository}/tree/main lists its branches and tags",
                "EntryNotFound" => $"{reference} lacks a file that the hub listed; pull again",
                _ when text.StartsWith("Access to this resource is disabled", StringComparison.Ordinal) =>
                    $"{repository} has been disabled by the hub; choose another repository",
                _ when text.StartsWith("Invalid credentials", StringComparison.Ordinal) => token is null
                    ? $"{endpoint} refuses to show {repository} without a token; {showToken}"
                    : $"{endpoint} does not know {token}; make a new one in its settings, or remove this one to pull public models",
                "RepoNotFound" => Missing(),
                _ when answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound => Missing(),
                _ when answer.StatusCode is HttpStatusCode.Forbidden =>
                    $"{HubClient.HostOf(answer.RequestMessage!.RequestUri!)} forbids {repository}{(text.Length > 0 ? $": {text}" : "")}; {showToken}",
                _ =>
                    $"{HubClient.HostOf(answer.RequestMessage!.RequestUri!)} answers {(int)answer.StatusCode} for {reference}{(text.Length > 0 ? $": {text}" : "")}; is HF_ENDPOINT right?",
            }
        );
        string Missing() => $"{repository}: {endpoint} has no such repository, or a private one; check the name, or {showToken}";
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
