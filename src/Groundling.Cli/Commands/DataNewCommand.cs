using System.CommandLine;
using Groundling.Data.Editing;

namespace Groundling.Cli.Commands;

/// <summary>groundling data new: a benchmark of one's own pictures, to be edited.</summary>
internal static class DataNewCommand
{
    public static Command Create(CancellationToken stop)
    {
        var data = new Argument<string>("DATA") { Description = "The folder to make" };
        var pictures = new Option<string[]>("--pictures")
        {
            Description =
                "Pictures, folders of them, or quoted patterns; a caption is read from NAME.txt beside NAME.jpg, its phrases in [brackets] or as noun phrases",
            HelpName = "PATH",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var (split, quiet) = (EvaluationCommon.Split(), CommonOptions.Quiet());
        var command = new Command("new", "Begin a benchmark of your own pictures, to be edited on a page.")
        {
            data,
            pictures,
            split,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (folder, part) = (parsed.GetValue(data)!, parsed.GetValue(split)!);
            var found = PicturePlace.Find(parsed.GetValue(pictures)!, error.WriteLine);
            var (captions, phrases) = (0, 0);
            Terminal.WithProgress(
                error,
                parsed.GetValue(quiet),
                "copying pictures",
                found.Count,
                progress => (captions, phrases) = NewBenchmark.Write(folder, part, found, done => progress(done), stop)
            );
            if (parsed.GetValue(quiet))
                return;
            output.WriteLine(
                $"{folder}, split {part}: {found.Count} pictures, {captions} with a caption; {phrases} phrases to be grounded"
            );
            output.WriteLine($"edit them with: groundling browse {folder} --split {part} --edit");
        });
        return command;
    }
}
