using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Groundling.Data.Benchmark;
using Groundling.Data.Editing;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Editing;

/// <summary>
/// The editor is killed at random moments, while strokes come in and while it starts. What it acknowledged is there afterwards, and of
/// what it did not acknowledge at most the one stroke that was under way.
/// </summary>
/// <remarks>
/// The long run: <c>-explicit only -class "*EditorKillTests" -showLiveOutput</c>, how many kills by <c>GROUNDLING_KILLS</c> (200), from
/// which seed by <c>GROUNDLING_SEED</c> (1).
/// </remarks>
public sealed class EditorKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Width = 320,
        Height = 240;
    private readonly TemporaryFolder _folder = new();
    private readonly int[] _kept = new int[Width * Height];
    private (int Segment, Box Box)? _underWay;
    private int _acknowledged;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Killed_a_few_times_it_loses_nothing() => KillAsync(3);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public Task Killed_many_times_it_loses_nothing() => KillAsync(Number("GROUNDLING_KILLS", 200));

    private async Task KillAsync(int kills)
    {
        Signal.SkipUnlessThere();
        _folder.Write("pictures/sea.png", TinyModel.Gradient(Width, Height).EncodePng());
        _folder.Write("pictures/sea.txt", "a boat on the sea");
        var data = _folder.File("data");
        NewBenchmark.Write(data, "val", [_folder.File("pictures/sea.png")]);
        var random = new Random(Number("GROUNDLING_SEED", 1));
        using (var session = EditSession.Open(data, "val"))
            foreach (var id in (int[])[1, 2, 3])
            {
                var box = new Box(id, 0, 1, 1); // a segment without pixels would not be in the files
                session["1"].Apply(new Edit.AddSegment("boat") { Id = id, Mask = RunLengthMask.FromBox(box, Width, Height) });
                Paint(_kept, id, box);
            }
        for (var kill = 1; kill <= kills; kill++)
        {
            using var editor = EditorProcess.Start(data);
            if (kill % 4 == 0) // also while it starts, which is when it saves what the last one left
            {
                await Task.Delay(random.Next(1_500));
                editor.Kill();
                continue;
            }
            await editor.ListensAsync();
            await IsWholeAsync(editor);
            using var stop = new CancellationTokenSource();
            var client = DrawAsync(editor, random, stop.Token);
            await Task.Delay(random.Next(30, 900));
            editor.Kill();
            await stop.CancelAsync();
            await client;
            if (kill % 20 == 0)
                output.WriteLine($"{kill} kills, {_acknowledged} strokes acknowledged, none lost");
        }
        Assert.True(_acknowledged > 0);
        using (var last = EditorProcess.Start(data))
        {
            await last.ListensAsync();
            await IsWholeAsync(last);
            await last.EndAsync();
        }
        var example = EditingData.Sound(data).Single();
        Assert.Equal(_kept, PanopticPng.Read(example.PanopticPath).Ids);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(data, "annotations"), ".*"));
        output.WriteLine($"{kills} kills, {_acknowledged} strokes acknowledged, none lost");
    }

    /// <summary>Strokes, one after the other, until the editor is gone.</summary>
    private async Task DrawAsync(EditorProcess editor, Random random, CancellationToken stop)
    {
        try
        {
            var version = (string)(await editor.BeginAsync("1"))["state"]!["version"]!;
            while (!stop.IsCancellationRequested)
            {
                var (segment, box) = (random.Next(4), new Box(random.Next(200), random.Next(150), random.Next(1, 100), random.Next(1, 80)));
                var edit = new Edit.Paint(segment, RunLengthMask.FromBox(box, Width, Height));
                _underWay = (segment, box);
                using var answer = await editor.EditAsync("1", version, Guid.NewGuid().ToString(), edit.ToJson());
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                version = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!["version"]!;
                Paint(_kept, segment, box);
                (_underWay, _acknowledged) = (null, _acknowledged + 1);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // The kill.
        }
    }

    /// <summary>The picture is as the strokes left it that were acknowledged, or with the one more that was under way.</summary>
    private async Task IsWholeAsync(EditorProcess editor)
    {
        var found = new int[Width * Height];
        var runs = (await editor.BeginAsync("1"))["state"]!["changes"]!.AsArray().Select(number => (int)number!).Chunk(3);
        foreach (var run in runs)
            found.AsSpan(run[0], run[1]).Fill(run[2]);
        if (!found.SequenceEqual(_kept) && _underWay is var (segment, box))
            Paint(_kept, segment, box);
        _underWay = null;
        Assert.Equal(_kept, found);
    }

    private static void Paint(int[] ids, int segment, Box box)
    {
        for (int y = box.Y; y < box.Y + box.Height; y++)
            ids.AsSpan(y * Width + box.X, box.Width).Fill(segment);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
