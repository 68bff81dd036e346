using System.Text.Json;
using AotBackprop.Training.Metrics;
using AotBackprop.Training.Tests.Support;
using Xunit;

namespace AotBackprop.Training.Tests;

/// <summary>Metrics, beside scikit-learn's.</summary>
public sealed class MetricsTests
{
    private const double Tolerance = 1e-12;

    private static readonly JsonElement s_golden = Golden.Read("metrics.json");

    [Fact]
    public void A_classifiers_figures_are_those_of_scikit_learn()
    {
        foreach (JsonElement one in s_golden.GetProperty("classification").EnumerateArray())
        {
            ClassificationMetrics found = ClassificationMetrics.Of(one.Floats("outputs"), one.Wholes("labels"));
            JsonElement json = JsonDocument.Parse(found.ToJson()).RootElement;
            Same(
                one,
                json,
                ["accuracy", "balanced_accuracy", "top_3_accuracy", "log_loss", "auc", "macro_precision", "macro_recall", "macro_f1"],
                ["precision", "recall", "f1"]);
            Assert.Equal(one.GetProperty("confusion_matrix").GetRawText(), json.GetProperty("confusion_matrix").GetRawText());
            Assert.Equal(
                [
                    "accuracy", "balanced_accuracy", "top_3_accuracy", "log_loss", "auc", "confusion_matrix", "precision", "recall", "f1",
                    "macro_precision", "macro_recall", "macro_f1",
                ],
                json.EnumerateObject().Select(field => field.Name));
        }
    }

    [Fact]
    public void The_figures_of_several_labels_are_those_of_scikit_learn()
    {
        foreach (JsonElement one in s_golden.GetProperty("multi_label").EnumerateArray())
        {
            MultiLabelMetrics found = MultiLabelMetrics.Of(one.Floats("outputs"), one.Floats("targets"), one.GetProperty("labels").GetInt32());
            Same(one, JsonDocument.Parse(found.ToJson()).RootElement, ["label_accuracy", "subset_accuracy", "macro_f1"], ["precision", "recall", "f1"]);
        }
    }

    [Fact]
    public void A_regressors_figures_are_those_of_scikit_learn()
    {
        foreach (JsonElement one in s_golden.GetProperty("regression").EnumerateArray())
        {
            RegressionMetrics found = RegressionMetrics.Of(one.Floats("outputs"), one.Floats("targets"), one.GetProperty("columns").GetInt32());
            Same(one, JsonDocument.Parse(found.ToJson()).RootElement, ["mae", "rmse", "r2"], []);
        }
    }

