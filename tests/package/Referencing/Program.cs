using Points network = new(1);
System.Console.WriteLine(network.Parameters.Length);
