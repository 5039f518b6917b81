using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace Groundling.Tests.Torch;

/// <summary>The tests of the kernels once more, each time in a process that is denied wide vectors, as some processors have none.</summary>
public sealed partial class NarrowVectorTests
{
    private const string Widest = "GROUNDLING_WIDEST_VECTOR";

    private static readonly string[] Kernels = ["Layer", "ConvolutionGradient", "DeformableSampling", "Int8Arithmetic", "NarrowVector"];

    [Theory]
    [InlineData(256, "DOTNET_EnableAVX512")]
    [InlineData(128, "DOTNET_EnableHWIntrinsic")]
    public async Task Kernels_are_exact_with(int bits, string denied)
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "this processor's own vectors are narrow: the kernels' tests run with them");
        Assert.SkipWhen(IsDenied(out _), "runs in the process that has all vectors");
        var run = await Programs
            .Heard(Environment.ProcessPath!, ["-noColor", .. Kernels.SelectMany(name => (string[])["-class", $"*.{name}Tests"])])
            .With([new(denied, "0"), new(Widest, $"{bits}")])
            .ToEndAsync(TimeSpan.FromMinutes(5));
        var output = run.Output;
        Assert.True(run.Code == 0, output);
        var counts = Totals().Match(output);
        Assert.InRange(int.Parse(counts.Groups[1].Value, CultureInfo.InvariantCulture), 50, int.MaxValue);
    }

    [Fact]
    public void The_widest_vectors_are_those_that_are_left()
    {
        Assert.SkipUnless(IsDenied(out var bits), "of a process that is denied some");
        Assert.Equal(
            bits,
            Vector512.IsHardwareAccelerated ? 512
                : Vector256.IsHardwareAccelerated ? 256
                : 128
        );
    }

    private static bool IsDenied(out int bits) => int.TryParse(Environment.GetEnvironmentVariable(Widest), out bits);

    [GeneratedRegex(@"Total: (\d+)")]
    private static partial Regex Totals();
}
