using Groundling.Core;
using Groundling.Evaluation;

namespace Groundling.Training;

/// <summary>The runs and evaluations below a folder.</summary>
/// <param name="Runs">Training runs, by their folders' names.</param>
/// <param name="Evaluations">Evaluations, by their folders' names.</param>
/// <param name="Faults">What could not be read, a line each.</param>
public sealed record RunListing(IReadOnlyList<RunSummary> Runs, IReadOnlyList<EvaluationSummary> Evaluations, IReadOnlyList<string> Faults)
{
    /// <summary>Looks through a folder and all folders in it; what lies in a run's own folder is looked at as well.</summary>
    /// <exception cref="InputException">The folder does not exist, or holds neither a run nor an evaluation.</exception>
    public static RunListing Of(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder))
            throw new InputException($"{folder} is not a folder; name one with runs in it");
        var (runs, evaluations, faults) = (new List<RunSummary>(), new List<EvaluationSummary>(), new List<string>());
        var all = Directory.EnumerateDirectories(
            folder,
            "*",
            new EnumerationOptions
            {
                RecurseSubdirectories = true,
                IgnoreInaccessible = true,
                AttributesToSkip = FileAttributes.ReparsePoint, // links may lead in circles
            }
        );
        foreach (var found in all.Prepend(folder).Order(StringComparer.Ordinal))
        {
            try
            {
                if (RunFolder.WasBegunIn(found))
                    runs.Add(RunSummary.Read(found));
                else if (EvaluationSummary.Read(found) is { } evaluation)
                    evaluations.Add(evaluation);
            }
            catch (Exception e) when (e is InputException or IOException or UnauthorizedAccessException)
            {
                faults.Add(e is InputException ? e.Message : FileFault.LineOf(e));
            }
        }
        return runs.Count + evaluations.Count + faults.Count > 0
            ? new(runs, evaluations, faults)
            : throw new InputException(
                $"{folder} holds no run and no evaluation; name a folder that train, pretrain or evaluate wrote into"
            );
    }

    /// <summary>
    /// The keys in which the configs of runs of one task differ, with each run's value as JSON, "nothing" where it lacks the key; runs of
    /// tasks that have one run alone are left out.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Differences()
    {
        var differences = new OrderedDictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var task in Runs.GroupBy(run => run.Task))
        {
            var keys = task.SelectMany(run => run.Config.Keys)
                .Distinct()
                .Where(key => task.Select(run => Value(run, key)).Distinct().Count() > 1);
            if (task.Count() > 1)
                foreach (var run in task)
                    differences[run.Folder] = keys.ToDictionary(key => key, key => Value(run, key));
        }
        return differences;

        static string Value(RunSummary run, string key) => run.Config.GetValueOrDefault(key, "nothing");
    }
}
