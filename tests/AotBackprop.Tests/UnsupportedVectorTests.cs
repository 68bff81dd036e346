using System.Reflection;
using System.Runtime.Intrinsics;
using AotBackprop.Testing;
using Xunit;

namespace AotBackprop.Tests;

public sealed class UnsupportedVectorTests
{
    [Theory]
    [InlineData("512")]
    [InlineData("256")]
    [InlineData("512,256")]
    [InlineData("256,128")]
    public void A_network_is_made_where_the_processor_has_a_width_that_it_was_emitted_for(string widths)
    {
        bool has = widths.Split(',').Any(width => width switch
        {
            "512" => Vector512.IsHardwareAccelerated,
            "256" => Vector256.IsHardwareAccelerated,
            _ => true,
        });
        MethodInfo make = GeneratorRun
            .ForVectors(widths, "[AotBackprop.Network(4, 8, 3)] internal sealed partial class Net { public static void Make() => new Net(1).Dispose(); }")
            .Load().GetType("Net")!.GetMethod("Make")!;
        Exception? thrown = Record.Exception(() => make.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null));
        if (has)
        {
            Assert.Null(thrown);
        }
        else
        {
            Assert.Contains("AotBackpropVectorWidths", Assert.IsType<PlatformNotSupportedException>(thrown).Message, StringComparison.Ordinal);
        }
    }
}
