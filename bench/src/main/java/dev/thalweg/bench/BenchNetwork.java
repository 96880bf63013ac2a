package dev.thalweg.bench;

import java.util.ArrayList;
import java.util.List;

/** The networks on which libraries are compared. */
public enum BenchNetwork {
    /** One convolution of 32 filters, the first program's network. */
    CNN(
            32,
            10,
            List.of(
                    new Part.Convolution(32, 3, 1, 0, true),
                    new Part.Relu(),
                    new Part.MaxPooling(2, 2, 0),
                    new Part.Flatten(),
                    new Part.Dense(10))),
    /** 64-64-128-128-256-256 with batch normalization. */
    VGG(32, 10, vgg()),
    /** ResNet-18 for CIFAR (He et al. 2016, a 3×3 stem without pooling). */
    RESNET18(32, 10, resnet(false, 64, 2, 2, 2, 2)),
    /** ResNet-50 (He et al. 2016; strides on the 3×3 convolutions, as in torchvision). */
    RESNET50(224, 1000, resnet(true, 64, 3, 4, 6, 3)),
    /** MobileNetV2 for CIFAR (Sandler et al. 2018; the first two strides are 1), without its dropout. */
    MOBILENETV2(32, 10, mobileNet()),
    /** ViT-tiny (Dosovitskiy et al. 2021, Touvron et al. 2021) of patches of 4×4 pixels: 65 tokens of 192 numbers. */
    VIT_TINY(32, 10, visionTransformer(4, 192, 12, 3));

    private final int pixels;
    private final int classes;
    private final List<Part> parts;

    BenchNetwork(int pixels, int classes, List<Part> parts) {
        this.pixels = pixels;
        this.classes = classes;
        this.parts = parts;
    }

    /**
     * {@return height and width of a picture, of three channels}
     */
    public int pixels() {
        return pixels;
    }

    /**
     * {@return how many classes there are}
     */
    public int classes() {
        return classes;
    }

    /**
     * {@return the pieces in order; a softmax follows}
     */
    public List<Part> parts() {
        return parts;
    }

    private static List<Part> vgg() {
        List<Part> parts = new ArrayList<>();
        for (int filters : new int[] {64, 128, 256}) {
            parts.addAll(normalized(filters, 3, 1, true));
            parts.addAll(normalized(filters, 3, 1, true));
            parts.add(new Part.MaxPooling(2, 2, 0));
        }
        parts.add(new Part.Flatten());
        parts.add(new Part.Dense(10));
        return parts;
    }

    private static List<Part> normalized(int filters, int kernel, int stride, boolean relu) {
        List<Part> parts = new ArrayList<>(
                List.of(new Part.Convolution(filters, kernel, stride, kernel / 2, false), new Part.Normalization()));
        if (relu) {
            parts.add(new Part.Relu());
        }
        return parts;
    }

    private static List<Part> resnet(boolean bottleneck, int width, int... blocks) {
        List<Part> parts = new ArrayList<>(normalized(width, bottleneck ? 7 : 3, bottleneck ? 2 : 1, true));
        if (bottleneck) {
            parts.add(new Part.MaxPooling(3, 2, 1));
        }
        int channels = width;
        for (int stage = 0; stage < blocks.length; stage++) {
            int filters = width << stage;
            int out = bottleneck ? 4 * filters : filters;
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                List<Part> body = new ArrayList<>();
                if (bottleneck) {
                    body.addAll(normalized(filters, 1, 1, true));
                    body.addAll(normalized(filters, 3, stride, true));
                    body.addAll(normalized(out, 1, 1, false));
                } else {
                    body.addAll(normalized(filters, 3, stride, true));
                    body.addAll(normalized(filters, 3, 1, false));
                }
                parts.add(new Part.Residual(
                        body, stride > 1 || channels != out ? normalized(out, 1, stride, false) : List.of()));
                parts.add(new Part.Relu());
                channels = out;
            }
        }
        parts.add(new Part.GlobalAverage());
        parts.add(new Part.Flatten());
        parts.add(new Part.Dense(bottleneck ? 1000 : 10));
        return parts;
    }

    private static List<Part> mobileNet() {
        // Expansion, channels, repetitions, stride: the paper's table 2.
        int[][] stages = {
            {1, 16, 1, 1}, {6, 24, 2, 1}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
        };
        List<Part> parts = new ArrayList<>(normalized(32, 3, 1, false));
        parts.add(new Part.Relu6());
        int channels = 32;
        for (int[] stage : stages) {
            for (int block = 0; block < stage[2]; block++) {
                int stride = block == 0 ? stage[3] : 1;
                List<Part> body = new ArrayList<>();
                if (stage[0] > 1) {
                    body.addAll(normalized(channels * stage[0], 1, 1, false));
                    body.add(new Part.Relu6());
                }
                body.addAll(List.of(
                        new Part.DepthwiseConvolution(3, stride, 1), new Part.Normalization(), new Part.Relu6()));
                body.addAll(normalized(stage[1], 1, 1, false));
                if (stride == 1 && channels == stage[1]) {
                    parts.add(new Part.Residual(body, List.of()));
                } else {
                    parts.addAll(body);
                }
                channels = stage[1];
            }
        }
        parts.addAll(normalized(1280, 1, 1, false));
        parts.addAll(List.of(new Part.Relu6(), new Part.GlobalAverage(), new Part.Flatten(), new Part.Dense(10)));
        return parts;
    }

    private static List<Part> visionTransformer(int patch, int units, int blocks, int heads) {
        List<Part> parts = new ArrayList<>(List.of(new Part.Patches(patch, units)));
        for (int block = 0; block < blocks; block++) {
            parts.add(new Part.Residual(List.of(new Part.LayerNormalization(), new Part.Attention(heads)), List.of()));
            parts.add(new Part.Residual(
                    List.of(
                            new Part.LayerNormalization(),
                            new Part.Dense(4 * units),
                            new Part.Gelu(),
                            new Part.Dense(units)),
                    List.of()));
        }
        parts.addAll(List.of(new Part.LayerNormalization(), new Part.FirstToken(), new Part.Dense(10)));
        return parts;
    }
}
