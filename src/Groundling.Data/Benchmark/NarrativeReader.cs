using Groundling.Core;

namespace Groundling.Data.Benchmark;

/// <summary>Reads png_coco_*.json, one narrative at a time.</summary>
public static class NarrativeReader
{
    /// <summary>The narratives in the file's order; lazily, so that a fault shows when it is reached.</summary>
    /// <exception cref="InputException">The file cannot be read, is not JSON, is cut short, or a record lacks a field.</exception>
    public static IEnumerable<Narrative> Read(string path)
    {
        int index = 0;
        foreach (var (section, record) in JsonRecords.Read(path))
        {
            if (section.Length > 0)
                throw new InputException(
                    $"{path} is not a list of narratives but an object with \"{section}\"; give a png_coco_*.json file."
                );
            yield return Narrative.From(record, $"{path}, narrative {index}");
            index++;
        }
    }

    /// <summary>
    /// Every record in the file's order, counted as <see cref="PngBenchmark"/> counts them; null where a record lacks a field.
    /// </summary>
    /// <exception cref="InputException">The file cannot be read, is not JSON, or is cut short.</exception>
    public static IEnumerable<Narrative?> ReadAll(string path)
    {
        foreach (var (_, record) in JsonRecords.Read(path))
            yield return OrNull(record);

        Narrative? OrNull(System.Text.Json.JsonElement record)
        {
            try
            {
                return Narrative.From(record, path);
            }
            catch (InputException)
            {
                return null;
            }
        }
    }

    /// <summary>One narrative that can be grounded.</summary>
    /// <param name="path">A png_coco_*.json file.</param>
    /// <param name="index">Its place in the file, from 0.</param>
    /// <exception cref="InputException">There is no such narrative, its caption is empty, or it names no noun phrase.</exception>
    public static Narrative ReadOne(string path, int index)
    {
        int count = 0;
        foreach (var narrative in Read(path))
        {
            if (count++ != index)
                continue;
            if (string.IsNullOrWhiteSpace(narrative.Caption))
                throw new InputException($"{path}, narrative {index}: the caption is empty; choose another narrative").About("index");
            if (narrative.ToCaption().Caption.Phrases.Count == 0)
                throw new InputException($"{path}, narrative {index}: the caption has no noun phrase; choose another narrative").About(
                    "index"
                );
            return narrative;
        }
        throw count == 0
            ? new InputException($"{path} holds no narratives.")
            : new InputException($"{path} has no narrative {index}: it holds {count}, numbered 0 to {count - 1}; choose one of them").About(
                "index"
            );
    }
}
