using Groundling.Data;

namespace Groundling.Tests.Data;

public class Crc32CTests
{
    [Fact]
    public void Gives_the_published_check_values()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32])); // RFC 3720, B.4
        Assert.Equal(0u, Crc32C.Of([]));
    }
}
