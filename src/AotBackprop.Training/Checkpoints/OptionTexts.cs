using System.Globalization;
using AotBackprop.Runtime;

namespace AotBackprop.Training.Checkpoints;

/// <summary>
/// What was asked of a training, as texts that every host writes alike: all that decides a bit, and nothing else. Epochs,
/// limits and threads decide none.
/// </summary>
internal static class OptionTexts
{
    private const string None = "none";

    public static Dictionary<string, string> Of(
        Trainer trainer, Optimizer optimizer, TrainingData? validation, int? blockSize, IReadOnlyDictionary<string, string> preparation)
    {
        OptimizerSettings settings = optimizer.Settings;
        Dictionary<string, string> texts = new()
        {
            ["batch_size"] = Text(trainer.BatchSize),
            ["seed"] = trainer.Seed.ToString(CultureInfo.InvariantCulture),
            ["optimizer"] = OptimizerTable.All[(int)settings.Kind].Name,
            ["learning_rate"] = NumberText.Of(settings.LearningRate),
            ["momentum"] = NumberText.Of(settings.Momentum),
            ["beta1"] = NumberText.Of(settings.Beta1),
            ["beta2"] = NumberText.Of(settings.Beta2),
            ["epsilon"] = NumberText.Of(settings.Epsilon),
            ["weight_decay"] = NumberText.Of(settings.WeightDecay),
            ["clip_norm"] = NumberText.Of(settings.ClipNorm),
            ["schedule"] = trainer.Schedule.Text(trainer.Epochs),
            ["warm_up_steps"] = Text(trainer.WarmUpSteps),
            ["early_stopping"] = trainer.EarlyStopping?.Text ?? None,
            ["class_weights"] = trainer.ClassWeights?.Text ?? None,
            ["label_smoothing"] = NumberText.Of(trainer.LabelSmoothing),
            ["validation"] = validation is null ? None : Fingerprint.Of(validation),
        };
        if (blockSize is { } samples)
        {
            texts["block_size"] = Text(samples);
        }

        foreach ((string key, string value) in preparation)
        {
            if (!texts.TryAdd(key, value))
            {
                throw new ArgumentException($"Preparation has the key '{key}', which is an option's; wanted another name.", nameof(trainer));
            }
        }

        return texts;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
