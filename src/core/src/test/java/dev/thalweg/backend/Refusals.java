package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.thalweg.tensor.UnavailableException;
import java.util.regex.Pattern;

/**
 * Which cases a device refuses, by the system property {@code thalweg.test.refused}, a regular expression: those are
 * refused, and are listed as not tested; no others are.
 */
final class Refusals {
    private static final Pattern REFUSED = Pattern.compile(System.getProperty("thalweg.test.refused", "(?!)"));

    private Refusals() {}

    static boolean contain(OpCase test) {
        return REFUSED.matcher(test.toString()).matches();
    }

    /** Runs a case, which passes, or is refused where that is expected. */
    static void run(OpCase test, Runnable check) {
        if (contain(test)) {
            abort(assertThrows(UnavailableException.class, check::run, test::toString)
                    .getMessage());
        } else {
            check.run();
        }
    }
}
