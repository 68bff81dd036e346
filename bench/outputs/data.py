#!/usr/bin/env python3
"""Trains each kind of network on real data, and scikit-learn's networks of the same sizes with the same optimizer.

    data.py [--seeds N]        default: 10

Both draw first weights as scikit-learn does. A seed draws what is held out, those weights and the order of the samples.
Prints a table: of the score on what is held out, R² of a regressor and else the share of samples of which the class, or
every label, is right, the mean and standard deviation.
"""
import argparse
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

import kinds

HELD_OUT, BATCH, RATE = 0.3, 32, 1e-3


def diabetes():
    return load_diabetes(return_X_y=True)


def cancer():
    return load_breast_cancer(return_X_y=True)


def digits():
    X, labels = load_digits(return_X_y=True)
    return X, np.eye(10, dtype=int)[labels]


def friedman():
    return make_friedman1(1000, noise=1.0, random_state=0)


def wine():
    return load_wine(return_X_y=True)


def iris():
    return load_iris(return_X_y=True)


# Of each set: its data, the name of its networks without the activation, the hidden layer's size, epochs, whether it has
# classes.
SETS = {
    "diabetes, R²": (diabetes, "Diabetes", 16, 100, False),
    "friedman1, R²": (friedman, "Friedman", 32, 200, False),
    "breast cancer, one sigmoid": (cancer, "Cancer", 16, 50, True),
    "digits, ten labels": (digits, "Digits", 32, 50, True),
    "wine, softmax": (wine, "Wine", 16, 50, True),
    "iris, softmax": (iris, "Iris", 16, 100, True),
}


def scaled(X, y, classes, seed):
    """Training and held-out data, standardized by the training data, targets of a regressor too."""
    X, X_held, y, y_held = train_test_split(X, y, test_size=HELD_OUT, random_state=seed)
    of_inputs = StandardScaler().fit(X)
    if not classes:
        of_targets = StandardScaler().fit(y[:, None])
        y, y_held = (of_targets.transform(part[:, None])[:, 0] for part in (y, y_held))
    return of_inputs.transform(X), of_inputs.transform(X_held), y, y_held


def peer(hidden, activation, epochs, classes, seed):
    kind = MLPClassifier if classes else MLPRegressor
    return kind((hidden,), activation=activation, solver="adam", alpha=0, batch_size=BATCH, learning_rate_init=RATE,
                max_iter=epochs, tol=0, n_iter_no_change=epochs, random_state=seed)


def ours(name, activation, epochs, classes, seed):
    kind = kinds.NetworkClassifier if classes else kinds.NetworkRegressor
    network = getattr(kinds, name + activation.capitalize())
    return kind(network, epochs=epochs, batch_size=BATCH, optimizer=kinds.Adam(RATE), random_state=seed,
                initialization="scikit_learn")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    seeds = range(parser.parse_args().seeds)
    warnings.simplefilter("ignore", ConvergenceWarning)  # No run is to end before its last epoch.
    print("| set | activation | AotBackprop | scikit-learn | difference, in standard deviations |\n|---|---|--:|--:|--:|")
    for title, (load, name, hidden, epochs, classes) in SETS.items():
        X, y = load()
        for activation in "relu", "tanh":
            scores = np.empty((2, len(seeds)))
            for seed in seeds:
                X_train, X_held, y_train, y_held = scaled(X, y, classes, seed)
                models = (ours(name, activation, epochs, classes, seed), peer(hidden, activation, epochs, classes, seed))
                for row, model in enumerate(models):
                    scores[row, seed] = model.fit(X_train, y_train).score(X_held, y_held)
            (mean, other), (spread, other_spread) = scores.mean(1), scores.std(1, ddof=1)
            print(f"| {title} | {activation} | {mean:.4f} ± {spread:.4f} | {other:.4f} ± {other_spread:.4f} "
                  f"| {(mean - other) / other_spread:+.2f} |", flush=True)


if __name__ == "__main__":
    main()
