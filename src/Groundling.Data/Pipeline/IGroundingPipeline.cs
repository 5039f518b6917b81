namespace Groundling;

/// <summary>
/// A picture and a caption in, a mask for every noun phrase out: what applications call, and what their tests put a double in the place of.
/// <c>GroundingPipeline</c> of the package <c>Groundling</c> answers with a model; <c>FakeGroundingPipeline</c> of
/// <c>Groundling.Testing</c> with given masks. Implementations are safe for use from several threads.
/// </summary>
/// <remarks>Tasks and many pictures: <see cref="GroundingPipelineExtensions"/>.</remarks>
public interface IGroundingPipeline
{
    /// <summary>What makes the masks.</summary>
    GroundingOrigin Origin { get; }

    /// <summary>
    /// A pixel belongs to a phrase when its probability is greater, 0 to 1, unless <see cref="GroundingOptions.Threshold"/> says otherwise.
    /// </summary>
    double Threshold { get; }

    /// <summary>The network's longer side, in pixels, unless <see cref="GroundingOptions.Size"/> says otherwise.</summary>
    int NativeSize { get; }

    /// <summary>Grounds every phrase of a caption in a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="caption">The caption with its phrases.</param>
    /// <param name="options">Size, threshold and mask head; null takes the model's own.</param>
    /// <param name="cancellation">Looked at between and within the stages.</param>
    /// <returns>A mask at the picture's size and a score for each phrase, in the caption's order.</returns>
    /// <exception cref="InputException">An option is out of range, the model lacks the mask head, or a phrase cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Grounding Ground(Picture picture, Caption caption, GroundingOptions? options = null, CancellationToken cancellation = default);
}
