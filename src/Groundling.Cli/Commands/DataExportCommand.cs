using System.CommandLine;
using Groundling.Core;
using Groundling.Data.Benchmark;
using Groundling.Export;

namespace Groundling.Cli.Commands;

/// <summary>groundling data export: a benchmark's phrases with their masks in other tools' formats.</summary>
internal static class DataExportCommand
{
    public static Command Create(CancellationToken stop)
    {
        var data = EvaluationCommon.Data();
        var (split, quiet) = (EvaluationCommon.Split(), CommonOptions.Quiet());
        var exports = new GroundExports.Options();
        exports.Formats.Description = $"What to write, with commas between: {string.Join(", ", Exporter.Formats)}";
        exports.Formats.Required = true;
        var output = new Option<string>("--out", "-o")
        {
            Description = "The folder to write to",
            HelpName = "DIR",
            DefaultValueFactory = _ => "out",
        };
        var command = new Command("export", "Write a benchmark's phrases and masks in other tools' formats.")
        {
            data,
            split,
            exports.Formats,
            exports.Categories,
            exports.Address,
            output,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var (folder, messages) = (parsed.GetValue(output)!, parsed.InvocationConfiguration.Error);
            var benchmark = PngBenchmark.Open(parsed.GetValue(data)!, parsed.GetValue(split)!);
            using var exporter = exports.Read(parsed, folder);
            if (exporter.WritesOwnFiles)
                throw new InputException($"--format files is what ground writes; there are {string.Join(", ", Exporter.Formats)}");
            var faults = new BenchmarkFaults();
            var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            Terminal.WithProgress(
                messages,
                parsed.GetValue(quiet),
                "exporting",
                benchmark.Count,
                progress =>
                {
                    foreach (var (i, example) in benchmark.Read(faults).Index())
                    {
                        stop.ThrowIfCancellationRequested();
                        if (example.TryLoad(faults) is var (picture, masks))
                            Add(exporter, example, picture, masks, taken);
                        progress(i + 1);
                    }
                }
            );
            var (paths, note) = exporter.Finish();
            foreach (var line in faults.Describe().Select(fault => $"fault: {fault}").Append(note).OfType<string>())
                messages.WriteLine(line);
            foreach (var path in paths)
                parsed.InvocationConfiguration.Output.WriteLine(path);
            if (paths.Count == 0)
                throw new InputException(
                    $"{parsed.GetValue(data)}, split {benchmark.Split}: no picture of it can be exported; groundling data check says why"
                );
        });
        return command;
    }

    private static void Add(
        GroundExports exporter,
        BenchmarkExample example,
        Picture picture,
        IReadOnlyList<RunLengthMask> masks,
        HashSet<string> taken
    )
    {
        // Pictures with several narratives: each narrative is an export of its own. So are pictures that differ in their ending alone.
        var fileName = Path.GetFileName(example.PicturePath);
        var name = PicturePlace.FreeName(Path.GetFileNameWithoutExtension(fileName), taken);
        var phrases = example.Phrases.Zip(
            masks,
            (phrase, mask) => new GroundedPhrase(phrase.Span with { Plural = phrase.PluralFlag }, 1, mask)
        );
        exporter.Add(
            fileName,
            name,
            example.PicturePath,
            GroundingDocument.From(new Grounding(picture, example.Caption, [.. phrases]), fileName)
        );
    }
}
