using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Groundling.Benchmarks;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// layers [THREADS [PART-OF-A-NAME [FIGURE.png]]]
if (args is ["layers", ..])
{
    LayerComparison.Run(
        args.Length > 1 ? int.Parse(args[1]) : Environment.ProcessorCount,
        args.Length > 2 ? args[2] : "",
        args.Length > 3 ? args[3] : null
    );
    return 0;
}

// In this process: the native libraries stay loaded, and nothing is built again.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(MaskBenchmarks).Assembly).Run(args, config);
return 0;
