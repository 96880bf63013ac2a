package dev.thalweg;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.inference.Inference;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.onednn.LiveObjects;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One thread uses something while another closes it, at a random moment. Both may get an {@link IllegalStateException};
 * what is not refused must be right, and in the end nothing may be left. Run in a JVM of its own, which must survive:
 * arguments are the number of rounds and a seed.
 */
final class CloseRaces {
    private static final Shape PICTURE = Shape.of(3, 12, 12);
    private static final List<String> CLASSES = List.of("a", "b", "c");
    private static final int PICTURES = 60;
    private static final Fit FIT = Fit.epochs(1).batchSize(16).seed(3);
    private static final int ROWS = 64;
    private static final int COLUMNS = 256;
    private static final float TOLERANCE = 1e-4f;

    /** Two things done at the same time, and what to close after them. */
    private record Scene(Runnable use, Runnable end, AutoCloseable rest) {}

    /**
     * What a graph computes: {@code relu(x w)} with all of w 1 / columns, so that rows full of f become rows full of f.
     */
    private record Net(Graph graph, Value x, Value y) {
        static final Shape WEIGHTS = Shape.of(COLUMNS, COLUMNS);

        static Net of() {
            GraphBuilder builder = new GraphBuilder();
            Value x = builder.input("x", Shape.of(ROWS, COLUMNS));
            Value y =
                    builder.eltwise(Eltwise.Kind.RELU, builder.innerProduct(x, builder.parameter("w", WEIGHTS), null));
            return new Net(builder.build("net", List.of(y)), x, y);
        }

        static Parameters parameters(Backend backend) {
            Parameters parameters = backend.newParameters(Map.of("w", WEIGHTS));
            parameters.write("w", MemorySegment.ofArray(full(COLUMNS * COLUMNS, 1f / COLUMNS)));
            return parameters;
        }

        void ask(Executable executable, float f) {
            executable.write(x, MemorySegment.ofArray(full(ROWS * COLUMNS, f)));
            executable.run();
            float[] answer = new float[ROWS * COLUMNS];
            executable.read(y, MemorySegment.ofArray(answer));
            require(
                    Arrays.equals(answer, 0, answer.length, full(answer.length, f), 0, answer.length)
                            || Math.abs(answer[0] - f) + Math.abs(answer[answer.length - 1] - f) < TOLERANCE * f,
                    "asked for " + f + ", got " + answer[0]);
        }
    }

    private final Map<String, Function<String, Scene>> scenes = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> outcomes = new LinkedHashMap<>();
    private final Map<String, Long> durations = new TreeMap<>();
    private final Map<String, float[]> wantedPredictions = new TreeMap<>();
    private final Map<String, Double> wantedLoss = new TreeMap<>();
    private final ImageDataset data = data();
    private final SplittableRandom random;

    private CloseRaces(long seed) {
        random = new SplittableRandom(seed);
        for (String backend : List.of("onednn", "java")) {
            try (Model model = model(backend)) {
                wantedPredictions.put(backend, numbers(model.predict(data)));
                wantedLoss.put(backend, model.fit(data, FIT).epochs().getFirst().loss());
            }
        }
        addModels();
        addBackends();
    }

