using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Web.Browsing;

/// <summary>The data that are looked at, as they are now: a state of them stays whole while another takes its place.</summary>
internal sealed class BrowsedData
{
    private readonly BrowseOptions _options;
    private volatile State _now;

    private BrowsedData(BrowseOptions options) => (_options, _now) = (options, State.Read(options));

    public PngBenchmark Benchmark => _now.Benchmark;

    public Catalogue Catalogue => _now.Catalogue;

    /// <exception cref="InputException">The data cannot be read.</exception>
    public static BrowsedData Open(BrowseOptions options) => new(options);

    /// <summary>Reads the annotations again, after they were changed.</summary>
    /// <exception cref="InputException">They cannot be read; what was there before stays.</exception>
    public void Reload() => _now = State.Read(_options);

    /// <summary>The file of a picture; only what lies in the data is ever read.</summary>
    /// <exception cref="InputException">The file really lies elsewhere.</exception>
    public string FileOf(CataloguedPicture picture)
    {
        var path = Benchmark[picture.Narratives[0].Place].PicturePath;
        return RealPath.IsBelow(RealPath.Of(path), RealPath.Of(_options.Data))
            ? path
            : throw new InputException($"the file of picture {picture.Id} lies outside the data's folder and is not shown; copy it there");
    }

    private sealed record State(PngBenchmark Benchmark, Catalogue Catalogue)
    {
        public static State Read(BrowseOptions options)
        {
            var benchmark = PngBenchmark.Open(options.Data, options.Split);
            return new(benchmark, new(benchmark));
        }
    }
}
