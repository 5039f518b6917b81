[assembly: Groundling.Tests.HeldTensors]
// libtorch has process-wide state, and two tests at two threads each are slower than one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
