package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StragglerTest {
    private static final List<String> FOUR = List.of("a:1", "b:1", "c:1", "d:1");

    @Test
    void whoWaitsLeastIsSlowest() {
        Optional<Straggler> found = Straggler.of(FOUR, new double[] {3.2, 3, 0.5, 3.1}, 10);
        assertEquals(Optional.of(new Straggler(2, "c:1", 0.26)), found.map(StragglerTest::rounded));
        assertEquals(
                "worker 2 at c:1 is slower than the others, which wait for it in 26 % of the time",
                found.orElseThrow().toString());
    }

    private static Straggler rounded(Straggler one) {
        return new Straggler(one.rank(), one.address(), Math.rint(one.share() * 1000) / 1000);
    }

    /** Where all wait for the network alike, nobody is slow; one that waits for others is no straggler either. */
    @Test
    void whatAllWaitForIsNobodysFault() {
        assertEquals(Optional.empty(), Straggler.of(FOUR, new double[] {5, 5.1, 4.9, 5}, 10));
        assertEquals(Optional.empty(), Straggler.of(FOUR, new double[] {1, 1, 1, 9}, 10));
        assertEquals(Optional.empty(), Straggler.of(List.of("a:1"), new double[] {0}, 10));
    }

    /** In an epoch of a second, a garbage collection is a tenth of it. */
    @Test
    void whatIsOverAtOnceIsNotNoted() {
        assertEquals(Optional.empty(), Straggler.of(FOUR, new double[] {0.9, 0.9, 0.1, 0.9}, 1.5));
    }
}
