using static AotBackprop.Generator.Emit.Vocabulary;

namespace AotBackprop.Generator.Emit;

/// <summary>
/// Loops over blocks of 16 samples with one in each lane. The place in a block is "" where a step takes all of it, else
/// the variable q.
/// </summary>
internal sealed class BlockLoops(SourceWriter writer, Vocabulary words)
{
    public const int Samples = Model.AcrossPlan.Samples;

    /// <summary>Over the vectors of all blocks.</summary>
    public void EmitForVectors(Action<string> body) => EmitForVectors(1, body);

    /// <summary>Over all blocks, so many vectors of a block at a time.</summary>
    public void EmitForVectors(int vectors, Action<string> body)
    {
        using (writer.Block($"for (nint n = 0; n < N; n += {Samples})"))
        {
            EmitForPlaces(vectors * words.Lanes, body);
        }
    }

    /// <summary>Over the vectors of one block.</summary>
    public void EmitForVectorsOfBlock(Action<string> body) => EmitForPlaces(words.Lanes, body);

    /// <summary>Where the block of sample n lies in a matrix, and the place in it.</summary>
    public static string Block(string matrix, int units, string q) => Row(matrix, "n", units) + Plus(q);

    public static string Plus(string q) => q == "" ? "" : $" + {q}";

    private void EmitForPlaces(int step, Action<string> body)
    {
        if (step == Samples)
        {
            body("");
            return;
        }

        using (writer.Block($"for (int q = 0; q < {Samples}; q += {step})"))
        {
            body("q");
        }
    }
}
