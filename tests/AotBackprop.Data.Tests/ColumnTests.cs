using Xunit;

namespace AotBackprop.Data.Tests;

/// <summary>Which columns are inputs, and which targets.</summary>
public sealed class ColumnTests
{
    private const string Labelled = "a,b,c,d,class\n1,2,3,4,0\n5,6,7,8,1\n";
    private const string Inputs = "1,2,3,4\n5,6,7,8\n";

    private static readonly DataShape s_pair = DataShape.Of<Pair>();
    private static readonly float[] s_X = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void Inputs_are_read_with_and_without_their_targets()
    {
        foreach (string text in new[] { Labelled, Inputs, "1,2,3,4,x\n5,6,7,8,y\n", "a,b,c,d\n" + Inputs, "1,2,3,4,\n5,6,7,8,\n", "1,2,3,4,?\n5,6,7,8,\n" })
        {
            Dataset found = Tables.ReadInputs(text);
            Assert.Equal(s_X, found.X.ToArray());
            Assert.False(found.HasTargets);
            Assert.True(found.Targets.Labels.IsEmpty && found.Targets.Values.IsEmpty);
        }

        Assert.Equal(s_X, Tables.ReadInputs("class,a,b,c,d\nx,1,2,3,4\ny,5,6,7,8\n", options: new() { Targets = ["class"] }).X.ToArray());
        Assert.Equal(s_X, Tables.ReadInputs("a,b,c,d\n" + Inputs, options: new() { Targets = ["class"] }).X.ToArray());
        Assert.Equal(s_X, Tables.ReadInputs("x,1,2,3,4\ny,5,6,7,8\n", options: new() { Targets = [1] }).X.ToArray());
        Assert.Equal(s_X, Tables.ReadInputs(Inputs, options: new() { Targets = [1] }).X.ToArray());
        Assert.Equal(
            "data, line 1 has 3 columns; wanted 4, the inputs, or 5 with the class.",
            Assert.Throws<InvalidDataException>(() => Tables.ReadInputs("1,2,3\n")).Message);
    }

    [Fact]
    public void Columns_of_a_model_are_found_in_any_order_and_others_left_out()
    {
        DataOptions model = new() { Columns = ["a", "b", "c", "d"], Targets = ["class"] };
        const string Text = "class,d,note,c,b,a\n0,4,x,3,2,1\n1,8,y,7,6,5\n";
        Tables.AssertSame(Tables.Read(Labelled), Tables.Read(Text, options: model));
        Assert.Equal(s_X, Tables.ReadInputs(Text, options: model).X.ToArray());
        Assert.Equal(s_X, Tables.ReadInputs("d,c,b,a\n4,3,2,1\n8,7,6,5\n", options: model).X.ToArray());
        Assert.Equal(["a", "b", "c", "d"], Tables.ReadInputs(Text, options: model).Columns!);

        // Without header they are in the model's order.
        Assert.Equal(s_X, Tables.ReadInputs(Inputs, options: model).X.ToArray());
        Assert.Equal(
            "data has no column 'c', 'd', from which the model learned; it has 'a', 'b', 'x', 'y', 'class'. Name its columns as those that were learned from.",
            Tables.Refusal(Labelled.Replace("c,d,", "x,y,"), options: model));
    }

    [Fact]
    public void Several_targets_are_in_the_order_in_which_they_are_named()
    {
        const string Text = "a,t,b,u,c\n1,10,2,20,3\n4,40,5,50,6\n";
        Dataset found = Tables.Read(Text, s_pair, new() { Targets = ["u", "t"] });
        Assert.Equal([1f, 2, 3, 4, 5, 6], found.X.ToArray());
        Assert.Equal([20f, 10, 50, 40], found.Targets.Values.ToArray());
        Assert.Equal(["u", "t"], found.TargetNames!);
        Assert.Equal(2, found.TargetCount);
        Assert.Equal([2f, 3, 5, 6], Tables.Read("1,2,3,2,3\n4,5,6,5,6\n", s_pair).Targets.Values.ToArray());
        Assert.Equal([1f, 5, 2, 6], Tables.Read("1,2,3,4,5\n2,3,4,5,6\n", s_pair, new() { Targets = [1, -1] }).Targets.Values.ToArray());
    }

    [Fact]
    public void Labels_of_a_network_of_several_are_shares()
    {
        DataShape marks = DataShape.Of<Marks>();
        Assert.Equal([0f, 1, 0.5f, 1], Tables.Read("1,2,0,1\n3,4,0.5,1\n", marks).Targets.Values.ToArray());
        Assert.Equal(
            "data, line 2: column 4, a target, is '2'; wanted a number from 0 to 1. Correct it, or say the column of the targets (Targets).",
            Tables.Refusal("1,2,0,1\n3,4,0.5,2\n", marks));
        Assert.Equal(
            "data, line 2: column 3, a target, is 'NA'; wanted a number from 0 to 1. It is missing; leave the sample out, or complete it.",
            Tables.Refusal("1,2,0,1\n3,4,NA,1\n", marks));
    }

