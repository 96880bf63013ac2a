package dev.thalweg.data;

import dev.thalweg.files.Digests;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a data set carries beside its pictures and their own targets, by the names of a network's inputs and outputs.
 *
 * @param inputs what else flows in
 * @param targets what else is to be said
 */
record Sides(Map<String, SideInput> inputs, Map<String, Targets> targets) {
    static final Sides NONE = new Sides(Map.of(), Map.of());

    Sides {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
    }

    Sides withInput(String name, SideInput input, int pictures) {
        check("input", name, input.size(), pictures);
        Map<String, SideInput> more = new LinkedHashMap<>(inputs);
        more.put(name, input);
        return new Sides(more, targets);
    }

    Sides withTargets(String name, Targets wanted, int pictures) {
        check("targets of", name, wanted.size(), pictures);
        Map<String, Targets> more = new LinkedHashMap<>(targets);
        more.put(name, wanted);
        return new Sides(inputs, more);
    }

    private static void check(String what, String name, int size, int pictures) {
        if (!PrintableText.isPrintable(name) || name.isBlank()) {
            throw new IllegalArgumentException(
                    what + " a name: expected a printable one, got \"" + PrintableText.excerpt(name) + "\"");
        }
        if (size != pictures) {
            throw new IllegalArgumentException(
                    what + " \"" + name + "\": expected as many as there are pictures, " + pictures + ", got " + size);
        }
    }

    Sides select(int... indices) {
        Map<String, SideInput> chosenInputs = new LinkedHashMap<>();
        inputs.forEach((name, input) -> chosenInputs.put(name, input.select(indices)));
        Map<String, Targets> chosenTargets = new LinkedHashMap<>();
        targets.forEach((name, wanted) -> chosenTargets.put(name, wanted.select(indices)));
        return new Sides(chosenInputs, chosenTargets);
    }

    void fingerprint(MessageDigest digest) {
        inputs.forEach((name, input) -> {
            Digests.update(digest, "input " + name);
            input.fingerprint(digest);
        });
        targets.forEach((name, wanted) -> {
            Digests.update(digest, "targets " + name);
            Fingerprints.update(digest, wanted);
        });
    }

    /** Refuses to mix pictures whose other inputs would stay as they are. */
    void checkMixable(List<Augmentation> augmentations) {
        if (!inputs.isEmpty()) {
            augmentations.stream()
                    .filter(MixingAugmentation.class::isInstance)
                    .findFirst()
                    .ifPresent(mixing -> {
                        throw new IllegalArgumentException(mixing + " mixes pictures, but not the inputs "
                                + inputs.keySet() + " that belong to them: leave it out");
                    });
        }
    }

    /** Checks that other pictures can be normalized as the first ones are. */
    void checkChannels(int channels) {
        inputs.forEach((name, input) -> {
            if (input instanceof SideInput.OtherPictures && input.shape().dim(0) != channels) {
                throw new IllegalArgumentException("input \"" + name + "\": the normalization is for "
                        + Counted.of(channels, "channel") + ", its pictures are " + input.shape());
            }
        });
    }

    /** For messages: empty where there is nothing. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        inputs.forEach((name, input) ->
                text.append(", input \"").append(name).append("\" ").append(input.shape()));
        targets.forEach((name, wanted) ->
                text.append(", targets of \"").append(name).append("\": ").append(wanted));
        return text.toString();
    }
}
