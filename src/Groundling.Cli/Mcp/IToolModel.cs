using Groundling.Web;

namespace Groundling.Cli.Mcp;

/// <summary>The model as tools use it: alone in a process, or through the service's line.</summary>
internal interface IToolModel
{
    /// <summary>What a client may ask for.</summary>
    ServiceOptions Limits { get; }

    /// <summary>The model's name, and the longer side of its network's input.</summary>
    (string Name, int Size, double Threshold) Facts { get; }

    /// <summary>Grounds a caption in a picture.</summary>
    /// <param name="request">The picture's file and options; its caption is the one beside it.</param>
    /// <param name="caption">The caption with its phrases.</param>
    /// <param name="stop">Stops between stages.</param>
    Task<Grounding> GroundAsync(GroundRequest request, Caption caption, CancellationToken stop);
}
