using Groundling.Modeling;
using Groundling.Tests.Data;

namespace Groundling.Tests.Method;

/// <summary>How a pipeline is opened.</summary>
public sealed class PipelineOpeningTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Progress_names_each_part_as_it_begins()
    {
        var seen = new Seen();
        using (await GroundingPipeline.OpenAsync(tiny.Path, seen))
            Assert.Equal([new("text_encoder", 0, 3), new("vae", 1, 3), new("unet", 2, 3), new("", 3, 3)], seen.Steps);
        seen.Steps.Clear();
        using (await GroundingPipeline.OpenAsync(new GroundingPipelineOptions { ModelFolder = Trained() }, seen))
            Assert.Equal(new("grounding", 3, 4), seen.Steps[^2]);
        Assert.Equal(new("", 4, 4), seen.Steps[^1]);
    }

    [Fact]
    public async Task A_cancelled_opening_ends_before_the_next_part()
    {
        using var stop = new CancellationTokenSource();
        var seen = new Seen
        {
            At = step =>
            {
                if (step.Part == "vae")
                    stop.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GroundingPipeline.OpenAsync(tiny.Path, seen, stop.Token));
        Assert.Equal("vae", seen.Steps[^1].Part);
    }

    [Fact]
    public void Trained_parts_are_those_beside_the_model_none_or_those_elsewhere()
    {
        var model = Trained();
        Assert.Equal(
            [model, null, model],
            new[] { TrainedParts.Auto, TrainedParts.None, TrainedParts.In(model) }.Select(parts =>
            {
                using var pipeline = GroundingPipeline.Open(new GroundingPipelineOptions { ModelFolder = model, TrainedParts = parts });
                return pipeline.Origin.Trained;
            })
        );
        Assert.Contains(
            "holds no trained parts",
            Assert
                .Throws<InputException>(() =>
                    GroundingPipeline.Open(
                        new GroundingPipelineOptions { ModelFolder = model, TrainedParts = TrainedParts.In(_folder.File("nothing")) }
                    )
                )
                .Message
        );
    }

    [Theory]
    [InlineData("auto", null)]
    [InlineData("None", null)]
    [InlineData("runs/x", "runs/x")]
    [InlineData("./auto", "./auto")]
    public void Trained_parts_are_read_from_a_setting(string text, string? folder)
    {
        var parts = TrainedParts.Parse(text);
        Assert.Equal(folder, parts.Folder);
        Assert.Equal(parts, TrainedParts.Parse(parts.ToString()));
    }

    [Fact]
    public void Options_that_cannot_be_used_are_refused()
    {
        Assert.Contains("no model folder", Assert.Throws<InputException>(() => GroundingPipeline.Open("")).Message);
        Assert.Contains(
            "rearrangement of 9",
            Assert
                .Throws<InputException>(() =>
                    GroundingPipeline.Open(
                        new GroundingPipelineOptions { ModelFolder = tiny.Path, Rearrangement = (Groundling.Torch.Rearrangement)9 }
                    )
                )
                .Message
        );
    }

    private string Trained()
    {
        var copy = tiny.Copy(_folder);
        using var model = TinyGrounding.Build(tiny);
        GroundingFolder.Save(copy, model);
        return copy;
    }

    private sealed class Seen : IProgress<OpeningProgress>
    {
        public List<OpeningProgress> Steps { get; } = [];

        public Action<OpeningProgress>? At { get; init; }

        public void Report(OpeningProgress value)
        {
            Steps.Add(value);
            At?.Invoke(value);
        }
    }
}
