using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using System.Text.Json;
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
    private readonly FigureStyle _style;
    private readonly TextWriter _results,
        _messages;

    /// <summary>What became of one of several pictures, counted from 0.</summary>
    private sealed record Outcome(int Number, PicturePlace Place, IReadOnlyList<string> Messages, string? Json, string? Fault);

    private GroundCommand(
        GroundingOptions options,
        string output,
        bool quiet,
        bool json,
        GroundExports exports,
        FigureStyle style,
        TextWriter results,
        TextWriter messages
    ) =>
        (_options, _output, _quiet, _json, _exports, _style, _results, _messages) = (
            options,
            output,
            quiet,
            json,
            exports,
            style,
            results,
            messages
        );

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
            using var exports = formats.Read(parsed, folder);
            var run = new GroundCommand(
                options,
                folder,
                parsed.GetValue(quiet),
                parsed.GetValue(json),
                exports,
                ReadStyle(parsed.GetValue(style)!),
                parsed.InvocationConfiguration.Output,
                messages
            );
            if (parsed.GetValue(resume) && exports is { IsNeeded: true, WritesOwnFiles: false })
                throw new InputException("--resume reads what is done from ground's own files; add them: --format files,...");
            return run.Run(
                paths,
                shared,
                refine.Over(model.Read(parsed, stop), parsed),
                device.Read(parsed),
                parsed.GetValue(resume),
                processes,
                stop
            );
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

    /// <summary>What the masks depend on, as the journal of many pictures keeps it.</summary>
    private Dictionary<string, string?> Settings(Caption? shared, ModelChoice model, ComputeDevice device) =>
        new()
        {
            ["--model"] = Path.GetFullPath(model.Frozen),
            ["--grounding"] = model.Trained is { } trained ? Path.GetFullPath(trained) : null,
            ["--static"] = model.Untrained ? "true" : null,
            ["--vae"] = model.Vae,
            ["--tokenizer"] = model.Tokenizer,
            ["--caption"] = shared is null ? null : $"{shared.Text} [{string.Join("; ", shared.Phrases.Select(phrase => phrase.Text))}]",
            ["--size"] = _options.Size?.ToString(CultureInfo.InvariantCulture),
            ["--threshold"] = _options.Threshold?.ToString(CultureInfo.InvariantCulture),
            ["--head"] = _options.Head?.ToString(),
            ["--refinement"] = _options.Head == MaskHead.Refined ? JsonSerializer.Serialize(model.Refinement, JsonStyle.OneLine) : null,
            ["--precision"] = device.Precision.ToString().ToLowerInvariant(),
        };

    private int Run(
        IReadOnlyList<string> pictures,
        Caption? shared,
        ModelChoice model,
        DeviceChoice device,
        bool resume,
        ICollective processes,
        CancellationToken cancellation
    )
    {
        if (pictures.Count == 1)
            return processes.Rank > 0 ? 0 : RunOne(pictures[0], shared, model, device, cancellation);
        var places = PicturePlace.Of(pictures, _output).ToList();
        var where = device.Find(processes);
        using var journal = processes.Rank == 0 ? GroundJournal.Open(_output, Settings(shared, model, where), resume) : null;
        var ready = processes.Share([.. journal?.Done(places).Select(place => (long)place) ?? []]).Select(place => (int)place).ToHashSet();
        var waiting = new Queue<int>(processes.Rank == 0 ? ready.Order() : []);
        using var pipeline = OpenModel(model, Rearrangement.ManyPasses, where);
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
        {
            TakeDone(places.Count);
            FinishExports();
            if (faults.Count < places.Count)
                FinishFolder(journal!, places, cancellation);
        }
        foreach (var fault in faults)
            _messages.WriteLine($"error: {fault}");
        if (!_quiet && !_json)
            _results.WriteLine(
                $"{pictures.Count - faults.Count} of {pictures.Count} pictures grounded in {_output}{(ready.Count == 0 ? "" : $", {ready.Count} of them before")}"
            );
        return processes.Any(faults.Count > 0) ? CommandLine.UserError : 0;

        void GroundAll() =>
            Terminal.WithProgress(
                _messages,
                _quiet || processes.Rank > 0,
                ready.Count == 0 ? "grounding" : $"grounding (after {ready.Count} done before)",
                pictures.Count - ready.Count,
                progress =>
                    SharedWork.Run(
                        processes,
                        places.Index().Where(item => !ready.Contains(item.Index)),
                        item => GroundOneOfMany(pipeline, item.Index, item.Item, shared, cancellation),
                        outcome =>
                        {
                            TakeDone(outcome.Number);
                            journal!.Add(Take(outcome, faults));
                            progress(++done);
                        },
                        JsonStyle.OneLine,
                        cancellation
                    )
            );

        // What was done before has its place in the order all the same.
        void TakeDone(int before)
        {
            while (waiting.TryPeek(out var next) && next < before)
                TakeAgain(places[waiting.Dequeue()]);
        }
    }

    private GroundEntry Take(Outcome outcome, List<string> faults)
    {
        foreach (var message in outcome.Messages)
            _messages.WriteLine(message);
        if (outcome.Fault is { } fault)
            faults.Add(fault);
        var document = outcome.Json is { } line ? GroundingDocument.Parse(line) : null;
        if (document is not null)
            Give(outcome.Place, document);
        return GroundEntry.Of(outcome.Place, document, outcome.Fault);
    }

    private void TakeAgain(PicturePlace place)
    {
        if ((_json || _exports.IsNeeded) && File.Exists(ContactSheets.PhrasesOf(place)))
            Give(place, GroundingDocument.Parse(PlainText.Read(ContactSheets.PhrasesOf(place))) with { Image = place.Source });
    }

    private void Give(PicturePlace place, GroundingDocument document)
    {
        if (_json)
            _results.WriteLine(document.ToJson(indented: false));
        if (_exports.IsNeeded)
            _exports.Add(place.FileName, Path.GetFileName(place.Folder), place.Source, document);
    }

    /// <summary>What holds all pictures of a folder: the summary, and a page to see them at a glance.</summary>
    private void FinishFolder(GroundJournal journal, IReadOnlyList<PicturePlace> places, CancellationToken cancellation)
    {
        List<string> made = [journal.Summarise(places)];
        if (_exports.WritesOwnFiles)
            made.InsertRange(0, ContactSheets.Write(_output, places, _style, cancellation));
        if (!_quiet && !_json)
            made.ForEach(_results.WriteLine);
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
            _exports.Add(
                PicturePlace.FileNameOf(path),
                PicturePlace.NameOf(path),
                path,
                GroundingDocument.From(grounding, PicturePlace.Shown(path))
            );
        Report(grounding, path);
        FinishExports();
        return 0;
    }

    private Outcome GroundOneOfMany(
        GroundingPipeline pipeline,
        int number,
        PicturePlace place,
        Caption? shared,
        CancellationToken cancellation
    )
    {
        var (path, _, folder) = place;
        var messages = new List<string>();
        try
        {
            var (picture, caption) = Read(path, shared, messages);
            var grounding = GroundOne(pipeline, path, picture, caption, folder, cancellation);
            messages.AddRange(grounding.Warnings.Select(warning => $"warning: {warning}"));
            return new(number, place, messages, GroundingDocument.From(grounding, PicturePlace.Shown(path)).ToJson(indented: false), null);
        }
        catch (Exception e) when (CommandLine.IsUserError(e))
        {
            return new(
                number,
                place,
                messages,
                null,
                e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}"
            );
        }
    }

    private (Picture, Caption) Read(string path, Caption? shared, List<string> messages)
    {
        var picture =
            path == PicturePlace.StandardInput
                ? Picture.LoadAsync(Console.OpenStandardInput(), "standard input").GetAwaiter().GetResult()
                : Picture.Load(path);
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
            GroundingWriter.Write(grounding, PicturePlace.FileNameOf(path), folder, new(Style: _style));
        return grounding;
    }

    private void Report(Grounding grounding, string path)
    {
        if (_json)
            _results.Write(GroundingDocument.From(grounding, PicturePlace.Shown(path)).ToJson() + "\n");
        if (_quiet || _json)
            return;
        var table = Terminal.Table(flexible: 1, "#", "phrase", "score", "area", "box x, y, w, h");
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
        if (picture == PicturePlace.StandardInput)
            throw new InputException("standard input: no caption: give --caption, --phrases or --narrative");
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
