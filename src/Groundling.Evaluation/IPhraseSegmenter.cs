using Groundling.Modeling;

namespace Groundling.Evaluation;

/// <summary>A method under evaluation: for each phrase of a narrative, where in the picture it is.</summary>
public interface IPhraseSegmenter : IDisposable
{
    /// <summary>What reports call the method.</summary>
    string Name { get; }

    /// <summary>The network's longer side in pixels; 0 keeps each picture's own.</summary>
    int Size { get; }

    /// <summary>A pixel is inside when its probability is greater, unless the user says otherwise.</summary>
    double Threshold => new GroundingConfig().Threshold;

    /// <summary>Grounds the phrases of one narrative.</summary>
    /// <param name="given">The narrative, with at least one phrase.</param>
    /// <param name="cancellation">Stops between stages.</param>
    /// <returns>The probabilities of every phrase, in order; the caller owns them.</returns>
    PhraseProbabilities Segment(EvaluationCase given, CancellationToken cancellation = default);
}
