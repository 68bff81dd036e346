namespace AotBackprop.Data.Tests;

[Network(4, 4, 3)]
internal sealed partial class Flowers;

[Network(3, 4, 2, Output = Output.Linear)]
internal sealed partial class Pair;

[Network(2, 2, 2, Output = Output.Sigmoid)]
internal sealed partial class Marks;

[Network(2, 2, 1, Output = Output.Sigmoid)]
internal sealed partial class Event;
