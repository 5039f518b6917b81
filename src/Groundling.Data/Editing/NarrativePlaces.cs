using System.Text.Json;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>Where each picture's narratives stand in their file, which may be replaced by another at any time.</summary>
internal sealed class NarrativePlaces(string path)
{
    private const int Tries = 5;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(long Start, int Length)>> _places = [];
    private SourceStamp? _stamp;

    /// <summary>A picture's narratives in the file's order, those that can be read.</summary>
    /// <exception cref="InputException">The file cannot be read, is not JSON, or changes all the time.</exception>
    public IReadOnlyList<Narrative> Of(string imageId)
    {
        lock (_lock)
            for (int i = 0; i < Tries; i++)
            {
                var stamp = SourceStamp.Of(path);
                if (stamp != _stamp)
                    Find();
                _stamp = stamp;
                var found = Read(_places.GetValueOrDefault(imageId) ?? []);
                if (found is not null && SourceStamp.Of(path) == stamp)
                    return found;
                _stamp = null;
            }
        throw new InputException($"{path} changes while it is read; end what writes to it");
    }

    private void Find()
    {
        _places.Clear();
        foreach (var (_, start, end, record) in JsonRecords.ReadPlaces(path))
            if (record is { } told && AnnotationRewriter.TryNarrative(told, path) is { ImageId: var id })
                if (_places.TryGetValue(id, out var list))
                    list.Add((start, (int)(end - start)));
                else
                    _places.Add(id, [(start, (int)(end - start))]);
    }

    private List<Narrative>? Read(List<(long Start, int Length)> places)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var narratives = new List<Narrative>();
            foreach (var (start, length) in places)
            {
                var bytes = new byte[length];
                file.Seek(start, SeekOrigin.Begin);
                file.ReadExactly(bytes);
                using var record = JsonDocument.Parse(bytes);
                if (AnnotationRewriter.TryNarrative(record.RootElement, path) is not { } told)
                    return null;
                narratives.Add(told);
            }
            return narratives;
        }
        catch (Exception e) when (e is JsonException or EndOfStreamException)
        {
            return null; // replaced meanwhile
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }
}
