using System.Globalization;
using System.Text;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>
/// Anybody's masks for the benchmark, a line each: {"image_id": "142238", "narrative": 0, "phrase": 3, "segmentation": {"size": [h, w],
/// "counts": "..."}}. "narrative" counts the file's records from 0, "phrase" the record's phrases with ground truth from 0.
/// </summary>
public sealed class PredictionFile
{
    private readonly Dictionary<(int Narrative, int Phrase), Prediction> _masks = [];
    private readonly List<string> _faults = [];

    private PredictionFile(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong, a line of the file each; the file is to be used only when there is nothing.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>How many masks the file holds.</summary>
    public int Count => _masks.Count;

    /// <summary>Reads a file and holds it against the benchmark's narratives.</summary>
    /// <exception cref="InputException">The file does not exist.</exception>
    public static PredictionFile Read(string path, PngBenchmark benchmark)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        if (!File.Exists(path))
            throw new InputException($"{path} does not exist; give a file of predictions, a line of JSON each");
        var records = NarrativeReader
            .ReadAll(benchmark.NarrativesPath)
            .Select(n => (n?.ImageId, n?.Segments.Count(s => s.IsGrounded) ?? 0))
            .ToList();
        var file = new PredictionFile(path);
        int number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                file.Add(line, number, records);
            }
            catch (Exception e)
                when (e
                        is InputException
                            or JsonException
                            or InvalidOperationException
                            or FormatException
                            or OverflowException
                            or KeyNotFoundException
                )
            {
                file.Fault(
                    number,
                    e is InputException ? e.Message
                        : e is JsonException ? "not a line of JSON"
                        : "not a prediction: \"image_id\", \"narrative\", \"phrase\" and \"segmentation\" with \"size\" [h, w] and \"counts\" are needed"
                );
            }
        }
        return file;
    }

    /// <summary>The predicted masks of a narrative's phrases at the judged size; null where the file has none.</summary>
    /// <remarks>
    /// A mask has the picture's own size or, with the ppmn protocol, that protocol's. Any other is noted in <see cref="Faults"/>.
    /// </remarks>
    public IReadOnlyList<RunLengthMask?> MasksOf(EvaluationCase given, Letterbox letterbox, ResolutionProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(letterbox);
        ArgumentNullException.ThrowIfNull(protocol);
        var (width, height) = protocol.JudgedSize(letterbox);
        var own = (letterbox.SourceWidth, letterbox.SourceHeight);
        var masks = new List<RunLengthMask?>();
        foreach (int number in given.Numbers)
        {
            var found = _masks.GetValueOrDefault((given.Example.Index, number));
            if (found is not null && (found.Width, found.Height) != (width, height) && (found.Width, found.Height) != own)
            {
                Fault(
                    found.Line,
                    $"a mask of size [{found.Height}, {found.Width}], but the picture's is [{own.SourceHeight}, {own.SourceWidth}]"
                        + (
                            own == (width, height)
                                ? ""
                                : $" and the protocol's at size {Math.Max(letterbox.ContentWidth, letterbox.ContentHeight)} is [{height}, {width}]"
                        )
                );
                found = null;
            }
            masks.Add(
                found is null ? null
                : (found.Width, found.Height) == (width, height) ? found.ToMask()
                : protocol.Resized(found.ToMask(), letterbox)
            );
        }
        return masks;
    }

    /// <summary>Writes the masks of results as a file of predictions; it appears whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<NarrativeResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        AtomicFile.Write(
            path,
            stream =>
            {
                using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
                foreach (var result in results.OrderBy(r => r.Narrative))
                foreach (var phrase in result.Phrases)
                    if (phrase.Counts is { } counts && !phrase.Missing)
                        text.WriteLine(
                            $"{{\"image_id\": {JsonSerializer.Serialize(result.ImageId)}, \"narrative\": {result.Narrative}, \"phrase\": {phrase.Phrase}, "
                                + $"\"segmentation\": {{\"size\": [{result.Height}, {result.Width}], \"counts\": {JsonSerializer.Serialize(counts, EvaluationJson.OneLine)}}}}}"
                        );
            }
        );
    }

    private void Add(string line, int number, List<(string? ImageId, int Grounded)> records)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        int narrative = root.GetProperty("narrative").GetInt32(),
            phrase = root.GetProperty("phrase").GetInt32();
        var id = root.GetProperty("image_id");
        var image =
            id.ValueKind == JsonValueKind.Number
                ? id.GetInt64()
                : long.Parse(id.GetString() ?? "", NumberStyles.None, CultureInfo.InvariantCulture);
        var segmentation = root.GetProperty("segmentation");
        if (segmentation.ValueKind == JsonValueKind.Array)
            throw new InputException("\"segmentation\" is a list of polygons; a mask is needed, as {\"size\": [h, w], \"counts\": ...}");
        var size = segmentation.GetProperty("size");
        if (size.GetArrayLength() != 2)
            throw new FormatException();
        int height = size[0].GetInt32(),
            width = size[1].GetInt32();
        if (height < 1 || width < 1 || (long)height * width > Picture.MaxPixels)
            throw new InputException($"a mask of size [{height}, {width}]; give rows and columns of the picture");
        var counts = segmentation.GetProperty("counts") is { ValueKind: JsonValueKind.Array } list
            ? RunLengthMask.FromCounts([.. list.EnumerateArray().Select(run => run.GetUInt32())], width, height).ToCompressed()
            : segmentation.GetProperty("counts").GetString() ?? throw new FormatException();

        if (narrative < 0 || narrative >= records.Count)
            throw new InputException($"there is no narrative {narrative}: the file holds {records.Count}, numbered from 0");
        var (imageId, grounded) = records[narrative];
        if (imageId is null)
            throw new InputException($"narrative {narrative} lacks a field in the benchmark's own file and is not judged; leave it out");
        if (imageId != image.ToString(CultureInfo.InvariantCulture))
            throw new InputException($"narrative {narrative} is of image {imageId}, not {image}");
        if (phrase < 0 || phrase >= grounded)
            throw new InputException(
                $"there is no phrase {phrase}: narrative {narrative} has {grounded} with ground truth, numbered from 0"
            );
        var prediction = new Prediction(number, width, height, counts);
        prediction.ToMask();
        if (!_masks.TryAdd((narrative, phrase), prediction))
            throw new InputException(
                $"narrative {narrative}, phrase {phrase} already has a mask in line {_masks[(narrative, phrase)].Line}"
            );
    }

    private void Fault(int line, string what) => _faults.Add(PlainText.InOneLine($"{Path}, line {line}: {what.TrimEnd('.')}"));
}
