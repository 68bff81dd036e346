namespace AotBackprop.Generator.Tests.Compiler;

/// <summary>What is planned for networks of many shapes, kept as tables.</summary>
public sealed class PlanTests
{
    private static readonly SnapshotFolder Plans = SnapshotFolder.Of("Plans");

    public static TheoryData<string> Networks =>
    [
        "1-2", "4-8-3", "13-16-2", "30-16-2", "31-33-63-20", "64-32-10", "127-64", "128-128", "784-10", "784-128-10", "784-512-10", "4096-4096-10",
    ];

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_plan_is_as_kept(string shape) => Plans.Expect($"{shape}.txt", PlanTable.Of(Shapes.Plan(shape)));

    [Fact]
    public void Every_table_belongs_to_a_network() => Plans.ExpectNoStrays(Networks.Select(row => $"{row.Data}.txt"));
}
