using Groundling.Core;

namespace Groundling.Tests.Data;

/// <summary>What is said of files that the system refuses.</summary>
public sealed class FileFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reasons_have_neither_path_nor_codes()
    {
        _folder.Write("file", "x");
        foreach (
            var (act, reason) in new (Action, string)[]
            {
                (() => File.ReadAllBytes(_folder.File("none")), "there is no such file"),
                (() => File.ReadAllBytes(_folder.File("none/none")), "there is no such folder"),
                (() => Directory.CreateDirectory(_folder.File("file")), "a file of that name is in the way of a folder"),
                (() => File.ReadAllBytes(_folder.File("a\0b")), "the name holds a character that no file's may"),
                (() => File.ReadAllBytes(_folder.Path), "access is denied"),
            }
        )
            Assert.Equal(reason, FileFault.ReasonOf(Assert.ThrowsAny<Exception>(act)));
    }

    /// <summary>Wherever .NET puts the path in its sentence.</summary>
    [Fact]
    public void A_line_begins_with_the_path_and_says_why()
    {
        _folder.Write("file", "x");
        foreach (
            var (act, path, reason) in new (Action, string, string)[]
            {
                (() => File.ReadAllBytes(_folder.File("none")), "none", "there is no such file"),
                (() => File.ReadAllBytes(_folder.File("none/none")), "none/none", "there is no such folder"),
                (() => Directory.CreateDirectory(_folder.File("file")), "file", "a file of that name is in the way of a folder"),
                (() => File.ReadAllBytes(_folder.Path), "", "access is denied"),
            }
        )
            Assert.Equal(
                $"{(path.Length == 0 ? _folder.Path : _folder.File(path))} cannot be read or written: {reason}",
                FileFault.LineOf(Assert.ThrowsAny<Exception>(act))
            );
    }

    /// <summary>.NET's texts for Windows' codes 123, 267, 32, 183 and 112; 123's own text is empty in places.</summary>
    [Theory]
    [InlineData(0x8007007B, "Invalid name. : 'Z:\\a?.png'", "none that Windows takes")]
    [InlineData(0x8007010B, "The directory name is invalid. : 'C:\\a'", "none that Windows takes")]
    [InlineData(
        0x80070020,
        "The process cannot access the file 'C:\\a' because it is being used by another process.",
        "another program has it open"
    )]
    [InlineData(
        0x800700B7,
        "Cannot create 'C:\\a' because a file or directory with the same name already exists.",
        "a file of that name is in the way of a folder"
    )]
    [InlineData(0x80070070, "There is not enough space on the disk. : 'C:\\a'", "no space left on the disk")]
    public void Windows_codes_have_words(uint code, string message, string says)
    {
        var reason = FileFault.ReasonOf(new IOException(message, unchecked((int)code)));
        Assert.Contains(says, reason);
        Assert.DoesNotContain("'", reason);
    }

    [Theory]
    [InlineData("Input/output error : '/data/it''s here'", "/data/it''s here cannot be read or written: Input/output error")]
    [InlineData("Access to the path '/data' is denied.", "Access to the path '/data' is denied.")]
    public void A_fault_begins_with_its_path(string message, string line) => Assert.Equal(line, FileFault.LineOf(new IOException(message)));

    [Fact]
    public void Places_are_refused_before_anything_is_made()
    {
        _folder.Write("file", "x");
        Directory.CreateDirectory(_folder.File("out/overlay.png"));
        Refuses("", "empty");
        Refuses(_folder.File("file"), "is a file where a folder is to be");
        Refuses(_folder.File("file/deep/out"), $"{_folder.File("file")} is a file, not a folder");
        Refuses(_folder.File("out"), "overlay.png is a folder where a file is to be written");
        OutputPlace.Require(_folder.File("new/deep"), "overlay.png");
        Assert.Equal(["file", "out"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());

        static void Refuses(string place, string says) =>
            Assert.Contains(says, Assert.Throws<InputException>(() => OutputPlace.Require(place, "overlay.png")).Message);
    }
}
