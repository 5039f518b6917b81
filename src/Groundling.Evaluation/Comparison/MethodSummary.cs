using System.Text.Json.Serialization;

namespace Groundling.Evaluation;

/// <summary>A compared method and where its figures came from.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Folders">Its evaluations' folders, as they were named.</param>
/// <param name="Settings">What each evaluation depends on.</param>
/// <param name="Runs">When, where and with what each was made; null for one that does not say.</param>
public sealed record MethodSummary(
    string Name,
    IReadOnlyList<string> Folders,
    IReadOnlyList<EvaluationSettings> Settings,
    IReadOnlyList<EvaluationRun?> Runs
)
{
    internal static MethodSummary Of(ComparedMethod method) =>
        new(
            method.Name,
            [.. method.Runs.Select(r => r.Folder)],
            [.. method.Runs.Select(r => r.Report.Settings)],
            [.. method.Runs.Select(r => r.Report.Run)]
        );
}
