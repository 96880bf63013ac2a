package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.memory.Scope;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
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
            description =
                    "Start from a trained model instead of first weights: .safetensors that train saved, .onnx, .h5 or"
                            + " .keras of Keras; or PyTorch's weights, with --network: .pt, .pth or .safetensors of a"
                            + " state dict. It gets a new last layer for what is to be learnt, unless this program"
                            + " trained it on the same; size, resizing and normalization of pictures are the file's.")
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

    @Option(names = "--head-only", description = "Keep all of --from as it is, and train the last layer alone.")
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
     * Reads the model, if one is named; what is to stay as it is, is frozen.
     *
     * @param wanted what pictures the user wants
     * @return the model, to be closed
     * @throws WrongArgumentException if it takes other pictures, has no head to be replaced, or no parameter to freeze
     */
    Optional<TrainedModel> read(PictureOptions wanted) throws IOException {
        if (file == null) {
            return Optional.empty();
        }
        try (Scope opening = new Scope()) {
            Model whole = opening.own(
                    new ModelSource("--from", file, stateDict).read(wanted.asked(), Optional.ofNullable(scaling)));
            wanted.asked().check("--from", file, whole.network());
            TrainedModel trained = frozen(TrainedModel.of(file, whole));
            opening.handOver();
            return Optional.of(trained);
        }
    }

    private TrainedModel frozen(TrainedModel trained) {
        if (headOnly) {
            return trained.freeze(ALL);
        }
        if (freeze == null) {
            return trained;
        }
        TrainedModel frozen = trained.freeze(freeze);
        if (frozen.frozen().isEmpty()) {
            throw new WrongArgumentException(
                    "--freeze",
                    "a regular expression that fits names of " + PrintableText.list(trained.names()),
                    freeze.pattern().isEmpty() ? "an empty one" : freeze.pattern());
        }
        return frozen;
    }
}
