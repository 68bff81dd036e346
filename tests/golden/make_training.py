#!/usr/bin/env python3
"""Golden values of the training package: PyTorch's learning rates, and scikit-learn's metrics and class weights.

Usage: /usr/bin/python3 make_training.py

Writes training/schedules.json and training/metrics.json beside this script. Needs PyTorch and scikit-learn. Numbers are
float64; what they start from is exactly a float32.
"""

import json
import math
import random
import warnings
from pathlib import Path

import numpy as np
import torch
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight
from torch.optim import lr_scheduler

HERE = Path(__file__).resolve().parent / "training"

ETA = float(np.float32(0.1))


def rates(make, epochs, figures=None):
    """η of each epoch, as PyTorch has it when the epoch begins."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=ETA)
    scheduler = make(optimizer)
    found = []
    for epoch in range(epochs):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if figures is None:
            scheduler.step()
        else:
            scheduler.step(figures[epoch])
    return found


def cosine(epochs, period, minimum):
    """In its closed form: the recurrence of ``step()`` drifts from it by rounding."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=ETA)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=period, eta_min=minimum)
    found = []
    for epoch in range(epochs):
        scheduler.last_epoch = epoch
        found += scheduler._get_closed_form_lr()
    return found


def schedules():
    draw = random.Random(7)
    losses = [2 / (1 + epoch) + 0.4 + 0.05 * draw.random() for epoch in range(60)]
    flat = [1.0] * 20 + [0.5, 0.49999, 0.4999, 0.49] + [0.48] * 40
    scores = [-0.3 + 1.2 * epoch / (epoch + 5) + 0.05 * draw.random() for epoch in range(60)]

    def plateau(figures, mode, **options):
        names = {"monitor": "loss" if mode == "min" else "accuracy", **options}

        def make(optimizer):
            return lr_scheduler.ReduceLROnPlateau(optimizer, mode, **options)

        shown = [None if math.isnan(figure) else figure for figure in figures]
        return {"options": names, "figures": shown, "rates": rates(make, len(figures), figures)}

    return {
        "learning_rate": ETA,
        "step": [
            {"every": every, "gamma": gamma, "rates": rates(lambda o: lr_scheduler.StepLR(o, every, gamma), 40)}
            for every, gamma in ((10, 0.1), (1, 0.95), (7, 0.3))
        ],
        "cosine": [
            {"minimum": minimum, "epochs": period, "rates": cosine(epochs, period, minimum)}
            for minimum, period, epochs in ((0.0, 20, 20), (0.001, 50, 60), (0.0, 1, 3))
        ],
        "plateau": [
            plateau(losses, "min", factor=0.5, patience=2),
            plateau(losses, "min", factor=0.1, patience=0, cooldown=3, min_lr=1e-4),
            plateau(flat, "min"),
            plateau(flat, "min", factor=0.1, patience=1, threshold=0.01),
            plateau(scores, "max", factor=0.3, patience=1),
            plateau([float("nan"), 1.0, float("nan"), 0.9, 0.95], "min", factor=0.5, patience=0),
        ],
        # LinearLR from 1/W on reaches 1 with step W − 1: the share (t + 1)/W of each.
        "warm_up": [
            {"steps": steps, "rates": rates(lambda o: lr_scheduler.LinearLR(o, 1 / steps, 1.0, steps - 1), steps + 3)}
            for steps in (2, 5, 100)
        ],
    }


def float32s(array):
    return np.asarray(array, dtype=np.float32)


def drawn_weights(draw, samples):
    """Some of them 0, as samples that are not to count."""
    return float32s(np.where(draw.random(samples) < 0.2, 0, draw.random(samples) * 3)).astype(np.float64)


def weighted(weights):
    return {} if weights is None else {"weights": weights.tolist()}


