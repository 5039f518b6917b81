namespace Groundling.Evaluation;

/// <summary>Where <c>groundling browse</c> shows a picture unless it is told another place: what reports link to.</summary>
public static class BrowseAddress
{
    /// <summary>The port.</summary>
    public const int Port = 8090;

    /// <summary>A picture's address.</summary>
    /// <param name="imageId">The image's id, without leading zeros.</param>
    public static string Of(string imageId) => $"http://127.0.0.1:{Port}/picture/{Uri.EscapeDataString(imageId)}";
}
