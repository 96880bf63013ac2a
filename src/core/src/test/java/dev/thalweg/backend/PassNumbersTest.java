package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.plan.InPlace;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.Padding;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rewritten graphs compute the same numbers as those that they were made of. */
class PassNumbersTest {
    private static final int BATCH = 6;
    private static final Map<String, Backend> BACKENDS = Map.of(
            "java",
            Backends.open(BackendChoice.JAVA, Threads.of(2)),
            "onednn",
            Backends.open(BackendChoice.ONEDNN, Threads.of(2)));

    @AfterAll
    static void close() {
        BACKENDS.values().forEach(Backend::close);
    }

    /** Two residual blocks, one of them with a convolution on its short cut, all that the passes look for. */
    private static Network network() {
        Flow x = Flow.input(3, 10, 9).through(new Conv2D(16, 3, Activation.RELU).padding(Padding.SAME));
        for (int filters : new int[] {16, 32}) {
            Flow y = x.through(
                    new Conv2D(filters, 3).padding(Padding.SAME).useBias(false),
                    new BatchNormalization(),
                    new ActivationLayer(Activation.RELU),
                    new Conv2D(filters, 3).padding(Padding.SAME),
                    new BatchNormalization());
            Flow shortcut = filters == 16 ? x : x.through(new Conv2D(filters, 1), new BatchNormalization());
            x = Flow.join(new Add(), y, shortcut).through(new ActivationLayer(Activation.RELU));
        }
        return Network.of(x.through(
                new Conv2D(8, 1, Activation.RELU),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(20, Activation.TANH),
                new Dense(5, Activation.SOFTMAX)));
    }

    /** A forward pass, and what it is given: positive variances, everything else around 0. */
    private record Forward(
            GraphBuilder builder, Value pictures, Value predictions, Map<String, double[]> parameters, double[] input) {
        static Forward of(Network network, boolean training) {
            GraphBuilder builder = new GraphBuilder();
            Value pictures = builder.input("pictures", network.input().batched(BATCH));
            Value predictions = network.build(builder, List.of(pictures), training, name -> false)
                    .getFirst();
            Random random = new Random(3);
            Map<String, double[]> parameters = new LinkedHashMap<>();
            network.parameters()
                    .forEach(p -> parameters.put(
                            p.name(),
                            random.doubles(
                                            p.shape().elements(),
                                            p.name().contains("variance") ? 0.5 : -0.3,
                                            p.name().contains("variance") ? 1.5 : 0.5)
                                    .map(d -> (float) d)
                                    .toArray()));
            return new Forward(
                    builder,
                    pictures,
                    predictions,
                    parameters,
                    random.doubles(pictures.shape().elements(), -1, 1)
                            .map(d -> (float) d)
                            .toArray());
        }

        Map<Value, double[]> given(Graph graph) {
            Map<Value, double[]> given = new HashMap<>(Map.of(pictures, input));
            graph.parameters().forEach(p -> given.put(p, parameters.get(p.name())));
            return given;
        }

        List<Value> gradients(boolean checkpointing) {
            Value targets = builder.constant(0.2f, predictions.shape());
            Value loss = builder.softmaxCrossEntropy(predictions, targets);
            List<Value> trained = network().parameters().stream()
                    .filter(p -> p.trainable())
                    .map(p -> builder.parameter(p.name(), p.shape()))
                    .toList();
            return Gradients.of(builder, loss, trained, checkpointing);
        }
    }

