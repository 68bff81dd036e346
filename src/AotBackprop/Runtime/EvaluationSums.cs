namespace AotBackprop.Runtime;

/// <summary>What an evaluation adds up over its samples, one by one.</summary>
/// <remarks>Weights count in the loss alone; everything else takes each sample once.</remarks>
internal unsafe struct EvaluationSums
{
    /// <summary>Numbers that are kept of each output of a regressor.</summary>
    public const int OfRegressor = 4;

    /// <summary>Σ wᵢ Lᵢ.</summary>
    public double Loss;

    /// <summary>Σ wᵢ, or the number of samples.</summary>
    public double Weight;

    /// <summary>Samples so far.</summary>
    public nuint Count;

    /// <summary>Samples of which the class is right; of several labels those of which all are.</summary>
    public nuint Correct;

    /// <summary>Σ |A − Y| over samples and outputs.</summary>
    public double AbsoluteError;

    /// <summary>
    /// Of several labels how often each was right. Of a regressor four numbers for each output: its first target t, then
    /// Σ (Y − t), Σ (Y − t)² and Σ (A − Y)². Null where nobody asks for it.
    /// </summary>
    public double* Outputs;

    /// <summary>Adds a sample of one class.</summary>
    /// <param name="wanted">Its class.</param>
    /// <param name="found">What the network says.</param>
    public void AddClass(int wanted, int found) => Correct += wanted == found ? 1u : 0;

    /// <summary>Adds a sample of labels that are independent of each other.</summary>
    /// <param name="A">Their probabilities.</param>
    /// <param name="Y">What they should be.</param>
    /// <param name="count">C.</param>
    public readonly nuint AddLabels(float* A, float* Y, int count)
    {
        nuint correct = 1;
        for (int j = 0; j < count; j++)
        {
            bool isRight = A[j] > 0.5f == Y[j] > 0.5f;
            correct = isRight ? correct : 0;
            if (Outputs != null && isRight)
            {
                Outputs[j]++;
            }
        }

        return correct;
    }

    /// <summary>Adds a sample of numbers.</summary>
    /// <param name="A">What the network says.</param>
    /// <param name="Y">What they should be.</param>
    /// <param name="count">C.</param>
    /// <param name="isFirst">Whether no sample was added before.</param>
    public void AddNumbers(float* A, float* Y, int count, bool isFirst)
    {
        for (int j = 0; j < count; j++)
        {
            double error = (double)A[j] - Y[j];
            AbsoluteError += Math.Abs(error);
            if (Outputs != null)
            {
                double* of = Outputs + ((nint)j * OfRegressor);
                of[0] = isFirst ? Y[j] : of[0];
                double d = Y[j] - of[0];
                of[1] += d;
                of[2] += d * d;
                of[3] += error * error;
            }
        }
    }

    /// <summary>
    /// R² = 1 − Σ (A − Y)² / Σ (Y − Ȳ)², the mean over the outputs. Where all targets of an output are the same, it counts
    /// 1 if the network says them exactly, else 0, as scikit-learn has it.
    /// </summary>
    /// <param name="outputs">C.</param>
    public readonly double RSquaredOf(int outputs)
    {
        double sum = 0;
        for (int j = 0; j < outputs; j++)
        {
            double* of = Outputs + ((nint)j * OfRegressor);
            double total = of[2] - (of[1] * of[1] / Count);
            sum += total > 0 ? 1 - (of[3] / total) : of[3] == 0 ? 1 : 0;
        }

        return sum / outputs;
    }
}
