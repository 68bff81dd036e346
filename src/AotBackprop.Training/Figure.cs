namespace AotBackprop.Training;

/// <summary>A number that tells how a network does, as histories and files name it.</summary>
/// <param name="Name">As in <c>accuracy</c>.</param>
/// <param name="Value">The number.</param>
public readonly record struct Figure(string Name, double Value);

/// <summary>The figure of the validation that a training watches.</summary>
public enum ValidationFigure
{
    /// <summary>The loss, which is the better the smaller it is.</summary>
    Loss = 0,

    /// <summary>The share that is right, of a classifier's samples or of all labels.</summary>
    Accuracy = 1,

    /// <summary>R² of a regressor, the mean over its outputs.</summary>
    RSquared = 2,
}

/// <summary>The names of the figures where they are text.</summary>
internal static class ValidationFigures
{
    public static string NameOf(ValidationFigure figure) => figure switch
    {
        ValidationFigure.Loss => "loss",
        ValidationFigure.Accuracy => "accuracy",
        ValidationFigure.RSquared => "r2",
        _ => throw new ArgumentOutOfRangeException(nameof(figure), figure, "Wanted Loss, Accuracy or RSquared."),
    };

    public static bool IsBetterSmaller(ValidationFigure figure) => figure == ValidationFigure.Loss;
}
