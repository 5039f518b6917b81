namespace Groundling.Tests.Devices;

/// <summary>Everything that a card will compute, on a device that is not the CPU.</summary>
public sealed class DeviceTests
{
    [Fact]
    public void Models_pipeline_sampling_training_and_pretraining_work_on_another_device_as_on_the_CPU()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the lazy device's entry has another name elsewhere");
        var run = Programs // the device stays in its process: others must not meet it
            .Heard(Environment.ProcessPath!, ["-noColor", "-explicit", "only", "-class", $"*.{nameof(DeviceParts)}"])
            .ToEnd(TimeSpan.FromMinutes(5));
        var output = run.Output + run.Error;
        Assert.True(run.Code == 0, output);
        Assert.DoesNotContain("Total: 0,", output);
    }
}
