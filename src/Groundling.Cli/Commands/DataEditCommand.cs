using System.CommandLine;
using Groundling.Data.Editing;

namespace Groundling.Cli.Commands;

/// <summary>groundling data edit: edits from a file instead of a page, and annotations as such a file.</summary>
internal static class DataEditCommand
{
    public static Command Create(CancellationToken stop)
    {
        var data = EvaluationCommon.Data();
        var edits = new Option<string?>("--edits")
        {
            Description = "A file with an edit a line, as --print writes them; done all or not at all",
            HelpName = "FILE",
        };
        var print = new Option<bool>("--print") { Description = "Print the edits that make these annotations from bare pictures" };
        var (split, quiet) = (EvaluationCommon.Split(), CommonOptions.Quiet());
        var command = new Command("edit", "Do edits that a file lists, or list those that made the data.")
        {
            data,
            edits,
            print,
            split,
            quiet,
        };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (folder, part, file) = (parsed.GetValue(data)!, parsed.GetValue(split)!, parsed.GetValue(edits));
            if (parsed.GetValue(print) == file is not null)
                throw new InputException("give either --edits FILE, to do what it lists, or --print, to list what was done");
            using var session = EditSession.Open(folder, part);
            if (file is null)
            {
                foreach (var picture in session.Pictures)
                {
                    stop.ThrowIfCancellationRequested();
                    if (EditFile.LineOf(picture) is { } line)
                        output.WriteLine(line);
                }
                return;
            }
            var (done, pictures) = (0, 0);
            Terminal.WithProgress(
                error,
                parsed.GetValue(quiet),
                "editing",
                1,
                progress => (done, pictures) = EditFile.Apply(session, file, (at, all) => progress((double)at / all), stop)
            );
            session.Save();
            if (!parsed.GetValue(quiet))
                output.WriteLine($"{folder}, split {part}: {done} edits in {pictures} pictures");
        });
        return command;
    }
}
