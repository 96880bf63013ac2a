package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.PlacedLayer;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which trained model {@code train} goes on from. */
final class FromOptions {
    /** Of names of parameters. */
    static final class Names implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String word) {
            try {
                return Pattern.compile(word);
            } catch (PatternSyntaxException e) {
                throw new TypeConversionException(
                        "expected a regular expression, got '" + word + "': " + e.getDescription());
            }
        }
    }

    private static final Pattern ALL = Pattern.compile(".*", Pattern.DOTALL);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Start from a trained model instead of first weights: .safetensors that train saved, .onnx,"
                    + " .h5 or .keras of Keras; or PyTorch's weights, with --network: .pt, .pth or"
                    + " .safetensors of a state dict. It gets a new last layer for what is to be learnt;"
                    + " size, resizing and normalization of pictures are the file's.")
    private @Nullable Path file;

    @Mixin
    private StateDictOptions stateDict;

    @Option(
            names = "--normalization",
            paramLabel = "NAME",
            description = "How the pictures of --from were normalized, where the file does not say it:"
                    + " ${COMPLETION-CANDIDATES} (0..1, or by ImageNet's means and deviations).")
    private @Nullable Scaling scaling;

    @Option(
            names = "--freeze",
            paramLabel = "REGEX",
            converter = Names.class,
            description = "Keep the parameters of --from as they are whose whole names fit this regular expression.")
    private @Nullable Pattern freeze;

    @Option(names = "--head-only", description = "Keep all of --from as it is, and train the new last layer alone.")
    private boolean headOnly;

    /**
     * Refuses what cannot be meant.
     *
     * @throws WrongArgumentException if the file is no model's, or options are missing, without effect or contradict
     *         each other
     */
    void check() {
        GivenOptions given = new GivenOptions(spec);
        for (String option : List.of("--network", "--normalization", "--freeze", "--head-only")) {
            given.checkNeeds(option, "--from");
        }
        given.checkNeeds("--classes", "--network");
        given.checkAtMostOne("--freeze", "--head-only");
        given.checkAtMostOne("--from", "--model");
        given.checkAtMostOne("--from", "--standardize");
        if (file != null) {
            new ModelSource("--from", file, stateDict).check();
        }
    }

    /**
     * Reads the model, if one is named, up to the last layer that learns, which is the one to be replaced; what is to
     * stay as it is, is frozen.
     *
     * @param wanted what pictures the user wants
     * @return the model, to be closed
     * @throws WrongArgumentException if it takes other pictures, or has no parameter to freeze
     */
    Optional<Model> read(PictureOptions wanted) throws IOException {
        if (file == null) {
            return Optional.empty();
        }
        try (Scope opening = new Scope()) {
            Model whole = opening.own(new ModelSource("--from", file, stateDict)
                    .read(
                            wanted.shape(ModelSource.USUAL_CHANNELS, ModelSource.USUAL_SIZE),
                            Optional.ofNullable(scaling)));
            wanted.check(file, whole.network().input());
            if (whole.network().parameters().isEmpty()) {
                throw new WrongArgumentException("--from", "a model that has learnt", file + ", without weights");
            }
            Model model = opening.own(upToLastThatLearns(whole));
            freeze(model);
            opening.handOver();
            return Optional.of(model);
        }
    }

    /** Cuts off activations, poolings and the like behind it; a model that is cut is closed. */
    private static Model upToLastThatLearns(Model model) {
        if (!model.network().layers().getLast().parameters().isEmpty()) {
            return model;
        }
        try (model) {
            return upToLastThatLearns(model.replaceHead(0));
        }
    }

    private void freeze(Model model) {
        if (!headOnly && freeze == null) {
            return;
        }
        Pattern names = freeze == null ? ALL : freeze;
        PlacedLayer replaced = model.network().layers().getLast();
        List<String> kept = model.network().parameters().stream()
                .filter(parameter -> !replaced.parameters().contains(parameter))
                .map(ParameterSpec::name)
                .toList();
        if (kept.stream().anyMatch(name -> names.matcher(name).matches())) {
            model.freeze(names.pattern());
        } else if (freeze != null) {
            throw new WrongArgumentException(
                    "--freeze", "a regular expression that fits names of " + PrintableText.list(kept), names.pattern());
        }
    }

    /**
     * Puts a layer for what is to be learnt in place of the last one.
     *
     * @param model as it was read
     * @param pictures to learn from
     * @param seed of the new weights
     * @return another model, to be closed like the first
     * @throws WrongArgumentException if it takes other pictures
     */
    static Model headed(Model model, ImageDataset pictures, long seed) {
        if (!model.network().input().equals(pictures.imageShape())) {
            throw new WrongArgumentException(
                    "--from",
                    "a model of pictures " + pictures.imageShape() + ", as --data has them",
                    "one of " + model.network().input());
        }
        Shape features = inputOfLast(model);
        List<Layer> head = new ArrayList<>();
        if (features.rank() == 3) {
            head.add(new GlobalAveragePooling2D());
        } else if (features.rank() == 2) {
            head.add(new Flatten());
        }
        head.add(ModelOptions.head(pictures.targets()));
        return model.replaceHead(seed, head.toArray(Layer[]::new));
    }

    private static Shape inputOfLast(Model model) {
        List<Integer> from = model.network().calls().getLast().from();
        int place = from.getFirst() - model.network().inputs().size();
        return place < 0
                ? model.network().inputs().get(from.getFirst()).shape()
                : model.network().layers().get(place).output();
    }
}
