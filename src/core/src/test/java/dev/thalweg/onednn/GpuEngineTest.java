package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.opencl.OpenClException;
import dev.thalweg.opencl.OpenClProgram;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * oneDNN's GPU engine computes what its CPU engine computes. Needs a GPU that oneDNN takes:
 * {@code native/gpu-sim/run.sh} runs it on one that PoCL simulates; with an Intel GPU,
 * {@code mvn verify -Dthalweg.test.device=gpu:0 -Dtest=GpuEngineTest} does.
 */
@EnabledIfSystemProperty(named = "thalweg.test.device", matches = "gpu.*")
class GpuEngineTest {
    /** Sums of up to some hundred products of numbers around 1, added in another order. */
    private static final double TOLERANCE = 1e-5;

    private static final Shape PICTURE = Shape.of(2, 8, 10, 10);
    private static final Shape KERNEL = Shape.of(16, 8, 3, 3);
    private static final Shape MAPS = Shape.of(2, 16, 10, 10);
    private static final Shape HALF = Shape.of(2, 8, 5, 5);
    private static final Shape ROWS = Shape.of(4, 64);
    private static final Shape UNITS = Shape.of(4, 10);
    private static final Sliding SAME =
            new Sliding(new int[] {1, 1}, new int[] {0, 0}, new int[] {1, 1}, new int[] {1, 1});
    private static final Sliding HALVING =
            new Sliding(new int[] {2, 2}, new int[] {0, 0}, new int[] {0, 0}, new int[] {0, 0});

    /** Some primitives on one engine, on the same random numbers as on the other. */
    private static final class Session implements AutoCloseable {
        final Engine engine;
        private final Scope scope = new Scope();
        private final dev.thalweg.onednn.Stream stream;
        private final MemoryOwner host = own(MemoryOwner.named("test"));

        Session(Engine engine) {
            this.engine = own(engine);
            this.stream = own(new dev.thalweg.onednn.Stream(engine));
        }

        <T extends AutoCloseable> T own(T resource) {
            return scope.own(resource);
        }

        MemoryDesc plain(Shape shape) {
            return own(MemoryDesc.plain(shape, DataType.FLOAT32));
        }

        Memory random(Shape shape, long seed) {
            Memory memory = own(new Memory(engine, plain(shape)));
            float[] values = new float[(int) shape.elements()];
            Random random = new Random(seed);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            memory.write(MemorySegment.ofArray(values));
            return memory;
        }

        Memory empty(Shape shape) {
            return own(new Memory(engine, plain(shape)));
        }

        Memory workspace(PrimitiveDesc desc) {
            return own(new Memory(engine, own(desc.layout(Argument.WORKSPACE, Shape.of(), DataType.UINT8))));
        }

        void run(PrimitiveDesc desc, Map<Argument, Memory> memories) {
            own(desc);
            Map<Argument, Memory> all = new EnumMap<>(memories);
            if (desc.size(Argument.SCRATCHPAD) > 0) {
                all.put(
                        Argument.SCRATCHPAD,
                        own(new Memory(engine, own(desc.layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8)))));
            }
            new PrimitiveCall(own(new Primitive(desc)), all, host).execute(stream);
            stream.await();
        }

        float[] read(Memory memory, Shape shape) {
            float[] values = new float[(int) shape.elements()];
            memory.read(MemorySegment.ofArray(values));
            return values;
        }

