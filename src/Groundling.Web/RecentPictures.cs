using Groundling.Data;

namespace Groundling.Web;

/// <summary>The pictures asked about last, as the UNet reads them: a second question about one skips nearly half of the work.</summary>
/// <param name="most">How many.</param>
/// <param name="mostBytes">How much memory they may take.</param>
internal sealed class RecentPictures(int most, long mostBytes) : IDisposable
{
    private readonly LinkedList<((string, int?) Key, EncodedPicture Picture)> _latestFirst = [];

    /// <summary>The picture under a key, encoded now if it is not here; it stays here, and valid until the next call.</summary>
    public EncodedPicture Get((string, int?) key, Func<EncodedPicture> encode)
    {
        var node = _latestFirst.First;
        while (node is not null && node.Value.Key != key)
            node = node.Next;
        if (node is null)
            node = new((key, encode()));
        else
            _latestFirst.Remove(node);
        _latestFirst.AddFirst(node);
        for (
            var bytes = _latestFirst.Sum(entry => BytesOf(entry.Picture));
            _latestFirst.Count > 1 && (bytes > mostBytes || _latestFirst.Count > most);
            _latestFirst.RemoveLast()
        )
        {
            bytes -= BytesOf(_latestFirst.Last!.Value.Picture);
            _latestFirst.Last.Value.Picture.Dispose();
        }
        return node.Value.Picture;
    }

    public void Dispose()
    {
        foreach (var (_, picture) in _latestFirst)
            picture.Dispose();
        _latestFirst.Clear();
    }

    private static long BytesOf(EncodedPicture picture) => 4 * (picture.Image.numel() + picture.Latents.numel());
}
