using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>
/// The beta schedule: how much of the latents is left, and how much is noise, at each time step (Ho et al. 2020, eq. 4; DDPM).
/// </summary>
/// <remarks>x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) noise, with a_t the product of 1 - beta up to step t.</remarks>
public sealed class NoiseSchedule
{
    private readonly double[] _shares;
    private readonly int _offset;
    private readonly bool _endsClean;

    /// <param name="steps">Time steps.</param>
    /// <param name="first">Beta of the first step.</param>
    /// <param name="last">Beta of the last step.</param>
    /// <param name="scaledLinear">
    /// scaled_linear: whether the roots of the betas grow linearly, as in Stable Diffusion, or the betas themselves.
    /// </param>
    /// <param name="offset">steps_offset: added to the time steps that sampling visits.</param>
    /// <param name="endsClean">set_alpha_to_one: whether sampling's last step leaves no noise at all, or as little as step 0 has.</param>
    public NoiseSchedule(int steps, double first, double last, bool scaledLinear, int offset, bool endsClean)
        : this(EvenBetas(steps, first, last, scaledLinear), zeroAtEnd: false, TimeStepSpacing.Leading, offset, endsClean) { }

    /// <param name="betas">Beta of each step, at least 2.</param>
    /// <param name="zeroAtEnd">
    /// Whether the shares are shifted so that nothing of the latents is left at the last step (Lin et al. 2024, algorithm 1).
    /// </param>
    /// <param name="spacing">Which time steps sampling visits.</param>
    /// <param name="offset">Added to them; only of <see cref="TimeStepSpacing.Leading"/>.</param>
    /// <param name="endsClean">Whether sampling's last step leaves no noise at all, or as little as step 0 has.</param>
    public NoiseSchedule(IReadOnlyList<double> betas, bool zeroAtEnd, TimeStepSpacing spacing, int offset, bool endsClean)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(betas.Count, 2);
        (_shares, Spacing, _offset, _endsClean) = (new double[betas.Count], spacing, offset, endsClean);
        var share = 1.0;
        for (var step = 0; step < betas.Count; step++)
            _shares[step] = share *= 1 - betas[step];
        if (!zeroAtEnd)
            return;
        var (first, last) = (Math.Sqrt(_shares[0]), Math.Sqrt(_shares[^1]));
        for (var step = 0; step < betas.Count; step++)
            _shares[step] = Math.Pow((Math.Sqrt(_shares[step]) - last) * first / (first - last), 2);
    }

    /// <summary>The schedule of SD 1.x and 2.x.</summary>
    public static NoiseSchedule StableDiffusion { get; } = new(1000, 0.00085, 0.012, scaledLinear: true, offset: 1, endsClean: false);

    /// <summary>Which time steps sampling visits.</summary>
    public TimeStepSpacing Spacing { get; }

    /// <summary>Time steps in all (num_train_timesteps).</summary>
    public int Steps => _shares.Length;

    /// <summary>
    /// alphas_cumprod: the share a_t of the latents' variance at a time step; before the first one what sampling is to end with.
    /// </summary>
    /// <param name="time">Below <see cref="Steps"/>; negative for the end of sampling.</param>
    public double SignalAt(int time) =>
        time >= 0 ? _shares[time]
        : _endsClean ? 1
        : _shares[0];

    /// <summary>The time steps that sampling visits, the noisiest first, evenly spaced, each once (Lin et al. 2024, table 2).</summary>
    /// <param name="count">How many, from 1 to <see cref="Steps"/>.</param>
    public IReadOnlyList<int> TimesFor(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Steps);
        var leading = Steps / count;
        var offset = Math.Min(_offset, Steps - 1 - (count - 1) * leading); // where all steps are visited there is no room for one
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    Spacing switch
                    {
                        TimeStepSpacing.Trailing => (int)Math.Round(Steps - i * ((double)Steps / count)) - 1,
                        TimeStepSpacing.Linspace => count == 1 ? 0 : (int)Math.Round((Steps - 1) * (count - 1.0 - i) / (count - 1)),
                        _ => (count - 1 - i) * leading + offset,
                    }
                ),
        ];
    }

    /// <summary>The forward process, q(x_t | x_0): latents with the noise of their time steps.</summary>
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

    /// <summary>Latents as they are read at a time step: with noise that follows from a seed, or none at step 1 and before.</summary>
    /// <param name="latents">[B, 4, h, w] x_0.</param>
    /// <param name="time">The time step of all of them.</param>
    /// <param name="seed">Noise is drawn on the CPU, so that it is the same on every device.</param>
    /// <returns>[B, 4, h, w]; the caller owns it.</returns>
    public Tensor AddNoise(Tensor latents, long time, ulong seed)
    {
        if (time <= 1)
            return latents.alias();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var noise = randn(latents.shape, generator: generator, device: CPU).to(latents.device);
        return AddNoise(latents, noise, tensor(new[] { time }, device: latents.device)).MoveToOuterDisposeScope();
    }

    /// <summary>What the UNet is to predict: noise (epsilon) or velocity (v_prediction).</summary>
    /// <param name="latents">[B, 4, h, w] x_0.</param>
    /// <param name="noise">[B, 4, h, w] the noise added.</param>
    /// <param name="times">[B] int64.</param>
    /// <param name="prediction">What the UNet's output means.</param>
    /// <returns>[B, 4, h, w]; the caller owns it.</returns>
    public Tensor Target(Tensor latents, Tensor noise, Tensor times, PredictionType prediction)
    {
        if (prediction == PredictionType.Epsilon)
            return noise.alias();
        using var scope = NewDisposeScope();
        var shares = SharesOf(times);
        return (shares.sqrt() * noise - shares.OneMinus().sqrt() * latents).MoveToOuterDisposeScope(); // Salimans and Ho 2022, Sec. 4
    }

    private Tensor SharesOf(Tensor times) => tensor(_shares, dtype: float32, device: times.device)[times].view(-1, 1, 1, 1);

    /// <summary>Betas that grow evenly from the first to the last.</summary>
    /// <param name="steps">Time steps, at least 2.</param>
    /// <param name="first">Beta of the first step.</param>
    /// <param name="last">Beta of the last step.</param>
    /// <param name="scaledLinear">Whether the roots of the betas grow linearly, as in Stable Diffusion, or the betas themselves.</param>
    public static double[] EvenBetas(int steps, double first, double last, bool scaledLinear) =>
        [
            .. Enumerable
                .Range(0, steps)
                .Select(step =>
                {
                    var along = (double)step / (steps - 1);
                    return scaledLinear
                        ? Math.Pow(Math.Sqrt(first) + along * (Math.Sqrt(last) - Math.Sqrt(first)), 2)
                        : first + along * (last - first);
                }),
        ];
}
