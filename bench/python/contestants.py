"""Networks as one has them in Python. Each holds parameters and data in the form that it works on.

A step returns the loss before it, or what gives it: who only wants to learn does not read it.
"""

import ctypes
from itertools import pairwise

import numpy as np


def aligned(shape, dtype=np.float32):
    """Begins where a cache line does."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start:start + size].view(dtype).reshape(shape)


class Contestant:
    """Sizes, a batch, and the loops that are timed."""

    def __init__(self, sizes, batch):
        self.sizes, self.batch = sizes, batch

    def bind(self, X, labels):
        """Takes the samples."""
        self.X, self.labels = X, labels

    def run_forward(self, runs):
        for _ in range(runs):
            self.forward()

    def run_step(self, rate, runs):
        for _ in range(runs):
            self.step(rate)

    def run_adam(self, rate, runs):
        for _ in range(runs):
            self.adam_step(rate)

    def views(self, flat):
        """W1, b1, W2, … of an array that holds all."""
        at = 0
        for inputs, outputs in pairwise(self.sizes):
            yield flat[at:at + inputs * outputs].reshape(inputs, outputs)
            at += inputs * outputs
            yield flat[at:at + outputs]
            at += outputs


class Reference(Contestant):
    """The library called from C."""

    functions = None

    def __init__(self, sizes, batch):
        super().__init__(sizes, batch)
        self.flat = aligned(sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes)))

    @classmethod
    def open(cls, functions, library):
        cls.functions = ctypes.CDLL(functions)
        cls.functions.reference_open.restype = ctypes.c_char_p
        cls.functions.reference_step.restype = ctypes.c_double
        cls.functions.reference_adam_step.restype = ctypes.c_double
        cls.functions.reference_epoch.restype = ctypes.c_double
        if (why := cls.functions.reference_open(library.encode())) is not None:
            raise OSError(why.decode())

    @staticmethod
    def pointer(array):
        return array.ctypes.data_as(ctypes.c_void_p)

    def load(self, flat):
        self.flat[:] = flat

    def parameters(self):
        return self.flat

    def forward(self):
        self.probabilities = np.empty((self.batch, self.sizes[-1]), np.float32)
        self.run_forward(1)
        return self.probabilities

    def step(self, rate):
        return self.run_step(rate, 1)

    def forget(self):
        self.functions.reference_forget()

    def adam_step(self, rate):
        return self.run_adam(rate, 1)

    def run_forward(self, runs):
        self.functions.reference_forward(self.pointer(self.flat), self.pointer(self.X), self.batch,
                                         self.pointer(self.probabilities), ctypes.c_long(runs))

    def run_step(self, rate, runs):
        return self.functions.reference_step(self.pointer(self.flat), self.pointer(self.X), self.pointer(self.labels),
                                             self.batch, ctypes.c_float(rate), ctypes.c_long(runs))

    def run_adam(self, rate, runs):
        return self.functions.reference_adam_step(self.pointer(self.flat), self.pointer(self.X),
                                                  self.pointer(self.labels), self.batch, ctypes.c_float(rate),
                                                  ctypes.c_long(runs))

    def epoch(self, rate):
        return self.functions.reference_epoch(self.pointer(self.flat), self.pointer(self.X), self.pointer(self.labels),
                                              len(self.X), self.batch, ctypes.c_float(rate))


class Ours(Contestant):
    """The wheel."""

    def __init__(self, sizes, batch):
        super().__init__(sizes, batch)
        import bench

        self.new_adam = bench.Adam
        networks = [getattr(bench, name) for name in bench.networks.__all__]
        self.network = next(network for network in networks if network.sizes == sizes)()
        self.probabilities = np.empty((batch, sizes[-1]), np.float32)

    def load(self, flat):
        self.network.set_parameters(flat)

    def parameters(self):
        return self.network.parameters

    def forward(self):
        return self.network.predict_proba(self.X, out=self.probabilities)

    def step(self, rate):
        return self.network.train_step(self.X, self.labels, rate)

    def forget(self):
        self.adam = self.new_adam()

    def adam_step(self, rate):
        self.adam.learning_rate = rate
        return self.network.train_step(self.X, self.labels, optimizer=self.adam)

    def epoch(self, rate):
        return self.network.train_epoch(self.X, self.labels, self.batch, rate)


class PyTorch(Contestant):
    """As its users write it: modules, autograd, an optimizer."""

    def __init__(self, sizes, batch):
        super().__init__(sizes, batch)
        import torch

        self.torch = torch
        layers = []
        for inputs, outputs in pairwise(sizes):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.loss = torch.nn.CrossEntropyLoss()

    def bind(self, X, labels):
        super().bind(self.torch.from_numpy(X), self.torch.from_numpy(labels).long())

    def load(self, flat):
        with self.torch.no_grad():
            for parameter, view in zip(self.model.parameters(), self.views(flat)):
                parameter.copy_(self.torch.from_numpy(view.T))

    def parameters(self):
        return np.concatenate([p.detach().numpy().T.ravel() for p in self.model.parameters()])

    def forward(self):
        with self.torch.inference_mode():
            return self.torch.softmax(self.model(self.X), 1)

    def learn(self, X, labels, optimizer):
        optimizer.zero_grad()
        loss = self.loss(self.model(X), labels)
        loss.backward()
        optimizer.step()
        return loss.detach()

    def step(self, rate):
        self.optimizer.param_groups[0]["lr"] = rate
        return self.learn(self.X, self.labels, self.optimizer)

    def forget(self):
        self.adam = self.torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def adam_step(self, rate):
        self.adam.param_groups[0]["lr"] = rate
        return self.learn(self.X, self.labels, self.adam)

    def epoch(self, rate):
        self.optimizer.param_groups[0]["lr"] = rate
        total = self.torch.zeros(())
        for rows in self.torch.randperm(len(self.X)).split(self.batch):
            total += len(rows) * self.learn(self.X[rows], self.labels[rows], self.optimizer)
        return total / len(self.X)


class PyTorchExpert(Contestant):
    """Without modules and autograd: products with the bias and the update in them, into tensors that are there."""

    def __init__(self, sizes, batch):
        super().__init__(sizes, batch)
        import torch

        self.torch, self.scratch = torch, {}
        self.mask = torch.ops.aten.threshold_backward.grad_input
        self.flat = torch.empty(sum((a + 1) * b for a, b in pairwise(sizes)))
        views = list(self.views(self.flat))
        self.W, self.b = views[::2], views[1::2]
        self.W_t = [W.t() for W in self.W]
        self.gathered = torch.empty(batch, sizes[0]), torch.empty(batch, 1, dtype=torch.long)

    def bind(self, X, labels):
        super().bind(self.torch.from_numpy(X), self.torch.from_numpy(labels).long()[:, None])

    def load(self, flat):
        self.flat.copy_(self.torch.from_numpy(flat))

    def parameters(self):
        return self.flat.numpy()

    def tensors(self, n):
        """What a batch of n samples needs: activations, their derivatives, the loss's gathered probabilities, ones."""
        if n not in self.scratch:
            A, dA = ([self.torch.empty(n, size) for size in self.sizes[1:]] for _ in range(2))
            self.scratch[n] = A, [a.t() for a in A], dA, [d.t() for d in dA], self.torch.empty(n, 1), \
                self.torch.ones(n), self.torch.full((n, 1), -1.0)
        return self.scratch[n]

    def activate(self, X, A):
        torch, last = self.torch, len(A) - 1
        for l, (W, b, a) in enumerate(zip(self.W, self.b, A)):
            torch.addmm(b, X, W, out=a)
            X = torch.relu_(a) if l < last else torch.softmax(a, 1, out=a)
        return X

    def forward(self):
        return self.activate(self.X, self.tensors(self.batch)[0])

    def learn(self, X, labels, rate):
        torch, n = self.torch, len(X)
        A, A_t, dZ, dZ_t, of_labels, ones, minus = self.tensors(n)
        dz = self.activate(X, A)
        torch.gather(dz, 1, labels, out=of_labels)
        loss = of_labels.log_().mean().neg_()
        dz.scatter_add_(1, labels, minus)
        dz_t, scale = A_t[-1], -rate / n
        for l in range(len(A) - 1, -1, -1):
            if l > 0:
                torch.mm(dz, self.W_t[l], out=dZ[l - 1])
                self.mask(dZ[l - 1], A[l - 1], 0, grad_input=dZ[l - 1])
            self.W[l].addmm_(A_t[l - 1] if l > 0 else X.t(), dz, alpha=scale)
            self.b[l].addmv_(dz_t, ones, alpha=scale)
            dz, dz_t = dZ[l - 1], dZ_t[l - 1]
        return loss

    def step(self, rate):
        with self.torch.inference_mode():
            return self.learn(self.X, self.labels, rate)

    def run_forward(self, runs):
        with self.torch.inference_mode():
            super().run_forward(runs)

    def epoch(self, rate):
        torch, total = self.torch, 0
        with torch.inference_mode():
            for rows in torch.randperm(len(self.X)).split(self.batch):
                X, labels = (into[:len(rows)] for into in self.gathered)
                torch.index_select(self.X, 0, rows, out=X)
                torch.index_select(self.labels, 0, rows, out=labels)
                total += len(rows) * self.learn(X, labels, rate)
        return total / len(self.X)


