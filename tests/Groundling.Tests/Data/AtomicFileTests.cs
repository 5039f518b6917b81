using Groundling.Core;

namespace Groundling.Tests.Data;

/// <summary>Where files and folders are written that stand there already, as something else than a file.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pipe_gets_the_bytes_and_stays_a_pipe()
    {
        var pipe = Pipe();
        var reading = Task.Run(() => File.ReadAllText(pipe), TestContext.Current.CancellationToken);
        AtomicFile.WriteText(pipe, "all of it");
        Assert.Equal("all of it", await reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(FileKind.IsSpecial(pipe));
    }

    [Fact]
    public void A_device_gets_the_bytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks at Linux's devices");
        Assert.True(FileKind.IsSpecial("/dev/null"));
        SymbolicLinks.SkipUnlessThere();
        File.CreateSymbolicLink(_folder.File("null"), "/dev/null");
        AtomicFile.WriteText(_folder.File("null"), "nobody reads it");
        Assert.True(FileKind.IsSpecial(_folder.File("null")));
        Assert.True(FileKind.IsSpecial("/dev/null"));
    }

    [Fact]
    public void Files_folders_and_what_is_not_there_are_usual()
    {
        _folder.Write("file", "x");
        foreach (var path in (string[])[_folder.File("file"), _folder.Path, _folder.File("none")])
            Assert.False(FileKind.IsSpecial(path));
    }

    [Fact]
    public void A_link_leads_to_the_file_that_is_written()
    {
        SymbolicLinks.SkipUnlessThere();
        _folder.Write("elsewhere/file", "old");
        File.CreateSymbolicLink(_folder.File("link"), _folder.File("elsewhere/file"));
        AtomicFile.WriteText(_folder.File("link"), "new");
        Assert.Equal("new", File.ReadAllText(_folder.File("elsewhere/file")));
        Assert.NotNull(new FileInfo(_folder.File("link")).LinkTarget);
    }

    [Fact]
    public void Who_could_not_read_a_file_cannot_read_the_new_one()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("looks at Unix' modes");
            return;
        }
        var file = _folder.Write("file", "old");
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.SetUnixFileMode(file, mine);
        AtomicFile.WriteText(file, "new");
        Assert.Equal(("new", mine), (File.ReadAllText(file), File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Whose_a_file_is_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "gives a file to another");
        var file = _folder.Write("file", "old");
        Run("chown", "65534:65534", file);
        Run("chmod", "640", file);
        AtomicFile.WriteText(file, "new");
        Assert.Equal("65534 65534 640", Run("stat", "-c", "%u %g %a", file));

        static string Run(string program, params string[] arguments) => Programs.Run(program, arguments).Works().Output.Trim();
    }

    [Fact]
    public void Links_in_circles_end()
    {
        SymbolicLinks.SkipUnlessThere();
        File.CreateSymbolicLink(_folder.File("circle"), _folder.File("circle/within"));
        Assert.Contains("circles", Assert.Throws<IOException>(() => RealPath.Of(_folder.File("circle"))).Message);
    }

    [Fact]
    public void A_place_for_a_file_is_asked_for_beforehand()
    {
        OutputPlace.RequireFile(_folder.File("new"));
        OutputPlace.RequireFile(_folder.File("folder/that/can/be/made"));
        Assert.Throws<InputException>(() => OutputPlace.RequireFile(_folder.Path));
        Assert.Throws<InputException>(() => OutputPlace.RequireFile(Path.GetPathRoot(_folder.Path)!));
        Assert.Throws<InputException>(() => OutputPlace.RequireFile(Path.Combine(_folder.Write("file", "x"), "below")));
        if (OperatingSystem.IsLinux())
            OutputPlace.RequireFile("/dev/null");
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void A_link_leads_to_the_folder_that_is_filled()
    {
        SymbolicLinks.SkipUnlessThere();
        Directory.CreateDirectory(_folder.File("elsewhere"));
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("elsewhere"));
        AtomicFolder.Write(_folder.File("link"), made => File.WriteAllText(Path.Combine(made, "file"), "x"));
        Assert.True(File.Exists(_folder.File("elsewhere/file")));
        Assert.NotNull(new DirectoryInfo(_folder.File("link")).LinkTarget);
    }

    private string Pipe()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes a named pipe");
        var pipe = _folder.File("pipe");
        Programs.Run("mkfifo", pipe).Works();
        return pipe;
    }
}
