using Groundling.Core;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Web.Browsing;

/// <summary>The data that are looked at, as they are now: a state of them stays whole while another takes its place.</summary>
internal sealed class BrowsedData
{
    private readonly BrowseOptions _options;
    private readonly string _root;
    private volatile BrowsedState _now;

    /// <exception cref="InputException">The data cannot be read, or a report is not about them.</exception>
    public BrowsedData(BrowseOptions options)
    {
        if (options.Reports.FirstOrDefault(method => method.Runs.Count > 1) is { } several)
            throw new InputException($"the report \"{several.Name}\" is of {several.Runs.Count} folders; name each by itself");
        Comparability.Require([.. options.Reports.Select(method => method.Runs[0])]);
        (_options, _now) = (options, BrowsedState.Read(options));
        _root = RealPath.Of(options.Data);
    }

    /// <summary>Where the data lie.</summary>
    public string Folder => _options.Data;

    /// <summary>Whether they may be changed.</summary>
    public bool IsEditable => _options.Edit;

    /// <summary>What there is; whoever asks twice within one answer keeps the first.</summary>
    public BrowsedState Now => _now;

    /// <summary>Reads the annotations again, after they were changed.</summary>
    /// <exception cref="InputException">They cannot be read; what was there before stays.</exception>
    public void Reload() => _now = BrowsedState.Read(_options);

    /// <summary>Where a file of the data really lies; nothing outside their folder is ever read.</summary>
    /// <exception cref="RequestException">It is not there, or lies elsewhere.</exception>
    public string Inside(string path, string what)
    {
        var real = RealPath.Of(path);
        if (!RealPath.IsBelow(real, _root))
            throw new RequestException(404, $"{what} lies outside the data's folder and is not shown; copy it there");
        return File.Exists(real) ? real : throw new RequestException(404, $"{what} is missing: {Told(path)}");
    }

    /// <summary>A message in which paths begin at the data's folder: who looks from elsewhere learns no more of this machine.</summary>
    public string Told(string message) =>
        message
            .Replace(_root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace(Path.TrimEndingDirectorySeparator(Folder) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
}
