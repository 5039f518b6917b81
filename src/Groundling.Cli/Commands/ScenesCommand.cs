using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Groundling.Core;
using Groundling.Scenes;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling scenes: a benchmark of generated pictures with exact masks and true narratives.</summary>
internal static class ScenesCommand
{
    private sealed record Result(string Out, string Split, int Count, long Seed, int Size, double Seconds, double PicturesPerSecond);

    public static Command Create(CancellationToken stop)
    {
        var output = new Option<string>("--out", "-o")
        {
            Description = "The benchmark's folder; other splits in it stay",
            HelpName = "DIR",
            Required = true,
        };
        var count = new Option<int>("--count", "-n")
        {
            Description = "How many pictures",
            HelpName = "N",
            Required = true,
        };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same files", HelpName = "S" };
        var size = new Option<int>("--size")
        {
            Description = $"The pictures' side in pixels, {SceneGenerator.LeastSize} to {SceneGenerator.MostSize}",
            HelpName = "PIXELS",
            DefaultValueFactory = _ => 256,
        };
        var split = new Option<string>("--split")
        {
            Description = string.Join(", ", SceneWriter.Splits.Keys),
            HelpName = "NAME",
            DefaultValueFactory = _ => "val",
        };
        var (threads, json, quiet) = (CommonOptions.Threads(), CommonOptions.Json(), CommonOptions.Quiet());
        var command = new Command("scenes", "Write generated pictures, panoptic annotations and narratives in the benchmark's layout.")
        {
            output,
            count,
            seed,
            size,
            split,
            threads,
            json,
            quiet,
        };
        command.SetAction(parsed =>
        {
            if (!SceneWriter.Splits.TryGetValue(parsed.GetValue(split)!, out var chosen))
                throw new InputException($"--split {parsed.GetValue(split)} is not known: {string.Join(", ", SceneWriter.Splits.Keys)}");
            if (parsed.GetValue(seed) < 0)
                throw new InputException($"--seed {parsed.GetValue(seed)} is out of range: 0 or more");
            if (parsed.GetValue(threads) is < 1 or > 1024)
                throw new InputException($"--threads {parsed.GetValue(threads)} is out of range: 1 to 1024");
            if (parsed.GetValue(output) is not { Length: > 0 } folder)
                throw new InputException("--out is empty: name a folder");
            var watch = Stopwatch.StartNew();
            void Write(IProgress<int>? progress) =>
                SceneWriter.Write(
                    folder,
                    chosen,
                    parsed.GetValue(count),
                    (ulong)parsed.GetValue(seed),
                    parsed.GetValue(size),
                    parsed.GetValue(threads) ?? 0,
                    progress,
                    stop
                );
            Terminal.WithProgress(
                parsed.InvocationConfiguration.Error,
                parsed.GetValue(quiet),
                "drawing",
                Math.Max(parsed.GetValue(count), 1),
                report => Write(new Forward(report))
            );
            var seconds = watch.Elapsed.TotalSeconds;
            var result = new Result(
                folder,
                parsed.GetValue(split)!,
                parsed.GetValue(count),
                parsed.GetValue(seed),
                parsed.GetValue(size),
                seconds,
                parsed.GetValue(count) / seconds
            );
            var text = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                text.WriteLine(JsonSerializer.Serialize(result, SnakeCaseJson.Indented));
            else if (!parsed.GetValue(quiet))
                text.WriteLine(
                    $"{folder}: {result.Count} scenes of split {result.Split}, {result.Size} pixels, seed {result.Seed}; {seconds:F1} s, {result.PicturesPerSecond:F1} pictures/s"
                );
        });
        return command;
    }

    /// <summary>Passes the count on at once; <see cref="Progress{T}"/> would do so on another thread, later.</summary>
    private sealed class Forward(Action<double> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