    private void addModels() {
        scenes.put("predict, close", backend -> of(model(backend), model -> predict(model, backend), Model::close));
        scenes.put(
                "predict, another backend",
                backend -> of(
                        model(backend),
                        model -> predict(model, backend),
                        model -> model.backend(BackendChoice.of(backend), Threads.of(1))));
        scenes.put(
                "predict, predict",
                backend -> of(model(backend), model -> predict(model, backend), model -> predict(model, backend)));
        scenes.put("evaluate, close", backend -> of(model(backend), model -> model.evaluate(data), Model::close));
        scenes.put("fit, close", backend -> of(model(backend), model -> fit(model, backend, data), Model::close));
        scenes.put(
                "fit, another backend",
                backend -> of(
                        model(backend),
                        model -> fit(model, backend, data),
                        model -> model.backend(BackendChoice.of(backend), Threads.of(1))));
        scenes.put(
                "fit, predict",
                backend -> of(model(backend), model -> fit(model, backend, data), model -> model.predict(data)));
        scenes.put("fit, close the data", backend -> {
            try (Scope opening = new Scope()) {
                ImageDataset own = opening.own(data());
                Model model = opening.own(model(backend));
                return new Scene(() -> fit(model, backend, own), own::close, opening.handOver());
            }
        });
        scenes.put(
                "next batch, close",
                backend ->
                        of(new BatchLoader(data, 4, Normalization.unit(3)), CloseRaces::takeAll, BatchLoader::close));
        for (Inference.Mode mode : Inference.Mode.values()) {
            scenes.put("inference " + mode + ", close", backend -> {
                try (Model model = model(backend)) {
                    return of(model.inference(mode, 1, 8), inference -> ask(inference, backend), Inference::close);
                }
            });
        }
    }

    private void addBackends() {
        Net net = Net.of();
        scenes.put("run, close all", name -> {
            try (Scope opening = new Scope()) {
                Backend backend = opening.own(Backends.open(BackendChoice.of(name), Threads.of(2)));
                Parameters parameters = opening.own(Net.parameters(backend));
                Executable executable = opening.own(backend.compile(net.graph(), parameters));
                return new Scene(
                        () -> {
                            for (int f = 1; f <= 20; f++) {
                                net.ask(executable, f);
                            }
                        },
                        () -> List.of(backend, parameters, executable, parameters, backend)
                                .forEach(each -> quietly(each)),
                        opening.handOver());
            }
        });
        scenes.put("compile, close the parameters", name -> {
            try (Scope opening = new Scope()) {
                Backend backend = opening.own(Backends.open(BackendChoice.of(name), Threads.of(2)));
                Parameters parameters = opening.own(Net.parameters(backend));
                return new Scene(() -> compileAndAsk(net, backend, parameters), parameters::close, opening.handOver());
            }
        });
        scenes.put(
                "compile, close the backend",
                name -> of(
                        Backends.open(BackendChoice.of(name), Threads.of(2)),
                        backend -> {
                            try (Parameters parameters = Net.parameters(backend)) {
                                compileAndAsk(net, backend, parameters);
                            }
                        },
                        Backend::close));
        scenes.put("compile, compile", name -> {
            try (Scope opening = new Scope()) {
                Backend backend = opening.own(Backends.open(BackendChoice.of(name), Threads.of(2)));
                Parameters parameters = opening.own(Net.parameters(backend));
                return new Scene(
                        () -> compileAndAsk(net, backend, parameters),
                        () -> compileAndAsk(net, backend, parameters),
                        opening.handOver());
            }
        });
    }

