using System.CommandLine;
using Groundling.Cli.Mcp;
using Groundling.Torch;
using Groundling.Web;

namespace Groundling.Cli.Commands;

/// <summary>groundling serve: the service, and the page that shows it.</summary>
internal static class ServeCommand
{
    private const string KeyVariable = "GROUNDLING_API_KEY",
        LabelStudioVariable = "LABEL_STUDIO_API_KEY";

    public static Command Create(CancellationToken stop)
    {
        var defaults = new ServerOptions();
        var (model, device, threads) = (new ModelOptions(), new DeviceOptions(), CommonOptions.Threads());
        var listening = new ListeningOptions(defaults);
        var queue = new Option<int>("--queue")
        {
            Description = "Requests that may wait for the model; more are refused with 429",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.Queue,
        };
        var batch = new Option<int>("--batch")
        {
            Description = "Waiting requests taken at a time; those of one picture share its encoding",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.Batch,
        };
        var timeout = NumberOption.Required("--timeout", defaults.Timeout);
        (timeout.Description, timeout.HelpName) = (
            "Seconds that a request may wait for its turn, and that the model may then work on it",
            "SECONDS"
        );
        var megabytes = new Option<int>("--max-megabytes")
        {
            Description = "The largest body, in MiB",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.MaxMegabytes,
        };
        var megapixels = new Option<int>("--max-megapixels")
        {
            Description = "The largest picture, in million pixels",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.MaxMegapixels,
        };
        var size = new Option<int>("--max-size")
        {
            Description = "The largest network input that a request may ask for: pixels of its longer side",
            HelpName = "PIXELS",
            DefaultValueFactory = _ => defaults.MaxSize,
        };
        var work = new Option<int>("--max-work")
        {
            Description = "The largest work of a request: million pixels of its picture times its phrases",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.MaxWork,
        };
        var memory = new Option<int>("--max-memory")
        {
            Description = "MiB that requests may add to the service's memory; what would take more is refused with 429",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.MaxMemory,
        };
        var connections = new Option<int>("--max-connections")
        {
            Description = "Connections at a time; more are closed at once",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.MaxConnections,
        };
        var key = new Option<string?>("--api-key")
        {
            Description =
                $"What clients must send as a bearer token; {KeyVariable} in the environment says it without showing it to other users of the machine",
            HelpName = "KEY",
        };
        var cors = new Option<string?>("--cors")
        {
            Description = "The one other site whose pages may call the service, such as https://example.org",
            HelpName = "ORIGIN",
        };
        var labelStudio = new Option<string?>("--label-studio")
        {
            Description =
                $"The Label Studio to be a backend of, such as http://localhost:8080; tasks' pictures come from there alone, with the token in {LabelStudioVariable}",
            HelpName = "ORIGIN",
        };
        var samples = new Option<string>("--samples")
        {
            Description = "A folder of pictures to try on the page, NAME.png with its caption in NAME.txt",
            HelpName = "DIR",
            DefaultValueFactory = _ => defaults.Samples,
        };
        var mcp = new Option<bool>("--mcp") { Description = "Also answer clients of the Model Context Protocol at /mcp" };
        var allow = McpCommand.Allow();
        allow.Description += "; with --mcp";
        var command = new Command("serve", "Answer over HTTP, and show a page to try it on.")
        {
            model.Frozen,
            model.Trained,
            model.Yes,
            model.NoCache,
            model.ColourWalks,
            device.Name,
            device.Kind,
            threads,
            listening.Host,
            listening.Port,
            queue,
            batch,
            timeout,
            megabytes,
            megapixels,
            size,
            work,
            memory,
            connections,
            key,
            cors,
            listening.Names,
            labelStudio,
            samples,
            mcp,
            allow,
        };
        command.SetAction(parsed =>
        {
            var place = device.Read(parsed).Find(); // one that cannot be used shows before the service listens
            var options = new ServerOptions
            {
                Queue = parsed.GetValue(queue),
                Batch = parsed.GetValue(batch),
                Timeout = parsed.GetValue(timeout),
                MaxMegabytes = parsed.GetValue(megabytes),
                MaxMegapixels = parsed.GetValue(megapixels),
                MaxSize = parsed.GetValue(size),
                MaxWork = parsed.GetValue(work),
                MaxMemory = parsed.GetValue(memory),
                MaxConnections = parsed.GetValue(connections),
                ApiKey = parsed.GetValue(key) ?? Environment.GetEnvironmentVariable(KeyVariable),
                Cors = parsed.GetValue(cors),
                LabelStudio = parsed.GetValue(labelStudio),
                LabelStudioToken = parsed.GetValue(labelStudio) is null ? null : Environment.GetEnvironmentVariable(LabelStudioVariable),
                Samples = parsed.GetValue(samples)!,
            };
            listening.ReadInto(options, parsed);
            if (parsed.GetResult(samples) is { Implicit: false } && !Directory.Exists(options.Samples))
                throw new InputException($"--samples {options.Samples}: there is no such folder");
            if (parsed.GetValue(allow) is { Length: > 0 } && !parsed.GetValue(mcp))
                throw new InputException("--allow names folders for clients of --mcp; give both");
            var folders = parsed.GetValue(mcp) ? new AllowedFolders(parsed.GetValue(allow) ?? []) : null;
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var error = parsed.InvocationConfiguration.Error;
            var choice = model.Read(parsed, stop);
            if (choice.IsDefault)
                error.WriteLine(DefaultModel.Note);
            Serve(options, choice, place, folders, parsed.InvocationConfiguration.Output, stop);
        });
        return command;
    }

    private static void Serve(
        ServerOptions options,
        ModelChoice model,
        ComputeDevice place,
        AllowedFolders? folders,
        TextWriter output,
        CancellationToken stop
    )
    {
        var server = new GroundingServer(
            options,
            shared => model.Share(shared, new(place.Name, place.Asked)),
            builder =>
            {
                ServeTelemetry.Add(builder);
                if (folders is not null)
                    McpOverHttp.Add(builder, folders);
            },
            routes =>
            {
                ServeTelemetry.Map(routes);
                if (folders is not null)
                    McpOverHttp.Map(routes);
            }
        );
        try
        {
            var address = server.ListenAsync().GetAwaiter().GetResult();
            output.WriteLine($"{address} (loading {model.Frozen} on {place})");
            server.Run(stop, () => output.WriteLine($"{address} is ready; Ctrl-C ends it"));
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
