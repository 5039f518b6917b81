using System.Diagnostics;
using System.Text.RegularExpressions;
using Groundling.Tests.Cli;

namespace Groundling.Tests.Web;

/// <summary><c>groundling serve</c> as a process of its own, on a free port.</summary>
internal sealed partial class ServeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _log;

    private ServeProcess(Process process, Uri address)
    {
        (_process, Address, _log) = (process, address, process.StandardError.ReadToEndAsync());
        Client = new() { BaseAddress = address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<ServeProcess> StartAsync(TinyModel tiny, params string[] options)
    {
        var program = GroundlingProgram.Place;
        var process = Process.Start(
            new ProcessStartInfo(program, ["serve", "--model", tiny.Path, "--port", "0", .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            for (Uri? address = null; ; )
            {
                var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(90));
                Assert.True(line is not null, "the service ended at its start");
                address ??= new(AddressAtStart().Match(line).Value);
                if (line.Contains("is ready"))
                    return new(process, address);
            }
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public void Terminate() => Signal.TerminateProcess(_process.Id);

    /// <summary>Waits for the end.</summary>
    public async Task<(int Code, string Log)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (_process.ExitCode, await _log);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex AddressAtStart();
}
