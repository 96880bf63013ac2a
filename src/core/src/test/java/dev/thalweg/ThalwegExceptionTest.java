package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Tensor;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.MemoryLimitException;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import dev.thalweg.train.Fit;
import dev.thalweg.train.TrainingDivergedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the library throws across its doors is of one family, an exception of files, or one of Java's for misuse. */
class ThalwegExceptionTest {
    private static final Shape INPUT = Shape.of(3, 32, 32);
    private static final DataSplit DATA = ShapesDataset.generate(16, 8, 1);

    @TempDir
    Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model() {
        return Model.sequential(INPUT, new Flatten(), new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.1), new CategoricalCrossentropy());
    }

    private static void using(ThrowingUse use) throws Exception {
        try (Model model = model()) {
            use.of(model);
        }
    }

    private interface ThrowingUse {
        void of(Model model) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> eachDoorThrowsAsDocumented() throws IOException {
        Path noModel = Files.writeString(directory.resolve("bad.safetensors"), "no model");
        Map<String, Map.Entry<Class<? extends Exception>, Executable>> cases = Map.ofEntries(
                door("a layer without filters", ShapeException.class, () -> new Conv2D(0, 3)),
                door("a shape of no extent", ShapeException.class, () -> Shape.of(3, 0)),
                door("layers that do not fit", ShapeException.class, () -> Model.sequential(INPUT, new Conv2D(4, 99))),
                door("pictures that do not fit", ShapeException.class, () -> {
                    try (Model model = Model.sequential(Shape.of(1, 8, 8), new Flatten(), new Dense(10))) {
                        model.predict(DATA.test());
                    }
                }),
                door(
                        "a precision that plain Java lacks",
                        UnavailableException.class,
                        () -> using(model -> model.precision(Precision.BF16).predict(DATA.test()))),
                door(
                        "a GPU that is not there",
                        UnavailableException.class,
                        () -> Backends.open(BackendChoice.ONEDNN, Threads.of(1), Device.parse("gpu:99"))
                                .close()),
                door("a training that diverges", TrainingDivergedException.class, () -> {
                    try (Model model = Model.sequential(
                                    INPUT, new Flatten(), new Dense(10, Activation.SWISH), new Dense(10))
                            .backend(BackendChoice.JAVA, Threads.of(1))
                            .compile(new SGD(1e9), new MeanSquaredError())) {
                        model.fit(DATA.train(), Fit.epochs(20));
                    }
                }),
                door("memory beyond the limit", MemoryLimitException.class, ThalwegExceptionTest::askForTooMuch),
                door("a file that is no model", BadFileException.class, () -> Model.load(noModel)),
                door("a file that is not there", IOException.class, () -> Model.load(directory.resolve("none"))),
                door(
                        "a backend of no name",
                        IllegalArgumentException.class,
                        () -> Backends.open(BackendChoice.of("jaava"), Threads.of(1))),
                door("a rate out of range", IllegalArgumentException.class, () -> new SGD(-1)),
                door("a model that is closed", IllegalStateException.class, () -> {
                    Model model = model();
                    model.close();
                    model.predict(DATA.test());
                }));
        return cases.entrySet().stream()
                .map(test -> DynamicTest.dynamicTest(test.getKey(), () -> {
                    Exception e = assertThrows(
                            test.getValue().getKey(), test.getValue().getValue());
                    assertFalse(e.getMessage() == null || e.getMessage().isBlank(), "an exception without a message");
                    boolean misuse = test.getValue().getKey().getName().startsWith("java.lang.Illegal");
                    assertEquals(
                            !misuse && !(e instanceof IOException),
                            e instanceof ThalwegException,
                            e + ": of the family unless it is misuse or about files");
                }));
    }

    private static Map.Entry<String, Map.Entry<Class<? extends Exception>, Executable>> door(
            String what, Class<? extends Exception> expected, Executable call) {
        return Map.entry(what, Map.entry(expected, call));
    }

    private static void askForTooMuch() {
        String before = System.setProperty(MemoryOwner.LIMIT_PROPERTY, "1k");
        try {
            Tensor.zeros(DataType.FLOAT32, Shape.of(1024, 1024)).close();
        } finally {
            if (before == null) {
                System.clearProperty(MemoryOwner.LIMIT_PROPERTY);
            } else {
                System.setProperty(MemoryOwner.LIMIT_PROPERTY, before);
            }
        }
    }

    /** A new exception that forgets the family, or files', is found here. */
    @Test
    void eachExceptionOfTheLibraryIsOfAFamily() throws Exception {
        Path classes = Path.of(
                Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("Exception.class")).toList()) {
                String name = classes.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), ".");
                found.add(Class.forName(name.substring(0, name.length() - ".class".length())));
            }
        }
        assertTrue(found.size() >= 7, "exceptions found: " + found);
        for (Class<?> type : found) {
            assertTrue(
                    ThalwegException.class.isAssignableFrom(type) || IOException.class.isAssignableFrom(type),
                    type + " is of no family");
        }
    }
}
