// A host in Java, by JNA; otherwise as ../c/host.c. The virtual machine has signal handlers of its own: a null reference
// is a SIGSEGV that it makes an exception of, and so are its safepoints. This program adds one for SIGUSR2.
//
//     java -Dlibrary=/…/lib/libaotbackprop.so Host DATA [exit]
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.LongByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

public final class Host {
    private static final int INPUTS = 64, CLASSES = 10, HIDDEN = 32, BATCH = 32, EPOCHS = 3, FAULTS = 200;
    private static final long PARAMETERS = 4 * ((INPUTS + 1) * HIDDEN + (HIDDEN + 1) * CLASSES);

    @Structure.FieldOrder({"size", "learning_rate", "optimizer", "momentum", "beta1", "beta2", "epsilon", "weight_decay", "clip_norm"})
    public static class Options extends Structure {
        public long size;
        public float learning_rate;
        public int optimizer;
        public float momentum, beta1, beta2, epsilon, weight_decay, clip_norm;
    }

    @Structure.FieldOrder({"size", "labels", "values", "weights"})
    public static class Targets extends Structure {
        public long size;
        public Pointer labels, values, weights;

        public Targets() {
        }

        Targets(Pointer labels) {
            size = size();
            this.labels = labels;
        }
    }

    @Structure.FieldOrder({"size", "batch_size", "seed", "epoch", "first_batch", "batch_count", "stop", "loss_sum"})
    public static class Epoch extends Structure {
        public long size, batch_size, seed, epoch, first_batch, batch_count;
        public Pointer stop, loss_sum;
    }

    public interface Digits extends Library {
        String aotbackprop_status_message(int status);
        long digits_epoch_workspace_size(long count, long batchSize);
        int digits_initialize(Pointer parameters, long seed);
        int digits_train_epoch(Pointer parameters, Pointer X, Targets targets, long count, Epoch epoch, Options options,
                Pointer optimizerState, long optimizerStateSize, Pointer workspace, long workspaceSize,
                DoubleByReference loss, LongByReference batchesDone);
        int digits_evaluate(Pointer parameters, Pointer X, Targets targets, long count, Pointer workspace, long workspaceSize,
                DoubleByReference loss, LongByReference correct);
    }

    private record Samples(Pointer X, Pointer labels, int count) {
        static Samples of(List<String> rows) {
            Memory X = new Memory(4L * INPUTS * rows.size()), labels = new Memory(4L * rows.size());
            for (int n = 0; n < rows.size(); n++) {
                String[] fields = rows.get(n).split(",");
                for (int i = 0; i < INPUTS; i++)
                    X.setFloat(4L * (n * INPUTS + i), Integer.parseInt(fields[i]) / 16f);
                labels.setInt(4L * n, Integer.parseInt(fields[INPUTS]));
            }
            return new Samples(X, labels, rows.size());
        }
    }

    private static final Digits library = Native.load(System.getProperty("library"), Digits.class);
    private static Samples training, test;

    private static void check(int status) {
        if (status != 0)
            throw new IllegalStateException(library.aotbackprop_status_message(status));
    }

    // Every fifth row is held out of training.
    private static void readData(String path) throws IOException {
        List<String> rows = Files.readAllLines(Path.of(path));
        List<String> held = new java.util.ArrayList<>(), others = new java.util.ArrayList<>();
        for (int row = 0; row < rows.size(); row++)
            (row % 5 == 4 ? held : others).add(rows.get(row));
        training = Samples.of(others);
        test = Samples.of(held);
    }

    private static void learn(boolean aloud) {
        Memory parameters = new Memory(PARAMETERS);
        long size = library.digits_epoch_workspace_size(training.count, BATCH);
        Memory workspace = new Memory(size);
        Options options = new Options();
        options.size = options.size();
        options.learning_rate = 0.1f;
        Epoch epoch = new Epoch();
        epoch.size = epoch.size();
        epoch.batch_size = BATCH;
        epoch.seed = 7;
        check(library.digits_initialize(parameters, 7));
        for (; epoch.epoch < EPOCHS; epoch.epoch++) {
            DoubleByReference loss = new DoubleByReference();
            check(library.digits_train_epoch(parameters, training.X, new Targets(training.labels), training.count, epoch, options,
                    null, 0, workspace, size, loss, null));
            if (aloud)
                System.out.printf(Locale.ROOT, "epoch %d: loss %.6f%n", epoch.epoch + 1, loss.getValue());
        }
        if (!aloud)
            return;
        LongByReference correct = new LongByReference();
        check(library.digits_evaluate(parameters, test.X, new Targets(test.labels), test.count, workspace, size, null, correct));
        long hash = 0xcbf29ce484222325L;
        for (byte one : parameters.getByteArray(0, (int) PARAMETERS))
            hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
        System.out.printf("right: %d of %d%nparameters: %016x%n", correct.getValue(), test.count, hash);
    }

    /** Starts threads; each trains when this returns. */
    private static void trainBeside(int threads) throws InterruptedException {
        AtomicInteger trained = new AtomicInteger(); // threads that have trained once
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                learn(false);
                trained.incrementAndGet();
                for (;;)
                    learn(false);
            });
            thread.setDaemon(true);
            thread.start();
        }
        for (int i = 0; i < 3000 && trained.get() < threads; i++)
            Thread.sleep(10);
        if (trained.get() < threads) {
            System.err.printf("%d of %d threads train%n", trained.get(), threads);
            System.exit(3);
        }
    }

    private static int lengthOf(int[] numbers) {
        return numbers.length;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 1)
            throw new IllegalArgumentException("usage: Host DATA [exit]");
        readData(arguments[0]);
        if (arguments.length > 1) {
            trainBeside(3);
            System.exit(7);
        }

        learn(true);
        AtomicInteger signals = new AtomicInteger();
        Signal.handle(new Signal("USR2"), signal -> signals.incrementAndGet());
        trainBeside(1);
        int caught = 0, read = 0;
        for (int i = 0; i < 100_000; i++) // until it is compiled, and the check of null is the processor's
            read += lengthOf(new int[1]);
        for (int i = 0; i < FAULTS; i++) {
            try {
                read += lengthOf(null);
            } catch (NullPointerException e) {
                caught++;
            }
            if (i % 50 == 0)
                Signal.raise(new Signal("USR2"));
        }
        for (int i = 0; i < 1000 && signals.get() == 0; i++)
            Thread.sleep(1);
        if (read != 100_000 || signals.get() == 0)
            throw new IllegalStateException("read " + read + ", signals " + signals.get());
        System.out.printf("caught: %d%n", caught);
        System.gc();
        learn(true);
    }
}
