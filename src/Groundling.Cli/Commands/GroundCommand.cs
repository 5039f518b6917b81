using System.CommandLine;
using System.CommandLine.Parsing;
using Groundling.Core;
using Groundling.Rendering;
using Groundling.Training;

namespace Groundling.Cli.Commands;

/// <summary>groundling ground: pictures and captions to masks.</summary>
internal static class GroundCommand
{
    public static Command Create(ICollective processes, CancellationToken stop)
    {
        var pictures = new Argument<string[]>("IMAGE")
        {
            Description = "Pictures, folders of pictures, patterns such as 'photos/*.jpg', .txt lists of pictures; - is the standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        pictures.Validators.Add(found =>
        {
            foreach (var token in found.Tokens)
                if (token.Value.StartsWith('-') && token.Value != PicturePlace.StandardInput && !Path.Exists(token.Value))
                    found.AddError(
                        $"There is no option '{token.Value}'{CommandLine.Suggested(token.Value, ((CommandResult)found.Parent!).Command)}."
                    );
        });
        var caption = CommonOptions.Caption();
        caption.Description += "; if not given, the file IMAGE.txt beside each picture";
        var (phrases, narrative, index, model) = (
            CommonOptions.Phrases(),
            CommonOptions.Narrative(),
            CommonOptions.Index(),
            new ModelOptions()
        );
        var (device, refine) = (new DeviceOptions(), new RefineOptions());
        var output = new Option<string>("--out", "-o")
        {
            Description =
                "Folder for overlay.png, phrases.json, panoptic.png and panoptic.json; of several pictures each has a folder in it, beside contact-sheet.png and summary.json",
            HelpName = "DIR",
            DefaultValueFactory = _ => "out",
        };
        var (threshold, head, size, threads, quiet, json) = (
            CommonOptions.Threshold(),
            CommonOptions.Head(),
            CommonOptions.Size(),
            CommonOptions.Threads(),
            CommonOptions.Quiet(),
            CommonOptions.Json()
        );
        var formats = new GroundExports.Options();
        var style = new Option<string>("--style")
        {
            Description = "The figure: strong contours and a light fill that leaves the picture its colours, or a tint",
            HelpName = "contours|tint",
            DefaultValueFactory = _ => "contours",
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Of several pictures, leave out those that an earlier run of the same settings has done",
        };
        var command = new Command("ground", "Give every noun phrase of a caption its mask in a picture.")
        {
            pictures,
            caption,
            phrases,
            narrative,
            index,
            model.Frozen,
            model.Trained,
            model.Untrained,
            model.Vae,
            model.Tokenizer,
            model.Yes,
            model.NoCache,
            model.ColourWalks,
            output,
            formats.Formats,
            formats.Categories,
            formats.Address,
            style,
            resume,
            threshold,
            head,
            refine.Refine,
            refine.Settings,
            size,
            device.Name,
            device.Kind,
            threads,
            quiet,
            json,
        };
        command.SetAction(parsed =>
        {
            var options = new GroundingOptions
            {
                Size = parsed.GetValue(size),
                Threshold = parsed.GetValue(threshold),
                Head = refine.Over(CommonOptions.ReadHead(parsed.GetValue(head)), parsed),
            }.Validated();
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var shared = CommonOptions.ReadCaption(
                parsed.GetValue(caption),
                parsed.GetValue(phrases),
                parsed.GetValue(narrative),
                parsed.GetValue(index)
            );
            var folder = parsed.GetValue(output)!;
            var messages = parsed.InvocationConfiguration.Error;
            var paths = PicturePlace.Find(
                parsed.GetValue(pictures)!,
                note =>
                {
                    if (!parsed.GetValue(quiet) && processes.Rank == 0)
                        messages.WriteLine($"note: {note}");
                }
            );
            OutputPlace.Require(folder, paths.Count == 1 ? GroundingWriter.Files : []);
            if (parsed.GetValue(resume) && parsed.GetValue(pictures) is [var alone] && paths is [var path] && path == alone)
                throw new InputException("--resume goes on with several pictures; of one there is nothing to go on with: leave it out");
            using var exports = formats.Read(parsed, folder);
            var job = new GroundJob(
                options,
                folder,
                parsed.GetValue(quiet),
                parsed.GetValue(json),
                exports,
                ReadStyle(parsed.GetValue(style)!),
                parsed.InvocationConfiguration.Output,
                messages
            );
            if (exports.WritesOwnFiles)
                PicturePlace.RequireApart(paths, folder);
            if (exports.CutsOut && paths.Find(PicturePlace.IsStream) is { } stream)
                throw new InputException(
                    $"cut-outs are cut from a file, and {(stream == PicturePlace.StandardInput ? "the standard input" : stream)} is none; save it first, or leave out --format cut-outs"
                );
            if (parsed.GetValue(resume) && exports is { IsNeeded: true, WritesOwnFiles: false })
                throw new InputException("--resume reads what is done from ground's own files; add them: --format files,...");
            var chosen = refine.Over(model.Read(parsed, stop), options.Head, parsed);
            return paths.Count > 1
                    ? new ManyPictures(job, processes).Run(paths, shared, chosen, device.Read(parsed), parsed.GetValue(resume), stop)
                : processes.Rank > 0 ? 0
                : job.Run(paths[0], shared, chosen, device.Read(parsed), stop);
        });
        return command;
    }

    private static FigureStyle ReadStyle(string name) =>
        name switch
        {
            "contours" => FigureStyle.Contours,
            "tint" => FigureStyle.Tint,
            _ => throw new InputException($"--style {name} is not known: contours, tint"),
        };
}
