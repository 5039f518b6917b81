namespace Groundling.Diffusion;

/// <summary>What a model folder's <c>scheduler_config.json</c> says of noise and predictions.</summary>
/// <param name="Noise">How noise grows with time, and which time steps sampling visits.</param>
/// <param name="Prediction">What the UNet's output means.</param>
/// <remarks>
/// Sampling is DDIM's whatever sampler the folder names: a sampler is a choice of those who make pictures, not a property of the weights.
/// So the settings of other solvers are known and left aside, while all that says what the UNet has learnt is honoured or refused.
/// </remarks>
public sealed record ScheduleConfig(NoiseSchedule Noise, PredictionType Prediction)
{
    private const string OtherKind = "this is the schedule of another kind of model, which is not supported";

    /// <summary>
    /// Samplers of noise schedules like ours: their name, their default betas, whether they space their time steps evenly to both ends by
    /// default, whether they end clean by default.
    /// </summary>
    private static readonly Dictionary<string, (double First, double Last, TimeStepSpacing Spacing, bool EndsClean)> Samplers = new()
    {
        ["DDIMScheduler"] = (0.0001, 0.02, TimeStepSpacing.Leading, true),
        ["DDPMScheduler"] = (0.0001, 0.02, TimeStepSpacing.Leading, true),
        ["PNDMScheduler"] = (0.0001, 0.02, TimeStepSpacing.Leading, false),
        ["EulerDiscreteScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["EulerAncestralDiscreteScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["LMSDiscreteScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["DPMSolverMultistepScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["DPMSolverSinglestepScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["UniPCMultistepScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["DEISMultistepScheduler"] = (0.0001, 0.02, TimeStepSpacing.Linspace, true),
        ["HeunDiscreteScheduler"] = (0.00085, 0.012, TimeStepSpacing.Linspace, true),
        ["KDPM2DiscreteScheduler"] = (0.00085, 0.012, TimeStepSpacing.Linspace, true),
        ["KDPM2AncestralDiscreteScheduler"] = (0.00085, 0.012, TimeStepSpacing.Linspace, true),
        ["DPMSolverSDEScheduler"] = (0.00085, 0.012, TimeStepSpacing.Linspace, true),
    };

    /// <summary>
    /// Settings of solvers, and numbers of clipping and thresholding. Latents are not clipped, whatever <c>clip_sample</c> says: it is for
    /// pictures, and the reference's pipelines of Stable Diffusion turn it off.
    /// </summary>
    private static readonly string[] Harmless =
    [
        "clip_sample",
        "clip_sample_range",
        "sample_max_value",
        "dynamic_thresholding_ratio",
        "skip_prk_steps",
        "solver_order",
        "solver_type",
        "solver_p",
        "algorithm_type",
        "lower_order_final",
        "euler_at_final",
        "use_karras_sigmas",
        "use_exponential_sigmas",
        "use_beta_sigmas",
        "use_lu_lambdas",
        "lambda_min_clipped",
        "interpolation_type",
        "predict_x0",
        "disable_corrector",
        "sigma_min",
        "sigma_max",
        "flow_shift",
        "time_shift_type",
        "noise_sampler_seed",
    ];

    /// <summary>Stable Diffusion's, of folders that have none.</summary>
    public static ScheduleConfig StableDiffusion { get; } = new(NoiseSchedule.StableDiffusion, PredictionType.Epsilon);

    internal static ScheduleConfig Read(ForeignConfig json)
    {
        var name = json.Text("_class_name", "DDIMScheduler");
        json.Require(Samplers.ContainsKey(name), "_class_name", OtherKind);
        var usual = Samplers[name];
        json.RequireUnused(OtherKind, "thresholding", "use_flow_sigmas", "use_dynamic_shifting", "shift_terminal");
        json.Require(json.Text("timestep_type", "discrete") == "discrete", "timestep_type", OtherKind);
        json.Require(
            !json.Has("variance_type")
                || json.Text("variance_type") is "fixed_small" or "fixed_small_log" or "fixed_large" or "fixed_large_log",
            "variance_type",
            OtherKind
        );

        var prediction = json.Text("prediction_type", "epsilon") switch
        {
            "epsilon" => PredictionType.Epsilon,
            "v_prediction" => PredictionType.Velocity,
            _ => throw json.Fault("prediction_type", "epsilon or v_prediction is needed"),
        };
        var zeroAtEnd = json.Flag("rescale_betas_zero_snr", false);
        json.Require(
            !zeroAtEnd || prediction == PredictionType.Velocity,
            "rescale_betas_zero_snr",
            "v_prediction is needed as prediction_type: of pure noise, noise tells nothing"
        );
        var spacing = json.Has("timestep_spacing") ? Spacing(json) : usual.Spacing;
        var endsClean = json.Text("final_sigmas_type", "zero") switch
        {
            "zero" => json.Flag("set_alpha_to_one", usual.EndsClean),
            "sigma_min" => false,
            _ => throw json.Fault("final_sigmas_type", "zero or sigma_min is needed"),
        };
        var schedule = new NoiseSchedule(
            Betas(json, usual.First, usual.Last),
            zeroAtEnd,
            spacing,
            json.Count("steps_offset", 1000, fallback: 0, least: 0),
            endsClean
        );
        json.RefuseUnknownKeys(Harmless);
        return new(schedule, prediction);
    }

    private static double[] Betas(ForeignConfig json, double usualFirst, double usualLast)
    {
        var steps = json.Count("num_train_timesteps", 100_000, fallback: 1000, least: 2);
        var kind = json.Text("beta_schedule", "linear");
        json.Require(kind is "scaled_linear" or "linear", "beta_schedule", "scaled_linear or linear is needed");
        var (first, last) = (json.Number("beta_start", usualFirst), json.Number("beta_end", usualLast));
        json.Require(first is > 0 and < 1, "beta_start", "more than 0 and less than 1 is needed");
        json.Require(last > first && last < 1, "beta_end", "more than beta_start and less than 1 is needed");
        if (!json.Has("trained_betas"))
            return NoiseSchedule.EvenBetas(steps, first, last, kind == "scaled_linear");
        var trained = json.Numbers("trained_betas");
        json.Require(
            trained.Length == steps && trained.All(beta => beta is > 0 and < 1),
            "trained_betas",
            $"{steps} numbers between 0 and 1 are needed, as num_train_timesteps says"
        );
        return trained;
    }

    private static TimeStepSpacing Spacing(ForeignConfig json) =>
        json.Text("timestep_spacing") switch
        {
            "leading" => TimeStepSpacing.Leading,
            "trailing" => TimeStepSpacing.Trailing,
            "linspace" => TimeStepSpacing.Linspace,
            _ => throw json.Fault("timestep_spacing", "leading, trailing or linspace is needed"),
        };
}
