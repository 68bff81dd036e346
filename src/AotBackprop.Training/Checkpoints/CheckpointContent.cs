namespace AotBackprop.Training.Checkpoints;

/// <summary>All that a checkpoint holds.</summary>
/// <param name="State">Where the training stands.</param>
/// <param name="Parameters">W1, b1, … as they are.</param>
/// <param name="Optimizer">What the optimizer keeps; empty where nothing.</param>
/// <param name="Best">The parameters of the best epoch; empty where there is none.</param>
internal sealed record CheckpointContent(TrainingState State, float[] Parameters, byte[] Optimizer, float[] Best);
