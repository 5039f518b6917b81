namespace Groundling.Tests.Packages;

/// <summary>
/// Whether TorchSharp's native library for macOS fits the libtorch that Groundling names for it, as far as the dylibs' load commands can
/// tell without a Mac. Looks at packages that have been restored, such as by <c>dotnet restore src/Groundling.Cli -r osx-arm64</c>.
/// </summary>
public class NativeLibraryTests
{
    private const string Libtorch = "libtorch-cpu-osx-arm64/2.10.0/runtimes/osx-arm64/native",
        TorchSharp = "torchsharp/0.107.0/runtimes/osx-arm64/native/libLibTorchSharp.dylib";

    private static string Packages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    [Fact]
    public void Dylibs_of_macOS_find_each_other_and_each_symbol()
    {
        var (folder, own) = (Path.Combine(Packages, Libtorch), Path.Combine(Packages, TorchSharp));
        Assert.SkipUnless(Directory.Exists(folder) && File.Exists(own), "the packages for macOS are not restored");
        var libraries = Directory.GetFiles(folder, "*.dylib").Append(own).ToDictionary(path => Path.GetFileName(path), MachOLibrary.Read);
        Assert.Contains("libtorch_cpu.dylib", libraries.Keys);
        var symbols = 0;
        foreach (var (name, library) in libraries)
        {
            // Beside it, or the system's own.
            Assert.All(
                library.Loads,
                load =>
                    Assert.True(
                        load.StartsWith("/usr/lib/") || load.StartsWith("/System/") || libraries.ContainsKey(Path.GetFileName(load)),
                        $"{name} loads {load}, which neither package nor system has"
                    )
            );
            foreach (
                var (symbol, number, isWeak) in library.Takes.Where(symbol => symbol.Library >= 1 && symbol.Library <= library.Loads.Count)
            )
            {
                if (isWeak || !libraries.TryGetValue(Path.GetFileName(library.Loads[number - 1]), out var other))
                    continue;
                Assert.True(
                    other.Gives.Contains(symbol) || Reexported(other, symbol),
                    $"{name} takes {symbol} from {library.Loads[number - 1]}, which does not have it"
                );
                symbols++;
            }
        }
        Assert.True(symbols > 1000, $"only {symbols} symbols were compared");

        bool Reexported(MachOLibrary library, string symbol) =>
            library.Loads.Any(load => libraries.TryGetValue(Path.GetFileName(load), out var below) && below.Gives.Contains(symbol));
    }
}
