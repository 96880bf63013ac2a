package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Locale;

/**
 * Ready-made networks for pictures of any number of channels and classes. All end in a softmax. Those with "CIFAR" in
 * their description are made for small pictures, of about 32×32.
 */
public final class Networks {
    /** What {@link #named} knows. */
    private static final List<String> NAMES = List.of(
            "cnn",
            "cnn2",
            "lenet5",
            "vgg11",
            "vgg13",
            "vgg16",
            "vgg19",
            "vgg16-imagenet",
            "vgg16-bn-imagenet",
            "resnet20",
            "resnet32",
            "resnet56",
            "resnet18-cifar",
            "resnet18",
            "resnet50",
            "airbench94",
            "airbench95",
            "airbench96",
            "airbench94-relu",
            "airbench95-relu",
            "airbench96-relu",
            "wrn-16-4",
            "wrn-28-10",
            "wrn-40-4",
            "mobilenetv2-cifar",
            "mobilenetv2",
            "vit-tiny");

    private Networks() {}

    /**
     * {@return the names that {@link #named} knows}
     */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * Makes a network by its name.
     *
     * @param name one of {@link #names}
     * @param input of a picture, {@code [C, H, W]}
     * @param classes how many
     * @return the network
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Network named(String name, Shape input, int classes) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "cnn" -> cnn(input, classes);
            case "cnn2" -> cnn2(input, classes);
            case "lenet5" -> lenet5(input, classes);
            case "vgg11" -> vgg(input, classes, 1, 1, 2, 2, 2);
            case "vgg13" -> vgg(input, classes, 2, 2, 2, 2, 2);
            case "vgg16" -> vgg(input, classes, 2, 2, 3, 3, 3);
            case "vgg19" -> vgg(input, classes, 2, 2, 4, 4, 4);
            case "vgg16-imagenet" -> vggImageNet(input, classes, false, 2, 2, 3, 3, 3);
            case "vgg16-bn-imagenet" -> vggImageNet(input, classes, true, 2, 2, 3, 3, 3);
            case "resnet20" -> resnetCifar(input, classes, 20);
            case "resnet32" -> resnetCifar(input, classes, 32);
            case "resnet56" -> resnetCifar(input, classes, 56);
            case "resnet18-cifar" -> resnet18Cifar(input, classes);
            case "resnet18" -> resnet18(input, classes);
            case "resnet50" -> resnet50(input, classes);
            case "airbench94" -> airbench(input, classes, 94, Activation.GELU);
            case "airbench95" -> airbench(input, classes, 95, Activation.GELU);
            case "airbench96" -> airbench(input, classes, 96, Activation.GELU);
            case "airbench94-relu" -> airbench(input, classes, 94, Activation.RELU);
            case "airbench95-relu" -> airbench(input, classes, 95, Activation.RELU);
            case "airbench96-relu" -> airbench(input, classes, 96, Activation.RELU);
            case "wrn-16-4" -> wideResnet(input, classes, 16, 4);
            case "wrn-28-10" -> wideResnet(input, classes, 28, 10);
            case "wrn-40-4" -> wideResnet(input, classes, 40, 4);
            case "mobilenetv2-cifar" -> mobileNetV2Cifar(input, classes);
            case "mobilenetv2" -> mobileNetV2(input, classes);
            case "vit-tiny" -> visionTransformer(input, classes, patchFor(input), 192, 12, 3);
            default ->
                throw new IllegalArgumentException(
                        "there is no network \"" + name + "\": choose one of " + String.join(", ", NAMES));
        };
    }

    /** Sixteen pixels for large pictures, else the greatest that leaves at least seven patches a side. */
    private static int patchFor(Shape input) {
        for (int patch : new int[] {16, 4, 2}) {
            if (input.dim(1) % patch == 0 && input.dim(2) % patch == 0 && input.dim(1) / patch >= 7) {
                return patch;
            }
        }
        return 1;
    }

    /**
     * One convolution of 32 filters, pooling, and a dense layer.
     *
     * @param input of a picture
     * @param classes how many
     * @return the network
     */
    public static Network cnn(Shape input, int classes) {
        return Network.sequential(
                input,
                List.of(
                        new Conv2D(32, 3, Activation.RELU),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dense(classes, Activation.SOFTMAX)));
    }

    /**
     * Two convolutions of 64 and 128 filters, each with batch normalization and pooling, and two dense layers with
     * dropout.
     *
     * @param input of a picture
     * @param classes how many
     * @return the network
     */
    public static Network cnn2(Shape input, int classes) {
        Conv2D first = new Conv2D(64, 3).padding(Padding.SAME).useBias(false);
        Conv2D second = new Conv2D(128, 3).padding(Padding.SAME).useBias(false);
        return Network.sequential(
                input,
                List.of(
                        first,
                        new BatchNormalization(),
                        Blocks.relu(),
                        new MaxPooling2D(2),
                        second,
                        new BatchNormalization(),
                        Blocks.relu(),
                        new MaxPooling2D(2),
                        new Dropout(0.25),
                        new Flatten(),
                        new Dense(256, Activation.RELU),
                        new Dropout(0.5),
                        new Dense(classes, Activation.SOFTMAX)));
    }

    /**
     * Airbench's networks, which learn small pictures in few epochs (Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a
     * Single GPU", arXiv 2404.00498, sections 3.1 and 4): a convolution of 2×2 patches, three stages of convolutions
     * with pooling, batch normalization and an activation, in the paper GELU. That for 94 % has two convolutions a
     * stage, of 64, 256 and 256 filters; that for 95 % has 128, 384 and 384; that for 96 % three convolutions a stage,
     * of 128, 512 and 512 filters, the last two around a shortcut. Their first layer is learnt, where the paper
     * whitens; normalizations have scales; and the mean of what is left of each filter goes on, where the paper takes
     * the greatest, so that they are networks for pictures of all sizes. Made for descent by {@link
     * dev.thalweg.optim.Muon}.
     *
     * @param input of a picture, at least 9×9
     * @param classes how many
     * @param percent the accuracy on CIFAR-10 that it was made for: 94, 95 or 96
     * @param activation after each convolution
     * @return the network
     * @throws IllegalArgumentException if it was made for none of these
     */
    public static Network airbench(Shape input, int classes, int percent, Activation activation) {
        return Airbench.of(percent, activation).network(input, classes);
    }

    /**
     * LeNet-5 (LeCun et al. 1998), in today's form: max pooling, ReLU, full connections, softmax. Pictures of 28×28 are
     * padded to the 32×32 it was made for.
     *
     * @param input of a picture, 28×28 or 32×32
     * @param classes how many
     * @return the network
     */
    public static Network lenet5(Shape input, int classes) {
        Padding first = input.dim(1) == 28 ? Padding.of(2) : Padding.VALID;
        return Network.sequential(
                input,
                List.of(
                        new Conv2D(6, 5, Activation.RELU).padding(first),
                        new MaxPooling2D(2),
                        new Conv2D(16, 5, Activation.RELU),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dense(120, Activation.RELU),
                        new Dense(84, Activation.RELU),
                        new Dense(classes, Activation.SOFTMAX)));
    }

    /**
     * VGG (Simonyan and Zisserman, ICLR 2015) in its CIFAR form: batch normalization, one dense layer. Of pictures
     * below 32 pixels, the last poolings, which would have one pixel to pool, are left out.
     *
     * @param input of a picture
     * @param classes how many
     * @param convolutions how many in each of the stages of 64, 128, 256, 512 and 512 filters
     * @return the network
     */
    public static Network vgg(Shape input, int classes, int... convolutions) {
        List<Layer> layers = Blocks.stages(input, true, convolutions);
        layers.addAll(List.of(new GlobalAveragePooling2D(), new Dense(classes, Activation.SOFTMAX)));
        return Network.sequential(input, layers);
    }

    /**
     * VGG (Simonyan and Zisserman, ICLR 2015) as published, for large pictures: two dense layers of 4096 units with
     * dropout before the last one. The first of them is as large as the pictures make it. Poolings are left out as in
     * {@link #vgg}.
     *
     * @param input of a picture; torchvision's weights are for 224×224
     * @param classes how many
     * @param normalized whether a batch normalization follows each convolution, as in torchvision's {@code vgg16_bn}
     * @param convolutions how many in each of the stages of 64, 128, 256, 512 and 512 filters
     * @return the network
     */
    public static Network vggImageNet(Shape input, int classes, boolean normalized, int... convolutions) {
        List<Layer> layers = Blocks.stages(input, normalized, convolutions);
        layers.add(new Flatten());
        for (int i = 0; i < 2; i++) {
            layers.addAll(List.of(new Dense(4096, Activation.RELU), new Dropout(0.5)));
        }
        layers.add(new Dense(classes, Activation.SOFTMAX));
        return Network.sequential(input, layers);
    }

    /**
     * ResNet for CIFAR (He et al., CVPR 2016, section 4.2): three stages of 16, 32 and 64 filters; shortcuts are
     * widened by zeros, "option A".
     *
     * @param input of a picture
     * @param classes how many
     * @param depth 6n + 2: 20, 32, 44, 56, 110
     * @return the network
     */
    public static Network resnetCifar(Shape input, int classes, int depth) {
        return ResidualNetworks.resnetCifar(input, classes, depth);
    }

    /**
     * ResNet-18 (He et al. 2016) with a first convolution of 3×3 and no pooling after it, for CIFAR.
     *
     * @param input of a picture
     * @param classes how many
     * @return the network
     */
    public static Network resnet18Cifar(Shape input, int classes) {
        return ResidualNetworks.resnet18Cifar(input, classes);
    }

    /**
     * ResNet-18 (He et al. 2016) for large pictures.
     *
     * @param input of a picture, about 224×224
     * @param classes how many
     * @return the network
     */
    public static Network resnet18(Shape input, int classes) {
        return ResidualNetworks.resnet18(input, classes);
    }

    /**
     * ResNet-50 (He et al. 2016) for large pictures; the stride is in the 3×3 convolutions, as in torchvision.
     *
     * @param input of a picture, about 224×224
     * @param classes how many
     * @return the network
     */
    public static Network resnet50(Shape input, int classes) {
        return ResidualNetworks.resnet50(input, classes);
    }

    /**
     * Wide ResNet (Zagoruyko and Komodakis, BMVC 2016): normalization before each convolution, three stages of 16k, 32k
     * and 64k filters.
     *
     * @param input of a picture
     * @param classes how many
     * @param depth 6n + 4: 16, 22, 28, 40
     * @param width k
     * @return the network
     */
    public static Network wideResnet(Shape input, int classes, int depth, int width) {
        return ResidualNetworks.wideResnet(input, classes, depth, width);
    }

    /**
     * MobileNetV2 (Sandler et al., CVPR 2018) of width 1 for CIFAR: its first two strides, of the first convolution and
     * of the stage of 24 channels, are 1. What torchvision and timm trained is {@link #mobileNetV2}, with weights of
     * the same shapes.
     *
     * @param input of a picture
     * @param classes how many
     * @return the network
     */
    public static Network mobileNetV2Cifar(Shape input, int classes) {
        return MobileNets.mobileNetV2(input, classes, 1);
    }

    /**
     * MobileNetV2 (Sandler et al., CVPR 2018) of width 1 for large pictures, which it narrows to a 32nd.
     *
     * @param input of a picture, about 224×224
     * @param classes how many
     * @return the network
     */
    public static Network mobileNetV2(Shape input, int classes) {
        return MobileNets.mobileNetV2(input, classes, 2);
    }

    /**
     * A vision transformer (Dosovitskiy et al., ICLR 2021) with normalization before each part. Patches of 16 pixels,
     * 192 units, 12 blocks and 3 heads make "ViT-Ti/16" (Touvron et al., ICML 2021).
     *
     * @param input of a picture
     * @param classes how many
     * @param patch height and width of a patch in pixels
     * @param units of a token
     * @param blocks how many
     * @param heads of each attention
     * @return the network
     */
    public static Network visionTransformer(Shape input, int classes, int patch, int units, int blocks, int heads) {
        return VisionTransformers.visionTransformer(input, classes, patch, units, blocks, heads);
    }
}