        @Override
        public void close() {
            scope.close();
        }
    }

    private static PrimitiveDesc convolution(Session s) {
        return Convolutions.forward(
                s.engine,
                true,
                s.plain(PICTURE),
                s.plain(KERNEL),
                s.plain(Shape.of(16)),
                s.plain(MAPS),
                SAME,
                Attributes.NONE);
    }

    private static PrimitiveDesc product(Session s) {
        return Products.innerForward(
                s.engine,
                true,
                s.plain(ROWS),
                s.plain(Shape.of(10, 64)),
                s.plain(Shape.of(10)),
                s.plain(UNITS),
                Attributes.NONE);
    }

    private static float[] pooled(Session s, Algorithm algorithm) {
        PrimitiveDesc forward =
                Poolings.forward(s.engine, true, algorithm, s.plain(PICTURE), s.plain(HALF), new int[] {2, 2}, HALVING);
        Map<Argument, Memory> places =
                new EnumMap<>(Map.of(Argument.SRC, s.random(PICTURE, 1), Argument.DST, s.empty(HALF)));
        Map<Argument, Memory> back =
                new EnumMap<>(Map.of(Argument.DIFF_DST, s.random(HALF, 2), Argument.DIFF_SRC, s.empty(PICTURE)));
        if (forward.size(Argument.WORKSPACE) > 0) {
            places.put(Argument.WORKSPACE, s.workspace(forward));
            back.put(Argument.WORKSPACE, places.get(Argument.WORKSPACE));
        }
        s.run(forward, places);
        s.run(
                Poolings.backward(
                        s.engine, algorithm, s.plain(PICTURE), s.plain(HALF), new int[] {2, 2}, HALVING, forward),
                back);
        return join(s.read(places.get(Argument.DST), HALF), s.read(back.get(Argument.DIFF_SRC), PICTURE));
    }

    private static float[] normalized(Session s) {
        Shape channels = Shape.of(8);
        PrimitiveDesc forward = Normalizations.batchForward(s.engine, true, false, false, s.plain(PICTURE), 1e-3f);
        Memory source = s.random(PICTURE, 1);
        Memory scale = s.random(channels, 2);
        Memory mean = s.empty(channels);
        Memory variance = s.empty(channels);
        Memory result = s.empty(PICTURE);
        s.run(
                forward,
                Map.of(
                        Argument.SRC,
                        source,
                        Argument.SCALE,
                        scale,
                        Argument.SHIFT,
                        s.random(channels, 3),
                        Argument.MEAN,
                        mean,
                        Argument.VARIANCE,
                        variance,
                        Argument.DST,
                        result));
        Memory gradient = s.empty(PICTURE);
        s.run(
                Normalizations.batchBackward(s.engine, false, s.plain(PICTURE), 1e-3f, forward),
                Map.of(
                        Argument.SRC,
                        source,
                        Argument.SCALE,
                        scale,
                        Argument.MEAN,
                        mean,
                        Argument.VARIANCE,
                        variance,
                        Argument.DIFF_DST,
                        s.random(PICTURE, 4),
                        Argument.DIFF_SRC,
                        gradient,
                        Argument.DIFF_SCALE,
                        s.empty(channels),
                        Argument.DIFF_SHIFT,
                        s.empty(channels)));
        return join(s.read(result, PICTURE), s.read(gradient, PICTURE));
    }

    private static float[] join(float[] first, float[] second) {
        float[] both = new float[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static float[] one(
            Session s, PrimitiveDesc desc, Map<Argument, Memory> inputs, Argument result, Shape shape) {
        Map<Argument, Memory> places = new EnumMap<>(inputs);
        places.put(result, s.empty(shape));
        s.run(desc, places);
        return s.read(places.get(result), shape);
    }

    private static Map<String, Function<Session, float[]>> operations() {
        Map<String, Function<Session, float[]>> all = new LinkedHashMap<>();
        all.put(
                "relu",
                s -> one(
                        s,
                        Elementwise.forward(
                                s.engine, true, Algorithm.ELTWISE_RELU, s.plain(PICTURE), s.plain(PICTURE), 0, 0),
                        Map.of(Argument.SRC, s.random(PICTURE, 1)),
                        Argument.DST,
                        PICTURE));
        all.put(
                "relu backward",
                s -> one(
                        s,
                        Elementwise.backward(
                                s.engine,
                                Algorithm.ELTWISE_RELU,
                                s.plain(PICTURE),
                                s.plain(PICTURE),
                                s.plain(PICTURE),
                                0,
                                0,
                                s.own(Elementwise.forward(
                                        s.engine,
                                        true,
                                        Algorithm.ELTWISE_RELU,
                                        s.plain(PICTURE),
                                        s.plain(PICTURE),
                                        0,
                                        0))),
                        Map.of(Argument.SRC, s.random(PICTURE, 1), Argument.DIFF_DST, s.random(PICTURE, 2)),
                        Argument.DIFF_SRC,
                        PICTURE));
        all.put(
                "convolution",
                s -> one(
                        s,
                        convolution(s),
                        Map.of(
                                Argument.SRC,
                                s.random(PICTURE, 1),
                                Argument.WEIGHTS,
                                s.random(KERNEL, 2),
                                Argument.BIAS,
                                s.random(Shape.of(16), 3)),
                        Argument.DST,
                        MAPS));
        all.put(
                "convolution backward data",
                s -> one(
                        s,
                        Convolutions.backwardData(
                                s.engine,
                                s.plain(PICTURE),
                                s.plain(KERNEL),
                                s.plain(MAPS),
                                SAME,
                                s.own(convolution(s))),
                        Map.of(Argument.DIFF_DST, s.random(MAPS, 1), Argument.WEIGHTS, s.random(KERNEL, 2)),
                        Argument.DIFF_SRC,
                        PICTURE));
        all.put(
                "convolution backward weights",
                s -> one(
                        s,
                        Convolutions.backwardWeights(
                                s.engine,
                                s.plain(PICTURE),
                                s.plain(KERNEL),
                                s.plain(Shape.of(16)),
                                s.plain(MAPS),
                                SAME,
                                s.own(convolution(s))),
                        Map.of(
                                Argument.SRC,
                                s.random(PICTURE, 1),
                                Argument.DIFF_DST,
                                s.random(MAPS, 2),
                                Argument.DIFF_BIAS,
                                s.empty(Shape.of(16))),
                        Argument.DIFF_WEIGHTS,
                        KERNEL));
        all.put("max pooling, both ways", s -> pooled(s, Algorithm.POOLING_MAX));
        all.put("average pooling, both ways", s -> pooled(s, Algorithm.POOLING_AVG_EXCLUDE_PADDING));
        all.put(
                "inner product",
                s -> one(
                        s,
                        product(s),
                        Map.of(
                                Argument.SRC,
                                s.random(ROWS, 1),
                                Argument.WEIGHTS,
                                s.random(Shape.of(10, 64), 2),
                                Argument.BIAS,
                                s.random(Shape.of(10), 3)),
                        Argument.DST,
                        UNITS));
        all.put(
                "inner product backward data",
                s -> one(
                        s,
                        Products.innerBackwardData(
                                s.engine, s.plain(ROWS), s.plain(Shape.of(10, 64)), s.plain(UNITS), s.own(product(s))),
                        Map.of(Argument.DIFF_DST, s.random(UNITS, 1), Argument.WEIGHTS, s.random(Shape.of(10, 64), 2)),
                        Argument.DIFF_SRC,
                        ROWS));
        all.put(
                "inner product backward weights",
                s -> one(
                        s,
                        Products.innerBackwardWeights(
                                s.engine,
                                s.plain(ROWS),
                                s.plain(Shape.of(10, 64)),
                                s.plain(Shape.of(10)),
                                s.plain(UNITS),
                                s.own(product(s))),
                        Map.of(
                                Argument.SRC,
                                s.random(ROWS, 1),
                                Argument.DIFF_DST,
                                s.random(UNITS, 2),
                                Argument.DIFF_BIAS,
                                s.empty(Shape.of(10))),
                        Argument.DIFF_WEIGHTS,
                        Shape.of(10, 64)));
        all.put(
                "matrix product",
                s -> one(
                        s,
                        Products.matmul(
                                s.engine,
                                s.plain(ROWS),
                                s.plain(Shape.of(64, 10)),
                                null,
                                s.plain(UNITS),
                                Attributes.NONE),
                        Map.of(Argument.SRC, s.random(ROWS, 1), Argument.WEIGHTS, s.random(Shape.of(64, 10), 2)),
                        Argument.DST,
                        UNITS));
        all.put(
                "sum",
                s -> one(
                        s,
                        Elementwise.binary(
                                s.engine,
                                Algorithm.BINARY_ADD,
                                s.plain(PICTURE),
                                s.plain(PICTURE),
                                s.plain(PICTURE),
                                Attributes.NONE),
                        Map.of(Argument.SRC, s.random(PICTURE, 1), Argument.SRC_1, s.random(PICTURE, 2)),
                        Argument.DST,
                        PICTURE));
        all.put("batch normalization, both ways", GpuEngineTest::normalized);
        all.put(
                "sum over pictures",
                s -> one(
                        s,
                        Elementwise.reduction(
                                s.engine,
                                Algorithm.REDUCTION_SUM,
                                s.plain(PICTURE),
                                s.plain(Shape.of(1, 8, 1, 1)),
                                Attributes.NONE),
                        Map.of(Argument.SRC, s.random(PICTURE, 1)),
                        Argument.DST,
                        Shape.of(1, 8, 1, 1)));
        all.put("reorder", s -> {
            MemoryDesc channelsLast =
                    s.own(MemoryDesc.transposed(Shape.of(2, 10, 10, 8), DataType.FLOAT32, List.of(0, 3, 1, 2)));
            Memory result = s.own(new Memory(s.engine, channelsLast));
            s.run(
                    PrimitiveDesc.reorder(s.engine, s.plain(PICTURE), channelsLast),
                    Map.of(Argument.SRC, s.random(PICTURE, 1), Argument.DST, result));
            return s.read(result, PICTURE);
        });
        return all;
    }

    @Test
    void theDeviceSaysWhatItIs() {
        assertTrue(Engine.gpuCount() > 0);
        try (Engine gpu = Engine.gpu(0)) {
            assertTrue(
                    gpu.device().memoryBytes() > 0 && !gpu.device().name().isEmpty(),
                    gpu.device().toString());
        }
    }

    @Test
    void aProgramThatCannotBeBuiltSaysWhy() {
        try (Engine gpu = Engine.gpu(0)) {
            OpenClException e = assertThrows(
                    OpenClException.class,
                    () -> OpenClProgram.build(
                            gpu.openClContext(), gpu.deviceHandle(), "__kernel void broken() { nonsense; }"));
            assertTrue(e.getMessage().contains("nonsense"), e.getMessage());
        }
    }

    @TestFactory
    Stream<DynamicTest> resultsEqualThoseOfTheCpu() {
        return operations().entrySet().stream()
                .map(operation -> DynamicTest.dynamicTest(operation.getKey(), () -> {
                    float[] want;
                    try (Session cpu = new Session(Engine.cpu())) {
                        want = operation.getValue().apply(cpu);
                    }
                    try (Session gpu = new Session(Engine.gpu(0))) {
                        float[] got = operation.getValue().apply(gpu);
                        assertEquals(want.length, got.length);
                        double scale = 1;
                        for (float w : want) {
                            scale = Math.max(scale, Math.abs(w));
                        }
                        for (int i = 0; i < want.length; i++) {
                            assertEquals(want[i], got[i], TOLERANCE * scale, "element " + i);
                        }
                    }
                }));
    }
}
