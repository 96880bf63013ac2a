package dev.thalweg.train;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.backend.Backend;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Sampler;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.DataPorts;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.model.Network;
import dev.thalweg.text.PrintableText;
import dev.thalweg.text.StableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What makes a training what it is, beside its network: where all of this is the same, it goes on with the same bits.
 *
 * @param optimizer with all settings
 * @param loss of each output
 * @param lossWeights by output
 * @param targets what they are, and their names in order, by output
 * @param data fingerprint of the pictures to learn from
 * @param pictures how many they are
 * @param batchSize pictures in a batch
 * @param sampler chooses the pictures of an epoch and their order
 * @param seed of what is random
 * @param augmentations random changes to the pictures
 * @param classWeights weights of the classes' losses
 * @param resizing how large pictures are seen; {@code ""} for whole, also in checkpoints from before it was
 * @param precision of activations
 * @param frozen names of the parameters that stay as they are
 * @param backend what computes
 * @param threads how many of its threads
 */
record Recipe(
        String optimizer,
        Map<String, String> loss,
        Map<String, Double> lossWeights,
        Map<String, TargetSpec> targets,
        String data,
        int pictures,
        int batchSize,
        String sampler,
        long seed,
        String augmentations,
        List<Double> classWeights,
        String resizing,
        String precision,
        List<String> frozen,
        String backend,
        int threads) {
    /** Others compute the same, but round in another order. */
    private static final Set<String> ROUNDINGS = Set.of("backend", "threads");

    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** Of a value in a message. */
    private static final int LONGEST = 300;

    Recipe {
        resizing = resizing == null ? "" : resizing;
    }

    static Recipe of(CompiledNetwork network, ImageDataset data, Fit fit) {
        Backend backend = network.backend();
        ModelDescription description = network.description();
        return new Recipe(
                RecipeNames.of(description.descent()),
                ofLosses(description, one -> RecipeNames.of(Loss.class, one.loss())),
                ofLosses(description, OutputLoss::weight),
                targets(description.network(), data),
                data.fingerprint(),
                data.size(),
                fit.batchSize(),
                RecipeNames.of(Sampler.class, fit.sampler()),
                fit.seed(),
                fit.augmentations().stream()
                        .map(step -> RecipeNames.of(Augmentation.class, step))
                        .toList()
                        .toString(),
                fit.classWeights(),
                fit.resizing().map(ProgressiveResizing::toString).orElse(""),
                description.computation().precision().toString(),
                description.frozenNames(),
                backend.name() + ": " + backend.description(),
                backend.threads());
    }

    /** {@return what is to be the same in all replicas, a line for each part} */
    List<String> lines() {
        return values().entrySet().stream()
                .filter(e -> !ROUNDINGS.contains(e.getKey()))
                .map(e -> e.getKey() + ": " + e.getValue())
                .toList();
    }

    /** {@return which parts are functions without names; that they are the same nobody can tell} */
    List<String> nameless() {
        return values().entrySet().stream()
                .filter(e -> e.getValue() instanceof Map<?, ?> byOutput
                        ? byOutput.values().stream().anyMatch(Recipe::isNameless)
                        : isNameless(e.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isNameless(Object value) {
        return value instanceof String name && StableName.isMissing(name);
    }

    private static <T> Map<String, T> ofLosses(ModelDescription description, Function<OutputLoss, T> part) {
        Map<String, T> parts = new LinkedHashMap<>();
        description.losses().forEach((output, one) -> parts.put(output, part.apply(one)));
        return parts;
    }

    /** What the outputs of a network stand for when it is trained on such pictures. */
    static Map<String, TargetSpec> targets(Network network, ImageDataset data) {
        Map<String, TargetSpec> specs = new LinkedHashMap<>();
        DataPorts.targets(network, data).forEach((output, targets) -> specs.put(output, targets.spec()));
        return specs;
    }

    /**
     * What makes a checkpoint one of another training: what of its recipe differs from this one, for people; else
     * empty.
     */
    List<String> differences(Recipe checkpoint) {
        return compare(checkpoint, false);
    }

    /** What makes the same training compute other bits. */
    List<String> otherRoundings(Recipe checkpoint) {
        return compare(checkpoint, true);
    }

    private List<String> compare(Recipe checkpoint, boolean roundings) {
        Map<String, Object> got = checkpoint.values();
        List<String> differences = new ArrayList<>();
        values().forEach((field, expected) -> {
            if (ROUNDINGS.contains(field) == roundings && !expected.equals(got.get(field))) {
                differences.add(difference(field, got.get(field), expected));
            }
        });
        return differences;
    }

    private Map<String, Object> values() {
        return JSON.convertValue(this, new TypeReference<>() {});
    }

    /** The values without what they begin with alike, where they are long. */
    private static String difference(String field, @Nullable Object got, Object expected) {
        String a = String.valueOf(got);
        String b = String.valueOf(expected);
        int from = 0;
        if (Math.max(a.length(), b.length()) > LONGEST) {
            while (from < Math.min(a.length(), b.length()) && a.charAt(from) == b.charAt(from)) {
                from++;
            }
        }
        return field + ": got " + excerpt(a, from) + ", expected " + excerpt(b, from);
    }

    private static String excerpt(String value, int from) {
        int begin = Math.max(0, from - LONGEST / 10);
        int end = Math.min(value.length(), begin + LONGEST);
        return (begin > 0 ? "…" : "")
                + PrintableText.printable(value.substring(begin, end))
                + (end < value.length() ? "…" : "");
    }
}
