namespace Groundling.Torch;

/// <summary>What this machine and this libtorch say of CUDA.</summary>
internal interface ICudaSystem
{
    /// <summary>Cards that libtorch can use; 0 where anything is missing.</summary>
    int UsableCards { get; }

    /// <summary>Whether this libtorch was built for CUDA.</summary>
    bool IsInLibtorch { get; }

    /// <summary>Why NVIDIA's driver shows no card, in a few words; null where it shows one.</summary>
    string? DriverFault { get; }

    /// <summary>The newest CUDA that the driver speaks, as 1000 x major + 10 x minor.</summary>
    int DriverVersion { get; }

    /// <summary>A card's name, compute capability as 10 x major + minor, and memory in bytes.</summary>
    (string Name, int Capability, long Memory) Describe(int card);

    /// <summary>Computes something small on a card: what libtorch says where it cannot, else null.</summary>
    string? Try(int card);
}
