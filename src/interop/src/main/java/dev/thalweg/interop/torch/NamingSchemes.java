package dev.thalweg.interop.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How PyTorch's libraries name the parameters of the networks that {@link dev.thalweg.model.Networks} has: torchvision,
 * timm, and for CIFAR the repositories whose weights are passed around. A scheme is a list of names in the order of our
 * parameters; which one a file uses is seen by its names.
 */
public final class NamingSchemes {
    private static final int[][] RESNETS = {{2, 2, 2, 2}, {3, 4, 6, 3}, {3, 4, 23, 3}, {3, 8, 36, 3}};
    private static final int[][] VGGS = {{1, 1, 2, 2, 2}, {2, 2, 2, 2, 2}, {2, 2, 3, 3, 3}, {2, 2, 4, 4, 4}};
    /** Expansion and repetitions of MobileNetV2's stages. */
    private static final int[][] MOBILENET = {{1, 1}, {6, 2}, {6, 3}, {6, 4}, {6, 3}, {6, 3}, {6, 1}};

    private static final int MOST_BLOCKS = 100;

    private NamingSchemes() {}

    /**
     * {@return names of a network's parameters in its order, of the scheme that has the most of them in a file; empty
     * if no scheme has as many parameters}
     *
     * @param parameters how many tensors the network has
     * @param present the names in the file
     */
    public static List<String> best(int parameters, Set<String> present) {
        List<String> best = List.of();
        long most = -1;
        for (List<String> names : all()) {
            long found = names.stream().filter(present::contains).count();
            if (names.size() == parameters && found > most) {
                most = found;
                best = names;
            }
        }
        return best;
    }

    private static List<List<String>> all() {
        List<List<String>> schemes = new ArrayList<>();
        Consumer<TorchNames> add = names -> schemes.add(names.list());
        for (String head : List.of("linear", "fc")) {
            for (int blocks = 1; blocks <= MOST_BLOCKS; blocks++) {
                add.accept(residual(new int[] {blocks, blocks, blocks}, 2, "", head));
            }
        }
        for (int[] blocks : RESNETS) {
            for (int convolutions : new int[] {2, 3}) {
                add.accept(residual(blocks, convolutions, "downsample", "fc"));
                add.accept(residual(blocks, convolutions, "shortcut", "linear"));
            }
        }
        for (int[] stages : VGGS) {
            add.accept(features(stages, true).affine("classifier"));
            for (boolean normalized : new boolean[] {true, false}) {
                add.accept(features(stages, normalized)
                        .affine("classifier.0")
                        .affine("classifier.3")
                        .affine("classifier.6"));
            }
        }
        add.accept(mobileNetOfTorchvision());
        add.accept(mobileNetOfTimm());
        for (int blocks = 1; blocks <= MOST_BLOCKS; blocks++) {
            add.accept(transformerOfTorchvision(blocks, "mlp.0", "mlp.3"));
            add.accept(transformerOfTorchvision(blocks, "mlp.linear_1", "mlp.linear_2"));
            add.accept(transformerOfTimm(blocks));
        }
        return schemes;
    }

    /** Blocks of two or three convolutions; the first of a stage has a shortcut with a convolution, or none has. */
    private static TorchNames residual(int[] blocks, int convolutions, String shortcut, String head) {
        TorchNames names = new TorchNames().normalized("conv1", "bn1");
        for (int stage = 1; stage <= blocks.length; stage++) {
            for (int block = 0; block < blocks[stage - 1]; block++) {
                String module = "layer" + stage + "." + block + ".";
                for (int i = 1; i <= convolutions; i++) {
                    names.normalized(module + "conv" + i, module + "bn" + i);
                }
                if (!shortcut.isEmpty() && block == 0 && (stage > 1 || convolutions == 3)) {
                    names.normalized(module + shortcut + ".0", module + shortcut + ".1");
                }
            }
        }
        return names.affine(head);
    }

    /** VGG's convolutions are numbered together with normalizations, activations and poolings. */
    private static TorchNames features(int[] stages, boolean normalized) {
        TorchNames names = new TorchNames();
        int index = 0;
        for (int convolutions : stages) {
            for (int i = 0; i < convolutions; i++) {
                names.affine("features." + index);
                if (normalized) {
                    names.normalization("features." + (index + 1));
                }
                index += normalized ? 3 : 2;
            }
            index++;
        }
        return names;
    }

    private static TorchNames mobileNetOfTorchvision() {
        TorchNames names = new TorchNames().normalized("features.0.0", "features.0.1");
        int index = 1;
        for (int[] stage : MOBILENET) {
            for (int i = 0; i < stage[1]; i++) {
                String block = "features." + index++ + ".conv.";
                int part = 0;
                if (stage[0] != 1) {
                    names.normalized(block + part + ".0", block + part + ".1");
                    part++;
                }
                names.normalized(block + part + ".0", block + part + ".1")
                        .normalized(block + (part + 1), block + (part + 2));
            }
        }
        return names.normalized("features." + index + ".0", "features." + index + ".1")
                .affine("classifier.1");
    }

    private static TorchNames mobileNetOfTimm() {
        TorchNames names = new TorchNames().normalized("conv_stem", "bn1");
        for (int stage = 0; stage < MOBILENET.length; stage++) {
            for (int i = 0; i < MOBILENET[stage][1]; i++) {
                String block = "blocks." + stage + "." + i + ".";
                if (MOBILENET[stage][0] == 1) {
                    names.normalized(block + "conv_dw", block + "bn1").normalized(block + "conv_pw", block + "bn2");
                } else {
                    names.normalized(block + "conv_pw", block + "bn1")
                            .normalized(block + "conv_dw", block + "bn2")
                            .normalized(block + "conv_pwl", block + "bn3");
                }
            }
        }
        return names.normalized("conv_head", "bn2").affine("classifier");
    }

    private static TorchNames transformerOfTorchvision(int blocks, String first, String second) {
        TorchNames names =
                new TorchNames().affine("conv_proj").tensor("class_token").tensor("encoder.pos_embedding");
        for (int i = 0; i < blocks; i++) {
            String block = "encoder.layers.encoder_layer_" + i + ".";
            names.affine(block + "ln_1")
                    .tensor(block + "self_attention.in_proj_weight")
                    .tensor(block + "self_attention.in_proj_bias")
                    .affine(block + "self_attention.out_proj")
                    .affine(block + "ln_2")
                    .affine(block + first)
                    .affine(block + second);
        }
        return names.affine("encoder.ln").affine("heads.head");
    }

    private static TorchNames transformerOfTimm(int blocks) {
        TorchNames names =
                new TorchNames().affine("patch_embed.proj").tensor("cls_token").tensor("pos_embed");
        for (int i = 0; i < blocks; i++) {
            String block = "blocks." + i + ".";
            for (String module : Arrays.asList("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.fc1", "mlp.fc2")) {
                names.affine(block + module);
            }
        }
        return names.affine("norm").affine("head");
    }
}
