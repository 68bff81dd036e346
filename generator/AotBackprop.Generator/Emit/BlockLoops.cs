using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Loops over blocks of 16 samples with one in each lane. The place in a block is "" where a vector holds all of it, else
/// the variable q.
/// </summary>
internal sealed class BlockLoops(SourceWriter writer, Vocabulary words)
{
    public const int Samples = Model.AcrossPlan.Samples;

    /// <summary>Over the vectors of all blocks.</summary>
    public void EmitForVectors(Action<string> body)
    {
        using (writer.Block($"for (nint n = 0; n < N; n += {Samples})"))
        {
            EmitForVectorsOfBlock(body);
        }
    }

    /// <summary>Over the vectors of one block.</summary>
    public void EmitForVectorsOfBlock(Action<string> body)
    {
        if (words.Lanes == Samples)
        {
            body("");
            return;
        }

        using (writer.Block($"for (int q = 0; q < {Samples}; q += {words.Lanes})"))
        {
            body("q");
        }
    }

    /// <summary>Where the block of sample n lies in a matrix, and the place in it.</summary>
    public static string Block(string matrix, int units, string q) => Row(matrix, "n", units) + Plus(q);

    public static string Plus(string q) => q == "" ? "" : $" + {q}";
}
