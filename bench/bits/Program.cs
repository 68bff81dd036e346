AotBackprop.Bits.Networks.Run();
