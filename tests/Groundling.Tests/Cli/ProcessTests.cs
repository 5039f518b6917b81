using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Groundling.Data.NounPhrases;
using Groundling.Scenes;
using Groundling.Tests.Data;

namespace Groundling.Tests.Cli;

/// <summary>The command as a process of its own: exit codes, streams, Ctrl-C.</summary>
public sealed partial class ProcessTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Results_go_to_one_stream_and_the_rest_to_the_other()
    {
        var picture = _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
        var run = await Run(
            "ground",
            picture,
            "-c",
            "[שני כלבים] 🐶",
            "-m",
            tiny.Path,
            "-o",
            _folder.File("out"),
            "--size",
            "64",
            "--json"
        );
        run.Works();
        Assert.Contains("שני כלבים", run.Output);
        var said = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(said, line => !line.StartsWith("Error in cpuinfo")); // libtorch's, under Wine
    }

    [Fact]
    public async Task Faults_are_one_line_and_exit_code_2() =>
        (await Run("ground", _folder.Write("a.png", "no picture"), "-c", "[a]", "-m", tiny.Path)).RefusesInOneLine(
            "a.png is not a picture"
        );

    [Fact]
    public async Task A_stop_signal_leaves_whole_files_only()
    {
        Signal.SkipUnlessThere();
        Directory.CreateDirectory(_folder.File("in"));
        for (var i = 0; i < 200; i++)
            _folder.Write($"in/{i:000}.png", TinyModel.Gradient(300, 200).EncodePng());
        var run = await Run(
            ["ground", _folder.File("in"), "-c", "[a] and [b]", "-m", tiny.Path, "-o", _folder.File("out"), "--size", "64"],
            () => Directory.Exists(_folder.File("out")) && Directory.GetDirectories(_folder.File("out")).Length >= 3
        );
        Assert.Equal(130, run.Code);
        Assert.Contains("stopped", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        var made = Directory.GetDirectories(_folder.File("out"));
        Assert.Equal(["journal.jsonl"], Directory.GetFiles(_folder.File("out")).Select(Path.GetFileName));
        Assert.InRange(made.Length, 3, 199);
        Assert.All(
            made,
            folder =>
                Assert.Equal(
                    ["overlay.png", "panoptic.json", "panoptic.png", "phrases.json"],
                    Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order()
                )
        );
    }

    [Fact]
    public async Task A_stop_signal_leaves_no_part_of_a_model()
    {
        Signal.SkipUnlessThere();
        var run = await Run(
            ["new-model", "--preset", "sd15", "--out", _folder.File("m")],
            () => Directory.GetFileSystemEntries(_folder.Path).Length > 0
        );
        Assert.Equal(130, run.Code);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_stop_signal_leaves_an_evaluation_to_go_on_with()
    {
        Signal.SkipUnlessThere();
        SceneWriter.Write(_folder.File("data"), SceneSplit.Val, 24, seed: 5, size: 128, degreeOfParallelism: 1);
        var journal = _folder.File("out/journal.jsonl");
        string[] line = ["evaluate", _folder.File("data"), "-m", tiny.Path, "-o", _folder.File("out"), "--size", "128", "--quiet"];
        var run = await Run(line, () => File.Exists(journal) && File.ReadAllLines(journal).Length >= 4);
        Assert.Equal(130, run.Code);
        Assert.Equal("stopped", run.Error.Trim());
        Assert.Equal(["journal.jsonl", "run.json"], Directory.GetFileSystemEntries(_folder.File("out")).Select(Path.GetFileName).Order());
        Assert.InRange(File.ReadAllLines(journal).Length, 4, 24);
        Assert.EndsWith("\n", File.ReadAllText(journal));
        (await Run([.. line, "--resume"])).Works();
        Assert.Equal(25, File.ReadAllLines(journal).Length);
        Assert.True(File.Exists(_folder.File("out/report.html")));
    }

    [Theory]
    [InlineData("2000")]
    [InlineData("30000000000", "OMP_WAIT_POLICY", "ACTIVE")]
    [InlineData("7", "GOMP_SPINCOUNT", "7")]
    public async Task Threads_wait_awake_for_a_moment_only_unless_the_user_chose(string turns, params string[] chosen)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libgomp is Linux's");
        var environment = new Dictionary<string, string?>
        {
            ["OMP_DISPLAY_ENV"] = "VERBOSE",
            ["OMP_WAIT_POLICY"] = null,
            ["GOMP_SPINCOUNT"] = null,
        };
        if (chosen is [var name, var value])
            environment[name] = value;
        var run = await Run(["inspect", tiny.Path], null, environment);
        Assert.Contains($"GOMP_SPINCOUNT = '{turns}'", run.Works().Error);
    }

    /// <summary>Unix reads an encoding from LC_ALL, Windows from its code page: the streams are UTF-8 all the same.</summary>
    [Theory]
    [InlineData("--json")]
    [InlineData(null)]
    public async Task Standard_streams_are_utf_8_in_every_language(string? json)
    {
        const string caption = "[a woman] in [a café] under “[żółte] 雲”";
        var environment = new Dictionary<string, string?> { ["LC_ALL"] = "en_US.ISO-8859-1" };
        string[] line = json is null ? ["phrases", "--file", "-"] : ["phrases", "--file", "-", json];
        var bytes = await BytesOf(line, environment, Encoding.UTF8.GetBytes("A woman in a café.\n"));
        Assert.Contains("a café", new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Output));
        bytes = await BytesOf(["ground", "none", "--caption", caption, "--model", tiny.Path, "--head", "é—雲"], environment, []);
        Assert.Contains("é—雲", new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Error));
        Assert.NotEqual(0xEF, bytes.Error[0]); // no mark at its beginning
    }

    [Fact]
    public async Task A_picture_comes_through_the_standard_input()
    {
        var bytes = await BytesOf(
            ["ground", "-", "-c", "[a dog]", "-m", tiny.Path, "-o", _folder.File("out"), "--size", "64", "--json"],
            [],
            TinyModel.Gradient(48, 32).EncodePng()
        );
        Assert.Contains("\"image\": \"standard-input\"", Encoding.UTF8.GetString(bytes.Output));
        Assert.True(File.Exists(_folder.File("out/overlay.png")));
    }

    [Fact]
    public async Task A_missing_libtorch_is_one_line_in_every_command()
    {
        var program = Directory.CreateDirectory(_folder.File("program")).FullName;
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            var name = Path.GetFileName(file);
            if (NativeTorch().IsMatch(name))
                continue;
            if (name.StartsWith("Groundling.Cli", StringComparison.Ordinal) || !OperatingSystem.IsLinux())
                File.Copy(file, Path.Combine(program, name));
            else
                File.CreateSymbolicLink(Path.Combine(program, name), file);
        }
        var picture = _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
        foreach (
            var line in new string[][]
            {
                ["ground", picture, "-c", "[a]", "-m", tiny.Path, "-o", _folder.File("out")],
                ["ground", picture, "-c", "[a]", "-m", tiny.Path, "-o", _folder.File("out"), "--threads", "1"],
                ["bench", "-m", tiny.Path],
                ["new-model", "--preset", "tiny", "--out", _folder.File("m")],
                ["sample", "a dog", "-m", tiny.Path, "-o", _folder.File("s.png")],
            }
        )
        {
            var run = await Run(line, null, program: Path.Combine(program, Path.GetFileName(GroundlingProgram.Place)));
            run.RefusesInOneLine("dotnet add package libtorch-cpu-");
            Assert.Empty(run.Output);
        }
    }

    /// <summary>libtorch's own libraries, on every system, and not TorchSharp's.</summary>
    [GeneratedRegex("^(lib)?(torch|c10)[._]")]
    private static partial Regex NativeTorch();

    private static Task<CommandRun> Run(params string[] arguments) => Run(arguments, null);

    private static async Task<(byte[] Output, byte[] Error)> BytesOf(
        string[] arguments,
        Dictionary<string, string?> environment,
        byte[] input
    )
    {
        var start = new ProcessStartInfo(GroundlingProgram.Place, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using MemoryStream output = new(),
            error = new();
        var read = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(output), process.StandardError.BaseStream.CopyToAsync(error));
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        await read;
        return (output.ToArray(), error.ToArray());
    }

    /// <param name="arguments">The command line.</param>
    /// <param name="interruptWhen">Ctrl-C is sent as soon as this holds.</param>
    /// <param name="environment">What the process finds otherly than this one; null takes a variable away.</param>
    /// <param name="program">The program, if not the one beside these tests.</param>
    private static Task<CommandRun> Run(
        string[] arguments,
        Func<bool>? interruptWhen,
        IEnumerable<KeyValuePair<string, string?>>? environment = null,
        string? program = null
    ) =>
        Programs
            .Heard(program ?? GroundlingProgram.Place, arguments, Path.GetDirectoryName(program) ?? "") // Windows looks for libraries there, too
            .With(environment ?? [])
            .ToEndAsync(TimeSpan.FromSeconds(60), Programs.Once(interruptWhen, process => Signal.TerminateProcess(process.Id)));
}