    [Fact]
    public void Weighted_figures_are_those_of_scikit_learn()
    {
        foreach (JsonElement one in s_golden.GetProperty("weighted_classification").EnumerateArray())
        {
            ClassificationMetrics found = ClassificationMetrics.Of(one.Floats("outputs"), one.Wholes("labels"), weights: one.Floats("weights"));
            JsonElement json = JsonDocument.Parse(found.ToJson()).RootElement;
            Same(
                one,
                json,
                ["accuracy", "balanced_accuracy", "top_3_accuracy", "log_loss", "auc", "macro_precision", "macro_recall", "macro_f1"],
                ["precision", "recall", "f1"]);
            int classes = json.GetProperty("f1").GetArrayLength();
            for (int i = 0; i < classes; i++)
            {
                for (int j = 0; j < classes; j++)
                {
                    Assert.Equal(one.GetProperty("confusion_matrix")[i][j].GetDouble(), found.ConfusionMatrix[i, j], Tolerance);
                }
            }

            Assert.Equal(120, found.Count);
            Assert.Contains("weight", found.ToString(), StringComparison.Ordinal);
        }

        foreach (JsonElement one in s_golden.GetProperty("weighted_multi_label").EnumerateArray())
        {
            MultiLabelMetrics found = MultiLabelMetrics.Of(
                one.Floats("outputs"), one.Floats("targets"), one.GetProperty("labels").GetInt32(), weights: one.Floats("weights"));
            Same(one, JsonDocument.Parse(found.ToJson()).RootElement, ["label_accuracy", "subset_accuracy", "macro_f1"], ["precision", "recall", "f1"]);
        }

        foreach (JsonElement one in s_golden.GetProperty("weighted_regression").EnumerateArray())
        {
            RegressionMetrics found = RegressionMetrics.Of(
                one.Floats("outputs"), one.Floats("targets"), one.GetProperty("columns").GetInt32(), one.Floats("weights"));
            Same(one, JsonDocument.Parse(found.ToJson()).RootElement, ["mae", "rmse", "r2"], []);
        }

        Assert.StartsWith(
            "There are 1 weights of 2 samples; wanted one for each, or none.",
            Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of([0.1f, 0.9f], [0, 1], weights: [1f])).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "All 2 weights of samples are 0",
            Assert.Throws<ArgumentException>(() => RegressionMetrics.Of([0.1f, 0.9f], [0, 1], 1, [0f, 0f])).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The weight of sample 1 is -1",
            Assert.Throws<ArgumentException>(() => MultiLabelMetrics.Of([0.1f, 0.9f], [0, 1], 1, weights: [1f, -1f])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Of_equal_probabilities_the_lower_class_is_the_more_probable()
    {
        float[] outputs = [0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f];
        ClassificationMetrics found = ClassificationMetrics.Of(outputs, [2, 3]);
        Assert.Equal((0.0, 0.5), (found.Accuracy, found.Top3Accuracy));
        Assert.Equal(2, found.ConfusionMatrix[2, 0] + found.ConfusionMatrix[3, 0]);
    }

    [Fact]
    public void What_is_no_number_is_null_and_0_over_0_is_0()
    {
        ClassificationMetrics found = ClassificationMetrics.Of([0.7f, 0.2f, 0.1f, 0.1f, 0.8f, 0.1f], [0, 1]);
        Assert.True(double.IsNaN(found.Auc));
        Assert.Contains("\"auc\":null", found.ToJson(), StringComparison.Ordinal);
        Assert.Equal((1.0, 1.0, 0.0), (found.Accuracy, found.MacroF1, found.F1[2]));
        Assert.InRange(ClassificationMetrics.Of([0f, 1f, 0f], [0]).LogLoss, 36, 37);
        Assert.Equal(1, RegressionMetrics.Of([2f, 2f], [2f, 2f], 1).RSquared);
        Assert.Equal(0, RegressionMetrics.Of([2f, 3f], [2f, 2f], 1).RSquared);
    }

    [Fact]
    public void The_text_has_each_class_by_its_name()
    {
        string text = ClassificationMetrics.Of([0.7f, 0.2f, 0.1f, 0.1f, 0.8f, 0.1f], [0, 2], ["iris", "rose", "a tulip"]).ToString();
        Assert.Equal(
            """
            accuracy                0.5000
            balanced accuracy       0.5000
            top-3 accuracy          1.0000
            log loss                1.3296
            AUC                        NaN

            class    precision  recall      F1  samples
            iris        1.0000  1.0000  1.0000        1
            rose        0.0000  0.0000  0.0000        0
            a tulip     0.0000  0.0000  0.0000        1
            macro       0.3333  0.3333  0.3333        2

            is \ said  iris  rose  a tulip
            iris          1     0        0
            rose          0     0        0
            a tulip       0     1        0

            """,
            text);
        Assert.Contains("macro F1", MultiLabelMetrics.Of([0.6f, 0.1f], [1, 0], 2).ToString(), StringComparison.Ordinal);
        Assert.Contains("R²", RegressionMetrics.Of([0.6f, 0.1f], [1, 0], 2).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of([0.1f, 0.2f, 0.3f], [0, 1]));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of([], []));
        Assert.ThrowsAny<ArgumentException>(() => ClassificationMetrics.Of([0.5f, 0.5f], [2]));
        Assert.ThrowsAny<ArgumentException>(() => ClassificationMetrics.Of([float.NaN, 0.5f], [1]));
        Assert.Throws<ArgumentException>(() => MultiLabelMetrics.Of([1f, 1f], [1f], 2));
        Assert.Throws<ArgumentException>(() => RegressionMetrics.Of([1f, 1f, 1f], [1f, 1f, 1f], 2));
    }

    private static void Same(JsonElement wanted, JsonElement found, string[] numbers, string[] lists)
    {
        foreach (string name in numbers)
        {
            Assert.Equal(wanted.Number(name), found.Number(name), Tolerance);
        }

        foreach (string name in lists)
        {
            Assert.Equal(wanted.Numbers(name), found.Numbers(name), (one, other) => Math.Abs(one - other) <= Tolerance);
        }
    }
}
