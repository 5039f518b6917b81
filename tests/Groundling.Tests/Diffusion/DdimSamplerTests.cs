using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Web;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Diffusion;

/// <summary>The sampler against its formulas, with predictions that are known to be right.</summary>
public sealed class DdimSamplerTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.StableDiffusion;

    [Fact]
    public void The_schedule_is_stable_diffusions()
    {
        // From the definition: sqrt(beta) goes in equal steps from sqrt(0.00085) to sqrt(0.012), a_t is the product of 1 - beta.
        Assert.Equal(1000, Schedule.Steps);
        Assert.Equal(1 - 0.00085, Schedule.SignalAt(0), 12);
        var logarithm = Enumerable
            .Range(0, 1000)
            .Sum(t => Math.Log(1 - Math.Pow(Math.Sqrt(0.00085) + t / 999.0 * (Math.Sqrt(0.012) - Math.Sqrt(0.00085)), 2)));
        Assert.Equal(Math.Exp(logarithm), Schedule.SignalAt(999), 12);
        Assert.Equal(Schedule.SignalAt(0), Schedule.SignalAt(-20)); // set_alpha_to_one is false
    }

    [Fact]
    public void Visited_times_are_evenly_spaced_and_end_at_one()
    {
        Assert.Equal(Enumerable.Range(0, 50).Select(i => 981 - 20 * i), Schedule.TimesFor(50));
        Assert.Equal([1], Schedule.TimesFor(1));
        Assert.Equal(Enumerable.Range(0, 1000).Reverse(), Schedule.TimesFor(1000)); // each once, though the offset is 1
        Assert.Equal(Enumerable.Range(0, 500).Select(i => 999 - 2 * i), Schedule.TimesFor(500));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.TimesFor(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.TimesFor(1001));
    }

    [Fact]
    public void Every_spacing_visits_the_reference_s_times()
    {
        // Worked out by hand from the definitions of Lin et al. 2024, table 2, for 1000 time steps.
        NoiseSchedule Of(TimeStepSpacing spacing) =>
            new(NoiseSchedule.EvenBetas(1000, 0.00085, 0.012, true), zeroAtEnd: false, spacing, offset: 1, endsClean: false);
        Assert.Equal([501, 1], Of(TimeStepSpacing.Leading).TimesFor(2));
        Assert.Equal([999, 499], Of(TimeStepSpacing.Trailing).TimesFor(2));
        Assert.Equal([999, 666, 332], Of(TimeStepSpacing.Trailing).TimesFor(3));
        Assert.Equal([999, 0], Of(TimeStepSpacing.Linspace).TimesFor(2));
        Assert.Equal([999, 749, 500, 250, 0], Of(TimeStepSpacing.Linspace).TimesFor(5));
        Assert.All(Enum.GetValues<TimeStepSpacing>(), spacing => Assert.Equal(1000, Of(spacing).TimesFor(1000).Count));
    }

    [Fact]
    public void A_schedule_shifted_to_no_signal_ends_in_noise_alone_and_begins_as_before()
    {
        var shifted = new NoiseSchedule(
            NoiseSchedule.EvenBetas(1000, 0.00085, 0.012, true),
            zeroAtEnd: true,
            TimeStepSpacing.Trailing,
            offset: 1,
            endsClean: true
        );
        Assert.Equal(0, shifted.SignalAt(999));
        Assert.Equal(1 - 0.00085, shifted.SignalAt(0), 12);
        Assert.Equal(1, shifted.SignalAt(-1));
        // The roots are those of the plain schedule under one straight line.
        double Root(NoiseSchedule schedule, int time) => Math.Sqrt(schedule.SignalAt(time));
        Assert.Equal(
            (Root(Schedule, 500) - Root(Schedule, 999)) / (Root(Schedule, 0) - Root(Schedule, 999)),
            Root(shifted, 500) / Root(shifted, 0),
            12
        );
    }

    [Theory]
    [InlineData("""{"trained_betas":[0.1,0.2],"num_train_timesteps":2}""", 0.9, 0.72)]
    [InlineData("""{"num_train_timesteps":2}""", 0.9999, 0.9999 * 0.98)]
    [InlineData("""{"num_train_timesteps":2,"_class_name":"HeunDiscreteScheduler"}""", 1 - 0.00085, (1 - 0.00085) * (1 - 0.012))]
    public void Betas_are_the_config_s_or_its_sampler_s_own(string config, double first, double last)
    {
        using var folder = new TemporaryFolder();
        var schedule = ScheduleOf(folder, config);
        Assert.Equal([first, last], [schedule.SignalAt(0), schedule.SignalAt(1)], new Close());
    }

    [Fact]
    public void What_a_sampler_leaves_out_is_its_own_default()
    {
        using var folder = new TemporaryFolder();
        NoiseSchedule Of(string config) => ScheduleOf(folder, config);
        Assert.Equal((TimeStepSpacing.Leading, 1.0), (Of("{}").Spacing, Of("{}").SignalAt(-1)));
        var pndm = Of("""{"_class_name":"PNDMScheduler"}""");
        Assert.Equal((TimeStepSpacing.Leading, pndm.SignalAt(0)), (pndm.Spacing, pndm.SignalAt(-1)));
        Assert.Equal(TimeStepSpacing.Linspace, Of("""{"_class_name":"EulerDiscreteScheduler"}""").Spacing);
        Assert.Equal(TimeStepSpacing.Trailing, Of("""{"_class_name":"EulerDiscreteScheduler","timestep_spacing":"trailing"}""").Spacing);
        var least = Of("""{"_class_name":"DPMSolverMultistepScheduler","final_sigmas_type":"sigma_min"}""");
        Assert.Equal(least.SignalAt(0), least.SignalAt(-1));
    }

    private static NoiseSchedule ScheduleOf(TemporaryFolder folder, string config)
    {
        foreach (var part in new[] { "tokenizer", "text_encoder", "vae", "unet", "scheduler" })
            Directory.CreateDirectory(folder.File(part));
        File.WriteAllText(folder.File("scheduler/scheduler_config.json"), config);
        return ModelFolder.Open(folder.Path).Schedule().Noise;
    }

    private sealed class Close : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-12;

        public int GetHashCode(double value) => 0;
    }

    [Theory]
    [InlineData(PredictionType.Epsilon)]
    [InlineData(PredictionType.Velocity)]
    public void A_step_with_the_right_prediction_keeps_picture_and_noise(PredictionType prediction)
    {
        using var scope = NewDisposeScope();
        var (start, noise) = Pair();
        foreach (var (time, next) in ((int, int)[])[(981, 961), (500, 1), (999, 0), (1, -19)])
        {
            var times = full(1, time, dtype: int64);
            var found = new DdimSampler(Schedule, prediction).Step(
                Schedule.AddNoise(start, noise, times),
                Schedule.Target(start, noise, times, prediction),
                time,
                next
            );
            var share = Schedule.SignalAt(next); // x_s = sqrt(a_s) x_0 + sqrt(1 - a_s) noise
            TensorAssert.Close(Math.Sqrt(share) * start + Math.Sqrt(1 - share) * noise, found, 2e-5, $"{prediction} from {time} to {next}");
        }
    }

    [Fact]
    public void A_step_is_the_formula_also_where_the_prediction_is_wrong()
    {
        using var scope = NewDisposeScope();
        var (latents, predicted) = Pair();
        var (a, b) = (Schedule.SignalAt(700), Schedule.SignalAt(300));
        var found = new DdimSampler(Schedule, PredictionType.Epsilon)
            .Step(latents, predicted, 700, 300)
            .reshape(-1)
            .data<float>()
            .ToArray();
        var (x, e) = (latents.reshape(-1).data<float>().ToArray(), predicted.reshape(-1).data<float>().ToArray());
        for (var i = 0; i < found.Length; i++) // Song et al. 2021, eq. 12 with sigma 0
            Assert.Equal(Math.Sqrt(b) * ((x[i] - Math.Sqrt(1 - a) * e[i]) / Math.Sqrt(a)) + Math.Sqrt(1 - b) * e[i], found[i], 4);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(50)]
    public void Who_knows_the_picture_finds_it_in_any_number_of_steps(int steps)
    {
        using var scope = NewDisposeScope();
        var (picture, noise) = Pair();
        var seen = new List<int>();
        var found = new DdimSampler(Schedule, PredictionType.Epsilon).Sample(
            noise,
            steps,
            (noisy, time) =>
            {
                var share = Schedule.SignalAt(time);
                return (noisy - Math.Sqrt(share) * picture) / Math.Sqrt(1 - share);
            },
            seen.Add
        );
        Assert.Equal(Enumerable.Range(1, steps), seen);
        // What is left is the noise share of step 0.
        Assert.True((found - picture).abs().max().item<float>() < 4 * Math.Sqrt(1 - Schedule.SignalAt(0)) + 1e-3);
    }

    [Fact]
    public void Sampling_stops_when_told_to()
    {
        using var scope = NewDisposeScope();
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() =>
            new DdimSampler(Schedule, PredictionType.Epsilon).Sample(
                Pair().Noise,
                10,
                (noisy, _) =>
                {
                    if (++steps == 3)
                        stop.Cancel();
                    return noisy.clone();
                },
                cancellation: stop.Token
            )
        );
        Assert.Equal(3, steps);
    }

    private static (Tensor Start, Tensor Noise) Pair()
    {
        using var generator = new Generator(3);
        return (rand([1, 4, 8, 8], generator: generator) * 2 - 1, randn([1, 4, 8, 8], generator: generator));
    }
}