    private static List<float[]> run(Backend backend, Forward forward, Graph graph) {
        Map<Value, float[]> results = GraphRun.run(backend, graph, forward.given(graph));
        return graph.outputs().stream().map(results::get).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void inferenceIsThatOfTheReferenceOfTheGraphBefore(String backend) {
        Forward plain = Forward.of(network(), false);
        Graph before = plain.builder().build("before", List.of(plain.predictions()));
        double[] want = Reference.evaluate(before, plain.given(before)).get(plain.predictions());

        Forward passed = Forward.of(network(), false);
        Passes.beforeGradients(passed.builder(), List.of(passed.predictions()), false);
        Graph after = passed.builder().build("after", List.of(passed.predictions()));
        assertTrue(
                after.nodes().stream()
                        .noneMatch(n -> n.op().getClass().getSimpleName().startsWith("BatchNormalization")),
                after.toString());
        OpsTest.assertClose(want, run(BACKENDS.get(backend), passed, after).getFirst(), "predictions");
    }

    /** A sum that is not costs a copy. */
    @ParameterizedTest
    @ValueSource(strings = {"resnet20", "resnet18", "resnet50", "wrn-16-4", "mobilenetv2-cifar"})
    void allSumsOfResidualNetworksAreAddedUpInPlace(String name) {
        for (DataType precision : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
            Network network = Networks.named(name, Shape.of(3, 64, 64), 10);
            GraphBuilder builder = new GraphBuilder();
            Value predictions = network.build(
                            builder,
                            List.of(builder.input("pictures", network.input().batched(1))),
                            false,
                            layer -> false)
                    .getFirst();
            Passes.beforeGradients(builder, List.of(predictions), false);
            Graph graph = Passes.afterGradients(builder.build(name, List.of(predictions)), precision);
            List<Value> sums = graph.nodes().stream()
                    .filter(n -> n.op() instanceof Convolution c && c.postOps().sum())
                    .map(n -> n.output())
                    .toList();
            assertTrue(sums.size() > 5, sums.toString());
            assertTrue(InPlace.of(graph).keySet().containsAll(sums), graph.toString());
            assertTrue(
                    graph.nodes().stream()
                            .noneMatch(n -> n.op() instanceof Binary b
                                    && b.kind() == Binary.Kind.ADD
                                    && n.input(0).shape().rank() == 4),
                    graph.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void gradientsAreThoseOfTheGraphBefore(String backend) {
        Forward plain = Forward.of(network(), true);
        List<float[]> want = run(BACKENDS.get("java"), plain, plain.builder().build("before", plain.gradients(false)));

        Forward passed = Forward.of(network(), true);
        Passes.beforeGradients(passed.builder(), List.of(passed.predictions()), true);
        List<float[]> got =
                run(BACKENDS.get(backend), passed, passed.builder().build("after", passed.gradients(false)));
        for (int i = 0; i < want.size(); i++) {
            OpsTest.assertClose(doubles(want.get(i)), got.get(i), "gradient " + i);
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void checkpointedGradientsAreTheSameBitsInLessMemory(String backend) {
        List<List<float[]>> gradients = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        for (boolean checkpointing : new boolean[] {false, true}) {
            Forward forward = Forward.of(deep(), true);
            Passes.beforeGradients(forward.builder(), List.of(forward.predictions()), true);
            Value loss = forward.builder()
                    .softmaxCrossEntropy(
                            forward.predictions(),
                            forward.builder()
                                    .constant(0.2f, forward.predictions().shape()));
            List<Value> trained = deep().parameters().stream()
                    .filter(p -> p.trainable())
                    .map(p -> forward.builder().parameter(p.name(), p.shape()))
                    .toList();
            Graph graph = forward.builder()
                    .build(
                            "checkpointing " + checkpointing,
                            Gradients.of(forward.builder(), loss, trained, checkpointing));
            gradients.add(run(BACKENDS.get(backend), forward, graph));
            try (Parameters parameters = parameters(BACKENDS.get(backend), graph, forward);
                    Executable executable = BACKENDS.get(backend).compile(graph, parameters)) {
                MemoryReport report = executable.memory();
                assertTrue(
                        report.lowerBound() <= report.planned() && report.planned() < report.unshared(),
                        report.toString());
                bytes.add(report.planned());
            }
        }
        for (int i = 0; i < gradients.get(0).size(); i++) {
            assertArrayEquals(gradients.get(0).get(i), gradients.get(1).get(i), "gradient " + i);
        }
        assertTrue(bytes.get(1) < 0.7 * bytes.get(0), bytes.toString());
    }

    /** With dropout, whose numbers must be drawn twice alike. */
    private static Network deep() {
        Flow x = Flow.input(3, 10, 9);
        for (int i = 0; i < 12; i++) {
            x = x.through(
                    new Conv2D(16, 3).padding(Padding.SAME).useBias(false),
                    new BatchNormalization(),
                    new ActivationLayer(Activation.SWISH));
            x = i % 5 == 2 ? x.through(new Dropout(0.3), new MaxPooling2D(2, 1, Padding.VALID)) : x;
        }
        return Network.of(x.through(new Flatten(), new Dense(5)));
    }

    private static Parameters parameters(Backend backend, Graph graph, Forward forward) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        graph.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        Parameters parameters = backend.newParameters(shapes);
        graph.parameters()
                .forEach(p -> parameters.write(
                        p.name(), GraphRun.segment(forward.parameters().get(p.name()))));
        return parameters;
    }

    @Test
    void shortFloatsComeCloseToWideOnes() {
        assumeTrue(BACKENDS.get("onednn").computesIn(DataType.BFLOAT16), "this CPU has no bfloat16 instructions");
        Forward wide = Forward.of(network(), true);
        List<float[]> want = run(BACKENDS.get("onednn"), wide, wide.builder().build("wide", wide.gradients(false)));
        Forward narrow = Forward.of(network(), true);
        Passes.beforeGradients(narrow.builder(), List.of(narrow.predictions()), true);
        Graph graph =
                Passes.afterGradients(narrow.builder().build("short", narrow.gradients(false)), DataType.BFLOAT16);
        List<float[]> got = run(BACKENDS.get("onednn"), narrow, graph);
        for (int i = 0; i < want.size(); i++) {
            double difference = 0;
            double norm = 0;
            for (int k = 0; k < want.get(i).length; k++) {
                difference += Math.pow(want.get(i)[k] - got.get(i)[k], 2);
                norm += Math.pow(want.get(i)[k], 2);
            }
            // A bfloat16 is rounded to 2⁻⁹ of itself; some ten roundings in a row, of both signs, and a few ReLUs that
            // flip.
            assertTrue(
                    Math.sqrt(difference) <= 0.1 * Math.sqrt(norm) + 1e-6,
                    "gradient " + i + ": " + Math.sqrt(difference) + " of " + Math.sqrt(norm));
        }
    }

    @Test
    void plainJavaRefusesShortFloats() {
        assertEquals(false, BACKENDS.get("java").computesIn(DataType.BFLOAT16));
        Forward forward = Forward.of(network(), false);
        Graph graph = Passes.afterGradients(
                forward.builder().build("short", List.of(forward.predictions())), DataType.BFLOAT16);
        UnavailableException e =
                assertThrows(UnavailableException.class, () -> run(BACKENDS.get("java"), forward, graph));
        assertTrue(e.getMessage().contains("BFLOAT16") && e.getMessage().contains("onednn"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void whatIsDerivedFromParametersFollowsThem(String backend) {
        Forward forward = Forward.of(network(), false);
        Passes.beforeGradients(forward.builder(), List.of(forward.predictions()), false);
        Graph graph = forward.builder().build("followed", List.of(forward.predictions()));
        try (Parameters parameters = parameters(BACKENDS.get(backend), graph, forward);
                Executable executable = BACKENDS.get(backend).compile(graph, parameters)) {
            executable.write(forward.pictures(), GraphRun.segment(forward.input()));
            executable.run();
            for (String name : List.of("conv2d_2.kernel", "batchnormalization.moving_variance")) {
                assertTrue(
                        forward.parameters().containsKey(name),
                        forward.parameters().keySet().toString());
                double[] changed = forward.parameters().get(name).clone();
                changed[0] += 1;
                forward.parameters().put(name, changed);
                parameters.write(name, GraphRun.segment(changed));
            }
            executable.run();
            float[] got = new float[BATCH * 5];
            executable.read(forward.predictions(), MemorySegment.ofArray(got));
            assertArrayEquals(run(BACKENDS.get(backend), forward, graph).getFirst(), got);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void forksRunAtTheSameTimeOnTheSameWeights(String backend) throws Exception {
        Forward forward = Forward.of(network(), false);
        Passes.beforeGradients(forward.builder(), List.of(forward.predictions()), false);
        Graph graph = forward.builder().build("forked", List.of(forward.predictions()));
        List<double[]> inputs = new ArrayList<>();
        List<float[]> want = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            double[] input =
                    new Random(i).doubles(forward.input().length, -1, 1).toArray();
            Forward one = new Forward(
                    forward.builder(), forward.pictures(), forward.predictions(), forward.parameters(), input);
            inputs.add(input);
            want.add(run(BACKENDS.get(backend), one, graph).getFirst());
        }
        Parameters parameters = parameters(BACKENDS.get(backend), graph, forward);
        Executable first = BACKENDS.get(backend).compile(graph, parameters);
        List<Executable> executables = new ArrayList<>(List.of(first));
        for (int i = 1; i < 4; i++) {
            executables.add(first.fork());
        }
        first.close();
        executables.set(0, executables.get(1).fork());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Executable executable = executables.get(i);
                double[] input = inputs.get(i);
                results.add(threads.submit((Callable<float[]>) () -> {
                    float[] got = new float[BATCH * 5];
                    for (int k = 0; k < 20; k++) {
                        executable.write(forward.pictures(), GraphRun.segment(input));
                        executable.run();
                        executable.read(forward.predictions(), MemorySegment.ofArray(got));
                    }
                    return got;
                }));
            }
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(want.get(i), results.get(i).get(), "caller " + i);
            }
        }
        assertThrows(IllegalStateException.class, parameters::close);
        executables.forEach(Executable::close);
        parameters.close();
        assertThrows(IllegalStateException.class, first::fork);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void graphsThatChangeParametersDoNotFork(String backend) {
        GraphBuilder g = new GraphBuilder();
        Value w = g.parameter("w", Shape.of(4));
        g.update(new SGD(0.1), w, w);
        Graph graph = g.build("updating", List.of());
        try (Parameters parameters = BACKENDS.get(backend).newParameters(Map.of("w", Shape.of(4)));
                Executable executable = BACKENDS.get(backend).compile(graph, parameters)) {
            assertThrows(UnsupportedOperationException.class, executable::fork);
        }
    }
}
