namespace AotBackprop.Training.Runs;

/// <summary>How a network does on the samples of a validation.</summary>
internal static class Judge
{
    /// <summary>The loss, and the figure that the network's kind is judged by.</summary>
    public static Figure[] Evaluate(INetwork network, TrainingData validation)
    {
        ReadOnlySpan<float> X = validation.X.Span;
        Targets targets = validation.Targets;
        switch (network)
        {
            case IClassifier classifier:
                Evaluation ofClasses = classifier.Evaluate(X, targets);
                return Figures(ofClasses.Loss, ValidationFigure.Accuracy, ofClasses.Accuracy);
            case IMultiLabelClassifier classifier:
                MultiLabelEvaluation ofLabels = classifier.Evaluate(X, targets);
                return Figures(ofLabels.Loss, ValidationFigure.Accuracy, ofLabels.LabelAccuracy.Average());
            case IRegressor regressor:
                RegressionEvaluation ofNumbers = regressor.Evaluate(X, targets);
                return Figures(ofNumbers.Loss, ValidationFigure.RSquared, ofNumbers.RSquared);
            default:
                throw new ArgumentException("The network is of no kind that can be judged.", nameof(network));
        }
    }

    /// <summary>Whether the networks of an output are judged by a figure.</summary>
    public static bool Has(Output output, ValidationFigure figure) =>
        figure == ValidationFigure.Loss
        || figure == (output is Output.Softmax or Output.Sigmoid ? ValidationFigure.Accuracy : ValidationFigure.RSquared);

    private static Figure[] Figures(double loss, ValidationFigure figure, double value) =>
        [new(ValidationFigures.NameOf(ValidationFigure.Loss), loss), new(ValidationFigures.NameOf(figure), value)];

    /// <summary>One of the figures.</summary>
    public static double ValueOf(IReadOnlyList<Figure> figures, ValidationFigure figure)
    {
        string name = ValidationFigures.NameOf(figure);
        return figures.First(one => one.Name == name).Value;
    }
}
