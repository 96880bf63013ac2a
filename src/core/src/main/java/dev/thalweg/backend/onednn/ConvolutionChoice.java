package dev.thalweg.backend.onednn;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who says how convolutions are computed. */
enum ConvolutionChoice {
    /** What is fastest, by the measurements that {@link ConvolutionChooser} goes by. */
    FASTEST,
    /** oneDNN's primitives for all. */
    DIRECT,
    /** The same of pictures side by side, for all that it can compute. */
    FOLD,
    /** One product of matrices over the batch, for all that it can compute. */
    PRODUCT,
    /** Winograd's filtering for all that it can compute. */
    WINOGRAD;

    /** System property that names a choice. */
    static final String PROPERTY = "thalweg.convolution";

    /** The property's. */
    static ConvolutionChoice named() {
        return of(System.getProperty(PROPERTY));
    }

    static ConvolutionChoice of(@Nullable String name) {
        return name == null
                ? FASTEST
                : Arrays.stream(values())
                        .filter(choice -> choice.toString().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("system property " + PROPERTY + " is \"" + name
                                + "\": expected "
                                + Arrays.stream(values())
                                        .map(ConvolutionChoice::toString)
                                        .collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
