namespace Groundling.Scenes.Narratives;

/// <summary>How much of a picture a list names.</summary>
internal enum Naming
{
    /// <summary>A few things, and little of what lies behind them.</summary>
    Some,

    /// <summary>All of it, things of a kind together or apart.</summary>
    All,

    /// <summary>All of it, and each thing by itself.</summary>
    Each,
}
