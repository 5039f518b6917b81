using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Groundling.Core;
using Groundling.Training;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling runs: what lies in a folder of runs.</summary>
internal static class RunsCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder; runs and evaluations are found at any depth" };
        var json = CommonOptions.Json();
        var command = new Command("runs", "List training runs and evaluations: state, score, time, and what their configs differ in.")
        {
            folder,
            json,
        };
        command.SetAction(parsed =>
        {
            var root = parsed.GetValue(folder)!;
            var listing = RunListing.Of(root);
            var output = parsed.InvocationConfiguration.Output;
            foreach (var fault in listing.Faults)
                parsed.InvocationConfiguration.Error.WriteLine($"warning: {fault}");
            if (parsed.GetValue(json))
                output.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            listing.Runs,
                            listing.Evaluations,
                            ConfigDifferences = listing.Differences(),
                        },
                        SnakeCaseJson.Indented
                    )
                );
            else
                Print(root, listing, output);
        });
        return command;
    }

    private static void Print(string root, RunListing listing, TextWriter output)
    {
        string Name(string folder) => Path.GetRelativePath(root, folder) is var name && name == "." ? root : name;
        if (listing.Runs.Count > 0)
        {
            var table = Empty("run", "task", "state", "step", "best", "at step", "begun", "time");
            foreach (var run in listing.Runs)
                table.AddRow(
                    Terminal.Text(Name(run.Folder)),
                    Terminal.Text(run.Task),
                    run.State,
                    run.Steps is { } steps ? $"{run.Step}/{steps}" : $"{run.Step}",
                    run.Best is { } best ? $"{best:G5}" : "-",
                    run.BestStep is { } at ? $"{at}" : "-",
                    Date(run.Begun),
                    run.Time is { } time ? Spoken(time) : "-"
                );
            Terminal.On(output).Write(table);
        }
        foreach (var (run, values) in listing.Differences())
            output.WriteLine(
                $"{Name(run)}: {(values.Count == 0 ? "the same config" : string.Join(", ", values.Select(v => $"{v.Key} {v.Value}")))}"
            );
        if (listing.Evaluations.Count == 0)
            return;
        var measured = Empty("evaluation", "method", "data", "state", "phrases", "AR x 100", "begun");
        foreach (var evaluation in listing.Evaluations)
            measured.AddRow(
                Terminal.Text(Name(evaluation.Folder)),
                Terminal.Text(evaluation.Method),
                Terminal.Text(evaluation.Data),
                evaluation.State,
                evaluation.Phrases is { } phrases ? $"{phrases}" : "-",
                evaluation.AverageRecall is { } recall ? $"{100 * recall:F1}" : "-",
                Date(evaluation.Begun)
            );
        Terminal.On(output).Write(measured);
    }

    private static Table Empty(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(columns);
        foreach (var column in table.Columns)
            column.NoWrap();
        return table;
    }

    private static string Date(DateTime? time) =>
        time is { } known ? known.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "-";

    private static string Spoken(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours} h {time.Minutes} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s"
        : $"{time.TotalSeconds:F1} s";
}
