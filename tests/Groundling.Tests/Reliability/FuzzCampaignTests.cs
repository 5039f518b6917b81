using System.Diagnostics;
using System.Text;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Tests.Data;
using Groundling.Torch;

namespace Groundling.Tests.Reliability;

/// <summary>
/// Readers are given inputs that were changed at random: each is read, or refused with the documented exception, in less than two seconds.
/// The long ones: <c>-explicit only -class "*FuzzCampaignTests" -showLiveOutput</c>, for how many seconds each by <c>GROUNDLING_FUZZ_SECONDS</c> (60), with
/// how many cases at most by <c>GROUNDLING_FUZZ_CASES</c>, from which seed by <c>GROUNDLING_SEED</c> (1), one reader alone by
/// <c>GROUNDLING_FUZZ_READER</c>.
/// </summary>
public sealed class FuzzCampaignTests(ITestOutputHelper output) : IDisposable
{
    private const int FewCases = 400;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private readonly TemporaryFolder _folder = new();
    private long _number;

    public static TheoryData<string> ChosenReaders =>
        Environment.GetEnvironmentVariable("GROUNDLING_FUZZ_READER") is { Length: > 0 } one ? [one] : Readers;

    public static TheoryData<string> Readers => ["safetensors", "pictures", "run lengths", "records", "captions"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Readers))]
    public void Changed_inputs_are_read_or_refused(string reader) => Run(reader, (cases, _) => cases < FewCases);

    [Theory(Explicit = true)]
    [Trait("Category", "Long")]
    [MemberData(nameof(ChosenReaders))]
    public void Changed_inputs_are_read_or_refused_long(string reader) => Run(reader, Campaign.GoesOn);

    private void Run(string name, Func<long, TimeSpan, bool> goesOn)
    {
        var (corpus, read, isDocumented) = Of(name);
        long cases = 0,
            refused = 0;
        var slowest = TimeSpan.Zero;
        for (var clock = Stopwatch.StartNew(); goesOn(cases, clock.Elapsed); cases++)
        {
            var input = Mutation.Of(corpus, new Random(HashCode(Campaign.Seed, cases)));
            var (took, fault) = Timed(() => read(input));
            if (fault is not null && isDocumented(fault))
                refused++;
            else if (fault is not null)
                Assert.Fail($"{name}, seed {Campaign.Seed}, case {cases}, input {Kept(input)}: {fault}");
            if (took > Longest)
                Assert.Fail($"{name}, seed {Campaign.Seed}, case {cases}, input {Kept(input)}: took {took.TotalSeconds:F1} s");
            slowest = took > slowest ? took : slowest;
        }
        output.WriteLine(
            $"{name}: seed {Campaign.Seed}, {cases} cases, {refused} refused, the slowest took {slowest.TotalMilliseconds:F0} ms"
        );
        Assert.InRange(refused, 1, cases);
    }

    /// <summary>How long it takes a processor, so that nothing is slow for what runs beside; or the clock, where it waits.</summary>
    private static (TimeSpan Took, Exception? Fault) Timed(Action read)
    {
        var (begun, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var fault = Record.Exception(read);
        var (clock, processor) = (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - before);
        return (
            clock > 30 * Longest ? clock
            : processor < clock ? processor
            : clock,
            fault
        );
    }

    private (IReadOnlyList<byte[]> Corpus, Action<byte[]> Read, Func<Exception, bool> IsDocumented) Of(string name) =>
        name switch
        {
            "safetensors" => (Safetensors(), ReadSafetensors, e => e is WeightsException),
            "pictures" => (Pictures(), ReadPicture, e => e is InputException),
            "run lengths" => (RunLengths(), ReadRunLengths, e => e is InputException),
            "records" => (Records(), ReadRecords, e => e is InputException),
            "captions" => (Captions(), ReadCaption, e => e is InputException),
            _ => throw new ArgumentException(name),
        };

    private List<byte[]> Safetensors()
    {
        byte[] File(string header, int data) =>
            [.. BitConverter.GetBytes((long)header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[data]];
        return
        [
            File("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 24),
            File(
                """{"__metadata__":{"k":"v"},"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"I64","shape":[],"data_offsets":[4,12]}}""",
                12
            ),
            File(
                """{"x.y":{"dtype":"BOOL","shape":[0,5],"data_offsets":[0,0]},"é":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   """,
                1
            ),
        ];
    }

    /// <summary>A good header is read from a file, too, with its tensors; of the others only some are, as a file costs far more.</summary>
    private void ReadSafetensors(byte[] input)
    {
        var refusal = Record.Exception(() => SafetensorsHeader.Read("input", input.Length, (at, count) => input.AsSpan((int)at, count)));
        if (refusal is null || _number++ % 100 == 0)
        {
            var path = Written(input);
            var ofFile = Record.Exception(() =>
            {
                using var file = SafetensorsFile.Open(path);
                foreach (var name in file.Entries.Keys)
                    file.Read(name).Dispose();
            });
            Assert.Equal(refusal?.Message, ofFile?.Message.Replace(path, "input", StringComparison.Ordinal));
        }
        if (refusal is not null)
            throw refusal;
    }

    private static List<byte[]> Pictures()
    {
        var picture = TinyModel.Gradient(23, 17);
        using var bitmap = new SkiaSharp.SKBitmap(23, 17);
        bitmap.Erase(new SkiaSharp.SKColor(200, 80, 30, 128));
        return
        [
            picture.EncodePng(),
            File.ReadAllBytes(Fixture.Path("progressive.jpg")),
            File.ReadAllBytes(Fixture.Path("cmyk.jpg")),
            .. ((SkiaSharp.SKEncodedImageFormat[])[SkiaSharp.SKEncodedImageFormat.Webp, SkiaSharp.SKEncodedImageFormat.Png]).Select(
                format => bitmap.Encode(format, 80).ToArray()
            ),
            PngFile.Make(
                2,
                1,
                16,
                PngFile.Rgb,
                [
                    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
                ]
            ),
            [.. "GIF89a"u8, 3, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B],
            [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, .. new byte[24], 9, 8, 7, 0],
        ];
    }

    private static void ReadPicture(byte[] input)
    {
        const long most = 4_000_000; // what is larger is refused before it is decoded, and costs nothing here
        using var stop = new CancellationTokenSource(); // a token that can be cancelled: the service's way
        Picture? read = null;
        var refusal = Record.Exception(() => read = Picture.Decode(input, "the picture", most, stop.Token));
        Picture? plainly = null;
        var plain = Record.Exception(() => plainly = Picture.Decode(input, "the picture", most));
        Assert.True((plainly?.Rgb).AsSpan().SequenceEqual(read?.Rgb), "read in two ways, a picture differs");
        Assert.Equal((plain as InputException)?.Message, (refusal as InputException)?.Message);
        if (refusal is not null)
            throw refusal;
    }

    private static List<byte[]> RunLengths() =>
        [
            .. ((Box[])[new(3, 4, 100, 200), new(0, 0, 512, 512), new(500, 500, 12, 12)]).Select(box =>
                Encoding.ASCII.GetBytes(RunLengthMask.FromBox(box, 512, 512).ToCompressed())
            ),
            Encoding.ASCII.GetBytes(RunLengthMask.Empty(512, 512).ToCompressed()),
        ];

    private static void ReadRunLengths(byte[] input)
    {
        var mask = RunLengthMask.Parse(Encoding.Latin1.GetString(input), 512, 512);
        Assert.Equal(512 * 512, mask.Counts.ToArray().Sum(count => (long)count));
        Assert.Equal(mask.Counts.ToArray(), RunLengthMask.Parse(mask.ToCompressed(), 512, 512).Counts.ToArray());
    }

    private List<byte[]> Records()
    {
        var data = Evaluation.EvaluationData.ByHand(_folder);
        return [.. Directory.GetFiles(Path.Combine(data, "annotations"), "*.json").Order().Select(File.ReadAllBytes)];
    }

    private void ReadRecords(byte[] input)
    {
        var path = Written(input);
        var first = Record.Exception(() => NarrativeReader.Read(path).ToList().ForEach(narrative => _ = narrative.ToCaption()));
        if (first is not (null or InputException))
            throw first;
        _ = PanopticAnnotations.Read(path);
    }

    private static List<byte[]> Captions() =>
        [
            .. (
                (string[])
                    [
                        "[a man] rides [a [grey] horse]",
                        "two dogs near a red car, and a \"no parking\" sign in front of Mrs. Jones' merry-go-round",
                        "a twenty-one-foot-long boat; the sky is very clear \\[x\\]",
                        "Ünïcode 漢字 😀 e\u0301 [ﬁre] İstanbul",
                    ]
            ).Select(Encoding.UTF8.GetBytes),
        ];

    private static void ReadCaption(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        _ = NounPhraseChunker.English.HeadOf(text + "x");
        var caption = Caption.Parse(text);
        foreach (var phrase in caption.Phrases)
            Assert.Equal(phrase.Text, caption.Text.Substring(phrase.Start, phrase.Length));
        _ = caption.Mirrored();
        _ = Caption.FromPhrases(caption.Text, text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries));
    }

    private string Written(byte[] input)
    {
        var path = _folder.File("input");
        File.WriteAllBytes(path, input);
        return path;
    }

    /// <summary>Where a failing input stays.</summary>
    private static string Kept(byte[] input)
    {
        var path = Path.Combine(Path.GetTempPath(), $"groundling-input-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, input);
        return $"{path} ({Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 300)))})";
    }

    /// <summary>The same on every machine and in every run, as .NET's own is not.</summary>
    private static int HashCode(int seed, long number) =>
        unchecked((int)(((ulong)seed << 40) ^ ((ulong)number * 0x9E3779B97F4A7C15)) ^ (int)number);
}