class ScikitLearn(Contestant):
    """MLPClassifier, with plain gradient descent."""

    def __init__(self, sizes, batch):
        super().__init__(sizes, batch)
        from sklearn.neural_network import MLPClassifier

        self.model = MLPClassifier(sizes[1:-1], solver="sgd", alpha=0, batch_size=batch, learning_rate="constant",
                                   momentum=0, nesterovs_momentum=False)

    def bind(self, X, labels):
        super().bind(X, labels)
        self.model.partial_fit(X[:self.batch], labels[:self.batch], classes=np.arange(self.sizes[-1]))

    def arrays(self):
        return [array for layer in zip(self.model.coefs_, self.model.intercepts_) for array in layer]

    def load(self, flat):
        for array, view in zip(self.arrays(), self.views(flat)):
            array[...] = view

    def parameters(self):
        return np.concatenate([array.ravel() for array in self.arrays()])

    def forward(self):
        return self.model.predict_proba(self.X)

    def step(self, rate):
        self.model._optimizer.learning_rate = rate
        return self.model.partial_fit(self.X, self.labels).loss_

    epoch = step    # it cuts what it is given into batches, shuffled


BY_NAME = {"python": Ours, "pytorch": PyTorch, "pytorch-expert": PyTorchExpert, "scikit-learn": ScikitLearn}
