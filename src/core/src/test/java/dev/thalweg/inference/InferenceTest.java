package dev.thalweg.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.DecodedFiles;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.engine.BackendSpec;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Tensor;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frozen models: the same answers from many threads, and an orderly end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InferenceTest {
    private static Model model(String backend) {
        return Model.of(Networks.resnetCifar(Shape.of(3, 32, 32), 10, 20))
                .backend(BackendChoice.of(backend), Threads.of(2));
    }

    private static List<byte[]> pictures(DataSplit data, int count) {
        List<byte[]> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pictures.add(data.test().pixels(i).toArray(ValueLayout.JAVA_BYTE));
        }
        return pictures;
    }

    @ParameterizedTest
    @CsvSource({"onednn, LATENCY", "onednn, THROUGHPUT", "java, LATENCY", "java, THROUGHPUT"})
    void manyThreadsGetTheModelsOwnAnswers(String backend, Inference.Mode mode) throws Exception {
        try (DataSplit data = Datasets.builtin(1);
                Model model = model(backend);
                Inference inference = model.inference(mode, 4, 1)) {
            List<byte[]> pictures = pictures(data, 11);
            List<float[]> want = model.predict(data.test().take(11)).outputs();
            try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
                List<Future<Predictions>> answers = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    // Full batches, single pictures, and rests of both.
                    int count = List.of(1, 4, 3, 11).get(i % 4);
                    answers.add(callers.submit(() -> inference.predict(pictures.subList(0, count))));
                }
                for (Future<Predictions> answer : answers) {
                    for (int i = 0; i < answer.get().outputs().size(); i++) {
                        // Other batch sizes may be other kernels, which add in another order.
                        assertArrayEquals(want.get(i), answer.get().outputs().get(i), 1e-5f);
                    }
                }
                assertEquals(11, answers.get(3).get().outputs().size());
            }
        }
    }

    /** A JPEG that lies on its side: its left half, black, is the upper one. EXIF 2.3, orientation 6. */
    private static Path lying(Path directory) throws IOException {
        BufferedImage image = new BufferedImage(48, 24, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(24, 0, 24, 24);
        graphics.dispose();
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", jpeg);
        String orientation =
                "ffe10022457869660000" + "49492a0008000000" + "0100" + "120103000100000006000000" + "00000000";
        byte[] start = HexFormat.of().parseHex("ffd8" + orientation);
        byte[] file = Arrays.copyOf(start, start.length + jpeg.size() - 2);
        System.arraycopy(jpeg.toByteArray(), 2, file, start.length, jpeg.size() - 2);
        return Files.write(directory.resolve("lying.jpg"), file);
    }

    @ParameterizedTest
    @EnumSource(Resize.class)
    void aFileIsDecodedAsTheModelWantsIt(Resize resize, @TempDir Path directory) throws IOException {
        Path file = lying(directory);
        try (Model model = model("java").resize(resize);
                Inference inference = model.inference(Inference.Mode.LATENCY, 1);
                SwappableInference swappable = new SwappableInference(model.inference(Inference.Mode.LATENCY, 1));
                DecodedFiles decoded = DecodedFiles.of(List.of(file), Shape.of(3, 32, 32), resize, List.of())) {
            byte[] pixels = inference.decode(file);
            assertArrayEquals(decoded.orThrow().pixels(0).toArray(ValueLayout.JAVA_BYTE), pixels);
            assertArrayEquals(pixels, swappable.decode(file));
            // In the middle column, near the upper and the lower edge.
            assertTrue((pixels[2 * 32 + 16] & 0xff) < 40 && (pixels[29 * 32 + 16] & 0xff) > 215, "it is upright");
            // At the left edge, white is what PAD leaves free.
            assertEquals(resize == Resize.PAD, (pixels[2 * 32] & 0xff) > 215);
            assertArrayEquals(
                    model.predict(List.of(file)).outputs().getFirst(),
                    inference.predict(List.of(pixels)).outputs().getFirst(),
                    1e-5f);
            Path text = Files.writeString(directory.resolve("notes.txt"), "no picture");
            BadFileException e = assertThrows(BadFileException.class, () -> inference.decode(text));
            assertTrue(e.getMessage().contains("notes.txt: is no picture that can be read"), e.getMessage());
            Inference closed = model.inference(Inference.Mode.LATENCY, 1);
            closed.close();
            assertThrows(IllegalStateException.class, () -> closed.decode(file));
        }
    }

    /** Passes calls on, and has two threads meet in every run: neither call ends before the other has begun. */
    private record Meeting(Executable executable, CyclicBarrier both) implements InvocationHandler {
        static <T> T around(Class<T> type, InvocationHandler handler) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("run")) {
                both.await(30, TimeUnit.SECONDS);
            }
            return passOn(executable, method, arguments, both);
        }

        static Object passOn(Object target, Method method, Object[] arguments, CyclicBarrier both) throws Throwable {
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof Executable made ? around(Executable.class, new Meeting(made, both)) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    /** What runs inside is the Java backend's {@code ThreadTeam}, whose test shows the same of its tasks. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void throughputComputesCallsSideBySide(String name) throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Network network = Networks.cnn(Shape.of(3, 32, 32), 10);
        ModelDescription description = ModelDescription.of(network, network.initialWeights(0), Normalization.unit(3))
                .with(new BackendSpec(BackendChoice.of(name), Threads.of(2), Device.cpu()));
        try (Inference inference = new Inference(
                        description, Map.of(), Resize.CROP, Inference.Mode.THROUGHPUT, List.of(1), threads -> {
                            Backend backend = Backends.open(BackendChoice.of(name), Threads.of(threads));
                            return Meeting.around(
                                    Backend.class,
                                    (proxy, method, arguments) -> Meeting.passOn(backend, method, arguments, both));
                        });
                ExecutorService callers = Executors.newFixedThreadPool(2)) {
            List<Future<Predictions>> answers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                answers.add(callers.submit(() -> inference.predict(List.of(new byte[3 * 32 * 32]))));
            }
            for (Future<Predictions> answer : answers) {
                assertEquals(1, answer.get().outputs().size());
            }
        }
    }

    @Test
    void floatsGoInWithoutAllocation() {
        try (Model model = model("onednn");
                Inference inference = model.inference(Inference.Mode.LATENCY, 2);
                Tensor in = Tensor.of(Shape.of(2, 3, 32, 32), new float[2 * 3 * 32 * 32]);
                Tensor out = Tensor.of(Shape.of(2, 10), new float[20])) {
            inference.run(in.segment(), out.segment());
            float sum = 0;
            for (float p : out.toFloats()) {
                sum += p;
            }
            assertEquals(2, sum, 1e-5f);
            long allocations = MemoryOwner.allocations();
            inference.run(in.segment(), out.segment());
            assertEquals(allocations, MemoryOwner.allocations());
            assertTrue(inference.memory(2).total() > 0);
        }
    }

    @Test
    void precisionsThatTheMachineLacksAreRefused() {
        for (String backend : List.of("onednn", "java")) {
            for (Map.Entry<String, DataType> precision :
                    Map.of("bf16", DataType.BFLOAT16, "f16", DataType.FLOAT16).entrySet()) {
                try (Model model = model(backend).precision(Precision.parse(precision.getKey()))) {
                    if (!model.backend().computesIn(precision.getValue())) {
                        UnavailableException e = assertThrows(
                                UnavailableException.class, () -> model.inference(Inference.Mode.LATENCY, 1));
                        assertTrue(
                                e.getMessage().contains(precision.getValue().name())
                                        && e.getMessage().contains("f32"),
                                e.getMessage());
                    } else {
                        model.inference(Inference.Mode.LATENCY, 1).close();
                    }
                }
            }
            try (Model model = model(backend)) {
                assertThrows(IllegalArgumentException.class, () -> model.precision(Precision.parse("int8")));
            }
        }
    }

    @Test
    void mistakesAreNamed() {
        try (Model model = model("onednn")) {
            assertThrows(IllegalArgumentException.class, () -> model.inference(Inference.Mode.LATENCY));
            assertThrows(IllegalArgumentException.class, () -> model.inference(Inference.Mode.LATENCY, 0));
            try (Inference inference = model.inference(Inference.Mode.LATENCY, 1);
                    Tensor in = Tensor.of(Shape.of(2, 3, 32, 32), new float[2 * 3 * 32 * 32]);
                    Tensor out = Tensor.of(Shape.of(2, 10), new float[20])) {
                ShapeException picture =
                        assertThrows(ShapeException.class, () -> inference.predict(List.of(new byte[7])));
                assertTrue(
                        picture.getMessage().contains("3072")
                                && picture.getMessage().contains("7"),
                        picture.getMessage());
                ShapeException batch =
                        assertThrows(ShapeException.class, () -> inference.run(in.segment(), out.segment()));
                assertTrue(batch.getMessage().contains("[1]"), batch.getMessage());
            }
        }
    }

    @Test
    void itOutlivesTheModelAndEndsInOrder() throws Exception {
        long before = MemoryOwner.liveBytes();
        Model model = model("onednn");
        Inference inference = model.inference(Inference.Mode.THROUGHPUT, 1);
        model.close();
        byte[] picture = new byte[3 * 32 * 32];
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        CountDownLatch answered = new CountDownLatch(5);
        for (int i = 0; i < 5; i++) {
            callers.add(CompletableFuture.runAsync(
                    () -> {
                        boolean first = true;
                        while (true) {
                            try {
                                inference.predict(List.of(picture));
                                if (first) {
                                    answered.countDown();
                                    first = false;
                                }
                            } catch (IllegalStateException closed) {
                                assertTrue(closed.getMessage().contains("closed"), closed.getMessage());
                                return;
                            }
                        }
                    },
                    task -> Thread.ofPlatform().daemon().start(task)));
        }
        assertTrue(answered.await(5, TimeUnit.MINUTES), "every caller is answered while others call");
        inference.close();
        inference.close();
        for (CompletableFuture<Void> caller : callers) {
            caller.get(1, TimeUnit.MINUTES);
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }
}
