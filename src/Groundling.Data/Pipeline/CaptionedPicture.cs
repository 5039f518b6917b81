namespace Groundling;

/// <summary>One of many pictures to ground: how to read it, and its caption.</summary>
/// <param name="Name">What it is called, such as its path.</param>
/// <param name="Read">Reads and decodes it: called once, on a thread of the pool, while the picture before it is in the model.</param>
/// <param name="Caption">The caption with its phrases.</param>
public sealed record CaptionedPicture(string Name, Func<Picture> Read, Caption Caption)
{
    /// <summary>A picture in a file, which is read when its turn comes.</summary>
    /// <param name="path">A PNG, JPEG, WebP, GIF or BMP file.</param>
    /// <param name="caption">The caption with its phrases.</param>
    public static CaptionedPicture FromFile(string path, Caption caption) => new(path, () => Picture.Load(path), caption);
}
