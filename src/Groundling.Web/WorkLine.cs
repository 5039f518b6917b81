namespace Groundling.Web;

/// <summary>
/// Requests of one size before the model: how many there are, how long one takes, and how much of the model's time they had.
/// </summary>
/// <param name="share">The part of the model's time that is theirs while others wait, too.</param>
internal sealed class WorkLine<T>(double share)
{
    private const double FirstGuess = 1,
        Smoothing = 0.2;

    /// <summary>Those that can be begun.</summary>
    public Queue<T> Waiting { get; } = [];

    /// <summary>Places taken: those that wait, and those whose picture is being decoded.</summary>
    public int Taken { get; set; }

    /// <summary>Seconds that one takes, by those before.</summary>
    public double SecondsEach { get; private set; } = FirstGuess;

    /// <summary>Seconds of work in the line.</summary>
    public double Seconds => Taken * SecondsEach;

    /// <summary>Seconds until the line's end has its turn, where others have <paramref name="others"/> seconds of work.</summary>
    public double SecondsBesides(double others) => Math.Min(Seconds + others, Seconds / share);

    /// <summary>The model's time so far, divided by the share: who has less is next.</summary>
    public double Served { get; private set; }

    /// <summary>Adds one; who was away has no claim to the time that went by.</summary>
    public void Add(T work, WorkLine<T> other)
    {
        if (Waiting.Count == 0)
            Served = Math.Max(Served, other.Served);
        Waiting.Enqueue(work);
    }

    /// <summary>Notes what one took.</summary>
    /// <param name="seconds">The model's time.</param>
    /// <param name="isWhole">Whether it was done to the end, and says how long one takes.</param>
    public void Note(double seconds, bool isWhole)
    {
        Served += seconds / share;
        if (isWhole)
            SecondsEach += Smoothing * (seconds - SecondsEach);
    }
}
