package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Slices and concatenations of what a convolution leaves in a layout of its own, beside plain numbers. All numbers are
 * integers below 256, which bfloat16 holds exactly, so results are equal.
 */
class ConcatLayoutsTest {
    private static final int SEED = 3;
    private static final int CASES = 50;
    private static final int MOST_INPUTS = 20;
    private static final int[] CHANNELS = {1, 3, 5, 8, 16, 24, 32, 48};
    private static final Map<Integer, Integer> PIXELS = Map.of(96, 2, 48, 4, 24, 8, 64, 7, 16, 5, 32, 16);

    @AutoClose
    private static final BothBackends BACKENDS = BothBackends.open();

    /** A graph whose pictures are of a type. */
    private record Pictures(GraphBuilder builder, DataType type, int side) {
        Value input(String name, Shape shape) {
            return typed(builder.input(name, shape));
        }

        Value parameter(String name, Shape shape) {
            return typed(builder.parameter(name, shape));
        }

        Value typed(Value value) {
            return type == DataType.FLOAT32 ? value : builder.apply(new Cast(type), value);
        }

        /** By kernels of a few pixels, which keep the extents. */
        Value convolved(Value value) {
            int channels = value.shape().dim(1);
            Value weights = parameter("weights of " + value, Shape.of(channels, channels, side, side));
            return builder.apply(new ConvolutionBackwardData(window(), 1, value.shape()), value, weights);
        }

        private Window window() {
            int around = side / 2;
            return new Window(side, side, 1, 1, 1, 1, around, around, around, around);
        }

        Value slice(Value value, int axis, int from, int length) {
            return builder.slice(value, axis, from, length);
        }

        Value concat(int axis, Value... values) {
            return builder.concat(axis, List.of(values));
        }
    }

    @TestFactory
    Stream<DynamicTest> zerosStandBesideAConvolutionsGradient() {
        return onPictures(shape -> at -> {
            Value zeros = at.typed(at.builder().constant(0, shape));
            Value second = at.convolved(at.input("gradient", shape));
            Value first = at.input("other", shape);
            return at.builder().binary(Binary.Kind.ADD, at.concat(1, zeros, second), at.concat(1, first, zeros));
        });
    }

    /** As ShuffleNet's pictures go: half of them past a convolution that the others go through. */
    @TestFactory
    Stream<DynamicTest> halfOfAPictureGoesPastAConvolution() {
        return onPictures(shape -> at -> {
            int channels = shape.dim(1);
            Value pictures = at.input("pictures", shape.with(1, 2 * channels));
            Value past = at.slice(pictures, 1, 0, channels);
            Value through = at.convolved(at.slice(pictures, 1, channels, channels));
            return at.concat(1, past, through, at.convolved(past));
        });
    }

    /** From parts to parts of as many channels in all, oneDNN 3.13 copies the first picture alone. */
    @TestFactory
    Stream<DynamicTest> partsChangeTheirOtherHalves() {
        return onPictures(shape -> at -> {
            int half = shape.dim(1) / 2;
            Value one = at.convolved(at.input("one", shape));
            Value other = at.input("other", shape);
            Value first = at.concat(1, at.slice(one, 1, 0, half), at.slice(other, 1, half, shape.dim(1) - half));
            Value second = at.concat(1, at.slice(other, 1, 0, half), at.slice(one, 1, half, shape.dim(1) - half));
            return at.concat(0, first, second);
        });
    }

    @TestFactory
    Stream<DynamicTest> anythingStandsBesideAnything() {
        return IntStream.range(0, CASES).boxed().flatMap(seed -> onTypes("case " + seed, at -> mixed(at, seed)));
    }

    private static Value mixed(Pictures at, int seed) {
        Random random = new Random(seed);
        int axis = random.nextBoolean() ? 1 : random.nextInt(4);
        int channels = CHANNELS[random.nextInt(CHANNELS.length)];
        Shape common = Shape.of(1 + random.nextInt(3), channels, 1 + random.nextInt(5), 1 + random.nextInt(5));
        List<Value> values = new ArrayList<>();
        int count = random.nextInt(4) == 0 ? MOST_INPUTS : 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int length = axis == 1 ? CHANNELS[random.nextInt(CHANNELS.length)] : 1 + random.nextInt(4);
            values.add(piece(at, random, common.with(axis, length), i));
        }
        values.add(values.get(random.nextInt(count)));
        return at.concat(axis, values.toArray(Value[]::new));
    }

    private static Value piece(Pictures at, Random random, Shape shape, int index) {
        String name = "piece " + index;
        int channels = shape.dim(1);
        return switch (random.nextInt(6)) {
            case 0 -> at.input(name, shape);
            case 1 -> at.parameter(name, shape);
            case 2 -> at.convolved(at.input(name, shape));
            case 3 -> at.slice(at.convolved(at.input(name, shape.with(1, 2 * channels))), 1, channels, channels);
            case 4 -> at.slice(at.input(name, shape.with(2, shape.dim(2) + 1)), 2, 1, shape.dim(2));
            default ->
                at.builder()
                        .transpose(
                                at.input(name, Shape.of(shape.dim(0), shape.dim(2), shape.dim(3), channels)),
                                0,
                                3,
                                1,
                                2);
        };
    }

    private static Stream<DynamicTest> onPictures(Function<Shape, Function<Pictures, Value>> graphs) {
        return PIXELS.entrySet().stream().sorted(Map.Entry.comparingByKey()).flatMap(e -> {
            Shape shape = Shape.of(3, e.getKey(), e.getValue(), e.getValue());
            return onTypes(shape.toString(), graphs.apply(shape));
        });
    }

    /** Each in both types, by kernels for which convolutions go different ways. */
    private static Stream<DynamicTest> onTypes(String name, Function<Pictures, Value> graph) {
        return Stream.of(DataType.FLOAT32, DataType.BFLOAT16)
                .filter(BACKENDS.onednn()::computesIn)
                .flatMap(type -> Stream.of(1, 3)
                        .map(side -> DynamicTest.dynamicTest(
                                name + " in " + type + " by kernels of " + side,
                                () -> assertArrayEquals(
                                        run(BACKENDS.java(), DataType.FLOAT32, side, graph),
                                        run(BACKENDS.onednn(), type, side, graph)))));
    }

    private static float[] run(Backend backend, DataType type, int side, Function<Pictures, Value> of) {
        GraphBuilder builder = new GraphBuilder();
        Value result = builder.cast(of.apply(new Pictures(builder, type, side)), DataType.FLOAT32);
        Graph graph = builder.build("pictures", List.of(result));
        return GraphRun.run(backend, graph, GraphRun.given(graph, ConcatLayoutsTest::integers))
                .get(result);
    }

    /** The same for values of the same place and shape in two graphs. */
    private static double[] integers(Value value) {
        return new Random(SEED + value.shape().hashCode())
                .ints(value.shape().elements(), -1, 2)
                .asDoubleStream()
                .toArray();
    }
}
