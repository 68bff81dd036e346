using Strict;

using Points points = new(1);
using Own own = new(1);
System.Console.WriteLine($"{points.Parameters.Length} {own.Parameters.Length}");

[AotBackprop.Network(3, 2)]
public sealed partial class Own;
