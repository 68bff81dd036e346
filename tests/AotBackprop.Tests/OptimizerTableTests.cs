using System.Reflection;
using AotBackprop.Runtime;
using Xunit;

namespace AotBackprop.Tests;

public sealed class OptimizerTableTests
{
    public static TheoryData<string> Names() => [.. OptimizerTable.All.Select(entry => entry.Name)];

    [Fact]
    public void Every_kind_has_its_place_and_a_name_of_its_own()
    {
        Assert.Equal(Enum.GetValues<OptimizerKind>(), OptimizerTable.All.Select(entry => entry.Kind));
        Assert.All(OptimizerTable.All, (entry, number) => Assert.Equal(number, (int)entry.Kind));
        Assert.Distinct(OptimizerTable.All.Select(entry => entry.Name));
        Assert.Distinct(OptimizerTable.All.Select(entry => entry.Title));
        Assert.All(OptimizerTable.All, entry => Assert.True(OptimizerTraits.Exist(entry.Kind)));
        Assert.False(OptimizerTraits.Exist((OptimizerKind)OptimizerTable.All.Count));
        Assert.False(OptimizerTraits.Exist((OptimizerKind)(-1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_defaults_of_a_factory_are_those_of_the_table(string name)
    {
        OptimizerEntry entry = OptimizerTable.All.First(one => one.Name == name);
        MethodInfo factory = typeof(Optimizer).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Single(method => string.Equals(method.Name, name, StringComparison.OrdinalIgnoreCase));
        foreach (ParameterInfo parameter in factory.GetParameters().Where(parameter => parameter.HasDefaultValue))
        {
            float wanted = parameter.Name switch
            {
                "learningRate" => entry.LearningRate,
                "weightDecay" => entry.WeightDecay,
                "clipNorm" => 0,
                _ => entry.Default(OptimizerTable.Numbers.Single(number => number.Field == parameter.Name).Number),
            };
            Assert.Equal(wanted, parameter.DefaultValue);
        }

        IEnumerable<string> numbers = OptimizerTable.Numbers
            .Where(number => entry.Traits.Has(number.Number))
            .Select(number => number.Field);
        Assert.Equal(
            ["learningRate", .. numbers, "weightDecay", "clipNorm"],
            factory.GetParameters().Select(parameter => parameter.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_optimizer_does_not_use_is_refused_and_what_it_uses_validated(string name)
    {
        OptimizerEntry entry = OptimizerTable.All.First(one => one.Name == name);
        OptimizerSettings settings = new()
        {
            Kind = entry.Kind,
            LearningRate = entry.LearningRate,
            Momentum = entry.Momentum,
            Beta1 = entry.Beta1,
            Beta2 = entry.Beta2,
            Epsilon = entry.Epsilon,
            WeightDecay = entry.WeightDecay,
        };
        bool Has(OptimizerNumbers number) => entry.Traits.Has(number);
        Assert.Equal(NetworkStatus.Ok, settings.Validate(out _));
        foreach (float wrong in new[] { -1, 2, float.NaN })
        {
            Assert.Equal(
                Has(OptimizerNumbers.Momentum) ? NetworkStatus.InvalidMomentum : NetworkStatus.UnusedMomentum,
                (settings with { Momentum = wrong }).Validate(out _));
            Assert.Equal(
                Has(OptimizerNumbers.Beta1) ? NetworkStatus.InvalidBeta1 : NetworkStatus.UnusedBeta1,
                (settings with { Beta1 = wrong }).Validate(out _));
            Assert.Equal(
                Has(OptimizerNumbers.Beta2) ? NetworkStatus.InvalidBeta2 : NetworkStatus.UnusedBeta2,
                (settings with { Beta2 = wrong }).Validate(out _));
        }

        Assert.Equal(
            Has(OptimizerNumbers.Epsilon) ? NetworkStatus.InvalidEpsilon : NetworkStatus.UnusedEpsilon,
            (settings with { Epsilon = float.NaN }).Validate(out _));
    }
}
