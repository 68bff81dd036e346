namespace AotBackprop.Training.Runs;

/// <summary>How a network does on the samples of a validation.</summary>
internal static class Judge
{
    /// <summary>The loss, and the figure that the network's kind is judged by.</summary>
    public static Figure[] Evaluate(INetwork network, TrainingData validation)
    {
        ReadOnlySpan<float> X = validation.X.Span;
        Targets targets = validation.Targets;
        (double loss, ValidationFigure figure, double value) = network switch
        {
            IClassifier classifier when classifier.Evaluate(X, targets) is var found => (found.Loss, ValidationFigure.Accuracy, found.Accuracy),
            IMultiLabelClassifier labels when labels.Evaluate(X, targets) is var found => (found.Loss, ValidationFigure.Accuracy, found.LabelAccuracy.Average()),
            IRegressor regressor when regressor.Evaluate(X, targets) is var found => (found.Loss, ValidationFigure.RSquared, found.RSquared),
            _ => throw new ArgumentException("The network is of no kind that can be judged.", nameof(network)),
        };
        return [new(ValidationFigures.NameOf(ValidationFigure.Loss), loss), new(ValidationFigures.NameOf(figure), value)];
    }

    /// <summary>Whether the networks of an output are judged by a figure.</summary>
    public static bool Has(Output output, ValidationFigure figure) =>
        figure == ValidationFigure.Loss
        || figure == (output is Output.Softmax or Output.Sigmoid ? ValidationFigure.Accuracy : ValidationFigure.RSquared);

    /// <summary>One of the figures.</summary>
    public static double ValueOf(IReadOnlyList<Figure> figures, ValidationFigure figure)
    {
        string name = ValidationFigures.NameOf(figure);
        return figures.First(one => one.Name == name).Value;
    }
}
