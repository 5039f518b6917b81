using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Groundling.Tests.Data;
using Groundling.Web;

namespace Groundling.Tests.Web;

/// <summary>What requests may hold and cost, together and each.</summary>
public sealed class ServiceBoundsTests(TinyModel tiny)
{
    [Fact]
    public async Task A_chunk_whose_size_overflows_is_the_clients_fault()
    {
        await using var host = await ServiceHost.StartAsync(tiny);
        foreach (var size in (string[])["FFFFFFFFFFFFFFFFF", "FFFFFFFF", "8000000000000000"])
        {
            var answer = await RawAsync(
                host,
                $"POST /v1/phrases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc"
            );
            Assert.StartsWith("HTTP/1.1 400", answer);
            Assert.Contains("application/problem+json", answer);
        }
        Assert.DoesNotContain("failed", host.Log);
    }

    [Fact]
    public void A_sample_that_is_gone_or_leads_elsewhere_by_now_is_not_there()
    {
        SymbolicLinks.SkipUnlessThere();
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["a", "b", "c"])
        {
            folder.Write($"{name}.png", ServiceHost.Picture());
            folder.Write($"{name}.txt", "[a man]");
        }
        var secret = folder.Write("secret/x", "secret");
        using var inner = new TemporaryFolder();
        var samples = new SampleFolder(new ServiceOptions { Samples = folder.Path });
        (samples.Picture("a.png") as IDisposable)?.Dispose();
        File.Delete(folder.File("a.png"));
        File.Delete(folder.File("b.png"));
        Directory.CreateDirectory(folder.File("b.png"));
        File.Delete(folder.File("c.png"));
        var outside = inner.Write("x", File.ReadAllText(secret));
        File.CreateSymbolicLink(folder.File("c.png"), outside);
        foreach (var name in (string[])["a.png", "b.png", "c.png", "d.png"])
            Assert.Equal(404, Assert.Throws<RequestException>(() => samples.Picture(name)).Status);
    }

    [Fact]
    public async Task Lists_of_phrases_are_counted_as_they_are_read()
    {
        await using var host = await ServiceHost.StartAsync(tiny);
        var before = GC.GetTotalAllocatedBytes();
        var list = string.Join(',', Enumerable.Repeat("\"a\"", 1_000_000));
        using (var json = new StringContent($$"""{"caption":"a","phrases":[{{list}}]}""", Encoding.UTF8, "application/json"))
        using (var answer = await host.Client.PostAsync(new Uri("/v1/ground", UriKind.Relative), json))
            await ServiceHost.IsProblem(answer, 400, "more than 256 phrases", "phrases");
        await ServiceHost.IsProblem(
            await host.Ground(null, "a", ("phrases", string.Concat(Enumerable.Repeat("a;", 400_000)))),
            400,
            "more than 256 phrases",
            "phrases"
        );
        await ServiceHost.IsProblem(await host.Ground(null, "a", ("unknown", "a")), 400, "no field 'unknown'");
    }

    [Fact]
    public async Task A_caption_needs_no_large_body()
    {
        await using var host = await ServiceHost.StartAsync(tiny);
        using var json = new StringContent($$"""{"caption":"{{new string(' ', 300_000)}}"}""", Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri("/v1/phrases", UriKind.Relative), json);
        await ServiceHost.IsProblem(answer, 413, "larger than the service allows");
    }

    [Fact]
    public async Task Masks_of_a_large_picture_are_counted_before_it_is_decoded()
    {
        await using var host = await ServiceHost.StartAsync(tiny, new() { MaxWork = 1 });
        await ServiceHost.IsProblem(
            await host.Ground(ServiceHost.Picture(800, 600), "[a] [b] [c]"),
            400,
            "3 masks of 0.5 million pixels are 1 million; 1 million are allowed",
            "caption"
        );
        var answer = await ServiceHost.Json(await host.Ground(ServiceHost.Picture(800, 600), "[a] [b]", ("size", "64")));
        Assert.Equal(2, answer["phrases"]!.AsArray().Count);
    }

    [Fact]
    public async Task Bodies_that_do_not_end_hold_no_more_than_all_may()
    {
        await using var host = await ServiceHost.StartAsync(tiny, new() { MaxMemory = 400 });
        var clients = new List<TcpClient>();
        var refused = 0;
        for (var i = 0; i < 16; i++)
        {
            var client = new TcpClient();
            clients.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
            try
            {
                await client
                    .GetStream()
                    .WriteAsync(
                        Encoding.ASCII.GetBytes(
                            "POST /v1/ground HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 20000000\r\n\r\n"
                                + "--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n"
                        )
                    );
                await client.GetStream().WriteAsync(new byte[12 << 20]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            }
            catch (IOException)
            {
                // refused while it was sent
            }
        }
        foreach (var client in clients)
            refused += await StatusAsync(client) == 429 ? 1 : 0;
        Assert.InRange(refused, 16 - 7, 16); // 36 MiB each, of 225
        var small = await host.Ground(ServiceHost.Picture(), "[a man]", ("size", "64"));
        Assert.Equal(HttpStatusCode.OK, small.StatusCode); // small ones find room all the same
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Small_requests_have_room_that_large_ones_leave()
    {
        using var memory = new RequestMemory(new ServiceOptions { MaxMemory = 534 });
        using var large = new RequestMemory.Share(memory);
        large.Take(300 << 20);
        using (var other = new RequestMemory.Share(memory))
            Assert.Equal(429, Assert.Throws<RequestException>(() => other.Take(5 << 20)).Status);
        using (var small = new RequestMemory.Share(memory))
            small.Take(4 << 20);
        Assert.Equal(300L << 20, memory.Held);
        large.ReduceTo(1 << 20);
        large.Give(1 << 19);
        Assert.Equal(1L << 19, memory.Held);
        large.Dispose();
        Assert.Equal(0, memory.Held);
    }

    [Fact]
    public async Task Small_pictures_do_not_wait_for_large_ones_and_waiting_ends()
    {
        using var decoders = new PictureDecoders();
        using var release = new ManualResetEventSlim();
        var large = Enumerable.Range(0, 100).Select(i => decoders.RunAsync(_ => Wait(i), isLarge: true, CancellationToken.None)).ToList();
        Assert.Equal(7, await decoders.RunAsync(_ => 7, isLarge: false, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
        using var stop = new CancellationTokenSource();
        var waiting = decoders.RunAsync(_ => 8, isLarge: true, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.DoesNotContain(large, task => task.IsCompleted);
        release.Set();
        Assert.Equal(Enumerable.Range(0, 100), await Task.WhenAll(large));
        var fault = await Assert.ThrowsAsync<InputException>(() =>
            decoders.RunAsync<int>(_ => throw new InputException("none"), isLarge: false, CancellationToken.None)
        );
        Assert.Equal("none", fault.Message);

        int Wait(int number)
        {
            release.Wait(CancellationToken.None);
            return number;
        }
    }

    private static async Task<string> RawAsync(ServiceHost host, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        var lines = new StringBuilder();
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { Length: > 0 } line)
            lines.AppendLine(line);
        return lines.ToString();
    }

    private static async Task<int> StatusAsync(TcpClient client)
    {
        try
        {
            var (buffer, read) = (new byte[12], 0);
            while (read < buffer.Length)
                if (
                    await client.GetStream().ReadAsync(buffer.AsMemory(read)).AsTask().WaitAsync(TimeSpan.FromSeconds(1))
                    is > 0
                        and var more
                )
                    read += more;
                else
                    return 0;
            return int.Parse(Encoding.ASCII.GetString(buffer, 9, 3));
        }
        catch (Exception e) when (e is TimeoutException)
        {
            return 0; // it waits for the rest
        }
        catch (IOException)
        {
            return 429; // refused, and closed before all was sent
        }
    }
}
