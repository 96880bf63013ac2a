package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ClassTargets;
import dev.thalweg.data.EpochAugmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.MixingAugmentation;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Normalizer;
import dev.thalweg.data.PictureAugmentation;
import dev.thalweg.data.PixelWriter;
import dev.thalweg.data.Sampler;
import dev.thalweg.data.Targets;
import dev.thalweg.graph.Op;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.Window;
import dev.thalweg.inference.Batching;
import dev.thalweg.inference.Inference;
import dev.thalweg.inference.InferenceListener;
import dev.thalweg.inference.InferenceService;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.metric.Metric;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Merge;
import dev.thalweg.model.Network;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Callback;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Whatever users call refuses null at once, where it may not be null. */
class NullsTest {
    private static final Model MODEL = Model.sequential(
                    Shape.of(3, 4, 4), new Flatten(), new Dense(2, Activation.SOFTMAX))
            .backend(BackendChoice.JAVA, Threads.of(1))
            .compile(new SGD(0.1), new CategoricalCrossentropy());

    /** What samples are made of. */
    private static final Map<Class<?>, ?> GIVEN = Map.ofEntries(
            Map.entry(int.class, 1),
            Map.entry(Integer.class, 1),
            Map.entry(long.class, 1L),
            Map.entry(Long.class, 1L),
            Map.entry(float.class, 0.5f),
            Map.entry(double.class, 0.5),
            Map.entry(Double.class, 0.5),
            Map.entry(boolean.class, true),
            Map.entry(Object.class, 1),
            Map.entry(String.class, "sample"),
            Map.entry(Path.class, Path.of("no-such-file")),
            Map.entry(Shape.class, Shape.of(3, 4, 4)),
            Map.entry(byte.class, (byte) 1),
            Map.entry(Class.class, Loss.class),
            Map.entry(MemorySegment.class, MemorySegment.NULL),
            Map.entry(Normalizer.class, Normalization.unit(1).normalizer()),
            Map.entry(
                    ClassTargets.class,
                    Targets.ofClasses(List.of("a", "b"), 0, 1).asClasses()),
            Map.entry(Window.class, Window.square(1)),
            Map.entry(Model.class, MODEL),
            Map.entry(Inference.class, MODEL.inference(Inference.Mode.LATENCY, 1)),
            Map.entry(Batching.class, Batching.DEFAULT),
            Map.entry(
                    InferenceService.class,
                    new InferenceService(MODEL.inference(Inference.Mode.LATENCY, 1), Batching.DEFAULT)),
            Map.entry(Network.class, MODEL.network()),
            Map.entry(
                    ImageDataset.class,
                    ImageDataset.of(
                            "sample",
                            Shape.of(3, 4, 4),
                            List.of("a", "b"),
                            new int[] {0, 1},
                            PixelWriter.ofBytes(new byte[48], new byte[48]))));

    /** What users write and this library calls: their methods may leave what they are told alone. */
    private static final Set<Class<?>> IMPLEMENTED_BY_USERS = Set.of(
            EpochAugmentation.class,
            MixingAugmentation.class,
            PictureAugmentation.class,
            Callback.class,
            InferenceListener.class,
            Layer.class,
            Loss.class,
            Merge.class,
            Metric.class,
            Op.class,
            Sampler.class,
            Targets.class,
            UpdateRule.class);

    /** Of these there is no sample: a graph, or a reading of pictures, that is being done has them. */
    private static final Set<String> UNMADE =
            Set.of("BatchLoader", "Graph", "ImageFolder", "LayerContext", "Passes", "PixelSink", "Provenance");

    private final Set<String> silent = new TreeSet<>();
    private final Set<String> unmade = new TreeSet<>();

    @AfterAll
    static void close() {
        GIVEN.values().forEach(value -> {
            if (value instanceof Inference inference) {
                inference.close();
            } else if (value instanceof InferenceService service) {
                service.close();
            } else if (value instanceof ImageDataset data) {
                data.close();
            }
        });
        MODEL.close();
    }

    @Test
    void noNullIsTaken() throws Exception {
        Samples samples = new Samples(GIVEN);
        for (Class<?> type : exported()) {
            for (Executable called : offered(type)) {
                check(samples, type, called);
            }
        }
        assertEquals(Set.of(), silent);
        assertEquals(UNMADE, unmade);
    }

    private static List<Class<?>> exported() throws Exception {
        Path library = Path.of(
                Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(library)) {
            return files.map(library::relativize)
                    .filter(file -> file.toString().endsWith(".class") && file.getNameCount() > 1)
                    .filter(file -> PublicApiTest.EXPORTED.contains(
                            file.getParent().toString().replace('/', '.')))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .<Class<?>>map(NullsTest::load)
                    .filter(type -> isVisible(type) && !Throwable.class.isAssignableFrom(type))
                    .sorted(Comparator.comparing(Class::getName))
                    .toList();
        }
    }

    private static Class<?> load(Path file) {
        try {
            return Class.forName(file.toString().replace('/', '.').replaceAll("\\.class$", ""));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isVisible(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static List<Executable> offered(Class<?> type) {
        return Stream.concat(
                        Arrays.stream(type.getDeclaredConstructors())
                                .filter(_ -> !Modifier.isAbstract(type.getModifiers())),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> !Modifier.isAbstract(method.getModifiers())
                                        && !method.getName().equals("equals")
                                        && !isCalledByUs(method)))
                .filter(called -> Modifier.isPublic(called.getModifiers()) && !called.isSynthetic())
                .toList();
    }

    private static boolean isCalledByUs(Method method) {
        return IMPLEMENTED_BY_USERS.stream()
                .filter(type -> type.isAssignableFrom(method.getDeclaringClass()))
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .anyMatch(known -> known.getName().equals(method.getName())
                        && !Modifier.isStatic(known.getModifiers())
                        && Arrays.equals(known.getParameterTypes(), method.getParameterTypes()));
    }

    private void check(Samples samples, Class<?> type, Executable called) throws ReflectiveOperationException {
        AnnotatedType[] annotated = called.getAnnotatedParameterTypes();
        for (int i = 0; i < annotated.length; i++) {
            Parameter parameter = called.getParameters()[i];
            if (parameter.getType().isPrimitive() || annotated[i].isAnnotationPresent(Nullable.class)) {
                continue;
            }
            String name = called.toGenericString().replaceAll("[a-z.]+\\.([A-Z])", "$1") + " " + parameter.getName();
            boolean needsReceiver = called instanceof Method && !Modifier.isStatic(called.getModifiers());
            Optional<Object> receiver = needsReceiver ? samples.of(type) : Optional.empty();
            Optional<Object[]> arguments = samples.arguments(called);
            if (needsReceiver && receiver.isEmpty() || arguments.isEmpty()) {
                unmade.add(type.getSimpleName());
                continue;
            }
            Object[] given = arguments.get().clone();
            given[i] = null;
            try {
                call(called, receiver.orElse(null), given);
                silent.add(name);
            } catch (InvocationTargetException e) {
                assertInstanceOf(Exception.class, e.getCause(), name);
            }
        }
    }

    static Object call(Executable called, @Nullable Object receiver, Object[] arguments)
            throws ReflectiveOperationException {
        return called instanceof Method method
                ? method.invoke(receiver, arguments)
                : ((Constructor<?>) called).newInstance(arguments);
    }
}
