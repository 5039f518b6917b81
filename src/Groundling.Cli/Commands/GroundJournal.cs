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
    private readonly bool _isNew;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly Dictionary<string, GroundEntry> _entries = [];
    private readonly FolderLock _lock;
    private FileStream? _file;

    private GroundJournal(string folder, bool isNew, IReadOnlyDictionary<string, string?> settings, FolderLock held) =>
        (_folder, _isNew, _settings, _lock) = (folder, isNew, settings, held);

    /// <summary>Begins a journal, or goes on with one, as the only one that writes into the folder.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="settings">What the masks depend on, by the options' names.</param>
    /// <param name="resume">Whether what is done stays done; else an earlier journal gives way.</param>
    /// <exception cref="InputException">
    /// Another run is writing into the folder, or it cannot be made; the earlier run had other settings, or its journal is damaged or
    /// cannot be read.
    /// </exception>
    public static GroundJournal Open(string folder, IReadOnlyDictionary<string, string?> settings, bool resume)
    {
        var isNew = !Directory.Exists(folder);
        OutputPlace.Make(folder);
        var held =
            FolderLock.TryHold(folder)
            ?? throw new InputException($"{folder} is in use: another run is writing into it; wait for it to end, or name another --out");
        var journal = new GroundJournal(folder, isNew, settings, held);
        try
        {
            var path = Path.Combine(folder, Name);
            if (resume && File.Exists(path))
                journal.TakeAll(path);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>The places of the pictures that need no work, in the list's order.</summary>
    public IEnumerable<int> Done(IReadOnlyList<PicturePlace> places) =>
        places
            .Index()
            .Where(item => _entries.TryGetValue(Path.GetFileName(item.Item.Folder), out var entry) && entry.IsStill(item.Item))
            .Select(item => item.Index);

    /// <summary>Adds a picture; when this returns, the operating system has it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(GroundEntry entry)
    {
        _entries[entry.Folder] = entry;
        if (_file is null && entry.Fault is not null)
            return; // nothing is written of pictures that are none; it comes with the first that is one
        if (_file is not null)
        {
            Write(_file, entry);
            _file.Flush();
            return;
        }
        // What is done stays known whatever happens meanwhile: the new file appears with all of it.
        var path = Path.Combine(_folder, Name);
        AtomicFile.Write(
            path,
            file =>
            {
                Write(file, _settings);
                foreach (var each in _entries.Values)
                    Write(file, each);
            }
        );
        _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
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
        AtomicFile.Write(path, file => JsonSerializer.Serialize(file, summary, SnakeCaseJson.Indented));
        return path;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
        if (_isNew && _file is null)
            RemoveEmpty();
    }

    /// <summary>Nothing was grounded, and nothing stays.</summary>
    private void RemoveEmpty()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // It holds what somebody put there meanwhile.
        }
    }

    private void TakeAll(string path)
    {
        var lines = PlainText.Read(path).Split('\n');
        for (var i = 0; i < lines.Length - 1; i++) // behind the last line end there is nothing, or what an interruption cut
            Take(lines[i], i + 1, path);
    }

    private void Take(string line, int number, string path)
    {
        try
        {
            if (number == 1)
                RequireSame(JsonSerializer.Deserialize<Dictionary<string, string?>>(line, SnakeCaseJson.OneLine) ?? [], path);
            else if (
                JsonSerializer.Deserialize<GroundEntry>(line, SnakeCaseJson.OneLine) is { Picture: not null, Folder: { } folder } entry
            )
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

    private static void Write<T>(Stream file, T record) =>
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record, SnakeCaseJson.OneLine) + "\n"));
}
