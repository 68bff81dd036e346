using Xunit;

namespace AotBackprop.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void A_network_compiled_in_memory_trains()
    {
        System.Reflection.Assembly assembly = Testing.GeneratorRun.Of("[AotBackprop.Network(4, 8, 3)] public sealed partial class Tiny;").Load();
        Type type = assembly.GetType("Tiny")!;
        Assert.True(typeof(INetwork<>).MakeGenericType(type).IsAssignableFrom(type));
    }
}
