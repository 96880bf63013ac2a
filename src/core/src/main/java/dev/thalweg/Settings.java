package dev.thalweg;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Backends;
import dev.thalweg.data.Normalization;
import dev.thalweg.engine.Computation;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.PrintableText;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a model is set to, beside what it has learnt; a model made of another one takes it over.
 *
 * @param normalization how bytes of pictures become floats
 * @param engine what computes; null for what {@link Backends#open()} chooses
 * @param computation in which precision, and whether memory or time is dear
 * @param frozen names of parameters that training leaves as they are
 */
record Settings(Normalization normalization, Engine engine, Computation computation, Set<String> frozen) {
    /** Of names in a message, in characters. */
    private static final int LONGEST_LIST = 1000;

    /**
     * What computes.
     *
     * @param backend its name
     * @param threads how many compute on the CPU
     * @param device where
     */
    record Engine(String backend, int threads, String device) {
        Backend open() {
            return Backends.open(backend, threads, device);
        }
    }

    /** Checks that pictures can become floats. */
    Settings {
        Objects.requireNonNull(normalization, "normalization");
    }

    static Settings of(Normalization normalization) {
        return new Settings(normalization, null, Computation.PLAIN, Set.of());
    }

    Settings with(Normalization scaling) {
        return new Settings(scaling, engine, computation, frozen);
    }

    Settings with(Engine what) {
        return new Settings(normalization, what, computation, frozen);
    }

    Settings with(Computation how) {
        return new Settings(normalization, engine, how, frozen);
    }

    /** Freezes the parameters whose names match a regular expression; all others thaw. */
    Settings freeze(Network network, String names) {
        List<String> all =
                network.parameters().stream().map(ParameterSpec::name).toList();
        Set<String> matching =
                all.stream().filter(Pattern.compile(names).asMatchPredicate()).collect(Collectors.toUnmodifiableSet());
        if (matching.isEmpty() && !names.isEmpty()) {
            throw new IllegalArgumentException("freeze(\"" + names + "\") fits no parameter: their names are "
                    + PrintableText.shortened(all.toString(), LONGEST_LIST));
        }
        return new Settings(normalization, engine, computation, matching);
    }

    Backend open() {
        return engine == null ? Backends.open() : engine.open();
    }

    /** Where it computes. */
    String device() {
        return engine == null ? "cpu" : engine.device();
    }
}