    [Fact]
    public void A_classifier_takes_probabilities_where_as_many_columns_are_named()
    {
        DataOptions options = new() { Targets = [5, 6, 7] };
        Dataset found = Tables.Read("1,2,3,4,0.5,0.25,0.25\n", options: options);
        Assert.Equal([0.5f, 0.25f, 0.25f], found.Targets.Values.ToArray());
        Assert.StartsWith("There are 2 columns of targets; wanted 1, the class, or 3", Assert.Throws<ArgumentException>(
            () => Tables.Read("1,2,3,4,0.5,0.25\n", options: new() { Targets = [5, 6] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_classes_of_one_output_may_be_any()
    {
        DataShape shape = DataShape.Of<Event>();
        Dataset words = Tables.Read("1,2,yes\n3,4,no\n", shape);
        Assert.Equal([1, 0], words.Targets.Labels.ToArray());
        Assert.Equal(["no", "yes"], words.Classes!);
        Dataset signs = Tables.Read("1,2,1\n3,4,-1\n", shape);
        Assert.Equal([1, 0], signs.Targets.Labels.ToArray());
        Assert.Equal(["-1", "1"], signs.Classes!);

        // Class numbers of which one does not occur.
        Assert.Equal([1, 1], Tables.Read("1,2,1\n3,4,1\n", shape).Targets.Labels.ToArray());
    }

    [Fact]
    public void Classes_of_text_are_sorted_by_their_code_points()
    {
        // UTF-16 has the last two the other way round.
        Dataset found = Tables.Read("1,2,3,4,\U0001F600\n1,2,3,4,\uFF5E\n1,2,3,4,Z\n");
        Assert.Equal(["Z", "\uFF5E", "\U0001F600"], found.Classes!);
        Assert.Equal([2, 1, 0], found.Targets.Labels.ToArray());

        // One text among numbers makes all of them texts.
        Assert.Equal(["10", "9", "a"], Tables.Read("1,2,3,4,9\n1,2,3,4,10\n1,2,3,4,a\n").Classes!);
        Assert.Equal(["9", "10", "11"], Tables.Read("1,2,3,4,11\n1,2,3,4,9.0\n1,2,3,4,1e1\n").Classes!);
    }

    [Fact]
    public void Classes_of_a_model_keep_their_numbers()
    {
        DataOptions model = new() { Classes = ["red", "green", "blue"] };
        Dataset found = Tables.Read("1,2,3,4,blue\n1,2,3,4,red\n1,2,3,4,2\n", options: model);
        Assert.Equal([2, 0, 2], found.Targets.Labels.ToArray());
        Assert.Equal(["red", "green", "blue"], found.Classes!);
        Assert.Equal(
            "data, line 1: column 5, the class, is 'pink'; wanted one of 'red', 'green', 'blue', or a number from 0 to 2. Correct it, or say the column of the targets (Targets).",
            Tables.Refusal("1,2,3,4,pink\n", options: model));

        // Where names are numbers, a number is a name.
        DataOptions numbers = new() { Classes = ["10", "20", "30"] };
        Assert.Equal([1], Tables.Read("1,2,3,4,2e1\n", options: numbers).Targets.Labels.ToArray());
        Assert.Contains("is '1'; wanted one of '10', '20', '30'.", Tables.Refusal("1,2,3,4,1\n", options: numbers), StringComparison.Ordinal);

        // A model without names knows numbers alone.
        Assert.Contains("is '3'; wanted a whole number from 0 to 2.", Tables.Refusal("1,2,3,4,3\n", options: new() { Classes = [] }), StringComparison.Ordinal);
        Assert.Contains("is 'a'; wanted a whole number from 0 to 2.", Tables.Refusal("1,2,3,4,a\n", options: new() { Classes = [] }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, "data has no column 7; it has 5 columns.")]
    [InlineData(-6, "data has no column -6; it has 5 columns.")]
    public void A_number_of_no_column_is_told_of(int column, string message) => Assert.Equal(message, Tables.Refusal(Labelled, options: new() { LeaveOut = [column] }));

    [Fact]
    public void A_name_of_no_column_is_told_of()
    {
        Assert.Equal("data has no column 'x'; it has 'a', 'b', 'c', 'd', 'class'.", Tables.Refusal(Labelled, options: new() { Targets = ["x"] }));
        Assert.Equal(
            "data has no names of columns, so no column 'x'; say its number, or that there is a header (Header).",
            Tables.Refusal("1,2,3,4,0\n", options: new() { Targets = ["x"] }));
        Assert.Equal(
            "data has the name 'a' above columns 1 and 3; say a number, or name them differently.",
            Tables.Refusal("a,b,a,d,e\n1,2,3,4,0\n", options: new() { Targets = ["a"] }));
        Assert.Equal(
            "data: a column of targets is named twice, or left out as well; wanted each once.",
            Tables.Refusal(Labelled, options: new() { Targets = ["class"], LeaveOut = [5] }));
    }

    [Fact]
    public void Targets_may_be_in_a_file_of_their_own()
    {
        using TemporaryFile labels = new("x\ny\nz\n");
        DataOptions options = new() { TargetFile = labels.Name };
        Dataset found = Tables.Read("1,2,3,4\n5,6,7,8\n9,8,7,6\n", options: options);
        Assert.Equal([0, 1, 2], found.Targets.Labels.ToArray());
        Assert.Equal(["x", "y", "z"], found.Classes!);
        Assert.Equal(
            $"data has 2 samples, and {labels.Name} has more; wanted targets for each. Where a file begins with names of columns, say so (Header).",
            Tables.Refusal("1,2,3,4\n5,6,7,8\n", options: options));
        Assert.Equal(
            $"{labels.Name} has 3 samples, and data has more; wanted targets for each. Where a file begins with names of columns, say so (Header).",
            Tables.Refusal("1,2,3,4\n5,6,7,8\n9,8,7,6\n9,8,7,6\n", options: options));

        // Words above words may be a label: that they are a name has to be said.
        using TemporaryFile named = new("class\nx\ny\nz\n");
        found = Tables.Read("a,b,c,d\n1,2,3,4\n5,6,7,8\n9,8,7,6\n", options: new() { TargetFile = named.Name, Header = HeaderUse.Names });
        Assert.Equal(["class"], found.TargetNames!);
        Assert.Equal(["a", "b", "c", "d"], found.Columns!);
        using TemporaryFile broken = new("x\n\ny\n?\n");
        Assert.StartsWith(
            $"{broken.Name}, line 4: column 1, the class, is '?'",
            Tables.Refusal("1,2,3,4\n5,6,7,8\n9,8,7,6\n", options: new() { TargetFile = broken.Name }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3", null, 3)]
    [InlineData("-1", null, -1)]
    [InlineData("price", "price", 0)]
    [InlineData("0", "0", 0)]
    [InlineData("1.5", "1.5", 0)]
    public void A_column_is_written_as_a_number_or_a_name(string text, string? name, int number)
    {
        Column column = Column.Parse(text);
        Assert.Equal((name, number), (column.Name, column.Number));
    }

    [Fact]
    public void An_input_that_seems_to_number_the_rows_is_noted()
    {
        Assert.Equal(
            ["column 1 'index' is an input, and seems to number the rows; leave it out (LeaveOut = [1]) where it does."],
            Tables.Read("index,b,c,d,class\n1,2,3,4,0\n").Notes);
        Assert.Empty(Tables.Read(Labelled).Notes);
        Assert.Empty(Tables.Read("index,a,b,c,d,class\n1,2,3,4,5,0\n", options: new() { LeaveOut = ["index"] }).Notes);
    }

    [Fact]
    public void A_column_that_is_left_out_is_not_advised_to_be_left_out()
    {
        const string Text = "id,a,b,c,d,extra,class\n1,2,3,4,5,6,0\n";
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Tables.Read(Text, options: new() { LeaveOut = ["id"] }));
        Assert.EndsWith("has 7 columns; wanted 6: 4 inputs and the class and one left out.", e.Message);
        e = Assert.Throws<InvalidDataException>(() => Tables.Read(Text, options: new() { LeaveOut = ["extra"] }));
        Assert.EndsWith("Column 1 seems to number the rows; leave it out (LeaveOut = [1]).", e.Message);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        foreach (DataOptions options in new DataOptions[]
        {
            new() { Delimiter = '"' }, new() { Delimiter = 'é' }, new() { Comment = ',', Delimiter = ',' }, new() { Comment = ' ' },
            new() { DecimalComma = true, Delimiter = ',' }, new() { Fit = ScalingKind.Factor }, new() { Targets = [] },
            new() { Fit = ScalingKind.Standard, Scaling = InputScaling.DivideBy(2) }, new() { Missing = MissingValues.Mean, Scaling = InputScaling.MinMax([1, 1, 1, 1], [2, 2, 2, 2]) },
            new() { Classes = ["a", "b"] }, new() { Columns = ["a"] }, new() { Missing = MissingValues.By([1, 2]) },
        })
        {
            Assert.ThrowsAny<ArgumentException>(() => Tables.Read(Labelled, options: options));
        }
    }
}
