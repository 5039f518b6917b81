using System.Globalization;
using System.Text.Json;
using Groundling.Core;
using Groundling.Torch;
using Groundling.Training;

namespace Groundling.Cli.Commands;

/// <summary>ground on several pictures: a folder for each, a journal to go on with, and what shows all of them at a glance.</summary>
/// <param name="job">What is done with each.</param>
/// <param name="processes">Those that share the work; process 0 alone writes what is of all pictures.</param>
internal sealed class ManyPictures(GroundJob job, ICollective processes)
{
    /// <summary>What became of one of several pictures, counted from 0.</summary>
    private sealed record Outcome(int Number, PicturePlace Place, IReadOnlyList<string> Messages, string? Json, string? Fault);

    /// <summary>One of them on its way through the stages; those after a fault leave it alone.</summary>
    private sealed class OnItsWay(int number, PicturePlace place)
    {
        private string? _fault;

        public PicturePlace Place => place;

        public string Path => place.Source;

        public List<string> Messages { get; } = [];

        public (Picture Picture, Caption Caption) Given { get; set; }

        public Grounding? Grounding { get; set; }

        public string? Json { get; set; }

        public Outcome Outcome => new(number, place, Messages, Json, _fault);

        public OnItsWay Try(Action stage)
        {
            if (_fault is not null)
                return this;
            try
            {
                stage();
            }
            catch (Exception e) when (CommandLine.IsUserError(e))
            {
                _fault = e.Message.Contains(Path, StringComparison.Ordinal) ? e.Message : $"{Path}: {e.Message}";
            }
            return this;
        }
    }

    /// <summary>Grounds them, shared between the processes, and tells of them in their order.</summary>
    /// <returns>The exit code.</returns>
    public int Run(
        IReadOnlyList<string> pictures,
        Caption? shared,
        ModelChoice model,
        DeviceChoice device,
        bool resume,
        CancellationToken cancellation
    )
    {
        var places = PicturePlace.Of(pictures, job.Output).ToList();
        var where = model.On(device.Find(processes));
        using var journal = processes.Rank == 0 ? GroundJournal.Open(job.Output, Settings(shared, model, where), resume) : null;
        var ready = processes.Share([.. journal?.Done(places).Select(place => (long)place) ?? []]).Select(place => (int)place).ToHashSet();
        if (processes.Rank == 0)
            foreach (var place in ready)
                OutputPlace.Clean(places[place].Folder);
        var waiting = new Queue<int>(processes.Rank == 0 ? ready.Order() : []);
        using var pipeline = job.Open(model, Rearrangement.ManyPasses, where);
        var faults = new List<string>();
        var done = 0;
        try
        {
            GroundAll();
        }
        catch (OperationCanceledException) when (processes.Rank == 0)
        {
            job.Exports.Finish(); // what is done is whole
            throw;
        }
        if (processes.Rank == 0)
        {
            TakeDone(places.Count);
            job.FinishExports();
            if (faults.Count < places.Count)
                FinishFolder(journal!, places, cancellation);
        }
        foreach (var fault in faults)
            job.Messages.WriteLine($"error: {fault}");
        if (!job.Quiet && !job.Json)
            job.Results.WriteLine(
                $"{pictures.Count - faults.Count} of {pictures.Count} pictures grounded in {job.Output}{(ready.Count == 0 ? "" : $", {ready.Count} of them before")}"
            );
        return processes.Any(faults.Count > 0) ? CommandLine.UserError : 0;

        void GroundAll() =>
            Terminal.WithProgress(
                job.Messages,
                job.Quiet || processes.Rank > 0,
                ready.Count == 0 ? "grounding" : $"grounding (after {ready.Count} done before)",
                pictures.Count - ready.Count,
                progress =>
                    SharedWork.Run(
                        processes,
                        places.Index().Where(item => !ready.Contains(item.Index)),
                        own =>
                            StagedWork.Run(
                                own,
                                item => Read(new(item.Index, item.Item), shared),
                                one => Ground(one, pipeline, cancellation),
                                Write,
                                cancellation
                            ),
                        outcome =>
                        {
                            TakeDone(outcome.Number);
                            journal!.Add(Take(outcome, faults));
                            progress(++done);
                        },
                        SnakeCaseJson.OneLine,
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
            job.Messages.WriteLine(message);
        if (outcome.Fault is { } fault)
            faults.Add(fault);
        var document = outcome.Json is { } line ? GroundingDocument.Parse(line) : null;
        if (document is not null)
            Give(outcome.Place, document);
        return GroundEntry.Of(outcome.Place, document, outcome.Fault);
    }

    private void TakeAgain(PicturePlace place)
    {
        if ((job.Json || job.Exports.IsNeeded) && File.Exists(ContactSheets.PhrasesOf(place)))
            Give(place, GroundingDocument.Parse(PlainText.Read(ContactSheets.PhrasesOf(place))) with { Image = place.Source });
    }

    private void Give(PicturePlace place, GroundingDocument document)
    {
        if (job.Json)
            job.Results.WriteLine(document.ToJson(indented: false));
        if (job.Exports.IsNeeded)
            job.Exports.Add(place.FileName, Path.GetFileName(place.Folder), place.Source, document);
    }

    /// <summary>What holds all pictures of a folder: the summary, and a page to see them at a glance.</summary>
    private void FinishFolder(GroundJournal journal, IReadOnlyList<PicturePlace> places, CancellationToken cancellation)
    {
        List<string> made = [journal.Summarise(places)];
        if (job.Exports.WritesOwnFiles)
            made.InsertRange(0, ContactSheets.Write(job.Output, places, job.Style, cancellation));
        if (!job.Quiet && !job.Json)
            made.ForEach(job.Results.WriteLine);
    }

    private OnItsWay Read(OnItsWay one, Caption? shared) => one.Try(() => one.Given = job.Read(one.Path, shared, one.Messages));

    private OnItsWay Ground(OnItsWay one, GroundingPipeline pipeline, CancellationToken cancellation) =>
        one.Try(() => one.Grounding = pipeline.Ground(one.Given.Picture, one.Given.Caption, job.Options, cancellation));

    private Outcome Write(OnItsWay one) =>
        one.Try(() =>
        {
            job.Write(one.Grounding!, one.Path, one.Place.Folder);
            one.Messages.AddRange(one.Grounding!.Warnings.Select(warning => $"warning: {warning}"));
            one.Json = GroundingDocument.From(one.Grounding, PicturePlace.Shown(one.Path)).ToJson(indented: false);
        }).Outcome;

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
            ["--size"] = job.Options.Size?.ToString(CultureInfo.InvariantCulture),
            ["--threshold"] = job.Options.Threshold?.ToString(CultureInfo.InvariantCulture),
            ["--head"] = job.Options.Head?.ToString(),
            ["--refinement"] =
                job.Options.Head == MaskHead.Refined ? JsonSerializer.Serialize(model.Refinement, SnakeCaseJson.OneLine) : null,
            ["--colour-walks"] = model.ColourWalks?.ToString(CultureInfo.InvariantCulture),
            ["--precision"] = device.Precision.ToString().ToLowerInvariant(),
        };
}
