using AotBackprop.CommandLine;
using AotBackprop.CommandLine.IO;
using AotBackprop.Data;
using AotBackprop.Numerics;
using AotBackprop.Runtime;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>Names of files, and places in them, as the command tells them.</summary>
public sealed class NameBytesTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("é\u0301 日本 \U0001F600")]
    public void A_name_in_UTF8_stays_what_it_is(string name) => Assert.Equal(name, NameBytes.ToText(NameBytes.Of(name)));

    [Fact]
    public void Any_bytes_are_a_name_and_come_back()
    {
        Xoshiro256 random = new(1);
        for (int n = 0; n < 1000; n++)
        {
            byte[] name = [.. Enumerable.Range(0, (int)random.NextBelow(20)).Select(_ => (byte)(random.NextBelow(255) + 1))];
            Assert.Equal(name, NameBytes.Of(NameBytes.ToText(name)));
        }
    }

    [Fact]
    public void An_input_that_a_network_tells_of_has_its_place_in_the_file()
    {
        using MemoryStream file = new("\na,b,c,d,class\n1,2,3,4,1\n\n5,6,7,8,2\n"u8.ToArray());
        Dataset samples = Dataset.Read(file, "data", new(4, 3, Output.Softmax), null, null);
        Assert.Equal(
            "too large: data, line 5, column 2 'b', scaled, is 42, the largest input",
            Evaluating.Located("too large: X[1, 1] is 42, the largest input", new CulpritInput(1, 1), samples));
        Assert.Equal("X[1, 1] is not of it", Evaluating.Located("X[1, 1] is not of it", null, samples));
    }
}
