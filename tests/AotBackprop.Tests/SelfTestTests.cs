using AotBackprop.Tests.Support;
using Xunit;

namespace AotBackprop.Tests;

/// <summary>What a library checks of each of its networks on a user's machine.</summary>
public sealed class SelfTestTests
{
    [Fact]
    public void It_finds_nothing_wrong_in_any_network() => RandomNetworks.ForEach((_, type) =>
        Assert.Equal((int)NetworkStatus.Ok, Functions.Of(type).SelfTest()));
}
