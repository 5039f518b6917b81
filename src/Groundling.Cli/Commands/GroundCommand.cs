using System.CommandLine;
using System.Text;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Rendering;
using Groundling.Torch;
using Groundling.Training;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling ground: pictures and captions to masks.</summary>
internal sealed class GroundCommand
{
    private readonly GroundingOptions _options;
    private readonly string _output;
    private readonly bool _quiet,
        _json;
    private readonly GroundExports _exports;
    private readonly TextWriter _results,
        _messages;

    /// <summary>What became of one of several pictures.</summary>
    private sealed record Outcome(PicturePlace Place, IReadOnlyList<string> Messages, string? Json, string? Fault);

    private GroundCommand(
        GroundingOptions options,
        string output,
        bool quiet,
        bool json,
        GroundExports exports,
        TextWriter results,
        TextWriter messages
    ) => (_options, _output, _quiet, _json, _exports, _results, _messages) = (options, output, quiet, json, exports, results, messages);

    public static Command Create(ICollective processes, CancellationToken stop)
    {
        var pictures = new Argument<string[]>("IMAGE")
        {
            Description = "Pictures, folders of pictures, or .txt lists of pictures",
            Arity = ArgumentArity.OneOrMore,
        };
        pictures.Validators.Add(found =>
        {
            foreach (var token in found.Tokens)
                if (token.Value.StartsWith('-') && !Path.Exists(token.Value))
                    found.AddError($"There is no option '{token.Value}'.");
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
                "Folder for overlay.png, phrases.json, panoptic.png and panoptic.json; a folder for each of several pictures is made in it",
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
            output,
            formats.Formats,
            formats.Categories,
            formats.Address,
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
            var paths = PicturePlace.Find(parsed.GetValue(pictures)!);
            using var exports = formats.Read(parsed, parsed.GetValue(output)!);
            var run = new GroundCommand(
                options,
                parsed.GetValue(output)!,
                parsed.GetValue(quiet),
                parsed.GetValue(json),
                exports,
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error
            );
            return run.Run(paths, shared, refine.Over(model.Read(parsed, stop), parsed), device.Read(parsed), processes, stop);
        });
        return command;
    }

    private int Run(
        IReadOnlyList<string> pictures,
        Caption? shared,
        ModelChoice model,
        DeviceChoice device,
        ICollective processes,
        CancellationToken cancellation
    )
    {
        if (pictures.Count == 1)
            return processes.Rank > 0 ? 0 : RunOne(pictures[0], shared, model, device, cancellation);
        using var pipeline = OpenModel(model, Rearrangement.ManyPasses, device.Find(processes));
        var faults = new List<string>();
        var done = 0;
        try
        {
            GroundAll();
        }
        catch (OperationCanceledException) when (processes.Rank == 0)
        {
            _exports.Finish(); // what is done is whole
            throw;
        }
        if (processes.Rank == 0)
            FinishExports();
        foreach (var fault in faults)
            _messages.WriteLine($"error: {fault}");
        if (!_quiet && !_json)
            _results.WriteLine($"{pictures.Count - faults.Count} of {pictures.Count} pictures grounded in {_output}");
        return processes.Any(faults.Count > 0) ? CommandLine.UserError : 0;

        void GroundAll() =>
            Terminal.WithProgress(
                _messages,
                _quiet || processes.Rank > 0,
                "grounding",
                pictures.Count,
                progress =>
                    SharedWork.Run(
                        processes,
                        PicturePlace.Of(pictures, _output),
                        place => GroundOneOfMany(pipeline, place, shared, cancellation),
                        outcome =>
                        {
                            Take(outcome, faults);
                            progress(++done);
                        },
                        JsonStyle.OneLine,
                        cancellation
                    )
            );
    }

    private void Take(Outcome outcome, List<string> faults)
    {
        foreach (var message in outcome.Messages)
            _messages.WriteLine(message);
        if (outcome.Fault is { } fault)
            faults.Add(fault);
        if (outcome.Json is not { } line)
            return;
        if (_json)
            _results.WriteLine(line);
        if (!_exports.IsNeeded)
            return;
        var (path, fileName, folder) = outcome.Place;
        _exports.Add(fileName, Path.GetFileName(folder), path, GroundingDocument.Parse(line));
    }

    private void FinishExports()
    {
        var (paths, note) = _exports.Finish();
        if (_quiet)
            return;
        if (note is not null)
            _messages.WriteLine(note);
        if (!_json)
            foreach (var path in paths)
                _results.WriteLine(path);
    }

