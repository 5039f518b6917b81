using System.Diagnostics;

namespace Groundling.Tests.Devices;

/// <summary>Everything that a card will compute, on a device that is not the CPU.</summary>
public sealed class DeviceTests
{
    [Fact]
    public void Models_pipeline_sampling_training_and_pretraining_work_on_another_device_as_on_the_CPU()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the lazy device's entry has another name elsewhere");
        var (code, output) = RunParts();
        Assert.True(code == 0, output);
        Assert.DoesNotContain("Total: 0,", output);
    }

    /// <summary>The device stays in its process: others must not meet it.</summary>
    private static (int Code, string Output) RunParts()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noColor", "-explicit", "only", "-class", $"*.{nameof(DeviceParts)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(5)), "the tests on the other device do not end");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        return (process.ExitCode, output.Result + error.Result);
    }
}
