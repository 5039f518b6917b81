using System.Buffers.Binary;
using System.Text;

namespace Groundling.Tests.Packages;

/// <summary>
/// What a dylib for 64-bit macOS asks of others and gives to them, read from its load commands (mach-o/loader.h, nlist.h).
/// </summary>
internal sealed class MachOLibrary
{
    private const uint Magic64 = 0xFEEDFACF;
    private const int SymbolTable = 0x2,
        LoadDylib = 0xC,
        LoadWeakDylib = unchecked((int)0x80000018),
        ReexportDylib = unchecked((int)0x8000001F),
        RunPath = unchecked((int)0x8000001C);
    private readonly byte[] _bytes;

    private MachOLibrary(byte[] bytes) => _bytes = bytes;

    /// <summary>The libraries that it loads, in the order that symbols count them by, from 1.</summary>
    public List<string> Loads { get; } = [];

    /// <summary>Where it looks for @rpath.</summary>
    public List<string> RunPaths { get; } = [];

    /// <summary>The symbols that it takes from others: the name, the library's number, and whether it can do without.</summary>
    public List<(string Name, int Library, bool IsWeak)> Takes { get; } = [];

    /// <summary>The symbols that it gives.</summary>
    public HashSet<string> Gives { get; } = [];

    public static MachOLibrary Read(string path)
    {
        var library = new MachOLibrary(File.ReadAllBytes(path));
        if (library.UInt32(0) != Magic64)
            throw new InvalidDataException($"{path} is no 64-bit Mach-O file");
        var at = 32;
        for (var left = library.UInt32(16); left > 0; left--)
        {
            library.Take((int)library.UInt32(at), at);
            at += (int)library.UInt32(at + 4);
        }
        return library;
    }

    private void Take(int command, int at)
    {
        switch (command)
        {
            case LoadDylib or LoadWeakDylib or ReexportDylib:
                Loads.Add(Text(at + (int)UInt32(at + 8)));
                break;
            case RunPath:
                RunPaths.Add(Text(at + (int)UInt32(at + 8)));
                break;
            case SymbolTable:
                TakeSymbols((int)UInt32(at + 8), (int)UInt32(at + 12), (int)UInt32(at + 16));
                break;
        }
    }

    private void TakeSymbols(int table, int count, int names)
    {
        for (var at = table; count > 0; count--, at += 16)
        {
            var (type, description) = (_bytes[at + 4], BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at + 6)));
            if ((type & 0xE0) != 0 || (type & 1) == 0) // debugging entries; not external
                continue;
            var name = Text(names + (int)UInt32(at));
            if ((type & 0x0E) == 0) // undefined here
                Takes.Add((name, description >> 8, (description & 0x40) != 0));
            else
                Gives.Add(name);
        }
    }

    private uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private string Text(int at) => Encoding.UTF8.GetString(_bytes.AsSpan(at, Array.IndexOf(_bytes, (byte)0, at) - at));
}