    private int RunOne(string path, Caption? shared, ModelChoice model, DeviceChoice device, CancellationToken cancellation)
    {
        // What the user gave is checked before the seconds that a large model takes to open.
        var messages = new List<string>();
        var (picture, caption) = Read(path, shared, messages);
        foreach (var message in messages)
            _messages.WriteLine(message);
        using var pipeline = OpenModel(model, Rearrangement.OnePass, device.Find());
        var grounding = GroundOne(pipeline, path, picture, caption, _output, cancellation);
        foreach (var warning in grounding.Warnings)
            _messages.WriteLine($"warning: {warning}");
        if (_exports.IsNeeded)
            _exports.Add(Path.GetFileName(path), PicturePlace.NameOf(path), path, GroundingDocument.From(grounding, path));
        Report(grounding, path);
        FinishExports();
        return 0;
    }

    private Outcome GroundOneOfMany(GroundingPipeline pipeline, PicturePlace place, Caption? shared, CancellationToken cancellation)
    {
        var (path, _, folder) = place;
        var messages = new List<string>();
        try
        {
            var (picture, caption) = Read(path, shared, messages);
            var grounding = GroundOne(pipeline, path, picture, caption, folder, cancellation);
            messages.AddRange(grounding.Warnings.Select(warning => $"warning: {warning}"));
            return new(
                place,
                messages,
                _json || _exports.IsNeeded ? GroundingDocument.From(grounding, path).ToJson(indented: false) : null,
                null
            );
        }
        catch (Exception e) when (CommandLine.IsUserError(e))
        {
            return new(place, messages, null, e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}");
        }
    }

    private (Picture, Caption) Read(string path, Caption? shared, List<string> messages)
    {
        var picture = Picture.Load(path);
        if (!_quiet)
            messages.AddRange(picture.Notes.Select(note => $"note: {path}: {note}"));
        return (picture, shared ?? CaptionBeside(path));
    }

    private GroundingPipeline OpenModel(ModelChoice choice, Rearrangement extent, ComputeDevice place)
    {
        if (choice.IsDefault && !_quiet)
            _messages.WriteLine(DefaultModel.Note);
        if (!place.IsCpu && !_quiet)
            _messages.WriteLine($"computes on {place}");
        var pipeline = choice.Open(extent, place);
        _ = pipeline.HeadOf(_options.Head); // one that is missing shows before the first picture
        return pipeline;
    }

    private Grounding GroundOne(
        GroundingPipeline pipeline,
        string path,
        Picture picture,
        Caption caption,
        string folder,
        CancellationToken cancellation
    )
    {
        var grounding = pipeline.Ground(picture, caption, _options, cancellation);
        if (_exports.WritesOwnFiles)
            GroundingWriter.Write(grounding, Path.GetFileName(path), folder);
        return grounding;
    }

    private void Report(Grounding grounding, string path)
    {
        if (_json)
            _results.Write(GroundingDocument.From(grounding, path).ToJson() + "\n");
        if (_quiet || _json)
            return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("#", "phrase", "score", "area", "box x, y, w, h");
        foreach (var column in table.Columns.Where((_, i) => i != 1))
            column.RightAligned();
        double pixels = (long)grounding.Picture.Width * grounding.Picture.Height;
        foreach (var (number, phrase) in grounding.Phrases.Index())
        {
            var box = phrase.Mask.Box;
            table.AddRow(
                $"{number + 1}",
                Terminal.Text(phrase.Span.Text),
                $"{phrase.Score:F3}",
                $"{phrase.Mask.Area / pixels:P1}",
                phrase.Mask.Area == 0 ? "none" : $"{box.X}, {box.Y}, {box.Width}, {box.Height}"
            );
        }
        Terminal.On(_results).Write(table);
        if (_exports.WritesOwnFiles)
            _results.WriteLine($"{Path.Combine(_output, "overlay.png")}, phrases.json, panoptic.png, panoptic.json");
    }

    private static Caption CaptionBeside(string picture)
    {
        var path = Path.ChangeExtension(picture, ".txt");
        if (!File.Exists(path))
            throw new InputException($"{picture}: no caption: give --caption, --phrases or --narrative, or put a caption into {path}");
        try
        {
            return Caption.Parse(PlainText.Read(path).Trim());
        }
        catch (InputException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }
}
