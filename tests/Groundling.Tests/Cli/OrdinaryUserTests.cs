using System.Runtime.Versioning;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Tests.Training;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Tests.Cli;

/// <summary>
/// Model, pictures, data and configs that their user may read and not write: installed by root, on a read-only mount, in a colleague's
/// folder; and no home. Root may write every file, so these tests need an ordinary user: <c>.ci/run</c> has one.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class OrdinaryUserTests(TinyModel tiny) : IDisposable
{
    private const UnixFileMode Writing = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        if (Directory.Exists(Shared))
            SetModes(mode => mode | UnixFileMode.UserWrite);
        _folder.Dispose();
    }

    private string Shared => _folder.File("shared");

    private string Own => _folder.File("own");

    [Fact]
    public void Weights_are_trained_in_memory()
    {
        var path = Path.Combine(Prepare(), "w.safetensors");
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(path, [("weight", ones(64, 64)), ("bias", zeros(64))]);
        var before = Forbid();
        using var layer = new LinearLayer(64, 64);
        using (var source = WeightSource.Open(path))
            layer.LoadExactly(source);
        using (no_grad())
            foreach (var parameter in layer.parameters())
                parameter.fill_(3);
        Assert.Equal((3 * 64) + 3, layer.forward(ones(1, 64))[0, 0].item<float>());
        Assert.Equal(before, State());
    }

    [Theory]
    [InlineData("inspect", "SHARED/model")]
    [InlineData("ground", "SHARED/a.png", "-c", "[a boat] and [the sky]", "-m", "SHARED/model", "-o", "OWN/masks", "--size", "64")]
    [InlineData("ground", "SHARED/a.png", "-c", "[a boat] and [the sky]", "-o", "OWN/masks")]
    [InlineData("features", "SHARED/a.png", "-c", "[a boat]", "-m", "SHARED/model", "-o", "OWN/f.safetensors", "--size", "64")]
    [InlineData("evaluate", "SHARED/data", "-m", "SHARED/model", "-o", "OWN/figures", "--size", "64")]
    [InlineData("evaluate", "SHARED/data", "--baseline", "oracle", "-o", "OWN/figures", "--size", "64")]
    [InlineData("data", "check", "SHARED/data")]
    [InlineData("sample", "a boat", "-m", "SHARED/model", "-o", "OWN/a.png", "--steps", "1", "--size", "64")]
    [InlineData("train", "SHARED/config.json", "-d", "SHARED/data", "-m", "SHARED/model", "-o", "OWN/run")]
    [InlineData("export", "SHARED/trained", "-m", "SHARED/model", "-o", "OWN/exported")]
    [InlineData("new-model", "--tokenizer", "SHARED/model/tokenizer", "-o", "OWN/made")]
    public async Task Commands_write_nothing_where_they_only_read(params string[] arguments)
    {
        Prepare();
        tiny.CopyTo(Path.Combine(Shared, "model"));
        using (var model = TinyGrounding.Build(tiny))
            GroundingFolder.Save(Path.Combine(Shared, "trained"), model);
        Directory.Move(SmallTraining.Data(_folder), Path.Combine(Shared, "data"));
        File.WriteAllBytes(Path.Combine(Shared, "a.png"), TinyModel.Gradient(96, 64).EncodePng());
        var config = SmallTraining.Config with { Train = SmallTraining.Config.Train with { Cache = "cache", Threads = 1 } };
        File.WriteAllText(Path.Combine(Shared, "config.json"), config.ToJson());
        var before = Forbid();

        var run = await Run([.. arguments.Select(text => text.Replace("SHARED", Shared).Replace("OWN", Own))]);

        run.Works();
        Assert.Equal(arguments[0] == "train", run.Error.Contains($"the cache {Path.Combine(Shared, "cache")} cannot be written"));
        Assert.Equal(before, State());
        foreach (var file in Directory.EnumerateFiles(Own, "*", SearchOption.AllDirectories))
            Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserWrite), file);
    }

    private string Prepare()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs an ordinary user of Unix");
        Directory.CreateDirectory(Own);
        return Directory.CreateDirectory(Shared).FullName;
    }

    /// <summary>Takes all rights to write away.</summary>
    /// <returns>What is there.</returns>
    private IReadOnlyList<(string, long, DateTime)> Forbid()
    {
        SetModes(mode => mode & ~Writing);
        Assert.Throws<UnauthorizedAccessException>(() => File.WriteAllText(Path.Combine(Shared, "new"), ""));
        return State();
    }

    private void SetModes(Func<UnixFileMode, UnixFileMode> change)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(Shared, "*", SearchOption.AllDirectories).Prepend(Shared).ToList())
            File.SetUnixFileMode(path, change(File.GetUnixFileMode(path)));
    }

    private IReadOnlyList<(string, long, DateTime)> State() =>
        [
            .. new DirectoryInfo(Shared)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => (file.FullName, file.Length, file.LastWriteTimeUtc))
                .Order(),
        ];

    /// <summary>A process with no home and nowhere to put temporary files, in a folder that it may not write.</summary>
    private Task<CommandRun> Run(string[] arguments) =>
        Programs
            .Heard(GroundlingProgram.Place, arguments, Shared)
            .With([new("HOME", null), new("TMPDIR", "/nonexistent")])
            .ToEndAsync(TimeSpan.FromSeconds(120));
}
