using System.Buffers.Binary;
using Google.Protobuf;
using Groundling.Data;
using Tensorboard;

namespace Groundling.Training;

/// <summary>A TensorBoard event file; each start of a run writes one of its own.</summary>
/// <remarks>
/// TorchSharp's writer cannot say that a run goes on from an earlier step, so that what was logged behind it would show twice; this one
/// can.
/// A record is its length, that length's checksum, the message, and its checksum; checksums are CRC-32C, rotated, plus a constant
/// (TensorFlow's TFRecord).
/// </remarks>
public sealed class EventFile : IDisposable
{
    private readonly FileStream _file;

    /// <param name="folder">Where the file is made.</param>
    /// <param name="fromStep">Steps made before: what earlier files hold behind them does not count.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public EventFile(string folder, long fromStep)
    {
        var now = DateTimeOffset.UtcNow;
        var name = $"events.out.tfevents.{now.ToUnixTimeMilliseconds() / 1000.0:F3}.{Environment.MachineName}.{Environment.ProcessId}";
        _file = new FileStream(System.IO.Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Append(new Event { FileVersion = "brain.Event:2" });
        if (fromStep > 0)
            Append(
                new Event
                {
                    Step = fromStep + 1,
                    SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start },
                }
            );
    }

    /// <summary>Adds a step.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(StepRecord record) =>
        Append(
            record.Step,
            [
                Number("loss/total", record.Losses.Total),
                .. record.Losses.Parts.Select(part => Number($"loss/{part.Name}", part.Value)),
                Number("run/gradient_norm", record.GradientNorm),
                Number("run/learning_rate", record.LearningRate),
                Number("run/images_per_second", record.ImagesPerSecond),
                Number("run/resident_mb", record.ResidentBytes / 1e6),
            ]
        );

    /// <summary>Adds a validation.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(long step, Validation validation) =>
        Append(
            step,
            [
                .. validation.Scores.Select(score => Number($"validation/{score.Name}", score.Value)),
                .. validation.Pictures.Select(picture => Image($"validation/{picture.Name}", picture.Picture)),
            ]
        );

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static Summary.Types.Value Number(string tag, double value) => new() { Tag = tag, SimpleValue = (float)value };

    private static Summary.Types.Value Image(string tag, Picture picture) =>
        new()
        {
            Tag = tag,
            Image = new()
            {
                Width = picture.Width,
                Height = picture.Height,
                Colorspace = 3,
                EncodedImageString = ByteString.CopyFrom(picture.EncodePng()),
            },
        };

    private void Append(long step, IEnumerable<Summary.Types.Value> values)
    {
        var summary = new Summary();
        summary.Value.AddRange(values);
        Append(new Event { Step = step, Summary = summary });
    }

    private void Append(Event message)
    {
        message.WallTime = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var body = message.ToByteArray();
        var record = new byte[12 + body.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        body.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + body.Length), Masked(body));
        _file.Write(record);
        _file.Flush();
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var checksum = Crc32C.Of(bytes);
        return ((checksum >> 15) | (checksum << 17)) + 0xA282EAD8;
    }
}
