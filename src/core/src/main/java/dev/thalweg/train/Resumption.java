package dev.thalweg.train;

import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.text.PrintableText;
import dev.thalweg.text.StableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes a training up where a checkpoint stands, if the checkpoint is one of the same training. */
final class Resumption {
    private static final System.Logger LOG = System.getLogger(Resumption.class.getName());

    private final Path file;
    private final CompiledNetwork compiled;

    Resumption(Path file, CompiledNetwork compiled) {
        this.file = file;
        this.compiled = compiled;
    }

    /** The checkpoint that a path means: a file, or the last one in a directory; none where nothing is there yet. */
    static Optional<Path> checkpoint(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path) || ModelCheckpoint.isNameOfOne(path)) {
            return Optional.of(path);
        }
        Optional<Path> last = ModelCheckpoint.last(path);
        if (last.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, path + " holds no checkpoint to resume: the training begins anew");
        }
        return last;
    }

    /** Reads everything, checks it, and only then takes it over; of callbacks nothing where there is null for them. */
    void into(Standing standing, Recipe recipe, @Nullable List<Callback> callbacks) {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        checkNetwork(checkpoint.model().network());
        check(
                "normalization",
                checkpoint.model().normalization(),
                compiled.description().normalization());
        List<String> nameless = recipe.nameless();
        if (!nameless.isEmpty()) {
            throw new IllegalArgumentException(file + ": nobody can tell whether this training is the same, as "
                    + StableName.NAMELESS + " is its " + String.join(" and its ", nameless)
                    + ": give it one, by Sampler.of(name, ...), PictureAugmentation.of, EpochAugmentation.of,"
                    + " MixingAugmentation.of, Schedule.of or Loss.of, or make it a record");
        }
        List<String> differences = recipe.differences(checkpoint.progress().recipe());
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": it is a checkpoint of another training: " + String.join("; ", differences));
        }
        checkSlots(checkpoint.slots());
        if (callbacks != null) {
            checkCallbacks(checkpoint, callbacks);
        }
        compiled.weights(checkpoint.model().weights());
        compiled.slots(checkpoint.slots());
        standing.restore(checkpoint.progress());
        if (callbacks != null) {
            restore(checkpoint, callbacks);
        }
        List<String> roundings = recipe.otherRoundings(checkpoint.progress().recipe());
        if (!roundings.isEmpty()) {
            String warning =
                    file + ": what follows rounds differently from what came before, and gives other bits than a"
                            + " training without a break: " + String.join("; ", roundings);
            standing.warnings().add(warning);
            LOG.log(System.Logger.Level.WARNING, warning);
        }
    }

    private static void restore(Checkpoint checkpoint, List<Callback> callbacks) {
        for (int i = 0; i < Math.min(callbacks.size(), checkpoint.callbacks().size()); i++) {
            if (isKind(callbacks.get(i), checkpoint.progress().callbacks().get(i))) {
                callbacks.get(i).restore(checkpoint.callbacks().get(i));
            }
        }
    }

    private void check(String what, Object got, Object expected) {
        if (!got.equals(expected)) {
            throw new IllegalArgumentException(file + ": it is a checkpoint of another training: " + what + ": got "
                    + PrintableText.excerpt(got)
                    + ", expected " + PrintableText.excerpt(expected));
        }
    }

    private void checkNetwork(Network got) {
        Network expected = compiled.description().network();
        check("inputs", got.inputs(), expected.inputs());
        check("outputs", got.ends(), expected.ends());
        check("number of layers", got.calls().size(), expected.calls().size());
        for (int i = 0; i < got.calls().size(); i++) {
            LayerCall theirs = got.calls().get(i);
            LayerCall ours = expected.calls().get(i);
            check("layer " + (i + 1), theirs, ours);
        }
    }

    private void checkSlots(Map<String, List<float[]>> slots) {
        List<String> trained = compiled.description().trainable().stream()
                .map(ParameterSpec::name)
                .toList();
        slots.forEach((name, numbers) -> check(
                "numbers remembered of " + name,
                numbers.size(),
                trained.contains(name) ? compiled.slotCount(name) : 0));
    }

    private void checkCallbacks(Checkpoint checkpoint, List<Callback> callbacks) {
        for (int i = 0; i < checkpoint.callbacks().size(); i++) {
            String kind = checkpoint.progress().callbacks().get(i);
            if (!checkpoint.callbacks().get(i).isEmpty()
                    && (i >= callbacks.size() || !isKind(callbacks.get(i), kind))) {
                throw new IllegalArgumentException(file + ": it keeps the state of callback " + (i + 1) + ", a "
                        + PrintableText.excerpt(kind)
                        + ", expected the same callbacks in the same order, got "
                        + callbacks.stream().map(RecipeNames::of).toList());
            }
        }
    }

    private static boolean isKind(Callback callback, String kind) {
        return RecipeNames.of(callback).equals(kind);
    }
}
