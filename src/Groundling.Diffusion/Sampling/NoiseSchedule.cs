using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>How much of the latents is left, and how much is noise, at each time step (Ho et al. 2020, eq. 4).</summary>
/// <remarks>x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) noise, with a_t the product of 1 - beta up to step t.</remarks>
public sealed class NoiseSchedule
{
    private readonly double[] _shares;
    private readonly int _offset;
    private readonly bool _endsClean;

    /// <param name="steps">Time steps.</param>
    /// <param name="first">Beta of the first step.</param>
    /// <param name="last">Beta of the last step.</param>
    /// <param name="scaledLinear">Whether the roots of the betas grow linearly, as in Stable Diffusion, or the betas themselves.</param>
    /// <param name="offset">Added to the time steps that sampling visits.</param>
    /// <param name="endsClean">Whether sampling's last step leaves no noise at all, or as little as step 0 has.</param>
    public NoiseSchedule(int steps, double first, double last, bool scaledLinear, int offset, bool endsClean)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        (_shares, _offset, _endsClean) = (new double[steps], offset, endsClean);
        var share = 1.0;
        for (var step = 0; step < steps; step++)
        {
            var along = (double)step / (steps - 1);
            var beta = scaledLinear ? Math.Pow(Math.Sqrt(first) + along * (Math.Sqrt(last) - Math.Sqrt(first)), 2) : first + along * (last - first);
            _shares[step] = share *= 1 - beta;
        }
    }

    /// <summary>The schedule of SD 1.x and 2.x.</summary>
    public static NoiseSchedule StableDiffusion { get; } = new(1000, 0.00085, 0.012, scaledLinear: true, offset: 1, endsClean: false);

    /// <summary>Time steps in all.</summary>
    public int Steps => _shares.Length;

    /// <summary>The share a_t of the latents' variance at a time step; before the first one what sampling is to end with.</summary>
    /// <param name="time">Below <see cref="Steps"/>; negative for the end of sampling.</param>
    public double SignalAt(int time) => time >= 0 ? _shares[time] : _endsClean ? 1 : _shares[0];

    /// <summary>The time steps that sampling visits, the noisiest first, evenly spaced.</summary>
    /// <param name="count">How many, from 1 to <see cref="Steps"/>.</param>
    public IReadOnlyList<int> TimesFor(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Steps);
        return [.. Enumerable.Range(0, count).Select(i => Math.Min((count - 1 - i) * (Steps / count) + _offset, Steps - 1))];
    }

    /// <summary>Latents with the noise of their time steps.</summary>
    /// <param name="latents">[B, 4, h, w] x_0.</param>
    /// <param name="noise">[B, 4, h, w] of unit variance.</param>
    /// <param name="times">[B] int64.</param>
    /// <returns>[B, 4, h, w] x_t; the caller owns it.</returns>
    public Tensor AddNoise(Tensor latents, Tensor noise, Tensor times)
    {
        using var scope = NewDisposeScope();
        var shares = SharesOf(times);
        return (shares.sqrt() * latents).Plus(shares.OneMinus().sqrt() * noise).MoveToOuterDisposeScope();
    }

    /// <summary>What the UNet is to predict.</summary>
    /// <param name="latents">[B, 4, h, w] x_0.</param>
    /// <param name="noise">[B, 4, h, w] the noise added.</param>
    /// <param name="times">[B] int64.</param>
    /// <param name="prediction">What the UNet's output means.</param>
    /// <returns>[B, 4, h, w]; the caller owns it.</returns>
    public Tensor Target(Tensor latents, Tensor noise, Tensor times, PredictionType prediction)
    {
        if (prediction == PredictionType.Epsilon) return noise.alias();
        using var scope = NewDisposeScope();
        var shares = SharesOf(times);
        return (shares.sqrt() * noise - shares.OneMinus().sqrt() * latents).MoveToOuterDisposeScope();           // Salimans and Ho 2022, Sec. 4
    }

    internal static NoiseSchedule Read(ForeignConfig json)
    {
        var kind = json.Text("beta_schedule", "scaled_linear");
        json.Require(kind is "scaled_linear" or "linear", "beta_schedule", "scaled_linear or linear is needed");
        var (first, last) = (json.Number("beta_start", 0.00085), json.Number("beta_end", 0.012));
        json.Require(first is > 0 and < 1, "beta_start", "more than 0 and less than 1 is needed");
        json.Require(last > first && last < 1, "beta_end", "more than beta_start and less than 1 is needed");
        return new(json.Count("num_train_timesteps", 100_000, fallback: 1000, least: 2), first, last, kind == "scaled_linear", json.Count("steps_offset", 1000, fallback: 0, least: 0), json.Flag("set_alpha_to_one", true));
    }

    private Tensor SharesOf(Tensor times) => tensor(_shares, dtype: float32)[times].view(-1, 1, 1, 1);
}
