using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>
/// What was done to one picture, on the disk: a line that holds the annotation as it was, then a line an edit, each with its checksum. An
/// edit is acknowledged when the disk has its line.
/// </summary>
/// <remarks>It needs nothing of the data's files, so that it can be done again over whatever a dying process has made of them.</remarks>
internal sealed class EditJournal : IDisposable
{
    public const string Extension = ".journal";
    private const int Format = 1,
        ChecksumLength = 8;

    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream _file;
    private bool _isBroken;

    private EditJournal(FileStream file, uint origin) => (_file, Origin) = (file, origin);

    /// <summary>The first line's checksum: of which annotation the edits are.</summary>
    public uint Origin { get; }

    /// <summary>An edit, and the key by which its maker knows it.</summary>
    public sealed record Entry(Edit Edit, string? Key);

    /// <summary>Begins a journal with its first edit.</summary>
    /// <exception cref="IOException">The disk does not take it; nothing is left.</exception>
    public static EditJournal Create(string path, EditOrigin origin, Entry first)
    {
        var line = Line(origin);
        var journal = new EditJournal(new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0), ChecksumOf(line));
        try
        {
            journal._file.Write(line);
            journal.Add(first);
            DiskSync.Folder(Path.GetDirectoryName(path)!);
            return journal;
        }
        catch
        {
            journal.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Goes on with a journal.</summary>
    /// <returns>Null where its process died before the first edit was acknowledged; the file is gone then.</returns>
    /// <exception cref="InputException">A line that is not the last is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static (EditJournal Journal, EditOrigin Origin, IReadOnlyList<Entry> Entries)? Open(string path)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        ReadOnlyMemory<byte> bytes = File.ReadAllBytes(path),
            rest = bytes;
        for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            lines.Add(rest[..(end + 1)]);
        if (lines.Count > 0 && !IsWhole(lines[^1].Span))
            rest = bytes[^(rest.Length + lines[^1].Length)..]; // its end was written before its middle
        var whole = lines.TakeWhile(line => IsWhole(line.Span)).ToList();
        if (whole.Count < lines.Count - 1)
            throw Damaged(path, whole.Count, null);
        if (whole.Count < 2)
        {
            File.Delete(path);
            return null;
        }
        try
        {
            var origin = JsonSerializer.Deserialize<Begin>(Json(whole[0]), Style)!.ToOrigin(path);
            var entries = whole.Skip(1).Select(line => EntryOf(Encoding.UTF8.GetString(Json(line)))).ToList();
            var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            try
            {
                file.SetLength(bytes.Length - rest.Length);
                file.Seek(0, SeekOrigin.End);
                return (new(file, ChecksumOf(whole[0].Span)), origin, entries);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is JsonException or InputException or FormatException)
        {
            throw Damaged(path, null, e);
        }
    }

    /// <summary>Adds an edit; when this returns, the disk has it.</summary>
    /// <exception cref="IOException">The disk does not take it; the journal is as it was before.</exception>
    public void Add(Entry entry)
    {
        if (_isBroken)
            throw new IOException($"{_file.Name} could not be put right after a fault of the disk; end the editor and start it again");
        var end = _file.Length;
        try
        {
            var key = entry.Key is null ? "" : $"\"key\":{JsonSerializer.Serialize(entry.Key, Style)},";
            _file.Write(Line($"{{{key}\"edit\":{entry.Edit.ToJson()}}}"));
            DiskSync.File(_file);
        }
        catch (IOException)
        {
            _isBroken = !TrySetLength(end);
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private bool TrySetLength(long end)
    {
        try
        {
            _file.SetLength(end);
            _file.Seek(0, SeekOrigin.End);
            DiskSync.File(_file);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static byte[] Line(string json)
    {
        var bytes = Encoding.UTF8.GetBytes($"{new string('0', ChecksumLength)} {json}\n");
        Encoding.ASCII.GetBytes(Crc32C.Of(bytes.AsSpan(ChecksumLength)).ToString("x8", CultureInfo.InvariantCulture), bytes);
        return bytes;
    }

    private static bool IsWhole(ReadOnlySpan<byte> line) =>
        line.Length > ChecksumLength + 1 && TryChecksum(line, out var sum) && sum == Crc32C.Of(line[ChecksumLength..]);

    private static bool TryChecksum(ReadOnlySpan<byte> line, out uint sum) =>
        uint.TryParse(line[..ChecksumLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sum);

    /// <summary>What <see cref="Origin"/> would be of a journal that begins with an annotation.</summary>
    public static uint ChecksumOf(EditOrigin origin) => ChecksumOf(Line(origin));

    private static byte[] Line(EditOrigin origin) => Line(JsonSerializer.Serialize(Begin.Of(origin), Style));

    private static uint ChecksumOf(ReadOnlySpan<byte> line) => TryChecksum(line, out var sum) ? sum : 0;

    private static ReadOnlySpan<byte> Json(ReadOnlyMemory<byte> line) => line.Span[(ChecksumLength + 1)..];

    private static Entry EntryOf(string json)
    {
        using var line = JsonDocument.Parse(json);
        return new(
            Edit.Parse(line.RootElement.GetProperty("edit").GetRawText()),
            line.RootElement.TryGetProperty("key", out var key) ? key.GetString() : null
        );
    }

    private static InputException Damaged(string path, int? line, Exception? why) =>
        new(
            $"{path} is damaged{(line is { } at ? $" at line {at + 1}" : "")}: it holds edits that are not in the data yet; keep a copy of it, and move it away to go on without them",
            why!
        );

    /// <summary>The first line.</summary>
    private sealed record Begin(
        int Format,
        int Width,
        int Height,
        IReadOnlyList<EditedNarrative> Narratives,
        IReadOnlyList<EditedSegment> Segments,
        byte[] Map
    )
    {
        public static Begin Of(EditOrigin origin) =>
            new(
                EditJournal.Format,
                origin.Width,
                origin.Height,
                origin.Narratives,
                origin.Segments,
                PanopticPng.Encode(origin.Ids, origin.Width, origin.Height)
            );

        public EditOrigin ToOrigin(string path)
        {
            if (Format != EditJournal.Format)
                throw new InputException($"{path} is of another version of the program; end the edits with that one");
            var (ids, width, height) = PictureDecoder.DecodeIds(Map, path);
            return (width, height) == (Width, Height)
                ? new(width, height, Narratives, Segments, ids)
                : throw new InputException($"{path}: its map is not of its picture's size");
        }
    }
}
