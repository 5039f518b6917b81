using System.Text;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>
/// What an evaluation has done so far, one line of JSON a narrative behind a line of settings. Each line is flushed as a whole; a last
/// line that an interruption cut is dropped when the journal is opened again.
/// </summary>
public sealed class EvaluationJournal : IDisposable
{
    private readonly FileStream _file;
    private readonly FolderLock _lock;

    private EvaluationJournal(string path, FileStream file, FolderLock held, IReadOnlyList<NarrativeResult> done) =>
        (_file, _lock, Done) = (file, held, done);

    /// <summary>The file's name in an evaluation's folder.</summary>
    public const string FileName = "journal.jsonl";

    /// <summary>How a result is written.</summary>
    public static JsonSerializerOptions Style => EvaluationJson.OneLine;

    /// <summary>What an earlier run left, without masks.</summary>
    public IReadOnlyList<NarrativeResult> Done { get; }

    /// <summary>Begins a journal, or goes on with one.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <param name="settings">What the results depend on.</param>
    /// <param name="resume">Whether to go on with an existing file; without one a new one is begun.</param>
    /// <exception cref="InputException">
    /// There is a journal and it is not to be resumed, it has other settings, or it is damaged; or another evaluation is writing it.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static EvaluationJournal Open(string path, EvaluationSettings settings, bool resume)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var held =
            FolderLock.TryHold(folder)
            ?? throw new InputException(
                $"{folder} is in use: another evaluation is writing {Path.GetFileName(path)}; wait for it to end, or name another folder"
            ).About("out");
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            if (file.Length > 0 && !resume)
                throw new InputException(
                    $"{path} holds the results of an earlier run; go on with it, or name another folder for this one's"
                ).About("resume", "out");
            var done = new List<NarrativeResult>();
            var lineOf = new Dictionary<int, int>();
            long whole = 0;
            foreach (var (number, line, end) in Lines(file))
            {
                if (number == 1)
                    settings.RequireSame(line, path);
                else
                {
                    var result = Parse(line, path, number).WithoutMasks();
                    if (!lineOf.TryAdd(result.Narrative, number))
                        throw new InputException(
                            $"{path}: lines {lineOf[result.Narrative]} and {number} are both of narrative {result.Narrative}; delete one of them, or name another folder"
                        ).About("out");
                    done.Add(result);
                }
                whole = end;
            }
            file.SetLength(whole);
            file.Position = whole;
            var journal = new EvaluationJournal(path, file, held, done);
            if (whole == 0)
                journal.AppendLine(settings.ToJson() + "\n");
            return journal;
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether a file of a journal's name is that of pictures that were grounded, which begins with a command line's options.
    /// </summary>
    public static bool IsOfPictures(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Lines(file).FirstOrDefault().Line?.StartsWith("{\"--", StringComparison.Ordinal) == true;
    }

    /// <summary>The settings that a journal begins with.</summary>
    /// <exception cref="InputException">The file does not begin with the settings of an evaluation.</exception>
    public static EvaluationSettings ReadSettings(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        try
        {
            if (Lines(file).FirstOrDefault().Line is { } first)
                return JsonSerializer.Deserialize<EvaluationSettings>(first, EvaluationJson.OneLine) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new InputException($"{path} does not begin with the settings of an evaluation; name another folder", e);
        }
        throw new InputException($"{path} is empty; name another folder");
    }

    /// <summary>Writes a whole journal; it appears whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, EvaluationSettings settings, IEnumerable<NarrativeResult> results)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(Encoding.UTF8.GetBytes(settings.ToJson() + "\n"));
                foreach (var result in results)
                    stream.Write(Encoding.UTF8.GetBytes(Line(result)));
            }
        );
    }

    /// <summary>The results of a journal, masks included, one at a time.</summary>
    /// <exception cref="InputException">A line is damaged.</exception>
    public static IEnumerable<NarrativeResult> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        foreach (var (number, line, _) in Lines(file))
            if (number > 1)
                yield return Parse(line, path, number);
    }

    /// <summary>Where the line of each narrative begins, for <see cref="ReadAt"/>, with its result without masks.</summary>
    /// <exception cref="InputException">A line is damaged.</exception>
    public static IEnumerable<(NarrativeResult Result, long Offset)> ReadPlaces(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        long begin = 0;
        foreach (var (number, line, end) in Lines(file))
        {
            if (number > 1)
                yield return (Parse(line, path, number).WithoutMasks(), begin);
            begin = end;
        }
    }

    /// <summary>One result, masks included.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where its line begins.</param>
    /// <returns>Null where there is none: the file was changed.</returns>
    public static NarrativeResult? ReadAt(string path, long offset)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = offset;
        using var text = new StreamReader(file, Encoding.UTF8);
        return TryParse(text.ReadLine() ?? "");
    }

    /// <summary>Adds a result; when this returns, the operating system has it.</summary>
    public void Append(NarrativeResult result) => AppendLine(Line(result));

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static string Line(NarrativeResult result) => JsonSerializer.Serialize(result, EvaluationJson.OneLine) + "\n";

    private void AppendLine(string line)
    {
        _file.Write(Encoding.UTF8.GetBytes(line));
        _file.Flush();
    }

    /// <summary>The lines that end in a line feed, each with the offset behind it.</summary>
    private static IEnumerable<(int Number, string Line, long End)> Lines(FileStream file)
    {
        file.Position = 0;
        var buffer = new byte[1 << 16];
        using var line = new MemoryStream();
        long end = 0;
        int number = 0;
        for (int read; (read = file.Read(buffer)) > 0; )
        for (int at = 0; at < read; )
        {
            int feed = buffer.AsSpan(at, read - at).IndexOf((byte)'\n');
            int length = feed < 0 ? read - at : feed;
            line.Write(buffer, at, length);
            at += length + 1;
            if (feed < 0)
                continue;
            end += line.Length + 1;
            yield return (++number, Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length), end);
            line.SetLength(0);
        }
    }

    private static NarrativeResult Parse(string line, string path, int number) =>
        TryParse(line)
        ?? throw new InputException(
            $"{path}, line {number}, is not a result of an evaluation; delete that line to have it done again, or name another folder"
        ).About("out");

    private static NarrativeResult? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<NarrativeResult>(line, EvaluationJson.OneLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
