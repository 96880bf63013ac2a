package dev.thalweg.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks that libraries are compared on are those of their names. */
class BenchNetworkTest {
    /** So many have torchvision's ResNet-50 and, of ten classes, its MobileNetV2: 2,223,872 and 12,810 of the last. */
    @ParameterizedTest
    @CsvSource({
        "CNN, cnn, 72906",
        "RESNET18, resnet18-cifar, 11173962",
        "RESNET50, resnet50, 25557032",
        "MOBILENETV2, mobilenetv2-cifar, 2236682",
        "VIT_TINY, vit-tiny, 5362762"
    })
    void haveAsManyParametersAsReadyMadeOnes(BenchNetwork network, String name, long parameters) {
        Shape picture = Shape.of(3, network.pixels(), network.pixels());
        assertEquals(
                ThalwegContender.parameters(Networks.named(name, picture, network.classes())),
                ThalwegContender.parameters(ThalwegContender.network(network)));
        assertEquals(parameters, ThalwegContender.parameters(ThalwegContender.network(network)));
    }
}