def classification(draw, samples, classes, weights=None):
    scores = draw.normal(size=(samples, classes))
    labels = draw.integers(0, classes, samples)
    scores[np.arange(samples), labels] += 1
    outputs = float32s(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    if classes == 2:
        outputs = float32s(outputs[:, 1:])
        outputs[:6] = np.float32(0.25)
        probabilities = np.hstack([1 - outputs.astype(np.float64), outputs.astype(np.float64)])
    else:
        probabilities = outputs.astype(np.float64)
    said = (probabilities[:, 1] > 0.5).astype(int) if classes == 2 else probabilities.argmax(axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, said, labels=range(classes), zero_division=0, sample_weight=weights
    )
    macro = metrics.precision_recall_fscore_support(
        labels, said, average="macro", zero_division=0, sample_weight=weights
    )
    # A softmax in float32 sums to 1 within its precision; scikit-learn wants it nearer for the area.
    even = probabilities / probabilities.sum(axis=1, keepdims=True)
    area = (
        metrics.roc_auc_score(labels, probabilities[:, 1], sample_weight=weights)
        if classes == 2
        else np.mean(
            [
                metrics.roc_auc_score(labels == k, probabilities[:, k], sample_weight=weights)
                for k in range(classes)
            ]
        )
    )
    assert (
        classes == 2
        or abs(area - metrics.roc_auc_score(labels, even, multi_class="ovr", sample_weight=weights)) < 1e-6
    )
    return weighted(weights) | {
        "labels": labels.tolist(),
        "outputs": outputs.astype(np.float64).ravel().tolist(),
        "accuracy": metrics.accuracy_score(labels, said, sample_weight=weights),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, said, sample_weight=weights),
        "top_3_accuracy": 1.0 if classes <= 3 else metrics.top_k_accuracy_score(labels, probabilities, k=3, sample_weight=weights),
        "log_loss": metrics.log_loss(labels, probabilities, labels=range(classes), sample_weight=weights),
        "auc": area,
        "confusion_matrix": metrics.confusion_matrix(
            labels, said, labels=range(classes), sample_weight=weights
        ).tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "macro_precision": macro[0],
        "macro_recall": macro[1],
        "macro_f1": macro[2],
    }


def multi_label(draw, samples, labels, weights=None):
    targets = (draw.random((samples, labels)) < 0.4).astype(int)
    # One label that no sample has.
    targets[:, 0] = 0
    outputs = float32s(np.clip(0.6 * targets + 0.6 * draw.random((samples, labels)) - 0.1, 0, 1))
    said = (outputs > 0.5).astype(int)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        targets, said, zero_division=0, sample_weight=weights
    )
    return weighted(weights) | {
        "labels": labels,
        "targets": targets.ravel().tolist(),
        "outputs": outputs.astype(np.float64).ravel().tolist(),
        "label_accuracy": 1 - metrics.hamming_loss(targets, said, sample_weight=weights),
        "subset_accuracy": metrics.accuracy_score(targets, said, sample_weight=weights),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "macro_f1": metrics.f1_score(targets, said, average="macro", zero_division=0, sample_weight=weights),
    }


def regression(draw, samples, columns, weights=None):
    targets = float32s(draw.normal(size=(samples, columns)) * 3 + 5)
    outputs = float32s(targets + draw.normal(size=(samples, columns)))
    one, other = targets.astype(np.float64), outputs.astype(np.float64)
    return weighted(weights) | {
        "columns": columns,
        "targets": one.ravel().tolist(),
        "outputs": other.ravel().tolist(),
        "mae": metrics.mean_absolute_error(one, other, sample_weight=weights),
        "rmse": metrics.mean_squared_error(one, other, squared=False, sample_weight=weights),
        "r2": metrics.r2_score(one, other, sample_weight=weights),
    }


def class_weights(draw):
    labels = draw.choice([0, 1, 3], size=50, p=[0.7, 0.2, 0.1])
    return {
        "labels": labels.tolist(),
        "weights": compute_class_weight("balanced", classes=np.unique(labels), y=labels)[
            np.searchsorted(np.unique(labels), labels)
        ].tolist(),
    }


def all_metrics():
    draw = np.random.default_rng(5)
    other = np.random.default_rng(6)
    return {
        "classification": [classification(draw, 200, classes) for classes in (2, 3, 7)],
        "multi_label": [multi_label(draw, 60, labels) for labels in (2, 5)],
        "regression": [regression(draw, 40, columns) for columns in (1, 3)],
        "class_weights": class_weights(draw),
        "weighted_classification": [
            classification(other, 120, classes, drawn_weights(other, 120)) for classes in (2, 3, 7)
        ],
        "weighted_multi_label": [multi_label(other, 60, labels, drawn_weights(other, 60)) for labels in (2, 5)],
        "weighted_regression": [regression(other, 40, columns, drawn_weights(other, 40)) for columns in (1, 3)],
    }


def write(name, content):
    text = json.dumps(content, allow_nan=False, separators=(",", ":"))
    (HERE / name).write_text(text.replace(",{", ",\n{") + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("error", category=metrics._classification.UndefinedMetricWarning)
    HERE.mkdir(exist_ok=True)
    write("schedules.json", schedules())
    write("metrics.json", all_metrics())
