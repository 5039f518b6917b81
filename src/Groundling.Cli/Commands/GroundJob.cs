using Groundling.Core;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Rendering;
using Groundling.Torch;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>What ground does with a picture, and where its results and messages go.</summary>
/// <param name="Options">Size, threshold and head.</param>
/// <param name="Output">The output folder.</param>
/// <param name="Quiet">Whether only errors and warnings are printed.</param>
/// <param name="Json">Whether phrases are printed as JSON.</param>
/// <param name="Exports">Files for other tools, and whether the command's own are written.</param>
/// <param name="Style">The figure's.</param>
/// <param name="Results">Where results are printed.</param>
/// <param name="Messages">Where notes, warnings and errors are.</param>
internal sealed record GroundJob(
    GroundingOptions Options,
    string Output,
    bool Quiet,
    bool Json,
    GroundExports Exports,
    FigureStyle Style,
    TextWriter Results,
    TextWriter Messages
)
{
    /// <summary>Grounds one picture, and tells of it.</summary>
    /// <returns>The exit code.</returns>
    public int Run(string path, Caption? shared, ModelChoice model, DeviceChoice device, CancellationToken cancellation)
    {
        // What the user gave is checked before the seconds that a large model takes to open.
        var messages = new List<string>();
        var (picture, caption) = Read(path, shared, messages);
        foreach (var message in messages)
            Messages.WriteLine(message);
        _ = Task.Run(() => Rehearse(model), CancellationToken.None);
        using var pipeline = Open(model, Rearrangement.OnePass, device.Find());
        var grounding = pipeline.Ground(picture, caption, Options, cancellation);
        Write(grounding, path, Output);
        foreach (var warning in grounding.Warnings)
            Messages.WriteLine($"warning: {warning}");
        if (Exports.IsNeeded)
            Exports.Add(
                PicturePlace.FileNameOf(path),
                PicturePlace.NameOf(path),
                path,
                GroundingDocument.From(grounding, PicturePlace.Shown(path))
            );
        Report(grounding, path);
        FinishExports();
        return 0;
    }

    /// <summary>
    /// Has the runtime compile on another core, while libtorch loads and the model opens, what the main thread needs next: reads of the
    /// model what needs no libtorch, and draws a figure, all for nothing. What fails here fails again where it is needed.
    /// </summary>
    private void Rehearse(ModelChoice model)
    {
        var source = ModelSource.Open(model.Frozen, model.Vae, model.Tokenizer);
        _ = (source.Tokenizer(), source.TextConfig(), source.VaeConfig(), source.UNetConfig(), source.Schedule());
        if (GroundingFolder.Exists(model.Frozen))
            _ = GroundingConfig.Read(GroundingFolder.Files(model.Frozen).Config);
        if (Exports.WritesOwnFiles)
            GroundingWriter.Prepare();
    }

    /// <summary>Writes what exports keep until the last picture.</summary>
    public void FinishExports()
    {
        var (paths, note) = Exports.Finish();
        if (Quiet)
            return;
        if (note is not null)
            Messages.WriteLine(note);
        if (!Json)
            foreach (var path in paths)
                Results.WriteLine(path);
    }

    /// <summary>Reads a picture and its caption; the notes on the picture join the messages.</summary>
    public (Picture, Caption) Read(string path, Caption? shared, List<string> messages)
    {
        var picture =
            path == PicturePlace.StandardInput
                ? Picture.LoadAsync(Console.OpenStandardInput(), "standard input").GetAwaiter().GetResult()
                : Picture.Load(path);
        if (!Quiet)
            messages.AddRange(picture.Notes.Select(note => $"note: {path}: {note}"));
        return (picture, (shared ?? CaptionBeside(path)).RequireLimits());
    }

    /// <summary>Opens the model; a head that it lacks shows before the first picture.</summary>
    public GroundingPipeline Open(ModelChoice choice, Rearrangement extent, ComputeDevice place)
    {
        if (choice.IsDefault && !Quiet)
            Messages.WriteLine(DefaultModel.Note);
        if (!place.IsCpu && !Quiet)
            Messages.WriteLine($"computes on {place}");
        var pipeline = choice.Open(extent, place);
        _ = pipeline.HeadOf(Options.Head);
        return pipeline;
    }

    /// <summary>Writes the command's own files of a picture.</summary>
    public void Write(Grounding grounding, string path, string folder)
    {
        if (Exports.WritesOwnFiles)
            GroundingWriter.Write(grounding, PicturePlace.FileNameOf(path), folder, new(Style: Style));
    }

    private void Report(Grounding grounding, string path)
    {
        if (Json)
            Results.Write(GroundingDocument.From(grounding, PicturePlace.Shown(path)).ToJson() + "\n");
        if (Quiet || Json)
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
                phrase.Mask.Area == 0
                    ? (phrase.Presence is null ? "none" : "not in the picture")
                    : $"{box.X}, {box.Y}, {box.Width}, {box.Height}"
            );
        }
        Terminal.On(Results).Write(table);
        if (Exports.WritesOwnFiles)
            Results.WriteLine($"{Path.Combine(Output, "overlay.png")}, phrases.json, panoptic.png, panoptic.json");
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
