package dev.thalweg.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworksTest {
    /**
     * Trained parameters as published: LeNet-5 in its usual form today; VGG and WRN of pytorch-cifar (kuangliu) and
     * wide-resnet.pytorch (xternalz); ResNets for CIFAR of pytorch_resnet_cifar10 (akamaster), the paper's 0.27, 0.46
     * and 0.85 million; ResNet-18, -50, VGG-16 for ImageNet and MobileNetV2 of torchvision; ViT-Ti/16 of DeiT (timm).
     */
    @ParameterizedTest
    @CsvSource({
        "lenet5, 1, 32, 10, 61706",
        "vgg11, 3, 32, 10, 9231114",
        "vgg13, 3, 32, 10, 9416010",
        "vgg16, 3, 32, 10, 14728266",
        "vgg19, 3, 32, 10, 20040522",
        "vgg16-imagenet, 3, 224, 1000, 138357544",
        "vgg16-bn-imagenet, 3, 224, 1000, 138365992",
        "resnet20, 3, 32, 10, 269722",
        "resnet32, 3, 32, 10, 464154",
        "resnet56, 3, 32, 10, 853018",
        "resnet18, 3, 224, 1000, 11689512",
        "resnet50, 3, 224, 1000, 25557032",
        "wrn-28-10, 3, 32, 10, 36479194",
        // The paper says 1.97 million: 312 + 24·64·9 + 64·64·9 + 64·256·9 + 3·256·256·9 + 2·2·576 + 2570.
        "airbench94, 3, 32, 10, 1972802",
        "airbench94-relu, 3, 32, 10, 1972802",
        // By the paper's section 4: 312 + 24·128·9 + 128·128·9 + 128·384·9 + 3·384·384·9 + 2·2·896 + 3850.
        "airbench95, 3, 32, 10, 4606530",
        // 312 + 24·128·9 + 2·128·128·9 + 128·512·9 + 5·512·512·9 + 2·3·1152 + 5130.
        "airbench96, 3, 32, 10, 12721218",
        "mobilenetv2, 3, 224, 1000, 3504872",
        "mobilenetv2-cifar, 3, 32, 1000, 3504872",
        "vit-tiny, 3, 224, 1000, 5717416"
    })
    void parametersAreAsManyAsPublished(String name, int channels, int size, int classes, long count) {
        assertEquals(
                count,
                Networks.named(name, Shape.of(channels, size, size), classes).trainableCount());
    }

    @Test
    void everyNameMakesANetworkForSmallPictures() {
        for (String name : Networks.names()) {
            assertEquals(
                    Shape.of(7), Networks.named(name, Shape.of(1, 28, 28), 7).output(), name);
        }
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Networks.named("resnet21", Shape.of(3, 32, 32), 10))
                .getMessage();
        assertTrue(message.contains("resnet20"), message);
    }

    /**
     * Else weights that were trained for one size would be loaded in silence into another network. Below 32 pixels,
     * which the networks for the smallest pictures were made for, LeNet-5 says that it pads, and VGG that it does not
     * pool what is one pixel.
     */
    @Test
    void sizesOfPicturesThatShareWeightsShareTheNetwork() {
        int shared = 0;
        for (String name : Networks.names()) {
            List<Network> sizes = IntStream.of(32, 40, 48, 64, 95, 96, 128, 224)
                    .mapToObj(size -> Networks.named(name, Shape.of(3, size, size), 7))
                    .toList();
            for (Network one : sizes) {
                for (Network other : sizes) {
                    if (!one.equals(other) && one.parameters().equals(other.parameters())) {
                        shared++;
                        assertTrue(
                                one.calls().equals(other.calls()), name + " of " + one.input() + ", " + other.input());
                    }
                }
            }
        }
        assertTrue(shared > 300, "pairs that share weights: " + shared);
    }

    @Test
    void layersOfOneNameShareTheirWeights() {
        Flow x = Flow.input(3, 8, 8);
        Conv2D twice = new Conv2D(3, 3).padding(Padding.SAME);
        Network network = Network.of(Flow.join(
                new Concatenate(),
                x.then("shared", twice),
                x.then("shared", twice).then("shared", twice)));
        assertEquals(
                List.of("shared.kernel", "shared.bias"),
                network.parameters().stream().map(ParameterSpec::name).toList());
        assertEquals(Shape.of(6, 8, 8), network.output());
        assertEquals(
                84,
                network.layers().stream().mapToLong(PlacedLayer::parameterCount).sum());
        assertThrows(ShapeException.class, () -> Network.of(x.then("a", twice).then("a", new Conv2D(4, 3))));
    }

    @Test
    void submodulesNameWhatTheyHold() {
        Submodule block = Submodule.of(x -> Flow.join(new Add(), x, x.then(new Conv2D(3, 1))));
        Network network = Network.of(Flow.input(3, 4, 4).then("first", block).then("second", block));
        assertEquals(
                List.of("first/conv2d.kernel", "first/conv2d.bias", "second/conv2d.kernel", "second/conv2d.bias"),
                network.parameters().stream().map(ParameterSpec::name).toList());
    }

    @Test
    void mistakesNameTheLayer() {
        Flow x = Flow.input(3, 8, 8);
        String message = assertThrows(
                        ShapeException.class, () -> Network.of(Flow.join(new Add(), x, x.then(new Conv2D(3, 3)))))
                .getMessage();
        assertTrue(message.contains("(add)"), message);
        assertThrows(IllegalArgumentException.class, () -> Network.of(Flow.join(new Add(), x, Flow.input(3, 8, 8))));
        message = assertThrows(ShapeException.class, () -> Network.of(x.then(new MultiHeadAttention(2))))
                .getMessage();
        assertTrue(message.contains("multiheadattention") && message.contains("[N, T, D]"), message);
    }

    /** Means and variances of large draws, and for normal ones that nothing lies beyond two (corrected) deviations. */
    @ParameterizedTest
    @CsvSource({
        "GLOROT_UNIFORM, 0.0002222",
        "GLOROT_NORMAL, 0.0002222",
        "HE_UNIFORM, 0.0004",
        "HE_NORMAL, 0.0004",
        "LECUN_UNIFORM, 0.0002",
        "LECUN_NORMAL, 0.0002"
    })
    void initializersHaveTheVarianceOfTheirPapers(Initializer initializer, double variance) {
        // Fan in 5000, fan out 4000.
        float[] values = draw(initializer, Shape.of(400, 500, 10, 1));
        double mean = 0;
        double squares = 0;
        for (float value : values) {
            mean += value / (double) values.length;
            squares += (double) value * value / values.length;
        }
        assertEquals(0, mean, 5 * Math.sqrt(variance / values.length));
        // The standard error of the variance of two million draws is a thousandth.
        assertEquals(variance, squares, 0.005 * variance);
    }

    private static float[] draw(Initializer initializer, Shape shape) {
        float[] values = new float[(int) shape.elements()];
        initializer.fill(values, shape, new SplittableRandom(3));
        return values;
    }

    @Test
    void orthogonalRowsAreOrthogonal() {
        for (Shape shape : List.of(Shape.of(4, 3, 2, 2), Shape.of(12, 5))) {
            float[] w = draw(Initializer.ORTHOGONAL, shape);
            int rows = shape.dim(0);
            int columns = w.length / rows;
            boolean wide = rows <= columns;
            int count = Math.min(rows, columns);
            for (int a = 0; a < count; a++) {
                for (int b = 0; b < count; b++) {
                    double dot = 0;
                    for (int i = 0; i < Math.max(rows, columns); i++) {
                        dot += (double) (wide ? w[a * columns + i] : w[i * columns + a])
                                * (wide ? w[b * columns + i] : w[i * columns + b]);
                    }
                    assertEquals(a == b ? 1 : 0, dot, 1e-6);
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        Network network = Networks.cnn2(Shape.of(1, 28, 28), 10);
        Map<String, float[]> a = network.initialWeights(1);
        network.initialWeights(1).forEach((name, values) -> assertArrayEquals(values, a.get(name), name));
        assertEquals(1, a.get("batchnormalization.scale")[0]);
    }
}
