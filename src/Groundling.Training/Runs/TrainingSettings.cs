using Groundling.Torch;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>How a run optimises; tasks add settings of their own in derived records.</summary>
public record TrainingSettings
{
    /// <summary>Updates of the weights.</summary>
    public long Steps { get; init; }

    /// <summary>The learning rate after warming up.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>How it changes.</summary>
    public ScheduleShape Schedule { get; init; } = ScheduleShape.Constant;

    /// <summary>The share of all steps after which it falls, where <see cref="Schedule"/> is a step.</summary>
    public double DecayAt { get; init; } = 0.9;

    /// <summary>By what it is multiplied then.</summary>
    public double DecayBy { get; init; } = 0.1;

    /// <summary>Steps in which it grows linearly to its full size.</summary>
    public long WarmUp { get; init; }

    /// <summary>Steps at the end of the run in which it falls linearly to 0, whatever it is by then.</summary>
    public long CoolDown { get; init; }

    /// <summary>How gradients become updates.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Weight decay, for the parameters that the task names.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>How much of a matrix's mean gradient is kept each step, where <see cref="Optimizer"/> is Muon.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>How much of the mean gradient is kept each step.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean squared gradient is kept each step.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean squared gradient.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The largest norm of all gradients together; 0 does not clip.</summary>
    public double ClipNorm { get; init; } = 0.01;

    /// <summary>Micro-batches whose gradients make one update.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Steps between validations; 0 validates after the last only.</summary>
    public long ValidateEvery { get; init; }

    /// <summary>Steps between checkpoints; 0 saves at the end, after validations and when stopped.</summary>
    public long SaveEvery { get; init; }

    /// <summary>Validations without a better score after which a run ends; 0 never does.</summary>
    public int Patience { get; init; }

    /// <summary>
    /// Whether a run ends with an error when it diverges: the mean loss of 50 steps is more than twice the least before, and more than half
    /// of what was gained is lost.
    /// </summary>
    public bool StopsAtDivergence { get; init; } = true;

    /// <summary>What all random numbers of the run follow from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads to compute with; 0 takes all cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Where to compute: "auto" takes a CUDA card where there is one, else the CPU; "cpu", "cuda" for each process's own card, or
    /// "cuda:1".
    /// </summary>
    public string Device { get; init; } = "auto";

    /// <summary>In which kind of number the network computes; weights, gradients and losses are float32 always.</summary>
    public ComputePrecision Precision { get; init; }

    /// <summary>The device of these settings.</summary>
    /// <param name="processes">The processes that train together: each has a card of its own.</param>
    /// <exception cref="InputException">There is none; the message says why.</exception>
    public ComputeDevice FindDevice(ICollective processes) => ComputeDevice.Find(Device, Precision, processes.LocalRank);

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">From 1 to <see cref="Steps"/>.</param>
    public virtual double LearningRateAt(long step) =>
        Scheduled(step, Steps, LearningRate, WarmUp) * Math.Min(1, (Steps - step + 1.0) / (CoolDown + 1));

    /// <summary>The schedule over a stretch of steps.</summary>
    /// <param name="step">From 1 to <paramref name="steps"/>.</param>
    /// <param name="steps">How many there are.</param>
    /// <param name="full">The learning rate after warming up.</param>
    /// <param name="warmUp">Steps in which it grows.</param>
    protected double Scheduled(long step, long steps, double full, long warmUp)
    {
        if (step <= warmUp)
            return full * step / warmUp;
        return Schedule switch
        {
            ScheduleShape.Cosine => full * 0.5 * (1 + Math.Cos(Math.PI * (step - 1 - warmUp) / Math.Max(steps - warmUp, 1))),
            ScheduleShape.Step when step > DecayAt * steps => full * DecayBy,
            _ => full,
        };
    }

    /// <summary>Refuses values out of range.</summary>
    /// <param name="name">The key under which these settings stand in the config, for messages.</param>
    /// <exception cref="InputException">A value is out of range.</exception>
    public void RequireRanges(string name = "train")
    {
        Require(Steps is >= 0 and <= 1L << 40, $"{name}.steps", Steps, "1 or more are needed");
        Require(double.IsFinite(LearningRate) && LearningRate > 0, $"{name}.learningRate", LearningRate, "more than 0 is needed");
        Require(Enum.IsDefined(Schedule), $"{name}.schedule", Schedule, "one of constant, cosine and step is needed");
        Require(DecayAt is >= 0 and <= 1, $"{name}.decayAt", DecayAt, "0 to 1 is needed");
        Require(DecayBy is >= 0 and <= 1, $"{name}.decayBy", DecayBy, "0 to 1 is needed");
        Require(WarmUp >= 0, $"{name}.warmUp", WarmUp, "0 or more is needed");
        Require(
            CoolDown >= 0 && (Steps == 0 || CoolDown <= Math.Max(Steps - WarmUp, 0)), // without steps, epochs will say how many
            $"{name}.coolDown",
            CoolDown,
            $"0 to what {name}.warmUp leaves of {name}.steps, {Math.Max(Steps - WarmUp, 0)}, are needed"
        );
        Require(Enum.IsDefined(Optimizer), $"{name}.optimizer", Optimizer, "one of adamW and muon is needed");
        Require(Momentum is >= 0 and < 1, $"{name}.momentum", Momentum, "0 up to, but not including, 1 is needed");
        Require(WeightDecay is >= 0 and <= 1, $"{name}.weightDecay", WeightDecay, "0 to 1 is needed");
        Require(Beta1 is >= 0 and < 1, $"{name}.beta1", Beta1, "0 up to, but not including, 1 is needed");
        Require(Beta2 is >= 0 and < 1, $"{name}.beta2", Beta2, "0 up to, but not including, 1 is needed");
        Require(double.IsFinite(Epsilon) && Epsilon > 0, $"{name}.epsilon", Epsilon, "more than 0 is needed");
        Require(double.IsFinite(ClipNorm) && ClipNorm >= 0, $"{name}.clipNorm", ClipNorm, "0 or more is needed");
        Require(Accumulate is >= 1 and <= 4096, $"{name}.accumulate", Accumulate, "1 to 4096 are needed");
        Require(ValidateEvery >= 0, $"{name}.validateEvery", ValidateEvery, "0 or more is needed");
        Require(SaveEvery >= 0, $"{name}.saveEvery", SaveEvery, "0 or more is needed");
        Require(Patience >= 0, $"{name}.patience", Patience, "0 or more is needed");
        Require(
            Enum.IsDefined(Precision) && Precision != ComputePrecision.Int8,
            $"{name}.precision",
            Precision,
            "one of auto, f32, tf32 and bf16 is needed"
        );
        try
        {
            ComputeDevice.RequireName(Device);
        }
        catch (InputException)
        {
            Require(false, $"{name}.device", Device, "auto, cpu, cuda, or a card's number as in cuda:1 is needed");
        }
        Require(Threads is >= 0 and <= 1024, $"{name}.threads", Threads, "0 to 1024 are needed");
    }
}
