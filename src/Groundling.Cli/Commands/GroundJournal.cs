using System.Text;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Cli.Commands;

/// <summary>
/// What <c>ground</c> has done of many pictures: journal.jsonl, a line of settings and then a line a picture, each flushed as a whole, to
/// go on with after an interruption; and summary.json at the end.
/// </summary>
internal sealed class GroundJournal : IDisposable
{
    private const string Name = "journal.jsonl";
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly Dictionary<string, GroundEntry> _entries = [];
    private FileStream? _file;

    private GroundJournal(string folder, IReadOnlyDictionary<string, string?> settings) => (_folder, _settings) = (folder, settings);

    /// <summary>Begins a journal, or goes on with one; nothing is on the disk before the first picture.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="settings">What the masks depend on, by the options' names.</param>
    /// <param name="resume">Whether what is done stays done; else an earlier journal gives way.</param>
    /// <exception cref="InputException">The earlier run had other settings, or its journal is damaged or cannot be read.</exception>
    public static GroundJournal Open(string folder, IReadOnlyDictionary<string, string?> settings, bool resume)
    {
        var journal = new GroundJournal(folder, settings);
        var path = Path.Combine(folder, Name);
        if (!resume || !File.Exists(path))
            return journal;
        var lines = PlainText.Read(path).Split('\n');
        for (var i = 0; i < lines.Length - 1; i++) // behind the last line end there is nothing, or what an interruption cut
            journal.Take(lines[i], i + 1, path);
        return journal;
    }

    /// <summary>The places of the pictures that need no work, in the list's order.</summary>
    public IEnumerable<int> Done(IReadOnlyList<PicturePlace> places) =>
        places
            .Index()
            .Where(item => _entries.TryGetValue(Path.GetFileName(item.Item.Folder), out var entry) && entry.IsStill(item.Item))
            .Select(item => item.Index);

    /// <summary>Adds a picture; when this returns, the operating system has it.</summary>
    /// <exception cref="IOException">The file cannot be written, or another run is writing it.</exception>
    public void Add(GroundEntry entry)
    {
        _entries[entry.Folder] = entry;
        if (_file is null && entry.Fault is not null)
            return; // nothing is written of pictures that are none; it comes with the first that is one
        if (_file is null)
        {
            OutputPlace.Make(_folder);
            _file = new(Path.Combine(_folder, Name), FileMode.Create, FileAccess.Write, FileShare.Read);
            Write(_settings);
            foreach (var each in _entries.Values)
                Write(each);
            return;
        }
        Write(entry);
    }

    /// <summary>Writes summary.json: the settings, the sums, and every picture in the list's order.</summary>
    /// <returns>The file.</returns>
    public string Summarise(IReadOnlyList<PicturePlace> places)
    {
        var entries = places.Select(place => _entries.GetValueOrDefault(Path.GetFileName(place.Folder))).OfType<GroundEntry>().ToList();
        var summary = new
        {
            Settings = _settings,
            Pictures = entries.Count,
            Grounded = entries.Count(entry => entry.Fault is null),
            Phrases = entries.Sum(entry => entry.Phrases),
            Found = entries.Sum(entry => entry.Found),
            Results = entries,
        };
        var path = Path.Combine(_folder, "summary.json");
        AtomicFile.Write(path, file => JsonSerializer.Serialize(file, summary, JsonStyle.Indented));
        return path;
    }

    public void Dispose() => _file?.Dispose();

    private void Take(string line, int number, string path)
    {
        try
        {
            if (number == 1)
                RequireSame(JsonSerializer.Deserialize<Dictionary<string, string?>>(line, JsonStyle.OneLine) ?? [], path);
            else if (JsonSerializer.Deserialize<GroundEntry>(line, JsonStyle.OneLine) is { Picture: not null, Folder: { } folder } entry)
                _entries[folder] = entry;
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: line {number} is damaged; leave --resume out to begin anew", e);
        }
    }

    private void RequireSame(Dictionary<string, string?> before, string path)
    {
        var other = _settings
            .Keys.Union(before.Keys)
            .Where(key => before.GetValueOrDefault(key) != _settings.GetValueOrDefault(key))
            .Select(key => $"{key} was {Shown(before.GetValueOrDefault(key))}, is {Shown(_settings.GetValueOrDefault(key))}")
            .ToList();
        if (other.Count > 0)
            throw new InputException(
                $"{path}: the earlier run had other settings ({string.Join("; ", other)}); leave --resume out to begin anew, or name another --out"
            );

        static string Shown(string? value) => value is null ? "not given" : $"\"{PlainText.Excerpt(value)}\"";
    }

    private void Write<T>(T record)
    {
        _file!.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record, JsonStyle.OneLine) + "\n"));
        _file.Flush();
    }
}
