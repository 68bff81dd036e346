using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Tests.Compiler;

public sealed class EquatableArrayTests
{
    [Fact]
    public void Arrays_are_equal_where_their_elements_are()
    {
        EquatableArray<string> one = ["a", "b"], same = new(["a", "b"]), other = ["b", "a"], longer = ["a", "b", "c"];
        Assert.True(one.Equals(same));
        Assert.True(one.Equals((object)same));
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.False(one.Equals(other));
        Assert.False(one.Equals(longer));
        Assert.False(longer.Equals(one));
        Assert.False(one.Equals("a"));
    }

    [Fact]
    public void An_array_that_nobody_made_is_empty()
    {
        EquatableArray<int> none = default, empty = [];
        Assert.Empty(none);
        Assert.Equal(empty, none);
        Assert.Equal(empty.GetHashCode(), none.GetHashCode());
    }

    [Fact]
    public void An_array_keeps_what_it_was_made_of()
    {
        int[] source = [1, 2, 3];
        EquatableArray<int> array = new(source);
        source[0] = 4;
        Assert.Equal([1, 2, 3], array);
        Assert.Equal(3, array.Count);
        Assert.Equal(1, array[0]);
    }

    [Fact]
    public void Records_that_hold_arrays_are_equal_where_those_are()
    {
        NetworkSpec Spec(params int[] sizes) => new() { Name = "Net", Sizes = new(sizes) };
        Assert.Equal(Spec(4, 8, 3), Spec(4, 8, 3));
        Assert.NotEqual(Spec(4, 8, 3), Spec(4, 8, 4));
    }
}