    private static void quietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (IllegalStateException refused) {
            // Tried at a time when it is used, on purpose.
        } catch (Exception e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void compileAndAsk(Net net, Backend backend, Parameters parameters) {
        try (Executable executable = backend.compile(net.graph(), parameters)) {
            net.ask(executable, 2);
        }
    }

    private static <T extends AutoCloseable> Scene of(T thing, Consumer<T> use, Consumer<T> end) {
        return new Scene(() -> use.accept(thing), () -> end.accept(thing), thing);
    }

    private static ImageDataset data() {
        int[] labels = new int[PICTURES];
        Arrays.setAll(labels, i -> i % CLASSES.size());
        return ImageDataset.of("races", PICTURE, CLASSES, labels, (i, pixels) -> pixels.fill((byte) (4 * i)));
    }

    private static Model model(String backend) {
        return Model.sequential(
                        PICTURE, new Conv2D(8, 3, Activation.RELU), new Flatten(), new Dense(3, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .compile(new SGD(0.01), new CategoricalCrossentropy());
    }

    private static float[] full(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    private static float[] numbers(Predictions predictions) {
        float[] all = new float[predictions.outputs().size() * CLASSES.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = predictions.outputs().get(i / CLASSES.size())[i % CLASSES.size()];
        }
        return all;
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }

    private void compare(Predictions predictions, String backend) {
        float[] got = numbers(predictions);
        float[] want = wantedPredictions.get(backend);
        for (int i = 0; i < got.length; i++) {
            require(Math.abs(got[i] - want[i]) < TOLERANCE, "output " + i + " is " + got[i] + ", expected " + want[i]);
        }
    }

    private void predict(Model model, String backend) {
        compare(model.predict(data), backend);
    }

    private void fit(Model model, String backend, ImageDataset pictures) {
        double loss = model.fit(pictures, FIT).epochs().getFirst().loss();
        require(
                Math.abs(loss - wantedLoss.get(backend)) < TOLERANCE,
                "loss " + loss + ", expected " + wantedLoss.get(backend));
    }

    private void ask(Inference inference, String backend) {
        for (int i = 0; i < 10; i++) {
            compare(inference.predict(pictures()), backend);
        }
    }

    private List<byte[]> pictures() {
        return IntStream.range(0, data.size())
                .mapToObj(i -> data.pixels(i).toArray(ValueLayout.JAVA_BYTE))
                .toList();
    }

    private static void takeAll(BatchLoader loader) {
        for (int epoch = 0; epoch < 5; epoch++) {
            loader.start();
            int picture = 0;
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                for (int i = 0; i < batch.size(); i++, picture++) {
                    float value = batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, i * PICTURE.elements());
                    require(
                            Math.abs(value * 255 - (4 * picture & 0xff)) < 0.01,
                            "picture " + picture + " is " + value * 255);
                }
            }
            require(picture == PICTURES, picture + " pictures");
        }
    }

    private void note(String scene, String what) {
        synchronized (outcomes) {
            outcomes.computeIfAbsent(scene, s -> new TreeMap<>()).merge(what, 1, Integer::sum);
        }
    }

    /** Whether it was done or refused; anything else is a fault. */
    private void attempt(String scene, String who, Runnable action) {
        try {
            action.run();
            note(scene, who + " done");
        } catch (IllegalStateException e) {
            require(e.getMessage() != null, scene + ": an exception without a message");
            note(scene, who + " refused");
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            note(scene, "FAULT " + e);
        }
    }

    /** How long the use takes alone: so long the other waits at most. */
    private long duration(String name, String backend) {
        return durations.computeIfAbsent(name + backend, key -> {
            Scene alone = scenes.get(name).apply(backend);
            long start = System.nanoTime();
            alone.use().run();
            long duration = System.nanoTime() - start;
            quietly(alone.rest());
            return duration;
        });
    }

    private void round(String name, String backend) throws Exception {
        long longest = duration(name, backend);
        Scene scene = scenes.get(name).apply(backend);
        Thread user = Thread.ofPlatform().name("user").start(() -> attempt(name, "use", scene.use()));
        LockSupport.parkNanos(random.nextLong(longest + longest / 4));
        attempt(name, "end", scene.end());
        user.join();
        scene.rest().close();
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        CloseRaces races = new CloseRaces(Long.parseLong(arguments[1]));
        List<String> names = List.copyOf(races.scenes.keySet());
        for (int round = 0; round < rounds; round++) {
            races.round(names.get(round % names.size()), round / names.size() % 2 == 0 ? "onednn" : "java");
        }
        races.data.close();
        races.outcomes.forEach((name, what) -> System.out.println(name + ": " + what));
        boolean fault = races.outcomes.values().stream()
                .flatMap(what -> what.keySet().stream())
                .anyMatch(what -> what.startsWith("FAULT"));
        System.out.println(
                rounds + " rounds, " + MemoryOwner.liveBytes() + " bytes and " + LiveObjects.count() + " objects left");
        System.exit(fault ? 1 : 0);
    }
}
